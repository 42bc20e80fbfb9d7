"""Tests in words: what was asked, the figures, and how the answer reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.words import numbers
from obstacles.reports.words.naming import Nouns
from obstacles.text.language import N_, _, phrases

if TYPE_CHECKING:
    from obstacles.analysis.inference.estimate import Test

NO_BREAK = "\N{NO-BREAK SPACE}"


AGREEMENT = (  # Kendall's W below each mark
    (0.2, N_("Very weak agreement (0 is none, 1 is complete).")),
    (0.4, N_("Weak agreement (0 is none, 1 is complete).")),
    (0.6, N_("Moderate agreement (0 is none, 1 is complete).")),
    (0.8, N_("Strong agreement (0 is none, 1 is complete).")),
    (math.inf, N_("Unusually strong agreement (0 is none, 1 is complete).")),
)


@dataclass(frozen=True)
class Verdict:
    question: str
    test: str  # name of the test
    result: str  # statistic, degrees of freedom and p
    reading: str


def verdict(test: Test, nouns: Nouns, *, level: float) -> Verdict:
    """One test in words, decided at 1 - level."""
    return VERDICTS.get(test.name, _other)(test, nouns, level)


def result(symbol: str, test: Test) -> str:
    """ "χ² = 532.1, 5 df, p < 0.001"."""
    if math.isnan(test.statistic):
        return numbers.MISSING
    finite = [numbers.decimal(df, 0) for df in test.df if math.isfinite(df)]
    df = _("{df} df").format(df=numbers.listing(finite)) if finite else ""
    parts = (f"{symbol} = {numbers.decimal(test.statistic, 2)}", df, numbers.p_value(test.p))
    return phrases(part.replace(" ", NO_BREAK) for part in parts)  # each on one line


def _equal(name: str, symbol: str, test: Test, nouns: Nouns, level: float) -> Verdict:
    """A test of the hypothesis that all items are the same."""
    question = _("Could all {nouns} be equal?").format(nouns=nouns.several)
    return Verdict(question, name, result(symbol, test), _equal_reading(test, level))


def _equal_reading(test: Test, level: float) -> str:
    if math.isnan(test.p):
        return _("It cannot be said: the answers do not differ at all.")
    if test.p <= 1 - level:
        return _("No: they differ by more than chance alone would make likely.")
    return _("This test does not rule it out: such differences would be nothing unusual if they were equal.")


def _kendall(test: Test, nouns: Nouns, level: float) -> Verdict:
    question = _("How much do respondents agree on the order?")
    figures = numbers.MISSING if math.isnan(test.statistic) else f"W = {numbers.decimal(test.statistic, 2)}"
    return Verdict(question, _("Kendall's W"), figures, agreement(test.statistic))


def agreement(w: float) -> str:
    """Kendall's W in words, by the nearest of Schmidt's marks (1997, Decision Sciences 28: 763)."""
    if math.isnan(w):
        return _("It cannot be said: the answers do not differ at all.")
    return _(next(words for below, words in AGREEMENT if w < below))


def _winner(test: Test, nouns: Nouns, level: float) -> Verdict:
    question = _("Is the first {noun} of the sample separated from each other one?").format(noun=nouns.one)
    reading = (
        _("Yes: it can be named first.")
        if test.p <= 1 - level
        else _("No: at least one other {noun} cannot be told apart from it.").format(noun=nouns.one)
    )
    return Verdict(question, _("Winner test (smallest difference)"), result("t", test), reading)


def _item_order(test: Test, nouns: Nouns, level: float) -> Verdict:
    question = _("Is the order in which {nouns} were shown to be seen in the answers?").format(nouns=nouns.several)
    reading = (
        _("Yes: some patterns down the screen are more frequent than they would be by the {nouns} alone.")
        if test.p <= 1 - level
        else _("No: the patterns are no more frequent than they would be by the {nouns} alone.")
    )
    return Verdict(question, _("Uniformity of recorded order"), result("χ²", test), reading.format(nouns=nouns.several))


def _other(test: Test, nouns: Nouns, level: float) -> Verdict:
    """A test that has no words of its own here: its hypothesis and whether it is rejected."""
    question = _("Could this be so: {hypothesis}?").format(hypothesis=test.hypothesis)
    reading = _("No, at this level.") if test.p <= 1 - level else _("The data do not speak against it.")
    return Verdict(question, test.name, result(_("statistic"), test), reading)


VERDICTS: dict[
    str, Callable[[Test, Nouns, float], Verdict]
] = {  # name of an analysis.inference.estimate.Test -> its words
    "likelihood ratio": lambda test, nouns, level: _equal(_("Likelihood ratio"), "χ²", test, nouns, level),
    "score": lambda test, nouns, level: _equal(_("Score test"), "χ²", test, nouns, level),
    "Wald": lambda test, nouns, level: _equal(_("Wald"), "χ²", test, nouns, level),
    "Wald (F)": lambda test, nouns, level: _equal(_("Wald, design-based"), "F", test, nouns, level),
    "Friedman": lambda test, nouns, level: _equal(_("Friedman"), "Q", test, nouns, level),
    "Iman-Davenport F": lambda test, nouns, level: _equal(_("Friedman (Iman-Davenport)"), "F", test, nouns, level),
    "Skillings-Mack": lambda test, nouns, level: _equal(_("Skillings-Mack"), "SM", test, nouns, level),
    "Cochran's Q": lambda test, nouns, level: _equal(_("Cochran's Q"), "Q", test, nouns, level),
    "Kendall's W": _kendall,
    "winner": _winner,
    "item order": _item_order,
}
