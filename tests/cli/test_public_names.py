"""`import obstacles` costs nothing, and every public name is there when asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import obstacles

HEAVY = ("numpy", "pandas", "pydantic", "scipy", "statsmodels", "matplotlib", "weasyprint", "pyarrow", "rich", "jinja2")


def loaded_after(code: str) -> set[str]:
    """Heavy modules in memory after running the code in a fresh interpreter."""
    program = f"import sys\n{code}\nprint('LOADED', *(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    last = done.stdout.splitlines()[-1] if done.stdout else ""
    assert last.startswith("LOADED"), done.stderr
    return set(last.split()[1:])


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import obstacles; dir(obstacles)") == set()


def test_the_probe_sees_a_heavy_module() -> None:
    assert "numpy" in loaded_after("import numpy")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "sys.argv = ['obstacles', '--help']\nfrom obstacles.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert loaded_after(code) == set()


def test_check_loads_neither_models_nor_pages() -> None:
    code = (
        "from obstacles.cli.demo import examples_folder\n"
        "sys.argv = ['obstacles', 'check', str(examples_folder() / 'big-data-obstacles')]\n"
        "from obstacles.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert loaded_after(code).isdisjoint({"statsmodels", "matplotlib", "weasyprint", "scipy", "jinja2"})


@pytest.mark.parametrize("name", obstacles.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(obstacles, name) is not None
    assert name in dir(obstacles)


def test_the_stub_is_what_is_there() -> None:
    """Type checkers read it, and the names that are imported lazily are taken from it."""
    stub = ast.parse(Path(obstacles.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    lines = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    assert {alias.name for node in lines for alias in node.names} | {"__version__"} == set(obstacles.__all__)
    for node in lines:
        for alias in node.names:
            assert alias.asname == alias.name
            assert getattr(obstacles, alias.name).__name__ == alias.name


def test_a_plot_needs_no_name_of_the_package_to_be_used_before() -> None:
    code = "import obstacles.analysis.drawing as drawing\nassert 'draw' in drawing._known"
    assert loaded_after(code) == set()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="load_studdy"):
        obstacles.__getattr__("load_studdy")
