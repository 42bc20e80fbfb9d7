"""One side of a comparison: a wave, or some groups of it, as a subpopulation of the whole sample.

A subpopulation's estimate has influence zero outside the group and keeps all primary units of the wave (Cochran 1977,
5A.13; Korn and Graubard 1999, 5.4), so strata, clusters and raking stay those of the whole wave. Its degrees of freedom
count the primary units and strata that hold some of its members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from obstacles.analysis.categories.answers import with_category_answers
from obstacles.analysis.categories.fit import category_fit
from obstacles.analysis.categories.members import Categories
from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.kinds import kind_of
from obstacles.analysis.kinds.base import rows
from obstacles.analysis.prepare import ModelError, Prepared
from obstacles.analysis.scores import SCORES
from obstacles.survey.answers import Answers, Published
from obstacles.survey.study import Study, Wave
from obstacles.text.language import _, commas, semicolons
from obstacles.text.nearest import hint


class ComparisonError(ModelError):
    """The comparison cannot be made; the message says why and what can be done."""

    code = "E-CMP-05"


@dataclass(frozen=True, eq=False)
class ComparisonSide:
    """The answers of one side on the shared items, scored for levels and for the order."""

    id: str  # of the wave, or the name of the group
    wave: Wave  # with the shared items alone
    prepared: Prepared  # the side's answers; the sample of the whole wave
    whole: Prepared  # all answers of the wave
    inside: np.ndarray  # (n,) bool: respondents of the wave who are on this side
    level: Estimate | None  # what levels are compared by; None where answers are relative
    order: Estimate  # what ranks come from
    categories: Categories | None = None  # scored, in place of the items

    @property
    def answers(self) -> Answers:
        """What is scored: the answers to items, or to categories where there are such."""
        own = None if self.categories is None else with_category_answers(self.prepared, self.categories)
        return (own or self.prepared).answers

    @property
    def sample(self) -> SurveyDesign:
        return self.prepared.sample

    @cached_property
    def people(self) -> int:
        """Respondents on this side."""
        return people(self.sample, self.inside)

    @cached_property
    def effective_n(self) -> float:
        """Effective number of respondents under the weights (Kish 1965)."""
        weight, times = self.sample.weight[self.inside], self.sample.times[self.inside]
        return float((times @ weight) ** 2 / (times @ weight**2)) if len(weight) else 0.0

    @property
    def inflation(self) -> float:
        """Of squared errors: what unequal primary units of the side cost."""
        return self.order.inflation

    @cached_property
    def df(self) -> float:
        """Degrees of freedom of the side's primary units, no more than the effective number of respondents - 1."""
        if isinstance(self.prepared.answers, Published):
            return np.inf
        return max(min(domain_df(self.sample, self.inside), self.effective_n - 1), 0.0)


def people(sample: SurveyDesign, inside: np.ndarray) -> int:
    """How many people the rows inside stand for."""
    return int(inside.sum()) if sample.row_counts is None else round(float(sample.row_counts[inside].sum()))


def domain_df(sample: SurveyDesign, inside: np.ndarray) -> float:
    """Degrees of freedom of the primary units that hold members of the group (n,), fewer where they are unequal."""
    return min(units_df(sample, inside), sample.effective_in(inside).df)


def units_df(sample: SurveyDesign, inside: np.ndarray) -> float:
    """Primary units - strata among those that hold members of the group (n,)."""
    if sample.replicates is not None:
        return sample.df
    code, stratum = sample.units
    there = inside if sample.cluster is None else np.bincount(code[inside], minlength=len(stratum)) > 0
    count = there.sum() if sample.psu_counts is None else sample.psu_counts[there].sum()
    return max(float(count - np.count_nonzero(np.bincount(stratum[there]))), 0.0)


def check_group(wave: Wave, column: str) -> None:
    """Raise ComparisonError with the nearest name for a group column that the wave does not have."""
    known = [name for name in wave.respondents.columns if name != "id"]
    if column not in known:
        message = _('wave "{wave}" has no group "{group}". {hint}')
        raise ComparisonError(message.format(wave=wave.id, group=column, hint=hint(column, known)))


def groups_in(wave: Wave, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """(n,) code of each respondent's group, and the names of the groups in their order."""
    import pandas as pd

    values = wave.respondents[column]
    found = values.cat if isinstance(values.dtype, pd.CategoricalDtype) else values.astype(str).astype("category").cat
    return found.codes.to_numpy().astype(np.intp), tuple(str(name) for name in found.categories)


def domain_rows(wave: Wave, where: Mapping[str, Sequence[str]]) -> np.ndarray:
    """(n,) bool: respondents whose groups are among those named.

    Raises
    ------
    ComparisonError
        For a group that the wave does not have, or one with nobody in it.
    """
    inside = np.ones(len(wave.respondents), bool)
    for column, wanted in where.items():
        check_group(wave, column)
        code, known = groups_in(wave, column)
        for name in wanted:
            if name not in known:
                message = _('wave "{wave}": nobody is in "{name}" of {group}. {hint}')
                shown = hint(name, sorted(known))
                raise ComparisonError(message.format(wave=wave.id, name=name, group=column, hint=shown))
        inside &= np.isin(code, [known.index(name) for name in wanted])
    if where and not inside.any():
        named = semicolons(
            _("{name}: {value}").format(name=column, value=commas(names)) for column, names in where.items()
        )
        message = _('wave "{wave}": nobody is in these groups together ({groups}).')
        raise ComparisonError(message.format(wave=wave.id, groups=named))
    return inside


def protected_rows(study: Study, wave: Wave, where: Mapping[str, Sequence[str]], *, sample: SurveyDesign) -> np.ndarray:
    """As `domain_rows`; refused too where those inside, or those left out, are too few to be shown."""
    inside = domain_rows(wave, where)
    if not where:
        return inside
    minimum = study.settings.privacy.min_group
    if any(0 < people(sample, mask) < minimum for mask in (inside, ~inside)):
        message = _(
            'wave "{wave}": these groups, or the respondents outside them, are fewer than {n} and are not shown.'
        )
        raise ComparisonError(message.format(wave=wave.id, n=minimum))
    return inside


def open_side(
    id: str,
    wave: Wave,
    inside: np.ndarray,
    *,
    whole: Prepared,
    k: int,
    order: str = "auto",
    categories: Categories | None = None,
) -> ComparisonSide:
    """Score one side of a comparison.

    Parameters
    ----------
    wave : Wave
        With the shared items alone (`analysis.kinds.shared_wave`).
    whole : Prepared
        The whole of that wave.
    k : int
        Places that count for the top-k share.
    order : str
        The study's model for ranks, where it applies to these answers.
    categories : Categories, optional
        Of the shared items, to be scored in their place.
    """
    prepared = replace(whole, answers=_rows(whole, inside))
    kind = kind_of(prepared.answers, prepared.question)
    if order not in SCORES or SCORES[order].reason_not_applicable(prepared.answers, prepared.question, k):
        order = kind.default_score
    ranked, level = _scored(order, prepared, inside, categories), None
    if kind.level_score is not None:
        level = ranked if kind.level_score == ranked.method else _scored(kind.level_score, prepared, inside, categories)
    return ComparisonSide(id, wave, prepared, whole, inside, level, ranked, categories)


def level_side(id: str, wave: Wave, inside: np.ndarray, *, whole: Prepared) -> ComparisonSide:
    """One side scored for levels alone: what has none cannot be a side. The order is that of the levels."""
    model = kind_of(whole.answers, whole.question).level_score
    assert model is not None
    prepared = replace(whole, answers=_rows(whole, inside))
    level = _scored(model, prepared, inside)
    return ComparisonSide(id, wave, prepared, whole, inside, level, level)


def _scored(score: str, prepared: Prepared, inside: np.ndarray, categories: Categories | None = None) -> Estimate:
    fit = SCORES[score].fit(prepared) if categories is None else category_fit(prepared, score, categories).fit
    return within_side(fit.estimate, inside, prepared)


def part_of(side: ComparisonSide, inside: np.ndarray, *, id: str | None = None) -> ComparisonSide:
    """The respondents of a side who are also in `inside` (n,), as a side of their own."""
    kept = side.inside & inside
    return open_side(
        side.id if id is None else id,
        side.wave,
        kept,
        k=side.prepared.k,
        order=side.order.method,
        whole=side.whole,
        categories=side.categories,
    )


def _rows(prepared: Prepared, inside: np.ndarray) -> Answers:
    """The answers of those inside; they keep their numbers among the respondents of the wave."""
    answers = prepared.answers
    if isinstance(answers, Published) or inside.all():
        return answers
    return rows(answers, inside[answers.respondent])


def within_side(estimate: Estimate, inside: np.ndarray, prepared: Prepared) -> Estimate:
    """The estimate with the base and the degrees of freedom of the side."""
    if isinstance(prepared.answers, Published) or inside.all():
        return estimate
    sample = prepared.sample
    weighted = float(sample.weight[inside] @ sample.times[inside]) * sample.weight_unit
    of, base = sample.effective_in(inside), people(sample, inside)
    factor = estimate.inflation if estimate.covariance_kind == "model" else of.factor
    df, population = min(units_df(sample, inside), of.df), estimate.population * base / sample.people
    return replace(estimate, base=base, weighted_base=weighted, df=df, population=population, inflation=factor)
