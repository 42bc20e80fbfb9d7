"""Plackett-Luce worths without the respondents who rank at random (see `analysis.inference.random_answers`).

The choice-set counts of uniform rankings are known: every item is chosen equally often, and every set of the same size
is faced equally often. The share q of them is taken out of the counts, and worths are the zero of what is left of the
score equations: sum of w_i [s_i(t) - q U_i(t)] = 0, U_i the mean score of a random ranking with as many places.
"""

from __future__ import annotations

from math import comb

import numpy as np

from obstacles.analysis.choice.choice_sets import (
    NEVER,
    TABLE_ITEMS,
    ChoiceCounts,
    Choices,
    all_sets,
    choice_counts,
    choices,
)
from obstacles.analysis.choice.plackett_luce_fit import WorthFit, fit_counts, refit_counts, replicate_counts, scores
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.random_answers import RandomRate
from obstacles.analysis.prepare import ModelError, Prepared, answer_weight, by_respondent
from obstacles.analysis.scores.base import Fit, respondents_behind
from obstacles.analysis.scores.worths import worth_estimate
from obstacles.survey.answers import Rankings
from obstacles.text.language import _


def corrected_luce(prepared: Prepared, answers: Rankings, rate: RandomRate) -> Fit:
    """Worths of untied rankings of the same offered items, corrected for random answers."""
    m = len(answers.items)
    if m > TABLE_ITEMS:
        message = _("random answers can be corrected in Plackett-Luce for up to {m} items.")
        raise ModelError(message.format(m=TABLE_ITEMS))
    read, weight = choices(answers.ranks, answers.offered), answer_weight(prepared)
    reach = _reach(read, m)
    raw = choice_counts(read, weight)
    uniform = _uniform(weight @ reach, m)
    try:
        with np.errstate(all="ignore"):  # without a maximum the steps run off
            fit = fit_counts(_less(raw, uniform, rate.share))
            if not np.isfinite(fit.inverse).all():
                raise ConvergenceError("")
    except (ConvergenceError, np.linalg.LinAlgError) as error:
        message = _(
            "no worths are left when {share}% of random answers are taken out: the answers cannot hold so many. "
            "Careful people may miss the anchor question, too (careful_miss of [wave.anchor])."
        )
        raise ModelError(message.format(share=f"{100 * rate.share:.1f}")) from error
    random_score = _score(uniform, fit.log_worth)
    own = scores(read, fit.log_worth) - rate.share * (reach @ _stage_scores(fit.log_worth, m))
    influence = by_respondent((own * weight[:, None]) @ fit.inverse, answers.respondent, prepared.sample.n)
    influence = influence - np.outer(rate.influence, fit.inverse @ random_score)
    estimate = worth_estimate(
        prepared,
        method="plackett-luce",
        log_worth=fit.log_worth,
        influence=influence,
        inverse=fit.inverse,
        item_base=respondents_behind(prepared, answers.offered),
        notes=(rate.note,),
        parameters=rate.parameters,
    )

    def refit(weights: np.ndarray) -> np.ndarray:
        rows = weights[:, answers.respondent] * answers.answer_counts
        return _refit(read, reach, rows, rate.refit(weights), fit)

    return Fit(estimate, refit)


def _reach(read: Choices, m: int) -> np.ndarray:
    """(n, m - 1) 1 where a ranking has a choice at this stage: places filled, the last of two or more items left."""
    filled = np.count_nonzero(read.stage != NEVER, axis=0)
    return np.asarray((filled[:, None] > np.arange(m - 1)).astype(np.float64))


def _uniform(reached: np.ndarray, m: int) -> ChoiceCounts:
    """Expected counts of uniform rankings of which `reached` (m - 1,) have a choice at each stage."""
    sets = all_sets(m)
    size = sets.sum(axis=1)
    faced = np.array([reached[m - s] / comb(m, s) if s > 1 else 0.0 for s in range(m + 1)])[size]
    return ChoiceCounts(np.full(m, reached.sum() / m), sets[size > 1], faced[size > 1])


def _less(raw: ChoiceCounts, uniform: ChoiceCounts, share: float) -> ChoiceCounts:
    """Counts without the share of uniform rankings."""
    chosen = raw.chosen - share * uniform.chosen
    sets = np.concatenate([raw.sets, uniform.sets])
    return ChoiceCounts(chosen, sets, np.concatenate([raw.faced, -share * uniform.faced]))


def _score(counts: ChoiceCounts, log_worth: np.ndarray) -> np.ndarray:
    """(m,) gradient of the log-likelihood of counts."""
    a = np.exp(log_worth - log_worth.max())
    return np.asarray(counts.chosen - a * ((counts.faced / (counts.sets @ a)) @ counts.sets))


def _stage_scores(log_worth: np.ndarray, m: int) -> np.ndarray:
    """(m - 1, m) mean score that each stage of a uniform ranking adds."""
    return np.array([_score(_uniform(stage, m), log_worth) for stage in np.eye(m - 1)])


def _refit(read: Choices, reach: np.ndarray, weights: np.ndarray, share: np.ndarray, fit: WorthFit) -> np.ndarray:
    """(b, m) corrected log-worths of many weightings (b, n), each with its own share of random answers (b,)."""
    m = len(fit.log_worth)
    chosen, faced, sets = replicate_counts(read, weights)
    reached = weights @ reach
    uniform = [_uniform(stage, m) for stage in np.eye(m - 1)]
    chance = reached @ np.array([counts.faced for counts in uniform])
    chosen = chosen - (share * reached.sum(axis=1))[:, None] / m
    faced = np.column_stack([faced, -share[:, None] * chance])
    return refit_counts(chosen, faced, np.concatenate([sets, uniform[0].sets]), fit)
