"""Blocks of a report in a Word document, one function per kind."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts import CHARTS
from obstacles.reports.charts.files import Missing, to_outlines, to_png_file
from obstacles.reports.charts.style import ORANGE_TEXT, SOURCE_GREY
from obstacles.reports.words import page_blocks
from obstacles.reports.words.naming import bare, direction, spans
from obstacles.reports.words.page_blocks import Block, Cell, Column, Row
from obstacles.reports.writers.widths import column_widths
from obstacles.reports.writers.word import xml
from obstacles.reports.writers.word.styles import BAND, TABLE_STYLE, TEXT_WIDTH, TONES
from obstacles.text.escape import harmful
from obstacles.text.language import _, semicolons

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

TO_WRITE_IN = 8.0  # mm, of an empty row
NAME_WIDTH = 42.0  # mm, of the names of facts


@dataclass(frozen=True)
class Page:
    """A document that is being written."""

    document: Document
    missing: Missing  # is told characters that no font of the charts has


def add_block(page: Page, block: Block) -> None:
    """Write a block into the document by its kind."""
    WRITERS[block.kind](page, block)


def add_text(page: Page, text: str, style: str) -> Paragraph:
    """A paragraph with marked names in bold."""
    return fill(page.document.add_paragraph(style=style), text)


def fill(paragraph: Paragraph, text: str, *, bold: bool | None = None) -> Paragraph:
    """Write into a paragraph; what a person typed in a script from right to left stands so."""
    for piece, strong in spans(text):
        run = paragraph.add_run(printable(piece))
        run.bold = True if strong else bold
    if direction(bare(text)) == "rtl":
        xml.turn(paragraph)
    return paragraph


def printable(text: str) -> str:
    """Without characters that XML cannot hold; lines stay lines."""
    return "\n".join("".join(" " if harmful(c) else c for c in line) for line in text.splitlines())


def _coloured(paragraph: Paragraph, colour: str) -> None:
    for run in paragraph.runs:
        run.font.color.rgb = xml.colour_of(colour)


# ---------- figures and tables ----------------------------------------------------------------------------------


def _caption(page: Page, words: str, sequence: str, number: int, title: str, subtitle: str) -> None:
    """ "Figure 1. Title": the number is a field that Word's list of figures finds."""
    before, _number, after = words.partition("{n}")
    paragraph = page.document.add_paragraph(style="Caption")
    if before:
        paragraph.add_run(before)
    xml.add_field(paragraph, f"SEQ {sequence} \\* ARABIC", str(number))
    if after:
        paragraph.add_run(after)
    _coloured(paragraph, ORANGE_TEXT)
    fill(paragraph, f"  {title}")
    if subtitle:
        add_text(page, subtitle, "Caption Text")


def _notes(page: Page, notes: Sequence[str]) -> None:
    """Notes stay together, and with what they are about."""
    for place, note in enumerate(notes, 1):
        add_text(page, note, "Note").paragraph_format.keep_with_next = place < len(notes)


def _figure(page: Page, block: page_blocks.Figure) -> None:
    from docx.shared import Mm

    _caption(page, _("Figure {n}"), "Figure", block.number, block.title, block.subtitle)
    chart = CHARTS[block.chart](block.data)
    picture = to_png_file(chart, title="", missing=page.missing)
    run = page.document.add_paragraph(style="Figure").add_run()
    drawn = run.add_picture(io.BytesIO(picture), width=Mm(TEXT_WIDTH))
    name = _("Figure {n}").format(n=block.number)
    xml.describe_picture(drawn, number=block.number, name=name, text=printable(bare(block.alternative)))
    xml.add_vector(page.document, drawn, to_outlines(chart), number=block.number)
    _notes(page, block.notes)


def _table(page: Page, block: page_blocks.Table) -> None:
    from docx.shared import Mm

    if not block.on_page:
        return
    _caption(page, _("Table {n}"), "Table", block.number, block.title, block.subtitle)
    rows = [row for row in block.rows if row.on_page]
    columns = [block.columns[i] for i in block.shown]
    widths = column_widths(replace(block, compact=False))
    table = _grid(page, 1 + len(rows), [width / 72 * 25.4 for width in widths])
    xml.describe_table(table, printable(bare(block.title)), printable(bare(block.subtitle)))
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        _write(cell, column.heading, "Table Heading", column)
    xml.repeat_header(table.rows[0])
    xml.keep_whole(table.rows[0])
    for made, row in zip(list(table.rows)[1:], rows, strict=True):
        xml.keep_whole(made)
        for cell, column, i in zip(made.cells, columns, block.shown, strict=True):
            _cell(cell, row.cells[i], row, column)
        if not any(row.cells[i].text for i in block.shown):
            made.height = Mm(TO_WRITE_IN)
    if block.dense:
        _shrink(table)
    made_rows = list(table.rows)
    held = made_rows if block.whole and len(rows) <= 12 else made_rows[-1:]
    _hold(held if block.notes else held[:-1])
    _notes(page, block.notes)
    if not block.notes:
        page.document.add_paragraph(style="Note")


def _grid(page: Page, rows: int, widths: Sequence[float]) -> Any:
    """A table of the report's style with columns of these widths in mm."""
    from docx.shared import Mm

    table = page.document.add_table(rows, len(widths), style=TABLE_STYLE)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def _shrink(table: Any) -> None:
    """The cells of a dense table, in its size and with less air."""
    from docx.shared import Pt

    for paragraph in _paragraphs(table.rows):
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0.5)
        for run in paragraph.runs:
            run.font.size = Pt(7)  # the widths are those of 7.2 in the letters of the pages


def _hold(rows: Sequence[Any]) -> None:
    """Each of the rows stays on one page with what follows it."""
    for paragraph in _paragraphs(rows):
        paragraph.paragraph_format.keep_with_next = True


def _paragraphs(rows: Iterable[Any]) -> Iterator[Any]:
    return (paragraph for row in rows for cell in row.cells for paragraph in cell.paragraphs)


def _write(cell: _Cell, text: str, style: str, column: Column, *, bold: bool | None = None) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    paragraph.style = style
    fill(paragraph, text, bold=bold)
    if column.kind == "number":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _cell(cell: _Cell, content: Cell, row: Row, column: Column) -> None:
    _write(cell, content.text, "Table Text", column, bold=True if row.strong or content.tone else None)
    if content.tone in TONES:
        xml.shade(cell, TONES[content.tone])
    elif row.band:
        xml.shade(cell, BAND)


def _side_by_side(page: Page, block: page_blocks.SideBySide) -> None:
    """One below the other: a document is read and changed in one column."""
    for table in block.tables:
        _table(page, table)


def _together(page: Page, block: page_blocks.Together) -> None:
    for inner in block.blocks:
        add_block(page, inner)


# ---------- words -----------------------------------------------------------------------------------------------


def _key_figures(page: Page, block: page_blocks.KeyFigures) -> None:
    table = page.document.add_table(1, len(block.figures))
    for cell, figure in zip(table.rows[0].cells, block.figures, strict=True):
        number = cell.paragraphs[0]
        number.style = "Key Figure"
        fill(number, figure.value)
        if figure.accent:
            _coloured(number, ORANGE_TEXT)
        fill(cell.add_paragraph(style="Key Text"), bare(figure.text))
    xml.keep_whole(table.rows[0])


def _prose(page: Page, block: page_blocks.Prose) -> None:
    if block.title:
        add_text(page, block.title, "Heading 2")
    for text in block.paragraphs:
        add_text(page, text, "Normal")


def _callout(page: Page, block: page_blocks.Callout) -> None:
    add_text(page, block.title, "Callout Title")
    paragraphs = [add_text(page, text, "Callout") for text in block.paragraphs]
    for paragraph in paragraphs[:-1]:
        paragraph.paragraph_format.keep_with_next = True
    page.document.add_paragraph(style="Note")


def _facts(page: Page, block: page_blocks.Facts) -> None:
    add_text(page, block.title, "Heading 2")
    lines = [(fact.name, fact.text, fact.stated) for fact in block.facts if fact.stated or not block.blanks]
    blanks = [fact.name for fact in block.facts if not fact.stated]
    if block.blanks and blanks:
        lines.append((block.blanks, semicolons(blanks), False))
    add_facts(page, lines)


def add_facts(page: Page, lines: Sequence[tuple[str, str, bool]]) -> None:
    """Names with their texts; what the owner of the study does not state is grey."""
    table = _grid(page, len(lines), (NAME_WIDTH, TEXT_WIDTH - NAME_WIDTH))
    text = Column("", "", "text")
    for row, (name, words, stated) in zip(table.rows, lines, strict=True):
        xml.keep_whole(row)
        _write(row.cells[0], name, "Table Heading", text)
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = False
        _write(row.cells[1], words, "Table Text", text)
        if not stated:
            _coloured(row.cells[1].paragraphs[0], SOURCE_GREY)
    page.document.add_paragraph(style="Note")


def _listing(page: Page, block: page_blocks.Listing) -> None:
    add_text(page, block.title, "Heading 2")
    if block.note:
        add_text(page, block.note, "Normal")
    style = "List Number" if block.numbered else "List Bullet"
    number = xml.new_numbering(page.document, style) if block.numbered else None
    for line in block.lines:
        paragraph = add_text(page, line, style)
        if number is not None:
            xml.count_by(paragraph, number)


WRITERS: dict[str, Callable[[Page, Any], None]] = {  # kind of a block -> what writes it
    "figure": _figure,
    "table": _table,
    "side_by_side": _side_by_side,
    "together": _together,
    "key_figures": _key_figures,
    "prose": _prose,
    "callout": _callout,
    "facts": _facts,
    "listing": _listing,
}
