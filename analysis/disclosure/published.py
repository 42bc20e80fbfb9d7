"""What a file shows of groups, and whether held against what was published it isolates few people.

A cell is a set of respondents of whom figures or numbers are shown: everybody, a group, a part of a group. Earlier
publications are cells of the same people by other columns, rules, versions of the data or names; so all of them and the
new ones are one system of sums, and `linked` says whom it isolates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from obstacles.analysis.disclosure.linked import atoms, exposed
from obstacles.analysis.disclosure.release.columns import masks_of
from obstacles.analysis.disclosure.release.figures import Gaps
from obstacles.survey.loading.register import Person, Publication
from obstacles.survey.study import Wave


def cells_of_groups(wave: Wave, shown: Mapping[str, Iterable[str]]) -> list[np.ndarray]:
    """(n,) respondents of everybody and of each group that a report of a wave shows."""
    masks = {column: masks_of(wave, column) for column in shown}
    groups = [masks[column][name] for column, names in shown.items() for name in sorted(names)]
    return [np.ones(len(wave.respondents), bool), *groups]


def cells_of_gaps(found: Gaps, wave: Wave) -> list[np.ndarray]:
    """(n,) respondents of everybody, of each group with a report, and of the parts shown of them."""
    own = {} if found.by is None else masks_of(wave, found.by)
    cells = []
    for one in (found.whole, *found.groups):
        inside = np.ones(len(wave.respondents), bool)
        if one.name or one.members:
            inside = np.any([own[name] for name in one.members or (one.name,)], axis=0)
        cells.append(inside)
        for column, parts in one.splits.items():
            masks = masks_of(wave, column)
            cells += [inside & masks[part.name] for part in parts if part.respondents is not None]
    if found.specialists is not None and found.specialists.sides:
        masks = masks_of(wave, found.specialists.group)
        special = np.any([masks[name] for name in found.specialists.values if name in masks], axis=0)
        cells += [special, ~special]
    return cells


def isolates(before: Sequence[Publication], new: Publication, minimum: int) -> bool:
    """Whether a new publication beside earlier ones isolates fewer than `minimum` people whom neither alone does."""
    linked = [one for one in before if one.instrument == new.instrument or _ids(one) & _ids(new)]
    if not linked:
        return False
    publications = [*linked, new]
    place = {person: i for i, person in enumerate(dict.fromkeys(_people(publications)))}
    cells = []
    for one, names in zip(publications, _names(publications), strict=True):
        table = np.zeros((len(place), one.cells), bool)
        for name, (_person, inside) in zip(names, one.people, strict=True):
            table[place[name], list(inside)] = True
        cells += list(table.T)
    member, code = atoms(cells)
    count = np.bincount(code, minlength=len(member))
    own = np.arange(len(cells)) >= len(cells) - new.cells
    among = np.asarray(member.any(axis=1))
    for found in exposed(member, count, minimum, among=among):
        atom = np.arange(len(member)) == found.atom
        alone = any(next(exposed(member[:, part], count, minimum, among=atom), None) for part in (own, ~own))
        if not alone:
            return True
    return False


def _ids(one: Publication) -> set[str]:
    return {person.id for person, _cells in one.people}


def _people(publications: Sequence[Publication]) -> Iterator[str]:
    for names in _names(publications):
        yield from names


def _names(publications: Sequence[Publication]) -> list[list[str]]:
    """Who each person of each publication is: somebody whose answers changed is two."""
    said: dict[tuple[str, str], set[str]] = {}
    for one in publications:
        for person, _cells in one.people:
            said.setdefault((one.instrument, person.id), set()).add(person.answers)
    changed = {id for (_instrument, id), answers in said.items() if len(answers) > 1}

    def name(person: Person) -> str:
        return f"{person.id}.{person.answers}" if person.id in changed else person.id

    return [[name(person) for person, _cells in one.people] for one in publications]
