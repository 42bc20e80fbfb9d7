"""What `help(obstacles.rank)` says is whole: every parameter, what comes back, what is raised; the rest has a line."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import obstacles

ROOT = Path(__file__).parents[2]
FUNCTIONS = [name for name in obstacles.__all__ if inspect.isfunction(getattr(obstacles, name))]
CLASSES = [name for name in obstacles.__all__ if inspect.isclass(getattr(obstacles, name))]
SECTION = re.compile(r"^(\w+)\n-+$", re.M)
ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : .+)?$", re.M)


def sections_of(thing: object) -> dict[str, str]:
    """Heading -> text of a docstring in numpydoc's form."""
    parts = SECTION.split(inspect.getdoc(thing) or "")
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def documented(section: str) -> set[str]:
    """Names of the entries of a section."""
    lists = [entry[1] for entry in ENTRY.finditer(section)]
    return {name.strip().lstrip("*") for names in lists for name in names.split(",")}


def parameters_of(thing: object) -> set[str]:
    return set(inspect.signature(thing).parameters) - {"self"}  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_and_what_comes_back_is_documented(name: str) -> None:
    function = getattr(obstacles, name)
    sections = sections_of(function)
    assert documented(sections.get("Parameters", "")) == parameters_of(function)
    assert re.match(r"\S.*\n    \S", sections["Returns"].lstrip("\n")), "a type, and what it holds below"
    assert ">>> " in sections["Examples"]


def methods_of(kind: type) -> Iterator[tuple[str, object]]:
    for name, thing in vars(kind).items():
        function = thing.fget if isinstance(thing, property) else thing
        if not name.startswith("_") and inspect.isfunction(function):
            yield name, function


@pytest.mark.parametrize("name", CLASSES)
def test_methods_of_results_are_documented(name: str) -> None:
    kind = getattr(obstacles, name)
    assert inspect.getdoc(kind)
    for method, function in methods_of(kind):
        assert inspect.getdoc(function), method
        if len(parameters_of(function)) > 1:
            assert documented(sections_of(function)["Parameters"]) == parameters_of(function), method


def test_the_check_sees_what_is_missing() -> None:
    def made(first: int, second: int = 1) -> None:
        """One line.

        Parameters
        ----------
        first : int
            A number.
        """

    assert documented(sections_of(made)["Parameters"]) == {"first"} != parameters_of(made)


def public_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions of all rooms that other files may use: at the top of a module, without a leading underscore."""
    for top in ("obstacles/text", "survey", "analysis", "reports", "obstacles/cli"):
        for path in sorted((ROOT / top).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}", node


def is_a_command(node: ast.FunctionDef) -> bool:
    """click shows the help that the decorator has."""
    return any("click." in ast.unparse(decorator) for decorator in node.decorator_list)


def test_every_public_function_says_what_it_does() -> None:
    functions = dict(public_functions())
    assert len(functions) > 700
    assert [place for place, node in functions.items() if not ast.get_docstring(node) and not is_a_command(node)] == []
