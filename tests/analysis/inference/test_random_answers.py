"""Respondents who rank at random: their share, the correction with its errors, and traces of the order of items."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from paths import SHARED_DATA

from obstacles.analysis.inference.random_answers import LARGEST, anchor_rate
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.item_order import order_uniformity, recorded
from obstacles.analysis.ranking.rank import fitted, rank
from obstacles.analysis.ranking.sensitivity import anchor_sensitivity, sensitivity
from obstacles.survey.answers import Anchor
from obstacles.survey.study import Study

DATA = SHARED_DATA / "rank_rankingQ"
SCORES = ("plackett-luce", "first-choice", "top-k", "borda", "mean-rank")


def with_anchor(study: Study, correct, *, items=4, places=4, order="randomised") -> Study:
    wave = study.wave()
    anchor = Anchor(np.asarray(correct, bool), np.ones(len(correct), bool), items, places)
    wave = replace(wave, anchor=anchor, question=replace(wave.question, item_order=order))
    return replace(study, waves=(wave,))


def survey(build, draw, n, share, *, seed=0, log_worth=(1.0, 0.4, 0.0, -0.6), places=None, **design):
    """Respondents of whom a part ranks at random and misses the anchor except by luck."""
    rng = np.random.default_rng(seed)
    m = len(log_worth)
    careless = rng.random(n) < share
    ranks = np.where(careless[:, None], draw(rng, n, np.zeros(m)), draw(rng, n, np.array(log_worth)))
    correct = np.where(careless, rng.random(n) < 1 / 24, True)
    if places:
        ranks = np.where(ranks <= places, ranks, 0)
    return with_anchor(build.study(build.rankings(ranks), k=places, **design), correct)


@pytest.mark.parametrize("model", SCORES)
def test_correction_takes_the_random_answers_out(build, draw, model):
    mixed = survey(build, draw, 200_000, 0.3)
    careful = rank(survey(build, draw, 200_000, 0.0), model=model, draws=1000, frequencies=False).estimate.value
    raw = rank(mixed, model=model, draws=1000, frequencies=False).estimate
    found = rank(mixed, model=model, random_answers="anchor", draws=1000, frequencies=False).estimate
    error = np.sqrt(np.diag(found.covariance))
    assert np.abs(found.value - careful).max() < 5 * error.max()
    assert np.abs(raw.value - careful).max() > 10 * error.max()
    assert found.parameters["random_answer_share"] == pytest.approx(0.3, abs=0.01)
    assert any("anchor" in note for note in found.notes)


@pytest.mark.parametrize("places", [None, 2])
@pytest.mark.parametrize("model", SCORES[:4])
def test_influence_with_the_anchor_is_the_jackknife(build, draw, model, places):
    rng = np.random.default_rng(3)
    n = 150
    study = survey(build, draw, n, 0.3, seed=4, places=places, weight=rng.uniform(0.5, 2, n))
    prepared, fit, _reason = fitted(study, model=model, k=2, random_answers="anchor")
    left_out = (np.ones((n, n)) - np.eye(n)) * prepared.sample.weight
    jackknife = fit.estimate.value - fit.refit(left_out)
    assert jackknife == pytest.approx(fit.estimate.influence, rel=0.1, abs=0.002)
    assert np.corrcoef(jackknife.ravel(), fit.estimate.influence.ravel())[0, 1] > 0.999


def test_an_anchor_that_is_not_used_is_mentioned(build, draw):
    notes = rank(survey(build, draw, 400, 0.3), draws=1000, frequencies=False).notes
    assert any("26.6% rank at random" in note and "not corrected" in note for note in notes)


def test_errors_count_the_estimated_share(build, draw):
    """An anchor that says nothing of the other answers only adds noise."""
    study = survey(build, draw, 400, 0.3)
    study = with_anchor(study, np.random.default_rng(1).permutation(study.wave().anchor.correct))
    share = rank(study, random_answers="anchor", draws=1000, frequencies=False).estimate.parameters
    assumed = share["random_answer_share"]
    estimated, known = (
        rank(study, random_answers=how, draws=1000, frequencies=False).estimate for how in ("anchor", assumed)
    )
    assert estimated.value == pytest.approx(known.value, abs=1e-9)
    assert np.trace(estimated.covariance) > np.trace(known.covariance)


def test_no_random_answers_change_nothing(build, draw):
    study = survey(build, draw, 120, 0.3)
    for model in SCORES:
        plain = rank(study, model=model, draws=1000, frequencies=False).estimate
        zero = rank(study, model=model, random_answers=0.0, draws=1000, frequencies=False).estimate
        assert zero.value == pytest.approx(plain.value, abs=1e-9)
        assert zero.covariance == pytest.approx(plain.covariance, abs=1e-12)


def test_luck_of_a_top_k_anchor_is_that_of_its_places(build):
    study = with_anchor(build.study(build.rankings([[1, 2, 3, 4]] * 40)), [True] * 30 + [False] * 10, items=6, places=2)
    prepared, _fit, _reason = fitted(study, model="mean-rank")
    rate = anchor_rate(study.wave().anchor, prepared.sample)
    assert rate.luck == 1 / 30
    assert 1 - rate.share == pytest.approx((0.75 - 1 / 30) / (1 - 1 / 30))


def test_answers_no_better_than_luck_are_refused(build):
    study = with_anchor(build.study(build.rankings([[1, 2, 3, 4]] * 24)), [True] + [False] * 23)
    with pytest.raises(ModelError, match=r"not clearly more than the 4\.2% of luck"):
        rank(study, random_answers="anchor", model="mean-rank")


@pytest.mark.parametrize(
    ("how", "match"),
    [
        ("anchor", "no anchor question"),
        ("guess", 'by "anchor" or by an assumed share'),
        (0.95, f"between 0 and {LARGEST}"),
    ],
)
def test_what_cannot_be_corrected_is_refused(build, how, match):
    with pytest.raises(ModelError, match=match):
        rank(build.study(build.rankings([[1, 2], [2, 1]])), random_answers=how)


def test_fixed_order_selections_and_other_models_are_refused(build, draw):
    ranks = draw(np.random.default_rng(0), 60, np.zeros(4))
    fixed = with_anchor(build.study(build.rankings(ranks)), [True] * 60, order="fixed")
    with pytest.raises(ModelError, match="shown in random order"):
        rank(fixed, random_answers="anchor")
    with pytest.raises(ModelError, match="rankings whose items were all offered"):
        rank(build.study(build.rankings(ranks <= 2, selection=True)), random_answers=0.1)
    with pytest.raises(ModelError, match="model-based errors"):
        rank(build.study(build.rankings(ranks)), random_answers=0.1, covariance="model")


def test_sensitivity_starts_at_the_plain_ranking_and_spreads_the_worths(build, draw):
    study = survey(build, draw, 300, 0.0)
    curve = sensitivity(study, model="plackett-luce", shares=(0.0, 0.2, 0.4))
    assert curve is not None
    plain = rank(study, draws=1000, frequencies=False)
    assert curve.value[0] == pytest.approx(plain.shown.value, abs=1e-9)
    assert (np.diff(np.ptp(curve.value, axis=1)) > 0).all()
    assert curve.first_changes is None
    assert len(curve.to_frame()) == 12


def test_patterns_down_the_screen_are_found(build):
    rng = np.random.default_rng(7)
    n, m = 600, 4
    position = np.argsort(rng.random((n, m)), axis=1) + 1
    careful = np.argsort(np.argsort(rng.random((n, m)) + np.arange(m), axis=1), axis=1) + 1
    straight = rng.random(n) < 0.2
    for ranks, found in ((careful, False), (np.where(straight[:, None], position, careful), True)):
        answers = replace(build.rankings(ranks), position=position)
        tests = {test.name: test for test in rank(build.study(answers), draws=1000, frequencies=False).tests}
        assert tests["item order"] == order_uniformity(answers)
        assert tests["item order"].df == (23.0,)
        assert (tests["item order"].p < 1e-6) == found


def test_too_many_patterns_are_looked_at_by_place(build):
    rng = np.random.default_rng(8)
    position = np.argsort(rng.random((200, 7)), axis=1) + 1
    ranks = np.where(rng.random((200, 1)) < 0.3, position, np.argsort(rng.random((200, 7)), axis=1) + 1)
    full = order_uniformity(replace(build.rankings(ranks), position=position))
    top = order_uniformity(replace(build.rankings(np.where(ranks <= 3, ranks, 0)), position=position))
    assert full.name == top.name == "item order"
    assert full.note.startswith("Friedman")
    assert top.note == "chi-square of the place of the item ranked first"
    assert full.p < 0.001
    assert top.p < 0.001
    assert order_uniformity(build.rankings(ranks)) is None


@pytest.fixture(scope="module")
def identity():
    if not DATA.exists():
        pytest.skip("other people's data, not shipped")
    text = {"app_identity": str, "app_identity_row_rnd": str, "app_identity_recorded": str, "ranking": str}
    return pd.read_csv(DATA / "identity_w.csv", dtype=text)


def test_recorded_order_has_the_published_chi_square(build, identity):
    ranks = np.array([[int(c) for c in row] for row in identity["app_identity"]])
    shown = np.array([[int(c) for c in row] for row in identity["app_identity_row_rnd"]])  # items down the screen
    position = np.argsort(shown, axis=1) + 1
    answers = replace(build.rankings(ranks), position=position)
    assert ["".join(map(str, row)) for row in recorded(answers)] == list(identity["app_identity_recorded"])
    test = order_uniformity(answers)
    assert test.statistic == pytest.approx(121.6, abs=0.05)
    assert test.df == (23.0,)


def test_weights_of_rankings_agree_with_rankingq(build, identity):
    """The package's inverse-probability weights, made there from the unweighted anchor, follow from our share."""
    ranks = np.array([[int(c) for c in row] for row in identity["app_identity"]])
    study = with_anchor(build.study(build.rankings(ranks)), identity["anc_correct_identity"] == 1)
    prepared, _fit, _reason = fitted(study, model="mean-rank")
    share = anchor_rate(study.wave().anchor, prepared.sample).share
    names = ["".join(map(str, p)) for p in permutations(range(1, 5))]
    profile = np.array([names.index(name) for name in identity["app_identity"]])
    raw = np.bincount(profile) / len(profile)
    corrected_raw = np.clip((raw - share / 24) / (1 - share), 0, None)
    weights = (corrected_raw / corrected_raw.sum() / np.where(raw > 0, raw, 1))[profile]
    assert weights == pytest.approx(identity["weights"].to_numpy(), rel=1e-12)
    corrected = rank(study, model="mean-rank", random_answers="anchor", draws=1000, frequencies=False)
    assert corrected.shown.value == pytest.approx((ranks.mean(axis=0) - share * 2.5) / (1 - share), rel=1e-12)


def test_careful_people_who_miss_the_anchor_are_no_random_answers(build, draw):
    """10 % of the careful miss it: 32 % "at random" instead of 25 %, and 40 % of the intervals wrong."""
    study = survey(build, draw, 20_000, 0.25, seed=11)
    wave = study.wave()
    rng = np.random.default_rng(12)
    missed = wave.anchor.correct & (rng.random(20_000) > 0.1)
    shares = []
    for rate in (0.0, 0.1):
        anchor = replace(wave.anchor, correct=missed, careful_miss=rate)
        found = rank(
            replace(study, waves=(replace(wave, anchor=anchor),)),
            random_answers="anchor",
            draws=1000,
            frequencies=False,
        ).estimate
        shares.append(found.parameters["random_answer_share"])
        assert any("careful people miss" in note for note in found.notes)
    assert shares[0] > 0.3
    assert shares[1] == pytest.approx(0.25, abs=0.015)


def test_more_random_answers_than_there_can_be_are_refused_in_words(build, draw):
    study = survey(build, draw, 60, 0.0, seed=13, log_worth=(3.0, 1.0, -1.0, -3.0))
    correct = np.arange(60) < 12
    wave = replace(study.wave(), anchor=Anchor(correct, np.ones(60, bool), 4, 4))
    with pytest.raises(ModelError, match="careful_miss"):
        rank(replace(study, waves=(wave,)), random_answers="anchor", draws=1000, frequencies=False)


@pytest.mark.parametrize(("stated", "tried"), [(0.0, (0.0, 0.05, 0.1)), (0.075, (0.0, 0.05, 0.075, 0.1))])
def test_ranks_are_looked_at_under_other_rates_of_careful_misses(build, draw, stated, tried):
    study = survey(build, draw, 400, 0.3, seed=14)
    wave = study.wave()
    study = replace(study, waves=(replace(wave, anchor=replace(wave.anchor, careful_miss=stated)),))
    found = anchor_sensitivity(study, model="plackett-luce")
    assert found.careful_miss == tried
    assert found.refused == ()
    assert (np.diff(found.curve.share) < 0).all()
    asked = rank(study, random_answers="anchor", draws=1000, frequencies=False)
    at = tried.index(stated)
    assert found.curve.value[at] == pytest.approx(asked.shown.value, abs=1e-9)
    assert found.curve.share[at] == asked.estimate.parameters["random_answer_share"]
    assert len(found.to_dict()["items"][0]["rank"]) == len(tried)


def test_rates_under_which_nothing_can_be_corrected_are_named(build, draw):
    study = survey(build, draw, 60, 0.0, seed=13, log_worth=(3.0, 1.0, -1.0, -3.0))
    refused = set()
    for right in range(40, 61, 2):
        wave = replace(study.wave(), anchor=Anchor(np.arange(60) < right, np.ones(60, bool), 4, 4))
        found = anchor_sensitivity(replace(study, waves=(wave,)), model="plackett-luce")
        refused.add(() if found is None else found.refused)
        assert found is None or {*found.careful_miss, *found.refused} == {0.0, 0.05, 0.1}
    assert {(0.0,), (0.0, 0.05)} & refused
    assert anchor_sensitivity(replace(study, waves=(replace(wave, anchor=None),))) is None
    luck = replace(wave, anchor=Anchor(np.arange(60) < 3, np.ones(60, bool), 4, 4))
    assert anchor_sensitivity(replace(study, waves=(luck,))) is None
