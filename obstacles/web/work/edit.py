"""Answers written into study.toml: one value, and its mark taken away; every other byte stays.

tomlkit keeps comments and order. What is written is read again before it replaces the file: the data it holds must be
those meant, and the study file's own rules must hold (`read_study_file`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from obstacles.survey.studyfile.open_marks import MARKED
from obstacles.text.language import _
from obstacles.web.storage import HR, StudyFolder
from obstacles.web.work.marks import KeyPath
from obstacles.web.work.opened import not_for_hr, problem, without_cells
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.web.workers import Place

LARGEST, DEEPEST = 1_000_000, 20  # bytes and tables in each other of a text that is typed
ABSENT = object()


def confirm(text: str, line: int) -> str:
    """The text without the mark of the key on a line; the evidence stays, and says that a person has looked."""
    lines = text.splitlines(keepends=True)
    done = _("answered on the page")
    at = line - 1
    marked = MARKED.match(lines[at])
    if marked is not None:
        before, after = lines[at][: marked.end() - 2], lines[at][marked.end() :].rstrip("\r\n")
        end = lines[at][len(lines[at].rstrip("\r\n")) :]
        lines[at] = f"{before}#{after} ({done}){end}"
    above = at - 1
    while above >= 0 and lines[above].lstrip().startswith("#"):
        if lines[above].lstrip().startswith("#?"):
            lines[above] = lines[above].replace("#?", "#", 1)
            if above == at - 1 and marked is None:
                bare = lines[above].rstrip("\r\n")
                lines[above] = f"{bare} ({done}){lines[above][len(bare) :]}"
        above -= 1
    return "".join(lines)


def changed(text: str, values: Mapping[KeyPath, Any]) -> str:
    """The text with other values; `ABSENT` takes a key away.

    Raises
    ------
    RefusedError
        where the text that would come out does not hold what is meant.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        meant = deepcopy(document.unwrap())
        for path, value in values.items():
            _put(document, path, value)
            _put(meant, path, value)
        new = str(document.as_string())
        same = tomlkit.parse(new).unwrap() == meant
    except (TOMLKitError, KeyError, IndexError, TypeError, ValueError):
        same = False
    if not same:
        message = _("this cannot be written into the study file by a click. Write it there by hand.")
        raise RefusedError([problem("E-TOML-01", message)])
    return new


def _put(container: Any, path: KeyPath, value: Any) -> None:
    for place, part in enumerate(path[:-1]):
        if isinstance(part, str) and part not in container:
            container[part] = _new_table(container, lists=isinstance(path[place + 1], int))
        container = container[part]
    if value is not ABSENT:
        if type(container) not in (dict, list):
            value = _in_line(value, table=isinstance(path[-1], int))
        if isinstance(path[-1], int) and path[-1] >= len(container):
            container.append(value)
        else:
            container[path[-1]] = value
    elif isinstance(path[-1], int) or path[-1] in container:
        del container[path[-1]]


def _in_line(value: Any, *, table: bool = False) -> Any:
    """A value as it is written on one line; `table`: an entry of [[...]], whose own values are."""
    import tomlkit

    if isinstance(value, dict):
        made: Any = tomlkit.table() if table else tomlkit.inline_table()
        for key, one in value.items():
            made[key] = _in_line(one)
        return made
    if isinstance(value, list | tuple):
        listed = tomlkit.array()
        for one in value:
            listed.append(_in_line(one))
        return listed
    return value


def _new_table(container: Any, *, lists: bool) -> Any:
    if type(container) is dict:
        return [] if lists else {}
    import tomlkit

    return tomlkit.aot() if lists else tomlkit.table()


def check(place: Place, text: str) -> list[dict[str, Any]]:
    """What is wrong with a text that would be the study file; [] where it may be."""
    from obstacles.survey.problems import SurveyError
    from obstacles.survey.studyfile.read import read_study_file

    if len(text.encode()) > LARGEST or _deep(text):
        return [problem("E-TOML-01", _("the text is too long or too deep to be a study file."))]
    trial = place.folder / f".try-{os.urandom(4).hex()}"
    trial.mkdir(mode=0o700)
    try:
        (trial / "study.toml").write_text(text, encoding="utf-8")
        for beside in place.folder.iterdir():
            if beside.is_file() and beside.suffix != ".toml" and not beside.name.startswith("."):
                os.link(beside, trial / beside.name)
        if (place.folder / "data").is_dir():
            os.symlink(place.folder / "data", trial / "data")
        read_study_file(trial / "study.toml")
        _refuse_names(text)
    except SurveyError as error:
        return [without_cells(place, one.to_dict()) for one in error.problems]
    except RefusedError as error:
        return error.problems
    finally:
        for name in ("study.toml", "data", *(path.name for path in trial.iterdir())):
            if os.path.lexists(trial / name):
                (trial / name).unlink()
        trial.rmdir()
    return []


def _deep(text: str) -> bool:
    depth = deepest = 0
    for letter in re.sub(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*', "", text):
        depth += (letter in "[{") - (letter in "]}")
        deepest = max(deepest, depth)
    return deepest > DEEPEST or re.search(rf"(?:[\w-]+\s*\.\s*){{{DEEPEST}}}", text) is not None


def _refuse_names(text: str) -> None:
    """No file outside of the study's folder is named, whatever key names it."""
    for name in re.findall(r"""\b(?:file|codebook)\s*=\s*["']([^"']*)["']""", text):
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or re.match(r"[A-Za-z]:", name):
            message = _("a study on this page names files of its own folder only: no other folder, and no ..")
            raise RefusedError([problem("E-FILE-01", message)])


def save(place: Place, was: str, text: str) -> dict[str, Any]:
    """Make a text the study file, if it may be and nobody wrote it since; says what it is now."""
    folder = StudyFolder(place.folder)
    if was != folder.was:
        raise RefusedError([problem("CONFLICT", _("The study file was changed elsewhere since this page was made."))])
    if problems := check(place, text) + loosened(place, text):
        raise RefusedError(problems)
    folder.write(text)
    return {"was": sha256(text.encode()).hexdigest()[:12]}


def loosened(place: Place, text: str) -> list[dict[str, Any]]:
    """The rule that published files were made by does not get looser; a damaged register is said elsewhere."""
    import tomlkit

    if place.mode == HR and (refused := not_for_hr(text)):
        return refused
    before = read_settings(place)
    if before is None or not [*place.folder.glob("*.register"), *place.folder.glob("*.lock")]:
        return []
    wanted = tomlkit.parse(text).unwrap().get("privacy", {}).get("min_group", 10)
    if isinstance(wanted, int) and wanted < before.privacy.min_group:
        message = _("Files were published with groups of at least {n} people; this number can only go up.")
        return [problem("E-LOCK-01", message.format(n=before.privacy.min_group))]
    return []


def read_settings(place: Place) -> Any:
    """The settings as they stand; None where the study file cannot be read."""
    from obstacles.survey.problems import SurveyError
    from obstacles.survey.studyfile.read import read_study_file

    try:
        return read_study_file(place.folder / "study.toml")
    except SurveyError:
        return None


def readable(place: Place) -> str:
    """The text of a study file that can be read; raises RefusedError with what is wrong with it."""
    from obstacles.survey.problems import SurveyError
    from obstacles.survey.studyfile.read import read_study_file

    try:
        read_study_file(place.folder / "study.toml")
    except SurveyError as error:
        raise RefusedError([without_cells(place, one.to_dict()) for one in error.problems]) from None
    return StudyFolder(place.folder).text


def answer(place: Place, was: str, values: Sequence[tuple[KeyPath, Any]], lines: Sequence[int] = ()) -> dict[str, Any]:
    """Write values, and take away the marks of lines."""
    text = StudyFolder(place.folder).text
    for line in lines:
        text = confirm(text, line)
    return save(place, was, changed(text, dict(values)) if values else text)
