"""SPSS and Stata data files: names, labels of variables, and the values declared missing, in three header rows."""

from __future__ import annotations

import json

from obstacles.survey.vendors.headings import heading_of, split_common
from obstacles.survey.vendors.vendor import TEXT_ENTRY, Export, Heading, Vendor
from obstacles.text.fold import normalise_name
from obstacles.text.language import _

FEWEST = 3  # variables whose labels begin alike that make a question


def _recognise(table: Export) -> str:
    if any(problem.code == "I-LAB-01" for problem in table.problems):
        return _("it is a data file of a statistics program")
    return ""


def _headings(table: Export) -> tuple[Heading, ...]:
    """By labels that begin alike ("question: option"), else by names."""
    labels = [normalise_name(label) for label in table.header[1]]
    found = [heading_of(name) for name in table.names]
    found = [Heading(one.stem, label or one.question, "", one.kind) for one, label in zip(found, labels, strict=True)]
    start = 0
    while start < len(labels):
        question, items, end = _run(labels, start)
        for position, item in zip(range(start, end), items, strict=True):
            kind = TEXT_ENTRY if found[position].kind == TEXT_ENTRY else ""
            found[position] = Heading(question, question, item, kind)
        start = max(end, start + 1)
    return tuple(found)


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
