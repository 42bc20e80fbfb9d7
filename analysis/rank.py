"""The front door of the room: opens a wave once, picks the method, and gathers what can be said of the ranking."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats
from threadpoolctl import threadpool_limits

from analysis.bootstrap import rank_frequency
from analysis.concordance import agreement, equal_scores
from analysis.estimate import Estimate, Shown, Test, show
from analysis.headline import Headline, headline
from analysis.methods import MethodComparison, compare_methods
from analysis.rank_sets import DRAWS, RankSets, rank_sets
from analysis.scores import MODELS
from analysis.scores.model import Fit, ModelError, Opened, open_wave
from survey.answers import Answers, BestWorst, Published, Ratings
from survey.language import _
from survey.question import Item
from survey.study import Study, Wave

if TYPE_CHECKING:
    import pandas as pd

TOP = 3  # places that count for the top-k share unless the caller says otherwise


@dataclass(frozen=True)
class Ranking:
    """One wave ranked by one method."""

    study: str
    wave: str
    model: str  # a key of analysis.scores.MODELS
    reason: str  # why this model
    measure: str
    estimate: Estimate
    shown: Shown
    rank: np.ndarray  # (m,) int, 1 = largest obstacle, equal values share the smaller rank; 0 = no value
    order: np.ndarray  # (m,) item indices from the largest obstacle to the smallest
    simultaneous: RankSets | None
    marginal: RankSets | None
    frequency: np.ndarray | None  # (m, m) bootstrap frequency of item j at rank r+1: a frequency, not confidence
    headline: Headline
    tests: tuple[Test, ...]
    level: float
    seed: int
    notes: tuple[str, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return self.estimate.items

    @cached_property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """One record per item, from the largest obstacle to the smallest; a number that does not exist is None."""
        return tuple(self._row(int(i)) for i in self.order)

    def _row(self, i: int) -> dict[str, Any]:
        record: dict[str, Any] = {
            "id": self.items[i].id,
            "label": self.items[i].name,
            "estimate": _number(self.shown.value[i]),
            "standard_error": _number(self.shown.error[i]),
        }
        if self.estimate.scale == "worth":
            assert self.estimate.covariance is not None
            record["log_worth"] = _number(self.estimate.value[i])
            record["log_worth_se"] = _number(np.sqrt(self.estimate.covariance[i, i]))
        record |= {name: _number(column[i]) for name, column in self.estimate.columns.items()}
        record["interval"] = _pair(_number(self.shown.low[i]), _number(self.shown.high[i]))
        record["rank"] = int(self.rank[i]) or None
        record["rank_set"] = _set(self.simultaneous, i)
        record["rank_set_marginal"] = _set(self.marginal, i)
        record["respondents"] = int(self.estimate.item_base[i])
        if self.frequency is not None:
            record["rank_frequency"] = [round(float(f), 4) for f in self.frequency[i]]
        return record

    def to_dict(self) -> dict[str, Any]:
        """The ranking as plain numbers and texts: the schema of `obstacles rank --json`."""
        estimate = self.estimate
        record: dict[str, Any] = {
            "schema": 1,
            "study": self.study,
            "wave": self.wave,
            "model": self.model,
            "reason": self.reason,
            "measure": self.measure,
            "level": self.level,
            "seed": self.seed,
            "respondents": estimate.base or None,
            "weighted_base": _number(estimate.weighted_base) if estimate.base else None,
        }
        if estimate.log_likelihood is not None:
            record["log_likelihood"] = estimate.log_likelihood
        if estimate.parameters:
            record["parameters"] = estimate.parameters
        record |= {
            "covariance": estimate.covariance_kind,
            "df": _number(estimate.df),
            "penalty": estimate.penalty,
            "headline": {
                "kind": self.headline.kind,
                "items": [self.items[i].id for i in self.headline.leaders],
                "could_be_first": self.headline.could_lead if self.simultaneous else None,
            },
            "items": list(self.rows),
            "tests": [_finite(test.to_dict()) for test in self.tests],
            "notes": list(self.notes),
        }
        return record

    def to_frame(self) -> pd.DataFrame:
        """One row per item, from the largest obstacle to the smallest; pairs of ends become two columns."""
        import pandas as pd

        rows = []
        for row in self.rows:
            flat = {key: value for key, value in row.items() if key != "rank_frequency"}
            for key, ends in (("interval", ("low", "high")), ("rank_set", ("rank_low", "rank_high"))):
                flat |= dict(zip(ends, flat.pop(key) or (None, None), strict=True))
            marginal = flat.pop("rank_set_marginal") or (None, None)
            rows.append(flat | {"marginal_rank_low": marginal[0], "marginal_rank_high": marginal[1]})
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4g}".format, na_rep=""))


def rank(
    study: Study,
    *,
    wave: str | None = None,
    model: str = "auto",
    level: float | None = None,
    k: int = TOP,
    covariance: str = "robust",
    seed: int | None = None,
    draws: int = DRAWS,
    frequencies: bool = True,
) -> Ranking:
    """Rank one wave's items.

    Parameters
    ----------
    wave : str, optional
        Id of the wave; the last one by default.
    model : str
        A key of `analysis.scores.MODELS`, or "auto" for the study's choice or the default of the answers.
    level : float, optional
        Confidence level between 0.5 and 1; the study's by default (0.95).
    k : int
        Places that count for the top-k share.
    covariance : {"robust", "model"}
        Design-based sandwich, or the inverse information (only Plackett-Luce, equal weights, no strata or clusters).
    draws : int
        Draws of the critical values of rank sets.
    frequencies : bool
        Whether to add bootstrap frequencies of ranks.

    Raises
    ------
    ModelError
        For an unknown wave or model, a model that does not apply to the answers (with the list of those that do), or
        answers that no model can be fitted to.
    """
    chosen = _wave(study, wave)
    level = study.settings.ranking.level if level is None else level
    seed = study.settings.ranking.seed if seed is None else seed
    if not 0.5 < level < 1:
        raise ModelError(_("the level must be between 0.5 and 1, such as 0.95; it is {level}.").format(level=level))
    opened = open_wave(chosen, k=k, covariance=covariance)
    name, reason = _model(study, opened, model)
    with threadpool_limits(1):
        fit = MODELS[name].fit(opened)
        return _gather(study, chosen, opened, fit, reason, level, seed, draws, frequencies)


def _gather(
    study: Study,
    wave: Wave,
    opened: Opened,
    fit: Fit,
    reason: str,
    level: float,
    seed: int,
    draws: int,
    frequencies: bool,
) -> Ranking:
    estimate = fit.estimate
    df = np.inf if isinstance(opened.answers, Published) else opened.sample.cautious_df
    sets = [
        rank_sets(estimate, df=df, level=level, simultaneous=together, draws=draws, seed=seed)
        for together in (True, False)
    ]
    value = estimate.value
    known = ~np.isnan(value)
    place = np.zeros(len(value), int)
    if known.any():
        place[known] = stats.rankdata(-np.round(value[known], 12), method="min")
    order = np.lexsort([np.arange(len(value)), -np.where(known, value, -np.inf)])
    tests = [*estimate.tests, *agreement(opened.answers, opened.sample, seed=seed)]
    wald = equal_scores(estimate)
    if wald is not None and not estimate.tests:
        tests.append(wald)
    found = headline(estimate, sets[0], df=df, level=level)
    if found.winner_test is not None:
        tests.append(found.winner_test)
    return Ranking(
        study=study.id,
        wave=wave.id,
        model=estimate.method,
        reason=reason,
        measure=estimate.measure,
        estimate=estimate,
        shown=show(estimate, level=level),
        rank=place,
        order=order,
        simultaneous=sets[0],
        marginal=sets[1],
        frequency=rank_frequency(fit, opened.sample, seed=seed) if frequencies else None,
        headline=found,
        tests=tuple(tests),
        level=level,
        seed=seed,
        notes=(*estimate.notes, *_notes(opened, estimate, sets[0], df)),
    )


def _notes(opened: Opened, estimate: Estimate, sets: RankSets | None, df: float) -> list[str]:
    """What the reader of the errors and rank sets must know."""
    notes, sample, m = [], opened.sample, len(estimate.value)
    if estimate.covariance is not None and sets is None:
        notes.append(
            _("No rank sets: {df} degrees of freedom are fewer than the {m} obstacles.").format(df=round(df), m=m)
        )
    if sets is not None and not sets.reliable:
        notes.append(
            _("The rank sets are unreliable: {df} degrees of freedom are fewer than twice the {m} obstacles.").format(
                df=round(df), m=m
            )
        )
    if sample.lonely_strata:
        notes.append(
            _("{n} strata have a single primary unit; they are centred at the mean of all units.").format(
                n=sample.lonely_strata
            )
        )
    if sample.population is not None and sample.cluster is not None:
        notes.append(_("The finite population correction is left out: primary units are clusters, not people."))
    elif estimate.described is not None:
        notes.append(
            _(
                "Intervals carry the finite population correction; tests and rank sets leave it out "
                "(Cochran 1977, 2.14)."
            )
        )
    return notes


def default_model(answers: Answers) -> str:
    """The method used when none is asked for."""
    if isinstance(answers, Published):
        return "published"
    if isinstance(answers, Ratings):
        return "mean-severity"
    if isinstance(answers, BestWorst):
        return "maxdiff"
    return "share" if answers.selection else "plackett-luce"


def _model(study: Study, opened: Opened, model: str) -> tuple[str, str]:
    """The method's name and why it was chosen."""
    reason = _("asked for")
    if model == "auto" and study.settings.ranking.model != "auto":
        model, reason = study.settings.ranking.model, _("chosen in the study file")
    if model == "auto":
        model = default_model(opened.answers)
        reason = _("the default for this form of answers")
    if model not in MODELS:
        near = get_close_matches(model, MODELS, n=1)
        hint = _('Did you mean "{name}"?').format(name=near[0]) if near else ""
        known = ", ".join(MODELS)
        raise ModelError(
            _('there is no model "{model}". {hint} The models are {known}.').format(model=model, hint=hint, known=known)
        )
    refusal = MODELS[model].refuses(opened.answers, opened.question, opened.k)
    if refusal:
        applies = ", ".join(
            name for name in MODELS if not MODELS[name].refuses(opened.answers, opened.question, opened.k)
        )
        raise ModelError(
            _('"{model}" does not apply to these answers: {reason}. Models that do: {applies}.').format(
                model=model, reason=refusal, applies=applies
            )
        )
    if opened.covariance == "model" and (model != "plackett-luce" or not opened.sample.simple):
        raise ModelError(
            _("model-based errors are offered for Plackett-Luce with equal weights and no strata or clusters only.")
        )
    return model, reason


def _wave(study: Study, id: str | None) -> Wave:
    try:
        return study.wave(id)
    except KeyError:
        known = ", ".join(f'"{wave.id}"' for wave in study.waves)
        raise ModelError(_('there is no wave "{wave}". The waves are {known}.').format(wave=id, known=known)) from None


def methods_side_by_side(
    study: Study, *, wave: str | None = None, model: str = "auto", k: int = TOP
) -> MethodComparison:
    """Ranks of one wave under every method that applies to its answers; see `rank` for the parameters."""
    opened = open_wave(_wave(study, wave), k=k)
    with threadpool_limits(1):
        return compare_methods(opened, _model(study, opened, model)[0])


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _pair(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]


def _set(sets: RankSets | None, i: int) -> list[int] | None:
    return None if sets is None or not sets.low[i] else [int(sets.low[i]), int(sets.high[i])]


def _finite(record: dict[str, Any]) -> dict[str, Any]:
    """NaN and infinity are not JSON: they become None."""
    cleaned = {k: _number(v) if isinstance(v, float) else v for k, v in record.items()}
    cleaned["df"] = [_number(v) for v in record["df"]]
    return cleaned
