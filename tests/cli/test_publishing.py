"""What leaves for others: figures of groups, held together over columns, commands, names and versions of the data."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from obstacles.survey.loading.register import NAME

Run = Callable[..., Result]
SIZES = {"D0": 30, "D1": 25, "D2": 12, "D3": 14, "D4": 5, "D5": 8, "D6": 1}
DIVISION = {"D0": "A", "D4": "A", "D1": "B", "D6": "B", "D2": "C", "D3": "C", "D5": "C"}
HEAD = {"D0": 41, "D1": 37, "D2": 19, "D3": 23, "D4": 7, "D5": 11, "D6": 2}
STUDY = """schema = 1
[study]
title = "Nested"
sampling = "census"
[obstacles]
{question}
[[wave]]
id = "w"
file = "w.csv"
format = "{form}"
id_column = "id"
{keys}
[wave.columns]
department = "dept"
{columns}
[wave.obstacles]
o0 = "o0"
o1 = "o1"
o2 = "o2"
{more}
[groups]
report_by = "department"
[privacy]
audience = "organisation"
"""
MARKS = 'selected = ["1"]\nblank = "not_answered"'
SCALE = "scale = [" + ", ".join(f'{{ value = {v}, label = "{v}" }}' for v in range(1, 6)) + "]"


def rows(seed: int = 7, sizes: dict[str, int] = SIZES) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    made: list[dict[str, Any]] = []
    for name, n in sizes.items():
        p = rng.uniform(0.15, 0.8, 3)
        for _person in range(n):
            marks = {f"o{k}": int(rng.random() < p[k]) for k in range(3)}
            who = {"id": f"p{len(made)}", "dept": name, "division": DIVISION[name], "w": HEAD[name] / n}
            made.append({**who, "grade": str(rng.choice(["J", "M", "S"])), **marks})
    return made


def write(folder: Path, people: list[dict[str, Any]], *, name: str = "study", **parts: str) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / "w.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, people[0])
        table.writeheader()
        table.writerows(people)
    words = {"question": "", "form": "multi_select", "keys": MARKS, "columns": "", "more": ""} | parts
    path = folder / f"{name}.toml"
    path.write_text(STUDY.format(**words), encoding="utf-8")
    return path


def report(run: Run, study: Path, *words: str, code: int = 0) -> Any:
    target = study.parent / "r"
    run("report", study, "--format", "json", "-o", target, *words, code=code)
    return json.loads(target.with_suffix(".json").read_text(encoding="utf-8")) if code == 0 else None


def groups(record: Any) -> dict[str, set[str]]:
    return {table["column"]: {one["name"] for one in table["groups"]} for table in record.get("by_group", ())}


def test_divisions_do_not_tell_hidden_departments(run: Run, tmp_path: Path) -> None:
    study = write(tmp_path, rows(), columns='division = "division"')
    record = report(run, study)
    assert groups(record) == {"department": {"D0", "D1", "D2", "D3"}}
    text = json.dumps(record["tables"])
    assert '"A"' not in text, "nor does the number of its respondents"
    assert "D6" in text


def test_a_weighted_whole_is_no_sum_of_few_possible_ones(run: Run, tmp_path: Path) -> None:
    study = write(tmp_path, rows(), keys=f'{MARKS}\nweight = "w"', more='[weights]\nmethod = "given"')
    found = report(run, study)
    printed = json.loads(run("rank", study, "--json").stdout)
    for record in (found["ranking"], printed):
        values = [item["estimate"] for item in record["items"]]
        assert values == [round(value, 2) for value in values]
    exact = json.loads(run("rank", study, "--json", "--draft").stdout)
    assert [item["estimate"] for item in exact["items"]] != values
    for words in (("--format", "csv"), ("--format", "html")):
        run("report", study, *words, "-o", tmp_path / "r")
    for item in exact["items"]:
        assert f"{item['estimate']:.5f}" not in (tmp_path / "r.csv").read_text()
        assert f"{item['estimate']:.5f}" not in (tmp_path / "r.html").read_text()


def test_a_rest_of_one_mind_is_not_told_by_mean_ratings(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    people = [
        row
        | {f"o{k}": 5 if row["dept"] in ("D4", "D5", "D6") and k == 0 else int(rng.integers(1, 5)) for k in range(3)}
        for row in rows(sizes={"D0": 10, "D1": 11, "D2": 12, "D3": 10, "D4": 5, "D5": 6})
    ]
    ratings = {"question": 'direction = "high_is_most_severe"', "form": "likert_grid", "keys": SCALE}
    (table,) = report(run, write(tmp_path, people, **ratings))["by_group"]
    values = {g["name"]: {item["id"]: item["value"] for item in g["items"]} for g in table["groups"]}
    assert any(own["o0"] is None for own in values.values())
    assert all(own["o2"] is not None for own in values.values())


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--by", "department"),
        ("compare", "--where", "department=D0"),
        ("regress", "--formula", "department"),
    ],
)
def test_groups_to_the_digit_are_their_owners(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    study = write(tmp_path, rows())
    command, *rest = words
    assert "E-PRIV-03" in run(command, study, *rest, "--json", code=3).output
    if rest[0] != "--where":
        assert "not for handing out" in run(command, study, *rest).stderr
        run(command, study, *rest, "--json", "--draft")
    assert not (tmp_path / NAME).exists()


def test_a_model_that_tells_more_than_its_table_is_hidden(run: Run, tmp_path: Path) -> None:
    model = "\n".join(
        f'[[model]]\nname = "{name}"\nkind = "selection"\nformula = "{name}"' for name in ("department", "grade")
    )
    record = report(run, write(tmp_path, rows(), columns='grade = "grade"', more=model))
    hidden, shown = record["regressions"]
    assert "hidden" in hidden["refused"]
    assert "refused" not in shown


def changed(people: list[dict[str, Any]]) -> dict[str, tuple[list[dict[str, Any]], dict[str, str]]]:
    """Everyday changes: what is published again."""
    return {
        "one removed": (people[1:], {}),
        "one added": ([*people, people[0] | {"id": "new"}], {}),
        "one answered anew": ([people[0] | {"o0": 1 - people[0]["o0"]}, *people[1:]], {}),
        "a group renamed into another": (people, {"more": '[groups.aliases]\nD1 = ["D6"]'}),
        "a department left out": (
            people,
            {"keys": f'{MARKS}\nwhere = {{ dept = ["D0", "D1", "D2", "D3", "D4", "D5"] }}'},
        ),
        "divisions instead": (people, {"columns": 'division = "division"'} | {"name": "other"}),
    }


@pytest.mark.parametrize("what", list(changed(rows()))[:5])
def test_what_differs_by_few_is_refused_and_a_draft_is_not(run: Run, tmp_path: Path, what: str) -> None:
    people = rows()
    report(run, write(tmp_path, people))
    again, parts = changed(people)[what]
    for name in ("study", "other"):
        study = write(tmp_path, again, name=name, **parts)
        run("report", study, "--format", "json", "-o", tmp_path / "r", code=3)
        before = (tmp_path / NAME).read_bytes()
        record = report(run, study, "--draft")
        assert "DRAFT" in (tmp_path / "r.json").read_text() or record
        assert (tmp_path / NAME).read_bytes() == before
    report(run, study, "--new-register")


def test_what_differs_by_many_is_published(run: Run, tmp_path: Path) -> None:
    people = rows()
    report(run, write(tmp_path, people))
    more = [
        row | {"id": f"q{i}"}
        for i, row in enumerate(rows(8))
        for _once in range(1)
        if row["dept"] in ("D0", "D1", "D2", "D3")
    ]
    report(run, write(tmp_path, people + more))


def test_a_draft_and_the_owner_are_told_so(run: Run, tmp_path: Path) -> None:
    study = write(tmp_path, rows())
    run("report", study, "--format", "html", "--draft", "-o", tmp_path / "d.html")
    assert "DRAFT, not for handing out" in (tmp_path / "d.html").read_text(encoding="utf-8")
    run("report", study, "--format", "html", "-o", tmp_path / "o.html")
    text = (tmp_path / "o.html").read_text(encoding="utf-8")
    assert "DRAFT" not in text
    assert "For the owner of the data" not in text
    study.write_text(study.read_text().replace('audience = "organisation"', ""))
    run("report", study, "--format", "html", "-o", tmp_path / "o.html")
    assert "For the owner of the data" in (tmp_path / "o.html").read_text(encoding="utf-8")


def test_an_export_is_registered_too(run: Run, tmp_path: Path) -> None:
    study = write(tmp_path, rows())
    run("export", study, "--to", "xlsx", "-o", tmp_path / "x.xlsx")
    assert (tmp_path / NAME).exists()
    study = write(tmp_path, rows()[1:])
    assert "E-LOCK-02" in run("export", study, "--to", "xlsx", "-o", tmp_path / "x.xlsx", code=3).output
