"""The second page: every survey in numbers, and other ways of counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.evidence import words
from obstacles.reports.evidence.sections.claim import difference_text
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import capital
from obstacles.reports.words.page_blocks import Block, Cell, Column, Row, Section, SideBySide, Table
from obstacles.text.language import _, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstacles.analysis.evidence.result import Part, SurveyEvidence
    from obstacles.reports.evidence.findings import EvidenceFindings


def section(f: EvidenceFindings) -> Section:
    """The surveys in numbers."""
    blocks: tuple[Block, ...] = (survey_table(f), SideBySide((ways_table(f), parts_table(f))))
    return Section("surveys", _("Every survey, and other ways of counting"), (), blocks, new_page=True)


def survey_table(f: EvidenceFindings) -> Table:
    """A row per survey, those in which the category is not first like the others."""
    columns = (
        Column("id", "", "text", on_page=False),
        Column("label", _("Survey"), "item"),
        Column("year", "", on_page=False),
        Column("population", "", "text", on_page=False),
        Column("n", "n"),
        Column("kind", _("Question"), "text"),
        Column("share", _("Share")),
        Column("share_at_most", "", on_page=False),
        Column("next", _("Next is")),
        Column("next_share", _("Its share")),
        Column("difference", _("Points")),
        Column("difference_low", "", on_page=False),
        Column("difference_high", "", on_page=False),
        Column("break_even", "n*"),
        Column("place", _("Place")),
        Column("or_later", "", "text", on_page=False),
        Column("place_low", "", on_page=False),
        Column("place_high", "", on_page=False),
        Column("standing", "", "text", on_page=False),
        Column("sure", "", "text", on_page=False),
        Column("source", "", "text", on_page=False),
        Column("read_where", "", "text", on_page=False),
    )
    rows: list[Row] = []
    for population in dict.fromkeys(survey.population for survey in f.evidence.surveys):
        blank = Cell("")
        head = Cell(capital(words.name(population)))
        rows.append(Row((blank, head, *[blank] * (len(columns) - 2)), band=True, in_data=False))
        rows += [_row(survey) for survey in f.evidence.surveys if survey.population == population]
    return Table(
        id="surveys",
        title=_("{category} in each survey").format(category=capital(f.category)),
        subtitle="",
        columns=columns,
        rows=tuple(rows),
        notes=(_note(),),
        whole=False,
        dense=True,
    )


def _note() -> str:
    return joined(
        [
            _(
                "Share, in percent: of the category's most named item; ≤ where a list was cut short before it. "
                "Bold: first alone. n*: respondents from which the difference excludes 0, whatever went together."
            ),
            _("Place: 1= shared, 3+ this or later; of raw answers by any item of the category."),
        ]
    )


def _row(survey: SurveyEvidence) -> Row:
    d = survey.difference
    name = words.survey_name(survey)
    lead = next((each.lead for each in survey.shares if each.category == survey.leader), None)
    low, high = survey.places or (None, None)
    cells = (
        Cell("", f"{survey.survey} {survey.wave or survey.year or ''}".strip()),
        Cell(name, name),
        Cell("", survey.year),
        Cell("", survey.population),
        Cell(numbers.count(survey.n), survey.n),
        Cell(words.name(survey.kind), survey.kind),
        Cell(words.share(survey), survey.share.lead),
        Cell("", survey.share.high if survey.share.lead is None else None),
        Cell(words.name(survey.leader) or numbers.MISSING, survey.leader or None),
        Cell(words.next_share(survey), lead),
        Cell(difference_text(survey), None if d is None else d.value),
        Cell("", None if d is None else d.low),
        Cell("", None if d is None else d.high),
        Cell(numbers.count(None if d is None else d.break_even), None if d is None else d.break_even),
        Cell(words.place(survey), survey.place),
        Cell("", "yes" if survey.or_later else "no"),
        Cell("", low),
        Cell("", high),
        Cell("", survey.standing),
        Cell("", survey.sure),
        Cell("", survey.source or None),
        Cell("", survey.read_where or None),
    )
    return Row(cells, strong=survey.standing == "first")


def ways_table(f: EvidenceFindings) -> Table:
    """The same question counted otherwise."""
    note = _(
        "Any item: categories of several items counted by all of them, for the others alone (against) or for this one "
        "alone. Cut lists: what was left off at its most, or at 0."
    )
    return _parts_table("ways", _("Counted otherwise"), f.evidence.sensitivity, note)


def parts_table(f: EvidenceFindings) -> Table:
    """By population, period and kind of question."""
    note = _("New survey: where its difference would lie; – where fewer than five can be pooled.")
    return _parts_table("parts", _("By who was asked, when, and how"), f.evidence.parts, note)


def _parts_table(id: str, title: str, parts: Sequence[Part], note: str) -> Table:
    columns = (
        Column("label", _("Surveys"), "item"),
        Column("first", _("First")),
        Column("level", _("Tied")),
        Column("surveys", _("Of")),
        Column("surely_first", "", on_page=False),
        Column("surely_not_first", "", on_page=False),
        Column("pooled", "", on_page=False),
        Column("prediction", _("New survey, points")),
        Column("prediction_low", "", on_page=False),
        Column("prediction_high", "", on_page=False),
        Column("verdict", "", "text", on_page=False),
    )
    rows = tuple(_part_row(part) for part in parts)
    return Table(id=id, title=title, subtitle="", columns=columns, rows=rows, notes=(note,), compact=True, dense=True)


def _part_row(part: Part) -> Row:
    counts, pool = part.counts, part.pool
    low, high = (None, None) if pool is None else pool.prediction
    name = capital(words.name(part.name))
    cells = (
        Cell(name, part.name),
        Cell(numbers.count(counts.first), counts.first),
        Cell(numbers.count(counts.tied), counts.tied),
        Cell(numbers.count(counts.surveys), counts.surveys),
        Cell("", counts.surely_first),
        Cell("", counts.surely_not_first),
        Cell("", None if pool is None else pool.largest.mean),
        Cell(numbers.points_interval(low, high, 0)),
        Cell("", low),
        Cell("", high),
        Cell("", part.verdict),
    )
    return Row(cells)
