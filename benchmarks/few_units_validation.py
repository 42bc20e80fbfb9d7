"""Claims under few or unequal clusters and weights, small waves and empty cells where there is nothing to claim.

    python -m benchmarks.few_units_validation              about an hour on one core
    python -m benchmarks.few_units_validation --runs 100   a quick look; the page is left alone

Nothing differs, two leaders are tied, nothing goes with the groups: each figure is the share of surveys in which a
claim was made all the same. The Monte Carlo error of 5 % in 1,000 surveys is 0.7 percentage points.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import special
from threadpoolctl import threadpool_limits

from benchmarks.change_validation import TOP, pair_of
from benchmarks.material import items_of, rankings_of, study_of
from benchmarks.page import write_tables
from benchmarks.respondents import grouped, model
from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.compare import compare
from obstacles.analysis.change.homogeneity import homogeneity, overall_level, scale_factor
from obstacles.analysis.change.items import Rules, item_changes
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.trend import trend
from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.kinds import form_of
from obstacles.analysis.prepare import prepare
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.regression.kinds.pick_any import Association
from obstacles.analysis.regression.regress import regress
from obstacles.analysis.regression.result import Regression
from obstacles.analysis.subpopulation import open_side
from obstacles.survey.answers import Answers, Rankings, Ratings
from obstacles.survey.question import Level, Scale
from obstacles.survey.study import Design, Wave

RUNS, NAME = 1_000, "claims under few or unequal units"
CUTS = np.array([-1.5, -0.5, 0.5, 1.5])
SCALE = Scale(tuple(Level(float(value), {"en": str(value)}) for value in range(1, 6)))
Claims = Mapping[str, float]


@dataclass(frozen=True)
class Units:
    """How respondents come: clusters of these parts (lognormal where a number), or weights with this spread."""

    parts: tuple[float, ...] | int | None = None
    weight: float = 0.0

    def design(self, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Fields of the design; clusters are whole, so that the respondents may be a few more or fewer."""
        if self.weight:
            return {"weight": rng.lognormal(0, self.weight, n)}
        if self.parts is None:
            return {}
        part = rng.lognormal(0, 1, self.parts) if isinstance(self.parts, int) else np.array(self.parts, float)
        size = np.maximum(np.round(n * part / part.sum()).astype(int), 2)
        return {"cluster": np.repeat(np.arange(len(size)), size)}


EIGHT, TWELVE, TEN = Units((40, 20, 10, 10, 5, 5, 5, 5)), Units((40, 20, *(4,) * 10)), Units((1,) * 10)
UNEQUAL_TEN, LOGNORMAL, HEAVY = Units((30, 20, 10, 10, 6, 6, 6, 4, 4, 4)), Units(30), Units(weight=1.0)
PLAIN = Units()


def respondents(design: Mapping[str, np.ndarray], n: int) -> int:
    return len(next(iter(design.values()), np.zeros(n)))


def minds(rng: np.random.Generator, worth: np.ndarray, n: int, design: Mapping[str, np.ndarray]) -> np.ndarray:
    """(n, m) utilities; the members of a cluster share part of theirs."""
    if "cluster" not in design:
        return np.tile(worth, (n, 1))
    code = design["cluster"]
    return np.asarray(worth + rng.normal(0, 0.5, (code.max() + 1, len(worth)))[code])


def answers_of(rng: np.random.Generator, utility: np.ndarray, form: str) -> Answers:
    n, m = utility.shape
    if form == "selections":
        return replace(rankings_of((rng.random((n, m)) < special.expit(utility)).astype(int)), selection=True)
    if form == "ratings":
        score = 1.0 + ((utility + rng.logistic(size=(n, m)))[:, :, None] > CUTS).sum(axis=2)
        return Ratings(items_of(m), score, np.zeros((n, m), bool), SCALE, np.arange(n))
    if form == "alike":
        score = rng.choice([1.0, 2.0, 5.0], p=[0.02, 0.08, 0.9], size=(n, m))
        return Ratings(items_of(m), score, np.zeros((n, m), bool), SCALE, np.arange(n))
    ranks = np.argsort(np.argsort(-(utility + rng.gumbel(size=(n, m))), axis=1), axis=1) + 1
    return rankings_of(np.where(ranks <= {"first choice": 1, "top 3": TOP}.get(form, m), ranks, 0))


def wave_of(answers: Answers, n: int, design: Mapping[str, np.ndarray]) -> Wave:
    k = int(answers.ranks.max()) if isinstance(answers, Rankings) and not answers.selection else None
    return replace(study_of(answers, n=n, k=k).wave(), design=Design(**design))  # type: ignore[arg-type]


def below(test: Test | None) -> float:
    """Whether a test says that there is something; one that is not made says nothing."""
    return float(test is not None and test.p <= 0.05)


def leaders(rng: np.random.Generator, form: str, units: Units, n: int) -> Claims:
    """Two tied leaders of four."""
    worth, design = np.array([0.4, 0.4, -0.3, -0.6]), units.design(rng, n)
    n = respondents(design, n)
    wave = wave_of(answers_of(rng, minds(rng, worth, n, design), form), n, design)
    study = study_of(wave.answers, n=n, k=wave.question.k)
    found = rank(replace(study, waves=(wave,)), draws=4_000, frequencies=False)
    apart = found.simultaneous is not None and (found.simultaneous.separated & (worth[:, None] <= worth)).any()
    return {"ranks first": found.headline.kind == "clear", "rank sets": float(apart)}


def changes(rng: np.random.Generator, form: str, units: Units, sizes: tuple[int, int]) -> Claims:
    """Two waves of the same."""
    waves, every = [], np.ones(6, bool)
    for size in sizes:
        design = units.design(rng, size)
        n = respondents(design, size)
        waves.append(wave_of(answers_of(rng, minds(rng, np.linspace(1, -1, 6), n, design), form), n, design))
    pair = pair_of(waves)
    assert pair.first.level is not None
    assert pair.second.level is not None
    items, factor = item_changes(pair, pair.first.level, pair.second.level, every, Rules()), scale_factor(pair)
    return {
        "up or down": any(verdict in ("up", "down") for verdict in items.verdict),
        "list differs": below(homogeneity([pair.first, pair.second], {(0, 1): pair}, every)),
        "overall level": below(overall_level(pair, every)),
        "re-ordering": below(None if factor is None else factor.order),
    }


def groups(rng: np.random.Generator, units: Units, sizes: tuple[int, ...]) -> Claims:
    """Groups of one wave against each other."""
    n = sum(sizes)
    answers = answers_of(rng, np.tile(np.linspace(0.5, -1.5, 6), (n, 1)), "selections")
    group = np.repeat([f"g{i}" for i in range(len(sizes))], sizes).astype(object)
    found = compare(grouped(answers, {"group": group}, n=n, **units.design(rng, n)), by="group", draws=1_000)
    verdicts = [pair.verdicts.verdict for pair in found.pairs if pair.verdicts is not None]
    return {"two groups differ": any(one in ("up", "down") for own in verdicts for one in own)}


def trends(
    rng: np.random.Generator, form: str, units: Units, sizes: tuple[int, ...], ends: tuple[float, float]
) -> Claims:
    """Waves in which nothing changes; shares of the items lie between the ends."""
    waves, worth = [], special.logit(np.linspace(*ends, 6))
    for size in sizes:
        design = units.design(rng, size)
        n = respondents(design, size)
        waves.append(wave_of(answers_of(rng, minds(rng, worth, n, design), form), n, design))
    sides = [
        open_side(str(i), one, np.ones(len(one.respondents), bool), k=TOP, whole=prepare(one, k=TOP))
        for i, one in enumerate(waves)
    ]
    names, forms = tuple(str(i) for i in range(len(waves))), tuple(form_of(one) for one in waves)
    alike = Comparability(names, sides[0].order.items, (), (), TOP, forms, {}, ())
    pairs = {(i, j): Pair(sides[i], sides[j]) for j in range(len(sides)) for i in range(j)}
    found = trend(sides, pairs, alike, Rules())
    assert found is not None
    return {"rising or falling": any(one in ("rising", "falling") for one in found.verdict)}


def cells(rng: np.random.Generator, units: Units, sizes: tuple[int, ...], ends: tuple[float, float]) -> Claims:
    """Selections of eight items by groups that do not differ."""
    n = sum(sizes)
    answers = answers_of(rng, np.tile(special.logit(np.linspace(*ends, 8)), (n, 1)), "selections")
    group = np.repeat([f"g{i}" for i in range(len(sizes))], sizes).astype(object)
    found = regress(grouped(answers, {"group": group}, n=n, **units.design(rng, n)), model("pick_any", "group"))
    assert isinstance(found, Association)
    return {"a cell": any(one.adjusted <= 0.05 for one in found.shares), "goes with": below(found.tests[0].test)}


FORMS = {"selection": "selections", "rank_ordered_logit": "top 3", "severity": "ratings", "outcome": "selections"}


def coefficients(rng: np.random.Generator, kind: str, units: Units, n: int, levels: int) -> Claims:
    """A region of whole clusters, or of respondents drawn one by one; nothing goes with it."""
    design = units.design(rng, n)
    n = respondents(design, n)
    code = design.get("cluster", np.arange(n))
    region = (rng.permutation(code.max() + 1) % levels)[code]
    utility = minds(rng, np.array([0.6, 0.1, -0.3, -0.6]), n, design)
    score = utility[:, 1] + rng.normal(size=n)
    columns = {
        "region": np.array([f"r{i}" for i in range(levels)], object)[region],
        "score": score.astype(str).astype(object),
    }
    keys = {"outcome": "score"} if kind == "outcome" else {}
    found = regress(
        grouped(answers_of(rng, utility, FORMS[kind]), columns, n=n, **design), model(kind, "region", **keys)
    )
    assert isinstance(found, Regression)
    row = any(one.adjusted <= 0.05 for one in found.rows)
    return {"goes with": below(found.tests[0].test if found.tests else None), "a row": row}


Draw = Callable[..., Claims]
CELLS: tuple[tuple[str, Draw, tuple[object, ...]], ...] = (
    *(
        (f"tied leaders, {form}, {name}, n = {n}", leaders, (form, units, n))
        for form, name, units, n in (
            ("full", "8 unequal clusters", EIGHT, 100),
            ("selections", "8 unequal clusters", EIGHT, 200),
            ("full", "8 equal clusters", Units((1,) * 8), 100),
            ("full", "weights sd 1", HEAVY, 100),
            ("selections", "weights sd 1", HEAVY, 100),
        )
    ),
    *(
        (f"two waves, {form}, {name}, n = {sizes[0]} and {sizes[1]}", changes, (form, units, sizes))
        for form, name, units, sizes in (
            ("top 3", "12 unequal clusters", TWELVE, (240, 240)),
            ("selections", "12 unequal clusters", TWELVE, (240, 240)),
            ("top 3", "30 lognormal clusters", LOGNORMAL, (400, 400)),
            ("selections", "weights sd 1", HEAVY, (300, 40)),
            ("alike", "weights sd 1", HEAVY, (300, 50)),
            ("selections", "plain", PLAIN, (100, 100)),
        )
    ),
    ("groups of 12, 30, 100, 400, weights sd 1", groups, (HEAVY, (12, 30, 100, 400))),
    ("groups of 40, 400, weights sd 1", groups, (HEAVY, (40, 400))),
    ("trend, 200 × 4 and 20, shares .03 to .1", trends, ("selections", PLAIN, (200, 200, 200, 200, 20), (0.03, 0.1))),
    ("trend, 15, 100 × 3, 300, shares .9 to .97", trends, ("selections", PLAIN, (15, 100, 100, 100, 300), (0.9, 0.97))),
    ("trend, ratings alike, 15 and 100 × 4", trends, ("alike", PLAIN, (15, 100, 100, 100, 100), (0.5, 0.5))),
    ("trend, 60 × 5, weights sd 1", trends, ("selections", HEAVY, (60,) * 5, (0.05, 0.4))),
    ("trend, 120 × 5, 12 equal clusters", trends, ("selections", Units((1,) * 12), (120,) * 5, (0.2, 0.6))),
    ("pick-any, 12, 30, 100, 400, shares .03 to .1", cells, (PLAIN, (12, 30, 100, 400), (0.03, 0.1))),
    ("pick-any, 40 × 5, shares .03 to .1", cells, (PLAIN, (40,) * 5, (0.03, 0.1))),
    ("pick-any, 100 × 3, shares .2 to .7, weights sd 1", cells, (HEAVY, (100,) * 3, (0.2, 0.7))),
    *(
        (f"{kind}, {name}, n = {n}, {levels} regions", coefficients, (kind, units, n, levels))
        for kind in FORMS
        for name, units, n, levels in (
            ("10 equal clusters", TEN, 100, 5),
            ("10 equal clusters", TEN, 100, 2),
            ("10 unequal clusters", UNEQUAL_TEN, 100, 2),
            ("weights sd 1", HEAVY, 100, 5),
        )
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.few_units_validation", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="simulated surveys of each row")
    runs = parser.parse_args().runs
    rows = ["| survey | false claims, % |", "|---|---|"]
    with threadpool_limits(1):
        for name, draw, given in CELLS:
            rng = np.random.default_rng(zlib.crc32(name.encode()))
            found = [draw(rng, *given) for _run in range(runs)]
            told = "; ".join(f"{claim} {100 * np.mean([one[claim] for one in found]):.1f}" for claim in found[0])
            rows.append(f"| {name} | {told} |")
            print(rows[-1], flush=True)
    if runs == RUNS:
        write_tables({NAME: rows}, module="benchmarks.few_units_validation")


if __name__ == "__main__":
    main()
