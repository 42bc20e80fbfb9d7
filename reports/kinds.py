"""Kinds of report: one folder and one line each. A kind is imported when its first report is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obstacles.reports.report import Report
    from obstacles.survey.study import Study, Wave


@dataclass(frozen=True)
class ReportKind:
    """One kind of report. A batch has a report of every group: `build` then takes the released figures and a group."""

    build: Callable[..., Any]  # gives a Report
    options: tuple[str, ...]  # of the command line and of [[report]], beside --level, --k and --language
    waves: Callable[[Study, str | None], Sequence[Wave]]  # of the study that it speaks of, by --wave
    batch: bool = False


def _research(study: Study, **options: Any) -> Report:
    from obstacles.reports.research.build import build_report

    return build_report(study, **options)


def _brief(study: Study, **options: Any) -> Report:
    from obstacles.reports.research.build import build_brief

    return build_brief(study, **options)


def _change(study: Study, **options: Any) -> Report:
    from obstacles.reports.change.build import build_change_report

    return build_change_report(study, **options)


def _gap(study: Study, *of_a_group: Any, **options: Any) -> Report:
    from obstacles.reports.gap.build import build_gap_report

    return build_gap_report(study, *of_a_group, **options)


def _one_wave(study: Study, wave: str | None) -> Sequence[Wave]:
    return (study.wave(wave),)


def _every_wave(study: Study, wave: str | None) -> Sequence[Wave]:
    return study.waves


REPORTS: dict[str, ReportKind] = {  # the names that [[report]] knows: survey.settings.ReportName
    "research": ReportKind(_research, ("wave", "model"), _one_wave),
    "brief": ReportKind(_brief, ("wave", "model"), _one_wave),
    "change": ReportKind(_change, ("comparison", "waves", "where"), _every_wave),
    "gap": ReportKind(_gap, ("wave", "by", "jobs"), _one_wave, batch=True),
}
