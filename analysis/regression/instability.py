"""Do the worths depend on a covariate? Parameter-instability tests on scores (Hjort and Koning 2002; Zeileis and Hornik
2007).

Scores of respondents sum to zero; where a covariate matters, the sums over part of its range drift away. For unordered
groups the squared sums of all groups are added (an LM test), for ordered groups and numbers the largest over the cut
points counts (Andrews' supLM 1993, the outer tenths trimmed). Both have their distribution under the design:
eigenvalues for the first (Rao and Scott), multipliers of primary units for the second.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.survey_design import SurveyDesign, sum_rows
from obstacles.text.language import _

TRIM = 0.1  # share of the respondents that must lie on either side of a cut point
CUTS = 30  # cut points of a number that are looked at
DRAWS = 999
CELLS = 4_000_000


def unordered(
    score: np.ndarray,
    group: np.ndarray,
    weight: np.ndarray,
    sample: SurveyDesign,
    inside: np.ndarray,
    df: float,
    name: str,
) -> Test | None:
    """Test of groups without an order; None where only one has respondents.

    Parameters
    ----------
    score : (r, p) array
        Weighted scores of the rows inside; they sum to zero.
    group : (r,) int array
    inside : (n,) bool array
        Which respondents the rows are.
    df : float
        Primary units - strata among them.
    """
    found, code = np.unique(group, return_inverse=True)
    if len(found) < 2:
        return None
    root = _whitener(score)
    if root is None:
        return None
    turned = score @ root
    share = np.bincount(code, weight) / weight.sum()
    parts = [turned * ((code == g) - share[g])[:, None] / np.sqrt(share[g]) for g in range(len(found))]
    return _rao_scott(np.concatenate(parts, axis=1), sample, inside, df, name)


def _rao_scott(moved: np.ndarray, sample: SurveyDesign, inside: np.ndarray, df: float, name: str) -> Test:
    """The squared sums of the columns against their distribution under the design."""
    statistic = float((moved.sum(axis=0) ** 2).sum())
    whole = np.zeros((sample.n, moved.shape[1]))
    whole[inside] = moved
    root = np.maximum(np.linalg.eigvalsh(sample.covariance(whole)), 0)
    total, squares = float(root.sum()), float((root**2).sum())
    first = total**2 / squares
    second = first * df
    hypothesis = _("the worths are the same along {name}").format(name=name)
    p = float(stats.f.sf(statistic / total, first, second))
    return Test("LM, Rao-Scott (F)", hypothesis, statistic / total, (first, second), p)


def ordered(
    score: np.ndarray,
    value: np.ndarray,
    weight: np.ndarray,
    sample: SurveyDesign,
    inside: np.ndarray,
    rng: np.random.Generator,
    name: str,
) -> Test | None:
    """Test of ordered groups or numbers; None where no cut leaves enough respondents on both sides."""
    cuts = cut_points(value, weight)
    root = _whitener(score)
    if not len(cuts) or root is None:
        return None
    turned = score @ root
    below = value[:, None] <= cuts
    share = weight @ below / weight.sum()
    scale = np.sqrt(share * (1 - share))
    code, stratum = sample.units
    unit = code[inside]
    p, c = turned.shape[1], len(cuts)
    moved = ((below - share) / scale)[:, :, None] * turned[:, None, :]  # (r, c, p)
    total = sum_rows(moved.reshape(len(turned), c * p), unit, len(stratum))
    statistic = float((total.sum(axis=0).reshape(c, p) ** 2).sum(axis=1).max())
    size = np.bincount(stratum, minlength=int(stratum.max()) + 1)
    mean = sum_rows(total, stratum, len(size)) / np.maximum(size, 1)[:, None]
    centred = (total - mean[stratum]) * np.sqrt(size / np.maximum(size - 1, 1))[stratum, None]
    above = 0
    step = max(CELLS // max(len(stratum), c * p), 1)
    for start in range(0, DRAWS, step):
        draws = rng.standard_normal((min(step, DRAWS - start), len(stratum))) @ centred
        above += int(((draws.reshape(-1, c, p) ** 2).sum(axis=2).max(axis=1) >= statistic).sum())
    hypothesis = _("the worths are the same along {name}").format(name=name)
    note = _("by {n} multiplier draws").format(n=DRAWS)
    return Test("supLM", hypothesis, statistic, (float(p),), (above + 1) / (DRAWS + 1), note)


def cut_points(value: np.ndarray, weight: np.ndarray, *, trim: float = TRIM, most: int = CUTS) -> np.ndarray:
    """Values at which to cut, each with at least a share `trim` of the weight on either side."""
    distinct, code = np.unique(value, return_inverse=True)
    below = np.cumsum(np.bincount(code, weight)) / weight.sum()
    cuts = distinct[(below >= trim) & (below <= 1 - trim)][: len(distinct) - 1]
    if len(cuts) <= most:
        return np.asarray(cuts)
    return np.asarray(cuts[np.unique(np.linspace(0, len(cuts) - 1, most).round().astype(int))])


def _whitener(score: np.ndarray) -> np.ndarray | None:
    """(p, p) matrix that gives the summed scores unit variance; None where they do not vary."""
    spread = score.T @ score
    root, vectors = np.linalg.eigh(spread)
    kept = root > 1e-10 * max(float(root.max(initial=0)), 1e-300)
    return np.asarray(vectors[:, kept] / np.sqrt(root[kept])) if kept.any() else None
