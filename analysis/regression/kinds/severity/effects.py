"""Ratings in plain units: the expected rating, and how likely the most severe level is, by who answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from obstacles.analysis.regression.kinds.severity.items import ItemRatings, influence_of
from obstacles.analysis.regression.likelihoods.cumulative import LINKS
from obstacles.analysis.regression.likelihoods.item_effects import Shift, shifts
from obstacles.analysis.regression.model import EffectPlan, ModelData


def severity_effects(sheet: ModelData, fits: Sequence[ItemRatings]) -> tuple[EffectPlan, ...]:
    """Average effects of every variable on every item; none for items with nominal or spread terms."""
    plain = [one for one in fits if not one.nominal and not one.spread]
    influences = [influence_of(sheet, one) for one in plain]
    found: list[list[EffectPlan]] = [[] for _one in plain]
    for shift in shifts(sheet.matrix):
        for number, (one, influence) in enumerate(zip(plain, influences, strict=True)):
            found[number] += _effects(sheet, shift, one, influence)
    return tuple(plan for plans in found for plan in plans)


def _effects(sheet: ModelData, shift: Shift, one: ItemRatings, influence: np.ndarray) -> list[EffectPlan]:
    share = sheet.weight[one.rows] / sheet.weight[one.rows].sum()
    values = np.array([level.value for level in one.levels])
    each, slope = np.zeros((2, len(share))), np.zeros((2, one.data.parameters))
    for sign, x in ((1.0, shift.there[one.rows]), (-1.0, shift.here[one.rows])):
        scaled = sign / shift.distance[one.rows]
        mean, top, mean_slope, top_slope = _predicted(one, x[:, list(one.location)], values, share * scaled)
        each += np.array([mean, top]) * scaled
        slope += np.array([mean_slope, top_slope])
    plans, base = [], sheet.base(shift.variable, shift.level, one.rows)
    spread_of_scale = values[-1] - values[0]
    for place, (measure, bound) in enumerate((("mean rating", spread_of_scale), ("probability of the top level", 1.0))):
        value = float(share @ each[place])
        whole = sheet.spread((share * (each[place] - value))[:, None], one.rows) + (influence @ slope[place])[:, None]
        variance = float(sheet.given.prepared.sample.covariance(whole)[0, 0])
        if one.excess is not None:
            variance += float(slope[place] @ one.excess @ slope[place])
        bounds = (-bound, bound) if shift.level else (-np.inf, np.inf)
        place_of = (one.item.id, shift.variable, shift.level, shift.reference)
        plans.append(EffectPlan(*place_of, measure, value, variance, bounds, base))
    return plans


def _predicted(
    one: ItemRatings, x: np.ndarray, values: np.ndarray, direction: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Expected rating and probability of the top level (r,), and the slopes (P,) of their weighted sums."""
    t, place = one.data.thresholds, one.data.location
    link = LINKS[one.data.link]
    ends = one.fit.theta[:t] - (x @ one.fit.theta[place])[:, None]
    below, density = link.cdf(ends), link.pdf(ends)
    step = np.diff(values)  # the mean is the top value less the steps times the chances of staying below them
    mean, top = values[-1] - below @ step, 1 - below[:, -1]
    by_mean, by_top = np.zeros(one.data.parameters), np.zeros(one.data.parameters)
    by_mean[:t] = -(direction @ density) * step
    by_mean[place] = (direction * (density @ step)) @ x
    by_top[t - 1] = -(direction @ density[:, -1])
    by_top[place] = (direction * density[:, -1]) @ x
    return mean, top, by_mean, by_top
