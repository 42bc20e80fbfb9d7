"""Which end of ranks is the most severe: by what the question, the columns and the cells say, else asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from obstacles.survey.formats.ordinals import LAST, place_in, says_least, says_most
from obstacles.survey.settings import Direction
from obstacles.text.fold import fold

NUMBER_SAYS = re.compile(
    r"(?<![\d.])(?P<number>\d{1,3})\s*(?:=|:|->|→|\(|-|–|—|is|means|for|ist|bedeutet|est|pour|es|significa|为|是|表示|は)\s*"
    r"(?P<words>[^,;.)\d]{3,40})",
    re.I,
)
FROM = re.compile(
    r"(?:from|beginning with|starting with|von|vom|de|del|du|desde|从|由)\s*(?P<words>[^,;.)]{3,40})", re.I
)
ASKED_FOR_ORDER = re.compile(
    r"\brank|priorit|in order of|\border\b|\btop\b|\bplaces?\b|rang|reihenfolge|platz|class(?:er|ez|ement)|ordre|orden|"
    r"clasifi|\bpuesto|排序|排名|排出|顺序|排列|順位|順番|ランキング|先后|名次",
    re.I,
)
ABOUT_OBSTACLES = re.compile(
    r"obst[aá]c|barrier|challenge|problem|difficult|frustrat|hinder|hindran|hindern|imped|bottleneck|pain ?point|"
    r"lack of|hold\w* (?:you|us|back)|hürde|herausforderung|schwierig|barrière|\bfreins?\b|défi|difficult|enjeu|"
    r"barrera|dificult|desaf[ií]o|reto\b|障碍|困难|挑战|阻碍|瓶颈|难点|制约|障壁|障害|課題|困難|妨げ|問題",
    re.I,
)
RANKED = re.compile(
    r"\brank|in order\b|\border of|reihenfolge|rangfolge|class(?:er|ez|ement)|orden(?:ar|e)|排序|排出|"
    r"排列|順番に|順位|先后",
    re.I,
)
LEAST_ASKED = re.compile(  # not "at least three"
    r"(?<!at )\bleast\b|smallest|lowest|weakest|\bam wenigsten|geringst|kleinst|moins (?:grave|important|gênant)|"
    r"plus (?:petit|faible)|menos (?:grave|importante)|\bmenor\b|最不|最小|最轻|最低|最も軽",
    re.I,
)
MOST_BEFORE = re.compile(
    r"most|biggest|largest|highest|greatest|worst|meist|größt|schwerst|plus|más|mayor|最|から", re.I
)
OVERCOME = re.compile(
    r"\b(?:re)?solved\b|\bovercame\b|(?:have|has|been|already|easy to) overcome|\bhow easy|easiest|"
    r"\b(?:not|no longer|never) (?:an? |any |serious )*(?:problem|obstacle|barrier|challenge|issue)|"
    r"\b(?:not |un)affected|"
    r"(?<!not )(?<!n't )\b(?:have|has|had|got) (?:enough|sufficient)|gelöst|überwunden|(?<!nicht )\bgenügend|"
    r"\bkeine?n? (?:problem|hindernis|hürde|herausforderung)|résolu|surmonté|(?<!pas )suffisamment|"
    r"\bpas (?:un |des? |d')?(?:problème|obstacle|frein)|resuelt|superad|"
    r"\bno (?:es|son) (?:un )?(?:problema|obst|barrera)|"
    r"已(?:经)?(?:解决|克服)|不(?:是|算)(?:问题|障碍|困难)|没有(?:问题|障碍|困难)|(?<!不)足够|解決済|問題(?:では|が)ない|障壁ではない",
    re.I,
)
POINTS = re.compile(r"\bpoints?\b|\bscores?\b|punkte|puntos|得分|分数|点数", re.I)


def asked_for_order(texts: Iterable[str]) -> bool:
    """Whether a question or the names of its columns ask for an order."""
    return any(ASKED_FOR_ORDER.search(text.replace("_", " ")) for text in texts)


def asked_to_rank(texts: Iterable[str]) -> bool:
    """Whether they say in so many words that answers were put in order; "your top three" may be marks."""
    return any(RANKED.search(text.replace("_", " ")) for text in texts)


def speaks_of_points(texts: Iterable[str]) -> bool:
    """Whether the numbers are called points or scores, of which more are more."""
    return any(POINTS.search(text.replace("_", " ")) for text in texts)


def asks_for_other_end(texts: Iterable[str]) -> str:
    """The words by which a question asks what hinders least, or is no obstacle; "" where it does not."""
    for text in texts:
        if found := OVERCOME.search(text):
            return found[0]
        if (found := LEAST_ASKED.search(text)) and not MOST_BEFORE.search(text[: found.start()]):
            return found[0]
    return ""


def said_by(texts: Iterable[str], cells: Iterable[str]) -> tuple[Direction, str] | None:
    """The direction that a text or a cell states, and the words that say so.

    Parameters
    ----------
    texts
        the question and the names of the columns.
    cells
        the distinct cells.
    """
    return _by_texts(texts) or _by_cells(cells)


def _by_texts(texts: Iterable[str]) -> tuple[Direction, str] | None:
    for text in dict.fromkeys(texts):
        for match in NUMBER_SAYS.finditer(text):
            found = _end(int(match["number"]), match["words"])
            if found is not None:
                return found, match[0].strip()
        for match in FROM.finditer(text):
            found = _end(1, re.split(r"\bto\b|\bbis\b|\bzum?\b|\bà\b|\bau\b|\bal?\b|到|至", match["words"])[0])
            if found is not None:
                return found, match[0].strip()
    return None


def _by_cells(cells: Iterable[str]) -> tuple[Direction, str] | None:
    """By cells such as "1 (most severe)", where one number only says "most" or "least"."""
    cells = list(cells)
    most = {place_in(cell): cell for cell in cells if _numbered(cell) and says_most(cell)}
    least = {place_in(cell): cell for cell in cells if _numbered(cell) and says_least(cell)}
    for ends, words in ((most, "most"), (least, "least")):
        if len(ends) == 1:
            ((place, cell),) = ends.items()
            found = _end(int(place or 0), words)
            if found is not None:
                return found, cell
    return None


def _numbered(cell: str) -> bool:
    place = place_in(cell)
    return place is not None and place != LAST and re.match(r"\W*\d", cell) is not None and not fold(cell).isdecimal()


def _end(number: int, words: str) -> Direction | None:
    """Which end is the most severe where `number` is said to be the most or the least."""
    most, least = says_most(words), says_least(words)
    if most == least:
        return None
    return "1_is_most_severe" if (number <= 1) == most else "high_is_most_severe"
