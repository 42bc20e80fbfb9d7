"""Files that a person hands over: their names, their kinds, and where they are kept."""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

MOST_FILES, MOST_FIELDS, MOST_FIELD, MOST_FILE = 12, 1_000, 64 * 1024, 200 * 1024**2
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO = 2_000, 1024**3, 400
CHUNK = 1 << 20
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
ZIPPED = (".xlsx", ".xlsm", ".ods", ".zip")
MAGIC = (  # bytes at the start, and the endings that may have them
    (b"PK\x03\x04", ZIPPED),
    (b"\x1f\x8b", (".gz",)),
    (b"\xd0\xcf\x11\xe0", (".xls",)),
    (b"$FL2", (".sav",)),
    (b"$FL3", (".zsav", ".sav")),
    (b"PAR1", (".parquet",)),
    (b"ARROW1", (".feather", ".arrow")),
    (b"<stata_dta>", (".dta",)),
)
NO_ANSWERS = (b"%PDF", b"\x7fELF", b"MZ", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")
TEXTS = (".csv", ".tsv", ".tab", ".txt", ".soc", ".soi", ".toc", ".toi")
OLD_STATA = (".dta", ".por")


class UnfitError(Exception):
    """A file is not taken; `reason` is a key of the screen's words."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.reason, self.name = reason, name


def safe_name(client: str, taken: Iterable[str]) -> str:
    """Our own name for a file: letters of any script, digits, `._-`, at most 80, none of a device, none twice."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", client))[-1]
    kept = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in base).lstrip(".") or "file"
    stem, dot, ending = kept.rpartition(".")
    stem, ending = (stem, ending) if dot and stem else (kept, "")
    stem = stem[:60] if not RESERVED.fullmatch(stem) else f"file_{stem}"
    while len(f"{stem}.{ending}".encode()) > 200:
        stem = stem[:-1]
    ending = re.sub(r"[^A-Za-z0-9]", "", ending)[:10].lower()
    others, number, made = {name.casefold() for name in taken}, 2, f"{stem}.{ending}" if ending else stem
    while made.casefold() in others:
        made = f"{stem}-{number}.{ending}" if ending else f"{stem}-{number}"
        number += 1
    return made


def keep(source: BinaryIO, path: Path) -> int:
    """Write what is handed over as it comes; nothing is left where that fails. Gives its size."""
    size = 0
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(number, "wb") as file:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > MOST_FILE:
                    raise UnfitError("large")
                file.write(chunk)
        if size == 0:
            raise UnfitError("empty")
        check_kind(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size


def check_kind(path: Path) -> None:
    """Raise where what a file is and how its name ends do not agree, or where it would unpack to too much."""
    ending = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(NO_ANSWERS):
        raise UnfitError("kind")
    known = next((endings for magic, endings in MAGIC if start.startswith(magic)), None)
    if known is not None and ending not in known:
        raise UnfitError("kind")
    wanted = {own for _magic, endings in MAGIC for own in endings} - set(OLD_STATA)
    if known is None and (ending in wanted or ending not in (*TEXTS, *OLD_STATA, ".html", ".htm")):
        raise UnfitError("kind")
    if ending in TEXTS and re.match(
        rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|svg|\?xml|script)", start, re.IGNORECASE
    ):
        raise UnfitError("kind")
    if known == ZIPPED:
        _check_zip(path)


def _check_zip(path: Path) -> None:
    """What a zip says of itself, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise UnfitError("kind") from None
    whole = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MOST_ENTRIES or whole > MOST_UNPACKED or (whole > 50 * CHUNK and whole / packed > MOST_RATIO):
        raise UnfitError("bomb")
    spans = sorted((entry.header_offset, entry.header_offset + entry.compress_size) for entry in entries)
    if any(first[1] > second[0] for first, second in pairwise(spans)):
        raise UnfitError("bomb")
    for entry in entries:
        parts = re.split(r"[/\\]", entry.filename)
        link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        if link or ".." in parts or entry.filename.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", entry.filename):
            raise UnfitError("bomb")
