"""Signs of careless answers: flagged and counted, and left out only where the study file says so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from survey.language import _, ngettext
from survey.numerics import seconds
from survey.selection import Selection
from survey.settings import Flag, StudySettings, WaveSettings

FEWEST = 3  # columns of a block below which equal answers mean nothing


def flag_rows(selection: Selection, settings: StudySettings, wave: WaveSettings) -> dict[str, np.ndarray]:
    """Flag -> mask of all rows of the table; the rows of a flag whose action is "leave_out" leave."""
    flags = {}
    speeder, straight = settings.quality.speeder, settings.quality.straightline
    if speeder is not None and speeder.below_median_share is not None and wave.duration is not None:
        what = _("answered in less than {share} of the median time").format(share=f"{speeder.below_median_share:g}")
        fast = _fast(selection, wave.duration, speeder.below_median_share, wave.decimal)
        flags["speeder"] = _flag(selection, speeder, what, fast)
    if straight is not None:
        same = np.zeros(len(selection.rows), bool)
        for block in straight.blocks:
            same |= _same(selection, block_columns(wave, block))
        flags["straightline"] = _flag(selection, straight, _("the same answer throughout a block"), same)
    return flags


def block_columns(wave: WaveSettings, block: str) -> list[str]:
    """The columns of a block: "obstacles", or "capability.current" and the like."""
    if block == "obstacles":
        return list(wave.obstacles.values())
    _capability, _point, part = block.partition(".")
    columns = getattr(wave.capability, part, {}) if wave.capability is not None else {}
    return list(columns.values())


def _flag(selection: Selection, flag: Flag, what: str, flagged: np.ndarray) -> np.ndarray:
    """The mask over the whole table; a flag that leaves rows out counts them on the receipt, another in a note."""
    whole = np.zeros(len(selection.table.rows), bool)
    if flag.action == "leave_out":
        selection.leave(what, flagged)
        return whole
    whole[selection.rows[flagged]] = True
    if count := int(flagged.sum()):
        message = ngettext(
            "{n} respondent flagged and kept: {what}.", "{n} respondents flagged and kept: {what}.", count
        )
        text = message.format(n=f"{count:,}", what=what)
        selection.problem("info", "I-FLAG-01", text, count=count)
    return whole


def _fast(selection: Selection, column: str, share: float, decimal: str | None) -> np.ndarray:
    """(n,) bool: rows faster than a share of the median; rows without a time are not."""
    codes, values = selection.coded(column)
    parsed = seconds(values, decimal).values
    time = np.array([np.nan if one is None else one for one in parsed])[codes]
    unknown = np.array([one is None and bool(cell) for one, cell in zip(parsed, values, strict=True)], bool)[codes]
    if unknown.any():
        message = _("this duration is no number of seconds; the row is not looked at for speed.")
        selection.problem("warning", "W-FAST-01", message, column, np.flatnonzero(unknown))
    if np.isnan(time).all():
        return np.zeros(len(time), bool)
    return np.asarray(time < share * np.nanmedian(time))


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
