"""How a ranking would look if some respondents had ranked at random: over assumed shares of them, or by the anchor.

See `analysis.inference.random_answers` for the correction. With an anchor question the share follows from how many
careful people are taken to miss it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.inference.distributions import competition_ranks
from obstacles.analysis.inference.estimate import Estimate, on_display_scale
from obstacles.analysis.inference.plain import finite
from obstacles.analysis.inference.random_answers import MISSES, RandomAnswerError, anchor_rate
from obstacles.analysis.prepare import ModelError, Prepared, handed_on, with_random_answers
from obstacles.analysis.ranking.rank import TOP, fit_of, wave_of
from obstacles.survey.question import Item
from obstacles.survey.study import Study

if TYPE_CHECKING:
    import pandas as pd

SHARES = tuple(round(0.05 * step, 2) for step in range(11))


@dataclass(frozen=True)
class Sensitivity:
    """Scores and ranks under each assumed share of random answers."""

    items: tuple[Item, ...]
    model: str
    measure: str
    share: np.ndarray  # (r,)
    value: np.ndarray  # (r, m) as shown to people
    rank: np.ndarray  # (r, m) 1 = largest obstacle

    @property
    def first_changes(self) -> float | None:
        """The smallest assumed share at which another item comes first; None if there is none among those looked at."""
        lead = self.rank == 1
        changed = np.flatnonzero((lead != lead[0]).any(axis=1))
        return float(self.share[changed[0]]) if len(changed) else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "measure": self.measure,
            "shares": self.share.tolist(),
            "first_changes_at": self.first_changes,
            "items": [
                {"id": item.id, "estimate": [finite(x) for x in self.value[:, i]], "rank": self.rank[:, i].tolist()}
                for i, item in enumerate(self.items)
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per share and item."""
        import pandas as pd

        m = len(self.items)
        return pd.DataFrame(
            {
                "random_answer_share": self.share.repeat(m),
                "id": [item.id for item in self.items] * len(self.share),
                "estimate": self.value.ravel(),
                "rank": self.rank.ravel(),
            }
        )


@dataclass(frozen=True)
class AnchorSensitivity:
    """Scores and ranks if so many of the careful missed the anchor question."""

    careful_miss: tuple[float, ...]  # (r,) rates under which the ranking can be corrected
    refused: tuple[float, ...]  # rates under which it cannot
    curve: Sensitivity  # (r, ...) at the shares of random answers that follow

    def to_dict(self) -> dict[str, Any]:
        return {"careful_miss": list(self.careful_miss), "refused": list(self.refused), **self.curve.to_dict()}


def anchor_sensitivity(
    study: Study, *, wave: str | None = None, model: str = "auto", k: int = TOP, prepared: Prepared | None = None
) -> AnchorSensitivity | None:
    """Rank one wave by its anchor question if 0, 5 or 10 % of the careful missed it, and at the rate that is stated.

    The parameters are those of `sensitivity`. None without an anchor question, where its share cannot be estimated,
    and where nothing can be corrected.
    """
    chosen = wave_of(study, wave)
    if chosen.anchor is None:
        return None
    plain = handed_on(prepared, chosen, k=k)
    try:
        rate = anchor_rate(chosen.anchor, plain.sample)
    except RandomAnswerError:
        return None
    estimates: dict[float, tuple[float, Estimate]] = {}
    refused = []
    for miss in sorted({*MISSES, chosen.anchor.careful_miss}):
        try:
            share = rate.under(miss)
            estimates[miss] = share, fit_of(study, with_random_answers(plain, chosen, share), model)[0].estimate
        except ModelError:
            refused.append(miss)
    if not estimates:
        return None
    return AnchorSensitivity(tuple(estimates), tuple(refused), _curve(*zip(*estimates.values(), strict=True)))


def _curve(shares: Sequence[float], estimates: Sequence[Estimate]) -> Sensitivity:
    value = np.array([on_display_scale(estimate).value for estimate in estimates])
    rank = np.array([competition_ranks(-np.round(estimate.value, 12)) for estimate in estimates])
    first = estimates[0]
    return Sensitivity(first.items, first.method, first.measure, np.array(shares), value, rank.astype(int))


def sensitivity(
    study: Study,
    *,
    wave: str | None = None,
    model: str = "auto",
    k: int = TOP,
    shares: tuple[float, ...] = SHARES,
    prepared: Prepared | None = None,
) -> Sensitivity | None:
    """Rank one wave under each assumed share of random answers; see `analysis.ranking.rank.rank` for the parameters.

    The curve ends before the first share that is more than the answers can hold. None where there is no curve, as for
    answers or methods in which random answers cannot be corrected.
    """
    chosen = wave_of(study, wave)
    plain = handed_on(prepared, chosen, k=k)
    estimates: list[Estimate] = []
    for share in shares:
        try:
            fit, _reason = fit_of(study, with_random_answers(plain, chosen, share), model)
        except ModelError:
            break
        estimates.append(fit.estimate)
    if len(estimates) < 2:
        return None
    return _curve(shares[: len(estimates)], estimates)
