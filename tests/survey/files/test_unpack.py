"""Files, archives and impostors: what is read into memory, what is refused, and the advice given."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obstacles.survey.files import unpack
from obstacles.survey.files.digest import Digest
from obstacles.survey.files.unpack import Source, read_source
from obstacles.survey.problems import SurveyError

EXAMPLES = int(os.environ.get("SURVEY_EXAMPLES", "200"))
TABLE = b"id,skills\n1,2\n2,1\n"
ENCRYPTED = 0x1


def source(folder: Path, content: bytes) -> Source:
    path = folder / "responses.csv"
    path.write_bytes(content)
    return read_source(path, file="responses.csv")


def refusal(folder: Path, content: bytes) -> tuple[str, str]:
    with pytest.raises(SurveyError) as caught:
        source(folder, content)
    assert caught.value.exit_code == 2
    (problem,) = caught.value.problems
    assert problem.severity == "error"
    assert problem.file == "responses.csv"
    return problem.code, problem.message


def gzipped(data: bytes) -> bytes:
    """Without the time of day: cases have the same names in every process."""
    return gzip.compress(data, mtime=0)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return packed.getvalue()


def test_a_plain_file_is_its_bytes(tmp_path: Path) -> None:
    assert source(tmp_path, TABLE) == Source(TABLE, Digest(TABLE))


def test_a_gzipped_file_is_unpacked_and_hashed_as_it_lies(tmp_path: Path) -> None:
    packed = gzipped(TABLE)
    assert source(tmp_path, packed) == Source(TABLE, Digest(packed))
    assert source(tmp_path, gzipped(TABLE) + gzipped(b"3,1\n")).data == TABLE + b"3,1\n"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["a.csv", "export/2024/A.CSV", "a.tsv", "a.tab", "a.txt", "数据.csv"])
def test_the_only_table_of_a_zip_archive_is_read(tmp_path: Path, name: str, method: int) -> None:
    others = {"README.md": b"x", "__MACOSX/._a.csv": b"x", "folder/": b"", ".hidden.csv": b"x"}
    packed = zipped({**others, name: TABLE}, method)
    assert source(tmp_path, packed) == Source(TABLE, Digest(packed), name)


def test_a_table_goes_before_a_text_beside_it(tmp_path: Path) -> None:
    assert source(tmp_path, zipped({"licence.txt": b"free", "a.csv": TABLE})).member == "a.csv"


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "/etc/passwd.csv", "a\x1b[31m.csv"])
def test_a_member_is_never_written_and_its_name_is_shown_safely(tmp_path: Path, name: str) -> None:
    got = source(tmp_path, zipped({name: TABLE}))
    assert got.data == TABLE
    assert got.member is not None
    assert got.member.isprintable()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["responses.csv"]


@pytest.mark.parametrize(
    ("members", "pieces"),
    [
        ({"a.csv": b"x", "b.csv": b"y"}, ["holds 2 tables", '"a.csv", "b.csv"', "name one of them"]),
        ({"a.txt": b"x", "b.txt": b"y"}, ["holds 2 tables"]),
        ({"a.pdf": b"x"}, ["holds no table", ".csv, .tsv, .tab or .txt"]),
        ({}, ["holds no table"]),
        ({"__MACOSX/._a.csv": b"x"}, ["holds no table"]),
    ],
)
def test_an_archive_without_exactly_one_table_is_refused(
    tmp_path: Path, members: dict[str, bytes], pieces: list[str]
) -> None:
    code, message = refusal(tmp_path, zipped(members))
    assert code == "E-FILE-03"
    assert all(piece in message for piece in pieces)


@pytest.mark.parametrize("name", ["[Content_Types].xml", "mimetype", "Index/Document.iwa"])
def test_a_workbook_renamed_csv_is_named_as_one(tmp_path: Path, name: str) -> None:
    code, message = refusal(tmp_path, zipped({name: b"x", "xl/sheet1.csv": TABLE}))
    assert code == "E-FILE-02"
    assert "Excel or other workbook, not a CSV" in message
    assert 'Save the sheet with the answers as "CSV UTF-8"' in message


@pytest.mark.parametrize("packed", [gzipped(TABLE * 50), zipped({"a.csv": TABLE * 50})])
def test_an_archive_cut_short_is_called_damaged(tmp_path: Path, packed: bytes) -> None:
    for length in (4, len(packed) // 2, len(packed) - 5):
        code, message = refusal(tmp_path, packed[:length])
        assert code == "E-FILE-03"
        assert "damaged or cut short" in message


def test_a_member_that_fails_its_checksum_is_called_damaged(tmp_path: Path) -> None:
    packed = zipped({"a.csv": TABLE}, zipfile.ZIP_STORED).replace(b"1,2\n", b"1,3\n")
    assert refusal(tmp_path, packed)[0] == "E-FILE-03"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_cannot_be_bounded_is_refused(tmp_path: Path, method: int) -> None:
    code, message = refusal(tmp_path, zipped({"a.csv": TABLE}, method))
    assert code == "E-FILE-03"
    assert "packed in a way that cannot be read here" in message


def test_a_password_is_named_as_the_reason(tmp_path: Path) -> None:
    packed = bytearray(zipped({"a.csv": TABLE}))
    packed[6] |= ENCRYPTED  # the flag in the member's own header and in the directory
    packed[packed.index(b"PK\x01\x02") + 8] |= ENCRYPTED
    code, message = refusal(tmp_path, bytes(packed))
    assert code == "E-FILE-03"
    assert "password" in message


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"a.csv": data})])
def test_a_table_that_unpacks_to_too_much_is_not_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: object
) -> None:
    assert callable(pack)
    packed = pack(b"0" * 400_000)
    monkeypatch.setattr(unpack, "SMALL", 100_000)
    monkeypatch.setattr(unpack, "TILE", 10_000)
    code, message = refusal(tmp_path, packed)
    assert code == "E-FILE-04"
    assert "more than 150 times the packed size" in message
    monkeypatch.setattr(unpack, "MOST_RATIO", 10_000)
    assert len(source(tmp_path, packed).data) == 400_000
    monkeypatch.setattr(unpack, "MOST_UNPACKED", 399_999)
    code, message = refusal(tmp_path, packed)
    assert code == "E-FILE-04"
    assert "unpacks to more than" in message


def test_small_tables_may_repeat_themselves(tmp_path: Path) -> None:
    assert len(source(tmp_path, gzipped(b"0" * 4_000_000)).data) == 4_000_000


def test_a_plain_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_BYTES", len(TABLE) - 1)
    assert refusal(tmp_path, TABLE)[0] == "E-FILE-04"


def tar(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel or other workbook"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"ARROW1\x00\x00", "an Arrow file"),
        (b"FEA1\x00\x00\x00\x00", "a Feather file"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"$FL2@(#) SPSS DATA FILE", "an SPSS data file"),
        (b"<stata_dta><header>", "a Stata data file"),
        (b"RDX3\nX\n\x00\x00\x00\x03", "an R data file"),
        (gzipped(b"X\n\x00\x00\x00\x03"), "an R data file"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (bz2.compress(TABLE), "a bzip2 file"),
        (bz2.compress(b""), "a bzip2 file"),
        (lzma.compress(TABLE), "an xz file"),
        (tar(TABLE), "a tar archive"),
        (gzipped(tar(TABLE)), "a tar archive"),
        (gzipped(gzipped(TABLE)), "a gzip file"),
        (gzipped(zipped({"a.csv": TABLE})), "a zip archive"),
        (zipped({"a.csv": gzipped(TABLE)}), "a gzip file"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"{\\rtf1\\ansi", "a word-processor document"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>\n<html>", "a web page"),
        (b"<script>location='/login'</script>", "a web page"),
        (b"\r\n<table><tr><td>1</td></tr></table>", "a web page"),
        (b'<?xml version="1.0"?><document/>', "an XML file"),
        (b"<survey>\n<id>1</id>", "an XML file"),
        (b'{"SurveyEntry": {}}', "a JSON file"),
        (b'[\n {"id": 1}]', "a JSON file"),
        (b'{"id": 1}\n{"id": 2}\n', "a JSON file"),
    ],
)
def test_what_is_no_text_table_is_named(tmp_path: Path, content: bytes, kind: str) -> None:
    code, message = refusal(tmp_path, content)
    assert code == "E-FILE-02"
    assert message.startswith(f"this is {kind}, not a CSV")
    assert "xport the answers" in message or "Save the sheet" in message


def test_a_web_page_suggests_the_log_in_page(tmp_path: Path) -> None:
    assert "log-in page of the survey service" in refusal(tmp_path, b"<html>Please sign in</html>")[1]


@pytest.mark.parametrize(
    "header",
    [
        "PAR1,PAR2",
        "FEA1,FEA2",
        "BZh1,x",
        "GIF8,x",
        "PK,name",
        "Rar!,x",
        "RDX,RDY",
        "<b>id</b>,x",
        "<5 years,x",
        "[1],x",
    ],
)
def test_a_column_name_that_resembles_a_signature_is_a_name(tmp_path: Path, header: str) -> None:
    content = f"{header}\n1,2\n".encode()
    assert source(tmp_path, content).data == content


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    for path, piece in ((tmp_path / "none.csv", "there is no such file"), (tmp_path, "a folder or a device")):
        with pytest.raises(SurveyError, match=piece) as caught:
            read_source(path, file="x.csv")
        assert caught.value.problems[0].code == "E-FILE-01"
        assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "a\x00b.csv"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SurveyError) as caught:
        read_source(tmp_path / name, file="x.csv")
    assert caught.value.problems[0].code == "E-FILE-01"


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(unpack, "read_octets", fail)
    assert refusal(tmp_path, TABLE) == ("E-FILE-01", "the file cannot be read (Permission denied).")


ARCHIVES = (
    zipped({"a.csv": TABLE * 3, "b.md": b"x"}),
    zipped({"a.csv": TABLE}, zipfile.ZIP_LZMA),
    gzipped(TABLE),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    archive=st.sampled_from(ARCHIVES),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    cut=st.none() | st.integers(0, 400),
)
def test_a_damaged_archive_is_read_or_refused_and_never_fails(
    tmp_path_factory: pytest.TempPathFactory, archive: bytes, changes: list[tuple[int, int]], cut: int | None
) -> None:
    content = bytearray(archive)
    for place, value in changes:
        content[place % len(content)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    path.write_bytes(bytes(content[:cut]))
    with contextlib.suppress(SurveyError):
        assert isinstance(read_source(path, file="damaged.csv").data, bytes)
