"""Files without a question about obstacles: their waves have capabilities alone, and nothing of them is ranked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from obstacles.survey.detect.capability_part.columns import FoundCapability
from obstacles.survey.detect.questions import Question
from obstacles.survey.detect.sheet import Block
from obstacles.survey.detect.sources import Source
from obstacles.survey.detect.waves import Round, rounds_in
from obstacles.survey.studyfile.guess import Guess
from obstacles.text.language import _

ALONE = "capability_only"  # the format of such a wave


def with_capability_alone(
    rounds: Sequence[Round], sources: Sequence[Source], parts: Mapping[str, FoundCapability], *, only: bool = False
) -> list[Round]:
    """The waves, with those of files whose capabilities stand beside no question about obstacles.

    Another question beside capabilities, such as how content people are, is none of obstacles: it is listed, and ranked
    only where a person names it.

    Parameters
    ----------
    only
        No question is taken, whatever it is about.
    """
    whole = {file: part for file, part in parts.items() if part.skills}
    beside_obstacles = any(one.question.about for one in rounds) or not whole
    kept = list(rounds) if beside_obstacles and not only else []
    asked = {one.source.file for one in kept}
    used = {one.id for one in kept}
    alone = [one for source in sources if source.file not in asked for one in _rounds(source, whole, used)]
    return sorted([*kept, *alone], key=_time) if kept and alone else [*kept, *alone]


def _time(one: Round) -> tuple[bool, int]:
    return not one.id.isdecimal(), int(one.id) if one.id.isdecimal() else 0


def _rounds(source: Source, parts: Mapping[str, FoundCapability], used: set[str]) -> Iterator[Round]:
    part = parts.get(source.file)
    if part is None:
        return
    guess = Guess(ALONE, 1.0, _("no question about obstacles was found: there is nothing to rank"), ())
    columns = tuple(column for column in source.sheet.columns if column.name in part.columns)
    block = Block("", "", columns, tuple(column.name for column in columns), True)
    question = Question("", "", block, guess, None, (guess,), 0.0)
    for id, sheet, where in rounds_in(source, source.sheet, question, used):
        yield Round(id, source, sheet, where, question, guess)
