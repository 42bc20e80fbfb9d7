"""Studies with groups and real settings: single waves put together for comparisons, and one wave for regressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from obstacles.survey.answers import Answers, CapabilityAnswers, Published
from obstacles.survey.problems import Receipt
from obstacles.survey.question import Question
from obstacles.survey.settings import RegressionSettings, StudySettings
from obstacles.survey.study import Design, Study, Wave


def one_wave(
    answers: Answers,
    *,
    question: Mapping[str, Any] | None = None,
    groups: Mapping[str, Any] | None = None,
    design: Mapping[str, Any] | None = None,
    panel: Sequence[str] | None = None,
    fieldwork: tuple[date, date] | None = None,
) -> Wave:
    """A wave with these answers; `waves` gives it its id."""
    n = 0 if isinstance(answers, Published) else int(answers.respondent.max(initial=-1)) + 1
    frame: dict[str, Any] = {"id": [str(i) for i in range(n)]}
    frame |= {name: pd.Categorical([str(value) for value in values]) for name, values in (groups or {}).items()}
    asked = Question({"en": "Which?"}, "rank_grid", answers.items, **(question or {}))
    receipt = Receipt("answers.csv", "0" * 64, "utf-8", ",", n, len(answers.items), (), n)
    stated = {name: np.asarray(value) for name, value in (design or {}).items()}
    ids = None if panel is None else np.array(list(panel), dtype=object)
    settings: Any = None
    return Wave(
        "", {}, asked, answers, pd.DataFrame(frame), Design(**stated), receipt, fieldwork, None, settings, panel=ids
    )


def study_of_waves(waves: Sequence[Wave], *, comparison: Mapping[str, Any] | None = None) -> Study:
    """Waves w1, w2 ... in their order, and one [[comparison]] of all of them where its keys are given."""
    ids = [f"w{number}" for number in range(1, len(waves) + 1)]
    raw: dict[str, Any] = {
        "schema": 1,
        "study": {"title": {"en": "Study"}, "sampling": "nonprobability"},
        "wave": [
            {
                "id": id,
                "file": f"{id}.csv",
                "format": "rank_grid",
                "columns": {name: name for name in wave.respondents.columns if name != "id"},
            }
            for id, wave in zip(ids, waves, strict=True)
        ],
    }
    if comparison is not None:
        raw["comparison"] = [{"id": "c", "waves": ids, **comparison}]
    settings = StudySettings.model_validate(raw)
    made = tuple(replace(wave, id=id, settings=own) for id, wave, own in zip(ids, waves, settings.wave, strict=True))
    items = {item.id: item for wave in made for item in wave.items}
    return Study("s", {"en": "Study"}, tuple(items.values()), made, settings, Path("study.toml"), "0" * 64)


@pytest.fixture(scope="session")
def wave() -> Callable[..., Wave]:
    return one_wave


@pytest.fixture(scope="session")
def waves() -> Callable[..., Study]:
    return study_of_waves


def grouped_study(
    answers: Answers,
    groups: Mapping[str, Any],
    *,
    k: int | None = None,
    max_choices: int | None = None,
    min_group: int = 5,
    capability: CapabilityAnswers | None = None,
    models: tuple[dict[str, Any], ...] = (),
    **design: Any,
) -> Study:
    """A study of one wave with these groups as columns of text; `design` are fields of survey.study.Design."""
    n = len(next(iter(groups.values())))
    levels = [{"value": value, "text": [str(value)]} for value in range(5)]
    settings = StudySettings.model_validate(
        {
            "schema": 1,
            "study": {"title": "A study", "sampling": "nonprobability"},
            "obstacles": {
                "item": [
                    {"id": item.id, "label": dict(item.label), "category": item.category} for item in answers.items
                ]
            },
            "wave": [{"id": "w", "file": "a.csv", "format": "rank_grid", "columns": {name: name for name in groups}}],
            "privacy": {"min_group": min_group},
            "model": list(models),
            **(
                {"capability": {"levels": levels, "item": [{"id": i.id, "required": 2} for i in capability.items]}}
                if capability is not None
                else {}
            ),
        }
    )
    frame: dict[str, Any] = {"id": [str(i) for i in range(n)]}
    frame |= {name: pd.Categorical([str(value) for value in values]) for name, values in groups.items()}
    question = Question({"en": "Which?"}, "rank_grid", answers.items, k=k, max_choices=max_choices)
    receipt = Receipt("a.csv", "0" * 64, "utf-8", ",", n, len(answers.items), (), n)
    stated = {name: None if value is None else np.asarray(value) for name, value in design.items()}
    wave = Wave(
        "w",
        {},
        question,
        answers,
        pd.DataFrame(frame),
        Design(**stated),
        receipt,
        None,
        None,
        settings.wave[0],
        capability=capability,
    )
    return Study("s", {"en": "Study"}, answers.items, (wave,), settings, Path("study.toml"), "0" * 64)


@pytest.fixture(scope="session")
def grouped() -> Callable[..., Study]:
    return grouped_study


def model_of(kind: str, formula: str = "", **keys: Any) -> RegressionSettings:
    return RegressionSettings(name="m", kind=kind, formula=formula, **keys)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def model() -> Callable[..., RegressionSettings]:
    """A [[model]] as the study file would have it."""
    return model_of
