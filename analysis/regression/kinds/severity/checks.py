"""Do the assumptions of the ordinal model hold? Proportional odds and equal spread, term by term and item by item.

Each is a likelihood ratio against the model in which the term has a coefficient of its own at every threshold, or in
which the spread depends on the term (the nominal and scale tests of Christensen's `ordinal`), against its distribution
under the design; Holm over all of one kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.inference.multiplicity import holm
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.regression.kinds.severity.items import ItemRatings
from obstacles.analysis.regression.likelihoods.cumulative import Ordinal, fit_ordinal, ordinal_scores
from obstacles.analysis.regression.model import Block, ModelData
from obstacles.analysis.regression.result import Check
from obstacles.analysis.regression.summary import Moments, rao_scott
from obstacles.text.language import _, ngettext, semicolons

FAINT = 1e-8  # pseudo-answers that keep a threshold's coefficient finite without moving the likelihood
FAR_OUT = 8.0  # a log-odds that large comes from separation
NAMED = 6


def without_terms(sheet: ModelData, one: ItemRatings, columns: tuple[int, ...]) -> float | None:
    """Twice the log-likelihood that some columns add."""
    x = sheet.matrix.values[one.rows]
    location = [i for i in one.location if i not in columns]
    nominal = [i for i in one.nominal if i not in columns]
    data = replace(one.data, x=x[:, location], nominal=x[:, nominal])
    try:
        less = fit_ordinal(data, sheet.weight[one.rows])
    except ConvergenceError:
        return None
    return 2 * (one.fit.log_likelihood - less.log_likelihood)


def assumption_checks(sheet: ModelData, fits: Sequence[ItemRatings]) -> tuple[Check, ...]:
    """One check of proportional odds and one of equal spread, over all items and terms."""
    odds, spread = [], []
    for one in fits:
        if one.fit.pseudo:
            continue
        for term, columns in sheet.matrix.terms:
            about = _("{name}: {value}").format(name=one.item.short_name, value=term)
            if one.data.levels > 2 and not set(columns) & set(one.nominal):
                odds.append((about, proportional_odds(sheet, one, columns)))
            if not set(columns) & set(one.spread):
                spread.append((about, equal_spread(sheet, one, columns)))
    return tuple(
        check
        for check in (
            _summed(_("proportional odds"), odds, _odds_words),
            _summed(_("equal spread"), spread, _spread_words),
        )
        if check
    )


def proportional_odds(sheet: ModelData, one: ItemRatings, columns: tuple[int, ...]) -> Test | None:
    """Test that these columns have the same coefficient at every threshold; None where it cannot be fitted."""
    x = sheet.matrix.values[one.rows]
    location = [i for i in one.location if i not in columns]
    nominal = [*one.nominal, *columns]
    data = replace(one.data, x=x[:, location], nominal=x[:, nominal])
    t = data.thresholds
    held = np.zeros(data.parameters)
    held[t : t * (1 + len(nominal))] = 1.0
    contrast = []
    for number in range(len(one.nominal) + 1, len(nominal) + 1):
        for k in range(1, t):
            row = np.zeros(data.parameters)
            row[[number * t, number * t + k]] = -1, 1
            contrast.append(row)
    return _ratio(sheet, one, data, np.array(contrast), _("the odds are proportional"), held)


def equal_spread(sheet: ModelData, one: ItemRatings, columns: tuple[int, ...]) -> Test | None:
    """Test that the spread does not depend on these columns; None where it cannot be fitted."""
    x = sheet.matrix.values[one.rows]
    data = replace(one.data, spread=x[:, [*one.spread, *columns]])
    contrast = np.eye(data.parameters)[data.parameters - len(columns) :]
    return _ratio(sheet, one, data, contrast, _("the spread is the same"), None)


def _ratio(
    sheet: ModelData, one: ItemRatings, data: Ordinal, contrast: np.ndarray, hypothesis: str, held: np.ndarray | None
) -> Test | None:
    weight = sheet.weight[one.rows]
    try:
        wide = fit_ordinal(data, weight, pseudo=FAINT if held is not None else 0.0, held=held)
    except ConvergenceError:
        return None
    influence = sheet.spread(ordinal_scores(data, wide.theta, weight) @ wide.inverse, one.rows)
    covariance = sheet.given.prepared.sample.covariance(influence)
    if np.abs(wide.theta).max() > FAR_OUT:  # answers that a threshold separates have no robust variance
        covariance = covariance + excess_of(covariance, wide.inverse)
    moments = Moments(wide.theta, wide.inverse, covariance, None, 1, sheet.df)
    ratio = max(2 * (wide.log_likelihood - one.fit.log_likelihood), 0.0)
    test = rao_scott(Block(hypothesis, one.item.id, contrast, ratio), moments)
    return None if test is None else replace(test, hypothesis=hypothesis)


def _summed(name: str, found: Sequence[tuple[str, Test | None]], words: object) -> Check | None:
    """What the tests of one kind say together."""
    known = [(about, test) for about, test in found if test is not None]
    if not known:
        return None
    p = holm(np.array([test.p for _about, test in known]))
    against = [about for (about, _test), q in zip(known, p, strict=True) if q <= 0.05]
    least = int(np.argmin([test.p for _about, test in known]))
    assert callable(words)
    text = words(len(known), against)
    return Check(name, known[least][0] if len(known) > 1 else "", not against, str(text), known[least][1])


def _listed(against: Sequence[str]) -> str:
    shown = semicolons(against[:NAMED])
    rest = len(against) - NAMED
    return shown if rest <= 0 else _("{names} and {n} more").format(names=shown, n=rest)


def _odds_words(n: int, against: Sequence[str]) -> str:
    if not against:
        message = ngettext(
            "No sign against proportional odds ({n} test).", "No sign against proportional odds ({n} tests, Holm).", n
        )
        return message.format(n=n)
    message = _(
        "Odds are not proportional in {names} ({n} tests, Holm): the coefficient there averages over the levels of the "
        "scale; name the term under nominal to see each."
    )
    return message.format(names=_listed(against), n=n)


def _spread_words(n: int, against: Sequence[str]) -> str:
    if not against:
        message = ngettext("No sign of unequal spread ({n} test).", "No sign of unequal spread ({n} tests, Holm).", n)
        return message.format(n=n)
    message = _("Answers are spread unequally by {names} ({n} tests, Holm): name the term under spread.")
    return message.format(names=_listed(against), n=n)
