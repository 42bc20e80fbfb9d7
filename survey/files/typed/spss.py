"""SPSS data files (.sav, .zsav, .por), read by pyreadstat: see `survey.files.typed.labelled`."""

from __future__ import annotations

from pathlib import Path

from obstacles.survey.files.table import Table
from obstacles.survey.files.typed.labelled import read_labelled, starts_with

SUFFIXES = (".sav", ".zsav", ".por")


def is_spss(path: Path) -> bool:
    """Whether the file is one of SPSS by its content."""
    return starts_with(path, b"$FL2@(#)", b"$FL3@(#)")


def read_spss(path: Path, *, file: str, names: str = "first") -> Table:
    """The file as a table of text. Raises SurveyError."""
    reader = "read_por" if path.suffix.lower() == ".por" and not is_spss(path) else "read_sav"
    return read_labelled(path, reader, file=file, program="SPSS", names=names)
