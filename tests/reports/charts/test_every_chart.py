"""Charts: figures that anybody may take, text that fits, and the same drawing each time."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.text import Text

from obstacles.reports.charts import CHARTS, style
from obstacles.reports.charts.axis import Axis, padded
from obstacles.reports.charts.labels import text_width, wrap
from obstacles.reports.charts.layout import FEW, MANY, SMALLEST, WIDTH
from obstacles.reports.charts.methods import MethodData, MethodLine
from obstacles.reports.charts.overlay import to_html
from obstacles.reports.charts.ranking import Estimated, RankingData
from obstacles.reports.charts.stacked import Stack, StackedData
from obstacles.reports.charts.style import DIVERGING, contrast, ramp, text_on
from obstacles.reports.charts.svg import to_svg
from obstacles.reports.words.page_blocks import Figure, blocks_of
from obstacles.reports.writers.render import TEMPLATES

STUDIES = ("top_five", "selections", "severity", "published", "published_n", "films")


def figures(report):
    found = [block for block in blocks_of(report.sections) if isinstance(block, Figure)]
    return [*found, *([report.art] if report.art else [])]


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize("name", STUDIES)
def test_no_text_is_past_the_edge(report, name):
    seen = 0
    for block in figures(report(name)):
        figure = CHARTS[block.chart](block.data)
        width = float(figure.get_size_inches()[0]) * 72
        for axes in figure.axes:
            for text in axes.texts:
                x = float(axes.transData.transform((text.xy[0], 0))[0]) + text.xyann[0]
                wide = text_width(text.get_text(), text.get_fontsize(), weight=int(text.get_fontweight()))
                left = x - {"left": 0, "center": wide / 2, "right": wide}[text.get_ha()]
                assert left > -1.5, text.get_text()
                assert left + wide < width + 1.5, text.get_text()
                seen += 1
    assert seen > 10


@pytest.mark.parametrize("name", STUDIES)
def test_every_chart_is_drawn_alike_twice(report, name):
    for block in figures(report(name)):
        first, second = (to_svg(CHARTS[block.chart](block.data), title="t") for _time in range(2))
        assert first == second


def test_many_items_are_cut_to_the_first_few_and_the_rest_is_announced(report):
    made = report("severity")
    assert len(made.ranking.items) > MANY
    charts = [block for block in figures(made) if block.chart in ("ranking", "intervals", "stacked")]
    assert len(charts) == 3
    for block in charts:
        assert len(block.data.rows) == FEW or (block.id == "summary" and 8 <= len(block.data.rows) < FEW)
        shown = len(block.data.rows)
        assert block.notes[0] == f"The first {shown} of the ranking are shown; the other {33 - shown} are in the table."


def test_a_ranking_shows_numbers_marks_and_unknowns():
    rows = (
        Estimated("Cost", 0.25, "25.0", 0.2, 0.3, 1, 1, 2, True),
        Estimated("Rules", 0.1, "10.0", 0.05, 0.2, 2, None, None),
        Estimated("Unknown", None, "–"),
    )
    data = RankingData(
        rows=rows, heading="Share, %", rank_heading="Rank", ranks=2, percent=True, bars=True, limits=(0.0, 0.3)
    )
    figure = CHARTS["ranking"](data)
    written = texts(figure)
    assert written.count("[x]") == 2  # no value and no rank
    assert {"Cost", "25.0", "10.0", "Share, %", "Rank"} <= set(written)


def test_a_reversed_axis_has_the_largest_obstacle_on_the_right():
    axis = Axis(1, 6, 100, 200, percent=False, reverse=True)
    assert axis.at(1) == 200
    assert axis.at(6) == 100


def test_ticks_are_round_and_the_last_percentage_has_its_sign():
    positions, words = Axis(0, 0.23, 0, 100, percent=True).ticks()
    assert words == ["0", "5", "10", "15", "20%"]
    assert positions[1] == pytest.approx(100 * 0.05 / 0.23)


def test_limits_stay_within_the_scale_and_equal_values_get_the_whole_of_it():
    assert padded(1.0, 3.0, (1.0, 4.0)) == (1.0, pytest.approx(3.16))
    assert padded(2.0, 2.0, (1.0, 4.0)) == (1.0, 4.0)


def test_diverging_bars_are_centred_on_the_middle_category():
    data = StackedData(
        (Stack("A", (0.2, 0.2, 0.6), 0.6), Stack("B", (0.6, 0.2, 0.2), 0.2), Stack("C", (), None)),
        ("low", "middle", "high"),
        tuple(ramp(DIVERGING, 3)),
        "High",
        centred=True,
    )
    figure = CHARTS["stacked"](data)
    middles = [p.get_x() + p.get_width() / 2 for p in figure.axes[0].patches if p.get_height() > 8][1:6:3]
    assert middles[0] == pytest.approx(middles[1])
    assert texts(figure).count("[x]") == 1


def test_methods_print_mid_ranks_and_bold_leaders():
    lines = (MethodLine("A", (1, 2), (1.0, 1.5), True), MethodLine("B", (2, 1), (2.0, 1.5)))
    assert texts(CHARTS["methods"](MethodData(("One", "Two"), lines))).count("1.5") == 2


def test_the_cover_has_a_bar_per_item_as_long_as_its_estimate(report):
    art = report("published").art
    shares = np.array([0.703, 0.513, 0.486, 0.447, 0.431, 0.401, 0.307])
    assert np.allclose(art.data.lengths, shares / 0.703)
    assert art.data.accent == (True, *[False] * 6)
    assert art.data.names[:2] == ("Skills", "Data sharing")


def test_texts_of_a_chart_are_html_over_a_silent_svg(report):
    block = next(block for block in figures(report("films")) if block.chart == "ranking")
    html = to_html(CHARTS["ranking"](block.data), title='Say "A & B"')
    assert html.startswith('<article class="chart" role="img" aria-label="Say &quot;A &amp; B&quot;"')
    shapes = re.search(r"<svg.*</svg>", html)[0]
    assert "<text" not in shapes
    assert ElementTree.fromstring(shapes)[0].text == 'Say "A & B"'
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "style=" not in shapes


def test_text_from_right_to_left_keeps_its_direction(making):
    from obstacles.reports.charts.layout import page, write
    from obstacles.reports.charts.style import styled

    with styled():
        figure, axes = page(20)
        write(axes, 100, 10, "نقص المهارات (AI)", align="right")
    assert '<span dir="rtl" style="right:' in to_html(figure, title="t")


def test_labels_break_in_two_and_end_in_an_ellipsis():
    assert wrap("Poor data quality and integration", 90, 8) == ["Poor data quality", "and integration"]
    assert wrap("x" * 100, 60, 8)[1].endswith("…")
    assert wrap("部门间数据不共享", 40, 8) == ["部门间数", "据不共享"]
    assert all(text_width(line, 8) <= 60 for line in wrap("a-word/with breaks", 60, 8))


def test_numbers_in_bars_can_be_read(report):
    used = {
        colour for name in STUDIES for block in figures(report(name)) for colour in getattr(block.data, "colours", ())
    }
    assert len(used) > 8
    for colour in used:
        assert contrast(colour, text_on(colour)) >= 4.5, colour


def test_a_figure_is_as_wide_as_the_text_of_a_page(report):
    for block in figures(report("top_five"))[:-1]:
        assert CHARTS[block.chart](block.data).get_size_inches()[0] * 72 == pytest.approx(WIDTH)


def test_marks_stand_out_from_white_and_from_what_lies_below():
    """WCAG 1.4.11: 3 to 1 for a mark; what is paler has an edge, a whisker or a reference on a bar a white one."""
    for colour in (style.NAVY, style.INK, style.ORANGE, style.TEAL, style.CONTEXT_GREY, style.SOURCE_GREY):
        assert style.contrast(colour, "#FFFFFF") >= 3
    for fill in (*style.SEQUENTIAL, *style.DIVERGING):
        assert max(style.contrast(fill, "#FFFFFF"), style.contrast(style.edge_of(fill), "#FFFFFF")) >= style.PALE
        assert style.contrast(style.text_on(fill), fill) >= 4.5
    assert style.edge_of(style.SEQUENTIAL[0]) == style.CONTEXT_GREY
    assert style.edge_of(style.NAVY) == "#FFFFFF"


@pytest.mark.parametrize("name", ["top_five", "severity", "selections"])
def test_no_letter_of_a_chart_is_under_seven_points(report, name):
    seen = 0
    for block in figures(report(name)):
        for text in CHARTS[block.chart](block.data).findobj(Text):
            if text.get_text():
                assert text.get_fontsize() >= SMALLEST
                seen += 1
    assert seen > 50


def test_no_letter_of_a_style_sheet_is_under_seven_points():
    sizes = [
        float(size)
        for sheet in ("report.css", "web.css")
        for size in re.findall(r"font-size: ([\d.]+)pt", (TEMPLATES / sheet).read_text())
    ]
    assert len(sizes) > 40
    assert min(sizes) >= SMALLEST
