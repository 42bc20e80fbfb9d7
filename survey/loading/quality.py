"""Signs of careless answers: flagged and counted, and left out only where the study file says so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from obstacles.survey.answers import Answers, BestWorst, Rankings, Ratings
from obstacles.survey.files.numerics import seconds
from obstacles.survey.loading.selection import Selection
from obstacles.survey.settings import Flag, StudySettings, WaveSettings
from obstacles.text.language import _, ngettext

FEWEST = 3  # columns of a block that the study file names, below which equal answers mean nothing
MANY = 8  # items of a rating scale from which equal answers are looked for without being asked to
FAST = 0.4  # share of the median time
IN_PART = "in_part"  # not careless: the question was answered, but not all of it


def flag_rows(selection: Selection, settings: StudySettings, wave: WaveSettings) -> None:
    """Flag the rows that were fast, or the same throughout; those of a flag with action "leave_out" leave."""
    speeder, straight = speeder_of(settings, wave), straightline_of(settings, wave)
    if speeder is not None and wave.duration is not None:
        share = speeder.below_median_share or FAST
        what = _("answered in less than {share} of the median time").format(share=f"{share:g}")
        _flag(selection, "speeder", speeder, what, _fast(selection, wave.duration, share, wave.decimal))
    if straight is not None:
        same = np.zeros(len(selection.rows), bool)
        for block in straight.blocks:
            same |= _same(selection, block_columns(wave, block))
        _flag(selection, "straightline", straight, _("the same answer throughout a block"), same)


def speeder_of(settings: StudySettings, wave: WaveSettings) -> Flag | None:
    """How fast answers are flagged: as the study file says, else wherever the wave has a duration."""
    stated = settings.quality.speeder or Flag()
    return None if stated.action == "none" or wave.duration is None else stated


def straightline_of(settings: StudySettings, wave: WaveSettings) -> Flag | None:
    """How equal answers are flagged: as the study file says, else in ratings of many items."""
    stated = settings.quality.straightline
    if stated is None and wave.format == "likert_grid" and len(wave.obstacles) >= MANY:
        return Flag(blocks=("obstacles",))
    return None if stated is None or stated.action == "none" else stated


def block_columns(wave: WaveSettings, block: str) -> list[str]:
    """The columns of a block: "obstacles", or "capability.current" and the like."""
    if block == "obstacles":
        return list(wave.obstacles.values())
    _capability, _point, part = block.partition(".")
    columns = getattr(wave.capability, part, {}) if wave.capability is not None else {}
    return list(columns.values())


def in_part(answers: Answers, wave: WaveSettings, offered: np.ndarray) -> np.ndarray | None:
    """(p,) bool: persons who left out some of the places, items or tasks that they could fill; None where that cannot
    be told from the answers.

    Parameters
    ----------
    offered
        (p, m) bool, the items that each person was offered by the study file.
    """
    if isinstance(answers, Ratings) and wave.format == "likert_grid":
        return np.asarray((np.isnan(answers.scores) & ~answers.not_applicable & offered).any(axis=1))
    if isinstance(answers, Rankings) and wave.format in ("rank_grid", "order_list"):
        asked = answers.offered if wave.blank == "not_offered" else offered
        items = asked.shape[1]
        places = np.minimum(items if asked.all() else asked.sum(axis=1), wave.k or len(wave.order) or items)
        ranked = np.zeros(len(answers.ranks), np.int16)
        for column in answers.ranks.T:  # which lie one after another
            ranked += column > 0
        return np.asarray(ranked < places)
    if isinstance(answers, BestWorst) and wave.best_worst is not None and len(wave.best_worst.best) > 1:
        return np.bincount(answers.respondent, minlength=len(offered)) < len(wave.best_worst.best)
    return None


def _flag(selection: Selection, sign: str, flag: Flag, what: str, flagged: np.ndarray) -> None:
    """A flag that leaves rows out counts them on the receipt, another in a note."""
    if flag.action == "leave_out":
        selection.leave(what, flagged)
        return
    selection.flag(sign, flagged)
    if count := int(np.count_nonzero(flagged)):
        message = ngettext(
            "{n} respondent flagged and kept: {what}.", "{n} respondents flagged and kept: {what}.", count
        )
        text = message.format(n=f"{count:,}", what=what)
        selection.problem("info", "I-FLAG-01", text, places=np.flatnonzero(flagged), count=count)


def _fast(selection: Selection, column: str, share: float, decimal: str | None) -> np.ndarray:
    """(n,) bool: rows faster than a share of the median; rows without a time are not."""
    codes, values = selection.coded(column)
    parsed = seconds(values, decimal).values
    counts = np.bincount(codes, minlength=len(values))
    unknown = np.array([one is None and bool(cell) for one, cell in zip(parsed, values, strict=True)], bool)
    message = _("this duration is no number of seconds; the row is not looked at for speed.")
    selection.cells("warning", "W-FAST-01", message, column, unknown[codes])
    time = np.array([np.inf if one is None else one for one in parsed])
    times = np.where(np.isinf(time), 0, counts)
    if not times.any():
        return np.zeros(len(codes), bool)
    return np.asarray((time < share * np.median(np.repeat(time, times))).take(codes))


def _same(selection: Selection, columns: Sequence[str]) -> np.ndarray:
    """(n,) bool: rows with one and the same cell, not blank, in all columns."""
    if len(columns) < FEWEST:
        return np.zeros(len(selection.rows), bool)
    number: dict[str, int] = {"": 0}
    first: np.ndarray | None = None
    same = np.ones(len(selection.rows), bool)
    for column in columns:
        codes, values = selection.coded(column)
        shared = np.array([number.setdefault(value, len(number)) for value in values], np.intp)[codes]
        first = shared if first is None else first
        same &= (shared == first) & (shared > 0)
    return same
