"""Share chosen: of those who were offered an item, how many marked it ("select all that apply")."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, mean_words
from obstacles.analysis.scores.means import mean_score
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("Share chosen"),
    measure=N_("share"),
    meaning=N_("The share of respondents offered the item who marked it."),
)


def share(prepared: Prepared) -> Fit:
    """Share of those who were offered the item and chose it."""
    answers = prepared.typed(Rankings)
    marked = (answers.ranks > 0).astype(np.float64)
    return mean_score(
        prepared,
        marked,
        answers.offered,
        method="share",
        measure=WORDS.measure,
        scale="proportion",
        bounds=(0, 1),
        binary=True,
    )


def needs_selections(answers: Answers, question: Question, k: int) -> str | None:
    """Why a score of selections does not apply to these answers; None where it does."""
    if not isinstance(answers, Rankings) or not answers.selection:
        return OtherAnswers(_("it needs selections"))
    return None


SCORE = Score("share", needs_selections, share, WORDS, category="any")
