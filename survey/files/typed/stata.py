"""Stata data files (.dta), read by pyreadstat: see `survey.files.typed.labelled`."""

from __future__ import annotations

from pathlib import Path

from obstacles.survey.files.table import Table
from obstacles.survey.files.typed.labelled import read_labelled, starts_with

SUFFIXES = (".dta",)


def is_stata(path: Path) -> bool:
    """Whether the file is one of Stata 13 or newer by its content; older ones go by their name."""
    return starts_with(path, b"<stata_dta>")


def read_stata(path: Path, *, file: str, names: str = "first") -> Table:
    """The file as a table of text. Raises SurveyError."""
    return read_labelled(path, "read_dta", file=file, program="Stata", names=names)
