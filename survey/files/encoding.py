"""Bytes -> UTF-8: in the encoding the study file names, in that of the byte order mark, or in the one the letters show.

Undecodable bytes are never replaced. `survey.files.charset` judges texts that have no mark.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from obstacles.survey.files.charset import (
    CUT_SHORT,
    Lines,
    cut_short,
    decodes,
    find_encoding,
    quoted_words,
    shown,
    stop,
)
from obstacles.survey.files.file_bytes import Octets, is_plain
from obstacles.survey.files.rows import row_at
from obstacles.survey.problems import MOST_EXAMPLES, Problem
from obstacles.text.language import _

MARKS: dict[bytes, str] = {  # the longer marks first: UTF-32's begins with UTF-16's
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
NO_CHARSETS = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")  # Python's own notations


@dataclass(frozen=True)
class Decoded:
    """A table as UTF-8 without byte order mark."""

    utf8: Octets
    encoding: str  # a Python codec name
    problems: tuple[Problem, ...] = ()


def decode(data: Octets, *, file: str, encoding: str | None = None) -> Decoded:
    """Decode `data` strictly, in the encoding named or in the one found.

    Raises
    ------
    SurveyError
        for an unknown codec or one that the file's own mark contradicts (exit code 3), bytes that do not decode, two
        encodings in one file, NUL bytes, or two possible encodings (severity "ask": the key `encoding` answers).
    """
    if not isinstance(data, bytes):
        if not encoding and is_plain(data):
            return Decoded(data, "utf-8")
        data = data[:]
    mark = next((mark for mark in MARKS if data.startswith(mark)), None)
    problems: tuple[Problem, ...] = ()
    if encoding:
        _check_name(encoding, file)
        found, problems = encoding, _doubts(data, mark, encoding, file)
    elif mark and MARKS[mark] != "utf-8-sig":
        found = MARKS[mark]
    else:
        _refuse_nul(data, file)
        found, problems = find_encoding(data, file)
    if found in ("utf-8", "utf-8-sig") and (not encoding or data.isascii()):
        utf8 = data
    else:
        utf8 = _strictly(data, found, file, named=bool(encoding))
    utf8 = utf8.removeprefix(codecs.BOM_UTF8)
    if encoding or utf8 is not data:  # else it was looked at above
        _refuse_nul(utf8, file)
    return Decoded(utf8, found, problems)


def _check_name(encoding: str, file: str) -> None:
    try:
        "".encode(encoding)
        known = codecs.lookup(encoding).name not in NO_CHARSETS
    except (LookupError, ValueError):
        known = False
    if not known:
        message = _('"{encoding}" is not a text encoding. Use a name such as "utf-8", "gb18030" or "cp1252".')
        raise stop("error", "E-ENC-01", message.format(encoding=encoding), file)


def _strictly(data: bytes, encoding: str, file: str, *, named: bool) -> bytes:
    """`data` as UTF-8; `named` where the study file and not the text itself says the encoding."""
    try:
        return data.decode(encoding).encode()  # some codecs give lone surrogates, which do not encode
    except UnicodeDecodeError as trouble:
        row = row_at(data[: trouble.start].decode(encoding, errors="ignore").encode(errors="ignore"))
        if CUT_SHORT.search(trouble.reason):
            raise cut_short(trouble, row, file) from None
        if not named:
            message = _(
                "the text looks like {encoding}, but the bytes {bytes} are not valid in it. Correct the row, or set "
                "encoding."
            )
        elif decodes(data, "utf-8"):
            message = _("the bytes {bytes} are not valid {encoding}; the file is valid UTF-8. Leave encoding out.")
        else:
            message = _("the bytes {bytes} are not valid {encoding}. Correct the row, or correct encoding.")
        shown_bytes = data[trouble.start : max(trouble.end, trouble.start + 2)][:4].hex(" ")
        text = message.format(bytes=shown_bytes, encoding=shown(encoding))
        raise stop("error", "E-ENC-03", text, file, rows=(row,)) from None
    except ValueError:
        message = _("the text is not valid {encoding}. Name another encoding.").format(encoding=shown(encoding))
        raise stop("error", "E-ENC-03", message, file) from None


def _doubts(data: bytes, mark: bytes | None, encoding: str, file: str) -> tuple[Problem, ...]:
    """What speaks against the encoding named: a mark of another stops, lines of valid UTF-8 are worth a warning."""
    if mark is not None and mark.decode(encoding, errors="replace").strip("\ufeff"):
        message = _('the file begins with the mark of {marked}, but encoding is "{encoding}". Leave encoding out.')
        raise stop(
            "error", "E-ENC-05", message.format(marked=MARKS[mark].removesuffix("-sig"), encoding=encoding), file
        )
    extends_ascii = "a,1\n".encode(encoding) == b"a,1\n"
    if not extends_ascii or codecs.lookup(encoding).name == "utf-8" or data.isascii():
        return ()
    places = Lines.of(data).surely_utf8
    if not places:
        return ()
    message = _(
        'this is valid UTF-8, but encoding is "{encoding}": check the letters ({words}). If wrong, correct encoding, '
        "or leave it out."
    )
    words = quoted_words(data[places[0] : places[0] + 1000].decode(encoding, errors="ignore"))
    rows = tuple(row_at(data[:place]) for place in places[:MOST_EXAMPLES])
    text = message.format(encoding=encoding, words=words)
    return (Problem("warning", "W-ENC-03", text, file=file, rows=rows, count=len(places)),)


def _refuse_nul(text: bytes, file: str) -> None:
    if b"\x00" not in text:
        return
    count = text.count(b"\x00")
    codec = "utf-16-be" if text[::2].count(b"\x00") > count / 2 else "utf-16-le"
    if decodes(text, codec) and "\x00" not in text.decode(codec) and "\n" in text.decode(codec):
        message = _('this is UTF-16 without its mark. Set encoding = "{codec}", or save it as UTF-8.')
        raise stop("ask", "A-ENC-03", message.format(codec=codec), file)
    if count == len(text):
        message = _("the file holds nothing but NUL bytes: it is damaged. Download or export it again.")
    else:
        message = _("the text holds {count} NUL bytes: the file is damaged, or no text. Export it again.")
    row = row_at(text[: text.find(b"\x00")])
    raise stop("error", "E-ENC-04", message.format(count=f"{count:,}"), file, rows=(row,))
