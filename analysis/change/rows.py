"""A comparison item by item: the records of one pair of sides, for JSON and for tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from obstacles.analysis.change.items import ItemChanges
from obstacles.analysis.change.result import Change, PairChange
from obstacles.analysis.change.trend import Trend


def finite(x: float | None) -> float | None:
    """NaN and infinity are not JSON: they become None."""
    return float(x) if x is not None and np.isfinite(x) else None


def interval_of(low: float, high: float) -> list[float] | None:
    """Both ends; None where one of them is not finite."""
    return [float(low), float(high)] if np.isfinite(low) and np.isfinite(high) else None


def rank_set_of(change: Change, position: int, i: int) -> list[int] | None:
    """Lowest and highest rank of item `i` on one side; None without a rank set."""
    sets = change.orders[position].sets
    return None if sets is None or not sets.low[i] else [int(sets.low[i]), int(sets.high[i])]


def pair_rows(change: Change, pair: PairChange, *, flat: bool = False) -> list[dict[str, Any]]:
    """One record per item, largest of the last side first; `flat` for a table: ends of intervals in two columns."""
    rows = []
    for i in change.order:
        row: dict[str, Any] = {"id": change.items[i].id, "label": change.items[i].name}
        if flat:
            row = {"from": change.sides[pair.first].id, "to": change.sides[pair.second].id, **row}
        row |= changes_of(pair.verdicts, i)
        row |= _ranks(change, pair, i)
        if pair.worth is not None:
            worth = changes_of(pair.worth, i)
            row |= {
                "log_worth_change": worth["change"],
                "log_worth_interval": worth["interval"],
                "log_worth_p_adjusted": worth["p_adjusted"],
            }
        rows.append(_flattened(row) if flat else row)
    return rows


def _flattened(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key.endswith(("interval", "rank_set_from", "rank_set_to")):
            found |= dict(zip((f"{key}_low", f"{key}_high"), value or (None, None), strict=True))
        else:
            found[key] = value
    return found


def changes_of(found: ItemChanges | None, i: int) -> dict[str, Any]:
    """One item's change as plain numbers; {} where levels are not compared."""
    if found is None:
        return {}
    return {
        "estimate_from": finite(found.first[i]),
        "estimate_to": finite(found.second[i]),
        "change": finite(found.difference[i]),
        "standard_error": finite(found.error[i]),
        **judged(found, i),
        "same_needs_x_above": finite(found.detectable[i]),
    }


def judged(found: ItemChanges | Trend, i: int) -> dict[str, Any]:
    """Interval, p-values and verdict of one item."""
    return {
        "df": finite(found.df[i]),
        "interval": interval_of(found.low[i], found.high[i]),
        "p": finite(found.p[i]),
        "p_adjusted": finite(found.p_adjusted[i]),
        "verdict": found.verdict[i],
    }


def _ranks(change: Change, pair: PairChange, i: int) -> dict[str, Any]:
    ranks = pair.ranks
    with_sets = ranks.first.sets is not None and ranks.second.sets is not None and ranks.first.sets.low[i] > 0
    return {
        "rank_from": int(ranks.first.rank[i]) or None,
        "rank_to": int(ranks.second.rank[i]) or None,
        "rank_set_from": rank_set_of(change, pair.first, i),
        "rank_set_to": rank_set_of(change, pair.second, i),
        "places_up_interval": [int(ranks.low[i]), int(ranks.high[i])] if with_sets else None,
        "rank_change_certain": bool(ranks.certain[i]) if with_sets else None,
    }
