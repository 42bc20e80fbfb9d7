"""A report as a Word document (.docx), the same bytes each time.

Word works out the page numbers when it opens the file; all else is there. The synthetic notice stands in the footer of
every page. Sections follow each other without forced breaks: a document is edited, and its pages change.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import TYPE_CHECKING, Any

from obstacles.reports.wave.reproducibility import version_of
from obstacles.reports.words.naming import bare, cut
from obstacles.reports.writers.glyphs import missing_problem
from obstacles.reports.writers.word.blocks import Page, add_block, add_facts, add_text, fill, printable
from obstacles.reports.writers.word.styles import TEXT_WIDTH, prepare, tag_of
from obstacles.reports.writers.word.xml import add_field
from obstacles.text.language import using

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.document import Document

    from obstacles.reports.report import Report
    from obstacles.survey.problems import Problem

NO_DATE = datetime.datetime(1980, 1, 1)
LONGEST_TITLE = 90  # characters in the header


def to_docx(report: Report, on_problem: Callable[[Problem], None], day: datetime.datetime | None = None) -> bytes:
    """The report as a Word document.

    Parameters
    ----------
    on_problem : callable
        Is given a problem for characters that no font of the charts has.
    day : datetime, optional
        Of its properties; 1980 where there is none.
    """
    missing: dict[str, None] = {}
    with using(report.language):
        document = new_document(report.page_size, report.language)
        day = (day or NO_DATE).replace(tzinfo=None)
        author, language = report.author, report.language
        set_properties(document, report.title, report.subtitle, author=author, language=language, day=day)
        _running(document, report)
        page = Page(document, lambda character: missing.update({character: None}))
        _cover(page, report)
        for section in report.sections:
            add_text(page, f"{section.number}  {bare(section.title)}", "Heading 1")
            for sentence in section.lead:
                add_text(page, sentence, "Lead")
            for block in section.blocks:
                add_block(page, block)
        if missing:
            on_problem(missing_problem(list(missing)))
    return saved(document)


def new_document(page_size: str, language: str) -> Document:
    """A document in our styles, without the template's picture of a page that is not ours."""
    import docx

    document = docx.Document()
    prepare(document, page_size=page_size, language=language)
    relations: Any = document.part.package.rels
    for id in [id for id, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        relations.pop(id)
    return document


def set_properties(
    document: Document, title: str, subject: str, *, author: str, language: str, day: datetime.datetime
) -> None:
    """What the document says of itself, and no clock."""
    properties: Any = document.core_properties
    properties.title, properties.subject = (printable(text)[:255] for text in (title, subject))
    properties.author, properties.last_modified_by = printable(author)[:255], ""
    properties.comments = f"obstacles {version_of('obstacle-ranking')}"
    properties.language = tag_of(language)
    properties.created = properties.modified = day
    properties.revision = 1


def _running(document: Document, report: Report) -> None:
    """Header and footer; the first page has no header."""
    section = document.sections[0]
    fill(section.header.paragraphs[0], cut(report.title, LONGEST_TITLE))
    for footer in (section.first_page_footer, section.footer):
        lines = [footer.paragraphs[0]]
        if report.synthetic:
            fill(lines[0], report.synthetic, bold=True)
            lines.append(footer.add_paragraph(style="Footer"))
        foot(lines[-1], report.footer)


def foot(paragraph: Any, text: str) -> None:
    """A line at the foot of the pages, with their numbers on the right."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    stops = paragraph.paragraph_format.tab_stops
    for stop in list(paragraph.style.paragraph_format.tab_stops):
        stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    fill(paragraph, text)
    paragraph.add_run("\t")
    add_field(paragraph, "PAGE", "1")
    paragraph.add_run(" / ")
    add_field(paragraph, "NUMPAGES", "1")


def _cover(page: Page, report: Report) -> None:
    """Title and facts; a page of its own where there are facts."""
    from docx.enum.text import WD_BREAK

    add_text(page, report.kicker, "Kicker")
    add_text(page, report.title, "Title")
    add_text(page, report.subtitle, "Subtitle")
    if not report.facts:
        return
    add_facts(page, [(fact.name, fact.text, fact.stated) for fact in report.facts])
    if report.disclosure:
        add_text(page, report.disclosure, "Note")
    page.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def saved(document: Document) -> bytes:
    """The document as a file, without the clock in it."""
    made, out = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()
