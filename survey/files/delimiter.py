"""Which delimiter a text table has: the one that gives every row the same number of cells, the header included."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from obstacles.survey.files.file_bytes import Octets
from obstacles.survey.files.rows import read_rows, well_quoted
from obstacles.survey.problems import refusal
from obstacles.text.language import _, in_quotes, joined, ngettext

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024
LARGEST_SAMPLE = 4 * 1024**2
ENOUGH_LINES = 20


@dataclass(frozen=True)
class Fit:
    """How well a delimiter explains the sample."""

    delimiter: str
    cells: int  # in most rows below the header
    header_cells: int
    share: float  # of rows with `cells` cells, times the share of rows whose quotation marks enclose whole cells

    @property
    def perfect(self) -> bool:
        return self.share == 1 and self.cells == self.header_cells > 1

    @property
    def plausible(self) -> bool:
        return self.cells > 1 and (self.cells == self.header_cells or self.share >= 0.6)


def settle_delimiter(utf8: Octets, begin: int, skip: int, *, key: str | None, sep: str | None, file: str) -> str:
    """The delimiter of the table in `utf8` from the byte `begin` on.

    Parameters
    ----------
    key, sep
        as the study file and as the line `sep=` name it; `None` leaves it to be found. The key goes first.

    Raises
    ------
    SurveyError
        where the one named does not fit and another does, or (severity "ask") several fit.
    """
    sample = _sample(utf8, begin)
    found = choose_delimiter(sample, skip)
    named = key or sep
    if named is None:
        return _only(found, file)
    better = [fit for fit in found if fit.perfect and fit.delimiter != named]
    fit = _fit(sample, named, skip)
    if not better or fit.perfect:
        return named
    message = _(
        'with the delimiter "{delimiter}" the header has {header} and the rows have mostly {cells}; "{other}" gives '
        "{others} in every row."
    )
    remedy = (
        _("Correct delimiter, or leave it out.")
        if key
        else _('The line "sep=" at the top names the wrong one: delete it, or set delimiter.')
    )
    text = message.format(
        delimiter=named,
        header=cells_in_words(fit.header_cells),
        cells=cells_in_words(fit.cells),
        other=better[0].delimiter,
        others=cells_in_words(better[0].cells),
    )
    raise refusal("E-DEL-02", joined([text, remedy]).replace("\t", "\\t"), file, exit_code=3)


def choose_delimiter(sample: bytes, skip: int = 0, delimiters: tuple[str, ...] = DELIMITERS) -> list[Fit]:
    """The delimiters that explain the sample, best first: the perfect ones alone if there are any."""
    fits = [_fit(sample, delimiter, skip) for delimiter in delimiters if delimiter.encode() in sample]
    perfect = [fit for fit in fits if fit.perfect]
    plausible = [fit for fit in fits if fit.plausible]
    return perfect or sorted(
        plausible, key=lambda fit: (fit.share + (fit.cells == fit.header_cells) / 2, fit.cells), reverse=True
    )


def cells_in_words(count: int) -> str:
    """ "1 cell", "3 cells"."""
    return ngettext("{n} cell", "{n} cells", count).format(n=count)


def _sample(utf8: Octets, begin: int) -> bytes:
    """Whole lines from the top: 64 KiB, or more where the lines are long."""
    size = SAMPLE
    while True:
        part = utf8[begin : begin + size]
        if begin + size >= len(utf8):
            return part
        end = max(part.rfind(b"\n"), part.rfind(b"\r")) + 1
        if size >= LARGEST_SAMPLE or part.count(b"\n") + part.count(b"\r") >= ENOUGH_LINES:
            return part[:end]
        size *= 4


def _fit(sample: bytes, delimiter: str, skip: int) -> Fit:
    """Counts over the rows of the sample; the last is left out when the sample may end inside it."""
    strict = well_quoted(delimiter, loose=False)
    counts: list[int] = []
    sound: list[bool] = []
    for row in read_rows(sample, 0, delimiter):
        if row.number > skip and not row.blank:
            counts.append(len(row.cells))
            raw = sample[row.start : row.end]
            sound.append(b'"' not in raw or strict.fullmatch(raw.decode()) is not None)
    if not counts:
        return Fit(delimiter, 0, 0, 0.0)
    if len(counts) > ENOUGH_LINES:
        del counts[-1], sound[-1]
    below = counts[1:] or counts
    cells, rows = Counter(below).most_common(1)[0]
    return Fit(delimiter, cells, counts[0], rows / len(below) * sum(sound) / len(sound))


def _only(found: list[Fit], file: str) -> str:
    """The delimiter; a comma for a table of one column."""
    if len(found) > 1 and found[0].perfect:
        listed = _(" or ").join(
            _("{name} ({value})").format(name=in_quotes(fit.delimiter), value=fit.cells) for fit in found
        )
        message = _("more than one delimiter gives every row the same number of cells: {listed}. Set delimiter.")
        text = message.format(listed=listed.replace("\t", "\\t"))
        raise refusal("A-DEL-01", text, file, severity="ask", exit_code=3)
    return found[0].delimiter if found else ","
