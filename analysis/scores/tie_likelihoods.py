"""Other readings of ties: their order exists and is not known, instead of Davidson-Luce's ties that people mean.

A block S of d items chosen together from a set A has the likelihood

- "plackett-luce-breslow": prod of a over S / (sum over A)^d (Breslow 1974);
- "plackett-luce-efron": prod of a over S / prod over l < d of (sum over A - l/d sum over S) (Efron 1977), close to the
  mean over all orders of the tied items;
- "plackett-luce-exact": prod of a over S / e_d(A), the sum over all sets of d items of A (Cox 1972, discrete time):
  which items are in the block, given how many.

A block that takes all that is left says nothing under these readings and is left out. Efron's and Breslow's readings
are approximations, so that worths near ties are drawn together, Breslow's more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from obstacles.analysis.choice.choice_sets import NEVER, ChoiceCounts, faced_masks, graph_of, has_ties, number_sets
from obstacles.analysis.choice.plackett_luce_fit import WorthFit, fit_counts, refit_counts
from obstacles.analysis.choice.set_choice_likelihood import SetCounts, fit_sets, inclusion, refit_sets
from obstacles.analysis.choice.situations import SetsFaced, SubsetsTaken
from obstacles.analysis.choice.tied_choices import tied_stages
from obstacles.analysis.choice.told import Rows, times_met, told_of
from obstacles.analysis.inference.worth_answers import Told
from obstacles.analysis.prepare import ModelError, Prepared, answer_weight, by_respondent, converging
from obstacles.analysis.scores.base import Fit, OtherAnswers, Score, respondents_behind, worth_words
from obstacles.analysis.scores.first_choice import needs_order
from obstacles.analysis.scores.worths import Fitted, check_offered, penalty_of, worth_estimate
from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.question import Question
from obstacles.text.language import N_, _

if TYPE_CHECKING:
    from scipy import sparse

MOST_KEYS = 300  # sets and sizes up to which the exact reading is fitted to every replicate


@dataclass(frozen=True)
class Stages:
    """Which block each respondent chose from which set; a key is a pair of both."""

    key: np.ndarray  # (k, n) key of each stage; -1 = no such stage, or nothing is said
    sets: np.ndarray  # (s, m) bool
    blocks: np.ndarray  # (s, m) bool


def read_stages(ranks: np.ndarray, offered: np.ndarray) -> Stages:
    """Rankings (n, m) as choices of blocks, without the blocks that take all that is left."""
    m = ranks.shape[1]
    stage = tied_stages(ranks)
    reached = np.where(stage == NEVER, 0, stage + 1).max(axis=0, initial=0)
    masks = faced_masks(stage, offered, reached + 1)  # one more: what is left after the last block
    sets, blocks = masks[:-1], masks[:-1] & ~masks[1:]
    says = ((masks[1:] != 0).any(axis=2)) & (np.arange(len(sets))[:, None] < reached)
    set_index, set_rows = number_sets(sets, m)
    block_index, block_rows = number_sets(blocks, m)
    code = set_index.astype(np.int64) * len(block_rows) + block_index
    keys, index = np.unique(code[says], return_inverse=True)
    key = np.full(says.shape, -1, np.intp)
    key[says] = index
    return Stages(key, set_rows[keys // len(block_rows)], block_rows[keys % len(block_rows)])


def key_table(read: Stages) -> sparse.csr_matrix:
    """(n, s) how often each key occurs in each ranking."""
    return times_met(read.key, len(read.sets))


def key_counts(read: Stages, weight: np.ndarray) -> np.ndarray:
    """(..., s) how often each key occurs under weights (..., n)."""
    return np.asarray(weight @ key_table(read))


@dataclass(frozen=True)
class Fractions:
    """Efron's and Breslow's denominators as fractional sets: the rows (t, m) that belong to each key."""

    sets: np.ndarray  # (t, m)
    key: np.ndarray  # (t,)
    times: np.ndarray  # (t,) how often the row counts when its key occurs once


def fractions(read: Stages, reading: str) -> Fractions:
    """Choice sets of tied stages with the fractions in which tied items leave them (Efron, Breslow)."""
    size = read.blocks.sum(axis=1)
    if reading == "breslow":
        return Fractions(read.sets.astype(np.float64), np.arange(len(size)), size.astype(np.float64))
    key = np.repeat(np.arange(len(size)), size)
    done = np.arange(len(key)) - np.repeat(np.cumsum(size) - size, size)  # 0 .. d - 1 within each key
    sets = read.sets[key] - (done / size[key])[:, None] * read.blocks[key]
    return Fractions(sets, key, np.ones(len(key)))


def _expected(rows: Fractions, log_worth: np.ndarray, keys: int) -> np.ndarray:
    """(s, m) expected choices of each key."""
    a = np.exp(log_worth - log_worth.max())
    part = rows.sets * a * (rows.times / (rows.sets @ a))[:, None]
    return np.column_stack([np.bincount(rows.key, column, minlength=keys) for column in part.T])


def fit_reading(prepared: Prepared, *, name: str, reading: str) -> Fit:
    """Worths of rankings with ties under one of the readings: "efron", "breslow" or "exact"."""
    answers = prepared.typed(Rankings)
    check_offered(answers.items, answers.offered)
    read, weight = read_stages(answers.ranks, answers.offered), answer_weight(prepared)
    if not len(read.sets):
        raise ModelError(_("no ranking says more than that everything is tied."))
    graph = graph_of(_beats(read, strict=reading == "exact"))
    pseudo, notes = penalty_of(answers.items, graph)
    with converging(_("{model} did not converge: {reason}."), model=name):
        fit = _exact(read, weight, pseudo) if reading == "exact" else _fractional(read, weight, reading, pseudo)
    worths, expected = fit.worths, fit.expected
    score = np.zeros(answers.ranks.shape)
    for key in read.key:
        here = key >= 0
        score[here] += read.blocks[key[here]] - expected[key[here]]
    rows = Rows(answers.respondent, weight, prepared.sample.n)
    fitted = Fitted(worths.log_worth + worths.location, pseudo, graph, rows, partial(fit.build, rows))
    influence = by_respondent((score * weight[:, None]) @ worths.inverse, answers.respondent, prepared.sample.n)
    estimate = worth_estimate(
        prepared,
        method=name,
        log_worth=worths.log_worth,
        influence=influence,
        inverse=worths.inverse,
        item_base=respondents_behind(prepared, answers.offered),
        fitted=fitted,
        log_likelihood=worths.log_likelihood,
        notes=(*notes, _note(reading)),
    )

    again = fit.again
    if again is None:
        return Fit(estimate, None)
    return Fit(
        estimate, lambda weights: again(key_counts(read, weights[:, answers.respondent] * answers.answer_counts))
    )


def _beats(read: Stages, *, strict: bool) -> np.ndarray:
    """(m, m) bool: i was in a block chosen from a set that held j, not in the same block if `strict`.

    Blocks that take all that is left say nothing here, unlike ties of the Davidson-Luce model.
    """
    blocks = read.blocks.astype(np.int64)
    return np.asarray((blocks.T @ (read.sets & ~read.blocks if strict else read.sets)) > 0)


@dataclass(frozen=True)
class _Reading:
    worths: WorthFit
    expected: np.ndarray  # (s, m) of each key
    again: Callable[[np.ndarray], np.ndarray] | None  # counts of keys (b, s) -> log-worths (b, m)
    build: Callable[[Rows], Told]


def _fractional(read: Stages, weight: np.ndarray, reading: str, pseudo: float) -> _Reading:
    rows = fractions(read, reading)
    count = key_counts(read, weight)
    worths = fit_counts(ChoiceCounts(count @ read.blocks, rows.sets, count[rows.key] * rows.times), pseudo=pseudo)

    def again(counts: np.ndarray) -> np.ndarray:
        return refit_counts(counts @ read.blocks, counts[:, rows.key] * rows.times, rows.sets, worths)

    def build(whose: Rows) -> Told:
        return told_of(SetsFaced(rows.sets), told, faced[:, rows.key].multiply(rows.times), whose)

    faced = key_table(read)
    told = np.asarray(faced @ read.blocks.astype(np.float64))
    return _Reading(worths, _expected(rows, worths.log_worth, len(read.sets)), again, build)


def _exact(read: Stages, weight: np.ndarray, pseudo: float) -> _Reading:
    size = read.blocks.sum(axis=1)
    keys, index = np.unique(np.column_stack([read.sets, size]), axis=0, return_inverse=True)
    sets, sizes, index = keys[:, :-1].astype(bool), keys[:, -1], index.reshape(-1)
    count = key_counts(read, weight)
    times = np.bincount(index, count, minlength=len(keys))
    worths = fit_sets(SetCounts(count @ read.blocks, sets, sizes, times), pseudo=pseudo)

    def again(counts: np.ndarray) -> np.ndarray:
        faced = np.zeros((len(counts), len(keys)))
        np.add.at(faced.T, index, counts.T)
        return refit_sets(counts @ read.blocks, faced, sets, sizes, worths)

    def build(whose: Rows) -> Told:
        once = np.zeros((len(read.sets), len(keys)))
        once[np.arange(len(index)), index] = 1.0
        faced = key_table(read)
        return told_of(SubsetsTaken(sets, sizes), np.asarray(faced @ read.blocks.astype(float)), faced @ once, whose)

    few = len(keys) <= MOST_KEYS  # else the bootstrap is by multipliers
    return _Reading(worths, inclusion(worths.log_worth, sets, sizes)[index], again if few else None, build)


def _note(reading: str) -> str:
    if reading == "exact":
        return _(
            "Ties are read as sets in which the order is not known (exact, discrete): which items share a place, given "
            "how many."
        )
    name = "Efron" if reading == "efron" else "Breslow"
    note = _("Ties are read as an order that is not known, by the approximation of {name}.")
    return note.format(name=name)


def _needs_ties(answers: Answers, question: Question, k: int) -> str | None:
    reason = needs_order(answers, question, k)
    if reason:
        return OtherAnswers(reason)
    assert isinstance(answers, Rankings)
    return None if has_ties(answers.ranks) else OtherAnswers(_("there are no ties"))


WORDS = {
    "plackett-luce-efron": worth_words(
        name=N_("Plackett-Luce, Efron's ties"),
        meaning=N_("Worths as by Plackett-Luce; items ranked equal have an order that is not known (Efron 1977)."),
    ),
    "plackett-luce-breslow": worth_words(
        name=N_("Plackett-Luce, Breslow's ties"),
        meaning=N_(
            "Worths as by Plackett-Luce; items ranked equal are taken one by one from the same set (Breslow 1974)."
        ),
    ),
    "plackett-luce-exact": worth_words(
        name=N_("Plackett-Luce, exact ties"),
        meaning=N_(
            "Worths as by Plackett-Luce; items ranked equal are a set chosen together, given its size (Cox 1972)."
        ),
    ),
}

SCORES = {
    name: Score(name, _needs_ties, partial(fit_reading, name=name, reading=name.rpartition("-")[2]), words, worths=True)
    for name, words in WORDS.items()
}
