"""Ranks as people and programs write them: 1, 1.0, "1st", #1, 第1, 一, ① and the digits of other scripts."""

from __future__ import annotations

import re
import unicodedata

ENGLISH = re.compile(r"(\d+)\s*(?:st|nd|rd|th)", re.IGNORECASE)
NUMBER = re.compile(r"\d+(?:[.,]\d+)?\.?")
PLAIN = re.compile(r"\d+")
LONGEST = 40  # characters; no rank has as many
CHINESE_TENS = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")


def numeral(text: str) -> float | None:
    """The number that a normalised cell means, None for any other text."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    if PLAIN.fullmatch(text):
        return float(int(text))
    text = text.removeprefix("#").removeprefix("第").removesuffix("名").removesuffix("位").strip()
    if match := ENGLISH.fullmatch(text):
        return float(int(match[1]))
    if NUMBER.fullmatch(text):
        return float(text.rstrip(".").replace(",", "."))
    if match := CHINESE_TENS.fullmatch(text):
        tens = unicodedata.numeric(match[1]) if match[1] else 1.0
        return 10 * tens + (unicodedata.numeric(match[2]) if match[2] else 0.0)
    if len(text) == 1:
        return unicodedata.numeric(text, None)
    return None


def plain(text: str) -> bool:
    """Whether the cell is written as a whole number without more."""
    return PLAIN.fullmatch(text) is not None and text.isascii()
