"""Why a question may not be the one meant, or not be read as it is: what stands beside the key `format`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from obstacles.survey.detect.capability_part.alone import ALONE
from obstacles.survey.detect.direction import asks_for_other_end
from obstacles.survey.detect.questions import Question
from obstacles.text.language import _, quoted_names, semicolons

AS_GOOD = 0.2  # of the score within which another question fits as well
WITHOUT_DIRECTION = ("multi_select", "order_list", "points", "published", "pairs")
GRADE = re.compile(r"[A-Z]|[IVX]{1,4}")


def doubt_of(question: Question, others: Sequence[Question], *, named: bool) -> str:
    """What is to be asked of a question; `named`: a person chose it, and only how it is read can be in doubt."""
    return semicolons(
        filter(None, ["" if named else _which(question, others), _other_end(question), _grades(question)])
    )


def _other_end(question: Question) -> str:
    """That the words ask for what hinders least, where no key says which end is the severe one."""
    if question.guess.form not in WITHOUT_DIRECTION:
        return ""
    names = question.columns
    each = names if all(asks_for_other_end([name]) for name in names) else []
    said = asks_for_other_end([question.text, *each])
    if not said:
        return ""
    return _('"{words}": does it ask for what hinders least? Then this order is the wrong way round').format(words=said)


def _grades(question: Question) -> str:
    """That the items of an order are single letters or Roman numbers, which may be the ranks of the columns."""
    labels = [item.label for item in question.guess.items]
    if question.guess.form != "order_list" or not all(GRADE.fullmatch(label) for label in labels):
        return ""
    return _("the cells hold {cells}: are these the ranks of the columns? Then write them as numbers").format(
        cells=quoted_names(labels[:4])
    )


def _which(question: Question, others: Sequence[Question]) -> str:
    """What is said where a file has several questions, and no words or no better fit tell which one is meant."""
    if question.guess.form == ALONE:
        return ""
    if question.block is not None and question.block.near:
        text = _("the columns {columns} beside it hold the same numbers: are they items? Then name all with --block")
        return text.format(columns=quoted_names(question.block.near))
    rest = [one for one in others if one.columns != question.columns]
    near = any(one.score > question.score - AS_GOOD for one in rest)
    if not rest or (question.about and not near):
        return ""
    if question.about:
        return _("one of {n} questions, of which another fits as well: is it the one meant?").format(n=len(others))
    return _("one of {n} questions, and its words do not say that it is about obstacles: is it the one meant?").format(
        n=len(others)
    )
