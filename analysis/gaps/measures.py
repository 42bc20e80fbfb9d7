"""Other ways to sum a gap up: an index, Borich's and the ranked discrepancy, and where importance and gap cross.

None replaces the profile. Importance is laid on the scale of the levels, end to end, where the two are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from obstacles.analysis.gaps.gap import Interval, Staff, estimate, focus, mean_of, t_interval, t_quantile
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.multiplicity import adjusted
from obstacles.survey.question import Item


@dataclass(frozen=True)
class Index:
    """100 x sum of v_j x mean shortfall_j / sum of v_j x mean required_j: 0 = no shortfall, 100 = nothing is there."""

    value: float
    low: float
    high: float
    weighted: bool  # v_j is the mean importance; else 1


def gap_index(staff: Staff, inside: np.ndarray, *, level: float = 0.95) -> Index:
    """The gap index of a group, its weights the mean importance of everybody; delta method for its interval."""
    parts = [estimate(staff, inside, name) for name in ("shortfall", "required")]
    low = staff.answers.levels[0].value
    known = ~np.isnan(parts[0].value)
    v = np.ones(len(known))
    weighted = staff.answers.importance is not None
    if weighted:
        asked = estimate(staff, staff.everybody, "importance").value
        v = np.where(np.isnan(asked), np.nanmean(asked), asked)
    v = np.where(known, v, 0.0)
    short, need = (np.nan_to_num(part.value) for part in parts)
    top, bottom = float(v @ short), float(v @ (need - low * known))
    if bottom <= 0:
        return Index(np.nan, np.nan, np.nan, weighted)
    ratio = top / bottom
    influence = [np.nan_to_num(part.influence) @ v for part in parts if part.influence is not None]
    moved = (influence[0] - ratio * influence[1]) / bottom
    sample, _rows = focus(staff.sample, inside)
    variance = parts[0].inflation * sample.covariance(moved[:, None], finite_population=True)[0, 0]
    error = float(np.sqrt(variance))
    half = float(t_quantile(np.array(parts[0].df), level)) * error
    return Index(100 * ratio, 100 * max(ratio - half, 0.0), 100 * min(ratio + half, 1.0), weighted)


@dataclass(frozen=True)
class Discrepancies:
    """Importance against the current level, each (q,)."""

    borich: Interval  # mean weighted discrepancy score; positive: importance exceeds ability
    ranked: Interval  # ranked discrepancy score, -100..100; negative: importance exceeds ability


def discrepancies(staff: Staff, inside: np.ndarray, *, level: float = 0.95) -> Discrepancies | None:
    """Borich's mean weighted discrepancy and the ranked discrepancy; None where importance was not asked.

    Borich (1980, Journal of Teacher Education 31: 39): mean over people of importance - current, times the mean
    importance. Narine and Harder (2021, Advancements in Agricultural Development 2: 96): 100 x (share whose current
    level is above importance - share whose is below), from ranks alone.
    """
    answers = staff.answers
    if answers.importance is None or answers.importance_scale is None:
        return None
    levels = [one.value for one in answers.levels]
    least, most = answers.importance_scale
    paired = np.where(staff.paired, answers.current, np.nan)
    needed = levels[0] + (answers.importance - least) / (most - least) * (levels[-1] - levels[0])
    apart = needed - paired
    both = np.where(np.isnan(apart), np.nan, needed)
    sample, rows = focus(staff.sample, inside)
    within = inside[rows]
    members = rows[within]
    q = len(staff.items)
    table = np.column_stack([apart[members], both[members], 100 * np.sign(-apart[members])])
    items = tuple(Item(str(i), {}) for i in range(3 * q))
    found = mean_of(table, sample, within, items, "discrepancy", (-np.inf, np.inf))
    assert found.influence is not None
    difference, importance = found.value[:q], found.value[q : 2 * q]
    moved = found.influence[:, :q] * importance + found.influence[:, q : 2 * q] * difference
    variance = found.inflation * np.diag(sample.covariance(np.nan_to_num(moved), finite_population=True))
    half = t_quantile(np.minimum(found.df, found.item_base[:q] - 1), level) * np.sqrt(np.maximum(variance, 0))
    value = difference * importance
    ranks = t_interval(found, level=level)
    last = slice(2 * q, 3 * q)
    ranked = Interval(ranks.value[last], np.maximum(ranks.low[last], -100), np.minimum(ranks.high[last], 100))
    return Discrepancies(Interval(value, value - half, value + half), ranked)


def position(
    signed: tuple[float | None, float | None],
    importance: tuple[float | None, float | None],
    line: float,
    *,
    holds: bool = True,
) -> tuple[str, str] | None:
    """Where an item lies by the ends of its intervals (Martilla and James 1977); None where they straddle a line.

    Parameters
    ----------
    signed, importance : (low, high)
        Ends of the intervals of required - current, and of importance.
    line : float
        The mean importance of all capabilities to everybody; the other line is a signed gap of zero.
    holds : bool
        Whether both sides hold over all capabilities at once; see `placed`.
    """
    if None in signed or None in importance or not holds:
        return None
    (gap_low, gap_high), (low, high) = signed, importance
    assert gap_low is not None
    assert gap_high is not None
    assert low is not None
    assert high is not None
    if gap_low <= 0 <= gap_high or low <= line <= high:
        return None
    return ("important" if low > line else "less important", "below" if gap_low > 0 else "met")


def placed(staff: Staff, inside: np.ndarray, line: float, shown: np.ndarray, *, level: float = 0.95) -> np.ndarray:
    """(q,) bool: whether both means lie off their lines by tests, Holm's over the capabilities that are `shown`, (q,).

    A place needs both tests, so its p-value is the larger one. t is that of Johnson (1978, JASA 73: 536), which takes
    out skewness: many a little below and few far above are common among levels.
    """
    p = np.maximum(
        _off(estimate(staff, inside, "signed"), staff.values("signed")[inside], 0.0),
        _off(estimate(staff, inside, "importance"), staff.values("importance")[inside], line),
    )
    return np.asarray(adjusted(np.where(shown, p, np.nan)) <= 1 - level)


def _off(mean: Estimate, values: np.ndarray, line: float) -> np.ndarray:
    """(q,) two-sided p-values of means (of (k, q) values) that equal a line; NaN where nothing varies."""
    assert mean.covariance is not None
    variance = mean.inflation * np.maximum(np.diag(mean.covariance), 0)
    known = np.maximum(mean.item_base, 1)
    kish = mean.item_base if mean.effective_base is None else mean.effective_base
    with np.errstate(divide="ignore", invalid="ignore"):
        around = values - mean.value
        third = np.nansum(around**3, axis=0) / known
        spread = np.nansum(around**2, axis=0) / known
        apart = mean.value - line
        moved = apart + third / (6 * spread * kish) + third / (3 * spread**2) * apart**2
        t = np.where(moved * apart > 0, np.minimum(np.abs(moved), np.abs(apart)), 0) / np.sqrt(variance)
    df = np.minimum(np.minimum(mean.df, mean.item_base - 1), kish - 1)
    p = 2 * special.stdtr(np.maximum(df, 1), -np.abs(t))
    return np.asarray(np.where((variance > 0) & (df >= 1), p, np.nan))


def importance_line(staff: Staff) -> float | None:
    """The mean importance of all capabilities to everybody; None where importance was not asked."""
    importance = estimate(staff, staff.everybody, "importance").value
    return None if np.isnan(importance).all() else float(np.nanmean(importance))
