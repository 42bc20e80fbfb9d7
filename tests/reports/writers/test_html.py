"""The page as HTML: a structure that can be read aloud, no markup out of typed text, and nothing to fetch."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from obstacles.reports.charts.style import contrast
from obstacles.reports.writers.render import TEMPLATES

STUDIES = ("top_five", "selections", "severity", "published", "published_n", "films")
VOID = {"meta", "link", "br", "hr", "img", "col", "input", "path"}


class Page(HTMLParser):
    """Elements with their attributes, text and ancestors."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements, self.unclosed = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "attrs": dict(attrs), "text": "", "inside": [e["tag"] for e in self.open]}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append({"tag": tag, "attrs": dict(attrs), "text": "", "inside": [e["tag"] for e in self.open]})

    def handle_endtag(self, tag):
        if not self.open or self.open[-1]["tag"] != tag:
            self.unclosed.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag):
        return [element for element in self.elements if element["tag"] == tag]


@pytest.fixture(scope="module")
def page(made):
    return lambda name: Page(made(name).html)


@pytest.mark.parametrize("name", STUDIES)
def test_elements_are_closed_and_headings_step_by_one(page, name):
    found = page(name)
    assert found.unclosed == []
    assert found.open == []
    levels = [int(e["tag"][1]) for e in found.elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", STUDIES)
def test_every_figure_has_a_title_and_a_text_alternative(page, name):
    found = page(name)
    figures = found.all("figure")
    charts = [e for e in found.all("div") if e["attrs"].get("role") == "img"]
    assert figures
    assert len(charts) == len(figures) + 1  # and the bars of the cover
    assert all(len(e["attrs"]["aria-label"]) > 30 for e in charts)
    assert sum("figure" in e["inside"] for e in found.all("h3")) == len(figures)
    assert len([e for e in found.all("title") if "svg" in e["inside"]]) == len(charts)


@pytest.mark.parametrize("name", STUDIES)
def test_every_table_has_headers_with_their_scope(page, name):
    found = page(name)
    headers = found.all("th")
    assert headers
    assert all(e["attrs"].get("scope") in ("row", "col") for e in headers)
    assert found.all("table")
    for heading in headers:
        if heading["attrs"]["scope"] == "col":
            assert "thead" in heading["inside"]
            assert heading["text"].strip()


@pytest.mark.parametrize("name", STUDIES)
def test_the_page_stands_alone(made, name):
    html = made(name).html
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in html
    assert not re.search(r"<(img|link|iframe)\b", html)
    assert re.findall(r"<script\b[^>]*>", html) == ["<script>"]  # our own
    assert "default-src 'none'" in html
    assert set(re.findall(r"url\(([a-z]+):", html)) == {"data"}
    assert html.startswith("<!DOCTYPE html>")
    assert len(html) < 400_000


def test_nothing_that_was_typed_becomes_markup(page, made):
    found = page("films")
    assert len(found.all("script")) == 1  # our own
    assert "alert" not in found.all("script")[0]["text"]
    assert not found.all("b")
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;" in made("films").html
    cells = [e["text"] for e in found.all("th")]
    assert '<script>alert("x")</script> & <b>bold</b>' in cells


def test_names_in_sentences_are_strong(page):
    leads = [e for e in page("top_five").all("strong") if "p" in e["inside"]]
    assert leads[0]["text"] == "Inadequate staff and skills"


def test_made_up_data_are_named_on_the_page(made):
    assert "Synthetic data: made-up answers" in made("top_five").html
    assert "Synthetic" not in made("films").html


def test_text_from_right_to_left_has_its_direction(making):
    from obstacles.reports.research.build import build_report as build
    from obstacles.reports.writers.render import page_html

    study = making.study(making.rankings(making.items(["نقص المهارات (AI)", "Cost"]), [[1, 2]] * 30 + [[2, 1]] * 3))
    html = page_html(build(study), style="")
    assert 'class="item" dir="rtl">نقص' in html
    assert '<strong dir="rtl">نقص' in html


def test_labels_follow_the_language_and_the_page_says_so(making):
    from obstacles.reports.research.build import build_report as build
    from obstacles.reports.writers.render import page_html
    from obstacles.survey.question import Item

    items = (Item("a", {"en": "Skills", "zh": "技能"}), Item("b", {"en": "Cost", "zh": "成本"}))
    study = making.study(making.rankings(items, [[1, 2]] * 30 + [[2, 1]] * 3))
    html = page_html(build(study, language="zh"), style="")
    assert '<html lang="zh">' in html
    assert "技能" in html
    assert "Skills" not in html


@pytest.mark.parametrize("name", ["top_five", "films"])
def test_the_contents_lead_to_every_section(page, report, name):
    found = page(name)
    ids = [e["attrs"]["id"] for e in found.elements if "id" in e["attrs"]]
    assert len(ids) == len(set(ids))
    links = [e for e in found.all("a") if "nav" in e["inside"]]
    assert [e["text"] for e in links] == [f"{s.number}{s.title}" for s in report(name).sections]
    assert all(e["attrs"]["href"].removeprefix("#") in ids for e in found.all("a"))
    assert found.all("a")[0]["attrs"]["class"] == "skip"


def test_shown_numbers_carry_the_value_by_which_they_sort(page):
    cells = page("top_five").all("td")
    values = [(e["attrs"]["data-value"], e["text"]) for e in cells if "data-value" in e["attrs"]]
    assert len(values) > 100
    assert all(not text.startswith("[") for _value, text in values)
    assert any(e["text"] == "[c]" for e in cells)
    percent = [(float(value), float(text)) for value, text in values if re.fullmatch(r"\d+\.\d", text)]
    assert all(abs(value - shown) < 0.051 or abs(value * 100 - shown) < 0.051 for value, shown in percent)


def test_paper_gets_neither_contents_nor_script(report):
    from obstacles.reports.writers.render import page_html

    html = page_html(report("films"), style="")
    assert not re.search(r"<(nav|script|style|a)\b", html)
    assert "data-value" not in html


def test_letters_that_the_style_makes_capitals_are_embedded():
    import base64
    import io

    from fontTools.ttLib import TTFont

    from obstacles.reports.charts.fonts import embedded_faces

    content = re.findall(r"base64,([^)]+)", embedded_faces("gaps"))[0]
    assert {ord("G"), ord("S")} <= set(TTFont(io.BytesIO(base64.b64decode(content))).getBestCmap())


GROUNDS = ("#FFFFFF", "#0F2B44")


def test_every_colour_of_text_can_be_read_on_white_or_on_the_cover():
    colours = {
        colour: sheet.name
        for sheet in TEMPLATES.glob("*.css")
        for colour in re.findall(r"[{;]\s*color: (#[0-9A-F]{6})", sheet.read_text(encoding="utf-8"))
    }
    assert len(colours) > 5
    dim = {c: name for c, name in colours.items() if max(contrast(c, ground) for ground in GROUNDS) < 4.5}
    assert dim == {}


def test_the_cover_carries_the_first_finding(made):
    page = made("top_five").html
    cover = page[page.index('id="cover"') : page.index('class="cover-facts"')]
    finding = cover[cover.index('class="finding') :]
    assert "Inadequate staff and skills" in finding
    assert "ranks first among the 7 obstacles" in finding
    assert finding.count('class="place"') == 7


def test_the_first_sentence_is_the_largest_of_the_page():
    from obstacles.reports.words.page_blocks import MESSAGE
    from obstacles.reports.writers.render import TEMPLATES

    css = (TEMPLATES / "report.css").read_text()
    for name, (size, leading) in MESSAGE.items():
        assert f".lead.message.{name} {{ font-size: {size:g}pt; line-height: {leading:g}pt; }}" in css
    others = re.findall(
        r"^(\.masthead h1\.\w+|\.key-figures \.value|#section-summary h2) {[^}]*font-size: ([\d.]+)pt", css, re.M
    )
    assert len(others) == 4
    assert max(float(size) for _name, size in others) < min(size for size, _leading in MESSAGE.values())
