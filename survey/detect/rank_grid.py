"""Rankings with a column per item, whose cell is its rank; with ties allowed they look like a scale."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from obstacles.survey.detect.direction import asked_for_order, asks_for_other_end, said_by, speaks_of_points
from obstacles.survey.detect.levels import CODES
from obstacles.survey.detect.sheet import BLANK, LARGEST, WORD, Block
from obstacles.survey.detect.unranked import Filler, filler_of
from obstacles.survey.formats.missing import BELOW, VENDOR_CODES
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.ordinals import place_in
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, by_kind, count, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, commas, semicolons

CLEAN = 0.8  # share of rankings that must be 1..k, each once
DENSE = 0.95  # share of rows without gaps above which tied ranks are possible
EVIDENT = 0.9  # share of rankings with the usual number of ranks above which it was the number asked for
IN_PART = 0.2  # share of rankings in part among whole ones above which they may have been meant so
FEW_WORDS = 0.05  # share of cells that may be words


@dataclass(frozen=True, eq=False)
class RankedRows:
    """What kind of ranking each row of a grid of whole numbers is."""

    rank: np.ndarray  # (n, m), 0 = none
    answered: np.ndarray  # (n,) bool
    clean: np.ndarray  # 1..k, each once
    twice: np.ndarray  # a rank given twice
    dense: np.ndarray  # 1..d without gaps, or competition ranks; ties allowed

    @classmethod
    def of(cls, whole: np.ndarray, most: int) -> RankedRows:
        """The rows of (n, m) whole numbers, of which 1..most are ranks."""
        rank = np.where((whole >= 1) & (whole <= most), whole, 0)
        number = np.count_nonzero(rank, axis=1)
        ordered = np.sort(rank, axis=1)
        ranked = ordered > 0
        again = np.zeros(ordered.shape, bool)  # the same rank as the one before
        again[:, 1:] = (ordered[:, 1:] == ordered[:, :-1]) & ranked[:, 1:]
        twice = np.asarray(again.any(axis=1))
        place = np.cumsum(ranked, axis=1)
        competition = (again | (ordered == place) | ~ranked).all(axis=1)
        gapless = (ranked & ~again).sum(axis=1) == ordered[:, -1]
        answered = number > 0
        clean = answered & ~twice & (ordered[:, -1] == number)
        return cls(rank, answered, clean, twice, gapless | competition)


def grid(block: Block) -> Guess | None:
    """A column per item, the cell is its rank."""
    m = len(block.columns)
    if m < 3 or not block.cells:
        return None
    filler = filler_of(block)
    whole = _without(block, filler)
    first, why_zero = _first_rank(whole, filler)
    if first == 0:
        whole = np.where(whole >= 0, whole + 1, whole)
    if not _mostly_numbers(block, whole, filler):
        return None
    rows = RankedRows.of(whole, m)
    n = int(rows.answered.sum())
    counts = np.bincount(rows.rank[rows.answered].ravel(), minlength=m + 1)
    if n < 3 or counts[2:].sum() == 0 or counts[1] == 0:
        return None
    clean = int(rows.clean.sum())
    if counts[2] < 0.1 * n or clean < CLEAN * n:
        return None
    number = np.count_nonzero(rows.rank[rows.clean], axis=1)
    usual = int(np.bincount(number).argmax())
    evident = int((number == usual).sum()) >= EVIDENT * clean
    often = np.flatnonzero(counts[1:] >= max(1, 0.01 * n))
    k = int(often[-1]) + 1 if len(often) else m
    places = _("no more than {k} places were filled").format(k=k)
    entries = [Entry("k", k, places, not (evident and k == usual))] if k < m else []
    if first == 0:
        entries.append(Entry("first_rank", 0, why_zero, True))
    entries += _unranked(filler, certain=evident or k == m - 1)
    entries += _other_cells(block, m, known=filler.folded if filler is not None else frozenset(), zero=first == 1)
    blanks = int((whole[rows.answered] == BLANK).sum()) - _filled_up(whole, rows, filler, block)
    if blanks > 0:
        entries.append(_blank(blanks, n * m, usual, int((number == usual).sum()), clean, whole_rankings=usual == m))
    evidence = (
        _("{share} of {n} rankings hold 1 to {k}, each once")
        if usual == m
        else _("{share} of {n} rankings hold 1, 2, ... without gaps; most hold {k} ranks")
    ).format(share=percent(clean, n), n=count(n), k=usual)
    return Guess(
        "rank_grid",
        clean / n,
        evidence,
        items_of(block),
        tuple(entries),
        _direction(block, rows, in_part=usual < m and evident),
        _quality(rows, whole, k, entries),
    )


def _without(block: Block, filler: Filler | None) -> np.ndarray:
    """(n, m) whole numbers, BLANK where the filler stands."""
    if filler is None:
        return block.whole
    cells = [np.array([fold(value) in filler.folded for value in c.values], bool)[c.codes] for c in block.columns]
    return np.where(np.column_stack(cells), np.int16(BLANK), block.whole)


def _filled_up(whole: np.ndarray, rows: RankedRows, filler: Filler | None, block: Block) -> int:
    """Blanks of the rows with ranks that are fillers and say what they mean."""
    if filler is None:
        return 0
    return int(((whole == BLANK) & (block.whole != BLANK))[rows.answered].sum())


def _first_rank(whole: np.ndarray, filler: Filler | None) -> tuple[int, str]:
    """0 where every row holds one 0 and the numbers after it, each once; else 1."""
    if (filler is not None and "0" in filler.folded) or not (whole == 0).any():
        return 1, ""
    filled = (whole >= 0).any(axis=1)
    one_zero = ((whole == 0).sum(axis=1) == 1) & filled
    rows = RankedRows.of(np.where(whole >= 0, whole + 1, whole), whole.shape[1])
    good = int((rows.clean & one_zero).sum())
    if good < CLEAN * filled.sum():
        return 1, ""
    return 0, _(
        "{share} of {n} rows hold 0 once and the numbers after it: is 0 the first rank, or an item not ranked?"
    ).format(share=percent(good, int(filled.sum())), n=count(int(filled.sum())))


def _unranked(filler: Filler | None, *, certain: bool) -> list[Entry]:
    """The key `unranked` for what stands in place of a rank."""
    if filler is None:
        return []
    why = _("{n} cells are {cells}").format(n=count(filler.count), cells=commas(filler.cells))
    return [Entry("unranked", list(filler.cells), why, not certain)]


def tied_grid(block: Block) -> Guess | None:
    """Ranks that several items may share: every row holds 1, 2, ... without gaps, with repetitions."""
    m = len(block.columns)
    if m < 3 or not _mostly_numbers(block, block.whole, None) or not _plain_numbers(block):
        return None
    rows = RankedRows.of(block.whole, m)
    n = int(rows.answered.sum())
    outside = ((block.whole > m) | (block.whole == 0)).any(axis=1)
    dense = int((rows.answered & rows.dense & ~outside).sum())
    tied = int((rows.answered & rows.twice).sum())
    if n < 3 or dense < DENSE * n or tied < 0.2 * n or rows.rank.max(initial=0) < 3:
        return None
    entries = [
        Entry("ties", True, _("{share} of the rows give a rank to several items").format(share=percent(tied, n)))
    ]
    entries += _other_cells(block, m, per_rank=2)
    blanks = int((block.whole[rows.answered] == BLANK).sum())
    if blanks:
        entries.append(_blank(blanks, n * m, m, dense, n, whole_rankings=True))
    evidence = _("{share} of {n} rows hold 1, 2, ... without gaps").format(share=percent(dense, n), n=count(n))
    direction = _direction(block, rows, in_part=False)
    return Guess("rank_grid", dense / n, evidence, items_of(block), tuple(entries), direction)


def _plain_numbers(block: Block) -> bool:
    """Whether ranks are written as numbers: "1 - minor" may be given to many items, "1st" may not."""
    return all(numeral(cell) is not None or place_in(cell) is None for cell in block.cells)


def _mostly_numbers(block: Block, whole: np.ndarray, filler: Filler | None) -> bool:
    """Whether nearly all cells are ranks, blanks, or cells that mean no answer."""
    filled = int((whole != BLANK).sum())
    codes = [int(code) for code in CODES if code > 0]
    if int(((whole > len(block.columns)) & ~np.isin(whole, codes)).sum()) > FEW_WORDS * filled:
        return False
    known = filler.folded if filler is not None else frozenset()
    words = sum(
        size
        for key, size in block.cells.items()
        if key not in known and (key in VENDOR_CODES or block.kind_of_missing(key))
    )  # which are no ranks, and expected
    return filled > 0 and int((whole == WORD).sum()) - words <= FEW_WORDS * filled


def items_of(block: Block) -> tuple[FoundItem, ...]:
    """The items of a block with a column per item."""
    return tuple(FoundItem(item, column.name) for item, column in zip(block.items, block.columns, strict=True))


def _direction(block: Block, rows: RankedRows, *, in_part: bool) -> Entry:
    """Which end of the ranks is the most severe, and why."""
    texts = [
        block.question,
        *(column.name for column in block.columns),
        *(column.heading.question for column in block.columns),
    ]
    if (said := said_by(texts, block.spelt)) is not None:
        return Entry("direction", said[0], _('"{words}" says so').format(words=said[1][:80]))
    first = int((rows.rank == 1).sum(axis=0).argmax())
    why = _('ranks; 1 stands most often beside "{item}" ({n} times)').format(
        item=block.items[first][:60], n=count(int((rows.rank[:, first] == 1).sum()))
    )
    ordinals = any(numeral(cell) is None and place_in(cell) is not None for cell in block.cells)
    turned = speaks_of_points(texts) or asks_for_other_end([block.question])
    if not turned and (in_part or ordinals or asked_for_order(texts)):
        return Entry("direction", "1_is_most_severe", why)
    ask = _("{evidence}. Is 1 the most severe?").format(evidence=why)
    return Entry("direction", "1_is_most_severe", ask, True)


def blank_choices() -> str:
    """What a blank can mean, for the evidence beside the key."""
    return _("below | not_offered | not_answered")


def _blank(blanks: int, cells: int, usual: int, of_usual: int, n: int, *, whole_rankings: bool) -> Entry:
    """What a blank beside ranks probably means."""
    why = _("{share} of the cells of rankings are blank; {n} of {all} rankings hold {k} ranks").format(
        share=percent(blanks, cells), n=count(of_usual), all=count(n), k=usual
    )
    below = not whole_rankings or n - of_usual > IN_PART * n
    sure = below and not whole_rankings and of_usual >= EVIDENT * n
    return Entry("blank", "below" if below else "not_answered", semicolons([why, blank_choices()]), not sure)


def _is_rank(cell: str, per_rank: int) -> bool:
    """Whether a cell is a number that counts ranks in whole ones (per_rank 1) or in halves (2)."""
    number = place_in(cell)
    return number is not None and number < LARGEST and float(per_rank * number).is_integer()


def _other_cells(
    block: Block, m: int, *, per_rank: int = 1, known: frozenset[str] = frozenset(), zero: bool = True
) -> list[Entry]:
    """`unranked` and `missing` for cells that are no ranks and not `known`."""
    zeros = int((block.whole == 0).sum()) if zero and "0" not in known else 0
    found = [Entry("unranked", ["0"], _("{n} cells are 0").format(n=count(zeros)))] if zeros else []
    words: Counter[str] = Counter()
    above: Counter[int] = Counter()
    for column in block.columns:
        others = [value for value in column.filled if fold(value) not in known]
        none = {value for value in others if fold(value) in column.declared or not _is_rank(value, per_rank)}
        words.update({value: column.filled[value] for value in none})
        above.update(number for number in column.whole[column.whole > m].tolist() if str(number) not in known)
    below = [value for value in words if VENDOR_CODES.get(value) == BELOW]
    if below:
        stated = ["0"] * bool(zeros) + below
        n = sum(words[value] for value in below)
        found = [Entry("unranked", stated, _("{n} cells are {cells}").format(n=count(n), cells=commas(stated)))]
    rest = {fold(value): value for value in words if value not in below}
    found += missing_cells(set(rest), block)
    codes = [str(number) for number, size in above.items() if size > 0.01 * block.n * len(block.columns) and number > 8]
    if codes:
        missing = next((entry for entry in found if entry.key == "missing"), None)
        value = {**(missing.value if missing else {}), "code": codes}
        why = _("{n} cells are {cells}, and ranks go to {m}").format(
            n=count(sum(above[int(code)] for code in codes)), cells=commas(codes), m=m
        )
        found = [entry for entry in found if entry.key != "missing"] + [Entry("missing", value, why, True)]
    return found


def missing_cells(keys: set[str], block: Block) -> list[Entry]:
    """The key `missing` for the folded cells."""
    if not keys:
        return []
    kinds = by_kind((block.kind_of_missing(key) or "unclear", block.spelt[key]) for key in sorted(keys))
    n = sum(block.cells[key] for key in keys)
    why = _("{n} cells that are no ranks and no items").format(n=count(n))
    return [Entry("missing", kinds, why, not kinds.keys().isdisjoint(("unclear", "code")))]


def _quality(rows: RankedRows, whole: np.ndarray, k: int, entries: list[Entry]) -> tuple[Entry, ...]:
    """`invalid_ranking` where some rankings cannot be used."""
    codes = [int(code) for entry in entries if entry.key == "missing" for code in entry.value.get("code", ())]
    large = ((whole > k) & ~np.isin(whole, codes)).any(axis=1)
    wrong = int((rows.answered & (rows.twice | large)).sum())
    return leave_out(
        _("{n} of {all} rankings give a rank twice or a rank that does not exist"), wrong, int(rows.answered.sum())
    )


def leave_out(message: str, wrong: int, n: int) -> tuple[Entry, ...]:
    """`invalid_ranking` where `wrong` of n rankings cannot be used."""
    if not wrong:
        return ()
    why = semicolons([message.format(n=count(wrong), all=count(n)), _("error | leave_out | repair_ties")])
    return (Entry("invalid_ranking", "leave_out", why, True),)
