"""Fits of items' worths that converge: by maximum likelihood, or penalised where some coefficient would be infinite.

log-F(1,1) is half a comparison won and half lost by every coefficient (Greenland and Mansournia 2015), the same
pseudo-comparisons as those of Plackett-Luce worths (`analysis.scores.worths`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.prepare import ModelError, converging
from obstacles.analysis.regression.likelihoods.base import Likelihood
from obstacles.analysis.regression.likelihoods.item_logit import ItemFit, Predictor, fit_items
from obstacles.analysis.regression.result import Check
from obstacles.text.language import _, ngettext, semicolons


def converged(
    likelihood: Likelihood,
    predictor: Predictor,
    weight: np.ndarray,
    pseudo: float,
    separated: Callable[[], Sequence[str]],
) -> tuple[ItemFit, str, tuple[str, ...]]:
    """The fit, its penalty in words ("" for none), and notes: penalised where there is no finite maximum.

    Parameters
    ----------
    separated : function
        Names the items that always or never win, and in which groups.
    """
    try:
        found = fit_items(likelihood, predictor, weight, pseudo=pseudo)
        return found, _("log-F(1,1)") if pseudo else "", ()
    except ConvergenceError as error:
        if pseudo or predictor.penalised is None:
            raise ModelError(_("the model did not converge: {reason}.").format(reason=error)) from error
    with converging(_("the model did not converge: {reason}.")):
        found = fit_items(likelihood, predictor, weight, pseudo=PSEUDO)
    names = semicolons(separated())
    where = _("Separation in {names}: an item always or never wins there").format(names=names)
    if not names:
        where = _("Separation: along some covariate an item always or never wins")
    note = _(
        "{where}, so that its coefficient would be infinite. Every coefficient was given {pseudo} pseudo-comparisons "
        "won and {pseudo} lost (log-F(1,1), Greenland and Mansournia 2015); errors belong to the penalised objective."
    )
    return found, _("log-F(1,1)"), (note.format(where=where, pseudo=PSEUDO),)


def convergence_checks(found: ItemFit, penalty: str) -> list[Check]:
    """Whether the fit converged, and what was done about separation."""
    steps = ngettext("Converged in {n} Newton step.", "Converged in {n} Newton steps.", found.iterations)
    text = _("Separation: penalised by {penalty}.").format(penalty=penalty) if penalty else _("No separation.")
    return [
        Check(_("convergence"), "", True, steps.format(n=found.iterations)),
        Check(_("separation"), "", not penalty, text),
    ]
