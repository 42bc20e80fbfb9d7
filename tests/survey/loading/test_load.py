"""From a study file and its data to a study: rows, ids, weights, designs, groups, and every problem at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from paths import EXAMPLES, SHARED_DATA

from obstacles.survey.answers import Rankings
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.study import Study, Wave

Make = Callable[..., Path]

MINIMAL = """schema = 1
[study]
title = {{ en = "Obstacles to using big data" }}
sampling = "nonprobability"
[obstacles]
direction = "1_is_most_severe"
[[wave]]
id = "2024"
file = "responses.csv"
format = "rank_grid"
blank = "below"
id_column = "id"
{keys}
[wave.columns]
department = "dept"
[wave.obstacles]
skills = "ob_skills"
cost = "ob_cost"
sharing = "ob_sharing"
{rest}
"""
HEAD = "id,dept,ob_skills,ob_cost,ob_sharing,w,unit,N,sec,done\n"
ROWS = [
    "1,HR,1,2,3,1,u1,40,100,1",
    "2,HR,2,1,3,2,u1,40,110,1",
    "3,IT,1,3,2,1,u2,30,90,1",
    "4,IT,3,1,2,2,u3,30,120,0",
]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def write(rows: list[str] | None = None, keys: str = "", rest: str = "", head: str = HEAD) -> Path:
        (tmp_path / "responses.csv").write_text(head + "\n".join(rows or ROWS) + "\n", encoding="utf-8")
        (tmp_path / "study.toml").write_text(MINIMAL.format(keys=keys, rest=rest), encoding="utf-8")
        return tmp_path / "study.toml"

    return write


def refusal(path: Path) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        load_study(path)
    return caught.value


def said(found: SurveyError | Study | Wave, code: str) -> Problem:
    problems = (
        found.receipt.problems
        if isinstance(found, Wave)
        else [*found.problems, *found.wave().receipt.problems]
        if isinstance(found, Study)
        else found.problems
    )
    matching = [one for one in problems if one.code == code]
    assert matching, [str(one) for one in problems]
    return matching[0]


def left_out(wave: Wave) -> list[tuple[str, int]]:
    return [(one.rule, one.count) for one in wave.receipt.left_out]


def test_the_minimal_study_file_works(make: Make) -> None:
    study = load_study(make())
    wave = study.wave()
    assert [item.id for item in study.items] == ["skills", "cost", "sharing"]
    assert isinstance(wave.answers, Rankings)
    assert wave.answers.ranks.tolist() == [[1, 2, 3], [2, 1, 3], [1, 3, 2], [3, 1, 2]]
    assert wave.respondents["id"].tolist() == ["1", "2", "3", "4"]
    assert wave.respondents["department"].tolist() == ["HR", "HR", "IT", "IT"]
    assert wave.receipt.rows_read == wave.receipt.analysed == 4
    assert len(study.sha256) == 64


def test_all_problems_of_a_file_come_in_one_run(make: Make) -> None:
    rows = ["1,HR,1,1,3,x,u1,40,100,1", "1,HR,9,1,3,-2,u1,40,110,1", "3,IT,1,3,2,,u2,30,90,1"]
    error = refusal(make(rows, 'weight = "w"'))
    assert {one.code for one in error.problems if one.severity == "error"} == {
        "E-ID-01",
        "E-RANK-02",
        "E-RANK-03",
        "E-WGT-01",
        "E-WGT-02",
        "E-WGT-03",
    }
    assert error.exit_code == 2
    assert said(error, "E-RANK-02").rows == (3,)


def test_problems_of_all_waves_come_together(tmp_path: Path) -> None:
    for year in ("2022", "2024"):
        (tmp_path / f"{year}.csv").write_text(f"A,B\n1,{year}\n", encoding="utf-8")
    waves = "".join(
        f'[[wave]]\nid = "{year}"\nfile = "{year}.csv"\nformat = "rank_grid"\n[wave.obstacles]\na = "A"\nb = "B"\n'
        for year in ("2022", "2024")
    )
    head = 'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n[obstacles]\ndirection = "1_is_most_severe"\n'
    (tmp_path / "study.toml").write_text(head + waves)
    error = refusal(tmp_path / "study.toml")
    assert [one.file for one in error.problems if one.code == "E-RANK-02"] == ["2022.csv", "2024.csv"]


def test_missing_columns_name_their_line_and_the_nearest_names(make: Make) -> None:
    path = make(head=HEAD.replace("ob_skills", "ob_skilis").replace("dept", "Abteilung"))
    error = refusal(path)
    messages = [one.message for one in error.problems if one.code == "E-COL-03"]
    assert len(messages) == 2
    assert 'no column "ob_skills". Nearest: "ob_skilis"' in messages[0]
    line = path.read_text().splitlines().index('skills = "ob_skills"') + 1
    assert f'(study.toml line {line}, "skills")' in messages[0]


def test_names_match_in_any_width_and_with_spaces_around(make: Make) -> None:
    wave = load_study(make(head=HEAD.replace("ob_cost", " ｏｂ_cost "))).wave()
    assert wave.receipt.analysed == 4


@pytest.mark.parametrize(
    ("id_cells", "keys", "code", "piece"),
    [
        (
            ["7", "007", "7", "8"],
            "",
            "E-ID-01",
            '1 id occurs more than once ("7" in rows 2, 4, with different answers)',
        ),
        (["1.23E+15", "1.23E+15", "1.23E+15", "8"], "", "E-ID-02", "3 ids look like 1.23E+15: Excel has rounded them"),
        (["1", "", "3", "4"], 'panel_id = "id"', "E-ID-03", "a panel needs it"),
    ],
)
def test_ids_that_cannot_be_trusted_stop(make: Make, id_cells: list[str], keys: str, code: str, piece: str) -> None:
    rows = [cell + row[1:] for cell, row in zip(id_cells, ROWS, strict=True)]
    assert piece in str(said(refusal(make(rows, keys)), code))


def test_a_blank_id_becomes_the_row_number(make: Make) -> None:
    wave = load_study(make([ROWS[0], ROWS[1][1:], ROWS[2]])).wave()
    assert wave.respondents["id"].tolist() == ["1", "3", "3"]
    assert said(wave, "W-ID-01").rows == (3,)


@pytest.mark.parametrize(("which", "first"), [("first", [1, 2, 3]), ("last", [3, 1, 2])])
def test_duplicates_keep_the_first_or_the_last_row(make: Make, which: str, first: list[int]) -> None:
    rows = [ROWS[0], ROWS[1], "1" + ROWS[3][1:]]
    wave = load_study(make(rows, f'duplicates = "{which}"')).wave()
    assert left_out(wave) == [(f"the id occurs more than once ({which} row kept)", 1)]
    assert isinstance(wave.answers, Rankings)
    assert first in wave.answers.ranks.tolist()
    assert len(wave.answers.ranks) == 2


def test_unfinished_answers_leave_before_duplicates_are_looked_for(make: Make) -> None:
    rows = [*ROWS[:3], "3" + ROWS[3][1:]]
    wave = load_study(make(rows, 'finished = { column = "done", is = ["1"] }')).wave()
    assert left_out(wave) == [("the answer was not finished", 1)]


def test_finished_that_matches_nothing_is_an_error(make: Make) -> None:
    error = refusal(make(keys='finished = { column = "done", is = ["yes"] }'))
    assert 'none has "yes". The values are "1", "0"' in str(said(error, "E-FIN-01"))


def test_where_keeps_part_of_a_file_and_counts_the_rest(make: Make) -> None:
    wave = load_study(make(keys='where = { dept = ["IT", "HR"], unit = "u1" }')).wave()
    assert left_out(wave) == [("unit is not u1", 2)]
    assert wave.receipt.analysed == 2
    error = refusal(make(keys='where = { dept = "Law" }'))
    assert 'no row has "Law". The values are "HR", "IT"' in str(said(error, "E-WHERE-01"))


def test_weights_are_read_and_rows_without_weight_leave(make: Make) -> None:
    rows = [*ROWS[:2], ROWS[2].replace(",1,u2", ",0,u2"), ROWS[3].replace(",2,u3", ",,u3")]
    wave = load_study(make(rows, 'weight = "w"', '[weights]\nmissing = "drop"\n')).wave()
    assert left_out(wave) == [("the weight is missing", 1), ("the weight is 0", 1)]
    assert wave.design.weight is not None
    assert wave.design.weight.tolist() == [1, 2]
    assert isinstance(wave.answers, Rankings)
    assert len(wave.answers.ranks) == len(wave.respondents) == 2


def test_weights_whose_comma_is_unclear_are_asked_about(make: Make) -> None:
    rows = [row.replace(",1,u", ',"1,250",u').replace(",2,u", ',"1,500",u') for row in ROWS]
    error = refusal(make(rows, 'weight = "w"'))
    assert error.exit_code == 3
    assert 'Set decimal = ","' in str(said(error, "A-DEC-01"))
    wave = load_study(make(rows, 'weight = "w"\ndecimal = ","')).wave()
    assert wave.design.weight is not None
    assert wave.design.weight[0] == 1.25


def test_extreme_weights_are_said(make: Make) -> None:
    rows = [f"{i},HR,1,2,3,{50 if i == 0 else 1},u{i},400,100,1" for i in range(60)]
    assert "weights reach 50 times their median; 60 answers carry" in str(
        said(load_study(make(rows, 'weight = "w"')), "W-WGT-03")
    )


def test_the_design_is_strata_clusters_and_population(make: Make) -> None:
    rest = '[design]\nstrata = "department"\ncluster = "unit"\npopulation = "N"\n'
    design = load_study(make(rest=rest)).wave().design
    assert design.stratum is not None
    assert design.cluster is not None
    assert design.population is not None
    assert design.stratum.tolist() == [0, 0, 1, 1]
    assert design.cluster.tolist() == [0, 0, 1, 2]
    assert design.population.tolist() == [40, 40, 30, 30]


@pytest.mark.parametrize(
    ("keys", "rest", "code"),
    [
        ("", '[design]\npopulation = "invited"\n', "E-POP-01"),
        ("", '[design]\nstrata = "department"\npopulation = 100\n', "E-POP-01"),
        ("", "[design]\npopulation = 3\n", "E-POP-04"),
        ("", '[design]\nstrata = "department"\npopulation = "size"\n', "E-POP-01"),
        ("", '[design]\npopulation = "dept"\n', "E-POP-02"),
        ("", '[design]\nstrata = "nothing"\n', "E-COL-03"),
    ],
)
def test_a_design_that_does_not_fit_is_refused(make: Make, keys: str, rest: str, code: str) -> None:
    said(refusal(make(keys=keys, rest=rest)), code)


def test_a_missing_stratum_is_an_error(make: Make) -> None:
    rows = [*ROWS[:3], ROWS[3].replace("IT", "")]
    assert said(refusal(make(rows, rest='[design]\nstrata = "department"\n')), "E-DES-01").rows == (5,)


def test_groups_get_one_name_by_aliases_and_variants_are_proposed(make: Make) -> None:
    rows = [ROWS[0], ROWS[1].replace("HR", "hr"), ROWS[2], ROWS[3].replace("IT", "人事处")]
    study = load_study(make(rows, rest='[groups.aliases]\nHR = ["人事处"]\n'))
    assert study.wave().respondents["department"].tolist() == ["HR", "HR", "IT", "HR"]
    study = load_study(make(rows))
    assert '"HR" and "hr" are different groups' in str(said(study, "W-GRP-02"))


def test_headcounts_serve_the_population_and_the_response_rates(make: Make, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("department,headcount\nHR,40\nIT,30\n")
    rest = '[groups]\nsize = { file = "people.csv" }\n[design]\nstrata = "department"\npopulation = "size"\n'
    wave = load_study(make(rest=rest)).wave()
    assert wave.sizes == {"department": {"HR": 40, "IT": 30}}
    assert wave.design.population is not None
    assert wave.design.population.tolist() == [40, 40, 30, 30]
    (tmp_path / "people.csv").write_text("department,headcount\nHR,40\nHR,x\n")
    error = refusal(make(rest=rest))
    assert said(error, "E-SIZE-02").rows == (3,)
    assert '"IT"' in str(said(error, "E-POP-03"))


def test_flags_are_counted_and_nobody_leaves_by_itself(make: Make) -> None:
    rows = [f"{i},HR,1,2,3,1,u,40,{10 if i < 2 else 100},1" for i in range(10)]
    rest = "[quality]\nspeeder = { below_median_share = 0.4 }\n"
    wave = load_study(make(rows, 'duration = "sec"', rest)).wave()
    assert wave.flags["speeder"].tolist() == [True] * 2 + [False] * 8
    assert wave.receipt.analysed == 10
    rest = '[quality]\nspeeder = { below_median_share = 0.4, action = "leave_out" }\n'
    wave = load_study(make(rows, 'duration = "sec"', rest)).wave()
    assert left_out(wave) == [("answered in less than 0.4 of the median time", 2)]


def test_one_answer_throughout_a_block_is_flagged(make: Make) -> None:
    rows = ["1,HR,2,2,2,1,u,40,1,1", *ROWS[1:]]
    rest = '[quality]\ninvalid_ranking = "leave_out"\nstraightline = { blocks = ["obstacles"] }\n'
    study = load_study(make(rows, rest=rest))
    assert said(study, "I-FLAG-01").count == 1


def test_personal_data_are_listed_and_not_kept(make: Make) -> None:
    wave = load_study(make(rest='[privacy]\ndrop_columns = ["sec", "absent"]\n')).wave()
    assert wave.receipt.dropped_columns == ("sec",)
    assert "sec" not in wave.respondents.columns


def test_nothing_left_to_analyse_is_an_error(make: Make) -> None:
    error = refusal(make([row.replace(",1,2,3,", ",,,,") for row in ROWS[:1]]))
    assert "the question was not answered: 1" in str(said(error, "E-ROW-06"))


def test_two_waves_of_the_same_content_are_a_mistake(tmp_path: Path) -> None:
    for year in ("2022", "2024"):
        (tmp_path / f"{year}.csv").write_text("A,B\n1,2\n", encoding="utf-8")
    wave = '[[wave]]\nid = "{0}"\nfile = "{0}.csv"\nformat = "rank_grid"\n[wave.obstacles]\na = "A"\nb = "B"\n'
    head = 'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n[obstacles]\ndirection = "1_is_most_severe"\n'
    (tmp_path / "study.toml").write_text(head + wave.format("2022") + wave.format("2024"))
    assert "the same content" in str(said(refusal(tmp_path / "study.toml"), "E-WAVE-02"))


def test_files_outside_the_folder_are_refused_unless_it_is_named(make: Make, tmp_path: Path) -> None:
    path = make()
    inner = tmp_path / "inner"
    inner.mkdir()
    text = path.read_text().replace('"responses.csv"', '"../responses.csv"')
    (inner / "study.toml").write_text(text)
    assert said(refusal(inner / "study.toml"), "E-PATH-01").file == "../responses.csv"
    (inner / "study.toml").write_text(path.read_text())
    assert load_study(inner / "study.toml", data=tmp_path).wave().receipt.analysed == 4


@pytest.mark.parametrize(
    "file", ["../people.csv", "/etc/hosts", "a\\u0000b", "x" * 5000, "a/../../people.csv"], ids=range(5)
)
@pytest.mark.parametrize(
    "rest",
    [
        '[groups]\nsize = {{ file = "{file}" }}\n',
        '[weights]\nmethod = "rake"\nmargins = {{ department = "{file}" }}\n',
        '[capability]\nlevels = [{{ value = 0 }}, {{ value = 1 }}]\nrequired_table = {{ file = "{file}" }}\n',
    ],
    ids=["sizes", "margins", "levels"],
)
def test_no_table_is_read_from_outside_the_folder(make: Make, tmp_path: Path, file: str, rest: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path.parent / "people.csv").write_text("department,n\nHR,40\nIT,60\n")
    codes = {problem.code for problem in refusal(make(rest=rest.format(file=file))).problems}
    assert codes & {"E-PATH-01", "E-KEY-05", "E-CAP-01"}
    assert not codes & {"E-SIZE-01", "E-CAP-03"}


def test_a_missing_data_file_is_one_sentence(make: Make, tmp_path: Path) -> None:
    path = make()
    (tmp_path / "responses.csv").unlink()
    assert "there is no such file" in str(said(refusal(path), "E-FILE-01"))


class TestMetamorphic:
    """What does not change the answers does not change what is read."""

    def ranks(self, path: Path) -> list[tuple[str, list[int]]]:
        wave = load_study(path).wave()
        assert isinstance(wave.answers, Rankings)
        order = {item.id: j for j, item in enumerate(wave.items)}
        columns = [order[id] for id in ("skills", "cost", "sharing")]
        rows = zip(wave.respondents["id"], wave.answers.ranks[:, columns].tolist(), strict=True)
        return sorted((str(id), ranks) for id, ranks in rows)

    def test_row_column_and_item_order(self, make: Make) -> None:
        expected = self.ranks(make())
        assert self.ranks(make(ROWS[::-1])) == expected
        order = [4, 0, 9, 2, 1, 3, 8, 5, 6, 7]
        head = ",".join(HEAD.strip().split(",")[i] for i in order) + "\n"
        assert self.ranks(make([",".join(row.split(",")[i] for i in order) for row in ROWS], head=head)) == expected
        path = make()
        text = path.read_text().replace(
            'skills = "ob_skills"\ncost = "ob_cost"\n', 'cost = "ob_cost"\nskills = "ob_skills"\n'
        )
        path.write_text(text)
        assert self.ranks(path) == expected

    @pytest.mark.parametrize("delimiter", [";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
    def test_delimiter_and_encoding(self, make: Make, tmp_path: Path, delimiter: str, encoding: str) -> None:
        expected = self.ranks(make())
        path = make()
        text = (
            (HEAD + "\n".join(ROWS) + "\n").replace(",", delimiter).replace("HR", "人事部门").replace("IT", "信息中心")
        )
        (tmp_path / "responses.csv").write_bytes(text.encode(encoding))
        assert self.ranks(path) == expected


STUDIES = [
    ("eurostat-ai/study.toml", None, {"2023": 8, "2024": 8, "2025": 8}),
    ("big-data-obstacles/study.toml", None, {"2022": 990, "2024": 1083}),
    ("starwars/study.toml", "starwars", {"2014": 834}),
    ("rse/study.toml", "rse_survey", {"2017": 725, "2018": 901}),
    ("jupyter-2020/study.toml", "jupyter2020", {"2020": 1135}),
    ("kaggle-2017/study.toml", "kaggle2017", {"2017": 7376}),
    ("kaggle-2017/severity.toml", "kaggle2017", {"2017": 7158}),
]


@pytest.mark.parametrize(("study", "folder", "analysed"), STUDIES)
def test_the_example_studies_load(study: str, folder: str | None, analysed: dict[str, int]) -> None:
    data = None if folder is None else SHARED_DATA / folder
    if data is not None and not data.is_dir():
        pytest.skip("the data of others are not here")
    loaded = load_study(EXAMPLES / study, data=data)
    assert {wave.id: wave.receipt.analysed for wave in loaded.waves} == analysed
    for wave in loaded.waves:
        gone = sum(rule.count for rule in wave.receipt.left_out)
        assert wave.receipt.rows_read == gone + wave.receipt.analysed
        assert not [one for one in wave.receipt.problems if one.code not in EXPLAINED]


EXPLAINED = {"I-ENC-01", "I-FILE-01", "I-COL-02", "I-FLAG-01", "W-SEL-01", "W-RANK-01"}


def test_label_variants_of_a_real_matrix_are_all_read() -> None:
    data = SHARED_DATA / "jupyter2020"
    if not data.is_dir():
        pytest.skip("the data of others are not here")
    answers = load_study(EXAMPLES / "jupyter-2020" / "study.toml", data=data).wave().answers
    from obstacles.survey.answers import Ratings

    assert isinstance(answers, Ratings)
    assert int((~np.isnan(answers.scores[:, 0])).sum()) == 1059


def test_panel_ids_join_the_waves(make: Make) -> None:
    wave = load_study(make(keys='panel_id = "unit"')).wave()
    assert wave.panel is not None
    assert wave.panel.tolist() == ["u1", "u1", "u2", "u3"]
