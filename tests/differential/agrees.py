"""One random study by the package and by the slow reference: `faults(number)` says where the two part.

Every score that applies is fitted, with all warnings as errors; what is said of it must also agree with itself.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from differential import slow
from differential.contradictions import in_change, in_ranking
from differential.drawn import answers_of, design_of
from scipy import special, stats

from obstacles.analysis.change.compare import compare
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.kinds.base import rows
from obstacles.analysis.prepare import ModelError, Prepared, prepare
from obstacles.analysis.ranking.rank import TOP, rank
from obstacles.analysis.ranking.result import Ranking
from obstacles.analysis.scores import SCORES
from obstacles.survey.answers import BestWorst, Rankings, Ratings

MOST_FLIPPED = 8  # primary units up to which the reference makes every flip
EXPECTED = (
    "No answer compares",
    "offered to nobody",
    "only one item",
    "says nothing",
    "say nothing",
    "is tied",
    "none",
)

Make = Callable[..., Any]


def study_of(number: int, wave: Make, waves: Make) -> tuple[str, Any]:
    """The kind of answers and the study of that number; its design never has a stratum of one unit."""
    rng = np.random.default_rng(number)
    kind, answers, question = answers_of(rng)
    n = int(answers.respondent.max()) + 1
    return kind, waves([wave(answers, question=question, design=design_of(rng, n))])


def faults(number: int, wave: Make, waves: Make) -> Iterator[str]:
    """Every disagreement and every crash of the study of that number, in words."""
    kind, study = study_of(number, wave, waves)
    answers, question = study.waves[0].answers, study.waves[0].question
    prepared = prepare(study.waves[0], k=min(TOP, len(answers.items)))
    for score in SCORES:
        where = f"{number} ({kind}, {len(answers.items)} items): {score}"
        if SCORES[score].reason_not_applicable(answers, question, prepared.k):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = rank(study, model=score, k=prepared.k, frequencies=False)
                json.dumps(found.to_dict(), allow_nan=False)
                found.pairs()
        except ModelError as error:
            yield from (f"{where}: {fault}" for fault in _wrongly_refused(str(error), score, prepared))
            continue
        except Exception as error:  # what is looked for
            yield f"{where}: {type(error).__name__}: {error}"
            continue
        for fault in (*in_ranking(found), *_apart(found, score, prepared)):
            yield f"{where}: {fault}"


def faults_of_changes(number: int, wave: Make, waves: Make) -> Iterator[str]:
    """Every contradiction and crash of a comparison of two or three waves, or of the groups of one, of that number."""
    rng = np.random.default_rng(number)
    kind, first, question = answers_of(rng)
    made = []
    for place in range(int(rng.integers(2, 4))):
        answers = first if not place else answers_of(rng, kind=kind, items=len(first.items))[1]
        n = int(answers.respondent.max()) + 1
        groups = {"g": rng.choice(["a", "b", "c"][: rng.integers(2, 4)], n)}
        made.append(wave(answers, question=question, design=design_of(rng, n), groups=groups))
    stated = {"smallest_change_of_interest": 0.05} if rng.random() < 0.3 else None
    study = waves(made, comparison=stated if kind in ("top", "first", "full", "selection") else None)
    for by in (None, "g"):
        where = f"{number} ({kind}, {len(first.items)} items): " + ("waves" if by is None else "groups")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = compare(study, by=by, waves=None if by is None else ("w1",), draws=500)
                json.dumps(found.to_dict(), allow_nan=False)
        except ModelError as error:
            if "did not converge" in str(error) or "singular" in str(error):
                yield f"{where}: refused: {error}"
            continue
        except Exception as error:  # what is looked for
            yield f"{where}: {type(error).__name__}: {error}"
            continue
        yield from (f"{where}: {fault}" for fault in in_change(found))


# ---------- what the reference says ----------------------------------------------------------------------------------


def _wrongly_refused(message: str, score: str, prepared: Prepared) -> Iterator[str]:
    if "did not converge" in message or "singular" in message:
        choices = _choices(score, prepared)
        if choices is None or not slow.runs_off(choices, len(prepared.answers.items), held=True):
            yield f"refused: {message}"


def _choices(score: str, prepared: Prepared) -> list[slow.Choice] | None:
    answers = prepared.answers
    if score == "plackett-luce" and isinstance(answers, Rankings):
        ranked = answers.ranks
        tied = any(len(set(row[row > 0])) < (row > 0).sum() for row in ranked)
        return slow.tied_choices(answers) if tied else slow.ranking_choices(answers)
    if score == "bradley-terry":
        return slow.pair_choices(answers)
    if isinstance(answers, BestWorst) and score.startswith("maxdiff"):
        return slow.best_worst_choices(answers, score)
    if score in ("set-choice", "set-choice-all"):
        return slow.set_choices(answers, prepared.question.max_choices if score == "set-choice" else None)
    return None


def _said(score: str, prepared: Prepared) -> tuple[np.ndarray, np.ndarray] | None:
    """(n, m) what each respondent says of each item, larger = larger obstacle, and whether anything."""
    answers, k = prepared.answers, prepared.question.k
    if isinstance(answers, Ratings):
        scale = {"rii": 1 / answers.scale.high}.get(score, 1.0)
        known = ~np.isnan(answers.scores)
        return (np.nan_to_num(answers.scores) * scale, known) if score in ("mean-severity", "rii", "points") else None
    if isinstance(answers, BestWorst) or len(answers.ranks) != prepared.sample.n:
        return None
    said = np.zeros(answers.ranks.shape)
    for row, ranks in zip(said, answers.ranks, strict=True):
        ranked = ranks > 0
        middle = np.array([((ranks < r) & ranked).sum() + ((ranks == r).sum() + 1) / 2 for r in ranks])
        if score == "first-choice" and ranked.any():
            row[:] = (ranks == ranks[ranked].min()) / (ranks == ranks[ranked].min()).sum()
        elif score == "share":
            row[:] = ranked
        elif score == "top-k":
            row[:] = ranked & (ranks <= prepared.k)
        elif score == "mean-rank":
            row[:] = -middle
        elif score == "borda":
            row[:] = np.where(ranked, (k or len(ranks)) + 1 - middle, 0)
    return (said, answers.offered) if score in ("first-choice", "share", "top-k", "mean-rank", "borda") else None


def _apart(found: Ranking, score: str, prepared: Prepared) -> Iterator[str]:
    """Where the package and the reference differ by more than rounding."""
    estimate, choices, said = found.estimate, _choices(score, prepared), _said(score, prepared)
    if said is not None:
        value, cov = slow.means(*said, prepared.sample)
        yield from _differs("mean", estimate.value, value, 1e-9)
        yield from _differs(
            "covariance", estimate.covariance, np.where(np.isnan(np.add.outer(value, value)), np.nan, cov)
        )
        yield from _winner(found, prepared, _of_means(*said, prepared.sample))
    elif choices:
        m = len(estimate.value)
        tie = _ghost_tie(choices, m) if score == "plackett-luce" else None
        try:
            used = _used(score, prepared)
            own = slow.worths(choices, slow.beats_of(used), used.respondent, prepared.sample, tie=tie)
        except (ArithmeticError, ConvergenceError):
            return  # even the reference finds no maximum: an order effect that runs off
        if bool(estimate.penalty) != own.penalised:
            yield f"penalty {estimate.penalty}, by the linear program {own.penalised}"
            return
        yield from _differs("log-worth", estimate.value, own.log_worth, 1e-5)
        yield from _differs("covariance of worths", estimate.covariance, own.covariance, 1e-4)
        yield from _interval(found)
        if tie is None and choices[0].features.shape[1] == m:
            yield from _winner(found, prepared, _of_worths(choices, prepared.sample, m))


def _used(score: str, prepared: Prepared) -> Any:
    """The answers of which the score makes use."""
    answers, cap = prepared.answers, prepared.question.max_choices
    if score == "bradley-terry":
        return rows(answers, (answers.ranks > 0).any(axis=1))
    if not score.startswith("set-choice"):
        return answers
    size = (answers.ranks > 0).sum(axis=1)
    used = (size > 0) & (size < answers.offered.sum(axis=1))
    return rows(answers, used & (size < cap) if cap and score == "set-choice" else used)


def _ghost_tie(choices: list[slow.Choice], m: int) -> int | None:
    """The parameter of ties of two, where single items and twos are chosen."""
    sizes = {round(1 / row[:m].max()) for c in choices for row in c.features}
    return m + sorted(sizes).index(2) - 1 if {1, 2} <= sizes else None


def _differs(what: str, own: Any, reference: np.ndarray, tolerance: float = 1e-7) -> Iterator[str]:
    if own is None or own.shape != reference.shape or (np.isnan(own) != np.isnan(reference)).any():
        yield f"{what}: {own} against {reference}"
        return
    size = max(float(np.nanmax(np.abs(reference), initial=0.0)), 1e-6)
    apart = float(np.nanmax(np.abs(own - reference), initial=0.0)) / size
    if apart > tolerance:
        yield f"{what}: apart by {apart:.2e}"


def _interval(found: Ranking) -> Iterator[str]:
    """The ends of worths without a penalty: t on the logit scale."""
    estimate, shown = found.estimate, found.shown
    if estimate.penalty or estimate.df < 1 or estimate.interval_covariance is None or np.isnan(shown.low).any():
        return
    p = special.softmax(estimate.value)
    slope = np.eye(len(p)) - p
    error = np.sqrt(np.einsum("ij,jk,ik->i", slope, estimate.interval_covariance, slope).clip(0))
    df = np.maximum(np.minimum(estimate.df, estimate.item_base - 1), 1)
    half = stats.t.ppf(0.5 + found.level / 2, df) * np.sqrt(estimate.inflation) * error / (1 - p)
    for end, own in ((special.logit(p) - half, shown.low), (special.logit(p) + half, shown.high)):
        yield from _differs("interval", own, special.expit(end), 1e-6)


# ---------- sign flips -----------------------------------------------------------------------------------------------

Pair = Callable[[int, int], tuple[np.ndarray, float]]


def _of_means(said: np.ndarray, asked: np.ndarray, sample: Any) -> Pair | None:
    if not asked.all() or slow.unit_sums(said, sample).__len__() > MOST_FLIPPED:
        return None
    return lambda j, k: (
        np.array([x[0] for x in slow.unit_sums((sample.weight * (said[:, j] - said[:, k]))[:, None], sample).values()]),
        1.0,
    )


def _of_worths(choices: list[slow.Choice], sample: Any, m: int) -> Pair | None:
    there = sorted({c.who for c in choices})
    if len(slow.unit_sums(np.zeros((sample.n, 1)), sample)) > MOST_FLIPPED or len(there) < 2:
        return None
    return lambda j, k: slow.pair_contributions(choices, sample, m, j, k, tie=None)


def _winner(found: Ranking, prepared: Prepared, pair: Pair | None) -> Iterator[str]:
    """The winner test by flipping every sign, where the package says that it flipped."""
    test = found.headline.winner_test
    if pair is None or test is None or "flips" not in test.note:
        return
    value = found.estimate.value
    first = int(np.argmax(value))
    others = [j for j in range(len(value)) if j != first and not np.isnan(value[j])]
    if max(value[j] for j in others) >= value[first] - 1e-9:
        return  # a shared first place: which of them is asked is a matter of order
    p = min(1.0, 2 * max(slow.flips_p(*pair(first, j)) for j in others))
    if abs(p - test.p) > 1e-9:
        yield f"winner by flips: p = {test.p:.5f}, by the reference {p:.5f}"
