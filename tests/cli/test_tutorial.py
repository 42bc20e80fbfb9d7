"""The tutorial notebook runs from its first cell to its last, and shows what it says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from paths import DOCS

TUTORIAL = DOCS / "tutorial.ipynb"


def test_it_is_kept_without_outputs() -> None:
    cells = json.loads(TUTORIAL.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) > 8
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.slow
def test_it_runs_and_shows_tables_and_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TUTORIAL.parents[1]), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(TUTORIAL, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    kinds = [set(out.get("data", {})) for cell in notebook.cells for out in cell.get("outputs", [])]
    told = [out for cell in notebook.cells for out in cell.get("outputs", []) if out.output_type == "stream"]
    assert told == []  # no warning and no message of a library
    assert sum("image/png" in kind for kind in kinds) == 5
    assert sum("text/html" in kind for kind in kinds) == 2
    assert list(tmp_path.rglob("*.docx"))
