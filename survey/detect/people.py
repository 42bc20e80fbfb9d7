"""Who answered, what is private, and what is free text: columns beside the question by their names and cells."""

from __future__ import annotations

import re

from obstacles.survey.detect.ids import slug
from obstacles.survey.detect.sheet import Column, Sheet
from obstacles.survey.files.numerics import numbers
from obstacles.survey.loading.group_names import PERSONAL
from obstacles.survey.vendors.vendor import TEXT_ENTRY
from obstacles.text.fold import fold

PERSON = re.compile(
    r".*(?:e-?mail|phone|telephone|mobile|\bip\b|ip_?address|latitude|longitude|first ?name|last ?name|surname|"
    r"full ?name|birth ?date|date of birth|geburtsdatum|date de naissance|"
    r"姓名|出生日期|手机|电话|邮箱|身份证|微信|学号|工号).*|name|address|your name",
    re.I,
)
WHO = re.compile(
    r"depart|\bdept|division|\bunit\b|\bteam\b|\brole|\bgrade|position|job ?title|jobtitle|occupation|seniority|"
    r"tenure|experience|gender|\bsex\b|\bage\b|educat|degree|qualification|country|region|\bstate\b|location|"
    r"where do you|industr|sector|employ|organi[sz]|company|size|contract|full ?time|income|"
    r"abteilung|referat\b|standort|geschlecht|dienststelle|\bposte\b|\bsexe\b|\bsexo\b|\bpuesto\b|\bcargo\b|"
    r"部门|岗位|职务|职级|性别|"
    r"年龄|学历|地区|行业|单位|工龄",
    re.I,
)
SENSITIVE = re.compile(
    r"ethnic|\brace\b|religio|lgbt|sexual|orientation|disab|health|politic|union member|民族|宗教|政治面貌|健康", re.I
)
MOST_GROUPS, FEWEST_EACH = 60, 3
MOST_NAMED = 8  # groups written as such; the others are listed
HALF = 0.5
LONG_TEXT = 25
LONGEST_TITLE = 40
SHORT_NAME = 20
NUMBER_FIRST = re.compile(r"[Qq]?\d|column:")  # names that say no more than the number of a question


def title_of(sheet: Sheet, column: Column) -> str:
    """The name of a column, or what stands below it where names say nothing (V1, V2, ...) or stand over several."""
    header = sheet.table.header
    name = sheet.table.names[column.position]
    below = header[1][column.position] if len(header) > 1 else ""
    over = len(header) == 2 and sheet.vendor.name == "plain"
    return below.strip() if below and (over or re.fullmatch(r"V\d+|", name)) else name


def is_personal(sheet: Sheet, column: Column, questions: set[str]) -> bool:
    """By the vendor's names, by the name, or by what most cells look like."""
    title = title_of(sheet, column)
    if fold(title) in set(map(fold, sheet.vendor.roles.get("personal", ()))):
        return True
    if column.name in questions:
        return False
    if PERSON.fullmatch(title) and len(title) <= LONGEST_TITLE and not 1 <= len(column.filled) <= 5:
        return True
    cells = list(column.filled)[:500]
    return len(cells) > 2 and any(
        sum(pattern.fullmatch(cell) is not None for cell in cells) > HALF * len(cells) for pattern in PERSONAL.values()
    )


def is_group(column: Column) -> bool:
    """A few distinct texts, each of several rows."""
    if column.heading.kind or not 2 <= len(column.filled) <= MOST_GROUPS or column.answered < HALF * column.n:
        return False
    if column.answered < FEWEST_EACH * len(column.filled):
        return False
    numeric = sum(one is not None for one in numbers(list(column.filled), None).values)
    return numeric < len(column.filled) or len(column.filled) <= 10


def is_text(column: Column) -> bool:
    """Free text: long, and different in most rows."""
    if column.heading.kind == TEXT_ENTRY:
        return column.answered > 0
    if column.answered < 3 or len(column.filled) < 0.6 * column.answered:
        return False
    return sum(map(len, column.filled)) / len(column.filled) >= LONG_TEXT


def group_names(columns: list[Column]) -> dict[str, str]:
    """A short name for each group -> its column: the column's own where it is short and says something."""
    names: dict[str, str] = {}
    for column in columns:
        telling = len(column.name) <= SHORT_NAME and not NUMBER_FIRST.match(column.name)
        said = column.name if telling else column.heading.question or column.heading.item or column.name
        names[slug(spaced(said), set(names) | {"id"}, "group")] = column.name
    return names


def said_of(column: Column) -> str:
    """The name and the question of a column as words."""
    return f"{spaced(column.name).replace('_', ' ')} {column.heading.question}"


def spaced(name: str) -> str:
    """A name written together as words: "EmployerSize" -> "Employer Size"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
