"""One item in all cells that are shown of it: what the figures together leave open of those that are hidden or capped.

A reader knows the sum over everybody to the digit, and of each cell what is printed: a rounded share or mean, or a cap.
Between these, linear programming finds what a hidden cell, a capped one, or what a larger cell leaves over beside the
smaller ones in it can still be (the feasibility interval of Hundepool et al. 2012, ch. 4). Where that says that nearly
nobody or nearly everybody in it gave an answer, or what few people did, one more cell of the item is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from obstacles.analysis.disclosure.figures import FEWEST, Mean, Share
from obstacles.analysis.disclosure.linked import atoms

EDGE = 1e-6
MOST_NODES = 6  # of branch and bound for one number


@dataclass(frozen=True)
class AuditedCell:
    """One cell of one item."""

    inside: np.ndarray  # (n,) bool
    shown: Share | Mean | None  # None = hidden, and so are shares and means without a value or a cap
    kept: bool = False  # shown elsewhere: it is not for this audit to hide
    weight: np.ndarray | None = None  # (n,) by which its figure is weighted, where that is not the weight of all

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
    own: np.ndarray  # (a, c) by what each cell multiplies that weight
    sums: np.ndarray  # (a,) weighted sums of scores, from the lowest score
    width: float  # of the scale
    total: bool  # whether the sum over everybody is known to the digit
    alike: np.ndarray  # (a,) bool: everybody weighs the same, so that their sum is a whole number of people or levels


def hidden_beside(
    columns: Mapping[str, Mapping[str, AuditedCell]],
    score: np.ndarray,
    weight: np.ndarray,
    bounds: tuple[float, float],
    *,
    total: bool = True,
    smallest: int = 0,
) -> set[tuple[str, str]]:
    """(column, group) of the cells of one item that have to be hidden beside those that are already.

    What cells that are kept tell by themselves is not looked at: no other one is hidden for it.

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
    total : bool
        Whether the sum over everybody is known to the digit.
    smallest : int
        Of fewer people than this whom cells tell apart, nothing may follow to the digit.
    """
    cells = {(column, name): cell for column, groups in columns.items() for name, cell in groups.items()}
    said = ~np.isnan(score)
    if not cells or not said.any():
        return set()
    member, code = atoms([cell.inside[said] for cell in cells.values()])
    item = _item(list(cells.values()), member, code, said, weight, score - bounds[0], bounds[1] - bounds[0], total)
    kept = {key: cell if cell.kept or cell.hidden else AuditedCell(cell.inside, None) for key, cell in cells.items()}
    before = set(_told(item, kept, bounds[0], smallest)) if any(cell.kept for cell in cells.values()) else set()
    gone: set[tuple[str, str]] = set()
    known, worst = [item.sums], b""  # answers that less and less printed leaves open, and what followed last
    while True:
        left = {key: AuditedCell(cell.inside, None) if key in gone else cell for key, cell in cells.items()}
        shown = [key for key in cells if not left[key].hidden and not left[key].kept]
        if not shown:
            return gone
        told = _told(item, left, bounds[0], smallest, known, worst)
        worst = next((found for found in told if found not in before), b"")
        if not worst:
            return gone
        last = shown[-1][0]
        gone.add(min((key for key in shown if key[0] == last), key=lambda key: (cells[key].inside.sum(), key)))


def _item(
    cells: list[AuditedCell],
    member: np.ndarray,
    code: np.ndarray,
    said: np.ndarray,
    weight: np.ndarray,
    score: np.ndarray,
    width: float,
    total: bool,
) -> _Item:
    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(code, weights=values[said], minlength=len(member))

    def alike(values: np.ndarray) -> np.ndarray:
        low, high = np.full(len(member), np.inf), np.full(len(member), -np.inf)
        np.minimum.at(low, code, values[said])
        np.maximum.at(high, code, values[said])
        return np.asarray(high - low <= EDGE * np.abs(high))

    whole = summed(weight)
    own = [np.ones(len(whole)) if one.weight is None else summed(one.weight) / whole for one in cells]
    people = np.bincount(code, minlength=len(member)).astype(float)
    same = np.all([alike(values) for values in (weight, *(c.weight for c in cells if c.weight is not None))], axis=0)
    same &= bool((score[said] == np.rint(score[said])).all())
    return _Item(member, people, whole, np.column_stack(own), summed(weight * score), width, total, same)


def _told(
    item: _Item,
    cells: Mapping[tuple[str, str], AuditedCell],
    low: float,
    smallest: int,
    known: list[np.ndarray] | None = None,
    first: bytes = b"",
) -> Iterator[bytes]:
    """Sets of people of whom the cells tell too much; the set `first` is looked at first.

    Nearly nobody can follow only where it is true, so that of most sets it need not be looked at. `known` are answers
    that the cells leave open, to which others are added.
    """
    possible = _Possible(item, list(_lines(item, cells, low)), [item.sums] if known is None else known)
    targets = list(_targets(item, list(cells.values()), [key[0] for key in cells]))
    targets.sort(key=lambda target: target[0].tobytes() + bytes([target[1]]) != first)
    for inside, capped, single in targets:
        n, weight, true = item.people[inside].sum(), item.weight[inside].sum(), item.sums[inside].sum()
        if n == 0:
            continue
        unit = weight / n
        whole, few = weight * item.width, min(FEWEST, n) * unit
        if not (true < few or true > whole - few or capped or single):
            continue
        close = partial(_is_close, item, inside, unit, few, capped, single)
        both = capped or single
        ends = [sign for sign, asked in ((1.0, true > whole - few), (-1.0, true < few)) if both or asked]
        if possible.within(inside, close, ends):
            yield inside.tobytes() + bytes([capped])
    for atom in np.flatnonzero((item.people < smallest) & item.member.any(axis=1)):
        inside = np.arange(len(item.people)) == atom
        unit, true = item.weight[atom] / item.people[atom], item.sums[atom]
        if EDGE < true < item.weight[atom] * item.width - EDGE:
            continue
        if possible.within(inside, partial(_is_narrow, unit), [1.0, -1.0]):
            yield inside.tobytes() + b"few"


def _is_close(
    item: _Item, inside: np.ndarray, unit: float, few: float, capped: bool, single: bool, least: float, most: float
) -> bool:
    """Whether too much is known of a sum over people that lies between two numbers."""
    if capped:
        return _values(item, inside, least, most, unit) < FEWEST
    n, whole = item.people[inside].sum(), item.weight[inside].sum() * item.width
    close = least > whole - few + EDGE or most < few - EDGE
    return bool(close or (single and most - least < min(FEWEST - 1, n) * unit - EDGE))


def _is_narrow(unit: float, least: float, most: float) -> bool:
    """Whether a sum is known to less than one person."""
    return most - least < unit - EDGE


def _values(item: _Item, inside: np.ndarray, least: float, most: float, unit: float) -> float:
    """How many counts lie between two weighted sums; where people weigh alike whole ones."""
    if np.ptp(item.weight[inside] / item.people[inside]) > EDGE * unit:
        return (most - least) / unit + 1 + EDGE
    return float(np.floor(most / unit + EDGE) - np.ceil(least / unit - EDGE) + 1)


def _lines(
    item: _Item, cells: Mapping[tuple[str, str], AuditedCell], low: float
) -> Iterator[tuple[np.ndarray, float, float]]:
    """What is printed, as (sets, least, most) of weighted sums."""
    if item.total:
        yield np.ones(len(item.people)), float(item.sums.sum()), float(item.sums.sum())
    for c, cell in enumerate(cells.values()):
        inside = item.member[:, c]
        weight, n = float(inside @ item.weight), float(inside @ item.people)
        if cell.hidden or not n:
            continue
        shown, unit = cell.shown, weight / n
        assert shown is not None
        if shown.value is not None:
            half, own = shown.step / 2 + EDGE, inside * item.own[:, c]
            whole = float(own @ item.weight)
            yield own, (shown.value - low - half) * whole, (shown.value - low + half) * whole
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


class _Possible:
    """Answers that everything printed leaves open."""

    def __init__(self, item: _Item, lines: list[tuple[np.ndarray, float, float]], known: list[np.ndarray]) -> None:
        sums = [float(line @ item.sums) for line, _least, _most in lines]
        lines = [
            one for one, at in zip(lines, sums, strict=True) if one[1] - EDGE <= at <= one[2] + EDGE
        ]  # else no bound
        self.item, self.lines = item, lines
        table = np.array([line for line, _least, _most in lines]).reshape(len(lines), len(item.people))
        least, most = np.array([line[1] for line in lines]), np.array([line[2] for line in lines])
        self.table = np.vstack([table, -table])
        self.most = np.concatenate([most + EDGE, EDGE - least])
        self.known = known
        full = item.weight * item.width
        if len(known) > 1:
            return
        self.solve(
            np.where(item.sums < EDGE, -1.0, np.where(item.sums > full - EDGE, 1.0, 0.0)) / np.maximum(full, EDGE)
        )

    def within(self, inside: np.ndarray, close: Callable[[float, float], bool], ends: list[float]) -> bool:
        """Whether the least and the most that a weighted sum over sets of people can be are `close`.

        Of `ends`, 1 is the least and -1 the most; one that is not named is taken from answers that were found so far.
        Where whole numbers of people could make it close, they are asked for.
        """
        sums = np.array(self.known) @ inside
        found = {1.0: float(sums.min()), -1.0: float(sums.max())}
        if not close(found[1.0], found[-1.0]):
            return False
        whole = float(self.item.weight[inside].sum())
        near = FEWEST * (3 - len(ends)) * whole / self.item.people[inside].sum()
        for solve in (self.solve, self.solve_whole):
            found |= {sign: sign * solve(sign * inside) for sign in ends}
            if not np.isfinite(list(found.values())).all():
                return close(0.0, whole * self.item.width)
            if close(found[1.0], found[-1.0]):
                return True
            if found[-1.0] - found[1.0] >= near:
                return False
        return False

    def solve(self, goal: np.ndarray) -> float:
        """The least of a weighted sum; not a number where no solution was found."""
        from scipy.optimize import linprog

        solved = linprog(
            goal,
            A_ub=self.table if self.lines else None,
            b_ub=self.most if self.lines else None,
            bounds=np.column_stack([np.zeros(len(goal)), self.item.weight * self.item.width]),
            method="highs",
        )
        if solved.status != 0:
            return float("nan")
        people = (solved.x * self.item.people / self.item.weight)[self.item.alike]
        if (np.abs(people - np.rint(people)) < EDGE).all():
            self.known.append(solved.x)
        return float(solved.fun)

    def solve_whole(self, goal: np.ndarray) -> float:
        """The least of a weighted sum in whole people, by branch and bound; a number below it where that takes long."""
        item = self.item
        unit = item.weight / item.people
        left = self._relaxed(goal, unit, np.zeros(len(unit)), item.people * item.width)
        for _node in range(MOST_NODES):
            if not left:
                return float("nan")
            place = int(np.argmin([one[0] for one in left]))
            least, people, low, high = left.pop(place)
            part = np.where(item.alike, np.abs(people - np.rint(people)), 0.0)
            at = int(np.argmax(part))
            if part[at] < EDGE:
                self.known.append(people * unit)
                return least
            below, above = high.copy(), low.copy()
            below[at], above[at] = np.floor(people[at]), np.ceil(people[at])
            left += self._relaxed(goal, unit, low, below) + self._relaxed(goal, unit, above, high)
        return min((one[0] for one in left), default=float("nan"))

    def _relaxed(
        self, goal: np.ndarray, unit: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> list[tuple[float, np.ndarray, np.ndarray, np.ndarray]]:
        """The least of a weighted sum and how many people it takes of each set, between two bounds; or nothing."""
        from scipy.optimize import linprog

        table = self.table * unit if self.lines else None
        bounds = np.column_stack([low, high])
        found = linprog(goal * unit, A_ub=table, b_ub=self.most if self.lines else None, bounds=bounds, method="highs")
        return [(float(found.fun), found.x, low, high)] if found.status == 0 else []
