"""Studies whose respondents are known by groups, for the benchmarks and simulations of regressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.material import study_of
from obstacles.survey.answers import Answers
from obstacles.survey.settings import RegressionSettings, StudySettings
from obstacles.survey.study import Design, Study


def grouped(answers: Answers, groups: Mapping[str, np.ndarray], *, n: int, **design: np.ndarray) -> Study:
    """A study of one wave; `design` are fields of survey.study.Design."""
    settings = StudySettings.model_validate(
        {
            "schema": 1,
            "study": {"title": "A study", "sampling": "nonprobability"},
            "obstacles": {"item": [{"id": item.id, "label": dict(item.label)} for item in answers.items]},
            "wave": [{"id": "w", "file": "a.csv", "format": "rank_grid", "columns": {name: name for name in groups}}],
        }
    )
    study = study_of(answers, n=n)
    people = pd.DataFrame({"id": np.arange(n).astype(str), **groups})
    wave = replace(
        study.wave(),
        respondents=people,
        design=Design(**design),  # type: ignore[arg-type]
        settings=settings.wave[0],
    )
    return replace(study, waves=(wave,), settings=settings)


def model(kind: str, formula: str, **keys: Any) -> RegressionSettings:
    return RegressionSettings.model_validate({"name": "m", "kind": kind, "formula": formula, **keys})
