"""The look of a document: paper, fonts, and styles under names that Word's own commands know.

Fonts are those that offices have: nobody needs to install ours. Chinese letters have a font of their own (w:eastAsia).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.reports.charts.style import NAVY, ORANGE_TEXT, SOURCE_GREY
from obstacles.reports.writers.word.xml import colour_of, element, set_child
from obstacles.text.languages import LANGUAGES, conventions
from obstacles.text.languages.base import Language, base_of

if TYPE_CHECKING:
    from docx.document import Document

LATIN = "Calibri"
DEEP, RULE, BAND, PALE = "#12304F", "#D5D9DF", "#F3F5F8", "#F1F5F9"
TONES = {"up": "#FBE6DA", "down": "#DCE8F2"}  # of shaded cells
PAPERS = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}  # mm
TEXT_WIDTH = 174.0  # mm, of every paper
TABLE_STYLE = "Report Table"

Settings = tuple[str, float, bool, str, float, float, dict[str, Any]]
# name -> (base, size in points, bold, colour, space before, space after, further settings)
STYLES: dict[str, Settings] = {
    "Normal": ("", 10, False, "#1B1F24", 0, 5, {}),
    "Title": ("Normal", 28, True, DEEP, 4, 6, {}),
    "Subtitle": ("Normal", 13, False, SOURCE_GREY, 0, 14, {}),
    "Heading 1": ("Normal", 18, True, DEEP, 20, 6, {"keep": True}),
    "Heading 2": ("Normal", 11.5, True, DEEP, 12, 3, {"keep": True}),
    "Caption": ("Normal", 10.5, True, DEEP, 14, 1, {"keep": True}),
    "Kicker": ("Normal", 9, True, ORANGE_TEXT, 0, 0, {}),
    "Lead": ("Normal", 12.5, False, "#1B1F24", 0, 6, {"keep": True}),
    "Caption Text": ("Normal", 9, False, SOURCE_GREY, 0, 4, {"keep": True}),
    "Figure": ("Normal", 10, False, "#1B1F24", 0, 2, {"keep": True}),
    "Note": ("Normal", 8, False, SOURCE_GREY, 0, 2, {"whole": True}),
    "Table Text": ("Normal", 8.5, False, "#1B1F24", 2, 2, {}),
    "Table Heading": ("Table Text", 8.5, True, DEEP, 2, 2, {"keep": True}),
    "Key Figure": ("Normal", 20, True, DEEP, 8, 0, {"keep": True}),
    "Key Text": ("Normal", 8.5, False, SOURCE_GREY, 0, 4, {}),
    "Callout Title": ("Normal", 11, True, DEEP, 10, 0, {"keep": True, "shaded": True}),
    "Callout": ("Normal", 10, False, "#1B1F24", 0, 0, {"shaded": True, "whole": True}),
    "List Bullet": ("Normal", 9, False, "#1B1F24", 0, 2, {}),
    "List Number": ("Normal", 9, False, "#1B1F24", 0, 2, {}),
    "Header": ("Normal", 8, False, SOURCE_GREY, 0, 0, {}),
    "Footer": ("Normal", 8, False, SOURCE_GREY, 0, 0, {}),
}


def prepare(document: Document, *, page_size: str, language: str) -> None:
    """Set paper, styles and languages."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm

    section = document.sections[0]
    width, height = PAPERS.get(page_size, PAPERS["A4"])
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm((width - TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    section.header_distance, section.footer_distance = Mm(11), Mm(10)
    section.different_first_page_header_footer = True
    known = {style.name for style in document.styles}
    for name, settings in STYLES.items():
        if name not in known:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _style(document, name, east_asian(language).office_font, settings)
    _table_style(document)
    _language(document, language)


def _style(document: Document, name: str, east_asian_font: str, settings: Settings) -> None:
    from docx.shared import Pt

    base, size, bold, colour, before, after, more = settings
    style: Any = document.styles[name]
    style.base_style = document.styles[base] if base else None
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = colour_of(colour)
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.1
    form.keep_with_next, form.keep_together = more.get("keep", False), more.get("whole", False)
    run = style.element.get_or_add_rPr()
    for old in ("w:spacing", "w:kern"):  # of the template's title
        set_child(run, old, None)
    fonts = {"w:ascii": LATIN, "w:hAnsi": LATIN, "w:cs": LATIN, "w:eastAsia": east_asian_font}
    set_child(run, "w:rFonts", element("w:rFonts", fonts), first=True)
    paragraph = style.element.get_or_add_pPr()
    for old in ("w:pBdr", "w:contextualSpacing"):
        set_child(paragraph, old, None)
    if more.get("shaded"):
        form.left_indent = Pt(8)
        shade = element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": PALE[1:]})
        edge = {"w:val": "single", "w:sz": "18", "w:space": "8", "w:color": NAVY[1:]}
        border = element("w:pBdr", {}, element("w:left", edge))
        paragraph.insert_element_before(border, *AFTER_BORDER)
        paragraph.insert_element_before(shade, *AFTER_BORDER[1:])


AFTER_BORDER = (  # elements of a paragraph's properties that stand behind its border, in the order of the schema
    *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct"),
    *("w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind"),
    *("w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:outlineLvl"),
)


def _table_style(document: Document) -> None:
    """Rules above and below, hair lines between rows, no upright lines."""

    def line(side: str, eighths: int, colour: str) -> Any:
        return element(f"w:{side}", {"w:val": "single", "w:sz": str(eighths), "w:space": "0", "w:color": colour[1:]})

    def margin(side: str) -> Any:
        return element(f"w:{side}", {"w:w": "80", "w:type": "dxa"})

    borders = element("w:tblBorders", {}, line("top", 6, DEEP), line("bottom", 4, RULE), line("insideH", 2, RULE))
    margins = element("w:tblCellMar", {}, margin("left"), margin("right"))
    head = element("w:tcPr", {}, element("w:tcBorders", {}, line("bottom", 8, DEEP)))
    style = element(
        "w:style",
        {"w:type": "table", "w:customStyle": "1", "w:styleId": TABLE_STYLE.replace(" ", "")},
        element("w:name", {"w:val": TABLE_STYLE}),
        element("w:basedOn", {"w:val": "TableNormal"}),
        element("w:uiPriority", {"w:val": "99"}),
        element("w:tblPr", {}, borders, margins),
        element("w:tblStylePr", {"w:type": "firstRow"}, head),
    )
    document.styles.element.append(style)


def tag_of(language: str) -> str:
    """The tag under which Word knows a language."""
    return LANGUAGES[base_of(language)].tag if base_of(language) in LANGUAGES else language


def east_asian(language: str) -> Language:
    """Whose font and tag East Asian letters have: the report's own language where it is one, else Chinese."""
    written = conventions(language)
    return written if written.east_asian else LANGUAGES["zh"]


def _language(document: Document, language: str) -> None:
    """Of spelling and of East Asian text."""
    latin = LANGUAGES["en"].tag if conventions(language).east_asian else tag_of(language)
    eastern = east_asian(language).tag
    defaults = document.styles.element.find(".//{*}rPrDefault/{*}rPr")
    set_child(defaults, "w:lang", element("w:lang", {"w:val": latin, "w:eastAsia": eastern, "w:bidi": "ar-SA"}))
    theme = element("w:themeFontLang", {"w:val": latin, "w:eastAsia": eastern})
    old = document.settings.element.find("{*}themeFontLang")
    if old is not None:
        document.settings.element.replace(old, theme)
