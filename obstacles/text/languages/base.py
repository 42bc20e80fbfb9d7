"""What a language decides beside its words: its marks, its letters and its fonts."""

from __future__ import annotations

import re
from dataclasses import dataclass

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True)
class Language:
    """One language. What is stated here is what a page, a sentence or a document asks for; words are in `locale/`."""

    code: str  # as in study files, and the folder of its catalogue: "zh"
    locale: str  # by whose rules (CLDR) numbers, dates, lists and plurals are written
    tag: str  # of a Word document's text
    quotes: tuple[str, str] = ('"', '"')
    full_stop: str = "."
    between_sentences: str = " "
    between_clauses: str = "; "
    between_phrases: str = ", "  # parts of a sentence
    between_names: str = ", "
    before_percent: str = NARROW_SPACE
    clauses_end_with_and: bool = True  # "one rose, one fell and one stayed"; else commas only
    letters: str = ""  # of its script, as in [...] of a regular expression; "" = Latin, which every font has
    east_asian: bool = False  # its letters are as wide as high, and Word keeps another font and another tag for them
    fonts: tuple[str, ...] = ()  # families that hold its letters, the best first
    office_font: str = ""  # the one that offices have
    no_font: str = ""  # message for a machine without any of them, on which pages would be boxes

    def lacks_letters(self, characters: set[str]) -> bool:
        """Whether any of the characters belongs to the script of the language."""
        return bool(self.letters) and any(re.match(f"[{self.letters}]", character) for character in characters)


def N_(message: str) -> str:  # noqa: N802  (gettext's own name, which its extractors know)
    """A message of the catalogue that becomes text later, by `translate` of `obstacles.text.language`."""
    return message


def base_of(code: str) -> str:
    """ "zh-Hans" or "zh_CN.UTF-8" -> "zh"."""
    return code.replace("_", "-").partition(".")[0].partition("-")[0].lower()
