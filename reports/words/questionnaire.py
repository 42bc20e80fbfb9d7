"""What a questionnaire says beside the study's own words: how to answer, what the codes of a scale mean, thanks.

Each function gives the sentence in the language in use; `in_languages` gives it in several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from obstacles.survey.question import Item
from obstacles.survey.questionnaire.questions import (
    CapabilityGrid,
    GroupQuestion,
    ItemQuestion,
    Option,
    Part,
    Questionnaire,
)
from obstacles.survey.settings import ScaleLevel
from obstacles.text.escape import harmless
from obstacles.text.language import _, joined, label, ngettext, using


def in_languages(languages: Iterable[str], words: Callable[[], str]) -> dict[str, str]:
    """The words in each language."""
    texts = {}
    for code in languages:
        with using(code):
            texts[code] = harmless(words())
    return texts


def title(questionnaire: Questionnaire) -> str:
    """The title of the study."""
    return label(questionnaire.settings.study.title)


def question_text(questionnaire: Questionnaire) -> str:
    """The wording of the question, or the title where the study file states none."""
    return label(questionnaire.question.text) or title(questionnaire)


def welcome(questionnaire: Questionnaire) -> str:
    """Who asks, what becomes of the answers, and no promise that the study file does not make."""
    study, minimum = questionnaire.settings.study, questionnaire.settings.privacy.min_group
    by = label(study.conducted_by)
    return joined(
        [
            _("This questionnaire takes a few minutes. There are no right or wrong answers."),
            _("Results are shown only for groups of at least {n} people.").format(n=minimum),
            _("Carried out by: {name}.").format(name=by.rstrip(".。")) if by else "",
        ]
    )


def thanks() -> str:
    """The last line of a form."""
    return _("Thank you for your answers.")


def instruction(question: ItemQuestion) -> str:
    """How the question about the items is answered on a screen."""
    n = question.places
    if question.form == "rank" and n < len(question.items):
        text = ngettext(
            "Choose the most serious one. What you leave out counts as less serious than what you chose.",
            "Choose the most serious one first, then the next, up to {n}. What you leave out counts as less serious "
            "than what you chose.",
            n,
        )
        return text.format(n=n)
    if question.form == "rank":
        return _("Put all of them in order, the most serious one first.")
    if question.form == "select":
        return select_instruction(question)
    if question.form == "points":
        return points_instruction(question)
    return _("Give one answer for each line.")


def paper_instruction(question: ItemQuestion) -> str:
    """How the question about the items is answered with a pen."""
    n = question.places
    if question.form == "rank" and n < len(question.items):
        text = ngettext(
            "Write 1 beside the most serious one. What you leave blank counts as less serious.",
            "Write 1 beside the most serious one, 2 beside the next, and so on, up to {n}. Use each number once. What "
            "you leave blank counts as less serious than what you numbered.",
            n,
        )
        return text.format(n=n)
    if question.form == "rank":
        text = _("Write 1 beside the most serious one, 2 beside the next, and so on, to {n}. Use each number once.")
        return text.format(n=n)
    return instruction(question)


def select_instruction(question: ItemQuestion) -> str:
    """How many items one may choose."""
    if question.places < len(question.items):
        text = ngettext("Choose {n} at most.", "Choose {n} at most.", question.places)
        return text.format(n=question.places)
    return _("Choose all that apply.")


def points_instruction(question: ItemQuestion) -> str:
    """How many points one shares out, and that they sum to it."""
    total = f"{question.total:g}"
    return _("Share out {total} points: the more serious, the more points. They sum to {total}.").format(total=total)


def place_name(place: int) -> str:
    """What heads the choice of one place of a ranking."""
    if place == 1:
        return _("The most serious one")
    return _("Place {n}: the most serious one of the others").format(n=place)


def none_of_these() -> str:
    """The choice of no item."""
    return _("None of these")


def does_not_apply() -> str:
    """The choice of an item that does not apply."""
    return _("Does not apply")


def level_name(level: ScaleLevel) -> str:
    """The label of a level of the scale, or its value."""
    return label(level.label) or next(iter(level.text), f"{level.value:g}")


def grid_text(part: Part) -> str:
    """The question over a grid of capabilities."""
    return {
        "current": _("What is your present level?"),
        "required": _("What level does your work ask for?"),
        "importance": _("How important is this for your work?"),
    }[part]


def grid_ends(grid: CapabilityGrid) -> str:
    """What the ends of a scale of numbers mean; "" where its levels have names."""
    if grid.part != "importance":
        return ""
    low, high = (f"{grid.levels[end].value:g}" for end in (0, -1))
    return _("{low} = not important, {high} = very important").format(low=low, high=high)


def end_name(grid: CapabilityGrid, level: ScaleLevel) -> str:
    """A level as it heads a column on paper, above its number."""
    if grid.part != "importance":
        return level_name(level)
    if level == grid.levels[0]:
        return _("not important")
    return _("very important") if level == grid.levels[-1] else ""


def group_text(group: GroupQuestion) -> str:
    """How a group is asked for."""
    usual = {
        "department": _("Which department do you work in?"),
        "role": _("What is your role?"),
        "grade": _("What is your grade?"),
    }
    return usual.get(group.name) or _("About you: {name}").format(name=group.name.replace("_", " "))


def item_name(item: Item) -> str:
    """The text of an item."""
    return item.name


def option_name(option: Option) -> str:
    """The label of an option, or its id."""
    return label(option.label) or option.id
