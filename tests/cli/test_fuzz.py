"""Whatever is typed, a command does it or says what is wrong: never a traceback, never the answers changed.

A long run: `SURVEY_EXAMPLES=20000 pytest tests/cli/test_fuzz.py` (so many lines are typed).
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from obstacles.cli.main import COMMANDS, cli

EXAMPLES = int(os.environ.get("SURVEY_EXAMPLES", "15"))
FREELY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
STUDY = """schema = 1
[study]
title = "T"
sampling = "nonprobability"
[obstacles]
direction = "1_is_most_severe"
item = [{ id = "a", label = "A" }, { id = "b", label = "B" }, { id = "c", label = "C" }]
"""
WAVE = """[[wave]]
id = "{0}"
file = "{0}.csv"
format = "rank_grid"
blank = "below"
id_column = "id"
columns = {{ dept = "dept" }}
obstacles = {{ a = "A", b = "B", c = "C" }}
"""
SELDOM = ("report", "export", "evidence", "regress")  # they take half a second and more
NEVER = ("demo", "doctor")  # they take many
PATHS = ["study.toml", "w.csv", "v.csv", "broken.toml", "no.toml", "out", "out/x", "folder", "w.csv/x", "loop", "pipe"]
PATHS += [
    "",
    ".",
    "..",
    "-",
    "x" * 300,
    "é选.toml",
    "\x1b[31m.toml",
    "a\nb.csv",
    "out.json",
    "out.csv",
    "study.toml.bak",
]
TEXTS = [
    "",
    " ",
    "w",
    "v",
    "dept",
    "dept=HR",
    "dept=",
    "=HR",
    "dept = no",
    "id",
    "a",
    "A",
    "en",
    "zh",
    "xx",
    "auto",
    "0.2",
]
TEXTS += [
    "borda",
    "plackett_luce",
    "top_k",
    "anchor",
    "nan",
    "-1",
    "1e999",
    "column:B",
    "B:D",
    "Z:A",
    "{group}",
    "../x",
]
TEXTS += ["dept", "C(dept)", "~ dept", "dept:dept", "dept **", "1 +", "__import__('os')", "selection", "utf-16", "idna"]
TEXTS += [
    ";",
    "\t",
    "\\t",
    "tab",
    ";;",
    '"',
    "rank_grid",
    "multi_select",
    "book.csv",
    "a/b.csv",
    "\x00",
    "\u202e",
    "9" * 50,
]
NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "9" * 30,
    "x",
    "1.5",
    "0.5",
    "0.95",
    "1",
    "nan",
    "inf",
    "-inf",
    "1e-320",
    "",
    "\u0661",
]
FORMS = ["json", "csv", "json,csv", "", ",", "html", "xml", "JSON", "json, json"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
    return tmp_path


def answers(seed: int) -> str:
    rng = random.Random(seed)
    rows = [f"{n},{rng.choice(['HR', 'IT'])},{','.join(rng.sample('123', 3))}\n" for n in range(30)]
    return "id,dept,A,B,C\n" + "".join(rows)


def line(rng: random.Random) -> list[str]:
    """A command with some of its words, some of them wrong."""
    names = [name for name in COMMANDS if name not in NEVER and (name not in SELDOM or rng.random() < 0.2)]
    name = rng.choice(names)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    words = [*rng.choice([[], [], [], ["--memory", rng.choice(["1G", "1M", "x", "0"])], ["--language", "zh"]]), name]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            usual = "w.csv" if name == "init" else "study.toml"
            words.append(usual if rng.random() < 0.8 else rng.choice(PATHS))
        elif name == "report" and parameter.name == "form":
            words += ["--format", rng.choice(FORMS)]  # a PDF takes seconds
        elif rng.random() < 0.25:
            words.append(rng.choice(parameter.opts))
            if not getattr(parameter, "is_flag", False):
                words += [value(rng, parameter) for _value in range(parameter.nargs)]
    if name == "report":
        words += ["--kind", rng.choice(["research", "change", "evidence", "x"])]  # a batch takes processes
    if name == "export":
        words += ["--to", rng.choice(["latex", "xlsx", "x"])]
    if rng.random() < 0.1:
        words.insert(rng.randint(0, len(words)), rng.choice([*TEXTS, *PATHS]))
    return [word for word in words if word not in ("figures", "gap")]


def value(rng: random.Random, parameter: click.Parameter) -> str:
    if isinstance(parameter.type, click.Choice) and rng.random() < 0.9:
        return str(rng.choice(list(parameter.type.choices)))
    if isinstance(parameter.type, click.Path):
        return rng.choice(PATHS)
    if isinstance(parameter.type, (click.IntRange, click.FloatRange)):
        return rng.choice(NUMBERS)
    return rng.choice(TEXTS)


@FREELY
@given(st.integers(0, 2**32))
@example(seed=12765)  # a null character as the name of a group
def test_lines_that_are_typed(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    typed = {"w.csv": answers(1), "v.csv": answers(2)}
    for name, text in typed.items():
        (folder / name).write_text(text)
    (folder / "study.toml").write_text(STUDY + WAVE.format("v") + WAVE.format("w"))
    (folder / "broken.toml").write_text("[[")
    words = line(rng)
    result = CliRunner().invoke(cli, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exc_info)
    assert result.exit_code in (0, 1, 2, 3), words
    assert result.exit_code == 0 or result.output.strip(), words
    assert "\x1b[31m" not in result.output, words
    assert {name: (folder / name).read_text() for name in typed} == typed, words
