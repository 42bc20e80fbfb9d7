"""Places of a ranking in words: first, 2nd most important, Rank 3, 1 (most severe), 1er, erste, primero, 第一位, 1番目.

A text that begins with the number or the ordinal of a place means that place, whatever follows; a superlative by itself
("most important", "am wichtigsten", 最重要) is the first place, its opposite ("least important") the last one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from obstacles.survey.formats.numerals import LONGEST, numeral

LAST = -1.0  # the last place, whatever its number
MOST_PLACES = 99
WORDS: tuple[tuple[str, ...], ...] = (  # the beginnings of the words for places 1, 2, 3 ..., without accents
    ("first", "premier", "erst", "primer", "primeir", "prim", "eerst"),
    ("second", "deuxieme", "zweit", "segund", "tweed"),
    ("third", "troisieme", "dritt", "tercer", "terceir", "terz", "derd"),
    ("fourth", "quatrieme", "viert", "cuart", "quart", "vierd"),
    ("fifth", "cinquieme", "funft", "quint", "vijfd"),
    ("sixth", "sixieme", "sechst", "sext", "sest", "zesd"),
    ("seventh", "septieme", "siebt", "siebent", "septim", "setim", "settim", "zevend"),
    ("eighth", "huitieme", "acht", "octav", "oitav", "ottav", "achtst"),
    ("ninth", "neuvieme", "neunt", "noven"),
    ("tenth", "dixieme", "zehnt", "decim"),
    ("eleventh", "onzieme", "elft"),
    ("twelfth", "douzieme", "zwolft"),
)
ENDINGS = r"(?:e|a|o|er|es|en|em|ly|ere|ens)?"
ORDINAL_WORD = tuple(
    re.compile(rf"(?:the |le |la |les |l'|el |der |die |das |als )?(?:{'|'.join(words)}){ENDINGS}(?![a-z])")
    for words in WORDS
)
ORDINAL_ANYWHERE = tuple(
    re.compile(
        rf"(?<![a-z])(?:{'|'.join(words)}){ENDINGS}(?![a-z])|(?<![a-z])(?:{'|'.join(words[2:])})(?:wichtig|gross|schwer)"
    )
    for words in WORDS
)
COMPOUND = tuple(  # zweitwichtigste, drittgrosstes
    re.compile(rf"(?:{'|'.join(words[2:])})(?:wichtig|gross|schwer|stark|haufig|best)") for words in WORDS
)
NAMED = re.compile(
    r"(?:rank(?:ing)?|rang|platz|place|position|pos|priority|prioritat|priorite|prioridad|prio|choice|choix|opcion|top|no|"
    r"nr|num|numero|number|n|stelle|puesto|lugar|posicion|wahl|obstacle|barrier|challenge|排名|排序|排位|名次|顺位|順位|優先|优先级|"
    r"位|第)"
    r"[\s.:#_°\-]*(?P<place>\d{1,2}|[一二三四五六七八九十]{1,3})(?![\d.,]|\s*[-–]\s*\d).*"
)
SUFFIXED = re.compile(
    r"#?(?P<place>\d{1,2})\s*(?:st|nd|rd|th|er|ere|re|e|eme|ieme|nde?|o|a|os?|位|名|番目|番|号|\.)(?![a-z\d]).*"
)
CHINESE = re.compile(r"第(?P<place>\d{1,2}|[一二三四五六七八九十]{1,3}).*")
JAPANESE = re.compile(r"(?P<place>[一二三四五六七八九十]{1,3})(?:位|番目|番).*")
LED = re.compile(r"[(\[]?(?P<place>\d{1,2})\s*(?:[)\]:=(.\-–—]+(?!\s*\d)|\s+(?=[^\W\d]))\s*\D*")
MOST = re.compile(
    r"(?:the |le |la |el )?(?:most|biggest|largest|greatest|highest|main|top|worst|strongest"
    r"|plus (?:important|grand|grave|fort)|principal|grosst|wichtigst|starkst|schwerst"
    r"|am (?:wichtigst|grosst|starkst|schwerst)|hauptsachlich"
    r"|mas (?:importante|grave|grande|fuerte)|mayor|最重要|最大|最严重|最嚴重|最も|一番(?!目)|最主要)"
)
LEAST = re.compile(
    r"(?:the |le |la |el )?(?:least|smallest|lowest|last|weakest|moins|dernier|plus (?:petit|faible)"
    r"|geringst|kleinst|letzt|am (?:wenigst|geringst)|unwichtigst|menos|menor|ultim|最不|最小|最低|最后|最後|最弱)"
)
ACCENTS = str.maketrans({"ß": "ss"})


@lru_cache(maxsize=4096)
def place_in(text: str) -> float | None:
    """The place that a cell means, a number or `LAST`; None for any other text."""
    number = numeral(text)
    if number is not None:
        return number
    plain = without_accents(text)
    if not plain or len(plain) > 2 * LONGEST:
        return None
    for pattern in (CHINESE, SUFFIXED, NAMED, JAPANESE, LED):
        if match := pattern.fullmatch(plain):
            return numeral(match["place"])
    for place, (word, compound) in enumerate(zip(ORDINAL_WORD, COMPOUND, strict=True), 1):
        if word.match(plain) or compound.match(plain):
            return float(place)
    if MOST.match(plain):
        return 1.0
    return LAST if LEAST.match(plain) else None


def says_most(text: str) -> bool:
    """Whether a text says "the most", wherever it says so: "6 (most severe)"."""
    return _anywhere(MOST, text)


def says_least(text: str) -> bool:
    """Whether a text says "the least"."""
    return _anywhere(LEAST, text)


def _anywhere(pattern: re.Pattern[str], text: str) -> bool:
    plain = without_accents(text)
    return any(pattern.match(plain, place) for place in _starts(plain))


def _starts(plain: str) -> list[int]:
    """Where words begin; in scripts without spaces, every letter."""
    return [
        i
        for i, letter in enumerate(plain)
        if i == 0 or not plain[i - 1].isascii() or not plain[i - 1].isalnum() or not letter.isascii()
    ]


def without_accents(text: str) -> str:
    """A text in small letters without accents."""
    folded = unicodedata.normalize("NFKD", text.strip().casefold().translate(ACCENTS))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
