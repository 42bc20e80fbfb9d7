"""Distinct rankings with how often each was given: as ranks or as ordered lists, with a column of counts.

PrefLib files (.soc, .soi, .toc, .toi) are read as such a table: a column per alternative, and "count".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from obstacles.survey.answers import Rankings
from obstacles.survey.formats import order_list, rank_grid
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.settings import WaveSettings
from obstacles.text.language import _

COUNT = "count"  # the column's name where the study file gives none


def read(asked: WaveQuestion) -> ParsedAnswers:
    """The distinct rankings, each with its count."""
    reading = order_list.read(asked) if _listed(asked.settings) else rank_grid.read(asked)
    log = Log(asked)
    count, wrong = log.counts(asked.settings.count or COUNT)
    assert isinstance(reading.answers, Rankings)
    return replace(
        reading,
        answers=replace(reading.answers, answer_counts=count),
        left_out=(*reading.left_out, Exclusion(_("the count is 0"), (count == 0) & ~wrong)),
        problems=(*reading.problems, *log.problems),
    )


def _listed(settings: WaveSettings) -> bool:
    """Whether the rankings are ordered lists."""
    return bool(settings.order or settings.cell)


def _columns(settings: WaveSettings) -> Iterable[str]:
    rankings = order_list.columns_read(settings) if _listed(settings) else settings.obstacles.values()
    return [*rankings, settings.count or COUNT]


def _check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    if sum(map(bool, (settings.order, settings.cell, settings.obstacles))) != 1:
        yield _("rankings stand either in [wave.obstacles] (ranks), in the columns of order, or in one cell.")


FORMAT = Format(
    "rank_counts",
    read,
    _columns,
    uses=rank_grid.FORMAT.uses | order_list.FORMAT.uses | {"count"},
    check=_check,
)
