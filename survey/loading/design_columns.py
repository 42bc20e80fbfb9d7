"""Columns of a file -> the design: weights, strata, clusters and population sizes of the rows still in."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from obstacles.survey.files.numerics import numbers
from obstacles.survey.loading.margins import Margins, in_wave, sizes_in
from obstacles.survey.loading.selection import Selection
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.survey.study import Design, Margin, Replicates
from obstacles.text.language import _, quoted_names

if TYPE_CHECKING:
    import pandas as pd

Coded = tuple[np.ndarray, Sequence[str]]  # codes (n,) without gaps, and the names they stand for
UNEQUAL = 20.0  # largest weight over the median above which a warning is due
COSTLY = 3.0  # design effect above which a warning is due


def weights_of(selection: Selection, settings: StudySettings, wave: WaveSettings) -> np.ndarray | None:
    """(n,) weights of the rows still in, after those without a usable weight have left or been reported."""
    if wave.weight is None or settings.weights.method == "none":
        return None
    column = wave.weight
    codes, values = selection.coded(column)
    found = numbers(values, wave.decimal)
    if found.ambiguous:
        example = found.ambiguous[0]
        message = _(
            'weights such as "{cell}" may have a decimal comma or group digits in threes. Set decimal = "," or ".".'
        ).format(cell=example)
        selection.problem("ask", "A-DEC-01", message, column)
        return None
    value = np.array(found.values, float)  # of each distinct cell, as all below
    times = np.bincount(codes, minlength=len(values))
    blank = np.array([cell == "" for cell in values], bool) & (times > 0)
    text, negative, zero = np.isnan(value) & ~blank & (times > 0), (value < 0) & (times > 0), (value == 0) & (times > 0)
    message = _("this weight is no number. Correct it.")
    selection.cells("error", "E-WGT-01", message, column, text[codes])
    message = _("a weight is negative. Correct it; a row that should not count needs weight 0.")
    selection.cells("error", "E-WGT-02", message, column, negative[codes])
    missing = bool(blank.any()) and settings.weights.missing == "error"
    if missing:
        message = _('a weight is missing. Add it, or set [weights] missing = "drop".')
        selection.problem("error", "E-WGT-03", message, column, np.flatnonzero(blank[codes]))
    if text.any() or negative.any() or missing:
        return None
    selection.cells("warning", "W-WGT-01", _("rows with weight 0 are left out."), column, zero[codes])
    for rule, gone in ((_("the weight is missing"), blank), (_("the weight is 0"), zero)):
        if gone.any():
            selection.leave(rule, gone[codes])
            codes = codes[~gone[codes]]
    kept = (times > 0) & ~blank & ~zero
    _unequal(selection, column, value[kept], times[kept])
    return np.asarray(value[codes])


def _unequal(selection: Selection, column: str, weight: np.ndarray, times: np.ndarray) -> None:
    """Warn of very unequal weights; `weight` are the distinct ones and `times` how often each occurs."""
    if not len(weight):
        return
    n = int(times.sum())
    ratio = float(weight.max() / np.median(np.repeat(weight, times)))
    effect = float(n * (times @ weight**2) / (times @ weight) ** 2)
    if ratio > UNEQUAL or effect > COSTLY:
        message = _(
            "weights reach {ratio} times their median; {n} answers carry the information of {effective} (design effect "
            "{effect})."
        ).format(ratio=f"{ratio:.0f}", n=f"{n:,}", effective=f"{n / effect:,.0f}", effect=f"{effect:.2f}")
        selection.problem("warning", "W-WGT-03", message, column)


def design_of(
    selection: Selection,
    settings: StudySettings,
    wave: WaveSettings,
    weight: np.ndarray | None,
    respondents: pd.DataFrame,
    margins: Margins,
) -> Design:
    """The design of the rows still in; `respondents` has their groups."""
    strata, cluster = settings.design.strata, settings.design.cluster
    stratum = None if strata is None else _coded(selection, wave, strata, respondents)
    unit = None if cluster is None else _coded(selection, wave, cluster, respondents)
    return Design(
        weight=weight,
        stratum=None if stratum is None else stratum[0],
        cluster=None if unit is None else unit[0],
        population=_population(selection, settings, wave, stratum, sizes_in(margins, wave.id).get(strata or "", {})),
        replicates=_replicates(selection, settings, wave, weight),
        margins=_margins(selection, settings, wave, respondents, margins),
        trim=settings.weights.trim,
        lonely=settings.design.lonely,
    )


def _margins(
    selection: Selection, settings: StudySettings, wave: WaveSettings, respondents: pd.DataFrame, margins: Margins
) -> tuple[Margin, ...]:
    """The margins to which the weights are raked; every group needs people on both sides."""
    found = []
    for name in settings.weights.margins if settings.weights.method == "rake" else ():
        if name not in wave.columns:
            message = _('margins: wave "{wave}" has no group "{name}" under [wave.columns].')
            selection.problem("error", "E-RAKE-01", message.format(wave=wave.id, name=name))
            continue
        target = in_wave(margins.margins.get(name, {}), wave.id)
        code = respondents[name].cat.codes.to_numpy().astype(np.intp)
        groups = tuple(respondents[name].cat.categories)
        for absent in [group for group in groups if group not in target]:
            message = _('margins: the table of {name} has no row for "{group}". Add it, or an alias.')
            selection.problem("error", "E-RAKE-02", message.format(name=name, group=absent), wave.columns[name])
        for empty in [group for group in target if group not in groups]:
            message = _(
                'margins: nobody of "{group}" ({name}) answered, so no weight can stand for them. Merge it with '
                "another group by an alias, or leave it out of the table."
            )
            selection.problem("error", "E-RAKE-03", message.format(name=name, group=empty), wave.columns[name])
        found.append(Margin(name, code, groups, np.array([float(target.get(group, 1.0)) for group in groups])))
    return tuple(found)


def _replicates(
    selection: Selection, settings: StudySettings, wave: WaveSettings, weight: np.ndarray | None
) -> Replicates | None:
    stated = settings.design.replicates
    if stated is None:
        return None
    columns = replicate_columns(settings, selection.table.names)
    parts = []
    for column in columns:
        codes, values = selection.coded(column)
        value = np.array(numbers(values, wave.decimal).values, float)[codes]
        message = _("a replicate weight should be a number, 0 or more.")
        selection.cells("error", "E-REP-01", message, column, ~(value >= 0))
        parts.append(value)
    if len(parts) < 2:
        message = _("replicates: {n} columns match {names}; at least two are needed.")
        names = quoted_names(stated.columns)
        selection.problem("error", "E-REP-02", message.format(n=len(parts), names=names))
        return None
    matrix = np.column_stack(parts)
    if not stated.combined:
        matrix = matrix * (np.ones(len(matrix)) if weight is None else weight)[:, None]
    r = matrix.shape[1]
    scale = {"brr": 1 / r, "fay": 1 / (r * (1 - stated.fay) ** 2), "jackknife": (r - 1) / r, "bootstrap": 1 / (r - 1)}
    rscales = np.array(stated.rscales) if stated.rscales else np.ones(r)
    if len(rscales) != r:
        message = _("replicates: rscales has {n} numbers for {r} columns.").format(n=len(rscales), r=r)
        selection.problem("error", "E-REP-02", message)
        return None
    return Replicates(matrix, stated.kind, stated.scale or scale.get(stated.kind, 1.0), rscales)


def replicate_columns(settings: StudySettings, names: Sequence[str]) -> list[str]:
    """The columns of replicate weights: as named, or those of the table that match a pattern."""
    stated = settings.design.replicates
    if stated is None:
        return []
    matching = (fnmatch.filter(names, pattern) or [pattern] for pattern in stated.columns)
    return list(dict.fromkeys(name for found in matching for name in found))


def design_columns(settings: StudySettings, wave: WaveSettings) -> list[str]:
    """The columns that the design reads beside the groups."""
    named = [settings.design.strata, settings.design.cluster]
    columns = [name for name in named if name is not None and name not in wave.columns]
    population = settings.design.population
    if isinstance(population, str) and population not in ("invited", "size"):
        columns.append(population)
    return columns


def _coded(selection: Selection, wave: WaveSettings, name: str, respondents: pd.DataFrame) -> Coded | None:
    """Codes without gaps and names of the strata or clusters; a blank one is an error."""
    if name in wave.columns:
        codes, names = respondents[name].cat.codes.to_numpy().astype(np.intp), tuple(respondents[name].cat.categories)
    else:
        codes, names = selection.coded(name)
    used, code = np.unique(codes, return_inverse=True)
    names = tuple(names[i] for i in used)
    if "" in names:
        column = wave.columns.get(name, name)
        message = _("the stratum or cluster is missing, so the design is not known. Add it, or leave [design] out.")
        selection.problem("error", "E-DES-01", message, column, np.flatnonzero(code == names.index("")))
        return None
    return code.reshape(-1), names


def _population(
    selection: Selection, settings: StudySettings, wave: WaveSettings, stratum: Coded | None, sizes: Mapping[str, int]
) -> np.ndarray | None:
    """(n,) size of the population of each row's stratum."""
    stated, strata = settings.design.population, settings.design.strata
    n = len(selection.rows)
    if stated is None or not n:
        return None
    if stated == "size" or (stated == "invited" and strata is not None):
        found = _by_stratum(selection, stratum, sizes)
    elif stated == "invited":
        if wave.invited is None:
            message = _('population = "invited" needs the key invited in wave "{wave}".').format(wave=wave.id)
            selection.problem("error", "E-POP-01", message)
            return None
        found = np.full(n, float(wave.invited))
    elif isinstance(stated, str):
        codes, values = selection.coded(stated)
        found = np.array(numbers(values, wave.decimal).values, float)[codes]
        if (wrong := ~(found > 0)).any():
            message = _("the size of the population should be a number above 0.")
            selection.problem("error", "E-POP-02", message, stated, np.flatnonzero(wrong))
            return None
    else:
        if strata is not None:
            message = _('with strata, each needs its own population: use population = "size" with [groups.size].')
            selection.problem("error", "E-POP-01", message)
            return None
        found = np.full(n, float(stated))
    if found is not None:
        _check_size(selection, stratum or (np.zeros(n, np.intp), ("",)), found)
    return found


def _by_stratum(selection: Selection, stratum: Coded | None, sizes: Mapping[str, int]) -> np.ndarray | None:
    if stratum is None or not sizes:
        message = _('population = "size" needs strata, and a table of their sizes under [groups.size].')
        selection.problem("error", "E-POP-01", message)
        return None
    code, names = stratum
    absent = [name for name in names if name not in sizes]
    if absent:
        message = _("the table of group sizes has no row for {names}. Add it, or an alias.")
        selection.problem("error", "E-POP-03", message.format(names=quoted_names(absent[:5])))
        return None
    return np.array([float(sizes[name]) for name in names])[code]


def _check_size(selection: Selection, stratum: Coded, population: np.ndarray) -> None:
    """A population cannot be smaller than its respondents."""
    code, names = stratum
    count = np.bincount(code)
    size = np.zeros(len(names))
    size[code] = population
    for place in np.flatnonzero(size < count).tolist():
        message = _("the population ({size}) is smaller than the number of respondents ({n}){where}. Correct it.")
        where = _(' of "{stratum}"').format(stratum=names[place]) if names[place] else ""
        text = message.format(size=f"{size[place]:,.0f}", n=f"{count[place]:,}", where=where)
        selection.problem("error", "E-POP-04", text)
