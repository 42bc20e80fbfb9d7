"""Corrections, Friedman's family of tests, and agreement of two orders, against R (PMCMRplus, stats)."""

import json

import numpy as np
import pytest
from paths import SHARED_GOLDEN, needs_shared_golden

from obstacles.analysis.inference.agreement import agreement_of, rank_biased_overlap
from obstacles.analysis.inference.multiplicity import benjamini_hochberg, holm
from obstacles.analysis.inference.survey_design import sample_of
from obstacles.analysis.ranking.concordance import agreement, friedman, iman_davenport, skillings_mack
from obstacles.survey.study import Design


@needs_shared_golden
def test_rounding_times_agree_with_pmcmrplus():
    data = np.loadtxt(SHARED_GOLDEN / "friedman_rounding_times.csv", delimiter=",", skiprows=1)
    r = json.loads((SHARED_GOLDEN / "friedman_family.json").read_text())["rounding_times"]
    test, w = friedman(np.tile(data, (4, 1)))
    assert test.statistic == pytest.approx(4 * r["Q"], rel=1e-12)
    assert w == pytest.approx(r["kendallW_tiecorrected"], rel=1e-12)
    assert iman_davenport(r["Q"], len(data), 3).statistic == pytest.approx(r["ImanDavenportF"], rel=1e-12)


def test_corrections_are_those_of_statsmodels_and_written_out_those_of_their_authors():
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(1)
    for size in (1, 2, 15):
        p = rng.uniform(0, 0.2, size)
        order = np.argsort(p)
        stepped, least = np.empty(size), np.empty(size)
        stepped[order] = [min(1, max((size - i) * p[order[i]] for i in range(j + 1))) for j in range(size)]
        least[order] = [min(1, min(size / (i + 1) * p[order[i]] for i in range(j, size))) for j in range(size)]
        assert holm(p) == pytest.approx(stepped)
        assert benjamini_hochberg(p) == pytest.approx(least)
        assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], rel=1e-12)
        assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], rel=1e-12)
    assert holm(np.zeros(0)).size == benjamini_hochberg(np.zeros(0)).size == 0


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
