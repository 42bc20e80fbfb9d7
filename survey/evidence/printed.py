"""A printed table of surveys, a row per printed item -> `PrintedSurvey`, one for each survey and year.

Columns: `survey, year, population, kind, item, value, unit` must be there; `n, country, sponsor, question, source,
read_where, confidence, list, population_size, joint_with, joint` may be. What describes the survey is the same in all
its rows. `list` is "cut" where only the leading items were printed (the default: such tables are mostly read in
summaries) and "whole" where every item was. `joint` is the percentage that named both this item and the item
`joint_with`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from obstacles.survey.evidence.cells import about, column_texts, decimals_of, open_evidence, parsed, stated
from obstacles.survey.evidence.checks import block_problems, percent_problems
from obstacles.survey.problems import Problem
from obstacles.text.language import _, quoted_names

NEEDED = ("survey", "year", "population", "kind", "item", "value", "unit")
OPTIONAL = (
    "n",
    "country",
    "sponsor",
    "question",
    "source",
    "read_where",
    "confidence",
    "list",
    "population_size",
    "joint_with",
    "joint",
)
SEVERAL = ("select-all", "select-up-to-k", "rating share")  # each item has a share of all respondents
KINDS = (*SEVERAL, "top-1", "rank only")
WORDS = ("country", "sponsor", "question", "source", "read_where", "confidence")  # as they stand in the first row
UNITS = ("percent", "rank")
LISTS = ("cut", "whole")
SAME = ("population", "kind", "unit", "n", "country", "question", "list", "population_size")  # in all rows of a survey
YEARS = (1900, 2100)


@dataclass(frozen=True)
class PrintedItem:
    """One row: an item and its printed figure."""

    text: str
    value: float | None  # percent 0..100, or the rank; None: named after those that have a rank
    half_unit: float = 0.0  # of the last printed digit, in percent: the true figure lies within so much of `value`
    joint: Mapping[str, float] = field(default_factory=dict)  # text of another item -> percent that named both
    row: int = 0  # as a spreadsheet shows it
    category: str = ""  # that the study file gives it, where it comes from one


@dataclass(frozen=True)
class PrintedSurvey:
    """One survey in one year, as printed: shares of items, or their order."""

    survey: str
    year: int | None
    population: str  # "government", "enterprise", "practitioners", or another word
    kind: str  # one of KINDS
    unit: str  # one of UNITS
    items: tuple[PrintedItem, ...]
    n: float | None = None  # respondents; None = not printed
    population_size: float | None = None  # bodies or people asked, where the survey is (nearly) a census
    whole: bool = False  # True: every item of the list was printed; False: the leading ones
    country: str = ""
    sponsor: str = ""
    question: str = ""
    source: str = ""
    read_where: str = ""
    confidence: str = ""
    file: str = ""
    title: str = ""  # of the study, where it is one; else `survey` is the name to show

    @property
    def several(self) -> bool:
        """Whether one respondent could name several items."""
        return self.kind in SEVERAL


def read_printed(path: Path, *, file: str | None = None) -> tuple[list[PrintedSurvey], list[Problem]]:
    """The surveys of a printed table and what is wrong with it: figures of a survey with an error mean nothing.

    Raises
    ------
    SurveyError
        Where the file cannot be opened as a table, or a needed column is missing.
    """
    file = file or path.name
    table = open_evidence(path, file, NEEDED)
    texts = column_texts(table, (*NEEDED, *OPTIONAL))
    problems = [problem for problem in table.problems if problem.severity in ("error", "ask", "warning")]
    rows = table.rows
    value, wrong = parsed(texts["value"], percent=True)
    joint, wrong_joint = parsed(texts["joint"], percent=True)
    size, wrong_size = parsed(texts["n"], percent=False)
    whole, wrong_whole = parsed(texts["population_size"], percent=False)
    year, wrong_year = parsed(texts["year"], percent=False)
    wrong_year |= ~((year >= YEARS[0]) & (year <= YEARS[1]) & (year % 1 == 0))
    number = _("this is no number. Leave the cell empty where no figure was printed.")
    count = _("this is no number of respondents or bodies, from 1. Leave the cell empty where none was printed.")
    wrong_size |= (size < 1) | (size % 1 > 0)
    wrong_whole |= (whole < 1) | (whole % 1 > 0)
    for column, bad, message in (
        ("value", wrong, number),
        ("joint", wrong_joint, number),
        ("n", wrong_size, count),
        ("population_size", wrong_whole, count),
        ("year", wrong_year, _("this is no year, such as 2024.")),
    ):
        problems += about("E-EVI-02", message, file, column, rows, texts[column], bad)
    message = _("more respondents than the population has bodies or people.")
    problems += about("E-EVI-02", message, file, "population_size", rows, texts["population_size"], whole < size)
    for column in ("survey", "population", "item"):
        blank = np.array([not text for text in texts[column]], bool)
        problems += about("E-EVI-03", _("this cell is empty."), file, column, rows, texts[column], blank)
    for column, allowed in (("kind", KINDS), ("unit", UNITS), ("list", LISTS)):
        known = np.array([text.casefold() in allowed for text in texts[column]], bool)
        if column == "list":
            known |= np.array([not text for text in texts[column]], bool)
        message = _("this word is not known here. There are: {names}.").format(names=quoted_names(allowed))
        problems += about("E-EVI-04", message, file, column, rows, texts[column], ~known)
    problems += percent_problems(file, rows, texts, value, joint)
    groups: dict[tuple[str, str], list[int]] = {}
    for at, key in enumerate(zip(texts["survey"], texts["year"], strict=True)):
        groups.setdefault(key, []).append(at)
    surveys: list[PrintedSurvey] = []
    for (name, _year), at_rows in groups.items():
        problems += block_problems(name, file, rows, texts, value, at_rows, SAME)
        surveys.append(_survey(file, rows, texts, value, joint, size, whole, year, at_rows))
    return surveys, problems


def _survey(
    file: str,
    rows: np.ndarray,
    texts: Mapping[str, list[str]],
    value: np.ndarray,
    joint: np.ndarray,
    size: np.ndarray,
    whole: np.ndarray,
    year: np.ndarray,
    at_rows: list[int],
) -> PrintedSurvey:
    """The rows of one survey and year."""
    first = at_rows[0]
    unit = texts["unit"][first].casefold()
    items = tuple(
        PrintedItem(
            texts["item"][at],
            None if np.isnan(value[at]) else float(value[at]),
            0.5 * 10.0 ** -decimals_of(texts["value"][at]) if unit == "percent" else 0.0,
            {texts["joint_with"][at]: float(joint[at])} if texts["joint_with"][at] and joint[at] >= 0 else {},
            int(rows[at]),
        )
        for at in at_rows
    )
    words = {name: texts[name][first] for name in WORDS}
    return PrintedSurvey(
        survey=texts["survey"][first],
        year=None if np.isnan(year[first]) else int(year[first]),
        population=texts["population"][first].casefold(),
        kind=texts["kind"][first].casefold(),
        unit=unit,
        items=items,
        n=stated(size[first]),
        population_size=stated(whole[first]),
        whole=texts["list"][first].casefold() == "whole",
        file=file,
        **words,
    )
