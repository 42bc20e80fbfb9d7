"""Regressions beside the ranking: one file and one line each. Imports `likelihoods` and the files of `regression`."""

from __future__ import annotations

from obstacles.analysis.regression.kinds import (
    drivers,
    latent_classes,
    outcome,
    pick_any,
    rank_ordered_logit,
    selection,
    set_choice_logit,
    tree,
)
from obstacles.analysis.regression.kinds.base import RegressionKind
from obstacles.analysis.regression.kinds.drivers import Drivers
from obstacles.analysis.regression.kinds.pick_any import Association
from obstacles.analysis.regression.kinds.severity import kind as severity
from obstacles.analysis.regression.result import Regression
from obstacles.analysis.regression.structure import Classes, Tree

Result = Regression | Association | Drivers | Classes | Tree


REGRESSIONS: dict[str, RegressionKind[Result]] = {  # their keys in study files: survey.regression_kinds.KINDS
    "rank_ordered_logit": rank_ordered_logit.KIND,
    "set_choice_logit": set_choice_logit.KIND,
    "pick_any": pick_any.KIND,
    "severity": severity.KIND,
    "outcome": outcome.KIND,
    "drivers": drivers.KIND,
    "latent_classes": latent_classes.KIND,
    "tree": tree.KIND,
    "selection": selection.KIND,
}
