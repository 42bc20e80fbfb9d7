"""Pieces of WordprocessingML that python-docx has no words for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

SVG_BLIP = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph


def element(name: str, attributes: dict[str, str], *children: Any) -> Any:
    """An element such as w:shd with attributes such as w:fill."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made: Any = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(key), value)
    for child in children:
        made.append(child)
    return made


def colour_of(hexadecimal: str) -> Any:
    """A colour such as "#dddddd" as python-docx has it."""
    from docx.shared import RGBColor

    return RGBColor.from_string(hexadecimal[1:])


def set_child(parent: Any, name: str, child: Any, *, first: bool = False) -> None:
    """Replace the children of a name by one; None removes them."""
    from docx.oxml.ns import qn

    for old in parent.findall(qn(name)):
        parent.remove(old)
    if child is not None:
        parent.insert(0, child) if first else parent.append(child)


def add_field(paragraph: Paragraph, code: str, shown: str, *, bold: bool | None = None) -> None:
    """A field such as PAGE, with what it shows until Word works it out."""
    parts = (
        element("w:fldChar", {"w:fldCharType": "begin"}),
        element("w:instrText", {"xml:space": "preserve"}),
        element("w:fldChar", {"w:fldCharType": "separate"}),
        None,
        element("w:fldChar", {"w:fldCharType": "end"}),
    )
    parts[1].text = f" {code} "
    for part in parts:
        run = paragraph.add_run(shown if part is None else "")
        run.bold = bold
        if part is not None:
            run._r.append(part)


def shade(cell: _Cell, colour: str) -> None:
    """Fill a cell with a colour such as "#dddddd"."""
    properties = cell._tc.get_or_add_tcPr()
    fill = element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": colour[1:]})
    properties.insert_element_before(fill, "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign")


def repeat_header(row: _Row) -> None:
    """The row stands again on top of every page of its table."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader", {}))


def keep_whole(row: _Row) -> None:
    """The row is not divided between pages."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit", {}))


def describe_table(table: Table, title: str, text: str) -> None:
    """The text alternative of a table."""
    table._tbl.tblPr.append(element("w:tblCaption", {"w:val": title}))
    table._tbl.tblPr.append(element("w:tblDescription", {"w:val": text}))


def describe_picture(picture: Any, *, number: int, name: str, text: str) -> None:
    """The text alternative of a picture; ids are unique in the document."""
    for properties in picture._inline.iter("{*}docPr", "{*}cNvPr"):
        properties.set("id", str(number))
        properties.set("name", name)
        if properties.tag.endswith("}docPr"):
            properties.set("descr", text)


def add_vector(document: Document, picture: Any, svg: bytes, *, number: int) -> None:
    """Give a picture a drawing that Word 2016 and later shows in its place; older programs show the picture."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    package = document.part.package
    part = Part(PackURI(f"/word/media/drawing{number}.svg"), "image/svg+xml", svg, package)
    id = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    drawing = parse_xml(f'<asvg:svgBlip xmlns:asvg="{SVG_BLIP}" xmlns:r="{RELATIONS}" r:embed="{id}"/>')
    extension = element("a:ext", {}, drawing)
    extension.set("uri", SVG_EXTENSION)
    blip = next(picture._inline.iter("{*}blip"))
    blip.append(element("a:extLst", {}, extension))


def turn(paragraph: Paragraph) -> None:
    """The paragraph is written from right to left."""
    properties = paragraph._p.get_or_add_pPr()
    after = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
    properties.insert_element_before(element("w:bidi", {}), *after)
    for run in paragraph.runs:
        run.font.rtl = True


def new_numbering(document: Document, style: str) -> int:
    """The id of a list that counts from 1, with the numbers of a list style."""
    from docx.oxml.ns import qn

    numbering: Any = document.part.numbering_part.element
    used = document.styles[style].element.pPr.numPr.numId.val
    abstract = next(num for num in numbering.num_lst if num.numId == used).abstractNumId.val
    made = numbering.add_num(abstract)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made.get(qn("w:numId")))


def count_by(paragraph: Paragraph, number: int) -> None:
    """The paragraph is an entry of the list with this id."""
    properties: Any = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number
