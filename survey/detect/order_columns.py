"""Rankings with a column per place, whose cell is the item there; and which of the two readings agrees better."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from obstacles.survey.detect.direction import asked_for_order
from obstacles.survey.detect.place_names import in_places, place_of
from obstacles.survey.detect.rank_grid import CLEAN, EVIDENT, RankedRows, blank_choices, grid, leave_out, missing_cells
from obstacles.survey.detect.sheet import Block
from obstacles.survey.formats.ordinals import place_in
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, count, percent
from obstacles.text.fold import fold
from obstacles.text.language import _, semicolons

MOST_ITEMS = 150
FEWEST_UNNAMED = 10  # rows below which columns not named as places prove nothing
FARTHER = 2.0  # how many times better the inverse must agree before it is asked about
LARGE_AGREEMENT = 0.1
FEWEST_TIMES = 2.5  # rows per pair of texts that show which order is the usual one
UNKNOWN = 0.5
FEW_GAPS = 0.05  # share of rows whose slots are not filled from the first on
IN_BOTH_ORDERS = 0.1  # share of pairs against their usual order above which the order is the respondent's


def places(block: Block) -> Guess | None:
    """A column per place, the cell is the item placed there."""
    found = _placed(block)
    if found is None:
        return None
    m, n = len(block.columns), found.answered
    said = in_places(block.columns, block.items)
    by_word = said is not None and said[1]
    changing = pairs_changing(found.at if said is None else found.at[:, said[0]])
    whole = found.filled >= len(found.named)
    if not by_word and changing <= IN_BOTH_ORDERS and not whole.all():
        return None  # in one and the same order: marks of several options, in slots
    order = list(range(m)) if said is None else said[0]
    last = max(i for i in order if block.columns[i].answered) if said is None else order[-1]
    listed = [block.columns[i].name for i in order[: order.index(last) + 1]]
    entries = [found.asked(_order(listed, said is None, order != list(range(m))))]
    usual = int(np.bincount(found.filled).argmax())
    if (found.ranked < len(found.named)).any():
        full = int((found.filled == usual).sum())
        why = _("{n} of {all} rankings fill {k} places; {m} items were named").format(
            n=count(full), all=count(n), k=usual, m=len(found.named)
        )
        sure = by_word and full >= EVIDENT * n
        entries.append(Entry("blank", "below", semicolons([why, blank_choices()]), not sure))
    entries += missing_cells(found.missing, block)
    if found.rare:
        entries.append(Entry("other", True, _("{n} texts occur once only").format(n=len(found.rare)), True))
    evidence = _("each row names different texts, {m} in all; most rows fill {k} places").format(
        m=len(found.named), k=usual
    )
    fit = 0.97 if by_word else 0.7 if asked_for_order([block.question, block.name]) or whole.all() else 0.66
    return Guess(
        "order_list",
        fit * (1 - found.twice / n),
        evidence,
        found.items(block),
        tuple(entries),
        quality=leave_out(_("{n} of {all} rankings name an item twice"), found.twice, n),
        notes=(_("the items are the texts found; one that nobody named has to be added"),),
        used=tuple(column.name for column in block.columns),
    )


def slots(block: Block) -> Guess | None:
    """Select all that apply, the options marked in as many columns: always in the order of the questionnaire."""
    found = _placed(block)
    said = in_places(block.columns, block.items) if found is not None else None
    if found is None or (said is not None and said[1]) or (found.filled >= len(found.named)).all():
        return None
    at = found.at if said is None else found.at[:, said[0]]
    changing = pairs_changing(at)
    gaps = (np.diff((at >= 0).astype(np.int8), axis=1) > 0).any(axis=1)
    if gaps.mean() > FEW_GAPS:
        return None
    if changing > IN_BOTH_ORDERS and asked_for_order([block.question, block.name]):
        return None
    evidence = _("{share} of the pairs of texts stand against their usual order, in {m} columns that fill up").format(
        share=percent(changing, 1), m=len(block.columns)
    )
    entries = [found.asked(Entry("slots", [column.name for column in block.columns]))]
    silent = block.n - found.answered
    if silent:
        why = _("{n} of {all} rows are blank").format(n=count(silent), all=count(block.n))
        entries.append(Entry("blank", "not_answered", semicolons([why, blank_choices()]), True))
    entries += missing_cells(found.missing, block)
    if found.rare:
        entries.append(Entry("other", True, _("{n} texts occur once only").format(n=len(found.rare)), True))
    return Guess(
        "multi_select",
        0.68 if changing > IN_BOTH_ORDERS / 10 else 0.9,
        evidence,
        found.items(block),
        tuple(entries),
        used=tuple(column.name for column in block.columns),
    )


def _order(listed: list[str], unsaid: bool, moved: bool) -> Entry:
    """The key `order`, with what says it."""
    if unsaid:
        return Entry("order", listed, _("in the order of the file; the names say no places: is it right?"), True)
    why = _("by the places that the names say, which the order of the columns in the file is not") if moved else ""
    return Entry("order", listed, why)


@dataclass(frozen=True, eq=False)
class _Placed:
    """Texts in columns, each of them once in a row."""

    at: np.ndarray  # (n, m) of the rows with any: the text at each place, -1 for none
    named: list[str]  # folded texts that are items
    rare: list[str]
    missing: set[str]  # folded texts that are no items
    twice: int  # rows that name a text twice

    @property
    def answered(self) -> int:
        return len(self.at)

    @property
    def filled(self) -> np.ndarray:
        """(n,) places filled."""
        return np.asarray((self.at >= 0).sum(axis=1))

    @property
    def ranked(self) -> np.ndarray:
        """(n,) items placed: a text of one's own fills a place and is none."""
        return np.asarray(((self.at >= 0) & (self.at < len(self.named))).sum(axis=1))

    def asked(self, entry: Entry) -> Entry:
        """The key of the columns, with a question where nobody mixes some of the texts with the others."""
        apart = never_together(
            {self.named[i] for i in row if 0 <= i < len(self.named)} for row in np.unique(self.at, axis=0)
        )
        return replace(entry, why=two_languages(), ask=True) if apart else entry

    def items(self, block: Block) -> tuple[FoundItem, ...]:
        """The texts as they are written, the most frequent first."""
        return tuple(FoundItem(block.spelt[key]) for key in sorted(self.named, key=lambda key: -block.cells[key]))


def _placed(block: Block) -> _Placed | None:
    """The texts of a block whose columns hold the same few texts, each once in a row."""
    m = len(block.columns)
    texts = block.cells
    if m < 2 or not 3 <= len(texts) <= 4 * MOST_ITEMS:
        return None
    missing = {key for key in texts if block.kind_of_missing(key)}
    missing |= _fillers(block, [key for key in texts if key not in missing])
    total = sum(size for key, size in texts.items() if key not in missing)
    said = in_places(block.columns, block.items)
    by_word = said is not None and said[1]
    by_name = m if by_word else sum(place_of(c, i) is not None for c, i in zip(block.columns, block.items, strict=True))
    numbers = 2 * sum(place_in(key) is not None for key in texts if key not in missing) > len(texts) - len(missing)
    if (numbers and not by_word) or (not numbers and by_name < m - 1 and block.n < FEWEST_UNNAMED):
        return None
    named = [key for key, size in texts.items() if key not in missing and (numbers or size >= 2)]
    if not total or len(named) > MOST_ITEMS or len(named) < m or sum(texts[key] for key in named) < 0.9 * total:
        return None
    rare = [key for key in texts if key not in missing and key not in named]
    at, answered = _places(block, {key: i for i, key in enumerate([*named, *rare])})
    n = int(answered.sum())
    ordered = np.sort(at[answered], axis=1)
    twice = int(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1).sum())
    shared = sum(sum(key in column.levels for column in block.columns) >= 2 for key in named)
    if n < 3 or twice > 0.05 * n or shared < 0.6 * len(named):
        return None
    filled = (at[answered] >= 0).sum(axis=1)
    if int(np.bincount(filled).argmax()) < 2 and said is None:
        return None
    return _Placed(at[answered], named, rare, missing, twice)


def _fillers(block: Block, keys: list[str]) -> set[str]:
    """Texts that stand several times in a row where a ranking has nothing more to say: "undervote"."""
    if len(keys) < 3:
        return set()
    at, answered = _places(block, {key: i for i, key in enumerate(keys)})
    n = int(answered.sum())
    if not n:
        return set()
    several = [int(((at == i).sum(axis=1) >= 2).sum()) for i in range(len(keys))]
    usual = sorted(several)[len(several) // 2]
    return {key for key, rows in zip(keys, several, strict=True) if rows >= 0.1 * n and rows > 5 * usual}


def never_together(lists: Iterable[set[str]]) -> bool:
    """Whether the texts fall into groups of at least two of which no list mixes two."""
    groups: list[set[str]] = []
    for one in lists:
        if one:
            met = [group for group in groups if group & one]
            groups = [group for group in groups if not group & one] + [one.union(*met)]
    return len(groups) > 1 and sum(len(group) > 1 for group in groups) > 1


def two_languages() -> str:
    """What is asked of texts that nobody mixes."""
    return _(
        "some of the texts never stand beside the others: are they two languages of the same items? Then give both "
        "texts of an item to one id, in [wave.values]"
    )


def pairs_changing(at: np.ndarray) -> float:
    """Share of pairs of texts that stand against the usual order of the two, `UNKNOWN` where pairs hardly occur again.

    `at` is (n, m), -1 for none.
    """
    size = int(at.max(initial=-1)) + 1
    orders = np.zeros((size, size), np.int64)
    for first in range(at.shape[1]):
        for second in range(first + 1, at.shape[1]):
            both = (at[:, first] >= 0) & (at[:, second] >= 0)
            np.add.at(orders, (at[both, first], at[both, second]), 1)
    together, upper = orders + orders.T, np.triu_indices(size, 1)
    if together.sum() < 2 * FEWEST_TIMES * np.count_nonzero(together[upper]):
        return UNKNOWN
    return float(np.minimum(orders, orders.T)[upper].sum() / max(1, orders.sum()))


def inverse(block: Block, guess: Guess) -> Guess | None:
    """The other reading of rows that are permutations of 1..m: places instead of ranks, or the other way round.

    A full permutation can be a rank for each item or an item for each place; only names and agreement tell them apart.
    """
    m = len(block.columns)
    rows = RankedRows.of(block.whole, m)
    full = rows.clean & (np.count_nonzero(rows.rank, axis=1) == m)
    if full.sum() < max(10, CLEAN * rows.answered.sum()):
        return None
    rank = rows.rank[full]
    turned = np.argsort(rank, axis=1) + 1
    as_ranks, as_places = _agreement(rank), _agreement(turned)
    here, there = (as_ranks, as_places) if guess.form == "rank_grid" else (as_places, as_ranks)
    if there < LARGE_AGREEMENT or there < FARTHER * here:
        return None
    evidence = _("read the other way the rankings agree far better (Kendall's W {there} instead of {here})").format(
        there=f"{there:.2f}", here=f"{here:.2f}"
    )
    if guess.form == "order_list":
        other = grid(block)
        return None if other is None else replace(other, evidence=evidence)
    order = Entry("order", [column.name for column in block.columns])
    items = tuple(FoundItem(f"{j}", None, (str(j),)) for j in range(1, m + 1))
    return Guess(
        "order_list", guess.fit, evidence, items, (order,), used=tuple(column.name for column in block.columns)
    )


def _agreement(rank: np.ndarray) -> float:
    """Kendall's coefficient of concordance W of (n, m) complete rankings."""
    n, m = rank.shape
    sums = rank.sum(axis=0, dtype=float)
    return float(12 * ((sums - sums.mean()) ** 2).sum() / (n**2 * (m**3 - m)))


def _places(block: Block, index: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """(n, m) the text at each place, -1 for none, and (n,) who named any."""
    at = np.column_stack(
        [np.array([index.get(fold(value), -1) for value in column.values])[column.codes] for column in block.columns]
    )
    return at, np.asarray((at >= 0).any(axis=1))
