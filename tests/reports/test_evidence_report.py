"""The report of many surveys: what stands on the page is what was computed, whoever leads."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pypdf
import pytest
from click.testing import CliRunner

from obstacles.cli.demo import examples_folder
from obstacles.cli.main import cli
from obstacles.reports.charts import CHARTS
from obstacles.reports.charts.forest import ForestData
from obstacles.reports.charts.labels import text_width
from obstacles.reports.charts.records import figure_table
from obstacles.reports.charts.svg import to_svg
from obstacles.reports.evidence.build import EvidenceReport, build_evidence_report
from obstacles.reports.evidence.words import care
from obstacles.reports.words import numbers
from obstacles.reports.words.page_blocks import Figure, Table, blocks_of
from obstacles.reports.writers.door import is_ours
from obstacles.reports.writers.render import FORMATS, to_pdf, write_report
from obstacles.reports.writers.tables import to_csv, to_dict
from obstacles.survey.evidence.load import load_evidence
from obstacles.survey.problems import SurveyError
from obstacles.text.language import using

FILES = [examples_folder() / "skills-first", examples_folder() / "eurostat-ai"]
LANGUAGES = ("en", "zh")
PRINTED = ("en", pytest.param("zh", marks=pytest.mark.chinese_font))
Made = Callable[[str], EvidenceReport]


@pytest.fixture(scope="module")
def made() -> Made:
    @cache
    def of(language: str) -> EvidenceReport:
        with using(language):
            return build_evidence_report(load_evidence(FILES))

    return of


@pytest.fixture(scope="module")
def pdf(made: Made) -> Callable[[str], bytes]:
    return cache(lambda language: to_pdf(made(language)))


def table(report: EvidenceReport, id: str) -> Table:
    return next(block for block in blocks_of(report.sections) if isinstance(block, Table) and block.id == id)


def forest(report: EvidenceReport) -> tuple[Figure, ForestData]:
    block = next(block for block in blocks_of(report.sections) if isinstance(block, Figure))
    assert isinstance(block.data, ForestData)
    return block, block.data


def test_the_title_is_the_verdict(made: Made) -> None:
    assert made("en").title == "Skills: in the leading group, first place not established"
    assert made("zh").title == "技能：处于领先组，首位未得到确立"
    told = "first alone in 12 of 40; among the first three in 14 of 18 that print more than three."
    assert made("en").subtitle == f"Surveys of 2012 to 2026: {told}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_on_the_page_are_those_of_the_json(made: Made, language: str) -> None:
    report = made(language)
    record = json.loads(FORMATS["json"](report, print))
    surveys, rows = record["evidence"]["surveys"], record["tables"]["surveys"]
    assert record["report"] == "evidence"
    assert len(rows) == len(surveys) == record["evidence"]["counts"]["surveys"] == 40
    printed = [row for row in table(report, "surveys").rows if row.in_data]
    columns = [column.id for column in table(report, "surveys").columns]
    for survey, row, line in zip(surveys, rows, printed, strict=True):
        difference = survey["difference"] or {"value": None, "low": None, "high": None, "break_even": None}
        assert (row["difference"], row["difference_low"], row["difference_high"], row["break_even"]) == tuple(
            difference[name] for name in ("value", "low", "high", "break_even")
        )
        assert (row["n"], row["share"], row["place"]) == (survey["n"], survey["share"]["lead"], survey["place"])
        text = dict(zip(columns, (cell.text for cell in line.cells), strict=True))
        if difference["value"] is not None:
            with using(language):
                assert text["difference"] == numbers.points(difference["value"])
        assert line.strong == (survey["standing"] == "first")
    for way, part in zip(record["tables"]["ways"], record["evidence"]["sensitivity"], strict=True):
        assert (way["first"], way["level"], way["surveys"]) == tuple(
            part["counts"][name] for name in ("first", "tied", "surveys")
        )


def test_the_forest_draws_what_was_computed(made: Made) -> None:
    report = made("en")
    block, data = forest(report)
    surveys = report.evidence.surveys
    rows = [row for row in data.rows if row.kind == "survey"]
    assert [row.group for row in rows] == sorted(
        (row.group for row in rows), key=["Government", "Enterprise", "Practitioners"].index
    )
    for survey, row in zip(surveys, rows, strict=True):
        if survey.difference is not None:
            d = survey.difference
            assert row.value == pytest.approx(100 * d.value)
            assert (row.low is None) == (survey.n is None) or survey.form == "order"
            if row.low is not None and row.inner_low is not None and row.inner_high is not None and d.low is not None:
                assert row.low == pytest.approx(100 * d.low)
                assert row.low <= row.inner_low + 1e-9 < row.inner_high <= (row.high or 0.0) + 1e-9
            assert row.text in block.alternative
        assert row.at_most is None or row.value is None
    pool = report.evidence.pool
    assert pool is not None
    mean, new = data.rows[-2:]
    assert (mean.low, mean.high) == pytest.approx(tuple(100 * end for end in pool.interval))
    assert (new.low, new.high) == pytest.approx(tuple(100 * end for end in pool.prediction))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_survey_in_which_skills_are_not_first_is_shown_as_plainly(made: Made, language: str) -> None:
    """Only colour and weight differ, and none is left out."""
    _block, data = forest(made(language))
    drawn = CHARTS["forest"](data)
    written = [text for axes in drawn.axes for text in axes.texts]
    sizes = {text.get_text(): text.get_fontsize() for text in written}
    for row in data.rows:
        assert row.name in sizes, "not cut"
    assert len({sizes[row.name] for row in data.rows}) == 1
    assert min(text.get_fontsize() for text in written) >= 7
    assert sum(not row.accent for row in data.rows if row.kind == "survey") == 28


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forest_is_within_its_edges_and_drawn_alike_twice(made: Made, language: str) -> None:
    _block, data = forest(made(language))
    figure = CHARTS["forest"](data)
    width = float(figure.get_size_inches()[0]) * 72
    for axes in figure.axes:
        for text in axes.texts:
            wide = text_width(text.get_text(), text.get_fontsize(), weight=int(text.get_fontweight()))
            left = text.xy[0] - {"left": 0, "center": wide / 2, "right": wide}[text.get_ha()]
            assert left > -1.5, text.get_text()
            assert left + wide < width + 1.5, text.get_text()
    assert to_svg(figure, title="t") == to_svg(CHARTS["forest"](data), title="t")


def test_the_numbers_of_the_chart_are_a_table(made: Made) -> None:
    block, data = forest(made("en"))
    numbers_of = figure_table(block)
    assert len(numbers_of.rows) == len(data.rows)
    assert {"name", "group", "value", "low", "high", "at_most", "place"} <= {column.id for column in numbers_of.columns}


@pytest.mark.parametrize("language", PRINTED)
def test_two_pages_and_one_of_sources(pdf: Callable[[str], bytes], made: Made, language: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf(language)))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) == 3
    assert all("Kaggle 2017" in page for page in pages), "every survey on each of them"
    with using(language):
        assert "".join(care().split()) in "".join(pages[0].split()), (
            "who reads the first page alone knows what it speaks of"
        )
    titles = [section.title for section in made(language).sections]
    outline = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert [title.split(" ", 1)[1] for title in outline[1:]] == titles


@pytest.mark.parametrize("language", PRINTED)
def test_the_pdf_is_tagged_and_has_its_data(pdf: Callable[[str], bytes], made: Made, language: str) -> None:
    opened = pikepdf.open(io.BytesIO(pdf(language)))
    assert str(opened.Root.Lang) == language
    assert bool(opened.Root.MarkInfo.Marked)
    assert b'pdfuaid:part="1"' in opened.Root.Metadata.read_bytes()
    assert opened.attachments["results.csv"].get_file().read_bytes().decode() == to_csv(made(language))
    figures, queue = [], [opened.Root.StructTreeRoot.K[0]]
    while queue:
        element = queue.pop()
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            figures += [element] if str(element.S) == "/Figure" else []
            kids = element.get("/K", [])
            queue += list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    assert len(figures) == 1
    assert len(str(figures[0].Alt)) > 300


def test_the_title_counts_bounds_and_level_surveys(made: Made) -> None:
    """Ahead, behind, level and at most level add up to the surveys that the chart draws with a share."""
    title = forest(made("en"))[0].title
    assert title == "Skills ahead in 10 of 27 surveys that print shares, behind in 14, level in 2, at most level in 1"
    rows = [row for row in forest(made("en"))[1].rows if row.kind == "survey"]
    assert sum(row.value is not None or row.at_most is not None for row in rows) == 27
    assert sum((row.value or 0.0) < -1e-9 or (row.at_most or 0.0) < -1e-9 for row in rows) == 14
    assert forest(made("zh"))[0].alternative.count(".。") == 0


def test_bounds_stay_bounds_in_the_data(made: Made) -> None:
    rows = {row["id"]: row for row in to_dict(made("en"))["tables"]["surveys"]}
    cut = rows["MeriTalk Big Data Gap (federal) 2012"]
    assert (cut["share"], cut["share_at_most"]) == (None, 0.34)
    assert (cut["place"], cut["or_later"], cut["place_low"], cut["place_high"]) == (3, "yes", 1, None)
    printed = next(row for id, row in rows.items() if id.startswith("SAS / Total"))
    assert (printed["share"], printed["share_at_most"], printed["or_later"]) == (0.63, None, "no")


def test_every_form_is_written_and_known_again(made: Made, tmp_path: Path) -> None:
    paths = write_report(made("en"), tmp_path / "report", formats=tuple(FORMATS))
    assert len(paths) == 6
    assert all(is_ours(path) for path in paths)
    assert to_csv(made("en")).count("\n") == 41


def test_nothing_that_was_read_is_written_over(tmp_path: Path) -> None:
    files = load_evidence(FILES)
    names = {path.name for path in files.files}
    assert {"surveys.csv", "crosswalk.csv", "sought.csv", "study.toml"} <= names
    assert any(path.parent.name == "eurostat-ai" and path.suffix == ".csv" for path in files.files)
    with pytest.raises(SurveyError, match="never written over"):
        write_report(
            build_evidence_report(files), FILES[0] / "surveys", formats=("csv",), inputs=files.files, force=True
        )


def test_another_category_has_no_claim_of_the_paper(tmp_path: Path) -> None:
    report = build_evidence_report(load_evidence(FILES), category="cost", language="en")
    assert report.sections[0].lead == ()
    assert "Li and Luo" not in json.dumps(to_dict(report), ensure_ascii=False)
    assert report.title.startswith("Cost: ")


def test_few_surveys_without_a_pool(tmp_path: Path) -> None:
    head = "survey,year,population,n,kind,item,value,unit\n"
    (tmp_path / "t.csv").write_text(
        head + "A,2020,government,90,select-all,X,10,percent\nA,2020,government,90,select-all,Y,70,percent\n"
    )
    (tmp_path / "crosswalk.csv").write_text("survey,item,narrow,wide\nA,X,skills,skills\nA,Y,cost,cost\n")
    report = build_evidence_report(load_evidence([tmp_path / "t.csv"]), language="en")
    _block, data = forest(report)
    assert [row.kind for row in data.rows] == ["survey"]
    assert "Not pooled: 1 survey" in json.dumps(to_dict(report))
    assert to_pdf(report).startswith(b"%PDF")


def test_the_command_writes_it_and_says_the_verdict(tmp_path: Path) -> None:
    words = ["evidence", *map(str, FILES), "--report", str(tmp_path / "r.json"), "--report", str(tmp_path / "r.csv")]
    result = CliRunner().invoke(cli, [*words, "--language", "zh"])
    assert result.exit_code == 0, result.output
    assert "“技能”" in result.output.splitlines()[0]
    assert result.output.splitlines()[-2:] == [str(tmp_path / "r.json"), str(tmp_path / "r.csv")]
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["language"] == "zh"
    (tmp_path / "r.json").write_text("{}")
    again = CliRunner().invoke(cli, words)
    assert again.exit_code == 2
    assert "was not made by obstacles" in again.output
    wrong = CliRunner().invoke(cli, ["evidence", *map(str, FILES), "--report", "r.odt"])
    assert wrong.exit_code == 2
    assert "The forms are" in wrong.output


def test_the_kind_of_the_report_command_is_the_same_report(tmp_path: Path) -> None:
    words = ["report", "--kind", "evidence", *map(str, FILES), "-o", str(tmp_path), "--format", "json,csv"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    written = tmp_path / "skills-first-evidence.json"
    assert result.output.splitlines() == [str(written), str(written.with_suffix(".csv"))]
    assert json.loads(written.read_text(encoding="utf-8"))["report"] == "evidence"
    refused = CliRunner().invoke(cli, [*words, "--wave", "2024"])
    assert refused.exit_code == 2
    assert "an evidence report takes" in refused.output
