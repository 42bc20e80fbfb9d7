"""Pairs after Friedman's and Cochran's tests, and agreement of two orders, against R (PMCMRplus, stats) and scipy."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.agreement import agreement_of, rank_biased_overlap
from analysis.concordance import agreement, friedman, iman_davenport, skillings_mack
from analysis.design import sample_of
from analysis.post_hoc import conover, corrected, mcnemar, nemenyi, wilcoxon
from survey.study import Design

SHARED = Path(os.environ.get("OBSTACLES_SHARED", Path(__file__).parents[3] / "shared")) / "golden"


def lower(table):
    """R's lower triangle of p-values as {(row, column): p} of item positions, rows from the second item on."""
    return {(j + 1, k): p for j, row in enumerate(table["values"]) for k, p in enumerate(row) if p is not None}


def same(pairs, table, **tolerance):
    found = lower(table)
    assert len(found) == len(pairs.p) * (len(pairs.p) - 1) // 2
    for (j, k), p in found.items():
        assert pairs.p[j, k] == pytest.approx(p, **tolerance)
        assert pairs.p[k, j] == pairs.p[j, k]


@pytest.mark.parametrize(("correction", "key"), [("none", "conover_none"), ("holm", "conover_holm")])
def test_conover_agrees_with_pmcmrplus(golden, correction, key):
    r = golden("friedman.json")["likert30x5"]
    same(conover(golden("friedman_likert30x5.csv"), correction=correction), r[key]["p"], rel=1e-9)


def test_nemenyi_agrees_with_pmcmrplus(golden):
    r = golden("friedman.json")["likert30x5"]["nemenyi"]["p"]
    same(nemenyi(golden("friedman_likert30x5.csv")), r, rel=1e-4)  # R's ptukey is good to four digits in the tail


@pytest.mark.skipif(not SHARED.exists(), reason="other people's data, not shipped")
@pytest.mark.parametrize(("correction", "key"), [("none", "conover_none"), ("holm", "conover_holm")])
def test_rounding_times_agree_with_pmcmrplus(correction, key):
    data = np.loadtxt(SHARED / "friedman_rounding_times.csv", delimiter=",", skiprows=1)
    r = json.loads((SHARED / "friedman_family.json").read_text())["rounding_times"]
    same(conover(data, correction=correction), r[key]["p"], rel=1e-9)
    same(nemenyi(data), r["nemenyi"]["p"], rel=1e-4)
    test, w = friedman(np.tile(data, (4, 1)))
    assert test.statistic == pytest.approx(4 * r["Q"], rel=1e-12)
    assert w == pytest.approx(r["kendallW_tiecorrected"], rel=1e-12)
    assert iman_davenport(r["Q"], len(data), 3).statistic == pytest.approx(r["ImanDavenportF"], rel=1e-12)


def test_mcnemar_agrees_with_r_pair_by_pair(golden):
    r = golden("friedman.json")["cochran_pickany40x6"]["mcnemar_exact"]
    marked = golden("cochran_pickany40x6.csv")
    raw, holm = mcnemar(marked, correction="none"), mcnemar(marked)
    assert len(r["i"]) == 15
    for i, j, p, q in zip(r["i"], r["j"], r["p"], r["p_holm"], strict=True):
        assert raw.p[i - 1, j - 1] == pytest.approx(p, rel=1e-12)
        assert holm.p[i - 1, j - 1] == pytest.approx(q, rel=1e-12)


def test_wilcoxon_is_that_of_scipy_and_a_pair_without_difference_has_p_one():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(25, 3))
    scores = np.column_stack([scores, scores[:, 0]])
    pairs = wilcoxon(scores, correction="none")
    assert pairs.p[0, 1] == pytest.approx(stats.wilcoxon(scores[:, 0], scores[:, 1]).pvalue)
    assert pairs.p[0, 3] == 1


def test_every_p_names_its_method_and_correction(golden):
    scores, marked = golden("friedman_likert30x5.csv"), golden("cochran_pickany40x6.csv")
    named = [(p.method, p.correction) for p in (conover(scores), nemenyi(scores), wilcoxon(scores), mcnemar(marked))]
    assert named == [
        ("Conover", "holm"),
        ("Nemenyi", "joint"),
        ("Wilcoxon signed-rank", "holm"),
        ("McNemar exact", "holm"),
    ]
    with pytest.raises(ValueError, match='no correction "tukey"; use one of holm, bh, none'):
        conover(scores, correction="tukey")


def test_corrections_are_those_of_statsmodels():
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(1)
    p = np.full((6, 6), np.nan)
    first, second = np.triu_indices(6, 1)
    values = rng.uniform(0, 0.2, 15)
    p[first, second] = p[second, first] = values
    for name, peer in (("holm", "holm"), ("bh", "fdr_bh")):
        assert corrected("x", p, name).p[first, second] == pytest.approx(multipletests(values, method=peer)[1])


def test_iman_davenport_agrees_with_r(golden):
    data, r = golden("friedman_likert30x5.csv"), golden("friedman.json")["likert30x5"]
    assert iman_davenport(r["Q"], 30, 5).statistic == pytest.approx(r["ImanDavenportF"], rel=1e-12)
    test, _w = friedman(data)
    assert test.statistic == pytest.approx(r["Q"], rel=1e-12)


def test_incomplete_rows_reduce_to_friedman_and_to_durbin(golden):
    data = golden("friedman_likert30x5.csv")
    assert skillings_mack(data).statistic == pytest.approx(friedman(data)[0].statistic, rel=1e-9)
    blocks = np.array([[0, 1, 3], [1, 2, 4], [2, 3, 5], [3, 4, 6], [0, 4, 5], [1, 5, 6], [0, 2, 6]])  # balanced
    rng = np.random.default_rng(2)
    rows = np.full((7, 7), np.nan)
    rows[np.arange(7)[:, None], blocks] = np.argsort(rng.random((7, 3)), axis=1) + 1
    sums, r, k, t = np.nansum(rows, axis=0), 3, 3, 7
    durbin = 12 * (t - 1) / (r * t * (k - 1) * (k + 1)) * ((sums - r * (k + 1) / 2) ** 2).sum()  # Durbin 1951
    found = skillings_mack(rows)
    assert found.statistic == pytest.approx(durbin, rel=1e-9)
    assert found.df == (6.0,)


def test_rankings_of_what_was_offered_are_tested_by_skillings_and_mack(build):
    ranks = np.array([[1, 2, 0], [0, 1, 2], [2, 0, 1], [1, 3, 2]] * 5)
    answers = build.rankings(ranks, ranks > 0)
    (test,) = agreement(answers, sample_of(Design(), 20))
    assert test.name == "Skillings-Mack"
    top = build.rankings(ranks)  # the same ranks as top-k answers: nothing is imputed
    assert agreement(top, sample_of(Design(), 20)) == ()


def test_agreement_of_two_orders_agrees_with_r(golden):
    r = golden("rank_agreement.json")
    pairs = {"xy": ("x", "y"), "xz": ("x", "z"), "yz": ("y", "z")}
    for name, (one, other) in pairs.items():
        found = agreement_of(-np.array(r[one], float), -np.array(r[other], float))
        assert found.tau == pytest.approx(r[f"tau_b_{name}"], rel=1e-12)
    assert agreement_of(np.array(r["x"], float), np.array(r["y"], float)).rho == pytest.approx(r["rho_xy"], rel=1e-12)


def test_rank_biased_overlap_is_its_sum():
    """Webber et al. (2010), written out depth by depth, and its ends."""
    one, other, p = [0, 1, 2, 3], [1, 0, 3, 2], 0.9
    depth = {1: 0, 2: 2, 3: 2, 4: 4}
    total = sum(depth[d] / d * p**d for d in depth)
    assert rank_biased_overlap(one, other, p) == pytest.approx((1 - p) / p * total + depth[4] / 4 * p**4)
    assert rank_biased_overlap(one, one, p) == pytest.approx(1)
    swapped_top, swapped_end = [1, 0, 2, 3], [0, 1, 3, 2]
    assert rank_biased_overlap(one, swapped_top, p) < rank_biased_overlap(one, swapped_end, p)


def test_pairs_of_answers_pick_the_method_and_refuse_designs_and_gaps(golden, build):
    from analysis.post_hoc import pairs_of
    from analysis.scores.model import ModelError, open_wave

    scores, marked = golden("friedman_likert30x5.csv"), golden("cochran_pickany40x6.csv")
    rated = open_wave(build.study(build.ratings(scores)).wave(), k=3)
    assert pairs_of(rated).p == pytest.approx(conover(scores).p, nan_ok=True)
    assert pairs_of(rated, method="nemenyi").correction == "joint"
    selected = open_wave(build.study(build.rankings(marked, selection=True)).wave(), k=3)
    assert pairs_of(selected).method == "McNemar exact"
    with pytest.raises(ModelError, match='"conover" does not fit these answers; mcnemar do'):
        pairs_of(selected, method="conover")
    weighted = open_wave(build.study(build.ratings(scores), weight=np.linspace(1, 2, 30)).wave(), k=3)
    with pytest.raises(ModelError, match="equal weights and no design"):
        pairs_of(weighted)
    partial = open_wave(build.study(build.rankings([[1, 2, 0], [2, 1, 0]])).wave(), k=3)
    with pytest.raises(ModelError, match="nothing is imputed"):
        pairs_of(partial)
