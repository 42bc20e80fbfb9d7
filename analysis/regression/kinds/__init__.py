"""Regressions beside the ranking: one file and one line each. Imports `likelihoods` and the files of `regression`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from obstacles.analysis.regression.fitting import regression
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
from obstacles.analysis.regression.kinds.drivers import Drivers
from obstacles.analysis.regression.kinds.pick_any import Association
from obstacles.analysis.regression.kinds.severity import kind as severity
from obstacles.analysis.regression.model import ModelInput
from obstacles.analysis.regression.result import Regression
from obstacles.analysis.regression.structure import Classes, Tree
from obstacles.survey.answers import Answers

Result = Regression | Association | Drivers | Classes | Tree


@dataclass(frozen=True)
class Kind:
    """One kind of regression. `reason_not_applicable` gives the reason why it does not apply to answers, or None."""

    reason_not_applicable: Callable[[Answers], str | None]
    run: Callable[[ModelInput], Result]


REGRESSIONS: dict[str, Kind] = {  # the kinds that survey.settings.RegressionSettings knows
    "rank_ordered_logit": Kind(
        rank_ordered_logit.reason_not_applicable, partial(regression, fit=rank_ordered_logit.fit)
    ),
    "set_choice_logit": Kind(set_choice_logit.reason_not_applicable, partial(regression, fit=set_choice_logit.fit)),
    "pick_any": Kind(pick_any.reason_not_applicable, pick_any.fit),
    "severity": Kind(severity.reason_not_applicable, partial(regression, fit=severity.fit)),
    "outcome": Kind(outcome.reason_not_applicable, partial(regression, fit=outcome.fit)),
    "drivers": Kind(drivers.reason_not_applicable, drivers.fit),
    "latent_classes": Kind(latent_classes.reason_not_applicable, latent_classes.fit),
    "tree": Kind(tree.reason_not_applicable, tree.fit),
    "selection": Kind(selection.reason_not_applicable, partial(regression, fit=selection.fit)),
}
