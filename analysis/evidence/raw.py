"""The place of a category in a raw study: the share of respondents who name any item of it, with joint answers known.

Places and rank sets are by any item; differences are those of the most named item of each category, as in printed
tables, so that the two can be pooled. Answers become selections of categories, which take the road of `rank` to a
covariance and rank sets: weights, strata, clusters and finite populations count. Of rankings the first place counts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from obstacles.analysis.evidence.bounds import break_even, sampled
from obstacles.analysis.evidence.printed import place_of, sureness
from obstacles.analysis.evidence.result import CategoryShare, Difference, Effect, Form, SurveyEvidence
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.ranking.result import Ranking
from obstacles.survey.answers import Rankings
from obstacles.survey.evidence.load import EvidenceSurvey, StudyWave
from obstacles.survey.question import Item
from obstacles.survey.study import Study
from obstacles.text.language import label


def raw_evidence(
    entry: EvidenceSurvey, category: str, reading: str, *, opt_outs: bool, level: float
) -> SurveyEvidence | None:
    """Where the category stands in one wave of a raw study; None where no item belongs to it."""
    source = entry.survey
    assert isinstance(source, StudyWave)
    kept = [j for j, place in enumerate(entry.places) if opt_outs or not place.opt_out]
    of_item = {j: entry.places[j].category(reading) for j in kept}
    names = list(dict.fromkeys(of_item.values()))
    if category not in names:
        return None
    answers = source.wave.answers
    assert isinstance(answers, Rankings)
    members = [[j for j in kept if of_item[j] == name] for name in names]
    by_category = rank(_by_category(source, names, members), model="share", level=level, frequencies=False)
    single = not answers.selection or source.wave.question.max_choices == 1
    kind = "top-1" if single else "select-all" if source.wave.question.max_choices is None else "select-up-to-k"
    form: Form = "one" if single else "several"
    by_lead = by_category
    if not single:
        ids = [source.wave.items[j].id for j in kept]
        by_item = rank(_by_category(source, ids, [[j] for j in kept]), model="share", level=level, frequencies=False)
        value = dict(zip(kept, np.nan_to_num(by_item.estimate.value, nan=-1.0), strict=True))
        members = [sorted(columns, key=lambda j: -value[j]) for columns in members]
        leads = [[columns[0]] for columns in members]
        by_lead = rank(_by_category(source, names, leads), model="share", level=level, frequencies=False)
    shares = _shares(source, names, members, by_lead, by_category)
    own = next(share for share in shares if share.category == category)
    others = [share for share in shares if share is not own]
    place, or_later, standing = place_of(replace(own, lead=own.low), [replace(each, lead=each.low) for each in others])
    at = names.index(category)
    sets = by_category.marginal
    places = None if sets is None else (int(sets.low[at]), int(sets.high[at]))
    differences = _differences(by_lead, names, at, level)
    by_any = _differences(by_category, names, at, level)
    leader = differences[0].rival if differences else ""
    return SurveyEvidence(
        survey=source.survey,
        title=label(source.study.title),
        year=source.year,
        wave=source.wave.id,
        series=entry.series,
        population=source.population,
        country="",
        sponsor=label(source.study.settings.study.sponsor),
        question=label(source.wave.question.text),
        kind=kind,
        form=form,
        n=float(by_category.estimate.base),
        population_size=None,
        raw=True,
        whole=True,
        source=label(source.study.settings.study.source),
        read_where=source.wave.receipt.file,
        shares=shares,
        share=own,
        censored=False,
        place=place,
        or_later=or_later,
        standing=standing,
        sure=sureness(places, len(names)),
        places=places,
        leader=leader,
        difference=differences[0] if differences else None,
        differences=differences,
        any_low=by_any[0].value if by_any else None,
        any_high=by_any[0].value if by_any else None,
        effects=_effects(differences, by_any) if form == "several" else (),
    )


def _by_category(source: StudyWave, names: list[str], members: list[list[int]]) -> Study:
    """The study with one wave in which respondents select categories."""
    answers = source.wave.answers
    assert isinstance(answers, Rankings)
    items = tuple(Item(name, {"en": name}) for name in names)
    marked = answers.ranks > 0 if answers.selection else answers.ranks == 1
    named = np.stack([marked[:, columns].any(axis=1) for columns in members], axis=1)
    offered = np.stack([answers.offered[:, columns].any(axis=1) for columns in members], axis=1)
    selections = replace(
        answers,
        items=items,
        ranks=(named & offered).astype(np.int16),
        offered=offered,
        selection=True,
        first_shown=None,
        position=None,
    )
    question = replace(source.wave.question, items=items, k=None, max_choices=None, ties=False)
    wave = replace(source.wave, question=question, answers=selections)
    return replace(source.study, items=items, waves=(wave,))


def _shares(
    source: StudyWave, names: list[str], members: list[list[int]], by_lead: Ranking, by_category: Ranking
) -> tuple[CategoryShare, ...]:
    items = source.wave.items
    lead, named = by_lead.estimate.value, by_category.estimate.value
    shares = [
        CategoryShare(name, tuple(items[j].name for j in columns), float(lead[at]), float(named[at]), float(named[at]))
        for at, (name, columns) in enumerate(zip(names, members, strict=True))
        if not np.isnan(named[at]) and not np.isnan(lead[at])
    ]
    return tuple(sorted(shares, key=lambda share: -(share.lead or 0.0)))


def _differences(ranking: Ranking, names: list[str], at: int, level: float) -> tuple[Difference, ...]:
    estimate = ranking.estimate
    covariance = estimate.covariance
    df = max(float(estimate.df), 1.0)
    t, z = float(stats.t.isf((1 - level) / 2, df)), float(stats.norm.isf((1 - level) / 2))
    found = []
    for other, name in enumerate(names):
        if other == at or np.isnan(estimate.value[other]):
            continue
        d = float(estimate.value[at] - estimate.value[other])
        error = None
        if covariance is not None:
            variance = covariance[at, at] + covariance[other, other] - 2 * covariance[at, other]
            base = float(estimate.base)
            error = float(np.sqrt(sampled(max(variance, 0.0) * base, d, base))) if base > 0 else None
        found.append(
            Difference(
                rival=name,
                value=d,
                half_unit=0.0,
                smallest_error=error,
                largest_error=error,
                low=None if error is None else d - t * error,
                high=None if error is None else d + t * error,
                break_even=None if error is None else break_even(d, error**2 * float(estimate.base), z),
                joint_known=True,
            )
        )
    return tuple(sorted(found, key=lambda difference: difference.value))


def _effects(differences: tuple[Difference, ...], by_any: tuple[Difference, ...]) -> tuple[Effect, ...]:
    """By the most named items and by any item; nothing is left open where joint answers are known."""
    ways = [("leading", difference) for difference in differences]
    ways += [(how, difference) for difference in by_any[:1] for how in ("any_against", "any_for")]
    return tuple(
        Effect(how, difference.rival, difference.value, difference.largest_error**2, difference.largest_error**2)
        for how, difference in ways
        if difference.largest_error is not None
    )
