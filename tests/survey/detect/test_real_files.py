"""Real exports: each goes from `obstacles init` to a loaded study and a ranking, with the edits that init asked for.

The data belong to others and are not part of the project: without them these tests are skipped.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from paths import EXAMPLES, SHARED_DATA, SHARED_GOLDEN, needs_shared_data

from obstacles.analysis.ranking.rank import rank
from obstacles.cli.main import cli
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError

pytestmark = needs_shared_data

Q, SM, GF, LS = "exports/qualtrics/", "exports/surveymonkey/", "exports/google_forms/", "exports/limesurvey/"
RANKABLE = [  # files, tool, form, items, waves, analysed in the last wave
    (Q + "many_types_insights.csv", "Qualtrics", "likert_grid", 3, 1, 5),
    (Q + "many_types_legacy.csv", "Qualtrics", "likert_grid", 3, 1, 5),
    (Q + "matrix_insights.csv", "Qualtrics", "likert_grid", 3, 1, 5),
    (Q + "multi_answer_insights.csv", "Qualtrics", "multi_select", 7, 1, 5),
    (Q + "multi_answer_legacy.csv", "Qualtrics", "multi_select", 7, 1, 5),
    (SM + "starwars_first50.csv", "SurveyMonkey", "rank_grid", 6, 1, 43),
    (SM + "jupyter2020_first50.csv", "SurveyMonkey", "likert_grid", 33, 1, 50),
    (GF + "dask2019_grid_first50.csv", "Google Forms", "likert_grid", 10, 1, 50),
    (GF + "dvs2017_semicolon_first50.csv", "Google Forms", "multi_select", 24, 1, 50),
    (GF + "dvs2018_comma_tsv_first50.tsv", "plain table", "multi_select", 14, 1, 50),
    (GF + "dvs2019_comma_options_first50.csv", "plain table", "multi_select", 16, 1, 50),
    (GF + "pandas2019_semicolon_grid_first50.csv", "Google Forms", "likert_grid", 7, 1, 50),
    (GF + "rstudio2018_form_responses_first50.tsv", "Google Forms", "multi_select", 8, 1, 50),
    (LS + "rse2017_uk_public_first50.csv", "LimeSurvey", "order_list", 9, 1, 46),
    (LS + "rse2018_public_first50.csv", "LimeSurvey", "order_list", 9, 1, 49),
    ("exports/spss/dvs_2017_2019.sav", "SPSS", "multi_select", 33, 3, 1359),
    ("kaggle2017/kaggle2017_barriers.csv", "plain table", "multi_select", 20, 1, 6965),
    pytest.param(
        "kaggle2017/multipleChoiceResponses_2017_original.zip",
        "plain table",
        "multi_select",
        20,
        1,
        6965,
        marks=pytest.mark.slow,
    ),
    ("rse_survey/rse_job_factors_rankings.csv", "plain table", "order_list", 10, 2, 901),
    ("jupyter2020/jupyter2020_severity.csv", "SurveyMonkey", "likert_grid", 33, 1, 1135),
    ("dask_surveys/20*.csv", "Google Forms", "likert_grid", 11, 3, 239),
    ("dask_surveys/dask_feature_matrix_2019_2021.csv", "plain table", "likert_grid", 11, 3, 239),
    ("dvs_survey/dvs2020_frustrations.csv", "plain table", "multi_select", 12, 1, 1275),
    ("starwars/StarWars.csv", "SurveyMonkey", "rank_grid", 6, 1, 834),
    ("rank_plackettluce/salad.csv", "plain table", "rank_grid", 4, 1, 32),
    pytest.param("rank_plackettluce/nascar.csv", "plain table", "order_list", 87, 1, 36, marks=pytest.mark.slow),
    ("rank_plackettluce/beans.csv", "plain table", "best_worst", 10, 1, 842),
    ("rank_plackettluce/pudding.csv", "plain table", "pairs", 6, 1, 15),
    ("rank_rankingQ/identity.csv", "plain table", "rank_grid", 4, 1, 1082),
    ("rank_rankingQ/identity_w.csv", "plain table", "rank_grid", 4, 1, 1082),
    ("eurostat_ai/eurostat_ai_barriers_panel.csv", "plain table", "published", 8, 3, 8),
    ("published/published_obstacles.csv", "plain table", "published", 8, 3, 8),
]
NOTHING_TO_RANK = [
    (Q + "qualtRics_sample.csv", "E-INIT-01", "in 1 row"),
    (Q + "qualtRics_sample_legacy.csv", "E-INIT-01", "in 1 row"),
    (Q + "excluder_qualtrics_raw.csv", "E-INIT-01", "Qualtrics export"),
    (Q + "excluder_qualtrics_fetch.csv", "E-INIT-01", "Qualtrics export"),
    ("rank_plackettluce/nascar_drivers.csv", "E-INIT-01", '"id", "driver"'),
    ("kaggle2017/schema.csv", "E-INIT-01", '"Column"'),
    ("cs_csranks/pisa.csv", "E-INIT-01", '"jurisdiction"'),
    ("cs_csranks/pisa2018.csv", "E-INIT-01", '"jurisdiction"'),
    ("cs_csranks/pisa2022.csv", "E-INIT-01", '"jurisdiction"'),
    ("cs_csranks/parent_child_income.csv", "E-INIT-01", '"gender"'),
    (LS + "questions_to_import_tsv_first200.txt", "E-INIT-02", "not its answers"),
    (LS + "uk_core_survey.lss", "E-FILE-02", "an XML file"),
    (Q + "multi_answer.qsf", "E-FILE-02", "a JSON file"),
]


def init(files: str, folder: Path, code: int = 0) -> str:
    """Copy the files into a folder and run init there; what it printed."""
    copies = [Path(shutil.copy(path, folder)) for path in sorted(SHARED_DATA.glob(files))]
    assert copies, files
    result = CliRunner().invoke(cli, ["init", *map(str, copies)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize(("files", "tool", "form", "items", "waves", "analysed"), RANKABLE, ids=lambda x: str(x)[-40:])
def test_from_an_export_to_a_ranking_without_an_edit(
    tmp_path: Path, files: str, tool: str, form: str, items: int, waves: int, analysed: int
) -> None:
    if files.endswith(".sav"):
        pytest.importorskip("pyreadstat")
    printed = init(files, tmp_path)
    assert printed.startswith(tool)
    assert f"Next: obstacles check {tmp_path / 'study.toml'}" in printed
    study = load_study(tmp_path / "study.toml")
    assert {wave.question.format for wave in study.waves} == {form}
    assert (len(study.items), len(study.waves)) == (items, waves)
    assert study.wave().receipt.analysed == analysed
    ranking = rank(study, frequencies=False)
    assert len(ranking.rows) == len(study.wave().items)


@pytest.mark.parametrize(("files", "code", "piece"), NOTHING_TO_RANK, ids=lambda x: str(x)[-40:])
def test_a_file_without_a_question_is_told_what_was_seen(tmp_path: Path, files: str, code: str, piece: str) -> None:
    printed = init(files, tmp_path, code=2)
    assert code in printed
    assert piece in printed
    assert not (tmp_path / "study.toml").exists()


@pytest.mark.parametrize(
    ("files", "tasks", "largest"),
    [("bws_support/fruit.csv", 7, 4), ("bws_support/ricebws1.csv", 7, 4), ("bws_support/mfa.csv", 12, 9)],
)
def test_best_worst_places_need_the_design_that_init_asks_for(
    tmp_path: Path, files: str, tasks: int, largest: int
) -> None:
    init(files, tmp_path)
    path = tmp_path / "study.toml"
    with pytest.raises(SurveyError, match="what was shown is either design"):
        load_study(path)
    text = path.read_text(encoding="utf-8")
    ids = re.findall(r'^id = "(item_\d+)"', text, re.MULTILINE)
    assert len(ids) == max(tasks, largest + 1)
    sets = _design(files, ids, tasks, largest)
    path.write_text(text.replace("design = []", f"design = {json.dumps(sets)}"), encoding="utf-8")
    study = load_study(path)
    assert study.wave().question.format == "best_worst"
    assert rank(study, frequencies=False).rows


def _design(files: str, ids: list[str], tasks: int, largest: int) -> list[list[str]]:
    """The design of the fruit study; for the others, whose files do not hold it, one of the right size."""
    if "fruit" in files and (SHARED_GOLDEN / "bws_fruit.json").is_file():
        sets = json.loads((SHARED_GOLDEN / "bws_fruit.json").read_text())["sets"]
        return [[ids[item - 1] for item in one] for one in sets]
    return [[ids[(task + step) % len(ids)] for step in range(largest)] for task in range(tasks)]


def test_the_ranking_is_that_of_a_study_file_written_by_hand(tmp_path: Path) -> None:
    init("starwars/StarWars.csv", tmp_path)
    by_init = rank(load_study(tmp_path / "study.toml"), frequencies=False)
    by_hand = rank(
        load_study(EXAMPLES / "starwars/study.toml", data=SHARED_DATA / "starwars"),
        frequencies=False,
    )
    names = [row["label"].split("Episode ")[1].split()[0].rstrip(":") for row in by_init.rows]
    assert names == [row["label"].split("Episode ")[1].split()[0].rstrip(":") for row in by_hand.rows]
    assert [row["estimate"] for row in by_init.rows] == pytest.approx([row["estimate"] for row in by_hand.rows])


def test_waves_of_one_file_agree_with_a_study_file_written_by_hand(tmp_path: Path) -> None:
    init("rse_survey/rse_job_factors_rankings.csv", tmp_path)
    by_init = rank(load_study(tmp_path / "study.toml"), wave="2018")
    hand = load_study(EXAMPLES / "rse/study.toml", data=SHARED_DATA / "rse_survey")
    by_hand = rank(hand, wave="2018")
    assert [row["label"] for row in by_init.rows] == [row["label"] for row in by_hand.rows]
    assert [row["estimate"] for row in by_init.rows] == pytest.approx([row["estimate"] for row in by_hand.rows])
