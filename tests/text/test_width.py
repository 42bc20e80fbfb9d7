"""Text in columns: Chinese characters take two, and lines end where Chinese allows it."""

from __future__ import annotations

from textwrap import wrap

import pytest

from obstacles.text.width import CLOSING, OPENING, padded, width, wrapped

CHINESE = (
    "“人员与技能不足”（占比42.1%）在5项障碍中排名第一（95%置信水平），"
    "其次是“部门间数据不共享”、“工具与设施成本”；见obstacles check。"
)
ENGLISH = (
    "Skills and staff (42.1 %) rank first among 5 obstacles, well-known to be so; see obstacles check for the rest."
)


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("abc") == 3
    assert width("人员ab") == 6
    assert width("，") == 2
    assert width("e\u0301") == 1


def test_padding_counts_columns() -> None:
    assert padded("字体", 6) == "字体  "
    assert padded("fonts", 6) == "fonts "
    assert padded("字体字体", 6) == "字体字体"


@pytest.mark.parametrize("columns", range(20, 90, 7))
def test_chinese_lines_are_full_and_end_where_they_may(columns: int) -> None:
    found = wrapped(CHINESE, columns)
    assert len(found) > 1
    assert "".join(found).replace(" ", "") == CHINESE.replace(" ", "")
    assert max(map(width, found)) <= columns
    assert all(line[0] not in CLOSING and line[-1] not in OPENING for line in found)
    assert all(width(line) > columns - 14 for line in found[:-1])


@pytest.mark.parametrize("hyphens", [True, False])
def test_other_lines_are_those_of_the_standard_library(hyphens: bool) -> None:
    assert wrapped(ENGLISH, 40, hyphens=hyphens) == wrap(ENGLISH, 40, break_long_words=False, break_on_hyphens=hyphens)
    assert wrapped("", 40) == []


def test_latin_words_stay_whole() -> None:
    found = wrapped("请运行obstacles_check_everything_again再看结果", 20)
    assert any("obstacles_check_everything_again" in line for line in found)
