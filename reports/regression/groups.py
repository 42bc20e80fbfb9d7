"""Kinds of respondents: latent classes with their profiles, and the groups of a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from obstacles.reports.regression.words import Words, check_line, model_title, people, variable_name
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import capital, plain, value_name
from obstacles.reports.words.page_blocks import Block, Cell, Column, Listing, Prose, Row, Table, Together
from obstacles.text.language import _, commas, joined, ngettext

if TYPE_CHECKING:
    from obstacles.analysis.regression.result import Check
    from obstacles.analysis.regression.structure import Classes, Node, Tree


def classes(found: Classes, words: Words) -> tuple[Block, ...]:
    """How many kinds the answers show, what each puts first, and who is in it."""
    text = Prose((_classes_text(found),), title=model_title(found.about))
    blocks: list[Block] = [text, _candidates(found)]
    if len(found.classes) > 1:
        blocks.append(_worths(found, words))
        if any(one.profile for one in found.classes):
            blocks.append(_profiles(found, words))
    blocks.append(_checks(found.checks))
    return tuple(blocks)


def _classes_text(found: Classes) -> str:
    n = len(found.classes)
    if n == 1:
        return _(
            "The answers show no kinds of respondents: one order with chance variation describes them best by BIC."
        )
    text = _(
        "{n} kinds of respondents describe the answers best by BIC. They are a summary of the answers; nobody belongs "
        "to one for certain (entropy {entropy}; 1 is certain)."
    ).format(n=numbers.count(n), entropy=numbers.decimal(found.entropy))
    if found.bootstrap_p is None:
        return text
    message = _("Against one kind fewer: {p} (likelihood ratio, {b} bootstrap samples).")
    return joined(
        [text, message.format(p=numbers.p_value(found.bootstrap_p), b=numbers.count(found.bootstrap_samples))]
    )


def _candidates(found: Classes) -> Table:
    best = min(one.bic for one in found.candidates)
    heading = _("BIC, pseudo") if found.pseudo else _("BIC")
    rows = tuple(
        Row(
            (
                Cell(numbers.count(one.classes), one.classes),
                Cell(numbers.decimal(one.log_likelihood, 1), one.log_likelihood),
                Cell(numbers.count(one.parameters), one.parameters),
                Cell(numbers.decimal(one.bic, 1), one.bic),
            ),
            strong=one.bic == best,
        )
        for one in found.candidates
    )
    return Table(
        id=f"regression-{found.about.name}-candidates",
        title=_("How many kinds?"),
        subtitle=_("{people}; the smallest BIC in bold.").format(people=people(found.about)),
        columns=(
            Column("what", _("Kinds"), "item"),
            Column("log_likelihood", _("Log-likelihood")),
            Column("parameters", _("Parameters")),
            Column("bic", heading),
        ),
        rows=rows,
        notes=tuple(plain(note) for note in found.notes),
    )


def _class_columns(found: Classes) -> list[Column]:
    heading = _("Kind {n}: {share}")
    return [
        Column(f"kind_{i}", heading.format(n=numbers.count(i), share=numbers.percent(one.share, 0)))
        for i, one in enumerate(found.classes, 1)
    ]


def _worths(found: Classes, words: Words) -> Table:
    """Probability of being first of every item in every class."""
    worth = [{item.item: item for item in one.items} for one in found.classes]
    rows = []
    for id in sorted(found.items, key=words.place):
        cells = [Cell(id, id), Cell(words.name(id), words.name(id))]
        cells += [_share(own[id].worth, own[id].low, own[id].high) for own in worth]
        rows.append(Row(tuple(cells)))
    return Table(
        id=f"regression-{found.about.name}",
        title=_("What each kind puts first"),
        subtitle=_("Worths, % (probability of being named first), with {level} intervals.").format(
            level=numbers.level(found.about.level)
        ),
        columns=(
            Column("id", "", "text", on_page=False),
            Column("what", capital(words.nouns.one), "item"),
            *_class_columns(found),
        ),
        rows=tuple(rows),
        notes=tables.notes(words.source, _shares(found)),
        whole=False,
    )


def _share(value: float, low: float, high: float, *, digits: int = 1) -> Cell:
    return Cell(f"{numbers.bare_percent(value, digits)} ({numbers.percent_interval(low, high, 0)})", value)


def _shares(found: Classes) -> str:
    parts = [
        _("kind {n} {ends}%").format(n=numbers.count(i), ends=numbers.percent_interval(one.low, one.high, 0))
        for i, one in enumerate(found.classes, 1)
    ]
    return _("Intervals of the kinds' sizes: {parts}.").format(parts=commas(parts))


def _profiles(found: Classes, words: Words) -> Table:
    """Share of each class in every group."""
    rows = []
    for several in zip(*(one.profile for one in found.classes), strict=True):
        first = several[0]
        name = _("{group}: {level}").format(
            group=capital(variable_name(first.group)), level=value_name(first.level, first.group)
        )
        cells = [Cell(name, name), Cell(numbers.count(first.base), first.base)]
        cells += [_share(one.share, one.low, one.high, digits=0) for one in several]
        rows.append(Row(tuple(cells)))
    return Table(
        id=f"regression-{found.about.name}-profiles",
        title=_("Who is in each kind"),
        subtitle=_("Share of each kind in a group, %, with {level} intervals.").format(
            level=numbers.level(found.about.level)
        ),
        columns=(
            Column("what", _("Group"), "item"),
            Column("base", _("n")),
            *_class_columns(found),
        ),
        rows=tuple(rows),
        notes=(_("Descriptive: the same answers formed the kinds, so the profiles are not tested."),),
        whole=False,
    )


def tree(found: Tree, words: Words) -> tuple[Block, ...]:
    """The groups that differ, and what each puts first."""
    leaves = found.leaves
    if len(leaves) == 1:
        text = _(
            "No split of the respondents by {terms} is shown: one order with chance variation describes all groups."
        ).format(terms=_variables(found))
        return (Prose((text,), title=model_title(found.about)), _checks(found.checks))
    text = ngettext(
        "Split step by step where worths differ most, the respondents form {n} group; each split is tested "
        "(Bonferroni over the covariates).",
        "Split step by step where worths differ most, the respondents form {n} groups; each split is tested "
        "(Bonferroni over the covariates).",
        len(leaves),
    ).format(n=numbers.count(len(leaves)))
    return (Prose((text,), title=model_title(found.about)), _leaves(found, words, leaves), _checks(found.checks))


def _variables(found: Tree) -> str:
    terms = list(dict.fromkeys(test.term for test in found.nodes[0].tests))
    return numbers.alternatives([variable_name(term) for term in terms])


def _leaves(found: Tree, words: Words, leaves: Sequence[Node]) -> Table:
    rows = []
    for leaf in leaves:
        name = plain(_(" and ").join(found.path(leaf)))
        first = [
            _("{name} {share}").format(name=words.name(item.item), share=numbers.percent(item.worth, 0))
            for item in leaf.items[:3]
        ]
        cells = (
            Cell(name, name),
            Cell(numbers.count(leaf.base), leaf.base),
            Cell(numbers.bare_percent(leaf.share), leaf.share),
            Cell(commas(first), commas(first)),
        )
        rows.append(Row(cells, strong=True))
    return Table(
        id=f"regression-{found.about.name}",
        title=_("Groups with orders of their own"),
        subtitle=_("{people}; the three largest worths of each group (probability of being named first).").format(
            people=people(found.about)
        ),
        columns=(
            Column("what", _("Group"), "item"),
            Column("base", _("n")),
            Column("share", _("% of all")),
            Column("first", _("Largest worths in the sample"), "text"),
        ),
        rows=tuple(rows),
        notes=tables.notes(
            words.source,
            _("The groups were found in these answers, so their differences look larger than they are."),
            *map(plain, found.notes),
        ),
    )


def _checks(checks: Sequence[Check]) -> Together:
    return Together((Listing(_("Model checks"), tuple(map(check_line, checks))),))
