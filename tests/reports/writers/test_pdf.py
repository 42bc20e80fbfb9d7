"""The PDF: tagged, complete, the same bytes each time, and nothing past the edge of a page."""

import datetime
import io
import json
import os
import re
import subprocess
import sys
import warnings
from functools import cache
from hashlib import sha256
from pathlib import Path

import pikepdf
import pypdf
import pytest

from obstacles.reports.research.build import build_report as build
from obstacles.reports.writers.glyphs import GlyphWarning
from obstacles.reports.writers.render import FORMATS, to_pdf, write_report
from obstacles.reports.writers.tables import to_csv

STUDIES = ("top_five", "selections", "severity", "published", "published_n", "films")
A4 = (595.28, 841.89)


@pytest.fixture(scope="module")
def reader(made):
    return cache(lambda name: pypdf.PdfReader(io.BytesIO(made(name).pdf)))


@pytest.fixture(scope="module")
def prepared(made):
    return cache(lambda name: pikepdf.open(io.BytesIO(made(name).pdf)))


def text_of(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("name", STUDIES)
def test_the_renderer_has_nothing_to_say(made, name):
    assert made(name).told == ()


@pytest.mark.parametrize("name", STUDIES)
def test_headlines_labels_and_sections_are_text(reader, report, name):
    text, made = text_of(reader(name)), report(name)
    for section in made.sections:
        assert section.title in text
    assert text.count("not stated by the study owner") > 1
    assert "Base: " in text


def test_labels_of_charts_are_text_too(reader):
    page = reader("top_five").pages[1].extract_text()
    assert "Data sharing" in page  # the short label stands in charts only
    assert "Rank and 95" in page


@pytest.mark.parametrize("name", STUDIES)
def test_the_outline_has_every_section(reader, report, name):
    outline = reader(name).outline
    top = [entry.title for entry in outline if not isinstance(entry, list)]
    assert top[0] == report(name).title
    assert [title.split(" ", 1)[1] for title in top[1:]] == [section.title for section in report(name).sections]


def test_data_are_attached_with_fixed_dates(reader, prepared, making, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("schema = 1\n")
    study = making.study(
        making.rankings(making.items(["A", "B"]), [[1, 2]] * 30),
        path=path,
        fieldwork=(datetime.date(2024, 5, 1), datetime.date(2024, 5, 9)),
    )
    report = build(study)
    found = pikepdf.open(io.BytesIO(to_pdf(report)))
    assert set(found.attachments) == {"results.csv", "results.json", "study.toml"}
    assert found.attachments["study.toml"].get_file().read_bytes() == b"schema = 1\n"
    assert found.attachments["results.csv"].get_file().read_bytes().decode() == to_csv(report)
    assert json.loads(found.attachments["results.json"].get_file().read_bytes())["report"] == "research"
    for attached in found.attachments.values():
        assert attached.get_file().creation_date.date() == datetime.date(2024, 5, 9)
    assert set(prepared("films").attachments) == {"results.csv", "results.json"}


@pytest.mark.parametrize("name", STUDIES)
def test_it_is_tagged_and_says_pdf_ua(prepared, report, name):
    found = prepared(name)
    assert str(found.Root.Lang) == "en"
    assert bool(found.Root.MarkInfo.Marked)
    assert bool(found.Root.ViewerPreferences.DisplayDocTitle)
    assert str(found.docinfo.Title) == report(name).title
    assert b'pdfuaid:part="1"' in found.Root.Metadata.read_bytes()


def structure(found):
    """Every element of the structure tree with its parent."""
    queue = [(found.Root.StructTreeRoot.K[0], None)]
    while queue:
        element, parent = queue.pop()
        if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
            continue
        yield element, parent
        kids = element.get("/K", [])
        queue += [(kid, element) for kid in (kids if isinstance(kids, pikepdf.Array) else [kids])]


@pytest.mark.parametrize("name", STUDIES)
def test_every_chart_is_one_figure_with_its_alternative_and_its_place(prepared, report, name):
    elements = list(structure(prepared(name)))
    figures = [element for element, _parent in elements if str(element.S) == "/Figure"]
    charts = sum(block.kind == "figure" for section in report(name).sections for block in section.blocks) + 1
    assert len(figures) == charts
    assert "/Art" not in {str(element.S) for element, _parent in elements}
    for figure in figures:
        assert len(str(figure.Alt)) > 30
        left, bottom, right, top = (float(side) for side in figure.A.BBox)
        assert 0 <= left < right <= A4[0] + 1
        assert 0 <= bottom < top <= A4[1] + 1


def test_cells_of_tables_are_joined_to_their_headers(prepared):
    cells = [element for element, _parent in structure(prepared("top_five")) if str(element.S) == "/TD"]
    assert len(cells) > 100
    assert all(len(cell.A.Headers) >= 1 for cell in cells)


def boxes(page):
    """Text boxes of a laid-out page with their absolute place, in CSS pixels."""
    from weasyprint.formatting_structure.boxes import TextBox

    queue = [page._page_box]
    while queue:
        box = queue.pop()
        box = getattr(box, "_box", box)  # of absolute placeholders
        if isinstance(box, TextBox):
            yield box
        queue += list(getattr(box, "children", ()))


WIDE = ("films", "selections")  # long words, and labels of two lines


@pytest.mark.parametrize(
    "name", [name if name in WIDE else pytest.param(name, marks=pytest.mark.slow) for name in STUDIES]
)
def test_text_is_never_past_the_edge_of_its_page(report, name):
    from weasyprint import HTML

    from obstacles.reports.writers.render import _fetcher, _style_sheets, page_html

    font_config, styles = _style_sheets("A4")
    html = page_html(report(name), style="")
    document = HTML(string=html, url_fetcher=_fetcher()).render(font_config=font_config, stylesheets=styles)
    seen = 0
    for page in document.pages:
        for box in boxes(page):
            assert box.position_x > 30, box.text
            assert box.position_x + box.width < page.width - 30, box.text
            assert box.position_y + box.height < page.height, box.text
            seen += 1
    assert seen > 200


@pytest.mark.parametrize("name", STUDIES)
def test_no_page_is_nearly_empty(reader, name):
    for number, page in enumerate(reader(name).pages[1:], 2):
        assert len(page.extract_text()) > 350, f"page {number}"


def test_made_up_data_are_named_on_every_page(reader):
    pages = reader("top_five").pages
    assert all("Synthetic data: made-up answers" in page.extract_text() for page in pages)
    assert not any("Synthetic" in page.extract_text() for page in reader("films").pages)


def test_every_page_has_study_data_tool_and_number(reader):
    pages = reader("films").pages
    for number, page in enumerate(pages, 1):
        text = " ".join(page.extract_text().split())
        assert "test-study · data 3fa9c1d2 · obstacles" in text
        assert f"{number} / {len(pages)}" in text


@pytest.mark.parametrize("name", [pytest.param("top_five", marks=pytest.mark.slow), "published"])
def test_two_renders_are_the_same_bytes(made, report, name):
    assert to_pdf(report(name)) == made(name).pdf
    assert FORMATS["html"](report(name), None).decode() == made(name).html


def test_another_process_at_another_time_makes_the_same_bytes(report, tmp_path):
    """Hash seeds, temporary folders and the clock leave no trace; Python draws a seed of its own for this process."""
    written = [*(("published", name) for name in FORMATS), *(("films", name) for name in ("html", "json", "csv"))]
    script = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:]; import conftest\n"
        "from obstacles.reports.research.build import build_report\n"
        "from obstacles.reports.writers.render import FORMATS\n"
        "made = {name: build_report(getattr(conftest, name)()) for name in ('published', 'films')}\n"
        f"print(*[hashlib.sha256(FORMATS[form](made[name], print)).hexdigest() for name, form in {written}])"
    )
    here = Path(__file__).parent
    found = subprocess.run(
        [sys.executable, "-c", script, *map(str, (here.parents[2], here.parent, here.parents[1]))],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "1", "TMPDIR": str(tmp_path)},
    )
    assert found.stderr == ""
    assert list(tmp_path.iterdir()) == []
    assert found.stdout.split() == [sha256(FORMATS[form](report(name), print)).hexdigest() for name, form in written]


def test_dates_come_from_fieldwork_or_the_environment_or_are_left_out(prepared, report, monkeypatch):
    assert str(prepared("top_five").docinfo.CreationDate) == "D:20240607"
    assert "/CreationDate" not in prepared("films").docinfo
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated = pikepdf.open(io.BytesIO(to_pdf(report("films"))))
    assert str(dated.docinfo.CreationDate) == "D:20231114"
    assert os.environ["SOURCE_DATE_EPOCH"] == "1700000000"


def test_letter_pages(report, making):
    made = making.replace(report("published"), page_size="Letter")
    found = pypdf.PdfReader(io.BytesIO(to_pdf(made)))
    assert [float(side) for side in found.pages[0].mediabox[2:]] == pytest.approx([612, 792])
    assert len(found.pages) == len(pypdf.PdfReader(io.BytesIO(to_pdf(report("published")))).pages)


def test_a_character_without_a_font_is_named_never_silent(making):
    study = making.study(making.rankings(making.items(["Plain", "Cuneiform \U00012000"]), [[1, 2]] * 30))
    report, told = build(study), []
    to_pdf(report, told.append)
    assert [problem.code for problem in told] == ["W-FONT-01"]
    assert "U+12000" in told[0].message
    with pytest.warns(GlyphWarning, match=r"U\+12000"):
        to_pdf(report)


def test_chinese_is_set_without_a_word_where_a_font_has_it(making):
    from matplotlib.font_manager import fontManager

    if not any("CJK" in entry.name for entry in fontManager.ttflist):
        pytest.skip("no Chinese font on this machine")
    study = making.study(making.rankings(making.items(["人员与技能不足", "成本"]), [[1, 2]] * 30))
    told = []
    content = to_pdf(build(study), told.append)
    assert told == []
    assert "人员与技能不足" in text_of(pypdf.PdfReader(io.BytesIO(content)))


def test_every_format_is_written_beside_the_target(report, tmp_path):
    paths = write_report(report("published"), tmp_path / "out.v1", formats=("json", "csv", "html", "pdf"))
    assert [path.name for path in paths] == ["out.v1.json", "out.v1.csv", "out.v1.html", "out.v1.pdf"]
    assert all(path.stat().st_size > 100 for path in paths)


def test_an_unknown_format_is_refused_before_anything_is_written(report, tmp_path):
    with pytest.raises(ValueError, match='no form "odt"'):
        write_report(report("published"), tmp_path / "out", formats=("csv", "odt"))
    assert list(tmp_path.iterdir()) == []


def test_nothing_but_our_fonts_is_served():
    from obstacles.reports.writers.render import _fetcher

    assert _fetcher().fetch("report:font-400.ttf").read()[:4] == b"\x00\x01\x00\x00"
    for address in ("http://example.org/x.png", "file:///etc/passwd", "report:font-900.ttf", "data:text/css,a"):
        with pytest.raises(ValueError, match="not part of the report"):
            _fetcher().fetch(address)


def test_making_a_report_warns_of_nothing(report):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        to_pdf(report("published_n"))


def test_versions_are_printed_in_the_method_box(reader):
    assert re.search(r"weasyprint \d+", text_of(reader("films")))
