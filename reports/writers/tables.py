"""The rows of a report as data: one wide CSV with a row per item, and JSON with every table.

Numbers are written in full, not as they are printed. Text that a spreadsheet would take for a formula gets a leading
apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Facts, Table, Value, blocks_of, tables_of

if TYPE_CHECKING:
    from obstacles.reports.report import Report

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def records(table: Table) -> list[dict[str, Value]]:
    """A table as one record per row: every column that is data."""
    kept = [i for i, column in enumerate(table.columns) if column.in_data]
    return [{table.columns[i].id: _plain(row.cells[i].value) for i in kept} for row in table.rows if row.in_data]


def _plain(value: Value) -> Value:
    """NaN and infinity are not data."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def item_records(report: Report) -> list[dict[str, Value]]:
    """One record per item, largest first: the figures of every table of the report that has a row per item."""
    tables = {table.id: table for table in tables_of(report.sections)}
    first, *others = report.by_item
    rows = records(tables[first])
    for name in others:
        if name not in tables:
            continue
        found = {row["id"]: row for row in records(tables[name])}
        for row in rows:
            row |= {key: value for key, value in found[row["id"]].items() if key not in ("id", "label")}
    return rows


def to_csv(report: Report) -> str:
    """One row per item with every figure of the report; text is safe to open in a spreadsheet."""
    rows = item_records(report)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return csv_text([names, *([written(row.get(name)) for name in names] for row in rows)])


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def written(value: Value) -> str:
    """A value as CSV has it; text that a spreadsheet would take for a formula gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return repr(value)


def to_json(report: Report) -> str:
    """Everything that the report says, as data."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_dict(report: Report) -> dict[str, Any]:
    """The report as plain numbers and texts; what the analysis found is as the commands print it with --json."""
    return {
        "schema": 1,
        "report": report.kind,
        "title": report.title,
        "language": report.language,
        "synthetic": report.synthetic != "",
        "headlines": [bare(sentence) for section in report.sections[:1] for sentence in section.lead],
        **report.results(),
        "tables": {table.id: records(table) for table in tables_of(report.sections)},
        **report.sources(),
        "disclosure": [
            {"section": block.title, "item": fact.name, "text": fact.text if fact.stated else None}
            for block in blocks_of(report.sections)
            if isinstance(block, Facts)
            for fact in block.facts
        ],
    }
