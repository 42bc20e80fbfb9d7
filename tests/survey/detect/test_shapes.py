"""How a question was asked, from its cells: every shape with its evidence, and what a person has to look at."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from obstacles.survey.detect.propose import propose
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.studyfile.proposal import Proposal, ProposedWave
from obstacles.survey.studyfile.write import study_text

Make = Callable[..., Proposal]
ITEMS = ("Skills", "Cost", "Data", "Law")


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Propose a study for a table; it has to load as it stands, but for what `asks` names."""

    def make(header: Sequence[str], rows: Sequence[Sequence[Any]], asks: str = "", **options: Any) -> Proposal:
        import csv

        with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *rows])
        proposal = propose([tmp_path / "a.csv"], **options)
        study = tmp_path / "study.toml"
        study.write_text(study_text(proposal, command="x"), encoding="utf-8")
        if asks:
            with pytest.raises(SurveyError, match=asks):
                load_study(study)
        else:
            load_study(study)
        return proposal

    return make


def keys(wave: ProposedWave) -> dict[str, Any]:
    return {entry.key: entry.value for entry in wave.entries}


def why(wave: ProposedWave, key: str) -> str:
    return next(entry.why for entry in wave.entries if entry.key == key)


def asked(wave: ProposedWave) -> set[str]:
    return {entry.key for entry in wave.entries if entry.ask}


def names(stem: str, items: Sequence[str] = ITEMS) -> list[str]:
    return [f"{stem} [{item}]" for item in items]


def rankings(n: int, m: int = 4, seed: int = 1) -> list[list[int]]:
    draw = random.Random(seed)
    return [draw.sample(range(1, m + 1), m) for _row in range(n)]


class TestRanks:
    def test_a_rank_for_every_item(self, made: Make) -> None:
        proposal = made(names("Rank them"), rankings(40))
        (wave,) = proposal.waves
        assert wave.form == "rank_grid"
        assert wave.evidence == "100% of 40 rankings hold 1 to 4, each once"
        assert [item.label for item in proposal.items] == list(ITEMS)
        assert proposal.question == "Rank them"
        assert proposal.direction is not None
        assert proposal.direction.value == "1_is_most_severe"
        assert not proposal.direction.ask
        assert '1 stands most often beside "' in proposal.direction.why
        assert "blank" not in keys(wave)

    def test_the_first_k_and_blanks(self, made: Make) -> None:
        rows = [[rank if rank <= 2 else "" for rank in row] for row in rankings(40)]
        (wave,) = made(names("Rank them"), rows).waves
        assert keys(wave)["k"] == 2
        assert keys(wave)["blank"] == "below"
        assert "50% of the cells of rankings are blank" in why(wave, "blank")
        assert not asked(wave)

    def test_whether_one_is_the_most_is_asked_where_nothing_says_that_the_numbers_are_ranks(self, made: Make) -> None:
        direction = made(["Q7_1", "Q7_2", "Q7_3", "Q7_4"], rankings(40)).direction
        assert direction is not None
        assert direction.ask
        stated = made(names("Order them (1 = least severe, 4 = most severe)"), rankings(40)).direction
        assert stated is not None
        assert (stated.value, stated.ask) == ("high_is_most_severe", False)

    def test_a_few_blanks_in_whole_rankings_were_not_answered(self, made: Make) -> None:
        rows: list[list[Any]] = [[*row] for row in rankings(40)]
        for row in rows[:4]:
            row[row.index(4)] = ""
        (wave,) = made(names("Rank them"), rows).waves
        assert keys(wave)["blank"] == "not_answered"
        assert "36 of 40 rankings hold 4 ranks" in why(wave, "blank")

    def test_unusable_rankings_are_counted_and_asked_about(self, made: Make) -> None:
        rows = [*rankings(38), [1, 1, 2, 3], [1, 2, 3, 9]]
        proposal = made(names("Rank them"), rows)
        (entry,) = proposal.quality
        assert (entry.key, entry.value, entry.ask) == ("invalid_ranking", "leave_out", True)
        assert entry.why.startswith("2 of 40 rankings give a rank twice or a rank that does not exist")

    @pytest.mark.parametrize("code", ["-1", "-9", "99", "Refused", "Don't know"])
    def test_codes_of_missing_answers(self, made: Make, code: str) -> None:
        rows: list[list[Any]] = [[*row] for row in rankings(60)]
        for row in rows[:5]:
            row[2] = code
        for row in rows[5:9]:
            row[:] = [code] * 4
        (wave,) = made(names("Rank them"), rows).waves
        assert wave.form == "rank_grid"
        kind = {"Refused": "refused", "Don't know": "dont_know"}.get(code, "code")
        assert keys(wave)["missing"] == {kind: [code]}
        assert ("missing" in asked(wave)) == (kind == "code")

    def test_codes_of_wenjuanxing(self, made: Make) -> None:
        rows: list[list[Any]] = [[rank if rank <= 2 else "-2" for rank in row] for row in rankings(40)]
        rows[0] = ["-3"] * 4
        (wave,) = made(names("Rank them"), rows).waves
        assert keys(wave)["unranked"] == ["-2"]
        assert keys(wave)["missing"] == {"skipped": ["-3"]}

    def test_zeros_are_items_that_were_not_ranked(self, made: Make) -> None:
        rows = [[rank if rank <= 2 else 0 for rank in row] for row in rankings(40)]
        (wave,) = made(names("Rank them"), rows).waves
        assert keys(wave)["unranked"] == ["0"]

    def test_distinct_rankings_with_their_counts(self, made: Make) -> None:
        orders = list(permutations((1, 2, 3)))
        rows = [[*order, 3 + 2 * i] for i, order in enumerate(orders)]
        (wave,) = made(["a_1", "a_2", "a_3", "n"], rows).waves
        assert wave.form == "rank_counts"
        assert keys(wave)["count"] == "n"
        assert "count" in asked(wave)

    def test_places_at_which_items_were_shown(self, made: Make) -> None:
        rows = [[*ranks, *shown] for ranks, shown in zip(rankings(30), rankings(30, seed=2), strict=True)]
        head = [f"Q7_{j}" for j in range(1, 5)] + [f"Q7_DO_{j}" for j in range(1, 5)]
        head += ["ResponseId", "Finished", "Status"]
        (wave,) = made(head, [[*row, f"R_{i}", "1", "0"] for i, row in enumerate(rows)]).waves
        assert keys(wave)["positions"] == {f"q7_{j}": f"Q7_DO_{j}" for j in range(1, 5)}


class TestTwoReadings:
    TIED = ([1, 1, 2, 3], [2, 1, 1, 3], [1, 2, 2, 3], [3, 2, 1, 1], [1, 2, 3, 3])

    def test_ranks_with_ties_look_like_a_scale_and_both_are_written(self, made: Make) -> None:
        proposal = made(names("How severe"), self.TIED * 8)
        (wave,) = proposal.waves
        assert wave.form == "likert_grid"
        assert proposal.other is not None
        assert proposal.other.form == "rank_grid"
        assert [entry.key for entry in proposal.other.entries] == ["ties"]
        assert proposal.other.direction is not None
        assert "format" in proposal.asked

    def test_a_question_about_an_order_is_read_as_ranks(self, made: Make) -> None:
        proposal = made(names("Please rank these"), self.TIED * 8)
        (wave,) = proposal.waves
        assert wave.form == "rank_grid"
        assert keys(wave)["ties"] is True
        assert proposal.other is not None
        assert proposal.other.form == "likert_grid"

    def test_a_person_decides_where_there_is_one(self, made: Make) -> None:
        told: list[tuple[str, Sequence[str]]] = []

        def decide(question: str, options: Sequence[str]) -> int:
            told.append((question, options))
            return 1

        proposal = made(names("How severe"), self.TIED * 8, decide=decide)
        assert proposal.waves[0].form == "rank_grid"
        assert proposal.other is None
        ((question, options),) = told
        assert 'can be read in two ways ("How severe").' in question
        assert len(options) == 2

    def test_a_form_that_was_named_is_taken(self, made: Make) -> None:
        assert made(names("How severe"), self.TIED * 8, form="rank_grid").waves[0].form == "rank_grid"
        with pytest.raises(SurveyError, match="cannot be read as points") as caught:
            made(names("How severe"), self.TIED * 8, form="points")
        assert [one.code for one in caught.value.problems] == ["E-INIT-04"]

    def orders(self) -> list[list[int]]:
        """The number of the item at each place: one order, disturbed by exchanges of neighbours."""
        draw = random.Random(3)
        found = []
        for _row in range(80):
            order = [1, 6, 2, 5, 3, 4]
            for _swap in range(6):
                i = draw.randrange(5)
                order[i], order[i + 1] = order[i + 1], order[i]
            found.append(order)
        return found

    def test_columns_of_items_may_be_columns_of_places(self, made: Make) -> None:
        proposal = made([f"Q1_{j}" for j in range(1, 7)], self.orders())
        assert proposal.waves[0].form == "rank_grid"
        assert proposal.other is not None
        assert proposal.other.form == "order_list"
        assert "read the other way the rankings agree far better (Kendall's W 0." in proposal.other.evidence
        assert "format" in proposal.asked
        proposal = made([f"Q1_{j}" for j in range(1, 7)], self.orders(), form="order_list")
        assert keys(proposal.waves[0])["order"] == [f"Q1_{j}" for j in range(1, 7)]
        assert sorted(item.label for item in proposal.items) == list("123456")

    def test_columns_of_places_may_be_columns_of_items(self, made: Make) -> None:
        ranks = [[order.index(j) + 1 for j in range(1, 7)] for order in self.orders()]
        proposal = made([f"Rank {j}" for j in range(1, 7)], ranks)
        assert proposal.waves[0].form == "order_list"
        assert proposal.other is not None
        assert proposal.other.form == "rank_grid"
        assert made([f"Q1_{j}" for j in range(1, 7)], ranks).other is None


class TestPlaces:
    def rows(self, k: int, n: int = 40, items: Sequence[str] = ITEMS) -> list[list[str]]:
        draw = random.Random(4)
        return [draw.sample(items, k) for _row in range(n)]

    def test_an_item_for_every_place(self, made: Make) -> None:
        proposal = made(["Rank 1", "Rank 2", "Rank 3", "Rank 4"], self.rows(4))
        (wave,) = proposal.waves
        assert wave.form == "order_list"
        assert keys(wave)["order"] == ["Rank 1", "Rank 2", "Rank 3", "Rank 4"]
        assert {item.label for item in proposal.items} == set(ITEMS)
        assert wave.notes == ("the items are the texts found; one that nobody named has to be added",)

    def test_the_first_places_only(self, made: Make) -> None:
        (wave,) = made(["first choice", "second choice"], self.rows(2)).waves
        assert keys(wave)["blank"] == "below"
        assert "40 of 40 rankings fill 2 places; 4 items were named" in why(wave, "blank")

    def test_an_item_that_always_stands_last(self, made: Make) -> None:
        rows = [[*row, "Law"] for row in self.rows(3, items=ITEMS[:3])]
        assert len(made(["Rank 1", "Rank 2", "Rank 3", "Rank 4"], rows).items) == 4

    def test_an_item_named_twice_is_unusable(self, made: Make) -> None:
        proposal = made(["Rank 1", "Rank 2", "Rank 3"], [*self.rows(3, 60), ["Cost", "Cost", "Law"]])
        assert proposal.quality[0].why.startswith("1 of 61 rankings name an item twice")

    def test_codes_that_say_nothing_are_no_items(self, made: Make) -> None:
        rows = [*self.rows(3), ["Cost", "Refused", "Refused"], ["-9", "-9", "-9"]]
        proposal = made(["Rank 1", "Rank 2", "Rank 3"], rows)
        assert keys(proposal.waves[0])["missing"] == {"code": ["-9"], "refused": ["Refused"]}
        assert {item.label for item in proposal.items} == set(ITEMS)


class TestMarks:
    def rows(self, mark: str = "1", none: str = "", n: int = 40, limit: int = 4) -> list[list[str]]:
        draw = random.Random(5)
        found = []
        for _row in range(n):
            chosen = draw.sample(range(4), draw.randint(1, limit))
            found.append([mark if j in chosen else none for j in range(4)])
        return found

    @pytest.mark.parametrize(("mark", "none"), [("1", "0"), ("1", ""), ("Yes", "No"), ("TRUE", "FALSE"), ("是", "否")])
    def test_marks_of_every_kind(self, made: Make, mark: str, none: str) -> None:
        (wave,) = made(names("Which apply?"), self.rows(mark, none)).waves
        assert wave.form == "multi_select"
        other = f'"{none.casefold()}"' if none else "nothing else"
        assert f'holds "{mark.casefold()}" or {other}' in wave.evidence.casefold()

    def test_the_text_of_an_option_as_its_mark(self, made: Make) -> None:
        rows = [[item if cell else "" for item, cell in zip(ITEMS, row, strict=True)] for row in self.rows()]
        proposal = made([f"Q3_{j}" for j in range(1, 5)], rows)
        assert [item.label for item in proposal.items] == list(ITEMS)
        assert "holds its own text" in proposal.waves[0].evidence

    def test_rows_without_a_mark_are_asked_about(self, made: Make) -> None:
        (wave,) = made([*names("Which apply?"), "d"], [[*row, "u"] for row in [*self.rows(), [""] * 4]]).waves
        assert keys(wave)["blank"] == "not_answered"
        assert "1 of 41 rows are blank in all options, which marks nothing or was not asked" in why(wave, "blank")

    def test_a_limit_of_choices(self, made: Make) -> None:
        (wave,) = made(names("Which two?"), self.rows(limit=2)).waves
        assert keys(wave)["max_choices"] == 2
        assert "max_choices" in asked(wave)

    def test_other_and_none_of_these_are_no_items(self, made: Make) -> None:
        rows = [[*row, "", ""] for row in self.rows()]
        rows[0][4], rows[1][4] = "my own words", "something else"
        rows += [["", "", "", "", "", "1"]] * 3
        proposal = made(names("Which?", (*ITEMS, "Other", "None of the above")), rows)
        assert [item.label for item in proposal.items if item.kind is None] == list(ITEMS)
        beside = [note for note in proposal.waves[0].notes if note.startswith("of the same question, not read")]
        assert beside == ['of the same question, not read because their cells are no such answers: "Which? [Other]"']
        assert [(item.label, item.kind) for item in proposal.items[4:]] == [("None of the above", "none")]
        assert "blank" not in keys(proposal.waves[0])  # who marked nothing else said so

    def test_a_code_beside_marks_is_asked_about(self, made: Make) -> None:
        rows = [*self.rows("1", "0"), ["-9"] * 4, ["-9"] * 4]
        (wave,) = made(names("Which apply?"), rows).waves
        assert keys(wave)["missing"] == {"code": ["-9"]}
        assert "missing" in asked(wave)


OWN_ITEMS = (ITEMS, ("人员技能", "预算", "数据质量", "法律"))


@pytest.mark.parametrize("items", OWN_ITEMS, ids=["en", "zh"])
@pytest.mark.parametrize("separator", ["", ";", "→"])
def test_a_text_of_ones_own_in_a_full_ranking_leaves_an_item_out(
    made: Make, items: Sequence[str], separator: str
) -> None:
    """The file says what that means; before, the reader had to ask."""
    draw = random.Random(3)
    rows = [draw.sample(items, 4) for _row in range(60)]
    rows[17][2] = "Our boss"
    header = [f"Rank {place}" for place in range(1, 5)]
    if separator:
        header, rows = ["id", "Rank the obstacles"], [[i, separator.join(row)] for i, row in enumerate(rows)]
    proposal = made(header, rows)
    (wave,) = proposal.waves
    assert wave.form == "order_list"
    assert {item.label for item in proposal.items} == set(items)
    assert keys(wave)["other"]
    assert keys(wave)["blank"] == "below"


class TestOneCell:
    OPTIONS = ("Skills", "Cost, time and money", "Data", "Law (national, international)")

    def cells(self, separator: str, *, ordered: bool, n: int = 60, k: int = 3) -> list[list[str]]:
        draw = random.Random(6)
        rows = []
        for _row in range(n):
            chosen = draw.sample(self.OPTIONS, draw.randint(1, k) if k < 4 else 4)
            if not ordered:
                chosen.sort(key=self.OPTIONS.index)
            rows.append([separator.join(chosen)])
        return rows

    @pytest.mark.parametrize("separator", [";", ", ", "┋", "|", "\n"])
    def test_choices_whose_texts_contain_the_separator(self, made: Make, separator: str) -> None:
        proposal = made(["Which apply?", "x"], [[*row, "u"] for row in self.cells(separator, ordered=False)])
        (wave,) = proposal.waves
        assert wave.form == "multi_select"
        assert {item.label for item in proposal.items} == set(self.OPTIONS)
        assert keys(wave)["cell"]["separator"].replace("\\n", "\n") == separator

    def test_a_ranking_in_one_cell(self, made: Make) -> None:
        rows = [[cell + ";", "u"] for (cell,) in self.cells(";", ordered=True, k=4)]
        proposal = made(["Put them in order", "x"], rows)
        (wave,) = proposal.waves
        assert wave.form == "order_list"
        assert keys(wave)["cell"] == {"column": "Put them in order", "separator": ";"}
        assert "of the pairs stand against their usual order" in wave.evidence
        assert proposal.other is None or proposal.other.form == "multi_select"

    def test_part_of_the_items_in_changing_order(self, made: Make) -> None:
        rows = [[*row, "u"] for row in self.cells(";", ordered=True)]
        (wave,) = made(["Rank up to three", "x"], rows).waves
        assert wave.form == "order_list"
        assert keys(wave)["k"] == 3
        assert asked(wave) == {"blank"}
        proposal = made(["What applies?", "x"], rows)
        assert proposal.waves[0].form == "multi_select"
        assert "format" in proposal.asked
        assert proposal.other is not None
        assert proposal.other.form == "order_list"

    def test_rare_texts_are_counted_and_not_ranked(self, made: Make) -> None:
        rows = [[*row, "u"] for row in self.cells(";", ordered=False, n=200)]
        rows[0][0] += ";something that nobody else said"
        proposal = made(["Which apply?", "x"], rows)
        assert keys(proposal.waves[0])["other"] is True
        assert {item.label for item in proposal.items} == set(self.OPTIONS)

    def test_cells_that_say_nothing(self, made: Make) -> None:
        rows = [[*row, "u"] for row in self.cells(";", ordered=False)]
        rows += [["I prefer not to say", "u"]] * 3 + [["None of these", "u"]] * 3 + [["", "u"]]
        proposal = made(["Which apply?", "x"], rows)
        (wave,) = proposal.waves
        assert keys(wave)["missing"] == {"refused": ["I prefer not to say"]}
        assert [item.label for item in proposal.items if item.kind == "none"] == ["None of these"]
        assert "blank" in asked(wave)

    def test_sentences_with_commas_are_no_lists(self, made: Make) -> None:
        draw = random.Random(7)
        words = [f"w{i}" for i in range(400)]
        rows = [[", ".join(" ".join(draw.sample(words, 3)) for _part in range(3)), "u"] for _row in range(50)]
        with pytest.raises(SurveyError, match="no question that can be ranked"):
            made(["Anything else?", "x"], rows)


class TestScales:
    @pytest.mark.parametrize(
        "levels",
        [
            ("never", "rarely", "sometimes", "often", "always"),
            ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"),
            ("Not a problem", "Minor problem", "Serious problem"),
            ("1 - not at all", "2 - a little", "3 - very much"),
            ("很不满意", "不满意", "一般", "满意", "非常满意"),
            ("从不", "很少", "有时", "经常", "总是"),
        ],
    )
    def test_levels_stand_in_the_order_of_their_meaning(self, made: Make, levels: tuple[str, ...]) -> None:
        draw = random.Random(8)
        rows = [[draw.choice(levels) for _item in ITEMS] for _row in range(60)]
        proposal = made(names("How severe"), rows)
        (wave,) = proposal.waves
        assert wave.form == "likert_grid"
        assert [level["text"][0] for level in keys(wave)["scale"]] == list(levels)
        assert "scale" not in asked(wave)
        assert proposal.direction is not None
        assert proposal.direction.ask == ("problem" not in levels[0])
        assert f'"{levels[-1]}" is the highest level' in proposal.direction.why

    def test_an_order_that_nobody_knows_is_asked(self, made: Make) -> None:
        draw = random.Random(8)
        rows = [[draw.choice(("blue", "green", "red")) for _item in ITEMS] for _row in range(60)]
        (wave,) = made(names("How severe"), rows).waves
        assert "scale" in asked(wave)
        assert "the order is not known" in why(wave, "scale")

    def test_numbers_need_no_texts_and_gaps_are_filled(self, made: Make) -> None:
        draw = random.Random(8)
        rows = [[draw.choice((1, 2, 4, 5)) for _item in ITEMS] for _row in range(60)]
        (wave,) = made(names("How severe"), rows).waves
        assert keys(wave)["scale"] == [{"value": value} for value in range(1, 6)]

    def test_a_scale_on_both_sides_of_zero(self, made: Make) -> None:
        draw = random.Random(8)
        rows = [[draw.choice((-2, -1, 0, 1, 2)) for _item in ITEMS] for _row in range(60)]
        (wave,) = made(names("How severe"), rows).waves
        assert [level["value"] for level in keys(wave)["scale"]] == [-2, -1, 0, 1, 2]

    def test_answers_that_are_no_levels(self, made: Make) -> None:
        draw = random.Random(8)
        cells = ("never", "sometimes", "always", "N/A", "Don't know")
        rows = [[draw.choice(cells) for _item in ITEMS] for _row in range(60)]
        (wave,) = made(names("How severe"), rows).waves
        assert keys(wave)["not_applicable"] == ["N/A"]
        assert keys(wave)["missing"] == {"dont_know": ["Don't know"]}
        assert len(keys(wave)["scale"]) == 3

    def test_codes_far_from_the_scale(self, made: Make) -> None:
        draw = random.Random(8)
        rows = [[draw.choice((1, 2, 3, 4, 5, 99)) for _item in ITEMS] for _row in range(60)]
        (wave,) = made(names("How severe"), rows).waves
        assert keys(wave)["missing"] == {"code": ["99"]}
        assert "missing" in asked(wave)


class TestPoints:
    def rows(self, n: int = 40) -> list[list[Any]]:
        draw = random.Random(9)
        found = []
        for _row in range(n):
            cuts = sorted(draw.sample(range(1, 20), 3))
            found.append([5 * (b - a) for a, b in zip([0, *cuts], [*cuts, 20], strict=True)])
        return found

    def test_points_that_sum_to_a_total(self, made: Make) -> None:
        proposal = made(names("Divide 100 points"), self.rows())
        (wave,) = proposal.waves
        assert wave.form == "points"
        assert keys(wave)["total"] == 100
        assert why(wave, "total") == "100% of the rows sum to it"
        assert not proposal.quality

    def test_rows_with_another_sum_are_asked_about(self, made: Make) -> None:
        proposal = made(names("Divide 100 points"), [*self.rows(), [10, 10, 10, 10]])
        assert proposal.quality[0].why.startswith("1 of 41 rows do not sum to 100")

    def test_codes_are_no_points(self, made: Make) -> None:
        (wave,) = made(names("Divide 100 points"), [*self.rows(), ["-9"] * 4]).waves
        assert wave.form == "points"
        assert keys(wave)["missing"] == {"code": ["-9"]}


class TestWholeTables:
    def test_best_worst_tasks_by_item(self, made: Make) -> None:
        draw = random.Random(10)
        rows = [[cell for _task in range(3) for cell in draw.sample(ITEMS, 2)] for _row in range(30)]
        head = [f"{end}_{t}" for t in (1, 2, 3) for end in ("best", "worst")]
        proposal = made(head, rows, asks="design")
        (wave,) = proposal.waves
        assert wave.form == "best_worst"
        assert keys(wave)["best_worst.best"] == ["best_1", "best_2", "best_3"]
        assert keys(wave)["best_worst.design"] == []
        assert "best_worst.design" in asked(wave)
        assert {item.label for item in proposal.items} == set(ITEMS)

    def test_best_worst_tasks_by_place_with_the_items_shown(self, made: Make) -> None:
        draw = random.Random(11)
        rows = []
        for _row in range(60):
            best, worst = draw.sample("ABC", 2)
            rows.append([*draw.sample(ITEMS, 3), best, worst])
        proposal = made(["item_a", "item_b", "item_c", "best", "worst"], rows)
        (wave,) = proposal.waves
        assert keys(wave)["best_worst.shown"] == [["item_a", "item_b", "item_c"]]
        assert {item.label for item in proposal.items} == set(ITEMS)

    def test_pairs_with_counts(self, made: Make) -> None:
        draw = random.Random(12)
        rows = []
        for a, b in [(a, b) for i, a in enumerate(ITEMS) for b in ITEMS[i + 1 :]]:
            wins, losses, ties = (draw.randint(1, 20) for _count in range(3))
            rows.append([a, b, wins + losses + ties, wins, losses, ties])
        (wave,) = made(["i", "j", "r_ij", "w_ij", "w_ji", "t_ij"], rows).waves
        assert wave.form == "pairs"
        assert {key: value for key, value in keys(wave).items() if key.startswith("pairs")} == {
            "pairs.first": "i",
            "pairs.second": "j",
            "pairs.wins": "w_ij",
            "pairs.losses": "w_ji",
            "pairs.ties": "t_ij",
        }
        assert why(wave, "pairs.wins") == 'wins, losses and ties sum to "r_ij" in every row'

    def test_pairs_with_a_result(self, made: Make) -> None:
        draw = random.Random(13)
        rows = [[i, *draw.sample(ITEMS, 2), draw.choice((1, 2))] for i in range(50)]
        (wave,) = made(["who", "left", "right", "choice"], rows).waves
        assert keys(wave)["pairs.result"] == "choice"
        assert "pairs.result" in asked(wave)

    def test_winners_and_losers(self, made: Make) -> None:
        draw = random.Random(13)
        rows = [[*draw.sample(ITEMS, 2)] for _row in range(50)]
        (wave,) = made(["loser", "winner"], rows).waves
        assert keys(wave)["pairs.first"] == "winner"
        assert keys(wave)["pairs.second"] == "loser"

    def test_published_percentages_of_several_years(self, made: Make) -> None:
        rows = [
            [year, item, 20 + 7 * j + i, 500] for i, year in enumerate((2023, 2024)) for j, item in enumerate(ITEMS)
        ]
        proposal = made(["year", "obstacle", "percent", "n"], rows)
        assert [wave.id for wave in proposal.waves] == ["2023", "2024"]
        assert keys(proposal.waves[0])["published"] == {"item": "obstacle", "share": "percent", "n": "n"}
        assert keys(proposal.waves[0])["several_answers"] is True
        assert "several_answers" in asked(proposal.waves[0])

    def test_one_of_several_published_tables(self, made: Make) -> None:
        rows = [[country, item, 10 * (j + 1)] for country in ("AT", "BE") for j, item in enumerate(ITEMS)]
        (wave,) = made(["country", "reason", "share"], rows).waves
        assert keys(wave)["where"] == {"country": "AT"}
        assert "the file holds 2 tables, of which this is one, with country = AT (others: BE)" in why(wave, "where")
        assert "where" in asked(wave)
        assert keys(wave)["several_answers"] is False
