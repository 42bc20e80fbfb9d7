"""The one door through which files leave: nothing is written over what the study reads, or over what others made.

A file counts as ours where it says so and no other program has saved it since: the generator of a page, the creator of
a PDF with a single end, the properties and the date of a document or workbook, the keys of a JSON file, the columns of
a CSV with our line ends; a picture or LaTeX file where `export.json` has its hash. So the same report is made again in
the same place, no record is kept elsewhere, and an empty file is nobody's. Everything else takes `force`, and a file
of the study is never given up: names are compared as the system does, through links, `..` and upper case.
"""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile

from obstacles.survey.problems import Problem, SurveyError
from obstacles.text.language import _

INPUT, FOREIGN, IN_THE_WAY, UNWRITABLE = "E-OUT-01", "E-OUT-02", "E-OUT-03", "E-OUT-04"
ENOUGH = 1 << 20  # bytes in which a mark is looked for


@dataclass(frozen=True)
class Writer:
    """What may be written over."""

    inputs: Sequence[Path] = ()  # files that the study was read from
    force: bool = False  # whether files of others are given up

    def check(self, paths: Iterable[Path], *, made: Collection[str] = ()) -> None:
        """Raise a SurveyError (exit code 2) with every path that must not be written.

        `made` are SHA-256 of files that may be written over, whatever they say.
        """
        paths = list(paths)
        self._refuse(paths, made)
        problems = [problem for folder in dict.fromkeys(map(_nearest_folder, paths)) for problem in _unwritable(folder)]
        if problems:
            raise SurveyError(problems)

    def _refuse(self, paths: Iterable[Path], made: Collection[str]) -> None:
        problems = [problem for path in paths if (problem := self._problem(path, made)) is not None]
        if problems:
            raise SurveyError(dict.fromkeys(problems))

    def write(self, path: Path, content: bytes, *, known: str = "") -> None:
        """Write a file and its folder so that nobody ever sees half of it, whatever ends the program or the machine.

        It may stand over one with the SHA-256 `known`, too.

        Raises
        ------
        SurveyError
            as `check`, but for folders.
        OSError
            where it cannot be written.
        """
        self._refuse([path], (sha256(content).hexdigest(), known))
        try:
            place = Path(os.path.realpath(path))  # a link stays one
        except ValueError as error:  # no name of a file
            raise OSError(errno.EINVAL, str(error), str(path)) from None
        part = place.with_name(f".{token_hex(8)}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if place.exists() and not os.access(place, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            with part.open("xb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileNotFoundError):
                shutil.copymode(place, part)
            os.replace(part, place)
            _keep_name(place.parent)
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), str(path)) from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def remove(self, path: Path) -> bool:
        """Remove a file that is out of date, unless the study reads it; whether it is gone."""
        if any(_same(path, one) for one in self.inputs):
            return False
        path.unlink(missing_ok=True)  # another program may have removed it
        return True

    def _problem(self, path: Path, made: Collection[str]) -> Problem | None:
        if any(_same(path, one) for one in self.inputs):
            message = _("the study is read from this file, so it is never written over. Choose another place (-o).")
            return Problem("error", INPUT, message, file=str(path))
        above = next((one for one in path.absolute().parents if os.path.lexists(one)), None)
        if above is not None and not os.path.isdir(above):
            message = _("this is a file, and a folder of that name is needed. Choose another place (-o).")
            return Problem("error", IN_THE_WAY, message, file=str(above))
        if os.path.isdir(path):
            message = _("a folder stands where this file would be written. Move it, or choose another place (-o).")
            return Problem("error", IN_THE_WAY, message, file=str(path))
        if os.path.exists(path) and not os.path.isfile(path):
            message = _("this is no file but a device or a pipe. Choose another place (-o).")
            return Problem("error", IN_THE_WAY, message, file=str(path))
        if self.force or not os.path.exists(path) or is_ours(path) or hash_of(path) in made:
            return None
        message = _(
            "this file exists, and it was not made by obstacles or was changed since. Choose another place (-o), "
            "or replace it with --force."
        )
        return Problem("error", FOREIGN, message, file=str(path))


def _nearest_folder(path: Path) -> Path:
    """The folder in which a file, or the first folder that it lacks, would be made."""
    return next((one for one in path.absolute().parents if os.path.isdir(one)), Path(path.anchor or "."))


def _unwritable(folder: Path) -> list[Problem]:
    """What keeps files from being written into a folder, found by a file that nobody sees."""
    try:
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"obstacles")
            probe.flush()
    except OSError as error:
        message = _("nothing can be written into this folder ({reason}). Choose another place (-o).")
        text = message.format(reason=error.strerror or type(error).__name__)
        return [Problem("error", UNWRITABLE, text, file=str(folder))]
    return []


def _keep_name(folder: Path) -> None:
    """Have the disk keep the new name of a file, where the system can."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some file systems do not sync folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def is_ours(path: Path) -> bool:
    """Whether a file was made here and not saved by another program since, by what it says; or is empty."""
    try:
        if not path.is_file():
            return False
        mark = MARKS.get(path.suffix.lower())
        return path.stat().st_size == 0 or (mark is not None and mark(path))
    except Exception:  # whatever keeps it from being read: it is not what its name says
        return False


def _same(path: Path, other: Path) -> bool:
    """Whether two names lead to one file: by links of both kinds, `..`, or letters of another case."""
    try:
        return os.path.samefile(path, other)
    except OSError:  # one of them is not there
        return os.path.realpath(path) == os.path.realpath(other)
    except ValueError:  # no name of a file
        return False


def hash_of(path: Path) -> str | None:
    """SHA-256 of a file; None where there is none that can be read."""
    try:
        return sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    except OSError:
        return None


# ---------- marks -----------------------------------------------------------------------------------------------


def _page(path: Path) -> bool:
    with path.open("rb") as page:
        return b'<meta name="generator" content="obstacles ' in page.read(ENOUGH)


def _pdf(path: Path) -> bool:
    """The creator, in one of the packed streams; what is saved on top of a PDF gives it a second end."""
    content = path.read_bytes()
    if not content.startswith(b"%PDF-") or content.count(b"%%EOF") != 1:
        return False
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        text = stream[1]
        with suppress(zlib.error):
            text = zlib.decompressobj().decompress(text, ENOUGH)
        if b"<xmp:CreatorTool>obstacles " in text:
            return True
    return False


def _document(path: Path) -> bool:
    return b"<dc:description>obstacles " in _as_made(path)


def _workbook(path: Path) -> bool:
    """The line at the foot of the report, among the texts of the first sheet."""
    foot = re.compile("[0-9a-f]{8} · obstacles ".encode())
    return bool(_as_made(path)) and foot.search(_member(path, "xl/sharedStrings.xml")) is not None


def _as_made(path: Path) -> bytes:
    """The properties of an Office file; b"" where it was saved after it was made."""
    properties = _member(path, "docProps/core.xml")
    days = re.findall(rb"<dcterms:(?:created|modified)[^>]*>([^<]*)<", properties)
    return properties if len(days) == 2 and days[0] == days[1] else b""


def _member(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(name) as member:
        return member.read(ENOUGH)


def _table(path: Path) -> bool:
    """The columns of one of our reports, in a file with our line ends: a spreadsheet saves others."""
    with path.open("rb") as table:
        line = table.readline(ENOUGH)
    names = next(csv.reader([line.decode()]), [])
    research, change = {"estimate", "standard_error", "rank"}, {"change", "same_needs_x_above", "verdict"}
    kinds = (research, change, {"required", "shortfall", "signed_gap"}, {"next_share", "break_even", "standing"})
    return names[:2] == ["id", "label"] and not line.endswith(b"\r\n") and any(kind <= {*names} for kind in kinds)


def _record(path: Path) -> bool:
    """A report, or the list of a batch or of an export."""
    record = json.loads(path.read_bytes())
    keys = {*record} - {"schema"} if isinstance(record, dict) and "schema" in record else set()
    report, batch = {"report", "title", "headlines", "tables"}, {"study", "versions", "reports"}
    return report <= keys or batch <= keys or keys == {"files"}


MARKS: dict[str, Callable[[Path], bool]] = {  # ending -> whether a file says that it was made here
    ".html": _page,
    ".pdf": _pdf,
    ".docx": _document,
    ".xlsx": _workbook,
    ".csv": _table,
    ".json": _record,
}
