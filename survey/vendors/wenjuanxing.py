"""Wenjuanxing (问卷星): 序号, 提交答卷时间, 所用时间, 来源 before the questions, numbered "7、...".

As texts, several choices stand in one cell joined by "┋" and a ranking by "→"; as codes, there is a column per option,
"第7题(选项)", with 1 and 0, or with ranks. -3 is a question that was skipped, -2 an option that was not ranked.
"""

from __future__ import annotations

import re

from obstacles.survey.vendors.headings import heading_of
from obstacles.survey.vendors.vendor import TEXT_ENTRY, Export, Heading, Vendor, found
from obstacles.text.language import _, commas

OWN = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分")
LOOKED_AT = 200  # rows
OPTION = re.compile(r"第(?P<number>\d+)题[(（](?P<item>.+)[)）]")
NUMBERED_OPTION = re.compile(r"(?P<number>\d+)、(?P<question>.+?)(?:[(（](?P<item>[^()（）]+)[)）]|[—_-]+(?P<row>.+))")
SINGLE = re.compile(r"(?P<number>\d+)\s*[、.：:]\s*(?P<question>.+)")


def _recognise(table: Export) -> str:
    if len(marks := found(table, OWN)) >= 2:
        return _("the columns {names}").format(names=commas(marks[:3]))
    if sum(OPTION.fullmatch(name) is not None for name in table.names) >= 3:
        return _("columns are named 第n题(...)")
    if any("┋" in cell for column in table.columns.values() for cell in column.slice(0, LOOKED_AT).to_pylist()):
        return _('cells are joined by "┋"')
    return ""


def _headings(table: Export) -> tuple[Heading, ...]:
    return tuple(_heading(name) for name in table.names)


def _heading(name: str) -> Heading:
    if match := OPTION.fullmatch(name):
        kind = TEXT_ENTRY if "请补充" in match["item"] or "请注明" in match["item"] else ""
        return Heading(match["number"], "", match["item"].strip(), kind)
    if match := NUMBERED_OPTION.fullmatch(name):
        return Heading(match["number"], match["question"].strip(), (match["item"] or match["row"]).strip())
    if match := SINGLE.fullmatch(name):
        return Heading(match["number"], match["question"].strip())
    return heading_of(name)


WENJUANXING = Vendor(
    "Wenjuanxing",
    _recognise,
    _headings,
    translated=lambda: _("Wenjuanxing"),
    codes={"-2": "not_ranked", "-3": "skipped", "(跳过)": "skipped"},
    roles={
        "id": ("序号", "编号"),
        "date": ("提交答卷时间", "提交时间"),
        "duration": ("所用时间",),
        "personal": ("来自IP", "姓名", "手机", "手机号", "电话", "邮箱", "微信", "身份证号"),
        "technical": ("来源", "来源详情", "总分"),
    },
)
