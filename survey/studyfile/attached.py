"""The study file as it is attached to reports: without contact, folders and aliases, which readers have no use for.

Comments go, too: nobody can tell what they say. What is left makes the same report where the data files and names
of the groups are at hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from obstacles.survey.studyfile.write import key, value

PRIVATE = (("study", "contact"), ("groups", "aliases"), ("report", "output"))  # (table, key) that are left out
FILES = ("file", "codebook")  # keys that hold a path: only the name of the file is kept
MOST_ON_A_LINE = 3  # keys of a table


def without_private(text: str) -> str | None:
    """The study file's text as TOML without what is private; None where it is no TOML."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    return as_toml(_kept(found, ()))


def as_toml(table: Mapping[str, Any]) -> str:
    """A whole study file, given as its tables."""
    return "\n".join(_lines(table, ())).strip("\n") + "\n"


def _kept(found: Mapping[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, one in found.items():
        if (*place, name) in PRIVATE:
            continue
        if isinstance(one, dict):
            kept[name] = _kept(one, (*place, name))
        elif isinstance(one, list) and one and all(isinstance(part, dict) for part in one):
            kept[name] = [_kept(part, (*place, name)) for part in one]
        elif isinstance(one, str) and (name in FILES or place[-1:] == ("margins",)):
            kept[name] = PureWindowsPath(PurePosixPath(one).name).name
        else:
            kept[name] = one
    return kept


def _lines(table: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[str]:
    """A table: its own keys first, then the tables in it."""
    later: list[tuple[str, Any]] = []
    for name, one in table.items():
        if _are_tables(one) or (isinstance(one, dict) and (not place or _is_large(one))):
            later.append((name, one))
        else:
            yield f"{key(name)} = {value(one)}"
    for name, one in later:
        inner = (*place, name)
        title = ".".join(key(part) for part in inner)
        for part in [one] if isinstance(one, dict) else one:
            yield ""
            yield f"[{title}]" if isinstance(one, dict) else f"[[{title}]]"
            yield from _lines(part, inner)


def _is_large(found: Mapping[str, Any]) -> bool:
    """Whether a table reads better under a heading of its own than on one line, as texts per language do."""
    return len(found) > MOST_ON_A_LINE or any(isinstance(one, dict) for one in found.values())


def _are_tables(found: Any) -> bool:
    """A list of tables; those as small as the levels of a scale stay on one line."""
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        return False
    return any(_is_large(one) for one in found)
