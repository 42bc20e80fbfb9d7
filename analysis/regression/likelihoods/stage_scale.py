"""Are later places noisier? Rankings whose utilities are stretched by a scale of their own at each place.

P(choice at place s) is proportional to exp(lambda_s V), lambda_1 = 1 (Hausman and Ruud 1987; Fok, Paap and van Dijk
2012). A lambda_s below 1 says that the s-th place was filled less by the covariates and worths and more at random; the
plain rank-ordered logit takes all of them to be 1.
"""

from __future__ import annotations

import numpy as np

from obstacles.analysis.choice.choice_sets import NEVER, stages
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.wald import wald
from obstacles.analysis.prepare import by_respondent
from obstacles.analysis.regression.likelihoods.base import Likelihood, Part, pair_index
from obstacles.analysis.regression.likelihoods.item_logit import ItemFit, Predictor, fit_items, item_scores
from obstacles.analysis.regression.model import ModelData
from obstacles.analysis.regression.result import Check
from obstacles.text.language import _, commas

MOST_PLACES = 6  # scales of the places from here on are one


def scaled(ranks: np.ndarray, offered: np.ndarray) -> Likelihood:
    """Rankings without ties whose extra parameters are the logarithms of the scales of the places after the first."""
    n, m = ranks.shape
    stage = stages(ranks)
    valid = np.minimum(np.count_nonzero(stage != NEVER, axis=0), np.count_nonzero(offered, axis=1) - 1)
    depth = int(valid.max(initial=0))
    scales = min(depth, MOST_PLACES) - 1
    k = m + max(scales, 0)
    first, then = pair_index(k)

    def evaluate(rows: slice, utility: np.ndarray, second: bool) -> Part:
        place, asked, r = stage[:, rows], offered[rows].T, utility.shape[1]
        value, gradient = np.zeros(r), np.zeros((k, r))
        curvature = np.zeros((len(first), r)) if second else None
        for now in range(depth):
            here = valid[rows] > now
            own = None if now == 0 else m + min(now, scales) - 1
            scale = 1.0 if own is None else np.exp(utility[own])
            left = asked & (place >= now)
            u = np.where(left, scale * utility[:m], -np.inf)
            top = np.where(here, u.max(axis=0), 0.0)
            e = np.exp(np.where(left, u - top, -np.inf))
            total = np.where(here, e.sum(axis=0), 1.0)
            p = np.where(here, e / total, 0.0)
            chosen = (place == now) & here
            u = np.where(left, u, 0.0)
            mean = (p * u).sum(axis=0)
            surprise = np.where(chosen, u, 0.0).sum(axis=0) - mean
            value += np.where(here, surprise + mean - top - np.log(total), 0)
            gradient[:m] += scale * (chosen - p)
            if own is not None:
                gradient[own] += surprise
            if curvature is None:
                continue
            whole = np.zeros((k, k, r))
            whole[:m, :m] = -(scale**2) * p[:, None] * p[None]
            whole[range(m), range(m)] += scale**2 * p
            if own is not None:
                whole[:m, own] = scale * p * (u - mean) - scale * (chosen - p)
                whole[own, own] = (p * (u - mean) ** 2).sum(axis=0) - surprise
            curvature += whole[first, then]
        return Part(value, gradient, curvature)

    return Likelihood(
        m, n, evaluate, tuple(f"log_scale_{place}" for place in range(2, scales + 2)), tile=512, gradients_first=True
    )


def scale_check(
    sheet: ModelData,
    ranks: np.ndarray,
    offered: np.ndarray,
    predictor: Predictor,
    weight: np.ndarray,
    fit: ItemFit,
    respondent: np.ndarray,
) -> Check | None:
    """Test that every place has the same scale; None where there is a single place to compare."""
    likelihood = scaled(ranks, offered)
    s = len(likelihood.extra)
    if not s:
        return None
    m = likelihood.items
    name = _("same scale at every place")
    try:
        wide = wider(predictor, m, s)
        found = fit_items(likelihood, wide, weight, start=_start(predictor, fit.theta, s))
    except ConvergenceError:
        text = _("Whether later places are noisier could not be estimated.")
        return Check(name, "", None, text)
    p = predictor.basis.shape[1]
    place = np.arange(p, p + s)
    influence = item_scores(likelihood, wide, found.theta, found.inverse[:, place], weight)
    sample = sheet.given.prepared.sample
    covariance = sample.covariance(by_respondent(influence, respondent, sample.n))
    test = wald(
        "Wald (F)", _("every place has the same scale"), found.theta[place], covariance, [covariance], [sheet.df]
    )
    scales = commas(f"{value:.2f}" for value in np.exp(found.theta[place]))
    return _verdict(name, scales, test, float(np.exp(found.theta[place]).min()))


def _verdict(name: str, scales: str, test: Test | None, least: float) -> Check:
    if test is None:
        return Check(name, "", None, _("Scales of the places from the second on: {scales}.").format(scales=scales))
    if test.p > 0.05:
        message = _("No sign that later places were filled otherwise than the first (scales {scales}).")
        return Check(name, "", True, message.format(scales=scales), test)
    if least < 1:
        message = _(
            "Later places were filled with another consistency than the first (scales {scales}, 1 for the first): the "
            "coefficients average over the places."
        )
    else:
        message = _("Later places follow the model more closely than the first (scales {scales}, 1 for the first).")
    return Check(name, "", False, message.format(scales=scales), test)


def wider(predictor: Predictor, m: int, extra: int) -> Predictor:
    """The predictor with `extra` constants behind the m utilities of each row."""
    q, p = predictor.x.shape[1], predictor.basis.shape[1]
    basis = np.zeros((q, m + extra, p + extra))
    basis[:, :m, :p] = predictor.basis.reshape(q, m, p)
    basis[0, m:, p:] = np.eye(extra)
    held = None if predictor.penalised is None else _with_gap(predictor.penalised, p, extra)
    return Predictor(predictor.x, basis.reshape(q * (m + extra), p + extra), predictor.z, held)


def _with_gap(held: np.ndarray, p: int, extra: int) -> np.ndarray:
    return np.asarray(np.concatenate([held[:, :p], np.zeros((len(held), extra)), held[:, p:]], axis=1))


def _start(predictor: Predictor, theta: np.ndarray, extra: int) -> np.ndarray:
    p = predictor.basis.shape[1]
    return np.concatenate([theta[:p], np.zeros(extra), theta[p:]])
