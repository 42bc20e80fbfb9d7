"""Random reports of all kinds: small and large, with items that are tied, rare or always first, that move or do not."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from obstacles.analysis.disclosure.release import TooFewError, gaps
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.subpopulation import ComparisonError
from obstacles.reports.change.build import build_change_report
from obstacles.reports.gap.build import build_gap_report
from obstacles.reports.report import Report
from obstacles.reports.research.build import build_report

FORMS = ("full", "top 3", "first choice", "selections", "ratings", "alike", "best-worst")
SIZES = (12, 20, 30, 60, 120, 300)
MOVES = (0.0, 0.0, 0.4, 0.8, 1.5)


def reported(number: int) -> list[Report]:
    """The reports of one random study; none where it is refused."""
    rng = np.random.default_rng(number)
    made = (_research, _change, _gap)[number % 3]
    try:
        return made(rng)
    except (ComparisonError, ModelError, TooFewError):
        return []


def _situation(rng: np.random.Generator) -> Any:
    surveys = importlib.import_module("benchmarks.edges.surveys")
    units = (surveys.PLAIN, surveys.PLAIN, surveys.HEAVY, surveys.EQUAL)
    form = str(rng.choice(FORMS))
    pattern = "equal" if form == "alike" else str(rng.choice(sorted(surveys.PATTERNS)))
    return surveys.Situation(form, pattern, units[rng.integers(len(units))])


def _research(rng: np.random.Generator) -> list[Report]:
    from benchmarks.edges.surveys import answered
    from benchmarks.few_units_validation import minds, respondents
    from benchmarks.respondents import grouped

    at = _situation(rng)
    design = at.units.design(rng, int(rng.choice(SIZES)))
    n = respondents(design, 0) if design else int(rng.choice(SIZES))
    region = rng.integers(0, int(rng.integers(2, 4)), n)
    utility = minds(rng, at.utility, n, design) + (region == 0)[:, None] * rng.choice(MOVES) * np.linspace(-1, 1, 6)
    groups = {"region": np.array(["North", "South", "West"], object)[region]}
    return [build_report(grouped(answered(rng, at.form, utility), groups, n=n, **design))]


def _change(rng: np.random.Generator) -> list[Report]:
    from benchmarks.edges.changed import study_of_waves
    from benchmarks.edges.surveys import wave

    at, moved = _situation(rng), np.zeros(6)
    moved[rng.integers(0, 6, int(rng.integers(1, 4)))] = rng.choice((-1, 1)) * rng.choice(MOVES)
    shift = moved + rng.choice((0.0, 0.0, 0.5)) * (at.form in ("selections", "ratings"))
    sizes = rng.choice(SIZES, int(rng.integers(2, 5)))
    waves = [wave(rng, at, int(n), shift * i / (len(sizes) - 1)) for i, n in enumerate(sizes)]
    smallest = rng.choice((None, 0.05, 10.0, 30.0)) if at.form == "selections" else None
    return [build_change_report(study_of_waves(waves, smallest))]


def _gap(rng: np.random.Generator) -> list[Report]:
    from benchmarks.edges import gapped, surveys

    sizes = tuple(int(n) for n in rng.choice((12, 25, 60, 120, 300), int(rng.integers(1, 4))))
    chance = float(rng.choice((0.05, 0.3, 0.6)))
    at = gapped.Organisation(
        sizes,
        chance,
        above=float(rng.choice((0.0, 0.2, 0.35))),
        leaders=int(rng.integers(0, 3)),
        lead=float(rng.choice((0.1, 0.35))),
        units=(surveys.PLAIN, surveys.HEAVY)[rng.integers(2)],
        obstacles=str(rng.choice(("selections", "top 3", "ratings"))),
    )
    study = gapped.organisation(rng, at)
    found = gaps(study)
    return [build_gap_report(study, found, one.name) for one in (found.whole, *found.groups)]
