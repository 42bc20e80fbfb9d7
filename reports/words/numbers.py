"""The only place where a number becomes text.

Digits, dates and lists follow Unicode CLDR in the language in use (Babel; English is British English). House style: a
true minus sign, "to" between the ends of a range, a dash for what does not exist. A number is rounded here and nowhere
before: half to even, on its decimal digits.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

from obstacles.text.language import _, commas, in_use, language, phrases
from obstacles.text.languages import LANGUAGES

if TYPE_CHECKING:
    from babel import Locale

MISSING = "–"
MINUS = "\N{MINUS SIGN}"
THIN_SPACE = "\N{THIN SPACE}"  # CLDR writes it in ranges; few fonts have it
SMALLEST_P = 0.001
SAME = 1e-9  # what sums of weights leave
HALF_A_POINT = 0.005  # of a share: what would be rounded to 0 or 100 %


@cache
def _locale(code: str) -> Locale:
    """Babel's locale; British English for English and for a language that CLDR does not know."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(LANGUAGES[code].locale if code in LANGUAGES else code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def _written(x: float | Decimal, digits: int) -> str:
    """A finite number with exactly `digits` decimals and the language's marks."""
    from babel.numbers import format_decimal

    exact = x if isinstance(x, Decimal) else Decimal(repr(float(x)))
    with localcontext(prec=400):  # any float has fewer digits
        rounded = round(exact, digits)
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    text = str(format_decimal(abs(rounded), format=pattern, locale=_locale(language())))
    return MINUS + text if rounded < 0 else text


def _ends(write: Callable[[float | None], str], low: float | None, high: float | None, missing: str = MISSING) -> str:
    """A missing end makes the whole missing."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return missing
    return _("{low} to {high}").format(low=write(low), high=write(high))


def count(n: float | None, *, missing: str = MISSING) -> str:
    """A number of things: 1248 -> "1,248"."""
    return decimal(n, 0, missing=missing)


def decimal(x: float | None, digits: int = 2, *, missing: str = MISSING) -> str:
    """A number with `digits` decimals: -0.5 -> "−0.50"; what rounds to zero has no sign."""
    if x is None or math.isnan(x):
        return missing
    if math.isinf(x):
        return "∞" if x > 0 else MINUS + "∞"
    return _written(x, digits)


def bare_percent(p: float | None, digits: int = 1) -> str:
    """A proportion in percent without the sign, for columns headed "%": 0.1824 -> "18.2".

    In whole percent "0" is nobody and "100" is everybody: 0.004 -> "<1", 0.996 -> ">99".
    """
    if digits == 0 and p is not None and SAME < p <= HALF_A_POINT:
        return "<" + _written(1, 0)
    if digits == 0 and p is not None and SAME < 1 - p <= HALF_A_POINT:
        return ">" + _written(99, 0)
    return _percent_end(p, digits)


def _percent_end(p: float | None, digits: int) -> str:
    if p is None or not math.isfinite(p):
        return MISSING
    return _written(Decimal(repr(float(p))) * 100, digits)


def percent(p: float | None, digits: int = 1) -> str:
    """A proportion in percent: 0.1824 -> "18.2%", with the language's space before the sign."""
    text = bare_percent(p, digits)
    return text if text == MISSING else text + in_use().before_percent + "%"


def signed(x: float | None, digits: int = 2) -> str:
    """A change: 0.5 -> "+0.50", -0.5 -> "−0.50"; what rounds to zero has no sign."""
    text = decimal(x, digits)
    if x is None or not x > 0 or text == decimal(0.0, digits):
        return text
    return f"+{text}"


def points(p: float | None, digits: int = 1) -> str:
    """A change of a proportion in percentage points, without their name: 0.065 -> "+6.5"."""
    return MISSING if p is None or math.isnan(p) else signed(float(Decimal(repr(float(p))) * 100), digits)


def signed_interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """The ends of an interval of changes: "−0.2 to +0.4"."""
    return _ends(partial(signed, digits=digits), low, high)


def points_interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """The ends of an interval of changes of a proportion in percentage points: "+2.0 to +11.0"."""
    return _ends(partial(points, digits=digits), low, high)


def level(p: float) -> str:
    """A confidence level with no more digits than it has: 0.95 -> "95%", 0.975 -> "97.5%"."""
    return percent(p, 0 if math.isclose(p * 100, round(p * 100), abs_tol=1e-9) else 1)


def p_value(p: float | None) -> str:
    """ "p = 0.032", "p < 0.001" or "p > 0.999"."""
    if p is None or math.isnan(p):
        return MISSING
    if p < SMALLEST_P:
        return f"p < {_written(SMALLEST_P, 3)}"
    if p > 1 - SMALLEST_P:
        return f"p > {_written(1 - SMALLEST_P, 3)}"
    return f"p = {_written(p, 3)}"


def bare_p(p: float | None) -> str:
    """A p-value under a heading that says p: "0.032" or "< 0.001"."""
    return p_value(p).removeprefix("p = ").removeprefix("p ")


def interval(low: float | None, high: float | None, digits: int = 1, *, missing: str = MISSING) -> str:
    """The ends of an interval: "16.0 to 20.4"; a missing end makes the whole missing."""
    return _ends(partial(decimal, digits=digits), low, high, missing)


def percent_interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """The ends of an interval of proportions in percent without the sign: (0.16, 0.204) -> "16.0 to 20.4"."""
    return _ends(partial(_percent_end, digits=digits), low, high)


def rank_set(low: int | None, high: int | None) -> str:
    """The ranks that are not ruled out: "1" or "2 to 4". 0 stands for an item without a rank."""
    if not low or not high:
        return MISSING
    return count(low) if low == high else _("{low} to {high}").format(low=count(low), high=count(high))


def rank(place: float) -> str:
    """A rank that may be shared: 2.0 -> "2", 2.5 -> "2.5"."""
    return decimal(place, 0 if not math.isfinite(place) or place == int(place) else 1)


def date(d: datetime.date) -> str:
    """ "3 March 2025"."""
    from babel.dates import format_date

    return str(format_date(d, format="long", locale=_locale(language())))


def date_range(first: datetime.date, last: datetime.date) -> str:
    """ "3 March – 18 April 2025", or one date where both are the same."""
    from babel.dates import format_date

    if first == last:
        return date(first)
    locale = _locale(language())
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    patterns = locale.interval_formats["yMMMd"][differs]
    ends = zip((first, last), patterns, strict=True)
    written = [format_date(end, format=pattern.replace("MMM", "MMMM"), locale=locale) for end, pattern in ends]
    return "".join(written).replace(THIN_SPACE, " ")


def listing(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return _list(names, "standard")


def clauses(parts: Sequence[str]) -> str:
    """Parts of a sentence with verbs of their own: as names, and in Chinese with commas between them."""
    return listing(parts) if in_use().clauses_end_with_and else phrases(parts)


def alternatives(names: Sequence[str]) -> str:
    """ "a, b or c"."""
    return _list(names, "or")


def _list(names: Sequence[str], style: Literal["standard", "or"]) -> str:
    from babel.lists import format_list

    return str(format_list(list(names), style=style, locale=_locale(language()))) if names else ""


def ranges(places: Sequence[int]) -> str:
    """Whole numbers with runs put together: [1, 2, 3, 7] -> "1–3, 7"."""
    runs: list[list[int]] = []
    for place in sorted(set(places)):
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    written = [count(low) if low == high else f"{count(low)}–{count(high)}" for low, high in runs]
    return commas(written)
