"""Levels of a scale: which cells are none ("N/A", "don't know"), and in which order the others stand.

The order comes from numbers in the texts, else from what the words mean in English and Chinese ("never" before
"often", "dissatisfied" before "neutral" before "satisfied"). Where neither tells, the order is not known and is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from obstacles.survey.formats.numerals import numeral

NO_LEVELS = {  # kind of missing -> its words; the first that fit count
    "not_applicable": re.compile(
        r"n/?a\b.*|n\.a\.?|not applicable.*|(?:does|do) ?(?:not|n't|n’t) apply.*|doesn.t apply.*|unfamiliar.*|"
        r"not familiar.*|no experience.*|不适用.*|entfällt|sans objet|no aplica"
    ),
    "refused": re.compile(
        r"(?:i )?(?:would )?(?:prefer|rather) not(?: to)?(?: say| answer| disclose| state| tell)?[.!]?|refused?|"
        r"no answer|declined?(?: to (?:say|answer|state))?|拒答|拒绝回答|keine angabe"
    ),
    "skipped": re.compile(r"skip(?:ped)?|unanswered|missing|undervotes?|overvotes?|exhausted|\(跳过\)|\(空\)"),
    "dont_know": re.compile(
        r"(?:i )?(?:do not|don.?t|dont|can.?t|cannot) (?:know|say).*|dk|unsure|not sure.*|no opinion|不知道.*|不清楚.*|"
        r"说不清.*|无法判断.*|weiß nicht|ne sais pas|no sabe"
    ),
}
ANSWER_CODE = re.compile(r"[a-z]{1,3}0*(\d{1,3})")
CODES = frozenset((-1.0, -2.0, -3.0, -8.0, -9.0, -88.0, -98.0, -99.0, -999.0, 8.0, 9.0, 88.0, 97.0, 98.0, 99.0, 999.0))
NEGATIVE = re.compile(r"-\d{1,3}(?:\.0)?")
LEADING = re.compile(r"\(?\s*([+-]?\d{1,3})\s*(?:[).:=\-–—]|\s|$|\()")
TRAILING = re.compile(r".*[(\[=]\s*([+-]?\d{1,3})\s*[)\]]?$")
NUMBER_AT_START = re.compile(r"^\(?\s*[+-]?\d{1,3}\s*(?:[).:=\-–—]+|\s|$|(?=\())\s*")
NUMBER_AT_END = re.compile(r"\s*[(\[=]\s*[+-]?\d{1,3}\s*[)\]]?$")
FEWEST_KNOWN = 3  # levels whose order is known
AGAINST = re.compile(
    r"stimme .*nicht zu|nicht einverstanden|lehne|pas d.accord|désaccord|desacuerdo|反対|思わない|"
    r"disagree|dissatisf|unsatisf|unfavou?rabl|unlikely|unimportant|unhelpful|useless|ineffective|unwilling|uncomfortable|"
    r"\bworse|\bdecreas|\bless\b|\bpoor|\bbad\b|\bnegative|\bagainst|\boppose|^no\b|不同意|反对|不满|不可能|更差|减少|^否$"
)
FOR = re.compile(
    r"stimme|zustimm|einverstanden|d.accord|de acuerdo|賛成|思う|"
    r"\bagree|\bsatisf|\bfavou?rabl|\blikely|\bbetter|\bincreas|\bmore\b|\bgood|\bexcellent|\bpositive|\bin favou?r|"
    r"\bsupport|^yes\b|同意|赞成|满意|可能|更好|增加|^是$"
)
NEUTRAL = re.compile(
    r"teils|weder|\bneutre|\bni (?:d.accord|de acuerdo|en)|どちらとも|"
    r"neither|neutral|undecided|\bmixed\b|\bsame\b|unchanged|average|\bno change|一般|中立|不变|说不上|普通"
)
STRONG = re.compile(
    r"strongly|very|extremely|completely|totally|entirely|much|fully|highly|excellent|"
    r"\bvoll|völlig|tout à fait|totale?ment|totalmente|\bmuy|sehr|très|強く|とても|まったく|非常|很|极|極|完全"
)
WEAK = re.compile(
    r"somewhat|slightly|rather|tend|mildly|a little|partly|moderately|\beher|plutôt|\balgo|más bien|やや|"
    r"どちらかと|比较|较|有点|有些"
)
STEPS: tuple[tuple[float, str], ...] = (  # how much -> words; the first that is found counts
    (0, r"pas du tout|\baucun|^pas (?:un|d)|überhaupt (?:nicht|kein)|gar (?:nicht|kein)|^keine?\b|^nada|en absoluto"),
    (0, r"^ning[uú]n|^no es|完全不|一点也不|毫不|毫无|^不是|^没有|全く|まったく|全然|^なし|でない$|ではない$"),
    (1, r"(?:très|sehr|muy) (?:faible|peu|petit|gering|wenig|klein|poc|pequeñ|leve|baj)|ごくわずか|非常に小"),
    (10, r"extrêm|extrem|极其|极度|极为|極其|énorm|enorm|much[ií]simo|極めて|極度|きわめて"),
    (8, r"\btrès\b|\bsehr\b|\bmuy\b|とても|非常に|大変"),
    (
        2,
        r"un peu|\bpeu\b|\bfaible|\bpetit|\bgering|\bwenig|\bkaum|\bklein|\bleicht|\bpoc[oa]|\bpequeñ|\bleve|\bligero|"
        r"あまり|少し|小さ|わずか",
    ),
    (
        4,
        r"\bmoyen|\bmodéré|\bassez|\bmitt(?:el|ler)|\bmä(?:ß|ss)ig|\bteilweise|\bmedi[oa]|\bmoderad|\balgo\b|\bregular\b|"
        r"中程度|やや|ある程度",
    ),
    (
        6,
        r"\bgran(?:de?s?)?\b|\bfort(?:ement)?\b|\bélevé|\bgro(?:ß|ss)|\bstark|\bhoch|\balt[oa]\b|\bfuerte|\bbastante|大き|かなり|深刻",
    ),
    (0, r"never|not at all|^none$|^not? (?!a few)|\bno (?:problem|obstacle|barrier|difficult)|irrelevant"),
    (0, r"从不|从未|完全没有|没有|不重要|不严重|不是"),
    (1, r"hardly|almost never|very (?:minor|small|low|little|weak)|trivial|negligible|很小|极少"),
    (1.5, r"yearly|annually|once a year|less than (?:once a month|monthly)"),
    (
        2,
        r"^a (?:little|bit)|rarely|seldom|minor|slight|\blittle|\bsmall|\blow\b|\bweak|marginal|quarterly|"
        r"every few months",
    ),
    (2, r"很少|较少|轻微|较小"),
    (3, r"occasionally|once in a while|\bmonthly|a few times a month|偶尔"),
    (4, r"nice to have|somewhat|sometimes|moderate|medium|\bfair(?:ly)?\b|partly|some extent"),
    (4, r"有时|一般|中等|比较|有点"),
    (5, r"regularly|\bweekly|times (?:per|a) week"),
    (8, r"^very$|very often|most of the time|mostly|usually|almost always"),
    (8, r"very (?:high|large|big|serious|severe|strong|important|useful|much)|非常|很|极"),
    (10, r"critical|extreme|essential|crucial|insurmountable|always|all the time|completely|entirely|^necessary|total"),
    (10, r"完全|总是|一直|必须"),
    (6, r"\bdaily|every day|\boften|frequent|considerabl|quite|\blarge|\bbig\b|major|serious|important|useful|\bhigh"),
    (6, r"\bmuch|great|significant|severe|strong|经常|重要|严重|较大|较高"),
)
HOW_MUCH = tuple((re.compile(words), value) for value, words in STEPS)


@dataclass(frozen=True)
class OrderedLevels:
    """Levels from the least to the most, with the number of each."""

    levels: tuple[tuple[float, str], ...]  # (value, folded cell)
    known: str  # "numbers", "codes" (A1, A2 ...), "words", or "" where the order is not known
    unknown: tuple[str, ...] = ()  # cells that the order of the others leaves out
    amounts: bool = False  # the words say how much


def kind_of_missing(cell: str) -> str:
    """The kind of a folded cell that is no level of a scale and no item: a key of `missing`; "" for any other."""
    return next((kind for kind, words in NO_LEVELS.items() if words.fullmatch(cell)), "")


def is_code(cell: str) -> bool:
    """Whether a folded cell is a negative number that usually means "no answer"."""
    return NEGATIVE.fullmatch(cell) is not None and float(cell) in CODES


def codes_apart(cells: Iterable[str]) -> list[str]:
    """The folded cells of a scale of numbers that stand apart from the others and are usual codes for "no answer"."""
    found = {number: cell for cell in cells if (number := number_in(cell)) is not None}
    scale = sorted(number for number in found if number not in CODES)
    if not scale or sorted(found) == [-number for number in sorted(found, reverse=True)]:
        return []  # a scale from -2 to 2
    least = scale[0] - 1 if scale[0] != 0 else 0
    return [cell for number, cell in found.items() if number in CODES and not least <= number <= scale[-1] + 1]


def ordered(cells: Iterable[str]) -> OrderedLevels:
    """The folded cells, without those that are no levels, in their order; words outrank the numbers before them."""
    cells = list(cells)
    numbers = {cell: number for cell in cells if (number := number_in(cell)) is not None}
    codes = {cell: float(match[1]) for cell in cells if (match := ANSWER_CODE.fullmatch(cell))}
    if len(numbers) >= len(cells) - _few(cells) and _distinct(numbers):
        return _by_number(cells, numbers)
    if len(codes) == len(cells) and _distinct(codes):
        return OrderedLevels(tuple(sorted((number, cell) for cell, number in codes.items())), "codes")
    for measure, few in ((two_sided, 0), (how_much, 0), (two_sided, _few(cells)), (how_much, _few(cells))):
        strengths = {cell: value for cell in cells if (value := measure(without_number(cell))) is not None}
        if len(strengths) >= max(len(cells) - few, FEWEST_KNOWN) and _distinct(strengths):
            return _by_words(cells, strengths, amounts=measure is how_much)
    return OrderedLevels(tuple((float(place), cell) for place, cell in enumerate(cells)), "")


def _few(cells: list[str]) -> int:
    """How many unknown levels leave an order of the others known."""
    return 1 if len(cells) > FEWEST_KNOWN else 0


def _distinct(values: dict[str, float]) -> bool:
    return len(set(values.values())) == len(values)


def _by_number(cells: list[str], numbers: dict[str, float]) -> OrderedLevels:
    """In the order of the numbers, unless the words beside them run the other way."""
    rest = tuple(cell for cell in cells if cell not in numbers)
    rising = sorted(numbers, key=lambda cell: numbers[cell])
    for measure in (two_sided, how_much):
        known = [value for cell in rising if (value := measure(without_number(cell))) is not None]
        amounts = measure is how_much
        if len(known) < 2:
            continue
        if known == sorted(known, reverse=True) and known[0] > known[-1]:
            places = enumerate(reversed(rising))
            return OrderedLevels(tuple((float(place), cell) for place, cell in places), "words", rest, amounts)
        if known == sorted(known) and known[0] < known[-1]:
            levels = tuple((numbers[cell], cell) for cell in rising)
            ends = all(measure(without_number(cell)) is not None for cell in (rising[0], rising[-1]))
            return OrderedLevels(levels, "numbers", rest, amounts and ends)
    return OrderedLevels(tuple((numbers[cell], cell) for cell in rising), "numbers", rest)


def _by_words(cells: list[str], strengths: dict[str, float], *, amounts: bool) -> OrderedLevels:
    rest = tuple(cell for cell in cells if cell not in strengths)
    rising = sorted(strengths, key=lambda cell: strengths[cell])
    return OrderedLevels(tuple((float(place), cell) for place, cell in enumerate(rising)), "words", rest, amounts)


def without_number(cell: str) -> str:
    """A level without the number at its beginning or end."""
    if numeral(cell) is not None:
        return ""
    return NUMBER_AT_END.sub("", NUMBER_AT_START.sub("", cell)).strip(" -–—:.=()[]")


def number_in(cell: str) -> float | None:
    """The number that a cell is, begins with, or ends with: "4", "(2) minor", "1 - not at all"."""
    number = numeral(cell)
    if number is not None:
        return number
    match = LEADING.match(cell) or TRAILING.match(cell)
    return float(match[1]) if match else None


def two_sided(cell: str) -> float | None:
    """Agreement, satisfaction and the like, from -2 to 2."""
    if NEUTRAL.search(cell):
        return 0.0
    against, in_favour = AGAINST.search(cell), FOR.search(cell)
    if not (against or in_favour):
        return None
    size = 2.0 if STRONG.search(cell) else 0.5 if WEAK.search(cell) else 1.0
    return -size if against else size


def how_much(cell: str) -> float | None:
    """Frequency, severity, importance and the like, from 0 to 10."""
    return next((value for pattern, value in HOW_MUCH if pattern.search(cell)), None)
