"""SPSS and Stata data files: names, labels of variables, and the values declared missing, in three header rows."""

from __future__ import annotations

import json
import re

from obstacles.survey.vendors.headings import headings_of, split_common
from obstacles.survey.vendors.vendor import TEXT_ENTRY, Export, Heading, Vendor
from obstacles.text.fold import normalise_name
from obstacles.text.language import _

ANY_NAME = re.compile(r"(?:v|var|x|c|col|column|variable)_?\d+", re.I)  # names that a program gave
FEWEST = 3  # variables whose labels begin alike that make a question


def _recognise(table: Export) -> str:
    if any(problem.code == "I-LAB-01" for problem in table.problems):
        return _("it is a data file of a statistics program")
    return ""


def _headings(table: Export) -> tuple[Heading, ...]:
    """By labels that begin alike ("question: option") or are numbered, else by names that say more than a number."""
    labels = [normalise_name(label) for label in table.header[1]]
    by_name, by_label = headings_of(table.names), headings_of(labels)
    found = [_best(*both) for both in zip(table.names, labels, by_name, by_label, strict=True)]
    start = 0
    while start < len(labels):
        question, items, end = _run(labels, start)
        for position, item in zip(range(start, end), items, strict=True):
            kind = TEXT_ENTRY if found[position].kind == TEXT_ENTRY else ""
            found[position] = Heading(question, question, item, kind)
        start = max(end, start + 1)
    return tuple(found)


def _best(name: str, label: str, by_name: Heading, by_label: Heading) -> Heading:
    """What the name and the label of a variable say."""
    kind = by_name.kind or by_label.kind
    if not label:
        return by_name
    if by_label.stem and (by_label.item or ANY_NAME.fullmatch(name)):
        return Heading(by_label.stem, by_label.question or label, by_label.item, kind)
    return Heading("" if ANY_NAME.fullmatch(name) else by_name.stem, label, "", kind)


def _run(labels: list[str], start: int) -> tuple[str, tuple[str, ...], int]:
    """The longest run of neighbours from `start` on whose labels begin with the same question."""
    question = next((labels[start].rpartition(join)[0] for join in (": ", " - ", "：") if join in labels[start]), "")
    end = start
    while question and end < len(labels) and labels[end].startswith(question):
        end += 1
    if end - start < FEWEST:
        return "", (), start
    common, items = split_common(labels[start:end])
    return (common, items, end) if common else ("", (), start)


def _declared(table: Export, position: int) -> tuple[str, ...]:
    """The cells of a column that the data file declares missing."""
    if len(table.header) < 3 or not table.header[2][position].startswith('{"missing"'):
        return ()
    return tuple(json.loads(table.header[2][position])["missing"])


LABELLED = Vendor("SPSS or Stata", _recognise, _headings, missing=_declared)
