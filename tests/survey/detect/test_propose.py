"""A proposed study around its question: blocks of columns, waves, items across waves, and the columns beside them."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from obstacles.survey.detect.ids import slug
from obstacles.survey.detect.propose import propose
from obstacles.survey.detect.sources import Stated
from obstacles.survey.loading.load import load_study
from obstacles.survey.loading.load_decisions import FORMS
from obstacles.survey.problems import SurveyError
from obstacles.survey.studyfile.proposal import Proposal, ProposedWave
from obstacles.survey.studyfile.write import study_text

Write = Callable[..., Path]
ITEMS = ("Skills", "Cost", "Data", "Law")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table as CSV."""

    def write(header: Sequence[str], rows: Sequence[Sequence[Any]], name: str = "a.csv", *more: Sequence[str]) -> Path:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *more, *rows])
        return path

    return write


def loads(proposal: Proposal, folder: Path) -> str:
    """The text of the study file, which has to load as it stands."""
    text = study_text(proposal, command="x")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    load_study(folder / "study.toml")
    return text


def keys(wave: ProposedWave) -> dict[str, Any]:
    return {entry.key: entry.value for entry in wave.entries}


def why(wave: ProposedWave, key: str) -> str:
    return next(entry.why for entry in wave.entries if entry.key == key)


def names(stem: str = "Rank them", items: Sequence[str] = ITEMS) -> list[str]:
    return [f"{stem} [{item}]" for item in items]


def rankings(n: int = 40, m: int = 4, seed: int = 1) -> list[list[Any]]:
    draw = random.Random(seed)
    return [draw.sample(range(1, m + 1), m) for _row in range(n)]


def beside(rows: Sequence[Sequence[Any]], *columns: Sequence[Any]) -> list[list[Any]]:
    """The rows with further columns."""
    return [[*row, *(column[i] for column in columns)] for i, row in enumerate(rows)]


class TestBlocks:
    @pytest.mark.parametrize(
        ("header", "question", "labels"),
        [
            (names(), "Rank them", list(ITEMS)),
            ([f"Rank them: {item}" for item in ITEMS], "Rank them", list(ITEMS)),
            ([f"Rank them - {item}" for item in ITEMS], "Rank them", list(ITEMS)),
            ([f"10{letter}. {item}" for letter, item in zip("abcd", ITEMS, strict=True)], "", list(ITEMS)),
            (["RankSkills", "RankCost", "RankData", "RankLaw"], "", list(ITEMS)),
            (["rank_skills", "rank_cost", "rank_data", "rank_law"], "", ["skills", "cost", "data", "law"]),
            (["Q7_1", "Q7_2", "Q7_3", "Q7_4"], "", ["Q7_1", "Q7_2", "Q7_3", "Q7_4"]),
            (["skills", "cost", "data", "law"], "", ["skills", "cost", "data", "law"]),
        ],
    )
    def test_columns_of_one_question(
        self, write: Write, tmp_path: Path, header: list[str], question: str, labels: list[str]
    ) -> None:
        proposal = propose([write(["id", *header], beside([[i] for i in range(40)], *zip(*rankings(), strict=True)))])
        assert proposal.waves[0].form == "rank_grid"
        assert proposal.question == question
        assert [item.label for item in proposal.items] == labels
        loads(proposal, tmp_path)

    def test_the_best_question_is_taken_and_the_others_are_listed(self, write: Write, tmp_path: Path) -> None:
        draw = random.Random(2)
        scale = [[draw.randint(1, 5) for _item in range(3)] for _row in range(40)]
        header = [*names("What hinders you?"), *names("How happy are you with", ("Canteen", "Desk", "Light"))]
        path = write(header, [a + b for a, b in zip(rankings(), scale, strict=True)])
        proposal = propose([path])
        assert proposal.question == "What hinders you?"
        assert proposal.more == (f'E:G: {FORMS["likert_grid"]()}, 3 items ("How happy are you with")',)
        other = propose([path], block=("E:G",))
        assert other.question == "How happy are you with"
        assert other.more == (f'A:D: {FORMS["rank_grid"]()}, 4 items ("What hinders you?")',)
        text = loads(other, tmp_path)
        assert "--block NAME -o OTHER.toml" in text

    @pytest.mark.parametrize(
        ("block", "labels"),
        [
            (("Q1",), ["Q1_1", "Q1_2", "Q1_3", "Q1_4"]),
            (("Q1_1", "Q1_2", "Q1_3", "Q1_4"), ["Q1_1", "Q1_2", "Q1_3", "Q1_4"]),
            (("A:D",), ["Q1_1", "Q1_2", "Q1_3", "Q1_4"]),
            (("Q2",), ["Q2_1", "Q2_2", "Q2_3", "Q2_4"]),
        ],
    )
    def test_a_block_is_named_by_stem_columns_or_letters(
        self, write: Write, block: tuple[str, ...], labels: list[str]
    ) -> None:
        header = [f"Q{q}_{j}" for q in (1, 2) for j in range(1, 5)]
        rows = [a + b for a, b in zip(rankings(), rankings(seed=2), strict=True)]
        assert [item.label for item in propose([write(header, rows)], block=block).items] == labels

    def test_an_unknown_block_names_the_questions(self, write: Write) -> None:
        with pytest.raises(SurveyError, match='The questions found are "Q1"') as caught:
            propose([write([f"Q1_{j}" for j in range(1, 5)], rankings())], block=("Q9",))
        assert [one.code for one in caught.value.problems] == ["E-INIT-03"]

    def test_batteries_with_one_scale_are_one_question(self, write: Write) -> None:
        draw = random.Random(2)
        header = [f"{number}{letter}. {number}{letter} text" for number in (10, 13) for letter in "abc"]
        levels = ("Never", "Rarely", "Sometimes", "Often")
        proposal = propose([write(header, [[draw.choice(levels) for _name in header] for _row in range(40)])])
        assert len(proposal.items) == 6

    def test_columns_without_a_name_go_by_their_letters(self, write: Write, tmp_path: Path) -> None:
        proposal = propose([write(["x", "x", "x", ""], rankings())])
        assert [next(iter(item.columns.values())) for item in proposal.items] == [f"column:{c}" for c in "ABCD"]
        loads(proposal, tmp_path)

    def test_a_whole_ranking_beside_its_ranks_is_no_item(self, write: Write) -> None:
        rows = [[*row, "".join(map(str, row))] for row in rankings()]
        proposal = propose([write(["q_a", "q_b", "q_c", "q_d", "q_all"], rows)])
        assert len(proposal.items) == 4


class TestWaves:
    def test_files_are_waves_by_the_year_in_their_name(self, write: Write, tmp_path: Path) -> None:
        paths = [write(names(), rankings(seed=year), f"survey_{year}.csv") for year in (2024, 2023)]
        proposal = propose(paths)
        assert [(wave.id, wave.file) for wave in proposal.waves] == [
            ("2023", "survey_2023.csv"),
            ("2024", "survey_2024.csv"),
        ]
        assert proposal.comparisons == (("2023", "2024"),)
        assert "[[comparison]]" in loads(proposal, tmp_path)

    def test_files_without_a_year_are_waves_in_the_order_they_were_named(self, write: Write) -> None:
        proposal = propose([write(names(), rankings(seed=seed), f"{name}.csv") for seed, name in ((1, "y"), (2, "x"))])
        assert [wave.id for wave in proposal.waves] == ["y", "x"]

    def test_the_year_of_the_answers_names_a_wave(self, write: Write) -> None:
        rows = beside([["5/13/2024 10:00:00"]] * 40, *zip(*rankings(), strict=True))
        assert propose([write(["Timestamp", *names()], rows)]).waves[0].id == "2024"

    def test_a_column_of_years_makes_waves(self, write: Write, tmp_path: Path) -> None:
        rows = beside(rankings(), [2023] * 20 + [2024] * 20)
        proposal = propose([write([*names(), "year"], rows)])
        assert [(wave.id, keys(wave)["where"]) for wave in proposal.waves] == [
            ("2023", {"year": "2023"}),
            ("2024", {"year": "2024"}),
        ]
        loads(proposal, tmp_path)

    def test_an_item_with_other_words_is_matched_and_asked_about(self, write: Write, tmp_path: Path) -> None:
        items = ("Lack of skilled staff", "Cost of tools", "Data quality is poor", "Legal doubts")
        again = ("Lack of skilled staff", "Costs of the tools", "Data quality is poor", "Legal doubts")
        paths = [write(names(items=items), rankings(), "2023.csv"), write(names(items=again), rankings(), "2024.csv")]
        with pytest.raises(SurveyError, match="same content"):
            propose([paths[0], write(names(items=items), rankings(), "again.csv")])
        proposal = propose(paths)
        assert len(proposal.items) == 4
        assert [item.status for item in proposal.items] == ["same", "reworded", "same", "same"]
        text = loads(proposal, tmp_path)
        assert '"Cost of tools" -> "Costs of the tools"; same | reworded | split | merged' in text

    def test_items_of_some_waves_get_since_and_until(self, write: Write, tmp_path: Path) -> None:
        paths = [
            write(names(items=("Skills", "Cost", "Data", "Fax machines")), rankings(), "2022.csv"),
            write(names(items=("Skills", "Cost", "Data")), rankings(m=3), "2023.csv"),
            write(names(items=("Skills", "Cost", "Data", "Language models")), rankings(seed=3), "2024.csv"),
        ]
        proposal = propose(paths)
        found = {item.label: (item.since, item.until) for item in proposal.items}
        assert found["Fax machines"] == (None, "2022")
        assert found["Language models"] == ("2024", None)
        assert found["Skills"] == (None, None)
        assert {"since", "until"} <= set(proposal.asked)
        assert "#? found in 2024 only" in loads(proposal, tmp_path)

    def test_an_item_asked_with_a_gap_is_told(self, write: Write) -> None:
        lists = (ITEMS, ITEMS[:3], ITEMS)
        paths = [
            write(names(items=items), rankings(m=len(items), seed=i), f"{2022 + i}.csv")
            for i, items in enumerate(lists)
        ]
        proposal = propose(paths)
        assert proposal.notes == ('"Law" was also asked in 2022, which since and until cannot say',)

    def test_waves_that_share_no_words_are_told(self, write: Write) -> None:
        paths = [
            write([f"Q1_{j}" for j in range(1, 5)], rankings(), "2023.csv"),
            write([f"Q2_{c}" for c in "wxyz"], rankings(seed=2), "2024.csv"),
        ]
        assert any("no item of one wave has the wording" in note for note in propose(paths).notes)

    def test_ids_that_come_back_may_be_a_panel(self, write: Write) -> None:
        ids = [f"P{i * 37:04}" for i in range(40)]
        paths = [write([*names(), "participant id"], beside(rankings(seed=y), ids), f"{y}.csv") for y in (2023, 2024)]
        assert propose(paths).panel.startswith("40 ids of wave 2023 occur in wave 2024")
        counted = list(range(1, 41))
        paths = [
            write([*names(), "participant id"], beside(rankings(seed=y), counted), f"{y}.csv") for y in (2023, 2024)
        ]
        assert propose(paths).panel == ""


class TestWhoWasAsked:
    def rows(self, n: int = 200) -> list[list[Any]]:
        """Items ranked by all, and one by those of the last column's group "us" only."""
        draw = random.Random(5)
        found = []
        for i in range(n):
            group = "us" if i % 2 else "uk"
            chosen = draw.sample(ITEMS if group == "us" else ITEMS[:3], 2)
            found.append([*chosen, group])
        return found

    def test_an_item_that_one_group_names_only(self, write: Write, tmp_path: Path) -> None:
        proposal = propose([write(["Rank 1", "Rank 2", "survey"], self.rows())])
        (wave,) = proposal.waves
        assert keys(wave)["offered"] == {"law": {"survey": "us"}}
        assert 'name "Law" where "survey" is "us", and none of the 100 others: were they asked?' in why(wave, "offered")
        loads(proposal, tmp_path)

    def test_an_item_that_is_rare_everywhere_was_asked(self, write: Write) -> None:
        rows = self.rows()
        rows = [row for row in rows if row[2] == "uk" or "Law" not in row] + [r for r in rows if "Law" in r][:6]
        (wave,) = propose([write(["Rank 1", "Rank 2", "survey"], rows)]).waves
        assert "offered" not in keys(wave)


class TestRoles:
    def wave(self, write: Write, **columns: Sequence[Any]) -> ProposedWave:
        proposal = propose([write([*names(), *columns], beside(rankings(), *columns.values()))])
        return proposal.waves[0]

    @pytest.mark.parametrize("name", ["id", "Respondent ID", "response_id", "participant number", "编号"])
    def test_ids(self, write: Write, name: str) -> None:
        assert keys(self.wave(write, **{name: list(range(500, 540))}))["id_column"] == name

    def test_ids_that_repeat_are_none(self, write: Write) -> None:
        assert "id_column" not in keys(self.wave(write, id=[1, 1, *range(2, 40)]))

    def test_ids_of_a_tool_that_repeat_are_asked_about(self, write: Write) -> None:
        header = ["Respondent ID", *("Rank them.",) + ("",) * 3]
        below = ["", *ITEMS]
        ids = [f"9{i:05}" for i in range(39)] + ["900000"]
        rows = beside([[id] for id in ids], *zip(*rankings(), strict=True))
        (wave,) = propose([write(header, rows, "a.csv", below)]).waves
        assert keys(wave)["duplicates"] == "first"
        assert why(wave, "duplicates").startswith("1 rows have an id that occurs before")

    def test_ids_that_excel_has_rounded(self, write: Write) -> None:
        wave = self.wave(write, id=["1.23457E+11", "1.23458E+11"] * 20)
        assert "id_column" not in keys(wave)
        assert any("ids that Excel has rounded (1.23457E+11)" in note for note in wave.notes)

    def test_weights(self, write: Write) -> None:
        draw = random.Random(1)
        weights = [round(0.5 + draw.random(), 3) for _row in range(40)]
        wave = self.wave(write, weight=weights, w2=[0, *(3 * weight for weight in weights[1:])])
        assert keys(wave)["weight"] == "weight"
        assert why(wave, "weight").startswith("numbers from 0.5")
        assert 'also named like a weight: "w2"' in wave.notes

    def test_rows_without_a_weight(self, write: Write) -> None:
        weights = ["", *(1 + i / 100 for i in range(39))]
        proposal = propose([write([*names(), "weight"], beside(rankings(), weights))])
        assert [(entry.key, entry.value, entry.ask) for entry in proposal.weights] == [("missing", "drop", True)]

    def test_days_and_fieldwork(self, write: Write) -> None:
        wave = self.wave(write, submitdate=[f"2024-05-{1 + i % 28:02} 10:00:00" for i in range(40)])
        assert keys(wave)["date"] == "submitdate"
        assert 'fieldwork = ["2024-05-01", "2024-05-28"]  # first and last day in the file' in wave.notes

    def test_days_in_an_unknown_order(self, write: Write) -> None:
        wave = self.wave(write, date=[f"{1 + i % 12}/5/2024" for i in range(40)])
        assert keys(wave)["date"] == "date"
        assert any("set date_order" in note for note in wave.notes)

    @pytest.mark.parametrize("unit", ["", "秒", " s"])
    def test_durations(self, write: Write, tmp_path: Path, unit: str) -> None:
        rows = beside(rankings(), [f"{60 + i}{unit}" for i in range(39)] + [f"5{unit}"])
        proposal = propose([write([*names(), "所用时间"], rows)])
        assert keys(proposal.waves[0])["duration"] == "所用时间"
        text = study_text(proposal, command="x")
        text += '[quality]\nspeeder = { below_median_share = 0.3, action = "leave_out" }\n'
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        assert load_study(tmp_path / "study.toml").wave().receipt.analysed == 39

    def test_durations_that_are_no_seconds(self, write: Write) -> None:
        wave = self.wave(write, **{"Time taken": ["1 h 2 min"] * 40})
        assert "duration" not in keys(wave)
        assert any('"Time taken" is no number of seconds ("1 h 2 min")' in note for note in wave.notes)

    def test_personal_data_are_not_kept(self, write: Write, tmp_path: Path) -> None:
        mail = [f"someone{i}@example.org" for i in range(40)]
        header = [*names(), "Your name", "contact", "IP address"]
        rows = beside(rankings(), [f"N{i}" for i in range(40)], mail, [f"10.0.0.{i}" for i in range(40)])
        proposal = propose([write(header, rows)])
        assert proposal.personal == ("Your name", "contact", "IP address")
        assert 'drop_columns = ["Your name", "contact", "IP address"]' in loads(proposal, tmp_path)

    def test_groups_sensitive_columns_and_free_text(self, write: Write, tmp_path: Path) -> None:
        draw = random.Random(3)
        words = [f"word{i}" for i in range(300)]
        columns = {
            "Department": ["HR", "IT"] * 20,
            "YearsOfExperience": ["0-5", "6-10", "11+", "0-5"] * 10,
            "Religion": ["a", "b"] * 20,
            "colour": ["red", "blue"] * 20,
            "Comments": [" ".join(draw.sample(words, 8)) for _row in range(40)],
        }
        wave = self.wave(write, **columns)
        assert wave.groups == {"department": "Department", "years_experience": "YearsOfExperience"}
        assert 'sensitive columns, groups only on purpose: "Religion"' in wave.notes
        assert 'more columns that could be groups: "colour"' in wave.notes
        assert 'free text, not read: "Comments"' in wave.notes

    def test_rows_that_a_tool_marks_as_tests_or_unfinished(self, write: Write, tmp_path: Path) -> None:
        header = ["ResponseId", "Status", "Finished", *(f"Q1_{j}" for j in range(1, 5))]
        marks = [(f"R_{i}", "Survey Preview" if i < 2 else "IP Address", str(i > 3)) for i in range(40)]
        rows = beside([list(mark) for mark in marks], *zip(*rankings(), strict=True))
        proposal = propose([write(header, rows)])
        (wave,) = proposal.waves
        assert keys(wave)["test_rows"] == {"column": "Status", "is": ["Survey Preview"]}
        assert keys(wave)["finished"] == {"column": "Finished", "is": ["True"]}
        assert why(wave, "finished") == "36 of 40 rows"
        loads(proposal, tmp_path)
        assert load_study(tmp_path / "study.toml").wave().receipt.analysed == 36

    def test_rows_that_limesurvey_kept_without_a_last_page(self, write: Write) -> None:
        header = ["id", "submitdate", "lastpage", *(f"OBS[SQ00{j}]" for j in range(1, 5))]
        pages = [(i, "" if i < 3 else "2024-05-13 10:00:00", 1 if i < 3 else 4) for i in range(40)]
        (wave,) = propose([write(header, beside([list(p) for p in pages], *zip(*rankings(), strict=True)))]).waves
        assert keys(wave)["finished"] == {"column": "lastpage", "is": ["4"]}
        assert why(wave, "finished") == '3 rows have no "submitdate" and stop before this page'


class TestFiles:
    def test_nothing_to_rank_says_what_was_seen(self, write: Write) -> None:
        rows = [[f"{i}", ["a", "b"][i % 2], i * 1.7, ""] for i in range(60)]
        with pytest.raises(SurveyError) as caught:
            propose([write(["name", "sex", "income", "nothing"], rows)])
        (problem,) = caught.value.problems
        assert problem.code == "E-INIT-01"
        assert 'blank: "nothing"' in problem.message
        assert 'one answer from a short list: "sex"' in problem.message
        assert 'other numbers and texts: "name", "income"' in problem.message
        assert caught.value.exit_code == 2

    def test_what_was_stated_is_kept_for_the_study_file(self, tmp_path: Path) -> None:
        text = "made by hand\n" + ";".join(names()) + "\nü;;;\n"
        text += "\n".join(";".join(map(str, row)) for row in rankings())
        (tmp_path / "a.csv").write_bytes(text.encode("latin-1"))
        stated = Stated(encoding="latin-1", delimiter=";", header_rows=2, skip=1)
        proposal = propose([tmp_path / "a.csv"], stated=stated)
        found = keys(proposal.waves[0])
        assert {"encoding", "delimiter", "header_rows", "skip"} <= set(found)
        loads(proposal, tmp_path)

    def test_an_encoding_that_was_guessed_is_asked_about(self, tmp_path: Path) -> None:
        text = ",".join(names(items=("Fähigkeiten", "Kosten", "Daten", "Recht"))) + "\n"
        text += "\n".join(",".join(map(str, row)) for row in rankings())
        (tmp_path / "a.csv").write_bytes(text.encode("latin-1"))
        proposal = propose([tmp_path / "a.csv"])
        assert "encoding" in proposal.asked

    def test_a_column_named_like_a_place_in_the_file_is_refused(self, write: Write) -> None:
        with pytest.raises(SurveyError, match="means a place in the file") as caught:
            propose([write([*names(), "column:B"], beside(rankings(), range(40)))])
        assert [one.code for one in caught.value.problems] == ["E-INIT-05"]

    def test_the_problems_of_all_files_are_told_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_bytes(b"")
        with pytest.raises(SurveyError) as caught:
            propose([tmp_path / "a.csv", tmp_path / "b.csv"])
        assert {one.file for one in caught.value.problems} == {"a.csv", "b.csv"}

    def test_files_of_several_folders(self, write: Write, tmp_path: Path) -> None:
        for year in (2023, 2024):
            (tmp_path / str(year)).mkdir()
        paths = [write(names(), rankings(seed=year), f"{year}/answers.csv") for year in (2023, 2024)]
        proposal = propose(paths)
        assert [wave.file for wave in proposal.waves] == ["2023/answers.csv", "2024/answers.csv"]
        assert proposal.folder == tmp_path.resolve()

    def test_chinese_labels_make_a_chinese_study(self, write: Write, tmp_path: Path) -> None:
        proposal = propose([write(names("请排序", ("人员技能不足", "IT成本", "数据质量", "法规")), rankings())])
        assert proposal.language == "zh"
        assert 'languages = ["zh"]' in loads(proposal, tmp_path)
        assert propose([write(names(), rankings())], language="de").language == "de"


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Lack of skilled staff and budget", "lack_skilled_staff"),
        ("The law!", "law"),
        ("Coût élevé", "cout_eleve"),
        ("人员技能严重不足而且没有预算安排", "人员技能严重不足而且没有"),
        ("3D printing", "item_3d_printing"),
        ("???", "item_1"),
        ("", "item_1"),
    ],
)
def test_ids_are_made_of_telling_words(text: str, id: str) -> None:
    assert slug(text, set(), "item") == id
    assert slug(text, {id}, "item") != id
