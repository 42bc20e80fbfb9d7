"""Response files made in a test: bytes in, a table or its refusal out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from obstacles.survey.files import file_bytes as octets
from obstacles.survey.files import threads
from obstacles.survey.files.table import Table, read_table
from obstacles.survey.problems import SurveyError


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read as small ones are, and again as large ones are."""
    if request.param == "large":
        for module in (octets, threads):
            monkeypatch.setattr(module, "LARGE", 1)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Table]:
    """Read bytes (or UTF-8 text) as the file responses.csv."""

    def read(content: bytes | str, **options: Any) -> Table:
        path = tmp_path / "responses.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(path, **options)

    return read


@pytest.fixture
def refuse(read: Callable[..., Table]) -> Callable[..., SurveyError]:
    """The error with which a file is refused."""

    def refuse(content: bytes | str, **options: Any) -> SurveyError:
        with pytest.raises(SurveyError) as caught:
            read(content, **options)
        return caught.value

    return refuse
