"""CR2, Satterthwaite's degrees of freedom and AHZ's against their definitions with n by n matrices."""

import numpy as np
import pytest
from scipy import linalg, stats

from obstacles.analysis.inference.survey_design import sum_rows
from obstacles.analysis.regression.regress import regress
from obstacles.analysis.regression.unit_leverage import UnitLeverage


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    unit = np.repeat(np.arange(9), [9, 7, 5, 4, 3, 3, 2, 2, 1])
    region = (np.arange(9) % 2)[unit]
    x = np.column_stack([np.ones(36), region, rng.normal(size=36), rng.random(36) < 0.4])
    return unit, x, x @ [1, 0.5, 0, 0.3] + rng.normal(size=36)


def _root(matrix: np.ndarray, power: float) -> np.ndarray:
    values, vectors = linalg.eigh(matrix)
    raised = np.array([value**power if value > 1e-8 else 0.0 for value in values])
    return np.asarray((vectors * raised) @ vectors.T)


def _by_hand(unit: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The residual maker (n, n), and (q, n) per unit: what its residuals, multiplied by A = (1 - H)^-1/2, add."""
    bread = np.linalg.inv(x.T @ x)
    maker = np.eye(len(x)) - x @ bread @ x.T
    added = []
    for g in range(unit.max() + 1):
        rows = unit == g
        here = np.zeros((len(bread), len(x)))
        here[:, rows] = bread @ x[rows].T @ _root(maker[np.ix_(rows, rows)], -0.5)
        added.append(here)
    return maker, added


def test_scores_are_those_of_cr2(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    unit, x, y = data
    maker, added = _by_hand(unit, x)
    residual = maker @ y
    expected = np.array([part @ residual for part in added])
    found = UnitLeverage(unit, x, np.ones(len(x))).adjusted(sum_rows(x * residual[:, None], unit, 9)) @ np.linalg.inv(
        x.T @ x
    )
    assert found == pytest.approx(expected, abs=1e-10)


def test_satterthwaite_is_that_of_bell_and_mccaffrey(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    unit, x, _y = data
    maker, added = _by_hand(unit, x)
    one = UnitLeverage(unit, x, np.ones(len(x)))
    for column in range(x.shape[1]):
        parts = np.array([part[column] @ maker for part in added])
        matrix = parts @ parts.T  # covariance of the units' parts
        contrast = np.eye(x.shape[1])[[column]]
        assert one.df(contrast) == pytest.approx(np.trace(matrix) ** 2 / (matrix**2).sum(), rel=1e-8)


def test_several_coefficients_have_the_degrees_of_freedom_of_ahz(
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """q (q + 1) over the sum of the variances of the entries of the whitened covariance, entry by entry."""
    unit, x, _y = data
    maker, added = _by_hand(unit, x)
    kept = [1, 2, 3]
    parts = np.array([part[kept] @ maker for part in added])  # (u, 3, n)
    mean = np.einsum("gsi,gti->st", parts, parts)
    parts = np.einsum("st,gti->gsi", _root(mean, -0.5), parts)
    covariance = np.einsum("gsi,hti->sgth", parts, parts)
    spread = 0.0
    for s in range(3):
        for t in range(3):
            spread += (covariance[s, :, s] * covariance[t, :, t]).sum() + (
                covariance[s, :, t] * covariance[s, :, t].T
            ).sum()
    found = UnitLeverage(unit, x, np.ones(len(x))).df(np.eye(4)[kept])
    assert found == pytest.approx(12 / spread, rel=1e-8)


def test_the_variance_is_right_where_residuals_are_alike() -> None:
    """Weighted, and one by one: the mean of the adjusted variance is that of the estimate."""
    rng = np.random.default_rng(2)
    n = 24
    weight, group = rng.lognormal(0, 1, n), np.arange(n) % 3
    x = np.column_stack([np.ones(n), group == 1, group == 2]).astype(float)
    bread = np.linalg.inv((x * weight[:, None]).T @ x)
    estimator = bread @ (x * weight[:, None]).T
    maker = np.eye(n) - x @ estimator
    one = UnitLeverage(np.arange(n), x, weight)
    adjusted = np.array([one.adjusted(x * (weight * column)[:, None]) @ bread for column in maker.T])  # of unit errors
    mean = np.einsum("igs,igt->st", adjusted, adjusted)
    assert mean == pytest.approx(estimator @ estimator.T, rel=1e-8, abs=1e-12)
    plain = (x * weight[:, None]) @ bread
    without = np.einsum("ig,gs,ig,gt->st", maker.T, plain, maker.T, plain)
    assert (np.diag(without) < 0.95 * np.diag(mean)).all()


def test_equal_cells_of_equal_units_have_the_degrees_of_freedom_of_the_t_test() -> None:
    """Ten units of five, five in each region: the t test of ten unit means has eight."""
    unit = np.repeat(np.arange(10), 5)
    x = np.column_stack([np.ones(50), (unit < 5).astype(float)])
    assert UnitLeverage(unit, x, np.ones(50)).df(np.array([[0.0, 1.0]])) == pytest.approx(8)


@pytest.mark.parametrize(("n", "few"), [(16, True), (24, True), (50, False)])
def test_small_plain_samples_have_the_p_value_of_the_t_test(grouped, model, build, n: int, few: bool) -> None:
    """Two groups of n people each: with fewer than fifty in all errors are those of Student's."""
    rng = np.random.default_rng(n)
    region, score = np.repeat(["a", "b"], n).astype(object), rng.normal(size=2 * n)
    answers = build.rankings(np.argsort(rng.random((2 * n, 4)), axis=1) + 1)
    study = grouped(answers, {"region": region, "score": score.astype(str).astype(object)})
    (row,) = regress(study, model("outcome", "region", outcome="score")).rows
    exact = stats.ttest_ind(score[:n], score[n:]).pvalue
    assert (row.p == pytest.approx(exact, rel=1e-9)) == few
