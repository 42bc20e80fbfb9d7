"""The score test of homogeneity for the sides of a comparison: which units may be dealt out, and which only flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from obstacles.analysis.change.pair import Pair
from obstacles.analysis.inference.estimate import Estimate, Test
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.score_homogeneity import score_homogeneity
from obstacles.analysis.inference.worth_answers import WorthAnswers
from obstacles.analysis.subpopulation import ComparisonSide
from obstacles.text.language import _


def hypothesis_of(estimate: Estimate) -> str:
    """What it means that all sides have the same list."""
    if estimate.display_scale == "worth":
        return _("all sides have the same worths")
    return _("the differences between items are the same on all sides")


def score_test(sides: Sequence[ComparisonSide], pairs: Mapping[tuple[int, int], Pair], *, seed: int = 1) -> Test | None:
    """Test that all sides have the same worths; None for other scores, replicate weights and differing parameters."""
    answers = [side.order.answers for side in sides]
    told = [one for one in answers if isinstance(one, WorthAnswers) and one.sample.replicates is None]
    parameters = {tuple(name for name in side.order.parameters if name != "cap_hit_rate") for side in sides}
    units = _units(sides, pairs)
    if len(told) < len(sides) or len(parameters) > 1 or len({len(one.theta) for one in told}) > 1 or units is None:
        return None
    codes, separate, copies = units
    try:
        found = score_homogeneity(told, codes, separate=separate, copies=copies, seed=seed)
    except ConvergenceError:
        return None
    if found is None:
        return None
    note = _("score test, dealt out {n} times") if found.dealt else _("score test, {n} flips of signs")
    hypothesis = hypothesis_of(sides[0].order)
    return Test("homogeneity (score)", hypothesis, found.statistic, (), found.p, note.format(n=found.draws))


def _units(
    sides: Sequence[ComparisonSide], pairs: Mapping[tuple[int, int], Pair]
) -> tuple[list[np.ndarray], bool, np.ndarray | None] | None:
    """Unit of every respondent of each side, whether units may be dealt out to the sides, and how many each stands for.

    None where more than two waves share units.
    """
    samples = [side.sample for side in sides]
    if all(pair.within for pair in pairs.values()):
        sample = samples[0]
        separate = sample.cluster is None and sample.stratum is None
        return [sample.units[0]] * len(sides), separate, sample.psu_counts
    linked = [pair.linked for pair in pairs.values() if pair.linked is not None]
    if linked and len(sides) == 2:
        return list(linked[0].unit), False, None
    if linked:
        return None
    size = [len(sample.units[1]) for sample in samples]
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    codes = [sample.units[0] + first for sample, first in zip(samples, start, strict=True)]
    separate = all(sample.stratum is None for sample in samples)
    if all(sample.psu_counts is None for sample in samples):
        return codes, separate, None
    counts = [np.ones(n) if s.psu_counts is None else s.psu_counts for s, n in zip(samples, size, strict=True)]
    return codes, separate, np.concatenate(counts)
