"""The form of a question: what makes the answers of two waves mean the same."""

from __future__ import annotations

from dataclasses import dataclass

from obstacles.survey.answers import BestWorst, Published, Ratings
from obstacles.survey.study import Wave
from obstacles.text.language import _


@dataclass(frozen=True)
class Form:
    """Two waves have the same form where `key` is the same; `family` says which words may bridge a difference."""

    family: str  # "ranking", "share", "rating", "points", "best-worst" or "pairs"
    key: tuple[object, ...]
    text: str


def form_of(wave: Wave) -> Form:
    """The form of a wave's question. How many places a ranking had is no part of it: the common ones are used."""
    answers, asked = wave.answers, wave.question
    if isinstance(answers, Published):
        several = answers.several_answers
        text = _("published percentages, several answers") if several else _("published percentages, one answer each")
        return Form("share", ("published", several), text)
    if isinstance(answers, Ratings) and answers.total is not None:
        return Form("points", ("points", answers.total), _("share out {n:g} points").format(n=answers.total))
    if isinstance(answers, Ratings):
        levels = tuple(level.value for level in answers.scale.levels)
        return Form("rating", ("rating", *levels), _("rate on {n} levels").format(n=len(levels)))
    if isinstance(answers, BestWorst):
        return Form("best-worst", ("best-worst",), _("choose the first and the last of a set"))
    if asked.format == "pairs":
        return Form("pairs", ("pairs",), _("choose between two"))
    if answers.selection:
        cap = asked.max_choices
        text = _("select up to {n}").format(n=cap) if cap else _("select any number")
        return Form("share", ("selection", cap), text)
    partial = asked.blank == "not_offered"
    text = _("rank up to {n}").format(n=asked.k) if asked.k and asked.k < len(answers.items) else _("rank all")
    if partial:
        text = _("rank those that apply")
    return Form(
        "ranking", ("ranking", asked.ties, partial), _("{form}, ties allowed").format(form=text) if asked.ties else text
    )
