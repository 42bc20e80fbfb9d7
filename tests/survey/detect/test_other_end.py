"""What asks for the other end, places that look like points, and cells that an unusual sign joins: asked."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from obstacles.survey.detect.direction import asks_for_other_end
from obstacles.survey.detect.propose import propose
from obstacles.survey.studyfile.proposal import Proposal

ITEMS = ("Lack of skills", "Tight budget", "Poor data", "Legal limits", "Old systems")


def orders(n: int = 60) -> list[list[int]]:
    draw = random.Random(5)
    return [sorted(range(5), key=lambda j: j + draw.gauss(0, 1.2)) for _row in range(n)]


def proposal(folder: Path, header: list[str], rows: list[list[object]]) -> Proposal:
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return propose([folder / "a.csv"])


@pytest.mark.parametrize(
    "text",
    ["Smallest obstacle", "Least severe barrier", "Which problem is solved?", "Not a problem for us", "We have enough",
     "Kein Hindernis", "Le frein le moins important", "El menor obstáculo", "哪个障碍最小", "已解决的障碍"],
)  # fmt: skip
def test_words_that_ask_for_the_other_end(text: str) -> None:
    assert asks_for_other_end([text])


@pytest.mark.parametrize(
    "text",
    ["Biggest obstacle", "Choose at least three obstacles", "Rank from the most to the least severe", "最大的障碍",
     "We do not have enough staff", "Unsolved problems", "Du plus important au moins important"],
)  # fmt: skip
def test_words_that_do_not(text: str) -> None:
    assert not asks_for_other_end([text])


@pytest.mark.parametrize(("text", "asked"), [("Smallest obstacle", True), ("Biggest obstacle", False)])
def test_a_choice_of_the_least_is_asked_about(tmp_path: Path, text: str, asked: bool) -> None:
    found = proposal(tmp_path, [text], [[ITEMS[order[-1]]] for order in orders()])
    assert ("format" in found.asked) is asked


@pytest.mark.parametrize(("text", "asked"), [("We have enough", True), ("Obstacles", False)])
def test_marks_of_what_is_no_obstacle_are_asked_about(tmp_path: Path, text: str, asked: bool) -> None:
    rows: list[list[object]] = [[int(order.index(j) < 2) for j in range(5)] for order in orders()]
    found = proposal(tmp_path, [f"{text} [{item}]" for item in ITEMS], rows)
    assert found.waves[0].form == "multi_select"
    assert ("format" in found.asked) is asked


@pytest.mark.parametrize("values", [(10, 20, 30, 40, 50), (1, 2, 4, 5, 7)])
def test_places_with_gaps_are_no_points(tmp_path: Path, values: tuple[int, ...]) -> None:
    rows: list[list[object]] = [[values[order.index(j)] for j in range(5)] for order in orders()]
    found = proposal(tmp_path, [f"Obstacles [{item}]" for item in ITEMS], rows)
    assert found.waves[0].form != "points"
    assert "direction" in found.asked


@pytest.mark.parametrize("sign", [" / ", "#", " + ", "~", " • ", " then ", " & "])
def test_an_unusual_sign_between_answers_is_found_and_asked_about(tmp_path: Path, sign: str) -> None:
    found = proposal(tmp_path, ["Top obstacles"], [[sign.join(ITEMS[j] for j in order[:3])] for order in orders()])
    assert {item.label for item in found.items} == set(ITEMS)
    assert "cell" in found.asked


def test_texts_of_the_same_words_in_another_order_are_asked_about(tmp_path: Path) -> None:
    found = proposal(tmp_path, ["Top obstacles"], [[" < ".join(ITEMS[j] for j in order[:2])] for order in orders(120)])
    assert "slots" in found.asked


@pytest.mark.parametrize("cells", ["A B C D E", "I II III IV V"])
def test_letters_for_ranks_are_asked_about(tmp_path: Path, cells: str) -> None:
    rows: list[list[object]] = [[cells.split()[order.index(j)] for j in range(5)] for order in orders()]
    found = proposal(tmp_path, [f"Rank [{item}]" for item in ITEMS], rows)
    assert "format" in found.asked


@pytest.mark.parametrize("words", ["Primo Secondo Terzo Quarto Quinto", "Primeiro Segundo Terceiro Quarto Quinto"])
def test_places_in_italian_and_portuguese(tmp_path: Path, words: str) -> None:
    rows: list[list[object]] = [[words.split()[order.index(j)] for j in range(5)] for order in orders()]
    found = proposal(tmp_path, [f"Rank [{item}]" for item in ITEMS], rows)
    assert found.waves[0].form == "rank_grid"
