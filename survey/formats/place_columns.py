"""Columns whose cells are the texts of items: a column per place, or slots that choices fill one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from obstacles.survey.formats.base import Log, WaveQuestion
from obstacles.survey.formats.missing import kinds_of_missing
from obstacles.survey.formats.texts import Texts
from obstacles.text.fold import fold
from obstacles.text.language import _

NOBODY, OTHER = -1, -2  # no item at this place; a text that is none of the items


def texts_in(asked: WaveQuestion, log: Log, names: Sequence[str]) -> np.ndarray:
    """(n, k) intp: the item at each place, NOBODY or OTHER, from columns that hold texts."""
    settings = asked.settings
    texts = Texts(asked.items, settings.values)
    missing = kinds_of_missing(settings)
    at = np.full((asked.n, len(names)), NOBODY, np.intp)
    unknown: Counter[str] = Counter()
    columns: dict[str, np.ndarray] = {}
    for place, column in enumerate(names):
        codes, values = asked.coded(column)
        meaning = np.full(len(values), NOBODY, np.intp)
        for code, value in enumerate(values):
            key = fold(value)
            if key and key not in missing:
                item = texts[value]
                meaning[code] = OTHER if item is None else item
        at[:, place] = meaning[codes]
        if (where := at[:, place] == OTHER).any():
            columns[column] = where
            unknown.update(values[code] for code in codes[where])
    if unknown and not settings.other:
        column = next(iter(columns))
        report_texts(log, texts, unknown, column, columns[column])
    return at


def report_texts(log: Log, texts: Texts, unknown: Counter[str], column: str, where: np.ndarray) -> None:
    """File texts that are none of the items."""
    message = _("these texts are none of the items: {texts}. {hint} Add them to [wave.values], or set other = true.")
    log.unknown("E-TEXT-01", message, column, where, counts=unknown, texts=texts)
