"""Published tables of percentages: no respondents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from obstacles.analysis.kinds.base import AnswerKind, Form, Sources, with_answers
from obstacles.survey.answers import Answers, Published
from obstacles.survey.question import Item
from obstacles.survey.study import Wave
from obstacles.text.language import _


def _table(answers: Answers) -> Published:
    assert isinstance(answers, Published)
    return answers


def _form(wave: Wave) -> Form:
    several = _table(wave.answers).several_answers
    text = _("published percentages, several answers") if several else _("published percentages, one answer each")
    return Form("share", ("published", several), text)


def _shared(wave: Wave, items: tuple[Item, ...], sources: Sources, depth: int | None) -> Wave:
    own = _table(wave.answers)
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
    rows=None,
    joined=None,
    persons=None,
    statements=None,
)
