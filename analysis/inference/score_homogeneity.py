"""Do samples share their worths? The score test, for worths that need a penalty and for small samples.

Scores of the respondents are taken at the fit of all samples together. Primary units of separate samples without strata
are dealt out to the samples again and again: exact for the same distribution of answers, and Pearson's statistic for
first choices. Where that is not possible (strata, panels, units on several sides), the efficient contributions of the
units to the scores of all sides but the first have their signs flipped (Hemerik, Goeman and Finos 2020). Only the
contrasts count that the answers of all together tell of: what nobody chose on any side says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference.flips import DRAWS, EXACT, all_signs
from obstacles.analysis.inference.open_ends import informed_directions
from obstacles.analysis.inference.survey_design import sum_rows
from obstacles.analysis.inference.worth_answers import PSEUDO, WorthAnswers, fit_together

CELLS = 20_000_000  # units times draws that are worked on together, and above which there are fewer draws
FEWEST = 999
SMALLEST = 1e-10


@dataclass(frozen=True)
class ScoreTest:
    """The statistic of sides that share their worths, and how its p-value was made."""

    statistic: float
    df: int  # contrasts that the answers tell of, times the sides less one
    p: float
    draws: int
    dealt: bool  # units dealt out to the sides; else signs flipped


def score_homogeneity(
    sides: Sequence[WorthAnswers],
    units: Sequence[np.ndarray],
    *,
    separate: bool,
    copies: np.ndarray | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> ScoreTest | None:
    """Test that all sides have the same worths; None where their answers tell nothing of them together.

    Parameters
    ----------
    units : sequence of (n,) arrays
        The primary unit of every respondent of each side, numbered over all sides from 0.
    separate : bool
        Separate samples without strata: no unit is on two sides.
    copies : (u,) array, optional
        Equal primary units that each stands for.

    Raises
    ------
    analysis.inference.newton.ConvergenceError
    """
    m = sides[0].items
    reach = _joined([side.reach for side in sides])
    q = informed_directions(reach)
    if not q:
        return None
    told = [side.told for side in sides]
    pseudo = 0.0 if reach.all() else PSEUDO
    theta, _information = fit_together(told, m, start=sides[0].theta, basis=np.eye(len(sides[0].theta)), pseudo=pseudo)
    count = 1 + max(int(code.max()) for code in units)
    scores = [part.residuals(theta) for part in told]
    said = [
        np.bincount(code, np.diff(part.faced.indptr) > 0, count) > 0 for code, part in zip(units, told, strict=True)
    ]
    if separate:
        total = np.sum([sum_rows(score[:, :m], code, count) for score, code in zip(scores, units, strict=True)], axis=0)
        here = np.any(said, axis=0)
        side = np.argmax(said, axis=0)
        return _dealt(total[here], side[here], None if copies is None else copies[here], q, draws, seed)
    information = [part.likelihood.information(theta, part.total_faced) for part in told]
    inverse = np.linalg.pinv(np.sum(information, axis=0), rcond=SMALLEST, hermitian=True)
    total = np.sum([sum_rows(score, code, count) for score, code in zip(scores, units, strict=True)], axis=0)
    parts = [
        sum_rows(score, code, count)[:, :m] - (total @ (own @ inverse).T)[:, :m]
        for score, code, own in zip(scores[1:], units[1:], information[1:], strict=True)
    ]
    here = np.any(said, axis=0)
    whole = _one_by_one(np.hstack(parts)[here], None if copies is None else copies[here])
    return _flipped(whole, q * (len(sides) - 1), draws, seed)


def _joined(reaches: Sequence[np.ndarray]) -> np.ndarray:
    """(m, m) reachability in the answers of all sides together."""
    reach = np.any(reaches, axis=0)
    for _doubling in range(len(reach).bit_length()):
        reach = reach.astype(np.float32) @ reach > 0
    return np.asarray(reach)


def _dealt(score: np.ndarray, side: np.ndarray, copies: np.ndarray | None, q: int, draws: int, seed: int) -> ScoreTest:
    """Scores (u, m) of units, dealt out to the sides (u,) again and again."""
    if copies is not None:
        score, side = _one_by_one(score, copies), np.repeat(side, np.rint(copies).astype(int))
    u, sides = len(score), int(side.max()) + 1
    centred = score - score.mean(axis=0)
    turned = centred @ _inverse_root(centred.T @ centred / max(u - 1, 1), q)
    size = np.bincount(side, minlength=sides)
    draws = min(draws, max(CELLS // u, FEWEST))
    rng = np.random.default_rng(seed)
    found, reached = float(_statistics(side[None], turned, size)[0]), 1
    step = max(CELLS // (4 * u), 1)
    for start in range(0, draws, step):
        labels = rng.permuted(np.broadcast_to(side, (min(step, draws - start), u)), axis=1)
        reached += int((_statistics(labels, turned, size) >= found * (1 - 1e-9)).sum())
    return ScoreTest(found, q * (sides - 1), reached / (draws + 1), draws, dealt=True)


def _one_by_one(score: np.ndarray, copies: np.ndarray | None) -> np.ndarray:
    """Scores (u, k) of units that stand for several, each by itself."""
    if copies is None:
        return score
    return np.repeat(score / np.where(copies > 0, copies, 1)[:, None], np.rint(copies).astype(int), axis=0)


def _statistics(labels: np.ndarray, turned: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(b,) sum over sides of the squared sum of scores over the size of the side, for labels (b, u)."""
    sums = [(labels == g).astype(np.float64) @ turned for g in range(len(size))]
    return np.asarray(np.sum([(part**2).sum(axis=1) / n for part, n in zip(sums, size, strict=True) if n], axis=0))


def _flipped(u: np.ndarray, q: int, draws: int, seed: int) -> ScoreTest:
    """Contributions (u, k) of units with their signs flipped."""
    units = len(u)
    turned = u @ _inverse_root(u.T @ u, min(q, units))
    if units <= EXACT:
        found = ((all_signs(units) @ turned) ** 2).sum(axis=1)
        return ScoreTest(float(found[0]), q, float((found >= found[0] * (1 - 1e-9)).mean()), len(found), dealt=False)
    rng = np.random.default_rng(seed)
    own, reached = float((turned.sum(axis=0) ** 2).sum()), 1
    draws = min(draws, max(CELLS // units, FEWEST))
    step = max(CELLS // (4 * units), 1)
    for start in range(0, draws, step):
        signs = 2.0 * rng.integers(0, 2, (min(step, draws - start), units)) - 1
        reached += int((((signs @ turned) ** 2).sum(axis=1) >= own * (1 - 1e-9)).sum())
    return ScoreTest(own, q, reached / (draws + 1), draws, dealt=False)


def _inverse_root(spread: np.ndarray, q: int) -> np.ndarray:
    """(k, r) whose product with its transpose is the pseudo-inverse of `spread` on its q largest eigenvalues."""
    root, vectors = np.linalg.eigh(spread)
    kept = np.arange(len(root)) >= len(root) - q
    kept &= root > SMALLEST * max(float(root[-1]), 1e-300)
    return np.asarray(vectors[:, kept] / np.sqrt(root[kept]))
