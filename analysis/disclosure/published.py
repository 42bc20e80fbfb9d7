"""What a file shows of groups, and whether held against what was published it isolates few people.

A cell is a set of respondents of whom figures or numbers are shown: everybody, a group, a part of a group. Earlier
publications are cells of the same people by other columns, rules, versions of the data or names; so all of them and the
new ones are one system of sums, and `linked` says whom it isolates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from obstacles.analysis.disclosure.linked import atoms, exposed, hidden_linked
from obstacles.analysis.disclosure.release.figures import Gaps
from obstacles.analysis.disclosure.release.groups import hidden_names
from obstacles.analysis.gaps.gap import groups_of
from obstacles.survey.loading.register import Person, Publication
from obstacles.survey.study import Study, Wave


def group_columns(study: Study, wave: Wave) -> list[str]:
    """The columns of a wave that the study names as groups, that of its reports first; all where it names none."""
    known = [name for name in wave.respondents.columns if name != "id"]
    stated = {*wave.settings.columns, *study.settings.groups.split_by}
    first = study.settings.groups.report_by
    named = [name for name in known if not stated or name in stated or name == first]
    return sorted(named, key=lambda name: name != first)


def shown_groups(study: Study, wave: Wave) -> dict[str, frozenset[str]]:
    """Column -> groups of it that may be shown beside those of all other columns of the wave."""
    columns = {column: _masks(wave, column) for column in group_columns(study, wave)}
    shown = {column: frozenset(masks) - hidden_names(study, column) for column, masks in columns.items()}
    privacy = study.settings.privacy
    return hidden_linked(columns, shown, privacy.min_group, complementary=privacy.complementary)


def _masks(wave: Wave, column: str) -> dict[str, np.ndarray]:
    names, code = groups_of(wave, column)
    masks = {name: code == i for i, name in enumerate(names)}
    return {name: inside for name, inside in masks.items() if inside.any()}


def cells_of_groups(wave: Wave, shown: Mapping[str, Iterable[str]]) -> list[np.ndarray]:
    """(n,) respondents of everybody and of each group that a report of a wave shows."""
    masks = {column: _masks(wave, column) for column in shown}
    groups = [masks[column][name] for column, names in shown.items() for name in sorted(names)]
    return [np.ones(len(wave.respondents), bool), *groups]


def cells_of_gaps(found: Gaps, wave: Wave) -> list[np.ndarray]:
    """(n,) respondents of everybody, of each group with a report, and of the parts shown of them."""
    own = {} if found.by is None else _masks(wave, found.by)
    cells = []
    for one in (found.whole, *found.groups):
        inside = np.ones(len(wave.respondents), bool)
        if one.name or one.members:
            inside = np.any([own[name] for name in one.members or (one.name,)], axis=0)
        cells.append(inside)
        for column, parts in one.splits.items():
            masks = _masks(wave, column)
            cells += [inside & masks[part.name] for part in parts if part.respondents is not None]
    if found.specialists is not None and found.specialists.sides:
        masks = _masks(wave, found.specialists.group)
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
