"""The front door to comparisons: waves against each other, or the groups of one wave, by the same machinery.

Items and places that all sides share are found first (`comparability`), the answers are brought down to them
(`shared_wave`), each side is scored once (`domain`), and every two sides are compared (`change_items`, `change_list`,
`change_order`). Why something moved is asked of the first and the last wave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from threadpoolctl import threadpool_limits

from obstacles.analysis.change.attrition import attrition
from obstacles.analysis.change.categories import in_categories
from obstacles.analysis.change.comparability import Comparability, comparability
from obstacles.analysis.change.composition import composition
from obstacles.analysis.change.group_changes import group_changes
from obstacles.analysis.change.group_mix import group_columns, group_mix
from obstacles.analysis.change.homogeneity import homogeneity
from obstacles.analysis.change.items import Rules
from obstacles.analysis.change.order import order_of
from obstacles.analysis.change.overlapping_psus import link
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.pairs import PairKey, equally_penalised, few_units_notes, leader_of, pair_change
from obstacles.analysis.change.result import Change, Why
from obstacles.analysis.change.trend import trend
from obstacles.analysis.change.within import compare_groups
from obstacles.analysis.inference.rank_sets import DRAWS
from obstacles.analysis.kinds import shared_wave
from obstacles.analysis.prepare import prepare, with_answers
from obstacles.analysis.subpopulation import ComparisonError, ComparisonSide, open_side, protected_rows
from obstacles.survey.answers import Published
from obstacles.survey.settings import Comparison
from obstacles.survey.study import Study, Wave
from obstacles.survey.studyfile.checks.comparisons import MOST_WAVES
from obstacles.text.language import _
from obstacles.text.nearest import hint

TOP = 3  # places that count for the top-k share, where the waves share as many
Where = Mapping[str, Sequence[str]]


def compare(
    study: Study,
    *,
    comparison: str | None = None,
    waves: Sequence[str] | None = None,
    where: Where | None = None,
    by: str | None = None,
    kind: str | None = None,
    level: float | None = None,
    k: int = TOP,
    seed: int | None = None,
    draws: int = DRAWS,
    by_category: bool = False,
) -> Change:
    """Compare waves with each other, or the groups of one wave.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    comparison : str, optional
        Id of a [[comparison]] of the study file; the first one by default, if there is any.
    waves : sequence of str, optional
        Ids of the waves instead of those of the comparison; all waves where nothing is stated. With `by`, the wave
        whose groups are compared: the last one by default.
    where : mapping, optional
        Group column -> groups: only their respondents, instead of what the comparison states. With `by`, a filter
        of the study file holds only where its comparison is named.
    by : str, optional
        Group column: compare its groups within one wave.
    kind : {"repeated_cross_section", "panel"}, optional
        Instead of what the comparison states; "panel" joins respondents by their ids.
    level : float, optional
        Confidence level between 0.5 and 1; that of the comparison by default, else the study's.
    k : int
        Places that count for the top-k share, at most those that all waves share.
    seed : int, optional
        Of all random draws; the study's by default.
    draws : int
        Draws of the critical values of rank sets.
    by_category : bool
        Compare the categories of the items that all sides share instead of the items; see `rank`. Why they moved is
        asked of items alone.

    Returns
    -------
    Change
        For each pair of sides the change of every item (of shares: between -1 and 1; of ratings: levels) with interval,
        corrected p-value and verdict, its ranks and rank sets on both sides, and tests of the list as a whole.

    Raises
    ------
    ComparisonError
        For names that do not exist, fewer than two items in common, or groups too small to be shown.
    analysis.prepare.ModelError
        Where a wave cannot be scored.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> change = ob.compare(study, waves=("2022", "2024"))
    >>> change.main.compared  # the question's form changed: levels do not compare, the order does
    False
    >>> change.to_frame()[["id", "rank_from", "rank_to"]].head(2)
            id  rank_from  rank_to
    0   skills          1        1
    1  sharing          2        2
    """
    stated = _stated(study, comparison, waves)
    filtered = stated is not None and (by is None or comparison is not None)  # the groups of a wave are all compared
    named = stated.where if where is None and stated is not None and filtered else where or {}
    groups = {name: tuple(cells) for name, cells in named.items()}
    rules = Rules(level or study.settings.ranking.level, stated.correction if stated else "holm")
    seed = study.settings.ranking.seed if seed is None else seed
    if not 0.5 < rules.level < 1:
        message = _("the level must be between 0.5 and 1, such as 0.95; it is {level}.")
        raise ComparisonError(message.format(level=rules.level))
    with threadpool_limits(1):
        if by is not None:
            wave = _one_wave(study, waves)
            whole = prepare(wave, k=k)
            inside = protected_rows(study, wave, groups, sample=whole.sample)
            return compare_groups(
                study,
                wave,
                whole,
                by,
                inside,
                where=groups,
                rules=rules,
                k=k,
                seed=seed,
                draws=draws,
                by_category=by_category,
            )
        chosen = _chosen(study, stated, waves)
        panel = (kind or (stated.kind if stated else "repeated_cross_section")) == "panel"
        smallest = stated.smallest_change_of_interest if stated else None
        return _waves(study, chosen, stated, groups, panel, smallest, rules, k, seed, draws, by_category)


# ---------- what is compared ------------------------------------------------------------------------------------


def _stated(study: Study, id: str | None, waves: Sequence[str] | None) -> Comparison | None:
    """The comparison of the study file: the named one, else the first that has the waves, else the first."""
    known = {one.id: one for one in study.settings.comparison}
    if id is not None and id not in known:
        message = _('there is no comparison "{id}". {hint}')
        raise ComparisonError(message.format(id=id, hint=hint(id, known)))
    if id is not None:
        return known[id]
    if waves is None:
        return next(iter(known.values()), None)
    return next((one for one in known.values() if set(waves) <= set(one.waves)), None)


def _wave(study: Study, id: str) -> Wave:
    known = {wave.id: wave for wave in study.waves}
    if id not in known:
        raise ComparisonError(_('there is no wave "{wave}". {hint}').format(wave=id, hint=hint(id, known)))
    return known[id]


def _one_wave(study: Study, waves: Sequence[str] | None) -> Wave:
    if waves is not None and len(waves) != 1:
        raise ComparisonError(_("groups are compared within one wave: name one."))
    return _wave(study, waves[0]) if waves else study.waves[-1]


def _chosen(study: Study, stated: Comparison | None, waves: Sequence[str] | None) -> list[Wave]:
    ids = list(waves if waves is not None else stated.waves if stated else [wave.id for wave in study.waves])
    if not 2 <= len(ids) <= MOST_WAVES:
        message = _("a comparison needs two to {most} waves; here are {n}.")
        raise ComparisonError(message.format(most=MOST_WAVES, n=len(ids)))
    return [_wave(study, id) for id in ids]


# ---------- waves -----------------------------------------------------------------------------------------------


def _waves(
    study: Study,
    waves: Sequence[Wave],
    stated: Comparison | None,
    where: Mapping[str, tuple[str, ...]],
    panel: bool,
    smallest: float | None,
    rules: Rules,
    k: int,
    seed: int,
    draws: int,
    by_category: bool,
) -> Change:
    if panel:
        _check_ids(waves)
    wholes = [prepare(wave, k=k) for wave in waves]
    inside = [
        protected_rows(study, wave, where, sample=whole.sample) for wave, whole in zip(waves, wholes, strict=True)
    ]
    found = comparability(study, waves, stated, inside)
    wanted, deep = k, max(min(k, found.depth or k), 1)
    k = max(min(deep, len(found.items) - 1), 1)  # all places hold every item
    order = study.settings.ranking.model
    shared = [
        shared_wave(wave, found.items, columns, found.depth) for wave, columns in zip(waves, found.sources, strict=True)
    ]
    categories = None
    if by_category:
        found, categories = in_categories(study, found)
    sides = [
        open_side(wave.id, wave, mask, whole=with_answers(whole, wave, k=k), k=k, order=order, categories=categories)
        for wave, whole, mask in zip(shared, wholes, inside, strict=True)
    ]
    sides, notes = equally_penalised(sides)
    pairs = _paired(study, sides, panel)
    notes += [*_panel_notes(waves, panel), *few_units_notes(sides)]
    if deep < wanted:
        notes.append(
            _("The share of the first {k} places is compared: that is as many as all waves share.").format(k=deep)
        )
    rules = replace(rules, smallest=_in_units(sides, smallest))
    orders = [order_of(side, level=rules.level, seed=seed, draws=draws) for side in sides]
    changes = tuple(
        pair_change(key, pair, found, orders, rules, k, seed, main=key == (0, len(sides) - 1))
        for key, pair in sorted(pairs.items())
    )
    every = np.ones(len(found.items), bool)
    whole = len(sides) > 2 and not any(found.between(*key) for key in pairs)
    return Change(
        study=study.id,
        id=stated.id if stated else None,
        kind="panel" if panel else "repeated_cross_section",
        by=None,
        where=dict(where),
        comparability=found,
        sides=tuple(sides),
        orders=tuple(orders),
        pairs=changes,
        homogeneity=homogeneity(sides, pairs, every, seed=seed) if whole else None,
        trend=trend(sides, pairs, found, rules),
        why=Why() if by_category else _why(study, sides, pairs[0, len(sides) - 1], found, rules),
        rules=rules,
        k=k,
        seed=seed,
        notes=(*found.notes, *notes),
        leader=leader_of(sides[-1], level=rules.level, seed=seed),
        categories=categories,
    )


def _paired(study: Study, sides: Sequence[ComparisonSide], panel: bool) -> dict[PairKey, Pair]:
    """Every two waves; those that share primary units are joined."""
    stated = study.settings.design
    found = {}
    for i, j in combinations(range(len(sides)), 2):
        both = (sides[i], sides[j])
        linked = None
        if not any(isinstance(side.wave.answers, Published) for side in both):
            linked = link(
                [side.wave for side in both],
                [side.sample for side in both],
                panel=panel,
                cluster=stated.cluster,
                strata=stated.strata,
            )
        found[i, j] = Pair(*both, linked)
    return found


def _check_ids(waves: Sequence[Wave]) -> None:
    """A panel needs ids, and people who answered twice."""
    for wave in waves:
        if wave.panel is None:
            message = _('wave "{wave}" has no panel_id, so its respondents cannot be joined to a panel.')
            raise ComparisonError(message.format(wave=wave.id))
    known = [set(wave.panel.tolist()) - {""} for wave in waves if wave.panel is not None]
    if not any(one & other for one, other in combinations(known, 2)):
        raise ComparisonError(_("no panel id is in two of the waves: are the ids written in the same way in each?"))


def _panel_notes(waves: Sequence[Wave], panel: bool) -> list[str]:
    """Ids that match although the waves are taken as separate samples."""
    if panel or any(wave.panel is None for wave in waves):
        return []
    known = [set(wave.panel.tolist()) - {""} for wave in waves if wave.panel is not None]
    both = len(known[0] & known[-1])
    if not both:
        return []
    note = _(
        '{n} ids are in the first and the last wave, which are taken as separate samples; kind = "panel" joins them.'
    )
    return [note.format(n=both)]


def _in_units(sides: Sequence[ComparisonSide], smallest: float | None) -> float | None:
    """The smallest change of interest in the units of the level: percentage points of a share become proportions."""
    level = sides[0].level
    if smallest is None or level is None:
        return None
    x = smallest / 100 if level.display_scale in ("proportion", "none") else smallest
    if x >= level.bounds[1] - level.bounds[0]:
        message = _(
            "smallest_change_of_interest = {x:g} is as wide as the scale itself ({low:g} to {high:g}). For ratings it "
            "is in units of the scale, for shares in percentage points."
        )
        raise ComparisonError(message.format(x=smallest, low=level.bounds[0], high=level.bounds[1]))
    return x


def _why(study: Study, sides: Sequence[ComparisonSide], pair: Pair, found: Comparability, rules: Rules) -> Why:
    """The mix of groups in all waves, and for the first and the last what goes with it."""
    mixes = group_mix(study, sides, group_columns(study, sides))
    items = found.level_items(0, len(sides) - 1)
    if not items.any():
        return Why(mixes)
    ends = [replace(mix, count=mix.count[[0, -1]], share=mix.share[[0, -1]]) for mix in mixes]
    minimum = study.settings.privacy.min_group
    return Why(
        mix=mixes,
        composition=composition(pair, [mix.column for mix in mixes], items, level=rules.level) if mixes else None,
        attrition=attrition(pair, items, rules, minimum=minimum) if pair.linked is not None else None,
        groups=tuple(group_changes(pair, mix, items, rules) for mix in ends),
    )
