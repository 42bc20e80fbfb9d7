"""Answers and studies that several benchmarks share, made from arrays with a seed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from obstacles.survey.answers import Answers, Rankings
from obstacles.survey.problems import Receipt
from obstacles.survey.question import Item, Question
from obstacles.survey.study import Design, Study, Wave

FIELDWORK = (date(2024, 1, 1), date(2024, 1, 31))


def items_of(m: int) -> tuple[Item, ...]:
    return tuple(Item(f"i{j}", {"en": f"Item {j}"}) for j in range(m))


def full_rankings(n: int, m: int, *, seed: int = 0) -> np.ndarray:
    """(n, m) int16 rankings from a Plackett-Luce model with log-worths from 1 to -1."""
    rng = np.random.default_rng(seed)
    score = rng.gumbel(size=(n, m)) + np.linspace(1, -1, m)
    return np.asarray(np.argsort(np.argsort(-score, axis=1), axis=1).astype(np.int16) + np.int16(1))


def tied_rankings(n: int, m: int, *, seed: int = 0) -> np.ndarray:
    """(n, m) int16 rankings whose scores are so coarse that many items are tied."""
    rng = np.random.default_rng(seed)
    score = np.round((rng.gumbel(size=(n, m)) + np.linspace(1, -1, m)) * 1.5)
    levels = np.unique(score)
    used = (score[:, :, None] == levels[::-1]).any(axis=1)
    place = np.cumsum(used, axis=1)
    return np.asarray(np.take_along_axis(place, np.searchsorted(-levels[::-1], -score), axis=1).astype(np.int16))


def rankings_of(ranks: np.ndarray, offered: np.ndarray | None = None) -> Rankings:
    n, m = ranks.shape
    offered = np.ones(ranks.shape, bool) if offered is None else offered
    return Rankings(items_of(m), ranks, offered, np.arange(n), np.ones(n))


def study_of(answers: Answers, *, n: int, k: int | None = None) -> Study:
    """A study of one wave."""
    question = Question({"en": "Which?"}, "rank_grid", answers.items, k=k)
    receipt = Receipt("answers.csv", "0" * 64, "utf-8", ",", n, len(answers.items), (), n)
    settings: Any = SimpleNamespace(ranking=SimpleNamespace(level=0.95, seed=1, model="auto"))
    people = pd.DataFrame(index=range(n))
    wave = Wave("w", {}, question, answers, people, Design(), receipt, FIELDWORK, None, settings)
    return Study("s", {"en": "Study"}, answers.items, (wave,), settings, Path("study.toml"), "0" * 64)
