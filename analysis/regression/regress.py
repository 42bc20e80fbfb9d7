"""The front door of regressions: opens a wave, reads the covariates, picks the model and fits it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from obstacles.analysis.kinds import kind_of
from obstacles.analysis.prepare import ModelError, Prepared, handed_on, refuse_not_asked
from obstacles.analysis.ranking.rank import TOP, wave_of
from obstacles.analysis.regression.covariates import read_covariates
from obstacles.analysis.regression.kinds import REGRESSIONS, Result
from obstacles.analysis.regression.model import ModelInput
from obstacles.survey.answers import Published
from obstacles.survey.settings import RegressionSettings
from obstacles.survey.study import Study, Wave
from obstacles.survey.studyfile.checks.regressions import contradictions_of
from obstacles.survey.studyfile.formula import FormulaError, Words, words_of
from obstacles.text.language import _, label
from obstacles.text.nearest import hint


@dataclass(frozen=True)
class Refusal:
    """A model of the study file that cannot be fitted to a wave."""

    name: str
    kind: str
    title: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return {"schema": 1, "name": self.name, "kind": self.kind, "title": self.title, "refused": self.reason}


def regress(
    study: Study,
    model: str | RegressionSettings | None = None,
    *,
    wave: str | None = None,
    level: float | None = None,
    seed: int | None = None,
) -> Result:
    """Fit one regression.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    model : str or survey.settings.RegressionSettings, optional
        Name of a [[model]] of the study, or one made here; the study's first one by default.
    wave : str, optional
        Id of the wave; that of the model by default, else the last one.
    level : float, optional
        Confidence level between 0.5 and 1; that of the model by default, else the study's.
    seed : int, optional
        Of all random draws (imputation, starts, resampling); that of the model by default, else the study's.

    Returns
    -------
    Regression
        A row per coefficient with its effect (odds, worth or other ratios, as `measure` says), interval and corrected
        p-value; the checks of the model; what was joined or left out. `to_frame()` has the rows.

    Raises
    ------
    ModelError
        For an unknown model, one that does not apply to the answers, or one that cannot be fitted.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> regression = ob.regress(study)  # the first [[model]] of the study file
    >>> regression.about.formula, regression.measure
    ('grade + role', 'worth ratio')
    """
    if isinstance(model, RegressionSettings):
        _refuse_published(wave_of(study, wave if wave is not None else model.wave))
    stated = _stated(study, model)
    return _run(_open(study, stated, wave, level, seed))


def _run(given: ModelInput) -> Result:
    with threadpool_limits(1):
        return REGRESSIONS[given.model.kind].fit(given)


def regress_all(
    study: Study, wave: str | None = None, *, level: float | None = None, prepared: Prepared | None = None
) -> Iterator[Result | Refusal]:
    """Every [[model]] of the study that belongs to a wave; those that cannot be fitted say why.

    The wave is prepared for the first of them, where it is not `prepared` already, and handed on.
    """
    chosen = wave_of(study, wave)
    for model in study.settings.model:
        if model.wave is not None and model.wave != chosen.id:
            continue
        try:
            given = _open(study, model, chosen.id, level, None, prepared)
            prepared = given.prepared
            yield _run(given)
        except ModelError as error:
            yield Refusal(model.name, model.kind, label(model.title), str(error))


def default_kind(study: Study, wave: str | None) -> str:
    """The kind of regression that belongs to the answers of a wave."""
    chosen = wave_of(study, wave)
    return kind_of(chosen.answers, chosen.question).regression


def _stated(study: Study, model: str | RegressionSettings | None) -> RegressionSettings:
    if isinstance(model, RegressionSettings):
        wrong = next(contradictions_of(model, study.settings), None)
        if wrong is not None:
            raise ModelError(wrong[1])
        return model
    known = {one.name: one for one in study.settings.model}
    if not known:
        raise ModelError(
            _(
                'the study file has no [[model]]. Add one, such as: [[model]] name = "by-grade" kind = '
                '"rank_ordered_logit" formula = "grade"; or name a formula.'
            )
        )
    if model is None:
        return next(iter(known.values()))
    if model not in known:
        raise ModelError(_('there is no model "{name}". {hint}').format(name=model, hint=hint(model, known)))
    return known[model]


def _open(
    study: Study,
    model: RegressionSettings,
    wave: str | None,
    level: float | None,
    seed: int | None,
    prepared: Prepared | None = None,
) -> ModelInput:
    chosen = wave_of(study, wave if wave is not None else model.wave)
    level = level if level is not None else model.level if model.level is not None else study.settings.ranking.level
    if not 0.5 < level < 1:
        raise ModelError(_("the level must be between 0.5 and 1, such as 0.95; it is {level}.").format(level=level))
    _refuse_published(chosen)
    kind = REGRESSIONS[model.kind]
    reason = kind.reason_not_applicable(chosen.answers)
    if reason:
        raise ModelError(
            _('"{kind}" does not apply to these answers: {reason}.').format(kind=model.kind, reason=reason)
        )
    prepared = handed_on(prepared, chosen, k=TOP)
    try:
        words = words_of(model.formula) if model.formula.strip() else Words((), (), ())
    except FormulaError as error:
        raise ModelError(_('the formula "{formula}": {reason}').format(formula=model.formula, reason=error)) from None
    covariates = read_covariates(study, chosen, prepared, model, words)
    stated = seed if seed is not None else model.seed if model.seed is not None else study.settings.ranking.seed
    return ModelInput(study, chosen, prepared, model, words, covariates, level, stated)


def _refuse_published(wave: Wave) -> None:
    refuse_not_asked(wave)
    if isinstance(wave.answers, Published):
        raise ModelError(_("a published table has no respondents, so nothing can be said of who answers what."))
