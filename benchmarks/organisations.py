"""Made-up organisations for the adversary: departments of any size, some tiny, with levels, obstacles and parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from obstacles.survey.answers import CapabilityAnswers, Rankings
from obstacles.survey.problems import Receipt
from obstacles.survey.question import Item, Level, Question
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Design, Study, Wave

LEVELS = tuple(Level(float(v), {"en": str(v)}) for v in range(5))


def organisation(rng: np.random.Generator, *, privacy: dict[str, Any] | None = None, waves: int = 1) -> Study:
    """A census of 3 to 9 departments of 1 to 60 people, of whom about three in four answer.

    Required levels are one for everybody or by role; a few answers are missing; some departments are of one mind.
    """
    g = int(rng.integers(3, 10))
    size = np.where(rng.random(g) < 0.35, rng.integers(1, 14, g), rng.integers(12, 61, g))
    headcount = {f"D{i}": int(n) for i, n in enumerate(size)}
    settings = _settings(privacy or {}, waves)
    roles = bool(rng.random() < 0.3)
    made = tuple(_wave(rng, settings, headcount, f"w{i}", roles) for i in range(waves))
    return Study("org", {"en": "Organisation"}, made[0].items, made, settings, Path("study.toml"), "0" * 64)


def _settings(privacy: dict[str, Any], waves: int) -> StudySettings:
    raw = {
        "schema": 1,
        "study": {"title": "Organisation", "sampling": "census"},
        "wave": [
            {"id": f"w{i}", "file": "a.csv", "format": "rank_grid", "columns": {"department": "d", "grade": "g"}}
            for i in range(waves)
        ],
        "groups": {"report_by": "department", "split_by": ["grade"]},
        "privacy": privacy,
    }
    return StudySettings.model_validate(raw)


def _wave(rng: np.random.Generator, settings: StudySettings, headcount: dict[str, int], id: str, by_role: bool) -> Wave:
    names = list(headcount)
    answered = {name: max(int(rng.binomial(n, rng.uniform(0.6, 0.95))), 1) for name, n in headcount.items()}
    code = np.repeat(np.arange(len(names)), list(answered.values()))
    n, q = len(code), 2
    mean = rng.normal(2, 0.8, (len(names), q))
    spread = np.where(rng.random((len(names), q)) < 0.2, 0.3, 0.9)
    current = np.clip(np.rint(mean[code] + spread[code] * rng.normal(size=(n, q))), 0, 4)
    current[rng.random((n, q)) < rng.choice([0.0, 0.04])] = np.nan
    role = (rng.random(n) < 0.4).astype(int)
    required = np.full((n, q), float(rng.integers(1, 4)))
    if by_role:
        required[:, 0] = np.where(role == 1, 3.0, 1.0)
    capability = CapabilityAnswers(
        items=tuple(Item(f"c{j}", {"en": f"Capability {j}"}) for j in range(q)),
        levels=LEVELS,
        current=current,
        required=required,
        importance=None,
        supervisor=None,
        source=("role" if by_role else "fixed", "fixed"),
        rater="self",
    )
    items = tuple(Item(f"o{j}", {"en": f"Obstacle {j}"}) for j in range(4))
    worth = rng.normal(0, 0.7, 4) + rng.normal(0, 0.5, (len(names), 4))
    ranks = np.argsort(np.argsort(-(worth[code] + rng.gumbel(size=(n, 4))), axis=1), axis=1) + 1
    answers = Rankings(
        items, np.where(ranks <= 2, ranks, 0).astype(np.int16), np.ones((n, 4), bool), np.arange(n), np.ones(n)
    )
    respondents = pd.DataFrame(
        {
            "id": [str(i) for i in range(n)],
            "department": pd.Categorical.from_codes(code, pd.Index(names, dtype=object)),
            "grade": pd.Categorical.from_codes(
                rng.choice(3, n, p=[0.5, 0.35, 0.15]), pd.Index(["A", "B", "C"], dtype=object)
            ),
        }
    )
    return Wave(
        id=id,
        title={},
        question=Question({"en": "Which?"}, "rank_grid", items, k=2),
        answers=answers,
        respondents=respondents,
        design=Design(),
        receipt=Receipt("a.csv", "0" * 64, "utf-8", ",", n, 4, (), n),
        fieldwork=None,
        invited=sum(headcount.values()),
        settings=next(one for one in settings.wave if one.id == id),
        sizes={"department": headcount},
        capability=capability,
    )


def with_privacy(study: Study, **keys: Any) -> Study:
    """The same study under other rules."""
    privacy = study.settings.privacy.model_copy(update=keys)
    return replace(study, settings=study.settings.model_copy(update={"privacy": privacy}))
