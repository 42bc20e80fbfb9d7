"""The crosswalk: which category each printed item belongs to, under a narrow and under a wide reading.

Columns: `survey, item, narrow, wide` must be there. An empty `year` stands for every year of the survey; `opt_out`
marks an answer that names no obstacle ("no need"); `series` gives one name to the surveys that have one vote together;
`population` says who answered a raw study; `second` is a second coder's category under the narrow reading. For a study
`survey` is its id, `year` a wave's id and `item` an item's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from obstacles.survey.evidence.cells import about, column_texts, open_evidence
from obstacles.survey.problems import Problem
from obstacles.text.fold import fold
from obstacles.text.language import _

NEEDED = ("survey", "item", "narrow", "wide")
OPTIONAL = ("year", "opt_out", "series", "population", "second")
CODED = ("narrow", "wide", "second")  # columns of categories
YES, NO = frozenset(("yes", "1", "true", "x", "是")), frozenset(("", "no", "0", "false", "否"))
ALIKE = 0.86  # likeness from which two categories look like one with a slip of the pen

Key = tuple[str, str, str]  # survey, year ("" for every year) and item, folded


@dataclass(frozen=True)
class Place:
    """Where one item belongs."""

    narrow: str
    wide: str
    opt_out: bool = False  # names no obstacle, such as "no need"
    row: int = 0
    second: str = ""  # a second coder's category; "" = not coded twice

    def category(self, reading: str) -> str:
        """Under the "narrow" or "wide" reading, or by the "second" coder, who is the first where there is none."""
        return {"narrow": self.narrow, "wide": self.wide, "second": self.second or self.narrow}[reading]


@dataclass(frozen=True)
class Crosswalk:
    """Items of surveys -> categories."""

    places: Mapping[Key, Place]
    series: Mapping[tuple[str, str], str] = field(default_factory=dict)  # survey and year, folded -> series
    population: Mapping[tuple[str, str], str] = field(default_factory=dict)
    file: str = ""

    def key(self, survey: str, year: str, item: str) -> Key | None:
        """The row that speaks of an item: that of its year, else that of every year; None where there is none."""
        for when in (fold(year), ""):
            if (key := (fold(survey), when, fold(item))) in self.places:
                return key
        return None

    def place(self, survey: str, year: str, item: str) -> Place | None:
        key = self.key(survey, year, item)
        return None if key is None else self.places[key]

    def series_of(self, survey: str, year: str) -> str:
        """The series of a survey; itself where none is stated."""
        name = fold(survey)
        return self.series.get((name, fold(year))) or self.series.get((name, "")) or survey

    def population_of(self, survey: str, year: str) -> str:
        name = fold(survey)
        return self.population.get((name, fold(year))) or self.population.get((name, "")) or ""

    def categories(self, reading: str) -> tuple[str, ...]:
        """Every category, in the order of the file."""
        return tuple(dict.fromkeys(place.category(reading) for place in self.places.values()))


def read_crosswalk(path: Path, *, file: str | None = None) -> tuple[Crosswalk, list[Problem]]:
    """The crosswalk and everything that is wrong with it.

    Raises
    ------
    SurveyError
        Where the file cannot be opened as a table, or a needed column is missing.
    """
    file = file or path.name
    table = open_evidence(path, file, NEEDED)
    texts = column_texts(table, (*NEEDED, *OPTIONAL))
    problems = [problem for problem in table.problems if problem.severity in ("error", "ask", "warning")]
    for column in NEEDED:
        blank = np.array([not text for text in texts[column]], bool)
        problems += about("E-EVI-10", _("this cell is empty."), file, column, table.rows, texts[column], blank)
    flags = [text.casefold() for text in texts["opt_out"]]
    wrong = np.array([flag not in YES | NO for flag in flags], bool)
    message = _("write yes for an answer that names no obstacle, and leave the others empty.")
    problems += about("E-EVI-10", message, file, "opt_out", table.rows, texts["opt_out"], wrong)
    keys = [
        (fold(survey), fold(year), fold(item))
        for survey, year, item in zip(texts["survey"], texts["year"], texts["item"], strict=True)
    ]
    counted = Counter(keys)
    twice = np.array([counted[key] > 1 for key in keys], bool)
    message = _("this item stands twice in the crosswalk for one survey and year: keep one row.")
    problems += about("E-EVI-11", message, file, "item", table.rows, texts["item"], twice)
    problems += _alike(file, table.rows, texts)
    places = {
        key: Place(
            fold(texts["narrow"][at]),
            fold(texts["wide"][at]),
            flags[at] in YES,
            int(table.rows[at]),
            fold(texts["second"][at]),
        )
        for at, key in reversed(list(enumerate(keys)))
    }
    places = dict(reversed(places.items()))
    crosswalk = Crosswalk(
        places,
        {key[:2]: texts["series"][at] for at, key in enumerate(keys) if texts["series"][at]},
        {key[:2]: texts["population"][at].casefold() for at, key in enumerate(keys) if texts["population"][at]},
        file,
    )
    return crosswalk, problems


def _alike(file: str, rows: np.ndarray, texts: Mapping[str, list[str]]) -> list[Problem]:
    """Categories that occur once and look like one that occurs more often."""
    problems: list[Problem] = []
    counted = Counter(fold(text) for column in CODED for text in texts[column] if text)
    for name, times in counted.items():
        often = [other for other in counted if other != name and counted[other] > 2 * times]
        near = get_close_matches(name, often, n=1, cutoff=ALIKE)
        if times <= 2 and near:
            message = _('this category occurs here only. Is "{name}" meant?').format(name=near[0])
            for column in CODED:
                at = np.array([fold(text) == name for text in texts[column]], bool)
                problems += about("W-EVI-01", message, file, column, rows, texts[column], at)
    return problems
