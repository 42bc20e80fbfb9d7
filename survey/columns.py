"""Column names: how they are compared, joined from two header rows, and found, by name or by spreadsheet letters."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches

from survey.language import _

Header = tuple[tuple[str, ...], ...]  # raw header rows, all of the same length

LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*")
ZERO_WIDTH = str.maketrans("", "", "\u200b\u2060\ufeff")  # joiners that shape Arabic and Indic letters stay
LETTERS = re.compile(r"column:([A-Za-z]{1,4})")


def normalise(text: str) -> str:
    """A cell for comparison: NFKC, zero-width marks removed, white space at the ends removed."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(ZERO_WIDTH)).strip()


def normalise_name(text: str) -> str:
    """A column name for comparison: as a cell, and with every line break written as one space."""
    return LINE_BREAKS.sub(" ", normalise(text))


class ColumnError(LookupError):
    """No column, or no single column, of that name.

    Attributes
    ----------
    name
        as asked for.
    nearest
        up to three names of the table that are most like it.
    positions
        of the columns that share the name; empty where there is none.
    """

    def __init__(
        self, name: str, message: str, *, nearest: tuple[str, ...] = (), positions: tuple[int, ...] = ()
    ) -> None:
        super().__init__(message)
        self.name = name
        self.nearest = nearest
        self.positions = positions


def column_names(header: Header, names: str) -> tuple[str, ...]:
    """One normalised name per column: from the first header row, or ("joined") from the first two.

    Joined, a question that stands over the first of its columns only is carried to the right, as SurveyMonkey means
    it: "Rank the films | Star Wars". Where either row is blank, the other alone is the name.
    """
    first = tuple(normalise_name(cell) for cell in header[0])
    if names == "first" or len(header) == 1:
        return first
    joined = []
    question = ""
    for over, cell in zip(first, header[1], strict=True):
        option = normalise_name(cell)
        question = over or question
        joined.append(" | ".join(part for part in (question if option else over, option) if part))
    return tuple(joined)


def unnamed(header: Header, position: int) -> bool:
    """Whether no header row has a text over the column."""
    return not any(row[position].strip() for row in header)


def find_column(names: tuple[str, ...], name: str) -> int:
    """Position of `name` (or of `column:J`) among the normalised `names`; raises `ColumnError`."""
    wanted = normalise_name(name)
    positions = tuple(position for position, one in enumerate(names) if one == wanted)
    if len(positions) == 1 and wanted:
        return positions[0]
    if positions and wanted:
        message = _('{count} columns are called "{name}": {letters}. Write one of these instead of the name.')
        letters = ", ".join(f'"column:{column_letters(position)}"' for position in positions)
        raise ColumnError(name, message.format(count=len(positions), name=wanted, letters=letters), positions=positions)
    if by_letters := LETTERS.fullmatch(wanted):
        position = _position(by_letters[1])
        if position < len(names):
            return position
        message = _('no column "{name}": the last one is "column:{last}".')
        raise ColumnError(name, message.format(name=wanted, last=column_letters(len(names) - 1)))
    nearest = _nearest(wanted, names)
    message = _('no column "{name}".').format(name=wanted)
    if nearest:
        message += " " + _("Nearest: {names}.").format(names=", ".join(f'"{one}"' for one in nearest))
    raise ColumnError(name, message, nearest=nearest)


def _nearest(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    folded = {one.casefold(): one for one in reversed(names) if one}
    return tuple(folded[match] for match in get_close_matches(name.casefold(), list(folded), n=3))


def column_letters(position: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA, as spreadsheets name columns."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _position(letters: str) -> int:
    position = 0
    for letter in letters.upper():
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
