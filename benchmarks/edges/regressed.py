"""Claims of regressions: terms and rows, cells of selections by group, splits of trees, classes, explained variance."""

from __future__ import annotations

import numpy as np

from benchmarks.edges.claims import FOUND, REFUSED, Claims, below
from benchmarks.edges.surveys import PATTERNS, Situation, answered
from benchmarks.few_units_validation import Units, minds, respondents
from benchmarks.respondents import grouped, model
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.kinds.drivers import Drivers
from obstacles.analysis.regression.kinds.pick_any import Association
from obstacles.analysis.regression.regress import regress
from obstacles.analysis.regression.result import Regression
from obstacles.analysis.regression.structure import Classes, Tree
from obstacles.survey.study import Study


def _region(rng: np.random.Generator, design: dict[str, np.ndarray], n: int, levels: int) -> np.ndarray:
    """(n,) codes: of whole clusters, or of respondents one by one."""
    code = design.get("cluster", np.arange(n))
    return np.asarray((rng.permutation(code.max() + 1) % levels)[code])


def _study(
    rng: np.random.Generator, at: Situation, n: int, levels: int, moved: float
) -> tuple[Study, np.ndarray, np.ndarray]:
    """A survey with a region, an age and a score; one region has the order of the items turned by `moved`."""
    design = at.units.design(rng, n)
    n = respondents(design, n)
    region = _region(rng, design, n, levels)
    utility = minds(rng, at.utility, n, design)
    utility = utility + moved * (region == 0)[:, None] * np.linspace(-1, 1, utility.shape[1])
    score = utility[:, 1] + rng.normal(size=n)
    columns = {
        "region": np.array([f"r{i}" for i in range(levels)], object)[region],
        "score": np.round(score, 6).astype(str).astype(object),
        "age": rng.integers(20, 65, n).astype(str).astype(object),
    }
    return grouped(answered(rng, at.form, utility), columns, n=n, **design), region, score


def terms(rng: np.random.Generator, kind: str, at: Situation, n: int, levels: int, moved: float = 0.0) -> Claims:
    """Does anything go with the region, where nothing does, or where one region answers otherwise?"""
    study, _region_of, _score = _study(rng, at, n, levels, moved)
    keys = {"outcome": "score"} if kind == "outcome" else {}
    try:
        found = regress(study, model(kind, "region", **keys))
    except ModelError:
        return {REFUSED: 1.0}
    assert isinstance(found, Regression | Association)
    if isinstance(found, Association):
        rows, name = [one.adjusted for one in found.shares], "cell"
    else:
        rows, name = [one.adjusted for one in found.rows if not one.small], "row"
    prefix = FOUND if moved else ""
    return {
        REFUSED: 0.0,
        prefix + "term": below(found.tests[0].test) if found.tests else 0.0,
        prefix + name: float(any(p <= 0.05 for p in rows)),
    }


def tree(
    rng: np.random.Generator, at: Situation, n: int, levels: int, moved: float = 0.0, ordered: bool = True
) -> Claims:
    """A tree by region and age."""
    study, _region_of, _score = _study(rng, at, n, levels, moved)
    formula = "region + age" if ordered else "region"
    try:
        found = regress(study, model("tree", formula, numeric=("age",) if ordered else ()))
    except ModelError:
        return {REFUSED: 1.0}
    assert isinstance(found, Tree)
    split = [node.variable for node in found.nodes if node.variable is not None]
    told: Claims = {REFUSED: 0.0}
    if moved:
        return told | {FOUND + "split": float("region" in split), "split": float("age" in split)}
    return told | {"split": float(bool(split))}


def classes(rng: np.random.Generator, at: Situation, n: int, moved: float = 0.0) -> Claims:
    """The number of latent classes, where there is one, or where half of the people have the items turned round."""
    design = at.units.design(rng, n)
    n = respondents(design, n)
    utility = minds(rng, at.utility, n, design)
    utility = utility + moved * (rng.random(n) < 0.5)[:, None] * np.linspace(-1, 1, utility.shape[1])
    study = grouped(answered(rng, at.form, utility), {}, n=n, **design)
    most = 3 if moved else 2  # three are hardly ever better than one where two are not
    try:
        found = regress(study, model("latent_classes", "", classes=most, bootstrap=0))
    except ModelError:
        return {REFUSED: 1.0}
    assert isinstance(found, Classes)
    number = len(found.classes)
    if moved:
        return {REFUSED: 0.0, FOUND + "classes": float(number == 2), "classes": float(number > 2)}
    return {REFUSED: 0.0, "classes": float(number > 1)}


def explained(rng: np.random.Generator, units: Units, n: int, terms_of: int, r_squared: float) -> Claims:
    """The interval of the explained variance of a score by equal drivers."""
    design = units.design(rng, n)
    n = respondents(design, n)
    x = rng.normal(size=(n, terms_of))
    noise = rng.normal(size=n) * np.sqrt(terms_of * (1 - r_squared) / max(r_squared, 1e-9)) if r_squared else 0.0
    score = x.sum(axis=1) + noise if r_squared else rng.normal(size=n)
    columns = {f"x{j}": x[:, j].astype(str).astype(object) for j in range(terms_of)}
    columns["score"] = np.asarray(score).astype(str).astype(object)
    answers = answered(rng, "selections", np.tile(PATTERNS["tied"][0], (n, 1)))
    names = tuple(columns)
    study = grouped(answers, columns, n=n, **design)
    asked = model("drivers", " + ".join(names[:-1]), outcome="score", numeric=names[:-1], bootstrap=20)
    try:
        found = regress(study, asked)
    except ModelError:
        return {REFUSED: 1.0}
    assert isinstance(found, Drivers)
    missed = not found.explained_low - 1e-9 <= r_squared <= found.explained_high + 1e-9
    return {REFUSED: 0.0, "interval": float(missed)}
