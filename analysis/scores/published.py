"""Published shares: a printed table of percentages, without respondents.

Without n nothing is known of the certainty. With n and one answer each the covariance is multinomial. With several
answers each, the margins do not fix the covariance: each pair is compared with the largest variance of a difference
that its margins allow, [p + q - 2 max(0, p + q - 1) - (p - q)^2] / n, and such statements read "at most". A weighted
table needs its design effect.
"""

from __future__ import annotations

import numpy as np

from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.survey_design import multinomial_covariance
from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, mean_words
from obstacles.survey.answers import Answers, Published
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

WORDS = mean_words(
    name=N_("Published share"),
    measure=N_("published share"),
    meaning=N_("The percentage printed in the source."),
)


def published(prepared: Prepared) -> Fit:
    """Printed shares, with the error that their sample size gives or at most allows."""
    answers = prepared.typed(Published)
    known = answers.n is not None and not (answers.weighted and answers.design_effect is None)
    n = float(answers.n) / (answers.design_effect or 1.0) if answers.n is not None and known else np.nan
    share = answers.share
    filled = np.nan_to_num(share)
    pair_error = None
    covariance = None
    if known and answers.several_answers:
        covariance = np.diag(filled * (1 - filled) / n)
        pair_error = largest_pair_error(filled, n)
    elif known:
        covariance = multinomial_covariance(filled, n)
    estimate = Estimate(
        items=answers.items,
        method="published",
        measure=WORDS.measure,
        display_scale="proportion" if known else "none",
        value=share,
        covariance=covariance,
        base=int(answers.n or 0),
        item_base=np.where(np.isnan(share), 0, answers.n or 0),
        weighted_base=float(answers.n or 0),
        df=np.inf,
        effective_base=np.full(len(share), n) if known else None,
        bounds=(0, 1),
        covariance_kind=("at most" if answers.several_answers else "multinomial") if known else "none",
        pair_error=pair_error,
        notes=_notes(answers, known),
    )
    return Fit(estimate, None)


def largest_pair_error(share: np.ndarray, n: float) -> np.ndarray:
    """(m, m) largest standard error of each difference of shares that the margins allow."""
    total = share[:, None] + share[None, :]
    difference = share[:, None] - share[None, :]
    return np.asarray(np.sqrt(np.maximum(total - 2 * np.maximum(0, total - 1) - difference**2, 0) / n))


def _notes(answers: Published, known: bool) -> tuple[str, ...]:
    if answers.n is None:
        return (_("No sample size is published, so the table has no errors, intervals or rank sets."),)
    if not known:
        return (_("The table is weighted and states no design effect, so it has no errors, intervals or rank sets."),)
    if answers.several_answers:
        note = _(
            "Respondents could give several answers and the table does not say which went together: errors of "
            "differences are the largest that the shares allow."
        )
        return (note,)
    return ()


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    return None if isinstance(answers, Published) else OtherAnswers(_("it needs a published table"))


SCORE = Score("published", _not_applicable, published, WORDS, category="sum")
