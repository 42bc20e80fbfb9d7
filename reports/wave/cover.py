"""What the covers and feet of all reports say alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

from obstacles.reports.charts.cover import CoverData
from obstacles.reports.wave.reproducibility import version_of
from obstacles.reports.words.naming import cut, plain
from obstacles.reports.words.page_blocks import (
    Fact,
    Figure,
    Section,
    numbered,
)
from obstacles.survey.studyfile.open_marks import MarkedLines, OpenMark, listed
from obstacles.text.language import (
    _,
    commas,
    full_stop,
    joined,
    label,
    ngettext,
)

if TYPE_CHECKING:
    from obstacles.survey.study import Study

BARS = 12  # of the art
LONGEST = 100  # characters of a fact


MOST_KEYS = 6  # named on the first page


class Imprint(TypedDict):
    """The fields that every report has alike."""

    study: str
    sections: tuple[Section, ...]
    footer: str
    synthetic: str
    author: str
    language: str
    page_size: str


def imprint(study: Study, kind: str, language: str, sections: Iterable[Section | None]) -> Imprint:
    """What every report states of its study and of itself; sections that have nothing to say are left out."""
    stated = next((report for report in study.settings.report if report.kind == kind), None)
    return Imprint(
        study=study.id,
        sections=numbered([section for section in sections if section is not None]),
        footer=footer(study),
        synthetic=synthetic(study),
        author=plain(label(study.settings.study.conducted_by)),
        language=language,
        page_size=stated.page_size if stated else "A4",
    )


def language_of(study: Study, language: str | None) -> str:
    """The language of a report: as asked for, else the first of the study's."""
    return language or (study.settings.study.languages or ("en",))[0]


def synthetic(study: Study) -> str:
    """What every page says of made-up data; "" for real ones."""
    if not study.settings.study.synthetic:
        return ""
    return _("Synthetic data: made-up answers, nothing here is about a real organisation")


def with_marks(subtitle: str, study: Study) -> str:
    """What a report says of itself on its first page, and that lines of the study file are guesses, where some are."""
    marks = open_marks_of(study)
    if not marks:
        return subtitle
    message = ngettext(
        'Draft: {n} line of {file} is still marked "#?", a guess that nobody has confirmed ({keys}).',
        'Draft: {n} lines of {file} are still marked "#?", guesses that nobody has confirmed ({keys}).',
        len(marks),
    )
    keys = list(dict.fromkeys(plain(mark.key) for mark in marks))
    shown = commas(keys[:MOST_KEYS]) + (" ..." if keys[MOST_KEYS:] else "")
    return joined([full_stop(subtitle), message.format(n=len(marks), file=plain(study.path.name), keys=shown)])


def marked_lines(study: Study) -> Fact | None:
    """The fact that says which lines of the study file are still guesses; None where there are none."""
    marks = open_marks_of(study)
    return Fact(_('Guesses not confirmed ("#?")'), plain(listed(marks))) if marks else None


def open_marks_of(study: Study) -> tuple[OpenMark, ...]:
    """The marked lines of the study file, as they were when it was read."""
    return next((problem.marks for problem in study.problems if isinstance(problem, MarkedLines)), ())


def footer(study: Study) -> str:
    """Study, hash of its data, and version: the foot of every page."""
    text = _("{study} · data {hash} · {tool} {version}").format(
        study=cut(plain(study.id), 40),
        hash=study.sha256[:8],
        tool="obstacles",
        version=version_of("obstacle-ranking"),
    )
    return _("DRAFT, not for handing out · {text}").format(text=text) if study.draft else text


def for_whom(study: Study) -> str:
    """What page 1 says of a report that is its owner's; "" for one that is made for others."""
    nobody = not any(len(wave.respondents) for wave in study.waves)  # published tables
    if study.settings.audience != "owner" or nobody:
        return ""
    return _("For the owner of the data: groups are not protected against all that others could work out.")


def cover_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts at the length that a cover has room for."""
    return tuple(Fact(fact.name, cut(fact.text, LONGEST), fact.stated) for fact in facts)


def cover_bars(
    lengths: Sequence[float], accent: Iterable[bool], names: Iterable[str], alternative: str
) -> Figure | None:
    """Bars as long as what a report estimates; None where there is nothing to show."""
    longest = max(lengths, default=0.0)
    if longest <= 0:
        return None
    data = CoverData(tuple(max(length / longest, 0.0) for length in lengths), tuple(accent), tuple(names))
    return Figure(id="cover", chart="cover", data=data, title="", subtitle="", alternative=alternative)
