"""A printed table of percentages: a row per item, no respondents."""

from __future__ import annotations

import re

import numpy as np

from obstacles.survey.answers import Published
from obstacles.survey.files.numerics import numbers
from obstacles.survey.formats.base import Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.texts import Texts
from obstacles.survey.settings import WaveSettings
from obstacles.text.language import _, commas

PERCENT = re.compile(r"\s*(?:%|percent|per cent|％)\s*$", re.IGNORECASE)
NOT_PUBLISHED = frozenset(("", ":", "-", "–", "—", "..", "n/a", "na", "c", "u", "x"))


def read(asked: WaveQuestion) -> ParsedAnswers:
    """The shares of the items that the table has."""
    log = Log(asked)
    settings = asked.settings
    assert settings.published is not None
    at = _items(asked, log)
    share = _shares(asked, log, at)
    n = _sample_size(asked, log, at >= 0)
    for position, item in enumerate(asked.items):
        if not (at == position).any():
            message = _('no row for "{item}": it is shown as not published.').format(item=item.name)
            log.note("warning", "W-PUB-01", message)
    answers = Published(
        asked.items,
        share,
        n,
        settings.several_answers,
        settings.design_effect,
        settings.weighted,
    )
    return ParsedAnswers(answers, problems=tuple(log.problems))


def _items(asked: WaveQuestion, log: Log) -> np.ndarray:
    """(r,) intp: the item of each row, -1 for a row of another."""
    settings = asked.settings
    assert settings.published is not None
    column = settings.published.item
    texts = Texts(asked.items, settings.values)
    codes, values = asked.coded(column)
    meaning = np.array([-1 if (item := texts[value]) is None else item for value in values], np.intp)
    at = meaning[codes]
    if not settings.other:
        message = _("these rows are none of the items: {texts}. {hint} Add them to [wave.values], or set other = true.")
        log.unknown("E-TEXT-01", message, column, at == -1, texts=texts)
    for position in np.flatnonzero(np.bincount(at[at >= 0], minlength=len(asked.items)) > 1):
        message = _('more than one row for "{item}". Choose the rows of one table by where.')
        log.cells("error", "E-PUB-01", message.format(item=asked.items[position].name), column, at == position)
    return np.asarray(at)


def _shares(asked: WaveQuestion, log: Log, at: np.ndarray) -> np.ndarray:
    """(m,) proportions, NaN where none is published."""
    settings = asked.settings
    assert settings.published is not None
    column = settings.published.share
    codes, values = asked.coded(column)
    bare = [PERCENT.sub("", value).strip() for value in values]
    parsed = [
        float("nan") if text.casefold() in NOT_PUBLISHED else value if value is not None and 0 <= value <= 100 else None
        for text, value in zip(bare, numbers(bare, settings.decimal).values, strict=True)
    ]
    wrong = np.array([one is None for one in parsed])[codes] & (at >= 0)
    message = _("this is no percentage between 0 and 100.")
    log.cells("error", "E-PUB-02", message, column, wrong)
    share = np.full(len(asked.items), np.nan)
    for row in np.flatnonzero((at >= 0) & ~wrong):
        share[at[row]] = parsed[codes[row]]
    if settings.published.unit == "proportion":
        share = share * 100
        if np.nanmax(share, initial=0) > 100:
            log.note("error", "E-PUB-02", _('unit is "proportion" but a share is above 1.'), column)
    elif np.nanmax(share, initial=0) <= 1 and np.nansum(share) > 0:
        message = _('no share is above 1: are they percentages? If 0.7 means 70%, set unit = "proportion".')
        log.note("ask", "A-PUB-01", message, column)
    return np.asarray(share / 100)


def _sample_size(asked: WaveQuestion, log: Log, rows: np.ndarray) -> float | None:
    """n: stated, or one number in its column; None where the table has none."""
    settings = asked.settings
    assert settings.published is not None
    stated = settings.published.n
    if stated is None or not isinstance(stated, str):
        return stated
    codes, values = asked.coded(stated)
    parsed = numbers(values, settings.decimal).values
    filled = np.array([bool(value.strip()) for value in values])[codes] & rows
    wrong = np.array([one is None or one <= 0 for one in parsed])[codes] & filled
    log.cells("error", "E-PUB-03", _("this is no number of respondents."), stated, wrong)
    sizes = {size for code in codes[filled & ~wrong] if (size := parsed[code]) is not None}
    if len(sizes) > 1:
        message = _(
            "n differs between the rows ({sizes}). Choose the rows of one base by where, or state n as a number."
        ).format(sizes=commas(f"{size:g}" for size in sorted(sizes)[:5]))
        log.cells("error", "E-PUB-03", message, stated, filled)
    return min(sizes) if sizes else None


def _columns(settings: WaveSettings) -> list[str]:
    assert settings.published is not None
    names = [settings.published.item, settings.published.share]
    return [*names, settings.published.n] if isinstance(settings.published.n, str) else names


FORMAT = Format(
    "published",
    read,
    _columns,
    uses=frozenset({"published", "several_answers", "weighted", "design_effect", "values", "other"}),
    needs=frozenset({"published"}),
    respondents=False,
)
