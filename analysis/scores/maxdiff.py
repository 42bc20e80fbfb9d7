"""MaxDiff: best and worst of the items shown, in three likelihoods that give different scales (Louviere et al. 2015).

- "maxdiff": the ordered pair (best, worst) among all pairs, exp(t_best - t_worst);
- "maxdiff-marginal": a best logit and a worst logit with the sign turned, each over all items shown;
- "maxdiff-sequential": best first, then worst among the remaining.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from obstacles.analysis.choice.choice_sets import graph_of, mask_sets
from obstacles.analysis.choice.conditional_logit import Tasks
from obstacles.analysis.prepare import ModelError, Prepared
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, respondents_behind, worth_words
from obstacles.analysis.scores.from_logit import worths_from_tasks
from obstacles.analysis.scores.worths import check_offered, penalty_of
from obstacles.survey.answers import Answers, BestWorst
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

Build = Callable[[BestWorst], tuple[Tasks, np.ndarray]]  # tasks, and the answer (row) each came from


def _paired(answers: BestWorst) -> tuple[Tasks, np.ndarray]:
    m = answers.shown.shape[1]
    sets, task = mask_sets(answers.shown)
    best, worst = np.nonzero(~np.eye(m, dtype=bool))
    features = np.eye(m)[best] - np.eye(m)[worst]
    available = sets[:, best] & sets[:, worst]
    number = np.zeros((m, m), np.intp)
    number[best, worst] = np.arange(len(best))
    everything = np.broadcast_to(features, (len(sets), *features.shape))
    return Tasks(everything, available, task, number[answers.best, answers.worst]), np.arange(len(task))


def _two_logits(left_for_worst: np.ndarray, answers: BestWorst) -> tuple[Tasks, np.ndarray]:
    """A best task over the items shown and a worst task over `left_for_worst` (r, m)."""
    r, m = answers.shown.shape
    sets, task = mask_sets(np.concatenate([answers.shown, left_for_worst]))
    features = np.concatenate([np.broadcast_to(sign * np.eye(m), (len(sets), m, m)) for sign in (1.0, -1.0)])
    available = np.concatenate([sets, sets])
    task = np.concatenate([task[:r], task[r:] + len(sets)])
    return Tasks(features, available, task, np.concatenate([answers.best, answers.worst])), np.tile(np.arange(r), 2)


def _marginal(answers: BestWorst) -> tuple[Tasks, np.ndarray]:
    return _two_logits(answers.shown, answers)


def _sequential(answers: BestWorst) -> tuple[Tasks, np.ndarray]:
    left = answers.shown.copy()
    left[np.arange(len(left)), answers.best] = False
    return _two_logits(left, answers)


def _fit(prepared: Prepared, *, name: str, build: Build) -> Fit:
    answers = prepared.typed(BestWorst)
    check_offered(answers.items, answers.shown)
    check_choices(answers)
    graph = graph_of(_beats(answers))
    pseudo, notes = penalty_of(answers.items, graph)
    tasks, row = build(answers)
    keep = np.unique(tasks.task)
    index = np.searchsorted(keep, tasks.task)
    tasks = Tasks(tasks.features[keep], tasks.available[keep], index, tasks.picked)
    base = respondents_behind(prepared, answers.shown)
    return worths_from_tasks(prepared, tasks, row, method=name, graph=graph, pseudo=pseudo, item_base=base, notes=notes)


def check_choices(answers: BestWorst) -> None:
    """Refuse tasks whose best and worst are one item, or an item that was not shown."""
    row = np.arange(len(answers.best))
    same = int((answers.best == answers.worst).sum())
    hidden = int((~answers.shown[row, answers.best] | ~answers.shown[row, answers.worst]).sum())
    if same:
        raise ModelError(_("{n} tasks name the same item best and worst: leave them out.").format(n=same))
    if hidden:
        raise ModelError(_("{n} tasks name an item that they did not show: mend the design.").format(n=hidden))


def _beats(answers: BestWorst) -> np.ndarray:
    """(m, m) bool: [i, j] is True when i was best beside j, or j worst beside i."""
    m = answers.shown.shape[1]
    beats = np.zeros((m, m), bool)
    for item in range(m):
        beats[item] |= answers.shown[answers.best == item].any(axis=0)
        beats[:, item] |= answers.shown[answers.worst == item].any(axis=0)
    return beats


def needs_tasks(answers: Answers, question: Question, k: int) -> str | None:
    """Why a score of best-worst choices does not apply to these answers; None where it does."""
    return None if isinstance(answers, BestWorst) else OtherAnswers(_("it needs best-worst choices"))


WORDS = {
    "maxdiff": worth_words(
        name=N_("Best-worst scaling (maxdiff)"),
        meaning=N_("Worths from the choice of the best and the worst item of each set shown, as one pair."),
    ),
    "maxdiff-marginal": worth_words(
        name=N_("Best-worst scaling (marginal)"),
        meaning=N_("Worths from the choice of the best and, apart from it, the worst item of each set shown."),
    ),
    "maxdiff-sequential": worth_words(
        name=N_("Best-worst scaling (sequential)"),
        meaning=N_("Worths from the choice of the best item of each set shown, then the worst of those left."),
    ),
}

SCORES = {
    name: Score(name, needs_tasks, partial(_fit, name=name, build=build), WORDS[name], worths=True)
    for name, build in (("maxdiff", _paired), ("maxdiff-marginal", _marginal), ("maxdiff-sequential", _sequential))
}
