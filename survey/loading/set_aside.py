"""Options that are no obstacles ("Other", "None of these", "Don't know"): counted, and taken out of what is ranked.

Ranks close up over them: who put "Other" first has their second item first of the items. They stay apart from every
estimate and test, which see the answers without their columns. A selection of such options alone is an answer in which
no item is marked; a ranking or rating of them alone says nothing of the items, and leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from obstacles.survey.answers import Answers, BestWorst, Published, Rankings, Ratings, SetAside
from obstacles.survey.formats.base import of_respondents
from obstacles.survey.problems import Problem
from obstacles.survey.question import Item
from obstacles.text.language import _

NO_CHOICE = ("none", "opt_out")  # kinds that contradict a choice beside them


def apart(
    answers: Answers, weight: np.ndarray | None, file: str
) -> tuple[Answers, tuple[SetAside, ...], Problem | None, np.ndarray]:
    """The answers on the items that are ranked, how often the others were named, and who stays.

    Parameters
    ----------
    weight : (p,) array, optional
        Of the respondents.
    file : str
        That the answers are from, for the problem: options such as "None of these" beside others.

    Returns
    -------
    answers, options, problem, (p,) bool: the respondents who are in these answers.
    """
    kept, gone = _places(answers, ranked=True), _places(answers, ranked=False)
    if isinstance(answers, Published):
        options = [SetAside(answers.items[j], float(answers.share[j]), None, answers.n) for j in gone]
        printed = replace(answers, items=_items(answers, kept), share=answers.share[kept])
        return printed, tuple(options), None, np.ones(0, bool)
    assert not isinstance(answers, BestWorst), "the study file is refused"
    named, offered = _named(answers)
    problem = None
    if isinstance(answers, Rankings) and answers.selection:
        problem = _contradiction(answers, named, kept, gone, file)
    mass = answers.answer_counts if isinstance(answers, Rankings) else np.ones(len(answers.respondent))
    heavy = mass if weight is None else mass * weight[answers.respondent]
    options = []
    for j in gone:
        base = float(heavy[offered[:, j]].sum())
        share = float(heavy[named[:, j]].sum()) / base if base else float("nan")
        counted = float(mass[named[:, j]].sum()), float(mass[offered[:, j]].sum())
        options.append(SetAside(answers.items[j], share, *counted))
    rest, says = _rankings(answers, kept, gone) if isinstance(answers, Rankings) else _ratings(answers, kept)
    stays = np.zeros(int(answers.respondent.max(initial=-1)) + 1, bool)
    stays[answers.respondent[says]] = True
    return of_respondents(rest, stays), tuple(options), problem, stays


def _places(answers: Answers, *, ranked: bool) -> list[int]:
    return [j for j, item in enumerate(answers.items) if (item.kind is None) == ranked]


def _items(answers: Answers, places: Sequence[int]) -> tuple[Item, ...]:
    return tuple(answers.items[j] for j in places)


def _named(answers: Rankings | Ratings) -> tuple[np.ndarray, np.ndarray]:
    """(n, m) bool: whether each item was named, and whether it was offered."""
    if isinstance(answers, Rankings):
        return answers.ranks > 0, answers.offered
    rated = ~np.isnan(answers.scores)
    return (rated & (answers.scores > 0)) if answers.total is not None else rated, np.ones(rated.shape, bool)


def _contradiction(
    answers: Rankings, named: np.ndarray, kept: Sequence[int], gone: Sequence[int], file: str
) -> Problem | None:
    """ "None of these" beside choices: the choices are kept, and in `named` it is taken away."""
    count = 0
    choice = [j for j in (*kept, *gone) if answers.items[j].kind not in NO_CHOICE]
    chose = named[:, choice].any(axis=1)
    for j in gone:
        if answers.items[j].kind in NO_CHOICE:
            count += int((named[:, j] & chose).sum())
            named[:, j] &= ~chose
    if not count:
        return None
    message = _('options such as "none of these" beside other choices; the choices are kept.')
    return Problem("warning", "W-SEL-02", message, file=file, count=count)


def _rankings(answers: Rankings, kept: Sequence[int], gone: Sequence[int]) -> tuple[Rankings, np.ndarray]:
    """The rankings of the items kept, closed up; and (n,) bool: which of them say something."""
    ranks, offered = _closed(answers.ranks, kept, gone), answers.offered[:, kept]
    if answers.selection:
        ranks = answers.ranks[:, kept]
    says = offered.any(axis=1) if answers.selection else (ranks > 0).any(axis=1)
    position = None if answers.position is None else _closed(answers.position, kept, gone)
    rest = replace(answers, items=_items(answers, kept), ranks=ranks, offered=offered, position=position)
    return rest, np.asarray(says)


def _closed(places: np.ndarray, kept: Sequence[int], gone: Sequence[int]) -> np.ndarray:
    """(n, kept) places without those of the others; 0 stays 0."""
    own = places[:, kept]
    closed = own.copy()
    for j in gone:
        other = places[:, [j]]
        closed -= ((other > 0) & (other < own)).astype(places.dtype)
    return np.asarray(closed)


def _ratings(answers: Ratings, kept: Sequence[int]) -> tuple[Ratings, np.ndarray]:
    """The ratings of the items kept; and (n,) bool: which rows have any."""
    scores, not_applicable = answers.scores[:, kept], answers.not_applicable[:, kept]
    rest = replace(answers, items=_items(answers, kept), scores=scores, not_applicable=not_applicable)
    return rest, np.asarray((~np.isnan(scores) | not_applicable).any(axis=1))
