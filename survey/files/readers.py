"""Which reader opens a response file: by what it is, or by the ending of its name; everything else is a text table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from obstacles.survey.files.excel import SUFFIXES as EXCEL
from obstacles.survey.files.excel import is_workbook, read_workbook
from obstacles.survey.files.excel import sheet_sizes as excel_sizes
from obstacles.survey.files.long import wide_of
from obstacles.survey.files.preflib import SUFFIXES as PREFLIB
from obstacles.survey.files.preflib import read_preflib
from obstacles.survey.files.sheets.html_table import is_html, read_html
from obstacles.survey.files.sheets.old_excel import is_old_excel, read_old_excel
from obstacles.survey.files.sheets.old_excel import sheet_sizes as old_excel_sizes
from obstacles.survey.files.sheets.opendocument import SUFFIXES as OPEN_DOCUMENT
from obstacles.survey.files.sheets.opendocument import is_opendocument, read_opendocument
from obstacles.survey.files.sheets.opendocument import sheet_sizes as open_document_sizes
from obstacles.survey.files.table import Table, TableKeys, read_table
from obstacles.survey.files.typed.arrow import SUFFIXES as ARROW
from obstacles.survey.files.typed.arrow import is_arrow, read_arrow
from obstacles.survey.files.typed.labelled import starts_with
from obstacles.survey.files.typed.spss import SUFFIXES as SPSS
from obstacles.survey.files.typed.spss import is_spss, read_spss
from obstacles.survey.files.typed.stata import SUFFIXES as STATA
from obstacles.survey.files.typed.stata import is_stata, read_stata
from obstacles.survey.files.unpack import check_file
from obstacles.survey.settings import WaveSettings
from obstacles.text.language import _, quoted_names

FEWEST_COLUMNS, MUCH_LARGER = 3, 4  # of the sheet with the answers; how many times the rows of every other
Columns = Sequence[str] | None  # those that are kept; None for all
Reader = Callable[[Path, WaveSettings, Columns], Table]


def _preflib(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_preflib(path, file=wave.file)


def _excel(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    if not starts_with(path, b"PK", b"\x00"):  # text under the name of a workbook
        return _text(path, wave, columns)
    return read_workbook(path, file=wave.file, sheet=wave.sheet, **_keys(wave, columns))


def _spss(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_spss(path, file=wave.file, names=wave.names)


def _stata(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_stata(path, file=wave.file, names=wave.names)


def _old_excel(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_old_excel(path, file=wave.file, sheet=wave.sheet, **_keys(wave, columns))


def _open_document(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_opendocument(path, file=wave.file, sheet=wave.sheet, **_keys(wave, columns))


def _html(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_html(path, file=wave.file, sheet=wave.sheet, **_keys(wave, columns))


def _arrow(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    return read_arrow(path, file=wave.file, columns=columns)


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
    **dict.fromkeys(OPEN_DOCUMENT, _open_document),
    **dict.fromkeys(ARROW, _arrow),
    **dict.fromkeys(SPSS, _spss),
    **dict.fromkeys(STATA, _stata),
}
CONTENTS: tuple[tuple[Callable[[Path], bool], Reader], ...] = (  # what a file is, whatever its name -> reader
    (is_workbook, _excel),
    (is_opendocument, _open_document),
    (is_old_excel, _old_excel),
    (is_html, _html),
    (is_arrow, _arrow),
    (is_spss, _spss),
    (is_stata, _stata),
)


SHEETS: tuple[tuple[Callable[[Path], bool], Callable[[Path, str], dict[str, tuple[int, int]]]], ...] = (
    (is_workbook, excel_sizes),  # kinds of files with several sheets -> title of each, with its rows and columns
    (is_opendocument, open_document_sizes),
    (is_old_excel, old_excel_sizes),
)


def filled_sheets(path: Path, file: str) -> dict[str, tuple[int, int]]:
    """Title -> rows and columns of a workbook's sheets with content; none for another file, or for a damaged one."""
    sizes = next((sizes for fits, sizes in SHEETS if fits(path)), None)
    try:
        return {name: size for name, size in sizes(path, file).items() if min(size)} if sizes else {}
    except KeyboardInterrupt:
        raise
    except BaseException:  # damage is told by who reads the answers
        return {}


def answers_sheet(path: Path, file: str) -> tuple[str | None, str]:
    """Of several sheets of a workbook the one that must hold the answers, and why; None where none stands out."""
    filled = filled_sheets(path, file)
    if len(filled) < 2:
        return None, ""
    best = max(filled, key=lambda name: filled[name][0] * filled[name][1])
    rows, columns = filled.pop(best)
    if columns < FEWEST_COLUMNS or any(MUCH_LARGER * other[0] > rows for other in filled.values()):
        return None, ""
    why = _("by far the largest of the sheets {titles}").format(titles=quoted_names([best, *filled]))
    return best, why


def open_table(path: Path, wave: WaveSettings, columns: Columns) -> Table:
    """A wave's file as a table of text. Raises SurveyError."""
    check_file(path, wave.file)
    by_content = next((reader for fits, reader in CONTENTS if fits(path)), None)
    reader = by_content or READERS.get(path.suffix.lower(), _text)
    return reader(path, wave, columns) if wave.long is None else wide_of(reader(path, wave, None), wave, columns)
