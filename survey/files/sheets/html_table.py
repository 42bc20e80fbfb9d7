"""A table of a web page, as many programs save it under the name .xls: the table becomes a text table.

Several tables are told by their numbers from 1, as `sheet = "2"`. A page without a table of answers, such as a log-in
page, is refused. No script is run and nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Unpack

from obstacles.survey.files.encoding import decode
from obstacles.survey.files.memory import TEXT_COST, check_memory
from obstacles.survey.files.sheets.sheet_table import Merged, chosen_title, csv_of, sheet_table
from obstacles.survey.files.table import Table, TableKeys
from obstacles.survey.files.unpack import HEAD, read_bytes, web_page
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError, refusal
from obstacles.text.language import _, semicolons

CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.I)
START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|table|style|meta|div|!--)", re.I)
MOST_CELLS = 10_000_000  # of a table, laid out
WIDEST, DEEPEST = 1000, 65_534  # columns and rows that a cell can span
FEWEST_ROWS, FEWEST_COLUMNS = 2, 2  # of a table that is no frame around a form
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932", "shift_jis": "cp932"}
ACCEPT_ANYTHING = ("iso-8859-1", "latin1", "latin-1", "windows-1252", "us-ascii")
MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
SILENT = ("script", "style", "title", "template")
BREAKS = ("br", "p", "div", "li")


@dataclass
class _Page:
    """One table of a page while it is read; of tables inside each other each by itself."""

    rows: list[list[str]] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)  # column -> the last row that a cell above takes
    texts: list[str] | None = None  # of the cell that is open
    across: int = 1
    down: int = 1
    cells: int = 0

    @property
    def size(self) -> tuple[int, int]:
        return len(self.rows), max(map(len, self.rows), default=0)

    def close(self, file: str) -> None:
        """Put the open cell into its place."""
        if self.texts is None:
            return
        if not self.rows:
            self.rows.append([])
        text = re.sub(r"[ \t\r\f\v\n]+", " ", "".join(self.texts)).replace(" \0 ", "\n").replace("\0", "\n").strip()
        row, place = self.rows[-1], len(self.rows) - 1
        while self.taken.get(len(row), -1) >= place:
            row.append("")
        self.cells += self.across
        if self.cells > MOST_CELLS:
            raise refusal(
                "E-FILE-04", _("the table of the page has more cells than any survey. It was not read."), file
            )
        if self.down > 1:
            last = place + self.down - 1
            self.taken |= dict.fromkeys(range(len(row), len(row) + self.across), last)
        if self.down > 1 and self.across == 1:
            self.merged.append(Merged(len(row), place, place + self.down - 1))
        row += [text] + [""] * (self.across - 1)
        self.texts = None


class _Reader(HTMLParser):
    """Fills the tables of a page."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.file = file
        self.found: list[_Page] = []
        self.open: list[_Page] = []
        self.silent = 0
        self.password = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        stated = dict(attrs)
        self.silent += tag in SILENT
        self.password |= tag == "input" and (stated.get("type") or "").casefold() == "password"
        if tag == "table":
            self.found.append(_Page())
            self.open.append(self.found[-1])
        if not self.open:
            return
        page = self.open[-1]
        if tag == "tr":
            page.close(self.file)
            page.rows.append([])
        elif tag in ("td", "th"):
            page.close(self.file)
            page.across, page.down = _span(stated.get("colspan"), WIDEST), _span(stated.get("rowspan"), DEEPEST)
            page.texts = []
        elif tag in BREAKS and page.texts:
            page.texts.append("\0")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in SILENT))
        if self.open and tag in ("td", "th", "tr", "table"):
            self.open[-1].close(self.file)
            if tag == "table":
                self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].texts is not None and not self.silent:
            self.open[-1].texts.append(data)


def _span(stated: str | None, most: int) -> int:
    text = (stated or "").strip()
    return max(1, min(int(text[:6]), most)) if text.isascii() and text.isdigit() else 1


def is_html(path: Path) -> bool:
    """Whether the file begins as a web page does, whatever its name."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as stream:
            return START.match(_narrow(stream.read(HEAD))) is not None
    except OSError:
        return False


def _narrow(head: bytes) -> bytes:
    """UTF-16 with a mark, as programs of Microsoft write it, seen as ASCII."""
    return head.replace(b"\x00", b"")[2:] if head[:2] in MARKS else head


def read_html(path: Path, *, file: str, sheet: str | None = None, **keys: Unpack[TableKeys]) -> Table:
    """The page's table; `sheet` is its number, where there are several. Raises SurveyError."""
    raw = read_bytes(path, file)
    check_memory(2 * TEXT_COST * len(raw), file)
    decoded = decode(raw, file=file, encoding=keys.get("encoding") or _stated(raw))
    reader = _Reader(file)
    try:
        reader.feed(decoded.utf8[:].decode(errors="replace"))
        reader.close()
    except AssertionError:  # what Python's parser says of some damage
        raise web_page(file) from None
    for one in reader.open:
        one.close(file)
    pages = {str(number): page for number, page in enumerate(_with_answers(reader), 1)}
    if not pages:
        raise web_page(file)
    if sheet is None and len(pages) > 1:
        raise _several(pages, file)
    title = chosen_title(sheet, pages, tuple(pages), file)
    page = pages[title]
    note = Problem("info", "I-XLS-01", _("read table {n} of a web page.").format(n=title), file=file)
    name = _("table of a web page")
    table = sheet_table(csv_of(page.rows), raw, page.merged, note, name=name, file=file, **keys)
    return replace(table, problems=(*table.problems, *decoded.problems))


def _with_answers(reader: _Reader) -> list[_Page]:
    """The tables of a page that may hold answers: none where it asks for a password."""
    sizes = [(page, *page.size) for page in reader.found]
    return [page for page, rows, columns in sizes if rows >= FEWEST_ROWS and columns >= FEWEST_COLUMNS
            and not reader.password]  # fmt: skip


def _several(pages: dict[str, _Page], file: str) -> SurveyError:
    """The question which of several tables is meant."""
    message = _('the page has several tables: {tables}. Set sheet = "{first}", or another one.')
    one = _("{n} ({rows} rows, {columns} columns)")
    listed = [one.format(n=number, rows=page.size[0], columns=page.size[1]) for number, page in pages.items()]
    text = message.format(tables=semicolons(listed[:MOST_EXAMPLES]), first=next(iter(pages)))
    return refusal("A-XLS-01", text, file, severity="ask", exit_code=3)


def _stated(raw: bytes) -> str | None:
    """The encoding that a page states, where all of it is in it; None where the letters have to tell."""
    said = CHARSET.search(raw[:HEAD])
    name = said[1].decode("ascii", errors="replace").casefold() if said else ""
    name = WIDER.get(name, name)
    if not name or name in ACCEPT_ANYTHING or raw[:2] in MARKS:
        return None
    try:
        raw.decode(name)
    except (LookupError, ValueError):
        return None
    return name
