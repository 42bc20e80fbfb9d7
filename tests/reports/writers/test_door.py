"""What is recognised as made here, and what is not."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest

from obstacles.reports.research.build import ResearchReport
from obstacles.reports.writers.door import FOREIGN, Writer, is_ours
from obstacles.reports.writers.render import FORMATS, write_report
from obstacles.survey.problems import SurveyError

Report = Callable[[str], ResearchReport]


@pytest.fixture(scope="module")
def made(report: Report, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Form -> a small report in it."""
    short = replace(report("published"), sections=report("published").sections[:4])
    paths = write_report(short, tmp_path_factory.mktemp("made") / "report", formats=tuple(FORMATS))
    return {path.suffix[1:]: path.read_bytes() for path in paths}


def by_word(content: bytes) -> bytes:
    document, out = docx.Document(io.BytesIO(content)), io.BytesIO()
    document.core_properties.modified = document.core_properties.modified.replace(year=2031)
    document.save(out)
    return out.getvalue()


def by_excel(content: bytes) -> bytes:
    book, out = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_pdf_editor(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        del pdf.Root.Metadata
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


SAVED: dict[str, Callable[[bytes], bytes]] = {  # what a file becomes when somebody works on it
    "pdf": by_pdf_editor,
    "html": lambda content: content.replace(b'content="obstacles', b'content="Word'),
    "json": lambda content: content[: len(content) // 2],
    "csv": lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"),
    "xlsx": by_excel,
    "docx": by_word,
}


@pytest.mark.parametrize("form", FORMATS)
class TestMarks:
    def test_what_was_made_here_is_ours(self, made: dict[str, bytes], tmp_path: Path, form: str) -> None:
        path = tmp_path / f"a.{form}"
        path.write_bytes(made[form])
        assert is_ours(path)

    def test_what_another_program_saved_is_not(self, made: dict[str, bytes], tmp_path: Path, form: str) -> None:
        path = tmp_path / f"a.{form}"
        path.write_bytes(SAVED[form](made[form]))
        assert not is_ours(path)

    @pytest.mark.parametrize("other", FORMATS)
    def test_a_file_is_what_its_name_says(self, made: dict[str, bytes], tmp_path: Path, form: str, other: str) -> None:
        path = tmp_path / f"a.{form}"
        path.write_bytes(made[other])
        assert is_ours(path) == (form == other)

    @pytest.mark.parametrize(
        "content",
        [b"x", b"\x00" * 99, b"PK\x03\x04", b"%PDF-1.7", b"[]", b"id,label\n", b"\xff\n", b"id," + b"x" * 200_000],
    )
    def test_what_cannot_be_read_is_not_ours(self, tmp_path: Path, form: str, content: bytes) -> None:
        path = tmp_path / f"a.{form}"
        path.write_bytes(content)
        assert not is_ours(path)

    def test_a_file_cut_short_anywhere_raises_nothing(self, made: dict[str, bytes], tmp_path: Path, form: str) -> None:
        path, content = tmp_path / f"a.{form}", made[form]
        for cut in range(1, len(content), len(content) // 12):
            path.write_bytes(content[:cut])
            is_ours(path)

    def test_an_empty_file_is_nobodys(self, tmp_path: Path, form: str) -> None:
        (tmp_path / f"a.{form}").touch()
        assert is_ours(tmp_path / f"a.{form}")


def test_an_annotated_pdf_is_not_ours(made: dict[str, bytes], tmp_path: Path) -> None:
    """Remarks are written behind the end of a PDF."""
    path = tmp_path / "a.pdf"
    path.write_bytes(made["pdf"] + b"99 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n")
    assert not is_ours(path)


def test_a_chinese_workbook_is_ours(made: dict[str, bytes], report: Report, tmp_path: Path) -> None:
    short = replace(report("published"), footer="s · 数据3fa9c1d2 · obstacles 0.1.0", sections=())
    assert is_ours(*write_report(short, tmp_path / "a", formats=("xlsx",)))


def test_python_is_refused_as_the_commands_are(report: Report, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(SurveyError, match=FOREIGN):
        write_report(report("published"), tmp_path / "a", formats=("json", "csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    write_report(report("published"), tmp_path / "a", formats=("csv",), force=True)
    assert is_ours(tmp_path / "a.csv")


def test_no_part_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_names: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left") as error:
        Writer().write(tmp_path / "a.csv", b"1")
    assert error.value.filename == str(tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


def test_a_device_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(SurveyError) as caught:
        Writer(force=True).write(tmp_path / "a.json", b"{}")
    assert [problem.code for problem in caught.value.problems] == ["E-OUT-03"]
    assert stat.S_ISFIFO((tmp_path / "a.json").stat().st_mode)
