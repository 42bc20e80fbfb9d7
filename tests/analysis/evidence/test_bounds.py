"""Bounds of margins against all joint tables, and printed tables whose truth is known."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.evidence.bounds import (
    above_by,
    break_even,
    census_factor,
    ratio,
    sampled,
    sign_p,
    variance_ends,
)
from obstacles.analysis.evidence.printed import printed_evidence
from obstacles.survey.evidence.crosswalk import Place
from obstacles.survey.evidence.load import EvidenceSurvey
from obstacles.survey.evidence.printed import PrintedItem, PrintedSurvey

TABLES = int(os.environ.get("EVIDENCE_TABLES", "300"))  # of each simulation; a long run: 20000
Z = 1.959963984540054


@pytest.mark.parametrize(("p", "q"), [(0.53, 0.49), (0.7, 0.7), (0.2, 0.05), (0.9, 0.6), (0.5, 0.5)])
def test_ends_of_the_variance_are_those_of_all_joint_shares(p: float, q: float) -> None:
    joint = np.linspace(max(0, p + q - 1), min(p, q), 1001)
    variance = p + q - 2 * joint - (p - q) ** 2
    assert variance_ends(p, q, several=True) == pytest.approx((variance.min(), variance.max()), abs=1e-12)
    assert variance_ends(p, q, several=False) == pytest.approx((p + q - (p - q) ** 2,) * 2)
    assert variance_ends(p, q, several=True, joint=joint[300]) == pytest.approx((variance[300],) * 2)


@pytest.mark.parametrize(
    ("p", "q", "printed"),
    [(0.53, 0.49, 2349), (0.63, 0.67, 1677), (0.42, 0.43, 32650), (0.51, 0.54, 4051), (0.57, 0.52, 1395)],
)
def test_break_even_as_worked_out_by_hand(p: float, q: float, printed: int) -> None:
    largest = variance_ends(p, q, several=True)[1]
    needed = break_even(p - q, largest, Z)
    assert needed is not None
    assert needed == pytest.approx(printed, abs=2)
    assert Z * math.sqrt(largest / needed) <= abs(p - q) < Z * math.sqrt(largest / (needed - 1))
    assert break_even(0.0, 0.5, Z) is None


def test_a_census_has_no_error() -> None:
    assert census_factor(89, 89) == 0
    assert census_factor(87, 89) == pytest.approx(2 / 88)
    assert census_factor(87, None) == census_factor(None, 89) == 1
    assert ratio(0.01, 0.0, 10) == math.inf
    assert ratio(0.0, 0.0, 10) == -math.inf


@pytest.mark.parametrize("others", [1, 2, 4])
def test_no_joint_distribution_has_a_larger_variance(others: int) -> None:
    """Random weights on all patterns of answers: the variance of mark minus sum of marks against its bound."""
    rng = np.random.default_rng(others)
    patterns = (np.arange(2 ** (others + 1))[:, None] >> np.arange(others + 1)) & 1
    looked = 0
    for _draw in range(2000):
        weight = rng.dirichlet(np.full(len(patterns), 0.08))
        p = weight @ patterns
        score = patterns[:, 0] - patterns[:, 1:].sum(axis=1)
        mean = float(weight @ score)
        difference, variance = above_by((p[0], p[0]), [(q, q) for q in p[1:]], several=True)
        assert difference == pytest.approx(mean, abs=1e-9)
        assert float(weight @ score**2) - mean**2 <= variance + 1e-9
        looked += 1
    assert looked == 2000


def test_rounding_only_widens() -> None:
    exact = above_by((0.6, 0.6), [(0.5, 0.5)], several=True)
    rounded = above_by((0.595, 0.605), [(0.495, 0.505)], several=True)
    assert rounded[0] == pytest.approx(0.09)
    assert rounded[1] >= exact[1]
    assert ratio(*rounded, 500) < ratio(*exact, 500)


def survey_of(
    shares: np.ndarray, categories: list[str], n: float | None, *, kind: str = "select-all", digits: int = 0
) -> EvidenceSurvey:
    """A printed survey of these shares, rounded as tables are."""
    half = 0.5 * 10.0**-digits
    items = [PrintedItem(f"i{j}", round(100 * float(p), digits), half) for j, p in enumerate(shares)]
    survey = PrintedSurvey("S", 2020, "government", kind, "percent", tuple(items), n, whole=True)
    return EvidenceSurvey(survey, "S", tuple(Place(name, name) for name in categories))


CORRELATIONS = ("none", "together", "apart", "skills with none")


def answers_of(rng: np.random.Generator, p: np.ndarray, n: int, correlation: str) -> np.ndarray:
    """(n, m) marks with margins p and a joint distribution of one kind."""
    u = rng.random((n, 1))
    if correlation == "none":
        return np.asarray(rng.random((n, len(p))) < p)
    if correlation == "together":
        return np.asarray(u < p)
    start = (
        np.concatenate([[0], np.cumsum(p)[:-1]]) if correlation == "apart" else np.where(np.arange(len(p)), 1 - p, 0)
    )
    return np.asarray((u - start) % 1 < p)


def simulated() -> Iterator[tuple[str, list[float], list[str], int]]:
    """Truths in which skills are level with another category, by any item of it."""
    for n in (40, 150, 1000):
        yield "alone", [0.45, 0.45, 0.3, 0.2], ["skills", "cost", "rules", "data"], n
        yield "large", [0.8, 0.8, 0.6], ["skills", "cost", "rules"], n
    yield "many", [0.3] * 8, ["skills", *"abcdefg"], 200


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize(("name", "p", "categories", "n"), list(simulated()))
def test_surely_first_is_hardly_ever_wrong(
    name: str, p: list[float], categories: list[str], n: int, correlation: str
) -> None:
    rng = np.random.default_rng(20240513)
    first = last = 0
    for _table in range(TABLES):
        marks = answers_of(rng, np.array(p), n, correlation)
        result = printed_evidence(
            survey_of(marks.mean(axis=0), categories, n), "skills", "narrow", opt_outs=True, level=0.95
        )
        assert result is not None
        first += result.sure == "surely first"
        last += result.sure == "surely not first"
    allowed = 0.05 + 3 * math.sqrt(0.05 * 0.95 / TABLES)
    assert first / TABLES <= allowed
    assert last / TABLES <= allowed


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_a_handful_of_respondents_is_hardly_ever_wrong(n: int, correlation: str) -> None:
    """Skills and cost level at 50 %, or as exclusive answers: n = 1 then always prints 100 v 0."""
    rng = np.random.default_rng(n)
    wrong = zero = 0
    for _table in range(TABLES):
        shares = answers_of(rng, np.array([0.5, 0.5]), n, correlation).mean(axis=0)
        result = printed_evidence(
            survey_of(shares, ["skills", "cost"], n), "skills", "narrow", opt_outs=True, level=0.95
        )
        assert result is not None
        assert result.difference is not None
        assert result.difference.low is not None
        assert result.difference.high is not None
        wrong += result.sure != "not sure"
        zero += result.difference.low > 0 or result.difference.high < 0
        assert result.effects[0].smallest_variance > 0.01 / n
    assert max(wrong, zero) / TABLES <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / TABLES)


def test_the_sign_test_is_that_of_the_counts() -> None:
    for first, second, n in ((1.0, 0.0, 5), (0.6, 0.2, 10), (0.0, 0.5, 8)):
        exact = stats.binom.sf(round(n * first) - 1, round(n * (first + second)), 0.5)
        assert sign_p(first, second, n) == pytest.approx(exact)
    assert sampled(0.0, 1.0, 3) == pytest.approx((1 - 0.6**2) / 5)  # Bonett and Price: 4 of 5 against 1 of 5
    assert break_even(1.0, 0.0, Z) == 6  # six of six is the first that the sign test holds


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_surely_first_counts_all_items_of_a_rival(correlation: str) -> None:
    """Skills 40 %; cost by three items of 25, 10 and 5 %, at most 40 % together: level where they are apart."""
    rng = np.random.default_rng(7)
    p, categories = np.array([0.4, 0.25, 0.1, 0.05]), ["skills", "cost", "cost", "cost"]
    first = 0
    for _table in range(TABLES):
        marks = answers_of(rng, p, 400, correlation)
        result = printed_evidence(
            survey_of(marks.mean(axis=0), categories, 400), "skills", "narrow", opt_outs=True, level=0.95
        )
        assert result is not None
        first += result.sure == "surely first"
    assert first / TABLES <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / TABLES)


@pytest.mark.parametrize("n", [30, 100, 600])
def test_single_answers_hold_their_level_too(n: int) -> None:
    rng = np.random.default_rng(n)
    wrong = 0
    for _table in range(TABLES):
        shares = rng.multinomial(n, [0.3, 0.3, 0.25, 0.15]) / n
        entry = survey_of(shares, ["skills", "cost", "rules", "data"], n, kind="top-1")
        result = printed_evidence(entry, "skills", "narrow", opt_outs=True, level=0.95)
        assert result is not None
        wrong += result.sure == "surely first"
    assert wrong / TABLES <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / TABLES)


def test_a_clear_lead_is_seen() -> None:
    result = printed_evidence(
        survey_of(np.array([0.6, 0.3]), ["skills", "cost"], 300), "skills", "narrow", opt_outs=True, level=0.95
    )
    assert result is not None
    assert (result.sure, result.places, result.standing) == ("surely first", (1, 1), "first")
    other = printed_evidence(
        survey_of(np.array([0.3, 0.6]), ["skills", "cost"], 300), "skills", "narrow", opt_outs=True, level=0.95
    )
    assert other is not None
    assert (other.sure, other.places, other.standing) == ("surely not first", (2, 2), "not first")
