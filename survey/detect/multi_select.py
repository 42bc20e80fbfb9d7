"""Select all that apply with a column per option: a mark or nothing, a mark or "No", or the option's own text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from obstacles.survey.detect.direction import ABOUT_OBSTACLES
from obstacles.survey.detect.levels import CODES, ordered
from obstacles.survey.detect.rank_grid import blank_choices, items_of, missing_cells
from obstacles.survey.detect.sheet import Block, Column
from obstacles.survey.formats.multi_select import MARKED, UNMARKED
from obstacles.survey.formats.ordinals import place_in
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, by_kind, count, missing_entry, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, in_quotes, phrases, quoted_names, semicolons

NONE_OF_THESE = frozenset(
    ("none of these", "none of the above", "none", "no obstacles", "以上都没有", "都没有", "无", "没有", "none of them")
)
AT_THE_CAP = 0.2  # share of rows with the most marks above which a limit is likely
FEWEST = 3
CODE = re.compile(r"\d{1,4}(?:\.0)?")  # the number of an option, as its mark
LAST_NUMBER = re.compile(r".*?(\d+)\D*")
YES, NO = "1", "2"  # marks without words
SAYS = re.compile(r"\b([12])\s*(?:=|:|-|–|für|is|means)\s*([^\W\d_]+)")
FILLED = 0.95  # share of the cells that marks of both kinds must fill
WORDS = re.compile(r"\w+")
NOT_SEEN = 0.1  # share of rows that mark nothing above which they are asked about
MOST_CHOICES = 40  # distinct texts of a single choice
FEWEST_TIMES = 3  # how often each is given, on average


@dataclass(frozen=True, eq=False)
class Option:
    """One column of marks."""

    column: Column
    item: str
    mark: str  # folded cell that means marked; "" where nobody marked it
    unmarked: bool  # whether some cell says "not marked"
    missing: tuple[str, ...]  # cells such as "N/A"


def columns(block: Block) -> Guess | None:
    """A column per option."""
    if len(block.columns) < FEWEST:
        return None
    options = [_option(column, item) for column, item in zip(block.columns, block.items, strict=True)]
    known = [one for one in options if one is not None]
    marked = [one for one in known if one.mark]
    if len(known) < max(FEWEST, 0.7 * len(options)) or len(marked) < 2:
        return None
    if sum(one.column.answered for one in marked) < 5:
        return None
    same = {one.mark for one in marked}
    if _coded(marked, sure=block.sure):
        return _guess(block, [one for one in known if one.mark], [], [])
    if not same <= MARKED and (same & MARKED or (len(same) == 1 and not block.sure)):
        return None  # marks of several kinds, or one word in columns that nothing else holds together
    options = _of_their_own(options) if not same & MARKED and len(same) > 1 else options
    known = [one for one in options if one is not None]
    left_out = [
        (column, item) for column, item, one in zip(block.columns, block.items, options, strict=True) if one is None
    ]
    none = [one for one in known if fold(one.item) in NONE_OF_THESE or one.mark in NONE_OF_THESE]
    kept = [one for one in known if one not in none]
    return _guess(block, kept, none, left_out) if len(kept) >= FEWEST else None


def _coded(marked: list[Option], *, sure: bool) -> bool:
    """Whether each column holds the number of its option alone: the one at the end of its name, or a rising one; any
    one where the header says that the columns belong together (`sure`).
    """
    if len(marked) < FEWEST or len({one.mark for one in marked}) < len(marked):
        return False
    if not all(CODE.fullmatch(one.mark) and one.column.blank + one.unmarked for one in marked):
        return False
    numbers = [float(one.mark) for one in marked]
    said = [match[1] if (match := LAST_NUMBER.fullmatch(one.column.name)) else "" for one in marked]
    if sure or sorted(numbers) == list(range(1, len(numbers) + 1)):
        return True
    return numbers == sorted(numbers) or [float(number or -1) for number in said] == numbers


def one_two(block: Block) -> Guess | None:
    """A column per option that holds 1 or 2 and no word that says which of the two is a mark."""
    columns = block.columns
    missing = {key for key in block.cells if block.kind_of_missing(key)}
    missing |= {key for key in block.cells if key.isdecimal() and float(key) in CODES}  # 9, 99
    if len(columns) < FEWEST or set(block.cells) - missing != {YES, NO}:
        return None
    here = np.column_stack([_cells_are(column, YES, NO) for column in columns])
    answered = here.any(axis=1)
    filled = np.column_stack([column.given for column in columns])
    if answered.sum() < 5 or filled[answered].mean() < FILLED:
        return None
    share = percent(block.cells[YES], block.cells[YES] + block.cells[NO])
    why = _("{share} of the cells are 1, the others 2, and nothing says which is a mark: is 1 yes, and 2 no?")
    said = _said_yes([block.question, *(c.name for c in columns), *(c.heading.question for c in columns)])
    yes, no = (NO, YES) if said == NO else (YES, NO)
    text = _("the question says so") if said else why.format(share=share)
    entries = [Entry("selected", [yes], text, not said), Entry("not_selected", [no])]
    if silent := int((~answered).sum()):
        blank = _("{n} of {all} rows are blank in all options").format(n=count(silent), all=count(block.n))
        entries.append(Entry("blank", "not_answered", semicolons([blank, blank_choices()]), True))
    entries += missing_cells(missing, block)
    evidence = _("each of {m} columns holds 1 or 2").format(m=len(columns))
    return Guess("multi_select", 0.7, evidence, items_of(block), tuple(entries))


def _said_yes(texts: list[str]) -> str:
    """The number that a text calls a mark, as in "1 = yes, 2 = no"; "" where none does."""
    for text in texts:
        said = {match[1]: fold(match[2]) for match in SAYS.finditer(text)}
        marks = [number for number, word in said.items() if word in MARKED]
        if len(marks) == 1 and all(word in UNMARKED for number, word in said.items() if number != marks[0]):
            return marks[0]
    return ""


def _of_their_own(options: list[Option | None]) -> list[Option | None]:
    """Where most marks are the text of their option, a column with another text is none."""
    own = [one is not None and bool(one.mark) and _names(one) for one in options]
    marked = sum(one is not None and bool(one.mark) for one in options)
    if 2 * sum(own) < marked:
        return options
    return [one if one is None or not one.mark or named else None for one, named in zip(options, own, strict=True)]


def _names(one: Option) -> bool:
    """Whether the mark of an option is its text."""
    item, name = fold(one.item), fold(one.column.name)
    return one.mark in item or one.mark in name or (len(item) > 3 and item in one.mark)


def single(block: Block) -> Guess | None:
    """One choice in one column that is about obstacles."""
    if len(block.columns) != 1 or not 3 <= len(block.cells) <= MOST_CHOICES:
        return None
    column = block.columns[0]
    missing = {key for key in block.cells if block.kind_of_missing(key)}
    texts = [key for key in block.cells if key not in missing]
    asked = ABOUT_OBSTACLES.search(f"{block.question} {column.name}") is not None
    if not asked or len(texts) < 3 or any(place_in(key) is not None for key in texts) or ordered(texts).known:
        return None
    if sum(block.cells[key] for key in texts) < FEWEST_TIMES * len(texts):
        return None
    evidence = _("one of {m} texts in each cell").format(m=len(texts))
    entries = [_slot(column, texts), *missing_cells(missing, block)]
    if column.blank:
        why = _("{share} of the cells are blank").format(share=percent(column.blank, column.n))
        entries.append(Entry("blank", "not_answered", semicolons([why, blank_choices()]), True))
    items = tuple(FoundItem(block.spelt[key]) for key in sorted(texts, key=lambda key: -block.cells[key]))
    return Guess("multi_select", 0.8, evidence, items, tuple(entries), used=(column.name,))


def _slot(column: Column, texts: list[str]) -> Entry:
    """The column of the choice; asked about where texts hold the same words in another order, as lists do."""
    bags = {tuple(sorted(WORDS.findall(text))) for text in texts}
    if len(bags) == len(texts):
        return Entry("slots", [column.name])
    why = _("some texts hold the same words in another order: several answers in a cell? --separator")
    return Entry("slots", [column.name], why, True)


def _option(column: Column, item: str) -> Option | None:
    if len(column.filled) > 6:
        return None
    cells = {fold(value) for value in column.filled}
    missing = tuple(value for value in column.filled if column.kind_of_missing(fold(value)))
    cells -= {fold(value) for value in missing}
    unmarked = cells & UNMARKED
    marks = cells - unmarked
    if len(marks) > 1 or len(unmarked) > 1:
        return None
    mark = next(iter(marks), "")
    if unmarked and mark and mark not in (*MARKED, fold(item)) and len(mark) <= 3 and not CODE.fullmatch(mark):
        return None
    return Option(column, item, mark, bool(unmarked), missing)


def _guess(block: Block, kept: list[Option], none: list[Option], left_out: list[tuple[Column, str]]) -> Guess:
    common = {one.mark for one in kept if one.mark}
    entries: list[Entry] = []
    coded = _coded([one for one in kept if one.mark], sure=block.sure)
    own = coded or (not common & MARKED and len(common) > 1)
    if not own and not common <= MARKED:
        word = next(iter(common - MARKED))
        entries.append(Entry("selected", [block.spelt[word]], _("the mark of every option"), True))
    marks = np.column_stack([_cells_are(one.column, *([one.mark] if one.mark else [])) for one in kept])
    blank = np.column_stack([_cells_are(one.column, "", *map(fold, one.missing)) for one in kept])
    number = marks.sum(axis=1)
    denied = np.zeros(len(number), bool)
    for one in none:
        denied |= _cells_are(one.column, *([one.mark] if one.mark else []))
    silent = int((blank.all(axis=1) & ~denied).sum())
    if silent:
        why = _("{n} of {all} rows are blank in all options").format(n=count(silent), all=count(block.n))
        if any(one.unmarked for one in kept):
            why = semicolons([why, _("elsewhere an option that is not marked holds a cell")])
        else:
            why = phrases([why, _("which marks nothing or was not asked")])
        entries.append(Entry("blank", "not_answered", semicolons([why, _("below | not_offered | not_answered")]), True))
    entries += _nothing(kept, number, denied | blank.all(axis=1))
    entries += _missing(kept)
    entries += _cap(number, len(kept))
    words = quoted_names(block.spelt[mark] for mark in sorted(common)[:2])
    kind = _("its own number") if coded else _("its own text") if own else words
    no = next((block.spelt[cell] for one in kept for cell in one.column.levels & UNMARKED), "")
    evidence = (
        _("each of {m} columns holds {mark} or {no}; {mean} marks per row that has any")
        if no
        else _("each of {m} columns holds {mark} or nothing else; {mean} marks per row that has any")
    ).format(m=len(kept), mark=kind, no=in_quotes(no), mean=f"{number[number > 0].mean():.1f}")
    return Guess(
        "multi_select",
        0.9 if own or common <= MARKED else 0.75,
        evidence,
        tuple(_item(one, block) for one in (*kept, *none)),
        tuple(entries),
        notes=tuple(_notes(left_out)),
    )


def _cells_are(column: Column, *cells: str) -> np.ndarray:
    """(n,) bool: rows whose folded cell is one of these."""
    meaning = np.array([fold(value) in cells for value in column.values], bool)
    return np.asarray(meaning[column.codes])


def _item(one: Option, block: Block) -> FoundItem:
    """The item under its own text where the cells have it, else under that of the header."""
    if not one.mark or one.mark in MARKED:
        return FoundItem(one.item, one.column.name)
    text = next(value for value in one.column.filled if fold(value) == one.mark)
    generic = (not one.item or one.item == one.column.name or len(one.item) <= 4) and not CODE.fullmatch(one.mark)
    return FoundItem(text if generic else one.item, one.column.name, (text,))


def _nothing(kept: list[Option], number: np.ndarray, aside: np.ndarray) -> list[Entry]:
    """`none_marked` where rows say of every option that it is not marked: as REDCap does of a page that nobody saw."""
    rows = int(((number == 0) & ~aside).sum())
    redcap = any("___" in one.column.name for one in kept)
    if not rows or not (redcap or rows >= NOT_SEEN * len(number)):
        return []
    why = _("{n} of {all} rows mark no option: did they see the question? answered | not_answered")
    return [Entry("none_marked", "answered", why.format(n=count(rows), all=count(len(number))), True)]


def _missing(kept: list[Option]) -> list[Entry]:
    cells = [(one.column, value) for one in kept for value in one.missing]
    kinds = by_kind((column.kind_of_missing(fold(value)), value) for column, value in cells)
    return missing_entry(kinds, sum(column.filled[value] for column, value in cells), ask="code" in kinds)


def _cap(number: np.ndarray, m: int) -> list[Entry]:
    """`max_choices` where many rows hold the same largest number of marks."""
    if not number.any():
        return []
    most, answered = int(number.max()), int((number > 0).sum())
    at_most = int((number == most).sum())
    if most == m or most < 2 or at_most < AT_THE_CAP * answered or answered < 10:
        return []
    why = _("no row marks more, and {share} mark as many").format(share=percent(at_most, answered))
    return [Entry("max_choices", most, why, True)]


def _notes(left_out: list[tuple[Column, str]]) -> list[str]:
    notes = []
    message = _('left out, because its cells are texts and no marks ("{cell}" {n} times): "{item}"')
    for column, item in left_out:
        cell, n = next(iter(column.filled.items()), ("", 0))
        notes.append(message.format(cell=cell[:40], n=count(n), item=item or column.name))
    return notes
