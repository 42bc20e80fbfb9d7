"""Regressions in words: what a row says, what a model is called, and what goes with what. Never what would follow.

A row is told as a difference only where it holds after the correction; elsewhere its interval says what sizes of a
difference the data leave open.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.analysis.regression.kinds import REGRESSIONS
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import Nouns, capital, chart_name, marked, plain, value_name
from obstacles.text.group_words import column_label
from obstacles.text.language import N_, _, commas, joined, ngettext, semicolons, translate

if TYPE_CHECKING:
    from obstacles.analysis.regression.kinds.base import RegressionWords
    from obstacles.analysis.regression.result import About, Check, Effect, Regression, Row, TermTest
    from obstacles.survey.question import Item

NAME = re.compile(r"[^\W\d]\w*")  # of a column in a formula
MOST_NAMES = 4  # items that a sentence names


@dataclass(frozen=True)
class Words:
    """What a study calls things, and the order of its items."""

    nouns: Nouns
    items: Mapping[str, Item]
    order: tuple[str, ...]  # ids, the first of the ranking first
    source: str  # the line below a table
    columns: int = 9  # groups that fit side by side

    def name(self, id: str) -> str:
        return chart_name(self.items[id]) if id in self.items else plain(id)

    def place(self, id: str) -> int:
        return self.order.index(id) if id in self.order else len(self.order)


MEANS = {  # means over the capabilities of a study
    "capability_mean": N_("capability mean"),
    "current_mean": N_("current mean"),
    "required_mean": N_("required mean"),
    "gap_mean": N_("gap mean"),
}


def variable_name(column: str) -> str:
    """A column of the study file inside a sentence: employer_size -> "employer size"."""
    if column in MEANS:
        return _(MEANS[column])
    return plain(" × ".join(column_label(one) or one.replace("_", " ") for one in column.split(":")))


def formula_in_words(formula: str) -> str:
    """A formula with the labels of its columns, where they have any."""
    return plain(NAME.sub(lambda found: column_label(found[0]) or found[0], formula))


def model_title(about: About) -> str:
    """The title that the study file states, or one made of name and formula."""
    return plain(about.title) or capital(
        _("{name}, by {formula}").format(name=about.name, formula=formula_in_words(about.formula))
    )


def alpha(about: About) -> float:
    """The level of the tests."""
    return 1 - about.level


def holds(p: float, about: About) -> bool:
    """Whether a p-value, corrected for its family, is below the model's level."""
    return p <= alpha(about) + 1e-12


def correction(about: About) -> str:
    """What p-values are corrected by, in a word."""
    return {"holm": _("Holm"), "bh": _("Benjamini-Hochberg"), "none": _("no correction")}[about.correction]


def kind_words(result: Regression) -> RegressionWords:
    """How its kind is spoken of, as messages."""
    words = REGRESSIONS[result.about.kind].words
    assert words is not None, result.about.kind
    return words


def measure_heading(result: Regression) -> str:
    """Heading of the column of effects."""
    return translate(kind_words(result).measures[result.measure].heading)


def measure_text(result: Regression, words: Words) -> str:
    """What 1, or 0, means in the column of estimates."""
    meaning = translate(kind_words(result).measures[result.measure].meaning)
    return meaning.format(noun=words.nouns.one, outcome=variable_name(result.about.outcome))


def findings(tests: Sequence[TermTest], about: About) -> str:
    """Which terms go with the answers, all items together."""
    told = [test for test in tests if "," not in test.term]
    yes = [test for test in told if holds(test.adjusted, about)]
    no = [test for test in told if not holds(test.adjusted, about)]
    parts = []
    if yes:
        names = numbers.listing([marked(variable_name(test.term)) for test in yes])
        parts.append(_("The answers go with {names}.").format(names=names))
    if no:
        names = numbers.alternatives([marked(variable_name(test.term)) for test in no])
        parts.append(_("No association is shown with {names}.").format(names=names))
    return joined(parts)


def term_reading(test: TermTest, items: Sequence[TermTest], words: Words, about: About) -> str:
    """One term's test: whether it goes with the answers, and for which items it does."""
    if not holds(test.adjusted, about):
        return _("No association is shown.")
    own = [one.outcome for one in items if one.term == test.term and holds(one.adjusted, about)]
    if len({one.outcome for one in items}) < 2:
        return _("Goes with the answers.")
    if not own:
        return _("Goes with the answers taken together; no single {noun} stands out.").format(noun=words.nouns.one)
    names = [words.name(id) for id in sorted(own, key=words.place)]
    rest = len(names) - MOST_NAMES
    if rest <= 0:
        return _("Goes with the answers on: {names}.").format(names=commas(names))
    message = ngettext(
        "Goes with the answers on: {names} and {n} more.", "Goes with the answers on: {names} and {n} more.", rest
    )
    return message.format(names=commas(names[:MOST_NAMES]), n=numbers.count(rest))


UNITS = {  # measure of an effect -> whether it is a share
    "probability of being first": True,
    "probability of being the only choice": True,
    "probability": True,
    "mean rating": False,
    "mean share of the scale": True,
}


def effect_of(result: Regression, row: Row) -> Effect | None:
    """The difference in plain units that belongs to a row; None for interactions, splines and terms with none."""
    if ":" in row.term:
        return None
    for effect in result.effects:
        mine = effect.outcome == row.outcome and effect.level == (row.label if row.reference else "")
        if mine and effect.measure in UNITS and variable_of(row.term) == effect.variable and not effect.small:
            return effect if effect.reference == row.reference else None
    return None


def variable_of(term: str) -> str:
    """The column of a term: C(role, Treatment) -> role."""
    inner = term[2:-1].split(",")[0] if term.startswith("C(") else term
    return inner.strip("` ")


def in_words(result: Regression, row: Row) -> str:
    """The plain-words column."""
    effect, held = effect_of(result, row), holds(row.adjusted, result.about)
    size = "" if effect is None else _size(effect, held)
    if result.measure == "difference":
        size = _plain_size(row, held)
    if row.p != row.p:  # NaN
        return _("not tested")
    apart = row.p <= alpha(result.about) or (effect is not None and effect.low * effect.high > 0)
    if not held and apart:
        words = _("does not hold after the correction")
        return _("{words} ({size})").format(words=words, size=size) if size else words
    if not held:
        return _("no difference shown ({size})").format(size=size) if size else _("no difference shown")
    words = _direction(result, row)
    return _("{words}: {size}").format(words=words, size=size) if size else words


def _direction(result: Regression, row: Row) -> str:
    words = kind_words(result)
    return translate(words.more if row.estimate > 0 else words.less)


def _size(effect: Effect, held: bool) -> str:
    """ "first: +6.1 points (+2.0 to +10.2)"; the interval alone where no difference holds."""
    share = UNITS[effect.measure]
    if share:
        value, ends = numbers.points(effect.value), numbers.points_interval(effect.low, effect.high)
        unit = _("points")
    else:
        value, ends = numbers.signed(effect.value), numbers.signed_interval(effect.low, effect.high)
        unit = _("on the scale")
    if not effect.level:
        unit = _("{unit} per unit").format(unit=unit)
    text = _("{value} {unit} ({ends})").format(value=value, unit=unit, ends=ends)
    if not held:
        text = _("{ends} {unit}").format(ends=ends, unit=unit)
    if effect.measure == "probability of being first":
        return _("named first {size}").format(size=text)
    if effect.measure == "probability of being the only choice":
        return _("as an only choice {size}").format(size=text)
    return text


def _plain_size(row: Row, held: bool) -> str:
    ends = numbers.signed_interval(row.low, row.high)
    return _("{value} ({ends})").format(value=numbers.signed(row.estimate), ends=ends) if held else ends


def estimate_texts(result: Regression, row: Row) -> tuple[str, str]:
    """The estimate and its interval as printed: ratios, or differences with their sign."""
    if not result.ratios:
        return numbers.signed(row.estimate), numbers.signed_interval(row.low, row.high)
    value, low, high = row.ratio
    return _ratio(value), _("{low} to {high}").format(low=_ratio(low), high=_ratio(high))


def _ratio(value: float) -> str:
    if not math.isfinite(value):
        return numbers.MISSING
    if value >= 100:
        return _("over 100")
    if value < 0.01:
        return _("under {least}").format(least=numbers.decimal(0.01, 2))
    return numbers.decimal(value, 1 if value >= 10 else 2)


def references(about: About) -> str:
    """ "Held against: grade Junior; role Analyst." """
    if not about.references:
        return ""
    parts = [
        _("{group} “{level}”").format(group=variable_name(group), level=value_name(level, group))
        for group, level in about.references.items()
    ]
    return _("Held against: {parts}.").format(parts=semicolons(parts))


def method(result: Regression, words: Words) -> str:
    """The model, its errors and its family in one sentence."""
    about = result.about
    kind = translate(kind_words(result).name)
    kind = kind.format(noun=words.nouns.one, outcome=variable_name(about.outcome))
    errors = {
        "robust": _("errors from the survey's design (linearisation)"),
        "replicate": _("errors from replicate weights"),
        "multiple imputation": _("errors from the survey's design and between imputations"),
        "mixed model": _("errors of the mixed model"),
    }[about.covariance]
    family = ngettext(
        "{correction} over all {n} comparison", "{correction} over all {n} comparisons", len(result.rows)
    ).format(correction=correction(about), n=numbers.count(len(result.rows)))
    text = _("{kind} by {formula}; {errors}; intervals hold one by one at {level}; p: {family}.")
    return text.format(
        kind=kind,
        formula=formula_in_words(about.formula),
        errors=errors,
        level=numbers.level(about.level),
        family=family,
    )


def people(about: About) -> str:
    """How many the model speaks of."""
    used, asked = numbers.count(about.used), numbers.count(about.asked)
    if about.used == about.asked:
        return ngettext("{n} respondent", "{n} respondents", about.used).format(n=used)
    return _("{n} of {asked} respondents").format(n=used, asked=asked)


def check_lines(result: Regression, words: Words) -> tuple[str, ...]:
    """n, events, and each check in a sentence; what failed comes first and says so."""
    about = result.about
    first = _("n: {people}.").format(people=people(about))
    events = [n for id, n in result.events.items() if any(row.outcome == id for row in result.rows)]
    counted = kind_words(result).events
    if counted and events:
        message = translate(counted[0] if len(events) == 1 else counted[1])
        n = numbers.count(events[0]) if min(events) == max(events) else numbers.interval(min(events), max(events), 0)
        first = joined([first, message.format(n=n, noun=words.nouns.one)])
    return (first, *map(check_line, sorted(result.checks, key=lambda check: check.passed is not False)))


def check_line(check: Check) -> str:
    """One check in a sentence; what failed says so."""
    if check.passed is False:
        return _("Caution, {check}: {text}").format(check=check.name, text=plain(check.text))
    return _("{check}: {text}").format(check=capital(check.name), text=plain(check.text))
