"""Do the tests and verdicts on changes hold their levels? Simulated pairs of waves, and tables in docs/validation.md.

    python -m benchmarks.change_validation              about 12 minutes on one core
    python -m benchmarks.change_validation --runs 100   a quick look; the page is left alone

Each row is a way to draw two (or three) waves; each cell the share of pairs in which a statement was made, seeded by
the row's own name. The Monte Carlo error of 5 % in 2,000 pairs is 0.5 percentage points.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import simulate
from benchmarks.material import rankings_of, study_of
from benchmarks.page import write_tables
from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.composition import composition
from obstacles.analysis.change.homogeneity import homogeneity, overall_level, scale_factor
from obstacles.analysis.change.items import Rules, corrected_together, item_changes
from obstacles.analysis.change.order import order_agreement, order_of, permutation_of_tau, rank_changes
from obstacles.analysis.change.overlapping_psus import link
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.trend import trend
from obstacles.analysis.kinds import form_of
from obstacles.analysis.prepare import prepare
from obstacles.analysis.subpopulation import ComparisonSide, open_side
from obstacles.survey.study import Design, Wave

RUNS, LARGE, M, TOP = 2_000, 400_000, simulate.M, 3
NEAR, APART = simulate.PATTERNS["near-ties"], simulate.PATTERNS["separated"]
ALL = np.ones(M, bool)
Draw = Callable[[np.random.Generator, int], list[Wave]]


# ---------- waves -----------------------------------------------------------------------------------------------


def _wave(ranks: np.ndarray, *, k: int | None = None, selection: bool = False, **design: np.ndarray) -> Wave:
    answers = replace(rankings_of(ranks.astype(np.int16)), selection=selection)
    made = study_of(answers, n=len(ranks), k=k).wave()
    return replace(made, design=Design(**design))  # type: ignore[arg-type]


def _top(score: np.ndarray) -> np.ndarray:
    ranks = np.argsort(np.argsort(-score, axis=1), axis=1) + 1
    return np.asarray(np.where(ranks <= TOP, ranks, 0))


def top_three(rng: np.random.Generator, n: int, waves: int = 2) -> list[Wave]:
    return [_wave(_top(rng.gumbel(size=(n, M)) + APART), k=TOP) for _one in range(waves)]


def three_waves(rng: np.random.Generator, n: int) -> list[Wave]:
    return top_three(rng, n, 3)


def unequal_sizes(rng: np.random.Generator, n: int) -> list[Wave]:
    return [_wave(_top(rng.gumbel(size=(size, M)) + APART), k=TOP) for size in (n, 4 * n)]


def noisier(rng: np.random.Generator, n: int) -> list[Wave]:
    """The second wave is half as sharp: the same order, another scale."""
    return [_wave(_top(rng.gumbel(size=(n, M)) + factor * APART), k=TOP) for factor in (1.0, 0.5)]


def weighted(rng: np.random.Generator, n: int) -> list[Wave]:
    return [_wave(_top(rng.gumbel(size=(n, M)) + APART), k=TOP, weight=rng.lognormal(0, 0.8, n)) for _one in range(2)]


def clustered(rng: np.random.Generator, n: int, size: int = 10) -> list[Wave]:
    """Respondents of a cluster share part of their mind."""
    found = []
    for _one in range(2):
        cluster = np.arange(n) // size
        shared = rng.normal(0, 0.7, (cluster[-1] + 1, M))[cluster]
        found.append(_wave(_top(rng.gumbel(size=(n, M)) + APART + shared), k=TOP, cluster=cluster))
    return found


def weighted_clusters(rng: np.random.Generator, n: int) -> list[Wave]:
    """Strata, clusters and weights at once; clusters differ in size."""
    found = []
    for _one in range(2):
        cluster = np.sort(rng.integers(0, n // 10, n))
        shared = rng.normal(0, 0.5, (n // 10, M))[cluster]
        design = {"cluster": cluster, "stratum": cluster % 3, "weight": rng.lognormal(0, 0.5, n)}
        found.append(_wave(_top(rng.gumbel(size=(n, M)) + APART + shared), k=TOP, **design))
    return found


def few_clusters(rng: np.random.Generator, n: int) -> list[Wave]:
    return clustered(rng, n, size=n // 12)


def one_of_few_clusters(rng: np.random.Generator, n: int, clusters: int = 12) -> list[Wave]:
    """A wave of few clusters against as many people of as many minds, drawn one by one."""
    mind = rng.normal(0, 0.7, (n, M))
    return [clustered(rng, n, n // clusters)[0], _wave(_top(rng.gumbel(size=(n, M)) + APART + mind), k=TOP)]


def one_of_six_clusters(rng: np.random.Generator, n: int) -> list[Wave]:
    return one_of_few_clusters(rng, n, 6)


def panel(rng: np.random.Generator, n: int) -> list[Wave]:
    """Two thirds answer both waves and keep most of their mind."""
    people = n + n // 3
    mind = rng.normal(0, 1.5, (people, M)) + APART
    found = []
    for start in (0, n // 3):
        score = mind[start : start + n] + rng.gumbel(size=(n, M))
        ids = np.array([str(i) for i in range(start, start + n)], object)
        found.append(replace(_wave(_top(score), k=TOP), panel=ids))
    return found


def selections(rng: np.random.Generator, n: int) -> list[Wave]:
    found = []
    for _one in range(2):
        line = rng.normal(-0.8, 1, (n, 1))
        found.append(_wave(rng.random((n, M)) < 1 / (1 + np.exp(-(APART + line))), selection=True))
    return found


def ratings(rng: np.random.Generator, n: int) -> list[Wave]:
    return [simulate.ratings(rng, n, APART).wave() for _one in range(2)]


def alike_ratings(rng: np.random.Generator, n: int) -> list[Wave]:
    """Nine in ten give the same answer, and the second wave is a quarter of the first."""
    found = []
    for size in (n, n // 4):
        made = simulate.ratings(rng, size, APART).wave()
        scores = rng.choice([1.0, 2.0, 5.0], p=[0.02, 0.08, 0.9], size=(size, M))
        found.append(replace(made, answers=replace(made.answers, scores=scores)))  # type: ignore[type-var]
    return found


def ratings_in_clusters(rng: np.random.Generator, n: int) -> list[Wave]:
    found = []
    for _one in range(2):
        cluster = np.arange(n) // 10
        made = simulate.ratings(rng, n, APART).wave()
        shared = np.round(rng.normal(0, 0.7, (cluster[-1] + 1, 1)))[cluster]
        answers = replace(made.answers, scores=np.clip(made.answers.scores + shared, 1, 5))  # type: ignore[union-attr, type-var]
        found.append(replace(made, answers=answers, design=Design(cluster=cluster)))
    return found


SAME: tuple[tuple[str, Draw, int], ...] = (
    ("top 3 of 6", top_three, 50),
    ("top 3 of 6", top_three, 100),
    ("top 3 of 6", top_three, 325),
    ("top 3 of 6, n and 4 n", unequal_sizes, 50),
    ("weights, lognormal with sd 0.8", weighted, 100),
    ("weights, lognormal with sd 0.8", weighted, 325),
    ("clusters of 10", clustered, 325),
    ("12 clusters in each wave", few_clusters, 324),
    ("12 clusters against a plain sample", one_of_few_clusters, 324),
    ("6 clusters against a plain sample", one_of_six_clusters, 324),
    ("strata, clusters and weights", weighted_clusters, 325),
    ("panel, two thirds the same people", panel, 150),
    ("selections", selections, 100),
    ("selections", selections, 325),
    ("ratings 1 to 5", ratings, 100),
    ("ratings 1 to 5, clusters of 10", ratings_in_clusters, 325),
    ("ratings, nine in ten alike, n and n / 4", alike_ratings, 200),
)


# ---------- looking at two waves --------------------------------------------------------------------------------


def _side(place: int, wave: Wave) -> ComparisonSide:
    everybody = np.ones(len(wave.respondents), bool)
    return open_side(str(place), wave, everybody, k=TOP, whole=prepare(wave, k=TOP))


def pair_of(waves: list[Wave]) -> Pair:
    first, second = (_side(i, wave) for i, wave in enumerate(waves))
    panel = waves[0].panel is not None
    return Pair(first, second, link(waves, [first.sample, second.sample], panel=panel) if panel else None)


@dataclass(frozen=True)
class Outcome:
    """1 where a statement was made, 0 where not, NaN where it is not offered."""

    any_item: float  # some item went up or down
    any_worth: float  # the same of worths, relative to the rest
    list: float  # the whole list differs
    any_claim: float  # either
    order: float  # re-ordering beyond a common factor
    scale: float  # another factor
    overall: float  # the mean over the items moved
    permutation: float
    tau: float  # the interval of Kendall's tau misses the truth
    rank: float  # some rank changed for certain


def look(waves: list[Wave], seed: int, truth: float, *, permute: bool) -> Outcome:
    pair = pair_of(waves)
    first, second = pair.first, pair.second
    assert first.level is not None
    assert second.level is not None
    items = item_changes(pair, first.level, second.level, ALL, Rules())
    worths = (
        item_changes(pair, first.order, second.order, ALL, Rules()) if first.order.display_scale == "worth" else None
    )
    whole, factor = homogeneity([first, second], {(0, 1): pair}, ALL), scale_factor(pair)
    sets = [order_of(side, level=0.95, seed=seed, draws=4_000) for side in (first, second)]
    ranks = rank_changes(sets[0], sets[1], level=0.95)
    tau = order_agreement(first, second, ranks, depth=3)
    moved = _moved(items.verdict)
    listed = _below(whole)
    return Outcome(
        any_item=moved,
        any_worth=_moved(worths.verdict) if worths is not None else np.nan,
        list=listed,
        any_claim=max(moved, listed),
        order=_below(factor.order) if factor is not None else np.nan,
        scale=_below(factor.scale) if factor is not None else np.nan,
        overall=_below(overall_level(pair, ALL)),
        permutation=_below(permutation_of_tau([first, second], seed=seed, permutations=199)) if permute else np.nan,
        tau=np.nan if tau.low is None or tau.high is None else float(not tau.low <= truth <= tau.high),
        rank=float(ranks.certain.any()) if sets[0].sets is not None else np.nan,
    )


def _moved(verdict: tuple[str, ...]) -> float:
    return float(any(one in ("up", "down") for one in verdict))


def _below(test: object) -> float:
    return np.nan if test is None else float(test.p <= 0.05)  # type: ignore[attr-defined]


def _rng(*name: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(" ".join(map(str, name)).encode()))


def same_rows(runs: int) -> list[str]:
    """Nothing changed: how often each statement is made all the same."""
    rows = [
        "| waves | n | up or down, any item | worths, any item | whole list | either | re-ordering | scale | overall "
        "level | permutation | τ interval misses | certain change of rank |",
        "|---|--:|" + "--:|" * 10,
    ]
    for name, draw, n in SAME:
        rng = _rng("same", name, n)
        permute = n <= 100 and draw in (top_three, selections)
        found = [look(draw(rng, n), int(rng.integers(1 << 30)), 1.0, permute=permute) for _run in range(runs)]
        rows.append(_row(f"| {name} | {n} |", [vars(one) for one in found]))
        print(rows[-1], flush=True)
    rng = _rng("noisier")
    found = [look(noisier(rng, 325), 1, 1.0, permute=False) for _run in range(runs)]
    rows.append(_row("| second wave half as sharp (the list does differ) | 325 |", [vars(one) for one in found]))
    print(rows[-1], flush=True)
    return rows


def _row(lead: str, found: list[dict[str, float]]) -> str:
    cells = []
    for name in found[0]:
        values = np.array([one[name] for one in found])
        known = values[~np.isnan(values)]
        cells.append(f"{100 * known.mean():.1f}" if len(known) > 0.5 * len(values) else "–")
    return f"{lead} {' | '.join(cells)} |"


# ---------- about the same --------------------------------------------------------------------------------------


def _shifted_selection(rng: np.random.Generator, n: int, moved: np.ndarray, x: float, **design: np.ndarray) -> Wave:
    share = np.array([0.6, 0.5, 0.4, 0.3, 0.2, 0.1]) + x * moved
    return _wave(rng.random((n, M)) < share, selection=True, **design)


def _shifted_rating(rng: np.random.Generator, n: int, moved: np.ndarray, x: float) -> Wave:
    """Ratings whose mean is moved by exactly x: a level more with probability x, never past the end of the scale."""
    made = simulate.ratings(rng, n, APART).wave()
    scores = np.minimum(made.answers.scores, 4) + (rng.random((n, M)) < x * moved)  # type: ignore[union-attr]
    return replace(made, answers=replace(made.answers, scores=scores))  # type: ignore[type-var]


def _clustered_selection(rng: np.random.Generator, n: int, moved: np.ndarray, x: float) -> Wave:
    """Shares that differ between clusters of 10 round the same mean."""
    cluster = np.arange(n) // 10
    share = np.array([0.6, 0.5, 0.4, 0.3, 0.35, 0.25]) + x * moved
    own = np.clip(share + rng.uniform(-0.15, 0.15, (cluster[-1] + 1, M)), 0, 1)[cluster]
    return _wave(rng.random((n, M)) < own, selection=True, cluster=cluster, weight=rng.lognormal(0, 0.4, n))


SHIFTED: tuple[tuple[str, Callable[..., Wave], int, float], ...] = (
    ("selections, x = 5 points", _shifted_selection, 1_500, 0.05),
    ("selections, x = 10 points", _shifted_selection, 400, 0.10),
    ("selections in clusters, weighted, x = 10 points", _clustered_selection, 800, 0.10),
    ("ratings, x = 0.3 of a level", _shifted_rating, 300, 0.3),
)


def shifted_rows(runs: int) -> list[str]:
    """Items that changed by exactly x: how often one is called about the same, and how often all are within x."""
    rows = [
        "| answers | n | one item moved by x: it is “about the same” | all within x | all moved by x: each “about the "
        "same” | all within x | none moved: each “about the same” | all within x | moved by x / 2, 4 n: “changed, but "
        "less than x” |",
        "|---|--:|" + "--:|" * 7,
    ]
    one, every = np.eye(M)[2], np.ones(M)
    for name, make, n, x in SHIFTED:
        cells = []
        for moved, at in ((one, [2]), (every, range(M)), (0 * every, range(M))):
            rng = _rng("shifted", name, moved.sum())
            found = [_same(make(rng, n, moved * 0, x), make(rng, n, moved, x), x) for _run in range(runs)]
            cells += [
                np.mean([[same[i] for i in at] for same, _all, _less in found]),
                np.mean([a for _s, a, _l in found]),
            ]
        rng = _rng("half", name)
        found = [_same(make(rng, 4 * n, one * 0, x), make(rng, 4 * n, one, x / 2), x) for _run in range(runs)]
        cells.append(np.mean([less[2] for _same_one, _all, less in found]))
        rows.append(f"| {name} | {n} | " + " | ".join(f"{100 * cell:.1f}" for cell in cells) + " |")
        print(rows[-1], flush=True)
    return rows


def _same(first: Wave, second: Wave, x: float) -> tuple[list[bool], bool, list[bool]]:
    pair = pair_of([first, second])
    assert pair.first.level is not None
    assert pair.second.level is not None
    found = item_changes(pair, pair.first.level, pair.second.level, ALL, Rules(smallest=x))
    within = ("about the same", "changed, but less than x")
    return [v in within for v in found.verdict], bool(found.all_within), [v == within[1] for v in found.verdict]


# ---------- trends and composition ------------------------------------------------------------------------------


def trend_row(runs: int) -> str:
    rng = _rng("trend")
    found = []
    for _run in range(runs):
        waves = three_waves(rng, 200)
        sides = [_side(i, wave) for i, wave in enumerate(waves)]
        result = trend(
            sides, {(i, j): Pair(sides[i], sides[j]) for j in range(3) for i in range(j)}, _plain(waves, sides), Rules()
        )
        assert result is not None
        found.append(any(one in ("rising", "falling") for one in result.verdict))
    return f"Three waves of 200 without a change: some item rises or falls in {100 * np.mean(found):.1f} %."


def _plain(waves: list[Wave], sides: list[ComparisonSide]) -> Comparability:
    items = sides[0].order.items
    return Comparability(("a", "b", "c"), items, (), (), TOP, tuple(form_of(wave) for wave in waves), {}, ())


def composition_row(runs: int) -> str:
    """Coverage of the 95 % intervals of mix and answers, where groups differ and their shares move."""
    share, effect = (np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.4, 0.3])), np.array([0.1, 0.0, -0.1])
    base, moved = 0.4, 0.06
    true_mix = float((share[1] - share[0]) @ effect)
    rng, held = _rng("composition"), []
    for _run in range(runs):
        waves = []
        for now in (0, 1):
            n = 200
            group, cluster = rng.choice(3, n, p=share[now]), np.arange(n) // 5
            p = base + effect[group] + moved * now + rng.uniform(-0.1, 0.1, cluster[-1] + 1)[cluster]
            made = _wave(
                rng.random((n, M)) < p[:, None], selection=True, cluster=cluster, weight=rng.lognormal(0, 0.4, n)
            )
            people = made.respondents.assign(id="", group=np.array(["a", "b", "c"])[group])
            waves.append(replace(made, respondents=people))
        found = composition(pair_of(waves), ["group"], ALL)
        assert found is not None
        held.append(
            [
                ((found.mix_low <= true_mix) & (true_mix <= found.mix_high)).mean(),
                ((found.answers_low <= moved) & (moved <= found.answers_high)).mean(),
            ]
        )
    mix, rest = 100 * np.mean(held, axis=0)
    return (
        "95 % intervals of what goes with the mix of groups and of the rest, two weighted waves of 200 in clusters of "
        f"5 whose groups differ and whose mix moves: they hold in {mix:.1f} % and {rest:.1f} %."
    )


def groups_row(runs: int) -> str:
    """Three groups of one wave with strata and weights, every pair and item one family."""
    rng, found = _rng("groups"), []
    for _run in range(runs):
        n = 360
        stratum = np.arange(n) % 4
        score = rng.gumbel(size=(n, M)) + APART + 0.4 * (stratum == 0)[:, None] * APART
        wave = _wave(_top(score), k=TOP, stratum=stratum, weight=rng.lognormal(0, 0.5, n))
        group = rng.integers(0, 3, n)
        sides = [open_side(str(g), wave, group == g, k=TOP, whole=prepare(wave, k=TOP)) for g in range(3)]
        changes = []
        for i, j in ((0, 1), (0, 2), (1, 2)):
            pair = Pair(sides[i], sides[j], within=True)
            assert sides[i].level is not None
            assert sides[j].level is not None
            changes.append(item_changes(pair, sides[i].level, sides[j].level, ALL, Rules()))  # type: ignore[arg-type]
        together = corrected_together(changes, "holm")
        found.append(max(_moved(one.verdict) for one in together if one is not None))
    return (
        "Three groups of one wave of 360 (strata, weights), equal in truth: some item sets some two of them apart in "
        f"{100 * np.mean(found):.1f} % of waves."
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.change_validation", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="simulated pairs of waves of each row")
    runs = parser.parse_args().runs
    start = perf_counter()
    with threadpool_limits(1):
        tables = {
            "changes where nothing changed": same_rows(runs),
            "changes of exactly x": shifted_rows(runs),
            "trends, groups and composition": [f"- {make(runs)}" for make in (trend_row, groups_row, composition_row)],
        }
    print(*tables["trends, groups and composition"], sep="\n")
    print(f"{(perf_counter() - start) / 60:.1f} minutes")
    if runs == RUNS:
        write_tables(tables, module="benchmarks.change_validation")


if __name__ == "__main__":
    main()
