"""Every public name has an example in its docstring, and it says what comes out."""

from __future__ import annotations

import doctest
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

import obstacles
from obstacles.cli.demo import examples_folder

FLAGS = doctest.NORMALIZE_WHITESPACE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example studies, in which examples may write."""
    made = tmp_path_factory.mktemp("examples")
    (made / "examples").symlink_to(examples_folder())
    return made


@pytest.fixture(scope="module", autouse=True)
def _once() -> Iterator[None]:
    """Studies and results do not change: each is made once for all examples."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_study", "rank", "gaps", "compare", "regress"):
            patch.setattr(obstacles, name, remembered(getattr(obstacles, name)))
        yield


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which keeps what it returns; a study is known by what it is, as it is kept as well."""
    made: dict[object, Any] = {}

    @wraps(function)
    def once(first: Any, *rest: Any, **options: Any) -> Any:
        key = (first if isinstance(first, str) else id(first), repr((rest, options)))
        if key not in made:
            made[key] = function(first, *rest, **options)
        return made[key]

    return once


@pytest.mark.parametrize("name", sorted({*obstacles.__all__} - {"__version__"}))
def test_the_example_of_a_public_name(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    thing = getattr(obstacles, name)
    thing = getattr(thing, "__wrapped__", thing)
    test = doctest.DocTestFinder(recurse=False).find(thing, name, globs={})[0]
    assert any(f"ob.{name}" in example.source for example in test.examples) or name[0].isupper()
    assert len(test.examples) >= 2
    said: list[str] = []
    found = doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=said.append)
    assert found.failed == 0, "".join(said)
