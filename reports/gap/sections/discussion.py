"""The sheet for the team: questions, actions to fill in, how to read the pages, the privacy promise, the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.gap.findings import hidden_groups
from obstacles.reports.wave.method_box import fact
from obstacles.reports.wave.uncertainty import assumption_of
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import cut, quoted, sentence_names, value_name
from obstacles.reports.words.page_blocks import (
    SUPPRESSED,
    Block,
    Callout,
    Cell,
    Column,
    Fact,
    Facts,
    Listing,
    Prose,
    Row,
    Section,
    Table,
    Together,
)
from obstacles.text.language import _, label, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.reports.gap.findings import GapFindings

LINES = 4  # of the action table; half of them for the whole organisation, whose page is fuller
ASKED = 3  # capabilities that have a question of their own
LONGEST = 60  # characters of a group's name


def section(f: GapFindings) -> Section:
    """The last page: a sheet for the team."""
    blocks: list[Block] = [
        Listing(_("Questions for the conversation"), tuple(questions(f)), numbered=False),
        actions(LINES // 2 if f.whole else LINES),
        Prose(how_to_read(f), columns=2, title=_("How to read this report")),
        Together((Callout(_("What is protected"), promise(f)), Facts(_("How the figures came about"), method(f)))),
    ]
    title = _("For the conversation") if f.whole else _("For the team")
    lead = _("A gap is where a conversation begins: these pages do not say why it is there.")
    return Section("discussion", title, (lead,), tuple(blocks), new_page=True)


def questions(f: GapFindings) -> list[str]:
    """From what the pages show; none of them presumes a reason."""
    found = []
    told = [j for j in f.order if f.group.rows[j].below.value or f.group.rows[j].below.cap == "high"]
    for name in sentence_names([f.release.items[j] for j in told[:ASKED]]):
        message = _(
            "{name}: is it training, practice, tools or time that is missing, or is the required level too high?"
        )
        found.append(quoted(message.format(name=name)))
    apart = [j for j in f.shown if _differ(f, j)]
    if apart:
        names = sentence_names([f.release.items[j] for j in apart[:ASKED]])
        message = _("Own and supervisors' ratings differ in {names}: what does each side see?")
        found.append(quoted(message.format(names=numbers.listing(names))))
    rows = f.group.obstacles
    more = [o for o, row in enumerate(rows) if row.compared and row.compared.differs and row.compared.value > 0]
    if more:
        names = sentence_names([f.release.obstacle_items[o] for o in more[:ASKED]])
        message = _("More people here than elsewhere name {names}: which part of it can be changed from here?")
        found.append(quoted(message.format(names=numbers.listing(names))))
    found.append(_("Who has the level already, and could show the others how?"))
    found.append(_("Which of these gaps matter for the work of the next twelve months?"))
    return found


def _differ(f: GapFindings, j: int) -> bool:
    """Whether the interval of the difference between raters leaves out zero."""
    found = f.group.rows[j].rater_difference
    return found.low is not None and found.high is not None and (found.low > 0 or found.high < 0)


def actions(lines: int) -> Table:
    """Lines to fill in by hand."""
    columns = (
        Column("action", _("Action"), "text", in_data=False),
        Column("owner", _("Who"), "text", in_data=False),
        Column("date", _("By when"), "text", in_data=False),
    )
    return Table(
        id="actions",
        title=_("What we will do"),
        subtitle="",
        columns=columns,
        rows=tuple(Row((Cell(""), Cell(""), Cell("")), in_data=False) for _line in range(lines)),
    )


def how_to_read(f: GapFindings) -> tuple[str, ...]:
    """How to read the report, in plain sentences."""
    level = numbers.level(f.release.level)
    return (
        _(
            "Bars and dots are estimates. The thin line across each is its {level} interval: had others of the same "
            "staff answered, the estimate would lie elsewhere within about this range. Where two intervals overlap "
            "much, do not read an order into the numbers."
        ).format(level=level),
        _(
            "“Below the required level” counts people and leads, because it asks least of the scale. Means take the "
            "steps between levels as equal."
        ),
        _(
            "“By tests” says what is told apart from chance with all capabilities looked at together. “No difference "
            "shown” does not mean that there is none."
        ),
        _(
            "Self-ratings differ between people of equal skill. A group that sees itself as weak may be strict with "
            "itself; the report is no ranking of groups or of people."
        ),
    )


def promise(f: GapFindings) -> tuple[str, ...]:
    """What is protected, and how."""
    minimum = numbers.count(f.release.minimum)
    found = [
        _(
            "No figure stands for fewer than {n} people, and no page holds the answers of single people. Where a "
            "figure, alone or with any other report of this survey, would let a reader work out what a few people "
            "answered, it is hidden ({mark}), capped (< or >), joined with a neighbour or rounded further."
        ).format(n=minimum, mark=SUPPRESSED)
    ]
    if f.group.members:
        names = numbers.listing(
            [cut(value_name(name, f.release.by) or _("no answer"), LONGEST) for name in f.group.members]
        )
        message = _("This report joins groups that are too small for one of their own: {names}.")
        found.append(message.format(names=names))
    if f.whole and f.release.hidden:
        found.append(hidden_groups(f.release, LONGEST))
    found.append(
        _("A group that was made up otherwise in another year is not compared with itself, and groups are not ranked.")
    )
    return tuple(found)


def method(f: GapFindings) -> tuple[Fact, ...]:
    """Who asked whom, and how the figures are made."""
    stated = f.study.settings.study
    wave = f.wave
    fieldwork = numbers.date_range(*wave.fieldwork) if wave.fieldwork else None
    weighting = {
        "given": _("As given in the study file."),
        "headcount": _("Each group stands for its headcount."),
        "none": _("None: every respondent counts the same."),
    }[f.release.weighting]
    return (
        fact(_("Conducted by, for"), " / ".join(filter(None, (label(stated.conducted_by), label(stated.sponsor))))),
        fact(_("Population"), semicolons([label(stated.population), sample(f)])),
        fact(_("Mode and dates"), _mode_and_dates(label(stated.mode), fieldwork)),
        fact(_("Weighting"), weighting, assumption_of(stated.sampling, finite=f.release.finite)),
        fact(_("Estimates"), estimates(f)),
        fact(_("Limitations"), label(stated.limitations)),
    )


def _mode_and_dates(mode: str, dates: str | None) -> str:
    return _("{mode} {dates}").format(mode=mode, dates=dates) if mode and dates else mode or dates or ""


def sample(f: GapFindings) -> str:
    """How people came in, and how many answered here."""
    kind = {
        "census": _("everybody was asked"),
        "probability": _("a probability sample"),
        "nonprobability": _("not a probability sample"),
    }[f.study.settings.study.sampling]
    n, size = f.group.respondents, f.group.headcount
    if not size:
        return ngettext("{kind}, {n} person answered here.", "{kind}, {n} people answered here.", n).format(
            kind=kind, n=numbers.count(n)
        )
    message = _("{kind}, {n} of {size} answered here ({rate}).")
    return message.format(kind=kind, n=numbers.count(n), size=numbers.count(size), rate=numbers.percent(n / size, 0))


def estimates(f: GapFindings) -> str:
    """How figures and intervals are worked out."""
    level = numbers.level(f.release.level)
    return _(
        "Share below: Wilson's interval with the effective number of respondents; means: t intervals within the scale, "
        "none where fewer than five people are below; {level}. Largest gaps: simultaneous rank sets (Mogstad, Romano, "
        "Shaikh and Wilhelm 2024). Groups against the rest: Holm within each report."
    ).format(level=level)
