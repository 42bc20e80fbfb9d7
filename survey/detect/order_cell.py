"""Several answers in one cell: which separator joins them, which options there are, and whether their order speaks.

Options may contain the separator: what is always found side by side, or inside brackets, is one option. A checkbox
export keeps the order of the questionnaire; where two options stand in both orders, the order is the respondent's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from obstacles.survey.detect.direction import asked_for_order as order_in
from obstacles.survey.detect.direction import asked_to_rank
from obstacles.survey.detect.levels import kind_of_missing
from obstacles.survey.detect.order_columns import IN_BOTH_ORDERS, never_together, two_languages
from obstacles.survey.detect.rank_grid import blank_choices
from obstacles.survey.detect.sheet import Block, Column
from obstacles.survey.formats.cell_lists import JSON, by_number, json_parts, json_places
from obstacles.survey.formats.missing import MISSING, VENDOR_CODES
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, by_kind, count, missing_entry, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, semicolons

IN_ORDER = ("→", "->", "=>", "≻", ">")  # separators that stand between what comes first and what comes after
CODED = re.compile(r"[\d_]")  # what codes have and words have not
TIE = re.compile(r"[=~≈≃]|\s&\s")  # between items that share a place
SPACE = " "  # between codes of choices, as ODK and Kobo write select_multiple and rank
SEPARATORS = ("┋", *IN_ORDER, ";", "|", "\n", ", ", ",", "、", "；", "，", SPACE)
UNUSUAL = (" / ", "/", " + ", "+", " & ", "&", "#", "~", "•", "·", "*", " - ", " – ", " then ", " und ", " and ")
CODE = re.compile(r"[a-z0-9]+(?:[_.-][a-z0-9]+)*")  # no word of a sentence, whose first letter is a capital
FIRST_LOOK = 400
MOST_OPTIONS = 60
COVERED = 0.8  # share of all choices that must be frequent options
SEVERAL = 0.1  # share of cells with more than one option
COMBINED = 0.7  # share of choices whose option stands in more than one distinct cell
FEWEST_COMBINATIONS = 3
NUMBERED = 0.9  # share of cells whose parts all have the number of a place
NUMBERS = re.compile(r"\d{1,2}")


@dataclass(frozen=True)
class CellLists:
    """A column's cells as lists of options."""

    separator: str
    options: dict[str, int]  # text as written -> how often, frequent ones only
    missing: dict[str, int]  # the same of those that say that there is no answer
    covered: float  # share of the choices that are options
    several: float  # share of cells with more than one
    lists: tuple[tuple[tuple[str, ...], int], ...]  # options of each distinct cell, and how often it occurs
    numbered: bool = False  # each part has the number of its place


def readings(block: Block) -> Iterator[Guess]:
    """Choices in one cell, a ranking in one cell, or both where the cells fit both."""
    if len(block.columns) != 1 or (split := _split(block.columns[0])) is None:
        return
    column = block.columns[0]
    said = split.numbered or split.separator in IN_ORDER or asked_to_rank([block.question, column.name])
    asked_for_order = said or order_in([block.question, column.name])
    changing = _changing(split)
    if not split.numbered:
        yield _choices(column, split, changing, asked_for_order=asked_for_order)
    if (
        changing > IN_BOTH_ORDERS
        or split.numbered
        or split.separator in IN_ORDER
        or asked_to_rank([block.question, column.name])
    ):
        yield _ranking(column, split, changing, asked_for_order=asked_for_order)
    if (ranks := _ranks(column, split)) is not None:
        yield ranks


def _cell(column: Column, split: CellLists) -> Entry:
    stated: dict[str, str | bool] = {"column": column.name, "separator": split.separator}
    stated |= {"numbered": True} if split.numbered and split.separator != JSON else {}
    apart = never_together([set(options) for options, _size in split.lists])
    tied = next((text for text in split.options if _is_tie(text, split)), "")
    doubts = [two_languages()] if apart else []
    if split.separator == SPACE and not (_are_codes(split.options) or _complete(split) or column.separator):
        doubts.append(_("are the words between spaces an option each?"))
    if split.separator in UNUSUAL and not column.separator:
        doubts.append(_('does "{separator}" stand between answers?').format(separator=split.separator))
    if tied:
        doubts.append(
            _('"{text}" seems to be two items in one place, which cannot be read from a cell').format(text=tied)
        )
    return Entry("cell", stated, semicolons(doubts), bool(doubts))


def _is_tie(text: str, split: CellLists) -> bool:
    """Whether an option is two others with a sign of equality between them."""
    known = {fold(option) for option in split.options}
    parts = [fold(part.strip()) for part in TIE.split(text)]
    return len(parts) > 1 and all(part in known for part in parts)


def _choices(column: Column, split: CellLists, changing: float, *, asked_for_order: bool) -> Guess:
    """Select all that apply."""
    items = tuple(FoundItem(text) for text in split.options)
    entries = [_cell(column, split), *_blank(split, column), *_beside(split, column)]
    evidence = _('{share} of the cells hold several of {m} options, joined by "{separator}"').format(
        share=percent(split.several, 1), m=len(items), separator=_shown(split)
    )
    ranked = changing > IN_BOTH_ORDERS and (asked_for_order or _complete(split))
    fit = (0.5 if ranked else 0.85) * split.covered
    return Guess("multi_select", fit, evidence, items, tuple(entries), used=(column.name,))


def _ranking(column: Column, split: CellLists, changing: float, *, asked_for_order: bool) -> Guess:
    """The items in their order."""
    longest = max(len(options) for options, _n in split.lists)
    entries = [_cell(column, split)]
    if longest < len(split.options):
        entries.append(Entry("k", longest, _("no cell lists more than {k} items").format(k=longest)))
    if any(options and len(set(options)) < len(split.options) for options, _size in split.lists) or split.covered < 1:
        n = sum(size for options, size in split.lists if options)
        full = sum(size for options, size in split.lists if len(options) == longest)
        why = _("{n} of {all} cells hold {k} items of {m}").format(
            n=count(full), all=count(n), k=longest, m=len(split.options)
        )
        sure = asked_for_order and full >= 0.9 * n
        entries.append(Entry("blank", "below", semicolons([why, blank_choices()]), not sure))
    entries += _beside(split, column)
    evidence = _(
        'cells list up to {k} of {m} items, joined by "{separator}", and {share} of the pairs stand against their '
        "usual order"
    ).format(k=longest, m=len(split.options), separator=_shown(split), share=percent(changing, 1))
    items = tuple(FoundItem(option) for option in split.options)
    against = changing > IN_BOTH_ORDERS or split.numbered
    fit = (0.95 if against else 0.65) if asked_for_order else 0.8 if _complete(split) else 0.62
    return Guess("order_list", fit, evidence, items, tuple(entries), used=(column.name,))


def _ranks(column: Column, split: CellLists) -> Guess | None:
    """Bare numbers may also be the rank of the first item, of the second, and so on."""
    m = len(split.options)
    if split.numbered or not all(NUMBERS.fullmatch(option) for option in split.options) or not _complete(split):
        return None
    if sorted(map(int, split.options)) != list(range(1, m + 1)):
        return None
    evidence = _("the first number of a cell may be the rank of the first item, the second that of the second item")
    items = tuple(FoundItem(_("item {n}").format(n=j)) for j in range(1, m + 1))
    why = _("ranks in the order of the items: is 1 the most severe?")
    direction = Entry("direction", "1_is_most_severe", why, True)
    return Guess("rank_grid", 0.7, evidence, items, (_cell(column, split),), direction, used=(column.name,))


def _shown(split: CellLists) -> str:
    return split.separator.replace("\n", "\\n")


def _complete(split: CellLists) -> bool:
    """Whether nearly every list names all options."""
    n = sum(size for options, size in split.lists if options)
    full = sum(size for options, size in split.lists if len(set(options)) == len(split.options))
    return full >= 0.9 * n


def _split(column: Column) -> CellLists | None:
    """The separator that explains the cells best, if any does."""
    cells = list(column.filled.items())
    if len(cells) < 3:
        return None
    if column.separator:
        return _lists(column.separator, cells, COVERED, said=True)
    if (split := _of_json(cells)) is not None:
        return split
    found = [split for separator in SEPARATORS if (split := _by(separator, cells)) is not None]
    found = found or [split for separator in UNUSUAL if (split := _by(separator, cells)) is not None]
    if not found:
        return None
    return max(found, key=lambda split: (round(split.covered * min(1.0, 2 * split.several), 2), len(split.separator)))


def _of_json(cells: list[tuple[str, int]]) -> CellLists | None:
    """Cells that hold lists in JSON."""
    parts = [(json_parts(value), size) for value, size in cells]
    total = sum(size for _value, size in cells)
    lists = [(list(one), size) for one, size in parts if one is not None]
    if sum(size for _one, size in lists) < NUMBERED * total:
        return None
    places = [(one, size) for value, size in cells if (one := json_places(value))]
    whole = sum(size for one, size in places if sorted(one) == list(range(1, len(one) + 1)))
    if places and whole < COVERED * sum(size for _one, size in places):
        return None  # ratings or points
    found = _of_parts(JSON, lists, total, COVERED)
    return replace(found, numbered=bool(places)) if found is not None else None


def _is_missing(value: str) -> bool:
    return kind_of_missing(fold(value)) != "" or VENDOR_CODES.get(value) == MISSING


def _by(separator: str, cells: list[tuple[str, int]]) -> CellLists | None:
    """The cells split by one separator; a first look at few of them spares free text the whole work."""
    if len(cells) > FIRST_LOOK and _lists(separator, cells[:FIRST_LOOK], 0.5 * COVERED) is None:
        return None
    return _lists(separator, cells, COVERED)


def _lists(separator: str, cells: list[tuple[str, int]], enough: float, *, said: bool = False) -> CellLists | None:
    if separator == SPACE and not said and not _codes_of_choices(cells):
        return None
    with_it = sum(size for value, size in cells if separator in value.strip(separator + " "))
    total = sum(size for _value, size in cells)
    if with_it < max(2, SEVERAL * total / 2):
        return None
    parts = [(_parts(value, separator), size) for value, size in cells]
    if (ordered := _by_places(parts, total)) is not None:
        found = _of_parts(separator, ordered, total, enough)
        return replace(found, numbered=True) if found is not None else None
    return _of_parts(separator, _joined(parts, separator), total, enough)


def _codes_of_choices(cells: list[tuple[str, int]]) -> bool:
    """Whether nearly all cells are codes with spaces between them, each code once in a cell, in many combinations.

    Words of a scale ("very bad", "bad") and of names ("hr team", "it team") are combined in few ways.
    """
    split = [(value.split(), size) for value, size in cells]
    total = sum(size for _parts, size in split)
    codes = sum(
        size for parts, size in split if len(set(parts)) == len(parts) and all(CODE.fullmatch(part) for part in parts)
    )
    different = {part for parts, _size in split for part in parts}
    complete = sum(size for parts, size in split if set(parts) == different) >= NUMBERED * total
    many = len(split) >= (1 if _are_codes(different) else 2) * len(different)
    return codes >= NUMBERED * total and (complete or many)


def _are_codes(texts: Iterable[str]) -> bool:
    """Whether most of the texts are no words: "opt_1", "a2"."""
    found = [CODED.search(text) is not None for text in texts]
    return 2 * sum(found) >= len(found) > 0


def _by_places(parts: list[tuple[list[str], int]], total: int) -> list[tuple[list[str], int]] | None:
    """The parts without their numbers, in the order of these; None where the numbers are no places."""
    found = [(by_number(texts), size) for texts, size in parts]
    placed = [(one, size) for one, size in found if one is not None]
    once = [size for one, size in placed if [place for place, _text in one] == list(range(1, len(one) + 1))]
    if sum(once) < NUMBERED * total:
        return None
    numbers: dict[str, set[int]] = {}
    for one, _size in placed:
        for place, text in one:
            numbers.setdefault(fold(text), set()).add(place)
    if all(len(places) == 1 for places in numbers.values()):
        return None  # the number belongs to the option
    return [([text for _place, text in one], size) for one, size in placed]


def _of_parts(separator: str, parts: list[tuple[list[str], int]], total: int, enough: float) -> CellLists | None:
    """The options among the parts of all cells, where they explain enough of them."""
    frequency: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for texts, size in parts:
        for text in texts:
            frequency[fold(text)] += size
            spelt.setdefault(fold(text), text)
    least = max(2, 0.005 * total)
    options = {key: size for key, size in frequency.most_common() if size >= least}
    covered = sum(options.values()) / max(1, sum(frequency.values()))
    if not 3 <= len(options) <= MOST_OPTIONS or covered < enough:
        return None
    items = {key for key in options if not _is_missing(key)}
    lists = tuple((tuple(fold(text) for text in texts if fold(text) in items), size) for texts, size in parts)
    several = sum(size for options_of, size in lists if len(options_of) > 1) / total
    if covered < enough or several < SEVERAL or not _combine(lists, options):
        return None
    spelt_options = {spelt[key]: size for key, size in options.items()}
    missing = {text: size for text, size in spelt_options.items() if _is_missing(text)}
    named = {text: size for text, size in spelt_options.items() if text not in missing}
    return CellLists(separator, named, missing, covered, several, lists) if len(named) >= 3 else None


def _combine(lists: tuple[tuple[tuple[str, ...], int], ...], options: dict[str, int]) -> bool:
    """Whether options are combined freely: a sentence with a comma gives the same parts again and again."""
    cells = Counter(option for options_of, _size in lists for option in set(options_of))
    several = sum(len(set(options_of)) > 1 for options_of, _size in lists)
    free = sum(size for option, size in options.items() if cells[option] > 1)
    return several >= FEWEST_COMBINATIONS and free >= COMBINED * sum(options.values())


def _parts(cell: str, separator: str) -> list[str]:
    """The parts of a cell; one inside a bracket stays with what stands before it."""
    found: list[str] = []
    depth = 0
    for part in cell.split(separator):
        if depth > 0:
            found[-1] += separator + part
        elif part.strip():
            found.append(part)
        opened = part.count("(") + part.count("（") - part.count(")") - part.count("）")
        depth = max(0, depth + opened) if found else 0
    if depth > 0:  # a bracket that never closes proves nothing
        return [part.strip() for part in cell.split(separator) if part.strip()]
    return [part.strip() for part in found]


def _joined(parts: list[tuple[list[str], int]], separator: str) -> list[tuple[list[str], int]]:
    """Parts that always stand side by side, put together again: an option that contains the separator."""
    alone: Counter[str] = Counter()
    goes_on: set[str] = set()  # parts that begin with a small letter, as the middle of a sentence does
    together: Counter[tuple[str, str]] = Counter()
    for texts, size in parts:
        keys = [fold(text) for text in texts]
        goes_on.update(key for key, text in zip(keys, texts, strict=True) if text[:1].islower())
        for key in keys:
            alone[key] += size
        for pair in pairwise(keys):
            together[pair] += size
    one_option = {
        pair
        for pair, size in together.items()
        if size >= 3 and size == alone[pair[0]] == alone[pair[1]] and pair[1] in goes_on
    }
    if not one_option:
        return parts
    result = []
    for texts, size in parts:
        whole: list[str] = []
        for text in texts:
            if whole and (fold(whole[-1].rpartition(separator)[2]), fold(text)) in one_option:
                whole[-1] += separator + text
            else:
                whole.append(text)
        result.append((whole, size))
    return result


def _changing(split: CellLists) -> float:
    """Share of pairs of options that stand against the usual order of the two."""
    orders: Counter[tuple[str, str]] = Counter()
    for options, size in split.lists:
        for pair in combinations(dict.fromkeys(options), 2):
            orders[pair] += size
    both = {tuple(sorted(pair)) for pair in orders}
    against = sum(min(orders[(a, b)], orders[(b, a)]) for a, b in both)
    return against / max(1, sum(orders.values()))


def _alone(column: Column, split: CellLists) -> dict[str, int]:
    """Cells that hold nothing but a text such as "no answer"."""
    return {value: size for value, size in column.filled.items() if split.separator not in value and _is_missing(value)}


def _blank(split: CellLists, column: Column) -> list[Entry]:
    refused = sum(_alone(column, split).values())
    if not column.blank and not refused:
        return []
    why = _("{share} of the cells are blank").format(share=percent(column.blank, column.n))
    if refused:
        why = semicolons([why, _("{n} say that there is no answer").format(n=count(refused))])
    return [Entry("blank", "not_answered", semicolons([why, blank_choices()]), True)]


def _beside(split: CellLists, column: Column) -> list[Entry]:
    """`missing` and `other`."""
    missing = {**split.missing, **_alone(column, split)}
    kinds = by_kind((kind_of_missing(fold(value)) or "skipped", value) for value in missing)
    found = missing_entry(kinds, sum(missing.values()))
    if split.covered < 1:
        why = _("{share} of the choices are other texts, each of them rare; they are counted and not ranked").format(
            share=percent(1 - split.covered, 1)
        )
        found.append(Entry("other", True, why, True))
    return found
