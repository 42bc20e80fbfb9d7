"""Which columns belong to one question: by the header where it groups them, else by neighbours with the same cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from obstacles.survey.detect.ids import shared_start
from obstacles.survey.detect.people import WHO
from obstacles.survey.detect.place_names import in_places, place_of
from obstacles.survey.detect.sheet import Block, Column, Sheet, range_of
from obstacles.survey.detect.slider import numbers_of
from obstacles.survey.formats.multi_select import MARKED, UNMARKED
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.ordinals import place_in
from obstacles.survey.vendors.headings import split_common
from obstacles.text.fold import fold

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
WHOLE = re.compile(r"(?:q|question|frage|pregunta|item|v)[ _]?\d{1,3}", re.I)
PART = re.compile(r"(?:q|question|frage|pregunta|item|v)[ _]?\d{1,3}[a-z]?[_.\-\[(]+\w+[\])]?", re.I)
LETTERED = re.compile(r"\d{1,3}(?:\?\d)?")  # stems of "10a. ..." and "7a1. ..."
SENTENCE = re.compile(r"\S\s+\S|[?？]|[\u3040-\u9fff]{4}")  # what may be the wording of a question
MOST_LEVELS = 12  # distinct cells of columns that may belong together by their cells alone
FEWEST = 3
MANY_ROWS = 20  # in which numbers that are all different are ids
OWN_TEXT = frozenset(("\0",))  # the only cell of an option whose mark is its own name
OWN_CODE = frozenset(("\1",))  # the same where it is a number of its own, beside blanks or 0
ZERO_ONE = frozenset(("0", "1"))
LONGEST_NAME = 24


def blocks_of(sheet: Sheet) -> list[Block]:
    """Every group of columns that may be one question, and every single column, in the order of the file."""
    ranked = _place_runs(sheet.columns)
    listed = {column.position for run in ranked for column in run}
    stems: dict[str, list[Column]] = {}
    questions = _whole_questions(sheet.columns)
    for column in sheet.columns:
        if column.position in questions:
            continue
        if column.heading.stem and column.position not in listed:
            stems.setdefault(column.heading.stem, []).append(column)
    grouped: list[Block] = []
    alone: list[Column] = []
    for column in sheet.columns:
        if column.position in listed:
            continue
        members = stems.get(column.heading.stem, [])
        answers = [one for one in members if one.heading.kind == ""]
        if len(answers) < 2:
            alone.append(column)
        elif column is members[0]:
            texts = tuple(one for one in members if one.heading.kind != "")
            grouped.append(_trimmed(_block(answers, other=texts)))
    grouped = _merged(grouped)
    apart = [column for column in alone if column.position not in questions]
    runs = [_block(run, sure=False) for run in ranked]
    runs += [replace(_block(run, sure=False), near=near) for run, near in _with_edges(list(_runs(apart)), apart)]
    taken = {column.position for block in runs for column in block.columns}
    runs += [_block(run, sure=False) for run in _numbers([one for one in apart if one.position not in taken])]
    taken = {column.position for block in runs for column in block.columns}
    singles = [_single(column) for column in alone if column.position not in taken and column.heading.kind == ""]
    found = sorted([*grouped, *runs, *singles], key=lambda block: block.columns[0].position)
    return list(_distinct_names(found))


def _whole_questions(columns: Sequence[Column]) -> set[int]:
    """Positions of columns Q2, Q3, ... beside Q4_1, Q4_2, ...: each is a question, and they are no items of one."""
    if sum(PART.fullmatch(column.name) is not None for column in columns) < 2:
        return set()
    return {column.position for column in columns if WHOLE.fullmatch(column.name)}


def _place_runs(columns: Sequence[Column]) -> list[list[Column]]:
    """Neighbours whose names say the places 1, 2, 3 in other words each, and whose cells are the same texts."""
    runs: list[list[Column]] = []
    run: list[Column] = []
    for column in [*columns, None]:
        place = place_of(column) if column is not None and column.heading.kind == "" else None
        goes_on = place is not None and column is not None and _texts_of(column)
        if goes_on and run and column is not None:
            together = frozenset().union(*(one.levels for one in run))
            goes_on = place not in map(place_of, run) and len(column.levels & together) >= 2
        if goes_on and column is not None:
            run.append(column)
            continue
        if len(run) > 1 and 1 in map(place_of, run) and len({one.heading.stem for one in run}) > 1:
            runs.append(run)
        run = [column] if place is not None and column is not None and _texts_of(column) else []
    return runs


def _texts_of(column: Column) -> bool:
    """Whether the cells of a column are a few texts, and no numbers."""
    return bool(column.levels) and not any(place_in(level) is not None for level in column.levels)


def _single(column: Column) -> Block:
    question = column.heading.question or column.heading.item or column.name
    question = question if SENTENCE.search(question) else ""
    name = column.name if _short(column.name) else range_of((column,))
    return Block(name, question, (column,), (question or column.name,), sure=True)


def _block(columns: Sequence[Column], *, sure: bool = True, other: tuple[Column, ...] = ()) -> Block:
    columns = tuple(columns)
    question, items = _texts(columns)
    return Block(_name(columns), question, columns, items, sure, other)


def _texts(columns: tuple[Column, ...]) -> tuple[str, tuple[str, ...]]:
    """The question, and each column's item: from the header, else what the texts have that the others have not."""
    headings = [column.heading for column in columns]
    items = tuple(heading.item for heading in headings)
    if all(items) and len(set(items)) == len(items):
        return headings[0].question, items
    questions = [heading.question for heading in headings]
    names = _titles(columns)
    if all(questions) and len(set(questions)) == len(questions):
        question, items = split_common(questions)
        if questions != names:
            return question, items
        if question:
            return (question if SENTENCE.search(question) else ""), items
    question = questions[0] if len(set(questions)) == 1 else ""
    _common, words = _split_words(names)
    return question, words or tuple(names)


def _titles(columns: Sequence[Column]) -> list[str]:
    """What the file calls each column, with its letters where another is called so."""
    seen: set[str] = set()
    titles = []
    for column in columns:
        again = fold(column.title) in seen
        seen.add(fold(column.title))
        titles.append(f"{column.title} ({range_of((column,))})" if again else column.title)
    return titles


def _split_words(names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Names written together ("ChallengePolitics") without the words that all begin with, and these."""
    size = _common_words(names)
    tokens = [WORDS.findall(name) for name in names]
    if not size or any(len(one) <= size for one in tokens):
        return "", ()
    rest = tuple(" ".join(one[size:]) for one in tokens)
    plain = len(set(rest)) == len(rest) and not any(text.isdecimal() for text in rest)
    return (" ".join(tokens[0][:size]), rest) if plain else ("", ())


def _common_words(names: Sequence[str]) -> int:
    tokens = [WORDS.findall(name) for name in names]
    return shared_start(tokens) if all(tokens) else 0


def _name(columns: tuple[Column, ...]) -> str:
    """A short name: the stem, else what the columns' names share, else the letters of the first and last column."""
    stem = columns[0].heading.stem
    if _short(stem) and stem == columns[-1].heading.stem and not stem.startswith("QID"):
        return stem
    names = [column.name for column in columns]
    shared = names[0][: shared_start(names)]
    if any(name[len(shared) :][:1].isdecimal() for name in names):  # "Q7_1" of Q7_10 and Q7_11
        shared = re.sub(r"\d+$", "", shared)
    shared = re.sub(r"[\[(_\s.:#-]+$", "", shared)
    lettered = any(name.startswith("column:") for name in names)
    return shared if len(shared) > 1 and _short(shared) and not lettered else range_of(columns)


def _short(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and not re.search(r"[\s,;]", name)


def _trimmed(block: Block) -> Block:
    """Without the columns that hold quite other cells than most: a whole ranking as text beside its ranks."""
    if all(numbers_of(column) or not column.answered for column in block.columns):
        return block  # sliders, whose numbers need not meet
    times: dict[str, int] = {}
    for column in block.columns:
        for level in column.levels:
            times[level] = times.get(level, 0) + 1
    common = {level for level, size in times.items() if size >= max(2, 0.5 * len(block.columns))}
    if not common:
        return block
    if sum(place_of(column) is not None for column in block.columns) >= len(block.columns) - 1:
        return block  # the last places may hold items that no other place does
    wanted = [
        i
        for i, column in enumerate(block.columns)
        if not column.answered
        or _holds(column, common)
        or (column.levels and all(times[one] > 1 for one in column.levels))
    ]
    if len(wanted) == len(block.columns) or len(wanted) < 2:
        return block
    if all(place_in(level) is None for level in common) and in_places(block.columns, block.items) is not None:
        wanted = [i for i, column in enumerate(block.columns) if i in wanted or len(column.filled) <= MOST_LEVELS]
    kept = [block.columns[i] for i in wanted]
    others = tuple(column for i, column in enumerate(block.columns) if i not in wanted)
    return _block(kept, sure=block.sure, other=(*block.other, *others))


def _holds(column: Column, common: set[str]) -> bool:
    """Whether more than a few cells of a column are of the common ones."""
    inside = sum(size for value, size in column.filled.items() if fold(value) in common) if column.levels else 0
    return inside > 0.1 * column.answered


def _runs(columns: Sequence[Column]) -> Iterator[list[Column]]:
    """Neighbours with the same few cells, at least three of them, cut where their names begin otherwise."""
    run: list[Column] = []
    together: frozenset[str] = frozenset()  # levels of the run
    for column in [*columns, None]:
        levels = frozenset() if column is None else _levels(column)
        if (
            column is not None
            and run
            and column.position == run[-1].position + 1
            and not _begins_again(run, column)
            and _alike(run, together, column, levels)
        ):
            run.append(column)
            together |= levels
            continue
        if len(run) >= FEWEST or (len(run) > 1 and all(place_of(one) is not None for one in run)):
            yield from (part for part in _by_prefix(run) if len(part) >= min(FEWEST, len(run)))
        run = [column] if column is not None and levels else []
        together = levels


def _begins_again(run: Sequence[Column], column: Column) -> bool:
    """Whether a column is called like the first of several others: a second question with the same items."""
    titles = {fold(one.title) for one in run}
    return len(titles) > 1 and fold(column.title) == fold(run[0].title)


def _with_edges(runs: list[list[Column]], columns: Sequence[Column]) -> Iterator[tuple[list[Column], tuple[str, ...]]]:
    """The runs with the neighbours whose cells are all among theirs, as those of an item at the end of a scale are.

    Bare numbers may be anything: neighbours that hold nothing else are named and not taken.
    """
    place = {column.position: column for column in columns}
    taken = {column.position for run in runs for column in run}
    for run in runs:
        levels = frozenset().union(*map(_levels, run))
        near: list[str] = []
        for step, end in ((-1, 0), (1, -1)):
            while (beside := place.get(run[end].position + step)) is not None and beside.position not in taken:
                own = _levels(beside)
                if not own or not own <= levels or len(levels) <= len(own) or levels <= MARKED | UNMARKED:
                    break
                if all(numeral(cell) is not None for cell in own):
                    near += [] if WHO.search(beside.name) else [beside.name]
                    break
                run.insert(0 if step < 0 else len(run), beside)
                taken.add(beside.position)
        yield run, tuple(near)


def _numbers(columns: Sequence[Column]) -> Iterator[list[Column]]:
    """Neighbours that hold many numbers from 0 to 100, as sliders give them, cut where their names begin otherwise."""
    run: list[Column] = []
    for column in [*columns, None]:
        wanted = column is not None and _may_be_slider(column)
        if wanted and column is not None and (not run or column.position == run[-1].position + 1):
            run.append(column)
            continue
        yield from (part for part in _by_prefix(run) if len(part) >= FEWEST) if len(run) >= FEWEST else ()
        run = [column] if wanted and column is not None else []


def _may_be_slider(column: Column) -> bool:
    """Whether a column holds many numbers from 0 to 100, that are no ids and say nothing of the respondent."""
    ids = column.answered >= MANY_ROWS and len(column.filled) == column.answered
    about_person = WHO.search(column.name) is not None
    return column.heading.kind == "" and not ids and not about_person and len(numbers_of(column)) > MOST_LEVELS


def _levels(column: Column) -> frozenset[str]:
    """The levels of a column that may be part of a grid; empty for any other."""
    levels = frozenset(level for level in column.levels if not column.kind_of_missing(level, codes=False))
    if levels == {fold(column.name)}:
        return OWN_TEXT
    codes = levels - ZERO_ONE
    if len(codes) == 1 and "1" not in levels and next(iter(codes)).isdecimal() and (column.blank or "0" in levels):
        return OWN_CODE
    return levels if column.heading.kind == "" and 1 <= len(levels) <= MOST_LEVELS else frozenset()


def _alike(run: list[Column], together: frozenset[str], column: Column, levels: frozenset[str]) -> bool:
    """Whether a column with its levels goes on with a run and the levels that its columns have together."""
    if levels == together and (levels <= MARKED or levels == OWN_TEXT):
        return True
    own = (levels - ZERO_ONE, together - ZERO_ONE)
    if OWN_CODE in own and all(cells in (OWN_CODE, frozenset()) for cells in own):
        return True  # "1" is the code of the first option
    if levels and levels <= together and len(run) >= 2 and _common_words([run[-1].title, column.title]):
        return True  # an item that few named
    shared = len(levels & together)
    return (
        bool(levels)
        and shared >= 2
        and shared >= 0.6 * min(len(levels), len(together))
        and len(levels | together) <= MOST_LEVELS
    )


def _by_prefix(run: list[Column]) -> list[list[Column]]:
    """Cut where neighbours share no first word, if most of them do."""
    shares = [_common_words([a.title, b.title]) > 0 for a, b in pairwise(run)]
    if sum(shares) < 0.75 * len(shares) or (all(shares) and _common_words([column.title for column in run]) > 0):
        return [run]
    parts = [[run[0]]]
    for column, shares_word in zip(run[1:], shares, strict=True):
        if shares_word:
            parts[-1].append(column)
        else:
            parts.append([column])
    return parts


def _merged(blocks: list[Block]) -> list[Block]:
    """Batteries "10a. ...", "13a. ..." with the same levels and no wording of their own are one question."""
    result: list[Block] = []
    place: dict[frozenset[str], int] = {}
    for block in blocks:
        levels = frozenset(level for level in block.cells if not block.kind_of_missing(level, codes=False))
        lettered = all(LETTERED.fullmatch(column.heading.stem) for column in block.columns)
        mergeable = lettered and not block.question and len(levels) >= 4 and len(levels) <= MOST_LEVELS
        if mergeable and levels in place:
            other = result[place[levels]]
            both = (*other.columns, *block.columns)
            result[place[levels]] = Block(
                f"{other.name},{block.name}", "", both, (*other.items, *block.items), True, (*other.other, *block.other)
            )
            continue
        if mergeable:
            place[levels] = len(result)
        result.append(block)
    return result


def _distinct_names(blocks: list[Block]) -> Iterator[Block]:
    used: set[str] = set()
    for block in blocks:
        name = block.name if block.name not in used else range_of(block.columns)
        used.add(name)
        yield replace(block, name=name)
