"""`import obstacles` costs nothing, and every public name is there when asked for."""

from __future__ import annotations

import subprocess
import sys

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


def test_the_lazy_table_holds_all_public_names() -> None:
    assert {*obstacles.PUBLIC, "__version__"} == set(obstacles.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="load_studdy"):
        obstacles.__getattr__("load_studdy")
