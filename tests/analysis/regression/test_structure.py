"""Kinds of respondents: mixtures of Plackett-Luce models, instability of worths, and trees."""

from __future__ import annotations

import numpy as np
import pytest

from obstacles.analysis.choice.choice_sets import choice_counts, choices
from obstacles.analysis.choice.plackett_luce_fit import fit_counts, scores
from obstacles.analysis.inference.newton import invert
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.instability import cut_points, ordered, unordered
from obstacles.analysis.regression.likelihoods.mixture import draw as drawn_from
from obstacles.analysis.regression.likelihoods.mixture import (
    fit_mixture,
    information,
    log_densities,
    pattern_scores,
    patterns_of,
    posterior,
    slopes,
)
from obstacles.analysis.regression.regress import regress

M = 5
KINDS = np.array([[1.6, 0.8, 0.0, -0.8, -1.6], [-1.4, -0.6, 0.2, 0.6, 1.2]])


def two_kinds(rng, n=300):
    """Rankings of two kinds of people; the second kind are more often large employers."""
    kind = (rng.random(n) < 0.35).astype(int)
    utility = KINDS[kind] + rng.gumbel(size=(n, M))
    ranks = np.argsort(np.argsort(-utility, axis=1), axis=1) + 1
    size = np.where(rng.random(n) < np.where(kind == 1, 0.75, 0.25), "large", "small")
    return ranks, {"size": size, "noise": rng.choice(["x", "y"], n)}, kind


def split_people(rng, n=400):
    """Worths that differ between grades A and (B, C), and, among A, above age 40."""
    grade, age = rng.choice(["A", "B", "C"], n), rng.integers(20, 60, n)
    worth = np.where((grade == "A")[:, None], KINDS[0], KINDS[1])
    worth = np.where(((grade == "A") & (age > 40))[:, None], KINDS[0][[1, 0, 3, 2, 4]] * 0.9, worth)
    utility = worth + rng.gumbel(size=(n, M))
    return np.argsort(np.argsort(-utility, axis=1), axis=1) + 1, {"grade": grade, "age": age}


def ones(ranks):
    return np.ones(ranks.shape, bool)


# ---------- mixtures --------------------------------------------------------------------------------------------


def test_two_classes_agree_with_the_optimum_that_r_finds(golden):
    expected = golden("regression.json")["classes"]
    ranks = golden("synth_full.csv")[:, 6:13].astype(np.int16)
    patterns = patterns_of(ranks, ones(ranks))
    weight = np.bincount(patterns.index).astype(float)
    found = fit_mixture(patterns, weight, 2, np.random.default_rng(0))
    assert slopes(patterns, weight, found.theta, 2)[0] == pytest.approx(expected["objective"], rel=1e-8)
    assert found.log_likelihood == pytest.approx(expected["logLik"], rel=1e-6)
    assert found.share == pytest.approx(expected["share"], rel=1e-6)


def test_one_class_is_the_plackett_luce_model():
    ranks, _groups, _kind = two_kinds(np.random.default_rng(1))
    patterns = patterns_of(ranks, ones(ranks))
    weight = np.bincount(patterns.index).astype(float)
    alone = fit_mixture(patterns, weight, 1, np.random.default_rng(0))
    peer = fit_counts(choice_counts(choices(ranks, ones(ranks)), np.ones(len(ranks))), pseudo=PSEUDO)
    assert alone.log_worth[0] == pytest.approx(peer.log_worth, abs=1e-3)
    assert alone.log_likelihood == pytest.approx(peer.log_likelihood, rel=1e-6)


def test_one_class_and_several_have_one_penalty():
    """Two equal classes of one half each are one class: the same worths, half the penalty of each."""
    ranks = np.repeat([[1, 2, 3, 4], [1, 3, 2, 4]], [6, 4], axis=0)  # item 3 is never but last
    patterns = patterns_of(ranks, ones(ranks))
    weight = np.bincount(patterns.index).astype(float)
    alone = fit_mixture(patterns, weight, 1, np.random.default_rng(0))
    assert np.abs(slopes(patterns, weight, alone.theta, 1)[1]).max() < 1e-5
    twice = np.concatenate([[0.0], np.tile(alone.theta, 2)])
    one, other = slopes(patterns, weight, alone.theta, 1)[0], slopes(patterns, weight, twice, 2)[0]
    assert other - alone.log_likelihood == pytest.approx(2 * (one - alone.log_likelihood))


def test_gradient_and_information_are_those_of_the_objective():
    rng = np.random.default_rng(2)
    ranks, _groups, _kind = two_kinds(rng, 80)
    ranks = np.where(ranks <= 3, ranks, 0)
    patterns = patterns_of(ranks, ones(ranks))
    weight = np.bincount(patterns.index) * rng.uniform(0.5, 2, len(patterns.ranks))
    theta = rng.normal(0, 0.5, 2 + 3 * (M - 1))
    step = 1e-6 * np.eye(len(theta))
    slope = [
        (slopes(patterns, weight, theta + h, 3)[0] - slopes(patterns, weight, theta - h, 3)[0]) / 2e-6 for h in step
    ]
    assert slopes(patterns, weight, theta, 3)[1] == pytest.approx(slope, rel=1e-5, abs=1e-5)
    value, each = pattern_scores(patterns, theta, 3)
    moved = [
        (pattern_scores(patterns, theta + h, 3)[0] - pattern_scores(patterns, theta - h, 3)[0]) / 2e-6 for h in step
    ]
    assert each == pytest.approx(np.array(moved).T, rel=1e-5, abs=1e-7)
    fit = fit_mixture(patterns, weight, 2, np.random.default_rng(0))
    assert np.linalg.eigvalsh(information(patterns, weight, fit)).min() > 0
    assert np.abs(slopes(patterns, weight, fit.theta, 2)[1]).max() < 1e-4 * weight.sum()
    assert np.isfinite(value).all()


def test_posteriors_are_bayes_and_average_to_the_shares():
    ranks, _groups, _kind = two_kinds(np.random.default_rng(3))
    patterns = patterns_of(ranks, ones(ranks))
    weight = np.bincount(patterns.index).astype(float)
    fit = fit_mixture(patterns, weight, 2, np.random.default_rng(0))
    tau = posterior(patterns, fit)
    joint = np.exp(log_densities(patterns, fit.log_worth)) * fit.share
    assert tau == pytest.approx(joint / joint.sum(axis=1, keepdims=True), rel=1e-10)
    assert weight @ tau / weight.sum() == pytest.approx(fit.share, abs=1e-5)


def test_draws_have_the_places_and_offers_that_were_given():
    ranks, _groups, _kind = two_kinds(np.random.default_rng(4), 4000)
    ranks = np.where(ranks <= 2, ranks, 0)
    offered = ones(ranks)
    offered[:2000, 4] = False
    ranks[:2000] = [1, 2, 0, 0, 0]
    patterns = patterns_of(ranks, offered)
    fit = fit_mixture(patterns, np.bincount(patterns.index).astype(float), 1, np.random.default_rng(0))
    drawn = drawn_from(fit, ranks, offered, np.random.default_rng(0))
    assert ((drawn > 0).sum(axis=1) == 2).all()
    assert not drawn[:2000, 4].any()
    first = np.bincount((drawn[:2000] == 1).argmax(axis=1), minlength=M) / 2000
    worth = np.exp(fit.log_worth[0][:4])
    assert first[:4] == pytest.approx(worth / worth.sum(), abs=0.03)


@pytest.mark.slow
def test_errors_of_shares_are_those_of_the_jackknife():
    n = 150
    ranks, _groups, _kind = two_kinds(np.random.default_rng(5), n)
    patterns = patterns_of(ranks, ones(ranks))
    weight = np.bincount(patterns.index).astype(float)
    fit = fit_mixture(patterns, weight, 2, np.random.default_rng(0))
    inverse = invert(information(patterns, weight, fit), zero_sum=0)
    influence = pattern_scores(patterns, fit.theta, 2)[1][patterns.index] @ inverse
    error = np.sqrt(np.diag(SurveyDesign(n, np.ones(n), None, None, None).covariance(influence)))
    leave = []
    for gone in range(n):
        less = weight - (np.arange(len(weight)) == patterns.index[gone])
        leave.append(fit_mixture(patterns, less, 2, np.random.default_rng(0), starts=0, near=fit).theta)
    values = np.array(leave)
    jackknife = np.sqrt((n - 1) / n * ((values - values.mean(axis=0)) ** 2).sum(axis=0))
    assert error == pytest.approx(jackknife, rel=0.2)


@pytest.fixture(scope="module")
def kinds(build, grouped, model):
    ranks, groups, _kind = two_kinds(np.random.default_rng(6))
    study = grouped(build.rankings(ranks), groups)
    return study, regress(study, model("latent_classes", "size + noise", classes=3, bootstrap=19))


def test_two_kinds_of_people_are_found_with_their_profiles(kinds):
    _study, found = kinds
    assert len(found.classes) == 2
    assert found.bootstrap_p == pytest.approx(1 / 20)
    assert [one.classes for one in found.candidates] == [1, 2, 3]
    assert not found.pseudo
    first, second = found.classes
    assert first.low < 0.65 < first.high
    assert [item.item for item in first.items] == ["i0", "i1", "i2", "i3", "i4"]
    assert second.items[0].item == "i4"
    truth = np.exp(KINDS) / np.exp(KINDS).sum(axis=1, keepdims=True)
    inside = sum(item.low < truth[k][int(item.item[1])] < item.high for k in (0, 1) for item in found.classes[k].items)
    assert inside >= 8
    large = {p.level: p for p in second.profile if p.group == "size"}
    assert large["small"].high < large["large"].low
    assert large["large"].base + large["small"].base == 300
    noise = {p.level: p for p in second.profile if p.group == "noise"}
    assert noise["x"].low < noise["y"].share < noise["x"].high
    assert any("described, not tested" in note for note in found.notes)


def test_the_same_seed_gives_the_same_classes(kinds, model):
    study, found = kinds
    again = regress(study, model("latent_classes", "size + noise", classes=3, bootstrap=19))
    assert again.to_dict() == found.to_dict()


def test_one_kind_of_people_is_one_class(build, draw, grouped, model):
    rng = np.random.default_rng(7)
    ranks = draw(rng, 200, KINDS[0])
    study = grouped(build.rankings(ranks), {"size": rng.choice(["large", "small"], 200)})
    found = regress(study, model("latent_classes", "size", classes=4))
    assert len(found.classes) == 1
    assert found.bootstrap_p is None
    assert len(found.candidates) == 3  # BIC rose twice
    assert found.classes[0].share == 1


def test_with_weights_bic_is_pseudo_and_no_bootstrap_is_made(build, grouped, model):
    ranks, groups, kind = two_kinds(np.random.default_rng(8))
    weight = np.where(kind == 1, 3.0, 0.5)
    study = grouped(build.rankings(ranks), groups, weight=weight)
    found = regress(study, model("latent_classes", "size", classes=2, bootstrap=19))
    assert found.pseudo
    assert found.bootstrap_p is None
    assert any("pseudo-likelihood" in note for note in found.notes)
    share = weight[kind == 1].sum() / weight.sum()
    assert found.classes[0].items[0].item == "i4"
    assert found.classes[0].low < share < found.classes[0].high


def test_clusters_are_what_the_number_of_classes_counts(build, grouped, model):
    """Everybody four times: BIC of four times the answers sees classes that the people do not show."""
    ranks, groups, _kind = two_kinds(np.random.default_rng(13), 24)
    four = np.tile(np.arange(24), 4)
    many = {name: column[four] for name, column in groups.items()}
    stated = model("latent_classes", "size", classes=3, bootstrap=0)
    alone = regress(grouped(build.rankings(ranks), groups), stated)
    known = regress(grouped(build.rankings(ranks[four]), many, cluster=four), stated)
    naive = regress(grouped(build.rankings(ranks[four]), many), stated)
    assert [len(one.classes) for one in (alone, known, naive)] == [2, 2, 3]
    gain = [one.candidates[1].bic - one.candidates[0].bic for one in (alone, known)]
    assert gain[1] == pytest.approx(gain[0], abs=2)


def test_what_classes_and_trees_cannot_read_is_refused(build, grouped, model):
    ranks, groups, _kind = two_kinds(np.random.default_rng(9), 100)
    tied = np.where(ranks == 2, 1, ranks)
    for kind in ("latent_classes", "tree"):
        with pytest.raises(ModelError, match="rankings without ties"):
            regress(grouped(build.rankings(tied), groups), model(kind, "size"))
        with pytest.raises(ModelError, match="it needs rankings"):
            regress(grouped(build.rankings(ranks > 2, selection=True), groups), model(kind, "size"))
        with pytest.raises(ModelError, match="uses complete cases"):
            regress(grouped(build.rankings(ranks), groups), model(kind, "size", missing="impute"))
    with pytest.raises(ModelError, match="covariates joined by"):
        regress(grouped(build.rankings(ranks), groups), model("tree", "size * noise"))


# ---------- instability and trees -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node(golden):
    """Scores of one Plackett-Luce model of the synthetic rankings, and what they are ordered by."""
    table = golden("synth_full.csv")
    ranks = table[:, 6:13].astype(np.int16)
    read = choices(ranks, ones(ranks))
    fit = fit_counts(choice_counts(read, np.ones(len(ranks))))
    third = (np.arange(1, len(ranks) + 1) * 7) % 3
    return scores(read, fit.log_worth), third, np.clip(np.round(table[:, 1]), -1, 1)


def test_instability_of_unordered_groups_agrees_with_strucchange(golden, node):
    expected, (score, third, _steps) = golden("regression.json")["instability_unordered"], node
    n = len(score)
    sample, inside = SurveyDesign(n, np.ones(n), None, None, None), np.ones(n, bool)
    test = unordered(score, third, np.ones(n), sample, inside, n - 1, "g3")
    inverse = np.linalg.pinv(score.T @ score)
    statistic = total = 0.0
    for g in range(3):
        own, share = score[third == g].sum(axis=0), (third == g).mean()
        statistic += own @ inverse @ own / share
        moved = score * ((third == g) - share)[:, None] / np.sqrt(share)
        moved = moved - moved.mean(axis=0)
        total += n / (n - 1) * np.trace(moved.T @ moved @ inverse)
    assert statistic == pytest.approx(expected["statistic"], rel=1e-6)
    assert test.statistic * total == pytest.approx(expected["statistic"], rel=1e-6)
    assert test.p == pytest.approx(expected["p"], abs=0.03)


def test_instability_along_an_order_agrees_with_strucchange(golden, node):
    expected, (score, _third, steps) = golden("regression.json")["instability_ordered"], node
    n = len(score)
    sample, inside = SurveyDesign(n, np.ones(n), None, None, None), np.ones(n, bool)
    test = ordered(score, steps, np.ones(n), sample, inside, np.random.default_rng(0), "x")
    assert test.statistic == pytest.approx(expected["statistic"], rel=1e-6)
    assert test.p == pytest.approx(0.001)


def test_cut_points_leave_a_tenth_on_either_side():
    value = np.arange(100) // 2
    cuts = cut_points(value, np.ones(100))
    assert cuts.min() >= 4
    assert cuts.max() <= 44
    assert len(cuts) == 30
    assert not len(cut_points(np.ones(50), np.ones(50)))


def test_clusters_are_what_instability_counts(node):
    """Rows that stand four times are no more evidence than once, if they belong to one unit."""
    score, third, steps = node
    n = len(score)
    once = SurveyDesign(n, np.ones(n), None, None, None)
    four = np.tile(score, (4, 1))
    clusters = SurveyDesign(4 * n, np.ones(4 * n), None, np.tile(np.arange(n), 4), None)
    plain = unordered(score, third, np.ones(n), once, np.ones(n, bool), n - 1, "g")
    found = unordered(four, np.tile(third, 4), np.ones(4 * n), clusters, np.ones(4 * n, bool), n - 1, "g")
    assert found.p == pytest.approx(plain.p, rel=1e-6)
    several = ordered(
        four, np.tile(steps * third, 4), np.ones(4 * n), clusters, np.ones(4 * n, bool), np.random.default_rng(0), "x"
    )
    alone = ordered(score, steps * third, np.ones(n), once, np.ones(n, bool), np.random.default_rng(0), "x")
    assert several.p == pytest.approx(alone.p, abs=0.02)


def test_a_tree_finds_groups_and_cut_points(build, grouped, model):
    ranks, groups = split_people(np.random.default_rng(10))
    study = grouped(build.rankings(ranks), groups)
    found = regress(study, model("tree", "grade + age", numeric=["age"]))
    root = found.nodes[0]
    assert root.variable == "grade"
    assert [found.nodes[child].rule for child in root.children] == ["grade: A", "grade: B, C"]
    assert found.nodes[root.children[0]].variable == "age"
    cut = found.nodes[found.nodes[root.children[0]].children[0]].rule
    assert cut.startswith("age ≤ ")
    assert 37 <= float(cut.removeprefix("age ≤ ")) <= 43
    assert found.nodes[root.children[1]].variable is None
    assert sum(leaf.share for leaf in found.leaves) == pytest.approx(1)
    assert sum(leaf.base for leaf in found.leaves) == 400
    leaf = found.nodes[root.children[1]]
    here = groups["grade"] != "A"
    peer = fit_counts(choice_counts(choices(ranks[here], ones(ranks[here])), np.ones(here.sum())), pseudo=PSEUDO)
    worth = np.exp(peer.log_worth) / np.exp(peer.log_worth).sum()
    assert {item.item: item.worth for item in leaf.items} == pytest.approx(
        {f"i{j}": worth[j] for j in range(M)}, rel=1e-6
    )
    assert any("found in the same answers" in note for note in found.notes)
    assert regress(study, model("tree", "grade + age", numeric=["age"])).to_dict() == found.to_dict()


def test_people_alike_are_a_tree_without_branches(build, draw, grouped, model):
    rng = np.random.default_rng(11)
    groups = {"grade": rng.choice(["A", "B", "C"], 300), "age": rng.integers(20, 60, 300)}
    study = grouped(build.rankings(draw(rng, 300, KINDS[0])), groups)
    found = regress(study, model("tree", "grade + age", numeric=["age"]))
    assert len(found.nodes) == 1
    assert found.checks[0].text.startswith("1 group: along no covariate")
    assert {test.term for test in found.nodes[0].tests} == {"grade", "age"}
    assert all(test.adjusted >= test.test.p for test in found.nodes[0].tests)


def test_nodes_are_as_large_as_they_must_be(build, grouped, model):
    ranks, groups = split_people(np.random.default_rng(12), 200)
    groups["grade"] = np.where(np.arange(200) < 20, "A", "B")
    found = regress(grouped(build.rankings(ranks), groups, min_group=10), model("tree", "grade"))
    assert len(found.nodes) == 1  # twenty of grade A are fewer than thirty


def test_one_class_and_more_have_one_penalty():
    """The same worths in several classes are penalised once per class, and one class is the mean of its own."""
    ranks, _groups, _kind = two_kinds(np.random.default_rng(3), 60)
    patterns = patterns_of(ranks, ones(ranks))
    weight = np.bincount(patterns.index).astype(float)
    one = fit_mixture(patterns, weight, 1, np.random.default_rng(0))
    assert np.abs(slopes(patterns, weight, one.theta, 1)[1]).max() < 1e-4 * weight.sum()
    penalty = slopes(patterns, weight, one.theta, 1)[0] - one.log_likelihood
    for k in (2, 3):
        twice = np.concatenate([np.zeros(k - 1), np.tile(one.theta, k)])
        value = slopes(patterns, weight, twice, k)[0]
        assert value - one.log_likelihood == pytest.approx(k * penalty, rel=1e-9)
