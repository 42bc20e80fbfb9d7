"""What all waves of a study share while it is loaded, and when a load stops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from obstacles.survey.loading.margins import Margins
from obstacles.survey.loading.required_levels import RequiredLevels
from obstacles.survey.loading.respondents import Aliases
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.question import Item
from obstacles.survey.settings import StudySettings

FATAL = ("error", "ask")


@dataclass(frozen=True)
class Context:
    """What all waves of a study share while it is loaded."""

    path: Path  # of the study file
    folder: Path  # of the data
    text: str  # of the study file
    settings: StudySettings
    items: tuple[Item, ...]
    aliases: Aliases
    margins: Margins
    required: RequiredLevels


def fatal(problems: Iterable[Problem]) -> bool:
    """Whether a problem is among them with which loading cannot go on."""
    return any(problem.severity in FATAL for problem in problems)


def stop(problems: Sequence[Problem]) -> None:
    """Raise where something stops the load: 3 where only the study file can answer, else 2."""
    if fatal(problems):
        data_at_fault = any(problem.severity == "error" for problem in problems)
        raise SurveyError(problems, exit_code=2 if data_at_fault else 3)
