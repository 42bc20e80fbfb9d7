"""Which reader opens a response file: by the ending of its name, one line each; everything else is a text table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from survey.preflib import SUFFIXES as PREFLIB
from survey.preflib import read_preflib
from survey.settings import WaveSettings
from survey.table import Table, read_table

READERS: dict[str, Callable[..., Table]] = {  # suffix -> reader(path, file=name)
    **dict.fromkeys(PREFLIB, read_preflib),
}


def open_table(path: Path, wave: WaveSettings, columns: Sequence[str] | None) -> Table:
    """A wave's file as a table of text; `columns` are those that are kept, `None` for all. Raises SurveyError."""
    reader = READERS.get(path.suffix.lower())
    if reader is not None:
        return reader(path, file=wave.file)
    return read_table(
        path,
        file=wave.file,
        encoding=wave.encoding,
        delimiter=wave.delimiter,
        header_rows=wave.header_rows,
        skip=wave.skip,
        names=wave.names,
        columns=columns,
    )
