"""A response file's bytes: plain, gzipped or alone in a zip archive. What is no text table is refused with advice.

Nothing is ever extracted to disk: a member of an archive is read into memory, whatever path it claims, up to the
limits below.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from obstacles.survey.files.digest import Digest
from obstacles.survey.files.file_bytes import Octets, read_octets
from obstacles.survey.files.memory import TEXT_COST, check_memory
from obstacles.survey.files.paths import unreadable, why_no_file
from obstacles.survey.problems import SurveyError, refusal
from obstacles.text.language import N_, _, quoted_names

MOST_BYTES = 2 * 1024**3  # of a table, unpacked
MOST_UNPACKED = 512 * 1024**2  # of a table in an archive
MOST_RATIO = 150  # unpacked to packed size; survey tables reach about 100
SMALL = 4 * 1024**2  # below this size the ratio does not matter
TILE = 16 * 1024**2
HEAD = 4096  # bytes by which kinds of files are told
DAMAGED = (  # of an archive that is opened: NotImplementedError and passwords are errors at run time
    *(OSError, EOFError, ValueError, RuntimeError, KeyError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack gigabytes before anything can be counted
TABLE_SUFFIXES = (".csv", ".tsv", ".tab")
TEXT_SUFFIXES = (*TABLE_SUFFIXES, ".txt")

WORKBOOK = N_("an Excel workbook")
WEB_PAGE = N_("a web page")
MAGIC: dict[bytes, str] = {  # first bytes -> what the file is; long enough that no header row begins with them
    b"\xd0\xcf\x11\xe0": WORKBOOK,
    b"%PDF-": N_("a PDF document"),
    b"PAR1\x15": N_("a Parquet file"),
    b"ARROW1\x00": N_("an Arrow file"),
    b"FEA1\x00": N_("a Feather file"),
    b"\x89HDF": N_("an HDF5 file"),
    b"$FL2@(#)": N_("an SPSS data file"),
    b"$FL3@(#)": N_("an SPSS data file"),
    b"<stata_dta>": N_("a Stata data file"),
    b"RDX2\n": N_("an R data file"),
    b"RDX3\n": N_("an R data file"),
    b"X\n\x00\x00": N_("an R data file"),
    b"SQLite format 3\x00": N_("an SQLite database"),
    b"7z\xbc\xaf\x27\x1c": N_("a 7-Zip archive"),
    b"Rar!\x1a\x07": N_("a RAR archive"),
    b"\xfd7zXZ": N_("an xz file"),
    b"\x28\xb5\x2f\xfd": N_("a Zstandard file"),
    b"\x1f\x8b": N_("a gzip file"),
    b"PK\x03\x04": N_("a zip archive"),
    b"\x89PNG": N_("a picture"),
    b"\xff\xd8\xff": N_("a picture"),
    b"GIF87a": N_("a picture"),
    b"GIF89a": N_("a picture"),
    b"{\\rtf": N_("a word-processor document"),
}
BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
TAR_MARK = slice(257, 262)  # of b"ustar"
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # a member, an archive without members, a split one
INLINE_TAGS = rb"a|b|br|div|em|font|h\d|i|p|span|strong|sub|sup|u"  # a column name may begin with them
MARKUP: tuple[tuple[re.Pattern[bytes], str], ...] = (  # matched on the first characters, white space removed
    (re.compile(rb"<!doctype html|<html|<head|<body|<script|<table|<!--", re.I), WEB_PAGE),
    (re.compile(rb"<\?xml|<(?!(?:%b)\b)[a-z][\w:]*[\s>]" % INLINE_TAGS, re.I), N_("an XML file")),
    (re.compile(rb'\{\s*"|\{\s*\}|\[\s*\{'), N_("a JSON file")),
)


class Stream(Protocol):
    """What is read of an opened archive."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Source:
    """The bytes of one table and where they came from."""

    data: Octets
    digest: Digest  # of the file as it lies on disk
    member: str | None = None  # the name inside a zip archive


def read_source(path: Path, *, file: str) -> Source:
    """The bytes of the table in `path`; `file` is its name in messages.

    Raises
    ------
    SurveyError
        when the file is missing, is no text table, or is an archive without exactly one table or beyond the limits.
    """
    raw = _read(path, file)
    digest = Digest(raw)
    member = None
    data = raw
    if raw[:4].startswith(b"\x1f\x8b"):
        data = _gunzip(raw[:], file)
    elif raw[:4].startswith(ZIP_MARKS):
        data, member = _unzip(raw[:], file)
    _refuse_other_kinds(data[:HEAD], file)
    return Source(data, digest, member)


def is_archive_of(path: Path, known: Callable[[zipfile.ZipFile], bool]) -> bool:
    """Whether the file is a ZIP archive that is known by what it holds, whatever its name."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as stream:
            if stream.read(2) != b"PK":
                return False
        with zipfile.ZipFile(path) as archive:
            return known(archive)
    except DAMAGED:
        return False


def read_bytes(path: Path, file: str) -> bytes:
    """The file as it lies on disk; `file` is its name in messages. Raises SurveyError."""
    return _read(path, file)[:]


def check_file(path: Path, file: str) -> None:
    """Raise SurveyError where `path` is no file, before it is opened: reading a pipe or a device would never end."""
    reason = why_no_file(path)
    if reason:
        raise refusal("E-FILE-01", reason, file)


def _read(path: Path, file: str) -> Octets:
    check_file(path, file)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise refusal("E-FILE-04", _too_large(), file)
        check_memory(TEXT_COST * size, file)
        return read_octets(path)
    except OSError as trouble:
        raise refusal("E-FILE-01", unreadable(trouble), file) from None


def _too_large() -> str:
    return _(
        "the table is larger than {limit} GiB, the most that is read. Leave out columns that are not needed."
    ).format(limit=MOST_BYTES // 1024**3)


def _limited(stream: Stream, packed: int, file: str) -> bytes:
    """All of `stream`, unless it grows beyond the limits: sizes stated inside an archive are not believed."""
    whole = io.BytesIO()
    size = 0
    while part := stream.read(TILE):
        size += whole.write(part)
        check_memory(TEXT_COST * size, file)
        if size > MOST_UNPACKED:
            message = _("the archive unpacks to more than {limit} MiB. Unpack it yourself if you trust it.")
            raise refusal("E-FILE-04", message.format(limit=MOST_UNPACKED // 1024**2), file)
        if size > SMALL and size > MOST_RATIO * packed:
            message = _(
                "unpacking gives more than {ratio} times the packed size, which no survey table does. The file was not "
                "read further. Unpack it yourself if you trust it."
            )
            raise refusal("E-FILE-04", message.format(ratio=MOST_RATIO), file)
    return whole.getvalue()


def _gunzip(raw: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            return _limited(stream, len(raw), file)
    except (OSError, EOFError, zlib.error):
        message = _("the gzip file is damaged or cut short. Download or export it again.")
        raise refusal("E-FILE-03", message, file) from None


def _unzip(raw: bytes, file: str) -> tuple[bytes, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            member = _only_table(archive, file)
            if member.compress_type not in BOUNDED:
                raise NotImplementedError
            with archive.open(member) as stream:
                return _limited(stream, max(member.compress_size, 1), file), _shown(member.filename)
    except NotImplementedError:
        message = _("the zip archive is packed in a way that cannot be read here. Unpack it and name the table itself.")
    except RuntimeError:
        message = _("the zip archive is protected by a password. Unpack it and name the table itself.")
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, struct.error, ValueError):
        message = _("the zip archive is damaged or cut short. Download or export it again.")
    raise refusal("E-FILE-03", message, file) from None


def _only_table(archive: zipfile.ZipFile, file: str) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not _hidden(member.filename)]
    names = {member.filename for member in members}
    if names & {"[Content_Types].xml", "mimetype"} or any(name.endswith(".iwa") for name in names):
        raise refusal("E-FILE-02", _advice(WORKBOOK), file)
    for suffixes in (TABLE_SUFFIXES, TEXT_SUFFIXES):
        tables = [member for member in members if member.filename.lower().endswith(suffixes)]
        if len(tables) == 1:
            return tables[0]
        if tables:
            listed = quoted_names(_shown(member.filename) for member in tables[:5])
            message = _("the archive holds {count} tables ({names}). Unpack it and name one of them.")
            raise refusal("E-FILE-03", message.format(count=len(tables), names=listed), file)
    message = _("the archive holds no table (a file ending in .csv, .tsv, .tab or .txt).")
    raise refusal("E-FILE-03", message, file)


def _hidden(name: str) -> bool:
    """Folders, resource forks of macOS, and files whose name begins with a dot."""
    path = PurePosixPath(name.replace("\\", "/"))
    return name.endswith("/") or "__MACOSX" in path.parts or path.name.startswith(".")


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:120]


def _advice(kind: str) -> str:
    if kind == WORKBOOK:
        return _('this is an Excel or other workbook, not a CSV. Save the sheet with the answers as "CSV UTF-8".')
    if kind == WEB_PAGE:
        return _(
            "this is a web page, not a CSV: often the log-in page of the survey service. Export the answers again."
        )
    return _("this is {kind}, not a CSV. Export the answers as CSV or TSV.").format(kind=_(kind))


def web_page(file: str) -> SurveyError:
    """The refusal of a page without a table of answers."""
    return refusal("E-FILE-02", _advice(WEB_PAGE), file)


def _refuse_other_kinds(head: bytes, file: str) -> None:
    """Raise SurveyError where a file that begins with `head` is no text table."""
    kind = next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)
    if BZIP2.match(head):
        kind = N_("a bzip2 file")
    elif head[TAR_MARK] == b"ustar" and b"\x00" in head[: TAR_MARK.start]:
        kind = N_("a tar archive")
    elif kind is None:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
        kind = next((kind for pattern, kind in MARKUP if pattern.match(start)), None)
    if kind is not None:
        raise refusal("E-FILE-02", _advice(kind), file)
