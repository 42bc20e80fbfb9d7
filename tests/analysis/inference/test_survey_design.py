"""One covariance for every design, against the survey package's formulas and simulation."""

import numpy as np
import pytest

from obstacles.analysis.disclosure.cells import hidden_groups
from obstacles.analysis.inference.survey_design import sample_of
from obstacles.survey.study import Design


def mean_influence(y, weight):
    weight = weight / weight.sum()
    return (weight * (y - weight @ y))[:, None]


def test_strata_are_centred_by_themselves():
    y = np.array([1.0, 2, 3, 11, 12, 16])
    stratum = np.array([0, 0, 0, 1, 1, 1])
    covariance = sample_of(Design(stratum=stratum), 6).covariance(mean_influence(y, np.ones(6)))
    expected = (np.var(y[:3], ddof=1) / 3 + np.var(y[3:], ddof=1) / 3) / 4
    assert covariance[0, 0] == pytest.approx(expected)


def test_clusters_of_identical_respondents_count_once():
    rng = np.random.default_rng(0)
    y = rng.normal(size=20)
    alone = sample_of(Design(), 20).covariance(mean_influence(y, np.ones(20)))
    cluster = np.arange(20).repeat(5)
    together = sample_of(Design(cluster=cluster), 100).covariance(mean_influence(y.repeat(5), np.ones(100)))
    assert together == pytest.approx(alone)


def test_same_cluster_number_in_two_strata_is_two_clusters():
    sample = sample_of(Design(stratum=np.array([0, 0, 1, 1]), cluster=np.array([0, 1, 0, 1])), 4)
    assert sample.df == 2


def test_a_lonely_unit_is_centred_at_the_mean_of_all_units():
    y = np.array([1.0, 3.0, 10.0])
    z = mean_influence(y, np.ones(3))
    sample = sample_of(Design(stratum=np.array([0, 0, 1])), 3)
    assert sample.lonely_strata == 1
    pair = 2 * ((z[0] - z[:2].mean()) ** 2 + (z[1] - z[:2].mean()) ** 2)
    assert sample.covariance(z)[0, 0] == pytest.approx(float(pair[0] + (z[2, 0] - z.mean()) ** 2))


def test_a_census_has_no_sampling_error():
    z = mean_influence(np.arange(10.0), np.ones(10))
    sample = sample_of(Design(population=np.full(10, 10.0)), 10)
    assert sample.covariance(z, finite_population=True)[0, 0] == pytest.approx(0)
    assert sample.covariance(z)[0, 0] > 0


def test_finite_population_correction_is_that_of_each_stratum():
    y = np.arange(8.0) ** 2
    stratum = np.array([0] * 4 + [1] * 4)
    population = np.array([8.0] * 4 + [16.0] * 4)
    sample = sample_of(Design(stratum=stratum, population=population), 8)
    z = mean_influence(y, np.ones(8))
    expected = sum(f * np.var(part, ddof=1) / 4 / 4 for f, part in ((0.5, y[:4]), (0.75, y[4:])))
    assert sample.covariance(z, finite_population=True)[0, 0] == pytest.approx(expected)


def test_effective_sample_size_is_kishs():
    assert sample_of(Design(weight=np.array([1.0, 1, 2])), 3).kish_n == pytest.approx(16 / 6)


@pytest.mark.parametrize(
    ("count", "hidden"),
    [
        ([30, 12, 4], [False, True, True]),
        ([30, 12, 9, 8], [False, False, True, True]),
        ([30, 12, 9, 9], [False, True, True, True]),  # two below 10 that sum to 18 can only be 9 and 9
        ([30, 12, 2, 3], [False, True, True, True]),
        ([30, 12], [False, False]),
        ([4], [True]),
    ],
)
def test_small_groups_are_hidden_with_a_companion(count, hidden):
    assert hidden_groups(np.array(count), 10).tolist() == hidden


def test_what_is_hidden_is_never_small_or_alone():
    rng = np.random.default_rng(0)
    looked = 0
    for _partition in range(2_000):
        count = rng.integers(0, 30, rng.integers(2, 12))
        hidden = hidden_groups(count, 10)
        if hidden.any() and not hidden[count > 0].all():
            looked += 1
            assert count[hidden].sum() >= 10
            assert (hidden & (count > 0)).sum() >= 2
    assert looked > 500
