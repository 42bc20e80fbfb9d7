"""Every report in Chinese: the same numbers as in English, no English left between them, every character in a font."""

from __future__ import annotations

import calendar
import dataclasses
import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from once import once

from obstacles.cli.demo import examples_folder
from obstacles.reports.charts.style import FAMILY, register_fonts
from obstacles.reports.kinds import REPORTS
from obstacles.reports.words import numbers
from obstacles.reports.writers.glyphs import NOTDEF, FontError, refuse_boxes
from obstacles.reports.writers.render import to_page, to_pdf
from obstacles.survey.loading.load import load_study
from obstacles.text.language import using

STUDIES = ("top_five", "selections", "severity", "published", "published_n", "films")
EXAMPLE = examples_folder() / "big-data-obstacles" / "study.toml"
KINDS = tuple(REPORTS)
MONTHS = list(calendar.month_name)[1:]
LAYOUT = ".tallest"  # points, by how the lines of a label break
chinese_font = pytest.mark.skipif(
    register_fonts() == (FAMILY,), reason="no Chinese font is installed (Debian: fonts-noto-cjk)"
)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every text and number of a report, with where it stands."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple | list):
        for i, one in enumerate(value):
            yield from leaves(one, f"{path}[{i}]")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}[{key}]")
    else:
        yield path, value


def digits(text: str) -> set[str]:
    """The numbers of a text; months are numbers in Chinese."""
    for number, month in enumerate(MONTHS, 1):
        text = re.sub(rf"\b{month}\b", str(number), text)
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


FITTED = re.compile(r"\[0\]\.blocks\[0\]\.(data\.rows|data\.limits|notes)")  # of page 1: as many rows as fit there


def differences(english: Any, chinese: Any) -> list[str]:
    """What is not the same number in both."""
    one, other = dict(leaves(english)), dict(leaves(chinese))
    found = [f"{path}: only in one language" for path in set(one) ^ set(other) if not FITTED.match(path)]
    for path, value in one.items():
        if path not in other or path.endswith(LAYOUT) or (FITTED.match(path) and ".rows" not in path):
            continue
        same = digits(value) == digits(other[path]) if isinstance(value, str) else _equal(value, other[path])
        if not same:
            found.append(f"{path}: {value!r} / {other[path]!r}")
    return sorted(found)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other or (one != one and other != other))


@cache
def example(kind: str, language: str) -> Any:
    build = REPORTS[kind].build
    study = load_study(EXAMPLE, language=language)
    if not REPORTS[kind].batch:
        return build(study, language=language)
    from obstacles.analysis.disclosure.release import gaps

    with using(language):
        return build(study, once("gaps of the example", lambda: gaps(study)), "Health", language=language)


@pytest.mark.parametrize("name", STUDIES)
def test_research_reports_hold_the_same_numbers(making: Any, name: str) -> None:
    from obstacles.reports.research.build import build_report as build

    with using("en"):
        study = making.studies[name]()
    assert differences(build(study, language="en").sections, build(study, language="zh").sections) == []


@pytest.mark.parametrize("kind", KINDS)
def test_reports_of_the_example_hold_the_same_numbers(kind: str) -> None:
    assert differences(example(kind, "en").sections, example(kind, "zh").sections) == []


ENGLISH = re.compile(r"(?<![\w./`=-])[a-z]{3,}(?: [a-z]{2,})+")  # two words of running text
KEPT = re.compile(r"“[^”]*”|`[^`]*`|obstacles [a-z]+ .*|\w+\.(?:toml|csv|json|py)\b.*")


@pytest.mark.parametrize("kind", KINDS)
def test_no_english_sentence_is_left(kind: str) -> None:
    """Names, commands and quotations aside, and the keys in the data of cells, which are the same in every language."""
    report = example(kind, "zh")
    texts = [text for path, text in leaves(report.sections) if isinstance(text, str) and not path.endswith(".value")]
    found = {text for text in texts if ENGLISH.search(KEPT.sub("", text))}
    assert sorted(found) == []


@chinese_font
@pytest.mark.parametrize("kind", KINDS)
def test_every_character_has_a_font(kind: str) -> None:
    told: list[Any] = []
    assert to_pdf(example(kind, "zh"), told.append).startswith(b"%PDF")
    assert told == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_its_language(kind: str) -> None:
    page = to_page(example(kind, "zh")).decode()
    assert '<html lang="zh"' in page


@pytest.fixture
def in_chinese() -> Iterator[None]:
    with using("zh"):
        yield


@pytest.mark.usefixtures("in_chinese")
@pytest.mark.parametrize(
    ("write", "text"),
    [
        (lambda: numbers.percent(0.1824), "18.2%"),
        (lambda: numbers.interval(16, 20.4), "16.0至20.4"),
        (lambda: numbers.rank_set(2, 4), "2至4"),
        (lambda: numbers.count(1248), "1,248"),
        (lambda: numbers.date(numbers.datetime.date(2024, 5, 13)), "2024年5月13日"),
        (
            lambda: numbers.date_range(numbers.datetime.date(2024, 5, 13), numbers.datetime.date(2024, 6, 7)),
            "2024年5月13日至6月7日",
        ),
        (lambda: numbers.listing(["人才", "成本", "数据"]), "人才、成本和数据"),
        (lambda: numbers.clauses(["成本上升", "隐私下降"]), "成本上升，隐私下降"),
        (lambda: numbers.ranges([1, 2, 3, 7]), "1–3、7"),
    ],
)
def test_numbers_dates_and_lists(write: Callable[[], str], text: str) -> None:
    assert write() == text


def test_italics_are_not_used() -> None:
    """Chinese has none."""
    sheet = (Path(import_module("obstacles.reports").__file__ or "").parent / "templates" / "report.css").read_text()
    assert "italic" not in sheet


MIXED = re.compile(
    r"[\u4e00-\u9fff]\s*[,;:?!](?!\w)|[\u4e00-\u9fff] [\u4e00-\u9fff]|[，。；：、][ ,.;:]|[,;:] ?[\u4e00-\u9fff]"
)


@pytest.mark.parametrize("kind", KINDS)
def test_no_english_punctuation_stands_between_chinese(kind: str) -> None:
    """Sentences, clauses and names are joined as Chinese joins them."""
    texts = [
        text
        for path, text in leaves(example(kind, "zh").sections)
        if isinstance(text, str) and not path.endswith((".value", ".short", ".names"))
    ]
    assert sum(bool(re.search("[，。；：、]", text)) for text in texts) > (10 if kind == "brief" else 50)
    assert sorted({text for text in texts if MIXED.search(KEPT.sub("", text))}) == []


def test_a_chinese_report_without_a_chinese_font_is_refused() -> None:
    record = logging.LogRecord("weasyprint", logging.WARNING, "", 0, f"{NOTDEF} %s", ("障",), None)
    odd = logging.LogRecord("weasyprint", logging.WARNING, "", 0, f"{NOTDEF} %s", ("\U00012000",), None)
    with pytest.raises(FontError, match="fonts-noto-cjk"):
        refuse_boxes("zh-Hans", [record])
    refuse_boxes("zh", [odd])  # a warning of its own
    refuse_boxes("en", [record])
