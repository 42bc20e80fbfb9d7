"""What a ranking rests on beside chance: the method that was chosen, and respondents who may have ranked at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from obstacles.analysis.prepare import Prepared, handed_on
from obstacles.analysis.ranking.methods import MethodComparison, ranks_by_method
from obstacles.analysis.ranking.result import Ranking
from obstacles.analysis.ranking.sensitivity import AnchorSensitivity, Sensitivity, anchor_sensitivity, sensitivity
from obstacles.survey.study import Study


@dataclass(frozen=True)
class Checks:
    """A ranking under other methods, and under assumed shares of random answers."""

    methods: MethodComparison
    sensitivity: Sensitivity | None  # None where items were not shown in random order, or nothing can be corrected
    anchor: AnchorSensitivity | None = None  # None, too, without an anchor question

    def to_dict(self) -> dict[str, Any]:
        return {
            "order_changes": [change.to_dict(self.methods.items) for change in self.methods.changes],
            "random_answers_sensitivity": None if self.sensitivity is None else self.sensitivity.to_dict(),
            "careful_miss_sensitivity": None if self.anchor is None else self.anchor.to_dict(),
        }


def checks(study: Study, ranking: Ranking, *, k: int, prepared: Prepared | None = None) -> Checks:
    """Look at a ranking in both ways.

    Parameters
    ----------
    k : int
        Places that count for the top-k share, as in `ranking`.
    prepared : Prepared, optional
        The wave, where it is prepared already.
    """
    wave = study.wave(ranking.wave)
    prepared = handed_on(prepared, wave, k=k)
    with threadpool_limits(1):
        methods = ranks_by_method(prepared, ranking.model)
    stated = wave.question.item_order == "randomised"  # what the correction assumes
    if not stated:
        return Checks(methods, None)
    curve = sensitivity(study, wave=wave.id, model=ranking.model, k=k, prepared=prepared)
    anchor = anchor_sensitivity(study, wave=wave.id, model=ranking.model, k=k, prepared=prepared)
    return Checks(methods, curve, anchor)
