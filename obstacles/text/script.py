"""In which script a text is written."""

from __future__ import annotations

import re

from obstacles.text.languages import LANGUAGES

CHINESE = re.compile(f"[{LANGUAGES['zh'].letters}]")
LETTER = re.compile(r"[^\W\d_]")
ENOUGH = 0.3  # share of letters: scripts other than the Latin need fewer to say as much


def language_of(text: str, otherwise: str = "en") -> str:
    """The language in whose script a text is, names and abbreviations in Latin letters allowed; else another one."""
    letters = len(LETTER.findall(text))
    for code, language in LANGUAGES.items():
        if letters and language.letters and len(re.findall(f"[{language.letters}]", text)) > ENOUGH * letters:
            return code
    return otherwise
