"""Rankings with a column per place, whose cell is the item there; and which of the two readings agrees better."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from obstacles.survey.detect.rank_grid import CLEAN, RankedRows, blank_choices, grid, leave_out, missing_cells
from obstacles.survey.detect.sheet import Block
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.studyfile.guess import Entry, FoundItem, Guess, count
from obstacles.text.fold import fold
from obstacles.text.language import _, semicolons

PLACE = re.compile(
    r"(?:rank(?:ing)?|place|position|choice|priority|prio|pos|rang|platz|第|排名|名次)[\s_\[(#.-]*\d{1,2}", re.I
)
ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)\b|first|second|third|fourth|fifth|第[一二三四五六七八九十]", re.I)
MOST_ITEMS = 150
FEWEST_UNNAMED = 10  # rows below which columns not named as places prove nothing
FARTHER = 2.0  # how many times better the inverse must agree before it is asked about
LARGE_AGREEMENT = 0.1


def places(block: Block) -> Guess | None:
    """A column per place, the cell is the item placed there."""
    m = len(block.columns)
    texts = block.cells
    if m < 2 or not 3 <= len(texts) <= 4 * MOST_ITEMS:
        return None
    missing = {key for key in texts if block.kind_of_missing(key)}
    total = sum(size for key, size in texts.items() if key not in missing)
    by_name = sum(names_a_place(column.name, item) for column, item in zip(block.columns, block.items, strict=True))
    numbers = all(numeral(key) is not None for key in texts if key not in missing)
    if (numbers and by_name < m - 1) or (not numbers and by_name < m - 1 and block.n < FEWEST_UNNAMED):
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
    usual = int(np.bincount(filled).argmax())
    if usual < 2 and by_name < m:
        return None
    last = max(i for i, column in enumerate(block.columns) if column.answered) + 1
    entries = [Entry("order", [column.name for column in block.columns[:last]])]
    if (((at[answered] >= 0) & (at[answered] < len(named))).sum(axis=1) < len(named)).any():
        why = _("{n} of {all} rankings fill {k} places; {m} items were named").format(
            n=count(int((filled == usual).sum())), all=count(n), k=usual, m=len(named)
        )
        entries.append(Entry("blank", "below", semicolons([why, blank_choices()]), True))
    entries += missing_cells(missing, block)
    if rare:
        entries.append(Entry("other", True, _("{n} texts occur once only").format(n=len(rare)), True))
    evidence = _("each row names different texts, {m} in all; most rows fill {k} places").format(m=len(named), k=usual)
    quality = leave_out(_("{n} of {all} rankings name an item twice"), twice, n)
    items = tuple(FoundItem(block.spelt[key]) for key in sorted(named, key=lambda key: -texts[key]))
    return Guess(
        "order_list",
        (0.97 if by_name >= m - 1 else 0.7) * (1 - twice / n),
        evidence,
        items,
        tuple(entries),
        quality=quality,
        notes=(_("the items are the texts found; one that nobody named has to be added"),),
        used=tuple(column.name for column in block.columns),
    )


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


def names_a_place(*texts: str) -> bool:
    """Whether one of the texts names a place of a ranking: "Rank 1", "second choice", "第3"."""
    return any(PLACE.search(text) is not None or ORDINAL.search(text) is not None for text in texts)
