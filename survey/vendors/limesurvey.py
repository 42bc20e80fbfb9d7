"""LimeSurvey: `code[sub]` columns, with or without the question text after ". " or "._.", codes or full answers.

A multiple choice marks options with Y or Yes; a ranking question has a column per place, `code[1]`, whose text ends in
[Rank 1] and whose cell is the item placed there.
"""

from __future__ import annotations

import re

from obstacles.survey.vendors.headings import BRACKETED, heading_of
from obstacles.survey.vendors.vendor import TEXT_ENTRY, Export, Heading, Vendor, found
from obstacles.text.language import _, commas

CODE = re.compile(
    r"(?P<code>[^\W\d]\w*)\[(?P<sub>[^\]]*)\](?P<scale>\[[^\]]*\])?(?:(?:\._\.|\.\s|\s)\s*(?P<text>.*))?", re.DOTALL
)
ALONE = re.compile(r"(?P<code>[^\W\d]\w*)(?:\._\.|\.\s)\s*(?P<text>.+)", re.DOTALL)
SGQA = re.compile(r"(?P<question>\d+X\d+X\d+)(?P<sub>\w*)")
OWN = ("submitdate", "lastpage", "startlanguage", "Date submitted", "Last page", "Start language", "Seed")
STRUCTURE = ("class", "type/scale", "name", "relevance", "text")


def _recognise(table: Export) -> str:
    if found(table, STRUCTURE) == list(STRUCTURE):
        return _("the columns of a survey structure")
    if len(marks := found(table, OWN)) >= 2:
        return _("the columns {names}").format(names=commas(marks[:3]))
    codes = sum(CODE.fullmatch(name) is not None for name in table.names)
    if codes >= 2 and not found(table, ("Timestamp",)):
        example = next(name for name in table.names if CODE.fullmatch(name))
        return _('{n} columns are named as in "{example}"').format(n=codes, example=example[:40])
    return ""


def _refuse(table: Export) -> str:
    if found(table, STRUCTURE) == list(STRUCTURE):
        return _(
            "this is the structure of a LimeSurvey survey, not its answers. In LimeSurvey choose Responses, Export, "
            "Export responses, as CSV."
        )
    return ""


def _headings(table: Export) -> tuple[Heading, ...]:
    return tuple(_heading(name) for name in table.names)


def _heading(name: str) -> Heading:
    if match := CODE.fullmatch(name):
        text = (match["text"] or "").strip()
        parts = BRACKETED.fullmatch(text)
        question, item = (parts["question"].strip(), parts["item"].strip()) if parts else (text.removesuffix("[]"), "")
        if text.startswith("[") and text.endswith("]") and not parts:
            question, item = "", text[1:-1].strip()
        kind = TEXT_ENTRY if match["sub"] in ("other", "comment") or match["sub"].endswith("comment") else ""
        return Heading(match["code"] + (match["scale"] or ""), question.strip(), item, kind)
    if match := ALONE.fullmatch(name):
        return Heading("", match["text"].strip())
    if match := SGQA.fullmatch(name):
        return Heading(match["question"] if match["sub"] else "", name)
    return heading_of(name)


LIMESURVEY = Vendor(
    "LimeSurvey",
    _recognise,
    _headings,
    roles={
        "id": ("id", "Response ID", "Antwort ID", "token"),
        "date": ("submitdate", "Date submitted", "datestamp", "Date last action"),
        "duration": ("interviewtime", "Total time"),
        "page": ("lastpage", "Last page"),
        "submitted": ("submitdate", "Date submitted"),
        "personal": ("ipaddr", "IP address", "firstname", "lastname", "email", "refurl", "Referrer URL"),
        "technical": ("startlanguage", "Start language", "seed", "startdate", "Date started", "datestamp"),
    },
    refuse=_refuse,
)
