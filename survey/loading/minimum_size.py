"""Whole waves that are smaller than a group that may be shown: a report of one tells what single people answered."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from obstacles.survey.answers import Published, Rankings
from obstacles.survey.problems import Problem, Severity, SurveyError
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Wave
from obstacles.text.language import ngettext

REPORTED, RANKED = "E-SMALL-01", "W-SMALL-01"


def people_of(wave: Wave) -> float | None:
    """Respondents of a wave, counted rankings by their counts; None for a published table."""
    if isinstance(wave.answers, Published):
        return None
    answers, n = wave.answers, float(len(wave.respondents))
    if isinstance(answers, Rankings) and len(np.unique(answers.respondent)) == len(answers.respondent):
        return max(n, float(answers.answer_counts.sum()))
    return n


def too_small(settings: StudySettings, waves: Iterable[Wave], *, reported: bool) -> list[Problem]:
    """One problem for each wave below [privacy] min_group: an error where it is reported, else a warning."""
    minimum = settings.privacy.min_group
    found = []
    for wave in waves:
        people = people_of(wave)
        if people is None or people >= minimum:
            continue
        if reported:
            message = ngettext(
                "wave {wave} has {n} respondent, fewer than the {minimum} that [privacy] min_group asks of a group: a "
                "report would tell what single people answered. `obstacles rank` still prints the ranking.",
                "wave {wave} has {n} respondents, fewer than the {minimum} that [privacy] min_group asks of a group: a "
                "report would tell what single people answered. `obstacles rank` still prints the ranking.",
                round(people),
            )
        else:
            message = ngettext(
                "wave {wave} has {n} respondent, fewer than the {minimum} that [privacy] min_group asks of a group: "
                "what is printed may tell what single people answered. Keep it to yourself.",
                "wave {wave} has {n} respondents, fewer than the {minimum} that [privacy] min_group asks of a group: "
                "what is printed may tell what single people answered. Keep it to yourself.",
                round(people),
            )
        text = message.format(wave=wave.id, n=f"{people:,.0f}", minimum=minimum)
        severity: Severity = "error" if reported else "warning"
        code = REPORTED if reported else RANKED
        found.append(Problem(severity, code, text, file=wave.receipt.file, count=max(int(people), 1)))
    return found


def refuse_small(settings: StudySettings, waves: Iterable[Wave]) -> None:
    """Raise a SurveyError where a wave is too small for a report."""
    found = too_small(settings, waves, reported=True)
    if found:
        raise SurveyError(found)
