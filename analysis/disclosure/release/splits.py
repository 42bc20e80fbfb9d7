"""Parts of a group, such as its grades: the share below the required level, where parts and margins allow it.

Numbers of respondents are protected as a table of groups by parts whose margins are known; shares so that no hidden or
capped count of a part follows from its group's share, its siblings' and the same part's of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from obstacles.analysis.disclosure.cells import hidden_cells, hidden_groups, values_left
from obstacles.analysis.disclosure.figures import NO_SHARE, STEPS, Coarseness, Figures, Share, first_step
from obstacles.analysis.disclosure.group_figures import GroupFigures, view
from obstacles.analysis.disclosure.leaks import REACH, UNKNOWN, FeasibleRange, Kind, ProtectionPlan, over
from obstacles.analysis.disclosure.release.beside import parts_shown
from obstacles.analysis.disclosure.release.figures import GapRow, SplitRow
from obstacles.analysis.disclosure.release.groups import Batch
from obstacles.analysis.gaps.gap import groups_of

MOST_PARTS = 12  # a group column with more is not a split


def split_rows(
    batch: Batch, plans: list[ProtectionPlan], rows: dict[str, list[GapRow]]
) -> dict[str, Mapping[str, tuple[SplitRow, ...]]]:
    """Group -> column -> its parts."""
    found: dict[str, dict[str, tuple[SplitRow, ...]]] = {name: {} for name in batch.partition.names}
    for column in batch.study.settings.groups.split_by:
        if column == batch.staff.by or column not in batch.wave.respondents.columns:
            continue
        names, code = groups_of(batch.wave, column)
        if not 1 < len(names) <= MOST_PARTS:
            continue
        for name, parts in _Split(batch, names, code).rows(plans, rows).items():
            found[name][column] = parts
    return dict(found)


class _Split:
    """One column's parts of every group."""

    def __init__(self, batch: Batch, names: tuple[str, ...], code: np.ndarray) -> None:
        self.batch = batch
        self.names = names
        self.part = [code == s for s in range(len(names))]
        groups = batch.groups
        lines = [*groups.shown.values()]
        if groups.unreported:
            lines.append(np.any(list(groups.unreported.values()), axis=0))
        count = np.array([[int((line & part).sum()) for part in self.part] for line in lines] or np.zeros((0, 1)), int)
        self.gone = dict(zip(groups.shown, self._hidden(count), strict=False))
        total = count.sum(axis=0)
        blank = np.array([name == "" for name in names])
        self.gone[""] = hidden_groups(total, batch.minimum, complementary=batch.partition.complementary, forced=blank)
        self.gone[""] |= total < batch.minimum

    def _hidden(self, count: np.ndarray) -> np.ndarray:
        """(r, s) bool; people without an answer are no part, and are hidden like a small one."""
        blank = [s for s, name in enumerate(self.names) if name == ""]
        hidden = hidden_cells(count, self.batch.minimum, complementary=self.batch.partition.complementary)
        hidden[:, blank] = True
        return np.asarray(hidden | (count < self.batch.minimum))

    def rows(self, plans: list[ProtectionPlan], rows: dict[str, list[GapRow]]) -> dict[str, tuple[SplitRow, ...]]:
        q = len(plans)
        shares = []
        for j in range(q):
            own = {name: each[j] for name, each in rows.items()}
            shares.append(parts_shown(self.batch, j, own, self.part, self._shares(j, plans[j], own)))
        made: dict[str, tuple[SplitRow, ...]] = {}
        for name in self.batch.partition.names:
            inside, gone = self.batch.partition.inside(name), self.gone[name]
            if gone.all():
                made[name] = ()
                continue
            made[name] = tuple(
                SplitRow(
                    part,
                    None if gone[s] else int((inside & self.part[s]).sum()),
                    tuple(shares[j].get((name, s), NO_SHARE) for j in range(q)),
                )
                for s, part in enumerate(self.names)
                if part != "" and (inside & self.part[s]).any()
            )
        return made

    def _shares(self, j: int, plan: ProtectionPlan, rows: dict[str, GapRow]) -> dict[tuple[str, int], Share]:
        """(group, part) -> share of one capability; only those that are shown."""
        grid = _Grid(plan)
        for name in self.batch.partition.names:
            if rows[name].base is not None and rows[name].below.cap == "":  # else its parts would tell of it
                grid.cells[name] = {
                    s: _Cell(self._view(j, name, s), self._large(j, name, s), whole=name == "")
                    for s in range(len(self.part))
                }
        if self.batch.partition.complementary:
            grid.protect()
        return {(name, s): one.share for name, cells in grid.cells.items() for s, one in cells.items() if one.shown}

    def _large(self, j: int, name: str, s: int) -> bool:
        """Whether the part is shown, and enough of it answered on this capability."""
        known = self.batch.partition.inside(name) & self.part[s] & self.batch.staff.paired[:, j]
        return not self.gone[name][s] and int(known.sum()) >= self.batch.minimum

    def _view(self, j: int, name: str, s: int) -> GroupFigures | None:
        inside = self.batch.partition.inside(name) & self.part[s]
        if not (inside & self.batch.staff.paired[:, j]).any():
            return None
        return view(
            self.batch.staff,
            inside,
            j,
            measures=("below",),
            levels=False,
            capped=self.batch.partition.capped,
            level=self.batch.level,
            intervals=False,
        )


class _Cell:
    """One part of one group: its share, and how far its count can move unseen."""

    def __init__(self, view: GroupFigures | None, shown: bool, *, whole: bool) -> None:
        self.view = view
        self.shown = shown
        self.precision = Coarseness(step=first_step(len(view.current)) if whole and view is not None else 0)
        self._figures: Figures | None = None
        self._windows: dict[tuple[bool, Kind], FeasibleRange] = {}

    @property
    def figures(self) -> Figures:
        assert self.view is not None
        if self._figures is None:
            self._figures = self.view.figures(self.view.current, self.precision)
        return self._figures

    @property
    def share(self) -> Share:
        return NO_SHARE if self.view is None else self.figures.below

    @property
    def people(self) -> int:
        return 0 if self.view is None else len(self.view.current)

    def coarsen(self) -> None:
        more = self.precision.step + 1 < len(STEPS)
        step = self.precision.step + 1 if more else self.precision.step
        self.precision, self.shown = Coarseness(step=step, share=more), self.shown and more
        self._figures, self._windows = None, {}

    @property
    def open(self) -> bool:
        """Whether the count is not known: hidden, or capped."""
        return self.view is not None and (not self.shown or self.share.cap != "")

    def window(self, kind: Kind) -> FeasibleRange:
        """How far the count can move without a trace in the share."""
        return self._window(self.shown, kind)

    def _window(self, shown: bool, kind: Kind) -> FeasibleRange:
        one = self.view
        if one is None:
            return FeasibleRange(0, 0)
        if (shown, kind) not in self._windows:
            self._windows[shown, kind] = _reach(one, kind, self.share if shown else None, self.precision)
        return self._windows[shown, kind]

    def wanted(self, kinds: Iterable[Kind]) -> int:
        """Values that the count should be able to have; fewer where nobody could answer otherwise."""
        natural = max(self._window(False, kind).size for kind in kinds)
        return min(UNKNOWN, natural)


def _reach(view: GroupFigures, kind: Kind, shown: Share | None, precision: Coarseness) -> FeasibleRange:
    """How many people can move over the required level, either way, without a trace in a share; None = not shown."""
    first, second, _over = kind
    ends = []
    for source, goal, sign in ((second, first, 1), (first, second, -1)):
        moving = view.crossing(source, goal, REACH)
        unseen = np.array(
            [
                shown is None
                or view.share_alone(sign * (k + 1), sign * float(moving[: k + 1].sum()), precision) == shown
                for k in range(len(moving))
            ],
            bool,
        )
        ends.append(len(moving) if unseen.all() else int(np.argmin(unseen)))
    return FeasibleRange(-ends[0], ends[1])


class _Grid:
    """All groups by all parts of one column, for one capability; the whole is the group ""."""

    def __init__(self, plan: ProtectionPlan) -> None:
        self.plan = plan
        self.kinds = over(len(plan.whole.values))
        self.cells: dict[str, dict[int, _Cell]] = {}

    def protect(self) -> None:
        """Hide siblings, then show parts of the whole less finely, until no hidden or capped count follows."""
        for name, cells in self.cells.items():
            self._protect_line(name, cells)
        while True:
            blocked = {s for name in self.cells if name for s in self._blocked(name)}
            columns = [self.cells[""][s] for s in sorted(blocked) if "" in self.cells and self.cells[""][s].shown]
            if not columns:
                return
            for one in columns:
                one.coarsen()

    def _protect_line(self, name: str, cells: dict[int, _Cell]) -> None:
        """Hide the smallest siblings until no count of a part follows from its group's share and the other parts."""
        while True:
            unknown = [s for s, cell in cells.items() if cell.open]
            if not unknown:
                return
            left = np.max([self._left(name, kind, [cells[s] for s in unknown]) for kind in self.kinds], axis=0)
            failing = [s for s, n in zip(unknown, left, strict=True) if n < cells[s].wanted(self.kinds)]
            shown = [s for s, cell in cells.items() if cell.shown and not cell.open]
            if not failing or not shown:
                return
            cells[min(shown, key=lambda s: (cells[s].people, s))].shown = False

    def _left(self, name: str, kind: Kind, cells: list[_Cell]) -> np.ndarray:
        parent = self.plan.window(name, kind)
        low, high = (np.array([getattr(cell.window(kind), end) for cell in cells]) for end in ("low", "high"))
        return values_left(low, high, parent.low, parent.high)

    def _blocked(self, name: str) -> set[int]:
        """Parts of a group whose open counts the same parts of the whole would give away."""
        cells = self.cells[name]
        found = set()
        for s, cell in cells.items():
            if not cell.open:
                continue
            wanted = cell.wanted(self.kinds)
            if self._ways(name, s, columns=True) < min(wanted, self._ways(name, s, columns=False)):
                found |= {s, *(other for other, one in cells.items() if one.open)}
        return found

    def _ways(self, name: str, s: int, *, columns: bool) -> int:
        """Values that a count can have by moves that nothing shows; or nothing but the figures of its own group."""
        return max(
            1 + sum(self._unseen(name, s, kind, k, columns=columns) for k in range(-REACH, REACH + 1) if k)
            for kind in self.kinds
        )

    def _unseen(self, name: str, s: int, kind: Kind, k: int, *, columns: bool) -> bool:
        """Whether k people of a part can move: alone, against a sibling, or with both against another group's."""
        cells = self.cells[name]
        if not _holds(cells[s].window(kind), k):
            return False
        others = [cells for other, cells in self.cells.items() if other not in ("", name)]
        if _holds(self.plan.window(name, kind), k) and (
            not columns or self._column(s, kind, k) or any(_moves(cells, s, kind, -k) for cells in others)
        ):
            return True
        for sibling in cells:
            if sibling == s or not _moves(cells, sibling, kind, -k):
                continue
            if not columns or (self._column(s, kind, k) and self._column(sibling, kind, -k)):
                return True
            if any(_moves(other, s, kind, -k) and _moves(other, sibling, kind, k) for other in others):
                return True
        return False

    def _column(self, s: int, kind: Kind, k: int) -> bool:
        """Whether the part's share in the whole hides a move."""
        one = self.cells.get("", {}).get(s)
        return one is None or not one.shown or _holds(one.window(kind), k)


def _holds(one: FeasibleRange, k: int) -> bool:
    return one.low <= k <= one.high


def _moves(cells: dict[int, _Cell], s: int, kind: Kind, k: int) -> bool:
    return cells[s].open and _holds(cells[s].window(kind), k)
