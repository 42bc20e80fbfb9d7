"""How many columns text takes in a terminal or a text file, and lines of a given width.

A Chinese character takes two columns (Unicode Standard Annex 11, "wide" and "fullwidth"). Chinese has no spaces, so
lines may end between any two characters, but none begins with a closing mark or ends with an opening one (GB/T 15834).
"""

from __future__ import annotations

from textwrap import wrap
from unicodedata import combining, east_asian_width

OPENING = frozenset("“‘（《〈【「『［〔([{")
CLOSING = frozenset("”’），。、；：？！》〉】」』］〕…—·)]},.;:?!%")


def width(text: str) -> int:
    """The columns that a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def padded(text: str, columns: int) -> str:
    """The text with spaces after it, so that it takes at least so many columns."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int, *, hyphens: bool = True) -> list[str]:
    """The text in lines of at most so many columns, unless one word is wider; none for an empty text.

    Parameters
    ----------
    hyphens
        whether a line may end after the hyphen of a word.
    """
    if not any(map(_wide, text)):
        return wrap(text, columns, break_long_words=False, break_on_hyphens=hyphens)
    found: list[str] = []
    line, taken = "", 0
    for piece in _pieces(" ".join(text.split())):
        size = width(piece)
        if line and taken + width(piece.rstrip()) > columns:
            found.append(line.rstrip())
            line, taken = "", 0
        line, taken = line + piece, taken + size
    return [*found, line.rstrip()] if line.strip() else found


def _pieces(text: str) -> list[str]:
    """Parts of the text within which no line may end."""
    pieces: list[str] = []
    for i, letter in enumerate(text):
        if i and _may_end(text[i - 1], letter):
            pieces.append(letter)
        elif pieces:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _may_end(before: str, after: str) -> bool:
    """Whether a line may end between two letters."""
    if after == " " or before in OPENING or after in CLOSING:
        return False
    return before == " " or _wide(before) or _wide(after) or (before in CLOSING and after in OPENING)


def _wide(letter: str) -> bool:
    return east_asian_width(letter) in "WF"


def _columns(letter: str) -> int:
    return 0 if combining(letter) else 2 if _wide(letter) else 1
