"""The capability-gap report of one group, or of the whole organisation: what HR and a manager can act on.

Everything in it comes from a release (`disclosure.release`), whose figures are protected for the whole batch at once;
the report adds words and a layout. It carries no study file and nothing of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from obstacles.reports.gap.findings import GapFindings
from obstacles.reports.gap.sections import (
    discussion,
    levels,
    obstacles,
    organisation,
    priority_matrix,
    scales,
    subgroups,
    summary,
    tables,
)
from obstacles.reports.report import Report
from obstacles.reports.wave.cover import for_whom, imprint, language_of, with_marks
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import cut, plain
from obstacles.reports.words.page_blocks import Section
from obstacles.text.group_words import calling
from obstacles.text.language import _, label, ngettext, using

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.release.figures import Gaps
    from obstacles.survey.study import Study

SECTIONS: tuple[Callable[[GapFindings], Section | None], ...] = (  # in the order of the pages
    summary.section,
    tables.section,
    priority_matrix.section,
    subgroups.section,
    levels.section,
    obstacles.section,
    organisation.section,
    scales.section,
    discussion.section,
)


@dataclass(frozen=True, kw_only=True)
class GapReport(Report):
    """The capability gaps of one group. The study file is never attached: it names columns, aliases and files."""

    kind: ClassVar[str] = "gap"
    by_item: ClassVar[tuple[str, ...]] = ("gaps", "below", "levels")
    group: str  # "" = the whole organisation
    record: Mapping[str, Any]

    def results(self) -> Mapping[str, Any]:
        """The group's figures, as `obstacles gaps --json` prints them."""
        return {"gaps": self.record}

    def sources(self) -> Mapping[str, Any]:
        """Nothing: the rows of the file are no business of a group's report."""
        return {}


def build_gap_report(study: Study, found: Gaps, group: str = "", *, language: str | None = None) -> GapReport:
    """Put the released figures of one group into words.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    found : Gaps
        Of the whole batch, as `gaps` returns them.
    group : str
        Name of a group of the release; "" for the whole organisation.
    language : str, optional
        Code such as "en"; the first of the study's languages by default.

    Returns
    -------
    GapReport
        The pages as values, for `write_report` and `write_export`.

    Raises
    ------
    KeyError
        For a group that has no report.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> gaps = ob.gaps(study, by="grade")
    >>> ob.build_gap_report(study, gaps, "Junior").subtitle
    'Obstacles to using big data. 458 people answered.'
    """
    code = language_of(study, language)
    with using(code), calling(study.settings.groups.words):
        f = GapFindings(study=study, release=found, group=found.group(group))
        sections = [section(f) for section in SECTIONS]
        return GapReport(
            **imprint(study, GapReport.kind, code, sections),
            group=group,
            title=f.name,
            kicker=_kicker(f),
            subtitle=with_marks(_subtitle(f), f.study),
            disclosure=for_whom(study),
            date=f.wave.fieldwork[1] if f.wave.fieldwork else None,
            record=found.group_record(f.group),
        )


def _kicker(f: GapFindings) -> str:
    if f.study.settings.study.synthetic:
        return _("Capability gaps · synthetic data · wave {wave}").format(wave=f.release.wave)
    return _("Capability gaps · wave {wave}").format(wave=f.release.wave)


def _subtitle(f: GapFindings) -> str:
    """The study and who answered, in one line."""
    n = f.group.respondents
    title = cut(plain(label(f.study.title)) or f.study.id, 70)
    if f.group.headcount:
        message = ngettext(
            "{title}. {n} of {size} person answered.", "{title}. {n} of {size} people answered.", f.group.headcount
        )
    else:
        message = ngettext("{title}. {n} person answered.", "{title}. {n} people answered.", n)
    return message.format(title=title, n=numbers.count(n), size=numbers.count(f.group.headcount))
