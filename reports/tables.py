"""The rows of a report as data: one wide CSV with a row per item, and JSON with every table.

Numbers are written in full, not as they are printed. Text that a spreadsheet would take for a formula gets a leading
apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

from reports.blocks import Facts, Table, Value, blocks_of, tables_of
from reports.naming import bare

if TYPE_CHECKING:
    from reports.research import ResearchReport

FORMULA = ("=", "+", "-", "@", "\t", "\r")
BY_ITEM = ("ranking", "spread", "methods")  # tables with a row per item: the columns of the CSV


def records(table: Table) -> list[dict[str, Value]]:
    """A table as one record per row: every column that is data."""
    kept = [i for i, column in enumerate(table.columns) if column.in_data]
    return [{table.columns[i].id: _plain(row.cells[i].value) for i in kept} for row in table.rows if row.in_data]


def _plain(value: Value) -> Value:
    """NaN and infinity are not data."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def item_records(report: ResearchReport) -> list[dict[str, Value]]:
    """One record per item, largest first: the ranking, then how the answers spread, then ranks by method."""
    tables = {table.id: table for table in tables_of(report.sections)}
    rows = records(tables["ranking"])
    for name in BY_ITEM[1:]:
        if name not in tables:
            continue
        found = {row["id"]: row for row in records(tables[name])}
        for row in rows:
            row |= {key: value for key, value in found[row["id"]].items() if key not in ("id", "label")}
    return rows


def to_csv(report: ResearchReport) -> str:
    """One row per item with every figure of the report; text is safe to open in a spreadsheet."""
    rows = item_records(report)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(names)
    writer.writerows([_written(row.get(name)) for name in names] for row in rows)
    return out.getvalue()


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return repr(value)


def to_json(report: ResearchReport) -> str:
    """Everything that the report says, as data."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_dict(report: ResearchReport) -> dict[str, Any]:
    """The report as plain numbers and texts; the ranking is that of `obstacles rank --json`."""
    return {
        "schema": 1,
        "report": report.kind,
        "title": report.title,
        "language": report.language,
        "synthetic": report.synthetic != "",
        "headlines": [bare(sentence) for section in report.sections[:1] for sentence in section.lead],
        "ranking": report.ranking.to_dict(),
        "tables": {table.id: records(table) for table in tables_of(report.sections)},
        "receipt": report.receipt.to_dict(),
        "disclosure": [
            {"section": block.title, "item": fact.name, "text": fact.text if fact.stated else None}
            for block in blocks_of(report.sections)
            if isinstance(block, Facts)
            for fact in block.facts
        ],
    }
