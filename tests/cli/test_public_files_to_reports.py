"""Public survey files from `init` to a report: no line of a study file is written by hand, and each stands in a list.

24 files of 15 surveys and data sets go through; those with fewer people than a report may show are refused as that.

The data belong to others and are not part of the project: without them these tests are skipped. What a person would be
asked stays marked and is told on the report; a file that cannot go on by itself is listed with what stops it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from paths import SHARED, SHARED_DATA, needs_shared_data

import obstacles as ob
from obstacles.cli.main import cli
from obstacles.survey.detect.propose import propose
from obstacles.survey.studyfile.write import study_text

pytestmark = needs_shared_data
CASES = SHARED / "findings" / "cases" / "loading"

TO_REPORT = (  # of the public files, from one survey or example each
    "exports/surveymonkey/starwars_first50.csv",
    "exports/surveymonkey/jupyter2020_first50.csv",
    "exports/google_forms/dask2019_grid_first50.csv",
    "exports/google_forms/dvs2017_semicolon_first50.csv",
    "exports/google_forms/dvs2018_comma_tsv_first50.tsv",
    "exports/google_forms/dvs2019_comma_options_first50.csv",
    "exports/google_forms/pandas2019_semicolon_grid_first50.csv",
    "exports/google_forms/rstudio2018_form_responses_first50.tsv",
    "exports/limesurvey/rse2017_uk_public_first50.csv",
    "exports/limesurvey/rse2018_public_first50.csv",
    "exports/spss/dvs_2017_2019.sav",
    "kaggle2017/kaggle2017_barriers.csv",
    "rse_survey/rse_job_factors_rankings.csv",
    "jupyter2020/jupyter2020_severity.csv",
    "dask_surveys/dask_feature_matrix_2019_2021.csv",
    "dvs_survey/dvs2020_frustrations.csv",
    "starwars/StarWars.csv",
    "rank_plackettluce/salad.csv",
    "rank_plackettluce/nascar.csv",
    "rank_plackettluce/pudding.csv",
    "rank_rankingQ/identity.csv",
    "rank_rankingQ/identity_w.csv",
    "eurostat_ai/eurostat_ai_barriers_panel.csv",
    "published/published_obstacles.csv",
)
TOO_FEW = ("exports/qualtrics/matrix_insights.csv", "exports/qualtrics/multi_answer_insights.csv")  # 5 respondents
QUICK = frozenset(("published/published_obstacles.csv",))
FIRST = (  # the three largest obstacles of every case, as they are called in its file
    ("lack of skills", "skills", "q1", "q17_1", "obst___1", "obstacle a"),
    ("no budget", "budget", "q2", "q17_2", "obst___2", "obstacle b"),
    ("poor data quality", "quality", "q3", "q17_3", "obst___3", "obstacle c"),
)
ASKED = ("18_positions_in_cell.csv",)  # two readings: the mark stands on the key that decides
REFUSED = ("42_eucjp.csv",)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def steps(file: Path, folder: Path) -> str:
    """The first command that does not end well, with what it said; "" where a report was made."""
    answers = Path(shutil.copy(file, folder))
    study = folder / "study.toml"
    for words in (
        ("init", answers, "-o", study),
        ("check", study),
        ("report", study, "--format", "html", "-o", folder / "report.html"),
    ):
        done = run(*words)
        if done.exit_code:
            return f"{words[0]}: {done.output[-400:]}"
    return "" if (folder / "report.html").stat().st_size > 10_000 else "report: too small"


@pytest.mark.parametrize(
    "file", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TO_REPORT]
)
def test_a_public_file_goes_from_init_to_a_report(tmp_path: Path, file: str) -> None:
    assert not steps(SHARED_DATA / file, tmp_path)


@pytest.mark.parametrize("file", TOO_FEW)
def test_a_file_of_five_people_is_refused_as_that(tmp_path: Path, file: str) -> None:
    assert "E-SMALL-01" in steps(SHARED_DATA / file, tmp_path)


@pytest.mark.slow
def test_every_given_case_has_its_order(tmp_path: Path) -> None:
    files = sorted(CASES.iterdir())
    assert len(files) > 30
    for file in files:
        if file.name in REFUSED:
            with pytest.raises(ob.SurveyError, match="A-ENC-01"):
                propose([file])
            continue
        proposal = propose([Path(shutil.copy(file, tmp_path))])
        if file.name in ASKED:
            assert "format" in proposal.asked
            continue
        (tmp_path / "study.toml").write_text(study_text(proposal, command="init"), encoding="utf-8")
        rows = ob.rank(ob.load_study(tmp_path / "study.toml")).rows
        for row, names in zip(rows, FIRST, strict=False):
            assert row["label"].casefold() in names, (file.name, [one["label"] for one in rows])


def test_more_than_twenty_public_files_are_listed() -> None:
    assert len(set(TO_REPORT)) >= 20
    assert all((SHARED_DATA / name).is_file() for name in TO_REPORT)
