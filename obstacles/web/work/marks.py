"""Marked lines of the study file: where each stands in the data, and which are one question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from obstacles.survey.studyfile.open_marks import KEY, MARKED, open_marks

KeyPath = tuple[str | int, ...]
HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|$)""")
TOGETHER = {"since": "items", "until": "items", "required": "required"}  # keys that are one question


def places(text: str) -> dict[int, KeyPath]:
    """Line (from 1) of each key -> where the key stands in the data."""
    found: dict[int, KeyPath] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        header, key = HEADER.match(line), KEY.match(line)
        if header is not None and not line.lstrip().startswith("#"):
            names = _names(header[2])
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
                for other in [one for one in counts if one[: len(names)] == names and one != names]:
                    del counts[other]
            table = _counted(names, counts)
        elif key is not None:
            found[number] = (*table, key["key"].strip("\"'"))
    return found


def _names(header: str) -> tuple[str, ...]:
    return tuple(next(part for part in match.groups() if part is not None) for match in PART.finditer(header))


def _counted(names: tuple[str, ...], counts: Mapping[tuple[str, ...], int]) -> KeyPath:
    path: list[str | int] = []
    for place, name in enumerate(names):
        path.append(name)
        if names[: place + 1] in counts:
            path.append(counts[names[: place + 1]])
    return tuple(path)


def control_of(key: str, path: KeyPath) -> str:
    """The name of the control of a key: `kind` means another thing under items and comparisons."""
    if key == "kind":
        return "comparison.kind" if path[0] == "comparison" else "item.kind"
    return TOGETHER.get(key, key)


def open_lines(text: str) -> list[dict[str, Any]]:
    """Every marked line: its key, its path and its evidence."""
    where = places(text)
    lines = text.splitlines()
    return [
        {
            "line": mark.line,
            "key": mark.key,
            "path": where.get(mark.line, (mark.key,)),
            "why": _why(lines, mark.line - 1),
        }
        for mark in open_marks(text)
    ]


def _why(lines: Sequence[str], at: int) -> str:
    """The evidence of a line: after its mark, or in the comments above."""
    marked = MARKED.match(lines[at])
    if marked is not None:
        return lines[at][marked.end() :].strip()
    above: list[str] = []
    at -= 1
    while at >= 0 and lines[at].lstrip().startswith("#"):
        above.insert(0, re.sub(r"^#\??\s?", "", lines[at].strip()))
        at -= 1
    return " ".join(above)


def question_ids(text: str) -> list[str]:
    """What the marked lines ask; lines that are one question are one."""
    return list(dict.fromkeys(id_of(one) for one in open_lines(text)))


def id_of(one: dict[str, Any]) -> str:
    name = control_of(one["key"], one["path"])
    return name if name in ("items", "required") else ".".join(map(str, one["path"]))
