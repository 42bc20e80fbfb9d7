"""Is the order in which items were shown to be seen in the answers?

Where every respondent sees the items in an order drawn at random, what is recorded by place on the screen is uniform if
answers depend on the items alone. Patterns such as 1-2-3-4 down the screen are then too frequent among those who do not
read (Atsusaka and Kim 2025). The test looks at the recorded patterns, without weights: it is about how people answer.
"""

from __future__ import annotations

from math import perm

import numpy as np

from obstacles.analysis.choice.choice_sets import has_ties
from obstacles.analysis.inference.distributions import chi2_sf
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.prepare import one_each
from obstacles.analysis.ranking.concordance import friedman
from obstacles.survey.answers import Rankings
from obstacles.text.language import _

NAME = "item order"
LEAST = 5  # expected answers in a cell of the chi-square test


def recorded(answers: Rankings) -> np.ndarray | None:
    """(n, m) ranks by place on the screen instead of by item; None where the places are not known."""
    position = answers.position
    if (
        position is None
        or not answers.offered.all()
        or not (np.sort(position) == np.arange(position.shape[1]) + 1).all()
    ):
        return None
    found = np.zeros_like(answers.ranks)
    np.put_along_axis(found, position.astype(np.intp) - 1, answers.ranks, axis=1)
    return found


def order_uniformity(answers: Rankings) -> Test | None:
    """Test that recorded patterns are uniform: chi-square over all patterns where they are few enough.

    With too many patterns for the sample, Friedman's test that all places on the screen get the same ranks (full
    rankings), or a chi-square of the place of the first-ranked item. None where the places are not known, or for ties.
    """
    by_place = recorded(answers)
    if by_place is None or has_ties(answers.ranks) or not one_each(answers.respondent):
        return None
    n, m = by_place.shape
    filled = np.count_nonzero(by_place > 0, axis=1)
    hypothesis = _("answers do not depend on the place of an item on the screen")
    if (filled == filled[0]).all() and filled[0] and n >= LEAST * perm(m, int(filled[0])):
        _patterns, count = np.unique(by_place, axis=0, return_counts=True)
        return _uniform(count, perm(m, int(filled[0])), hypothesis, _("chi-square of all patterns"))
    if (filled == m).all():
        test, _w = friedman(by_place)
        return Test(NAME, hypothesis, test.statistic, test.df, test.p, _("Friedman, mean ranks by place on the screen"))
    first = np.bincount(np.argmax(by_place == 1, axis=1)[filled > 0], minlength=m)
    return _uniform(first, m, hypothesis, _("chi-square of the place of the item ranked first"))


def _uniform(count: np.ndarray, cells: int, hypothesis: str, note: str) -> Test:
    """Chi-square of counts against equal frequencies in `cells` cells; cells that never occur need not be there."""
    expected = count.sum() / cells
    found = float(((count - expected) ** 2 / expected).sum() + (cells - len(count)) * expected)
    return Test(NAME, hypothesis, found, (cells - 1.0,), float(chi2_sf(found, cells - 1)), note)
