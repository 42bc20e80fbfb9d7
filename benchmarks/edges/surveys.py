"""Surveys at the edges: how answers are given, which items are rare, tied or always first, and how people are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy import special

from benchmarks import simulate
from benchmarks.few_units_validation import Units, answers_of, minds, respondents, wave_of
from benchmarks.material import study_of
from obstacles.analysis.ranking.rank import rank
from obstacles.survey.answers import Answers
from obstacles.survey.study import Study, Wave

M, LARGE = simulate.M, 200_000
PLAIN, HEAVY = Units(), Units(weight=1.0)
EQUAL, FEW = Units((1,) * 10), Units((40, 20, 10, 10, 5, 5, 5, 5))
TWELVE, MANY = Units((40, 20, *(4,) * 10)), Units((1,) * 40)
WORTHS = ("full", "top 3", "first choice", "pairs", "best-worst")  # forms whose log-worths are the pattern
PATTERNS: Mapping[str, tuple[np.ndarray, np.ndarray]] = {  # log-worths, and shares where everything may be marked
    "equal": (np.zeros(M), np.full(M, 0.4)),
    "tied": (simulate.PATTERNS["tied leaders"], np.array([0.6, 0.6, 0.3, 0.3, 0.2, 0.1])),
    "rare": (np.log([0.3, 0.3, 0.2, 0.18, 0.01, 0.01]), np.array([0.12, 0.12, 0.08, 0.08, 0.03, 0.03])),
    "dominant": (np.log([0.88, 0.04, 0.04, 0.02, 0.01, 0.01]), np.array([0.96, 0.3, 0.3, 0.2, 0.04, 0.04])),
    "separated": (simulate.PATTERNS["separated"], np.array([0.9, 0.7, 0.5, 0.35, 0.2, 0.1])),
}


@dataclass(frozen=True)
class Situation:
    """Where a claim is made: the form of the answers, the pattern of the items, how respondents are drawn."""

    form: str
    pattern: str = "tied"
    units: Units = PLAIN

    @property
    def utility(self) -> np.ndarray:
        """(M,) what the answers are drawn from."""
        worth, share = PATTERNS[self.pattern]
        return np.asarray(special.logit(share) if self.form == "selections" else worth)


def answered(rng: np.random.Generator, form: str, utility: np.ndarray) -> Answers:
    """Answers of (n, M) utilities."""
    n = len(utility)
    if form == "pairs":
        return simulate.pairs(rng, n, utility).wave().answers
    if form == "best-worst":
        return simulate.best_worst(rng, n, utility).wave().answers
    return answers_of(rng, utility, form)


def wave(rng: np.random.Generator, at: Situation, n: int, moved: np.ndarray | float = 0.0) -> Wave:
    """A wave of about n respondents; `moved` is added to the utilities."""
    design = at.units.design(rng, n)
    n = respondents(design, n)
    return wave_of(answered(rng, at.form, minds(rng, at.utility + moved, n, design)), n, design)


def survey(rng: np.random.Generator, at: Situation, n: int) -> Study:
    """A study of one wave."""
    one = wave(rng, at, n)
    made = study_of(one.answers, n=len(one.respondents), k=one.question.k)
    return replace(made, waves=(one,))


@lru_cache
def truth_of(at: Situation) -> np.ndarray:
    """(M,) what the ranking estimates, as it is displayed; equal items have equal values.

    Worths of people drawn one by one are those of the pattern; else it is the ranking of a very large survey, whose
    respondents each have a mind of their own: what is shared within clusters makes no difference to it.
    """
    if at.form in WORTHS and at.units.parts is None:
        return np.asarray(special.softmax(at.utility))
    if at.form == "selections" and at.units.parts is None:
        return np.asarray(special.expit(at.utility))
    rng = np.random.default_rng(0)
    own = {} if at.units.parts is None else {"cluster": np.arange(LARGE)}
    one = wave_of(answered(rng, at.form, minds(rng, at.utility, LARGE, own)), LARGE, {})
    made = replace(study_of(one.answers, n=LARGE, k=one.question.k), waves=(one,))
    value = rank(made, draws=100, frequencies=False).shown.value
    if at.form == "alike":
        return np.full(M, value.mean())
    same = at.utility[:, None] == at.utility
    return np.asarray(same @ value / same.sum(axis=1))
