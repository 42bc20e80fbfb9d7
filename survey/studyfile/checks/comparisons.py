"""Contradictions inside a [[comparison]] of the study file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from obstacles.survey.settings import Comparison, Crosswalk, StudySettings
from obstacles.survey.studyfile.items import items_of
from obstacles.text.language import _
from obstacles.text.nearest import hint

MOST_WAVES = 20
Found = tuple[str, str, str]  # code, message, key of the comparison

SIDES = {  # status -> (items on the earlier side, on the later side): "many" = two or more
    "same": ("one", "one"),
    "reworded": ("one", "one"),
    "split": ("one", "many"),
    "merged": ("many", "one"),
    "new": ("any", "many or one"),
    "dropped": ("many or one", "any"),
}


def contradictions_of(comparison: Comparison, settings: StudySettings) -> Iterator[Found]:
    """What is wrong with one comparison: names that do not exist, waves in disorder, statuses that do not fit."""
    yield from _names(comparison, settings)
    yield from _waves(comparison, settings)
    for walk in comparison.crosswalk:
        yield from _crosswalk(comparison, walk)


def _names(comparison: Comparison, settings: StudySettings) -> Iterator[Found]:
    """Waves, items and groups that the study does not have."""
    waves, items = [wave.id for wave in settings.wave], [item.id for item in items_of(settings)]
    ends = [end for walk in comparison.crosswalk for end in (walk.from_, walk.to)]
    named = [
        *(("waves", wave) for wave in comparison.waves),
        *(("crosswalk", end.wave) for end in ends),
        *(("wave", facts.id) for facts in comparison.wave),
        *(("breaks", wave) for cut in comparison.breaks for wave in cut.between),
    ]
    for key, wave in dict.fromkeys(named):
        if wave not in waves:
            message = _('comparison "{id}": there is no wave "{wave}". {hint}')
            yield "E-KEY-03", message.format(id=comparison.id, wave=wave, hint=hint(wave, waves)), key
    listed = [
        *(("crosswalk", item) for end in ends for item in end.items),
        *(("breaks", item) for cut in comparison.breaks for item in cut.items),
    ]
    for key, item in dict.fromkeys(listed):
        if item not in items:
            message = _('comparison "{id}": there is no item "{item}". {hint}')
            yield "E-KEY-03", message.format(id=comparison.id, item=item, hint=hint(item, items)), key
    for group in comparison.where:
        for one in settings.wave:
            if one.id in comparison.waves and group not in one.columns:
                message = _(
                    'comparison "{id}", where: wave "{wave}" has no group "{group}" under [wave.columns]. {hint}'
                )
                text = message.format(id=comparison.id, wave=one.id, group=group, hint=hint(group, one.columns))
                yield "E-KEY-03", text, "where"


def _waves(comparison: Comparison, settings: StudySettings) -> Iterator[Found]:
    """Too few or too many waves, waves out of order, and a panel without ids."""
    waves = comparison.waves
    place = {wave.id: position for position, wave in enumerate(settings.wave)}
    if not 2 <= len(waves) <= MOST_WAVES:
        message = _('comparison "{id}" names {n} waves; it needs two to {most}.')
        yield "E-CMP-01", message.format(id=comparison.id, n=len(waves), most=MOST_WAVES), "waves"
    twice = [wave for wave, times in Counter(waves).items() if times > 1]
    if twice:
        message = _('comparison "{id}" names wave "{wave}" twice.')
        yield "E-CMP-01", message.format(id=comparison.id, wave=twice[0]), "waves"
    order = [place[wave] for wave in waves if wave in place]
    if order != sorted(order):
        message = _('comparison "{id}": the waves are not in the order of the file, which is their order in time.')
        yield "E-CMP-01", message.format(id=comparison.id), "waves"
    if comparison.kind == "panel":
        for wave in settings.wave:
            if wave.id in waves and wave.panel_id is None:
                message = _(
                    'comparison "{id}" is a panel, and wave "{wave}" has no panel_id. Add it, or leave kind out.'
                )
                yield "E-CMP-02", message.format(id=comparison.id, wave=wave.id), "kind"
    for cut in comparison.breaks:
        ends = [place[wave] for wave in cut.between if wave in place]
        if len(ends) == 2 and ends[0] >= ends[1]:
            message = _('comparison "{id}", breaks: "{first}" is not before "{second}".')
            yield "E-CMP-01", message.format(id=comparison.id, first=cut.between[0], second=cut.between[1]), "breaks"


def _crosswalk(comparison: Comparison, walk: Crosswalk) -> Iterator[Found]:
    """A status needs its numbers of items on either side."""
    sides = zip((walk.from_, walk.to), SIDES[walk.status], strict=True)
    for end, wanted in sides:
        n = len(end.items)
        fits = {"one": n == 1, "many": n > 1, "many or one": n > 0, "any": True}[wanted]
        if not fits:
            message = _('comparison "{id}": status "{status}" does not fit {n} items in wave "{wave}".')
            text = message.format(id=comparison.id, status=walk.status, n=n, wave=end.wave)
            yield "E-CMP-03", text, "crosswalk"
    for end in (walk.from_, walk.to):
        if end.wave not in comparison.waves:
            message = _('comparison "{id}": the crosswalk names wave "{wave}", which is not compared.')
            yield "E-CMP-03", message.format(id=comparison.id, wave=end.wave), "crosswalk"
