"""What messages tell to write into a study file: each remedy is pasted into a study and the study is loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import obstacles as ob
from obstacles.cli.codes.messages import messages
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.studyfile.read import json_schema
from obstacles.survey.studyfile.write import value as written

PASTED = re.compile(
    r'(?<![\w.])([a-z_]+) = ("[^"{}]*"|true|false|\[[^\]{}]*\]|\{\{? [^{}]+ \}\}?|\d+(?:\.\d+)?)(?=[\s,.;:)]|$)'
)
HEAD = "id,dept,role,grade,day,w,i1,i2,i3\n"
RANKS = HEAD + "".join(
    f"{n},{'AB'[n % 2]},{'xy'[n % 3 % 2]},{n % 4},{n % 28 + 1:02}/0{n % 9 + 1}/2024,1,{n % 3 + 1},{(n + 1) % 3 + 1},"
    f"{(n + 2) % 3 + 1}\n"
    for n in range(30)
)
CHOICES = "id,main\n" + "".join(f"{n},{('i1', 'i2', 'i3')[n % 3]}\n" for n in range(30))
PRINTED = "item,share\ni1,0.5\ni2,0.3\ni3,0.2\n"
SIZES = "dept,n\nA,40\nB,50\n"
START = 'schema = 1\n[study]\ntitle = { en = "x" }\nsampling = "census"\n'
ITEMS = "".join(f'[[obstacles.item]]\nid = "{id}"\nlabel = {{ en = "{id}" }}\n' for id in ("i1", "i2", "i3"))
COLUMNS = (
    '[wave.obstacles]\ni1 = "i1"\ni2 = "i2"\ni3 = "i3"\n[wave.columns]\ndept = "dept"\nrole = "role"\ngrade = "grade"\n'
)
WAVE = '[[wave]]\nid = "1"\nfile = "answers.csv"\nformat = '
OBSTACLES = '[obstacles]\ndirection = "1_is_most_severe"\n'
DATED = 'id_column = "id"\ndate = "day"\nfieldwork = [2024-01-01, 2024-12-31]\nweight = "w"\n'
LEVELS = "levels = [{ value = 1, en = 'a' }, { value = 2, en = 'b' }, { value = 3, en = 'c' }]\n"
SKILL = '[[capability.item]]\nid = "i1"\nlabel = { en = "s" }\nrequired = 3\n'
BASES = {  # a study of each form that remedies are for, with its answers
    "ranks": (START + OBSTACLES + ITEMS + WAVE + '"rank_grid"\n' + DATED + COLUMNS, RANKS),
    "unstated": (START + ITEMS + WAVE + '"rank_grid"\n' + COLUMNS, RANKS),
    "choices": (START + ITEMS + WAVE + '"multi_select"\nslots = ["main"]\n', CHOICES),
    "printed": (START + ITEMS + WAVE + '"published"\n[wave.published]\nitem = "item"\nshare = "share"\n', PRINTED),
    "model": (START + OBSTACLES + ITEMS + WAVE + '"rank_grid"\n' + COLUMNS
              + '[[model]]\nname = "m"\nformula = "grade"\nkind = "rank_ordered_logit"\n', RANKS),
    "outcome": (START + OBSTACLES + "[capability]\n" + LEVELS + SKILL + ITEMS + WAVE
                + '"rank_grid"\n' + COLUMNS
                + '[wave.capability.current]\ni1 = "w"\n[[model]]\nname = "m"\nkind = "outcome"\nformula = "grade"\n'
                'outcome = "current_mean"\n', RANKS),
    "joined": (START + OBSTACLES + ITEMS + WAVE + '"rank_grid"\nheader_rows = 2\n[wave.obstacles]\ni1 = "rank | a"\n'
               'i2 = "rank | b"\ni3 = "rank | c"\n', "id,rank,,\n,a,b,c\n" + "1,1,2,3\n2,2,1,3\n"),
    "skills": (START + "[capability]\n" + LEVELS + SKILL + WAVE + '"capability_only"\n[wave.columns]\nrole = "role"\n'
               '[wave.capability.current]\ni1 = "i1"\n', RANKS),
}  # fmt: skip
TABLES = {  # a table of the schema -> how it is called in a study file
    "WaveSettings": "[wave]", "StudyFacts": "study", "Obstacles": "obstacles", "Quality": "quality",
    "Weights": "weights",
    "DesignSettings": "design", "RegressionSettings": "[model]", "ItemSettings": "[obstacles.item]",
    "PublishedColumns": "wave.published", "Specialists": "capability.specialists", "Groups": "groups",
}  # fmt: skip
TOGETHER = {  # what a remedy is said beside
    ("method", '"given"'): ("[wave]", 'weight = "w"\n'),
    ("method", '"rake"'): ("weights", 'margins = { dept = "sizes.csv" }\n'),
    ("margins", '{ department = "population.csv" }'): ("weights", 'method = "rake"\n'),
    ("group", '"role"'): ("capability.specialists", 'is = ["Analyst"]\n'),
    ("is", '["Analyst"]'): ("capability.specialists", 'group = "role"\n'),
    ("category", '"people"'): ("obstacles.category", 'people = { en = "People" }\n'),
    ("population", '"size"'): ("groups", 'size = { file = "sizes.csv" }\n'),
}


def with_line(text: str, table: str, line: str) -> str:
    """The study file with a line in a table, which replaces the key where it stands there already."""
    head, key = f"[{table}]", line.partition(" =")[0]
    if head not in text:
        return f"{text}{head}\n{line}\n"
    before, _head, after = text.partition(f"{head}\n")
    cut = re.search(r"^\[", after, re.M)
    own, rest = (after[: cut.start()], after[cut.start() :]) if cut else (after, "")
    kept = "".join(f"{one}\n" for one in own.splitlines() if not one.startswith(f"{key} ="))
    return f"{before}{head}\n{line}\n{kept}{rest}"


def loads(folder: Path, text: str, answers: str) -> SurveyError | None:
    (folder / "answers.csv").write_text(answers, encoding="utf-8")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    try:
        ob.load_study(folder / "study.toml")
    except SurveyError as error:
        return error
    return None


def remedies() -> Iterator[tuple[str, str]]:
    """(key, value) of every line that a message tells to write, each once."""
    found = {
        (one[1], one[2].replace("{{", "{").replace("}}", "}"))
        for texts in messages().values()
        for text in texts
        for one in PASTED.finditer(text)
    }
    yield from sorted(found)


@pytest.mark.parametrize(("key", "value"), list(remedies()))
def test_a_remedy_can_be_pasted_and_the_study_loads(tmp_path: Path, key: str, value: str) -> None:
    (tmp_path / "sizes.csv").write_text(SIZES, encoding="utf-8")
    (tmp_path / "population.csv").write_text(SIZES.replace("dept", "department"), encoding="utf-8")
    has = {table for table, one in json_schema()["$defs"].items() if key in one.get("properties", {})}
    refused: list[str] = []
    for base, answers in BASES.values():
        for table in sorted(has & TABLES.keys()):
            text = base
            if (beside := TOGETHER.get((key, value))) is not None:
                text = with_line(text, *beside)
            if value == '{ department = "population.csv" }':  # the example's group is called as in the study
                text = text.replace('dept = "dept"', 'department = "dept"')
            text = with_line(text, TABLES[table], f"{key} = {value}")
            try:
                tomllib.loads(text)
            except tomllib.TOMLDecodeError as error:
                refused.append(f"{table}: {error}")
                continue
            error = loads(tmp_path, text, answers)
            if error is None:
                return
            refused.append(f"{table}: {error}")
    raise AssertionError((key, value, refused))


def problems_of(folder: Path, text: str, answers: str) -> tuple[Problem, ...]:
    error = loads(folder, text, answers)
    if error is not None:
        return tuple(error.problems)
    study = ob.load_study(folder / "study.toml")
    return (*study.problems, *(one for wave in study.waves for one in wave.receipt.problems))


LINE = re.compile(r'(?<![\w.])([a-z_]+) = ("[^"]*"|true|false|\d+(?:\.\d+)?|\[[^\]]*\]|\{.*?\}(?=[\s.,;)]|$))')
RANK = START + OBSTACLES + ITEMS + WAVE + '"rank_grid"\n' + 'id_column = "id"\n' + COLUMNS
PLAIN = "id,dept,role,grade,i1,i2,i3\n"
FAULTS: dict[str, tuple[str, str, str, str]] = {  # name -> code, key, study file, answers
    "title": ("A-HDR-01", "skip", RANK, "Survey of 2024\n" + RANKS),
    "comment": ("A-HDR-02", "skip", RANK, "# made by X\n" + RANKS),
    "total": ("E-ROW-07", "exclude", RANK, RANKS + "Total,,,,,,60,60,60\n"),
    "total with marks": ("E-ROW-07", "exclude", RANK, RANKS + "合计,,,,,,60,60,60\n"),
    "sums": ("E-ROW-07", "exclude", RANK, RANKS + '"all ""30""",,,,,,60,60,60\n'),
    "direction": ("A-DIR-01", "direction", START + ITEMS + WAVE + '"rank_grid"\n' + COLUMNS, RANKS),
    "blank": ("A-BLANK-01", "blank", RANK, RANKS + "90,A,x,1,01/01/2024,1,1,,2\n"),
    "ties": ("A-RANK-01", "ties", RANK, PLAIN + "".join(f"{n},A,x,1,1,1,2\n" for n in range(30))),
    "zero": ("I-RANK-01", "unranked", RANK, RANKS + "90,A,x,1,01/01/2024,1,1,0,2\n"),
    "duplicates": ("E-ID-01", "duplicates", RANK, RANKS + "1,B,x,1,01/01/2024,1,1,3,2\n"),
    "dates": ("A-DATE-01", "date_order", RANK.replace('id_column = "id"\n', DATED), re.sub(
        r"\d\d/0\d/2024", "03/04/2024", RANKS)),
    "spellings": ("W-GRP-02", "aliases", RANK, RANKS + "90,a,x,1,01/01/2024,1,1,3,2\n91,a ,x,1,01/01/2024,1,1,3,2\n"),
    "other text": ("E-TEXT-01", "other", START + ITEMS + WAVE + '"multi_select"\nslots = ["main"]\n', CHOICES
                   + "90,my own\n"),
    "sampling": ("E-KEY-02", "sampling", RANK.replace('sampling = "census"\n', ""), RANKS),
    "proportion": ("A-PUB-01", "unit", *BASES["printed"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_the_line_that_a_message_gives_ends_what_it_is_about(tmp_path: Path, name: str) -> None:
    code, key, text, answers = FAULTS[name]
    told = [one for one in problems_of(tmp_path, text, answers) if one.code == code]
    assert told, name
    found = [one for one in LINE.finditer(told[0].message) if one[1] == key]
    assert found, told[0].message
    tables = json_schema()["$defs"]
    table = next(called for own, called in TABLES.items() if key in tables[own]["properties"])
    mended = with_line(text, table, f"{key} = {found[0][2]}")
    left = problems_of(tmp_path, mended, answers)
    assert code not in [one.code for one in left], (mended, left)
    assert not [one for one in left if one.severity in ("error", "ask")], left


def test_values_are_pasted_as_they_are_written() -> None:
    line: Any = {'a "quoted" name': ["x\\y"]}
    assert tomllib.loads(f"exclude = {written(line)}")["exclude"] == line
