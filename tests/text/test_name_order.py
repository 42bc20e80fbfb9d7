"""Names in an order that a reader expects."""

from __future__ import annotations

import random

import pytest

from obstacles.text.name_order import name_order


@pytest.mark.parametrize(
    "names",
    [
        ["2 to 9", "10 to 49", "50 to 249", "250 or more"],
        ["apple", "Banana", "cherry", "Zebra"],
        ["Ecole", "École", "Etat", "Zoo"],
        [
            "财政局",
            "档案馆",
            "交通局",
            "教育局",
            "民政局",
            "农业农村局",
            "统计局",
            "卫生健康委",
            "文化局",
            "应急管理局",
        ],
        ["A", "B", "教育局", "卫生局"],
        ["第2科", "第10科"],
        ["人事处", "啰"],  # the second is of the rarer half of GB 2312
        ["", "1", "a"],
        ["１科", "2科"],  # full-width digits
    ],
)
def test_names_are_listed_as_a_reader_expects(names: list[str]) -> None:
    shuffled = names[:]
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=name_order) == names


def test_names_that_read_alike_still_have_one_order() -> None:
    assert sorted(["b", "B"], key=name_order) == sorted(["B", "b"], key=name_order)


def test_characters_outside_gb2312_have_a_place() -> None:
    assert sorted(["\U00020000", "啊", "㐀", "é", "𠮷"], key=name_order)[0] == "é"
