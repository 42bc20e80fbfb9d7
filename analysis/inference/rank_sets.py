"""Confidence sets for ranks (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic Studies).

For every ordered pair the difference of two scores is divided by its standard error. Pairs above the critical value
of the largest such difference are rejected, dropped, and the rest tried again (step-down, Romano and Wolf 2005). An
item's set runs from 1 + the number of items above it to m - the number below it. Critical values are quantiles of the
maximum of t draws with the design's degrees of freedom; infinite degrees reproduce the normal theory of the paper.
Where worths are penalised, or primary units few, errors say too little: signs are flipped instead (`flips`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference import max_t
from obstacles.analysis.inference.contributions import contributions_of
from obstacles.analysis.inference.distributions import competition_ranks, t_isf, t_sf
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.flips import Flips, flip
from obstacles.analysis.inference.max_t import Draws, draw_scores, pair_error

DRAWS = 100_000
FEW_UNITS = 50  # primary units below which signs are flipped


@dataclass(frozen=True)
class RankSets:
    """For each item the ranks that the data do not rule out.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> sets = ob.rank(study).simultaneous
    >>> sets.level, int(sets.low[0]), int(sets.high[0])
    (0.95, 1, 1)
    """

    low: np.ndarray  # (m,) int, best rank; 0 for an item without a value
    high: np.ndarray  # (m,) int, worst rank
    level: float
    simultaneous: bool  # True: all sets hold together with probability `level`; False: each by itself
    separated: np.ndarray  # (m, m) bool, [j, k]: j is a larger obstacle than k, by this family of tests
    draws: int
    df: float
    reliable: bool = True  # False: fewer than 2 m degrees of freedom
    method: str = "max-t, step-down"
    exact: bool = False  # all flips of signs were looked at, or none are needed
    units: int | None = None  # primary units whose signs were flipped, or whose choices were counted

    def to_dict(self) -> dict[str, object]:
        """What the sets guarantee and how they were made; the sets themselves stand beside the items."""
        return {
            "method": self.method,
            "level": self.level,
            "guarantee": "all sets together" if self.simultaneous else "each set by itself",
            "df": self.df if np.isfinite(self.df) else None,
            "draws": self.draws or None,
            "exact": self.exact,
            "reliable": self.reliable,
        }


def rank_sets(
    estimate: Estimate,
    *,
    df: float,
    level: float = 0.95,
    simultaneous: bool = True,
    side: str = "both",
    draws: int = DRAWS,
    seed: int = 1,
    step_down: bool = True,
    drawn: Draws | Flips | None = None,
) -> RankSets | None:
    """Confidence sets for the ranks of all items.

    Parameters
    ----------
    estimate : Estimate
        Scores of m items with their joint covariance (m, m); items without a score (nan) get no set.
    df : float
        Degrees of freedom of the draws; `numpy.inf` gives normal draws.
    level : float
        Probability, between 0.5 and 1, with which the sets hold.
    simultaneous : bool
        True: all sets at once hold with probability `level`. False: each set by itself does.
    side : {"both", "best", "worst"}
        Which end of the sets is wanted when each stands by itself: one-sided sets are sharper there, and the other
        end is left open. Simultaneous sets look at all ordered pairs either way.
    draws : int
        Draws of the largest standardised difference, from which critical values are read.
    seed : int
        Of the draws.
    step_down : bool
        Whether rejected pairs are taken out and the rest tested again (Romano and Wolf 2005), which makes sets smaller
        at the same level.
    drawn : Draws or Flips, optional
        Draws made before for the same estimate, instead of new ones; `draws` and `seed` are then of no meaning.

    Returns
    -------
    RankSets or None
        `low` and `high`, (m,) ranks from 1 to m: the ranks that the data do not rule out. None where the estimate has
        no error or, without single answers to flip the signs of, the degrees of freedom are fewer than the items.

    Notes
    -----
    Mogstad, Romano, Shaikh and Wilhelm (2024), "Inference for Ranks with Applications to Mobility across Neighbourhoods
    and Academic Achievement across Countries", Review of Economic Studies 91(1).

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> ranking = ob.rank(study)
    >>> sets = ob.rank_sets(ranking.estimate, df=ranking.estimate.df, level=0.99)
    >>> [int(rank) for rank in sets.low], [int(rank) for rank in sets.high]
    ([1, 4, 6, 2, 2, 6, 4], [1, 5, 7, 3, 3, 7, 5])
    """
    known = np.flatnonzero(~np.isnan(estimate.value))
    drawn = drawn_for(estimate, df=df, draws=draws, seed=seed) if drawn is None else drawn
    if isinstance(drawn, Flips):
        return _by_flips(drawn, known, df, level, simultaneous, side, step_down)
    if estimate.covariance is None or len(known) < 2 or df < len(known):
        return None
    value = estimate.value[known]
    covariance = estimate.covariance[np.ix_(known, known)]
    error = pair_error(covariance) if estimate.pair_error is None else estimate.pair_error[np.ix_(known, known)]
    ratios = _ratios(value, error * np.sqrt(estimate.inflation), estimate.base, df)
    at_most = estimate.covariance_kind == "at most"  # margins of a printed table: no joint distribution is known
    if at_most:
        p = t_sf(ratios, df)

    def reject(family: np.ndarray) -> np.ndarray:
        if at_most:
            return holm_rejections(p, family, 1 - level)
        assert drawn is not None
        return max_t.step_down(ratios, drawn, family, level, again=step_down)

    low, high, separated = sets_of(reject, len(known), simultaneous, side)
    whole = np.zeros((len(estimate.value),) * 2, bool)
    whole[np.ix_(known, known)] = separated
    ends = np.zeros((2, len(whole)), int)
    ends[:, known] = low, high
    reliable = bool(df >= 2 * len(known))
    method = "largest variances, Holm" if at_most else "max-t, step-down" if step_down else "max-t"
    made = 0 if drawn is None or at_most else drawn.score.shape[1]
    return RankSets(ends[0], ends[1], level, simultaneous, whole, made, df, reliable, method)


def _by_flips(
    flipped: Flips, known: np.ndarray, df: float, level: float, simultaneous: bool, side: str, again: bool
) -> RankSets:
    """Sets of the items `known` by sign flips."""
    m, among = len(flipped.observed), np.ix_(known, known)

    def reject(family: np.ndarray) -> np.ndarray:
        whole = np.zeros((m, m), bool)
        if df < 1:  # all weight is on one unit: nothing is known beside what it says
            return np.zeros(family.shape, bool)
        whole[among] = family
        return np.asarray(flipped.step_down(whole, 1 - level, again=again)[among])

    low, high, separated = sets_of(reject, len(known), simultaneous, side)
    whole, best, worst = np.zeros((m, m), bool), np.zeros(m, int), np.zeros(m, int)
    whole[among], best[known], worst[known] = separated, low, high
    method = "sign flips, step-down" if again else "sign flips"
    return RankSets(
        best,
        worst,
        level,
        simultaneous,
        whole,
        flipped.draws,
        df,
        method=method,
        exact=flipped.exact,
        units=flipped.units,
    )


def flipped_for(estimate: Estimate, *, df: float, seed: int = 1) -> Flips | None:
    """Sign flips, where they are in place: worths are penalised, primary units few, or fewer than twice the items.

    None elsewhere, and where the single answers are not known, are counted by replicate weights, or are too many.
    """
    answers, items = estimate.answers, np.count_nonzero(~np.isnan(estimate.value))
    if answers is None or answers.sample.replicates is not None or estimate.covariance_kind != "robust" or items < 2:
        return None
    if not estimate.penalty and estimate.df + 1 >= FEW_UNITS and df >= 2 * items:
        return None
    found = contributions_of(answers)
    return None if found is None else flip(found, seed=seed)


def drawn_for(estimate: Estimate, *, df: float, draws: int = DRAWS, seed: int = 1) -> Draws | Flips | None:
    """Draws that several families of rank sets can share; None where there are no sets or they need no draws."""
    flipped = flipped_for(estimate, df=df, seed=seed)
    if flipped is not None:
        return flipped
    known = np.flatnonzero(~np.isnan(estimate.value))
    if estimate.covariance is None or estimate.covariance_kind == "at most" or len(known) < 2 or df < len(known):
        return None
    return draw_scores(estimate.covariance[np.ix_(known, known)], draws=draws, df=df, seed=seed)


def sets_of(
    reject: Callable[[np.ndarray], np.ndarray], m: int, simultaneous: bool, side: str = "both"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends of the sets and the pairs found: one family of all ordered pairs, or one for each item.

    `reject` takes a family, an (m, m) mask of ordered pairs, and returns the mask of those rejected in it.
    """
    everything = ~np.eye(m, dtype=bool)
    if simultaneous:
        found = reject(everything)
        return 1 + found.sum(axis=0), m - found.sum(axis=1), found
    low, high, separated = np.ones(m, int), np.full(m, m), np.zeros((m, m), bool)
    for item in range(m):
        own = np.zeros((m, m), bool)
        own[item] = side != "best"  # the item above others: its worst rank
        own[:, item] = side != "worst"  # others above the item: its best rank
        found = reject(own & everything)
        low[item] += found[:, item].sum()
        high[item] -= found[item].sum()
        separated[item] = found[item]
    return low, high, separated


def pair_ratios(estimate: Estimate, *, df: float = np.inf) -> np.ndarray:
    """(m, m) differences of scores over their standard errors: [j, k] is large when j is a larger obstacle than k."""
    assert estimate.covariance is not None
    error = pair_error(estimate.covariance) if estimate.pair_error is None else estimate.pair_error
    return _ratios(estimate.value, error * np.sqrt(estimate.inflation), estimate.base, df)


def _ratios(value: np.ndarray, error: np.ndarray, base: float, df: float) -> np.ndarray:
    """(m, m) differences over their errors.

    A difference that is the same for everybody has no error: equal values are not separated, unequal ones get the
    t with the p-value of a sign test in which all `base` respondents agree (McNemar's exact test).
    """
    difference = value[:, None] - value[None, :]
    agreed = float(t_isf(max(0.5**base, 1e-12), df))
    certain = np.where(np.abs(difference) > 1e-12, np.sign(difference) * agreed, 0.0)
    return np.where(error > 0, difference / np.where(error > 0, error, 1.0), certain)


def holm_rejections(p: np.ndarray, family: np.ndarray, alpha: float) -> np.ndarray:
    """Which p-values of the family (a mask of `p`'s shape) are rejected at family-wise level alpha."""
    values = p[family]
    order = np.argsort(values, kind="stable")
    passes = values[order] <= alpha / (len(values) - np.arange(len(values)))
    kept = len(values) if passes.all() else int(np.argmin(passes))
    rejected = np.zeros(len(values), bool)
    rejected[order[:kept]] = True
    result = np.zeros(p.shape, bool)
    result[family] = rejected
    return result


def ranks_of(value: np.ndarray) -> np.ndarray:
    """(m,) int: 1 = the largest value; values that differ by rounding alone share the smaller rank; 0 = no value."""
    known = ~np.isnan(value)
    rank = np.zeros(len(value), int)
    rank[known] = competition_ranks(-np.round(value[known], 12))
    return rank


def surely_among(sets: RankSets, places: int) -> np.ndarray:
    """(m,) bool: items that are among the first `places` by their sets' upper ends."""
    return np.asarray((sets.low > 0) & (sets.high <= places))


def could_be_among(sets: RankSets, places: int) -> np.ndarray:
    """(m,) bool: items that cannot be ruled out of the first `places`.

    With simultaneous sets this is the tau-best set of Mogstad et al.: it holds all true first items with probability
    `level`.
    """
    return np.asarray((sets.low > 0) & (sets.low <= places))
