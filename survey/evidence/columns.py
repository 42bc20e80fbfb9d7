"""The columns of somebody's printed table of surveys: by their names in several languages, long or wide.

Long: a row per survey and item. Wide: a row per item and a column per survey and year ("NAO 2023"), or a row per survey
and a column per item. Wide tables become long; what a cell says is read later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from obstacles.survey.files.numerics import numbers
from obstacles.survey.files.table import Table
from obstacles.text.fold import fold

NAMES: Mapping[str, tuple[str, ...]] = {  # column of a printed table -> what else it may be called, folded
    "survey": ("survey", "survey name", "study", "report", "publication", "umfrage", "studie", "enquête", "étude",
               "encuesta", "estudio", "调查", "调查名称", "研究", "报告"),
    "year": ("year", "survey year", "jahr", "année", "año", "年份", "年", "调查年份", "年度"),
    "population": ("population", "respondent group", "respondent type", "sector", "who", "zielgruppe", "secteur",
                   "调查对象", "对象", "人群", "受访群体"),
    "country": ("country", "countries", "region", "land", "pays", "país", "国家", "地区", "国家或地区"),
    "sponsor": ("sponsor", "publisher", "organisation", "organization", "auftraggeber", "资助方", "发布机构", "机构"),
    "n": ("n", "base", "sample", "sample size", "respondents", "number of respondents", "stichprobe", "effectif",
          "样本量", "样本数", "人数", "受访人数"),
    "question": ("question", "question text", "wording", "frage", "题目", "问题"),
    "kind": ("kind", "question type", "type", "type of question", "format", "fragetyp", "题型", "问题类型"),
    "item": ("item", "obstacle", "barrier", "challenge", "answer", "option", "reason", "hindernis", "hemmnis",
             "hürde", "barriere", "antwort", "grund", "obstacle cité", "frein", "réponse", "raison", "barrera",
             "obstáculo", "respuesta", "motivo", "障碍", "选项", "项目", "条目", "困难"),
    "value": ("value", "share", "percent", "percentage", "per cent", "pct", "%", "proportion", "anteil", "part",
              "porcentaje", "比例", "百分比", "占比", "数值"),
    "unit": ("unit", "einheit", "unité", "unidad", "单位"),
    "category": ("category", "group", "theme", "kategorie", "catégorie", "categoría", "类别", "分类"),
    "is_skills": ("is_skills", "is skills"),
    "list": ("list", "清单"),
    "population_size": ("population_size", "population size", "bodies", "总体规模"),
    "joint_with": ("joint_with",),
    "joint": ("joint",),
    "source": ("source", "reference", "quelle", "fuente", "来源", "出处"),
    "read_where": ("read_where", "url", "link", "read at", "网址", "链接"),
    "confidence": ("confidence", "certainty", "可信度", "把握程度"),
    "series": ("series", "系列"),
    "opt_out": ("opt_out", "opt out"),
}  # fmt: skip
SIZE = re.compile(
    r"\s*[(（\[]?\s*\b[nN]\s*[=＝:：]\s*(\d{1,3}(?:[.,'\s]\d{3})+|\d+)\s*[)）\]]?"
)  # of a header: "(n=1,200)"
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
NOT_GIVEN = frozenset(("", "-", "–", "—", "n/a", "na", "n.a.", "..", ":", ".", "无", "缺", "未公布"))
FEWEST = 2  # surveys, or items, that stand side by side in a wide table
MOST_ROWS = 5_000  # a file with more is no printed table


@dataclass(frozen=True)
class LongRow:
    """One printed figure: its cells by the names of `NAMES`, and the row of the file."""

    cells: Mapping[str, str]
    row: int

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def long_rows(table: Table) -> tuple[list[LongRow], str] | None:
    """The figures of a table of printed surveys and its form, "long" or "wide"; None where it is no such table."""
    if not 1 <= len(table.rows) <= MOST_ROWS or len(set(table.names)) < len(table.names):
        return None
    known = known_columns(table.names)
    if {"survey", "item", "value"} <= set(known):
        found = _long(table, known)
        return (found, "long") if _several(found) else None
    if "item" in known and not {"survey", "value"} & set(known):
        found = _items_by_surveys(table, known)
    elif "survey" in known and "item" not in known:
        found = _surveys_by_items(table, known)
    else:
        return None
    return (found, "wide") if found else None


def known_columns(names: Sequence[str]) -> dict[str, str]:
    """Name of `NAMES` -> column; the first column that is called so."""
    meaning = {alias: name for name, aliases in NAMES.items() for alias in aliases}
    found: dict[str, str] = {}
    for column in names:
        bare = re.sub(r"\s*[(（].*[)）]\s*$", "", column)  # "share (%)"
        name = meaning.get(fold(column)) or meaning.get(fold(bare)) or meaning.get(fold(column).replace("_", " "))
        if name is not None:
            found.setdefault(name, column)
    return found


def _several(rows: Sequence[LongRow]) -> bool:
    """Whether some survey has several rows, which answers of respondents, one a row, do not have by name."""
    return len({(row["survey"], row["year"]) for row in rows}) < len(rows)


def _long(table: Table, known: Mapping[str, str]) -> list[LongRow]:
    texts = {name: table.text(column) for name, column in known.items()}
    return [LongRow({name: cells[at] for name, cells in texts.items()}, int(row)) for at, row in enumerate(table.rows)]


def _items_by_surveys(table: Table, known: Mapping[str, str]) -> list[LongRow]:
    """Columns whose names hold a year are surveys; a row "n", or the name, holds their numbers of respondents."""
    columns = [name for name in table.names if name not in known.values() and YEAR.search(SIZE.sub(" ", name))]
    items = table.text(known["item"])
    shares = {column: table.text(column) for column in columns}
    if (
        len(columns) < FEWEST
        or len(items) < FEWEST
        or not all(_figures(cells, damaged=True) for cells in shares.values())
    ):
        return []
    size = next((at for at, item in enumerate(items) if fold(item) in NAMES["n"]), None)
    rest = {name: table.text(column) for name, column in known.items() if name != "item"}
    rows = []
    for column, cells in shares.items():
        survey, year, stated = of_header(column)
        for at, item in enumerate(items):
            if at != size and item and fold(cells[at]) not in NOT_GIVEN:
                own = {name: texts[at] for name, texts in rest.items()}
                own |= {"survey": survey, "year": year, "item": item, "value": cells[at]}
                rows.append(LongRow(own | {"n": stated if size is None else cells[size]}, int(table.rows[at])))
    return rows


def _surveys_by_items(table: Table, known: Mapping[str, str]) -> list[LongRow]:
    """Every further column of figures is an item."""
    texts = {column: table.text(column) for column in table.names if column and column not in known.values()}
    items = {column: cells for column, cells in texts.items() if _figures(cells)}
    surveys = table.text(known["survey"])
    years = table.text(known["year"]) if "year" in known else [""] * len(surveys)
    if (
        len(items) <= FEWEST
        or not {"year", "n"} & set(known)
        or len(set(zip(surveys, years, strict=True))) < len(surveys)
    ):
        return []
    rest = {name: table.text(column) for name, column in known.items()}
    return [
        LongRow({name: cells[at] for name, cells in rest.items()} | {"item": item, "value": values[at]}, int(row))
        for at, row in enumerate(table.rows)
        for item, values in items.items()
        if fold(values[at]) not in NOT_GIVEN
    ]


def of_header(column: str) -> tuple[str, str, str]:
    """Survey, year and number of respondents in the name of a column: "NAO 2023 (n = 1,200)"."""
    size = SIZE.search(column)
    rest = SIZE.sub(" ", column).strip()
    year = YEAR.search(rest)
    assert year is not None
    before = re.sub(r"[\s,(（]*$", "", rest[: year.start()])
    after = re.sub(r"^[\s年)）,:：]+", "", rest[year.end() :]).strip()
    return before or after or rest, year[0], re.sub(r"\D", "", size[1]) if size else ""


def _figures(cells: Iterable[str], *, damaged: bool = False) -> bool:
    """Whether every cell is a number from 0 on, or says that there is none; most of them where some may be damaged."""
    given = [cell.rstrip("%％ ") for cell in cells if fold(cell) not in NOT_GIVEN]
    good = sum(value is not None and value >= 0 for value in numbers(given, None).values)
    return good > 0 and (good == len(given) or (damaged and 2 * good > len(given)))
