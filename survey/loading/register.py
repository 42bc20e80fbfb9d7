"""What was published of a study: who was in every cell that was shown, as keyed digests, and by which rules.

Files that are handed out can be held against earlier ones, whatever the study file, its data or its groups are called
by then. So the register knows people by their ids, or by their answers where there are none, and keeps no names and no
answers: only digests under a key of its own (BLAKE2b). It lies beside the study file, for all study files of that
folder, is readable to its owner alone, and is sealed: one that was damaged is refused, never taken for an empty one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np

from obstacles.survey.problems import Problem, SurveyError, refusal
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Study, Wave
from obstacles.text.language import _, commas

RULES = ("min_group", "complementary", "cap_extremes", "merge_small_into")  # of [privacy]
CHANGED, OTHER_RULES, DAMAGED = "W-LOCK-01", "W-LOCK-02", "W-LOCK-03"
LOOSER_RULES, UNREADABLE, NOT_KEPT = "E-LOCK-01", "E-LOCK-03", "E-LOCK-04"
NAME = "obstacles.register"
SIZE = 12  # bytes of a digest


@dataclass(frozen=True)
class Person:
    """One respondent of a publication."""

    id: str  # digest of who they are
    answers: str  # digest of what they said


@dataclass(frozen=True)
class Publication:
    """The cells of one wave that one command showed."""

    what: str  # kind of report
    wave: str
    instrument: str  # digest of items and capabilities
    rules: Mapping[str, bool | int | str | None]
    cells: int
    people: tuple[tuple[Person, tuple[int, ...]], ...]  # everybody, and the cells that each is in


@dataclass(frozen=True)
class Register:
    """All that was published from one folder."""

    key: str
    publications: tuple[Publication, ...] = ()


def register_path(study: Path) -> Path:
    """The register of a study file."""
    return study.with_name(NAME)


def rules_of(settings: StudySettings) -> dict[str, bool | int | str | None]:
    """The rules of [privacy] that decide what is shown."""
    return {name: getattr(settings.privacy, name) for name in RULES}


# ---------- people ----------------------------------------------------------------------------------------------


def publication(what: str, settings: StudySettings, wave: Wave, cells: Sequence[np.ndarray], key: str) -> Publication:
    """What showing `cells`, each an (n,) bool array over the respondents of a wave, would add to a register."""
    people = persons(wave, key)
    inside = np.column_stack(cells) if cells else np.zeros((len(people), 0), bool)
    placed = [(one, tuple(np.flatnonzero(row).tolist())) for one, row in zip(people, inside, strict=True)]
    return Publication(what, wave.id, _instrument(wave, key), rules_of(settings), len(cells), _in_order(placed))


def _in_order(people: Iterable[tuple[Person, tuple[int, ...]]]) -> tuple[tuple[Person, tuple[int, ...]], ...]:
    return tuple(sorted(people, key=lambda pair: (pair[0].id, pair[0].answers, pair[1])))


def persons(wave: Wave, key: str) -> list[Person]:
    """The respondents of a wave, in its order; where there are no ids they are known by what they answered."""
    said = [_digest(key, "answers", text) for text in _answers(wave)]
    if wave.settings.id_column is not None:
        return [Person(_digest(key, "id", str(id)), own) for id, own in zip(wave.respondents["id"], said, strict=True)]
    seen: dict[str, int] = {}
    found = []
    for own in said:
        seen[own] = seen.get(own, 0) + 1
        found.append(Person(_digest(key, "row", f"{own}/{seen[own]}"), own))
    return found


def _answers(wave: Wave) -> list[str]:
    """What each respondent said of obstacles and capabilities, as one text."""
    n = len(wave.respondents)
    texts = [""] * n
    for answers in (wave.answers, wave.capability):
        if answers is None:
            continue
        row = getattr(answers, "respondent", np.arange(n))
        table = [
            np.asarray(value, float).reshape(len(row), -1)
            for one in fields(answers)
            if isinstance(value := getattr(answers, one.name), np.ndarray)
            and one.name != "respondent"
            and len(value) == len(row)
        ]
        if not len(row) or not table:
            continue
        for place, line in zip(row.tolist(), np.nan_to_num(np.hstack(table), nan=-9e9), strict=True):
            texts[place] += line.tobytes().hex() + ";"
    return texts


def _instrument(wave: Wave, key: str) -> str:
    capabilities = [item.id for item in wave.capability.items] if wave.capability is not None else []
    return _digest(key, "instrument", json.dumps([[item.id for item in wave.items], capabilities]))


def _digest(key: str, what: str, text: str) -> str:
    """A keyed digest: without the key nobody can try ids."""
    return blake2b(f"{what}\0{text}".encode(), key=bytes.fromhex(key), digest_size=SIZE).hexdigest()


# ---------- the file --------------------------------------------------------------------------------------------


def read_register(path: Path) -> Register | None:
    """The register at `path`; None where there is none. Raises ValueError where it is damaged."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        key, listed, seal = (record[name] for name in ("key", "publications", "seal"))
        if _seal(key, listed) != seal:
            raise ValueError(_("it was changed by hand or cut off"))
        return Register(key, tuple(_publication(one) for one in listed))
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(_("it has no publications and no seal")) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None


def _seal(key: str, listed: object) -> str:
    return _digest(key, "seal", json.dumps(listed, sort_keys=True))


def _publication(record: dict[str, Any]) -> Publication:
    placed = [(Person(*one.split(".")), tuple(part["cells"])) for part in record["sets"] for one in part["people"]]
    what, wave, instrument, rules = (record[name] for name in ("what", "wave", "instrument", "privacy"))
    return Publication(what, wave, instrument, rules, record["cells"], _in_order(placed))


def register_text(register: Register) -> str:
    """The register as JSON: people by the cells that they are in."""
    listed = []
    for one in register.publications:
        sets: dict[tuple[int, ...], list[str]] = {}
        for person, cells in one.people:
            sets.setdefault(cells, []).append(f"{person.id}.{person.answers}")
        parts = [{"cells": list(cells), "people": people} for cells, people in sorted(sets.items())]
        record = {"what": one.what, "wave": one.wave, "instrument": one.instrument, "privacy": dict(one.rules)}
        listed.append(record | {"cells": one.cells, "sets": parts})
    whole = {"schema": 1, "key": register.key, "publications": listed, "seal": _seal(register.key, listed)}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


@contextmanager
def kept_register(study: Path, *, anew: bool = False, inputs: Sequence[Path] = ()) -> Iterator[list[Register]]:
    """The register of a study file, alone: what the list holds at the end of the block is written.

    Parameters
    ----------
    anew : bool
        Whether what was published before is set aside: the old file is kept as obstacles.register.old, or as .old2 and
        on where there is one.
    inputs : sequence of paths
        Files that the study is read from; none of them can be the register.

    Raises
    ------
    SurveyError
        Where it is damaged and not begun anew, or cannot be written.
    """
    path = register_path(study)
    if any(path.exists() and one.exists() and path.samefile(one) for one in inputs):
        message = _(
            "the study is read from this file, and the register of what was published has this name. Give the file "
            "another name, here and in the study file."
        )
        raise refusal(NOT_KEPT, message, path.name)
    with _alone(path.parent):
        try:
            found = None if anew else read_register(path)
        except ValueError as error:
            message = _(
                "the register of what was published cannot be read ({reason}), so nobody can tell what new files would "
                "give away. Restore it; or, where the old files are gone, begin again with --new-register; or make a "
                "draft for yourself with --draft."
            )
            raise refusal(UNREADABLE, message.format(reason=error), path.name, exit_code=3) from None
        before = Register(token_hex(32)) if found is None else found
        kept = [before]
        yield kept
        if kept[0] != found:
            try:
                if anew and path.exists():
                    os.replace(path, _free(path))
                _write(path, register_text(kept[0]))
            except OSError as error:
                message = _(
                    "the register of what was published cannot be written ({reason}), so later files could not be held "
                    "against these. Make its folder writable, or make a draft for yourself with --draft."
                )
                raise refusal(NOT_KEPT, message.format(reason=error.strerror or error), path.name) from None


def _free(path: Path) -> Path:
    """Where an old register is kept: over nothing."""
    names = (path.with_name(f"{NAME}.old{i if i > 1 else ''}") for i in count(1))
    return next(name for name in names if not os.path.lexists(name))


def _write(path: Path, text: str) -> None:
    """Write the file whole, readable to its owner alone."""
    part = path.with_name(f".{token_hex(8)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time; where the system has no such locks, none."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# ---------- rules -----------------------------------------------------------------------------------------------


def register_problems(path: Path, settings: StudySettings, waves: Sequence[Wave]) -> list[Problem]:
    """What changed since files were handed out; `path` is the study file."""
    file = register_path(path)
    try:
        register = read_register(file)
    except ValueError as error:
        message = _("the register of what was published cannot be read ({reason}): nobody can tell what was published.")
        return [Problem("warning", DAMAGED, message.format(reason=error), file=file.name)]
    if register is None:
        return []
    found = []
    for wave in _changed_waves(register, waves):
        message = _(
            "the answers changed since files were made of them for others: held against the old ones, new files "
            "can tell what was added or taken away, and are refused where few people are concerned."
        )
        found.append(Problem("warning", CHANGED, message, file=wave.receipt.file))
    changed = dict.fromkeys(text for wave in waves for text in _changed(_about(register, wave), rules_of(settings)))
    if changed:
        message = _("files for others were made with other rules of [privacy]: {changes}.")
        found.append(Problem("warning", OTHER_RULES, message.format(changes=commas(list(changed))), file=path.name))
    return found


def _changed_waves(register: Register, waves: Sequence[Wave]) -> list[Wave]:
    """Waves whose people a publication has, where none of the waves has exactly its people and answers."""
    now = [{(one.id, one.answers) for one in persons(wave, register.key)} for wave in waves]
    found: dict[int, None] = {}
    for each in register.publications:
        before = {(one.id, one.answers) for one, _cells in each.people}
        shared = [len({id for id, _answers in own} & {id for id, _answers in before}) for own in now]
        if before not in now and any(shared):
            found[int(np.argmax(shared))] = None
    return [waves[place] for place in sorted(found)]


def refuse_looser(study: Study, register: Register | None = None) -> None:
    """Raise a SurveyError (exit code 3) where new files would show what published ones hide."""
    if register is None:
        try:
            register = read_register(register_path(study.path))
        except ValueError:
            return
    if register is None:
        return
    before = [one for wave in study.waves for one in _about(register, wave)]
    looser = [one for one in before if _looser(one.rules, study.settings)]
    if not looser:
        return
    message = _(
        "files were published with stricter rules ({changes}): held against them, these would tell what is hidden "
        "there. Restore the rules; or withdraw the files and begin again with --new-register; or make a draft for "
        "yourself with --draft."
    )
    text = message.format(changes=commas(list(dict.fromkeys(_changed(looser, rules_of(study.settings))))))
    raise refusal(LOOSER_RULES, text, study.path.name, exit_code=3)


def added(register: Register, new: Publication) -> Register:
    """The register with one publication more; the same one is not kept twice."""
    known = any(replace(one, what=new.what) == new for one in register.publications)
    return register if known else replace(register, publications=(*register.publications, new))


def _about(register: Register, wave: Wave) -> list[Publication]:
    return [one for one in register.publications if _shares_people(one, wave, register.key)]


def _shares_people(one: Publication, wave: Wave, key: str) -> bool:
    before = {person.id for person, _cells in one.people}
    return any(person.id in before for person in persons(wave, key))


def _changed(before: Sequence[Publication], now: Mapping[str, bool | int | str | None]) -> list[str]:
    """ "min_group 10, now 5"."""
    return [
        _("{rule} {before}, now {now}").format(rule=name, before=_said(one.rules[name]), now=_said(value))
        for one in before
        for name, value in now.items()
        if name in one.rules and one.rules[name] != value
    ]


def _said(value: object) -> str:
    return _("none") if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _looser(rules: Mapping[str, bool | int | str | None], settings: StudySettings) -> bool:
    """Whether smaller groups are shown than before, or protection was switched off."""
    privacy = settings.privacy
    smallest = rules.get("min_group")
    off = [name for name in ("complementary", "cap_extremes") if rules.get(name) and not getattr(privacy, name)]
    return bool(off) or (isinstance(smallest, int) and privacy.min_group < smallest)


__all__ = ["SurveyError"]
