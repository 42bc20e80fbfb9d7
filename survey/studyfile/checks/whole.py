"""Contradictions inside a study file: names that do not exist, keys that do not belong together.

Each is (code, message, place); the place is a path of keys and positions that `studyfile.read` finds again
in the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from obstacles.survey.formats import FORMATS
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.survey.studyfile.checks.anchor import contradictions_of
from obstacles.survey.studyfile.checks.capability import contradictions_of as contradictions_of_capability
from obstacles.survey.studyfile.checks.comparisons import contradictions_of as contradictions_of_comparison
from obstacles.survey.studyfile.checks.group_words import contradictions_of as contradictions_of_groups
from obstacles.survey.studyfile.checks.item_kinds import contradictions_of as contradictions_of_kinds
from obstacles.survey.studyfile.checks.regressions import contradictions_of as contradictions_of_model
from obstacles.survey.studyfile.instrument import instruments, read_instrument
from obstacles.survey.studyfile.items import items_in, items_of
from obstacles.text.fold import fold
from obstacles.text.language import _, commas
from obstacles.text.nearest import hint as _unknown

Place = tuple[int | str, ...]
Found = tuple[str, str, Place]

OF_FORMATS = frozenset().union(*(form.uses for form in FORMATS.values()))


def contradictions(settings: StudySettings) -> list[Found]:
    """All contradictions, in the order of the file."""
    checks = (
        _instrument,
        _items,
        contradictions_of_kinds,
        _waves,
        _directions,
        _groups_and_privacy,
        contradictions_of_groups,
        contradictions_of_capability,
        _weights,
        _comparisons,
        _models,
        _reports,
    )
    return [found for check in checks for found in check(settings)]


def _error(code: str, message: str, *place: int | str) -> Found:
    return code, message, place


def _twice(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}


def _instrument(settings: StudySettings) -> Iterator[Found]:
    own = settings.obstacles
    if own.instrument is not None and own.instrument not in instruments():
        message = _('there is no instrument "{name}". {hint}')
        text = message.format(name=own.instrument, hint=_unknown(own.instrument, instruments()))
        yield _error("E-KEY-03", text, "obstacles", "instrument")
        return
    if own.select and own.instrument is None:
        message = _("select chooses items of a built-in instrument; name one with instrument.")
        yield _error("E-KEY-05", message, "obstacles", "select")
    if own.instrument is not None:
        known = [item.id for item in read_instrument(own.instrument).item]
        for name in own.select:
            if name not in known:
                message = _('the instrument has no item "{name}". {hint}').format(name=name, hint=_unknown(name, known))
                yield _error("E-KEY-03", message, "obstacles", "select")


def _items(settings: StudySettings) -> Iterator[Found]:
    items = settings.obstacles.item
    for id in sorted(_twice(item.id for item in items)):
        yield _error("E-ITEM-01", _('two items have the id "{id}".').format(id=id), "obstacles", "item")
    for language in sorted({code for item in items for code in item.label}):
        labels: dict[str, str] = {}
        for item in items:
            text = fold(item.label.get(language, ""))
            if text and labels.setdefault(text, item.id) != item.id:
                message = _('items "{first}" and "{second}" have the same label: {label}.')
                label = item.label[language]
                same = message.format(first=labels[text], second=item.id, label=label)
                yield _error("E-ITEM-02", same, "obstacles", "item")
    categories = settings.obstacles.category
    waves = [wave.id for wave in settings.wave]
    for position, item in enumerate(items):
        if item.category is not None and categories and item.category not in categories:
            message = _('item "{id}": there is no category "{name}". {hint}')
            hint = _unknown(item.category, categories)
            text = message.format(id=item.id, name=item.category, hint=hint)
            yield _error("E-KEY-03", text, "obstacles", "item", position, "category")
        for key, wave in (("since", item.since), ("until", item.until)):
            if wave is not None and wave not in waves:
                message = _('item "{id}", {key}: there is no wave "{wave}". {hint}')
                text = message.format(id=item.id, key=key, wave=wave, hint=_unknown(wave, waves))
                yield _error("E-KEY-03", text, "obstacles", "item", position, key)


def _waves(settings: StudySettings) -> Iterator[Found]:
    for id in sorted(_twice(wave.id for wave in settings.wave)):
        yield _error("E-WAVE-01", _('two waves have the id "{id}".').format(id=id), "wave")
    items = items_of(settings)
    if not items and any(wave.format not in FORMATS or FORMATS[wave.format].obstacles for wave in settings.wave):
        yield _error("E-ITEM-03", _("the study names no items: add [wave.obstacles] or [[obstacles.item]]."), "wave", 0)
        return
    same: dict[object, str] = {}
    for position, wave in enumerate(settings.wave):
        rows = frozenset((name, frozenset(cells)) for name, cells in wave.where.items())
        source = (wave.file, rows, wave.published.share if wave.published is not None else "")
        other = same.setdefault(source, wave.id)
        if other != wave.id:
            message = _('waves "{first}" and "{second}" read the same rows of {file}. Correct file, or add where.')
            text = message.format(first=other, second=wave.id, file=wave.file)
            yield _error("E-WAVE-02", text, "wave", position, "file")
        yield from _wave(settings, wave, position)


def _wave(settings: StudySettings, wave: WaveSettings, position: int) -> Iterator[Found]:
    if wave.format not in FORMATS:
        message = _('there is no format "{name}". {hint}').format(name=wave.format, hint=_unknown(wave.format, FORMATS))
        yield _error("E-KEY-03", message, "wave", position, "format")
        return
    form = FORMATS[wave.format]
    given = wave.model_fields_set & OF_FORMATS
    for key in sorted(given - form.uses):
        where = commas(name for name, each in FORMATS.items() if key in each.uses)
        message = _("{key} does not belong to format {format}; it is a key of {where}.")
        yield _error("E-KEY-04", message.format(key=key, format=wave.format, where=where), "wave", position, key)
    for key in sorted(key for key in form.needs if not getattr(wave, key)):
        named = "[wave.obstacles]" if key == "obstacles" else key
        message = _("format {format} needs {key}.").format(format=wave.format, key=named)
        yield _error("E-KEY-05", message, "wave", position, "format")
    for message in form.check(wave, [item.id for item in items_in(settings, wave, items_of(settings))]):
        yield _error("E-KEY-05", message, "wave", position, wave.format if wave.format in given else "format")
    if wave.anchor is not None:
        for message in contradictions_of(wave.anchor):
            yield _error("E-KEY-05", message, "wave", position, "anchor")
    if wave.fieldwork and wave.fieldwork[0] > wave.fieldwork[1]:
        yield _error("E-WAVE-03", _("fieldwork ends before it begins."), "wave", position, "fieldwork")
    yield from _names(settings, wave, position)


def _names(settings: StudySettings, wave: WaveSettings, position: int) -> Iterator[Found]:
    """Item ids and depths of one wave."""
    items = items_of(settings)
    ids = [item.id for item in items]
    asked = [item.id for item in items_in(settings, wave, items)]
    for key, names in (("obstacles", wave.obstacles), ("values", wave.values), ("offered", wave.offered)):
        for name in names:
            if name not in ids:
                message = _('[wave.{key}]: there is no item "{name}". {hint}')
                text = message.format(key=key, name=name, hint=_unknown(name, ids))
                yield _error("E-KEY-03", text, "wave", position, key, name)
            elif name not in asked and key == "obstacles":
                message = _('[wave.obstacles] names "{name}", which by since or until was not asked in wave "{wave}".')
                yield _error("E-KEY-04", message.format(name=name, wave=wave.id), "wave", position, key, name)
    if wave.obstacles:
        for name in (name for name in asked if name not in wave.obstacles):
            message = _(
                '[wave.obstacles] of wave "{wave}" has no column for "{name}". Add it, or say by since or until that '
                "it was not asked."
            )
            yield _error("E-KEY-05", message.format(name=name, wave=wave.id), "wave", position, "obstacles")
    for column in sorted(_twice(wave.obstacles.values()) | _twice(wave.order) | _twice(wave.slots)):
        message = _('column "{column}" is used twice.').format(column=column)
        yield _error("E-KEY-04", message, "wave", position, "obstacles" if wave.obstacles else "order")
    for key, depth in (("k", wave.k), ("max_choices", wave.max_choices)):
        if depth is not None and depth > len(asked):
            message = _("{key} = {depth} is more than the {m} items.").format(key=key, depth=depth, m=len(asked))
            yield _error("E-KEY-04", message, "wave", position, key)
    if wave.k is not None and wave.order and wave.k > len(wave.order):
        message = _("k = {k} is more than the {n} columns of order.").format(k=wave.k, n=len(wave.order))
        yield _error("E-KEY-04", message, "wave", position, "k")
    if wave.scale and len({level.value for level in wave.scale}) < max(len(wave.scale), 2):
        message = _("scale needs at least two levels, each with a value of its own.")
        yield _error("E-KEY-04", message, "wave", position, "scale")


def _directions(settings: StudySettings) -> Iterator[Found]:
    if settings.obstacles.direction is None:
        return
    if not any("direction" in FORMATS[wave.format].uses for wave in settings.wave if wave.format in FORMATS):
        message = _("direction says which end of ranks or ratings is severe; no wave of this study has either.")
        yield _error("E-KEY-04", message, "obstacles", "direction")


def _groups_and_privacy(settings: StudySettings) -> Iterator[Found]:
    groups = {name for wave in settings.wave for name in wave.columns}
    named = [("report_by", settings.groups.report_by), *(("split_by", name) for name in settings.groups.split_by)]
    for key, name in named:
        if name is not None and name not in groups:
            message = _('{key}: no wave has a group "{name}" under [wave.columns]. {hint}')
            text = message.format(key=key, name=name, hint=_unknown(name, sorted(groups)))
            yield _error("E-KEY-03", text, "groups", key)
    variants: dict[str, str] = {}
    for name, texts in settings.groups.aliases.items():
        for text in texts:
            if variants.setdefault(fold(text), name) != name:
                message = _('"{text}" is an alias of both "{first}" and "{second}".')
                first = variants[fold(text)]
                yield _error("E-GRP-01", message.format(text=text, first=first, second=name), "groups", "aliases", name)
    if settings.privacy.min_group < 5 and not settings.privacy.allow_small_groups:
        message = _("min_group below 5 shows very small groups; if that is meant, add allow_small_groups = true.")
        yield _error("E-PRIV-01", message, "privacy", "min_group")
    for position, wave in enumerate(settings.wave):
        used = {wave.id_column, wave.weight, *wave.columns.values(), *wave.obstacles.values(), *wave.order, *wave.slots}
        for column in settings.privacy.drop_columns:
            if column in used:
                message = _('column "{column}" is dropped by [privacy] and used by wave "{wave}".')
                text = message.format(column=column, wave=wave.id)
                yield _error("E-PRIV-02", text, "privacy", "drop_columns", position)


def _weights(settings: StudySettings) -> Iterator[Found]:
    method, margins = settings.weights.method, settings.weights.margins
    weighted = [wave for wave in settings.wave if wave.weight is not None]
    if method == "given" and not weighted:
        message = _('method = "given" needs the key weight in a wave.')
        yield _error("E-WGT-05", message, "weights", "method")
    if method == "rake" and not margins:
        message = _('method = "rake" needs margins, as in margins = { department = "population.csv" }.')
        yield _error("E-WGT-05", message, "weights", "method")
    if method != "rake" and (margins or settings.weights.trim):
        message = _('margins and trim belong to method = "rake".')
        yield _error("E-WGT-05", message, "weights", "margins" if margins else "trim")


def _comparisons(settings: StudySettings) -> Iterator[Found]:
    for id in sorted(_twice(comparison.id for comparison in settings.comparison)):
        yield _error("E-CMP-04", _('two comparisons have the id "{id}".').format(id=id), "comparison")
    for position, comparison in enumerate(settings.comparison):
        for code, message, key in contradictions_of_comparison(comparison, settings):
            yield _error(code, message, "comparison", position, key)


def _models(settings: StudySettings) -> Iterator[Found]:
    for name in sorted(_twice(model.name for model in settings.model)):
        yield _error("E-MODEL-02", _('two models have the name "{name}".').format(name=name), "model")
    for position, model in enumerate(settings.model):
        for code, message, key in contradictions_of_model(model, settings):
            yield _error(code, message, "model", position, key)


def _reports(settings: StudySettings) -> Iterator[Found]:
    waves = [wave.id for wave in settings.wave]
    comparisons = [comparison.id for comparison in settings.comparison]
    for position, report in enumerate(settings.report):
        for key, name, known in (("wave", report.wave, waves), ("comparison", report.comparison, comparisons)):
            if name is not None and name not in known:
                message = _('report: there is no {key} "{name}". {hint}')
                text = message.format(key=key, name=name, hint=_unknown(name, known))
                yield _error("E-KEY-03", text, "report", position, key)
