"""What may be said of the first place: decided by tests, never by sorted point estimates.

One leader is named by the winner test alone (Gutmann and Maymin 1987; Hung and Fithian 2019): the sample's first item
against each other one, each two-sided at 1 - level, without a correction for the number of items. Under equal scores,
or with tied leaders, it names one in at most 1 - level of samples. Small samples and penalised worths have their signs
flipped (`flips`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference.distributions import binom_sf, t_sf
from obstacles.analysis.inference.estimate import Estimate, Test
from obstacles.analysis.inference.flips import Flips
from obstacles.analysis.inference.rank_sets import RankSets, flipped_for, pair_ratios
from obstacles.analysis.terms import HeadlineKind
from obstacles.text.language import _

NAMED_TOGETHER = 4  # leaders that a sentence still names one by one


@dataclass(frozen=True)
class Headline:
    """The strength of what can be said, and of whom; reports.wave.sentences turns it into words.

    kind: "clear" the winner test names `leaders[0]`;
          "among" `leaders[0]` is first in the sample and within the best `worst_rank` by its simultaneous set, while
          `could_lead` items could be first (all of `leaders` when they are few);
          "shared" all of `leaders` could be first and nobody else could;
          "flat" `could_lead` of all items could be first: no obstacle stands out;
          "descriptive" no error is known: `leaders` only have the largest estimate in the table;
          "nothing" there is nothing to rank (no information, or everybody ties everything).
    """

    kind: HeadlineKind
    leaders: tuple[int, ...]  # indices into the items, in order of the estimate
    could_lead: int  # items whose simultaneous rank set contains 1
    worst_rank: int  # upper end of the leader's simultaneous set; 0 without sets
    winner_test: Test | None
    level: float


def winner_test(
    estimate: Estimate, *, df: float, count: np.ndarray | None = None, flipped: Flips | None = None
) -> Test | None:
    """The sample's first item against each other one; the largest p-value decides. None without errors.

    Parameters
    ----------
    count : (m,) int array, optional
        How often each item was chosen by respondents who named one each: the test is then exact, of the first against
        the second by a binomial with probability 1/2.
    flipped : Flips, optional
        Sign flips made before for the same estimate, where they are in place (`rank_sets.flipped_for`).
    """
    known = np.flatnonzero(~np.isnan(estimate.value))
    if estimate.covariance is None or len(known) < 2 or df < 1:
        return None
    hypothesis = _("another item ranks at least as high as the first in the sample")
    if count is not None:
        second, most = (int(c) for c in np.sort(count)[-2:])
        p = min(2 * float(binom_sf(most - 1, most + second, 0.5)), 1.0)
        return Test("winner", hypothesis, (most - second) / (most + second) ** 0.5, (), p, _("exact binomial"))
    flipped = flipped_for(estimate, df=df) if flipped is None else flipped
    if flipped is not None:
        leader, p = flipped.winner(estimate.value)
        least = float(np.delete(flipped.observed[leader, known], known == leader).min())
        return Test("winner", hypothesis, least, (), p, _("sign flips"))
    ratios = pair_ratios(estimate, df=df)[np.ix_(known, known)]
    first = int(np.argmax(estimate.value[known]))
    against = float(np.delete(ratios[first], first).min())
    return Test("winner", hypothesis, against, (df,), float(min(2 * t_sf(against, df), 1.0)))


def headline(
    estimate: Estimate,
    sets: RankSets | None,
    *,
    df: float,
    level: float,
    count: np.ndarray | None = None,
    flipped: Flips | None = None,
) -> Headline:
    """Decide what may be said of the first place; `count` and `flipped` as in `winner_test`."""
    value = estimate.value
    known = ~np.isnan(value)
    m = int(known.sum())
    order = [int(i) for i in np.argsort(-np.where(known, value, -np.inf), kind="stable") if known[i]]
    if m < 2 or np.ptp(value[known]) < 1e-12:
        return Headline("nothing", (), m, 0, None, level)
    test = winner_test(estimate, df=df, count=count, flipped=flipped)
    if estimate.covariance is None:
        top = tuple(i for i in order if value[i] == value[order[0]])
        return Headline("descriptive", top, m, 0, None, level)
    if test is not None and sets is not None and test.p <= 1 - level:
        return Headline("clear", (order[0],), int((sets.low == 1).sum()), int(sets.high[order[0]]), test, level)
    if sets is None:
        return Headline("flat", (), m, m, test, level)
    could = tuple(i for i in order if sets.low[i] == 1)
    worst = int(sets.high[order[0]])
    named = could if len(could) <= NAMED_TOGETHER else ()
    if len(could) == 2 and worst == 2:
        return Headline("shared", could, 2, worst, test, level)
    if len(could) == 1 or worst <= min(max(3, m // 3), m // 2):
        return Headline("among", named or could[:1], len(could), worst, test, level)
    if 1 < len(could) <= min(NAMED_TOGETHER, m // 2):
        return Headline("shared", could, len(could), worst, test, level)
    return Headline("flat", (), len(could), worst, test, level)
