"""The order in which names are listed: numbers by size, letters without regard to case, Chinese by pinyin.

GB 2312 holds its 3,755 common characters in the order of their pinyin and the others by radical, so that the code of a
character in it is a key that needs no dictionary. The order depends on the names alone, never on the machine.
"""

from __future__ import annotations

import re
import unicodedata

NUMBER = re.compile(r"(\d+)")
FIRST_CHINESE = 0x4E00  # CJK Unified Ideographs

Part = tuple[int, int, tuple[int, ...]]


def name_order(name: str) -> tuple[tuple[Part, ...], str]:
    """A key for `sorted`: "2 to 9" before "10 or more", "apple" before "Zebra", 财政 (cai) before 卫生 (wei)."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    parts: list[Part] = []
    for piece in NUMBER.split(folded):
        if piece.isdecimal():
            parts.append((0, int(piece), ()))
        elif piece:
            parts.append((1, 0, tuple(_place(character) for character in piece)))
    return tuple(parts), name


def _place(character: str) -> int:
    """Latin letters with their accents beside the plain ones; Chinese characters after all others, by pinyin."""
    if ord(character) < FIRST_CHINESE:
        plain = unicodedata.normalize("NFD", character)[0]
        return ord(plain)
    try:
        return FIRST_CHINESE + int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return 0x20000 + ord(character)
