"""Studies with real settings, made from arrays, and their reports, made once."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from once import once

from obstacles.reports.research.build import ResearchReport
from obstacles.reports.research.build import build_report as build
from obstacles.reports.writers.render import to_page, to_pdf
from obstacles.survey.answers import Answers, Published, Rankings, Ratings
from obstacles.survey.problems import LeftOut, Problem, Receipt
from obstacles.survey.question import Item, Level, Question, Scale
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Design, Study, Wave

OBSTACLES = (
    "Inadequate staff and skills",
    "Data not shared between departments",
    "Poor data quality",
    "Cost of tools and infrastructure",
    "Unclear rules on AI",
    "Lack of leadership support",
    "Privacy and security rules",
)
SHORT = ("Skills", "Data sharing", "Data quality", "Cost", "AI rules", "Leadership", "Privacy")
HOSTILE = '<script>alert("x")</script> & <b>bold</b>'
FORMULA = "=cmd|' /C calc'!A0"


def items_named(names: Any, short: Any = None) -> tuple[Item, ...]:
    return tuple(Item(f"i{j}", {"en": name}, {"en": short[j]} if short else {}) for j, name in enumerate(names))


def rankings_of(items: tuple[Item, ...], ranks: Any, *, selection: bool = False) -> Rankings:
    ranks = np.asarray(ranks, np.int16)
    n, m = ranks.shape
    return Rankings(items, ranks, np.ones((n, m), bool), np.arange(n), np.ones(n), selection)


def ratings_of(items: tuple[Item, ...], scores: Any, labels: Any) -> Ratings:
    scores = np.asarray(scores, float)
    scale = Scale(tuple(Level(float(v), {"en": text}) for v, text in enumerate(labels)))
    return Ratings(items, scores, np.zeros(scores.shape, bool), scale, np.arange(len(scores)))


def study_of(
    answers: Answers,
    *,
    study: dict[str, Any] | None = None,
    noun: tuple[str, str] | None = None,
    question: dict[str, Any] | None = None,
    groups: dict[str, Any] | None = None,
    design: dict[str, Any] | None = None,
    left_out: tuple[LeftOut, ...] = (),
    problems: tuple[Problem, ...] = (),
    path: Path = Path("nowhere/study.toml"),
    **wave: Any,
) -> Study:
    """A study of one wave with these answers and real settings."""
    raw: dict[str, Any] = {
        "schema": 1,
        "study": {"title": {"en": "A test study"}, "sampling": "nonprobability", **(study or {})},
        "wave": [
            {"id": "2024", "file": "answers.csv", "format": "rank_grid", "columns": dict.fromkeys(groups or {}, "x")}
        ],
    }
    if noun:
        raw["obstacles"] = {"noun": {"en": noun[0]}, "nouns": {"en": noun[1]}}
    settings = StudySettings.model_validate(raw)
    n = 0 if isinstance(answers, Published) else int(answers.respondent.max(initial=-1)) + 1
    rows = len(answers.items) if isinstance(answers, Published) else n
    asked = Question({"en": "Which of these stand in your way?"}, "rank_grid", answers.items, **(question or {}))
    read = rows + sum(rule.count for rule in left_out)
    receipt = Receipt(
        "answers.csv",
        "ab" * 32,
        "utf-8",
        ",",
        read,
        12,
        left_out,
        rows,
        choices=(("delimiter", ", (found)"),),
        problems=problems,
    )
    made = Wave(
        "2024",
        {},
        asked,
        answers,
        pd.DataFrame({"id": [str(i) for i in range(n)], **(groups or {})}),
        Design(**{name: np.asarray(value) for name, value in (design or {}).items()}),
        receipt,
        wave.get("fieldwork"),
        wave.get("invited"),
        settings.wave[0],
        wave.get("sizes", {}),
    )
    return Study("test-study", dict(settings.study.title), answers.items, (made,), settings, path, "3fa9c1d2" * 8)


def drawn(rng: np.random.Generator, n: int, log_worth: Any) -> np.ndarray:
    """(n, m) full rankings drawn from a Plackett-Luce model."""
    noise = rng.gumbel(size=(n, len(log_worth)))
    return np.argsort(np.argsort(-(noise + np.asarray(log_worth)), axis=1), axis=1) + 1


def top_five() -> Study:
    """A synthetic census: top five of seven, weights, groups with a small one, invited people."""
    rng = np.random.default_rng(5)
    n = 420
    ranks = drawn(rng, n, [1.0, 0.6, 0.2, 0.15, 0.1, -0.3, -0.6])
    departments = np.array(["Finance", "Health", "Education", "Tiny", "Small"])
    names = departments[rng.choice(5, n, p=[0.4, 0.3, 0.26, 0.015, 0.025])]
    return study_of(
        rankings_of(items_named(OBSTACLES, SHORT), np.where(ranks <= 5, ranks, 0)),
        study={"synthetic": True, "sampling": "census", "sponsor": "The Bureau", "conducted_by": "The Office"},
        question={"k": 5, "blank": "below"},
        groups={"department": names, "grade": rng.choice(["Junior", "Senior"], n)},
        design={"weight": rng.lognormal(0, 0.4, n)},
        left_out=(LeftOut("unfinished", 31), LeftOut("a rank is given twice", 12)),
        problems=(
            Problem("warning", "W-ID-01", "two answers have one id; both are kept.", rows=(14, 99), column="id"),
            Problem("info", "N-ENC-01", "the encoding was found."),
        ),
        fieldwork=(datetime.date(2024, 5, 13), datetime.date(2024, 6, 7)),
        invited=900,
        sizes={"department": {"Finance": 300, "Health": 250}},
    )


def selections() -> Study:
    rng = np.random.default_rng(2)
    marked = rng.random((300, 22)) < np.linspace(0.5, 0.05, 22)
    ranks = (marked & (marked.cumsum(axis=1) <= 8)).astype(np.int16)
    labels = [f"Barrier number {j} in a questionnaire, with words enough to need two lines" for j in range(22)]
    return study_of(
        rankings_of(items_named(labels), ranks, selection=True),
        noun=("barrier", "barriers"),
        question={"max_choices": 8},
    )


def severity() -> Study:
    """33 ratings with an item that nobody rated and one with few answers."""
    rng = np.random.default_rng(3)
    scores = np.clip(np.round(rng.normal(np.linspace(2.4, 0.8, 33), 1.0, (260, 33))), 0, 4)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    scores[:, 32] = np.nan
    scores[20:, 31] = np.nan
    labels = ("Not a problem", "Trivial", "Minor", "Major", "Critical")
    names = [f"Problem {j}" for j in range(33)]
    return study_of(ratings_of(items_named(names), scores, labels), noun=("problem", "problems"))


def published(n: float | None = None) -> Study:
    share = np.array([0.703, 0.513, 0.486, 0.447, 0.431, 0.401, 0.307])
    return study_of(
        Published(items_named(OBSTACLES, SHORT), share, n, True),
        study={"sampling": "probability"},
        noun=("reason", "reasons"),
    )


def films() -> Study:
    """Full rankings, a clear first, labels that are hostile."""
    rng = np.random.default_rng(1)
    names = ("The Empire Strikes Back", "A New Hope", HOSTILE, FORMULA, "x" * 400, "Line\nbreak\tand\x07bell")
    return study_of(
        rankings_of(items_named(names), drawn(rng, 300, [1.2, 0.6, 0.3, 0.0, -0.4, -0.8])), noun=("film", "films")
    )


STUDIES: dict[str, Callable[[], Study]] = {
    "top_five": top_five,
    "selections": selections,
    "severity": severity,
    "published": published,
    "published_n": lambda: published(412),
    "films": films,
}


@dataclass(frozen=True)
class Made:
    """A report with its pages."""

    study: Study
    report: ResearchReport
    pdf: bytes
    html: str
    told: tuple[Problem, ...]  # what the renderer logged: nothing, for a page without fault


@cache
def _report(name: str) -> tuple[Study, ResearchReport]:
    made = _made(name)
    return made.study, made.report


@cache
def _made(name: str) -> Made:
    return once(f"report of {name}", lambda: _make(name))


def _make(name: str) -> Made:
    study = STUDIES[name]()
    report = build(study)
    told: list[Problem] = []
    pdf = to_pdf(report, told.append)
    html = to_page(report, told.append).decode()
    return Made(study, report, pdf, html, tuple(told))


@pytest.fixture(scope="session")
def report() -> Callable[[str], ResearchReport]:
    """The report of a study of STUDIES."""
    return lambda name: _report(name)[1]


@pytest.fixture(scope="session")
def made() -> Callable[[str], Made]:
    """The report of a study of STUDIES with its PDF and HTML."""
    return _made


@cache
def _example(kind: str) -> Any:
    return once(f"{kind} report of the example", lambda: _make_example(kind))


def _make_example(kind: str) -> Any:
    from obstacles.cli.demo import examples_folder
    from obstacles.survey.loading.load import load_study

    study = load_study(examples_folder() / "big-data-obstacles" / "study.toml")
    if kind == "gap":
        from obstacles.analysis.disclosure.release import gaps
        from obstacles.reports.gap import build as gap

        return gap.build_gap_report(study, once("gaps of the example", lambda: gaps(study)), "Finance")
    if kind == "change":
        from obstacles.reports.change import build as change

        return change.build_change_report(study)
    return build(study)


@pytest.fixture(scope="session")
def example() -> Callable[[str], Any]:
    """A report of the synthetic example by its kind: "research", "change", "gap"."""
    return _example


@pytest.fixture(scope="session")
def making() -> Any:
    """Makers of studies from arrays."""
    from types import SimpleNamespace

    return SimpleNamespace(
        items=items_named,
        rankings=rankings_of,
        ratings=ratings_of,
        study=study_of,
        drawn=drawn,
        studies=STUDIES,
        replace=replace,
    )
