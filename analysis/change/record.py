"""A comparison as plain numbers and texts: the schema of `obstacles compare --json`."""

from __future__ import annotations

from typing import Any

from obstacles.analysis.change.attrition import Attrition
from obstacles.analysis.change.composition import Composition
from obstacles.analysis.change.group_changes import GroupChanges
from obstacles.analysis.change.headline import change_headline
from obstacles.analysis.change.order import OrderAgreement
from obstacles.analysis.change.result import Change, PairChange
from obstacles.analysis.change.rows import changes_of, finite, interval_of, judged, pair_rows, rank_set_of
from obstacles.analysis.change.trend import Trend
from obstacles.analysis.inference.estimate import Test, on_display_scale


def record_of(change: Change) -> dict[str, Any]:
    """The whole comparison."""
    return {
        "schema": 1,
        "study": change.study,
        "comparison": change.id,
        "kind": change.kind,
        "by": change.by,
        "wave": change.wave,
        "where": {name: list(groups) for name, groups in change.where.items()},
        "level": change.rules.level,
        "correction": change.rules.correction,
        "smallest_change_of_interest": change.rules.smallest,
        "k": change.k,
        "seed": change.seed,
        "headline": _headline(change) if change.by is None else None,
        "comparability": _comparability(change),
        "sides": [_side(change, position) for position in range(len(change.sides))],
        "pairs": [_pair(change, pair) for pair in change.pairs],
        "homogeneity": _test(change.homogeneity),
        "trend": _trend(change, change.trend),
        "why": {
            "composition": _composition(change, change.why.composition),
            "panel": _attrition(change, change.why.attrition),
            "groups": [_groups(change, one) for one in change.why.groups],
        },
        "hidden_groups": change.hidden,
        "notes": list(change.notes),
    }


def _headline(change: Change) -> dict[str, Any]:
    """What may be said of the first wave and the last."""
    found = change_headline(change)
    return {
        "kind": found.kind,
        "no_change_can_be_shown": found.kind == "none",
        "up": _ids(change, found.up),
        "down": _ids(change, found.down),
        "changed_but_less_than_x": _ids(change, found.less),
        "certain_changes_of_rank": _ids(change, found.ranks),
        "whole_list_differs": found.whole,
    }


def _ids(change: Change, items: tuple[int, ...]) -> list[str]:
    return [change.items[i].id for i in items]


def _test(test: Test | None) -> dict[str, Any] | None:
    if test is None:
        return None
    record = test.to_dict()
    return record | {
        "statistic": finite(test.statistic),
        "df": [finite(df) for df in test.df],
        "p": finite(test.p),
    }


def _comparability(change: Change) -> dict[str, Any]:
    found = change.comparability
    return {
        "items": [
            {
                "id": one.item.id,
                "label": one.item.name,
                "status": one.status,
                "compared": one.compared,
                "reason": one.reason or None,
            }
            for one in found.statuses
        ],
        "places_used": found.depth,
        "forms": [form.text for form in found.forms],
        "breaks": [
            {
                "between": [found.waves[i], found.waves[j]],
                "kind": cut.kind,
                "reason": cut.reason,
                "items": list(cut.items) or None,
            }
            for (i, j), cuts in sorted(found.breaks.items())
            for cut in cuts
        ],
    }


def _side(change: Change, position: int) -> dict[str, Any]:
    side, order = change.sides[position], change.orders[position]
    level = side.level or side.order
    shown = on_display_scale(level, level=change.rules.level)
    return {
        "id": side.id,
        "respondents": level.base or None,
        "weighted_base": finite(level.weighted_base) if level.base else None,
        "df": finite(side.df),
        "measure": level.measure,
        "order_by": side.order.method,
        "items": [
            {
                "id": item.id,
                "estimate": finite(shown.value[i]),
                "standard_error": finite(shown.error[i]),
                "interval": interval_of(shown.low[i], shown.high[i]),
                "rank": int(order.rank[i]) or None,
                "rank_set": rank_set_of(change, position, i),
                "respondents": int(level.item_base[i]),
            }
            for i, item in enumerate(change.items)
        ],
    }


def _pair(change: Change, pair: PairChange) -> dict[str, Any]:
    scale = pair.scale
    return {
        "from": change.sides[pair.first].id,
        "to": change.sides[pair.second].id,
        "levels_compared": pair.compared,
        "breaks": [cut.reason for cut in pair.breaks],
        "independent": pair.independent,
        "measure": None if pair.verdicts is None else pair.verdicts.measure,
        "relative_to_the_rest": pair.verdicts is not None and pair.verdicts.relative,
        "all_items_within_x": None if pair.verdicts is None else pair.verdicts.all_within,
        "items": pair_rows(change, pair),
        "homogeneity": _test(pair.homogeneity),
        "tests": [_test(test) for test in pair.tests],
        "scale_factor": None
        if scale is None
        else {"factor": scale.factor, "interval": [finite(scale.low), finite(scale.high)]},
        "agreement": _agreement(pair.agreement),
    }


def _agreement(found: OrderAgreement) -> dict[str, Any]:
    return {
        "kendall_tau": finite(found.sample.tau),
        "kendall_tau_interval": None if found.low is None else [found.low, found.high],
        "pairs": found.pairs,
        "pairs_settled_alike": found.settled_alike,
        "pairs_settled_apart": found.settled_apart,
        "spearman_rho": finite(found.sample.rho),
        "rank_biased_overlap": finite(found.sample.overlap),
        "persistence": found.sample.persistence,
    }


def _trend(change: Change, found: Trend | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "waves": [change.sides[i].id for i in found.waves],
        "time": [float(t) for t in found.time],
        "unit": found.unit,
        "items": [
            {
                "id": item.id,
                "slope": finite(found.slope[i]),
                "standard_error": finite(found.error[i]),
                **judged(found, i),
            }
            for i, item in enumerate(change.items)
        ],
    }


def _composition(change: Change, found: Composition | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "groups": list(found.columns),
        "left_out": [{"group": column, "reason": reason} for column, reason in found.left_out],
        "matched_as_one": [{"group": column, "groups": n} for column, n in found.pooled],
        "items": [
            {
                "id": item.id,
                "mix": finite(found.mix[i]),
                "mix_interval": interval_of(found.mix_low[i], found.mix_high[i]),
                "mix_at_second": finite(found.mix_at_second[i]),
                "answers": finite(found.answers[i]),
                "answers_interval": interval_of(found.answers_low[i], found.answers_high[i]),
            }
            for i, item in enumerate(change.items)
        ],
    }


def _attrition(change: Change, found: Attrition | None) -> dict[str, Any] | None:
    if found is None:
        return None
    parts = {"stayers": found.stayers, "leavers": found.leavers, "joiners": found.joiners}
    return {
        "stayed": found.stayed,
        "left": found.left,
        "joined": found.joined,
        "items": [
            {"id": item.id, **{name: changes_of(part, i) or None for name, part in parts.items()}}
            for i, item in enumerate(change.items)
        ],
    }


def _groups(change: Change, found: GroupChanges) -> dict[str, Any]:
    return {
        "column": found.mix.column,
        "minimum": found.mix.minimum,
        "hidden": int(found.mix.hidden.sum()),
        "groups": [
            {
                "group": one.name,
                "respondents": list(one.respondents),
                "homogeneity": _test(one.test),
                "p_adjusted": finite(one.p_adjusted),
                "refused": one.refused or None,
                "items": [{"id": item.id, **changes_of(one.items, i)} for i, item in enumerate(change.items)],
            }
            for one in found.groups
        ],
    }
