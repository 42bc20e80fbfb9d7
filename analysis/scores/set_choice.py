"""Set-choice logit for "select up to k": which items were marked, given how many (see `choice.set_choice_likelihood`).

Sets of none or of all items say nothing. Sets as large as the cap may have been cut short: "set-choice" leaves them
out, with their count, and "set-choice-all" keeps them as a sensitivity check (with a cap that binds, that one is
biased). The share of respondents who marked all that was allowed stands beside the worths.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from obstacles.analysis.choice.choice_sets import graph_of, mask_sets
from obstacles.analysis.choice.set_choice_likelihood import (
    SetCounts,
    fit_sets,
    inclusion,
    refit_sets,
    set_log_likelihood,
)
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.prepare import ModelError, Prepared, answer_weight, by_respondent
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, ScoreWords, respondents_behind
from obstacles.analysis.scores.worths import check_offered, equal_worths, penalty_of, worth_estimate
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _, ngettext


def _fit(prepared: Prepared, *, name: str, keep_full: bool) -> Fit:
    answers = prepared.answers
    assert isinstance(answers, Rankings)
    check_offered(answers.items, answers.offered)
    marked, weight = answers.ranks > 0, answer_weight(prepared)
    size, offered = marked.sum(axis=1), answers.offered.sum(axis=1)
    cap = prepared.question.max_choices
    used = (size > 0) & (size < offered)
    if cap and not keep_full:
        used &= size < cap
    if not used.any():
        raise ModelError(_("no respondent marked some but not all items, so the answers say nothing of worths."))
    told, there, weighed = marked[used], answers.offered[used], weight[used]
    pseudo, notes = penalty_of(answers.items, graph_of((told.T.astype(np.int64) @ (there & ~told)) > 0))
    sets, index = mask_sets(there)
    keys, key = np.unique(np.column_stack([index, size[used]]), axis=0, return_inverse=True)
    key = key.reshape(-1)
    times = np.bincount(key, weights=weighed, minlength=len(keys))
    counts = SetCounts(weighed @ told, sets[keys[:, 0]], keys[:, 1], times)
    try:
        fit = fit_sets(counts, pseudo=pseudo)
    except ConvergenceError as error:
        raise ModelError(_("{model} did not converge: {reason}.").format(model=name, reason=error)) from error
    score = (told - inclusion(fit.log_worth, counts.offered, counts.size)[key]) * weighed[:, None]
    respondent = answers.respondent[used]
    people = np.zeros(prepared.sample.n, bool)
    people[respondent] = True
    estimate = worth_estimate(
        prepared,
        method=name,
        log_worth=fit.log_worth,
        influence=by_respondent(score @ fit.inverse, respondent, prepared.sample.n),
        inverse=fit.inverse,
        item_base=respondents_behind(prepared, answers.offered & used[:, None]),
        used=people,
    )
    null = set_log_likelihood(counts, np.zeros(len(fit.log_worth)))
    estimate = replace(
        estimate,
        log_likelihood=fit.log_likelihood,
        penalty=pseudo or None,
        tests=equal_worths(prepared, fit.log_likelihood, null, pseudo=pseudo),
        parameters={"cap_hit_rate": float(weight[size >= cap].sum() / weight.sum())} if cap else {},
        notes=(*notes, *_notes(size, offered, answers.answer_counts, cap, keep_full), *estimate.notes),
    )

    def refit(weights: np.ndarray) -> np.ndarray:
        rows = weights[:, respondent] * answers.answer_counts[used]
        faced = np.array([np.bincount(key, row, minlength=len(keys)) for row in rows])
        return refit_sets(rows @ told, faced, counts.offered, counts.size, fit)

    return Fit(estimate, refit)


def _notes(
    size: np.ndarray, offered: np.ndarray, count: np.ndarray, cap: int | None, keep_full: bool
) -> tuple[str, ...]:
    notes = []
    silent = round(float(count[(size == 0) | (size == offered)].sum()))
    if silent:
        note = ngettext(
            "{n} respondent marked nothing or everything and says nothing of worths.",
            "{n} respondents marked nothing or everything and say nothing of worths.",
            silent,
        )
        notes.append(note.format(n=silent))
    if cap:
        hit = round(float(count[(size >= cap) & (size < offered)].sum()))
        note = (
            _("{n} respondents marked all {cap} that were allowed; their sets may be cut short, and worths biased.")
            if keep_full
            else _("{n} respondents marked all {cap} that were allowed; their sets may be cut short and are left out.")
        )
        notes.append(note.format(n=hit, cap=cap))
    if keep_full:
        notes.append(_("A sensitivity check: sets as large as the cap are kept."))
    return tuple(notes)


def _not_applicable(answers: Answers, question: Question, k: int) -> str | None:
    if not isinstance(answers, Rankings) or not answers.selection:
        return OtherAnswers(_("it needs selections"))
    return None


def _not_applicable_to_all(answers: Answers, question: Question, k: int) -> str | None:
    return _not_applicable(answers, question, k) or (None if question.max_choices else _("no largest number is stated"))


WORDS = {
    "set-choice": ScoreWords(
        name=N_("Set-choice logit"),
        estimate=N_("Worth"),
        measure=N_("worth"),
        meaning=N_(
            "Worths from which items were marked, given how many: respondents who mark many do not count for more."
        ),
    ),
    "set-choice-all": ScoreWords(
        name=N_("Set-choice logit, full sets kept"),
        estimate=N_("Worth"),
        measure=N_("worth"),
        meaning=N_("The set-choice logit with the answers that marked as many items as were allowed."),
    ),
}

SCORES = {
    "set-choice": Score(
        "set-choice",
        _not_applicable,
        partial(_fit, name="set-choice", keep_full=False),
        WORDS["set-choice"],
        worths=True,
    ),
    "set-choice-all": Score(
        "set-choice-all",
        _not_applicable_to_all,
        partial(_fit, name="set-choice-all", keep_full=True),
        WORDS["set-choice-all"],
        worths=True,
    ),
}
