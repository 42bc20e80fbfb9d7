"""A raw study: the share naming any item of a category, counted from answers, with joint answers known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from obstacles.analysis.evidence.raw import raw_evidence
from obstacles.survey.answers import Rankings
from obstacles.survey.evidence.crosswalk import Place
from obstacles.survey.evidence.load import EvidenceSurvey, StudyWave, load_evidence

EXAMPLES = Path(__file__).parents[3] / "examples"
CATEGORIES = {"skills": "skills", "cost": "cost", "sponsor": "thinking", "sharing": "data", "quality": "data"}


@pytest.fixture(scope="module")
def waves() -> dict[str, EvidenceSurvey]:
    entries = {}
    for entry in load_evidence([EXAMPLES / "big-data-obstacles"]).surveys:
        assert isinstance(entry.survey, StudyWave)
        names = [CATEGORIES.get(item.id, "rules") for item in entry.survey.wave.items]
        places = tuple(Place(name, name, name == "rules") for name in names)
        entries[entry.survey.wave.id] = EvidenceSurvey(entry.survey, "demo", places)
    return entries


def named(entry: EvidenceSurvey, category: str, *, first: bool) -> np.ndarray:
    """(n,) whether each respondent names any item of the category, or puts one first."""
    assert isinstance(entry.survey, StudyWave)
    answers = entry.survey.wave.answers
    assert isinstance(answers, Rankings)
    columns = [j for j, place in enumerate(entry.places) if place.narrow == category]
    marked = answers.ranks == 1 if first else answers.ranks > 0
    return np.asarray(marked[:, columns].any(axis=1))


def test_selections_count_whoever_names_any_item(waves: dict[str, EvidenceSurvey]) -> None:
    entry = waves["2022"]
    result = raw_evidence(entry, "data", "narrow", opt_outs=True, level=0.95)
    assert result is not None
    assert isinstance(entry.survey, StudyWave)
    assert entry.survey.wave.design.weight is None
    data, skills = named(entry, "data", first=False), named(entry, "skills", first=False)
    n = len(data)
    assert result.n == n
    assert (result.form, result.kind, result.raw, result.wave) == ("several", "select-up-to-k", True, "2022")
    assert result.share.lead == result.share.low == result.share.high == pytest.approx(data.mean())
    to_skills = next(d for d in result.differences if d.rival == "skills")
    assert to_skills.value == pytest.approx(data.mean() - skills.mean())
    stratum = entry.survey.wave.design.stratum
    assert stratum is not None
    within = [data[stratum == h].astype(float) - skills[stratum == h] for h in np.unique(stratum)]
    variance = sum(len(x) / (len(x) - 1) * ((x - x.mean()) ** 2).sum() for x in within) / n**2
    assert to_skills.largest_error == to_skills.smallest_error == pytest.approx(math.sqrt(variance), rel=1e-6)
    assert result.places is not None
    assert result.places[0] <= result.place <= result.places[1]


def test_of_rankings_the_first_place_counts(waves: dict[str, EvidenceSurvey]) -> None:
    entry = waves["2024"]
    result = raw_evidence(entry, "skills", "narrow", opt_outs=True, level=0.95)
    assert result is not None
    assert isinstance(entry.survey, StudyWave)
    weight = entry.survey.wave.design.weight
    first = named(entry, "skills", first=True)
    assert (result.form, result.kind, result.effects) == ("one", "top-1", ())
    if weight is not None:
        assert result.share.lead == pytest.approx(np.average(first, weights=weight), abs=0.02)


def test_answers_that_name_no_obstacle_can_be_set_apart(waves: dict[str, EvidenceSurvey]) -> None:
    whole = raw_evidence(waves["2022"], "skills", "narrow", opt_outs=True, level=0.95)
    rest = raw_evidence(waves["2022"], "skills", "narrow", opt_outs=False, level=0.95)
    assert whole is not None
    assert rest is not None
    assert {share.category for share in whole.shares} - {share.category for share in rest.shares} == {"rules"}
    assert raw_evidence(waves["2022"], "rules", "narrow", opt_outs=False, level=0.95) is None
