"""Claims of comparisons: of two waves, of several, and of the groups of one wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from benchmarks.edges.claims import FOUND, REFUSED, Claims, below, misses, of_verdicts
from benchmarks.edges.lean import lean_comparison
from benchmarks.edges.surveys import Situation, answered, wave
from benchmarks.few_units_validation import minds, respondents
from benchmarks.material import study_of
from benchmarks.respondents import grouped
from obstacles.analysis.change.by_group import by_group
from obstacles.analysis.change.compare import compare
from obstacles.analysis.change.result import Change
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.subpopulation import ComparisonError
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Study, Wave

DRAWS, MOVED = 1_000, 2  # MOVED: the item that changes where one does
SIGNS = {"up": 1, "down": -1, "rising": 1, "falling": -1}


def study_of_waves(waves: Sequence[Wave], smallest: float | None = None) -> Study:
    """A study of these waves and a comparison of all of them."""
    ids = [f"w{i}" for i in range(len(waves))]
    known = [{"id": id, "file": "a.csv", "format": "rank_grid"} for id in ids]
    items = [{"id": item.id, "label": dict(item.label)} for item in waves[0].answers.items]
    compared = {"id": "c", "waves": ids} | ({} if smallest is None else {"smallest_change_of_interest": smallest})
    settings = StudySettings.model_validate(
        {
            "schema": 1,
            "study": {"title": "S", "sampling": "nonprobability"},
            "obstacles": {"item": items},
            "wave": known,
            "comparison": [compared],
        }
    )
    made = study_of(waves[0].answers, n=len(waves[0].respondents))
    named = [replace(one, id=id, settings=own) for one, id, own in zip(waves, ids, settings.wave, strict=True)]
    return replace(made, waves=tuple(named), settings=settings)


def compared(study: Study, by: str | None = None) -> Change:
    """The comparison, but for what no claim here reads; `change_validation` counts what permuted sides claim."""
    with lean_comparison(pairs=by is not None):
        return compare(study, by=by, draws=DRAWS)


def waves(rng: np.random.Generator, at: Situation, sizes: Sequence[int], moved: float = 0.0) -> Claims:
    """Waves of the same minds, or the last of which has one item moved by so much."""
    shift = np.zeros(len(at.utility))
    shift[MOVED] = moved
    last = len(sizes) - 1
    made = [wave(rng, at, n, shift if i == last else 0.0) for i, n in enumerate(sizes)]
    try:
        found = compared(study_of_waves(made))
    except (ComparisonError, ModelError):
        return {REFUSED: 1.0}
    return {REFUSED: 0.0, **_of_waves(found, shift)}


def _of_waves(found: Change, shift: np.ndarray) -> Claims:
    main, told = found.main, found.headline
    claims: Claims = {}
    verdicts: Sequence[str] = () if main.verdicts is None else main.verdicts.verdict
    if found.trend is not None:
        verdicts = found.trend.verdict
    relative = main.verdicts is not None and main.verdicts.relative
    if verdicts and not (relative and shift.any()):
        wrong, right = of_verdicts(verdicts, shift, SIGNS)
        name = "up or down" if found.trend is None else "trend"
        claims |= {name: wrong} | ({} if np.isnan(right) else {FOUND + name: right})
    if shift.any():
        return claims | ({FOUND + "list": float(told.whole)} if found.trend is None else {})
    level = main.verdicts
    if level is not None and found.trend is None:
        claims |= misses(zip(level.low, level.high, strict=True), shift)
    tests = {"list": main.homogeneity, "overall": main.overall}
    if main.scale is not None:
        tests |= {"re-ordering": main.scale.order, "scale": main.scale.scale}
    claims |= {name: below(test) for name, test in tests.items()}
    return claims | {"rank changed": float(bool(told.ranks))}


def about_the_same(rng: np.random.Generator, at: Situation, sizes: Sequence[int], x: float) -> Claims:
    """One item moved by exactly x, which is stated as the smallest change of interest: it is not about the same."""
    assert at.form == "selections"
    share = special.expit(at.utility)
    after = np.where(np.arange(len(share)) == MOVED, share + x, share)
    shift = special.logit(after) - at.utility
    made = [wave(rng, at, n, shift * i) for i, n in enumerate(sizes)]
    found = compared(study_of_waves(made, 100 * x))
    verdicts = found.main.verdicts
    assert verdicts is not None
    within = ("about the same", "changed, but less than x")
    same = [one in within for one in verdicts.verdict]
    others = np.arange(len(same)) != MOVED
    return {
        "about the same": float(same[MOVED]),
        "nothing changed by more than x": float(found.headline.kind == "within"),
        FOUND + "about the same": float(np.mean(np.array(same)[others])),
        "up or down": float(any(one in SIGNS for one, other in zip(verdicts.verdict, others, strict=True) if other)),
    }


def groups(rng: np.random.Generator, at: Situation, sizes: Sequence[int], moved: float = 0.0) -> Claims:
    """Groups of one wave that do not differ, or the first of which has one item moved by so much.

    Where respondents come in clusters, groups are made of whole ones, in turn.
    """
    design = at.units.design(rng, sum(sizes))
    n = respondents(design, sum(sizes))
    code = design["cluster"] % len(sizes) if "cluster" in design else np.repeat(np.arange(len(sizes)), sizes)
    shift = np.zeros((n, len(at.utility)))
    shift[code == 0, MOVED] = moved
    group = np.array([f"g{i}" for i in range(len(sizes))], object)[code]
    answers = answered(rng, at.form, minds(rng, at.utility, n, design) + shift)
    study = grouped(answers, {"group": group}, n=n, **design)
    claims: Claims = {}
    try:
        found = compared(study, by="group")
        verdicts = [(pair, pair.verdicts.verdict) for pair in found.pairs if pair.verdicts is not None]
        any_two = [one in SIGNS for pair, own in verdicts for i, one in enumerate(own) if not (moved and i == MOVED)]
        claims |= {"two groups differ": float(any(any_two))} if any_two else {}
        if moved:
            claims[FOUND + "two groups differ"] = float(any(own[MOVED] in SIGNS for _pair, own in verdicts))
        claims["list"] = 0.0 if moved else float(below(found.homogeneity))
    except (ComparisonError, ModelError):
        claims[REFUSED] = 1.0
    told = by_group(study, study.wave(), "group")
    if told is None:
        return claims
    cells = [(i, cell) for own in told.cells.values() for i, cell in enumerate(own)]
    claims["group differs"] = float(any(cell.holds for i, cell in cells if not (moved and i == MOVED)))
    if moved:
        claims[FOUND + "group differs"] = float(any(cell.holds for i, cell in cells if i == MOVED))
        return claims
    return claims | misses([(cell.low, cell.high) for _i, cell in cells], np.zeros(len(cells)))
