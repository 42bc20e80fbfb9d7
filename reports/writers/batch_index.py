"""The page that leads to the reports of a batch: groups by name, with how many answered; it is no ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstacles.reports.gap.findings import hidden_groups
from obstacles.reports.wave.cover import footer
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import cut, plain, value_name
from obstacles.text.group_words import calling
from obstacles.text.language import _, label, using

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.release.figures import Gaps, ReleasedGroup
    from obstacles.reports.gap.build import GapReport
    from obstacles.survey.study import Study

LONGEST = 90  # characters of a group's name


@dataclass(frozen=True)
class Line:
    name: str
    people: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class IndexPage:
    """What the page says, ready to print."""

    language: str
    title: str
    kicker: str
    subtitle: str
    synthetic: str
    headings: tuple[str, str, str]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def index_of(
    study: Study, found: Gaps, whole: GapReport, files: Mapping[str, Sequence[str]], failed: Sequence[str]
) -> IndexPage:
    """The page of a batch; `files` are those of each group that has any."""
    with using(whole.language), calling(study.settings.groups.words):
        groups = [found.whole, *found.groups]
        lines = [_line(group, tuple(files[group.name])) for group in groups if group.name in files]
        return IndexPage(
            language=whole.language,
            title=plain(label(study.title)) or study.id,
            kicker=whole.kicker,
            subtitle=_("Reports by group, and one of the whole organisation."),
            synthetic=whole.synthetic,
            headings=(_("Report"), _("Answered"), _("Files")),
            lines=tuple(lines),
            notes=(*_notes(found, failed), footer(study)),
        )


def _line(group: ReleasedGroup, files: tuple[str, ...]) -> Line:
    name = cut(value_name(group.name), LONGEST) if group.name else _("The whole organisation")
    n, size = group.respondents, group.headcount
    people = numbers.count(n)
    if size:
        people = _("{n} of {size}").format(n=numbers.count(n), size=numbers.count(size))
    return Line(name, people, files)


def _notes(found: Gaps, failed: Sequence[str]) -> list[str]:
    notes = [_("The order of the groups says nothing: the reports are no ranking of groups or of people.")]
    if found.hidden:
        notes.append(hidden_groups(found, LONGEST))
    if failed:
        names = numbers.listing([cut(value_name(name), LONGEST) or _("The whole organisation") for name in failed])
        notes.append(_("Not made, because something went wrong: {names}.").format(names=names))
    return notes
