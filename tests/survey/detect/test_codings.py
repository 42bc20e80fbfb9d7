"""Codings that cells alone explain in part: option codes, 1 and 2, sliders, orders and lists in one cell, zeros."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import pytest

from obstacles.analysis.ranking.rank import fitted
from obstacles.survey.answers import Published
from obstacles.survey.detect.propose import propose
from obstacles.survey.detect.sources import Stated
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.studyfile.proposal import Proposal
from obstacles.survey.studyfile.write import study_text

ITEMS = ("skills", "budget", "quality", "legal", "oldit")
Make = Callable[..., tuple[Proposal, dict[str, int]]]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """The proposal for a table, and label -> rank of each item in the ranking that it leads to."""

    def make(header: Sequence[str], rows: Sequence[Sequence[Any]], **options: Any) -> tuple[Proposal, dict[str, int]]:
        with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *rows])
        proposal = propose([tmp_path / "a.csv"], **options)
        (tmp_path / "study.toml").write_text(study_text(proposal, command="x"), encoding="utf-8")
        _prepared, fit, _reason = fitted(load_study(tmp_path / "study.toml"))
        score = dict(zip((item.name for item in fit.estimate.items), fit.estimate.value.tolist(), strict=True))
        return proposal, {name: 1 + sum(other > one for other in score.values()) for name, one in score.items()}

    return make


def marks(n: int = 60) -> list[list[bool]]:
    draw = random.Random(3)
    rows = [[draw.random() < 0.9 - 0.16 * j for j in range(len(ITEMS))] for _row in range(n)]
    return [row if any(row) else [True, *row[1:]] for row in rows]


def orders(n: int = 60, items: Sequence[str] = ITEMS) -> list[list[str]]:
    draw = random.Random(4)
    return [sorted(items, key=lambda item: items.index(item) + draw.gauss(0, 1.2)) for _row in range(n)]


def asked(proposal: Proposal) -> set[str]:
    return set(proposal.asked)


@pytest.mark.parametrize("none", ["", "0"])
@pytest.mark.parametrize("codes", [(1, 2, 3, 4, 5), (11, 12, 13, 14, 98)])
def test_a_column_holds_the_code_of_its_option(made: Make, codes: tuple[int, ...], none: str) -> None:
    rows = [[code if mark else none for code, mark in zip(codes, row, strict=True)] for row in marks()]
    proposal, order = made([f"Q17_{code}" for code in codes], rows)
    assert proposal.waves[0].form == "multi_select"
    assert "holds its own number" in proposal.waves[0].evidence
    assert [order[f"Q17_{code}"] for code in codes] == sorted(order.values())


def test_one_and_two_without_words_are_asked_about(made: Make) -> None:
    header = [f"q3_{item}" for item in ITEMS]
    proposal, order = made(header, [[1 if mark else 2 for mark in row] for row in marks()])
    assert proposal.waves[0].form == "multi_select"
    assert "selected" in asked(proposal)
    assert order["skills"] == 1


@pytest.mark.parametrize(("words", "yes"), [("1 = yes, 2 = no", 1), ("1=no, 2=yes", 2), ("1 = oui, 2 = non", 1)])
def test_words_say_which_number_is_a_mark(made: Make, words: str, yes: int) -> None:
    rows = [[yes if mark else 3 - yes for mark in row] for row in marks()]
    proposal, order = made([f"Obstacles ({words}) [{item}]" for item in ITEMS], rows)
    assert "selected" not in asked(proposal)
    assert order["skills"] == 1


def test_codes_beside_one_and_two_are_missing_and_asked_about(made: Make) -> None:
    rows = [
        [9 if (i + j) % 11 == 0 else 1 if mark else 2 for j, mark in enumerate(row)] for i, row in enumerate(marks())
    ]
    proposal, _order = made([f"q3_{item}" for item in ITEMS], rows)
    assert {"selected", "missing"} <= asked(proposal)


def test_two_items_in_one_place_of_a_cell_are_asked_about(made: Make) -> None:
    rows = [
        [" > ".join(one) if i % 2 else " > ".join([" = ".join(one[:2]), *one[2:]])] for i, one in enumerate(orders())
    ]
    proposal, _order = made(["obstacle ranking"], rows)
    assert "cell" in asked(proposal)


def test_ids_and_ages_are_no_sliders(tmp_path: Path) -> None:
    draw = random.Random(1)
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = [[i, draw.randint(18, 65), draw.randint(0, 60), draw.randint(0, 100)] for i in range(60)]
        csv.writer(stream).writerows([["id", "age", "hours", "income_pct"], *rows])
    with pytest.raises(SurveyError, match="E-INIT-01"):
        propose([tmp_path / "a.csv"])


def test_the_first_two_ranks_alone_are_ranks_and_not_marks(made: Make) -> None:
    rows = [[order.index(item) + 1 if order.index(item) < 2 else "" for item in ITEMS] for order in orders()]
    proposal, _order = made([f"rank {item}" for item in ITEMS], rows)
    assert proposal.waves[0].form == "rank_grid"


@pytest.mark.parametrize("sign", [" > ", ">", " -> ", " → ", " ≻ "])
@pytest.mark.parametrize("k", [5, 3])
def test_signs_between_items_say_their_order(made: Make, sign: str, k: int) -> None:
    proposal, order = made(["obstacle ranking"], [[sign.join(one[:k])] for one in orders()])
    assert proposal.waves[0].form == "order_list"
    assert "format" not in asked(proposal)
    assert [order[item] for item in ITEMS] == [1, 2, 3, 4, 5]


def test_codes_with_spaces_are_a_ranking_where_all_stand_in_all_orders(made: Make) -> None:
    proposal, order = made(["obstacles_rank"], [[" ".join(one)] for one in orders()])
    assert proposal.waves[0].form == "order_list"
    assert [order[item] for item in ITEMS] == [1, 2, 3, 4, 5]


def test_codes_with_spaces_are_choices_where_they_keep_one_order(made: Make) -> None:
    rows = [[" ".join(item for item, mark in zip(ITEMS, row, strict=True) if mark)] for row in marks()]
    proposal, order = made(["obstacles"], rows)
    assert proposal.waves[0].form == "multi_select"
    assert "cell" in asked(proposal)  # they may be words of a sentence
    assert order["skills"] == 1
    rows = [[" ".join(f"opt_{j}" for j, mark in enumerate(row) if mark)] for row in marks()]
    proposal, order = made(["obstacles"], rows)
    assert "cell" not in asked(proposal)
    assert order["opt_0"] == 1


@pytest.mark.parametrize(
    "texts",
    [
        ("Strongly agree", "Agree", "Disagree", "Strongly disagree", "Neither agree nor disagree"),
        ("Human resources", "IT services", "Finance", "Legal services", "IT operations"),
        ("North America", "South America", "Central Europe", "North Africa", "South Africa"),
        ("very bad", "bad", "not bad", "good", "very good"),
        ("data team", "data unit", "hr team", "hr unit", "it team", "it unit"),
    ],
)
def test_sentences_and_names_are_not_split_at_their_spaces(tmp_path: Path, texts: tuple[str, ...]) -> None:
    draw = random.Random(1)
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["unit", "x"], *([draw.choice(texts), i] for i in range(80))])
    with pytest.raises(SurveyError, match="E-INIT-01"):
        propose([tmp_path / "a.csv"])


class TestSliders:
    def rows(self, high: int = 100, seed: int = 5) -> list[list[int]]:
        draw = random.Random(seed)
        return [
            [min(high, max(0, round(draw.gauss(high * (0.8 - 0.12 * j), high / 10)))) for j in range(len(ITEMS))]
            for _row in range(60)
        ]

    def test_their_end_is_asked_about_where_no_words_say_it(self, made: Make) -> None:
        proposal, order = made([f"obst_{item}" for item in ITEMS], self.rows())
        assert proposal.waves[0].form == "slider"
        assert {"direction", "slider"} <= asked(proposal)
        assert [order[item] for item in ITEMS] == [1, 2, 3, 4, 5]

    def test_words_say_it(self, made: Make) -> None:
        question = "How large is this obstacle (0 = not at all, 100 = most severe)?"
        proposal, order = made([f"{question} [{item}]" for item in ITEMS], self.rows())
        assert proposal.waves[0].form == "slider"
        assert not {"direction", "slider"} & asked(proposal)
        assert order["skills"] == 1

    def test_words_turn_it(self, made: Make) -> None:
        question = "Obstacle (0 = most severe, 100 = not at all)"
        proposal, order = made([f"{question} [{item}]" for item in ITEMS], self.rows())
        assert proposal.direction is not None
        assert proposal.direction.value == "1_is_most_severe"
        assert order["oldit"] == 1

    def test_numbers_with_one_sum_are_points(self, made: Make) -> None:
        rows = [[*row[:4], 100 - sum(row[:4])] for row in self.rows(40)]
        rows = [row for row in rows if row[4] >= 0]
        proposal, _order = made([f"obst_{item}" for item in ITEMS], rows)
        assert proposal.waves[0].form == "points"

    def test_sums_that_are_often_one_are_asked_about(self, made: Make) -> None:
        rows = [[40, 30, 20, 10, 0], [35, 25, 20, 15, 5]] * 20 + self.rows()[:30]
        proposal, _order = made([f"Obstacle: {item}" for item in ITEMS], rows)
        assert proposal.waves[0].form == "slider"
        assert "slider" in asked(proposal)

    def test_numbers_outside_and_words_are_errors_with_their_rows(self, tmp_path: Path) -> None:
        rows = self.rows()
        with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([[f"obst_{item}" for item in ITEMS], *rows])
        study = tmp_path / "study.toml"
        study.write_text(study_text(propose([tmp_path / "a.csv"]), command="x"), encoding="utf-8")
        rows[3][1], rows[4][0] = 120, "2024-05-01"  # type: ignore[call-overload]
        with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([[f"obst_{item}" for item in ITEMS], *rows])
        with pytest.raises(SurveyError) as caught:
            load_study(study)
        assert [(one.code, one.rows, one.column) for one in caught.value.problems if one.severity == "error"] == [
            ("E-SLIDE-01", (6,), "obst_skills"),
            ("E-SLIDE-01", (5,), "obst_budget"),
        ]


class TestZeros:
    @pytest.mark.parametrize("name", ["obst___{j}", "q_{j}"])
    def test_rows_of_zeros_are_asked_about(self, made: Make, name: str) -> None:
        rows = [[int(mark) for mark in row] for row in marks()] + [[0] * len(ITEMS)] * 20
        proposal, _order = made([name.format(j=j) for j in range(1, 6)], rows)
        assert "none_marked" in asked(proposal)
        assert "20 of 80 rows mark no option" in next(
            e.why for e in proposal.waves[0].entries if e.key == "none_marked"
        )

    def test_they_can_be_said_to_be_no_answers(self, tmp_path: Path) -> None:
        rows = [[int(mark) for mark in row] for row in marks()] + [[0] * len(ITEMS)] * 20
        with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([[f"obst___{j}" for j in range(1, 6)], *rows])
        text = study_text(propose([tmp_path / "a.csv"]), command="x")
        analysed = []
        for said in ("answered", "not_answered"):
            stated = text.replace('none_marked = "answered"', f'none_marked = "{said}"\nblank = "not_answered"')
            (tmp_path / "study.toml").write_text(stated, encoding="utf-8")
            analysed.append(load_study(tmp_path / "study.toml").waves[0].receipt.analysed)
        assert analysed == [80, 60]


class TestPrintedTables:
    ROWS: ClassVar = [["Skills", 55, 48], ["Budget", 40, 44], ["Law", 21, 25], ["Old IT", 12, 18]]

    def proposal(self, folder: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Proposal:
        with (folder / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *rows])
        proposal = propose([folder / "a.csv"])
        (folder / "study.toml").write_text(study_text(proposal, command="x"), encoding="utf-8")
        return proposal

    @pytest.mark.parametrize("name", ["{year}", "{year} (%)", "{year}年", "{year} %"])
    def test_a_column_per_year_is_a_wave_each(self, tmp_path: Path, name: str) -> None:
        header = ["Obstacle", *(name.format(year=year) for year in (2023, 2024))]
        proposal = self.proposal(tmp_path, header, [*self.ROWS, ["Total", 128, 135], ["n", 812, 790]])
        assert [(wave.id, wave.form) for wave in proposal.waves] == [("2023", "published"), ("2024", "published")]
        waves = load_study(tmp_path / "study.toml").waves
        assert [wave.answers.n for wave in waves if isinstance(wave.answers, Published)] == [812, 790]
        shares = [wave.answers.share.tolist() for wave in waves if isinstance(wave.answers, Published)]
        assert shares == [[0.55, 0.4, 0.21, 0.12], [0.48, 0.44, 0.25, 0.18]]

    def test_years_of_respondents_are_no_printed_table(self, tmp_path: Path) -> None:
        draw = random.Random(1)
        with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            rows = [[i, draw.randint(0, 9), draw.randint(0, 9)] for i in range(40)]
            csv.writer(stream).writerows([["id", "2023", "2024"], *rows])
        with pytest.raises(SurveyError, match="E-INIT-01"):
            propose([tmp_path / "a.csv"])

    @pytest.mark.parametrize("years", [(), (2023, 2024)])
    def test_many_tables_in_one_file_are_listed_and_asked_about(self, tmp_path: Path, years: tuple[int, ...]) -> None:
        draw = random.Random(2)
        keys = product(("EU", "DE", "FR"), ("10-49", "50+"), years or (2024,), ("Skills", "Budget", "Law", "Old IT"))
        rows = [[*key, draw.randint(5, 70)] for key in keys]
        proposal = self.proposal(tmp_path, ["geo", "size_emp", "year", "item", "percent"], rows)
        assert len(proposal.waves) == max(1, len(years))
        for wave in proposal.waves:
            (entry,) = (one for one in wave.entries if one.key == "where")
            assert entry.ask
            assert "DE, FR" in entry.why
            assert "50+" in entry.why
        assert "where" in proposal.asked


class TestWhatAPersonSays:
    @pytest.mark.parametrize("separator", [" / ", " + ", "~", " "])
    def test_the_separator_in_a_cell(self, made: Make, separator: str) -> None:
        items = ("Skills", "Budget", "Quality", "Law", "IT")
        rows = [[separator.join(one)] for one in orders(items=items)]
        proposal, order = made(["ranking of obstacles"], rows, stated=Stated(separator=separator))
        assert proposal.waves[0].form == "order_list"
        assert [order[item] for item in items] == [1, 2, 3, 4, 5]

    @pytest.mark.parametrize(
        ("form", "leader"), [("rank_grid", "a"), ("likert_grid", "c"), ("points", "c"), ("slider", "c")]
    )
    def test_a_form_with_a_block_is_taken_and_every_key_of_it_asked_about(
        self, made: Make, form: str, leader: str
    ) -> None:
        draw = random.Random(6)
        rows = [["x", *draw.choice([(1, 2, 3), (1, 3, 2), (2, 1, 3)]), draw.randint(0, 1)] for _row in range(40)]
        header = ["note", "a", "b", "c", "flag"]
        proposal, order = made(header, rows, block=("B:D",), form=form)
        assert proposal.waves[0].form == form
        assert order[leader] == 1

    @pytest.mark.parametrize("form", ["rank_grid", "likert_grid", "multi_select", "order_list"])
    def test_cells_that_show_nothing_are_read_as_they_are_told(self, tmp_path: Path, form: str) -> None:
        draw = random.Random(7)
        rows = [[draw.choice("ABCDEFGHIJKLMNOPQRSTU") for _column in range(3)] for _row in range(40)]
        with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([["k1", "k2", "k3"], *rows])
        proposal = propose([tmp_path / "a.csv"], block=("A:C",), form=form)
        assert proposal.waves[0].form == form
        assert all(entry.ask for entry in proposal.waves[0].entries if "--format" in entry.why)
        assert any("--format" in entry.why for entry in proposal.waves[0].entries)
