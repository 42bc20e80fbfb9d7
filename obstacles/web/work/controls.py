"""How each key of the study file is asked: one line a key. A key that is not here is confirmed, or written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from obstacles.text.language import _

KEEP, DROP = "keep", "drop"
SAID = ("sampling", "audience")  # the answers say all that stands beside the guess


@dataclass(frozen=True)
class Control:
    """How one key is asked."""

    title: Callable[[], str]  # may hold {wave}
    options: Callable[[], list[tuple[str, str, str]]] = list  # value, words, hint
    number: bool = False
    tried: bool = False  # whether what each answer would do is shown


def _sampling() -> list[tuple[str, str, str]]:
    return [
        ("census", _("Everybody was asked"), _("Uncertainty is that of who did not answer.")),
        ("probability", _("A random sample was asked"), _("Uncertainty is that of the sample.")),
        ("nonprobability", _("Whoever came could answer"), _("The answers speak for those who came, not for others.")),
    ]


def _direction() -> list[tuple[str, str, str]]:
    return [
        ("1_is_most_severe", _("1 is the most severe"), ""),
        ("high_is_most_severe", _("The highest number is the most severe"), ""),
    ]


def _blank() -> list[tuple[str, str, str]]:
    return [
        ("below", _("Less severe than every ranked obstacle"), _("People named the worst and stopped.")),
        ("not_offered", _("This obstacle was not shown to this person"), _("Then a blank says nothing about it.")),
        ("not_answered", _("The person did not answer"), _("Then an answer with a blank is unfinished.")),
    ]


def _unusable() -> list[tuple[str, str, str]]:
    return [
        ("leave_out", _("Leave them out, and print how many"), ""),
        ("repair_ties", _("Read a rank given twice as a tie"), _("Others are left out and counted.")),
        ("error", _("Stop until the file is corrected"), _("Answers are never changed here.")),
    ]


def _duplicates() -> list[tuple[str, str, str]]:
    return [
        ("first", _("The first row of a person counts"), ""),
        ("last", _("The last row of a person counts"), ""),
        ("error", _("Stop until the file is corrected"), ""),
    ]


def _audience() -> list[tuple[str, str, str]]:
    return [
        ("organisation", _("People of the organisation"), _("Groups are protected in all that is handed out.")),
        ("public", _("Everybody"), _("Groups are protected in all that is handed out.")),
        ("owner", _("Only whoever collected the answers"), _("Nothing is protected.")),
    ]


def _weight() -> list[tuple[str, str, str]]:
    return [(KEEP, _("Yes, it is a weight"), ""), (DROP, _("No, everybody counts the same"), "")]


def _panel() -> list[tuple[str, str, str]]:
    return [
        ("repeated_cross_section", _("Other people each time"), ""),
        ("panel", _("The same people again"), _("Their ids must be in both files.")),
    ]


def _none_marked() -> list[tuple[str, str, str]]:
    return [
        ("answered", _("They saw the question, and none of it applies to them"), ""),
        ("not_answered", _("They did not answer this question"), _("Then they do not count.")),
    ]


def _status() -> list[tuple[str, str, str]]:
    return [
        ("same", _("The same"), ""),
        ("reworded", _("The same, in other words"), _("It is compared, and the report says so.")),
        ("split", _("One became several"), ""),
        ("merged", _("Several became one"), ""),
    ]


def _kind() -> list[tuple[str, str, str]]:
    return [
        (KEEP, _("It is no obstacle: shown with its share, never ranked"), ""),
        (DROP, _("It is an obstacle like the others"), ""),
    ]


CONTROLS: dict[str, Control] = {  # key -> how it is asked; a key that is not here is confirmed, or written by hand
    "sampling": Control(lambda: _("How did people come in?"), _sampling),
    "direction": Control(lambda: _("Which end is severe?"), _direction, tried=True),
    "blank": Control(lambda: _("What does an empty cell mean in {wave}?"), _blank, tried=True),
    "invalid_ranking": Control(lambda: _("What happens to rankings that cannot be used?"), _unusable, tried=True),
    "duplicates": Control(lambda: _("Some ids occur twice in {wave}. Which row counts?"), _duplicates, tried=True),
    "audience": Control(lambda: _("Who is handed the reports?"), _audience),
    "weight": Control(lambda: _("Is this column a weight in {wave}?"), _weight, tried=True),
    "k": Control(lambda: _("How many places could be filled in {wave}?"), number=True),
    "max_choices": Control(lambda: _("How many choices could be made in {wave}?"), number=True),
    "comparison.kind": Control(lambda: _("Were the same people asked again?"), _panel),
    "status": Control(lambda: _("Is this the same obstacle in both years?"), _status),
    "item.kind": Control(lambda: _("Is this option no obstacle?"), _kind),
    "aliases": Control(lambda: _("Are these spellings of one group?"), lambda: [
        (KEEP, _("Yes, they are one group"), ""), (DROP, _("No, they are different groups"), "")]),
    "cell": Control(lambda: _("Is this the column of the question in {wave}?")),
    "format": Control(lambda: _("Is this the question that is meant in {wave}?")),
    "levels": Control(lambda: _("In which order do the levels stand?")),
    "required": Control(lambda: _("Which level does the work ask for?"), number=True),
    "items": Control(lambda: _("Are these the same obstacles?")),
    "missing": Control(lambda: _("Which cells are no answer in {wave}?")),
    "unranked": Control(lambda: _("Which cells mean that nothing was ranked in {wave}?")),
    "codebook": Control(lambda: _("Are the items of the codebook right?")),
    "none_marked": Control(
        lambda: _("Some people mark nothing in {wave}. What does that mean?"), _none_marked, tried=True),
    "other": Control(lambda: _("Are texts that occur once own words under “Other” in {wave}?")),
    "selected": Control(lambda: _("Which cells mean that an option was marked in {wave}?")),
    "slider": Control(lambda: _("From where to where does the slider go in {wave}?")),
    "first_rank": Control(lambda: _("Which number is the first rank in {wave}?"), number=True),
    "skip": Control(lambda: _("How many rows stand above the header in {wave}?"), number=True),
    "encoding": Control(lambda: _("Are letters with accents and Chinese ones read rightly in {wave}?")),
    "scale": Control(lambda: _("Are these the levels of the scale in {wave}?")),
    "order": Control(lambda: _("Which place does each column hold in {wave}?")),
    "positions": Control(lambda: _("In which order stand the items in {wave}?")),
    "date": Control(lambda: _("Does this column say when people answered in {wave}?")),
    "finished": Control(lambda: _("Which answers of {wave} are finished?")),
    "exclude": Control(lambda: _("Are these rows of {wave} no answers?")),
    "id_column": Control(lambda: _("Does this column say who answered in {wave}?")),
}  # fmt: skip
