"""Can somebody who sees every figure of a batch tell the answers from slightly different ones?

A hidden count is safe when other values of it would give exactly the figures that are shown. That is tried out: one or
two people of a group answer otherwise, people of another group the other way round, and all figures are worked out
again, rounding, caps and joined levels included. Where nothing of the kind passes unseen, whoever inverts intervals,
errors, means and differences could tell; the figure that gives the count away is made coarser (`Coarseness`), until
nothing does.

People move between two levels, either all on one side of what is required of them, or over it. Moves of one or two
people are enough to keep a count from being known, and far fewer than there may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from obstacles.analysis.disclosure.figures import HIDDEN, STEPS, Coarseness, Figures, first_grid_level
from obstacles.analysis.disclosure.group_figures import GroupFigures

VALUES = 3  # values that a capped count can still have, and others by the figures of their own group
UNKNOWN = 2  # values that every other hidden count can still have
REACH = VALUES - 1  # people who move in one direction
MOST_SPLIT = 2  # position in STEPS of the coarsest split of the whole by level, before levels are joined
PARTNERS = 12  # groups that are tried to make up for a move
COSTS = {"rater_difference": 1, "classes": 2, "signed": 3, "shortfall": 6, "below": 12}  # of a coarser figure
Pair = tuple[int, int]  # two levels, the lower first
Kind = tuple[int, int, bool]  # two levels, and whether the required level lies between them
Leaks = frozenset[str]  # names of figures that give a move away


@dataclass(frozen=True)
class FeasibleRange:
    """How many people can move one way or the other unseen by a group's own figures, and what would show one more."""

    low: int
    high: int
    ways: Mapping[int, np.ndarray] = field(default_factory=dict)  # people who move -> current levels after that
    beyond: Callable[[], tuple[Leaks, ...]] = tuple

    @property
    def size(self) -> int:
        return self.high - self.low + 1

    @cached_property
    def leaks(self) -> tuple[Leaks, ...]:
        """What shows one person more on either side; worked out when it is asked for."""
        return self.beyond()


@dataclass
class ProtectionPlan:
    """The precision of every group for one capability, made coarser until all hidden counts are safe."""

    views: Mapping[str, GroupFigures]  # groups that are shown
    hidden: Mapping[str, GroupFigures]  # groups that are not
    whole: GroupFigures
    precision: dict[str, Coarseness]  # of the groups that are shown; "" = the whole
    exact: bool = False  # the whole's counts are known exactly from elsewhere: nothing of it can be made coarser
    _figures: dict[str, Figures] = field(default_factory=dict)
    _windows: dict[tuple[str, Kind], FeasibleRange] = field(default_factory=dict)
    _naturals: dict[tuple[str, Kind, bool], int] = field(default_factory=dict)
    _seen: dict[tuple[object, ...], bool] = field(default_factory=dict)  # of moves, by the whole's figures

    def figures(self, name: str) -> Figures:
        """The figures of a group ("" = the whole) at its present precision."""
        if name not in self._figures:
            one = self.view(name)
            self._figures[name] = one.figures(one.current, self.precision[name])
        return self._figures[name]

    def view(self, name: str) -> GroupFigures:
        return self.whole if name == "" else self.views.get(name) or self.hidden[name]

    def window(self, name: str, kind: Kind) -> FeasibleRange:
        """What moves a group's own figures do not show; all where it has none."""
        if (name, kind) not in self._windows:
            shown = None if name in self.hidden else self.figures(name)
            found = window(self.view(name), kind, shown, self.precision.get(name), balanced=self._balanced(name))
            self._windows[name, kind] = found
        return self._windows[name, kind]

    def _balanced(self, name: str) -> bool:
        """Whether as many people have to move over the required level one way as the other: the share is shown."""
        return name not in self.hidden and name != "" and self.figures(name).below.cap == ""

    # ---------- making figures coarser --------------------------------------------------------------------------

    def protect(self) -> None:
        """Make figures coarser until every hidden count can have other values."""
        for _round in range(200):
            if not self._protect_once():
                return

    def _protect_once(self) -> bool:
        changed = False
        for name in [*self.views, *self.hidden, *([] if self.exact else [""])]:
            for own, wanted, kinds in self._facts(name):
                changed |= self._protect_count(name, own, wanted, kinds)
        return changed

    def _facts(self, name: str) -> Iterator[tuple[int, int, list[Kind]]]:
        """The hidden counts of a group: values that its own figures and all figures should leave, and its moves."""
        one = self.view(name)
        if not len(one.current):
            return
        levels = len(one.values)
        if name in self.hidden:
            for level in range(levels):
                yield UNKNOWN, UNKNOWN, touching(level, 0, levels - 1, crossing=True)
            yield UNKNOWN, UNKNOWN, over(levels)
            return
        balanced, several = self._balanced(name), len(np.unique(one.required)) > 1
        for first, last in hidden_classes(self.figures(name), levels) if one.levels else ():
            for level in range(first, last + 1):
                kinds = touching(level, first, last, crossing=several or not balanced)
                beside = [kind for kind in kinds if not kind[2]]
                enough = balanced and any(self._natural(name, kind) >= UNKNOWN for kind in beside)
                yield VALUES, UNKNOWN, beside if enough else kinds
        if self.figures(name).below.cap in ("low", "high"):
            yield VALUES, VALUES, over(levels)

    def _protect_count(self, name: str, own: int, wanted: int, kinds: list[Kind]) -> bool:
        """Whether something was made coarser for one hidden count."""
        natural = {kind: self._natural(name, kind) for kind in kinds}
        own, wanted = (min(least, max(natural.values(), default=0)) for least in (own, wanted))
        able = sorted((kind for kind in kinds if natural[kind] >= own), key=_far)
        wide = [kind for kind in able if self.window(name, kind).size >= own]
        if own < 2 or any(self.left(name, kind) >= wanted for kind in wide):
            return False
        if not wide and name != "" and name not in self.hidden:
            marks = [(found, kind) for kind in able for found in self.window(name, kind).leaks]
            return any(self.coarsen(name, names, kind) for names, kind in sorted(marks, key=_cost))
        if self.exact:
            return self._hide_another()
        steps = [sign * k for k in range(1, wanted) for sign in (-1, 1)]
        moves = [(kind, k) for kind in wide for k in steps if self._possible([(name, k)], kind)]
        marks = [(found, kind) for kind, k in moves if (found := self._whole_leaks([(name, k)], kind))]
        return any(self.coarsen("", names, kind) for names, kind in sorted(marks, key=_cost))

    def _natural(self, name: str, kind: Kind) -> int:
        """Values that a count could have by such moves if nothing at all were shown."""
        key = (name, kind, self._balanced(name))
        if key not in self._naturals:
            self._naturals[key] = window(self.view(name), kind, None, balanced=key[2]).size
        return self._naturals[key]

    def coarsen(self, name: str, names: Leaks, kind: Kind) -> bool:
        """Show the named figures of a group less finely; False where they are not shown any more."""
        found = coarser(self.precision[name], names, kind, self.figures(name), coarse_split=name == "")
        if found == self.precision[name]:
            return False
        self._set(name, found)
        return True

    def _hide_another(self) -> bool:
        """Hide the share of the smallest group that shows its own, else a capped one; False where none is left."""
        caps = {name: self.figures(name).below.cap for name in self.views}
        shown = [name for name, cap in caps.items() if cap == ""] or [n for n, cap in caps.items() if cap != "hidden"]
        if not shown:
            return False
        name = min(shown, key=lambda one: (self.figures(one).base, one))
        self._set(name, replace(self.precision[name], share=False))
        return True

    def _set(self, name: str, precision: Coarseness) -> None:
        self.precision[name] = precision
        self._figures.pop(name, None)
        for key in [key for key in self._windows if key[0] == name]:
            del self._windows[key]
        if name == "":
            self._seen.clear()

    # ---------- what passes unseen ------------------------------------------------------------------------------

    def left(self, name: str, kind: Kind) -> int:
        """Values that a count can have by moves of this kind which nothing shows; the true one is among them."""
        steps = range(-REACH, REACH + 1)
        return 1 + sum(1 for k in steps if k and self._unseen(name, kind, k))

    def _unseen(self, name: str, kind: Kind, k: int) -> bool:
        """Whether k people can move and no figure shows it, perhaps because others move the other way."""
        if name == "":
            return any(
                own.low <= k <= own.high and not self._shows([(other, k)], kind)
                for other in self._movers(kind, k)
                if (own := self.window(other, kind))
            )
        own = self.window(name, kind)
        if not own.low <= k <= own.high:
            return False
        if not self._shows([(name, k)], kind):
            return True
        partners = [other for other in self._movers(kind, -k) if other != name][:PARTNERS]
        ways = [[(other, -k)] for other in partners]
        if abs(k) == REACH:
            ways += [[(a, -k // 2), (b, -k // 2)] for i, a in enumerate(partners) for b in partners[:i]]
        return any(not self._shows([(name, k), *way], kind) for way in ways)

    def _movers(self, kind: Kind, k: int) -> list[str]:
        """Groups of which k people can move unseen by their own figures; for k of two, also those with one."""
        one = k // abs(k)
        found = [name for name in (*self.hidden, *self.views) if self._may_move(name, kind)]
        return [name for name in found if self.window(name, kind).low <= one <= self.window(name, kind).high]

    def _may_move(self, name: str, kind: Kind) -> bool:
        """Whether looking is worth while: a group that is hidden, or hides such moves by joined levels or a cap."""
        if name in self.hidden:
            return True
        one = self.view(name)
        if not len(one.current) or (kind[2] and self._balanced(name) and np.ptp(one.required) == 0):
            return False
        levels = hidden_classes(self.figures(name), len(self.whole.values))
        return not one.levels or any(a <= kind[0] and kind[1] <= b for a, b in levels)

    def _possible(self, moves: list[tuple[str, int]], kind: Kind) -> bool:
        """Whether no group's own figures show its part of these moves (group, people)."""
        return all(self.window(name, kind).low <= k <= self.window(name, kind).high for name, k in moves)

    def _shows(self, moves: list[tuple[str, int]], kind: Kind) -> bool:
        """Whether any figure shows moves (group, people) that happen together."""
        if not self._possible(moves, kind):
            return True
        if self.exact:
            return sum(k for _name, k in moves) != 0
        key = (kind, *moves)
        if key not in self._seen:
            self._seen[key] = self.whole.differs(self.figures(""), self._after(moves, kind), self.precision[""])
        return self._seen[key]

    def _whole_leaks(self, moves: list[tuple[str, int]], kind: Kind) -> Leaks:
        """Which figures of the whole show moves that are possible."""
        return leaks(self.figures(""), self.whole.figures(self._after(moves, kind), self.precision[""]))

    def _after(self, moves: list[tuple[str, int]], kind: Kind) -> np.ndarray:
        """Current levels of the whole's people after moves that are possible."""
        current = self.whole.current.copy()
        for name, k in moves:
            one, changed = self.view(name), self.window(name, kind).ways[k]
            rows = np.flatnonzero(changed != one.current)
            current[self._place[one.rows[rows]]] = changed[rows]
        return current

    @cached_property
    def _place(self) -> np.ndarray:
        """Row of a respondent -> place among the whole's people."""
        place = np.zeros(int(self.whole.rows.max(initial=0)) + 1, int)
        place[self.whole.rows] = np.arange(len(self.whole.rows))
        return place


def touching(level: int, first: int, last: int, *, crossing: bool) -> list[Kind]:
    """Moves between a level and the others from `first` to `last`, on one side of what is required or also over it."""
    pairs = [(min(level, other), max(level, other)) for other in range(first, last + 1) if other != level]
    return [(*pair, over) for pair in pairs for over in ((False, True) if crossing else (False,))]


def over(levels: int) -> list[Kind]:
    """Moves over the required level."""
    return [(a, b, True) for a in range(levels) for b in range(a + 1, levels)]


def _far(kind: Kind) -> tuple[int, bool]:
    return kind[1] - kind[0], kind[2]


def _cost(mark: tuple[Leaks, Kind]) -> tuple[int, list[str], Kind]:
    """Which figures are made coarser first: those that a reader misses least."""
    names, kind = mark
    return sum(COSTS.get(name, 100) for name in names), sorted(names), kind


def hidden_classes(figures: Figures, levels: int) -> list[Pair]:
    """Runs of levels whose counts are not shown one by one, (first, last) positions."""
    if not figures.classes:
        return [(0, levels - 1)]
    return [(one.first, one.last) for one in figures.classes if one.last > one.first]


def leaks(one: Figures, other: Figures) -> Leaks:
    """Names of the figures that differ."""
    found = {name for name, mean in one.means.items() if mean != other.means[name]}
    found |= {"below"} if one.below != other.below else set()
    found |= {"classes"} if one.classes != other.classes else set()
    return frozenset(found)


def coarser(
    precision: Coarseness, names: Leaks, kind: Kind, figures: Figures, *, coarse_split: bool = False
) -> Coarseness:
    """The next coarser precision of the named figures; a split is joined, or with `coarse_split` rounded first."""
    grid_levels = dict(precision.grid_levels)
    for name in names & set(figures.means):
        grid_levels[name] = min(grid_levels.get(name, first_grid_level(figures.base)) + 1, HIDDEN)
    found = replace(precision, grid_levels=grid_levels) if grid_levels != dict(precision.grid_levels) else precision
    if "below" in names:
        more = found.step + 1 < len(STEPS)
        found = replace(found, step=found.step + 1) if more else replace(found, share=False)
    if "classes" in names and coarse_split and found.split_step < MOST_SPLIT:
        return replace(found, split_step=found.split_step + 1)
    if "classes" in names:
        between = frozenset(range(kind[0], kind[1]))
        if between <= found.joined:
            return replace(found, split=False)
        found = replace(found, joined=found.joined | between)
    return found


def window(
    view: GroupFigures,
    kind: Kind,
    shown: Figures | None,
    precision: Coarseness | None = None,
    *,
    balanced: bool = False,
) -> FeasibleRange:
    """How far a group's answers can move in one way.

    Parameters
    ----------
    shown : Figures, optional
        The group's figures at this precision; None where nothing of it is shown.
    balanced : bool
        The share below the required level stays as it is.
    """
    ends, ways = [], {}
    for sign in (-1, 1):
        reached = 0
        for steps in range(1, REACH + 1):
            for current in moved(view, kind, sign * steps, balanced=balanced):
                if shown is None or precision is None or not view.differs(shown, current, precision):
                    ways[sign * steps] = current
                    break
            if sign * steps not in ways:
                break
            reached = steps
        ends.append(sign * reached)

    def beyond() -> tuple[Leaks, ...]:
        if shown is None or precision is None:
            return ()
        found = []
        for steps in (ends[0] - 1, ends[1] + 1):
            after = moved(view, kind, steps, balanced=balanced) if abs(steps) <= REACH else ()
            marks = [leaks(shown, view.figures(current, precision)) for current in after]
            found += [min(marks, key=lambda names: _cost((names, kind)))] if marks else []
        return tuple(found)

    return FeasibleRange(ends[0], ends[1], ways, beyond)


def moved(view: GroupFigures, kind: Kind, steps: int, *, balanced: bool = False) -> Iterator[np.ndarray]:
    """Current levels after |steps| people have moved from the first level of `kind` to the second, or back.

    Of those who can, people with a middling weight and one required level move. Where the share below the required
    level has to stay, as many others cross theirs the other way, by few levels first; there are several ways then.
    """
    low, high, crossing = kind
    source, goal = (low, high) if steps > 0 else (high, low)
    made = _move(view, view.current, source, goal, crossing, abs(steps))
    if made is None:
        return
    if not (balanced and crossing):
        yield made
        return
    top = len(view.values)
    back = [(a, b) if goal < source else (b, a) for a in range(top) for b in range(a + 1, top)]
    for start, end in sorted(back, key=lambda pair: (abs(pair[0] - pair[1]), pair)):
        other = _move(view, made, start, end, True, abs(steps), kept=made != view.current)
        if other is not None:
            yield other


def _move(
    view: GroupFigures,
    current: np.ndarray,
    source: int,
    goal: int,
    crossing: bool,
    people: int,
    kept: np.ndarray | None = None,
) -> np.ndarray | None:
    """`current` after so many people went from one level to another; None where fewer can. Those `kept` stay."""
    if kept is None and current is view.current:
        able = view.movers(source, goal, crossing)
    else:
        able = view.in_order(view.able(current, source, goal, crossing) & ~(False if kept is None else kept))
    if len(able) < people:
        return None
    made = current.copy()
    made[able[:people]] = goal
    return made
