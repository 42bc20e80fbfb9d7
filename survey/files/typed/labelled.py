"""Data files of statistics programs: variables with labels, values with labels, and values declared missing.

Cells become text, so that everything else works alike: the label of a value where the file gives one, else the number
as people write it. Marks of multiple-response questions (0 = not, 1 = the option) stay 0 and 1. The header has three
rows: names, labels of variables, and the texts of the values declared missing, as `{"missing": [...]}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstacles.survey.files.cell_text import as_text
from obstacles.survey.files.column_names import column_names
from obstacles.survey.files.digest import Digest
from obstacles.survey.files.memory import VALUE_COST, allowed
from obstacles.survey.files.table import Table
from obstacles.survey.files.unpack import MOST_RATIO, SMALL, read_bytes
from obstacles.survey.problems import Problem, refusal
from obstacles.text.fold import fold, normalise_name
from obstacles.text.language import _, joined, ngettext, quoted_names

if TYPE_CHECKING:
    import pandas as pd

NOT_MARKED = ("", "0", "not", "no", "not selected", "not mentioned", "unchecked", "quoted: no", "not quoted", "没有选")
SHORTEST = 8  # bytes of a value that is not packed
LIBRARY = "pyreadstat"
EXTRA = "obstacle-ranking[spss]"


def starts_with(path: Path, *marks: bytes) -> bool:
    """Whether the file begins with one of the marks."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as stream:
            return stream.read(max(map(len, marks))).startswith(marks)
    except OSError:
        return False


def read_labelled(path: Path, reader: str, *, file: str, program: str, names: str = "first") -> Table:
    """The table of a data file; `reader` is the function of pyreadstat that reads it.

    Raises
    ------
    SurveyError
        where pyreadstat is not installed, and for a damaged file.
    """
    raw = read_bytes(path, file)
    most = min(allowed() // VALUE_COST, max(SMALL, MOST_RATIO * len(raw)) // SHORTEST)
    frame, meta = _read(path, reader, file, program, most)
    if frame.size > most:
        message = _(
            "the data file holds more than {n} values, which no survey does, or more than the memory allowed holds."
        )
        raise refusal("E-FILE-04", message.format(n=f"{most:,}"), file)
    if not len(frame.columns) or not len(frame):
        raise refusal("E-FILE-05", _("no responses: the file has no rows or no variables."), file)
    missing = {name: _declared(meta, name) for name in frame.columns}
    columns, gone = [], []
    for position, name in enumerate(frame.columns):
        series = frame.iloc[:, position]
        text = _texts(series, meta.variable_value_labels.get(name, {}))
        columns.append([text.get(value, "") for value in series.tolist()])
        gone.append(list(dict.fromkeys(shown for value, shown in text.items() if missing[name](value))))
    labels = [str(meta.column_names_to_labels.get(name) or "") for name in frame.columns]
    third = [json.dumps({"missing": texts}, ensure_ascii=False) if texts else "" for texts in gone]
    header = (tuple(map(str, frame.columns)), tuple(labels), tuple(third))
    return _table(file, raw, header, columns, _note(program, len(frame.columns), gone), names)


def _table(
    file: str, raw: bytes, header: tuple[tuple[str, ...], ...], columns: list[list[str]], note: str, names: str
) -> Table:
    import numpy as np
    import pyarrow as pa

    return Table(
        file=file,
        names=tuple(normalise_name(name) for name in header[0]) if names == "first" else column_names(header, names),
        header=header,
        columns={place: pa.chunked_array([column], pa.large_string()) for place, column in enumerate(columns)},
        rows=np.arange(1, len(columns[0]) + 1),
        encoding="utf-8",
        delimiter="",
        digest=Digest(raw),
        problems=(Problem("info", "I-LAB-01", note, file=file),),
    )


def _read(path: Path, reader: str, file: str, program: str, most: int) -> tuple[pd.DataFrame, Any]:
    """The data and what is said of them; some rows more than hold `most` values, where there are more."""
    try:
        import pyreadstat
    except ImportError:
        message = _('this is a data file of {program}. To read it, install {library}: pip install "{extra}"')
        text = message.format(program=program, library=LIBRARY, extra=EXTRA)
        raise refusal("E-LAB-01", text, file) from None
    try:
        read = partial(getattr(pyreadstat, reader), str(path), apply_value_formats=False, user_missing=True)
        _none, meta = read(metadataonly=True)
        frame, meta = read(row_limit=most // max(meta.number_columns or 1, 1) + 1)
    except Exception as trouble:  # pyreadstat raises errors of several kinds for damaged files
        message = _("the data file of {program} cannot be read ({reason}). Save it again, or export it as CSV.")
        reason = " ".join(str(trouble).split())[:120] or type(trouble).__name__
        raise refusal("E-LAB-02", message.format(program=program, reason=reason), file) from None
    return frame, meta


def _note(program: str, variables: int, gone: list[list[str]]) -> str:
    text = ngettext(
        "read as a data file of {program}: {n} variable, labels of values where there are any.",
        "read as a data file of {program}: {n} variables, labels of values where there are any.",
        variables,
    ).format(program=program, n=variables)
    if declared := list(dict.fromkeys(cell for cells in gone for cell in cells)):
        listed = quoted_names(declared[:5])
        text = joined([text, _("Declared missing: {cells}. Name them in missing.").format(cells=listed)])
    return text


def _texts(series: pd.Series, labels: Mapping[Any, str]) -> dict[Any, str]:
    """Distinct value -> text of its cells."""
    values = [value for value in series.unique().tolist() if not _absent(value)]
    named = {value: " ".join(str(labels[value]).split()) for value in values if value in labels}
    if _is_mark(values, labels):
        return {value: as_text(value) for value in values}
    distinct = {fold(text) for text in named.values()}
    unlabelled = {fold(as_text(value)) for value in values if value not in named}
    if len(distinct) < len(named) or "" in distinct or distinct & unlabelled:
        return {value: as_text(value) for value in values}  # labels that do not tell values apart
    return {value: named.get(value) or as_text(value) for value in values}


def _absent(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())  # NaN is not itself


def _is_mark(values: list[Any], labels: Mapping[Any, str]) -> bool:
    """Whether the variable marks one option of a multiple-response question."""
    if not values or not set(values) <= {0.0, 1.0}:
        return False
    return fold(str(labels.get(0.0, ""))) in NOT_MARKED


def _declared(meta: Any, name: str) -> Callable[[Any], bool]:
    """Whether a value of the variable is declared missing."""
    ranges = (meta.missing_ranges or {}).get(name, [])
    single = set((meta.missing_user_values or {}).get(name, []))

    def declared(value: Any) -> bool:
        for one in ranges:
            low, high = (one["lo"], one["hi"]) if isinstance(one, dict) else (one, one)
            if isinstance(value, type(low)) and low <= value <= high:
                return True
        return value in single

    return declared
