"""A model fitted to its sheets becomes a Regression: errors of the design, one correction, checks and notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.covariates import notes_of
from obstacles.analysis.regression.few_units import FEWEST, FewUnits, few_units
from obstacles.analysis.regression.imputation import sheets_of
from obstacles.analysis.regression.model import Fitted, ModelData, ModelInput, references_of
from obstacles.analysis.regression.result import About, Regression
from obstacles.analysis.regression.summary import cell_df, effects_of, moments_of, rows_of, tests_of
from obstacles.text.language import _, commas, label

Fit = Callable[[ModelData], Fitted]
KEPT = 20_000_000  # numbers of influence that a result still carries


def regression(given: ModelInput, fit: Fit) -> Regression:
    """Fit every sheet and put what was found into rows."""
    sheets = sheets_of(given)
    sheet = next(sheets)
    fits = [fit(one) for one in chain([sheet], sheets)]
    first = fits[0]
    if any(one.parameters != first.parameters for one in fits):
        raise ModelError(_("imputations differ in the columns of the formula: use complete cases."))
    if sheet.df < 1:
        raise ModelError(_("the respondents used come from too few primary units for any error to be known."))
    units = few_units(sheet, fits)
    moments = moments_of(fits, units, sheet.df)
    model, minimum = given.model, given.covariates.minimum
    about = about_of(given, sheet, imputations=len(fits) if len(fits) > 1 else 0)
    about = replace(about, covariance=first.covariance or about.covariance)
    caps = cell_df(first.rows, first.influence, units)
    whole = np.array([row.df for row in first.base_rows])
    counted = fits[0].influence.size <= KEPT and len(fits) == 1
    return Regression(
        about=about,
        measure=first.measure,
        items={item.id: item.name for item in given.prepared.answers.items},
        rows=rows_of(
            first.rows,
            moments,
            caps,
            level=given.level,
            correction=model.correction,
            minimum=minimum,
            untested=units.untested,
        ),
        base_rows=rows_of(first.base_rows, moments, whole, level=given.level, correction="none", minimum=0),
        effects=effects_of(fits, moments, units, level=given.level, minimum=minimum),
        tests=tests_of(first.blocks, moments, units, correction=model.correction, simple=sheet.likelihood_ratios),
        item_tests=tests_of(
            first.item_blocks, moments, units, correction=model.correction, simple=sheet.likelihood_ratios
        ),
        checks=first.checks,
        notes=notes_around(sheet, *first.notes, *few_clusters_notes(units), imputations=len(fits)),
        log_likelihood=first.log_likelihood,
        penalty=first.penalty,
        events=first.events,
        parameters=first.parameters,
        theta=moments.theta,
        covariance=moments.covariance,
        influence=first.influence if counted else None,
    )


def few_clusters_notes(units: FewUnits) -> tuple[str, ...]:
    """How errors come about under unequal or few units, and of which terms nothing is claimed."""
    notes = []
    if units.leverage is not None:
        notes.append(
            _(
                "Errors and degrees of freedom count what few or unequal respondents or clusters cost (CR2, "
                "Satterthwaite; Bell and McCaffrey 2002)."
            )
        )
    return (*notes, *untested_note(sorted(units.untested)))


def untested_note(terms: Sequence[str]) -> tuple[str, ...]:
    """Of which terms nothing is claimed, if any."""
    note = _(
        "{terms}: some group lies in fewer than {n} clusters, so nothing is tested there. That is no sign that the "
        "groups are alike."
    )
    return (note.format(terms=commas(terms), n=FEWEST),) if terms else ()


def about_of(given: ModelInput, sheet: ModelData, *, imputations: int) -> About:
    """Whom the model speaks of and how its errors come about."""
    sample, covariates, model = given.prepared.sample, given.covariates, given.model
    matrix = sheet.matrix
    firsts = {
        variable: str(matrix.data[variable].cat.categories[0])
        for variable in matrix.variables
        if hasattr(matrix.data[variable], "cat")
    }
    kind = "robust" if sample.replicates is None else "replicate"
    return About(
        study=given.study.id,
        wave=given.wave.id,
        name=model.name,
        kind=model.kind,
        title=label(model.title),
        formula=model.formula,
        outcome=model.outcome or "",
        asked=covariates.people(covariates.inside),
        used=covariates.people(sheet.used),
        unknown=covariates.unknown,
        merged=covariates.merged,
        merged_name=covariates.merged_name,
        minimum=covariates.minimum,
        references=firsts | references_of(matrix),
        weighted=sample.weighted,
        clusters=len(np.unique(sample.units[0][sheet.used])) if sample.cluster is not None else None,
        covariance="multiple imputation" if imputations else kind,
        df=sheet.df,
        level=given.level,
        correction=model.correction,
        imputations=imputations,
        seed=given.seed,
    )


def notes_around(sheet: ModelData, *own: str, imputations: int = 1) -> tuple[str, ...]:
    """What became of the covariates, the notes of the kind, and what the reader of the errors must know."""
    covariates = notes_of(sheet.given.covariates, imputed=imputations > 1)
    return (*covariates, *own, *_design_notes(sheet.given, sheet, imputations))


def _design_notes(given: ModelInput, sheet: ModelData, imputations: int) -> tuple[str, ...]:
    """What the reader of the errors must know."""
    notes, sample = [], given.prepared.sample
    if imputations > 1:
        note = _(
            "Values that are not known were imputed {m} times by chained equations with predictive mean matching "
            "(statsmodels); errors hold the variance between imputations (Rubin 1987)."
        )
        notes.append(note.format(m=imputations))
    if sample.replicates is not None:
        notes.append(_("Errors come from replicate weights, by the linear terms of the estimates."))
    if sample.population is not None:
        notes.append(_("No finite population correction is made: the model is not about these people alone."))
    return tuple(notes)
