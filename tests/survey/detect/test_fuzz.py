"""Whatever a file holds, a study is proposed that can be read, or the file is refused: never a traceback.

A long run: `SURVEY_EXAMPLES=20000 pytest tests/survey/detect/test_fuzz.py` (20,000 examples for each of four tests).
"""

from __future__ import annotations

import csv
import io
import os
import random
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from obstacles.survey.detect.propose import propose
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.studyfile.codebook_text import codebook_text
from obstacles.survey.studyfile.write import study_text

EXAMPLES = int(os.environ.get("SURVEY_EXAMPLES", "60"))
FREELY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
NASTY = [
    "",
    " ",
    "\u202e",
    "\x1b[31m",
    '"',
    "'",
    "\\",
    "column:B",
    "=1+1",
    "1",
    "-2",
    "-3",
    "N/A",
    "9" * 400,
    "1e999",
    "½",
    "┋",
]
NASTY += [
    "id",
    "id",
    "Q1_1",
    "Q1_2",
    "[x]",
    "a [b]",
    "10a. x",
    "#",
    "{",
    "\ud7ff",
    "不",
    "2024-01-01",
    "#?",
    "]",
    "\x7f",
]
CELLS = {  # kinds of columns
    "ranks": lambda r: str(r.randint(0, 6)),
    "marks": lambda r: r.choice(["1", "", "0"]),
    "yes": lambda r: r.choice(["Yes", "No", ""]),
    "level": lambda r: r.choice(["Never", "Sometimes", "Often", "N/A"]),
    "list": lambda r: "; ".join(r.sample(["A, b", "C", "D (e; f)", "G"], r.randint(0, 4))),
    "arrow": lambda r: "→".join(r.sample(["甲", "乙", "丙", "丁"], r.randint(0, 4))),
    "text": lambda r: r.choice(["x y z", "1.5", "", "x@y.org", "99", "R_1"]) + str(r.random()),
    "points": lambda r: r.choice(["25", "50", "0", "100"]),
    "year": lambda r: r.choice(["2020", "2021"]),
    "percent": lambda r: f"{r.random() * 100:.1f}",
    "nasty": lambda r: r.choice(NASTY),
    "blank": lambda r: "",
    "codes": lambda r: r.choice(["1", "2", "3", "4", "-9", "99"]),
    "choice": lambda r: r.choice(["Skills", "Cost, time", "Data", "Law", ""]),
    "group": lambda r: r.choice(["HR", "IT"]),
    "time": lambda r: f"{r.randint(5, 90)}秒",
}
HEADS = [
    "Q7_{}",
    "Which [{}]",
    "{}. A",
    "{}",
    "rank{}",
    "B{}",
    "W{}",
    "best",
    "worst",
    "item",
    "percent",
    "year",
    "id",
    "w",
    "第{}题(选)",
    "Rank {}",
    "{}. choice",
    "所用时间",
    "survey",
]
HEADS += [
    "winner",
    "loser",
    "result",
    "Timestamp",
    "Respondent ID",
    "submitdate",
    "lastpage",
    "Status",
    "Finished",
    "V1",
    "V2",
    "V3",
]


def proposed(*paths: Path, codebook: bool = False) -> None:
    """Propose a study; the study file is safe TOML and loads, but for what it leaves to a person."""
    try:
        proposal = propose(paths)
    except SurveyError:
        return
    book = "codebook.csv" if codebook else None
    text = study_text(proposal, command="obstacles init \x1b[0m\n[x]", codebook=book)
    if book is not None:
        paths[0].with_name(book).write_bytes(codebook_text(proposal))
    assert not any(letter in text for letter in "\x1b\x07\u202e\r\x7f")
    study = paths[0].with_name("study.toml")
    study.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    try:
        load_study(study)
    except SurveyError as error:
        problems = [one for one in error.problems if one.severity in ("error", "ask")]
    asked = {"E-KEY-05"} if "design = []" in text else set()
    assert {one.code for one in problems} <= asked, (text, list(map(str, problems)))


@FREELY
@given(st.binary(max_size=400))
def test_random_bytes(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    proposed(tmp_path / "a.csv")


@FREELY
@given(
    st.integers(0, 2**32),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_tables_of_every_kind(tmp_path: Path, seed: int, delimiter: str, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(table(random.Random(seed), delimiter).encode(encoding, errors="replace"))
    proposed(tmp_path / "a.csv")


@FREELY
@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=4)), max_size=5))
@example(1657099516, [(0, b"\x01\x01\x01"), (4651, b"")])  # a number beside ranks that is none
@example(494, [(40, b""), (40, b""), (152, b"\x01")])  # a text that occurs once in a full ranking
def test_tables_with_damage(tmp_path: Path, seed: int, damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(table(random.Random(seed), ",").encode())
    for place, garbage in damage:
        data[place % (len(data) + 1) :][: len(garbage)] = garbage
        data[place % (len(data) + 1) : place % (len(data) + 1) + 1] = garbage
    (tmp_path / "a.csv").write_bytes(bytes(data))
    proposed(tmp_path / "a.csv")


@FREELY
@given(st.integers(0, 2**32), st.booleans())
@example(38631696, True)  # a column name that no codebook can hold
@example(2236, True)  # an option whose cells have its own text, in a codebook
@example(1130, False)  # whole rankings in one wave, more items in the other
@example(102172, True)  # texts in cells that no codebook can hold
@example(142044, True)  # a word beside points
def test_several_tables(tmp_path: Path, seed: int, codebook: bool) -> None:
    rng = random.Random(seed)
    first = table(rng, ",")
    again = first.replace(*rng.choice([("A", "B"), ("Q7_1", "Q7_9"), ("1", "2"), ("Rank", "Place")]))
    for name, text in (("2023.csv", first), ("2024.csv", rng.choice([again, table(rng, ",")]))):
        (tmp_path / name).write_text(text, encoding="utf-8", errors="replace")
    proposed(tmp_path / "2023.csv", tmp_path / "2024.csv", codebook=codebook)


def table(rng: random.Random, delimiter: str) -> str:
    """A table of blocks of alike columns under names of every kind, sometimes with a second header row."""
    columns: list[list[str]] = []
    rows = rng.choice([0, 1, 2, 3, 5, 12, 40])
    for _block in range(rng.randint(1, 4)):
        kind = rng.choice(list(CELLS))
        head = rng.choice([*HEADS, *NASTY])
        width = rng.choice([1, 2, 3, 4, 6])
        shuffled = rng.random() < 0.4
        block = [[head.format(i) if "{}" in head else head] for i in range(1, width + 1)]
        for _row in range(rows):
            cells = [CELLS[kind](rng) for _column in block]
            if shuffled and kind == "ranks":
                cells = [str(1 + place) for place in rng.sample(range(width), width)]
            for column, cell in zip(block, cells, strict=True):
                column.append(rng.choice(NASTY) if rng.random() < 0.01 else cell)
        columns += block
    lines = [list(line) for line in zip(*columns, strict=True)]
    if rng.random() < 0.3 and lines:
        lines.insert(1, [rng.choice(["", "Response", "Option", '{"ImportId":"QID1_1"}', cell]) for cell in lines[0]])
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(lines)
    return out.getvalue()
