"""Is the ranking robust: the same method without flagged answers, without weights, and on complete answers only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from obstacles.analysis.ranking.robustness import Rerun
from obstacles.reports.wave import estimates
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import marked, sentence_name
from obstacles.reports.words.page_blocks import Block, Cell, Column, Prose, Row, Section, Table
from obstacles.survey.loading.quality import IN_PART
from obstacles.text.language import _, joined, ngettext

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings

NAMES = {
    "unflagged": lambda: _("Without flagged answers"),
    "unweighted": lambda: _("Without weights"),
    "complete": lambda: _("Complete answers only"),
}
HEADINGS = {
    "unflagged": lambda: _("Without flagged"),
    "unweighted": lambda: _("Unweighted"),
    "complete": lambda: _("Complete only"),
}


def section(f: Findings) -> Section | None:
    """None where there is nothing to leave out and nothing to assume."""
    if f.ranked < 2 or not (f.robustness.reruns or f.checks.sensitivity or f.checks.anchor):
        return None
    if not f.robustness.reruns:
        return Section("robustness", _("Is the ranking robust?"), (joined((random_answers(f), careful_misses(f))),), ())
    blocks: list[Block] = [reruns_table(f)]
    if done(f):
        blocks.append(ranks_table(f))
    blocks.append(
        Prose(tuple(part for part in (how(), not_rerun(f), refused(f), random_answers(f), careful_misses(f)) if part))
    )
    return Section("robustness", _("Is the ranking robust?"), lead(f), tuple(blocks))


def done(f: Findings) -> list[Rerun]:
    """The reruns that were possible."""
    return [rerun for rerun in f.robustness.reruns if not rerun.refused]


def lead(f: Findings) -> tuple[str, ...]:
    """Whether the first place and the others hold in the reruns."""
    found = done(f)
    if not found:
        return (_("The ranking could not be made in another way."),)
    return tuple(part for part in (_first_place(f, found), _moves(f, found)) if part)


def _first_place(f: Findings, found: list[Rerun]) -> str:
    first = tuple(i for i in f.order if f.ranking.rank[i] == 1)
    same = sum(set(rerun.first) == set(first) for rerun in found)
    if len(first) != 1:
        message = ngettext(
            "The same {nouns} share first place in the sample in {same} of {n} rerun.",
            "The same {nouns} share first place in the sample in {same} of {n} reruns.",
            len(found),
        )
        return message.format(nouns=f.nouns.several, same=numbers.count(same), n=numbers.count(len(found)))
    message = ngettext(
        "{name} stays first in the sample in {same} of {n} rerun.",
        "{name} stays first in the sample in {same} of {n} reruns.",
        len(found),
    )
    name = marked(sentence_name(f.items[first[0]]))
    return message.format(name=name, same=numbers.count(same), n=numbers.count(len(found)))


def _moves(f: Findings, found: list[Rerun]) -> str:
    largest = max(_largest(rerun) for rerun in found)
    if largest == 0:
        return _("No {noun} changes its rank.").format(noun=f.nouns.one)
    outside = {i for rerun in found for i in rerun.outside}
    message = ngettext(
        "No {noun} moves by more than {n} place.", "No {noun} moves by more than {n} places.", math.ceil(largest)
    )
    text = message.format(noun=f.nouns.one, n=numbers.rank(largest))
    if f.ranking.simultaneous is None:
        return text
    if not outside:
        return joined([text, _("All stay within the rank sets of this report.")])
    message = ngettext(
        "{n} {noun} leaves the rank set of this report.",
        "{n} {nouns} leave the rank sets of this report.",
        len(outside),
    )
    return joined([text, message.format(n=numbers.count(len(outside)), noun=f.nouns.one, nouns=f.nouns.several)])


def _largest(rerun: Rerun) -> float:
    return float(np.nanmax(np.abs(rerun.moves), initial=0.0))


def reruns_table(f: Findings) -> Table:
    """A row per rerun: how many, who is first, how far the ranks move, and whether the headline holds."""
    columns = (
        Column("rerun", _("Ranking"), "item"),
        Column("respondents", _("Respondents")),
        Column("first", _("First in the sample"), "text"),
        Column("largest_move", _("Largest move")),
        Column("kendall_tau", _("Kendall's tau")),
        Column("same_headline", _("Headline"), "text"),
    )
    own = tuple(i for i in f.order if f.ranking.rank[i] == 1)
    n = f.profile.respondents
    cells = (Cell(_("This report"), "own"), Cell(numbers.count(n), n), estimates.first_cell(f, own))
    own_row = Row((*cells, *[Cell(numbers.MISSING)] * 3), strong=True)
    return Table(
        id="reruns",
        title=_("The ranking made in other ways"),
        subtitle=_(
            "Largest move: the most places by which any {noun} moves. Kendall's tau: 1 is the same order."
        ).format(noun=f.nouns.one),
        columns=columns,
        rows=(own_row, *(_row(f, rerun) for rerun in f.robustness.reruns)),
        notes=(estimates.source_and_base(f),),
    )


def _row(f: Findings, rerun: Rerun) -> Row:
    name = Cell(NAMES[rerun.name](), rerun.name)
    people = Cell(numbers.count(rerun.respondents), rerun.respondents)
    if rerun.refused:
        return Row((name, people, *[Cell(numbers.MISSING)] * 4))
    same = _("the same") if rerun.same_headline else _("another one")
    cells = (
        name,
        people,
        estimates.first_cell(f, rerun.first),
        Cell(numbers.rank(_largest(rerun)), _largest(rerun)),
        Cell(numbers.decimal(rerun.tau, 2), tables.finite(rerun.tau)),
        Cell(same, int(rerun.same_headline)),
    )
    return Row(cells)


def ranks_table(f: Findings) -> Table:
    """Ranks in every rerun; not printed where they are all the same."""
    reruns = done(f)
    columns = [Column(f"rank_{rerun.name}", HEADINGS[rerun.name]()) for rerun in reruns]
    ranks = np.column_stack([f.robustness.ranks, *(rerun.ranks for rerun in reruns)])
    own, moved = Column("rank_reported", _("This report"), in_data=False), any(_largest(rerun) > 0 for rerun in reruns)
    return estimates.ranks_table(f, "robustness", _("Ranks in each rerun"), [own, *columns], ranks, on_page=moved)


def how() -> str:
    """What a rerun is."""
    return _(
        "A rerun is the ranking that this report would give had the respondents, or the weights, been left out: "
        "nothing is taken over from the ranking above. It says what such a choice would change, and not which choice "
        "is right."
    )


def random_answers(f: Findings) -> str:
    """Whether the first place holds under assumed shares of random answers; "" where that cannot be looked at."""
    curve = f.checks.sensitivity
    if curve is None:
        return ""
    if curve.first_changes is None:
        message = _(
            "Had some respondents ranked at random, first place in the sample would be the same without their answers: "
            "all shares of them up to {share} were tried."
        )
        return message.format(share=numbers.percent(float(curve.share[-1]), 0))
    message = _(
        "Had {share} of the respondents ranked at random, first place in the sample would be another without their "
        "answers; with smaller shares of them it would be the same."
    )
    return message.format(share=numbers.percent(curve.first_changes, 0))


def careful_misses(f: Findings) -> str:
    """The first place by the anchor question if so many of the careful missed it; "" without one."""
    found = f.checks.anchor
    if found is None:
        return ""
    rates = numbers.clauses(
        [
            _("{share} if {miss} of careful people miss it").format(
                share=numbers.percent(float(share)), miss=_rate(miss)
            )
            for miss, share in zip(found.careful_miss, found.curve.share, strict=True)
        ]
    )
    text = _("Ranked at random by the anchor question: {rates}.").format(rates=rates)
    if (found.curve.rank == found.curve.rank[0]).all():
        held = _("Without these answers the ranks in the sample are the same under all of these.")
    elif found.curve.first_changes is None:
        held = _(
            "Without these answers first place in the sample is the same under all of these, and other ranks move."
        )
    else:
        held = _("Without these answers first place in the sample depends on which of these is right.")
    left = _("At {misses} nothing can be corrected.").format(
        misses=numbers.clauses([_rate(miss) for miss in found.refused])
    )
    parts = [text, *([held] if len(found.careful_miss) > 1 else []), *([left] if found.refused else [])]
    return joined(parts)


def _rate(miss: float) -> str:
    return numbers.percent(miss, 0 if abs(100 * miss - round(100 * miss)) < 1e-9 else 1)


def not_rerun(f: Findings) -> str:
    """Reruns that would be the ranking itself."""
    made = {rerun.name for rerun in f.robustness.reruns}
    parts = []
    if "unflagged" not in made:
        parts.append(_("no answer is flagged as careless"))
    if "unweighted" not in made:
        parts.append(_("the answers are not weighted"))
    in_part = any(rule.rule == _("the ranking was not completed") for rule in f.wave.receipt.left_out)
    if "complete" not in made and IN_PART in f.robustness.signs and not in_part:
        parts.append(_("every answer is complete"))
    return _("Nothing else to rerun: {reasons}.").format(reasons=numbers.clauses(parts)) if parts else ""


def refused(f: Findings) -> str:
    """The reruns that could not be made, each with the reason."""
    return joined(
        _("{name}: {reason}").format(name=NAMES[rerun.name](), reason=rerun.refused)
        for rerun in f.robustness.reruns
        if rerun.refused
    )
