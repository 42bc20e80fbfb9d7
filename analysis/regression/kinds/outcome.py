"""Outcomes: a capability or maturity score by obstacles and by who answers; linear, fractional logit, or mixed.

Linear and fractional logit models (Papke and Wooldridge 1996) come from statsmodels' GLM with `var_weights` and have
the design's errors. With `random`, departments have effects of their own drawn from a normal distribution (statsmodels'
MixedLM, REML), for few clusters; its errors are those of the model, with between-within degrees of freedom (Schluchter
and Elashoff 1990), and it knows of no weights, so that these are refused.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from obstacles.analysis.prepare import ModelError, converging, one_each
from obstacles.analysis.regression.fitting import regression
from obstacles.analysis.regression.kinds.base import DIFFERENCE, MeasureWords, RegressionKind, RegressionWords
from obstacles.analysis.regression.kinds.selection import mean_effect
from obstacles.analysis.regression.likelihoods.glm import GlmFit, fit_glm
from obstacles.analysis.regression.likelihoods.item_effects import shifts
from obstacles.analysis.regression.likelihoods.mixed import fit_mixed
from obstacles.analysis.regression.model import (
    Block,
    EffectPlan,
    Fitted,
    ModelData,
    RowPlan,
    held_against,
    places_in_row,
)
from obstacles.analysis.regression.result import Check
from obstacles.survey.answers import Answers, Published
from obstacles.text.language import N_, _, ngettext


def reason_not_applicable(answers: Answers) -> str | None:
    """Why an outcome cannot be explained by these answers; None where it can."""
    if isinstance(answers, Published) or not one_each(answers.respondent):
        return _("it needs one row of answers a respondent")
    return None


def fit(sheet: ModelData) -> Fitted:
    """Fit one sheet.

    Raises
    ------
    ModelError
        For an outcome that does not vary or lies outside the scale, or weights beside random effects.
    """
    if sheet.given.model.random is not None:
        return _mixed(sheet)
    y, x, link = outcome_of(sheet), sheet.matrix.values, sheet.given.model.link or "identity"
    with converging(_("the model did not converge: {reason}.")):
        found = fit_glm(y, x, sheet.weight, link=link)
    influence = sheet.spread(found.score @ found.inverse)
    return Fitted(
        measure="difference" if link == "identity" else "ratio of the odds of the mean",
        parameters=("1", *(column.name for column in sheet.matrix.columns)),
        theta=found.theta,
        influence=influence,
        model_covariance=found.inverse,
        rows=rows_of_columns(sheet),
        base_rows=(RowPlan("", "", "1", "1", _("constant"), "", np.eye(x.shape[1])[0]),),
        effects=_effects(sheet, found, influence, link),
        blocks=_blocks(sheet, y, found, link),
        checks=_checks(sheet, y, found, link),
        notes=(same_source(),) if _same_source(sheet) else (),
        log_likelihood=found.log_likelihood,
        places=(places_in_row(0, x.shape[1]),),
    )


def outcome_of(sheet: ModelData) -> np.ndarray:
    """(r,) the outcome; with the logit link as a share of its scale."""
    name = sheet.given.model.outcome
    assert name is not None
    y = sheet.data[name].to_numpy(float)
    if np.ptp(y) == 0:
        raise ModelError(_("{name} is the same for everybody used, so there is nothing to explain.").format(name=name))
    if sheet.given.model.link != "logit":
        return y
    low, high = _bounds(sheet, name)
    if y.min() < low or y.max() > high:
        message = _('{name} lies outside {low:g} to {high:g}, and link = "logit" needs a share. Use link = "identity".')
        raise ModelError(message.format(name=name, low=low, high=high))
    return np.asarray((y - low) / (high - low))


def _bounds(sheet: ModelData, name: str) -> tuple[float, float]:
    """Ends of the scale: of the capability levels, else 0 and 1."""
    capability = sheet.given.study.settings.capability
    scored = name.startswith(("current_", "required_", "gap_")) or name == "capability_mean"
    if capability is None or not scored or not capability.levels:
        return 0.0, 1.0
    values = [level.value for level in capability.levels]
    return (0.0, max(values) - min(values)) if name.startswith("gap_") else (min(values), max(values))


def rows_of_columns(sheet: ModelData, df: np.ndarray | None = None) -> tuple[RowPlan, ...]:
    """One row per column of the matrix; `df` (q,) caps the degrees of freedom of each."""
    unit = np.eye(sheet.matrix.values.shape[1])
    caps = np.full(len(unit), np.inf) if df is None else df
    return tuple(
        RowPlan(
            "",
            "",
            about.term,
            about.name,
            about.label,
            held_against(about.reference),
            unit[place],
            about.cell,
            sheet.members(about),
            float(caps[place]),
        )
        for place, about in enumerate(sheet.matrix.columns, 1)
    )


def _effects(sheet: ModelData, found: GlmFit, influence: np.ndarray, link: str) -> tuple[EffectPlan, ...]:
    """Average marginal effects of the fractional logit; those of a linear model are its coefficients."""
    if link == "identity":
        return ()
    everybody = np.ones(len(sheet.data), bool)
    measure = "mean share of the scale"
    return tuple(
        mean_effect(sheet, shift, "", everybody, found.theta, influence, None, measure)
        for shift in shifts(sheet.matrix)
    )


def _blocks(sheet: ModelData, y: np.ndarray, found: GlmFit, link: str) -> tuple[Block, ...]:
    unit, x = np.eye(sheet.matrix.values.shape[1]), sheet.matrix.values
    blocks = []
    for term, columns in sheet.matrix.blocks():
        ratio = None
        if found.log_likelihood is not None:
            kept = [i for i in range(x.shape[1]) if i not in columns]
            less = fit_glm(y, x[:, kept], sheet.weight, link=link)
            ratio = None if less.log_likelihood is None else 2 * (found.log_likelihood - less.log_likelihood)
        blocks.append(Block(term, "", unit[list(columns)], ratio))
    return tuple(blocks)


def _checks(sheet: ModelData, y: np.ndarray, found: GlmFit, link: str) -> tuple[Check, ...]:
    q, n = sheet.matrix.values.shape[1] - 1, sheet.given.covariates.people(sheet.used)
    share = sheet.weight / sheet.weight.sum()
    mean = share @ y
    explained = 1 - float(share @ (y - found.mean) ** 2) / float(share @ (y - mean) ** 2)
    checks = [
        Check(_("size"), "", n >= 10 * q, size_text(n, q)),
        Check(_("explained"), "", None, _("R² = {r2:.3f}.").format(r2=explained)),
    ]
    if link == "identity":
        outside = float(share @ ((found.mean < y.min()) | (found.mean > y.max())))
        text = _("{share:.1%} of the fitted values lie outside the range of the answers.").format(share=outside)
        checks.append(Check(_("range"), "", outside < 0.01, text))
    return tuple(checks)


def size_text(n: int, q: int) -> str:
    """How many people there are for how many coefficients, as a sentence."""
    columns = ngettext("{q} coefficient", "{q} coefficients", q).format(q=q)
    people = ngettext("{n} respondent", "{n} respondents", n).format(n=f"{n:,}")
    return _("{people} for {columns}.").format(people=people, columns=columns)


def _same_source(sheet: ModelData) -> bool:
    """Whether the formula speaks of the answers to the items."""
    ids = {item.id for item in sheet.given.prepared.answers.items}
    return bool(ids & set(sheet.given.words.names))


def same_source() -> str:
    """The warning of common method bias (Podsakoff et al. 2003)."""
    return _(
        "Outcome and obstacles come from the same questionnaire and the same person, which by itself makes them go "
        "together (Podsakoff et al. 2003): this is no proof that the one would change with the other."
    )


def _mixed(sheet: ModelData) -> Fitted:
    """Random effects of a group."""
    sample, group = sheet.given.prepared.sample, sheet.given.model.random
    assert group is not None
    if sheet.given.model.link == "logit":
        raise ModelError(_('random effects are offered for link = "identity" alone.'))
    if sample.weighted or sample.replicates is not None:
        message = _("random effects know of no weights (statsmodels' MixedLM): leave random out, or the weights.")
        raise ModelError(message)
    code = sheet.data[group].cat.codes.to_numpy()
    y = outcome_of(sheet)
    with converging(_("the mixed model did not converge: {reason}.")):
        found = fit_mixed(y, sheet.matrix.values, code)
    q = sheet.matrix.values.shape[1]
    blocks = tuple(
        Block(term, "", np.eye(q)[list(columns)], df=float(found.df[list(columns)].min()))
        for term, columns in sheet.matrix.blocks()
    )
    n = sheet.given.covariates.people(sheet.used)
    groups = len(np.unique(code))
    message = _("{n} groups of {group}; {share:.1%} of the variance that is left lies between them.")
    texts = message.format(n=groups, group=group, share=found.intraclass)
    note = _(
        "{group} has random intercepts (statsmodels' MixedLM, REML): errors are those of the model, with "
        "between-within degrees of freedom, and hold if the intercepts are normal and unrelated to the covariates."
    )
    return Fitted(
        measure="difference",
        parameters=("1", *(column.name for column in sheet.matrix.columns)),
        theta=found.theta,
        influence=np.zeros((len(sheet.used), q)),
        model_covariance=found.covariance,
        excess=found.covariance,
        rows=rows_of_columns(sheet, found.df),
        base_rows=(RowPlan("", "", "1", "1", _("constant"), "", np.eye(q)[0], df=float(found.df[0])),),
        blocks=blocks,
        checks=(Check(_("size"), "", n >= 10 * (q - 1), size_text(n, q - 1)), Check(_("groups"), "", None, texts)),
        notes=(note.format(group=group), *((same_source(),) if _same_source(sheet) else ())),
        log_likelihood=None,
        covariance="mixed model",
    )


KIND = RegressionKind(
    reason_not_applicable,
    partial(regression, fit=fit),
    words=RegressionWords(
        name=N_("Regression of {outcome}"),
        more=N_("higher"),
        less=N_("lower"),
        measures={
            "difference": DIFFERENCE,
            "ratio of the odds of the mean": MeasureWords(
                heading=N_("Ratio of odds"),
                meaning=N_("A ratio of 2 means twice the odds of the mean share of the scale; 1 is no difference."),
            ),
        },
    ),
)
