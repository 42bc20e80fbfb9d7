"""Published tables of percentages: no respondents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.kinds.base import AnswerKind, Form, Sources, typed, with_answers
from obstacles.survey.answers import Published
from obstacles.survey.question import Item
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _form(wave: Wave) -> Form:
    several = typed(wave.answers, Published).several_answers
    text = _("published percentages, several answers") if several else _("published percentages, one answer each")
    return Form("share", ("published", several), text)


def _shared(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    own = typed(wave.answers, Published)
    share = np.array([own.share[list(columns)].sum() for columns in sources])
    return with_answers(wave, replace(own, items=items, share=share))


KIND = AnswerKind(
    name="published",
    holds=lambda answers, question: isinstance(answers, Published),
    default_score="published",
    level_score="published",
    regression="severity",
    form=_form,
    shared=_shared,
)
