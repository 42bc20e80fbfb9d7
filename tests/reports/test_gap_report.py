"""Gap reports of the synthetic organisation: what the pages say, what they never show, and the batch of all of them."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import shutil
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import openpyxl
import pytest
from once import once
from paths import EXAMPLES
from pypdf import PdfReader

from obstacles.analysis.disclosure.release import Gaps, gaps
from obstacles.analysis.disclosure.release.figures import GapRow
from obstacles.reports.gap.build import GapReport
from obstacles.reports.gap.build import build_gap_report as build
from obstacles.reports.words.naming import OPEN, marked, sentence_name
from obstacles.reports.words.page_blocks import Callout, Figure, Table, blocks_of, tables_of
from obstacles.reports.writers.batch import (
    FAILED,
    INDEX,
    KEPT,
    MADE,
    MANIFEST,
    BatchResult,
    file_stems,
    read_manifest,
    write_gap_reports,
)
from obstacles.reports.writers.render import to_page, to_pdf
from obstacles.reports.writers.tables import to_csv, to_json
from obstacles.reports.writers.workbook import to_workbook
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.study import Study
from obstacles.survey.studyfile.attached import without_private
from obstacles.survey.studyfile.read import read_study_file
from obstacles.text.language import using

EXAMPLE = EXAMPLES / "big-data-obstacles"
SMALL = ("Archives", "Protocol Office")


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(EXAMPLE / "study.toml")


@pytest.fixture(scope="module")
def found(study: Study) -> Gaps:
    return once("gaps of the example", lambda: gaps(study))


@pytest.fixture(scope="module")
def reports(study: Study, found: Gaps) -> dict[str, GapReport]:
    return {name: build(study, found, name) for name in ("", "Health", "Information Centre")}


def _less(row: GapRow) -> bool:
    return row.position is not None and row.position[0] == "less important"


def table(report: GapReport, id: str) -> Table:
    return next(one for one in tables_of(report.sections) if one.id == id)


class TestPages:
    def test_the_parts_of_a_department_and_of_the_whole(self, reports: dict[str, GapReport]) -> None:
        ids = [section.id for section in reports["Health"].sections]
        assert ids == ["summary", "gaps", "priorities", "parts", "levels", "obstacles", "discussion"]
        assert "measures" in [section.id for section in reports[""].sections]

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_page_one_says_of_priorities_what_the_map_says(self, study: Study, found: Gaps, language: str) -> None:
        """A manager who reads page 1 alone starts with what the map calls important and short, with nothing else."""
        seen = 0
        for group in found.groups:
            report = build(study, found, group.name, language=language)
            parts = {section.id: section for section in report.sections}
            if "priorities" not in parts:
                continue
            begin = next(block for block in parts["summary"].blocks if isinstance(block, Callout)).paragraphs
            start = [j for j, row in enumerate(group.rows) if row.position == ("important", "below")]
            with using(language):
                names = [marked(sentence_name(found.items[j])) for j in start]
                for text in (begin[0], parts["priorities"].lead[0], *parts["summary"].lead[: bool(start)]):
                    assert [name for name in names if name in text] == names
                    assert text.count(OPEN) == len(names) or not names
            largest = [j for j in group.first if j not in start]
            assert len(begin) == 1 + (len({_less(group.rows[j]) for j in largest}) if largest else 0)
            seen += bool(names)
        assert seen > 5

    def test_the_scales_stand_with_the_gaps_and_the_specialists_in_the_whole(
        self, reports: dict[str, GapReport], found: Gaps
    ) -> None:
        for name in ("", "Health"):
            scales = found.group(name).scales
            assert scales is not None
            rows = table(reports[name], "scales").rows
            assert [row.cells[1].value for row in rows] == ["obtain", "process", "apply"]
            assert [row.cells[9].value for row in rows] == [row.shortfall.value for row in scales.rows]
            assert [row.strong for row in rows] == [scales.single == place for place in range(3)]
        assert [row.band for row in table(reports[""], "specialists").rows] == [True, False, False, False] * 2
        assert "specialists" not in [section.id for section in reports["Health"].sections]

    @pytest.mark.parametrize("name", ["", "Health"])
    def test_a_pdf_of_four_to_seven_pages_without_the_study_file(
        self, reports: dict[str, GapReport], name: str
    ) -> None:
        content = to_pdf(reports[name], on_problem=pytest.fail)
        reader = PdfReader(io.BytesIO(content))
        assert len(reader.pages) == (7 if name == "" else 6)
        assert set(reader.attachments) == {"results.csv", "results.json"}
        text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        for section in reports[name].sections:
            assert section.title in text

    def test_the_manager_reads_who_answered_and_what_to_do_first(self, reports: dict[str, GapReport]) -> None:
        assert "132 of 197 people answered" in reports["Health"].subtitle
        assert "By tests more important than most" in str(reports[""].sections[0].blocks)
        assert "Use AI tools with judgement" in str(reports[""].sections[0].lead)

    def test_no_small_group_and_no_other_department_is_in_a_report(self, reports: dict[str, GapReport]) -> None:
        for text in (to_json(reports["Health"]), to_csv(reports["Health"]), to_page(reports["Health"]).decode()):
            for name in (*SMALL, "Finance", "Transport"):
                assert name not in text
        assert "Archives and Protocol Office have no reports of their own" in to_page(reports[""]).decode()
        for section in json.loads(to_json(reports[""]))["tables"].values():
            assert not any(name in json.dumps(section) for name in SMALL)

    def test_what_is_hidden_is_nowhere(self, study: Study, found: Gaps) -> None:
        """A hidden row has no number in any cell, bar, text alternative or record."""
        hidden = [
            (group.name, j) for group in found.groups for j, row in enumerate(group.rows) if row.signed.value is None
        ]
        assert hidden
        name, j = hidden[0]
        report = build(study, found, name)
        id = found.items[j].id
        row = next(r for r in table(report, "gaps").rows if r.cells[0].value == id)
        columns = [column.id for column in table(report, "gaps").columns]
        for column, cell in zip(columns, row.cells, strict=True):
            if column.startswith("signed_gap") or column == "current":
                assert cell.value is None
                assert cell.text in ("", "[c]")
        point = next(b for b in blocks_of(report.sections) if isinstance(b, Figure) and b.id == "priorities")
        assert found.items[j].short["en"] in point.notes[-1]
        assert found.items[j].short["en"] not in point.alternative

    def test_a_negative_alpha_and_a_missing_one_have_their_reason(self, study: Study, found: Gaps) -> None:
        first, *rest = found.measures.reliability
        turned = replace(found.measures, reliability=((*first[:2], -0.4, -0.9, -0.1, None), *rest[1:]))
        notes = " ".join(table(build(study, replace(found, measures=turned)), "reliability").notes)
        assert "a negative alpha means" in notes
        assert ("no alpha, as fewer than three people" in notes) == bool(rest)

    def test_charts_and_tables_carry_the_same_numbers(self, reports: dict[str, GapReport], found: Gaps) -> None:
        for name, report in reports.items():
            group = found.group(name)
            data = next(b for b in blocks_of(report.sections) if isinstance(b, Figure) and b.id == "gaps").data
            shares = {row.cells[0].value: row for row in table(report, "below").rows}
            checked = 0
            for item, row in zip(found.items, group.rows, strict=True):
                bar = next(bar for bar in data.rows if bar.name == item.short["en"])  # type: ignore[attr-defined]
                assert bar.value == row.below.value == shares[item.id].cells[3].value
                checked += 1
            assert checked == 9

    def test_words_never_claim_a_cause(self, reports: dict[str, GapReport]) -> None:
        text = to_page(reports[""]).decode().lower()
        for word in ("drives", "causes", "impact of", "leads to", "significant"):
            assert word not in text
        assert "no proof that training would lower the obstacle" in text

    def test_every_figure_has_words_and_every_table_heads(self, reports: dict[str, GapReport]) -> None:
        html = to_page(reports["Information Centre"]).decode()
        figures = [b for b in blocks_of(reports["Information Centre"].sections) if isinstance(b, Figure)]
        assert len(figures) == 4
        assert all(len(figure.alternative) > 40 for figure in figures)
        assert html.count("<table") == html.count("</table>") > 4
        assert html.count('scope="row"') > 30

    def test_in_chinese_the_labels_are_chinese(self, study: Study, found: Gaps) -> None:
        report = build(study, found, "Health", language="zh")
        assert "数据获取" in to_json(report)


class TestWorkbook:
    def test_sheets_hold_the_tables_and_nothing_is_hidden(self, reports: dict[str, GapReport]) -> None:
        report = reports["Health"]
        content = to_workbook(report)
        assert content == to_workbook(report)
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert all(sheet.sheet_state == "visible" for sheet in book)
        assert len(book.sheetnames) > sum(t.id != "actions" for t in tables_of(report.sections))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        sheet = next(
            sheet for sheet in book if sheet.cell(1, 1).value == "Below the required level, here and elsewhere"
        )
        heads = [cell.value for cell in sheet[4]]
        first = dict(zip(heads, [cell.value for cell in sheet[5]], strict=True))
        row = table(report, "below").rows[0]
        assert first["Below, %"] == row.cells[3].value
        assert sheet.cell(5, heads.index("Below, %") + 1).number_format == "0%"

    def test_what_people_typed_is_never_a_formula(self, study: Study, found: Gaps) -> None:
        items = tuple(replace(item, label={"en": '=HYPERLINK("http://x")'}) for item in found.items)
        content = to_workbook(build(study, replace(found, items=items), "Health"))
        book = openpyxl.load_workbook(io.BytesIO(content))
        texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] == "="]
        assert texts
        assert {cell.data_type for cell in texts} == {"s"}
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert not [name for name in parts.namelist() if "rels" in name and b"http://x" in parts.read(name)]


class TestAttachedStudy:
    def test_contact_paths_and_aliases_are_left_out(self) -> None:
        text = """schema = 1
[study]
title = "T"          # ask Anna, anna@example.org
contact = "anna@example.org"
[[wave]]
file = "C:\\\\secret\\\\here/a.csv"
[groups.aliases]
"Finance" = ["Anna's team"]
[weights]
margins = { department = "../hr/margins.csv" }
[[report]]
kind = "gap"
output = "/home/anna/{department}"
"""
        kept = without_private(text)
        assert kept is not None
        for word in ("anna", "secret", "here", "../hr", "aliases"):
            assert word not in kept.lower()
        assert 'file = "a.csv"' in kept
        assert '"margins.csv"' in kept
        assert without_private("[") is None

    def test_it_says_the_same_otherwise(self, study: Study, tmp_path: Path) -> None:
        kept = without_private((EXAMPLE / "study.toml").read_text(encoding="utf-8"))
        assert kept is not None
        (tmp_path / "study.toml").write_text(kept, encoding="utf-8")
        again, left = read_study_file(tmp_path / "study.toml"), {"groups", "report"}
        assert again.model_dump(exclude=left) == study.settings.model_dump(exclude=left)
        assert again.groups == study.settings.groups.model_copy(update={"aliases": {}})


@pytest.fixture(scope="module")
def few(found: Gaps) -> Gaps:
    """Three groups and the whole."""
    return replace(found, groups=found.groups[:3])


@pytest.fixture(scope="module")
def made(study: Study, few: Gaps, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BatchResult]:
    folder = tmp_path_factory.mktemp("batch")
    return folder, write_gap_reports(study, few, folder, formats=("json", "csv"), jobs=2)


@pytest.fixture
def folder(made: tuple[Path, BatchResult], tmp_path: Path) -> Path:
    """A copy of a batch of JSON and CSV."""
    return Path(shutil.copytree(made[0], tmp_path / "out"))


Batch = Callable[..., BatchResult]


@pytest.fixture
def batch(study: Study, few: Gaps, folder: Path) -> Batch:
    """Write the batch again into its folder."""

    def write(release: Gaps = few, formats: tuple[str, ...] = ("json", "csv"), force: bool = False) -> BatchResult:
        return write_gap_reports(study, release, folder, formats=formats, jobs=2, force=force)

    return write


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def again(result: BatchResult) -> set[str]:
    return {done.group for done in result.reports if done.state == MADE}


class TestBatch:
    def test_files_manifest_and_index(self, made: tuple[Path, BatchResult]) -> None:
        folder, result = made
        assert [done.state for done in result.reports] == [MADE] * 4
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed = {file: value for one in record["reports"] for file, value in one["files"].items()}
        assert listed == {k: v for k, v in hashes(folder).items() if k not in (MANIFEST, INDEX)}
        assert len(listed) == 8
        assert record["not_reported"] == list(SMALL)
        page = (folder / INDEX).read_text(encoding="utf-8")
        assert all(f'href="{name}"' in page for name in listed)
        assert "no ranking" in page
        places = [page.index(f"{name}<") for name in ("Agriculture", "Civil Affairs", "Culture")]
        assert places == sorted(places)

    def test_a_damaged_manifest_makes_everything_again_whatever_the_number_of_processes(
        self, study: Study, few: Gaps, folder: Path
    ) -> None:
        before = hashes(folder)
        damaged = '{"schema": 1, "study": "", "versions": {}, "reports": [{}]}'
        (folder / MANIFEST).write_text(damaged, encoding="utf-8")
        assert len(again(write_gap_reports(study, few, folder, formats=("json", "csv"), jobs=1))) == 4
        assert hashes(folder) == before

    @pytest.mark.slow
    def test_files_of_another_process_are_the_same(
        self, study: Study, found: Gaps, reports: dict[str, GapReport], tmp_path: Path
    ) -> None:
        health = tuple(group for group in found.groups if group.name == "Health")
        write_gap_reports(study, replace(found, groups=health), tmp_path, formats=("pdf", "xlsx"), jobs=1)
        assert (tmp_path / "Health.pdf").read_bytes() == to_pdf(reports["Health"])
        assert (tmp_path / "Health.xlsx").read_bytes() == to_workbook(reports["Health"])

    def test_only_what_is_missing_or_changed_is_made_again(self, batch: Batch, folder: Path, few: Gaps) -> None:
        before = hashes(folder)
        assert {done.state for done in batch().reports} == {KEPT}
        (folder / "Culture.json").unlink()
        (folder / "Agriculture.csv").write_text("half a fi", encoding="utf-8")
        assert again(batch(force=True)) == {"Culture", "Agriculture"}
        assert hashes(folder) == before
        first = replace(few.groups[0], respondents=few.groups[0].respondents + 1)
        assert again(batch(replace(few, groups=(first, *few.groups[1:])))) == {"Agriculture"}

    def test_another_form_is_added(self, batch: Batch, folder: Path) -> None:
        result = batch(formats=("xlsx",))
        assert result.removed == ()
        assert {path.suffix for path in folder.iterdir()} == {".json", ".csv", ".xlsx", ".html"}
        assert all(len(entry.files) == 3 for entry in read_manifest(folder).values())

    def test_what_is_no_longer_so_is_removed(self, batch: Batch, folder: Path, few: Gaps) -> None:
        """But never a file that somebody changed."""
        (folder / "Agriculture.csv").write_text("somebody's own", encoding="utf-8")
        assert batch(replace(few, groups=few.groups[1:])).removed == ("Agriculture.json",)
        assert (folder / "Agriculture.csv").exists()

    @pytest.mark.parametrize("name", [MANIFEST, INDEX, "Agriculture.csv"])
    def test_what_somebody_made_stays_and_nothing_is_begun(self, batch: Batch, folder: Path, name: str) -> None:
        (folder / name).write_text("somebody's own", encoding="utf-8")
        (folder / "Culture.json").unlink()
        before = hashes(folder)
        with pytest.raises(SurveyError, match=name):
            batch()
        assert hashes(folder) == before
        batch(force=True)
        assert hashes(folder)[name] != before[name]

    def test_a_folder_in_the_way_is_said_before_anything_is_made(self, batch: Batch, folder: Path) -> None:
        (folder / "Culture.json").unlink()
        (folder / "Culture.json").mkdir()
        (folder / "Agriculture.json").unlink()
        with pytest.raises(SurveyError, match="E-OUT-03"):
            batch(force=True)
        assert not (folder / "Agriculture.json").exists()

    def test_one_that_fails_is_named_and_the_others_are_made(self, batch: Batch, folder: Path) -> None:
        (folder / "Culture.json").unlink()
        (folder / "Culture.json").symlink_to("nowhere/Culture.json")
        result = batch()
        assert [(done.group, done.state) for done in result.failed] == [("Culture", FAILED)]
        assert "Culture.json" in result.failed[0].reason
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        assert record["failed"] == ["Culture"]
        assert "Not made, because something went wrong: Culture" in (folder / INDEX).read_text("utf-8")

    @pytest.mark.slow
    def test_killing_it_half_way_loses_nothing(self, study: Study, few: Gaps, tmp_path: Path) -> None:
        context, folder, few = (
            multiprocessing.get_context("spawn"),
            tmp_path / "out",
            replace(few, groups=few.groups[:2]),
        )
        running = context.Process(
            target=write_gap_reports, args=(study, few, folder), kwargs={"formats": ("html",), "jobs": 1}
        )
        running.start()
        while not read_manifest(folder):
            assert running.is_alive()
            time.sleep(0.02)
        running.kill()
        running.join()
        finished = read_manifest(folder)
        assert 0 < len(finished) < 3
        found = hashes(folder)
        assert all(found[file] == value for entry in finished.values() for file, value in entry.files.items())
        result = write_gap_reports(study, few, folder, formats=("html",), jobs=2)
        assert {done.group for done in result.reports if done.state == KEPT} >= set(finished)
        assert len(list(folder.glob("*.html"))) == 4

    @pytest.mark.slow
    def test_processes_leave_when_the_parent_is_gone(self) -> None:
        """A worker does not wait for work for ever."""
        from obstacles.reports.writers import batch as module

        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        parent = context.Process(target=_parent, args=(there,))
        parent.start()
        worker = here.recv()
        parent.kill()
        parent.join()
        for _wait in range(100):
            if not _alive(worker):
                break
            time.sleep(0.05)
        assert not _alive(worker)
        assert module.MADE == "made"


def _parent(pipe: object) -> None:
    from concurrent.futures import ProcessPoolExecutor

    from obstacles.reports.writers.batch import _begin

    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin, initargs=(mkdtemp(),))
    pipe.send(pool.submit(os.getpid).result())  # type: ignore[attr-defined]
    time.sleep(60)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_names_of_files_are_safe_and_unlike() -> None:
    found = file_stems(["", "a/b", "a b", "../x", "CON|?", "财政局", "index"], "{group}")
    assert found[""] == "whole-organisation"
    assert len({stem.casefold() for stem in found.values()}) == 7
    assert not any(sign in stem for stem in found.values() for sign in "/\\|?. ")
    assert found["财政局"] == "财政局"
    assert found["index"] != "index"
    assert file_stems(["Health"], "gap-{group}-2024")["Health"] == "gap-Health-2024"
