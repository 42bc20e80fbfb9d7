"""The ranking as a terminal shows it: bars, intervals and tiers in lines that fit and end between words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from obstacles.cli.commands import rank as command
from obstacles.cli.ranking_chart import BAR, BRACKET, LONE, OPEN, POINT, Drawn, bar, chart
from obstacles.text.width import width

EXAMPLES = Path(__file__).parents[2] / "examples"
MARKS = set(BAR + OPEN + POINT + LONE + "".join(BRACKET))


def rows_of(labels: list[str], *, intervals: bool = True) -> list[Drawn]:
    tiers = [1, 2, 2, 2, 3][: len(labels)]
    return [
        Drawn(
            place="1" if tier == 1 else "2 to 4" if tier == 2 else "5",
            label=label,
            value=f"{50 - 10 * i}.0",
            interval=f"{48 - 10 * i}.0 to {52 - 10 * i}.0" if intervals else "",
            point=0.9 - 0.2 * i,
            low=0.86 - 0.2 * i if intervals else None,
            high=0.94 - 0.2 * i if intervals else None,
            tier=tier if intervals else 0,
            first=tier == 1,
        )
        for i, (label, tier) in enumerate(zip(labels, tiers, strict=True))
    ]


LABELS = {
    "short": ["Skills", "Data sharing", "Quality", "Rules on AI", "Cost"],
    "long": ["Inadequate staff and skills in the whole of the organisation " * 3] * 5,
    "one word": ["Donaudampfschifffahrtsgesellschaft" * 2, "AI", "b", "c", "d"],
    "Chinese": ["人员与技能不足，而且没有时间学习新的工具" * 2, "数据质量", "成本", "规则", "隐私"],
}


@pytest.mark.parametrize("columns", range(20, 101, 4))
@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("intervals", [True, False])
def test_every_line_fits_and_no_word_is_cut(kind: str, columns: int, intervals: bool) -> None:
    rows = rows_of(LABELS[kind], intervals=intervals)
    drawn = chart(rows, columns, from_zero=True)
    assert len(drawn) == len(rows)
    for row, lines in zip(rows, drawn, strict=True):
        assert max(map(width, lines)) <= columns
        shown = " ".join(lines)
        assert row.value in shown
        assert POINT in shown
        assert row.interval in " ".join(shown.split())
        words = {word for line in lines for word in line.split()} - {row.place, row.value, *row.interval.split()}
        if kind in ("short", "long") and columns >= 24:  # as wide as the longest word and the place
            assert {word for word in words if not set(word) & MARKS} <= {*row.label.split(), *row.place.split()}
        letters = "".join(letter for letter in "".join(shown.split()) if letter not in MARKS)
        assert "".join(row.label.split())[:12] in letters or kind in ("one word", "Chinese")


def test_brackets_stand_over_tiers_of_several_and_over_nothing_without_them() -> None:
    lines = [lines[0][-1] for lines in chart(rows_of(LABELS["short"]), 80, from_zero=True)]
    assert lines == [LONE, *BRACKET, LONE]
    plain = chart(rows_of(LABELS["short"], intervals=False), 80, from_zero=True)
    assert not set("".join(line for lines in plain for line in lines)) & {LONE, *BRACKET}


@pytest.mark.parametrize("size", [8, 20, 40])
def test_bars_end_where_the_figures_say(size: int) -> None:
    row = rows_of(["A"])[0]
    solid = bar(row, size, from_zero=True)
    assert len(solid) == size
    assert solid.index(POINT) == round(0.9 * size) - 1
    assert solid.rstrip()[-1] in (OPEN, POINT)
    assert len(solid.rstrip()) == round(0.94 * size)
    assert BAR not in bar(row, size, from_zero=False)
    nothing = Drawn("–", "A", "–", "", None, None, None, 0, first=False)
    assert bar(nothing, size, from_zero=True) == " " * size


def test_an_axis_that_runs_down_keeps_low_before_high() -> None:
    row = Drawn("1", "A", "1.2", "1.0 to 1.4", 0.8, 0.9, 0.7, 0, first=False)
    assert bar(row, 10, from_zero=False).strip() == f"{OPEN}{POINT}{OPEN}"


@pytest.mark.parametrize(
    "words",
    [
        ["big-data-obstacles"],
        ["big-data-obstacles", "--wave", "2024", "--model", "borda", "--level", "0.9"],
        ["big-data-obstacles", "--wave", "2022"],
        ["eurostat-ai"],
    ],
)
def test_rank_draws_on_a_terminal_alone(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    typed = ("rank", EXAMPLES / words[0], *words[1:])
    monkeypatch.setenv("COLUMNS", "60")
    assert POINT not in run(*typed).stdout
    monkeypatch.setattr(command, "is_drawn", lambda: True)
    shown = run(*typed).stdout
    assert shown.count(POINT) >= 6
    assert max(map(width, shown.splitlines())) <= 60
    assert ("First figures:" in shown) == (words[0] != "eurostat-ai")
