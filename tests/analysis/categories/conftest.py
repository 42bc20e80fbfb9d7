"""Studies whose items have categories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from obstacles.survey.answers import Answers
from obstacles.survey.study import Study, Wave


def with_categories(answers: Answers, categories: Sequence[str | None]) -> Answers:
    items = tuple(replace(item, category=category) for item, category in zip(answers.items, categories, strict=True))
    return replace(answers, items=items)


@pytest.fixture(scope="session")
def sorted_study(wave: Callable[..., Wave], waves: Callable[..., Study]) -> Callable[..., Study]:
    """A study of one wave whose items have these categories; further keys as `wave` takes them."""

    def made(answers: Answers, categories: Sequence[str | None], **keys: Any) -> Study:
        return waves([wave(with_categories(answers, categories), **keys)])

    return made
