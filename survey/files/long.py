"""A row per answer (respondent, item, rank or choice or rating) -> a row per respondent with a column per item.

Each item's column is called "item column, value column [text of the item]", as survey tools call the columns of a grid.
Cells keep the row of the file in which they stand, so that messages name it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from obstacles.survey.files.column_names import ColumnError
from obstacles.survey.files.memory import CELL_COST, check_memory
from obstacles.survey.files.table import Table
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.survey.settings.formats import LongColumns
from obstacles.text.fold import fold
from obstacles.text.language import _, commas, in_quotes, ngettext

MOST_ITEMS = 2_000
GIVEN = "1"  # the cell of an item that has a row, where no column says more


def item_column(long: LongColumns, item: str) -> str:
    """The name of an item's column."""
    what = long.item if long.value is None else f"{long.item}, {long.value}"
    return f"{what} [{item}]" if not set("[]") & set(item) else f"{what} - {item}"


def wide_of(table: Table, wave: WaveSettings, columns: Collection[str] | None) -> Table:
    """The table with a row per respondent. Raises SurveyError with every row that contradicts another."""
    import pyarrow as pa

    long = wave.long
    assert long is not None
    table = table.of_rows(np.flatnonzero(_chosen(table, wave)))
    (person, who), (item, items), value = _columns(table, long)
    _check(table, long, person, who, item, items)
    persons, first, place = np.unique(person, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    row = rank[place.reshape(-1)]
    n, m = len(persons), len(items)
    check_memory(n * m * (CELL_COST + 8), table.file)
    codes, texts = value
    blank = len(texts)
    cells = np.full((m, n), blank, np.int32)
    cells[item, row] = codes
    at = np.tile(table.rows[first[order]], (m, 1))
    at[item, row] = table.rows
    beside, varying = _beside(table, long, row, first[order], columns)
    words = pa.array([*texts, ""], pa.large_string())
    found = [pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array(one), words)]) for one in cells]
    names = (*(table.names[i] for i in beside), *(item_column(long, text) for text in items))
    labels = _labels(table, long, items)
    below = [(*(row[i] for i in beside), *(labels if level == 1 else [""] * m))
             for level, row in enumerate(table.header) if level]  # fmt: skip
    kept = [table.columns[i].take(first[order]) for i in beside]
    text = ngettext(
        "{rows} rows of answers are {n} respondent and {m} items.",
        "{rows} rows of answers are {n} respondents and {m} items.",
        n,
    ).format(rows=f"{len(table.rows):,}", n=f"{n:,}", m=m)
    problems = [*table.problems, Problem("info", "I-LONG-01", text, file=table.file), *varying]
    return replace(
        table,
        names=names,
        header=(names, *below),
        columns=dict(enumerate([*kept, *found])),
        rows=table.rows[first[order]],
        problems=tuple(problems),
        cell_rows={len(beside) + j: at[j] for j in range(m)},
    )


def _labels(table: Table, long: LongColumns, items: tuple[str, ...]) -> list[str]:
    """The items' columns by the labels of the columns that they come from, where a file has labels."""
    said = table.header[1] if len(table.header) > 1 else table.names
    called = [said[table.column(name)] or name for name in (long.item, long.value) if name is not None]
    worded = LongColumns(respondent="", item=called[0], value=called[1] if len(called) > 1 else None)
    return [item_column(worded, text) for text in items]


def _chosen(table: Table, wave: WaveSettings) -> np.ndarray:
    """(n,) bool: the rows that `where` and `exclude` leave; all where nothing is left, which is told later."""
    keep = np.ones(len(table.rows), bool)
    rules: tuple[tuple[Mapping[str, Collection[str]], bool], ...] = ((wave.where, True), (wave.exclude, False))
    for named, wanted in rules:
        for column, cells in named.items():
            try:
                codes, values = table.coded(column)
            except ColumnError:
                continue  # told by who looks for the columns
            known = {fold(cell) for cell in cells}
            keep &= np.array([(fold(value) in known) == wanted for value in values], bool)[codes]
    return keep if keep.any() else np.ones(len(keep), bool)


Coded = tuple[np.ndarray, tuple[str, ...]]


def _columns(table: Table, long: LongColumns) -> tuple[Coded, Coded, Coded]:
    """Respondents, items and values: codes of the rows, and the distinct cells."""
    problems = []
    found: list[Coded] = []
    for name in (long.respondent, long.item, long.value):
        if name is None:
            found.append((np.zeros(len(table.rows), np.int32), (GIVEN,)))
            continue
        try:
            codes, values = table.coded(name)
            found.append((codes.astype(np.int32), values))
        except ColumnError as error:
            code = "E-COL-01" if error.positions else "E-COL-03"
            problems.append(Problem("error", code, str(error), file=table.file))
    if problems:
        raise SurveyError(problems)
    return found[0], found[1], found[2]


def _check(
    table: Table, long: LongColumns, person: np.ndarray, who: tuple[str, ...], item: np.ndarray, items: tuple[str, ...]
) -> None:
    """Raise SurveyError for rows without a respondent or an item, and for two rows on one item of a respondent."""
    problems = []
    for codes, values, name, code, message in (
        (
            person,
            who,
            long.respondent,
            "E-LONG-01",
            _("these rows name no respondent. Fill them in, or leave them out."),
        ),
        (item, items, long.item, "E-LONG-02", _("these rows name no item. Fill them in, or leave them out.")),
    ):
        blank = np.flatnonzero(np.array([value == "" for value in values], bool)[codes])
        if len(blank):
            rows = tuple(table.rows[blank[:MOST_EXAMPLES]].tolist())
            problems.append(Problem("error", code, message, table.file, rows, name, count=len(blank)))
    both = person.astype(np.int64) * max(1, len(items)) + item
    _pairs, first = np.unique(both, return_index=True)
    again = np.ones(len(both), bool)
    again[first] = False
    if again.any():
        places = np.flatnonzero(again)
        shown = [_("{one} and {other}").format(one=in_quotes(who[person[i]]), other=in_quotes(items[item[i]][:40]))
                 for i in places[:MOST_EXAMPLES]]  # fmt: skip
        message = _(
            "a respondent has more than one row for an item: {examples}. Leave one of the rows out, or choose the rows "
            "of one question or year by where."
        ).format(examples=commas(shown))
        rows = tuple(table.rows[places[:MOST_EXAMPLES]].tolist())
        problems.append(Problem("error", "E-LONG-03", message, table.file, rows, long.item, count=len(places)))
    if len(items) > MOST_ITEMS:
        message = _("the column holds {n} different texts, which are no items of one question: is it the right column?")
        text = message.format(n=f"{len(items):,}")
        problems.append(Problem("error", "E-LONG-04", text, file=table.file, column=long.item))
    if problems:
        raise SurveyError(problems)


def _beside(
    table: Table, long: LongColumns, row: np.ndarray, first: np.ndarray, columns: Collection[str] | None
) -> tuple[list[int], list[Problem]]:
    """The columns that say one thing of each respondent, and what is told of the others."""
    kept: list[int] = []
    varying: list[tuple[str, int, np.ndarray]] = []
    answers = {table.column(name) for name in (long.item, long.value) if name is not None}
    for position in table.columns:
        if position in answers:
            continue
        codes, _values = table.coded_at(position)
        differs = codes != codes[first][row]
        if differs.any():
            varying.append((table.names[position], position, differs))
        else:
            kept.append(position)
    needed = [one for one in varying if columns is not None and one[0] in columns]
    if needed:
        message = _("a respondent has different cells here; the column can say nothing of the respondent.")
        raise SurveyError(
            [
                Problem("error", "E-LONG-05", message, table.file, tuple(table.rows[differs][:MOST_EXAMPLES].tolist()),
                        name, count=int(differs.sum()))
                for name, _position, differs in needed
            ]
        )  # fmt: skip
    if not varying:
        return kept, []
    message = ngettext(
        "{n} column differs between the rows of a respondent and is not taken: {names}.",
        "{n} columns differ between the rows of a respondent and are not taken: {names}.",
        len(varying),
    )
    text = message.format(n=len(varying), names=commas(in_quotes(name) for name, _p, _d in varying[:MOST_EXAMPLES]))
    return kept, [Problem("info", "I-LONG-02", text, file=table.file, count=len(varying))]
