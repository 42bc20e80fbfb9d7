"""A column per item; the cell is a level of the scale. "Does not apply" is an answer without a level, not a blank."""

from __future__ import annotations

import numpy as np

from obstacles.survey.answers import Ratings
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.missing import MISSING, NOT_APPLICABLE, VENDOR_CODES, kinds_of_missing
from obstacles.survey.formats.numerals import numeral
from obstacles.survey.question import Level, Scale
from obstacles.survey.settings import ScaleLevel
from obstacles.text.fold import fold
from obstacles.text.language import Labels, _

ABSENT, DOES_NOT_APPLY, UNKNOWN = -1, -2, -3


def read(asked: WaveQuestion) -> ParsedAnswers:
    """The ratings of all rows, turned so that larger = more severe."""
    log = Log(asked)
    n, m = asked.n, len(asked.items)
    value = np.array([level.value for level in asked.settings.scale])
    scores = np.full((n, m), np.nan)
    not_applicable = np.zeros((n, m), bool)
    meanings = Meanings(asked)
    for j, item in enumerate(asked.items):
        column = asked.settings.obstacles[item.id]
        codes, cells = asked.coded(column)
        meaning = np.array([meanings[cell] for cell in cells], np.intp)[codes]
        message = _(
            "these cells are no level of the scale: {cells}. Add them to the text of a level, or to "
            "not_applicable or missing."
        )
        log.unknown("E-LEVEL-01", message, column, meaning == UNKNOWN)
        rated = meaning >= 0
        scores[rated, j] = value[meaning[rated]]
        not_applicable[:, j] = meaning == DOES_NOT_APPLY
    log.vendor_codes(meanings.of_vendor)
    scores[~asked.offered] = np.nan
    said = not_applicable | ~np.isnan(scores)
    if asked.direction == "1_is_most_severe":
        scores = value.min() + value.max() - scores
    answers = Ratings(asked.items, scores, not_applicable, _turned(asked), np.arange(n))
    enough = said.sum(axis=1) >= (asked.least or 1)
    endings = [Exclusion(_("the question was not answered"), ~said.any(axis=1))]
    if asked.least and asked.least > 1:
        rule = _("fewer than {n} items were rated").format(n=asked.least)
        endings.append(Exclusion(rule, said.any(axis=1) & ~enough))
    return ParsedAnswers(answers, tuple(endings), problems=tuple(log.problems), scale=answers.scale)


class Meanings(dict[str, int]):
    """Cell -> position of its level, or what else it means."""

    def __init__(self, asked: WaveQuestion) -> None:
        super().__init__()
        settings = asked.settings
        self.words: dict[str, int] = {}
        self.of_vendor: set[str] = set()
        self.numbers: dict[float, int] = {}
        for position, level in enumerate(settings.scale):
            for text in (*level.text, *level.label.values()):
                self.words.setdefault(fold(text), position)
            if not level.text:
                self.numbers[level.value] = position
        self.words |= {fold(text): DOES_NOT_APPLY for text in settings.not_applicable}
        for key, kind in kinds_of_missing(settings).items():
            self.words[key] = DOES_NOT_APPLY if kind == NOT_APPLICABLE else ABSENT

    def __missing__(self, cell: str) -> int:
        key = fold(cell)
        found = self.words.get(key, ABSENT if key == "" else UNKNOWN)
        if found == UNKNOWN and (number := numeral(key.removeprefix("-"))) is not None:
            found = self.numbers.get(-number if key.startswith("-") else number, UNKNOWN)
        if found == UNKNOWN and VENDOR_CODES.get(cell) == MISSING:
            self.of_vendor.add(cell)
            found = ABSENT
        self[cell] = found
        return found


def _turned(asked: WaveQuestion) -> Scale:
    """The scale with values that grow with severity, as in the scores; each level keeps its label."""
    levels = asked.settings.scale
    low, high = min(level.value for level in levels), max(level.value for level in levels)
    turn = asked.direction == "1_is_most_severe"
    made = [Level(low + high - level.value if turn else level.value, labels_of(level)) for level in levels]
    return Scale(tuple(sorted(made, key=lambda level: level.value)))


def labels_of(level: ScaleLevel) -> Labels:
    """The label of a level, else its first text in cells, else its value."""
    return level.label or {"en": level.text[0] if level.text else f"{level.value:g}"}


FORMAT = Format(
    "likert_grid",
    read,
    uses=frozenset({"scale", "not_applicable", "direction", "obstacles"}),
    needs=frozenset({"scale", "obstacles"}),
)
