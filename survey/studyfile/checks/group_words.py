"""Labels of groups: of columns that exist, and no label that two values share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from obstacles.survey.settings import StudySettings
from obstacles.survey.settings.sample import GroupColumn
from obstacles.text.fold import fold
from obstacles.text.language import _
from obstacles.text.nearest import hint

Place = tuple[int | str, ...]


def contradictions_of(settings: StudySettings) -> Iterator[tuple[str, str, Place]]:
    """What is wrong with [[groups.column]]."""
    known = sorted({name for wave in settings.wave for name in wave.columns})
    times = Counter(column.id for column in settings.groups.column)
    for column in settings.groups.column:
        if column.id not in known:
            message = _('[[groups.column]]: no wave has a group "{name}" under [wave.columns]. {hint}')
            yield "E-KEY-03", message.format(name=column.id, hint=hint(column.id, known)), ("groups", "column")
        if times[column.id] > 1:
            message = _('[[groups.column]]: "{name}" stands there twice. Join its labels and values.')
            yield "E-GRP-02", message.format(name=column.id), ("groups", "column")
            times[column.id] = 0
        yield from _values(column)
    labels: dict[tuple[str, str], str] = {}
    for column in settings.groups.column:
        for code, text in column.label.items():
            if (other := labels.setdefault((code, fold(text)), column.id)) != column.id:
                message = _('groups "{first}" and "{second}" have the same label: {label}.')
                found = message.format(first=other, second=column.id, label=text)
                yield "E-GRP-02", found, ("groups", "column")


def _values(column: GroupColumn) -> Iterator[tuple[str, str, Place]]:
    """Values that stand twice, and labels that would make one group of two."""
    twice = [value for value, times in Counter(one.value for one in column.values).items() if times > 1]
    for value in twice:
        message = _('group "{column}": the value "{value}" stands there twice.')
        yield "E-GRP-02", message.format(column=column.id, value=value), ("groups", "column")
    languages = dict.fromkeys(code for one in column.values for code in one.label)
    told = set()
    for code in languages:
        named: dict[str, str] = {}
        for one in column.values:
            text = one.label.get(code) or one.label.get("en") or next(iter(one.label.values()), one.value)
            other = named.setdefault(fold(text), one.value)
            if other != one.value and (other, one.value) not in told:
                told.add((other, one.value))
                message = _(
                    'group "{column}": the values "{first}" and "{second}" have the same label: {label}. If they are '
                    "one group, join them by groups.aliases; else give each a label of its own."
                )
                found = message.format(column=column.id, first=other, second=one.value, label=text)
                yield "E-GRP-02", found, ("groups", "column")
