"""Word documents: native headings, tables, captions and pictures with words, and the same bytes each time."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import docx
import numpy as np
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from paths import EXAMPLES

from obstacles.analysis.disclosure.release import gaps
from obstacles.reports.gap import build as gap
from obstacles.reports.report import Report
from obstacles.reports.research.build import ResearchReport
from obstacles.reports.research.build import build_report as build
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Figure, Listing, Table, blocks_of, tables_of
from obstacles.reports.writers.word.document import to_docx
from obstacles.survey.loading.load import load_study

EXAMPLE = EXAMPLES / "big-data-obstacles"
Made = tuple[Report, bytes]


@cache
def _gap() -> Report:
    study = load_study(EXAMPLE / "study.toml")
    privacy = study.settings.privacy.model_copy(update={"min_group": 60})
    study = replace(study, settings=study.settings.model_copy(update={"privacy": privacy}))
    return gap.build_gap_report(study, gaps(study, by="grade"), "Junior")


@pytest.fixture(scope="module")
def written(report: Callable[[str], ResearchReport]) -> Callable[[str], Made]:
    """A report and its document, by the name of its study; "gap" for the gap report of a group."""

    @cache
    def make(name: str) -> Made:
        one: Report = _gap() if name == "gap" else report(name)
        return one, to_docx(one, pytest.fail)

    return make


def prepared(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def styled(document: Document, style: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == style]


def native(document: Document) -> list[Any]:
    """The tables of the report, without those that hold key figures or facts."""
    return [table for table in document.tables if table._tbl.tblPr.find(qn("w:tblCaption")) is not None]


@pytest.mark.parametrize("name", ["top_five", "films", "gap"])
class TestEveryReport:
    def test_sections_are_headings(self, written: Callable[[str], Made], name: str) -> None:
        report, content = written(name)
        expected = [f"{section.number}  {bare(section.title)}" for section in report.sections]
        assert styled(prepared(content), "Heading 1") == expected

    def test_tables_are_native_and_say_what_the_page_says(self, written: Callable[[str], Made], name: str) -> None:
        report, content = written(name)
        expected = [table for table in tables_of(report.sections) if table.on_page]
        tables = native(prepared(content))
        assert len(tables) == len(expected) > 3
        for made, table in zip(tables, expected, strict=True):
            assert [cell.text for cell in made.rows[0].cells] == [table.columns[i].heading for i in table.shown]
            texts = [[row.cells[i].text for i in table.shown] for row in table.rows if row.on_page]
            assert [[cell.text for cell in row.cells] for row in list(made.rows)[1:]] == texts

    def test_heads_repeat_and_rows_are_not_divided(self, written: Callable[[str], Made], name: str) -> None:
        for table in native(prepared(written(name)[1])):
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
            assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
            assert sum(column.width.mm for column in table.columns) == pytest.approx(174, abs=0.5)

    def test_pictures_have_their_words(self, written: Callable[[str], Made], name: str) -> None:
        report, content = written(name)
        figures = [block for block in blocks_of(report.sections) if isinstance(block, Figure)]
        pictures = [shape._inline.docPr for shape in prepared(content).inline_shapes]
        assert [one.get("descr") for one in pictures] == [bare(figure.alternative) for figure in figures]
        assert len({one.get("id") for one in pictures}) == len(figures) > 1

    def test_captions_are_numbered_by_fields(self, written: Callable[[str], Made], name: str) -> None:
        report, content = written(name)
        document = prepared(content)
        blocks = list(blocks_of(report.sections))
        titles = [bare(block.title) for block in blocks if isinstance(block, Figure | Table) and block.number]
        captions = styled(document, "Caption")
        assert [caption.partition("  ")[2] for caption in captions] == titles
        codes = [code.text.strip() for code in document.element.iter(qn("w:instrText"))]
        assert sum(code.startswith("SEQ Figure") for code in codes) == sum(isinstance(b, Figure) for b in blocks)
        assert sum(code.startswith("SEQ ") for code in codes) == len(titles)


def test_pictures_have_drawings_without_fonts(written: Callable[[str], Made]) -> None:
    _report, content = written("top_five")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawings = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".svg")]
        assert archive.read("word/document.xml").decode().count("svgBlip ") == len(drawings) > 1
        assert not [name for name in archive.namelist() if "thumbnail" in name]
    for drawing in drawings:
        assert "<text" not in drawing
        assert "<!DOCTYPE" not in drawing
        assert drawing.count("<path") > 20


def test_every_page_says_that_data_are_made_up(written: Callable[[str], Made]) -> None:
    report, content = written("top_five")
    section = prepared(content).sections[0]
    assert report.synthetic
    assert section.different_first_page_header_footer
    for footer in (section.first_page_footer, section.footer):
        assert footer.paragraphs[0].text == report.synthetic
        assert [code.text.strip() for code in footer._element.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert section.header.paragraphs[0].text == report.title
    real, content = written("films")
    assert [one.text.split("\t")[0] for one in prepared(content).sections[0].footer.paragraphs] == [real.footer]


def test_properties_come_from_the_report_and_not_from_the_clock(report: Callable[[str], ResearchReport]) -> None:
    one = report("top_five")
    properties = prepared(to_docx(one, pytest.fail, datetime.datetime(2024, 6, 7, tzinfo=datetime.UTC))).core_properties
    assert properties.title == one.title
    assert properties.author == "The Office"
    assert properties.language == "en-GB"
    assert str(properties.created) == str(properties.modified) == "2024-06-07 00:00:00+00:00"


def test_the_same_bytes_each_time(written: Callable[[str], Made]) -> None:
    report, content = written("films")
    assert to_docx(report, pytest.fail) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_chinese_letters_have_a_font_and_a_language(written: Callable[[str], Made]) -> None:
    document = prepared(written("top_five")[1])
    fonts = document.styles["Heading 1"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
    assert not [key for key in fonts.attrib if "heme" in key]  # a theme's font would go before it
    language = document.styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:lang"))
    assert language.get(qn("w:eastAsia")) == "zh-CN"


def test_what_people_typed_is_text(written: Callable[[str], Made]) -> None:
    _report, content = written("films")
    text = "\n".join(cell.text for table in prepared(content).tables for row in table.rows for cell in row.cells)
    assert '<script>alert("x")</script>' in text
    assert "=cmd|" in text
    assert "\x07" not in text


def test_each_numbered_list_begins_at_one(written: Callable[[str], Made]) -> None:
    report, content = written("top_five")
    lists = [b for b in blocks_of(report.sections) if isinstance(b, Listing) and b.numbered]
    document = prepared(content)
    ids = [p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style and p.style.name == "List Number"]
    assert len(ids) == sum(len(one.lines) for one in lists) > 0
    assert len(set(ids)) == len(lists)


def test_a_script_from_right_to_left_stands_so(making: Any, report: Callable[[str], ResearchReport]) -> None:
    one = making.replace(report("films"), title="العوائق", sections=())
    paragraph = next(p for p in prepared(to_docx(one, pytest.fail)).paragraphs if p.text == "العوائق")
    assert paragraph._p.pPr.find(qn("w:bidi")) is not None


def test_hidden_figures_stay_hidden_in_a_group_s_document(written: Callable[[str], Made]) -> None:
    _report, content = written("gap")
    cells = [cell.text for table in native(prepared(content)) for row in table.rows for cell in row.cells]
    assert "[c]" in cells
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if name.endswith((".toml", ".csv", ".json"))]
        assert "Archives" not in archive.read("word/document.xml").decode()


def test_characters_that_no_font_has_are_told(making: Any) -> None:
    items = making.items(("One ꙮ", "Two", "Three"))
    study = making.study(making.rankings(items, making.drawn(np.random.default_rng(0), 60, [0.5, 0.0, -0.5])))
    told: list[Any] = []
    to_docx(build(study), told.append)
    assert [problem.code for problem in told] == ["W-FONT-01"]
    assert "U+A66E" in told[0].message
