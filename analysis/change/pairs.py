"""Everything that is said of two sides of a comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from obstacles.analysis.change.comparability import Comparability
from obstacles.analysis.change.equal_penalties import with_equal_penalties
from obstacles.analysis.change.homogeneity import homogeneity, overall_level, scale_factor
from obstacles.analysis.change.items import Rules, level_changes, same_model, worth_changes
from obstacles.analysis.change.order import Order, order_agreement, permutation_of_tau, rank_changes
from obstacles.analysis.change.pair import Pair
from obstacles.analysis.change.result import PairChange
from obstacles.analysis.inference.headline import winner_test
from obstacles.analysis.subpopulation import ComparisonError, ComparisonSide
from obstacles.text.language import _

PairKey = tuple[int, int]  # positions of two sides


def equally_penalised(sides: Sequence[ComparisonSide]) -> tuple[list[ComparisonSide], list[str]]:
    """Sides scored by Plackett-Luce get the same penalty per respondent where any needs one."""
    alike = [side for side in sides if side.order.method == "plackett-luce"]
    try:
        again = iter(with_equal_penalties(alike))
    except ComparisonError as error:
        return list(sides), [str(error)]
    penalised = any(side.order.penalty is not None for side in alike)
    note = _("Some items always or never win; every wave has the same penalty per respondent.")
    return [next(again) if side.order.method == "plackett-luce" else side for side in sides], [note] * penalised


def leader_of(side: ComparisonSide, *, level: float) -> int | None:
    """The item that the winner test names first on one side."""
    test = winner_test(side.order, df=side.df)
    return int(np.nanargmax(side.order.value)) if test is not None and test.p <= 1 - level else None


def few_units_notes(sides: Sequence[ComparisonSide]) -> list[str]:
    """Sides with so few primary units that their tests show little."""
    message = _(
        "{side}: {df} degrees of freedom are fewer than twice the {m} items, so intervals are wide and only large "
        "changes can be shown."
    )
    found = [(side, len(side.order.value)) for side in sides if side.df < 2 * len(side.order.value)]
    return [message.format(side=side.id, df=round(side.df), m=m) for side, m in found]


def pair_change(
    key: PairKey,
    pair: Pair,
    found: Comparability,
    orders: Sequence[Order],
    rules: Rules,
    k: int,
    seed: int,
    *,
    main: bool,
) -> PairChange:
    """Everything about two sides; `main` adds what takes longer."""
    first, second = pair.first, pair.second
    items = found.level_items(*key)
    alike = same_model(first, second)
    ranks = rank_changes(orders[key[0]], orders[key[1]], level=rules.level)
    tested = alike and items.sum() > 1
    return PairChange(
        first=key[0],
        second=key[1],
        breaks=found.between(*key),
        level=level_changes(pair, items, rules),
        worth=worth_changes(pair, items, rules),
        ranks=ranks,
        agreement=order_agreement(first, second, ranks, depth=min(k + 2, len(found.items))),
        homogeneity=homogeneity([first, second], {(0, 1): pair}, items) if tested else None,
        overall=overall_level(pair, items) if tested else None,
        scale=scale_factor(pair) if tested and items.all() else None,
        permutation=permutation_of_tau([first, second], seed=seed)
        if main and pair.simple and tested and items.all()
        else None,
        independent=pair.independent,
    )
