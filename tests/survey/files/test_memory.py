"""What reading would take is known before it is taken: small files that unpack, repeat or spread to gigabytes."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from obstacles.survey.files import memory, table
from obstacles.survey.files.excel import read_workbook
from obstacles.survey.files.memory import MIB, allowed, allowing, check_memory, machine
from obstacles.survey.files.preflib import read_preflib
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import read_table
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings

START = '<?xml version="1.0"?>'
BOOK = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = '<row><c t="inlineStr"><is><t>id</t></is></c><c t="inlineStr"><is><t>a</t></is></c></row>'


def workbook(path: Path, rows: str, *, texts: Sequence[str] = (), sheets: int = 1, more: str = "") -> Path:
    """A workbook written by hand; every sheet is the same part of it."""
    listed = "".join(f'<sheet name="S{n}" sheetId="{n + 1}" r:id="r1"/>' for n in range(sheets))
    relation = f'<Relationship Id="{{}}" Type="{OFFICE}/{{}}" Target="{{}}"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + relation.format("r1", "officeDocument", "xl/workbook.xml")
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{BOOK}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>{more}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + relation.format("r1", "worksheet", "worksheets/sheet1.xml")
        + relation.format("r2", "sharedStrings", "sharedStrings.xml")
        + "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{BOOK}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{BOOK}"><sheetData>{HEADER}{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), START + text, compress_type=zipfile.ZIP_DEFLATED)
    return path


def refused(read: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(SurveyError) as caught:
        read(*args, **options)
    (problem,) = caught.value.problems
    assert problem.code in ("E-FILE-04", "E-FILE-06")
    return problem.message


def test_the_memory_of_the_machine_is_known_and_half_of_it_allowed() -> None:
    assert 256 * MIB < machine() < 1 << 50
    assert allowed() == machine() // 2
    with allowing(5 * MIB):
        assert allowed() == 5 * MIB
        check_memory(5 * MIB, "a.csv")
        assert "about 6 MiB of memory, and 5 MiB are allowed" in refused(check_memory, 6 * MIB, "a.csv")
    assert allowed() == machine() // 2


def test_a_container_with_less_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "max").write_text("1048576\n")
    (tmp_path / "none").write_text("max\n")
    monkeypatch.setattr(memory, "CONTAINER", (str(tmp_path / "max"), str(tmp_path / "none"), str(tmp_path / "no")))
    assert machine.__wrapped__() == MIB


def test_a_table_is_held_against_what_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,a\n" + "1,2\n" * 1000)
    assert len(read_table(path).rows) == 1000
    with allowing(1000):
        assert "MiB are allowed" in refused(read_table, path)
    monkeypatch.setattr(table, "LARGE", 1)
    monkeypatch.setattr(table, "MOST_ROWS", 1000)
    assert "1,001 rows; at most 1,000" in refused(read_table, path)
    monkeypatch.setattr(table, "MOST_ROWS", 1001)
    assert len(read_table(path).rows) == 1000
    with allowing(50_000):
        assert "MiB are allowed" in refused(read_table, path)
    path.write_text(path.read_text().replace("\n", "\r"), newline="")
    with allowing(50_000):
        assert "MiB are allowed" in refused(read_table, path)


def test_a_table_whose_rows_are_far_shorter_than_its_header_is_not_laid_out(tmp_path: Path) -> None:
    head = ",".join(f"c{n}" for n in range(10_000)) + "\n"
    (tmp_path / "a.csv").write_text(head + "1\n" * 60_000)
    assert "600,010,000 cells" in refused(read_table, tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text(head + f"{',' * 9_999}\n1{',' * 9_999}\n")
    assert len(read_table(tmp_path / "a.csv").rows) == 1
    names = "".join(f"# ALTERNATIVE NAME {n}: n{n}\n" for n in range(10_000))
    (tmp_path / "a.soc").write_text(names + "1: 1\n" * 5_000)
    assert "150,000,000 cells" in refused(read_preflib, tmp_path / "a.soc", file="a.soc")


def test_a_workbook_is_held_against_what_is_allowed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c><c><v>2</v></c></row>" * 100)
    assert len(read_workbook(path, file="a.xlsx").rows) == 100
    with allowing(10_000):
        assert "MiB are allowed" in refused(read_workbook, path, file="a.xlsx")


@pytest.mark.parametrize("texts", [["x" * 100_000], ["", "y", "x" * 100_000]])
def test_a_text_that_many_cells_show_counts_in_each(tmp_path: Path, texts: list[str]) -> None:
    cell = f'<c t="s"><v>{len(texts) - 1}</v></c>'
    shown = workbook(tmp_path / "a.xlsx", f"<row>{cell * 2}</row>" * 1000, texts=texts)
    assert "more text than can be read" in refused(read_workbook, shown, file="a.xlsx")
    few = workbook(
        tmp_path / "b.xlsx", f"<row>{cell * 2}</row>" * 10 + '<row><c t="s"><v>99</v></c></row>', texts=texts
    )
    with pytest.raises(SurveyError) as caught:
        read_workbook(few, file="b.xlsx")
    assert {problem.code for problem in caught.value.problems} == {"E-XLS-01"}, "a text that is not there is damage"
    fine = workbook(tmp_path / "c.xlsx", f"<row>{cell * 2}</row>" * 10, texts=texts)
    assert len(read_workbook(fine, file="c.xlsx").rows) == 10


def test_a_sheet_that_is_listed_many_times_counts_as_often(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row>" * 20_000
    path = workbook(tmp_path / "a.xlsx", rows, sheets=1000)
    assert "unpacks to" in refused(read_workbook, path, file="a.xlsx")
    path = workbook(tmp_path / "b.xlsx", "", more=f"<x>{' ' * (4 * MIB)}</x>")
    assert "unpacks to 4 MiB" in refused(read_workbook, path, file="b.xlsx")


def test_entities_that_grow_are_damage(tmp_path: Path) -> None:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    start = f'<!DOCTYPE workbook [<!ENTITY e0 "aaaaaaaaaa">{grown}]>'
    workbook(tmp_path / "a.xlsx", "", more="<x>&e11;</x>")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as plain, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as grows:
        for name in plain.namelist():
            text = plain.read(name).decode()
            grows.writestr(name, text.replace(START, START + start) if name == "xl/workbook.xml" else text)
    with pytest.raises(SurveyError) as caught:
        read_workbook(tmp_path / "b.xlsx", file="b.xlsx")
    assert [problem.code for problem in caught.value.problems] == ["E-XLS-01"]


def test_a_data_file_that_states_more_values_than_memory_holds_is_refused(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pandas.DataFrame(np.ones((500, 4)), columns=list("abcd")), str(path))
    wave = WaveSettings(id="", file="a.sav", format="")
    assert len(open_table(path, wave, None).rows) == 500
    with allowing(80 * 1999):
        assert "more than 1,999 values" in refused(open_table, path, wave, None)


CHILD = """
import resource, sys, time
from pathlib import Path
from obstacles.survey.detect.propose import propose
from obstacles.survey.problems import SurveyError

for path in map(Path, sys.argv[1:]):
    begun = time.process_time()
    try:
        propose([path])
        codes = "read"
    except SurveyError as error:
        codes = ",".join(problem.code for problem in error.problems)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(path.name, codes, round(time.process_time() - begun), peak, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are counted as on Linux")
def test_hostile_files_take_ten_seconds_and_a_gibibyte_at_most(tmp_path: Path) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{}"><c r="{}"><v>1</v></c></row>'
    rows = "".join(f'<row><c r="A{n}"><v>1</v></c><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 20_002))
    paths = [
        workbook(tmp_path / "far.xlsx", far.format(1048576, "XFD1048576")),
        workbook(tmp_path / "huge.xlsx", far.format(999999999, "A999999999")),
        workbook(tmp_path / "wide.xlsx", rows),
        workbook(tmp_path / "shared.xlsx", '<row><c t="s"><v>0</v></c></row>' * 100_000, texts=["x" * 100_000]),
        workbook(tmp_path / "bomb.xlsx", "<row><c><v>1</v></c></row>" * 1_400_000),
    ]
    for name, text, times in (("rows.csv.gz", b"1,2\n", 5 * MIB), ("cells.csv.gz", b"1,2,3,4,5\n" * 7, 320_000)):
        paths.append(tmp_path / name)
        with gzip.open(paths[-1], "wb", compresslevel=1) as out:
            out.write(b"id,a\n")
            for _part in range(16):
                out.write(text * (times // 16))
    found = subprocess.run(
        [sys.executable, "-c", CHILD, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    told = [line.split() for line in found.stdout.splitlines()]
    assert [line[1] for line in told] == ["E-FILE-04"] * len(paths), found.stdout
    assert all(int(seconds) <= 10 and int(peak) <= 1024 for _name, _code, seconds, peak in told), found.stdout
