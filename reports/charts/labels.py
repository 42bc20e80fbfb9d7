"""How wide a text is, and where it is broken: by the advance widths of the font that the page is set in.

Widths do not depend on installed fonts: a character that the family lacks counts 1 em where Unicode calls it wide
(UAX 11) and 0.6 em otherwise.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING
from unicodedata import category, combining, east_asian_width

from obstacles.reports.charts.style import font_file

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

ELLIPSIS = "…"
EM = 1000


@cache
def _font(weight: int) -> FT2Font:
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(font_file(weight)))
    font.set_size(EM, 72)
    return font


@cache
def _advance(character: str, weight: int) -> float:
    """Width in em."""
    from matplotlib.ft2font import LoadFlags

    font = _font(weight)
    if font.get_char_index(ord(character)):
        return float(font.load_char(ord(character), LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / EM
    if combining(character):
        return 0.0
    return 1.0 if _wide(character) else 0.6


def _wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def text_width(text: str, size: float, *, weight: int = 400) -> float:
    """Width in points at `size` points."""
    return size * sum(_advance(character, weight) for character in text)


def clean(text: str) -> str:
    """One line without control characters, which SVG cannot hold."""
    visible = "".join(" " if category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join(visible.split())


def wrap(text: str, width: float, size: float, *, weight: int = 400, lines: int = 2) -> list[str]:
    """The text on at most `lines` lines of at most `width` points; what does not fit ends in an ellipsis.

    Two lines are made as equal as they can be.
    """
    text, width_of = clean(text), partial(text_width, size=size, weight=weight)
    if width_of(text) <= width:
        return [text]
    if lines == 1:
        return [_cut(text, width, size, weight)]
    pairs = [(text[:i].rstrip(), text[i:].lstrip()) for i in range(1, len(text)) if _may_break(text, i)]
    fitting = [pair for pair in pairs if width_of(pair[0]) <= width]
    if not fitting:
        longest = next(i for i in range(len(text), 0, -1) if i == 1 or width_of(text[:i]) <= width)
        fitting = [(text[:longest], text[longest:].lstrip())]
    whole = [pair for pair in fitting if width_of(pair[1]) <= width]
    if whole:
        return list(min(whole, key=lambda pair: max(map(width_of, pair))))
    first, rest = fitting[-1]
    return [first, *wrap(rest, width, size, weight=weight, lines=lines - 1)]


def _may_break(text: str, i: int) -> bool:
    """Whether a line may end before character i: at spaces, after - and /, and between wide characters."""
    before, after = text[i - 1], text[i]
    if category(after) in ("Po", "Pe", "Pf"):
        return False
    return after == " " or before in "-/–" or (_wide(after) and category(before) not in ("Ps", "Pi")) or _wide(before)


def _cut(text: str, width: float, size: float, weight: int) -> str:
    for end in range(len(text) - 1, 0, -1):
        shorter = text[:end].rstrip() + ELLIPSIS
        if text_width(shorter, size, weight=weight) <= width:
            return shorter
    return ELLIPSIS
