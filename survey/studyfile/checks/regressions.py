"""Contradictions inside a [[model]] of the study file: names that do not exist, keys that do not belong together."""

from __future__ import annotations

from collections.abc import Iterator

from obstacles.survey.regression_kinds import KINDS, kinds_with
from obstacles.survey.settings import RegressionSettings, StudySettings
from obstacles.survey.studyfile.formula import FormulaError, words_of
from obstacles.survey.studyfile.items import items_of
from obstacles.text.language import _, commas
from obstacles.text.nearest import hint

Found = tuple[str, str, str]  # code, message, key of the model
OF_GROUPS = ("reference", "levels", "unknown", "where", "numeric")  # keys that name groups of [wave.columns]
CAPABILITY = ("current", "required", "gap")  # what is known of a capability: <what>_<item>, and the mean over items


def contradictions_of(model: RegressionSettings, settings: StudySettings) -> Iterator[Found]:
    """What is wrong with one model."""
    yield from _keys(model)
    yield from _names(model, settings)
    for key, formula in (("formula", model.formula), ("item_formula", model.item_formula or "")):
        if formula.strip():
            yield from _formula(model, settings, key, formula)


def _keys(model: RegressionSettings) -> Iterator[Found]:
    """Keys that another kind of model has, and keys that this one needs."""
    known = KINDS[model.kind]
    for key in sorted(model.model_fields_set, key=list(type(model).model_fields).index):
        if (kinds := kinds_with(key)) and key not in known.keys:
            message = _('model "{name}": {key} does not belong to kind "{kind}"; it is a key of {kinds}.')
            text = message.format(name=model.name, key=key, kind=model.kind, kinds=commas(kinds))
            yield "E-KEY-04", text, key
    stated = {"formula": model.formula.strip(), "item_formula": model.item_formula, "by_item": model.by_item}
    if known.needs and not any(stated[key] for key in known.needs):
        if known.needs == ("formula",):
            message = _('model "{name}": kind "{kind}" needs a formula, such as formula = "grade".')
        else:
            message = _('model "{name}" says nothing to explain the ranks by: add formula, item_formula or by_item.')
        yield "E-KEY-05", message.format(name=model.name, kind=model.kind), "formula"
    if known.explains_outcome and model.outcome is None:
        message = _('model "{name}": kind "{kind}" needs outcome, such as outcome = "current_mean".')
        yield "E-KEY-05", message.format(name=model.name, kind=model.kind), "kind"
    if model.link is not None and known.links and model.link not in known.links:
        message = _('model "{name}": link of kind "{kind}" is one of {allowed}.')
        text = message.format(name=model.name, kind=model.kind, allowed=commas(known.links))
        yield "E-KEY-04", text, "link"


def _names(model: RegressionSettings, settings: StudySettings) -> Iterator[Found]:
    """Waves, items and groups that the study does not have."""
    waves = [wave.id for wave in settings.wave]
    if model.wave is not None and model.wave not in waves:
        message = _('model "{name}": there is no wave "{wave}". {hint}')
        yield "E-KEY-03", message.format(name=model.name, wave=model.wave, hint=hint(model.wave, waves)), "wave"
    items = [item.id for item in items_of(settings)]
    named = [
        *(("items", item) for item in model.items),
        *((("reference_item", model.reference_item),) if model.reference_item else ()),
        *(("item_values", item) for values in model.item_values.values() for item in values),
        *(("by_item", item) for columns in model.by_item.values() for item in columns),
    ]
    for key, item in dict.fromkeys(named):
        if item not in items:
            message = _('model "{name}", {key}: there is no item "{item}". {hint}')
            yield "E-KEY-03", message.format(name=model.name, key=key, item=item, hint=hint(item, items)), key
    groups = groups_of(settings, model.wave)
    listed = [
        *((key, group) for key in OF_GROUPS for group in getattr(model, key)),
        *(("by_item", group) for columns in model.by_item.values() for group in columns.values()),
        *((("random", model.random),) if model.random else ()),
    ]
    for key, group in dict.fromkeys(listed):
        if group not in groups:
            message = _('model "{name}", {key}: no wave has a group "{group}" under [wave.columns]. {hint}')
            yield "E-KEY-03", message.format(name=model.name, key=key, group=group, hint=hint(group, groups)), key
    if model.outcome is not None and model.outcome not in [*groups, *capability_names(settings)]:
        message = _('model "{name}": there is no score "{outcome}". {hint}')
        known = [*capability_names(settings), *groups]
        text = message.format(name=model.name, outcome=model.outcome, hint=hint(model.outcome, known))
        yield "E-KEY-03", text, "outcome"


def _formula(model: RegressionSettings, settings: StudySettings, key: str, formula: str) -> Iterator[Found]:
    """A formula that cannot be read, or that speaks of what the study does not have."""
    try:
        words = words_of(formula)
    except FormulaError as error:
        message = _('model "{name}", {key}: {reason}')
        yield "E-MODEL-01", message.format(name=model.name, key=key, reason=error), key
        return
    known = ["category", *model.item_values] if key == "item_formula" else names_for(model, settings)
    for name in words.names:
        if name not in known:
            message = _('model "{name}", {key}: there is nothing called "{word}". {hint}')
            yield "E-KEY-03", message.format(name=model.name, key=key, word=name, hint=hint(name, known)), key


def names_for(model: RegressionSettings, settings: StudySettings) -> list[str]:
    """What the formula of a model may speak of."""
    names = [*groups_of(settings, model.wave), *capability_names(settings)]
    if KINDS[model.kind].explains_outcome:
        names += [item.id for item in items_of(settings)]
    return list(dict.fromkeys(names))


def groups_of(settings: StudySettings, wave: str | None) -> list[str]:
    """Names under [wave.columns] of one wave, or of any."""
    return list(dict.fromkeys(name for one in settings.wave if wave in (None, one.id) for name in one.columns))


def capability_names(settings: StudySettings) -> list[str]:
    """current_mean, gap_mean, current_<item> ... where the study has capabilities."""
    if settings.capability is None:
        return []
    ids = [item.id for item in settings.capability.item]
    return ["capability_mean", *(f"{what}_{id}" for what in CAPABILITY for id in ("mean", *ids))]
