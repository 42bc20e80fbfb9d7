"""Bytes -> UTF-8: which encoding a response file is in, decided by strict decoding and by what the letters then are.

The rule: UTF-8 (with or without a byte order mark); UTF-16 and UTF-32 by their mark; GB18030 or Big5 when the decoded
letters are mostly everyday Chinese; Windows-1252; Latin-1 with a warning. Strict decoding alone proves nothing: GB18030
accepts most Latin-1 files and makes rare ideographs of them. *Everyday* are the first levels of GB 2312 (1980; rows
0xB0-0xD7, 3,755 characters) and of Big5 (1984; 0xA4-0xC6, 5,401 characters), which cover over 97 % of running text,
and the syllables of KS X 1001 for Korean, which uses the same bytes as GB 2312 and therefore is asked about.
Undecodable bytes are never replaced.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from survey.language import _
from survey.problems import MOST_EXAMPLES, Problem, SurveyError

MARKS: dict[bytes, str] = {  # the longer marks first: UTF-32's begins with UTF-16's
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SHOWN = {
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp949": "Korean (cp949)",
    "euc_jp": "Japanese (euc_jp)",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
EVERYDAY = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "cp949": (0xB0, 0xC8)}  # first bytes
WIDER = {"big5": ("big5", "cp950")}  # tried in turn: characters added by vendors
OTHER_SCRIPTS = (
    "gb18030",
    "big5hkscs",
    "shift_jis",
    "euc_jp",
    "cp949",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1255",
    "cp1256",
)
MOSTLY = 0.7  # share of everyday characters among decoded letters that makes a candidate
CLEARLY = 0.15  # lead over the next candidate
NOT_ASCII = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
SURELY_UTF8 = 6  # letters of two bytes: by chance a GB 2312 line of six passes as UTF-8 once in 30,000
QUOTED = re.compile(r'"[^"]*"')
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Decoded:
    """A table as UTF-8 without byte order mark."""

    utf8: bytes
    encoding: str  # a Python codec name
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, *, file: str, encoding: str | None = None) -> Decoded:
    """Decode `data` strictly, in the encoding named or in the one found.

    Raises
    ------
    SurveyError
        for an unknown codec, bytes that do not decode, two encodings in one file, NUL bytes, or two possible encodings
        (severity "ask": the key `encoding` answers).
    """
    found, problems = (encoding, ()) if encoding else _find(data, file)
    if found in ("utf-8", "utf-8-sig") and data.isascii():
        utf8 = data
    else:
        utf8 = _strictly(data, found, file).removeprefix("\ufeff").encode()
    _refuse_nul(utf8, file)
    return Decoded(utf8, found, problems)


def shown(encoding: str) -> str:
    """The encoding's name for people."""
    return SHOWN.get(encoding, encoding)


def row_at(before: str) -> int:
    """Row, as a spreadsheet counts, of the place that follows the text `before`."""
    return 1 + len(LINE_END.findall(QUOTED.sub("", before)))


def _stop(severity: str, code: str, message: str, file: str, *, rows: tuple[int, ...] = ()) -> SurveyError:
    problem = Problem(severity, code, message, file=file, rows=rows)
    return SurveyError([problem], exit_code=3 if severity == "ask" or code == "E-ENC-01" else 2)


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        text = data.decode(encoding)
        text.encode()  # some codecs give lone surrogates
        return text
    except LookupError:
        message = _('"{encoding}" is not a text encoding. Use a name such as "utf-8", "gb18030" or "cp1252".')
        raise _stop("error", "E-ENC-01", message.format(encoding=encoding), file) from None
    except UnicodeDecodeError as trouble:
        row = row_at(data[: trouble.start].decode(encoding, errors="ignore"))
        message = _("the bytes {bytes} are not valid {encoding}. Correct the row, or name another encoding.")
        shown_bytes = data[trouble.start : max(trouble.end, trouble.start + 2)][:4].hex(" ")
        message = message.format(bytes=shown_bytes, encoding=shown(encoding))
        raise _stop("error", "E-ENC-03", message, file, rows=(row,)) from None
    except ValueError:
        message = _("the text is not valid {encoding}. Name another encoding.").format(encoding=shown(encoding))
        raise _stop("error", "E-ENC-03", message, file) from None


def _refuse_nul(utf8: bytes, file: str) -> None:
    place = utf8.find(b"\x00")
    if place < 0:
        return
    count = utf8.count(b"\x00")
    if count == len(utf8):
        message = _("the file holds nothing but NUL bytes: it is damaged. Download or export it again.")
    elif count > len(utf8) / 10:
        message = _(
            'many bytes are NUL: probably UTF-16 without its mark. Set encoding = "utf-16-le" or save as UTF-8.'
        )
    else:
        message = _("the text holds {count} NUL bytes: the file is damaged. Export it again.").format(
            count=f"{count:,}"
        )
    raise _stop("error", "E-ENC-04", message, file, rows=(row_at(utf8[:place].decode()),))


def _find(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return encoding, ()
    try:
        data.decode()
        return "utf-8", ()
    except UnicodeDecodeError as trouble:
        first_bad = trouble
    lines = _Lines.of(data)
    chinese = _chinese(lines.others, file)
    if lines.surely_utf8 or (lines.maybe_utf8 and chinese is None):
        raise _two_encodings(data, first_bad, min([*lines.surely_utf8, *lines.maybe_utf8]), file)
    if chinese is not None:
        return next((codec for codec in WIDER.get(chinese, ()) if _decodes(data, codec)), chinese), ()
    return _western(data, lines.others, file)


@dataclass(frozen=True)
class _Lines:
    """The lines of a file that are not ASCII. Both lists hold byte offsets of lines."""

    surely_utf8: list[int]
    maybe_utf8: list[int]  # valid UTF-8, which a short line of another encoding can be by chance
    others: bytes  # all lines that are not valid UTF-8

    @classmethod
    def of(cls, data: bytes) -> _Lines:
        surely: list[int] = []
        maybe: list[int] = []
        others: list[bytes] = []
        for line in NOT_ASCII.finditer(data):
            try:
                letters = [letter for letter in line.group().decode() if letter > "\x7f"]
            except UnicodeDecodeError:
                others.append(line.group())
                continue
            sure = any(letter >= "\u0800" for letter in letters) or len(letters) >= SURELY_UTF8
            (surely if sure else maybe).append(line.start())
        return cls(surely, maybe, b"\n".join(others))


def _two_encodings(data: bytes, first_bad: UnicodeDecodeError, first_good: int, file: str) -> SurveyError:
    bad_row = row_at(data[: first_bad.start].decode("latin-1"))
    shown_bytes = data[first_bad.start : first_bad.start + 2].hex(" ")
    if first_good < first_bad.start:
        message = _(
            "this row is not valid UTF-8 (bytes {bytes}) although {before} above it are. Two files were probably "
            "pasted together. Re-save one of them as UTF-8."
        )
        before = _("row 1") if bad_row == 2 else _("rows 1-{last}").format(last=bad_row - 1)
        row = bad_row
    else:
        message = _(
            "this row is valid UTF-8 although {before} above it is not (bytes {bytes}). Two files were probably pasted "
            "together. Re-save one of them as UTF-8."
        )
        before = _("row {row}").format(row=bad_row)
        row = row_at(data[:first_good].decode("latin-1"))
    return _stop("error", "E-ENC-02", message.format(bytes=shown_bytes, before=before), file, rows=(row,))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _everyday(letter: str, encoding: str) -> bool:
    """Whether a running text in `encoding` uses this character all the time."""
    charset = {"gb18030": "gb2312", "cp949": "euc_kr"}.get(encoding, encoding)
    try:
        code = letter.encode(charset)
    except UnicodeEncodeError:
        return False
    low, high = EVERYDAY[encoding]
    return len(code) == 2 and low <= code[0] <= high


def _share(data: bytes, encoding: str) -> float:
    """Share of everyday characters among the letters that are not ASCII; a bad byte counts as a letter."""
    text = data.decode(encoding, errors="surrogateescape")
    counts = Counter(letter for letter in re.sub(r"[\x00-\x7f]+", "", text))
    letters = {letter: count for letter, count in counts.items() if unicodedata.category(letter)[0] not in "PSZ"}
    everyday = sum(count for letter, count in letters.items() if _everyday(letter, encoding))
    return everyday / max(sum(letters.values()), 1)


def _kana(data: bytes) -> float:
    """Share of kana among the letters of `data` as EUC-JP, 0 where it is not."""
    if not _decodes(data, "euc_jp"):
        return 0.0
    letters = re.sub(r"[\x00-\x7f]+", "", data.decode("euc_jp"))
    return sum("\u3041" <= letter <= "\u30ff" for letter in letters) / max(len(letters), 1)


def _chinese(data: bytes, file: str) -> str | None:
    """GB18030 or Big5 where the text is mostly everyday Chinese in it, else None; asks when two fit alike."""
    shares = {encoding: _share(data, encoding) for encoding in ("gb18030", "big5")}
    shares["cp949"] = float(_share(data, "cp949") == 1 and len(set(data.decode("cp949", errors="ignore"))) >= 8)
    shares["euc_jp"] = float(_kana(data) > 0.2)  # Chinese has no kana, and is never all Hangul unless very short
    fitting = sorted((share, encoding) for encoding, share in shares.items() if share >= MOSTLY)
    if not fitting:
        return None
    best_share, best = fitting[-1]
    rivals = [encoding for share, encoding in fitting[:-1] if share > best_share - CLEARLY]
    if best in ("gb18030", "big5") and not rivals:
        return best
    examples = " / ".join(f"{shown(encoding)}: {_example(data, encoding)}" for encoding in [best, *rivals])
    message = _("the text could be in more than one encoding ({examples}). Set encoding to the one that reads right.")
    raise _stop("ask", "A-ENC-01", message.format(examples=examples), file)


def _example(data: bytes, encoding: str) -> str:
    return " ".join(_words(data.decode(encoding, errors="ignore"))[:MOST_EXAMPLES])[:60]


def _words(text: str) -> list[str]:
    """The distinct words that are not ASCII, in order."""
    printable = "".join(letter if letter.isprintable() else " " if letter.isspace() else "?" for letter in text)
    return list(dict.fromkeys(re.findall(r"[^\W\d_]*[^\x00-\x7f]+[^\W\d_]*", printable)))


def _western(data: bytes, others: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    high = re.findall(rb"[\x80-\xff]+", others)
    in_long_runs = sum(len(run) for run in high if len(run) >= 4)
    if in_long_runs > sum(len(run) for run in high) / 2:
        message = _(
            "the text is neither UTF-8 nor everyday Chinese, and not written in Latin letters either. Set encoding; "
            "these would decode it: {encodings}."
        )
        possible = ", ".join(f'"{codec}"' for codec in OTHER_SCRIPTS if _decodes(data, codec))
        raise _stop("ask", "A-ENC-02", message.format(encodings=possible or "-"), file)
    encoding = "cp1252" if _decodes(data, "cp1252") else "latin-1"
    words = _words(others.decode(encoding))
    first = NOT_ASCII.search(data)
    row = row_at(data[: first.start()].decode("latin-1")) if first else 1
    if encoding == "cp1252":
        code = "W-ENC-01"
        message = _(
            "this is not UTF-8 and was read as {encoding}: check the accents ({words}). If wrong, set encoding."
        )
    else:
        code = "W-ENC-02"
        message = _(
            "this is neither UTF-8 nor Windows-1252 and was read as {encoding}, which accepts anything: check the "
            "letters ({words}). If wrong, set encoding."
        )
    examples = ", ".join(f'"{word}"' for word in words[:MOST_EXAMPLES]) or "-"
    text = message.format(encoding=shown(encoding), words=examples)
    return encoding, (Problem("warning", code, text, file=file, rows=(row,)),)
