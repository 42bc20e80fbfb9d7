"""What a fit of items' worths hands on, whatever was chosen: rows, effects and tests of the items looked at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from obstacles.analysis.inference.lifted import excess_of
from obstacles.analysis.regression.likelihoods.base import Likelihood
from obstacles.analysis.regression.likelihoods.item_effects import OF_RANKINGS, Measure, item_effects
from obstacles.analysis.regression.likelihoods.item_logit import ItemFit, Predictor
from obstacles.analysis.regression.likelihoods.item_plans import ItemTerms, blocks_of, plans_of
from obstacles.analysis.regression.model import CovariatePlaces, Fitted, ModelData


def fitted_items(
    sheet: ModelData,
    terms: ItemTerms,
    likelihood: Likelihood,
    predictor: Predictor,
    weight: np.ndarray,
    fit: ItemFit,
    penalty: str,
    influence: np.ndarray,
    *,
    ratios: bool = True,
    measures: Mapping[str, Measure] = OF_RANKINGS,
) -> Fitted:
    """The fit as every kind of regression hands it on; checks, notes and events are added by the kind.

    Parameters
    ----------
    weight : (r,) array
        Of the answers.
    influence : (n, p) array
        Of the parameters, by respondent.
    ratios : bool
        Whether terms are tested by likelihood ratios where there is no penalty.
    """
    excess = excess_of(sheet.given.prepared.sample.covariance(influence), fit.inverse) if penalty else None
    rows, base_rows = plans_of(sheet, terms, likelihood.extra)
    blocks, item_blocks = blocks_of(terms, likelihood, predictor, weight, fit if ratios and not penalty else None)
    effects = item_effects(sheet, predictor, terms, fit.theta, influence, excess, measures=measures)
    items = sheet.given.prepared.answers.items
    shown = {"", *(items[j].id for j in sheet.given.items)}
    return Fitted(
        measure="worth ratio",
        parameters=terms.names + likelihood.extra + terms.z_names,
        theta=fit.theta,
        influence=influence,
        model_covariance=fit.inverse,
        excess=excess,
        rows=tuple(row for row in rows if row.outcome in shown),
        base_rows=base_rows,
        effects=tuple(effect for effect in effects if effect.outcome in shown),
        blocks=blocks,
        item_blocks=tuple(block for block in item_blocks if block.outcome in shown),
        log_likelihood=fit.log_likelihood,
        penalty=penalty,
        places=_places(terms),
        center=terms.center,
    )


def _places(terms: ItemTerms) -> tuple[CovariatePlaces, ...]:
    """Columns follow each other, each with a coefficient for every item but one."""
    s, q = terms.width, len(terms.center)
    return tuple(CovariatePlaces((j,), tuple(range(s + j, q * s, s))) for j in range(s))
