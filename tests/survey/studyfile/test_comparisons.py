"""[[comparison]] in the study file: what is read, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from obstacles.survey.problems import SurveyError
from obstacles.survey.studyfile.read import read_study_file

STUDY = """schema = 1
[study]
title = "T"
sampling = "census"
[obstacles]
direction = "1_is_most_severe"
[[obstacles.item]]
id = "skills"
[[obstacles.item]]
id = "cost"
[[wave]]
id = "2022"
file = "a.csv"
format = "rank_grid"
blank = "below"
[wave.columns]
dept = "d"
[wave.obstacles]
skills = "s"
cost = "c"
[[wave]]
id = "2024"
file = "b.csv"
format = "rank_grid"
blank = "below"
panel_id = "id"
[wave.columns]
dept = "d"
[wave.obstacles]
skills = "s"
cost = "c"
"""
WHOLE = """[[comparison]]
id = "c"
waves = ["2022", "2024"]
where = { dept = ["A", "B"] }
smallest_change_of_interest = 5
breaks = [{ between = ["2022", "2024"], reason = "Other routing", kind = "routing", items = ["cost"] }]
[[comparison.wave]]
id = "2022"
base = "All firms"
routing = { en = "Asked of all", zh = "全部" }
mode = "web"
form = "rank all"
[[comparison.crosswalk]]
from = { wave = "2022", items = ["skills"] }
to = { wave = "2024", items = ["skills"] }
status = "reworded"
"""


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def made(text: str) -> Path:
        path = tmp_path / "study.toml"
        path.write_text(STUDY + text, encoding="utf-8")
        return path

    return made


def test_all_keys_are_read(write) -> None:  # type: ignore[no-untyped-def]
    found = read_study_file(write(WHOLE)).comparison[0]
    assert found.where == {"dept": ("A", "B")}
    assert found.breaks[0].between == ("2022", "2024")
    assert found.breaks[0].items == ("cost",)
    assert found.wave[0].base == {"en": "All firms"}
    assert found.wave[0].routing["zh"] == "全部"


HEAD = '[[comparison]]\nid = "c"\nwaves = ["2022", "2024"]\n'


@pytest.mark.parametrize(
    ("text", "code", "piece"),
    [
        ('[[comparison]]\nid = "c"\nwaves = ["2022"]\n', "E-CMP-01", "names 1 waves"),
        ('[[comparison]]\nid = "c"\nwaves = ["2022", "2022"]\n', "E-CMP-01", "twice"),
        ('[[comparison]]\nid = "c"\nwaves = ["2024", "2022"]\n', "E-CMP-01", "not in the order"),
        ('[[comparison]]\nid = "c"\nwaves = ["2022", "2025"]\n', "E-KEY-03", 'there is no wave "2025"'),
        (HEAD + HEAD, "E-CMP-04", "two comparisons"),
        (HEAD + 'kind = "panel"\n', "E-CMP-02", 'wave "2022" has no panel_id'),
        (HEAD + 'where = { country = "UK" }\n', "E-KEY-03", 'has no group "country"'),
        (HEAD + 'breaks = [{ between = ["2024", "2022"], reason = "r" }]\n', "E-CMP-01", "is not before"),
        (HEAD + 'breaks = [{ between = ["2022", "2023"], reason = "r" }]\n', "E-KEY-03", 'there is no wave "2023"'),
        (HEAD + 'breaks = [{ between = ["2022", "2024"], reason = "r", items = ["x"] }]\n', "E-KEY-03", 'no item "x"'),
        (HEAD + '[[comparison.wave]]\nid = "2021"\nbase = "b"\n', "E-KEY-03", 'there is no wave "2021"'),
        (HEAD + '[[comparison.wave]]\nid = "2022"\nbse = "b"\n', "E-KEY-01", "base"),
        (
            HEAD
            + '[[comparison.crosswalk]]\nfrom = { wave = "2022", items = ["skills", "cost"] }\n'
            + 'to = { wave = "2024", items = ["skills"] }\nstatus = "reworded"\n',
            "E-CMP-03",
            "does not fit 2 items",
        ),
    ],
)
def test_contradictions_are_refused(write, text: str, code: str, piece: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SurveyError) as error:
        read_study_file(write(text))
    assert error.value.exit_code == 3
    found = [problem for problem in error.value.problems if problem.code == code and piece in problem.message]
    assert found, [str(problem) for problem in error.value.problems]
    assert found[0].rows
