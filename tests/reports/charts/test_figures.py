"""Charts as files: their fonts are inside, their words go with them, their numbers are those of the tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image

from obstacles.reports.charts import layout, style
from obstacles.reports.charts.files import PRINT, to_png_file
from obstacles.reports.charts.records import figure_table, figure_tables
from obstacles.reports.research.build import ResearchReport
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import Figure, blocks_of, tables_of
from obstacles.reports.writers.door import Writer
from obstacles.reports.writers.export import MANIFEST, write_export, write_files
from obstacles.reports.writers.figures import to_figures
from obstacles.survey.problems import SurveyError

Files = dict[str, bytes]


def shortened(report: Callable[[str], ResearchReport], name: str = "top_five", sections: int = 4) -> ResearchReport:
    """A report's first sections: few charts to draw."""
    return replace(report(name), sections=report(name).sections[:sections])


@pytest.fixture(scope="module")
def figures(report: Callable[[str], ResearchReport]) -> list[Figure]:
    return [block for block in blocks_of(shortened(report).sections) if isinstance(block, Figure)]


@pytest.fixture(scope="module")
def files(report: Callable[[str], ResearchReport]) -> Files:
    return dict(to_figures(shortened(report), pytest.fail))


def test_every_chart_in_every_form(files: Files, figures: list[Figure]) -> None:
    expected = {f"{figure.id}.{ending}" for figure in figures for ending in ("svg", "pdf", "png", "csv")}
    assert set(files) == expected | {"figures.json", "README.md"}
    assert len(figures) > 2


def test_titles_alternatives_and_notes_go_with_them(files: Files, figures: list[Figure]) -> None:
    record = json.loads(files["figures.json"])
    assert record["synthetic"] is True
    readme = files["README.md"].decode()
    assert "Synthetic data" in readme
    for one, figure in zip(record["figures"], figures, strict=True):
        assert one["title"] == bare(figure.title)
        assert one["alternative"] == bare(figure.alternative)
        assert set(one["files"]) <= set(files)
        assert bare(figure.alternative) in readme
        assert all(bare(note) in readme for note in figure.notes)


def test_fonts_are_embedded_in_the_pdf(files: Files, figures: list[Figure]) -> None:
    for figure in figures:
        with pikepdf.open(io.BytesIO(files[f"{figure.id}.pdf"])) as pdf:
            assert len(pdf.pages) == 1
            assert "/CreationDate" not in pdf.docinfo
            fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/FontDescriptor")]
            assert fonts
            for font in fonts:
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].keys())


def test_an_svg_holds_its_words_as_text_and_its_letters(files: Files, figures: list[Figure]) -> None:
    for figure in figures:
        root = ElementTree.fromstring(files[f"{figure.id}.svg"])
        name = "{http://www.w3.org/2000/svg}"
        assert root[0].tag == f"{name}title"
        assert root[0].text == " ".join(bare(figure.alternative).split())
        assert "font/ttf;base64," in (root.findtext(f"{name}style") or "")
        assert len(root.findall(f".//{name}text")) > 5


def test_a_png_is_as_wide_as_the_page_at_print_resolution(files: Files, figures: list[Figure]) -> None:
    with Image.open(io.BytesIO(files[f"{figures[0].id}.png"])) as picture:
        assert picture.info["dpi"][0] == pytest.approx(PRINT, abs=0.5)
        assert 174 <= picture.width / PRINT * 25.4 <= 178


def test_the_numbers_of_a_chart_are_those_of_its_table(
    files: Files, report: Callable[[str], ResearchReport], figures: list[Figure]
) -> None:
    rows = list(csv.reader(io.StringIO(files["summary.csv"].decode())))
    ranking = next(table for table in tables_of(report("top_five").sections) if table.id == "ranking")
    place = {column.id: i for i, column in enumerate(ranking.columns)}
    assert rows[0][:3] == ["Name", "Value", "As printed"]
    for made, row in zip(rows[1:], ranking.rows, strict=True):
        value = row.cells[place["estimate"]].value
        assert float(made[1]) == pytest.approx(value)
        assert made[2] == row.cells[place["estimate"]].text
    assert figures[0].id == "summary"


def test_every_chart_has_its_numbers_with_base_and_method(report: Callable[[str], ResearchReport]) -> None:
    looked = 0
    for name in ("top_five", "selections", "severity"):
        for table in figure_tables(report(name).sections):
            looked += 1
            assert table.rows
            assert table.columns[0].id == "name"
            assert table.notes
            assert all(len(row.cells) == len(table.columns) for row in table.rows)
    assert looked > 8


def test_text_that_a_spreadsheet_would_obey_is_text(report: Callable[[str], ResearchReport]) -> None:
    figure = next(block for block in blocks_of(report("films").sections) if isinstance(block, Figure))
    names = [row.cells[0].value for row in figure_table(figure).rows]
    assert any(str(name).startswith("=cmd") for name in names)
    content = dict(to_figures(shortened(report, "films", 1), pytest.fail))[f"{figure.id}.csv"].decode()
    assert "'=cmd" in content
    assert "\n=cmd" not in content


def test_the_same_bytes_each_time(report: Callable[[str], ResearchReport], files: Files) -> None:
    again = dict(to_figures(shortened(report, sections=1), pytest.fail))
    assert {name: files[name] for name in again if name.startswith("summary.")} == {
        name: content for name, content in again.items() if name.startswith("summary.")
    }
    assert len(again) > 4


class TestFolder:
    def test_what_an_earlier_export_made_is_removed_unless_somebody_changed_it(self, tmp_path: Path) -> None:
        write_files(tmp_path, [("a/one.txt", b"1"), ("a/two.txt", b"2"), ("three.txt", b"3")], Writer())
        (tmp_path / "mine.txt").write_text("mine")
        (tmp_path / "a" / "two.txt").write_bytes(b"changed")
        made = write_files(tmp_path, [("three.txt", b"4")], Writer())
        assert made == [tmp_path / "three.txt"]
        left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
        assert left == {"three.txt", "a/two.txt", "mine.txt", MANIFEST}
        assert (tmp_path / "three.txt").read_bytes() == b"4"

    def test_what_somebody_made_or_changed_stays(self, tmp_path: Path) -> None:
        write_files(tmp_path, [("one.csv", b"1"), ("two.csv", b"2")], Writer())
        for name in ("two.csv", "README.md"):
            (tmp_path / name).write_bytes(b"mine")
            with pytest.raises(SurveyError, match=name):
                write_files(tmp_path, [("one.csv", b"3"), (name, b"4")], Writer())
            assert (tmp_path / name).read_bytes() == b"mine"
            write_files(tmp_path, [("one.csv", b"1"), (name, b"mine")], Writer())  # it says the same
            write_files(tmp_path, [("one.csv", b"1"), (name, b"4")], Writer(force=True))
            assert (tmp_path / name).read_bytes() == b"4"

    def test_a_list_of_somebody_else_stays(self, tmp_path: Path) -> None:
        (tmp_path / MANIFEST).write_text('{"schema": 1, "name": "of another program"}')
        with pytest.raises(SurveyError, match=MANIFEST):
            write_files(tmp_path, [("one.txt", b"1")], Writer())
        assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]

    def test_an_input_is_never_removed(self, tmp_path: Path) -> None:
        """Though an earlier export made it."""
        write_files(tmp_path, [("one.csv", b"1")], Writer())
        write_files(tmp_path, [("two.csv", b"2")], Writer((tmp_path / "one.csv",), force=True))
        assert (tmp_path / "one.csv").read_bytes() == b"1"

    def test_a_manifest_does_not_reach_out_of_its_folder(self, tmp_path: Path) -> None:
        outside = tmp_path / "outside.txt"
        outside.write_bytes(b"1")
        folder = tmp_path / "export"
        write_files(folder, [("one.txt", b"1")], Writer())
        manifest = folder / MANIFEST
        text = manifest.read_text().replace('"one.txt"', '"../outside.txt"')
        manifest.write_text(text)
        write_files(folder, [("two.txt", b"2")], Writer())
        assert outside.exists()

    def test_an_unknown_form_is_refused(self, tmp_path: Path, report: Callable[[str], ResearchReport]) -> None:
        with pytest.raises(ValueError, match="odt"):
            write_export(report("films"), tmp_path, to="odt")


@pytest.mark.chinese_font
def test_a_font_that_came_after_matplotlibs_list_sets_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """matplotlib keeps the list of its first run; fontconfig knows what was installed later."""
    from matplotlib.font_manager import fontManager

    monkeypatch.setattr(fontManager, "ttflist", [one for one in fontManager.ttflist if "CJK" not in one.name])
    style.register_fonts.cache_clear()
    try:
        missing: list[str] = []
        with style.styled():
            figure, axes = layout.page(40)
            layout.write(axes, 10, 20, "技能不足，部门之间的数据“共享”", weight=600)
            to_png_file(figure, title="", missing=missing.append)
        assert missing == []
        assert len(style.register_fonts()) > 1
    finally:
        monkeypatch.undo()
        style.register_fonts.cache_clear()


def test_a_family_that_no_language_names_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {"AR Other": {"a.ttf"}, "Some Sans": {"b.ttf"}}
    monkeypatch.setattr(style, "files_of_families", lambda pattern: listed if pattern == ":lang=zh-cn" else {})
    monkeypatch.setattr(style, "_known", listed.__contains__)
    assert list(style._other_scripts()) == ["Some Sans"]
    monkeypatch.setattr(style, "_known", {"PingFang SC", *listed}.__contains__)
    assert list(style._other_scripts()) == ["PingFang SC"]
