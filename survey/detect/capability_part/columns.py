"""What people can do beside what their work asks for: two grids, or pairs of columns, become [capability].

A grid is known by the words of its question ("How well can you ...", "How well does your job need it?"), a column by
words at an end of its name ("SQL (required)", "Current level: SQL"). One side alone is no capability: it takes the
present level and the required one, or a supervisor's, of the same items, in the same levels, or a sheet that says which
level of them is required.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from obstacles.survey.detect.direction import ABOUT_OBSTACLES
from obstacles.survey.detect.levels import ordered
from obstacles.survey.detect.sheet import Column, Sheet
from obstacles.survey.formats.numerals import numeral
from obstacles.text.fold import fold
from obstacles.text.language import N_, _, commas

CURRENT, REQUIRED, SUPERVISOR, IMPORTANCE = "current", "required", "supervisor", "importance"
SIDES = (CURRENT, REQUIRED, SUPERVISOR, IMPORTANCE)
SIDE_WORDS = {
    CURRENT: N_("the present level"),
    REQUIRED: N_("the required level"),
    SUPERVISOR: N_("the supervisor's rating"),
    IMPORTANCE: N_("importance"),
}
LEVEL = r"(?:[ _-]?(?:skill[ _]?)?(?:level|rating|score|ability|proficiency|niveau|wert|assessment))?"
CHINESE_LEVEL = r"(?:的)?(?:能力)?(?:水平|程度|等级|级别|得分|评分|评价)?"
NAMED = {  # at an end of a column's name
    REQUIRED: rf"(?:level )?(?:required|require|needed|necessary|target|expected|desired|"
    rf"demanded){LEVEL}|(?:job |work |role )?needs?|"
    rf"(?:needed |required )?(?:for|by|in) (?:the |my |your )?(?:job|role|work|post)|"
    rf"soll{LEVEL}|erforderlich|benötigt|gefordert|"
    rf"requise?s?|niveau requis|requerido|nivel requerido|(?:岗位|工作|职位)?(?:要求|所需|需要|"
    rf"应有|期望|目标){CHINESE_LEVEL}",
    SUPERVISOR: rf"(?:by |rated by )?(?:the |my )?(?:supervisor|line manager|manager|boss)(?:'s)?{LEVEL}|"
    rf"vorgesetzte[rn]?|supérieur|"
    rf"(?:上级|主管|领导)(?:评定|评价|评分|评)?{CHINESE_LEVEL}|他评",
    IMPORTANCE: r"importance|important|wichtigkeit|importancia|重要(?:性|程度)?",
    CURRENT: rf"(?:current|present|actual|existing|own|my|self)(?:ly)?{LEVEL}|self[ _-]?(?:rating|"
    rf"assessment|assessed)|today|now|can do|"
    rf"has|have|ist{LEVEL}|derzeit|aktuell|actuel(?:le)?|niveau actuel|actual|nivel actual|"
    rf"(?:自评|目前|现有|当前|现在|实际|现状|掌握){CHINESE_LEVEL}",
}
ASKED = {  # in the question of a grid
    IMPORTANCE: r"how important|\bimportance\b|wie wichtig|quelle importance|重要",
    SUPERVISOR: r"\bsupervisor|\bline manager|how well (?:can|does) (?:he|she|they|the (?:employee|"
    r"person)|your staff)|上级|主管评|下属",
    REQUIRED: r"\b(?:job|work|role|post|position|task)s?\b.{0,40}\b(?:need|require|demand|expect|call|ask)|"
    r"\brequired\b|\bneed(?:ed|s)?\b.{0,30}"
    r"\b(?:job|work|role|post)|should you|erforder|benötig|verlangt|requi[es]|exig|(?:岗位|"
    r"工作|职位).{0,12}(?:要求|需要|所需)|要求(?:的)?(?:水平|程度)|"
    r"应(?:当)?(?:具备|达到)|需要达到",
    CURRENT: r"how (?:well|good|confident|skilled|able)\b|can you|\byou(?:r)? (?:current|own|level|"
    r"skill|abilit)|\bcurrent|rate your|today|"
    r"wie gut|derzeit|à quel (?:point|niveau)|maîtris|qué tan bien|能(?:够)?(?:做|完成|熟练)|"
    r"掌握|目前|现有|当前|自评|您的.{0,8}(?:水平|能力)",
}
AT_END = {
    side: re.compile(rf"(?:^(?:{words})(?=\W|_|[\u3040-\u9fff])[\s:_\-–—/.(\[]*(?P<after>.+?)[)\]]?$)"
                     rf"|(?:^(?P<before>.+?)[\s:_\-–—/.(\[]*(?<![a-z])(?:{words})[)\]]?$)")
    for side, words in NAMED.items()
}  # fmt: skip
IN_QUESTION = {side: re.compile(words) for side, words in ASKED.items()}
MOST_LEVELS = 11
LONGEST_TITLE = 60  # of a column that names a capability and its side
FEWEST_ITEMS = 2


@dataclass(frozen=True)
class FoundSkill:
    """One capability: its text and the column of each side."""

    label: str
    columns: dict[str, str]  # side -> column


@dataclass(frozen=True)
class FoundCapability:
    """The capability part of a file."""

    skills: tuple[FoundSkill, ...]
    levels: tuple[tuple[float, str], ...]  # value and the text of the cells, from the lowest
    numeric: bool  # whether cells hold the values themselves
    known: bool  # whether the order of the levels is known
    missing: dict[str, tuple[str, ...]]  # kind of missing -> cells
    half: tuple[str, ...]  # columns of one side alone, which are not read
    evidence: str
    importance: tuple[int, int] | None = None  # least and largest answer on importance

    @property
    def columns(self) -> set[str]:
        """Every column that belongs to it, so that none is an item of another question."""
        return {column for skill in self.skills for column in skill.columns.values()} | set(self.half)

    def has(self, side: str) -> bool:
        """Whether a capability has a column of this side."""
        return any(side in skill.columns for skill in self.skills)


def capability_in(sheet: Sheet, needed: Mapping[str, Sequence[str]] = MappingProxyType({})) -> FoundCapability | None:
    """The capability part of a sheet; None where no items have two sides.

    Parameters
    ----------
    needed
        folded items of a table beside the answers that says which level is required -> these levels: the present level
        is enough then.
    """
    found: dict[str, tuple[str, dict[str, Column]]] = {}
    plain = {fold(column.name): column for column in sheet.columns if _levels_of(column) and not column.heading.item}
    named: set[str] = set()  # columns whose own name says what is required
    for column in sheet.columns:
        said = _side(column) if _levels_of(column) else None
        if said is not None:
            side, label, by_name = said
            named |= {column.name} if by_name and side == REQUIRED else set()
            found.setdefault(fold(label), (label, {}))[1].setdefault(side, column)
    for key, (_label, sides) in found.items():
        if REQUIRED in sides and CURRENT not in sides and key in plain and plain[key] not in sides.values():
            sides[CURRENT] = plain[key]  # "SQL" beside "SQL required"
    taken = {column.name for _label, own in found.values() for column in own.values()}
    for column in sheet.columns:
        label = column.heading.item or column.name
        if column.name not in taken and fold(label) not in found and fold(label) in needed and _levels_of(column):
            found[fold(label)] = (label, {CURRENT: column})
    pairs = {
        key: own
        for key, own in found.items()
        if CURRENT in own[1] and ({REQUIRED, SUPERVISOR} & own[1].keys() or key in needed)
    }
    if 2 * sum(ABOUT_OBSTACLES.search(label) is not None for label, _own in pairs.values()) > len(pairs):
        return None  # barriers now and then are no capabilities
    rest = [column for key, own in found.items() if key not in pairs for column in own[1].values()]
    stems = {column.heading.stem for _label, own in pairs.values() for column in own.values()} - {""}
    alone = {column.name for column in rest if column.name in named or column.heading.stem in stems}
    lone = named & {column.name for column in rest}
    if len(pairs) < FEWEST_ITEMS:
        return _half(alone) if len(lone) >= FEWEST_ITEMS else None
    important = [own[IMPORTANCE] for _label, own in pairs.values() if IMPORTANCE in own]
    scale = _scale(important) if len(important) == len(pairs) else None
    both = [side for side in SIDES if any(side in own for _label, own in pairs.values())]
    both = [side for side in both if side != IMPORTANCE or scale is not None]
    alone |= {column.name for column in important if scale is None}
    columns = [own[side] for _label, own in pairs.values() for side in both if side in own and side != IMPORTANCE]
    cells = _cells(columns, [cell for key in pairs for cell in needed.get(key, ())])
    if cells is None:
        return None
    order = ordered(cells)
    skills = tuple(
        FoundSkill(label, {side: own[side].name for side in both if side in own}) for label, own in pairs.values()
    )
    numeric = all(numeral(cell) is not None for cell in cells)
    levels = (
        _numbers(cells) if numeric else tuple((float(at), cells[cell]) for at, (_v, cell) in enumerate(order.levels))
    )
    evidence = _("{n} capabilities with a column each of {sides}").format(
        n=len(skills), sides=commas(_(SIDE_WORDS[side]) for side in both)
    )
    known = numeric or bool(order.known)
    return FoundCapability(skills, levels, numeric, known, _missing(columns), tuple(sorted(alone)), evidence, scale)


def _scale(columns: Sequence[Column]) -> tuple[int, int] | None:
    """The least and the largest whole number of columns about importance; None where their cells are words."""
    cells = _cells(columns) if columns else None
    numbers = [numeral(cell) for cell in cells] if cells is not None else []
    found = [int(number) for number in numbers if number is not None]
    return (min(found), max(found)) if found and len(found) == len(numbers) else None


def _half(alone: set[str]) -> FoundCapability:
    """Required levels without the present ones: no capability can be made of them, and they are no obstacles."""
    evidence = _("levels that work requires, without the levels that people have: not read")
    return FoundCapability((), (), numeric=True, known=True, missing={}, half=tuple(sorted(alone)), evidence=evidence)


def _side(column: Column) -> tuple[str, str, bool] | None:
    """The side that a column is of, its item, and whether its own name says so."""
    heading = column.heading
    if heading.kind:
        return None
    asked, item = heading.question or heading.stem, heading.item
    if not item:  # "My current level - Analyse data"
        asked, _dash, item = heading.question.rpartition(" - ")
    if item:
        question = fold(asked)
        side = next((side for side, words in IN_QUESTION.items() if words.search(question)), None)
        if side is not None and not ABOUT_OBSTACLES.search(question):
            return side, item.strip(), False
    title = re.sub(r"_+", " ", column.name).strip()
    if heading.item or len(title) > LONGEST_TITLE:  # a statement of a grid may end in "in my job"
        return None
    for side, words in AT_END.items():
        match = words.fullmatch(fold(title))
        label = (match["after"] or match["before"] or "").strip(" :_-–—/.([") if match else ""
        if match and label:
            at = fold(title).find(label)
            return side, title[at : at + len(label)] if at >= 0 and len(fold(title)) == len(title) else label, True
    return None


def _levels_of(column: Column) -> bool:
    """Whether the cells of a column may be levels: a few, each of them often, as numbers or words."""
    kept = [cell for cell in column.filled if not column.kind_of_missing(fold(cell))]
    if not 1 <= len(kept) <= MOST_LEVELS:
        return False
    if all(numeral(cell) is not None for cell in kept):
        return all(numeral(cell) in range(MOST_LEVELS) for cell in kept)
    return max(map(len, kept)) <= 40


def _cells(columns: Sequence[Column], also: Sequence[str] = ()) -> dict[str, str] | None:
    """Folded cell -> the cell, of all columns and `also`; None where they have too many to be one scale."""
    cells = {fold(cell): cell for cell in also}
    for column in columns:
        for cell in column.filled:
            if not column.kind_of_missing(fold(cell)):
                cells.setdefault(fold(cell), cell)
    numbers = sum(numeral(cell) is not None for cell in cells)
    return cells if 2 <= len(cells) <= MOST_LEVELS and numbers in (0, len(cells)) else None


def _numbers(cells: dict[str, str]) -> tuple[tuple[float, str], ...]:
    """Every whole number from the least to the largest: levels that nobody chose are levels, too."""
    values = [int(numeral(cell) or 0) for cell in cells]
    return tuple((float(value), str(value)) for value in range(min(values), max(values) + 1))


def _missing(columns: Sequence[Column]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, dict[str, None]] = {}
    for column in columns:
        for cell in column.filled:
            if kind := column.kind_of_missing(fold(cell)):
                kinds.setdefault(kind, {})[cell] = None
    return {kind: tuple(cells) for kind, cells in kinds.items()}
