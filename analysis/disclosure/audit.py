"""One item in all cells that are shown of it: what the figures together leave open of those that are hidden or capped.

A reader knows the sum over everybody to the digit, and of each cell what is printed: a rounded share or mean, or a cap.
Between these, linear programming finds what a hidden cell, a capped one, or what a larger cell leaves over beside the
smaller ones in it can still be (the feasibility interval of Hundepool et al. 2012, ch. 4). Where that says that nearly
nobody or nearly everybody in it gave an answer, or what few people did, one more cell of the item is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.disclosure.figures import FEWEST, Mean, Share
from obstacles.analysis.disclosure.linked import atoms

EDGE = 1e-6


@dataclass(frozen=True)
class AuditedCell:
    """One cell of one item."""

    inside: np.ndarray  # (n,) bool
    shown: Share | Mean | None  # None = hidden, and so are shares and means without a value or a cap

    @property
    def hidden(self) -> bool:
        """Whether nothing is said of it."""
        return self.shown is None or (self.shown.value is None and not self.capped)

    @property
    def capped(self) -> bool:
        """Whether it is only said that its share is small or large."""
        return isinstance(self.shown, Share) and self.shown.cap in ("low", "high")


@dataclass(frozen=True)
class _Item:
    """One item's answers by sets of people that no cell divides."""

    member: np.ndarray  # (a, c)
    people: np.ndarray  # (a,) people who answered
    weight: np.ndarray  # (a,) their weight
    total: float  # weighted sum of scores over everybody, from the lowest score
    width: float  # of the scale


def hidden_beside(
    columns: Mapping[str, Mapping[str, AuditedCell]],
    score: np.ndarray,
    weight: np.ndarray,
    bounds: tuple[float, float],
) -> set[tuple[str, str]]:
    """(column, group) of the cells of one item that have to be hidden beside those that are already.

    Parameters
    ----------
    columns : mapping
        Column -> group -> its cell; the column that matters most first.
    score : (n,) float array
        What each respondent says of the item; NaN = nothing.
    weight : (n,) float array
        Of each respondent.
    bounds : (float, float)
        The lowest and the highest score.
    """
    cells = {(column, name): cell for column, groups in columns.items() for name, cell in groups.items()}
    said = ~np.isnan(score)
    if not cells or not said.any():
        return set()
    member, code = atoms([cell.inside[said] for cell in cells.values()])
    own, low = weight[said], bounds[0]
    item = _Item(
        member,
        np.bincount(code, minlength=len(member)).astype(float),
        np.bincount(code, weights=own, minlength=len(member)),
        float((own * (score[said] - low)).sum()),
        bounds[1] - low,
    )
    gone: set[tuple[str, str]] = set()
    keys = list(cells)
    while True:
        left = {key: cells[key] if key not in gone else AuditedCell(cells[key].inside, None) for key in keys}
        shown = [key for key in keys if not left[key].hidden]
        if not shown or not _told(item, left, low):
            return gone
        last = shown[-1][0]
        gone.add(min((key for key in shown if key[0] == last), key=lambda key: (cells[key].inside.sum(), key)))


def _told(item: _Item, cells: Mapping[tuple[str, str], AuditedCell], low: float) -> bool:
    """Whether the cells tell too much of some set of people."""
    lines = list(_lines(item, cells, low))
    for inside, capped, single in _targets(item, list(cells.values()), [key[0] for key in cells]):
        n, weight = item.people[inside].sum(), item.weight[inside].sum()
        if n == 0:
            continue
        least, most = _range(item, lines, inside)
        unit = weight / n
        whole, few = weight * item.width, min(FEWEST, n) * unit
        if capped:
            close = most - least < (FEWEST - 1) * unit - EDGE
        else:
            close = least > whole - few + EDGE or most < few - EDGE
            close |= single and most - least < min(FEWEST - 1, n) * unit - EDGE
        if close:
            return True
    return False


def _lines(
    item: _Item, cells: Mapping[tuple[str, str], AuditedCell], low: float
) -> Iterator[tuple[np.ndarray, float, float]]:
    """What is printed, as (sets, least, most) of weighted sums; the whole is known to the digit."""
    yield np.ones(len(item.people)), item.total, item.total
    for c, cell in enumerate(cells.values()):
        inside = item.member[:, c]
        weight, n = float(inside @ item.weight), float(inside @ item.people)
        if cell.hidden or not n:
            continue
        shown, unit = cell.shown, weight / n
        assert shown is not None
        if shown.value is not None:
            half = shown.step / 2 + EDGE
            yield inside, (shown.value - low - half) * weight, (shown.value - low + half) * weight
        elif isinstance(shown, Share) and shown.cap == "low":
            yield inside, 0.0, (FEWEST - 1) * unit + EDGE
        else:
            yield inside, weight - (FEWEST - 1) * unit - EDGE, weight


def _targets(item: _Item, cells: list[AuditedCell], columns: list[str]) -> Iterator[tuple[np.ndarray, bool, bool]]:
    """(sets, whether their share is capped, whether they are one hidden cell) of what must not follow."""
    seen: set[bytes] = set()
    inside = [item.member[:, c].astype(bool) for c in range(len(cells))]
    found = [(inside[c], cell.capped, cell.hidden) for c, cell in enumerate(cells) if cell.capped or cell.hidden]
    everybody = np.ones(len(item.people), bool)
    larger = [("", everybody)] + [(columns[c], inside[c]) for c, cell in enumerate(cells) if not cell.hidden]
    for own, whole in larger:
        for column in dict.fromkeys(columns):
            parts = [
                inside[c]
                for c, cell in enumerate(cells)
                if columns[c] == column != own and not cell.hidden and not (inside[c] & ~whole).any()
            ]
            if parts:
                found.append((whole & ~np.any(parts, axis=0), False, False))
    for sets, capped, single in found:
        key = sets.tobytes() + bytes([capped])
        if key not in seen and sets.any():
            seen.add(key)
            yield sets, capped, single


def _range(item: _Item, lines: list[tuple[np.ndarray, float, float]], inside: np.ndarray) -> tuple[float, float]:
    """The least and the most that the weighted sum over sets of people can be."""
    from scipy.optimize import linprog

    table = np.array([line for line, _least, _most in lines])
    least, most = np.array([line[1] for line in lines]), np.array([line[2] for line in lines])
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(
            sign * inside,
            A_ub=np.vstack([table, -table]),
            b_ub=np.concatenate([most + EDGE, EDGE - least]),
            bounds=np.column_stack([np.zeros(len(item.weight)), item.weight * item.width]),
            method="highs",
        )
        if solved.status != 0:
            return 0.0, float(item.weight[inside].sum() * item.width)
        ends.append(sign * solved.fun)
    return float(ends[0]), float(ends[1])
