"""In which script a text is written."""

from __future__ import annotations

import re

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTER = re.compile(r"[^\W\d_]")
ENOUGH = 0.3  # share of letters, of which Chinese needs fewer to say as much


def is_chinese(text: str) -> bool:
    """Whether a text is Chinese, names and abbreviations in Latin letters allowed."""
    letters = len(LETTER.findall(text))
    return letters > 0 and len(CHINESE.findall(text)) > ENOUGH * letters
