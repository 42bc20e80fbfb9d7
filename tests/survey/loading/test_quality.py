"""Signs of careless and partial answers: looked for, counted, and nobody leaves by them alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.study import Wave

Make = Callable[..., Wave]
NAMES = "abcdefgh"
TIMES = ["a,b,c,sec", *(f"1,2,3,{sec}" for sec in [10, 39, 41, *[100] * 7])]
LEVELS = "scale = [{ value = 1 }, { value = 2 }, { value = 3 }]\n"


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """A wave of a study made of lines of a CSV file and the keys of its wave."""

    def made(lines: list[str], keys: str, rest: str = "", *, direction: bool = True, columns: str = NAMES[:3]) -> Wave:
        (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        severe = '[obstacles]\ndirection = "1_is_most_severe"\n' if direction else ""
        text = f'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n{severe}{rest}\n'
        text += f'[[wave]]\nid = "w"\nfile = "a.csv"\n{keys}\n'
        text += "[wave.obstacles]\n" + "".join(f'{name} = "{name}"\n' for name in columns) if columns else ""
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return load_study(tmp_path / "study.toml").wave()

    return made


def said(wave: Wave, code: str) -> list[str]:
    return [str(problem) for problem in wave.receipt.problems if problem.code == code]


class TestFast:
    KEYS = 'format = "rank_grid"\nduration = "sec"'

    def test_fast_answers_are_flagged_wherever_there_is_a_duration(self, made: Make) -> None:
        wave = made(TIMES, self.KEYS)
        assert wave.flags["speeder"].tolist() == [True, True, *[False] * 8]
        assert wave.receipt.analysed == 10
        assert "rows 2, 3" in said(wave, "I-FLAG-01")[0]
        assert ("fast answers (less than 0.4 of the median time)", "are flagged and kept") in wave.receipt.choices

    def test_the_study_file_sets_the_share_or_looks_away(self, made: Make) -> None:
        wave = made(TIMES, self.KEYS, "[quality]\nspeeder = { below_median_share = 0.2 }")
        assert wave.flags["speeder"].sum() == 1
        wave = made(TIMES, self.KEYS, '[quality]\nspeeder = { action = "none" }')
        assert "speeder" not in wave.flags

    def test_who_left_is_not_flagged(self, made: Make) -> None:
        wave = made(TIMES, self.KEYS, '[quality]\nspeeder = { action = "leave_out" }')
        assert wave.receipt.analysed == 8
        assert "speeder" not in wave.flags


class TestTheSameThroughout:
    @staticmethod
    def lines(columns: str) -> list[str]:
        other = [str(1 + i % 3) for i in range(len(columns))]
        return [",".join(columns), ",".join("2" * len(columns)), ",".join(other), ",".join([""] * len(columns))]

    def test_ratings_of_many_items_are_looked_at_without_being_asked_to(self, made: Make) -> None:
        wave = made(self.lines(NAMES), f'format = "likert_grid"\n{LEVELS}', columns=NAMES)
        assert wave.flags["straightline"].tolist() == [True, False]
        few = made(self.lines(NAMES[:4]), f'format = "likert_grid"\n{LEVELS}', columns=NAMES[:4])
        assert "straightline" not in few.flags

    def test_not_where_the_study_file_says_none(self, made: Make) -> None:
        rest = '[quality]\nstraightline = { action = "none" }'
        wave = made(self.lines(NAMES), f'format = "likert_grid"\n{LEVELS}', rest, columns=NAMES)
        assert "straightline" not in wave.flags


class TestFieldwork:
    KEYS = 'format = "rank_grid"\ndate = "when"\nfieldwork = ["2024-04-01", "2024-06-30"]'
    LINES = ("a,b,c,when", "1,2,3,2024-04-01", "1,2,3,soon", "1,2,3,", "1,2,3,2024-06-30", "1,2,3,2024-07-01")

    def test_dates_that_cannot_be_read_are_reported_and_blank_ones_are_not(self, made: Make) -> None:
        wave = made(list(self.LINES), self.KEYS)
        assert wave.receipt.analysed == 5
        (unreadable,) = [problem for problem in wave.receipt.problems if problem.code == "W-DATE-01"]
        assert unreadable.rows == (3,)
        assert unreadable.column == "when"

    def test_the_first_and_the_last_day_are_within(self, made: Make) -> None:
        (outside,) = [one for one in made(list(self.LINES), self.KEYS).receipt.problems if one.code == "W-DATE-02"]
        assert outside.rows == (6,)

    def test_nothing_is_said_where_every_date_is_blank_or_within(self, made: Make) -> None:
        wave = made([self.LINES[at] for at in (0, 1, 3, 4)], self.KEYS)
        assert not [problem for problem in wave.receipt.problems if problem.code.startswith("W-DATE")]


class TestLastRowOfSums:
    LINES = ("a,b,c", "1,1,1", "1,2,1", "1,1,2", "1,2,2", "4,6,6")

    def refused(self, made: Make, lines: list[str]) -> bool:
        try:
            made(lines, 'format = "points"\ntotal = 3\ntolerance = 100', direction=False)
        except SurveyError as error:
            return any(problem.code == "E-ROW-07" for problem in error.problems)
        return False

    def test_it_is_told_by_every_column_of_the_question(self, made: Make) -> None:
        assert self.refused(made, list(self.LINES))
        assert not self.refused(made, [*self.LINES[:-1], "4,6,7"])

    def test_columns_of_very_many_cells_are_not_added_up(self, made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("obstacles.survey.loading.selection.MOST_SUMMED", 3)  # "1", "2" and the sum
        assert self.refused(made, list(self.LINES))
        monkeypatch.setattr("obstacles.survey.loading.selection.MOST_SUMMED", 2)
        assert not self.refused(made, list(self.LINES))


class TestTwice:
    KEYS = 'format = "rank_grid"\nid_column = "id"\nduration = "sec"\n'

    def test_an_id_that_came_twice_flags_the_row_that_stays(self, made: Make) -> None:
        lines = ["id,a,b,c,sec", "x,1,2,3,90", "y,2,1,3,95", "x,3,2,1,99"]
        wave = made(lines, self.KEYS + 'duplicates = "last"')
        assert wave.respondents["id"].tolist() == ["y", "x"]
        assert wave.flags["duplicate_id"].tolist() == [False, True]

    def test_equal_answers_and_times_under_other_ids(self, made: Make) -> None:
        lines = ["id,a,b,c,sec", "x,1,2,3,90", "y,2,1,3,95", "z,1,2,3,90", "v,1,2,3,91"]
        wave = made(lines, self.KEYS)
        assert wave.flags["same_answers"].tolist() == [True, False, True, False]
        assert not wave.flags["duplicate_id"].any()

    def test_many_rows_are_told_apart_exactly(self, made: Make) -> None:
        rng = np.random.default_rng(1)
        rows = rng.integers(1, 4, (3000, 3))
        seconds = rng.integers(0, 200, 3000)
        lines = [
            "id,a,b,c,sec",
            *(f"{i},{a},{b},{c},{s}" for i, ((a, b, c), s) in enumerate(zip(rows, seconds, strict=True))),
        ]
        keys = f'format = "likert_grid"\nid_column = "id"\nduration = "sec"\n{LEVELS}'
        whole = np.column_stack([rows, seconds])
        _distinct, place, times = np.unique(whole, axis=0, return_inverse=True, return_counts=True)
        assert made(lines, keys).flags["same_answers"].tolist() == (times[place.reshape(-1)] > 1).tolist()


def test_none_of_these_beside_choices(made: Make) -> None:
    cell = 'format = "multi_select"\ncell = { column = "q", separator = ";" }\nnone_of_these = ["None"]\n'
    cell += 'values = { a = "A", b = "B" }'
    wave = made(["q,z", "A;None,1", "A,1", "None,1"], cell, direction=False, columns="")
    assert wave.flags["contradiction"].tolist() == [True, False, False]
    own = 'format = "multi_select"\nnone_of_these = ["n"]\nblank = "not_answered"'
    wave = made(["a,b,c,n", "1,,,1", "1,,,", ",,,None of these", ",,,"], own, direction=False)
    assert wave.flags["contradiction"].tolist() == [True, False, False]
    assert wave.receipt.analysed == 3


class TestInPart:
    def test_ratings(self, made: Make) -> None:
        keys = f'format = "likert_grid"\n{LEVELS}not_applicable = ["n/a"]'
        wave = made(["a,b,c", "1,2,3", "1,,3", "1,n/a,3"], keys)
        assert wave.flags["in_part"].tolist() == [False, True, False]

    def test_items_that_were_not_offered_are_no_part(self, made: Make) -> None:
        keys = f'format = "likert_grid"\n{LEVELS}offered = {{ b = {{ d = "x" }} }}'
        wave = made(["a,b,c,d", "1,,3,y", "1,,3,x"], keys)
        assert wave.flags["in_part"].tolist() == [False, True]

    def test_places_that_were_not_filled(self, made: Make) -> None:
        wave = made(["a,b,c", "1,2,", "1,,", "2,,1"], 'format = "rank_grid"\nk = 2\nblank = "below"')
        assert wave.flags["in_part"].tolist() == [False, True, False]
        order = 'format = "order_list"\norder = ["p", "q"]\nblank = "below"\nvalues = { a = "A", b = "B", c = "C" }'
        wave = made(["p,q", "A,B", "C,"], order, direction=False, columns="")
        assert wave.flags["in_part"].tolist() == [False, True]

    def test_what_was_not_offered_by_a_blank_cannot_be_told_from_a_part(self, made: Make) -> None:
        wave = made(["a,b,c", "1,2,", "1,2,3"], 'format = "rank_grid"\nblank = "not_offered"')
        assert not wave.flags["in_part"].any()


def test_a_group_without_a_column_is_an_error_with_its_line(made: Make) -> None:
    with pytest.raises(SurveyError, match="E-COL-03"):
        made(["a,b,c", "1,2,3"], 'format = "rank_grid"\n[wave.columns]\ndept = ""')


def test_a_table_of_columns_with_nothing_in_it_is_missing(made: Make) -> None:
    rest = '[[obstacles.item]]\nid = "a"\n[[obstacles.item]]\nid = "b"'
    with pytest.raises(SurveyError, match="E-KEY-05"):
        made(["a,b", "1,2"], 'format = "rank_grid"\n[wave.obstacles]', rest, columns="")
