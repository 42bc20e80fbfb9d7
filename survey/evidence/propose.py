"""`init` of a printed table of many surveys: the table as `obstacles evidence` reads it, and a crosswalk to begin with.

What cannot be used is left out and counted by reason: a figure is never made up. Whatever was guessed, from the kind of
the question to the category of an item, has its reason in a column named "#?" in the row that it is about.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from obstacles.survey.evidence.category_words import category_of, names_a_total, names_no_obstacle
from obstacles.survey.evidence.cells import PERCENT, decimals_of
from obstacles.survey.evidence.checks import without_gaps
from obstacles.survey.evidence.columns import MOST_ROWS, NOT_GIVEN, YEAR, LongRow, long_rows
from obstacles.survey.evidence.crosswalk import NEEDED as WALK_NEEDED
from obstacles.survey.evidence.printed import KINDS, LISTS, NEEDED, OPTIONAL, read_printed
from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.readers import open_table
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.text.fold import fold
from obstacles.text.language import N_, _, semicolons

DOUBT = "#?"
LARGEST = 2_000_000  # bytes of a printed table
SURVEY_COLUMNS = (*NEEDED[:3], "n", "kind", "item", "value", "unit", *(name for name in OPTIONAL if name != "n"), DOUBT)
WALK_COLUMNS = ("survey", "year", "item", *WALK_NEEDED[2:], "opt_out", "series", DOUBT)
ONE_ANSWER = (95.0, 101.0)  # sum of the shares of a survey in which each respondent gave one answer
POPULATIONS = {
    "government": r"gov|public sector|federal|municip|agenc|council|政府|公共部门|机关",
    "enterprise": r"enterpri|compan|business|firm|private|企业|公司",
    "practitioners": r"practition|professional|data scien|developer|从业|专业人员",
}
WORDS_OF_KINDS = {
    "select-up-to-k": r"up to|max|at most|限选|最多",
    "rank only": r"rank|order|排名|排序|名次",
    "rating share": r"rat(e|ing)|agree|likert|severity|评分|同意|量表",
    "top-1": r"top|single|one answer|first|单选|首要",
    "select-all": r"all that apply|select all|multi|several|多选|不限",
}
REASONS = {
    "figure": N_("{n} without a figure"),
    "unit": N_("{n} whose figures are neither percentages nor ranks"),
    "doubtful": N_("{n} marked as doubtful"),
    "alone": N_("{n} that stand alone in their survey"),
    "ranks": N_("{n} of orders with gaps"),
    "twice": N_("{n} that repeat an item"),
    "total": N_("{n} of totals"),
}


@dataclass(frozen=True)
class Row:
    """One figure as it is written, with what is in doubt about it."""

    cells: Mapping[str, str]
    doubts: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def having(self, doubt: str = "", **cells: str) -> Row:
        """The row with other cells, and perhaps a doubt more."""
        return Row(
            {**self.cells, **cells}, (*self.doubts, doubt) if doubt and doubt not in self.doubts else self.doubts
        )


@dataclass(frozen=True)
class EvidenceProposal:
    """What `init` writes for a printed table."""

    file: Path
    form: str  # "long" or "wide"
    surveys: int
    items: int
    table: bytes | None  # None: `obstacles evidence` reads the file as it is
    crosswalk: bytes
    doubts: int  # rows with a doubt, of both files
    left_out: Mapping[str, int] = field(default_factory=dict)  # reason -> rows

    @property
    def left_out_text(self) -> str:
        """The rows that were left out, by reason; "" for none."""
        return semicolons(_(REASONS[reason]).format(n=n) for reason, n in self.left_out.items())


def propose_evidence(path: Path) -> EvidenceProposal | None:
    """Read a printed table of surveys; None where the file is none, or cannot be read as a table."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        return None
    try:
        table = open_table(path, WaveSettings(id="", file=path.name, format=""), None)
    except SurveyError:
        return None
    if len(table.rows) > MOST_ROWS:
        return None
    found = long_rows(table)
    if found is None:
        return None
    rows, form = found
    as_it_is = form == "long" and _reads(path) and not any(names_a_total(row["item"]) for row in rows)
    kept, left_out = ([Row(row.cells) for row in rows], {}) if as_it_is else _usable(rows)
    if not kept:
        return None
    alone = Counter((row["survey"], row["year"]) for row in kept)
    walk = [_place(row, alone=alone[row["survey"], row["year"]] == 1) for row in kept]
    doubts = sum(bool(row.doubts) for row in (*walk, *([] if as_it_is else kept)))
    return EvidenceProposal(
        file=path,
        form=form,
        surveys=len({(row["survey"], row["year"]) for row in kept}),
        items=len(kept),
        table=None if as_it_is else _csv(SURVEY_COLUMNS, kept),
        crosswalk=_csv(WALK_COLUMNS, walk),
        doubts=doubts,
        left_out=left_out,
    )


def _reads(path: Path) -> bool:
    """Whether `obstacles evidence` takes the table as it stands."""
    try:
        _surveys, problems = read_printed(path)
    except SurveyError:
        return False
    return not any(problem.severity in ("error", "ask") for problem in problems)


# ---------- rows ------------------------------------------------------------------------------------------------


def _usable(rows: Sequence[LongRow]) -> tuple[list[Row], dict[str, int]]:
    """Rows as the reader wants them, and how many were left out for which reason."""
    left: Counter[str] = Counter()
    read: list[Row] = []
    for row in rows:
        made = _row(row)
        if isinstance(made, str):
            left[made] += 1
        else:
            read.append(made)
    blocks: dict[tuple[str, str], list[Row]] = {}
    for one in _apart(read):
        blocks.setdefault((one["survey"], one["year"]), []).append(one)
    kept: list[Row] = []
    for block in blocks.values():
        made_block, lost = _block(block)
        left.update(lost)
        kept += made_block
    return kept, {reason: left[reason] for reason in REASONS if left[reason]}


def _row(row: LongRow) -> Row | str:
    """One row with its words put into those of the reader; the reason where it cannot be used."""
    if not row["survey"] or not row["item"] or "doubtful" in fold(row["confidence"]):
        return "doubtful" if row["item"] else "figure"
    if names_a_total(row["item"]):
        return "total"
    unit, value = _unit(row["unit"]), "" if fold(row["value"]) in NOT_GIVEN else row["value"]
    if unit is None:
        return "unit"
    if not value and unit == "percent":
        return "figure"
    made = Row({name: row[name] for name in (*SURVEY_COLUMNS[:-1], "category", "is_skills", "series", "opt_out")})
    made = made.having(unit=unit, value=value)
    if value and _damaged(value, unit):
        doubt = _('value: row {row} says "{cell}": fill it in, or take the row out').format(row=row.row, cell=value)
        made = made.having(doubt, value="")
    if row["list"] and fold(row["list"]) not in LISTS:
        made = made.having(_("list: {cell} was not understood").format(cell=row["list"]), list="")
    made = _with_year(made)
    made = _with_size(made)
    return _with_population(made)


def _damaged(cell: str, unit: str) -> bool:
    """Whether a cell is no number, or no percentage."""
    value = _number(cell)
    return value is None or (unit == "percent" and not 0 <= value <= 100)


def _number(cell: str) -> float | None:
    return numbers([PERCENT.sub("", cell).strip()], None).values[0] if cell else None


def _unit(cell: str) -> str | None:
    """ "percent" or "rank"; None for another."""
    word = fold(cell)
    if word in ("", "percent", "%", "per cent", "percentage", "pct", "share", "百分比", "比例"):
        return "percent"
    return "rank" if word in ("rank", "place", "position", "名次", "排名") else None


def _with_year(row: Row) -> Row:
    year = YEAR.search(row["year"]) or YEAR.search(row["survey"])
    if year is None:
        return row.having(_("year: none was found"), year="")
    exact = row["year"] == year[0]
    return row if exact else row.having(_("year: read as {year}").format(year=year[0]), year=year[0])


def _with_size(row: Row) -> Row:
    """A number of respondents that is no number is left out, and said."""
    cell = "" if fold(row["n"]) in NOT_GIVEN else row["n"]
    value = _number(cell)
    if not cell or (value is not None and value >= 1 and value == int(value)):
        return row.having(n=cell)
    return row.having(_("n: {cell} is no number, and was left out").format(cell=cell), n="")


def _with_population(row: Row) -> Row:
    word = fold(row["population"])
    if word in ("government", "enterprise", "practitioners", "mixed", "other"):
        return row
    found = next((name for name, words in POPULATIONS.items() if re.search(words, word or fold(row["survey"]))), None)
    if word and found is None:
        return row
    return row.having(_("population: a guess"), population=found or "other")


def _apart(rows: Iterable[Row]) -> list[Row]:
    """Another question, base or unit under one name and year is another survey: it gets a number."""
    seen: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    made = []
    for row in rows:
        same = tuple(fold(row[name]) for name in ("n", "population", "kind", "unit", "country", "question"))
        variants = seen.setdefault((fold(row["survey"]), row["year"]), [])
        like = [variant for variant in variants if variant[1:] == same[1:] and variant[0]]
        if row.doubts and not row["n"] and like:  # its own number was damaged
            same = like[0]
            row = row.having(n=same[0])
        if same not in variants:
            variants.append(same)
        place = variants.index(same)
        if place:
            doubt = _("survey: another question or base than the first of this name and year")
            row = row.having(doubt, survey=f"{row['survey']} ({place + 1})")
        made.append(row)
    return made


# ---------- surveys ---------------------------------------------------------------------------------------------


def _block(rows: list[Row]) -> tuple[list[Row], Counter[str]]:
    """The rows of one survey and year with its kind of question; none where they cannot be used together."""
    left: Counter[str] = Counter()
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(fold(row["item"]), row)
    once = list(first.values())
    left["twice"] = len(rows) - len(once)
    if len(once) < 2:
        left["alone"] = len(once)
        return [], left
    value = np.array([np.nan if (number := _number(row["value"])) is None else number for row in once])
    if once[0]["unit"] == "rank":
        given = value[~np.isnan(value)]
        if not len(given) or not without_gaps(given):
            left["ranks"] = len(once)
            return [], left
        return [row.having(kind="rank only") for row in once], left
    if np.isnan(value).all():
        left["unit"] = len(once)
        return [], left
    if 0 < np.nanmax(value) <= 1:
        doubt = _("value: proportions, taken times 100")
        once = [
            row.having(doubt, value=_times_100(row["value"], number)) if row["value"] else row
            for row, number in zip(once, value, strict=True)
        ]
        value = 100 * value
    kind, doubt = _kind(once[0]["kind"], float(np.nansum(value)))
    return [row.having(doubt, kind=kind) for row in once], left


def _times_100(cell: str, number: float) -> str:
    """A proportion in percent, with the digits that were printed."""
    return f"{100 * number:.{max(decimals_of(cell) - 2, 0)}f}"


def _kind(cell: str, total: float) -> tuple[str, str]:
    """The kind of question of a survey with shares, and the doubt about it."""
    word = fold(cell)
    if word in KINDS and word != "rank only" and not (word == "top-1" and total > ONE_ANSWER[1]):
        return word, ""
    found = next((kind for kind, words in WORDS_OF_KINDS.items() if re.search(words, word)), None) if word else None
    if found is None or found == "rank only" or (found == "top-1" and total > ONE_ANSWER[1]):
        found = "top-1" if ONE_ANSWER[0] <= total <= ONE_ANSWER[1] else "select-all"
    return found, _("kind: a guess, the shares add up to {total}%").format(total=f"{total:.0f}")


# ---------- the crosswalk ---------------------------------------------------------------------------------------


def _place(row: Row, *, alone: bool) -> Row:
    """The item's row of the crosswalk."""
    narrow, wide, guessed = category_of(row["item"], row["category"], row["is_skills"])
    opt_out = "yes" if fold(row["opt_out"]) in ("yes", "1", "true", "是") else ""
    cells = {name: row[name] for name in ("survey", "year", "item", "series")}
    made = Row({**cells, "narrow": narrow, "wide": wide, "opt_out": opt_out})
    if guessed:
        doubt = _("category: a guess from the words of the item")
        made = made.having(_("category: no word of a category was found") if wide == "other" else doubt)
    if alone:
        made = made.having(_("survey: a single item has no rival"))
    if not opt_out and names_no_obstacle(row["item"]):
        made = made.having(_("opt_out: does it name no obstacle?"), opt_out="yes")
    return made


def _csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        doubts = semicolons(row.doubts) if row.doubts else ""
        writer.writerow([doubts if column == DOUBT else row[column] for column in columns])
    return out.getvalue().encode("utf-8")
