"""Made-up organisations for the adversary: departments of any size, some tiny, with levels, obstacles and parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from obstacles.survey.answers import CapabilityAnswers, Rankings, Ratings
from obstacles.survey.problems import Receipt
from obstacles.survey.question import Item, Level, Question, Scale
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


# ---------- departments, divisions and grades, by every kind of answers ------------------------------------------


def linked_organisation(seed: int) -> Study:
    """An organisation for others: departments joined to divisions, a few people elsewhere; a third is weighted.

    Obstacles are ranked to the second place, marked, or rated from 1 to 5; a third has a second wave of mostly the same
    people, some of whom moved or answer anew.
    """
    rng = np.random.default_rng(seed)
    study = organisation(rng, privacy={"audience": "organisation"})
    wave = study.waves[0]
    code = wave.respondents["department"].cat.codes.to_numpy()
    home = rng.integers(0, 3, code.max() + 1)
    moved = rng.random(len(code)) < rng.choice([0.0, 0.0, 0.02])
    division = np.where(moved, rng.integers(0, 3, len(code)), home[code])
    frame = wave.respondents.assign(division=pd.Categorical([f"V{i}" for i in division]))
    columns = {**wave.settings.columns, "division": "v"}
    settings = wave.settings.model_copy(update={"columns": columns, "id_column": "id"})
    weight = None
    if rng.random() < 1 / 3:
        size = np.array([wave.sizes["department"][name] for name in frame["department"].cat.categories], float)
        weight = (size / np.maximum(np.bincount(code, minlength=len(size)), 1))[code]
    made = replace(wave, respondents=frame, settings=settings, design=Design(weight=weight))
    made = answered_as(made, ("rank_grid", "multi_select", "likert_grid")[int(rng.integers(3))], rng)
    later = (_later(made, rng),) if rng.random() < 1 / 3 else ()
    waves = (made, *later)
    return replace(
        study, waves=waves, settings=study.settings.model_copy(update={"wave": tuple(one.settings for one in waves)})
    )


def with_one_capability(study: Study) -> Study:
    """The same organisation asked about its first capability alone."""

    def first(wave: Wave) -> Wave:
        own = wave.capability
        assert own is not None
        current, required = own.current[:, :1], own.required[:, :1]
        return replace(
            wave,
            capability=replace(own, items=own.items[:1], current=current, required=required, source=own.source[:1]),
        )

    return replace(study, waves=tuple(map(first, study.waves)))


def answered_as(wave: Wave, form: str, rng: np.random.Generator) -> Wave:
    """The wave with the same obstacles ranked as they are, marked, or rated."""
    ranks = wave.answers.ranks  # type: ignore[union-attr]
    if form == "rank_grid":
        return wave
    answers: Rankings | Ratings = Rankings(
        wave.items, (ranks > 0).astype(np.int16), ranks >= 0, np.arange(len(ranks)), np.ones(len(ranks)), selection=True
    )
    scale = None
    if form == "likert_grid":
        levels = tuple(Level(float(v), {"en": str(v)}) for v in range(1, 6))
        scale = Scale(levels)
        near = np.where(ranks == 0, 2.0, 5.0 - ranks) + rng.normal(0, 0.9, ranks.shape) * (
            rng.random(ranks.shape[1]) < 0.8
        )
        scores = np.clip(np.rint(near), 1, 5)
        answers = Ratings(wave.items, scores, np.zeros(ranks.shape, bool), scale, np.arange(len(ranks)))
    question = replace(wave.question, format=form, k=None, scale=scale)
    return replace(wave, question=question, answers=answers, settings=wave.settings.model_copy(update={"format": form}))


def _later(wave: Wave, rng: np.random.Generator) -> Wave:
    """A second wave: a tenth left, a tenth moved to another department, a third answers as somebody else did."""
    n = len(wave.respondents)
    kept = np.flatnonzero(rng.random(n) > 0.1)
    other = np.where(rng.random(n) < 1 / 3, rng.permutation(n), np.arange(n))
    place = np.where(rng.random(n) < 0.1, rng.permutation(n), np.arange(n))
    frame = wave.respondents.iloc[place].reset_index(drop=True).assign(id=wave.respondents["id"].to_numpy())
    names = frame["department"].cat
    sizes = {
        name: max(n, int((names.codes == g).sum())) for g, (name, n) in enumerate(wave.sizes["department"].items())
    }
    made = replace(
        taken(wave, other),
        id="w1",
        respondents=frame,
        settings=wave.settings.model_copy(update={"id": "w1"}),
        sizes={"department": sizes},
    )
    return people_of(made, kept)


def taken(wave: Wave, rows: np.ndarray) -> Wave:
    """The wave in which each respondent answers as another did, (n,) rows."""
    answers, capability = wave.answers, wave.capability
    assert isinstance(answers, Rankings | Ratings)
    assert capability is not None
    own = {"ranks": answers.ranks[rows]} if isinstance(answers, Rankings) else {"scores": answers.scores[rows]}
    current = replace(capability, current=capability.current[rows])
    return replace(wave, answers=replace(answers, **own), capability=current)


def people_of(wave: Wave, rows: np.ndarray) -> Wave:
    """The wave of some of its respondents, (k,) rows."""
    answers, capability, design = wave.answers, wave.capability, wave.design
    assert isinstance(answers, Rankings | Ratings)
    assert capability is not None
    some = np.arange(len(rows))
    if isinstance(answers, Rankings):
        own = {"ranks": answers.ranks[rows], "offered": answers.offered[rows], "answer_counts": np.ones(len(rows))}
    else:
        own = {"scores": answers.scores[rows], "not_applicable": answers.not_applicable[rows]}
    return replace(
        wave,
        respondents=wave.respondents.iloc[rows].reset_index(drop=True),
        answers=replace(answers, respondent=some, **own),
        capability=replace(capability, current=capability.current[rows], required=capability.required[rows]),
        design=Design(weight=None if design.weight is None else design.weight[rows]),
        receipt=replace(wave.receipt, rows_read=len(rows), analysed=len(rows)),
    )
