"""A questionnaire on paper as a Word document (.docx), for those who add a letter-head or a paragraph of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts.style import ORANGE, SOURCE_GREY
from obstacles.reports.writers.word.blocks import fill, printable
from obstacles.reports.writers.word.document import NO_DATE, foot, new_document, saved, set_properties
from obstacles.reports.writers.word.styles import DEEP, TEXT_WIDTH
from obstacles.reports.writers.word.xml import colour_of, describe_table, element, keep_whole, repeat_header
from obstacles.text.language import _, using

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

    from obstacles.reports.words.paper_form import Block, Line, PaperForm

BOX, CIRCLE = "☐", "○"
MOST_WHOLE = 14  # rows of a table that stays on one page
TWO_COLUMNS, THREE_COLUMNS = 9, 4  # lines from which items, and options of a group, stand in columns
CODE_WIDTH, LEVEL_WIDTH, BETWEEN = 13.0, 22.0, 5.0  # mm
BOX_WIDTH = {"rank": 11.0, "points": 15.0, "select": 8.0, "group": 8.0}  # mm


def form_docx(form: PaperForm) -> bytes:
    """The form as a Word document."""
    from docx.shared import Mm

    with using(form.language):
        document = new_document("A4", form.language)
        section = document.sections[0]
        section.top_margin, section.bottom_margin = Mm(17), Mm(18)
        section.different_first_page_header_footer = False
        set_properties(document, form.title, form.kicker, author="", language=form.language, day=NO_DATE)
        foot(section.footer.paragraphs[0], form.footer[:110])
        _head(document, form)
        for block in form.blocks:
            _block(document, block)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        _paragraph(document, form.thanks, "Heading 2").paragraph_format.keep_with_next = False
    return saved(document)


def _paragraph(document: Document, text: str, style: str) -> Any:
    return fill(document.add_paragraph(style=style), text)


def _head(document: Document, form: PaperForm) -> None:
    """Kicker with the number of the form, title, what the respondent should know."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt

    kicker = _paragraph(document, form.kicker, "Kicker")
    kicker.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    number = kicker.add_run(f"\t{form.number} ______________")
    number.font.bold, number.font.color.rgb = False, colour_of(SOURCE_GREY)
    _paragraph(document, form.title, "Title").runs[0].font.size = Pt(22)
    welcome = _paragraph(document, form.welcome, "Normal")
    edge = element(
        "w:pBdr", {}, element("w:bottom", {"w:val": "single", "w:sz": "10", "w:space": "8", "w:color": DEEP[1:]})
    )
    welcome._p.get_or_add_pPr().insert_element_before(edge, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _block(document: Document, block: Block) -> None:
    from docx.shared import Pt

    heading = document.add_paragraph(style="Heading 2")
    heading.paragraph_format.space_before = Pt(16)
    number = heading.add_run(f"{block.code[1:]}  ")
    number.font.size, number.font.bold = Pt(13), False
    number.font.color.rgb = colour_of(ORANGE)
    text = heading.add_run(printable(block.title))
    text.font.size = Pt(13)
    if block.instruction:
        _paragraph(document, block.instruction, "Caption Text").paragraph_format.space_after = Pt(6)
    if block.kind == "scale":
        _scale(document, block)
    elif block.lines:
        _lines(document, block)
    else:
        line = _paragraph(document, "_" * 48, "Normal")
        line.runs[0].font.color.rgb = colour_of(SOURCE_GREY)
        line.paragraph_format.space_before = Pt(8)
    if block.total:
        _paragraph(document, _("Sum: {total}").format(total=block.total), "Key Text")


def _lines(document: Document, block: Block) -> None:
    """A table with a box, the text and the code of each line; in columns, read downwards."""
    n = len(block.lines)
    columns = (3 if n >= THREE_COLUMNS else 1) if block.kind == "group" else (2 if n >= TWO_COLUMNS else 1)
    rows = -(-n // columns)
    box, width = BOX_WIDTH[block.kind], (TEXT_WIDTH - (columns - 1) * BETWEEN) / columns
    widths = [box, width - box - CODE_WIDTH, CODE_WIDTH, BETWEEN]
    table = _table(document, rows, (widths * columns)[:-1], block)
    for place, line in enumerate(block.lines):
        column, row = divmod(place, rows)
        cells = table.rows[row].cells[4 * column : 4 * column + 3]
        _line(cells, line, block.kind)


def _line(cells: Sequence[_Cell], line: Line, kind: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if kind in ("rank", "points"):
        _frame(cells[0])
    else:
        _write(cells[0], BOX, 13)
    _write(cells[1], line.text, 10)
    cells[1].paragraphs[0].paragraph_format.left_indent = Pt(3)
    _write(cells[2], line.code, 6.5, SOURCE_GREY)
    cells[2].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _scale(document: Document, block: Block) -> None:
    """A grid of circles under the names and numbers of the levels."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    n = len(block.heads)
    level = min(LEVEL_WIDTH, (TEXT_WIDTH - CODE_WIDTH - 50) / n)
    widths = [TEXT_WIDTH - CODE_WIDTH - n * level, *[level] * n, CODE_WIDTH]
    table = _table(document, len(block.lines) + 1, widths, block)
    repeat_header(table.rows[0])
    for cell, head in zip(table.rows[0].cells[1:-1], block.heads, strict=True):
        _write(cell, head.text, 8, DEEP, bold=True)
        code = cell.add_paragraph(style="Table Text")
        code.add_run(printable(head.code))
        for paragraph in cell.paragraphs:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
    for row, line in zip(table.rows[1:], block.lines, strict=True):
        _write(row.cells[0], line.text, 10)
        for cell in row.cells[1:-1]:
            _write(cell, CIRCLE, 13)
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(row.cells[-1], line.code, 6.5, SOURCE_GREY)
        row.cells[-1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _table(document: Document, rows: int, widths: Sequence[float], block: Block) -> Table:
    """A table without upright lines whose rows are high enough for a pen."""
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.oxml.ns import qn
    from docx.shared import Mm

    table: Table = document.add_table(rows, len(widths))
    table.style = "Report Table"
    table.autofit = False
    if block.kind != "scale":  # no row of headings
        look = next(table._tbl.tblPr.iter("{*}tblLook"))
        look.set(qn("w:firstRow"), "0")
        look.set(qn("w:val"), "0480")
    table._tbl.tblPr.append(element("w:tblInd", {"w:w": "80", "w:type": "dxa"}))  # text in line with the paragraphs
    describe_table(table, printable(block.title), printable(block.instruction or block.title))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    table_rows = list(table.rows)
    last = table_rows[-1]
    for row in table_rows:
        keep_whole(row)
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(6.6 if block.kind == "group" else 8.6)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = 1  # in the middle
            cell.paragraphs[0].style = document.styles["Table Text"]
            cell.paragraphs[0].paragraph_format.keep_with_next = rows <= MOST_WHOLE and row is not last
    return table


def _write(cell: _Cell, text: str, size: float, colour: str = "#1B1F24", *, bold: bool = False) -> None:
    from docx.shared import Pt

    run = cell.paragraphs[0].add_run(printable(text))
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour_of(colour)


def _frame(cell: _Cell) -> None:
    """Lines around a cell, to write a number in."""
    sides = ("top", "left", "bottom", "right")
    edges = [
        element(f"w:{side}", {"w:val": "single", "w:sz": "8", "w:space": "0", "w:color": DEEP[1:]}) for side in sides
    ]
    properties = cell._tc.get_or_add_tcPr()
    after = ("w:shd", "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign")
    properties.insert_element_before(element("w:tcBorders", {}, *edges), *after)
