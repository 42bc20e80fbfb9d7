"""A wave that asked about no obstacles: rankings of no items, by those who rated a capability."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from obstacles.survey.answers import Rankings
from obstacles.survey.formats.base import Exclusion, Format, ParsedAnswers, WaveQuestion
from obstacles.survey.settings import WaveSettings
from obstacles.text.language import _


def read(asked: WaveQuestion) -> ParsedAnswers:
    """A ranking of nothing for each row; rows without any rating are left out."""
    none = np.ones(asked.n, bool)
    for column in columns_read(asked.settings):
        codes, cells = asked.coded(column)
        none &= np.array([cell == "" for cell in cells], bool)[codes]
    nothing = np.zeros((asked.n, 0), np.int16)
    answers = Rankings((), nothing, nothing.astype(bool), np.arange(asked.n), np.ones(asked.n))
    return ParsedAnswers(answers, (Exclusion(_("no capability was rated"), none),))


def columns_read(settings: WaveSettings) -> list[str]:
    """The columns of ratings, of whichever side."""
    own = settings.capability
    return [] if own is None else list(dict.fromkeys((*own.current.values(), *own.supervisor.values())))


def check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    """What a wave without capabilities lacks."""
    if not columns_read(settings):
        yield _('format "capability_only" needs [wave.capability.current], the columns of the ratings.')


FORMAT = Format("capability_only", read, columns_read, obstacles=False, check=check)
