"""How far two coders of a crosswalk agree: Cohen's kappa over the items that both gave a category.

Cohen (1960, Educational and Psychological Measurement 20: 37), with the large-sample error of Fleiss, Cohen and Everitt
(1969, Psychological Bulletin 72: 323), both by statsmodels. Agreement by chance is taken out; categories are names
without an order. An item counts once in every survey that printed it, as it does in the counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from obstacles.analysis.evidence.result import Agreement, Disagreement
from obstacles.survey.evidence.load import EvidenceSurvey, StudyWave


def agreement(surveys: Sequence[EvidenceSurvey], *, level: float) -> Agreement | None:
    """Kappa and the items on which the coders differ; None where no item has a second coder's category."""
    pairs: list[tuple[str, str]] = []
    differing: list[Disagreement] = []
    for entry in surveys:
        survey = entry.survey
        if isinstance(survey, StudyWave):
            names, year = [item.id for item in survey.wave.items], survey.wave.id
        else:
            names, year = [item.text for item in survey.items], str(survey.year or "")
        for name, place in zip(names, entry.places, strict=True):
            if not place.second:
                continue
            pairs.append((place.narrow, place.second))
            if place.narrow != place.second:
                differing.append(Disagreement(survey.survey, year, name, place.narrow, place.second))
    if not pairs:
        return None
    kappa, low, high = _kappa(pairs, level)
    return Agreement(len(pairs), len(pairs) - len(differing), kappa, low, high, tuple(differing))


def _kappa(pairs: Sequence[tuple[str, str]], level: float) -> tuple[float | None, float | None, float | None]:
    """Kappa with its interval; None where both used one category alone, as chance agreement is certain then."""
    from statsmodels.stats.inter_rater import cohens_kappa

    names, codes = np.unique(np.array(pairs), return_inverse=True)
    if len(names) < 2:
        return None, None, None
    table = np.zeros((len(names), len(names)))
    np.add.at(table, tuple(codes.reshape(-1, 2).T), 1)
    found = cohens_kappa(table)
    half = float(stats.norm.isf((1 - level) / 2)) * float(found.std_kappa)
    kappa = float(found.kappa)
    return kappa, max(kappa - half, -1.0), min(kappa + half, 1.0)
