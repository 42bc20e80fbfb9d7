"""What two or more waves have in common, and what stops their levels from being compared.

Items are joined by id and by the crosswalk of the study file; only those that every wave asked in the same words are
compared. Levels are compared where the form of the question, the base, the routing and the mode agree and no break is
stated: elsewhere only the order is. Nothing here links waves by a factor guessed from the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from obstacles.analysis.change.level_breaks import LevelBreak, level_breaks
from obstacles.analysis.change.offered import same_offered
from obstacles.analysis.kinds import form_of, kind_of
from obstacles.analysis.kinds.base import Form
from obstacles.analysis.subpopulation import ComparisonError
from obstacles.analysis.terms import ItemFate
from obstacles.survey.answers import Published, Rankings
from obstacles.survey.question import Item
from obstacles.survey.settings import Comparison, Crosswalk
from obstacles.survey.study import Study, Wave
from obstacles.text.language import N_, _, commas, label, semicolons

LEAVES_OUT: tuple[ItemFate, ...] = ("reworded", "split", "new", "dropped")

STATUSES: dict[ItemFate, str] = {  # status -> its text
    "same": N_("same"),
    "merged": N_("merged"),
    "reworded": N_("reworded"),
    "split": N_("split"),
    "new": N_("new"),
    "dropped": N_("dropped"),
    "partly": N_("partly"),
}


@dataclass(frozen=True)
class ItemStatus:
    """What became of an item over the waves."""

    item: Item
    status: ItemFate  # "partly": not asked in every wave
    compared: bool
    reason: str  # why it is not compared, or what was merged; "" where there is nothing to say


@dataclass(frozen=True)
class Comparability:
    """Items and places that all waves share, and the breaks between each two of them."""

    waves: tuple[str, ...]
    items: tuple[Item, ...]  # compared, in the order of the study
    statuses: tuple[ItemStatus, ...]  # of every item of any of the waves
    sources: tuple[tuple[tuple[int, ...], ...], ...]  # wave -> compared item -> columns of the wave's answers
    depth: int | None  # places of rankings that are used; None where answers have none
    forms: tuple[Form, ...]
    breaks: dict[tuple[int, int], tuple[LevelBreak, ...]]  # positions of two waves -> what lies between them
    notes: tuple[str, ...]

    def between(self, first: int, second: int) -> tuple[LevelBreak, ...]:
        return self.breaks.get((min(first, second), max(first, second)), ())

    def to_dict(self) -> dict[str, Any]:
        return {
            "items": [
                {
                    "id": status.item.id,
                    "label": status.item.name,
                    "status": status.status,
                    "compared": status.compared,
                    "reason": status.reason or None,
                }
                for status in self.statuses
            ],
            "places_used": self.depth,
            "forms": [form.text for form in self.forms],
            "breaks": [
                {
                    "between": [self.waves[i], self.waves[j]],
                    "kind": cut.kind,
                    "reason": cut.reason,
                    "items": list(cut.items) or None,
                }
                for (i, j), cuts in sorted(self.breaks.items())
                for cut in cuts
            ],
        }

    def level_items(self, first: int, second: int) -> np.ndarray:
        """(m,) bool: items whose levels may be compared between two waves."""
        found = np.ones(len(self.items), bool)
        for cut in self.between(first, second):
            found &= np.array([bool(cut.items) and item.id not in cut.items for item in self.items])
        return found


def comparability(
    study: Study,
    waves: Sequence[Wave],
    stated: Comparison | None,
    inside: Sequence[np.ndarray],
    *,
    groups: bool = False,
) -> Comparability:
    """Hold waves side by side.

    Parameters
    ----------
    stated : Comparison, optional
        The [[comparison]] of the study file.
    inside : sequence of (n,) bool arrays
        The respondents of each wave who are compared.
    groups : bool
        The sides are groups of one wave.

    Raises
    ------
    ComparisonError
        When fewer than two items are left to compare.
    """
    place = {wave.id: position for position, wave in enumerate(study.waves)}
    order = [place[wave.id] for wave in waves]
    walks = [walk for walk in (stated.crosswalk if stated else ()) if _lies_within(walk, place, order)]
    names = [_joint_names(wave, walks, place) for wave in waves]
    asked = [_asked(wave, mask, own) for wave, mask, own in zip(waves, inside, names, strict=True)]
    statuses = _statuses(study, waves, walks, asked, groups)
    items = tuple(status.item for status in statuses if status.compared)
    if len(items) < 2:
        left = commas(
            _("{name} ({value})").format(name=status.item.name, value=_(STATUSES[status.status]))
            for status in statuses
            if not status.compared
        )
        message = _(
            "fewer than two items are the same in every wave, so there is no order to compare. Left out: {items}."
        )
        raise ComparisonError(message.format(items=left or "-"))
    sources = tuple(tuple(tuple(own.get(item.id, ())) for item in items) for own in asked)
    allowed, depth = _depth(waves, inside, asked, sources)
    forms = tuple(form_of(wave) for wave in waves)

    def offered(*sides: int) -> bool:
        ids = [item.id for item in items]
        return same_offered([waves[i] for i in sides], [inside[i] for i in sides], [asked[i] for i in sides], ids)

    return Comparability(
        waves=tuple(wave.id for wave in waves),
        items=items,
        statuses=statuses,
        sources=sources,
        depth=None if depth is None else max(depth, 1),
        forms=forms,
        breaks=level_breaks(waves, order, place, forms, stated, places=depth is None or depth >= 1, offered=offered),
        notes=(*_depth_note(waves, allowed, depth), *_wording_note(waves)),
    )


# ---------- items -----------------------------------------------------------------------------------------------


def _lies_within(walk: Crosswalk, place: dict[str, int], order: Sequence[int]) -> bool:
    """Whether some compared wave lies on either side of a change of the crosswalk."""
    return min(order) <= place[walk.from_.wave] and place[walk.to.wave] <= max(order)


def _joint_names(wave: Wave, walks: Sequence[Crosswalk], place: dict[str, int]) -> dict[str, str]:
    """Item id in the wave -> the id by which all waves know it: that of the latest wave."""
    joint = {item.id: item.id for item in wave.items}
    for walk in sorted(walks, key=lambda walk: place[walk.from_.wave]):
        if walk.status in ("same", "merged") and place[wave.id] <= place[walk.from_.wave]:
            joint = {own: walk.to.items[0] if name in walk.from_.items else name for own, name in joint.items()}
    return joint


def _asked(wave: Wave, inside: np.ndarray, joint: dict[str, str]) -> dict[str, list[int]]:
    """Joint id -> columns of the answers, for items that somebody among the compared was offered."""
    answers = wave.answers
    there = np.ones(len(answers.items), bool)
    if isinstance(answers, Rankings):
        there = answers.offered[inside[answers.respondent]].any(axis=0)
    elif isinstance(answers, Published):
        there = ~np.isnan(answers.share)
    found: dict[str, list[int]] = {}
    for column in np.flatnonzero(there).tolist():
        found.setdefault(joint[answers.items[column].id], []).append(column)
    return found


def _statuses(
    study: Study,
    waves: Sequence[Wave],
    walks: Sequence[Crosswalk],
    asked: Sequence[dict[str, list[int]]],
    groups: bool,
) -> tuple[ItemStatus, ...]:
    known = {item.id: item for item in (*(item for wave in waves for item in wave.items), *study.items)}
    position = {item.id: i for i, item in enumerate(study.items)}
    ids = sorted({id for own in asked for id in own}, key=lambda id: position.get(id, len(position)))
    changed = {id: walk for walk in walks if walk.status in LEAVES_OUT for id in (*walk.from_.items, *walk.to.items)}
    if groups:
        reason = _("not asked of every group")
        everywhere = {id: all(id in own for own in asked) for id in ids}
        return tuple(
            ItemStatus(known[id], "same" if all_groups else "partly", all_groups, "" if all_groups else reason)
            for id, all_groups in everywhere.items()
        )
    return tuple(_status(known[id], waves, asked, changed.get(id)) for id in ids)


def _status(
    item: Item, waves: Sequence[Wave], asked: Sequence[dict[str, list[int]]], walk: Crosswalk | None
) -> ItemStatus:
    there = [item.id in own for own in asked]
    if walk is not None and walk.status in ("reworded", "split"):
        reason = _("{status} between waves {first} and {second}").format(
            status=_(STATUSES[walk.status]),
            first=walk.from_.wave,
            second=walk.to.wave,
        )
        return ItemStatus(item, walk.status, False, reason)
    if not all(there) or walk is not None:
        first, last = there.index(True), len(there) - 1 - there[::-1].index(True)
        if (walk is not None and walk.status == "new") or (there[-1] and not there[0] and all(there[first:])):
            return ItemStatus(item, "new", False, _("first asked in wave {wave}").format(wave=waves[first].id))
        if walk is not None or (there[0] and all(there[: last + 1])):
            return ItemStatus(item, "dropped", False, _("last asked in wave {wave}").format(wave=waves[last].id))
        return ItemStatus(item, "partly", False, _("not asked in every wave"))
    joined = [wave for wave, own in zip(waves, asked, strict=True) if len(own[item.id]) > 1]
    if not joined:
        return ItemStatus(item, "same", True, "")
    names = commas(joined[0].items[column].name for column in asked[waves.index(joined[0])][item.id])
    if all(_can_merge(wave) for wave in joined):
        return ItemStatus(item, "merged", True, _("wave {wave}: {items}").format(wave=joined[0].id, items=names))
    reason = _("merged from {items}, whose separate answers do not give the answer to both").format(items=names)
    return ItemStatus(item, "merged", False, reason)


def _can_merge(wave: Wave) -> bool:
    """Whether answers to two items say what the answer to the two as one would have been."""
    if isinstance(wave.answers, Published):
        return not wave.answers.several_answers
    return isinstance(wave.answers, Rankings) and wave.question.format != "pairs"


# ---------- places ----------------------------------------------------------------------------------------------


def _depth(
    waves: Sequence[Wave],
    inside: Sequence[np.ndarray],
    asked: Sequence[dict[str, list[int]]],
    sources: Sequence[tuple[tuple[int, ...], ...]],
) -> tuple[list[int | None], int | None]:
    """Places that each wave allowed, and how many of them every wave is sure to fill with compared items.

    An item that is left out may have taken one of the places, and of items that are merged all but one.
    """
    allowed: list[int | None] = []
    left: list[int] = []
    for wave, own, used in zip(waves, asked, sources, strict=True):
        answers = wave.answers
        if kind_of(answers, wave.question).name != "rankings" or not isinstance(answers, Rankings):
            allowed.append(None)
            continue
        offered = sum(len(columns) for columns in own.values())
        places = min(wave.question.k or offered, offered)
        allowed.append(places)
        gone = offered - len(used)
        left.append(min(places - gone if places < offered else len(used), len(used)))
    return allowed, min(left) if left else None


def _depth_note(waves: Sequence[Wave], allowed: Sequence[int | None], depth: int | None) -> tuple[str, ...]:
    if depth is None:
        return ()
    listed = commas(
        _("wave {wave}: {places}").format(wave=wave.id, places=places)
        for wave, places in zip(waves, allowed, strict=True)
        if places is not None
    )
    if depth < 1:
        return (
            _("Items that are left out may have filled every place that was asked for ({places}).").format(
                places=listed
            ),
        )
    if len(set(allowed)) == 1 and depth == allowed[0]:
        return ()
    note = _(
        "Answers are ranked again among the compared items, and the first {depth} places are used (asked: {places})."
    )
    return (note.format(depth=depth, places=listed),)


def _wording_note(waves: Sequence[Wave]) -> tuple[str, ...]:
    """The wording of the question, where it is known to differ."""
    texts = {wave.id: label(wave.question.text) for wave in waves}
    if len({text for text in texts.values() if text}) < 2:
        return ()
    listed = semicolons(_("wave {wave} “{text}”").format(wave=wave, text=text) for wave, text in texts.items() if text)
    return (_("The wording of the question differs: {texts}.").format(texts=listed),)
