"""Strata, units, replicate weights, raking and design effects against R's survey package, on synthetic answers."""

import csv
import json

import numpy as np
import pytest
from paths import GOLDEN, SHARED_GOLDEN, needs_shared_golden

from obstacles.analysis.inference.raking import RakingError, rake
from obstacles.analysis.inference.survey_design import sample_of
from obstacles.analysis.prepare import ModelError, prepare
from obstacles.analysis.ranking.rank import fitted, rank
from obstacles.survey.study import Design, Margin, Replicates

KINDS = ("brr", "fay", "jackknife", "bootstrap")


@pytest.fixture(scope="module")
def data(golden):
    """The columns of design_synth.csv by name."""
    names = ["stratum", "psu", "weight", "q1", "q2", "q3", "q4", "region", "size", "r1", "r2", "r3", "r4"]
    return dict(zip(names, golden("design_synth.csv").T, strict=True))


@pytest.fixture(scope="module")
def r(golden):
    return golden("design.json")


def units(data):
    stratum = data["stratum"].astype(int) - 1
    return {"stratum": stratum, "cluster": 2 * stratum + data["psu"].astype(int) - 1}


def ratings(build, data):
    return build.ratings(np.column_stack([data[f"q{j}"] for j in (1, 2, 3, 4)]))


def replicates_of(golden, r, kind):
    path = GOLDEN / "design_replicates.csv"
    names = next(csv.reader(path.read_text().splitlines()))
    columns = [name.startswith(f"{kind}_") for name in names]
    rscales = np.broadcast_to(np.asarray(r[kind]["rscales"], float), sum(columns))
    return Replicates(golden("design_replicates.csv")[:, columns], kind, r[kind]["scale"], rscales)


def severity(study):
    return fitted(study, model="mean-severity")[1].estimate


def contrast(m):
    return np.eye(m)[1:] - np.eye(m)[0]


def margins_of(data, r):
    return tuple(
        Margin(
            name, data[name].astype(int) - 1, ("a", "b", "c")[: len(r["margins"][name])], np.array(r["margins"][name])
        )
        for name in ("region", "size")
    )


def test_strata_and_units_agree_with_svymean(build, data, r):
    study = build.study(ratings(build, data), weight=data["weight"], **units(data))
    estimate = severity(study)
    assert estimate.value == pytest.approx(r["strata_units"]["mean"], rel=1e-12)
    assert estimate.covariance == pytest.approx(np.array(r["strata_units"]["vcov"]), rel=1e-10)
    assert prepare(study.wave(), k=1).sample.df == r["strata_units"]["df"]


def test_design_effects_agree_with_svymean(build, data, r):
    ranking = rank(
        build.study(ratings(build, data), weight=data["weight"], **units(data)), draws=1000, frequencies=False
    )
    assert ranking.design_effect == pytest.approx(r["deff_replace"], rel=1e-10)
    row = ranking.rows[0]
    assert row["effective_respondents"] == pytest.approx(row["respondents"] / row["design_effect"])


@pytest.mark.parametrize("kind", KINDS)
def test_replicate_weights_agree_with_svrepdesign(golden, build, data, r, kind):
    study = build.study(ratings(build, data), weight=data["weight"])
    study = with_design(study, replicates=replicates_of(golden, r, kind))
    estimate = severity(study)
    assert estimate.covariance == pytest.approx(np.array(r[kind]["vcov"]), rel=1e-9)
    assert estimate.df == r[kind]["df"]
    assert estimate.covariance_kind == "replicate"


@pytest.mark.parametrize("kind", KINDS)
def test_plackett_luce_under_replicate_weights_agrees_with_coxph(golden, build, data, r, kind):
    ranks = np.column_stack([data[f"r{j}"] for j in (1, 2, 3, 4)])
    study = with_design(
        build.study(build.rankings(ranks), weight=data["weight"]), replicates=replicates_of(golden, r, kind)
    )
    estimate = fitted(study)[1].estimate
    c = contrast(4)
    assert c @ estimate.value == pytest.approx(r[kind]["pl_coef"], abs=1e-8)
    assert c @ estimate.covariance @ c.T == pytest.approx(np.array(r[kind]["pl_vcov"]), rel=1e-6)


def with_design(study, **fields):
    from dataclasses import replace

    wave = study.wave()
    return replace(study, waves=(replace(wave, design=replace(wave.design, **fields)),))


def test_linear_terms_of_replicates_are_exact_for_means(golden, build, data, r):
    study = build.study(ratings(build, data), weight=data["weight"])
    prepared, fit, _reason = fitted(
        with_design(study, replicates=replicates_of(golden, r, "brr")), model="mean-severity"
    )
    linear = prepared.sample.covariance(fit.estimate.influence)
    assert linear == pytest.approx(np.array(r["brr"]["vcov"]), rel=1e-9)


def test_replicates_beside_strata_are_refused(golden, build, data, r):
    study = build.study(ratings(build, data), **units(data))
    replicates = replicates_of(golden, r, "brr")
    with pytest.raises(ModelError, match="replicate weights already carry strata and clusters"):
        rank(with_design(study, replicates=replicates))
    plain = build.study(ratings(build, data))
    with pytest.raises(ModelError, match="replicate weights cannot be raked here"):
        rank(with_design(plain, replicates=replicates, margins=margins_of(data, r)))


def test_rank_tests_and_likelihood_ratios_are_left_out_under_replicates(golden, build, data, r):
    ranks = np.column_stack([data[f"r{j}"] for j in (1, 2, 3, 4)])
    ranking = rank(
        with_design(build.study(build.rankings(ranks)), replicates=replicates_of(golden, r, "brr")), draws=1000
    )
    assert {test.name for test in ranking.tests} == {"Wald (F)", "winner"}
    assert ranking.bootstrap.kind == "normal multipliers"
    assert any("16 replicate weights (brr)" in note for note in ranking.notes)


@pytest.mark.parametrize("policy", ["adjust", "average", "certainty"])
def test_lonely_units_agree_with_r(build, data, r, policy):
    keep = ~(np.isin(data["stratum"], (2, 5, 9)) & (data["psu"] == 2))
    kept = {name: column[keep] for name, column in data.items()}
    study = build.study(ratings(build, kept), weight=kept["weight"], **units(kept))
    estimate = severity(with_design(study, lonely=policy))
    assert estimate.covariance == pytest.approx(np.array(r[f"lonely_{policy}"]["vcov"]), rel=1e-10)
    notes = rank(with_design(study, lonely=policy), draws=1000, frequencies=False).notes
    assert any("3 strata have a single primary unit" in note for note in notes)


def test_lonely_units_can_be_an_error(build, data):
    keep = ~((data["stratum"] == 2) & (data["psu"] == 2))
    kept = {name: column[keep] for name, column in data.items()}
    study = build.study(ratings(build, kept), **units(kept))
    with pytest.raises(ModelError, match="which the study does not allow"):
        rank(with_design(study, lonely="fail"))
    with pytest.raises(ModelError, match='"drop" is none of adjust, average, certainty, fail'):
        rank(with_design(study, lonely="drop"))


@pytest.mark.parametrize(("case", "weighted"), [("raked", True), ("raked_equal", False)])
def test_raking_agrees_with_r(build, data, r, case, weighted):
    """R's calibrate(calfun = "raking") from sampling weights, and rake() from equal ones."""
    design = units(data) | ({"weight": data["weight"]} if weighted else {})
    study = with_design(build.study(ratings(build, data), **design), margins=margins_of(data, r))
    prepared, fit, _reason = fitted(study, model="mean-severity")
    weights = np.array(r[case]["weights"])
    assert prepared.sample.weight == pytest.approx(weights * len(weights) / weights.sum(), rel=1e-7)
    assert fit.estimate.value == pytest.approx(r[case]["mean"], rel=1e-8)
    assert fit.estimate.covariance == pytest.approx(np.array(r[case]["vcov"]), rel=1e-6)


@needs_shared_golden
def test_raked_means_and_jackknife_agree_with_survey_on_schools(build):
    import pandas as pd

    schools = pd.read_csv(SHARED_GOLDEN / "survey_apiclus1.csv")
    r = json.loads((SHARED_GOLDEN / "survey_api.json").read_text())
    score = schools[["api00", "api99"]].to_numpy()
    clusters = np.unique(schools["dnum"], return_inverse=True)[1]
    mean = r["mean"]["clus1_nofpc"]
    study = build.study(build.ratings(score), weight=schools["pw"], cluster=clusters)
    plain = severity(study)
    assert plain.value == pytest.approx(list(mean["mean"].values()), rel=1e-12)
    assert plain.covariance == pytest.approx(np.array(mean["vcov"]["values"]), rel=1e-10)
    n = len(schools)
    left_out = np.array([[0.0 if c == unit else 15 / 14 for c in clusters] for unit in range(15)]).T
    counted = np.full(15, 1 - 15 / schools["fpc"].iloc[0])  # R's replicates carry the finite population correction
    jackknife = Replicates(left_out * schools["pw"].to_numpy()[:, None], "jackknife", 14 / 15, counted)
    found = severity(with_design(build.study(build.ratings(score), weight=schools["pw"]), replicates=jackknife))
    assert np.sqrt(found.covariance[0, 0]) == pytest.approx(r["jackknife_clus1"]["se"], rel=1e-10)
    raked = r["rake_clus1"]
    kinds = np.unique(schools["stype"], return_inverse=True)[1], np.unique(schools["sch.wide"], return_inverse=True)[1]
    names = ("E", "H", "M"), ("No", "Yes")
    margins = tuple(
        Margin(name, code, groups, np.array(target, float))
        for name, code, groups, target in zip(
            ("stype", "wide"),
            kinds,
            names,
            (raked["population"]["stype"], raked["population"]["sch.wide"]),
            strict=True,
        )
    )
    weights = rake(schools["pw"].to_numpy(), margins).weight
    peer = np.array(raked["weights"])  # R stopped at a distance of 1 person
    assert weights == pytest.approx(peer * n / peer.sum(), rel=2e-3)


def test_raked_weights_meet_their_margins_and_trimmed_ones_their_limits(data, r):
    margins = margins_of(data, r)
    plain, trimmed = rake(data["weight"], margins), rake(data["weight"], margins, trim=(0.4, 2.0))
    for raked in (plain, trimmed):
        for margin in margins:
            share = np.bincount(margin.code, raked.weight) / raked.weight.sum()
            assert share == pytest.approx(margin.target / margin.target.sum(), abs=1e-8)
    assert plain.weight.max() > 2.0
    assert trimmed.weight.max() <= 2.0 + 1e-9
    assert trimmed.weight.min() >= 0.4 - 1e-9
    assert trimmed.trimmed > 0


def test_influence_of_raking_is_the_jackknife(build, data, r):
    """Leaving a respondent out and raking again."""
    margins = margins_of(data, r)
    score = np.column_stack([data[f"q{j}"] for j in (1, 2, 3, 4)])
    raked = rake(data["weight"], margins)
    mean = raked.weight @ score / raked.weight.sum()
    influence = raked.residuals((score - mean) * (raked.weight / raked.weight.sum())[:, None])
    jackknife = np.empty_like(influence)
    for i in range(len(score)):
        left = np.delete(np.arange(len(score)), i)
        again = rake(data["weight"][left], tuple(Margin(m.name, m.code[left], m.groups, m.target) for m in margins))
        jackknife[i] = mean - again.weight @ score[left] / again.weight.sum()
    assert np.corrcoef(jackknife.ravel(), influence.ravel())[0, 1] > 0.995
    assert (jackknife**2).sum() == pytest.approx((influence**2).sum(), rel=0.1)


def test_margins_that_cannot_be_met_are_refused(data):
    code = (data["region"] > 1).astype(int)
    with pytest.raises(RakingError, match='counts 5 people in "c", but nobody there answered'):
        rake(data["weight"], (Margin("region", code, ("a", "b", "c"), np.array([60.0, 30, 5])),))
    with pytest.raises(RakingError, match='in "b", but the margin "region" counts nobody there'):
        rake(data["weight"], (Margin("region", code, ("a", "b"), np.array([60.0, 0])),))
    with pytest.raises(RakingError, match="widen the limits of trimming"):
        rake(data["weight"], (Margin("region", code, ("a", "b"), np.array([99.0, 1])),), trim=(0.9, 1.1))


def test_a_row_that_counts_for_several_is_the_row_written_several_times(build, draw):
    """`count` gives the estimate, the errors, the base, the tests and the rank sets of the rows written out."""
    rng = np.random.default_rng(0)
    ranks = draw(rng, 30, np.array([0.6, 0.2, 0, -0.5]))
    count = rng.integers(1, 5, 30)
    for model in ("plackett-luce", "mean-rank", "first-choice", "top-k", "borda"):
        by_count, by_rows = (
            rank(build.study(answers), model=model, k=2, draws=2000, frequencies=False)
            for answers in (build.rankings(ranks, count=count), build.rankings(ranks.repeat(count, axis=0)))
        )
        assert by_count.estimate.value == pytest.approx(by_rows.estimate.value, abs=1e-9)
        assert by_count.estimate.covariance == pytest.approx(by_rows.estimate.covariance, abs=1e-12)
        assert by_count.estimate.df == by_rows.estimate.df
        assert by_count.estimate.base == by_rows.estimate.base
        assert by_count.shown.low == pytest.approx(by_rows.shown.low)
        assert [t.p for t in by_count.tests] == pytest.approx([t.p for t in by_rows.tests])
        assert by_count.simultaneous.low.tolist() == by_rows.simultaneous.low.tolist()


@pytest.mark.parametrize("weighted", [False, True])
def test_raked_rows_that_count_for_several_are_the_rows_written_several_times(build, draw, weighted):
    """Margins count people, and so do rows: a row of three is three people of its groups."""
    rng = np.random.default_rng(1)
    n = 60
    ranks = draw(rng, n, np.array([0.6, 0.2, 0, -0.5]))
    count, code, weight = rng.integers(1, 5, n), rng.integers(0, 3, n), rng.lognormal(0, 0.4, n)

    def ranked(rows, count):
        study = build.study(build.rankings(ranks[rows], count=count), weight=weight[rows] if weighted else None)
        margin = Margin("g", code[rows], ("a", "b", "c"), np.array([50.0, 30.0, 20.0]))
        prepared, fit, _reason = fitted(with_design(study, margins=(margin,)), model="mean-rank")
        return prepared.sample, fit.estimate, margin

    (by_count, counted, margin), (by_rows, written, _margin) = (
        ranked(np.arange(n), count),
        ranked(np.repeat(np.arange(n), count), None),
    )
    assert counted.value == pytest.approx(written.value, abs=1e-9)
    assert counted.covariance == pytest.approx(written.covariance, rel=1e-6)
    assert np.repeat(by_count.weight, count) == pytest.approx(by_rows.weight, rel=1e-9)
    share = np.bincount(margin.code, by_count.weight * count) / (by_count.weight * count).sum()
    assert share == pytest.approx([0.5, 0.3, 0.2], abs=1e-8)
    assert (by_count.weight * count).sum() == pytest.approx(count.sum())


def test_counts_of_one_respondent_stay_within_the_respondent(build):
    """Six rows of two respondents are two primary units, whatever the counts."""
    from dataclasses import replace

    ranks = np.array([[1, 2, 3], [2, 1, 3], [1, 3, 2]] * 2)
    answers = replace(build.rankings(ranks, count=[1, 2, 3, 1, 1, 2]), respondent=np.arange(6) // 3)
    prepared, fit, _reason = fitted(build.study(answers))
    assert prepared.sample.df == 1
    assert fit.estimate.base == 2
    assert fit.estimate.tests == ()


def test_rows_that_nobody_gave_do_not_join_items(build):
    """A count of zero is no answer: the items it would compare are not compared."""
    with pytest.raises(ModelError, match="No answer compares"):
        rank(
            build.study(
                build.rankings(
                    [[1, 2, 0, 0], [2, 1, 0, 0], [0, 0, 1, 2], [0, 0, 2, 1], [1, 2, 3, 4]],
                    np.array([[1, 1, 0, 0]] * 2 + [[0, 0, 1, 1]] * 2 + [[1, 1, 1, 1]], bool),
                    count=[3, 2, 4, 1, 0],
                )
            )
        )


def test_multiplying_weights_changes_nothing_but_the_weighted_base(build, data):
    studies = [
        build.study(ratings(build, data), weight=factor * data["weight"], **units(data)) for factor in (1.0, 250.0)
    ]
    one, many = (rank(study, draws=1000, frequencies=False) for study in studies)
    assert many.estimate.value == pytest.approx(one.estimate.value, rel=1e-12)
    assert many.estimate.covariance == pytest.approx(one.estimate.covariance, rel=1e-10)
    assert one.estimate.weighted_base == pytest.approx(data["weight"].sum())
    assert many.estimate.weighted_base == pytest.approx(250 * data["weight"].sum())


def test_effective_sample_size_of_raked_weights_counts_for_simultaneous_statements(data, r):
    sample = sample_of(Design(weight=data["weight"], margins=margins_of(data, r)), len(data["weight"]))
    square = sample.weight**2
    worth, satterthwaite = sample.weight.sum() ** 2 / square.sum() - 1, square.sum() ** 2 / (square @ square) - 1
    assert sample.cautious_df == pytest.approx((worth * satterthwaite) ** 0.5)
