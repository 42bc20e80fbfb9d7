"""Capability gaps: what people can do against what their work asks for, for everybody and for each group.

Current and required level come from the same person, so they are paired: the signed gap is required - current, the
shortfall max(0, required - current). The share below the required level is the figure to lead with: it needs no equal
distances between levels, and surplus does not cancel shortage. Intervals: t for means, within the scale; Wilson (1927)
for the share, with the effective number of respondents of Korn and Graubard (1998, Survey Methodology 24: 193). Both
carry the finite population correction; tests and comparisons leave it out (Cochran 1977, 2.14). All figures of a
capability have one base: those whose current and required level are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import special

from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.raking import RakingError
from obstacles.analysis.inference.survey_design import DesignError, SurveyDesign, sample_of
from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.means import mean_score
from obstacles.analysis.subpopulation import domain_df, groups_in
from obstacles.analysis.terms import DisplayScale
from obstacles.survey.answers import CapabilityAnswers, Ratings
from obstacles.survey.question import Item, Question, Scale
from obstacles.survey.study import Design, Study, Wave
from obstacles.text.language import _
from obstacles.text.nearest import hint

FEWEST_BELOW = 5  # people below the required level under whom a mean shortfall has no interval


class GapError(ValueError):
    """Gaps cannot be worked out as asked; the message says why and what can be done."""

    code = "E-GAP-01"


@dataclass(frozen=True)
class Staff:
    """The capability answers of one wave, opened once."""

    study: str
    wave: str
    answers: CapabilityAnswers
    sample: SurveyDesign  # of all respondents of the wave
    by: str | None  # the group column
    names: tuple[str, ...]  # (g,) its groups; "" = no answer
    code: np.ndarray  # (n,) intp group of each respondent
    headcount: Mapping[str, int]  # of the groups, where known
    invited: int | None
    weighting: str  # "given", "headcount" or "none"

    @property
    def items(self) -> tuple[Item, ...]:
        return self.answers.items

    @cached_property
    def everybody(self) -> np.ndarray:
        return np.ones(self.sample.n, bool)

    def inside(self, group: str) -> np.ndarray:
        """(n,) bool: the respondents of a group."""
        return np.asarray(self.code == self.names.index(group))

    @cached_property
    def paired(self) -> np.ndarray:
        """(n, q) bool: current and required level are known."""
        return np.asarray(~np.isnan(self.answers.current) & ~np.isnan(self.answers.required))

    def values(self, measure: str) -> np.ndarray:
        """(n, q) what each respondent adds to a measure; NaN where nothing."""
        answers = self.answers
        current = np.where(self.paired, answers.current, np.nan)
        required = np.where(self.paired, answers.required, np.nan)
        nothing = np.full(current.shape, np.nan)
        other = nothing if answers.supervisor is None else answers.supervisor
        importance = nothing if answers.importance is None else answers.importance
        measures = {
            "below": np.where(self.paired, (current < required).astype(float), np.nan),
            "shortfall": np.maximum(required - current, 0),
            "signed": required - current,
            "current": current,
            "required": required,
            "importance": np.where(self.paired, importance, np.nan),
            "supervisor": np.where(self.paired, other, np.nan),
            "rater_difference": current - other,
        }
        return np.asarray(measures[measure])

    @property
    def organisation_headcount(self) -> int | None:
        """Of everybody: the sum over groups where all are known, else the number invited."""
        if self.headcount and all(name in self.headcount for name in self.names if name):
            return sum(self.headcount.values())
        return self.invited

    def bounds(self, measure: str) -> tuple[float, float]:
        """What the measure can be at least and at most."""
        low, high = self.answers.levels[0].value, self.answers.levels[-1].value
        if measure == "below":
            return 0.0, 1.0
        if measure == "importance":
            least, most = self.answers.importance_scale or (-np.inf, np.inf)
            return float(least), float(most)
        if measure == "shortfall":
            return 0.0, high - low
        return (low - high, high - low) if measure in ("signed", "rater_difference") else (low, high)


def open_staff(study: Study, *, wave: str | None = None, by: str | None = None) -> Staff:
    """Open a wave's capability answers for reports by group.

    Weights and design are the study's. Where it has none and the headcounts of the groups are known, groups are strata
    and each stands for its headcount; a census or probability sample has the finite population correction.

    Parameters
    ----------
    wave : str, optional
        The last wave with capability answers by default.
    by : str, optional
        A group column of the wave; [groups] report_by by default.

    Raises
    ------
    GapError
        Without capability answers, or for a group column that is not there.
    """
    chosen = _wave(study, wave)
    answers = chosen.capability
    assert answers is not None
    column = by or study.settings.groups.report_by
    names, code = groups_of(chosen, column)
    sizes = dict(chosen.sizes.get(column or "", {}))
    headcount = {name: sizes[name] for name in names if name in sizes}
    count = np.bincount(code, minlength=len(names))
    for name, n in zip(names, count, strict=True):
        if headcount.get(name, n) < n:
            message = _('the headcount of "{group}" ({size}) is smaller than its number of respondents ({n}).')
            raise GapError(message.format(group=name, size=headcount[name], n=n))
    design, weighting = _design(study, chosen.design, names, code, headcount)
    try:
        sample = sample_of(design, len(chosen.respondents))
    except (DesignError, RakingError) as error:
        raise GapError(str(error)) from error
    return Staff(study.id, chosen.id, answers, sample, column, names, code, headcount, chosen.invited, weighting)


def _wave(study: Study, id: str | None) -> Wave:
    with_answers = [wave for wave in study.waves if wave.capability is not None]
    if id is None and with_answers:
        return with_answers[-1]
    found = next((wave for wave in study.waves if wave.id == id), None)
    if id is not None and found is None:
        known = [wave.id for wave in study.waves]
        raise GapError(_('there is no wave "{wave}". {hint}').format(wave=id, hint=hint(id, known)))
    if found is not None and found.capability is not None:
        return found
    message = _(
        "no capability was asked{where}: gaps need [capability] and [wave.capability.current] in the study file."
    )
    where = _(' in wave "{wave}"').format(wave=id) if id is not None else ""
    raise GapError(message.format(where=where))


def groups_of(wave: Wave, column: str | None) -> tuple[tuple[str, ...], np.ndarray]:
    """The names of a column's groups, and the code (n,) of each respondent; one group for no column."""
    n = len(wave.respondents)
    if column is None:
        return ("",), np.zeros(n, np.intp)
    known = [name for name in wave.respondents.columns if name != "id"]
    if column not in known:
        message = _('wave "{wave}" has no group "{group}". {hint}')
        raise GapError(message.format(wave=wave.id, group=column, hint=hint(column, known)))
    code, names = groups_in(wave, column)
    return names, code


def _design(
    study: Study, design: Design, names: tuple[str, ...], code: np.ndarray, headcount: Mapping[str, int]
) -> tuple[Design, str]:
    """The design, completed by headcounts where the study states none; and where the weights come from."""
    given = design.weight is not None or bool(design.margins)
    if design.replicates is not None or not headcount or any(name not in headcount for name in names if name):
        return design, "given" if given else "none"
    count = np.bincount(code, minlength=len(names))
    known = np.array([headcount.get(name, 0) for name in names], float)
    elsewhere = known.sum() / max(count[known > 0].sum(), 1)  # people without a group count as the mean of the others
    if not given:
        design = replace(design, weight=np.where(known > 0, known / np.maximum(count, 1), elsewhere)[code])
    if design.stratum is None and design.cluster is None and not design.margins and len(names) > 1:
        design = replace(design, stratum=code)
        if design.population is None and study.settings.study.sampling != "nonprobability" and (known > 0).all():
            design = replace(design, population=known[code])
    return design, "given" if given else "headcount"


@dataclass(frozen=True)
class Interval:
    """Values with the ends of their intervals, each (q,); NaN where there is none."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def estimate(staff: Staff, inside: np.ndarray, measure: str) -> Estimate:
    """One measure of a subpopulation: influence is zero outside, and strata stay whole (Cochran 1977, 5A.13)."""
    sample, rows = focus(staff.sample, inside)
    within = inside[rows]
    values = staff.values(measure)[rows][within]
    return mean_of(values, sample, within, staff.items, measure, staff.bounds(measure))


def mean_of(
    values: np.ndarray,
    sample: SurveyDesign,
    inside: np.ndarray,
    items: tuple[Item, ...],
    measure: str,
    bounds: tuple[float, float],
) -> Estimate:
    """Weighted means of (k, q) values, NaN = nothing said, of the k respondents `inside` the sample."""
    rows = np.flatnonzero(inside)
    known = ~np.isnan(values)
    ratings = Ratings(items, values, np.zeros(values.shape, bool), Scale(()), rows)
    prepared = Prepared(ratings, Question({}, "likert_grid", items), sample, 1, "robust")
    scale: DisplayScale = "proportion" if bounds == (0.0, 1.0) else "mean"
    found = mean_score(prepared, values, known, method=measure, measure=measure, scale=scale, bounds=bounds).estimate
    df, factor = domain_df(sample, inside), sample.effective_in(inside).factor
    return replace(found, base=len(rows), df=df, inflation=factor)


def focus(sample: SurveyDesign, inside: np.ndarray) -> tuple[SurveyDesign, np.ndarray]:
    """The part of a sample that decides the errors of a subpopulation, and its rows.

    Strata without members of the subpopulation add nothing, unless weights are raked or replicated.
    """
    if sample.stratum is None or sample.raked is not None or sample.replicates is not None:
        return sample, np.arange(sample.n)
    rows = np.flatnonzero(np.isin(sample.stratum, np.unique(sample.stratum[inside])))

    def part(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values[rows]

    found = replace(
        sample,
        n=len(rows),
        weight=sample.weight[rows],
        stratum=sample.stratum[rows],
        cluster=part(sample.cluster),
        population=part(sample.population),
        row_counts=part(sample.row_counts),
    )
    return found, rows


def uncounted(sample: SurveyDesign, inside: np.ndarray) -> float:
    """1 - the sampling fraction of a group, weighted as its variance is; 1 without a finite population."""
    if not sample.finite or sample.population is None:
        return 1.0
    stratum = np.zeros(sample.n, np.intp) if sample.stratum is None else sample.stratum
    size = np.bincount(stratum)
    rest = np.clip(1 - size[stratum] / sample.population, 0, 1)[inside]
    square = sample.weight[inside] ** 2
    return float((square * rest).sum() / square.sum()) if len(rest) else 1.0


def effective_numbers(below: Estimate, uncounted: float) -> tuple[np.ndarray, np.ndarray]:
    """(q,) effective numbers of respondents of shares, with the finite population correction and without."""
    assert below.covariance is not None
    assert below.interval_covariance is not None
    base = below.item_base
    kish = base if below.effective_base is None else below.effective_base
    with_it, without = (below.inflation * np.diag(matrix) for matrix in (below.interval_covariance, below.covariance))
    return (
        effective_n(below.value, with_it, base, kish, below.df, uncounted),
        effective_n(below.value, without, base, kish, below.df, 1.0),
    )


def effective_n(
    share: np.ndarray, variance: np.ndarray, base: np.ndarray, kish: np.ndarray, df: float, uncounted: float
) -> np.ndarray:
    """(q,) respondents that a simple random sample with the same variance would have; `kish` is that of the weights.

    n / design effect, never more than n / (1 - f), times the squared ratio of t quantiles of Korn and Graubard; where
    the share is 0 or 1 the design effect is that of the weights (Kish 1965). Infinite for a complete census.
    """
    n = base.astype(float)
    most = n / uncounted if uncounted > 0 else np.full(len(n), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = share * (1 - share) / np.maximum(n - 1, 1)
        found = np.where((simple > 0) & (variance > 0), n * simple / variance, kish / uncounted)
    found = np.minimum(np.where(np.isnan(found), kish, found), most)
    few = t_quantile(n - 1, 0.95) / t_quantile(np.array(df), 0.95)
    return np.asarray(found * np.minimum(few, 1) ** 2)


def wilson(share: np.ndarray, n: np.ndarray, *, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval for shares of an effective number of respondents; NaN for nobody."""
    z = float(special.ndtri(0.5 + level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = z**2 / n
        centre = (share + part / 2) / (1 + part)
        half = z / (1 + part) * np.sqrt(share * (1 - share) / n + part / (4 * n))
    nobody = ~(n > 0) | np.isnan(share)
    ends = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    return np.where(nobody, np.nan, ends[0]), np.where(nobody, np.nan, ends[1])


def t_quantile(df: np.ndarray, level: float) -> np.ndarray:
    """What a t interval with these degrees of freedom multiplies its standard error by."""
    return np.asarray(special.stdtrit(np.clip(df, 1, 1e9), 0.5 + level / 2))


def t_interval(estimate: Estimate, *, level: float) -> Interval:
    """t intervals of means within the bounds of their scale, with the finite population correction."""
    assert estimate.interval_covariance is not None
    error = np.sqrt(estimate.inflation * np.maximum(np.diag(estimate.interval_covariance), 0))
    df = np.minimum(estimate.df, estimate.item_base - 1)
    half = t_quantile(df, level) * error
    low, high = estimate.bounds
    without = (df < 1) | np.isnan(estimate.value)
    ends = np.maximum(estimate.value - half, low), np.minimum(estimate.value + half, high)
    return Interval(estimate.value, np.where(without, np.nan, ends[0]), np.where(without, np.nan, ends[1]))
