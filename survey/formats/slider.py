"""Sliders: a column per item, the cell is any number between two ends, such as 0 and 100; the sum is free.

Who shares out a fixed sum gives `points`; a slider rates each item by itself, as a level of a scale does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from obstacles.survey.answers import Ratings
from obstacles.survey.files.numerics import numbers
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.missing import kinds_of_missing
from obstacles.survey.question import Level, Scale
from obstacles.survey.settings import WaveSettings
from obstacles.text.fold import fold
from obstacles.text.language import _


def read(asked: WaveQuestion) -> ParsedAnswers:
    """The ratings of all rows, turned so that larger = more severe."""
    log = Log(asked)
    low, high = _ends(asked.settings)
    scores = np.column_stack([_numbers(asked, log, asked.settings.obstacles[item.id]) for item in asked.items])
    scores[~asked.offered] = np.nan
    if asked.direction == "1_is_most_severe":
        scores = low + high - scores
    scale = Scale((Level(low, {"en": f"{low:g}"}), Level(high, {"en": f"{high:g}"})), continuous=True)
    answers = Ratings(asked.items, scores, np.zeros(scores.shape, bool), scale, np.arange(asked.n))
    given = (~np.isnan(scores)).sum(axis=1)
    endings = [Exclusion(_("the question was not answered"), given == 0)]
    if asked.least and asked.least > 1:
        rule = _("fewer than {n} items were rated").format(n=asked.least)
        endings.append(Exclusion(rule, (given > 0) & (given < asked.least)))
    return ParsedAnswers(answers, tuple(endings), problems=tuple(log.problems), scale=scale)


def _ends(settings: WaveSettings) -> tuple[float, float]:
    assert settings.slider is not None
    return settings.slider


def _numbers(asked: WaveQuestion, log: Log, column: str) -> np.ndarray:
    """(n,) the numbers of a column, NaN for a blank."""
    low, high = _ends(asked.settings)
    codes, values = asked.coded(column)
    missing = kinds_of_missing(asked.settings)
    known = [value if value and fold(value) not in missing else "" for value in values]
    parsed = numbers([value.removesuffix("%").strip() for value in known], asked.settings.decimal).values
    wrong = [bool(cell) and (one is None or not low <= one <= high) for cell, one in zip(known, parsed, strict=True)]
    message = _(
        "these cells are no numbers from {low} to {high}: {cells}. Correct them, say what they mean under missing, or "
        "correct the key slider."
    )
    text = message.replace("{low}", f"{low:g}").replace("{high}", f"{high:g}")
    log.unknown("E-SLIDE-01", text, column, np.array(wrong, bool)[codes])
    return np.asarray(np.array(parsed, float)[codes])


def _check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    if settings.slider is not None and settings.slider[0] >= settings.slider[1]:
        yield _("slider holds the lowest and the highest number, as in [0, 100].")


FORMAT = Format(
    "slider",
    read,
    uses=frozenset({"slider", "direction", "obstacles"}),
    needs=frozenset({"slider", "obstacles"}),
    check=_check,
)
