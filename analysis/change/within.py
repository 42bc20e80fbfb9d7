"""The groups of one wave against each other, by the machinery that compares waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from obstacles.analysis.change.categories import in_categories
from obstacles.analysis.change.comparability import comparability
from obstacles.analysis.change.homogeneity import homogeneity
from obstacles.analysis.change.items import Rules, corrected_together
from obstacles.analysis.change.order import order_of
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.pairs import PairChange, equally_penalised, few_units_notes, pair_change
from obstacles.analysis.change.result import Change, Why
from obstacles.analysis.disclosure.cells import left_out
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.kinds import shared_wave
from obstacles.analysis.prepare import Prepared, with_answers
from obstacles.analysis.subpopulation import ComparisonError, check_group, groups_in, open_side, people
from obstacles.analysis.terms import Correction
from obstacles.survey.answers import Published
from obstacles.survey.study import Study, Wave
from obstacles.survey.studyfile.checks.comparisons import MOST_WAVES
from obstacles.text.language import _, ngettext


def compare_groups(
    study: Study,
    wave: Wave,
    whole: Prepared,
    by: str,
    inside: np.ndarray,
    *,
    where: Mapping[str, tuple[str, ...]],
    rules: Rules,
    k: int,
    seed: int,
    draws: int,
    by_category: bool = False,
) -> Change:
    """Compare the groups of the column `by` among the respondents `inside` (n,) of the prepared wave; see `compare`."""
    if isinstance(wave.answers, Published):
        raise ComparisonError(_("a published table has no respondents, so no groups."))
    check_group(wave, by)
    masks, hidden = _shown_groups(study, wave, whole.sample, by, inside)
    found = comparability(study, [wave] * len(masks), None, list(masks.values()), groups=True)
    k = max(min(k, found.depth or k, len(found.items) - 1), 1)  # all places hold every item
    shared = shared_wave(wave, found.items, found.sources[0], found.depth)
    whole = with_answers(whole, shared, k=k)
    order = study.settings.ranking.model
    categories = None
    if by_category:
        found, categories = in_categories(study, found)
    sides, notes = equally_penalised(
        [
            open_side(name, shared, mask, whole=whole, k=k, order=order, categories=categories)
            for name, mask in masks.items()
        ]
    )
    pairs = {key: Pair(sides[key[0]], sides[key[1]], within=True) for key in combinations(range(len(sides)), 2)}
    orders = [order_of(side, level=rules.level, seed=seed, draws=draws) for side in sides]
    changes = [pair_change(key, pair, found, orders, rules, k, seed, main=False) for key, pair in pairs.items()]
    notes += few_units_notes(sides)
    if hidden:
        notes.append(
            ngettext(
                "{n} group is not shown, to protect groups of fewer than {minimum} respondents.",
                "{n} groups are not shown, to protect groups of fewer than {minimum} respondents.",
                hidden,
            ).format(n=hidden, minimum=study.settings.privacy.min_group)
        )
    return Change(
        study=study.id,
        id=None,
        kind="groups",
        by=by,
        where=dict(where),
        comparability=found,
        sides=tuple(sides),
        orders=tuple(orders),
        pairs=_corrected(changes, rules.correction),
        homogeneity=homogeneity(sides, pairs, np.ones(len(found.items), bool), seed=seed) if len(sides) > 2 else None,
        trend=None,
        why=Why(),
        rules=rules,
        k=k,
        seed=seed,
        notes=(*found.notes, *notes),
        wave=wave.id,
        hidden=hidden,
        categories=categories,
    )


def _shown_groups(
    study: Study, wave: Wave, sample: SurveyDesign, by: str, inside: np.ndarray
) -> tuple[dict[str, np.ndarray], int]:
    """Name -> respondents of every group that may be shown, and how many may not."""
    code, names = groups_in(wave, by)
    masks = {names[i]: inside & (code == i) for i in np.unique(code[inside])}
    count = np.array([people(sample, mask) for mask in masks.values()])
    privacy = study.settings.privacy
    hidden = left_out(count, privacy.min_group, complementary=privacy.complementary)
    shown = {group: mask for (group, mask), gone in zip(masks.items(), hidden, strict=True) if not gone}
    if not 2 <= len(shown) <= MOST_WAVES:
        message = ngettext(
            "{n} group may be shown, and a comparison needs two to {most}. Join groups by [groups.aliases].",
            "{n} groups may be shown, and a comparison needs two to {most}. Join groups by [groups.aliases].",
            len(shown),
        )
        raise ComparisonError(message.format(n=len(shown), most=MOST_WAVES))
    return shown, int(hidden.sum())


def _corrected(changes: Sequence[PairChange], correction: Correction) -> tuple[PairChange, ...]:
    """p-values corrected over all pairs and items."""
    levels = corrected_together([change.level for change in changes], correction)
    worths = corrected_together([change.worth for change in changes], correction)
    return tuple(
        replace(change, level=level, worth=worth) for change, level, worth in zip(changes, levels, worths, strict=True)
    )
