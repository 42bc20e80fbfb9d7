"""Cells that a study file quotes because they are no answer: in the view of human resources they are not shown.

`init` writes such cells into `missing = { unclear = [...] }`; they can be a sentence that one person wrote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from obstacles.web.storage import RESEARCHER

if TYPE_CHECKING:
    from obstacles.web.workers import Place

STRING = r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
UNCLEAR = re.compile(rf"\bunclear[\"']?\s*=\s*\[((?:\s*(?:{STRING})\s*,?)*)")
COMMENT = re.compile(r"#.*")


def _quoted(text: str) -> dict[str, str]:
    """Mark -> the cell as the text quotes it."""
    cells = [one for found in UNCLEAR.findall(text) for one in re.findall(STRING, found)]
    distinct = [one for one in dict.fromkeys(cells) if len(one) > len('""')]
    return {f'"…{number}"': one for number, one in enumerate(distinct, 1)}


def _swapped(text: str, swaps: dict[str, str]) -> str:
    """The text with other strings where cells are quoted: in `unclear` lists and in comments."""

    def swap(found: re.Match[str]) -> str:
        part = found[0]
        for one, other in swaps.items():
            part = part.replace(one, other)
        return part

    return COMMENT.sub(swap, UNCLEAR.sub(swap, text)) if swaps else text


def masked(place: Place, text: str) -> str:
    """A text of the study file as a view may show it."""
    return text if place.mode == RESEARCHER else _swapped(text, {cell: mark for mark, cell in _quoted(text).items()})


def unmasked(place: Place, typed: str, text: str) -> str:
    """What was typed into a masked text, with the cells of the text in their places again."""
    return typed if place.mode == RESEARCHER else _swapped(typed, _quoted(text))
