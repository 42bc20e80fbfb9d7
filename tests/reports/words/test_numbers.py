"""Numbers as text: the house style, and rounding that happens here and nowhere before."""

import datetime
import math

import pytest

from obstacles.reports.words import numbers
from obstacles.text.language import using

NARROW = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (1248, 0, "1,248"),
        (-0.5, 2, "−0.50"),
        (-0.001, 2, "0.00"),
        (0.125, 2, "0.12"),
        (math.inf, 2, "∞"),
        (None, 2, "–"),
    ],
)
def test_decimals_have_a_true_minus_and_no_signed_zero(x, digits, text):
    assert numbers.decimal(x, digits) == text


def test_percentages_are_rounded_on_their_decimal_digits():
    assert numbers.percent(0.1825) == "18.2%"  # half to even, not 18.249999 or 18.250001
    assert numbers.bare_percent(0.1824) == "18.2"
    assert numbers.bare_percent(math.nan) == "–"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0"),
        (1e-12, "0"),
        (1 / 300, "<1"),
        (0.0049, "<1"),
        (0.005, "<1"),
        (0.0051, "1"),
        (0.99, "99"),
        (0.996, ">99"),
        (299 / 300, ">99"),
        (1 - 1e-12, "100"),
        (1.0, "100"),
    ],
)
def test_whole_percent_say_0_of_nobody_and_100_of_everybody(share, text):
    assert numbers.bare_percent(share, 0) == text
    assert numbers.percent(share, 0).startswith(text)
    assert numbers.percent_interval(share, share, 0) != "<1 to <1"


def test_a_level_has_no_more_digits_than_needed():
    assert numbers.level(0.95) == "95%"
    assert numbers.level(0.975) == "97.5%"


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0321, "p = 0.032"), (1e-9, "p < 0.001"), (0.9999, "p > 0.999"), (None, "–"), (math.nan, "–")],
)
def test_p_values_are_never_zero_or_one(p, text):
    assert numbers.p_value(p) == text


@pytest.mark.parametrize(
    ("x", "text"),
    [(0.5, "+0.50"), (-0.5, "−0.50"), (0.001, "0.00"), (-0.001, "0.00"), (0.0, "0.00"), (None, "–"), (math.nan, "–")],
)
def test_changes_have_a_sign_unless_they_round_to_zero(x, text):
    assert numbers.signed(x) == text


@pytest.mark.parametrize(
    ("p", "text"), [(0.065, "+6.5"), (-0.065, "−6.5"), (0.0001, "0.0"), (0.0, "0.0"), (None, "–"), (math.nan, "–")]
)
def test_points_are_signed_percentages(p, text):
    assert numbers.points(p) == text


def test_intervals_of_changes_have_signed_ends():
    assert numbers.signed_interval(-0.2, 0.4, 1) == "−0.2 to +0.4"
    assert numbers.points_interval(0.02, 0.11) == "+2.0 to +11.0"
    for missing in (None, math.nan):
        assert numbers.signed_interval(missing, 0.4) == numbers.signed_interval(0.4, missing) == "–"
        assert numbers.points_interval(missing, 0.4) == numbers.points_interval(0.4, missing) == "–"


def test_ends_of_intervals_and_rank_sets():
    assert numbers.percent_interval(0.16, 0.204) == "16.0 to 20.4"
    assert numbers.interval(1.0, math.nan) == "–"
    assert numbers.rank_set(2, 4) == "2 to 4"
    assert numbers.rank_set(3, 3) == "3"
    assert numbers.rank_set(0, 0) == "–"


def test_runs_of_places_are_put_together():
    assert numbers.ranges([7, 1, 3, 2, 3]) == "1–3, 7"
    assert numbers.ranges([]) == ""


def test_lists_end_in_and_or_or():
    assert numbers.listing(["a", "b", "c"]) == "a, b and c"
    assert numbers.alternatives(["a", "b", "c"]) == "a, b or c"
    assert numbers.listing([]) == ""


def test_dates_follow_the_language():
    first, last = datetime.date(2025, 3, 3), datetime.date(2025, 4, 18)
    assert numbers.date_range(first, last) == "3 March – 18 April 2025"
    assert numbers.date_range(first, first) == "3 March 2025"
    with using("zh"):
        assert "2025" in numbers.date(first)
        assert "年" in numbers.date(first)
