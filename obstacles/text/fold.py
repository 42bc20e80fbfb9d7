"""Texts for comparison: the same letters, spaces and case for what people read as the same."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = str.maketrans(  # zero-width marks, soft hyphens, marks of direction; joiners that shape letters stay
    "", "", "\u200b\u2060\ufeff\u00ad\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
SPACE = re.compile(r"\s+")
NUMBER = re.compile(r"\s*[-+]?\d[\d.,]*\s*%?\s*")  # a cell that is a number and no name
LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*")


def normalise(text: str) -> str:
    """A cell for comparison: NFKC, invisible marks removed, white space at the ends removed."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(INVISIBLE)).strip()


def normalise_name(text: str) -> str:
    """A column name for comparison: as a cell, and with every line break written as one space."""
    return LINE_BREAKS.sub(" ", normalise(text))


def fold(text: str) -> str:
    """A text for comparison: NFKC, one space between words, case folded."""
    return SPACE.sub(" ", normalise(text)).casefold()
