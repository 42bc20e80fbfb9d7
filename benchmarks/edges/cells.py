"""The cells of the table: every claim meets every edge at least once; those that were wrong before stand first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from benchmarks.edges.changed import about_the_same, groups, waves
from benchmarks.edges.claims import Claims
from benchmarks.edges.gapped import Organisation, reports
from benchmarks.edges.ranked import ranking
from benchmarks.edges.regressed import classes, explained, terms, tree
from benchmarks.edges.surveys import EQUAL, FEW, HEAVY, MANY, PLAIN, TWELVE, Situation
from benchmarks.few_units_validation import Units

LOGNORMAL = Units(30)
UNITS = {
    PLAIN: "",
    HEAVY: "weights sd 1",
    EQUAL: "10 equal clusters",
    FEW: "8 unequal clusters",
    TWELVE: "12 unequal clusters",
    MANY: "40 equal clusters",
    LOGNORMAL: "30 lognormal clusters",
}


@dataclass(frozen=True)
class Cell:
    """One row of the table: a survey drawn again and again, and what is claimed of it."""

    output: str
    edges: tuple[str, ...]
    draw: Callable[..., Claims]
    given: tuple[object, ...]

    @property
    def name(self) -> str:
        return f"{self.output}: {', '.join(self.edges)}"

    def once(self, rng: np.random.Generator) -> Claims:
        """The claims of one survey."""
        return self.draw(rng, *self.given)


def _edges(at: Situation, *others: str) -> tuple[str, ...]:
    return tuple(one for one in (at.form, at.pattern, UNITS[at.units], *others) if one)


def _sizes(sizes: tuple[int, ...]) -> str:
    return "n = " + ", ".join(map(str, sizes))


def _rankings(*rows: tuple[str, str, Units, int]) -> Iterator[Cell]:
    for form, pattern, units, n in rows:
        at = Situation(form, pattern, units)
        yield Cell("ranking", _edges(at, f"n = {n}"), ranking, (at, n))


def _waves(*rows: tuple[str, str, Units, tuple[int, ...], float]) -> Iterator[Cell]:
    for form, pattern, units, sizes, moved in rows:
        at = Situation(form, pattern, units)
        output = "two waves" if len(sizes) == 2 else "trend"
        yield Cell(output, _edges(at, _sizes(sizes), *["one item moved"] * (moved != 0)), waves, (at, sizes, moved))


def _same(*rows: tuple[str, Units, tuple[int, int], float]) -> Iterator[Cell]:
    for pattern, units, sizes, x in rows:
        at = Situation("selections", pattern, units)
        yield Cell("about the same", _edges(at, _sizes(sizes), f"moved by x = {x:g}"), about_the_same, (at, sizes, x))


def _groups(*rows: tuple[str, str, Units, tuple[int, ...], float]) -> Iterator[Cell]:
    for form, pattern, units, sizes, moved in rows:
        at = Situation(form, pattern, units)
        yield Cell("groups", _edges(at, _sizes(sizes), *["one item moved"] * (moved != 0)), groups, (at, sizes, moved))


def _gaps(*rows: tuple[str, Organisation]) -> Iterator[Cell]:
    for name, at in rows:
        chance = f"{100 * at.chance:g} % below"
        edges = (name, UNITS[at.units], chance, at.obstacles, "departments of " + ", ".join(map(str, at.sizes)))
        yield Cell("gaps", tuple(one for one in edges if one), reports, (at,))


def _terms(*rows: tuple[str, str, str, Units, int, int, float]) -> Iterator[Cell]:
    for kind, form, pattern, units, n, levels, moved in rows:
        at = Situation(form, pattern, units)
        edges = _edges(at, f"n = {n}", f"{levels} regions", *["one differs"] * (moved != 0))
        yield Cell(kind, edges, terms, (kind, at, n, levels, moved))


def _trees(*rows: tuple[str, str, Units, int, int, float]) -> Iterator[Cell]:
    for form, pattern, units, n, levels, moved in rows:
        at = Situation(form, pattern, units)
        edges = _edges(at, f"n = {n}", f"{levels} regions", *["one differs"] * (moved != 0))
        yield Cell("tree", edges, tree, (at, n, levels, moved))


def _classes(*rows: tuple[str, str, Units, int, float]) -> Iterator[Cell]:
    for form, pattern, units, n, moved in rows:
        at = Situation(form, pattern, units)
        edges = _edges(at, f"n = {n}", "two classes" if moved else "one class")
        yield Cell("latent classes", edges, classes, (at, n, moved))


def _explained(*rows: tuple[Units, int, int, float]) -> Iterator[Cell]:
    for units, n, drivers, r_squared in rows:
        edges = (UNITS[units], f"n = {n}", f"{drivers} drivers", f"R² = {r_squared:g}")
        yield Cell("drivers", tuple(one for one in edges if one), explained, (units, n, drivers, r_squared))


BALANCED = 0.3 * 1.25  # of people above, where 30 % are below: required and current are equal in the mean
CELLS: tuple[Cell, ...] = tuple(
    chain(
        _rankings(
            ("full", "tied", FEW, 100),
            ("selections", "tied", FEW, 1_000),
            ("full", "equal", PLAIN, 5),
            ("first choice", "rare", PLAIN, 12),
            ("top 3", "rare", HEAVY, 30),
            ("alike", "equal", HEAVY, 100),
        ),
        _waves(
            ("alike", "equal", HEAVY, (300, 50), 0),
            ("selections", "tied", HEAVY, (300, 40), 0),
            ("top 3", "tied", TWELVE, (240, 240), 0),
            ("selections", "tied", TWELVE, (240, 240), 0),
            ("first choice", "rare", PLAIN, (20, 20), 0),
            ("selections", "rare", PLAIN, (200, 200, 200, 200, 20), 0),
            ("alike", "equal", PLAIN, (15, 100, 100, 100, 100), 0),
        ),
        _gaps(
            ("no leader", Organisation((900, 30), 0.3, capabilities=6)),
            ("no leader", Organisation((12,), 0.3, capabilities=6)),
            ("two lead", Organisation((25,), 0.6, leaders=2, lead=0.3)),
            ("no leader", Organisation((25,), 0.9, capabilities=6)),
            ("balanced", Organisation((30,), 0.3, BALANCED)),
        ),
        _groups(
            ("selections", "tied", HEAVY, (12, 30, 100, 400), 0),
            ("selections", "rare", PLAIN, (12, 30, 100, 400), 0),
            ("alike", "equal", HEAVY, (40, 400), 0),
        ),
        _terms(
            ("selection", "selections", "tied", EQUAL, 100, 5, 0),
            ("rank_ordered_logit", "top 3", "tied", EQUAL, 100, 2, 0),
            ("severity", "ratings", "tied", HEAVY, 100, 5, 0),
            ("outcome", "selections", "tied", FEW, 100, 2, 0),
            ("pick_any", "selections", "rare", PLAIN, 100, 5, 0),
        ),
        _trees(
            ("top 3", "tied", FEW, 200, 2, 0),
            ("full", "tied", HEAVY, 100, 5, 0),
            ("first choice", "rare", PLAIN, 100, 2, 0),
        ),
        _classes(("full", "tied", FEW, 200, 0), ("top 3", "rare", HEAVY, 100, 0)),
        _rankings(
            ("ratings", "tied", HEAVY, 30),
            ("full", "dominant", PLAIN, 5),
            ("selections", "equal", PLAIN, 12),
            ("pairs", "tied", PLAIN, 30),
            ("pairs", "rare", EQUAL, 100),
            ("best-worst", "equal", PLAIN, 12),
            ("best-worst", "rare", HEAVY, 100),
            ("full", "separated", EQUAL, 100),
            ("first choice", "tied", EQUAL, 100),
            ("first choice", "dominant", PLAIN, 30),
            ("selections", "dominant", HEAVY, 100),
            ("selections", "rare", EQUAL, 100),
            ("ratings", "equal", PLAIN, 5),
            ("ratings", "separated", FEW, 100),
            ("top 3", "dominant", FEW, 100),
            ("first choice", "equal", PLAIN, 5),
            ("top 3", "equal", HEAVY, 30),
            ("full", "rare", HEAVY, 12),
            ("pairs", "equal", HEAVY, 12),
            ("pairs", "dominant", FEW, 200),
            ("best-worst", "dominant", FEW, 200),
            ("best-worst", "tied", EQUAL, 100),
            ("top 3", "tied", PLAIN, 1_000),
            ("selections", "separated", PLAIN, 1_000),
        ),
        _waves(
            ("top 3", "rare", PLAIN, (30, 30), 0),
            ("selections", "rare", PLAIN, (60, 15), 0),
            ("selections", "dominant", PLAIN, (30, 100), 0),
            ("ratings", "tied", HEAVY, (30, 30), 0),
            ("full", "equal", PLAIN, (12, 12), 0),
            ("full", "tied", PLAIN, (5, 5), 0),
            ("first choice", "dominant", HEAVY, (100, 100), 0),
            ("ratings", "tied", EQUAL, (100, 100), 0),
            ("full", "tied", LOGNORMAL, (400, 400), 0),
            ("pairs", "tied", PLAIN, (30, 30), 0),
            ("pairs", "rare", HEAVY, (100, 100), 0),
            ("best-worst", "rare", PLAIN, (30, 30), 0),
            ("best-worst", "tied", TWELVE, (240, 240), 0),
            ("ratings", "separated", PLAIN, (5, 5), 0),
            ("selections", "equal", PLAIN, (1_000, 1_000), 0),
            ("top 3", "tied", PLAIN, (1_000, 100), 0),
            ("selections", "tied", PLAIN, (200, 200), 0.8),
            ("selections", "tied", HEAVY, (200, 200), 1.0),
            ("selections", "tied", MANY, (400, 400), 0.8),
            ("ratings", "tied", PLAIN, (100, 100), 1.0),
            ("selections", "dominant", PLAIN, (15, 100, 100, 100, 300), 0),
            ("top 3", "rare", PLAIN, (100, 100, 100, 25), 0),
            ("selections", "tied", HEAVY, (60, 60, 60, 60, 60), 0),
            ("ratings", "tied", TWELVE, (120, 120, 120), 0),
            ("first choice", "tied", PLAIN, (30, 30, 30), 0),
            ("full", "separated", PLAIN, (12, 12, 12), 0),
            ("selections", "tied", PLAIN, (5, 100, 1_000), 0),
            ("selections", "tied", PLAIN, (100, 100, 100, 100), 1.2),
        ),
        _same(
            ("tied", PLAIN, (400, 60), 0.1),
            ("rare", PLAIN, (200, 40), 0.1),
            ("dominant", PLAIN, (100, 100), 0.2),
            ("tied", HEAVY, (300, 300), 0.2),
            ("tied", PLAIN, (1_000, 1_000), 0.05),
            ("tied", PLAIN, (12, 30), 0.3),
        ),
        _groups(
            ("selections", "dominant", PLAIN, (15, 400), 0),
            ("selections", "tied", EQUAL, (50, 50), 0),
            ("selections", "tied", MANY, (100, 100, 100, 100), 0),
            ("top 3", "rare", PLAIN, (30, 60, 120), 0),
            ("full", "tied", PLAIN, (12, 12, 12), 0),
            ("first choice", "rare", PLAIN, (20, 40), 0),
            ("ratings", "tied", HEAVY, (40, 40, 40), 0),
            ("ratings", "separated", PLAIN, (200, 1_000), 0),
            ("selections", "tied", PLAIN, (100, 300), 1.2),
            ("ratings", "tied", PLAIN, (60, 120), 1.5),
        ),
        _gaps(
            ("no leader", Organisation((400, 40), 0.1)),
            ("no leader", Organisation((130, 20), 0.6)),
            ("no leader", Organisation((60, 60, 60), 0.05, obstacles="top 3", pattern="rare")),
            ("no leader, ratings of obstacles", Organisation((285, 15), 0.3, obstacles="ratings")),
            ("no leader", Organisation((40, 80), 0.3, units=HEAVY)),
            ("no leader", Organisation((50, 50), 0.3, units=EQUAL)),
            ("no leader", Organisation((100,), 0.3, units=FEW)),
            ("balanced", Organisation((12,), 0.3, BALANCED)),
            ("balanced", Organisation((100, 100), 0.3, BALANCED, units=HEAVY)),
            ("balanced", Organisation((120,), 0.3, BALANCED, units=FEW)),
            ("three lead", Organisation((60, 60), 0.9, leaders=3, lead=0.09)),
            ("one leads", Organisation((60, 60), 0.3, leaders=1, lead=0.35)),
            ("no leader", Organisation((450, 450), 0.1)),
            ("everybody hidden", Organisation((5,), 0.3)),
        ),
        _terms(
            ("selection", "selections", "tied", FEW, 100, 2, 0),
            ("selection", "selections", "rare", HEAVY, 100, 5, 0),
            ("selection", "selections", "dominant", PLAIN, 30, 2, 0),
            ("rank_ordered_logit", "top 3", "tied", FEW, 100, 2, 0),
            ("rank_ordered_logit", "full", "tied", HEAVY, 100, 5, 0),
            ("rank_ordered_logit", "first choice", "rare", PLAIN, 100, 2, 0),
            ("rank_ordered_logit", "full", "separated", PLAIN, 30, 2, 0),
            ("severity", "ratings", "tied", FEW, 100, 2, 0),
            ("severity", "alike", "equal", PLAIN, 100, 5, 0),
            ("outcome", "selections", "tied", HEAVY, 100, 5, 0),
            ("outcome", "selections", "tied", EQUAL, 100, 2, 0),
            ("outcome", "selections", "tied", PLAIN, 30, 2, 0),
            ("set_choice_logit", "selections", "tied", HEAVY, 100, 5, 0),
            ("set_choice_logit", "selections", "rare", FEW, 200, 2, 0),
            ("pick_any", "selections", "tied", HEAVY, 300, 3, 0),
            ("pick_any", "selections", "tied", FEW, 200, 2, 0),
            ("selection", "selections", "tied", PLAIN, 1_000, 5, 0),
            ("selection", "selections", "tied", PLAIN, 200, 2, 0.6),
            ("rank_ordered_logit", "top 3", "tied", PLAIN, 200, 2, 0.5),
            ("severity", "ratings", "tied", PLAIN, 200, 2, 0.7),
            ("pick_any", "selections", "tied", PLAIN, 300, 3, 0.8),
        ),
        _trees(
            ("full", "separated", EQUAL, 200, 2, 0),
            ("top 3", "dominant", PLAIN, 100, 2, 0),
            ("top 3", "equal", PLAIN, 1_000, 5, 0),
            ("top 3", "tied", PLAIN, 200, 2, 0.7),
        ),
        _classes(
            ("full", "equal", PLAIN, 30, 0),
            ("first choice", "tied", PLAIN, 100, 0),
            ("full", "dominant", EQUAL, 100, 0),
            ("top 3", "tied", PLAIN, 100, 0),
            ("full", "tied", PLAIN, 200, 2.0),
        ),
        _explained((PLAIN, 60, 8, 0.2), (PLAIN, 60, 8, 0.0), (HEAVY, 200, 5, 0.3), (EQUAL, 100, 5, 0.2)),
    )
)
