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

    from analysis.by_group import ByGroup, by_group
    from analysis.change import compare
    from analysis.changes import Change
    from analysis.estimate import Estimate, Test
    from analysis.rank import methods_side_by_side as compare_methods
    from analysis.rank import rank
    from analysis.rank_sets import RankSets, rank_sets
    from analysis.ranking import Ranking
    from analysis.regression.regress import regress
    from analysis.regression.result import Regression
    from analysis.release import release as gaps
    from analysis.release.figures import Release as Gaps
    from analysis.respondents import profile
    from analysis.scores.model import ModelError
    from analysis.spread import spread
    from obstacles.demo import write_examples
    from reports.batch import write_batch as write_gap_reports
    from reports.change import build as build_change_report
    from reports.export import write_export
    from reports.gap import build as build_gap_report
    from reports.plots import plot
    from reports.render import write_report
    from reports.research import build as build_report
    from survey.load import load_study
    from survey.problems import Problem, Receipt, SurveyError
    from survey.study import Study, Wave
    from survey.studyfile import json_schema

    __version__: str

PUBLIC = {  # name -> (module, its name there)
    "load_study": ("survey.load", "load_study"),
    "json_schema": ("survey.studyfile", "json_schema"),
    "Study": ("survey.study", "Study"),
    "Wave": ("survey.study", "Wave"),
    "SurveyError": ("survey.problems", "SurveyError"),
    "Problem": ("survey.problems", "Problem"),
    "Receipt": ("survey.problems", "Receipt"),
    "rank": ("analysis.rank", "rank"),
    "Ranking": ("analysis.ranking", "Ranking"),
    "by_group": ("analysis.by_group", "by_group"),
    "ByGroup": ("analysis.by_group", "ByGroup"),
    "compare": ("analysis.change", "compare"),
    "Change": ("analysis.changes", "Change"),
    "regress": ("analysis.regression.regress", "regress"),
    "Regression": ("analysis.regression.result", "Regression"),
    "gaps": ("analysis.release", "release"),
    "Gaps": ("analysis.release.figures", "Release"),
    "compare_methods": ("analysis.rank", "methods_side_by_side"),
    "spread": ("analysis.spread", "spread"),
    "profile": ("analysis.respondents", "profile"),
    "rank_sets": ("analysis.rank_sets", "rank_sets"),
    "RankSets": ("analysis.rank_sets", "RankSets"),
    "Estimate": ("analysis.estimate", "Estimate"),
    "Test": ("analysis.estimate", "Test"),
    "ModelError": ("analysis.scores.model", "ModelError"),
    "build_report": ("reports.research", "build"),
    "build_change_report": ("reports.change", "build"),
    "build_gap_report": ("reports.gap", "build"),
    "plot": ("reports.plots", "plot"),
    "write_export": ("reports.export", "write_export"),
    "write_gap_reports": ("reports.batch", "write_batch"),
    "write_report": ("reports.render", "write_report"),
    "write_examples": ("obstacles.demo", "write_examples"),
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
        from analysis.drawing import draw_by

        draw_by(_plot)
        module, attribute = PUBLIC[name]
        value = getattr(import_module(module), attribute)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _plot(result: object, **options: object) -> Figure:
    """What `result.plot()` calls: the rooms of results know no charts."""
    from reports.plots import plot

    return plot(result, **options)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
