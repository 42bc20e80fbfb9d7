import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.inference.survey_design import sample_of
from obstacles.analysis.prepare import prepare
from obstacles.analysis.ranking.concordance import agreement, cochran, equal_scores, friedman
from obstacles.analysis.scores import SCORES
from obstacles.survey.study import Design


def test_friedman_and_w_agree_with_r_and_scipy(golden):
    data, r = golden("friedman_likert30x5.csv"), golden("friedman.json")["likert30x5"]
    test, w = friedman(np.tile(data, (2, 1)))  # 60 rows: the chi-square approximation
    assert test.statistic == pytest.approx(2 * r["Q"], rel=1e-12)
    assert w == pytest.approx(r["kendallW_tiecorrected"], rel=1e-12)
    assert test.p == pytest.approx(stats.friedmanchisquare(*np.tile(data, (2, 1)).T).pvalue, rel=1e-9)


def test_cochran_agrees_with_r(golden):
    data, r = golden("cochran_pickany40x6.csv"), golden("friedman.json")["cochran_pickany40x6"]
    test = cochran(data)
    assert test.statistic == pytest.approx(r["Q"], rel=1e-12)
    assert test.p == pytest.approx(r["p"], rel=1e-9)


def test_small_samples_get_exact_p_by_all_permutations():
    """Three respondents who agree on three items: 3! equal orders of 6^3 equally likely outcomes."""
    test, w = friedman(np.array([[1, 2, 3]] * 3))
    assert w == 1
    assert test.p == pytest.approx(6 / 216)


def test_two_items_give_the_sign_test():
    scores = np.array([[1, 2]] * 8 + [[2, 1]] * 2)
    assert friedman(scores)[0].p == pytest.approx(stats.binomtest(8, 10).pvalue)


def test_all_tied_rows_say_nothing():
    test, w = friedman(np.ones((4, 3)))
    assert np.isnan(test.statistic)
    assert np.isnan(w)


@pytest.mark.parametrize("design", [{"weight": [1.0, 2.0] * 10}, {"cluster": [0, 1] * 10}, {"stratum": [0, 1] * 10}])
def test_rank_tests_are_left_out_under_weights_and_designs(build, draw, design):
    answers = build.rankings(draw(np.random.default_rng(0), 20, np.zeros(3)))
    arrays = {name: np.array(value) for name, value in design.items()}
    assert agreement(answers, sample_of(Design(**arrays), 20)) == ()
    assert agreement(answers, sample_of(Design(), 20)) != ()


def test_wald_test_has_its_size_under_clusters(build):
    """Equal items, answers that agree within 30 clusters of 8: about 5 % rejections."""
    rng = np.random.default_rng(2)
    rejected = 0
    for _survey in range(300):
        shared = rng.normal(size=(30, 4)).repeat(8, axis=0)
        ranks = np.argsort(np.argsort(shared + 2 * rng.normal(size=(240, 4)), axis=1), axis=1) + 1
        study = build.study(build.rankings(ranks), cluster=np.arange(30).repeat(8))
        rejected += equal_scores(SCORES["mean-rank"].fit(prepare(study.wave(), k=3)).estimate).p < 0.05
    assert 0.05 - 3 * 0.0126 < rejected / 300 < 0.05 + 3 * 0.0126


def test_items_that_everybody_answers_alike_have_no_test_of_equal_scores(build):
    """Rounding may leave their variance on either side of 0."""
    for chosen in (3, 7, 19):
        ranks = np.zeros((40, 20), int)
        ranks[:, :chosen] = np.arange(1, chosen + 1)
        ranks[::2, [0, 1]] = [2, 1]
        for name in ("first-choice", "borda"):
            assert (
                equal_scores(SCORES[name].fit(prepare(build.study(build.rankings(ranks)).wave(), k=3)).estimate) is None
            )
