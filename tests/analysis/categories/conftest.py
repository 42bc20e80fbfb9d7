"""Studies whose items have categories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from obstacles.survey.answers import Answers
from obstacles.survey.study import Study, Wave


@pytest.fixture(scope="session")
def into() -> Callable[..., Answers]:
    """Answers whose items have these categories."""

    def made(answers: Answers, categories: Sequence[str | None]) -> Answers:
        pairs = zip(answers.items, categories, strict=True)
        return replace(answers, items=tuple(replace(item, category=category) for item, category in pairs))

    return made


@pytest.fixture(scope="session")
def sorted_study(into: Callable[..., Answers], wave: Callable[..., Wave], waves: Callable[..., Study]) -> Any:
    """A study of one wave whose items have these categories; further keys as `wave` takes them."""

    def made(answers: Answers, categories: Sequence[str | None], **keys: Any) -> Study:
        return waves([wave(into(answers, categories), **keys)])

    return made
