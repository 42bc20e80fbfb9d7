"""Every chart of a report as files: SVG, PDF and PNG to place, CSV with its numbers, and what to say of it.

`figures.json` and `README.md` hold titles, text alternatives and notes, so that a chart does not lose its base and its
method on the way into another document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts import CHARTS
from obstacles.reports.charts.files import FILES, Missing
from obstacles.reports.charts.records import figure_table
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Figure, figures_of
from obstacles.reports.writers.batch import file_stems
from obstacles.reports.writers.tables import csv_text, records, written
from obstacles.text.language import _, commas, joined, using

if TYPE_CHECKING:
    from obstacles.reports.report import Report


def to_figures(report: Report, missing: Missing) -> list[tuple[str, bytes]]:
    """(name, content) of each file."""
    with using(report.language):
        return list(_files(report, missing))


def _files(report: Report, missing: Missing) -> Iterator[tuple[str, bytes]]:
    figures = figures_of(report.sections)
    names = file_stems([figure.id for figure in figures], "{group}")
    for figure in figures:
        drawn, stem = CHARTS[figure.chart](figure.data), names[figure.id]
        for ending, write in FILES.items():
            yield f"{stem}.{ending}", write(drawn, title=bare(figure.alternative), missing=missing)
        yield f"{stem}.csv", _csv(figure).encode()
    about = [_about(figure, names[figure.id]) for figure in figures]
    record = {
        "schema": 1,
        "report": report.kind,
        "title": bare(report.title),
        "language": report.language,
        "synthetic": report.synthetic != "",
        "figures": about,
    }
    yield "figures.json", (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
    yield "README.md", _readme(report, about).encode()


def _about(figure: Figure, stem: str) -> dict[str, Any]:
    return {
        "id": figure.id,
        "number": figure.number,
        "title": bare(figure.title),
        "subtitle": bare(figure.subtitle),
        "alternative": bare(figure.alternative),
        "notes": [bare(note) for note in figure.notes],
        "files": [f"{stem}.{ending}" for ending in (*FILES, "csv")],
    }


def _csv(figure: Figure) -> str:
    """The numbers of a chart; text is safe to open in a spreadsheet."""
    table = figure_table(figure)
    heading = [written(column.heading) for column in table.columns]
    return csv_text([heading, *([written(value) for value in record.values()] for record in records(table))])


def _readme(report: Report, about: list[dict[str, Any]]) -> str:
    """Words to print with each chart."""
    lines = [f"# {bare(report.title)}", bare(report.subtitle)]
    if report.synthetic:
        lines.append(f"**{report.synthetic}**")
    for one in about:
        heading = _("Figure {n}").format(n=one["number"])
        lines += [f"## {heading} · {one['title']}", one["subtitle"], joined(one["notes"])]
        lines += [_("Text alternative: {text}").format(text=one["alternative"]), commas(one["files"])]
    lines.append(report.footer)
    return "\n\n".join(line for line in lines if line) + "\n"
