"""Worths that run off where the graph of who beat whom does not show it, and answers that are all alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from obstacles.analysis.choice.existence import runs_off, ties_run_off
from obstacles.analysis.choice.tied_choices import observed_orders, tied_choices
from obstacles.analysis.inference.share_ends import hypergeometric_ends
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import rank


def study(build: Any, ranks: Any, **design: Any) -> Any:
    return build.study(build.rankings(ranks), **design)


def test_parameters_run_off_along_a_direction_that_never_loses() -> None:
    win = np.array([[1.0, -1.0]])
    assert runs_off(win, zero_sum=2)
    assert not runs_off(np.concatenate([win, -win]), zero_sum=2)
    assert not runs_off(np.zeros((3, 2)), zero_sum=2)
    assert not runs_off(win, zero_sum=2, held=True)


@pytest.mark.parametrize(
    ("ranks", "off"),
    [
        ([[1, 2], [1, 2], [1, 1]], True),  # never strictly below
        ([[1, 2], [2, 1], [1, 1]], False),
        ([[1, 2, 3], [2, 1, 3], [3, 1, 2], [1, 1, 3], [3, 2, 1]], False),
        ([[1, 1, 3], [1, 2, 2], [1, 3, 1]], True),  # the first is at the top always, alone or not
        ([[1, 1, 3], [1, 3, 1], [1, 2, 3]], False),  # its ties say what its wins do not
    ],
)
def test_ties_may_hide_that_an_item_never_loses(build: Any, ranks: list[list[int]], off: bool) -> None:
    rows = np.repeat(np.array(ranks, np.int16), 4, axis=0)
    read = tied_choices(rows, np.ones(rows.shape, bool))
    assert ties_run_off(read, observed_orders(read)) == off
    found = rank(study(build, rows), model="plackett-luce", frequencies=False)
    assert bool(found.estimate.penalty) == off
    if rows.shape[1] == 2:
        pairs = rank(study(build, rows), model="bradley-terry", frequencies=False)
        assert bool(pairs.estimate.penalty) == off


@pytest.mark.parametrize("model", ["plackett-luce-efron", "plackett-luce-breslow", "plackett-luce-exact"])
def test_a_tie_that_takes_all_that_is_left_is_no_win_where_it_says_nothing(build: Any, model: str) -> None:
    """C is beside B at the end alone: it never wins under these readings, and is penalised."""
    ranks = [[1, 2, 2], [2, 1, 3], [1, 2, 3], [2, 1, 3], [1, 2, 2]] * 3
    found = rank(study(build, ranks), model=model, frequencies=False)
    assert found.estimate.penalty == 0.5
    assert np.isfinite(found.estimate.value).all()


def test_a_pair_left_blank_is_no_tie(build: Any) -> None:
    ranks = [[1, 2], [1, 2], [2, 1], [1, 2], [2, 1], [1, 2], [1, 2]]
    whole = rank(study(build, ranks), model="bradley-terry", frequencies=False)
    blank = rank(study(build, [*ranks, [0, 0]]), model="bradley-terry", frequencies=False)
    assert blank.estimate.parameters == {}
    assert blank.estimate.value == pytest.approx(whole.estimate.value)


def test_where_almost_every_place_is_shared_the_refusal_says_so(build: Any) -> None:
    ranks = [[1, 1, 1, 1, 1]] * 5 + [[1, 4, 4, 1, 1]]
    with pytest.raises(ModelError, match="almost every place is shared"):
        rank(study(build, ranks), model="plackett-luce", frequencies=False)


@pytest.mark.parametrize("model", ["borda", "mean-rank"])
@pytest.mark.parametrize("n", [7, 12, 100])
def test_answers_that_are_all_alike_leave_room_for_those_not_asked(build: Any, model: str, n: int) -> None:
    shown = rank(study(build, [[1, 2, 3]] * n), model=model, frequencies=False).shown
    assert (shown.high - shown.low > 0).all()
    assert (shown.low <= shown.value).all()
    assert (shown.value <= shown.high).all()
    asked = rank(study(build, [[1, 2, 3]] * n, population=[float(n)] * n), model=model, frequencies=False).shown
    assert (asked.low == asked.high).all()  # everybody answered


def test_a_heavy_answer_gives_no_order(build: Any) -> None:
    """All agree, and one weighs a million: what the others say is nothing of the whole."""
    found = rank(study(build, [[1, 2, 3]] * 12, weight=[1e6] + [1.0] * 11), model="first-choice", frequencies=False)
    assert found.simultaneous is not None
    assert (found.simultaneous.low == 1).all()
    assert found.headline.kind != "clear"
    assert np.isnan(found.shown.low).all()


def test_shared_votes_have_ends_around_their_share() -> None:
    low, high = hypergeometric_ends(9.5, 20, 21, level=0.95)
    assert low <= 9.5 / 20 <= high
    assert hypergeometric_ends(9.0, 20, 21, level=0.95)[0] == low
    assert hypergeometric_ends(10.0, 20, 21, level=0.95)[1] == high
