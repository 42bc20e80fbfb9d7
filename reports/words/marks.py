"""Marks beside or instead of figures (few respondents, hidden, fewer than three), and the legend below a table."""

from __future__ import annotations

from obstacles.reports.words import numbers
from obstacles.reports.words.page_blocks import LOW_BASE, SUPPRESSED
from obstacles.text.language import _, full_stop, semicolons

FEW_ANSWERS = 30  # respondents below which a base, or a figure, is marked [low]


def base_text(n: int | None) -> str:
    """A number of respondents, marked where they are few; None = not shown."""
    if n is None:
        return SUPPRESSED
    return f"{numbers.count(n)} {LOW_BASE}" if n < FEW_ANSWERS else numbers.count(n)


def legend(*texts: str) -> str:
    """What the marks mean that stand in these texts."""
    used = []
    if any(SUPPRESSED in text for text in texts):
        used.append(_("{mark} hidden so that nobody's answer can be worked out").format(mark=SUPPRESSED))
    if any(text.startswith(("<", ">")) for text in texts):
        used.append(_("< and > fewer than three people on one side: it is not told whether any"))
    if any(LOW_BASE in text for text in texts):
        used.append(_("{mark} fewer than {n} respondents").format(mark=LOW_BASE, n=FEW_ANSWERS))
    return full_stop(semicolons(used))
