"""What is legal but looks wrong in one wave's answers: items without an answer, one person under two ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from obstacles.survey.answers import Answers, BestWorst, Rankings, Ratings
from obstacles.survey.files.threads import beside
from obstacles.survey.loading.selection import Selection
from obstacles.survey.problems import and_more
from obstacles.survey.settings import WaveSettings
from obstacles.text.language import _, ngettext, quoted_names

MOST_NAMED = 5  # items that one warning names
FIRST_LOOK = 1000  # rankings of which one that holds an order is nearly always found
TILE = 65_536  # rows looked at together
MIXER = np.uint64(0x9E3779B97F4A7C15)  # an odd number without pattern, as hashes multiply by


def doubt_items(selection: Selection, answers: Answers) -> None:
    """Warn of items that nobody answered, and of items that nobody chose."""
    answered, chosen = _met(answers)
    silent: list[str] = []
    for place, item in enumerate(answers.items):
        if not answered[place]:
            message = _('nobody answered "{item}": it is not ranked.')
            selection.problem("warning", "W-ITEM-01", message.format(item=item.name))
        elif not chosen[place]:
            silent.append(item.name)
    if silent:
        message = ngettext(
            "nobody chose {names}: its share is 0, and a model needs a penalty to give it a worth.",
            "nobody chose {names}: their shares are 0, and a model needs a penalty to give them worths.",
            len(silent),
        )
        names = and_more(quoted_names(silent[:MOST_NAMED]), len(silent) - MOST_NAMED)
        selection.problem("warning", "W-ITEM-02", message.format(names=names), count=len(silent))
    if isinstance(answers, Rankings) and not answers.selection and _all_level(answers):
        message = _("every ranking puts all its items level: the answers hold no order.")
        selection.problem("info", "I-RANK-03", message)


def _all_level(answers: Rankings) -> bool:
    """Whether there are rankings, and each gives rank 1 to all items that were offered."""
    parts = (slice(FIRST_LOOK), slice(FIRST_LOOK, None))
    return len(answers.ranks) > 0 and all((answers.ranks[rows] == answers.offered[rows]).all() for rows in parts)


def _met(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """(m,) bool: whether each item was part of any answer, and whether it was ever chosen, ranked or rated."""
    if isinstance(answers, Rankings):
        return np.asarray(answers.offered.any(axis=0)), np.asarray((answers.ranks > 0).any(axis=0))
    if isinstance(answers, BestWorst):
        met = np.asarray(answers.shown.any(axis=0))
    elif isinstance(answers, Ratings):
        met = np.asarray((~np.isnan(answers.scores)).any(axis=0))
    else:
        met = ~np.isnan(answers.share)
    return met, met


def look_for_alike(selection: Selection, wave: WaveSettings, columns: Sequence[str]) -> Callable[[], np.ndarray] | None:
    """Begin to look for rows with different ids that agree in every answer, group and time: (n,) bool.

    Without a column of times equal answers prove nothing, so nothing is looked for.
    """
    time = wave.date or wave.duration
    if wave.id_column is None or time is None or len(selection.rows) < 2:
        return None
    used = dict.fromkeys([*columns, *wave.columns.values(), *(c for c in (wave.date, wave.duration) if c is not None)])
    coded, rows = [selection.table.coded(column) for column in used], selection.rows
    return beside(lambda: _alike(coded, rows), size=len(rows))


def doubt_persons(selection: Selection, wave: WaveSettings, again: np.ndarray) -> None:
    """Flag and list the rows `again`, with the answers, groups and times of others: perhaps one person twice."""
    selection.flag("same_answers", again)
    if not again.any():
        return
    places = np.flatnonzero(again)
    message = ngettext(
        "{n} row has the same answers, groups and times as another, under another id. It is kept: is it one person?",
        "{n} rows have the same answers, groups and times as others, under other ids. They are kept: are they one "
        "person each?",
        len(places),
    )
    selection.problem("warning", "W-ID-04", message.format(n=f"{len(places):,}"), wave.id_column, places)


def _alike(columns: Sequence[tuple[np.ndarray, Sequence[str]]], rows: np.ndarray) -> np.ndarray:
    """(n,) bool: which of the `rows` agree with another one in every column of (codes, distinct cells).

    The codes of a row are the digits of one number while it fits into 64 bits; beyond, it becomes a hash, and the few
    rows with equal hashes are compared.
    """
    groups = _grouped([len(values) for _codes, values in columns])
    exact = [size <= 1 << 64 for size in np.cumprod([size for _members, size in groups], dtype=object)]
    total = np.zeros(len(columns[0][0]), np.uint64)
    for start in range(0, len(total), TILE):
        part = total[start : start + TILE]
        for (members, size), fits in zip(groups, exact, strict=True):
            digits = np.zeros(len(part), np.uint32)
            for place in members:
                codes, values = columns[place]
                digits *= np.uint32(len(values))
                digits += codes[start : start + TILE].astype(np.uint32)
            if not fits:
                part ^= part >> np.uint64(29)
            part *= np.uint64(size) if fits else MIXER
            part += digits
    total = total.take(rows)
    ordered = np.sort(total)
    alike = np.isin(total, np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))
    if exact[-1]:
        return alike
    places = np.flatnonzero(alike)
    part = np.column_stack([codes[rows[places]] for codes, _values in columns])
    _distinct, same, times = np.unique(part, axis=0, return_inverse=True, return_counts=True)
    again = np.zeros(len(total), bool)
    again[places] = times[same.reshape(-1)] > 1
    return again


def _grouped(sizes: Sequence[int]) -> list[tuple[list[int], int]]:
    """Places of neighbouring columns whose sizes multiply to no more than 32 bits, which are fast, and the product."""
    groups: list[tuple[list[int], int]] = []
    for place, size in enumerate(sizes):
        if groups and groups[-1][1] * size <= 1 << 32:
            groups[-1] = ([*groups[-1][0], place], groups[-1][1] * size)
        else:
            groups.append(([place], size))
    return groups
