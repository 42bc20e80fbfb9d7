"""One item in all cells that are shown of it: what the figures together leave open of those that are hidden or capped.

A reader knows the sum over everybody to the digit, and of each cell what is printed: a rounded share or mean, or a cap.
Between these, linear programming finds what a hidden cell, a capped one, or what a larger cell leaves over beside the
smaller ones in it can still be (the feasibility interval of Hundepool et al. 2012, ch. 4). Where that says that nearly
nobody or nearly everybody in it gave an answer, or what few people did, one more cell of the item is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from obstacles.analysis.disclosure.figures import FEWEST, Mean, Share
from obstacles.analysis.disclosure.linked import atoms
from obstacles.analysis.disclosure.whole_numbers import fewest, nearby

EDGE = 1e-6


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

    @cached_property
    def within(self) -> np.ndarray:
        """(c, c) bool, whether everybody of one cell is in another one."""
        return np.asarray(self.member.T @ (1 - self.member) == 0)


@dataclass(frozen=True)
class _Line:
    """What is printed of one cell, as bounds of a weighted sum."""

    cell: int  # -1 = the sum over everybody
    sets: np.ndarray  # (a,)
    least: float
    most: float


@dataclass(frozen=True)
class _Target:
    """Sets of people of whose sum too little may be left open."""

    inside: np.ndarray  # (a,) bool
    capped: bool = False  # whether their share is capped
    single: bool = False  # whether they are one hidden cell
    few: bool = False  # whether cells tell few people apart, of whom nothing may follow to the digit

    @cached_property
    def key(self) -> bytes:
        return self.inside.tobytes() + bytes([self.capped, self.few])


@dataclass(frozen=True)
class _Told:
    """A target of which the cells tell too much, and by what."""

    target: _Target
    by: frozenset[int]  # the cells whose figures do so

    def stands(self, targets: list[_Target], hidden: int) -> bool:
        """Whether it is still told after one more cell is hidden."""
        if hidden in self.by:
            return False
        return any(one.key == self.target.key and one.single == self.target.single for one in targets)


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
    audit = partial(_audit, item, [column for column, _name in cells], bounds[0], smallest)
    own = [cell if cell.kept or cell.hidden else AuditedCell(cell.inside, None) for cell in cells.values()]
    before = {told.target.key for told in audit(own)} if any(cell.kept for cell in own) else set()
    keys, left = list(cells), list(cells.values())
    gone: set[tuple[str, str]] = set()
    known, worst, last = [item.sums], None, -1  # answers that less and less printed leaves open; what followed last
    while shown := [c for c, cell in enumerate(left) if not cell.hidden and not cell.kept]:
        told = audit(left, known=known, first=worst, hidden=last)
        worst = next((one for one in told if one.target.key not in before), None)
        if worst is None:
            break
        column = keys[shown[-1]][0]
        last = min((c for c in shown if keys[c][0] == column), key=lambda c: (left[c].inside.sum(), keys[c]))
        left[last] = AuditedCell(left[last].inside, None)
        gone.add(keys[last])
    return gone


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


def _audit(
    item: _Item,
    columns: list[str],
    low: float,
    smallest: int,
    cells: list[AuditedCell],
    *,
    known: list[np.ndarray] | None = None,
    first: _Told | None = None,
    hidden: int = -1,
) -> Iterator[_Told]:
    """Sets of people of whom the cells tell too much; `first` is looked at first, and not again where it stands.

    Nearly nobody can follow only where it is true, so that of most sets it need not be looked at. `known` are answers
    that the cells leave open, to which others are added; `hidden` is the cell that is hidden since `first` was told.
    """
    targets = [*_targets(item, cells, columns), *_few(item, smallest)]
    if first is not None and first.stands(targets, hidden):
        yield first
    possible = _Possible(item, list(_lines(item, cells, low)), [item.sums] if known is None else known)
    for target in sorted(targets, key=lambda one: first is None or one.key != first.target.key):
        inside = target.inside
        n, weight, true = (float(of[inside].sum()) for of in (item.people, item.weight, item.sums))
        if n == 0:
            continue
        unit, whole = weight / n, weight * item.width
        edge = EDGE if target.few else min(FEWEST, n) * unit
        ends = [sign for sign, near in ((1.0, true > whole - edge), (-1.0, true < edge)) if near]
        if not (ends or target.capped or target.single):
            continue
        close = partial(_is_narrow, unit) if target.few else partial(_is_close, item, target, unit, edge)
        both = target.capped or target.single or target.few
        by = possible.within(inside, close, [1.0, -1.0] if both else ends)
        if by is not None:
            yield _Told(target, by)


def _is_close(item: _Item, target: _Target, unit: float, few: float, least: float, most: float) -> bool:
    """Whether too much is known of a sum over people that lies between two numbers."""
    inside = target.inside
    if target.capped:
        return _values(item, inside, least, most, unit) < FEWEST
    n, whole = item.people[inside].sum(), item.weight[inside].sum() * item.width
    close = least > whole - few + EDGE or most < few - EDGE
    return bool(close or (target.single and most - least < min(FEWEST - 1, n) * unit - EDGE))


def _is_narrow(unit: float, least: float, most: float) -> bool:
    """Whether a sum is known to less than one person."""
    return most - least < unit - EDGE


def _values(item: _Item, inside: np.ndarray, least: float, most: float, unit: float) -> float:
    """How many counts lie between two weighted sums; where people weigh alike whole ones."""
    if np.ptp(item.weight[inside] / item.people[inside]) > EDGE * unit:
        return (most - least) / unit + 1 + EDGE
    return float(np.floor(most / unit + EDGE) - np.ceil(least / unit - EDGE) + 1)


def _lines(item: _Item, cells: list[AuditedCell], low: float) -> Iterator[_Line]:
    """What is printed."""
    if item.total:
        yield _Line(-1, np.ones(len(item.people)), float(item.sums.sum()), float(item.sums.sum()))
    for c, cell in enumerate(cells):
        inside = item.member[:, c]
        weight, n = float(inside @ item.weight), float(inside @ item.people)
        if cell.hidden or not n:
            continue
        shown, unit = cell.shown, weight / n
        assert shown is not None
        if shown.value is not None:
            half, own = shown.step / 2 + EDGE, inside * item.own[:, c]
            whole = float(own @ item.weight)
            yield _Line(c, own, (shown.value - low - half) * whole, (shown.value - low + half) * whole)
        elif isinstance(shown, Share) and shown.cap == "low":
            yield _Line(c, inside, 0.0, (FEWEST - 1) * unit + EDGE)
        else:
            yield _Line(c, inside, weight - (FEWEST - 1) * unit - EDGE, weight)


def _targets(item: _Item, cells: list[AuditedCell], columns: list[str]) -> Iterator[_Target]:
    """What must not follow: capped and hidden cells, and what cells leave over beside those of a column in them."""
    inside, names = item.member.astype(bool), np.array(columns)
    shown = np.array([not cell.hidden for cell in cells])
    found = [
        _Target(inside[:, c], cell.capped, cell.hidden) for c, cell in enumerate(cells) if cell.capped or cell.hidden
    ]
    larger: list[tuple[np.ndarray, np.ndarray, str | None]] = [(np.ones(len(inside), bool), shown, None)]
    larger += [(inside[:, c], shown & item.within[:, c], columns[c]) for c in np.flatnonzero(shown)]
    for whole, held, own in larger:
        for column in dict.fromkeys(columns):
            parts = held & (names == column)
            if column != own and parts.any():
                found.append(_Target(whole & ~inside[:, parts].any(axis=1)))
    seen: set[bytes] = set()
    for target in found:
        if target.key not in seen and target.inside.any():
            seen.add(target.key)
            yield target


def _few(item: _Item, smallest: int) -> Iterator[_Target]:
    """Fewer people than `smallest` whom cells tell apart."""
    for atom in np.flatnonzero((item.people < smallest) & item.member.any(axis=1)):
        yield _Target(np.arange(len(item.people)) == atom, few=True)


class _Possible:
    """Answers that everything printed leaves open."""

    def __init__(self, item: _Item, lines: list[_Line], known: list[np.ndarray]) -> None:
        sums = [float(line.sets @ item.sums) for line in lines]
        true = [
            line.least - EDGE <= at <= line.most + EDGE for line, at in zip(lines, sums, strict=True)
        ]  # or no bound
        self.item, self.lines = item, [line for line, holds in zip(lines, true, strict=True) if holds]
        table = np.array([line.sets for line in self.lines]).reshape(len(self.lines), len(item.people))
        self.table = np.vstack([table, -table])
        self.most = np.array([line.most + EDGE for line in self.lines] + [EDGE - line.least for line in self.lines])
        self.known = known
        full = item.weight * item.width
        if len(known) > 1:
            return
        self.solve(
            np.where(item.sums < EDGE, -1.0, np.where(item.sums > full - EDGE, 1.0, 0.0)) / np.maximum(full, EDGE)
        )

    def within(
        self, inside: np.ndarray, close: Callable[[float, float], bool], ends: list[float]
    ) -> frozenset[int] | None:
        """The cells that tell it, where the least and the most of a weighted sum over sets of people are `close`.

        Of `ends`, 1 is the least and -1 the most; one that is not named is taken from answers that were found so far.
        Where only whole numbers of people make it close, or where it was not found out whether they do, all are named.
        """
        sums = np.array(self.known) @ inside
        found = {1.0: float(sums.min()), -1.0: float(sums.max())}
        if not close(found[1.0], found[-1.0]):
            return None
        whole, n = float(self.item.weight[inside].sum()), self.item.people[inside].sum()
        near = FEWEST * (3 - len(ends)) * whole / n
        every = frozenset(line.cell for line in self.lines)
        solved = {sign: self.solve(sign * inside) for sign in ends}
        found |= {sign: sign * least for sign, (least, _by) in solved.items()}
        if close(found[1.0], found[-1.0]):
            return frozenset().union(*(by for _least, by in solved.values()))
        if found[-1.0] - found[1.0] >= near:
            return None
        if close(*self.seen(inside, close)):
            for sign in ends:
                self.solve_whole(sign * inside)
        return every if close(*self.seen(inside, close)) else None

    def seen(self, inside: np.ndarray, close: Callable[[float, float], bool]) -> tuple[float, float]:
        """The least and the most of a weighted sum in answers found so far, and others near them until not `close`."""
        sums, item = np.array(self.known) @ inside, self.item
        ends = {-1.0: float(sums.min()), 1.0: float(sums.max())}
        unit = item.weight / item.people
        for sign in ends:
            answers, full = self.known[int(np.argmax(sign * sums))], item.weight * item.width
            while close(ends[-1.0], ends[1.0]):
                found = nearby(answers, unit, full, item.alike, self.table, self.most, sign * inside)
                if found is None:
                    break
                answers, ends[sign] = found, float(found @ inside)
                self.known.append(found)
        return ends[-1.0], ends[1.0]

    def solve(self, goal: np.ndarray) -> tuple[float, frozenset[int]]:
        """The least of a weighted sum, and the cells whose bounds make it so; not a number where none was found."""
        from scipy.optimize import linprog

        solved = linprog(
            goal,
            A_ub=self.table if self.lines else None,
            b_ub=self.most if self.lines else None,
            bounds=np.column_stack([np.zeros(len(goal)), self.item.weight * self.item.width]),
            method="highs",
        )
        if solved.status != 0:
            return float("nan"), frozenset()
        people = (solved.x * self.item.people / self.item.weight)[self.item.alike]
        if (np.abs(people - np.rint(people)) < EDGE).all():
            self.known.append(solved.x)
        binding: list[int] = np.flatnonzero(solved.ineqlin.marginals).tolist() if self.lines else []
        return float(solved.fun), frozenset(self.lines[row % len(self.lines)].cell for row in binding)

    def solve_whole(self, goal: np.ndarray) -> None:
        """Find answers with the least of a weighted sum in whole people; none are known where that takes long."""
        item, unit = self.item, self.item.weight / self.item.people
        people = fewest(goal * unit, item.people * item.width, item.alike, self.table * unit, self.most)
        if people is not None and (self.table @ (people * unit) <= self.most + EDGE).all():
            self.known.append(people * unit)
