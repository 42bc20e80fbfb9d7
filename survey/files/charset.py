"""The encoding of a text without a mark, decided by strict decoding and by what the letters then are.

The rule: UTF-8; GB18030 or Big5 when the decoded letters are mostly everyday Chinese; Windows-1252; Latin-1 with a
warning. Strict decoding alone proves nothing: GB18030 accepts most Latin-1 files and makes rare ideographs of them.
*Everyday* are the first levels of GB 2312 (1980; rows 0xB0-0xD7, 3,755 characters) and of Big5 (1984; 0xA4-0xC6, 5,401
characters), which cover over 97 % of running text, and the syllables of KS X 1001 for Korean, which uses the same
bytes as GB 2312 and therefore is asked about.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from obstacles.survey.files.rows import row_at
from obstacles.survey.problems import MOST_EXAMPLES, Problem, Severity, SurveyError
from obstacles.text.language import _, in_quotes, quoted_names, semicolons

SHOWN = {
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp949": "Korean (cp949)",
    "euc_jp": "Japanese (euc_jp)",
    "shift_jis": "Japanese (shift_jis)",
    "cp932": "Japanese (cp932)",
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
    "cp874",
    "cp1253",
    "cp1255",
    "cp1256",
)
MOSTLY = 0.7  # share of everyday characters among decoded letters that makes a candidate
SHIFT_JIS = ("shift_jis", "cp932")  # the second with characters added by vendors
KANA = 0.2  # share of kana among the letters, above which a text is Japanese
CLEARLY = 0.15  # lead over the next candidate
MOST_DAMAGED = 0.05  # share of characters that do not decode beyond which a file is not damaged but something else
STUDIED = 1024**2  # bytes of the lines that are not ASCII whose letters are counted
EXAMPLE_WORDS = 3  # examples for each encoding
NOT_ASCII_RUN = re.compile(rb"[\x80-\xff]+")
LINE = re.compile(rb"[^\r\n]+")
SURELY_UTF8 = 6  # letters of two bytes: by chance a GB 2312 line of six passes as UTF-8 once in 30,000
CUT_SHORT = re.compile("unexpected end|incomplete|truncated")


def shown(encoding: str) -> str:
    """The encoding's name for people."""
    return SHOWN.get(encoding, encoding)


def decodes(data: bytes, encoding: str) -> bool:
    """Whether all bytes are letters of the encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def stop(severity: Severity, code: str, message: str, file: str, *, rows: tuple[int, ...] = ()) -> SurveyError:
    """One problem that ends reading, with the exit code of the study file where a key of it is wanting."""
    problem = Problem(severity, code, message, file=file, rows=rows)
    return SurveyError([problem], exit_code=3 if severity == "ask" or code in ("E-ENC-01", "E-ENC-05") else 2)


def find_encoding(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """The codec for `data`, which has no mark or that of UTF-8, and what to tell about the choice.

    Raises
    ------
    SurveyError
        for two encodings in one file, a file cut short, and (severity "ask") where the letters do not decide.
    """
    if data.isascii():
        return "utf-8", ()
    marked = data.startswith(codecs.BOM_UTF8)
    try:
        data.decode()
        return "utf-8-sig" if marked else "utf-8", ()
    except UnicodeDecodeError as trouble:
        first_bad = trouble
    if CUT_SHORT.search(first_bad.reason) and not data[: first_bad.start].isascii():
        raise cut_short(first_bad, row_at(data[: first_bad.start]), file)
    lines = Lines.of(data)
    if marked:
        raise _two_encodings(data, first_bad, 0, file)
    chinese = _chinese(lines.others, file)
    if lines.surely_utf8 or (lines.maybe_utf8 and chinese is None):
        raise _two_encodings(data, first_bad, min([*lines.surely_utf8, *lines.maybe_utf8]), file)
    if chinese is not None:
        return next((codec for codec in WIDER.get(chinese, ()) if decodes(data, codec)), chinese), ()
    return _western(data, lines.others, file)


def cut_short(trouble: UnicodeDecodeError, row: int, file: str) -> SurveyError:
    """The error for a text that ends inside a character."""
    message = _("the file ends inside a character (bytes {bytes}): it was cut short. Export or download it again.")
    text = message.format(bytes=trouble.object[trouble.start :][:4].hex(" "))
    return stop("error", "E-ENC-03", text, file, rows=(row,))


@dataclass(frozen=True)
class Lines:
    """The lines of a file that are not ASCII. Both lists hold byte offsets of lines."""

    surely_utf8: list[int]
    maybe_utf8: list[int]  # valid UTF-8, which a short line of another encoding can be by chance
    others: bytes  # the first lines that are not valid UTF-8, about STUDIED bytes of them

    @classmethod
    def of(cls, data: bytes) -> Lines:
        surely: list[int] = []
        maybe: list[int] = []
        others: list[bytes] = []
        room = STUDIED
        some_utf8 = any(decodes(run, "utf-8") for run in set(NOT_ASCII_RUN.findall(data)))
        for place in LINE.finditer(data):
            line = place.group()
            if line.isascii():
                continue
            if some_utf8 and decodes(line, "utf-8"):
                letters = [letter for letter in line.decode() if letter > "\x7f"]
                sure = any(letter >= "\u0800" for letter in letters) or len(letters) >= SURELY_UTF8
                (surely if sure else maybe).append(place.start())
            elif room > 0:
                others.append(line)
                room -= len(line)
            elif not some_utf8:
                break
        return cls(surely, maybe, b"\n".join(others))


def _two_encodings(data: bytes, first_bad: UnicodeDecodeError, first_good: int, file: str) -> SurveyError:
    bad_row, good_row = row_at(data[: first_bad.start]), row_at(data[:first_good])
    row = max(bad_row, good_row)
    if bad_row == good_row:
        message = _(
            "this row is UTF-8 in one place and something else in another (bytes {bytes}). Two texts were probably "
            "pasted together. Re-save one of them as UTF-8."
        )
    elif good_row < bad_row:
        message = _(
            "this row is not valid UTF-8 (bytes {bytes}) although {before} above it are. Two files were probably "
            "pasted together. Re-save one of them as UTF-8."
        )
    else:
        message = _(
            "this row is valid UTF-8 although {before} above it is not (bytes {bytes}). Two files were probably pasted "
            "together. Re-save one of them as UTF-8, or set encoding if it is one after all."
        )
    if good_row > bad_row:
        before = _("row {row}").format(row=bad_row)
    else:
        before = _("row 1") if bad_row == 2 else _("rows 1-{last}").format(last=bad_row - 1)
    shown_bytes = data[first_bad.start : first_bad.start + 2].hex(" ")
    return stop("error", "E-ENC-02", message.format(bytes=shown_bytes, before=before), file, rows=(row,))


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
    """Share of everyday characters among the letters that are not ASCII, 0 where too many bytes do not decode."""
    text = re.sub(r"[\x00-\x7f]+", "", data.decode(encoding, errors="surrogateescape"))
    counts = Counter(text)
    damaged = sum(count for letter, count in counts.items() if "\udc80" <= letter <= "\udcff")
    if damaged > max(1, MOST_DAMAGED * len(text)):
        return 0.0
    letters = {letter: count for letter, count in counts.items() if unicodedata.category(letter)[0] not in "PSZ"}
    everyday = sum(count for letter, count in letters.items() if _everyday(letter, encoding))
    return everyday / max(sum(letters.values()), 1)


def _kana(data: bytes, encoding: str) -> float:
    """Share of kana among the letters of `data` in a Japanese encoding, 0 where it is not in it."""
    if not decodes(data, encoding):
        return 0.0
    letters = re.sub(r"[\x00-\x7f]+", "", data.decode(encoding))
    return sum("\u3041" <= letter <= "\u30ff" for letter in letters) / max(len(letters), 1)


def _chinese(data: bytes, file: str) -> str | None:
    """GB18030 or Big5 where the text is mostly everyday Chinese in it, else None; asks when two fit alike."""
    shares = {encoding: _share(data, encoding) for encoding in ("gb18030", "big5")}
    shares["cp949"] = float(_share(data, "cp949") == 1 and len(set(data.decode("cp949", errors="ignore"))) >= 8)
    shares["euc_jp"] = float(_kana(data, "euc_jp") > KANA)  # Chinese has no kana, and is never all Hangul unless short
    fitting = sorted((share, encoding) for encoding, share in shares.items() if share >= MOSTLY)
    if not fitting:
        return None
    best_share, best = fitting[-1]
    rivals = [encoding for share, encoding in fitting[:-1] if share > best_share - CLEARLY]
    if best in ("gb18030", "big5") and not rivals:
        return best
    examples = " / ".join(f"{shown(encoding)}: {_example(data, encoding)}" for encoding in [best, *rivals])
    if rivals:
        message = _(
            "the text could be in more than one encoding ({examples}). Set encoding to the one that reads right."
        )
    else:
        message = _("the text seems to be in another encoding ({examples}). Set encoding to it if that reads right.")
    raise stop("ask", "A-ENC-01", message.format(examples=examples), file)


def _western(data: bytes, others: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    high = NOT_ASCII_RUN.findall(others)
    in_long_runs = sum(len(run) for run in high if len(run) >= 4)
    if in_long_runs > sum(len(run) for run in high) / 2:
        message = _(
            "the text is neither UTF-8 nor everyday Chinese, and not written in Latin letters either. Set encoding to "
            "the one that reads right: {examples}."
        )
        possible = [codec for codec in OTHER_SCRIPTS if decodes(data, codec)]
        examples = semicolons(
            _("{name} ({value})").format(name=in_quotes(codec), value=_example(others, codec)) for codec in possible
        )
        raise stop("ask", "A-ENC-02", message.format(examples=examples or "-"), file)
    japanese = next((codec for codec in SHIFT_JIS if _kana(data, codec) > KANA), None)
    if japanese is not None:  # its second bytes are often ASCII, so that it looks like accents here and there
        message = _("the text seems to be in another encoding ({examples}). Set encoding to it if that reads right.")
        examples = f"{shown(japanese)}: {_example(others, japanese)}"
        raise stop("ask", "A-ENC-01", message.format(examples=examples), file)
    encoding = "cp1252" if decodes(data, "cp1252") else "latin-1"
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
    first = NOT_ASCII_RUN.search(data)
    row = row_at(data[: first.start()]) if first else 1
    text = message.format(encoding=shown(encoding), words=quoted_words(others.decode(encoding)))
    return encoding, (Problem("warning", code, text, file=file, rows=(row,)),)


def _example(data: bytes, encoding: str) -> str:
    return " ".join(_words(data.decode(encoding, errors="ignore"))[:EXAMPLE_WORDS])[:60]


def quoted_words(text: str) -> str:
    """The first words that are not ASCII, for a message."""
    return quoted_names(_words(text)[:MOST_EXAMPLES]) or "-"


def _words(text: str) -> list[str]:
    """The distinct words that are not ASCII, in order; what cannot be shown as a replacement character."""
    printable = "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\ufffd" for letter in text[: 64 * 1024]
    )
    words = re.findall(r"(?:[^\W\d_]|[^\x00-\x7f])+", printable)
    return list(dict.fromkeys(word for word in words if not word.isascii()))
