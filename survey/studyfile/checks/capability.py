"""What contradicts itself in [capability] and [wave.capability]."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from obstacles.survey.settings import Capability, CapabilityItem, StudySettings
from obstacles.survey.settings.capability import SCALES
from obstacles.text.language import _, commas
from obstacles.text.nearest import hint

Place = tuple[int | str, ...]
PARTS = ("current", "required", "importance", "supervisor")
MOST_ANSWERS = 101  # of an importance scale


def contradictions_of(settings: StudySettings) -> Iterator[tuple[str, str, Place]]:
    """(code, message, place) of each."""
    capability = settings.capability
    if capability is None:
        for position, wave in enumerate(settings.wave):
            if wave.capability is not None:
                message = _("[wave.capability] needs [capability], with its levels and items.")
                yield "E-KEY-05", message, ("wave", position, "capability")
        return
    yield from _levels(capability)
    yield from _specialists(settings, capability)
    for id, times in Counter(item.id for item in capability.item).items():
        if times > 1:
            message = _('two capabilities have the id "{id}".').format(id=id)
            yield "E-ITEM-01", message, ("capability", "item")
    for position, item in enumerate(capability.item):
        for message in _item(capability, item):
            yield "E-KEY-05", message, ("capability", "item", position)
    yield from _waves(settings, capability)


def _levels(capability: Capability) -> Iterator[tuple[str, str, Place]]:
    values = [level.value for level in capability.levels]
    if len(values) < 2 or len(set(values)) < len(values):
        message = _("[capability] levels needs at least two levels, each with a value of its own.")
        yield "E-KEY-05", message, ("capability", "levels")
    elif values != sorted(values):
        message = _("[capability] levels should go from the lowest value to the highest.")
        yield "E-KEY-05", message, ("capability", "levels")
    scale = capability.importance_scale
    if scale is not None and not 0 < scale[1] - scale[0] < MOST_ANSWERS:
        message = _("importance_scale should be its least and its largest answer, as in [1, 5].")
        yield "E-KEY-05", message, ("capability", "importance_scale")


def _specialists(settings: StudySettings, capability: Capability) -> Iterator[tuple[str, str, Place]]:
    own, place = capability.specialists, ("capability", "specialists")
    if own is None:
        return
    groups = sorted({name for wave in settings.wave for name in wave.columns})
    if own.group not in groups:
        message = _('specialists: no wave has a group "{name}" under [wave.columns]. {hint}')
        yield "E-KEY-03", message.format(name=own.group, hint=hint(own.group, groups)), place
    if not own.is_:
        message = _('specialists needs the values of its group, as in {{ group = "role", is = ["Analyst"] }}.')
        yield "E-KEY-05", message.format(), place


def _item(capability: Capability, item: CapabilityItem) -> Iterator[str]:
    if (item.required is None) == (item.required_from is None):
        message = _(
            'capability "{id}" should say which level is required: required = a level for everybody, or required_from '
            '= "role" or "column".'
        )
        yield message.format(id=item.id)
    values = [level.value for level in capability.levels]
    if item.required is not None and values and item.required not in values:
        message = _('capability "{id}": required = {level} is none of the levels {levels}.')
        listed = commas(f"{value:g}" for value in values)
        yield message.format(id=item.id, level=f"{item.required:g}", levels=listed)
    if item.required_from == "role" and capability.required_table is None:
        yield _('capability "{id}": required_from = "role" needs [capability.required_table].').format(id=item.id)
    scales = (*SCALES, *capability.scale)
    if item.scale is not None and item.scale not in scales:
        message = _(
            'capability "{id}": the scale "{name}" is none of obtain, process and apply, and has no name under '
            "[capability.scale]. {hint}"
        )
        yield message.format(id=item.id, name=item.scale, hint=hint(item.scale, scales))


def _waves(settings: StudySettings, capability: Capability) -> Iterator[tuple[str, str, Place]]:
    ids = {item.id: item for item in capability.item}
    both = False
    for position, wave in enumerate(settings.wave):
        columns = wave.capability
        if columns is None:
            continue
        both |= bool(columns.supervisor)
        for part in PARTS:
            named: dict[str, str] = getattr(columns, part)
            for name in named:
                if name not in ids:
                    message = _('[wave.capability.{part}]: there is no capability "{name}". {hint}')
                    text = message.format(part=part, name=name, hint=hint(name, ids))
                    yield "E-KEY-03", text, ("wave", position, "capability", part, name)
            for column, times in Counter(named.values()).items():
                if times > 1:
                    message = _('column "{column}" is used twice.').format(column=column)
                    yield "E-KEY-04", message, ("wave", position, "capability", part)
        rated = {**columns.supervisor, **columns.current} if capability.rater == "supervisor" else columns.current
        for name, item in ids.items():
            if name in rated and item.required_from == "column" and name not in columns.required:
                message = _('[wave.capability.required] has no column for "{name}", whose required level is asked.')
                yield "E-KEY-05", message.format(name=name), ("wave", position, "capability", "required")
        if columns.importance and capability.importance_scale is None:
            message = _("[wave.capability.importance] needs importance_scale in [capability], as in [1, 5].")
            yield "E-KEY-05", message, ("capability",)
    if capability.rater == "both" and not both:
        message = _('rater = "both" needs [wave.capability.supervisor] in a wave.')
        yield "E-KEY-05", message, ("capability", "rater")
