"""Set-choice logit for "select up to k": which items were marked, given how many (see `choice.set_choice_likelihood`).

Sets of none or of all items say nothing. Sets as large as the cap may have been cut short: "set-choice" leaves them
out, with their count, and "set-choice-all" keeps them as a sensitivity check (with a cap that binds, that one is
biased). The share of respondents who marked all that was allowed stands beside the worths.
"""

from __future__ import annotations

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
from obstacles.analysis.choice.told import Rows, told_by_subsets
from obstacles.analysis.prepare import ModelError, Prepared, answer_weight, by_respondent, converging
from obstacles.analysis.scores.base import Fit, Score, respondents_behind, worth_words
from obstacles.analysis.scores.share import needs_selections
from obstacles.analysis.scores.worths import Fitted, check_offered, penalty_of, worth_estimate
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _, ngettext


def _fit(prepared: Prepared, *, name: str, keep_full: bool) -> Fit:
    answers = prepared.typed(Rankings)
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
    graph = graph_of((told.T.astype(np.int64) @ (there & ~told)) > 0)
    pseudo, notes = penalty_of(answers.items, graph)
    sets, index = mask_sets(there)
    keys, key = np.unique(np.column_stack([index, size[used]]), axis=0, return_inverse=True)
    key = key.reshape(-1)
    times = np.bincount(key, weights=weighed, minlength=len(keys))
    counts = SetCounts(weighed @ told, sets[keys[:, 0]], keys[:, 1], times)
    with converging(_("{model} did not converge: {reason}."), model=name):
        fit = fit_sets(counts, pseudo=pseudo)
    score = (told - inclusion(fit.log_worth, counts.offered, counts.size)[key]) * weighed[:, None]
    respondent = answers.respondent[used]
    rows = Rows(respondent, weighed, prepared.sample.n)
    build = partial(told_by_subsets, told, counts.offered, counts.size, key, rows)
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
        fitted=Fitted(fit.log_worth + fit.location, pseudo, graph, rows, build),
        log_likelihood=fit.log_likelihood,
        null=set_log_likelihood(counts, np.zeros(len(fit.log_worth))),
        notes=(*notes, *_notes(size, offered, answers.answer_counts, cap, keep_full)),
        parameters={"cap_hit_rate": float(weight[size >= cap].sum() / weight.sum())} if cap else {},
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
        notes += [note.format(n=hit, cap=cap)] if hit else []
    if keep_full:
        notes.append(_("A sensitivity check: sets as large as the cap are kept."))
    return tuple(notes)


def _needs_cap(answers: Answers, question: Question, k: int) -> str | None:
    return needs_selections(answers, question, k) or (
        None if question.max_choices else _("no largest number is stated")
    )


WORDS = {
    "set-choice": worth_words(
        name=N_("Set-choice logit"),
        meaning=N_(
            "Worths from which items were marked, given how many: respondents who mark many do not count for more."
        ),
    ),
    "set-choice-all": worth_words(
        name=N_("Set-choice logit, full sets kept"),
        meaning=N_("The set-choice logit with the answers that marked as many items as were allowed."),
    ),
}

SCORES = {
    name: Score(name, reason, partial(_fit, name=name, keep_full=keep_full), WORDS[name], worths=True)
    for name, reason, keep_full in (
        ("set-choice", needs_selections, False),
        ("set-choice-all", _needs_cap, True),
    )
}
