"""Claims of gap reports, as they stand after protection and rounding, on answers in which the truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

from benchmarks.edges.claims import FOUND, REFUSED, Claims, misses
from benchmarks.edges.surveys import PLAIN, Situation, answered
from benchmarks.few_units_validation import Units, respondents
from benchmarks.material import study_of
from obstacles.analysis.disclosure.figures import Mean, Share
from obstacles.analysis.disclosure.release import Gaps, ReleasedGroup, TooFewError, gaps
from obstacles.survey.answers import CapabilityAnswers
from obstacles.survey.question import Item, Level
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Design, Study

LEVELS = tuple(Level(float(v), {"en": str(v)}) for v in range(1, 6))
NEEDED, TWO_BELOW, SCALES = 4.0, 0.25, ("obtain", "process", "apply")
SETTINGS = {
    "schema": 1,
    "study": {"title": "S", "sampling": "nonprobability"},
    "wave": [{"id": "w", "file": "a.csv", "format": "rank_grid", "columns": {"department": "d"}}],
    "groups": {"report_by": "department"},
}


@dataclass(frozen=True)
class Organisation:
    """Departments of these sizes; every capability has the same chance of being below, but for the first ones."""

    sizes: tuple[int, ...]
    chance: float  # of being below the required level
    above: float = 0.0  # of being one level above it; elsewhere people are at it
    capabilities: int = 4
    leaders: int = 0  # capabilities that more people are below in: the first ones
    lead: float = 0.0  # how many more
    units: Units = PLAIN
    obstacles: str = "selections"
    pattern: str = "tied"

    @property
    def chances(self) -> np.ndarray:
        """(q,) chances of being below."""
        return np.asarray(self.chance + self.lead * (np.arange(self.capabilities) < self.leaders))


def organisation(rng: np.random.Generator, at: Organisation) -> Study:
    """A wave of capability answers by department; clusters, where there are some, are teams within it."""
    design = at.units.design(rng, sum(at.sizes))
    n = respondents(design, sum(at.sizes))
    code = np.repeat(np.arange(len(at.sizes)), at.sizes)[:n]
    code = np.concatenate([code, np.full(n - len(code), len(at.sizes) - 1)])
    if "cluster" in design:
        code = design["cluster"] % len(at.sizes)
    q = at.capabilities
    tilt = np.zeros(n)
    if "cluster" in design:  # colleagues are alike: their chances differ by a factor that is 1 in the mean
        tilt = rng.normal(0, 0.5, design["cluster"].max() + 1)[design["cluster"]]
    chances = special.expit(special.logit(at.chances) + tilt[:, None])
    draw = rng.random((n, q))
    two = rng.random((n, q)) < TWO_BELOW
    current = NEEDED - np.where(draw < chances, 1.0 + two, 0.0) + (draw > 1 - at.above)
    important = np.clip(np.rint(3 + (np.arange(q) % 2)[None, :] * 0.8 + rng.normal(size=(n, q))), 1, 5)
    items = tuple(Item(f"c{j}", {"en": f"Capability {j}"}, category=SCALES[j % 3]) for j in range(q))
    capability = CapabilityAnswers(
        items=items,
        levels=LEVELS,
        current=current,
        required=np.full((n, q), NEEDED),
        importance=important,
        supervisor=None,
        source=("fixed",) * q,
        rater="self",
        importance_scale=(1, 5),
    )
    at_obstacles = Situation(at.obstacles, at.pattern)
    answers = answered(rng, at.obstacles, np.tile(at_obstacles.utility, (n, 1)))
    settings = StudySettings.model_validate(SETTINGS)
    names = pd.Index([f"D{i}" for i in range(len(at.sizes))], dtype=object)
    people = pd.DataFrame({"id": np.arange(n).astype(str), "department": pd.Categorical.from_codes(code, names)})
    made = study_of(answers, n=n, k=3 if at.obstacles == "top 3" else None)
    wave = replace(
        made.wave(),
        respondents=people,
        design=Design(**design),  # type: ignore[arg-type]
        capability=capability,
        settings=settings.wave[0],
        invited=None,
    )
    return replace(made, waves=(wave,), settings=settings, path=Path("study.toml"))


def reports(rng: np.random.Generator, at: Organisation) -> Claims:
    """What the reports of one organisation claim; of departments the part of the reports that are wrong."""
    try:
        found = gaps(organisation(rng, at))
    except TooFewError:
        return {REFUSED: 1.0}
    everybody, departments = (found.whole,), found.groups
    claims: Claims = {REFUSED: 0.0}
    for name, some in (("largest gap", everybody), ("largest gap, department", departments)):
        if some:
            claims |= _largest(name, some, at.chances)
    if departments:
        claims["rest"] = _part(departments, lambda one: any(row.compared and row.compared.differs for row in one.rows))
        claims["obstacles of the rest"] = _part(
            departments, lambda one: any(row.compared and row.compared.differs for row in one.obstacles)
        )
    return claims | _means(found, at) | _intervals(found, at)


def _part(groups: Sequence[ReleasedGroup], wrong: object) -> float:
    return float(np.mean([bool(wrong(one)) for one in groups]))  # type: ignore[operator]


def _largest(name: str, groups: Sequence[ReleasedGroup], chance: np.ndarray) -> Claims:
    """Named as the largest although one that is not named is as large."""
    wrong, right = [], []
    for one in groups:
        named = np.isin(np.arange(len(chance)), one.first)
        wrong.append(bool(one.first) and chance[named].min() <= chance[~named].max())
        right.append(bool(one.first) and not wrong[-1])
    claims: Claims = {name: float(np.mean(wrong))}
    if np.ptp(chance) > 0:
        claims[FOUND + name] = float(np.mean(right))
    return claims


def _means(found: Gaps, at: Organisation) -> Claims:
    """Places on the priority map, tests of required and current, slopes and scales, where nothing is to be told."""
    claims: Claims = {}
    level = at.above == at.chance * (1 + TWO_BELOW) and not at.leaders  # required and current are equal in the mean
    if level:
        claims["priority"] = float(any(row.position is not None for row in found.whole.rows))
        tests = [one for one in found.measures.tests if one is not None]
        claims |= {"below what is required": float(any(tests))} if tests else {}
    if found.slopes:
        claims["slope"] = float(any(one.holds for one in found.slopes))
    scales = found.whole.scales
    if scales is not None and scales.shortest and not at.leaders:
        claims["shortest scale"] = float(scales.single is not None)
    return claims


def _intervals(found: Gaps, at: Organisation) -> Claims:
    """Shares below and mean shortfalls of everybody and of departments."""
    if at.units.parts is not None:
        return {}  # the chance of a whole with clusters is not that of a respondent
    claims: Claims = {}
    truths: Mapping[str, np.ndarray] = {"below": at.chances, "shortfall": at.chances * (1 + TWO_BELOW)}
    for name, truth in truths.items():
        ends: list[tuple[float | None, float | None]] = []
        for one in (found.whole, *found.groups):
            for row in one.rows:
                figure: Share | Mean = getattr(row, name)
                hidden = name == "shortfall" and row.few_below
                ends.append((None, None) if hidden else (figure.low, figure.high))
        told = misses(ends, np.tile(truth, 1 + len(found.groups)))
        claims |= {f"interval, {name}": told["interval"]} if told else {}
    return claims
