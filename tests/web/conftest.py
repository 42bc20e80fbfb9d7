"""Fixtures of the page; tests/conftest_web.py makes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest_web import Page, open_page


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """The page with nothing in it."""
    made = open_page(tmp_path / "work")
    yield made
    made.web.log.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page with the sample study, for tests that change nothing."""
    made = open_page(tmp_path_factory.mktemp("demo")).sample()
    yield made
    made.web.log.close()
