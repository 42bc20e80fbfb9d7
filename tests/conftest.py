"""What several rooms' tests share: golden numbers and studies made from arrays."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import numpy as np
import pandas as pd
import pytest
from once import keep_in

from obstacles.survey.answers import Answers, Published, Rankings, Ratings
from obstacles.survey.problems import Receipt
from obstacles.survey.question import Item, Level, Question, Scale
from obstacles.survey.study import Design, Study, Wave

GOLDEN = Path(__file__).parent / "golden"

# A slow machine is no fault of the code; and the same code passes or fails each time, but for long runs of chance.
hypothesis.settings.register_profile("same", deadline=None, derandomize="SURVEY_EXAMPLES" not in os.environ)
hypothesis.settings.load_profile("same")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `chinese_font` where fontconfig knows of none."""
    if item.get_closest_marker("chinese_font") is not None and not _chinese_fonts():
        pytest.skip("no Chinese font is installed (Debian: fonts-noto-cjk)")


@cache
def _chinese_fonts() -> bytes:
    try:
        return subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
    except OSError:
        return b""


@pytest.fixture(scope="session", autouse=True)
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In the folder that the processes of a run share."""
    own = tmp_path_factory.getbasetemp()
    keep_in(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session", autouse=True)
def _fonts_are_put_away() -> Iterator[None]:
    """While the libraries are still there: WeasyPrint's fonts need them to go."""
    yield
    if "obstacles.reports.writers.render" in sys.modules:
        sys.modules["obstacles.reports.writers.render"]._style_sheets.cache_clear()


@pytest.fixture(scope="session")
def golden() -> Callable[[str], Any]:
    """Read tests/golden/<name>: JSON as objects, CSV as a float array without its header."""

    def read(name: str) -> Any:
        path = GOLDEN / name
        if path.suffix == ".json":
            return json.loads(path.read_text())
        with path.open() as lines:
            return np.array(list(csv.reader(lines))[1:], dtype=float)

    return read


def items_of(m: int) -> tuple[Item, ...]:
    return tuple(Item(f"i{j}", {"en": f"Item {j}"}) for j in range(m))


def rankings_of(ranks: Any, offered: Any = None, *, selection: bool = False, count: Any = None) -> Rankings:
    ranks = np.asarray(ranks, np.int16)
    offered = np.ones(ranks.shape, bool) if offered is None else np.asarray(offered, bool)
    n, m = ranks.shape
    count = np.ones(n) if count is None else np.asarray(count, float)
    return Rankings(items_of(m), ranks, offered, np.arange(n), count, selection)


def ratings_of(scores: Any, levels: int = 5) -> Ratings:
    scores = np.asarray(scores, float)
    n, m = scores.shape
    scale = Scale(tuple(Level(float(v), {"en": f"level {v}"}) for v in range(1, levels + 1)))
    return Ratings(items_of(m), scores, np.zeros((n, m), bool), scale, np.arange(n))


def published_of(share: Any, n: float | None = None, *, several: bool = True) -> Published:
    share = np.asarray(share, float)
    return Published(items_of(len(share)), share, n, several)


def study_of(answers: Answers, *, k: int | None = None, max_choices: int | None = None, **design: Any) -> Study:
    """A study of one wave with these answers; `design` are fields of survey.study.Design."""
    n = 0 if isinstance(answers, Published) else int(answers.respondent.max(initial=-1)) + 1
    form = "rank_grid"
    question = Question({"en": "Which?"}, form, answers.items, k=k, max_choices=max_choices)
    receipt = Receipt("answers.csv", "0" * 64, "utf-8", ",", n, len(answers.items), (), n)
    respondents = pd.DataFrame({"id": [str(i) for i in range(n)]})
    design = {name: None if value is None else np.asarray(value) for name, value in design.items()}
    settings: Any = SimpleNamespace(ranking=SimpleNamespace(level=0.95, seed=1, model="auto"))
    wave = Wave("w", {}, question, answers, respondents, Design(**design), receipt, None, None, settings)
    return Study("s", {"en": "Study"}, answers.items, (wave,), settings, Path("study.toml"), "0" * 64)


@pytest.fixture(scope="session")
def build() -> SimpleNamespace:
    """Makers of answers and studies from arrays."""
    return SimpleNamespace(
        items=items_of, rankings=rankings_of, ratings=ratings_of, published=published_of, study=study_of
    )


def random_rankings(rng: np.random.Generator, n: int, log_worth: np.ndarray) -> np.ndarray:
    """(n, m) full rankings drawn from a Plackett-Luce model."""
    return np.argsort(np.argsort(-(rng.gumbel(size=(n, len(log_worth))) + log_worth), axis=1), axis=1) + 1


@pytest.fixture(scope="session")
def draw() -> Callable[..., np.ndarray]:
    return random_rankings
