"""Characters that no font of the machine has: WeasyPrint prints a box for each, and says so only in its log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from obstacles.reports.words.numbers import count
from obstacles.survey.problems import Problem
from obstacles.text.language import _, commas, ngettext, translate
from obstacles.text.languages import conventions

NOTDEF = ".notdef glyph"
MOST = 10  # characters that a message names


class GlyphWarning(UserWarning):
    """A page has boxes in place of characters."""


class FontError(Exception):
    """No font of the machine can set the report's language; the message says how to get one."""


class _Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def kept_log(name: str = "weasyprint") -> Iterator[list[logging.LogRecord]]:
    """Within the block, warnings and errors of a logger are kept in the list and shown nowhere else."""
    logger, handler = logging.getLogger(name), _Kept()
    before = logger.propagate, logger.handlers, logger.level
    logger.propagate, logger.handlers = False, [handler]
    logger.setLevel(logging.WARNING)
    try:
        yield handler.records
    finally:
        logger.propagate, logger.handlers = before[0], before[1]
        logger.setLevel(before[2])


def refuse_boxes(language: str, records: list[logging.LogRecord]) -> None:
    """Raise FontError where the log misses letters of the report's own script: pages of boxes help nobody."""
    missing = {character for record in records if (character := _missing(record))}
    written = conventions(language)
    if written.lacks_letters(missing):
        raise FontError(translate(written.no_font))


def _missing(record: logging.LogRecord) -> str:
    """The character that a line of the log misses; "" for other lines."""
    lacks = str(record.msg).startswith(NOTDEF) and isinstance(record.args, tuple) and record.args
    return str(lacks[0]) if lacks else ""


def problems(records: list[logging.LogRecord]) -> tuple[Problem, ...]:
    """What the log says of a page, for its reader: one problem for all missing characters, one for each other line."""
    missing = dict.fromkeys(filter(None, map(_missing, records)))
    others = dict.fromkeys(record.getMessage() for record in records if not _missing(record))
    found = [missing_problem(list(missing))] if missing else []
    found += [Problem("warning", "W-PAGE-01", message) for message in others]
    return tuple(found)


def missing_problem(characters: list[str]) -> Problem:
    """What is said of characters that no font has."""
    named = commas(f"U+{ord(c):04X} {c}" for c in characters[:MOST])
    more = len(characters) - MOST
    if more > 0:
        named = _("{characters} and {n} more").format(characters=named, n=count(more))
    message = ngettext(
        "no installed font has the character {characters}: the page shows a box in its place. Install a font that has "
        "it (`obstacles doctor` names one for Chinese).",
        "no installed font has the characters {characters}: the page shows boxes in their place. Install a font that "
        "has them (`obstacles doctor` names one for Chinese).",
        len(characters),
    )
    return Problem("warning", "W-FONT-01", message.format(characters=named))
