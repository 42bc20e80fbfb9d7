"""Which reader opens a response file: by what it is, or by the ending of its name; everything else is a text table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from obstacles.survey.files.excel import SUFFIXES as EXCEL
from obstacles.survey.files.excel import is_workbook, read_workbook
from obstacles.survey.files.preflib import SUFFIXES as PREFLIB
from obstacles.survey.files.preflib import read_preflib
from obstacles.survey.files.spss import SUFFIXES as SPSS
from obstacles.survey.files.spss import is_spss, read_spss
from obstacles.survey.files.stata import SUFFIXES as STATA
from obstacles.survey.files.stata import is_stata, read_stata
from obstacles.survey.files.table import Table, TableKeys, read_table
from obstacles.survey.files.unpack import check_file
from obstacles.survey.settings import WaveSettings

Columns = Sequence[str] | None  # those that are kept; None for all
Reader = Callable[[Path, WaveSettings, Columns], Table]


def _preflib(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_preflib(path, file=wave.file)


def _excel(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_workbook(path, file=wave.file, sheet=wave.sheet, **_keys(wave, columns))


def _spss(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_spss(path, file=wave.file, names=wave.names)


def _stata(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_stata(path, file=wave.file, names=wave.names)


def _text(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_table(path, file=wave.file, **_keys(wave, columns))


def _keys(wave: WaveSettings, columns: Columns) -> TableKeys:
    """What the study file says of a table."""
    return {
        "encoding": wave.encoding,
        "delimiter": wave.delimiter,
        "header_rows": wave.header_rows,
        "skip": wave.skip,
        "names": wave.names,
        "columns": columns,
    }


READERS: dict[str, Reader] = {  # suffix -> reader
    **dict.fromkeys(PREFLIB, _preflib),
    **dict.fromkeys(EXCEL, _excel),
    **dict.fromkeys(SPSS, _spss),
    **dict.fromkeys(STATA, _stata),
}
CONTENTS: tuple[tuple[Callable[[Path], bool], Reader], ...] = (  # what a file is, whatever its name -> reader
    (is_workbook, _excel),
    (is_spss, _spss),
    (is_stata, _stata),
)


def open_table(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    """A wave's file as a table of text. Raises SurveyError."""
    check_file(path, wave.file)
    by_content = next((reader for fits, reader in CONTENTS if fits(path)), None)
    reader = by_content or READERS.get(path.suffix.lower(), _text)
    return reader(path, wave, columns)
