"""The other sheets of a workbook: headcounts of groups, and the levels that roles need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from obstacles.survey.detect.sheet import Sheet
from obstacles.survey.detect.sources import Source
from obstacles.survey.detect.waves import Round
from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.readers import filled_sheets, open_table
from obstacles.survey.files.table import Table
from obstacles.survey.loading.margins import NUMBER_NAMES, WAVE_NAMES
from obstacles.survey.loading.required_levels import RequiredCell, required_cells
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.survey.studyfile.proposal import SideTable
from obstacles.text.fold import fold

SIZE, NEEDED = "size", "required"
IN_COMMON = 0.6  # share of a sheet's names that must be groups of the answers
FEWEST_EACH = 2.0  # people of a group, on average
MOST_TITLE = 5  # rows of title, from which a sheet is none of these
MOST_ROWS = 5_000  # of a table beside the answers


@dataclass(frozen=True, eq=False)
class BesideSheet:
    """A sheet beside that of the answers."""

    file: str
    title: str
    table: Table
    skip: int  # rows of title above its header

    def texts(self, name: str) -> list[str]:
        """The cells of a column."""
        return list(self.table.text(name))


def sheets_beside(source: Source, folder: Path) -> list[BesideSheet]:
    """The sheets of a workbook that do not hold its answers and can be read."""
    used = next((entry.value for entry in source.entries if entry.key == "sheet"), "")
    if not used:  # it has one sheet with content
        return []
    found = []
    for title, (rows, _columns) in filled_sheets(folder / source.file, source.file).items():
        if title == used or rows > MOST_ROWS:
            continue
        for skip in range(MOST_TITLE):  # a row of title leaves columns without a name
            settings = WaveSettings(id="", file=source.file, format="", header_rows=1, sheet=title, skip=skip)
            try:
                table = open_table(folder / source.file, settings, None)
            except SurveyError:
                break
            if all(table.names):
                found.append(BesideSheet(source.file, title, table, skip))
                break
    return found


def needed_levels(beside: Sequence[BesideSheet], answers: Sheet) -> dict[str, tuple[str, ...]]:
    """Folded item -> the cells that may be its required levels, of every sheet that has a row for each role.

    The first column holds the roles: texts that several people of the answers have, too.
    """
    found: dict[str, tuple[str, ...]] = {}
    for sheet in beside:
        role = next((name for name in sheet.table.names if name and sheet.table.names.count(name) == 1), None)
        cells = list(required_cells(sheet.table, role, lambda _text: True)) if role is not None else []
        if _once(cells) and _are_roles({fold(cell.role) for cell in cells}, answers):
            for cell in cells:
                known = found.setdefault(fold(cell.item), ())
                found[fold(cell.item)] = known if not cell.level or cell.level in known else (*known, cell.level)
    return found


def _are_roles(names: set[str], answers: Sheet) -> bool:
    """Whether most of the names are cells of one column of the answers that several people share each."""
    groups = (one for one in answers.columns if one.answered >= FEWEST_EACH * len(one.filled))
    return bool(names) and any(len(names & one.levels) >= IN_COMMON * len(names) for one in groups)


def _once(cells: Sequence[RequiredCell]) -> bool:
    """Whether each role has one level of each item: answers of people have several."""
    return len({(fold(cell.role), fold(cell.item)) for cell in cells}) == len(cells)


def beside_of(
    rounds: Sequence[Round],
    beside: Mapping[str, Sequence[BesideSheet]],
    groups: Mapping[str, Mapping[str, str]],
    labels: Sequence[str],
) -> dict[str, SideTable]:
    """What the sheets are: SIZE and NEEDED -> the first sheet of that kind."""
    found: dict[str, SideTable] = {}
    for one in rounds:
        for sheet in beside.get(one.source.file, ()):
            for kind, table in _kinds(sheet, one.sheet, groups.get(one.id, {}), labels):
                found.setdefault(kind, table)
    return found


def _kinds(
    sheet: BesideSheet, answers: Sheet, groups: Mapping[str, str], labels: Sequence[str]
) -> Iterator[tuple[str, SideTable]]:
    """What one sheet is; nothing for another table."""
    named = _group(sheet, answers, groups)
    if named is None:
        return
    group, column = named
    known = {fold(label) for label in labels}
    cells = list(required_cells(sheet.table, column, lambda text: fold(text) in known))
    above = {"skip": sheet.skip} if sheet.skip else {}
    called = sheet.table.first_of([group, groups[group]]) is not None
    own: dict[str, str | int] = {**above, **({} if called else {"group": group, "column": column})}
    items = frozenset(fold(cell.item) for cell in cells) & known
    if items and _once(cells):
        yield NEEDED, SideTable(sheet.file, sheet.title, own, items)
        return
    names = [fold(cell) for cell in sheet.texts(column)]
    number = _number(sheet, column)
    if number is not None and len(names) == len(set(names)):
        yield SIZE, SideTable(sheet.file, sheet.title, own | number)


def _group(sheet: BesideSheet, answers: Sheet, groups: Mapping[str, str]) -> tuple[str, str] | None:
    """The group that a sheet is by and its column: by the name of the column, and else by the names in it."""
    by_name = [
        (group, sheet.table.names[sheet.table.column(name)])
        for group, column in groups.items()
        if (name := sheet.table.first_of([group, column])) is not None
    ]
    by_cells = [(group, name) for name in sheet.table.names if sheet.table.names.count(name) == 1 for group in groups]
    for group, name in (*by_name, *by_cells):
        column = answers.named(groups[group])
        cells = {fold(cell) for cell in column.filled} if column is not None else set()
        own = [fold(cell) for cell in sheet.texts(name) if cell] if name else []
        if own and sum(cell in cells for cell in own) >= IN_COMMON * len(own):
            return group, name
    return None


def _number(sheet: BesideSheet, group: str) -> dict[str, str] | None:
    """The column of numbers of people: {} where its name says it, its name where it is the only column of numbers."""
    named = sheet.table.first_of(NUMBER_NAMES)
    if named is not None and _counts(sheet, named):
        return {}
    years = {fold(name) for name in WAVE_NAMES}
    free = [name for name in sheet.table.names if name and name != group and sheet.table.names.count(name) == 1]
    whole = [name for name in free if fold(name) not in years and _counts(sheet, name)]
    return {"number": whole[0]} if len(whole) == 1 and len(free) == 1 else None


def _counts(sheet: BesideSheet, name: str) -> bool:
    """Whether every cell of a column is a whole number of people."""
    values = numbers(sheet.texts(name), None).values
    return bool(values) and all(value is not None and value > 0 and value == round(value) for value in values)
