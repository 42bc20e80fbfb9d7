"""What is known of each respondent: the groups and scores that a formula speaks of, as one table.

A value is not known where its cell is blank, one of the wave's named kinds of missing cells, or one that the model
calls unknown. Groups with fewer respondents than the study's minimum are joined before anything is fitted, with the
next smallest where they are few together: no coefficient belongs to a handful of people. Where that would take a large
group or the stated reference, as after one mistyped value, those few are left out (`disclosure.cells.left_out`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from obstacles.analysis.disclosure.cells import left_out
from obstacles.analysis.prepare import ModelError, Prepared
from obstacles.analysis.regression.scores_of_respondents import capability_scores, item_scores
from obstacles.analysis.subpopulation import domain_rows
from obstacles.survey.regression_kinds import KINDS
from obstacles.survey.settings import RegressionSettings
from obstacles.survey.study import Study, Wave
from obstacles.survey.studyfile.formula import Words
from obstacles.text.fold import fold
from obstacles.text.language import _, commas, ngettext, quoted_names
from obstacles.text.nearest import hint

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 200  # more are names or numbers, not groups


@dataclass(frozen=True)
class Covariates:
    """One row per row of the wave's respondents."""

    data: pd.DataFrame  # a categorical per group, its reference first; floats for scores; NaN = not known
    inside: np.ndarray  # (n,) bool: within the model's `where`
    times: np.ndarray  # (n,) respondents that each row stands for
    minimum: int  # respondents of the smallest group that may be shown
    unknown: Mapping[str, int]  # column -> respondents inside whose value is not known; only columns with any
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # group column -> levels joined
    merged_name: str = ""
    few: tuple[str, ...] = ()  # group columns some of whose respondents are left out, being few

    @property
    def known(self) -> np.ndarray:
        """(n,) bool: rows whose every value is known."""
        return np.asarray(self.data.notna().all(axis=1).to_numpy(bool))

    @property
    def used(self) -> np.ndarray:
        """(n,) bool: rows of complete cases."""
        return np.asarray(self.inside & self.known)

    def people(self, rows: np.ndarray) -> int:
        """Respondents behind some rows (n,) bool."""
        return round(float(self.times[rows].sum()))


def read_covariates(
    study: Study, wave: Wave, prepared: Prepared, model: RegressionSettings, words: Words
) -> Covariates:
    """Read what a model needs to know of the respondents.

    Parameters
    ----------
    words : survey.studyfile.formula.Words
        Of the model's formula.

    Raises
    ------
    ModelError
        For names that the wave does not have, numbers that are none, or groups that are all too small.
    """
    import pandas as pd

    sample = prepared.sample
    times = sample.times
    inside = domain_rows(wave, model.where) if model.where else np.ones(sample.n, bool)
    groups_of_centring = [group for _function, _name, group in words.centred]
    by_item = [group for columns in model.by_item.values() for group in columns.values()]
    extra = [name for name in (model.outcome, model.random) if name is not None]
    names = dict.fromkeys([*words.names, *groups_of_centring, *by_item, *extra])
    numbers = {*words.numbers, *model.numeric, *by_item, *((model.outcome,) if model.outcome else ())}
    known_scores = {**capability_scores(wave), **_items(prepared, model)}
    data: dict[str, object] = {}
    for name in names:
        if name in known_scores:
            data[name] = np.where(np.isfinite(known_scores[name]), known_scores[name], np.nan)
        elif name in wave.respondents.columns and name != "id":
            cells = wave.respondents[name].astype(str).to_numpy(object)
            unknown = _unknown(wave, model, name, cells)
            data[name] = _numbers(name, cells, unknown) if name in numbers else _groups(name, cells, unknown, model)
        else:
            known = [*(c for c in wave.respondents.columns if c != "id"), *known_scores]
            message = _('wave "{wave}" has nothing called "{name}". {hint}')
            raise ModelError(message.format(wave=wave.id, name=name, hint=hint(name, known)))
    table = pd.DataFrame(data, index=range(sample.n))
    silent = {str(name): times[table[name].isna().to_numpy() & inside].sum() for name in table}
    counts = {name: round(float(n)) for name, n in silent.items() if n}
    found = Covariates(table, inside, times, study.settings.privacy.min_group, counts)
    return _joined(found, model, study.settings.privacy.merge_small_into or _("other groups"))


def _items(prepared: Prepared, model: RegressionSettings) -> dict[str, np.ndarray]:
    """What respondents said of each item, where the model explains something else by it."""
    return item_scores(prepared) if KINDS[model.kind].explains_outcome else {}


def _unknown(wave: Wave, model: RegressionSettings, name: str, cells: np.ndarray) -> np.ndarray:
    """(n,) bool: cells that say nothing."""
    stated = [cell for kind in wave.settings.missing.values() for cell in kind]
    silent = {"", "nan", *(fold(cell) for cell in [*stated, *model.unknown.get(name, ())])}
    distinct, code = np.unique(cells, return_inverse=True)
    absent = [cell for cell in model.unknown.get(name, ()) if fold(cell) not in {fold(one) for one in distinct}]
    if absent:
        message = _('model "{model}", unknown: nobody has "{cell}" as {name}. {hint}')
        near = hint(absent[0], [str(one) for one in distinct])
        raise ModelError(message.format(model=model.name, cell=absent[0], name=name, hint=near))
    return np.array([fold(one) in silent for one in distinct], bool)[code.reshape(-1)]


def _numbers(name: str, cells: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """(n,) float64; NaN where not known."""
    values = np.full(len(cells), np.nan)
    wrong: dict[str, None] = {}
    for i in np.flatnonzero(~unknown):
        try:
            values[i] = float(str(cells[i]).replace(",", ".").replace("−", "-"))
        except ValueError:
            wrong[str(cells[i])] = None
    if wrong:
        shown = quoted_names(cell[:40] for cell in list(wrong)[:5])
        message = ngettext(
            "{name} is used as a number, and one of its values is none: {cells}. List it under unknown = {{ {name} = "
            "[...] }}, or use {name} as a group.",
            "{name} is used as a number, and {n} of its values are none: {cells}. List them under unknown = {{ {name} "
            "= [...] }}, or use {name} as a group.",
            len(wrong),
        )
        raise ModelError(message.format(name=name, n=len(wrong), cells=shown))
    return values


def _groups(name: str, cells: np.ndarray, unknown: np.ndarray, model: RegressionSettings) -> pd.Categorical:
    """Levels in the order of the model's `levels`, else sorted; the reference first."""
    import pandas as pd

    found = sorted({str(cell) for cell in cells[~unknown]})
    if len(found) > MOST_LEVELS:
        message = _(
            '{name} has {n} different values, too many for groups. If they are numbers, add numeric = ["{name}"].'
        )
        raise ModelError(message.format(name=name, n=len(found)))
    stated = list(model.levels.get(name, ()))
    for level in [*stated, *((model.reference[name],) if name in model.reference else ())]:
        if level not in found:
            message = _('model "{model}": nobody has "{level}" as {name}. {hint}')
            raise ModelError(message.format(model=model.name, level=level, name=name, hint=hint(level, found)))
    order = [*stated, *(level for level in found if level not in stated)]
    if name in model.reference:
        order = [model.reference[name], *(level for level in order if level != model.reference[name])]
    values = [None if silent else cell for cell, silent in zip(cells, unknown, strict=True)]
    return pd.Categorical(values, categories=pd.Index(order, dtype=object))


def _joined(found: Covariates, model: RegressionSettings, name: str) -> Covariates:
    """Small groups joined to one, which stands last; groups that nobody is in are gone."""
    import pandas as pd

    found = _without_few(found, model)
    data, merged = found.data.copy(), {}
    for column in _group_columns(found):
        levels, code, count = _counted(found, model, column)
        small = _small(column, levels, count, found.minimum, model)
        kept = [level for level, gone, size in zip(levels, small, count, strict=True) if not gone and size]
        if small.any():
            merged[column] = tuple(level for level, gone in zip(levels, small, strict=True) if gone)
            kept.append(name)
        if len(kept) < 2:
            message = _("{name} has a single group among the respondents used: take it out of the formula.")
            raise ModelError(message.format(name=column))
        place = {level: level if level in kept else name for level in levels}
        values = [place[levels[c]] if c >= 0 and (count[c] or small[c]) else None for c in code]
        data[column] = pd.Categorical(values, categories=pd.Index(kept, dtype=object))
    return replace(found, data=data, merged=merged, merged_name=name)


def _without_few(found: Covariates, model: RegressionSettings) -> Covariates:
    """Without the respondents of small groups that are together fewer than the minimum, in one column after another."""
    while True:
        for column in _group_columns(found):
            levels, code, count = _counted(found, model, column)
            small = _small(column, levels, count, found.minimum, model)
            if 0 < count[small].sum() < found.minimum:
                few = found.inside & (code >= 0) & small[code]
                found = replace(found, inside=found.inside & ~few, few=tuple(dict.fromkeys([*found.few, column])))
                break
        else:
            return found


def _group_columns(found: Covariates) -> list[str]:
    import pandas as pd

    return [str(name) for name in found.data if isinstance(found.data[name].dtype, pd.CategoricalDtype)]


def _counted(found: Covariates, model: RegressionSettings, column: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Levels of a column, (n,) the code of each row, and (levels,) the respondents of each who are used."""
    levels = [str(level) for level in found.data[column].cat.categories]
    code = found.data[column].cat.codes.to_numpy()
    here = (found.used if model.missing == "complete" else found.inside) & (code >= 0)
    return levels, code, np.rint(np.bincount(code[here], found.times[here], minlength=len(levels))).astype(int)


def _small(
    column: str, levels: Sequence[str], count: np.ndarray, minimum: int, model: RegressionSettings
) -> np.ndarray:
    """(levels,) bool: those that are not shown by themselves; refused where that leaves none, or not the reference."""
    reference = np.array([level == model.reference.get(column) for level in levels], bool)
    small = left_out(count, minimum, keep=reference)
    if small.all():
        message = _(
            "every group of {name} has fewer than {n} respondents with complete answers: take it out of the formula, "
            "or join groups under [groups.aliases]."
        )
        raise ModelError(message.format(name=column, n=minimum))
    if (small & reference).any():
        message = _(
            'model "{model}": the reference "{level}" of {name} has fewer than {n} respondents with complete answers: '
            "name a larger group, or join groups under [groups.aliases]."
        )
        raise ModelError(message.format(model=model.name, level=model.reference[column], name=column, n=minimum))
    return small


def notes_of(found: Covariates, *, imputed: bool) -> tuple[str, ...]:
    """What was left out and what was joined, in whole sentences."""
    notes = []
    asked = found.people(found.inside)
    left = asked - found.people(found.used)
    if left and not imputed:
        parts = commas(_("{name} {n}").format(name=name, n=f"{n:,}") for name, n in found.unknown.items())
        note = ngettext(
            "Complete cases: {n} of {asked} respondents is left out, as a covariate is not known ({parts}).",
            "Complete cases: {n} of {asked} respondents are left out, as a covariate is not known ({parts}).",
            left,
        )
        notes.append(note.format(n=f"{left:,}", asked=f"{asked:,}", parts=parts))
    for column, levels in found.merged.items():
        note = ngettext(
            "{n} group of {column} is joined to “{name}”, to protect groups of fewer than {minimum} respondents.",
            "{n} groups of {column} are joined to “{name}”, to protect groups of fewer than {minimum} respondents.",
            len(levels),
        )
        notes.append(note.format(n=len(levels), column=column, name=found.merged_name, minimum=found.minimum))
    for column in found.few:
        note = _(
            "{column}: respondents of small groups, together fewer than {minimum}, are left out; the other groups stay "
            "as they are. If a name is mistyped, correct it under [groups.aliases]."
        )
        notes.append(note.format(column=column, minimum=found.minimum))
    return tuple(notes)


def centred_columns(data: pd.DataFrame, words: Words, weight: np.ndarray, inside: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of within(x, g) and between(x, g): distance from the group's mean, and the group's mean.

    Means are weighted. The column of each call is named as the formula writes it.
    """
    columns = {}
    for function, name, group in words.centred:
        code = data[group].cat.codes.to_numpy()
        value = data[name].to_numpy(float)
        told = inside & (code >= 0) & np.isfinite(value)
        groups = len(data[group].cat.categories)
        total = np.bincount(code[told], weight[told] * value[told], minlength=groups)
        mean = total / np.maximum(np.bincount(code[told], weight[told], minlength=groups), 1e-300)
        own = np.where(code >= 0, mean[code], np.nan)
        columns[call_name(function, name, group)] = own if function == "between" else value - own
    return columns


def call_name(function: str, name: str, group: str) -> str:
    """A term of a formula as it is written: function(name, group)."""
    return f"{function}({name}, {group})"
