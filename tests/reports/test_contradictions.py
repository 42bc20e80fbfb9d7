"""No two sentences of one report contradict each other: random reports of all kinds, and the kinds that once did.

A long run of 3,000 studies, about ten minutes on one core, is
`REPORTED_STUDIES=3000 nice -n 19 .venv/bin/python -m pytest -n 0 tests/reports/test_contradictions.py`.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

pytest.importorskip("benchmarks.edges.surveys")
from differential.pages import Claim, _against, claims, contradictions
from differential.reported import reported

STUDIES = int(os.environ.get("REPORTED_STUDIES", "0"))
KINDS = ("research", "change", "gap")
FOUND = {  # study: what its pages once said against each other
    18: "ranks first beside two that could be first",
    42: "ranks first, and cannot be told apart",
    37: "rose beside a list compatible with no change",
    223: "a ratio of 10^40 between rare items",
    298: "rose in one of three waves beside the list",
    395: "below what is required by tests, and not shown to be",
}


@pytest.mark.parametrize("number", FOUND)
def test_what_was_found_is_mended(number: int) -> None:
    reports = reported(number)
    assert reports
    assert [one for report in reports for one in contradictions(report)] == []


@pytest.mark.parametrize("number", range(700, 709))
def test_reports_do_not_contradict_themselves(number: int) -> None:
    assert [one for report in reported(number) for one in contradictions(report)] == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_many_reports_do_not_contradict_themselves(part: int) -> None:
    numbers = range(1_000 + part, 1_000 + (STUDIES or 300), 10)
    found = [f"{n}: {one}" for n in numbers for report in reported(n) for one in contradictions(report)]
    assert not found, "\n".join(found)


def test_claims_of_every_kind_are_read() -> None:
    about = {
        kind: {claim.about for n in range(start, 15, 3) for report in reported(n) for claim in claims(report)}
        for start, kind in enumerate(KINDS)
    }
    assert about["research"] >= {"first", "some first", "equal", "order"}
    assert about["change"] >= {"change", "whole", "rank", "trend"}
    assert about["gap"] >= {"largest", "rest", "named", "below"}


@pytest.mark.parametrize(
    ("lead", "against"),
    [
        ("Item 1 ranks first among the 6 obstacles (95 % confidence).", "Item 2 ranks first among the 6 obstacles"),
        ("Item 1 ranks first among the 6 obstacles (95 % confidence).", "No obstacle stands out: each could be first."),
        ("Item 1 and Item 2 lead: the data do not say which.", "The data rule out first place for Item 3."),
    ],
)
def test_sentences_against_each_other_are_found(lead: str, against: str) -> None:
    row = [SimpleNamespace(text=text, value=None) for text in ("i", "Item 1")]
    others = [[SimpleNamespace(text="i", value=None), SimpleNamespace(text=f"Item {n}", value=None)] for n in (2, 3)]
    columns = [SimpleNamespace(id="id"), SimpleNamespace(id="label")]
    table = SimpleNamespace(
        kind="table", id="ranks", title="", columns=columns, rows=[SimpleNamespace(cells=c) for c in (row, *others)]
    )
    section = SimpleNamespace(lead=(lead, against), blocks=(table,))
    found = contradictions(SimpleNamespace(kind="research", sections=(section,)))  # type: ignore[arg-type]
    assert bool(found) == ("first place for" not in against)


def test_not_shown_is_against_what_is_shown_and_nothing_else() -> None:
    shown, none = Claim("change", "A", "up", ""), Claim("change", "", "not shown", "")
    assert _against(shown, none)
    assert not _against(none, Claim("change", "A", "same", ""))
    assert not _against(shown, Claim("change", "B", "down", ""))
    assert not _against(shown, Claim("trend", "", "not shown", ""))
