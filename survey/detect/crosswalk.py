"""Items across waves: the same wording, nearly the same, or in some of the waves only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from obstacles.survey.detect.ids import shared_start, slug
from obstacles.survey.detect.waves import ALIKE, Round, alike, occurs
from obstacles.survey.studyfile.guess import FoundItem
from obstacles.survey.studyfile.proposal import ProposedItem
from obstacles.text.fold import fold
from obstacles.text.language import _, commas

STEM_ENDS = re.compile(r"(?:.*\S\s+[-–—|]\s+|.*[?？:：]\s*)", re.S)  # what may stand before the item in a label

STEM_IN_BRACKETS = re.compile(r".*\S\s*[(（[]", re.S)  # before items that stand in brackets: "Rank these (Time)"


def without_stem(one: Round) -> Round:
    """The wave with labels that begin with the question cut to the item: "Q5. What hinders you? - Time" is "Time"."""
    items = one.guess.items
    labels = [item.label for item in items]
    shared = labels[0][: shared_start(labels)] if len(labels) > 1 else ""
    bracket = len(shared) > 1 and shared[-1] in "(（[" and all(label.rstrip()[-1] in ")）]" for label in labels)
    match = STEM_IN_BRACKETS.fullmatch(shared) if bracket else STEM_ENDS.match(shared)
    if match is None or any(item.column is None for item in items) or any(len(text) == match.end() for text in labels):
        return one
    cut = tuple(replace(item, label=item.label[match.end() :].strip()) for item in items)
    if bracket:
        cut = tuple(replace(item, label=item.label[:-1].strip()) for item in cut)
    text = one.question.text or match[0].strip(" -–—|:：(（[")
    return replace(one, guess=replace(one.guess, items=cut), question=replace(one.question, text=text))


@dataclass
class _MatchedItem:
    """One item while it is matched."""

    label: str
    found: dict[str, FoundItem] = field(default_factory=dict)  # wave -> the item there
    likeness: float = 1.0  # of its wordings, the least


def match_items(rounds: Sequence[Round]) -> tuple[list[ProposedItem], list[str]]:
    """The items of the study, and remarks on what could not be matched."""
    masters: list[_MatchedItem] = []
    for one in rounds:
        _match(masters, one)
    for one in rounds:
        for master in masters:
            item = FoundItem(master.label)
            if one.id not in master.found and one.guess.used and occurs(one.guess, one.sheet, item):
                master.found[one.id] = item
    ids = [one.id for one in rounds]
    notes = []
    items: list[ProposedItem] = []
    taken: set[str] = set()
    labels: dict[str, int] = {}
    shared = _shared_words([master.label for master in masters])
    for master in masters:
        proposed, note = _proposed(master, ids, taken, labels, shared)
        items.append(proposed)
        taken.add(proposed.id)
        notes += [note] if note else []
    if masters and len(rounds) > 1 and not any(len(master.found) > 1 for master in masters):
        notes.append(
            _("no item of one wave has the wording of an item of another: where two are the same, give both one id")
        )
    return items, notes


def _match(masters: list[_MatchedItem], one: Round) -> None:
    """Put the items of a wave beside those of the waves before: the same wording first, then the most alike."""
    by_wording = {fold(item.label): master for master in masters for item in master.found.values()}
    rest: list[FoundItem] = []
    for item in one.guess.items:
        master = by_wording.get(fold(item.label))
        if master is not None and one.id not in master.found:
            master.found[one.id] = item
        else:
            rest.append(item)
    free = [master for master in masters if one.id not in master.found]
    pairs = sorted(
        ((alike(item.label, master.label), i, j) for i, item in enumerate(rest) for j, master in enumerate(free)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    placed: set[int] = set()
    for likeness, i, j in pairs:
        if likeness < ALIKE or i in placed or one.id in free[j].found:
            continue
        placed.add(i)
        free[j].found[one.id] = rest[i]
        free[j].likeness = min(free[j].likeness, likeness)
    masters += [_MatchedItem(item.label, {one.id: item}) for i, item in enumerate(rest) if i not in placed]


def _shared_words(labels: list[str]) -> int:
    """How many words all labels begin with, which say nothing in an id."""
    words = [label.split() for label in labels]
    shared = shared_start(words) if len(words) > 1 else 0
    return shared if all(len(one) > shared for one in words) else 0


def _proposed(
    master: _MatchedItem, ids: list[str], taken: set[str], labels: dict[str, int], shared: int
) -> tuple[ProposedItem, str]:
    places = [place for place, id in enumerate(ids) if id in master.found]
    first, last = places[0], places[-1]
    note = ""
    if last - first + 1 > len(places):  # since and until name one stretch of waves
        first = next(place for place in reversed(places) if place - 1 not in places)
        gone = commas(ids[place] for place in places if place < first)
        note = _('"{item}" was also asked in {waves}, which since and until cannot say').format(
            item=master.label[:60], waves=gone
        )
    kept = ids[first : last + 1]
    label = master.label
    labels[fold(label)] = labels.get(fold(label), 0) + 1
    if labels[fold(label)] > 1:
        label = f"{label} ({labels[fold(label)]})"
    since, until = (ids[first] if first > 0 else None), (ids[last] if last < len(ids) - 1 else None)
    found = {id: master.found[id] for id in kept}
    wordings = {id: item.label for id, item in found.items()}
    item = ProposedItem(
        id=slug(" ".join(master.label.split()[shared:]), taken, "item"),
        label=label,
        since=since,
        until=until,
        why=_("found in {waves} only").format(waves=commas(kept)) if since or until else "",
        columns={id: item.column for id, item in found.items() if item.column is not None},
        texts={id: _texts(item, label) for id, item in found.items() if _texts(item, label)},
        status="reworded" if master.likeness < 1 else "same",
        wordings=wordings,
    )
    return item, note


def _texts(item: FoundItem, label: str) -> tuple[str, ...]:
    """Cells that mean the item and are not its label."""
    cells = item.texts or ((item.label,) if item.column is None else ())
    return tuple(cell for cell in cells if fold(cell) != fold(label))
