"""Which rows of a file are analysed: each rule takes rows away and is counted, so that the receipt adds up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from obstacles.survey.files.dates import dates
from obstacles.survey.files.table import Table, is_total
from obstacles.survey.problems import MOST_EXAMPLES, LeftOut, Problem, Severity, and_more
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.survey.studyfile.write import quoted
from obstacles.text.fold import fold, normalise
from obstacles.text.language import _, commas, ngettext, quoted_names

if TYPE_CHECKING:
    import pandas as pd

DAMAGED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2}", re.IGNORECASE)
MOST_LISTED = 8
FEWEST_SUMMED = 4  # rows from which a last row of sums can be told
MOST_SUMMED = 1000  # distinct cells of a column of sums


@dataclass(eq=False)
class Selection:
    """Rows of one table on their way into the analysis."""

    table: Table
    rows: np.ndarray  # rows of the table that are still in
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    flags: dict[str, np.ndarray] = field(default_factory=dict)  # sign of careless answers -> mask of the whole table

    def flag(self, sign: str, flagged: np.ndarray) -> None:
        """Remember the rows `flagged`, a mask of those still in."""
        whole = np.zeros(len(self.table.rows), bool)
        whole[self.rows[flagged]] = True
        self.flags[sign] = whole

    def leave(self, rule: str, gone: np.ndarray) -> None:
        """Take the rows `gone`, a mask of those still in, away by one rule."""
        if count := int(np.count_nonzero(gone)):
            self.left_out.append(LeftOut(rule, count))
            self.rows = self.rows[~gone]

    def problem(
        self,
        severity: Severity,
        code: str,
        message: str,
        column: str | None = None,
        places: Sequence[int] | np.ndarray = (),
        count: int | None = None,
    ) -> None:
        """File a problem; `places` are positions among the rows still in."""
        numbers = self.table.rows[self.rows[np.asarray(places[:MOST_EXAMPLES], np.intp)]] if len(places) else ()
        rows = tuple(int(number) for number in numbers)
        total = count if count is not None else max(len(places), 1)
        self.problems.append(Problem(severity, code, message, self.table.file, rows, column, count=total))

    def cells(self, severity: Severity, code: str, message: str, column: str, where: np.ndarray) -> None:
        """File a problem of the rows `where`, a mask of those still in, if there are any."""
        if where.any():
            self.problem(severity, code, message, column, np.flatnonzero(where))

    def having(self, column: str, cells: Iterable[str]) -> np.ndarray:
        """(n,) bool: the rows still in whose cell is one of these, in any case."""
        codes, values = self.coded(column)
        wanted = {fold(cell) for cell in cells}
        return np.array([fold(value) in wanted for value in values], bool).take(codes)

    def coded(self, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """Codes of the rows still in, and the column's distinct cells."""
        codes, values = self.table.coded(column)
        everything = len(self.rows) == len(self.table.rows)  # rows only ever leave, and keep their order
        return codes if everything else codes.take(self.rows), values


def select_rows(
    settings: StudySettings, wave: WaveSettings, table: Table, answers: Sequence[str], *, one_row: bool = True
) -> Selection:
    """Apply the rules of the study file in order: exclude, where, finished, duplicates.

    Parameters
    ----------
    answers
        the question's columns.
    one_row
        False: a respondent may have several rows, and ids repeat.
    """
    selection = Selection(table, np.arange(len(table.rows), dtype=np.intp))
    for column, cells in wave.exclude.items():
        rule = _("{column} is {values}").format(column=column, values=_(" or ").join(cells))
        selection.leave(rule, selection.having(column, cells))
    for column, cells in wave.where.items():
        _where(selection, column, cells)
    if wave.test_rows is not None and len(selection.rows):
        selection.leave(_("a preview or test"), selection.having(wave.test_rows.column, wave.test_rows.is_))
    if wave.date is not None and wave.fieldwork is not None and len(selection.rows):
        _fieldwork(selection, settings, wave, wave.date)
    if wave.finished is not None and len(selection.rows):
        done = selection.having(wave.finished.column, wave.finished.is_)
        if not done.any():
            message = _("no row is finished: none has {wanted}. The values are {values}.")
            values = selection.coded(wave.finished.column)[1]
            text = message.format(wanted=_listed(wave.finished.is_), values=_listed(values))
            selection.problem("error", "E-FIN-01", text, wave.finished.column)
        selection.leave(_("the answer was not finished"), ~done)
    if wave.id_column is not None and len(selection.rows):
        _ids(selection, wave, answers, one_row)
    _sums(selection, answers, wave.id_column)
    return selection


def _sums(selection: Selection, answers: Sequence[str], id_column: str | None) -> None:
    """A last row that holds the sums of the rows above it, in every column of the question, is no answer.

    A sum is larger than each of its numbers: else a rare choice that the last person made, too, would look like one.
    """
    if len(selection.rows) < FEWEST_SUMMED or len(answers) < 2:
        return
    for column in answers:
        codes, values = selection.coded(column)
        last = values[codes[-1]]
        if not last.isdecimal() or len(values) > MOST_SUMMED:
            return
        times = np.bincount(codes[:-1], minlength=len(values))
        above = [(int(n), int(value)) for n, value in zip(times, values, strict=True) if n and value.isdecimal()]
        if int(last) != sum(n * number for n, number in above) or int(last) <= max(number for _n, number in above):
            return
    message = _("the last row holds the sums of the rows above it: it is no answer. Delete it{remedy}.")
    remedy = "" if id_column is None else _by_exclude(id_column, _last_cell(selection, id_column))
    selection.problem("error", "E-ROW-07", message.format(remedy=remedy), places=[len(selection.rows) - 1])


def _last_cell(selection: Selection, column: str) -> str:
    codes, values = selection.coded(column)
    return str(values[int(codes[-1])])


def _by_exclude(column: str, cell: str) -> str:
    """The line of the study file that leaves the rows with a cell out."""
    line = f"exclude = {{ {quoted(column)} = [{quoted(cell)}] }}"
    return _(", or leave it out by {line} in its [[wave]]").format(line=line)


def _fieldwork(selection: Selection, settings: StudySettings, wave: WaveSettings, column: str) -> None:
    """Answers from outside the fieldwork: flagged, or left out by [quality] outside_fieldwork."""
    assert wave.fieldwork is not None
    codes, values = selection.coded(column)
    found = dates(values, wave.date_order)
    if found.order is None:
        message = _(
            'dates such as "{cell}" can be read with the day or the month first. Set date_order = "dmy" or "mdy".'
        )
        selection.problem("ask", "A-DATE-01", message.format(cell=values[codes[0]][:40]), column)
        return
    first, last = wave.fieldwork
    unknown = [day is None and value != "" for day, value in zip(found.values, values, strict=True)]
    outside = np.array([day is not None and not first <= day <= last for day in found.values], bool).take(codes)
    message = _("this is no date; the row is kept.")
    selection.cells("warning", "W-DATE-01", message, column, np.array(unknown, bool).take(codes))
    if settings.quality.outside_fieldwork == "leave_out":
        selection.leave(_("answered outside the fieldwork"), outside)
        return
    message = _(
        'answered outside the fieldwork ({first} to {last}): kept. [quality] outside_fieldwork = "leave_out" leaves '
        "such rows out."
    )
    text = message.format(first=first.isoformat(), last=last.isoformat())
    selection.cells("warning", "W-DATE-02", text, column, outside)


def _where(selection: Selection, column: str, cells: Sequence[str]) -> None:
    codes, values = selection.coded(column)
    wanted = {normalise(cell) for cell in cells}
    match = np.array([value in wanted for value in values], bool)
    absent = [cell for cell in cells if normalise(cell) not in values]
    if absent:
        message = _("where: no row has {wanted}. The values are {values}.")
        selection.problem("error", "E-WHERE-01", message.format(wanted=_listed(absent), values=_listed(values)), column)
    rule = _("{column} is not {values}").format(column=column, values=_(" or ").join(cells))
    selection.leave(rule, ~match[codes])


def _listed(values: Sequence[str]) -> str:
    return and_more(quoted_names(value[:40] for value in values[:MOST_LISTED]), len(values) - MOST_LISTED)


def _ids(selection: Selection, wave: WaveSettings, answers: Sequence[str], one_row: bool) -> None:
    """Ids that Excel damaged, that are blank, or that occur more than once."""
    import pyarrow.compute as pc

    assert wave.id_column is not None
    if one_row:
        selection.flag("duplicate_id", np.zeros(len(selection.rows), bool))
    texts = selection.table.different(wave.id_column)
    if texts is not None:
        _total(selection, wave.id_column, texts[int(selection.rows[-1])].as_py())
        _blank_ids(selection, wave, np.asarray(pc.equal(texts, ""))[selection.rows])
        return
    codes, values = selection.coded(wave.id_column)
    times = np.bincount(codes, minlength=len(values))
    _total(selection, wave.id_column, values[codes[-1]])
    if any(DAMAGED.fullmatch(values[code]) for code in np.flatnonzero(times > 1).tolist()):
        damaged = np.array([DAMAGED.fullmatch(value) is not None for value in values], bool)
        place = np.flatnonzero(damaged[codes])
        message = _("{n} ids look like {id}: Excel has rounded them. Export again with the id column as text.")
        text = message.format(n=f"{len(place):,}", id=values[codes[place[0]]])
        selection.problem("error", "E-ID-02", text, wave.id_column, place)
        return
    blank = np.array([value == "" for value in values], bool)
    _blank_ids(selection, wave, blank[codes])
    repeated = np.flatnonzero((times > 1) & ~blank)
    if len(repeated) and one_row:
        _duplicates(selection, wave, answers, repeated)


def _total(selection: Selection, column: str, last: str) -> None:
    if is_total(last):
        message = _('the last row is a total ("{id}"), not an answer. Delete it{remedy}.')
        text = message.format(id=last, remedy=_by_exclude(column, last))
        selection.problem("error", "E-ROW-07", text, column, [len(selection.rows) - 1])


def _blank_ids(selection: Selection, wave: WaveSettings, blank: np.ndarray) -> None:
    assert wave.id_column is not None
    if wave.panel_id == wave.id_column:
        message = _("the id is blank, and a panel needs it. Add the id, or leave panel_id out.")
        selection.cells("error", "E-ID-03", message, wave.id_column, blank)
    else:
        message = _("the id is blank; the row number is used instead.")
        selection.cells("warning", "W-ID-01", message, wave.id_column, blank)


def _duplicates(selection: Selection, wave: WaveSettings, answers: Sequence[str], repeated: np.ndarray) -> None:
    """Ids that occur more than once: an error, or the first or last row of each stays."""
    assert wave.id_column is not None
    codes, values = selection.coded(wave.id_column)
    again = np.isin(codes, repeated)
    selection.flag("duplicate_id", again)
    if wave.duplicates == "error":
        first = values[codes[np.flatnonzero(again)[0]]]
        places = np.flatnonzero(codes == codes[np.flatnonzero(again)[0]])
        same = all(len(set(selection.coded(column)[0][places])) == 1 for column in answers)
        kind = _("with the same answers") if same else _("with different answers")
        message = ngettext(
            '{n} id occurs more than once ("{id}" in rows {rows}, {kind}). Set duplicates = "first" or "last" in the '
            "wave, or correct the file.",
            '{n} ids occur more than once (first: "{id}" in rows {rows}, {kind}). Set duplicates = "first" or "last" '
            "in the wave, or correct the file.",
            len(repeated),
        )
        rows = commas(str(row) for row in selection.table.rows[selection.rows[places[:MOST_EXAMPLES]]])
        text = message.format(n=f"{len(repeated):,}", id=first[:60], rows=rows, kind=kind)
        selection.problem("error", "E-ID-01", text, wave.id_column, count=len(repeated))
        return
    place = np.arange(len(codes))
    order = place if wave.duplicates == "first" else place[::-1]
    _distinct, kept = np.unique(codes[order], return_index=True)
    stays = np.zeros(len(codes), bool)
    stays[order[kept]] = True
    first_or_last = _("first") if wave.duplicates == "first" else _("last")
    rule = _("the id occurs more than once ({which} row kept)").format(which=first_or_last)
    selection.leave(rule, again & ~stays)


def ids_of(selection: Selection, wave: WaveSettings) -> pd.Series:
    """(n,) the ids as text, row numbers where a cell is blank; numbers alone where there is no column of ids."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = selection.table.rows[selection.rows]
    if wave.id_column is None:
        return pd.Series(numbers)
    texts, places = selection.table.different(wave.id_column), selection.rows
    if texts is None:
        places, values = selection.coded(wave.id_column)
        texts = pa.array(values, pa.large_string())
    found: pd.Series = texts.take(pa.array(places)).to_pandas().astype("str")
    if not pc.any(pc.equal(pc.binary_length(texts), 0)).as_py():
        return found
    return found.where(found != "", pd.Series(numbers).astype("str"))
