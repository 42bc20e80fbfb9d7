"""The priority map: which gaps are in what people find important, and which cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.charts.priority import Placed, PriorityData, in_words
from obstacles.reports.gap.findings import source_and_base
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import bare, marked, sentence_name
from obstacles.reports.words.page_blocks import SUPPRESSED, Figure, Section
from obstacles.text.language import _, commas

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.figures import Mean
    from obstacles.reports.gap.findings import GapFindings

NAMED = 6  # capabilities that the lead names one by one


def section(f: GapFindings) -> Section | None:
    """None where importance was not asked, or too little of it can be shown."""
    if not f.mapped:
        return None
    return Section("priorities", _("Where gap and importance meet"), (lead(f),), (figure(f),), new_page=True)


def lead(f: GapFindings) -> str:
    """Which capabilities are important and below what is required, by tests over all of them."""
    first = f.start
    away = len(f.group.rows) - len(f.mapped)
    if not first and away:
        message = _(
            "Of the {n} capabilities on the map none is, by tests, both more important than most and below what is "
            "required. The others are hidden, so that nobody's answer can be worked out."
        )
        return message.format(n=numbers.count(len(f.mapped)))
    if not first:
        return _("No capability is, by tests, both more important than most and below what is required.")
    if len(first) > NAMED:
        message = _("{n} capabilities are, by tests, both more important than most and below what is required.")
        return message.format(n=numbers.count(len(first)))
    names = numbers.listing([marked(sentence_name(f.release.items[j])) for j in first])
    message = _("By tests both more important than most and below what is required: {names}.")
    return message.format(names=names)


def point(f: GapFindings, j: int) -> Placed:
    """One capability on the map: to the left of zero the current level is below the required one."""
    row = f.group.rows[j]
    (x, x_low, x_high), (y, y_low, y_high) = (_known(row.signed), _known(row.importance))
    kind = "first" if row.position == ("important", "below") else "between" if row.position is None else "clear"
    return Placed(
        name=f.short_name(j),
        x=-x + 0.0,
        x_low=-x_high + 0.0,
        x_high=-x_low + 0.0,
        y=y,
        y_low=y_low,
        y_high=y_high,
        kind=kind,
    )


def _known(mean: Mean) -> tuple[float, float, float]:
    """A mean with its interval, of one that has both."""
    assert mean.value is not None
    assert mean.low is not None
    assert mean.high is not None
    return mean.value, mean.low, mean.high


def figure(f: GapFindings) -> Figure:
    """Capabilities by their gap and importance, with the regions that intervals allow."""
    points = tuple(point(f, j) for j in f.mapped)
    line, scale = f.release.importance_line, f.release.importance_scale
    assert line is not None
    assert scale is not None
    data = PriorityData(
        points=points,
        x_heading=_("Current level less the required one, mean"),
        y_heading=_("Importance, mean of {low} to {high}").format(
            low=numbers.count(scale[0]), high=numbers.count(scale[1])
        ),
        x_line=0.0,
        y_line=line,
        x_line_text=_("what is required"),
        y_line_text=_("mean importance, whole organisation: {line}").format(line=numbers.decimal(line, 1)),
        corners=(
            _("important, below what is required"),
            _("important, requirement met"),
            _("less important, below"),
            _("less important, met"),
        ),
        y_bounds=(float(scale[0]), float(scale[1])),
    )
    names = numbers.listing([f.short_name(j) for j in f.order if j not in f.mapped])
    hidden = ""
    if names:
        hidden = _("{mark} not on the map, so that nobody's answer can be worked out: {names}.").format(
            mark=SUPPRESSED, names=names
        )
    return Figure(
        id="priorities",
        chart="priority",
        data=data,
        title=_("What is important and short"),
        subtitle=_(
            "Crosses are {level} intervals. Grey: tests over all capabilities together do not tell the side."
        ).format(level=numbers.level(f.release.level)),
        alternative=bare(
            _("{lead} Gap and importance: {points}.").format(
                lead=lead(f), points=commas(in_words(one) for one in points)
            )
        ),
        notes=tables.notes(
            source_and_base(f),
            _(
                "The lines are standards, not this group's own means: what is required, and the mean importance of all "
                "capabilities to the whole organisation."
            ),
            hidden,
        ),
    )
