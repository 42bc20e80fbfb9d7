"""Rank obstacles from survey answers, with confidence sets for ranks, and make the report.

The public names, for notebooks and scripts; each is imported when it is first used (PEP 562), so that
`import obstacles` costs nothing:

>>> import obstacles
>>> study = obstacles.load_study("study.toml")      # doctest: +SKIP
>>> ranking = obstacles.rank(study)                 # doctest: +SKIP
>>> ranking.to_frame()                              # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from obstacles.analysis.change.by_group import ByGroup, by_group
    from obstacles.analysis.change.compare import compare
    from obstacles.analysis.change.result import Change
    from obstacles.analysis.disclosure.release import gaps
    from obstacles.analysis.disclosure.release.figures import Gaps
    from obstacles.analysis.inference.estimate import Estimate, Test
    from obstacles.analysis.inference.rank_sets import RankSets, rank_sets
    from obstacles.analysis.prepare import ModelError
    from obstacles.analysis.ranking.rank import compare_methods, rank
    from obstacles.analysis.ranking.respondents import profile
    from obstacles.analysis.ranking.result import Ranking
    from obstacles.analysis.ranking.spread import spread
    from obstacles.analysis.regression.regress import regress
    from obstacles.analysis.regression.result import Regression
    from obstacles.cli.demo import write_examples
    from obstacles.reports.change.build import build_change_report
    from obstacles.reports.gap.build import build_gap_report
    from obstacles.reports.plots import plot
    from obstacles.reports.research.build import build_report
    from obstacles.reports.writers.batch import write_gap_reports
    from obstacles.reports.writers.export import write_export
    from obstacles.reports.writers.render import write_report
    from obstacles.survey.loading.load import load_study
    from obstacles.survey.problems import Problem, Receipt, SurveyError
    from obstacles.survey.study import Study, Wave
    from obstacles.survey.studyfile.read import json_schema

    __version__: str

PUBLIC = {  # name -> (module, its name there)
    "load_study": ("obstacles.survey.loading.load", "load_study"),
    "json_schema": ("obstacles.survey.studyfile.read", "json_schema"),
    "Study": ("obstacles.survey.study", "Study"),
    "Wave": ("obstacles.survey.study", "Wave"),
    "SurveyError": ("obstacles.survey.problems", "SurveyError"),
    "Problem": ("obstacles.survey.problems", "Problem"),
    "Receipt": ("obstacles.survey.problems", "Receipt"),
    "rank": ("obstacles.analysis.ranking.rank", "rank"),
    "Ranking": ("obstacles.analysis.ranking.result", "Ranking"),
    "by_group": ("obstacles.analysis.change.by_group", "by_group"),
    "ByGroup": ("obstacles.analysis.change.by_group", "ByGroup"),
    "compare": ("obstacles.analysis.change.compare", "compare"),
    "Change": ("obstacles.analysis.change.result", "Change"),
    "regress": ("obstacles.analysis.regression.regress", "regress"),
    "Regression": ("obstacles.analysis.regression.result", "Regression"),
    "gaps": ("obstacles.analysis.disclosure.release", "gaps"),
    "Gaps": ("obstacles.analysis.disclosure.release.figures", "Gaps"),
    "compare_methods": ("obstacles.analysis.ranking.rank", "compare_methods"),
    "spread": ("obstacles.analysis.ranking.spread", "spread"),
    "profile": ("obstacles.analysis.ranking.respondents", "profile"),
    "rank_sets": ("obstacles.analysis.inference.rank_sets", "rank_sets"),
    "RankSets": ("obstacles.analysis.inference.rank_sets", "RankSets"),
    "Estimate": ("obstacles.analysis.inference.estimate", "Estimate"),
    "Test": ("obstacles.analysis.inference.estimate", "Test"),
    "ModelError": ("obstacles.analysis.prepare", "ModelError"),
    "build_report": ("obstacles.reports.research.build", "build_report"),
    "build_change_report": ("obstacles.reports.change.build", "build_change_report"),
    "build_gap_report": ("obstacles.reports.gap.build", "build_gap_report"),
    "plot": ("obstacles.reports.plots", "plot"),
    "write_export": ("obstacles.reports.writers.export", "write_export"),
    "write_gap_reports": ("obstacles.reports.writers.batch", "write_gap_reports"),
    "write_report": ("obstacles.reports.writers.render", "write_report"),
    "write_examples": ("obstacles.cli.demo", "write_examples"),
}

__all__ = [
    "ByGroup",
    "Change",
    "Estimate",
    "Gaps",
    "ModelError",
    "Problem",
    "RankSets",
    "Ranking",
    "Receipt",
    "Regression",
    "Study",
    "SurveyError",
    "Test",
    "Wave",
    "__version__",
    "build_change_report",
    "build_gap_report",
    "build_report",
    "by_group",
    "compare",
    "compare_methods",
    "gaps",
    "json_schema",
    "load_study",
    "plot",
    "profile",
    "rank",
    "rank_sets",
    "regress",
    "spread",
    "write_examples",
    "write_export",
    "write_gap_reports",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            value: object = version("obstacle-ranking")
        except PackageNotFoundError:
            value = "0+unknown"  # a checkout that was not installed
    elif name in PUBLIC:
        from obstacles.analysis.drawing import draw_by

        draw_by(_plot)
        module, attribute = PUBLIC[name]
        value = getattr(import_module(module), attribute)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _plot(result: object, **options: object) -> Figure:
    """What `result.plot()` calls: the rooms of results know no charts."""
    from obstacles.reports.plots import plot

    return plot(result, **options)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
