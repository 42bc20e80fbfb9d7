"""Who answered: groups, response rates and what weighting costs.

Groups smaller than the study's minimum are not shown, and neither is the next smallest where a hidden number could be
worked out from the total; that a group is hidden hides its counts too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.disclosure.cells import hidden_groups
from obstacles.analysis.inference.survey_design import SurveyDesign
from obstacles.analysis.prepare import Prepared, handed_on
from obstacles.survey.study import Wave


@dataclass(frozen=True)
class GroupRow:
    """One group; None stands for a number that is not shown to protect a small group."""

    name: str
    respondents: int | None
    share: float | None  # unweighted, 0..1
    weighted_share: float | None
    invited: int | None
    response_rate: float | None


@dataclass(frozen=True)
class Grouping:
    """All groups of one column."""

    column: str
    rows: tuple[GroupRow, ...]
    hidden: int  # groups that are not shown
    minimum: int  # smallest group that is shown


@dataclass(frozen=True)
class WeightSummary:
    minimum: float
    median: float
    maximum: float
    design_effect: float  # Kish: n sum w^2 / (sum w)^2
    effective_n: float


@dataclass(frozen=True)
class Profile:
    """Who answered one wave."""

    respondents: int
    invited: int | None
    response_rate: float | None
    weights: WeightSummary | None
    strata: int | None
    clusters: int | None
    groupings: tuple[Grouping, ...]


def profile(
    wave: Wave,
    *,
    minimum: int = 10,
    invited: dict[str, dict[str, int]] | None = None,
    prepared: Prepared | None = None,
    shown: Mapping[str, frozenset[str]] | None = None,
) -> Profile:
    """Who answered one wave.

    Parameters
    ----------
    wave : Wave
        A wave of a study, such as `study.wave("2024")`.
    minimum : int
        Smallest group whose numbers are shown.
    invited : dict, optional
        Column -> group -> people invited, where known.
    prepared : analysis.prepare.Prepared, optional
        The wave, where it is prepared already.
    shown : mapping, optional
        Column -> groups that may be shown beside those of all other columns; each column by itself if omitted.

    Returns
    -------
    Profile
        Counts of respondents, of people invited and of groups, and what the weights cost (effective sample size of
        Kish 1965).

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> profile = ob.profile(study.wave("2024"))
    >>> profile.respondents, profile.invited, round(profile.weights.effective_n)
    (1083, 1525, 1055)
    """
    sample = handed_on(prepared, wave, k=1).sample if len(wave.respondents) else None
    n = sample.people if sample is not None else 0
    columns = [name for name in wave.respondents.columns if name != "id"] if n else []
    groupings = tuple(
        _grouping(
            wave, name, sample, minimum, (invited or {}).get(name, {}), None if shown is None else shown.get(name)
        )
        for name in columns
        if sample is not None and (shown is None or name in shown)
    )
    units = sample.units[1] if sample is not None else np.zeros(0)
    return Profile(
        respondents=n,
        invited=wave.invited,
        response_rate=n / wave.invited if wave.invited and n else None,
        weights=_weights(sample) if sample is not None and _has_weights(wave) else None,
        strata=len(np.unique(wave.design.stratum)) if wave.design.stratum is not None else None,
        clusters=len(units) if wave.design.cluster is not None else None,
        groupings=groupings,
    )


def _has_weights(wave: Wave) -> bool:
    return wave.design.weight is not None or bool(wave.design.margins)


def _weights(sample: SurveyDesign) -> WeightSummary:
    """Of the weights as they are used: raked where there are margins, on the scale of the file's weights."""
    weight = sample.weight * sample.weight_unit
    ends = float(weight.min()), float(np.median(weight)), float(weight.max())
    return WeightSummary(*ends, sample.people / sample.kish_n, sample.kish_n)


def _grouping(
    wave: Wave, column: str, sample: SurveyDesign, minimum: int, invited: dict[str, int], shown: frozenset[str] | None
) -> Grouping:
    names, code = np.unique(wave.respondents[column].astype(str).to_numpy(), return_inverse=True)
    count = np.rint(np.bincount(code, weights=sample.times, minlength=len(names))).astype(np.intp)
    weighted = np.bincount(code, weights=sample.weight * sample.times, minlength=len(names)) / sample.people
    forced = None if shown is None else np.array([str(name) not in shown for name in names])
    hidden = hidden_groups(count, minimum, forced=forced)
    rows = []
    for i in np.argsort(-np.where(hidden, -1, count), kind="stable"):
        name, people = str(names[i]), invited.get(str(names[i]))
        if hidden[i]:
            rows.append(GroupRow(name, None, None, None, None, None))
            continue
        rate = count[i] / people if people else None
        rows.append(GroupRow(name, int(count[i]), count[i] / sample.people, float(weighted[i]), people, rate))
    return Grouping(column, tuple(rows), int(hidden.sum()), minimum)
