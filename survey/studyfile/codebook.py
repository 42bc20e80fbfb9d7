"""The codebook: the items of a large instrument as a table that people edit in a spreadsheet.

Columns: id, label_<language>, short_<language>, category, kind, column_<wave>, since, until, required, status. A row
with something in `required` is a capability and not an obstacle: the level that is required, or "role" or "column". In
column_<wave> stands the wave's column of the item; in waves without a column per item, the text of the item in cells.
Where the study file says something, too, the study file wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from obstacles.survey.files.paths import inside
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.formats import FORMATS
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.settings import (
    Capability,
    CapabilityColumns,
    CapabilityItem,
    Comparison,
    Crosswalk,
    ItemsAt,
    ItemSettings,
    StudySettings,
    WaveSettings,
)
from obstacles.survey.settings.values import ItemKind
from obstacles.survey.studyfile.instrument import with_own
from obstacles.text.escape import harmful
from obstacles.text.language import _, commas

KNOWN = re.compile(r"id|category|kind|required|status|since|until|(?:label|short|column)_.+")
STATUS = ("same", "reworded", "split", "merged", "new", "dropped")
CHANGED = {"reworded": (True, True), "new": (False, True), "dropped": (True, False)}  # status -> asked before, after
FORMULA = ("=", "+", "-", "@", "\t")
REQUIRED_FROM = ("role", "column")
SURE_LETTERS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")

Row = Mapping[str, str]  # column of the codebook -> cell; blank cells left out


def with_codebook(settings: StudySettings, folder: Path) -> StudySettings:
    """The settings with what the codebook adds to them.

    Raises
    ------
    SurveyError
        for a codebook that cannot be read (exit code 2), or that contradicts itself or the study file (3).
    """
    name = settings.obstacles.codebook
    if name is None:
        return settings
    path = inside(name, folder)
    if path is None:
        message = _("the codebook lies outside the folder of the study file. Move it there.")
        raise SurveyError([Problem("error", "E-PATH-01", message, file=name)], exit_code=3)
    table = open_table(path, WaveSettings(id="", file=name, format="", header_rows=1), None)
    rows = _rows(table, settings)
    obstacles = [row for _number, row in rows if "required" not in row]
    capabilities = [row for _number, row in rows if "required" in row]
    items = _items(settings, obstacles)
    own = {item.id: item for item in items}
    return settings.model_copy(
        update={
            "obstacles": settings.obstacles.model_copy(update={"item": items}),
            "capability": _capability(settings, capabilities),
            "wave": tuple(_wave(wave, obstacles, capabilities) for wave in settings.wave),
            "comparison": tuple(_comparison(each, obstacles, own, _waves(settings)) for each in settings.comparison),
        }
    )


def _rows(table: Table, settings: StudySettings) -> list[tuple[int, Row]]:
    """The rows with their numbers; every problem of the codebook at once."""
    file = table.file
    if table.encoding not in SURE_LETTERS and table.delimiter:
        message = _(
            'the codebook is not UTF-8: save it as "CSV UTF-8" or as an Excel workbook, so that no letter is guessed.'
        )
        raise SurveyError([Problem("error", "E-BOOK-03", message, file=file)])
    problems = [
        Problem("error", "E-BOOK-01", _unknown(name, settings), file=file, column=name or None)
        for name in table.names
        if not KNOWN.fullmatch(name) or (name.startswith("column_") and name[7:] not in _waves(settings))
    ]
    if "id" not in table.names:
        message = _("the codebook has no column id.")
        problems.append(Problem("error", "E-BOOK-01", message, file=file))
    if problems:
        raise SurveyError(problems, exit_code=3)
    columns = {name: [_without_mark(cell) for cell in table.text(f"{name}")] for name in table.names}
    rows: list[tuple[int, Row]] = []
    seen: dict[str, int] = {}
    for place, number in enumerate(table.rows.tolist()):
        row = {name: cells[place] for name, cells in columns.items() if cells[place]}
        for message in _wrong(row, seen, settings):
            problems.append(Problem("error", "E-BOOK-02", message, file=file, rows=(number,)))
        if row.get("id"):
            seen.setdefault(row["id"], number)
        rows.append((number, row))
    if problems:
        raise SurveyError(problems, exit_code=3)
    return rows


def _unknown(name: str, settings: StudySettings) -> str:
    if name.startswith("column_"):
        message = _('there is no wave "{wave}". The waves are {waves}.')
        return message.format(wave=name[7:], waves=commas(_waves(settings)))
    return _(
        "this is no column of a codebook. They are id, label_en (or another language), short_en, category, "
        "kind, column_{wave} for each wave, since, until, required and status."
    ).format(wave=settings.wave[0].id)


def _waves(settings: StudySettings) -> list[str]:
    return [wave.id for wave in settings.wave]


def as_cell(text: str) -> str:
    """A text as a cell that a spreadsheet does not take for a formula; control characters are left out."""
    plain = "".join(" " if harmful(letter) else letter for letter in text)
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def comes_back(text: str) -> bool:
    """Whether a text that was written into a codebook is read as it was."""
    return _without_mark(as_cell(text)) == text


def _without_mark(cell: str) -> str:
    """Without the apostrophe that keeps a text from being taken for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _wrong(row: Row, seen: Mapping[str, int], settings: StudySettings) -> list[str]:
    """What is wrong with a row."""
    found = []
    id = row.get("id", "")
    if not id:
        found.append(_("the id is blank."))
    elif id in seen:
        found.append(_('the id "{id}" stands in row {row}, too.').format(id=id, row=seen[id]))
    if (status := row.get("status")) is not None and status not in STATUS:
        found.append(_('the status is "{status}"; it can be {allowed}.').format(status=status, allowed=commas(STATUS)))
    if status in ("split", "merged") and not any(id in _stated(comparison) for comparison in settings.comparison):
        message = _('"{status}" needs the items of both waves: write it as [[comparison.crosswalk]] in the study file.')
        found.append(message.format(status=status))
    for key in ("since", "until"):
        if key in row and row[key] not in _waves(settings):
            message = _('{key}: there is no wave "{wave}". The waves are {waves}.')
            found.append(message.format(key=key, wave=row[key], waves=commas(_waves(settings))))
    if (kind := row.get("kind")) is not None and kind not in get_args(ItemKind):
        message = _('the kind is "{kind}"; it can be {allowed}, or blank for what is ranked.')
        found.append(message.format(kind=kind, allowed=commas(get_args(ItemKind))))
    required = row.get("required", "")
    if required and required not in REQUIRED_FROM and _level(required) is None:
        message = _('required is "{required}"; it can be a level such as 2, or "role" or "column".')
        found.append(message.format(required=required))
    return found


def _level(text: str) -> float | None:
    return float(text) if re.fullmatch(r"-?\d{1,6}(?:\.\d{1,6})?", text) else None


def _texts(row: Row, kind: str) -> dict[str, str]:
    return {name.removeprefix(f"{kind}_"): cell for name, cell in row.items() if name.startswith(f"{kind}_")}


def _items(settings: StudySettings, rows: list[Row]) -> tuple[ItemSettings, ...]:
    """The codebook's items in its order, the study file's own parts in their place, its other items at the end."""
    own = {item.id: item for item in settings.obstacles.item}
    items = [_item(row, own.pop(row["id"], None), settings) for row in rows]
    return (*items, *own.values())


def _item(row: Row, own: ItemSettings | None, settings: StudySettings) -> ItemSettings:
    since, until = _asked(row, settings)
    item = ItemSettings(
        id=row["id"],
        label=_texts(row, "label"),
        short=_texts(row, "short"),
        category=row.get("category"),
        kind=row.get("kind"),
        since=row.get("since", since),
        until=row.get("until", until),
    )
    if own is None:
        return item
    texts = {"label": {**item.label, **own.label}, "short": {**item.short, **own.short}}  # language by language
    return with_own(item, own).model_copy(update=texts)


def _asked(row: Row, settings: StudySettings) -> tuple[str | None, str | None]:
    """The first and the last wave that has a column for the item, where others have none."""
    waves = [wave.id for wave in settings.wave if _by_column(wave)]
    asked = [wave for wave in waves if f"column_{wave}" in row]
    if not asked or len(waves) < len(settings.wave):
        return None, None
    return (asked[0] if asked[0] != waves[0] else None), (asked[-1] if asked[-1] != waves[-1] else None)


def _by_column(wave: WaveSettings) -> bool:
    """Whether the wave has a column per item."""
    form = FORMATS.get(wave.format)
    return form is not None and "obstacles" in form.uses and not (wave.cell or wave.order or wave.slots)


def _wave(wave: WaveSettings, obstacles: list[Row], capabilities: list[Row]) -> WaveSettings:
    """[wave.obstacles], [wave.values] and [wave.capability.current] from column_<wave>."""
    named = {row["id"]: cell for row in obstacles if (cell := row.get(f"column_{wave.id}"))}
    current = {row["id"]: cell for row in capabilities if (cell := row.get(f"column_{wave.id}"))}
    update: dict[str, Any] = {}
    form = FORMATS.get(wave.format)
    if named and _by_column(wave):
        update["obstacles"] = {**named, **wave.obstacles}
    elif named and form is not None and "values" in form.uses:
        update["values"] = {**{id: (cell,) for id, cell in named.items()}, **wave.values}
    if current:
        own = wave.capability or CapabilityColumns()
        update["capability"] = own.model_copy(update={"current": {**current, **own.current}})
    return wave.model_copy(update=update) if update else wave


def _capability(settings: StudySettings, rows: list[Row]) -> Capability | None:
    if not rows:
        return settings.capability
    before = settings.capability or Capability()
    own = {item.id: item for item in before.item}
    items = []
    for row in rows:
        required = row["required"]
        item = CapabilityItem(
            id=row["id"],
            label=_texts(row, "label"),
            required=_level(required),
            required_from=required if required in REQUIRED_FROM else None,
        )
        items.append(with_own(item, own.pop(row["id"], item)))
    return before.model_copy(update={"item": (*items, *own.values())})


def _comparison(
    comparison: Comparison, rows: list[Row], items: Mapping[str, ItemSettings], waves: Sequence[str]
) -> Comparison:
    """The crosswalk of a comparison with the items whose status says that they changed."""
    stated = _stated(comparison)
    added = []
    for row in rows:
        id, status = row["id"], row.get("status", "same")
        if status not in CHANGED or id in stated:
            continue
        for one, other in _changes(CHANGED[status], items[id], comparison.waves, waves):
            added.append(
                Crosswalk(
                    from_=ItemsAt(wave=one, items=() if status == "new" else (id,)),
                    to=ItemsAt(wave=other, items=() if status == "dropped" else (id,)),
                    status=status,
                )
            )
    return comparison.model_copy(update={"crosswalk": (*comparison.crosswalk, *added)})


def _changes(
    asked: tuple[bool, bool], item: ItemSettings, compared: Sequence[str], waves: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Neighbouring waves of which an item was asked in the first, in the second, or in both.

    In which of several waves the words changed the codebook does not say: in each of them, then.
    """
    since = waves.index(item.since) if item.since in waves else 0
    until = waves.index(item.until) if item.until in waves else len(waves) - 1
    for pair in pairwise(wave for wave in compared if wave in waves):
        if tuple(since <= waves.index(wave) <= until for wave in pair) == asked:
            yield pair


def _stated(comparison: Comparison) -> set[str]:
    """The items that the crosswalk of the study file names."""
    return {id for walk in comparison.crosswalk for id in (*walk.from_.items, *walk.to.items)}
