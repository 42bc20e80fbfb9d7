"""MaxDiff: best and worst of the items shown, in three likelihoods that give different scales (Louviere et al. 2015).

- "maxdiff": the ordered pair (best, worst) among all pairs, exp(t_best - t_worst);
- "maxdiff-marginal": a best logit and a worst logit with the sign turned, each over all items shown;
- "maxdiff-sequential": best first, then worst among the remaining.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.sparse import csgraph

from analysis.choice_sets import mask_sets
from analysis.conditional_logit import Tasks
from analysis.scores.from_logit import PSEUDO, worths_from_tasks
from analysis.scores.model import Fit, Model, ModelError, Opened
from survey.answers import Answers, BestWorst
from survey.language import _
from survey.question import Question

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


def _fit(opened: Opened, *, name: str, build: Build) -> Fit:
    answers = opened.answers
    assert isinstance(answers, BestWorst)
    tasks, row = build(answers)
    keep = np.unique(tasks.task)
    index = np.searchsorted(keep, tasks.task)
    tasks = Tasks(tasks.features[keep], tasks.available[keep], index, tasks.picked)
    exposure = np.zeros((opened.sample.n, len(answers.items)), bool)
    np.logical_or.at(exposure, answers.respondent, answers.shown)
    penalised, notes = _penalty(answers)
    return worths_from_tasks(
        opened,
        answers.items,
        tasks,
        answers.respondent[row],
        answers.count[row],
        method=name,
        penalised=penalised,
        exposure=exposure.sum(axis=0),
        notes=notes,
    )


def _penalty(answers: BestWorst) -> tuple[bool, tuple[str, ...]]:
    """Whether finite worths need pseudo-observations; an error where sets are never compared."""
    m = answers.shown.shape[1]
    beats = np.zeros((m, m), bool)
    for item in range(m):
        beats[item] |= answers.shown[answers.best == item].any(axis=0)
        beats[:, item] |= answers.shown[answers.worst == item].any(axis=0)
    if csgraph.connected_components(beats, directed=True, connection="strong")[0] == 1:
        return False, ()
    separate, member = csgraph.connected_components(beats, directed=True, connection="weak")
    if separate > 1:
        names = [", ".join(answers.items[i].name for i in np.flatnonzero(member == group)) for group in (0, 1)]
        message = _("{first} are never compared with {second}: no ranking can join them. Rank each set by itself.")
        raise ModelError(message.format(first=names[0], second=names[1]))
    note = _(
        "Some obstacles are always best or always worst, so worths without a penalty would be infinite. Each obstacle "
        "was given {pseudo} pseudo-choices won and {pseudo} lost; errors belong to the penalised objective."
    )
    return True, (note.format(pseudo=PSEUDO),)


def _refuses(answers: Answers, question: Question, k: int) -> str | None:
    return None if isinstance(answers, BestWorst) else _("it needs best-worst choices")


MODELS = {
    name: Model(name, _refuses, partial(_fit, name=name, build=build))
    for name, build in (("maxdiff", _paired), ("maxdiff-marginal", _marginal), ("maxdiff-sequential", _sequential))
}
