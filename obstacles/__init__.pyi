"""The public names: each is imported from its module when it is first used. A name here is its name there."""

from .analysis.change.by_group import ByGroup as ByGroup
from .analysis.change.by_group import by_group as by_group
from .analysis.change.compare import compare as compare
from .analysis.change.result import Change as Change
from .analysis.disclosure.release import gaps as gaps
from .analysis.disclosure.release.figures import Gaps as Gaps
from .analysis.evidence.evidence import evidence as evidence
from .analysis.inference.estimate import Estimate as Estimate
from .analysis.inference.estimate import Test as Test
from .analysis.inference.rank_sets import RankSets as RankSets
from .analysis.inference.rank_sets import rank_sets as rank_sets
from .analysis.prepare import ModelError as ModelError
from .analysis.ranking.rank import compare_methods as compare_methods
from .analysis.ranking.rank import rank as rank
from .analysis.ranking.respondents import profile as profile
from .analysis.ranking.result import Ranking as Ranking
from .analysis.ranking.spread import spread as spread
from .analysis.regression.regress import regress as regress
from .analysis.regression.result import Regression as Regression
from .cli.demo import write_examples as write_examples
from .reports.change.build import build_change_report as build_change_report
from .reports.evidence.build import build_evidence_report as build_evidence_report
from .reports.gap.build import build_gap_report as build_gap_report
from .reports.plots import plot as plot
from .reports.research.build import build_report as build_report
from .reports.writers.batch import write_gap_reports as write_gap_reports
from .reports.writers.export import write_export as write_export
from .reports.writers.render import write_report as write_report
from .survey.evidence.load import load_evidence as load_evidence
from .survey.loading.load import load_study as load_study
from .survey.problems import Problem as Problem
from .survey.problems import Receipt as Receipt
from .survey.problems import SurveyError as SurveyError
from .survey.study import Study as Study
from .survey.study import Wave as Wave
from .survey.studyfile.read import json_schema as json_schema

__version__: str
