"""Confidence sets for ranks: csranks' values, coverage, and the guards of small samples."""

import numpy as np
import pytest
from paths import SHARED_GOLDEN, needs_shared_golden
from scipy import stats

from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.quasi_variance import quasi_variances
from obstacles.analysis.inference.rank_sets import could_be_among, holm_rejections, rank_sets, surely_among
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.ranking.single_choice import single_choice_sets


def estimate_of(build, value, covariance, base=1000):
    value = np.asarray(value, float)
    m = len(value)
    return Estimate(
        build.items(m), "x", "x", "mean", value, np.asarray(covariance, float), base, np.full(m, base), base, np.inf
    )


@pytest.mark.parametrize(("key", "simultaneous"), [("simul", True), ("marg", False)])
def test_normal_sets_equal_csranks(golden, build, key, simultaneous):
    r = golden("synth.json")["ranksets_full"]
    sets = rank_sets(estimate_of(build, r["est"], r["V"]), df=np.inf, simultaneous=simultaneous)
    assert sets.low.tolist() == r[key]["L"]
    assert sets.high.tolist() == r[key]["U"]


@needs_shared_golden
@pytest.mark.parametrize(
    ("key", "simultaneous", "step_down"),
    [
        ("two_sided_simul_step", True, True),
        ("two_sided_simul_nostep", True, False),
        ("two_sided_marg_step", False, True),
    ],
)
def test_pisa_2018_equals_csranks_to_monte_carlo_noise(build, key, simultaneous, step_down):
    import json

    import pandas as pd

    data = pd.read_csv(SHARED_GOLDEN / "csranks_pisa2018.csv")
    r = json.loads((SHARED_GOLDEN / "csranks_normal.json").read_text())["pisa2018"][key]
    estimate = estimate_of(build, data["math_score"], np.diag(data["math_se"] ** 2))
    sets = rank_sets(estimate, df=np.inf, simultaneous=simultaneous, step_down=step_down)
    apart = np.abs(np.r_[sets.low - r["L"], sets.high - r["U"]])  # 76 bounds, each from 1e5 draws on both sides
    assert (apart > 0).sum() <= 2
    assert apart.max() <= 2


def test_separated_items_get_one_rank_and_equal_ones_the_whole_range(build):
    sure = rank_sets(estimate_of(build, [3, 2, 1], np.eye(3) * 1e-4), df=np.inf)
    assert sure.low.tolist() == sure.high.tolist() == [1, 2, 3]
    unsure = rank_sets(estimate_of(build, [3, 2, 1], np.eye(3) * 100), df=np.inf)
    assert unsure.low.tolist() == [1, 1, 1]
    assert unsure.high.tolist() == [3, 3, 3]


def test_fewer_degrees_of_freedom_than_items_are_refused_and_few_are_called_unreliable(build):
    estimate = estimate_of(build, [3, 2, 1], np.eye(3))
    assert rank_sets(estimate, df=2) is None
    assert not rank_sets(estimate, df=5).reliable
    assert rank_sets(estimate, df=6).reliable


def test_difference_without_variance_is_judged_by_how_many_agree(build):
    """Everybody marks the first and nobody the last: certain with 40 respondents, not with 3."""
    for n, high in ((40, 1), (3, 2)):
        sets = rank_sets(estimate_of(build, [1.0, 0.0], np.zeros((2, 2)), base=n), df=n - 1)
        assert sets.high[0] == high


def test_sets_do_not_depend_on_scale_or_on_a_second_run(build):
    rng = np.random.default_rng(0)
    root = rng.normal(size=(6, 6))
    value, covariance = rng.normal(size=6), root @ root.T / 4
    one = rank_sets(estimate_of(build, value, covariance), df=50, draws=20_000)
    other = rank_sets(estimate_of(build, 1e-6 * value, 1e-12 * covariance), df=50, draws=20_000)
    assert one.low.tolist() == other.low.tolist()
    assert one.high.tolist() == other.high.tolist()


def test_holm_rejects_step_by_step():
    p = np.array([[0.001, 0.02], [0.03, 0.2]])
    assert holm_rejections(p, np.ones((2, 2), bool), 0.05).tolist() == [[True, False], [False, False]]
    assert holm_rejections(p, np.array([[True, True], [False, False]]), 0.05).tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize(("n", "m"), [pytest.param(50, 10, marks=pytest.mark.slow), (100, 6)])
def test_sets_of_equal_items_cover_every_rank(build, n, m):
    """Ten equal shares: the sets of all items hold together in 95 % of surveys (Monte Carlo error 1.5 points)."""
    rng = np.random.default_rng(20)
    covered = 0
    for _survey in range(200):
        marked = (rng.random((n, m)) < 0.3).astype(np.int16)
        found = rank(build.study(build.rankings(marked, selection=True)), draws=2_000, frequencies=False)
        covered += bool((found.simultaneous.low == 1).all() and (found.simultaneous.high == m).all())
    assert covered / 200 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 200)


def test_sets_of_ranked_items_cover_the_true_ranks(build, draw):
    rng = np.random.default_rng(21)
    truth = np.array([0.6, 0.5, 0.2, 0.0, -0.3, -1.0])
    covered = 0
    for _survey in range(150):
        found = rank(build.study(build.rankings(draw(rng, 80, truth))), draws=2_000, frequencies=False)
        sets = found.simultaneous
        covered += bool((sets.low <= np.arange(1, 7)).all() and (sets.high >= np.arange(1, 7)).all())
    assert covered / 150 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 150)


@pytest.mark.parametrize("case", ["ten", "seven"])
@pytest.mark.parametrize(("key", "simultaneous"), [("simul_holm", True), ("marg_holm", False)])
def test_single_choice_sets_equal_csranks(golden, case, key, simultaneous):
    r = golden("csranks_multinom.json")[case]
    sets = single_choice_sets(np.array(r["counts"]), simultaneous=simultaneous)
    assert sets.low.tolist() == r[key]["L"]
    assert sets.high.tolist() == r[key]["U"]


@pytest.mark.parametrize("case", ["ten", "seven"])
def test_bonferroni_is_bonferroni(golden, case):
    """csranks runs Holm for marginal sets whatever is asked; ours runs the correction that it names."""
    r = golden("csranks_multinom.json")[case]
    counts = np.array(r["counts"])
    found = single_choice_sets(counts, correction="bonferroni")
    assert found.low.tolist() == r["simul_bonf"]["L"]
    assert found.high.tolist() == r["simul_bonf"]["U"]
    assert found.method == "exact binomial, Bonferroni"
    marginal = single_choice_sets(counts, correction="bonferroni", simultaneous=False)
    together = counts[:, None] + counts
    p = stats.binom.sf(counts[:, None] - 1, together, 0.5)
    family = 2 * (len(counts) - 1)
    for item in range(len(counts)):
        above = sum(p[other, item] <= 0.05 / family for other in range(len(counts)) if other != item)
        below = sum(p[item, other] <= 0.05 / family for other in range(len(counts)) if other != item)
        assert (marginal.low[item], marginal.high[item]) == (1 + above, len(counts) - below)


def test_marginal_bonferroni_differs_from_holm_where_it_should():
    counts = np.array([60, 36, 22, 20, 3])
    holm, bonferroni = (single_choice_sets(counts, simultaneous=False, correction=c) for c in ("holm", "bonferroni"))
    assert (holm.separated & ~bonferroni.separated).any()
    assert not (bonferroni.separated & ~holm.separated).any()


def test_single_choices_get_exact_sets_and_others_do_not(build):
    rng = np.random.default_rng(0)
    chosen = rng.choice(5, 120, p=[0.4, 0.25, 0.15, 0.12, 0.08])
    single = np.eye(5)[chosen]
    found = rank(build.study(build.rankings(single, selection=True)), frequencies=False)
    exact = single_choice_sets(single.sum(axis=0).astype(int))
    assert found.to_dict()["rank_sets"]["method"] == "exact binomial, Holm"
    assert found.simultaneous.low.tolist() == exact.low.tolist()
    counted = build.rankings(np.eye(5), selection=True, count=single.sum(axis=0))
    assert rank(build.study(counted), frequencies=False).simultaneous.high.tolist() == exact.high.tolist()
    weighted = build.study(build.rankings(single, selection=True), weight=rng.uniform(0.5, 2, 120))
    assert rank(weighted, draws=1000, frequencies=False).simultaneous.method == "max-t, step-down"
    several = np.maximum(single, rng.random((120, 5)) < 0.2)
    assert rank(build.study(build.rankings(several, selection=True)), draws=1000).simultaneous.draws == 1000


def test_best_three_equal_csranks(golden, build):
    r = golden("synth.json")["ranksets_full"]
    sets = rank_sets(estimate_of(build, r["est"], r["V"]), df=np.inf)
    assert could_be_among(sets, 3).tolist() == r["best3"]


def test_lower_ends_of_simultaneous_sets_equal_csranks(golden, build):
    r = golden("synth.json")["ranksets_full"]
    assert rank_sets(estimate_of(build, r["est"], r["V"]), df=np.inf).low.tolist() == r["lower"]["L"]


@needs_shared_golden
def test_ends_and_best_five_of_pisa_equal_csranks_to_monte_carlo_noise(build):
    import json

    import pandas as pd

    data = pd.read_csv(SHARED_GOLDEN / "csranks_pisa2018.csv")
    r = json.loads((SHARED_GOLDEN / "csranks_normal.json").read_text())["pisa2018"]
    estimate = estimate_of(build, data["math_score"], np.diag(data["math_se"] ** 2))
    sets = rank_sets(estimate, df=np.inf)
    for ours, theirs in ((sets.low, r["lower_simul"]["L"]), (sets.high, r["upper_simul"]["U"])):
        assert (np.abs(ours - theirs) > 0).sum() <= 1
        assert np.abs(ours - theirs).max() <= 1
    assert (could_be_among(sets, 5) != np.array(r["taubest5"])).sum() <= 1
    assert surely_among(sets, 5).sum() <= 5


def test_surely_and_possibly_among_the_first(build):
    sets = rank_sets(estimate_of(build, [9.0, 5.0, 4.9, 0.0], np.eye(4) * 0.1), df=np.inf)
    assert surely_among(sets, 1).tolist() == [True, False, False, False]
    assert surely_among(sets, 3).tolist() == [True, True, True, False]
    assert could_be_among(sets, 2).tolist() == [True, True, True, False]


@pytest.mark.parametrize(("key", "simultaneous"), [("two_sided_simul", True), ("two_sided_marg", False)])
@needs_shared_golden
def test_correlated_scores_equal_csranks(build, key, simultaneous):
    import json

    r = json.loads((SHARED_GOLDEN / "csranks_normal.json").read_text())["corr5"]
    sets = rank_sets(estimate_of(build, r["x"], r["Sigma"]), df=np.inf, simultaneous=simultaneous)
    assert sets.low.tolist() == r[key]["L"]
    assert sets.high.tolist() == r[key]["U"]


def test_one_sided_sets_are_no_wider_at_their_end(build):
    rng = np.random.default_rng(3)
    root = rng.normal(size=(6, 6))
    estimate = estimate_of(build, rng.normal(size=6), root @ root.T / 20)
    both, best = (rank_sets(estimate, df=60, simultaneous=False, side=side, draws=20_000) for side in ("both", "best"))
    assert (best.low >= both.low).all()
    assert (best.high == 6).all()


def test_quasi_variances_agree_with_qvcalc(golden):
    r = golden("qvcalc_small.json")
    covariance = np.array(r["V"])
    found = quasi_variances(covariance)
    assert found == pytest.approx(r["qvframe"]["quasiVar"], rel=1e-6)
    first, second = np.triu_indices(len(covariance), 1)
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    assert np.sqrt((found[first] + found[second]) / variance) - 1 == pytest.approx(r["relerrs"], abs=1e-6)


def test_quasi_variances_of_worths_agree_with_r(golden):
    r = golden("synth.json")["full_npseudo0"]
    found = quasi_variances(np.array(r["vcov_sumzero"]["values"]))
    assert found == pytest.approx(r["qv"]["quasiVar"], rel=1e-6)


def test_no_quasi_variances_where_one_would_be_negative():
    assert quasi_variances(np.array([[1.0, 0.9, 0.0], [0.9, 0.81, 0.0], [0.0, 0.0, 0.0]])) is None
