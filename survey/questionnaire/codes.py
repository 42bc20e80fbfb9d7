"""Codes that a survey platform takes in place of the study's own ids, and that no other text of the study means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from obstacles.survey.question import Item
from obstacles.survey.questionnaire.questions import GroupQuestion, Questionnaire
from obstacles.survey.settings import ScaleLevel
from obstacles.text.fold import fold


@dataclass(frozen=True)
class CodeRules:
    """What a platform takes as a code."""

    allowed: re.Pattern[str]
    prefix: str  # of codes made by numbering
    width: int = 1  # digits of these numbers, with zeros in front


def codes_of(ids: Iterable[str], rules: CodeRules, taken: Iterable[str] = ()) -> dict[str, str]:
    """Id -> code: the id itself where the platform takes it, else a number behind the prefix.

    `taken` are texts that mean something else already, such as labels.
    """
    ids = list(ids)
    own = {id for id in ids if rules.allowed.fullmatch(id)}
    used = {fold(id) for id in ids} | {fold(text) for text in taken}
    numbered = (f"{rules.prefix}{number:0{rules.width}d}" for number in count(1))
    free = (code for code in numbered if fold(code) not in used)
    return {id: id if id in own else next(free) for id in ids}


def item_codes(items: Iterable[Item], rules: CodeRules) -> dict[str, str]:
    """Codes of items, unlike all ids and labels of the others."""
    items = list(items)
    return codes_of((item.id for item in items), rules, (text for item in items for text in item.label.values()))


def level_codes(levels: Iterable[ScaleLevel], *, least: int = 0) -> dict[float, str]:
    """Value of a level -> its code: the value where all are whole and none is below the least, else L1, L2 ..."""
    values = [level.value for level in levels]
    if all(value >= least and value == int(value) for value in values):
        return {value: f"{value:.0f}" for value in values}
    return {value: f"L{place}" for place, value in enumerate(values, 1)}


def group_codes(questionnaire: Questionnaire, rules: CodeRules) -> dict[str, dict[str, str]]:
    """Group -> option -> code, unlike those of all other groups: an alias means one name in the whole study."""
    taken = {*questionnaire.settings.groups.aliases}
    taken |= {text for texts in questionnaire.settings.groups.aliases.values() for text in texts}
    codes: dict[str, dict[str, str]] = {}
    for place, group in enumerate(questionnaire.groups, 1):
        numbered = CodeRules(rules.allowed, f"{rules.prefix}{place}", rules.width)
        codes[group.name] = _options(group, numbered, taken)
        taken |= {*codes[group.name].values(), *codes[group.name]}
    return codes


def _options(group: GroupQuestion, rules: CodeRules, taken: Iterable[str]) -> dict[str, str]:
    never = CodeRules(re.compile(r"(?!)"), rules.prefix, rules.width)  # two groups may share a name, but no code
    return codes_of((option.id for option in group.options), never, taken)
