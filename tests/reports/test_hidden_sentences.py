"""What is not shown is hidden, never "no difference" or "none": texts of protected studies, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from benchmarks.organisations import linked_organisation
from obstacles.analysis.disclosure.figures import NO_MEAN, NO_SHARE
from obstacles.analysis.disclosure.release import Gaps, gaps
from obstacles.analysis.disclosure.release.batch import gaps_by_columns
from obstacles.analysis.disclosure.release.figures import GapRow
from obstacles.reports.change.build import build_change_report
from obstacles.reports.gap.build import build_gap_report
from obstacles.reports.research.build import build_report
from obstacles.survey.study import Study
from obstacles.text.language import _, using

OF_CAPABILITIES = (
    "No single capability stands out: tests do not separate the largest gap from the others.",
    "In no capability do tests show a difference from the rest of the organisation.",
    "No capability is, by tests, both more important than most and below what is required.",
    "No single priority: the data do not put one capability first. Choose by what the work needs next and by how "
    "important people find it.",
    "No capability is, by tests, both more important than most and below what is required. Choose by what the work "
    "needs next.",
    "By tests more important than most and below what is required: {names}.",
    "Largest gap, but rated less important than most: {names}.",
    "Largest gap, but not shown to be more important than most: {names}.",
    "Begin with {names}: tests separate its gap from all others.",
    "Begin with {names}: tests separate their gaps from all others, and not from each other.",
    "Tests do not show that the gaps of {names} differ.",
)
OF_OBSTACLES = ("Tests show no difference between this group and the rest of the organisation in any {noun}.",)
OF_DIFFERENCES = ("No difference holds after the correction.",)
OF_THE_MIX = (
    "No groups of respondents are named in every wave.",
    "Whether the change goes with who answered cannot be said: no mix of groups can be matched.",
    "Too few left to be compared with those who stayed.",
)
LANGUAGES = ("en", "zh")


def texts(found: Any) -> Iterator[str]:
    """Every text of a value, however deep it lies."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for one in found.values():
            yield from texts(one)
    elif isinstance(found, list | tuple):
        for one in found:
            yield from texts(one)
    elif is_dataclass(found):
        for one in fields(found):
            yield from texts(getattr(found, one.name))


def said(found: Any, language: str, claims: tuple[str, ...]) -> list[str]:
    """Which of the claims stand in a report, whatever they are filled with."""
    with using(language):
        patterns = {one: re.escape(_(one)) for one in claims}
    whole = "\n".join(texts(found))
    filled = {one: re.sub(r"\\\{[^}]*\\\}", ".+?", pattern) for one, pattern in patterns.items()}
    return [one for one, pattern in filled.items() if re.search(pattern, whole)]


def with_hidden(found: Gaps) -> Gaps:
    """The release with one capability, and one obstacle, hidden in every group."""

    def hidden(one: Any) -> Any:
        nothing = replace(one.obstacles[0], share=None if one.obstacles[0].share is None else NO_SHARE, compared=None)
        nothing = replace(nothing, mean=None if nothing.mean is None else NO_MEAN)
        return replace(one, rows=(GapRow(None), *one.rows[1:]), obstacles=(nothing, *one.obstacles[1:]), scales=None)

    return replace(found, whole=hidden(found.whole), groups=tuple(map(hidden, found.groups)))


@pytest.fixture(scope="module", params=[1, pytest.param(7, marks=pytest.mark.slow)])
def study(request: pytest.FixtureRequest) -> Study:
    return linked_organisation(request.param)


@pytest.mark.parametrize("language", LANGUAGES)
def test_gap_reports_claim_nothing_of_what_is_hidden(study: Study, language: str) -> None:
    release = with_hidden(gaps(study, wave="w0", by="department"))
    assert release.groups
    for group in ("", *(one.name for one in release.groups)):
        made = build_gap_report(study, release, group, language=language).sections
        assert said(made, language, OF_CAPABILITIES + OF_OBSTACLES) == []
        assert "[c]" in "\n".join(texts(made))


@pytest.fixture(scope="module")
def by_columns() -> tuple[Study, list[Gaps]]:
    study = linked_organisation(1)
    return study, gaps_by_columns(study, study.waves[0], last="grade", level=0.95, k=2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_gap_reports_by_every_column_claim_nothing_of_what_is_hidden(
    by_columns: tuple[Study, list[Gaps]], language: str
) -> None:
    study, looked = by_columns[0], 0
    for release in by_columns[1]:
        for one in release.groups:
            made = build_gap_report(study, release, one.name, language=language).sections
            for rows, claims in ((one.rows, OF_CAPABILITIES[1:2]), (one.obstacles, OF_OBSTACLES)):
                if any(row.compared is None for row in rows):
                    looked += 1
                    assert said(made, language, claims) == []
    assert looked > 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_research_reports_claim_nothing_of_what_is_hidden(study: Study, language: str) -> None:
    made = build_report(study, wave="w0", language=language)
    with using(language):
        hidden = [
            one.hidden or any(c.difference is None for own in one.cells.values() for c in own) for one in made.groups
        ]
    assert any(hidden)
    claims = [one for section in made.sections for one in texts(section)]
    with using(language):
        assert claims.count(_(OF_DIFFERENCES[0])) <= hidden.count(False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_change_reports_for_others_say_that_groups_are_hidden(language: str) -> None:
    study = next(one for one in map(linked_organisation, range(20)) if len(one.waves) > 1)
    made = build_change_report(study, language=language)
    assert made.change.withheld
    assert said(made.sections, language, OF_THE_MIX) == []
    whole = "\n".join(texts(made.sections))
    assert {"en": "hidden", "zh": "隐"}[language] in whole
