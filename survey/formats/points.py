"""Points to share out (constant sum): a column per item, and every row sums to the total.

A sum that is off by more than the tolerance makes a row unusable; within it, points are scaled to the total only where
the study file says so. A blank beside points is 0 points, an item that was not offered, or an incomplete answer.
"""

from __future__ import annotations

import numpy as np

from obstacles.survey.answers import Ratings
from obstacles.survey.files.numerics import numbers
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.missing import kinds_of_missing
from obstacles.survey.formats.unusable import Fault, unusable
from obstacles.survey.question import Level, Scale
from obstacles.text.fold import fold
from obstacles.text.language import _, ngettext


def read(asked: WaveQuestion) -> ParsedAnswers:
    """The points of all rows."""
    log = Log(asked)
    settings = asked.settings
    total = settings.total
    assert total is not None
    points = np.column_stack([_points(asked, log, settings.obstacles[item.id]) for item in asked.items])
    blank = np.isnan(points)
    answered = np.asarray((~blank & (points != 0)).any(axis=1))
    if settings.blank is None and (count := int((blank & answered[:, None] & asked.offered).sum())):
        what = _("{n} cells beside points are blank").format(n=f"{count:,}")
        log.ask_blank(count, what)
    sums = np.nansum(points, axis=1)
    off = np.abs(sums - total)
    wrong = unusable(asked, log, _faults(points, off, answered, total, settings.tolerance), answered)
    usable = answered & ~wrong
    near = usable & (off > 1e-9)
    if near.any():
        kind = _("scaled to the total") if settings.rescale else _("kept as they are")
        message = ngettext("{n} sum is not {total}: {kind}.", "{n} sums are not {total}: {kind}.", int(near.sum()))
        text = message.format(n=f"{int(near.sum()):,}", total=f"{total:g}", kind=kind)
        log.rows("warning", "W-SUM-01", text, near)
        log.repair(_("answers whose points do not sum to the total, {kind}").format(kind=kind), near.sum())
    if settings.rescale:
        points = np.where(near[:, None], points * (total / np.where(sums > 0, sums, 1))[:, None], points)
    endings = [Exclusion(_("the question was not answered"), ~answered & ~wrong)]
    if settings.blank == "not_answered":
        endings.append(Exclusion(_("the answer was not completed"), (blank & asked.offered).any(axis=1) & usable))
    endings.append(Exclusion(_("the answer is not usable"), wrong))
    if settings.blank != "not_offered":
        points = np.nan_to_num(points)
    points[~asked.offered] = np.nan
    scale = Scale((Level(0.0, {"en": "0"}), Level(total, {"en": f"{total:g}"})))
    answers = Ratings(asked.items, points, np.zeros(points.shape, bool), scale, np.arange(asked.n), total=total)
    return ParsedAnswers(answers, tuple(endings), tuple(log.repaired), tuple(log.problems), scale=scale)


def _points(asked: WaveQuestion, log: Log, column: str) -> np.ndarray:
    """(n,) points, NaN for a blank."""
    codes, values = asked.coded(column)
    missing = kinds_of_missing(asked.settings)
    known = [value if value and fold(value) not in missing else "" for value in values]
    parsed = numbers([value.removesuffix("%").strip() for value in known], asked.settings.decimal).values
    wrong = np.array([bool(cell) and one is None for cell, one in zip(known, parsed, strict=True)], bool)[codes]
    message = _("these cells are no points: {cells}. Correct them, or say what they mean under missing.")
    log.unknown("E-POINT-01", message, column, wrong)
    return np.asarray(np.array(parsed, float)[codes])


def _faults(points: np.ndarray, off: np.ndarray, answered: np.ndarray, total: float, tolerance: float) -> list[Fault]:
    negative = np.asarray((points < 0).any(axis=1))
    far = answered & ~negative & (off > tolerance + 1e-9)
    n_far, n_negative = int(far.sum()), int(negative.sum())
    sums = ngettext("{n} does not sum to {total}", "{n} do not sum to {total}", n_far)
    message = _("the points do not sum to {total}, within a tolerance of {tolerance}.")
    return [
        Fault(
            "E-POINT-02",
            sums.format(n=n_far, total=f"{total:g}"),
            message.format(total=f"{total:g}", tolerance=f"{tolerance:g}"),
            far,
        ),
        Fault(
            "E-POINT-03",
            ngettext("{n} has negative points", "{n} have negative points", n_negative).format(n=n_negative),
            _("there are negative points."),
            negative,
        ),
    ]


FORMAT = Format(
    "points",
    read,
    uses=frozenset({"total", "tolerance", "rescale", "blank", "obstacles"}),
    needs=frozenset({"total", "obstacles"}),
)
