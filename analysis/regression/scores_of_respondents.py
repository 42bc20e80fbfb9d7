"""Numbers that belong to each respondent beside the groups: capability levels and gaps, and what they said of items."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.prepare import Prepared
from obstacles.survey.answers import Published, Rankings, Ratings
from obstacles.survey.study import Wave


def capability_scores(wave: Wave) -> dict[str, np.ndarray]:
    """current_<item>, required_<item>, gap_<item> and the means over items, (n,) each; NaN where not known.

    `gap` is the shortfall, max(0, required - current). Nothing where the wave has no capabilities.
    """
    answers = wave.capability
    if answers is None:
        return {}
    ids = [item.id for item in answers.items]
    gap = np.maximum(answers.required - answers.current, 0)
    parts = {"current": answers.current, "required": answers.required, "gap": gap}
    scores = {f"{what}_{id}": values[:, j] for what, values in parts.items() for j, id in enumerate(ids)}
    scores |= {f"{what}_mean": _row_mean(values) for what, values in parts.items()}
    return scores | {"capability_mean": scores["current_mean"]}


def _row_mean(values: np.ndarray) -> np.ndarray:
    """(n,) mean of what is known of each row; NaN where nothing is."""
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)


def item_scores(prepared: Prepared) -> dict[str, np.ndarray]:
    """What each respondent said of each item, (n,) by item id; NaN where not offered or not rated.

    Selections: 1 where marked. Ratings: the level. Rankings: places counted from below, k for the first of k places
    and 0 for an item that was not ranked.
    """
    answers, n = prepared.answers, prepared.sample.n
    if isinstance(answers, Ratings):
        told = answers.scores
    elif isinstance(answers, Rankings):
        ranked = answers.ranks > 0
        if answers.selection:
            told = ranked.astype(float)
        else:
            places = prepared.question.k or len(answers.items)
            told = np.where(ranked, np.maximum(places + 1 - answers.ranks, 0), 0).astype(float)
        told = np.where(answers.offered, told, np.nan)
    else:
        assert not isinstance(answers, Published)
        return {}
    if len(answers.respondent) != n:
        return {}
    ordered = np.full((n, told.shape[1]), np.nan)
    ordered[answers.respondent] = told
    return {item.id: ordered[:, j] for j, item in enumerate(answers.items)}
