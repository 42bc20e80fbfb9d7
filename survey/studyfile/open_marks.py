"""Lines of a study file that are still marked "#?": guesses of `init` that nobody has confirmed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from obstacles.survey.problems import MOST_EXAMPLES, Problem
from obstacles.text.language import _, commas, ngettext

MARKED = re.compile(r"""(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*')*#\?""")
KEY = re.compile(r"""\s*(?P<key>[A-Za-z0-9_\-]+|"[^"]+"|'[^']+')\s*=""")
OTHER_READING = re.compile(r"#\s*format\s*=")  # commented out by `init`; the line that it would replace has a mark
CODE = "W-MARK-01"


class OpenMark(NamedTuple):
    """One marked line."""

    line: int  # from 1
    key: str


@dataclass(frozen=True)
class MarkedLines(Problem):
    """The problem that says them, with all of them."""

    marks: tuple[OpenMark, ...] = ()


def open_marks(text: str) -> tuple[OpenMark, ...]:
    """The marked lines of a study file; a mark on a line of its own belongs to the key below it."""
    found: list[OpenMark] = []
    above = False
    for number, line in enumerate(text.splitlines(), 1):
        key = KEY.match(line)
        if line.lstrip().startswith("#"):
            above = (above or line.lstrip().startswith("#?")) and not OTHER_READING.match(line.lstrip())
        elif key is not None:
            if above or MARKED.match(line):
                found.append(OpenMark(number, key["key"].strip("\"'")))
            above = False
        elif line.strip():
            above = False
    return tuple(found)


def marks_problem(text: str, file: str) -> tuple[MarkedLines, ...]:
    """The marked lines as one warning; nothing where none is marked."""
    marks = open_marks(text)
    if not marks:
        return ()
    few = len(marks) <= MOST_EXAMPLES  # of which the place says the lines
    message = ngettext(
        '{keys} is still marked "#?": a guess of init that nobody has confirmed. Look at it, correct it where it is '
        "wrong, and take the mark away.",
        '{keys} are still marked "#?": guesses of init that nobody has confirmed. Look at each, correct it where it is '
        "wrong, and take the mark away.",
        len(marks),
    ).format(keys=commas(mark.key for mark in marks) if few else listed(marks))
    lines = tuple(mark.line for mark in marks) if few else ()
    return (MarkedLines("warning", CODE, message, file=file, rows=lines, count=len(marks), marks=marks),)


def listed(marks: tuple[OpenMark, ...]) -> str:
    """The keys with their lines: "direction (line 9), blank (line 31)"."""
    return commas(_("{key} (line {line})").format(key=mark.key, line=mark.line) for mark in marks)
