"""Several waves as one design: which of their primary units are the same.

Waves are separate strata unless they share primary units (Kish 1965, 12.4). In a panel the respondents of both waves
are joined by their ids; unmatched ones stay, with zeros in the other wave. A cluster of a later wave is the earlier one
of the same name or, where clusters have no names, the one in which most of its known members were; a person who moved
counts where the wave found them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from obstacles.analysis.inference.replicates import deviations, replicate_covariance
from obstacles.analysis.inference.survey_design import SurveyDesign, sum_rows
from obstacles.analysis.subpopulation import ComparisonError
from obstacles.survey.study import Wave
from obstacles.text.language import _


@dataclass(frozen=True)
class Linked:
    """Primary units of all waves together."""

    samples: tuple[SurveyDesign, ...]
    unit: tuple[np.ndarray, ...]  # wave -> (n,) unit of each row of respondents
    stratum: np.ndarray  # (u,) stratum of each unit

    def covariance(self, influence: Sequence[np.ndarray]) -> np.ndarray:
        """Joint covariance of the waves' estimates in order; `influence` has one (n, q) array per wave.

        Raises
        ------
        ComparisonError
            For replicate weights that do not belong together.
        """
        if any(sample.replicates is not None for sample in self.samples):
            return self._replicated(influence)
        parts = []
        for sample, values, unit in zip(self.samples, influence, self.unit, strict=True):
            residual = values if sample.raked is None else sample.raked.residuals(values)
            parts.append(sum_rows(residual, unit, len(self.stratum)))
        u = len(self.stratum)
        stratum = None if not self.stratum.any() else self.stratum
        together = SurveyDesign(u, np.ones(u), stratum, None, None, lonely=self.samples[0].lonely)
        return together.covariance(np.column_stack(parts))

    def _replicated(self, influence: Sequence[np.ndarray]) -> np.ndarray:
        first = self.samples[0].replicates
        parts = []
        for sample, values in zip(self.samples, influence, strict=True):
            own = sample.replicates
            if first is None or own is None or own.weight.shape[1] != first.weight.shape[1] or own.kind != first.kind:
                message = _(
                    "a panel needs the same replicate weights in every wave; here their numbers or kinds differ."
                )
                raise ComparisonError(message)
            parts.append(deviations(values, sample.weight, own))
        assert first is not None
        return replicate_covariance(np.column_stack(parts), first)

    def df(self, inside: Sequence[np.ndarray]) -> float:
        """Primary units - strata among those that hold members of the groups (n,) of the waves."""
        units = np.unique(np.concatenate([unit[mask] for unit, mask in zip(self.unit, inside, strict=True)]))
        return float(max(len(units) - len(np.unique(self.stratum[units])), 0))


def link(
    waves: Sequence[Wave],
    samples: Sequence[SurveyDesign],
    *,
    panel: bool,
    cluster: str | None = None,
    strata: str | None = None,
) -> Linked | None:
    """Join the primary units of waves; None where they share none.

    Parameters
    ----------
    panel : bool
        Join respondents by `Wave.panel`.
    cluster, strata : str, optional
        Group columns that hold the clusters and strata, so that these are joined by name.

    Raises
    ------
    ComparisonError
        For a panel of counted rows, which have no persons.
    """
    if panel and any(sample.row_counts is not None for sample in samples):
        raise ComparisonError(_("rows that stand for several respondents cannot be joined to a panel."))
    names = [_names(wave, cluster, sample.cluster) for wave, sample in zip(waves, samples, strict=True)]
    if not panel and all(own is None for own in names):
        return None
    joint = _Joint()
    codes = [
        joint.add(sample, wave.panel if panel else None, own, _names(wave, strata, sample.stratum))
        for wave, sample, own in zip(waves, samples, names, strict=True)
    ]
    if not joint.shared:
        return None
    stratum = np.unique(np.array([joint.number(label) for label in joint.stratum]), return_inverse=True)[1]
    return Linked(tuple(samples), tuple(codes), stratum.reshape(-1))


def _names(wave: Wave, column: str | None, code: np.ndarray | None) -> np.ndarray | None:
    """(n,) names of the clusters or strata with this code, where a group column holds them."""
    if code is None or column is None or column not in wave.respondents.columns:
        return None
    return wave.respondents[column].astype(str).to_numpy(object)


class _Joint:
    """Units gathered wave by wave."""

    def __init__(self) -> None:
        self.stratum: list[Hashable] = []  # label of each unit's stratum
        self.shared = False  # whether some unit is in two waves
        self._person: dict[str, int] = {}
        self._named: dict[str, int] = {}
        self._numbers: dict[Hashable, int] = {}
        self._waves = 0

    def number(self, label: Hashable) -> int:
        return self._numbers.setdefault(label, len(self._numbers))

    def add(
        self, sample: SurveyDesign, ids: np.ndarray | None, names: np.ndarray | None, strata: np.ndarray | None
    ) -> np.ndarray:
        """(n,) units of one more wave."""
        code, stratum = sample.units
        known = self._known(code, len(stratum), ids, names)
        votes = Counter((int(h), self.stratum[unit]) for h, unit in zip(stratum, known, strict=True) if unit >= 0)
        label = {}
        for (h, name), _times in sorted(votes.items(), key=lambda vote: vote[1]):
            label[h] = name  # the most frequent one is written last
        first_row = np.full(len(stratum), -1)
        first_row[code[::-1]] = np.arange(len(code))[::-1]
        found = known.copy()
        for unit in np.flatnonzero(known < 0).tolist():
            h = int(stratum[unit])
            named = ("named", strata[first_row[unit]]) if strata is not None else label.get(h, ("wave", self._waves, h))
            found[unit] = len(self.stratum)
            self.stratum.append(named)
        self.shared |= bool((known >= 0).any())
        self._remember(code, found, ids, names, first_row)
        self._waves += 1
        return np.asarray(found[code])

    def _known(self, code: np.ndarray, units: int, ids: np.ndarray | None, names: np.ndarray | None) -> np.ndarray:
        """(units,) the unit that each of this wave's already is; -1 for a new one."""
        known = np.full(units, -1, np.intp)
        if names is not None:
            for unit, name in zip(code.tolist(), names.tolist(), strict=True):
                known[unit] = self._named.get(name, -1)
            return known
        if ids is None:
            return known
        votes: Counter[tuple[int, int]] = Counter()
        for unit, person in zip(code.tolist(), ids.tolist(), strict=True):
            if person in self._person:
                votes[unit, self._person[person]] += 1
        for (unit, other), _times in sorted(votes.items(), key=lambda vote: vote[1]):
            known[unit] = other
        return known

    def _remember(
        self,
        code: np.ndarray,
        found: np.ndarray,
        ids: np.ndarray | None,
        names: np.ndarray | None,
        first_row: np.ndarray,
    ) -> None:
        if ids is not None:
            for unit, person in zip(found[code].tolist(), ids.tolist(), strict=True):
                if person != "":
                    self._person.setdefault(person, unit)
        if names is not None:
            for unit, row in zip(found.tolist(), first_row.tolist(), strict=True):
                self._named.setdefault(names[row], unit)
