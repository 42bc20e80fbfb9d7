"""Parquet, Arrow and Feather files: typed columns become text, as a CSV export of them would hold it.

What they take is known before it is taken: Parquet states the size of each row group unpacked, and the buffers of an
Arrow file begin with theirs. Columns of texts stay coded, so that a long text that a million rows share is held once.
Columns of lists and records are refused by their names: which of their parts is the answer cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstacles.survey.files.cell_text import as_text
from obstacles.survey.files.column_names import column_names, name_problems
from obstacles.survey.files.digest import Digest
from obstacles.survey.files.memory import CELL_COST, ROW_COST, check_memory
from obstacles.survey.files.table import MOST_ROWS, Table
from obstacles.survey.files.typed.arrow_size import ipc_size
from obstacles.survey.files.typed.labelled import starts_with
from obstacles.survey.files.unpack import read_bytes
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError, refusal
from obstacles.text.language import _, commas, in_quotes, ngettext

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SUFFIXES = (".parquet", ".pq", ".feather", ".arrow", ".ipc", ".arrows")
PARQUET, IPC, FEATHER_1, STREAM = b"PAR1", b"ARROW1\x00\x00", b"FEA1", b"\xff\xff\xff\xff"
MOST_COLUMNS = 10_000
TYPED_COST = 3  # bytes per byte of the columns unpacked


def is_arrow(path: Path) -> bool:
    """Whether the file is one of Parquet, Arrow or Feather by its content."""
    if starts_with(path, PARQUET, IPC, FEATHER_1):
        return True
    return path.suffix.lower() in SUFFIXES and starts_with(path, STREAM)


def read_arrow(path: Path, *, file: str, columns: Collection[str] | None = None) -> Table:
    """The file as a table of text; `columns` are those that are needed, None for all. Raises SurveyError."""
    raw = read_bytes(path, file)
    try:
        data, kind = _read(raw, file)
        data.validate(full=True)  # offsets of a damaged file may lead anywhere
        names = column_names((tuple(data.column_names),), "first")
        wanted = [i for i, name in enumerate(names) if columns is None or name in columns or _by_letters(columns)]
        _refuse_nested(data, wanted, file)
        cells = {i: _as_text(data.column(i)) for i in wanted}
    except (SurveyError, KeyboardInterrupt):
        raise
    except Exception as trouble:  # damaged files raise errors of many kinds
        message = _("the Parquet or Arrow file cannot be read ({reason}). Write it again, or export it as CSV.")
        reason = " ".join(str(trouble).split())[:120] or type(trouble).__name__
        raise refusal("E-ARW-01", message.format(reason=reason), file) from None
    return _table(file, raw, data, names, cells, kind)


def _by_letters(columns: Collection[str]) -> bool:
    """Whether some column is named by its place, so that all are kept."""
    return any(name.startswith("column:") for name in columns)


def _table(
    file: str, raw: bytes, data: pa.Table, names: tuple[str, ...], cells: dict[int, pa.ChunkedArray], kind: str
) -> Table:
    import numpy as np

    header = (tuple(data.column_names),)
    text = ngettext("read as {kind}: {n} column.", "read as {kind}: {n} columns.", len(names))
    note = Problem("info", "I-ARW-01", text.format(kind=kind, n=len(names)), file=file)
    problems = name_problems(names, header, lambda position: position in cells, rule="first", file=file)
    return Table(
        file=file,
        names=names,
        header=header,
        columns=cells,
        rows=np.arange(1, data.num_rows + 1),
        encoding=kind,
        delimiter="",
        digest=Digest(raw),
        problems=(note, *problems),
    )


def _read(raw: bytes, file: str) -> tuple[pa.Table, str]:
    """The columns, and what kind of file it is."""
    import pyarrow as pa

    if raw.startswith(PARQUET):
        return _parquet(raw, file), "Parquet"
    if raw.startswith(FEATHER_1):  # Arrow's reader of it trusts whatever the file says
        message = _("this is a Feather file of version 1, which is not read. Write it as version 2 or as Parquet.")
        raise refusal("E-ARW-01", message, file)
    start = len(IPC) if raw.startswith(IPC) else 0
    rows, size = ipc_size(raw[start:])
    _check_rows(rows, file)
    check_memory(TYPED_COST * size, file)
    open_file = pa.ipc.open_file if start else pa.ipc.open_stream
    return _checked(open_file(pa.BufferReader(raw)).read_all(), file), "Arrow"


def _parquet(raw: bytes, file: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq
    import pyarrow.types as types

    found = pq.ParquetFile(pa.BufferReader(raw))
    groups = [found.metadata.row_group(i) for i in range(found.metadata.num_row_groups)]
    _check_rows(found.metadata.num_rows, file)
    _check_cells(found.metadata.num_rows, found.metadata.num_columns, file)
    check_memory(TYPED_COST * sum(group.total_byte_size for group in groups), file)
    texts = [
        field.name for field in found.schema_arrow if types.is_string(field.type) or types.is_large_string(field.type)
    ]
    return pq.ParquetFile(pa.BufferReader(raw), read_dictionary=texts).read()


def _checked(data: pa.Table, file: str) -> pa.Table:
    _check_rows(data.num_rows, file)
    _check_cells(data.num_rows, data.num_columns, file)
    return data


def _check_rows(rows: int, file: str) -> None:
    if rows > MOST_ROWS:
        message = _("the table has {count} rows; at most {limit} are read.")
        raise refusal("E-FILE-06", message.format(count=f"{rows:,}", limit=f"{MOST_ROWS:,}"), file)


def _check_cells(rows: int, columns: int, file: str) -> None:
    if not rows or not columns:
        raise refusal("E-FILE-05", _("no responses: the file has no rows or no columns."), file)
    if columns > MOST_COLUMNS:
        message = _("the table has {count} columns; at most {limit} are read.")
        raise refusal("E-FILE-06", message.format(count=f"{columns:,}", limit=f"{MOST_COLUMNS:,}"), file)
    check_memory(rows * (ROW_COST + CELL_COST * columns), file)


def _refuse_nested(data: pa.Table, wanted: list[int], file: str) -> None:
    """Raise SurveyError with every column whose cells are no single values."""
    nested = [data.schema.field(i) for i in wanted if not _is_plain(data.schema.field(i).type)]
    if not nested:
        return
    message = ngettext(
        "a column holds lists, records or bytes, and no single values: {columns}. Write each part into a column of its "
        "own, or as text, and leave out what is not needed.",
        "{n} columns hold lists, records or bytes, and no single values: {columns}. Write each part into a column of "
        "its own, or as text, and leave out what is not needed.",
        len(nested),
    )
    shown = _("{name} ({value})")
    listed = [shown.format(name=in_quotes(one.name[:40]), value=str(one.type)[:40]) for one in nested[:MOST_EXAMPLES]]
    text = message.format(n=len(nested), columns=commas(listed) + (" ..." if len(nested) > MOST_EXAMPLES else ""))
    raise SurveyError([Problem("error", "E-ARW-02", text, file=file, column=nested[0].name, count=len(nested))])


def _is_plain(kind: pa.DataType) -> bool:
    """Whether cells of this type are single values that have a text."""
    import pyarrow.types as types

    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    fits: tuple[Callable[[Any], bool], ...] = (
        types.is_boolean,
        types.is_integer,
        types.is_floating,
        types.is_decimal,
        types.is_string,
        types.is_large_string,
        types.is_string_view,
        types.is_date,
        types.is_time,
        types.is_timestamp,
        types.is_null,
    )
    return any(fit(kind) for fit in fits)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as one dictionary of texts; "" where there is no value."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.types as types

    if not types.is_dictionary(column.type):
        column = column.dictionary_encode()
    place: dict[str, int] = {}
    codes: list[np.ndarray] = []
    for chunk in column.chunks:
        of_values = [place.setdefault(text, len(place)) for text in _texts(chunk.dictionary)]
        blank = place.setdefault("", len(place)) if chunk.null_count else 0
        table = np.array([*of_values, blank], np.int32)
        codes.append(table[chunk.indices.fill_null(len(of_values)).to_numpy()])
    indices = pa.array(np.concatenate(codes) if codes else np.zeros(0, np.int32))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array(list(place), pa.large_string()))])


def _texts(values: pa.Array) -> Iterator[str]:
    for value in values.to_pylist():
        absent = value is None or value != value  # NaN is not itself
        yield "" if absent else _trimmed(as_text(value))


def _trimmed(text: str) -> str:
    """Decimal numbers without zeros at their end: 1.50 -> 1.5 is what floats do, 2.00 -> 2."""
    whole, dot, rest = text.partition(".")
    return whole if dot and whole.lstrip("-").isdigit() and rest and not rest.strip("0") else text
