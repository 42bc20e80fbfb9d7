"""Every response format: what cells mean, what is refused, what is repaired and counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from obstacles.survey.answers import BestWorst, Published, Rankings, Ratings
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.study import Wave

Make = Callable[..., Path]
HEAD = 'schema = 1\n[study]\ntitle = "T"\nsampling = "nonprobability"\n'


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a study of one wave: its rows as CSV, the keys of the wave, and the rest of the study file."""

    def write(rows: str, wave: str, rest: str = "", direction: str | None = None) -> Path:
        (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
        severe = f'[obstacles]\ndirection = "{direction}"\n' if direction else ""
        text = f'{HEAD}{severe}{rest}\n[[wave]]\nid = "w"\nfile = "a.csv"\n{wave}\n'
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return tmp_path / "study.toml"

    return write


def wave_of(path: Path) -> Wave:
    return load_study(path).wave()


def refusal(path: Path) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        load_study(path)
    return caught.value


def problem(error: SurveyError, code: str) -> str:
    found = [one for one in error.problems if one.code == code]
    assert found, str(error)
    return str(found[0])


GRID = 'format = "rank_grid"\n{keys}\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'


def grid(make: Make, rows: str, keys: str = 'blank = "below"', rest: str = "") -> Path:
    return make("A,B,C\n" + rows, GRID.format(keys=keys), rest, "1_is_most_severe")


class TestRankGrid:
    def ranks(self, path: Path) -> list[list[int]]:
        answers = wave_of(path).answers
        assert isinstance(answers, Rankings)
        return [[int(rank) for rank in row] for row in answers.ranks]

    def test_full_rankings_are_read_as_they_are(self, make: Make) -> None:
        assert self.ranks(grid(make, "1,2,3\n3,1,2\n")) == [[1, 2, 3], [3, 1, 2]]

    def test_numerals_of_every_script_and_form_are_ranks(self, make: Make) -> None:
        rows = "1st,2nd,3rd\n一,二,三\n１,２,３\n1.0,2.0,3.0\n①,②,③\n第1,第2,第3\n١,٢,٣\n"
        path = grid(make, rows)
        assert self.ranks(path) == [[1, 2, 3]] * 7
        repaired = wave_of(path).receipt.repaired
        assert [(one.rule, one.count) for one in repaired] == [("ranks written in another way, such as 1.0 or 1st", 15)]

    @pytest.mark.parametrize(
        ("blank", "offered", "left_out"),
        [("below", [True] * 3, 0), ("not_offered", [True, True, False], 0), ("not_answered", [], 1)],
    )
    def test_a_blank_means_what_the_study_file_says(
        self, make: Make, blank: str, offered: list[bool], left_out: int
    ) -> None:
        wave = wave_of(grid(make, "1,2,\n1,2,3\n", f'blank = "{blank}"'))
        assert isinstance(wave.answers, Rankings)
        assert sum(rule.count for rule in wave.receipt.left_out) == left_out
        if offered:
            assert wave.answers.offered[0].tolist() == offered
            assert wave.answers.ranks[0].tolist() == [1, 2, 0]
        assert wave.answers.offered[-1].all()

    def test_a_blank_without_a_stated_meaning_is_asked_about(self, make: Make) -> None:
        error = refusal(grid(make, "1,2,\n2,1,\n", ""))
        assert error.exit_code == 3
        assert "2 cells of rankings (33%) are blank" in problem(error, "A-BLANK-01")

    def test_without_blanks_no_meaning_is_needed(self, make: Make) -> None:
        assert self.ranks(grid(make, "1,2,3\n", "")) == [[1, 2, 3]]

    def test_an_incomplete_ranking_is_kept_where_enough_is_answered(self, make: Make) -> None:
        rest = "[quality.partial]\nkeep_if_items_answered = 2\n"
        wave = wave_of(grid(make, "1,2,\n1,,\n1,2,3\n", 'blank = "not_answered"', rest))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.offered.tolist() == [[True, True, False], [True, True, True]]
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("the ranking was not completed", 1)]

    def test_a_row_without_any_rank_did_not_answer(self, make: Make) -> None:
        wave = wave_of(make("A,B,C,d\n1,2,3,u\n,,,u\n", GRID.format(keys=""), direction="1_is_most_severe"))
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("the question was not answered", 1)]

    def test_zero_means_not_ranked_where_all_others_have_it(self, make: Make) -> None:
        path = grid(make, "1,2,0\n0,1,0\n")
        assert self.ranks(path) == [[1, 2, 0], [0, 1, 0]]
        assert any(one.code == "I-RANK-01" for one in wave_of(path).receipt.problems)

    def test_a_zero_beside_blanks_is_no_rank(self, make: Make) -> None:
        message = problem(refusal(grid(make, "1,0,\n1,2,\n")), "E-RANK-05")
        assert 'row 2, column "B"' in message
        assert "unranked" in message

    @pytest.mark.parametrize(
        ("rows", "code", "piece"),
        [
            ("1,2,9\n1,2,3\n", "E-RANK-02", 'row 2, column "C": rank 9 is larger than the 3 items.'),
            ("1,1,2\n" + "1,2,3\n" * 9, "E-RANK-03", "row 2: the same rank is given to more than one item."),
            ("1,2.5,2\n", "E-RANK-04", 'row 2, column "B": rank 2.5 is no whole number'),
            ("1,x,2\n1,x,2\n2,y,1\n", "E-RANK-01", 'rows 2, 3, 4, column "B": these cells are no ranks: "x" (2), "y"'),
            ("1,-4,2\n", "E-RANK-01", "-4"),
            ("1e9,2,3\n", "E-RANK-01", "1e9"),
            ("99999999999,2,3\n", "E-RANK-02", "99999999999"),
            (f"{'9' * 400},2,3\n", "E-RANK-01", "9999"),
        ],
    )
    def test_an_unusable_cell_is_named_with_its_place(self, make: Make, rows: str, code: str, piece: str) -> None:
        error = refusal(grid(make, rows))
        assert piece in problem(error, code)
        assert error.exit_code == 2

    def test_more_than_k_ranks_are_too_many(self, make: Make) -> None:
        message = problem(refusal(grid(make, "1,2,3\n1,2,\n", 'blank = "below"\nk = 2')), "E-RANK-02")
        assert "larger than the 2 places that could be filled" in message

    def test_unusable_rankings_are_left_out_with_their_numbers(self, make: Make) -> None:
        rest = '[quality]\ninvalid_ranking = "leave_out"\n'
        wave = wave_of(grid(make, "1,2,9\n1,1,2\n" + "1,2,3\n" * 18, rest=rest))
        assert wave.receipt.analysed == 18
        warning = next(str(one) for one in wave.receipt.problems if one.code == "W-RANK-01")
        assert "rows 2, 3: 2 of 20 rankings are not usable (10.0%): 1 has a rank above 3, 1 gives the same" in warning

    def test_ties_are_repaired_only_on_request(self, make: Make) -> None:
        wave = wave_of(grid(make, "1,1,2\n1,2,3\n", rest='[quality]\ninvalid_ranking = "repair_ties"\n'))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.ranks.tolist() == [[1, 1, 3], [1, 2, 3]]
        assert wave.receipt.repaired[-1].count == 1

    def test_a_tie_may_run_past_the_last_place_where_the_study_says_so(self, make: Make) -> None:
        rows, keys = "1,2,2\n1,1,\n1,2,\n", 'blank = "below"\nk = 2\nties = true'
        assert "row 2" in problem(refusal(grid(make, rows, keys)), "E-RANK-06")
        assert self.ranks(grid(make, rows, f"{keys}\nties_overrun = true")) == [[1, 2, 2], [1, 1, 0], [1, 2, 0]]
        deeper = grid(make, "1,2,3\n1,1,3\n1,2,\n", f"{keys}\nties_overrun = true")
        message = problem(refusal(deeper), "E-RANK-06")
        assert "rows 2, 3" in message

    def test_ties_of_every_notation_are_competition_ranks(self, make: Make) -> None:
        path = grid(make, "1.5,1.5,3\n1,1,2\n1,1,3\n1,2,2\n", "ties = true")
        assert self.ranks(path) == [[1, 1, 3], [1, 1, 3], [1, 1, 3], [1, 2, 2]]

    def test_many_ties_are_asked_about(self, make: Make) -> None:
        error = refusal(grid(make, "1,1,2\n" * 3 + "1,2,3\n" * 3))
        assert error.exit_code == 3
        assert "3 of 6 rankings give the same rank" in problem(error, "A-RANK-01")

    def test_gaps_keep_the_order_and_are_said(self, make: Make) -> None:
        path = make(
            "A,B,C,D\n1,2,4,\n",
            'format = "rank_grid"\nblank = "below"\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\nd = "D"\n',
            direction="1_is_most_severe",
        )
        assert self.ranks(path) == [[1, 2, 3, 0]]
        assert any(one.code == "W-RANK-02" for one in wave_of(path).receipt.problems)

    def test_a_frequent_number_above_the_ranks_is_asked_about(self, make: Make) -> None:
        error = refusal(grid(make, "1,99,2\n" * 5 + "1,2,3\n" * 5))
        assert "5 answers are 99 while ranks go to 3. If 99 means refused" in problem(error, "A-MIS-01")

    def test_missing_codes_leave_the_item_open(self, make: Make) -> None:
        wave = wave_of(grid(make, "1,99,2\n99,99,99\n1,2,3\n", 'missing = { refused = ["99"] }'))
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [
            ("the question was not answered", 1),
            ("the ranking was not completed", 1),
        ]

    def test_high_numbers_may_be_the_severe_end(self, make: Make) -> None:
        path = make("A,B,C\n3,2,1\n1,3,2\n", GRID.format(keys=""), direction="high_is_most_severe")
        assert self.ranks(path) == [[1, 2, 3], [3, 1, 2]]

    def test_ties_and_free_places_keep_their_order_where_high_numbers_are_severe(self, make: Make) -> None:
        rows = "3,3,1\n3,1,1\n2.5,2.5,1\n3,1,\n3,2,\n,1,\n"
        keys = 'blank = "below"\nties = true'
        path = make("A,B,C\n" + rows, GRID.format(keys=keys), direction="high_is_most_severe")
        assert self.ranks(path) == [[1, 1, 3], [1, 2, 2], [1, 1, 3], [1, 2, 0], [1, 2, 0], [0, 1, 0]]

    def test_items_that_were_not_offered_leave_no_place_free_where_high_numbers_are_severe(self, make: Make) -> None:
        rows = "A,B,C,land\n1,2,3,DE\n1,2,,US\n2,1,,US\n2,2,,US\n3,1,,US\n"
        keys = 'blank = "below"\nties = true\noffered = { c = { land = "DE" } }'
        path = make(rows, GRID.format(keys=keys), direction="high_is_most_severe")
        assert self.ranks(path) == [[3, 2, 1], [2, 1, 0], [1, 2, 0], [1, 1, 0], [1, 2, 0]]
        answers = wave_of(path).answers
        assert isinstance(answers, Rankings)
        assert answers.offered[:, 2].tolist() == [True, False, False, False, False]

    def test_without_a_direction_the_study_file_is_asked(self, make: Make) -> None:
        error = refusal(make("A,B,C\n1,2,3\n", GRID.format(keys="")))
        assert error.exit_code == 3
        assert 'In the data "1" is the most frequent cell of "a"' in problem(error, "A-DIR-01")

    def test_an_item_that_was_not_offered_cannot_be_ranked(self, make: Make) -> None:
        rows = "A,B,C,land\n1,2,3,DE\n1,2,,US\n2,1,,US\n"
        keys = 'blank = "below"\noffered = { c = { land = "DE" } }'
        wave = wave_of(make(rows, GRID.format(keys=keys), direction="1_is_most_severe"))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.offered.tolist() == [[True] * 3, [True, True, False], [True, True, False]]
        error = refusal(make(rows.replace("2,1,,US", "2,1,3,US"), GRID.format(keys=keys), direction="1_is_most_severe"))
        assert "row 4" in problem(error, "E-OFF-01")

    def test_offered_to_nobody_is_an_error(self, make: Make) -> None:
        keys = 'blank = "below"\noffered = { c = { land = "Mars" } }'
        error = refusal(make("A,B,C,land\n1,2,3,DE\n", GRID.format(keys=keys), direction="1_is_most_severe"))
        assert "Mars" in problem(error, "E-OFF-02")


LIST = 'format = "order_list"\norder = ["r1", "r2", "r3"]\n{keys}\n'
ITEMS = "\n".join(
    f'[[obstacles.item]]\nid = "{id}"\nlabel = {{ en = "{en}", zh = "{zh}" }}'
    for id, en, zh in (("a", "Apples", "苹果"), ("b", "Big, red berries", "红莓"), ("c", "Cherries", "樱桃"))
)


class TestOrderList:
    def read(self, make: Make, rows: str, keys: str = 'blank = "below"', rest: str = "") -> Wave:
        return wave_of(make("r1,r2,r3\n" + rows, LIST.format(keys=keys), ITEMS + "\n" + rest))

    def test_cells_are_items_in_any_language_case_and_width(self, make: Make) -> None:
        wave = self.read(make, 'apples,樱桃,"big,\u00a0red  BERRIES"\n')
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.ranks.tolist() == [[1, 3, 2]]

    def test_items_left_out_are_below_or_not_offered(self, make: Make) -> None:
        for blank, offered in (("below", [True] * 3), ("not_offered", [True, False, True])):
            answers = self.read(make, "Apples,Cherries,\n", f'blank = "{blank}"').answers
            assert isinstance(answers, Rankings)
            assert answers.ranks.tolist() == [[1, 0, 2]]
            assert answers.offered.tolist() == [offered]

    def test_a_ranking_with_free_places_is_incomplete_where_blank_says_so(self, make: Make) -> None:
        wave = self.read(make, 'Apples,Cherries,\nApples,Cherries,"Big, red berries"\n', 'blank = "not_answered"')
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("the ranking was not completed", 1)]

    def test_items_left_out_need_a_stated_meaning(self, make: Make) -> None:
        error = refusal(make("r1,r2,r3\nApples,Cherries,\n", LIST.format(keys=""), ITEMS))
        assert "1 rankings leave items out" in problem(error, "A-BLANK-01")

    def test_an_unknown_text_is_named_with_the_nearest_label(self, make: Make) -> None:
        error = refusal(make("r1,r2,r3\nAples,Cherries,\nPears,,\n", LIST.format(keys='blank = "below"'), ITEMS))
        message = problem(error, "E-TEXT-01")
        assert '"Aples" (1), "Pears" (1)' in message
        assert 'Nearest to "Aples": "Apples".' in message

    def test_other_answers_take_a_place_and_no_rank(self, make: Make) -> None:
        wave = self.read(make, "Pears,Cherries,Apples\n", 'blank = "below"\nother = true')
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.ranks.tolist() == [[3, 0, 2]]
        assert wave.receipt.repaired[0].count == 1

    def test_an_item_at_two_places_is_unusable(self, make: Make) -> None:
        keys = LIST.format(keys='blank = "below"')
        error = refusal(make("r1,r2,r3\nApples,Cherries,Apples\n", keys, ITEMS))
        assert "row 2: an item stands at two places" in problem(error, "E-RANK-07")
        wave = self.read(make, "Apples,Cherries,Apples\nApples,,\n", rest='[quality]\ninvalid_ranking = "leave_out"\n')
        assert wave.receipt.analysed == 1

    def test_a_free_place_keeps_the_order(self, make: Make) -> None:
        wave = self.read(make, "Apples,,Cherries\n")
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.ranks.tolist() == [[1, 0, 2]]
        assert wave.receipt.repaired[0].count == 1


IN_ONE_CELL = 'format = "order_list"\ncell = {{ column = "Q", separator = "{separator}" }}\n{keys}\n'


class TestOrderInOneCell:
    def read(self, make: Make, cells: str, separator: str = ";", keys: str = 'blank = "below"', rest: str = "") -> Wave:
        return wave_of(make("Q,d\n" + cells, IN_ONE_CELL.format(separator=separator, keys=keys), ITEMS + "\n" + rest))

    def ranks(self, wave: Wave) -> list[list[int]]:
        assert isinstance(wave.answers, Rankings)
        assert not wave.answers.selection
        return [[int(rank) for rank in row] for row in wave.answers.ranks]

    @pytest.mark.parametrize(
        ("cell", "separator"),
        [
            ("Cherries;Apples;Big, red berries;", ";"),
            ("Cherries, Apples, Big, red berries", ", "),
            ("樱桃┋苹果┋红莓", "┋"),
            ("樱桃→苹果→红莓", "→"),
            ("Cherries\nApples\nBig, red berries", "\\n"),
        ],
    )
    def test_the_order_in_the_cell_is_the_ranking(self, make: Make, cell: str, separator: str) -> None:
        assert self.ranks(self.read(make, f'"{cell}",u\n', separator)) == [[2, 3, 1]]

    def test_items_left_out_mean_what_the_study_file_says(self, make: Make) -> None:
        for blank, offered in (("below", [True] * 3), ("not_offered", [True, False, True])):
            wave = self.read(make, "Cherries;Apples;,u\n", keys=f'blank = "{blank}"')
            assert self.ranks(wave) == [[2, 0, 1]]
            assert isinstance(wave.answers, Rankings)
            assert wave.answers.offered.tolist() == [offered]
        whole = '"Apples;Cherries;Big, red berries;",u\n'
        wave = self.read(make, "Cherries;Apples;,u\n" + whole, keys='blank = "not_answered"')
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("the ranking was not completed", 1)]
        error = refusal(make("Q,d\nCherries;,u\n", IN_ONE_CELL.format(separator=";", keys=""), ITEMS))
        assert "1 rankings leave items out" in problem(error, "A-BLANK-01")

    def test_a_blank_cell_is_no_answer(self, make: Make) -> None:
        wave = self.read(make, "Cherries;Apples;,u\n,u\n;,u\n")
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("the question was not answered", 2)]

    def test_an_unknown_text_is_an_error_or_takes_a_place(self, make: Make) -> None:
        error = refusal(make("Q,d\nCheries;Apples,u\n", IN_ONE_CELL.format(separator=";", keys='blank="below"'), ITEMS))
        assert 'Nearest to "Cheries": "Cherries"' in problem(error, "E-TEXT-01")
        wave = self.read(make, "Pears;Apples,u\n", keys='blank = "below"\nother = true')
        assert self.ranks(wave) == [[2, 0, 0]]
        assert wave.receipt.repaired[0].count == 1

    def test_an_item_named_twice_is_unusable(self, make: Make) -> None:
        keys = IN_ONE_CELL.format(separator=";", keys='blank = "below"')
        error = refusal(make("Q,d\nApples;Cherries;Apples,u\n", keys, ITEMS))
        assert "row 2: an item stands at two places" in problem(error, "E-RANK-07")

    def test_codes_of_missing_answers_are_no_items(self, make: Make) -> None:
        keys = 'blank = "below"\nmissing = { refused = ["prefer not to say"] }'
        wave = self.read(make, "Cherries;Apples,u\nprefer not to say,u\n", keys=keys)
        assert self.ranks(wave) == [[2, 0, 1]]

    @pytest.mark.parametrize("keys", ["", 'order = ["Q"]\ncell = { column = "Q", separator = ";" }'])
    def test_it_is_either_one_cell_or_a_column_per_place(self, make: Make, keys: str) -> None:
        error = refusal(make("Q,d\nApples,u\n", f'format = "order_list"\n{keys}', ITEMS))
        assert error.exit_code == 3
        assert "needs order (a column per place) or cell (one cell" in str(error)


MARKS = 'format = "multi_select"\n{keys}\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'
CELL = 'format = "multi_select"\ncell = {{ column = "Q", separator = "{separator}" }}\n{keys}\n'


class TestMultiSelect:
    def marks(self, wave: Wave) -> list[list[int]]:
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.selection
        return [[int(mark) for mark in row] for row in wave.answers.ranks]

    def test_one_truth_table_for_marks(self, make: Make) -> None:
        rows = "A,B,C\n1,0,\nYes,No,no\nTRUE,false,x\n✓,,是\nApples,,\n"
        wave = wave_of(make(rows, MARKS.format(keys=""), ITEMS))
        assert self.marks(wave) == [[1, 0, 0], [1, 0, 0], [1, 0, 1], [1, 0, 1], [1, 0, 0]]

    def test_an_unknown_mark_is_an_error(self, make: Make) -> None:
        error = refusal(make("A,B,C\n1,maybe,\n", MARKS.format(keys=""), ITEMS))
        assert 'row 2, column "B": these cells are neither a mark nor none: "maybe" (1)' in problem(error, "E-MARK-01")

    def test_stated_marks_are_the_only_ones(self, make: Make) -> None:
        wave = wave_of(make("A,B,C\n2,0,2\n", MARKS.format(keys='selected = ["2"]'), ITEMS))
        assert self.marks(wave) == [[1, 0, 1]]
        refusal(make("A,B,C\n2,1,2\n", MARKS.format(keys='selected = ["2"]'), ITEMS))

    @pytest.mark.parametrize(("blank", "kept"), [("below", 2), ("not_answered", 1)])
    def test_nothing_marked_means_what_the_study_file_says(self, make: Make, blank: str, kept: int) -> None:
        wave = wave_of(make("A,B,C,d\n1,,,u\n,,,u\n", MARKS.format(keys=f'blank = "{blank}"'), ITEMS))
        assert wave.receipt.analysed == kept

    def test_nothing_marked_without_a_stated_meaning_is_asked_about(self, make: Make) -> None:
        error = refusal(make("A,B,C,d\n1,,,u\n,,,u\n", MARKS.format(keys=""), ITEMS))
        assert "1 respondents marked nothing" in problem(error, "A-BLANK-01")

    def test_explicit_no_is_an_answer_without_marks(self, make: Make) -> None:
        wave = wave_of(make("A,B,C\nNo,No,No\nYes,No,No\n", MARKS.format(keys=""), ITEMS))
        assert wave.receipt.analysed == 2

    def test_a_blank_may_be_an_item_that_was_not_offered(self, make: Make) -> None:
        wave = wave_of(make("A,B,C\nYes,No,\n", MARKS.format(keys='blank = "not_offered"'), ITEMS))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.offered.tolist() == [[True, True, False]]

    @pytest.mark.parametrize(
        ("cell", "separator"),
        [
            ("Apples,Big, red berries", ","),
            ("Big, red berries, Apples", ", "),
            ("apples;Big, red berries;", ";"),
            ("苹果┋红莓", "┋"),
            ("Apples\nBig, red berries", "\\n"),
        ],
    )
    def test_options_may_contain_the_separator(self, make: Make, cell: str, separator: str) -> None:
        wave = wave_of(make(f'Q\n"{cell}"\n', CELL.format(separator=separator, keys=""), ITEMS))
        assert self.marks(wave) == [[1, 1, 0]]

    def test_unknown_choices_are_errors_or_counted(self, make: Make) -> None:
        keys = CELL.format(separator=";", keys="")
        error = refusal(make("Q\nApples;Cheries\nPlums\n", keys, ITEMS))
        assert 'Nearest to "Cheries": "Cherries"' in problem(error, "E-TEXT-01")
        wave = wave_of(make("Q\nApples;Cheries\nPlums\n", CELL.format(separator=";", keys="other = true"), ITEMS))
        assert self.marks(wave) == [[1, 0, 0], [0, 0, 0]]
        assert wave.receipt.repaired[0].count == 2

    def test_none_of_these_is_an_answer_and_yields_to_others(self, make: Make) -> None:
        keys = CELL.format(separator=";", keys='none_of_these = ["None"]\nblank = "not_answered"')
        wave = wave_of(make('Q,d\nNone,u\nNone;Apples,u\n,u\n"",u\n', keys, ITEMS))
        assert self.marks(wave) == [[0, 0, 0], [1, 0, 0]]
        assert any(one.code == "W-SEL-02" and one.rows == (3,) for one in wave.receipt.problems)

    def test_a_choice_named_twice_counts_once(self, make: Make) -> None:
        wave = wave_of(make("Q,d\nApples;Apples,u\n", CELL.format(separator=";", keys=""), ITEMS))
        assert self.marks(wave) == [[1, 0, 0]]
        assert any(one.code == "W-SEL-03" for one in wave.receipt.problems)

    def test_more_than_the_cap_is_kept_and_said(self, make: Make) -> None:
        keys = CELL.format(separator=";", keys="max_choices = 1")
        wave = wave_of(make("Q\nApples;Cherries\nApples\n", keys, ITEMS))
        assert self.marks(wave) == [[1, 0, 1], [1, 0, 0]]
        assert any(one.code == "W-SEL-01" and one.rows == (2,) for one in wave.receipt.problems)


SCALE = """format = "likert_grid"
scale = [
  {{ value = 1, text = ["No problem", "(1) No\u00a0problem"], label = {{ en = "None" }} }},
  {{ value = 2, text = ["Minor"] }},
  {{ value = 3, text = ["Major"] }},
]
not_applicable = ["N/A"]
{keys}
[wave.obstacles]
a = "A"
b = "B"
"""


class TestLikertGrid:
    def read(self, make: Make, rows: str, direction: str = "high_is_most_severe", keys: str = "") -> Wave:
        return wave_of(make("A,B\n" + rows, SCALE.format(keys=keys), direction=direction))

    def test_levels_match_without_case_width_or_space(self, make: Make) -> None:
        wave = self.read(make, "no problem,MAJOR\n(1) No problem,minor \n")
        assert isinstance(wave.answers, Ratings)
        assert wave.answers.scores.tolist() == [[1, 3], [1, 2]]

    def test_does_not_apply_is_an_answer_and_a_blank_is_none(self, make: Make) -> None:
        wave = self.read(make, "N/A,\n,Major\nN/A,N/A\n")
        assert isinstance(wave.answers, Ratings)
        assert wave.receipt.analysed == 3
        assert np.isnan(wave.answers.scores).tolist() == [[True, True], [True, False], [True, True]]
        assert wave.answers.not_applicable.tolist() == [[True, False], [False, False], [True, True]]

    def test_a_turned_scale_keeps_its_labels(self, make: Make) -> None:
        wave = self.read(make, "No problem,Major\n", "1_is_most_severe")
        assert isinstance(wave.answers, Ratings)
        assert wave.answers.scores.tolist() == [[3, 1]]
        levels = [(level.value, level.label["en"]) for level in wave.answers.scale.levels]
        assert levels == [(1, "Major"), (2, "Minor"), (3, "None")]

    def test_an_unknown_level_is_named(self, make: Make) -> None:
        error = refusal(make("A,B\nMajor,7\nMajor,7\n", SCALE.format(keys=""), direction="high_is_most_severe"))
        assert 'rows 2, 3, column "B": these cells are no level of the scale: "7" (2)' in problem(error, "E-LEVEL-01")

    def test_levels_without_text_are_their_numbers(self, make: Make) -> None:
        keys = 'format = "likert_grid"\nscale = [{ value = 0 }, { value = 1 }, { value = 2 }]\n'
        path = make(
            "A,B\n0,2.0\n１,2\n", keys + '[wave.obstacles]\na = "A"\nb = "B"\n', direction="high_is_most_severe"
        )
        answers = wave_of(path).answers
        assert isinstance(answers, Ratings)
        assert answers.scores.tolist() == [[0, 2], [1, 2]]

    def test_too_few_rated_items_are_left_out_on_request(self, make: Make) -> None:
        path = make(
            "A,B\nMajor,\nMajor,Minor\n",
            SCALE.format(keys=""),
            "[quality.partial]\nkeep_if_items_answered = 2\n",
            "high_is_most_severe",
        )
        wave = wave_of(path)
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("fewer than 2 items were rated", 1)]


PRINTED = 'format = "published"\npublished = {{ item = "what", share = "pc"{n} }}\n{keys}\n'


class TestPublished:
    def read(self, make: Make, rows: str, n: str = "", keys: str = "") -> Published:
        answers = wave_of(make("what,pc,n\n" + rows, PRINTED.format(n=n, keys=keys), ITEMS)).answers
        assert isinstance(answers, Published)
        return answers

    def test_percentages_become_proportions(self, make: Make) -> None:
        found = self.read(make, 'Apples,"70,3 %",\nCherries,"12,5",\n"Big, red berries",:,\n', keys='decimal = ","')
        assert found.n is None
        np.testing.assert_allclose(found.share, [0.703, np.nan, 0.125])

    def test_n_is_stated_or_one_number_of_its_column(self, make: Make) -> None:
        rows = 'Apples,70,325\nCherries,20,325\n"Big, red berries",10,325\n'
        assert self.read(make, rows, ', n = "n"').n == 325
        assert self.read(make, rows, ", n = 100").n == 100
        error = refusal(
            make("what,pc,n\nApples,70,325\nCherries,20,90\n", PRINTED.format(n=', n = "n"', keys=""), ITEMS)
        )
        assert "n differs between the rows (90, 325)" in problem(error, "E-PUB-03")

    def test_proportions_must_be_stated_as_such(self, make: Make) -> None:
        rows = "Apples,0.7,\nCherries,0.2,\n"
        error = refusal(make("what,pc,n\n" + rows, PRINTED.format(n="", keys=""), ITEMS))
        assert error.exit_code == 3
        assert "no share is above 1" in problem(error, "A-PUB-01")
        assert self.read(make, rows, ', unit = "proportion"').share[0] == pytest.approx(0.7)

    @pytest.mark.parametrize("cell", ["120", "-3", "many"])
    def test_what_is_no_percentage_is_an_error(self, make: Make, cell: str) -> None:
        error = refusal(make(f"what,pc,n\nApples,{cell},\n", PRINTED.format(n="", keys=""), ITEMS))
        assert 'row 2, column "pc"' in problem(error, "E-PUB-02")

    def test_an_item_twice_needs_a_choice(self, make: Make) -> None:
        error = refusal(make("what,pc,n\nApples,1.5,\nApples,2,\n", PRINTED.format(n="", keys=""), ITEMS))
        assert 'more than one row for "Apples"' in problem(error, "E-PUB-01")


THREE = "\n".join(f'[[obstacles.item]]\nid = "{id}"\nlabel = "{id.upper()}"' for id in ("a", "b", "c", "d"))


class TestBestWorst:
    WIDE = (
        'format = "best_worst"\n[wave.best_worst]\nbest = ["b1", "b2"]\nworst = ["w1", "w2"]\n'
        'design = [["a", "b", "c"], ["b", "c", "d"]]\n'
    )

    def read(self, path: Path) -> BestWorst:
        answers = wave_of(path).answers
        assert isinstance(answers, BestWorst)
        return answers

    def test_a_pair_of_columns_per_task_holds_items_or_their_places(self, make: Make) -> None:
        answers = self.read(make("b1,w1,b2,w2\nA,C,d,b\n1,3,3,1\n", self.WIDE, THREE))
        assert answers.best.tolist() == [0, 0, 3, 3]
        assert answers.worst.tolist() == [2, 2, 1, 1]
        assert answers.respondent.tolist() == [0, 1, 0, 1]
        assert answers.shown.astype(int).tolist() == [[1, 1, 1, 0]] * 2 + [[0, 1, 1, 1]] * 2

    def test_a_task_without_items_to_choose_from_is_an_error(self, make: Make) -> None:
        wave = self.WIDE.replace('["b", "c", "d"]', '["b"]')
        error = refusal(make("b1,w1,b2,w2\nA,C,B,B\n", wave, THREE))
        assert error.exit_code == 3
        assert "each list of design or shown names at least two items" in str(error)

    def test_unusable_tasks_are_left_out_and_counted(self, make: Make) -> None:
        wave = wave_of(make("b1,w1,b2,w2\nA,A,d,b\nD,C,,\nA,,B,D\n", self.WIDE, THREE))
        assert isinstance(wave.answers, BestWorst)
        assert wave.answers.best.tolist() == [3, 1]
        assert wave.answers.respondent.tolist() == [0, 1]
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("no usable task was answered", 1)]
        assert sorted(one.count for one in wave.receipt.repaired) == [1, 1, 1]

    def test_an_unknown_item_is_an_error(self, make: Make) -> None:
        error = refusal(make("b1,w1,b2,w2\nA,C,x,7\n", self.WIDE, THREE))
        assert 'column "b2"' in problem(error, "E-TEXT-01")
        assert len([one for one in error.problems if one.code == "E-TEXT-01"]) == 2

    def test_a_row_per_task_belongs_to_its_respondent(self, make: Make) -> None:
        keys = (
            'id_column = "id"\nformat = "best_worst"\n[wave.columns]\nunit = "u"\n[wave.best_worst]\nbest = "best"\n'
            'worst = "worst"\nshown = [["s1", "s2", "s3"]]\n'
        )
        rows = "id,u,best,worst,s1,s2,s3\n7,x,A,B,A,B,C\n8,y,D,A,A,D,\n7,x,D,C,C,D,A\n"
        wave = wave_of(make(rows, keys, THREE))
        assert isinstance(wave.answers, BestWorst)
        assert wave.respondents["id"].tolist() == ["7", "8"]
        assert wave.respondents["unit"].tolist() == ["x", "y"]
        assert wave.answers.respondent.tolist() == [0, 1, 0]
        assert wave.answers.shown.sum(axis=1).tolist() == [3, 2, 3]
        assert wave.receipt.analysed == 3

    def test_a_row_per_item_shown_makes_the_same_tasks(self, make: Make) -> None:
        keys = 'id_column = "id"\nformat = "best_worst"\n[wave.best_worst]\ntask = "t"\nitem = "i"\nchoice = "c"\n'
        rows = "id,t,i,c\n7,1,A,1\n7,1,B,-1\n7,1,C,0\n8,1,A,worst\n8,1,D,best\n7,2,C,-1\n7,2,D,1\n7,2,A,\n"
        answers = self.read(make(rows, keys, THREE))
        assert answers.best.tolist() == [0, 3, 3]
        assert answers.worst.tolist() == [1, 2, 0]
        assert answers.respondent.tolist() == [0, 0, 1]
        error = refusal(make(rows.replace("7,1,C,0", "7,1,C,1"), keys, THREE))
        assert "more than one best" in problem(error, "E-BW-01")

    @pytest.mark.parametrize(
        ("old", "new", "piece"),
        [
            ('worst = ["w1", "w2"]', 'worst = ["w1"]', "as many columns as there are tasks"),
            ('["b", "c", "d"]]', "]", "one list for each of the 2 tasks"),
            ('"d"]]', '"e"]]', 'there is no item "e"'),
            ("best = ", 'item = "i"\nbest = ', "needs task, item and choice"),
        ],
    )
    def test_layouts_that_do_not_fit_are_contradictions(self, make: Make, old: str, new: str, piece: str) -> None:
        assert piece in str(refusal(make("b1,w1,b2,w2\nA,C,d,b\n", self.WIDE.replace(old, new), THREE)))


class TestPairs:
    def read(self, path: Path) -> Rankings:
        answers = wave_of(path).answers
        assert isinstance(answers, Rankings)
        assert (answers.offered.sum(axis=1) == 2).all()
        return answers

    def test_a_row_per_comparison(self, make: Make) -> None:
        keys = 'format = "pairs"\n[wave.pairs]\nfirst = "x"\nsecond = "y"\nresult = "r"\norder = true\n'
        answers = self.read(make("x,y,r\nA,B,1\nB,C,second\nC,D,tie\nA,D,\n", keys, THREE))
        assert answers.ranks.tolist() == [[1, 2, 0, 0], [0, 2, 1, 0], [0, 0, 1, 1]]
        assert answers.first_shown is not None
        assert answers.first_shown.tolist() == [0, 1, 2]

    def test_winner_and_loser(self, make: Make) -> None:
        keys = 'format = "pairs"\nid_column = "id"\n[wave.pairs]\nfirst = "winner"\nsecond = "loser"\n'
        wave = wave_of(make("id,winner,loser\n1,A,B\n2,B,A\n1,C,A\n", keys, THREE))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.respondent.tolist() == [0, 1, 0]
        assert wave.respondents["id"].tolist() == ["1", "2"]

    def test_counts_per_pair(self, make: Make) -> None:
        keys = 'format = "pairs"\n[wave.pairs]\nfirst = "i"\nsecond = "j"\nwins = "w"\nlosses = "l"\nties = "t"\n'
        answers = self.read(make("i,j,w,l,t\nA,B,19,22,16\nC,D,3,0,\n", keys, THREE))
        assert answers.answer_counts.tolist() == [19, 3, 22, 16]
        assert answers.ranks[:, :2].tolist() == [[1, 2], [0, 0], [2, 1], [1, 1]]

    def test_a_column_per_pair(self, make: Make) -> None:
        keys = (
            'format = "pairs"\n[wave.pairs]\ncolumn = [{ items = ["a", "b"], column = "ab" }, '
            '{ items = ["c", "d"], column = "cd" }]\n'
        )
        answers = self.read(make("ab,cd\nA,D\n2,equal\n", keys, THREE))
        assert answers.ranks.tolist() == [[1, 2, 0, 0], [2, 1, 0, 0], [0, 0, 2, 1], [0, 0, 1, 1]]
        assert answers.respondent.tolist() == [0, 1, 0, 1]

    def test_an_item_against_itself_and_unknown_winners_are_errors(self, make: Make) -> None:
        keys = 'format = "pairs"\n[wave.pairs]\nfirst = "x"\nsecond = "y"\nresult = "r"\n'
        error = refusal(make("x,y,r\nA,A,1\nB,Z,1\nA,B,9\n", keys, THREE))
        assert "compared with itself" in problem(error, "E-PAIR-01")
        assert '"Z" (1)' in problem(error, "E-TEXT-01")
        assert '"9" (1)' in problem(error, "E-PAIR-02")


POINTS = 'format = "points"\ntotal = 100\n{keys}\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'


class TestPoints:
    ITEMS = "\n".join(f'[[obstacles.item]]\nid = "{id}"' for id in ("a", "b", "c"))

    def read(self, make: Make, rows: str, keys: str = 'blank = "below"', rest: str = "") -> Wave:
        return wave_of(make("A,B,C\n" + rows, POINTS.format(keys=keys), self.ITEMS + "\n" + rest))

    def test_points_and_blanks(self, make: Make) -> None:
        answers = self.read(make, "50,30,20\n100,,\n60 %,40 %,0\n").answers
        assert isinstance(answers, Ratings)
        assert answers.total == 100
        assert answers.scores.tolist() == [[50, 30, 20], [100, 0, 0], [60, 40, 0]]

    def test_sums_off_the_total_are_errors_or_left_out(self, make: Make) -> None:
        keys = POINTS.format(keys='blank = "below"')
        error = refusal(make("A,B,C\n50,30,10\n-20,60,60\n", keys, self.ITEMS))
        assert "the points do not sum to 100" in problem(error, "E-POINT-02")
        assert "negative points" in problem(error, "E-POINT-03")
        wave = self.read(make, "50,30,10\n50,30,20\n", rest='[quality]\ninvalid_ranking = "leave_out"\n')
        assert wave.receipt.analysed == 1

    @pytest.mark.parametrize(("rescale", "first"), [("true", 50 / 0.99), ("false", 50)])
    def test_sums_within_the_tolerance_are_scaled_only_on_request(self, make: Make, rescale: str, first: float) -> None:
        wave = self.read(make, "50,30,19\n", f'blank = "below"\ntolerance = 1\nrescale = {rescale}')
        assert isinstance(wave.answers, Ratings)
        assert wave.answers.scores[0, 0] == pytest.approx(first)
        assert wave.receipt.repaired[0].count == 1

    def test_blanks_need_a_meaning(self, make: Make) -> None:
        error = refusal(make("A,B,C\n100,,\n", POINTS.format(keys=""), self.ITEMS))
        assert "2 cells beside points are blank" in problem(error, "A-BLANK-01")


class TestRankCounts:
    def test_rankings_with_counts(self, make: Make) -> None:
        keys = 'format = "rank_counts"\ncount = "n"\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'
        wave = wave_of(make("A,B,C,n\n1,2,3,10\n2,1,3,0\n3,2,1,4\n", keys, direction="1_is_most_severe"))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.answer_counts.tolist() == [10, 4]
        assert [(one.rule, one.count) for one in wave.receipt.left_out] == [("the count is 0", 1)]

    def test_ordered_lists_with_counts(self, make: Make) -> None:
        keys = 'format = "rank_counts"\ncount = "n"\nblank = "below"\norder = ["r1", "r2"]\n'
        wave = wave_of(make("r1,r2,n\nA,B,3\n", keys, THREE))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.ranks.tolist() == [[1, 2, 0, 0]]

    def test_lists_in_one_cell_with_counts(self, make: Make) -> None:
        cell = 'cell = { column = "Q", separator = ">" }'
        keys = f'format = "rank_counts"\ncount = "n"\nblank = "below"\n{cell}\n'
        wave = wave_of(make("Q,n\nC > A,3\nB,2\n", keys, THREE))
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.ranks.tolist() == [[2, 0, 1, 0], [0, 1, 0, 0]]
        assert wave.answers.answer_counts.tolist() == [3, 2]
        error = refusal(make("Q,n\nC > A,3\n", keys + '[wave.obstacles]\na = "Q"\n', THREE))
        assert "rankings stand either in" in str(error)

    def test_preflib_files_with_ties(self, make: Make, tmp_path: Path) -> None:
        text = "# FILE NAME: x.toi\n# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: Apples\n"
        text += "# ALTERNATIVE NAME 2: Pears\n# ALTERNATIVE NAME 3: Plums\n12: 3,{1,2}\n5: 2\n"
        path = make("", 'format = "rank_counts"\nties = true\nblank = "below"\n[wave.obstacles]\n'
                        'a = "Apples"\nb = "Pears"\nc = "Plums"\n', direction="1_is_most_severe")  # fmt: skip
        path.write_text(path.read_text().replace("a.csv", "a.toi"))
        (tmp_path / "a.toi").write_text(text)
        wave = wave_of(path)
        assert isinstance(wave.answers, Rankings)
        assert wave.answers.ranks.tolist() == [[2, 2, 1], [0, 1, 0]]
        assert wave.answers.answer_counts.tolist() == [12, 5]
        (tmp_path / "a.toi").write_text(text + "x: 1\n3: 9\n")
        assert "rows 8, 9" in problem(refusal(path), "E-PREF-01")


@pytest.mark.parametrize(
    ("head", "cell", "keys"),
    [
        ("o", "2143", 'positions = "o"'),
        ("o", "2|1|4|3", 'positions = "o"'),
        ("pa,pb,pc,pd", "2,1,4,3", 'positions = { a = "pa", b = "pb", c = "pc", d = "pd" }'),
    ],
)
def test_the_order_in_which_items_were_shown_is_kept(make: Make, head: str, cell: str, keys: str) -> None:
    columns = "\n".join(f'{id} = "{id.upper()}"' for id in "abcd")
    path = make(
        f"A,B,C,D,{head}\n1,2,3,4,{cell}\n",
        f'format = "rank_grid"\n{keys}\n[wave.obstacles]\n{columns}\n',
        direction="1_is_most_severe",
    )
    answers = wave_of(path).answers
    assert isinstance(answers, Rankings)
    assert answers.position is not None
    assert answers.position.tolist() == [[2, 1, 4, 3]]
