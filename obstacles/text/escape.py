"""Text of unknown origin, made safe to show: what a terminal or a TOML file would obey is written by its number."""

from __future__ import annotations

import unicodedata

DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def harmful(character: str) -> bool:
    """Whether a character controls a terminal, ends a line, or turns the direction of writing."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in DIRECTION


def harmless(text: str) -> str:
    """The text with a space in place of every harmful character; line breaks stay."""
    return "".join(" " if character != "\n" and harmful(character) else character for character in text)


def safe(text: str) -> str:
    """The text on one line, with every harmful character written as its number."""
    return "".join(
        " " if character in "\n\r\t" else f"\\u{ord(character):04x}" if harmful(character) else character
        for character in text
    )
