"""How a ranking would look if some respondents had ranked at random: a curve over assumed shares of them.

For studies without an anchor question; see `analysis.inference.random_answers` for the correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.inference.distributions import competition_ranks
from obstacles.analysis.inference.estimate import Estimate, on_display_scale
from obstacles.analysis.inference.plain import finite
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
    value = np.array([on_display_scale(estimate).value for estimate in estimates])
    rank = np.array([competition_ranks(-np.round(estimate.value, 12)) for estimate in estimates])
    first = estimates[0]
    used = np.array(shares[: len(estimates)])
    return Sensitivity(first.items, first.method, first.measure, used, value, rank.astype(int))
