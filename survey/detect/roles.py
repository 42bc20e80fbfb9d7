"""What the columns beside the question are: id, weight, day, duration, and the rules for rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from obstacles.survey.detect.people import (
    HALF,
    MOST_NAMED,
    SENSITIVE,
    WHO,
    group_names,
    is_group,
    is_personal,
    is_text,
    said_of,
    title_of,
)
from obstacles.survey.detect.sheet import Column, Sheet
from obstacles.survey.files.dates import Dates, dates
from obstacles.survey.files.numerics import numbers, seconds
from obstacles.survey.loading.selection import DAMAGED
from obstacles.survey.studyfile.guess import Entry, count
from obstacles.text.fold import fold
from obstacles.text.language import _, commas, quoted_names

ID = re.compile(
    r"id|row|nr|no|case|uuid|token|unnamed: 0|index|编号|序号|答卷编号|"
    r".*\b(?:response|respondent|participant|record|case|person|answer|submission)[\s_]?(?:id|no|nr|number|code)",
    re.I,
)
WEIGHT = re.compile(r"w\d?|wt|wgt|.*weight.*|gewicht.*|pond.*|.*权重.*|.*加权.*|.*[_\s]w(?:gt|t)?|w[_\s].*", re.I)
DATE = re.compile(
    r"(?!.*(?:birth|born|geburt|naissance|出生)).*(?:timestamp|submitted|date\b|datum|提交时间|提交答卷时间|日期).*",
    re.I,
)
DURATION = re.compile(r".*(?:duration|interviewtime|time taken|seconds|所用时间|耗时|用时).*", re.I)


@dataclass(frozen=True)
class Roles:
    """The columns beside the question."""

    entries: tuple[Entry, ...]  # keys of [[wave]]
    weights: tuple[Entry, ...]  # keys of [weights]
    groups: dict[str, str]  # name -> column
    more_groups: tuple[str, ...]  # columns that could be groups, too
    sensitive: tuple[str, ...]
    personal: tuple[str, ...]  # named by their header, for drop_columns
    free_text: tuple[str, ...]
    notes: tuple[str, ...]


def roles_of(sheet: Sheet, used: set[str], questions: set[str], waves: tuple[Sheet, ...]) -> Roles:
    """What each column is.

    Parameters
    ----------
    used
        names of the columns of the question that is ranked.
    questions
        names of the columns of other questions with several columns, which are no groups.
    waves
        the rows of each wave, in which ids have to be unique.
    """
    notes: list[str] = []
    free = [column for column in sheet.columns if column.name not in used]
    personal = [column for column in free if is_personal(sheet, column, questions)]
    free = [column for column in free if column not in personal]
    entries: list[Entry] = []
    taken: set[str] = set()
    for rule in (_finished, _tests, _id, _weight, _date, _duration):
        for entry in rule(sheet, [column for column in free if column.name not in taken], waves, notes):
            entries.append(entry)
            taken |= set(_columns_of(entry))
    technical = {fold(name) for role in ("technical", "page", "submitted") for name in sheet.vendor.roles.get(role, ())}
    rest = [
        c for c in free if c.name not in taken and c.name not in questions and fold(title_of(sheet, c)) not in technical
    ]
    groups = [column for column in rest if is_group(column)]
    sensitive = [column for column in groups if SENSITIVE.search(said_of(column))]
    groups = [column for column in groups if column not in sensitive]
    named = [column for column in groups if WHO.search(said_of(column)) and not column.heading.item][:MOST_NAMED]
    texts = [column for column in rest if column not in groups and column not in sensitive and is_text(column)]
    weights = tuple(entry for entry in entries if entry.key == "weights.missing")
    return Roles(
        entries=tuple(entry for entry in entries if entry.key != "weights.missing"),
        weights=tuple(replace(entry, key="missing") for entry in weights),
        groups=group_names(named),
        more_groups=tuple(column.name for column in groups if column not in named),
        sensitive=tuple(column.name for column in sensitive),
        personal=tuple(c.name for c in personal if not c.name.startswith("column:")),
        free_text=tuple(column.name for column in texts),
        notes=tuple(notes),
    )


def _columns_of(entry: Entry) -> Iterator[str]:
    if isinstance(entry.value, str):
        yield entry.value
    elif isinstance(entry.value, dict) and "column" in entry.value:
        yield entry.value["column"]


def _named(sheet: Sheet, free: list[Column], role: str) -> list[Column]:
    """The columns that the vendor's exports have for a role, the best first."""
    titles = {fold(title_of(sheet, column)): column for column in reversed(free)}
    return [titles[name] for name in map(fold, sheet.vendor.roles.get(role, ())) if name in titles]


def _id(sheet: Sheet, free: list[Column], waves: tuple[Sheet, ...], notes: list[str]) -> Iterator[Entry]:
    of_vendor = _named(sheet, free, "id")
    by_name = [
        column
        for column in free
        if ID.fullmatch(title_of(sheet, column)) or (not title_of(sheet, column) and column.position == 0)
    ]
    for column in [*of_vendor, *by_name]:
        repeated = max((_repeated(wave.columns[column.position]) for wave in waves), default=0)
        if column.answered < 0.9 * column.n or len(column.filled) < 2:
            continue
        if any(DAMAGED.fullmatch(value) and size > 1 for value, size in column.filled.items()):
            rounded = _('"{column}" holds ids that Excel has rounded ({id}): export again with the ids as text')
            notes.append(rounded.format(column=column.name, id=next(iter(column.filled))))
            continue
        if repeated == 0:
            yield Entry("id_column", column.name)
            return
        if column in of_vendor and repeated < 0.2 * column.n:
            yield Entry("id_column", column.name)
            why = _("{n} rows have an id that occurs before; error | first | last").format(n=count(repeated))
            yield Entry("duplicates", "first", why, True)
            return


def _repeated(column: Column) -> int:
    return sum(size - 1 for size in column.filled.values())


def _weight(sheet: Sheet, free: list[Column], waves: tuple[Sheet, ...], notes: list[str]) -> Iterator[Entry]:
    """Positive numbers under the name of a weight; the one without zeros and with a mean near 1 first."""
    found = []
    for column in free:
        if not WEIGHT.fullmatch(title_of(sheet, column)) or len(column.filled) < 3 or column.answered < HALF * column.n:
            continue
        parsed = numbers(list(column.filled), None).values
        if any(one is None or one < 0 for one in parsed):
            continue
        sizes = list(column.filled.values())
        values = [(value or 0.0, size) for value, size in zip(parsed, sizes, strict=True)]
        mean = sum(value * size for value, size in values) / max(1, column.answered)
        zeros = sum(size for value, size in values if value == 0)
        if mean > 0:
            found.append(
                (zeros > 0, abs(mean - 1), column, mean, min(v for v, _s in values), max(v for v, _s in values))
            )
    if not found:
        return
    _zeros, _far, column, mean, least, most = min(found, key=lambda one: one[:2])
    why = _("numbers from {least} to {most} with the mean {mean}, by the name a weight").format(
        least=f"{least:.3g}", most=f"{most:.3g}", mean=f"{mean:.3g}"
    )
    yield Entry("weight", column.name, why, True)
    others = [one[2].name for one in found if one[2] is not column]
    if others:
        notes.append(_("also named like a weight: {columns}").format(columns=_listed(others)))
    if column.blank:
        missing = _("{n} rows have no weight; error | drop").format(n=count(column.blank))
        yield Entry("weights.missing", "drop", missing, True)


def _date(sheet: Sheet, free: list[Column], waves: tuple[Sheet, ...], notes: list[str]) -> Iterator[Entry]:
    for column in [*_named(sheet, free, "date"), *(c for c in free if DATE.fullmatch(title_of(sheet, c)))]:
        found = dates_of(column)
        if found is None:
            continue
        yield Entry("date", column.name)
        if found.order is None:
            unclear = _('"{cell}" can be read with the day or the month first: with fieldwork, set date_order')
            notes.append(unclear.format(cell=next(iter(column.filled))[:30]))
        return


def dates_of(column: Column) -> Dates | None:
    """The days of a column's cells that are not blank, None where most are no days."""
    cells = list(column.filled)
    if not cells or column.answered < HALF * column.n:
        return None
    found = dates(cells, None)
    if found.order is None:
        sure = dates(cells, "mdy"), dates(cells, "dmy")
        known = max(sum(day is not None for day in one.values) for one in sure)
    else:
        known = sum(day is not None for day in found.values)
    return found if known >= 0.9 * len(cells) else None


def _duration(sheet: Sheet, free: list[Column], waves: tuple[Sheet, ...], notes: list[str]) -> Iterator[Entry]:
    by_name = [column for column in free if DURATION.fullmatch(title_of(sheet, column))]
    for column in dict.fromkeys([*_named(sheet, free, "duration"), *by_name]):
        parsed = seconds(list(column.filled), None).values
        if not parsed or column.answered < HALF * column.n:
            continue
        if sum(one is None for one in parsed) > 0.05 * len(parsed):
            no_number = _('"{column}" is no number of seconds ("{cell}") and is not read')
            notes.append(no_number.format(column=column.name, cell=next(iter(column.filled))[:30]))
            continue
        yield Entry("duration", column.name)
        return


def _finished(sheet: Sheet, free: list[Column], waves: tuple[Sheet, ...], notes: list[str]) -> Iterator[Entry]:
    for column in _named(sheet, free, "finished"):
        done = [value for value in column.filled if fold(value) in sheet.vendor.finished]
        n = sum(column.filled[value] for value in done)
        if n:
            why = _("{n} of {all} rows").format(n=count(n), all=count(column.n))
            yield Entry("finished", {"column": column.name, "is": done}, why)
            return
    submitted = next(iter(_named(sheet, free, "submitted")), None)
    page = next(iter(_named(sheet, free, "page")), None)
    if submitted is None or not submitted.blank or not submitted.answered:
        return
    if page is not None:
        last = {page.values[code] for code in page.codes[submitted.given]}
        if not last & {page.values[code] for code in page.codes[~submitted.given]}:
            why = _('{n} rows have no "{column}" and stop before this page')
            why = why.format(n=count(submitted.blank), column=submitted.name)
            yield Entry("finished", {"column": page.name, "is": sorted(last)}, why)
            return
    kept = _('{n} rows have no "{column}": they were not finished, and are kept')
    notes.append(kept.format(n=count(submitted.blank), column=submitted.name))


def _tests(sheet: Sheet, free: list[Column], waves: tuple[Sheet, ...], notes: list[str]) -> Iterator[Entry]:
    for column in _named(sheet, free, "status"):
        tests = [value for value in column.filled if fold(value) in sheet.vendor.tests]
        n = sum(column.filled[value] for value in tests)
        if n and n < column.answered:
            why = _("previews and tests: {n} rows").format(n=count(n))
            yield Entry("test_rows", {"column": column.name, "is": tests}, why)
        elif n:
            kept = _('every row is a preview or a test by "{column}" ({cells}); they are kept')
            notes.append(kept.format(column=column.name, cells=commas(tests)))
        return


def _listed(names: list[str], most: int = 6) -> str:
    shown = quoted_names(name[:60] for name in names[:most])
    return shown if len(names) <= most else shown + ", ..."
