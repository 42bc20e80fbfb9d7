"""Does the method matter: ranks of the same answers under every method that applies to them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from obstacles.reports.charts.methods import MethodData, MethodLine
from obstacles.reports.wave import sentences
from obstacles.reports.wave.estimates import first_cell, ranks_table, source_and_base
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.measures import score_words
from obstacles.reports.words.naming import bare, chart_name, marked, sentence_name
from obstacles.reports.words.page_blocks import Block, Cell, Column, Figure, Prose, Row, Section, Table
from obstacles.text.language import _, joined, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings

LINES = 16  # items up to which the chart is drawn
COLUMNS = 7  # and methods
MOST_CHANGES = 3  # pairs in another order that are named


def section(f: Findings) -> Section | None:
    """None where a single method applies, as to published percentages."""
    q = len(f.methods.methods)
    if q < 2:
        return None
    blocks: list[Block] = []
    if f.ranked > 1:
        if f.ranked <= LINES and q <= COLUMNS:
            blocks.append(methods_figure(f))
        blocks += [uses_table(f), methods_table(f)]
        if changed := order_changes(f):
            blocks.append(Prose((changed,), title=_("Pairs in another order")))
    if f.methods.refused:
        blocks.append(Prose((refused(f),), title=_("Methods that do not apply to these answers")))
    return Section("methods", _("Does the method matter?"), (lead(f),), tuple(blocks))


def lead(f: Findings) -> str:
    """Whether the methods agree, as sentences."""
    if f.ranked < 2:
        return _("Fewer than two {nouns} have a value, so there is no order to compare.").format(nouns=f.nouns.several)
    return joined((sentences.methods_agree(f) or "", _tau(f)))


def _tau(f: Findings) -> str:
    """How alike the orders are."""
    q = len(f.methods.methods)
    found = [float(f.methods.tau[0, j]) for j in range(1, q) if math.isfinite(f.methods.tau[0, j])]
    if not found:
        return ""
    low, high = min(found), max(found)
    own = f.measure.method.name
    if round(low, 2) == round(high, 2):
        message = ngettext(
            "Kendall's tau between {own} and the other method is {low} (1 is the same order).",
            "Kendall's tau between {own} and each of the other methods is {low} (1 is the same order).",
            len(found),
        )
    else:
        message = _("Kendall's tau between {own} and the other methods is {low} to {high} (1 is the same order).")
    return message.format(own=own, low=numbers.decimal(low, 2), high=numbers.decimal(high, 2))


def order_changes(f: Findings) -> str:
    """How many pairs another method puts the other way round, and where that is more than error."""
    changes = f.methods.changes
    pairs = {(change.first, change.second) for change in changes}
    if not pairs:
        return ""
    message = ngettext(
        "{n} pair of {nouns} is in the other order under another method.",
        "{n} pairs of {nouns} are in the other order under another method.",
        len(pairs),
    )
    parts = [message.format(n=numbers.count(len(pairs)), nouns=f.nouns.several)]
    beyond: dict[tuple[int, int], list[str]] = {}
    for change in changes:
        if not change.within_error:
            beyond.setdefault((change.first, change.second), []).append(score_words(change.method, f.k).name)
    if not beyond:
        parts.append(_("Tests cannot tell this from error."))
        return joined(parts)
    named = [
        _("{first} before {second} here, after it under {methods}").format(
            first=marked(sentence_name(f.items[first])),
            second=marked(sentence_name(f.items[second])),
            methods=numbers.listing(names),
        )
        for (first, second), names in list(beyond.items())[:MOST_CHANGES]
    ]
    message = _("For {n} of them this is more than error: {changes}.")
    if len(beyond) > MOST_CHANGES:
        message = _("For {n} of them this is more than error, such as: {changes}.")
    parts.append(message.format(n=numbers.count(len(beyond)), changes=semicolons(named)))
    if any(change.both_sure for change in changes):
        parts.append(_("Where each method by itself is sure of its order, the two answer different questions."))
    return joined(parts)


def methods_figure(f: Findings) -> Figure:
    """One line per item from method to method."""
    compared = f.methods
    known = [i for i in f.order if np.isfinite(compared.ranks[i]).all()]
    columns = range(len(compared.methods))
    orders = [sorted(known, key=ranks.__getitem__) for ranks in compared.ranks.T]  # equal ones as in the ranking
    lines = tuple(
        MethodLine(
            name=chart_name(f.items[i]),
            places=tuple(order.index(i) + 1 for order in orders),
            ranks=tuple(float(compared.ranks[i, j]) for j in columns),
            accent=i in f.leaders,
        )
        for i in known
    )
    moving = sum(1 for line in lines if len(set(line.ranks)) > 1)
    if moving:
        message = ngettext(
            "{n} {noun} changes its rank with the method", "{n} {nouns} change their rank with the method", moving
        )
        title = message.format(n=numbers.count(moving), noun=f.nouns.one, nouns=f.nouns.several)
    else:
        title = _("The order is the same under every method")
    return Figure(
        id="methods",
        chart="methods",
        data=MethodData(tuple(score_words(name, f.k).name for name in compared.methods), lines),
        title=title,
        subtitle=_("Rank of each {noun} in the sample under each method; equal scores share the mean rank.").format(
            noun=f.nouns.one
        ),
        alternative=bare(_("{lead} All ranks are in the attached results.csv.").format(lead=lead(f))),
        notes=tables.notes(
            source_and_base(f),
            _("Ranks of the sample, without their uncertainty. Navy: the rank differs between methods."),
        ),
    )


def methods_table(f: Findings) -> Table:
    """Ranks under each method; not printed where they are all the same."""
    names = f.methods.methods
    columns = [Column(f"rank_{name.replace('-', '_')}", score_words(name, f.k).name) for name in names]
    return ranks_table(f, "methods", _("Ranks under each method"), columns, f.methods.ranks, on_page=_differ(f))


def _differ(f: Findings) -> bool:
    """Whether any rank depends on the method."""
    ranks = f.methods.ranks
    return bool(np.nanmax(np.abs(ranks - ranks[:, :1]), initial=0.0) > 0)


def uses_table(f: Findings) -> Table:
    """The methods: what each looks at, whom it puts first, and how like the report's own its order is."""
    columns = (
        Column("method", _("Method"), "item"),
        Column("meaning", _("What it is"), "text", in_data=False),
        Column("first", _("First in the sample"), "text"),
        Column("kendall_tau", _("Kendall's tau")),
    )
    rows = []
    for j, name in enumerate(f.methods.methods):
        method, tau = score_words(name, f.k), float(f.methods.tau[0, j])
        cells = (
            Cell(method.name, name),
            Cell(method.meaning),
            first_cell(f, f.methods.first[j]),
            Cell(numbers.decimal(tau, 2) if j else numbers.MISSING, tau if math.isfinite(tau) else None),
        )
        rows.append(Row(cells))
    return Table(
        id="compared_methods",
        title=_("The methods compared"),
        subtitle=_("Kendall's tau with {method}: 1 is the same order, −1 the opposite one.").format(
            method=f.measure.method.name
        ),
        columns=columns,
        rows=tuple(rows),
        notes=(source_and_base(f),),
    )


def refused(f: Findings) -> str:
    """The methods that were not used, each with the reason, those of one reason together."""
    reasons: dict[str, list[str]] = {}
    for name, reason in f.methods.refused:
        reasons.setdefault(reason.rstrip(".。"), []).append(score_words(name, f.k).name)
    parts = [
        _("{methods}: {reason}.").format(methods=numbers.listing(names), reason=reason)
        for reason, names in reasons.items()
    ]
    return joined(parts)
