"""A response file's bytes: plain, gzipped or alone in a zip archive. What is no text table is refused with advice.

Nothing is ever extracted to disk: a member of an archive is read into memory, whatever path it claims, up to the
limits below.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from survey.language import _
from survey.problems import Problem, SurveyError

MOST_BYTES = 2 * 1024**3  # of a table, unpacked
MOST_RATIO = 300  # unpacked to packed size; survey tables reach about 100
SMALL = 64 * 1024**2  # below this size the ratio does not matter
TILE = 16 * 1024**2
TABLE_SUFFIXES = (".csv", ".tsv", ".tab")
TEXT_SUFFIXES = (*TABLE_SUFFIXES, ".txt")

WORKBOOK = "Excel workbook"
MAGIC: dict[bytes, str] = {  # first bytes -> what the file is
    b"\xd0\xcf\x11\xe0": WORKBOOK,
    b"%PDF": "PDF document",
    b"PAR1": "Parquet file",
    b"ARROW1": "Arrow file",
    b"FEA1": "Feather file",
    b"\x89HDF": "HDF5 file",
    b"$FL2": "SPSS data file",
    b"$FL3": "SPSS data file",
    b"<stata_dta>": "Stata data file",
    b"RDX": "R data file",
    b"X\n\x00\x00": "R data file",
    b"SQLite format 3\x00": "SQLite database",
    b"7z\xbc\xaf\x27\x1c": "7-Zip archive",
    b"Rar!": "RAR archive",
    b"BZh": "bzip2 file",
    b"\xfd7zXZ": "xz file",
    b"\x28\xb5\x2f\xfd": "Zstandard file",
    b"\x1f\x8b": "gzip file",
    b"PK\x03\x04": "zip archive",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"{\\rtf": "word-processor document",
}
MARKUP: tuple[tuple[re.Pattern[bytes], str], ...] = (  # matched on the first characters, white space removed
    (re.compile(rb"<!doctype html|<html|<head|<body|<script|<table|<!--", re.I), "web page"),
    (re.compile(rb"<\?xml|<[a-z][\w:]*[\s>]", re.I), "XML file"),
    (re.compile(rb'\{\s*"|\{\s*\}|\[\s*\{'), "JSON file"),
)


class Stream(Protocol):
    """What is read of an opened archive."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Source:
    """The bytes of one table and where they came from."""

    data: bytes
    sha256: str  # of the file as it lies on disk
    member: str | None = None  # the name inside a zip archive


def read_source(path: Path, *, file: str) -> Source:
    """The bytes of the table in `path`; `file` is its name in messages.

    Raises
    ------
    SurveyError
        when the file is missing, is no text table, or is an archive without exactly one table or beyond the limits.
    """
    raw = _read(path, file)
    sha256 = hashlib.sha256(raw).hexdigest()
    member = None
    data = raw
    if raw.startswith(b"\x1f\x8b"):
        data = _gunzip(raw, file)
    elif zipfile.is_zipfile(io.BytesIO(raw)) if raw.startswith(b"PK") else False:
        data, member = _unzip(raw, file)
    elif raw.startswith(b"PK\x03\x04"):
        raise _refusal("E-FILE-03", _("the zip archive is damaged or cut short. Download or export it again."), file)
    _refuse_other_kinds(data, file)
    return Source(data, sha256, member)


def _refusal(code: str, message: str, file: str) -> SurveyError:
    return SurveyError([Problem("error", code, message, file=file)])


def _read(path: Path, file: str) -> bytes:
    if not path.exists():
        raise _refusal("E-FILE-01", _("there is no such file. Check the name and the folder."), file)
    if not path.is_file():
        raise _refusal("E-FILE-01", _("this is not a file but a folder or a device. Name the file itself."), file)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refusal("E-FILE-04", _too_large(), file)
        return path.read_bytes()
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        raise _refusal("E-FILE-01", _("the file cannot be read ({reason}).").format(reason=reason), file) from None


def _too_large() -> str:
    return _(
        "the table is larger than {limit} GiB, the most that is read. Leave out columns that are not needed."
    ).format(limit=MOST_BYTES // 1024**3)


def _limited(stream: Stream, packed: int, file: str) -> bytes:
    """All of `stream`, unless it grows beyond the limits: sizes stated inside an archive are not believed."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(TILE):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise _refusal("E-FILE-04", _too_large(), file)
        if size > SMALL and size > MOST_RATIO * packed:
            message = _(
                "unpacking gives more than {ratio} times the packed size, which no survey table does. The file was not "
                "read further. Unpack it yourself if you trust it."
            )
            raise _refusal("E-FILE-04", message.format(ratio=MOST_RATIO), file)
    return b"".join(parts)


def _gunzip(raw: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            return _limited(stream, len(raw), file)
    except (OSError, EOFError, zlib.error):
        message = _("the gzip file is damaged or cut short. Download or export it again.")
        raise _refusal("E-FILE-03", message, file) from None


def _unzip(raw: bytes, file: str) -> tuple[bytes, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            member = _only_table(archive, file)
            with archive.open(member) as stream:
                return _limited(stream, max(member.compress_size, 1), file), _shown(member.filename)
    except RuntimeError:
        message = _("the zip archive is protected by a password. Unpack it and name the table itself.")
    except NotImplementedError:
        message = _("the zip archive is packed in a way that cannot be read here. Unpack it and name the table itself.")
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, ValueError):
        message = _("the zip archive is damaged or cut short. Download or export it again.")
    raise _refusal("E-FILE-03", message, file) from None


def _only_table(archive: zipfile.ZipFile, file: str) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir() and not _hidden(member.filename)]
    names = {member.filename for member in members}
    if names & {"[Content_Types].xml", "mimetype"} or any(name.endswith(".iwa") for name in names):
        raise _refusal("E-FILE-02", _advice(WORKBOOK), file)
    for suffixes in (TABLE_SUFFIXES, TEXT_SUFFIXES):
        tables = [member for member in members if member.filename.lower().endswith(suffixes)]
        if len(tables) == 1:
            return tables[0]
        if tables:
            listed = ", ".join(f'"{_shown(member.filename)}"' for member in tables[:5])
            message = _("the archive holds {count} tables ({names}). Unpack it and name one of them.")
            raise _refusal("E-FILE-03", message.format(count=len(tables), names=listed), file)
    message = _("the archive holds no table (a file ending in .csv, .tsv, .tab or .txt).")
    raise _refusal("E-FILE-03", message, file)


def _hidden(name: str) -> bool:
    """Resource forks of macOS and files whose name begins with a dot."""
    path = PurePosixPath(name.replace("\\", "/"))
    return "__MACOSX" in path.parts or path.name.startswith(".")


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:120]


def _advice(kind: str) -> str:
    if kind == WORKBOOK:
        return _('this is an Excel or other workbook, not a CSV. Save the sheet with the answers as "CSV UTF-8".')
    if kind == "web page":
        return _(
            "this is a web page, not a CSV: often the log-in page of the survey service. Export the answers again."
        )
    return _("this is a {kind}, not a CSV. Export the answers as CSV or TSV.").format(kind=_(kind))


def _refuse_other_kinds(data: bytes, file: str) -> None:
    kind = next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), None)
    if kind is None:
        start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
        kind = next((kind for pattern, kind in MARKUP if pattern.match(start)), None)
    if kind is not None:
        raise _refusal("E-FILE-02", _advice(kind), file)
