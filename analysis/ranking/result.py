"""Ranking: all that is said of one wave ranked by one method, as rows, a record and a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.categories.members import Categories
from obstacles.analysis.drawing import drawn
from obstacles.analysis.inference.estimate import Displayed, Estimate, Test
from obstacles.analysis.inference.headline import Headline
from obstacles.analysis.inference.pairwise import Pairwise, pairwise
from obstacles.analysis.inference.plain import finite, interval_of, record_of_test
from obstacles.analysis.inference.quasi_variance import quasi_variances
from obstacles.analysis.inference.rank_sets import RankSets, could_be_among, surely_among
from obstacles.analysis.inference.tiers import tiers
from obstacles.analysis.ranking.bootstrap import RankFrequency
from obstacles.analysis.terms import CategoryWay
from obstacles.survey.answers import SetAside
from obstacles.survey.question import Item
from obstacles.text.language import _

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


ENDS = {  # pair of a record -> its columns
    "interval": ("low", "high"),
    "rank_set": ("rank_low", "rank_high"),
    "per_item_rank_set": ("per_item_rank_low", "per_item_rank_high"),
}


@dataclass(frozen=True)
class ByCategory:
    """What a ranking of categories knows of their items."""

    categories: Categories
    way: CategoryWay  # how items make their category: see `analysis.categories.fit`
    per_item: Ranking | None  # by the mean of each category's items; None where the figure is one, or has one item

    def row(self, i: int) -> dict[str, Any]:
        """What is beside the figures of category i: its items, and their mean with its rank."""
        members = [item.id for item in self.categories.items_in(i)]
        record: dict[str, Any] = {"item_count": len(members), "items": members}
        if self.per_item is not None:
            record["per_item"] = finite(self.per_item.shown.value[i])
            record["per_item_rank"] = int(self.per_item.rank[i]) or None
            record["per_item_rank_set"] = _set(self.per_item.simultaneous, i)
        return record

    def to_dict(self) -> dict[str, Any]:
        """How the categories were made, and what may be said of the first place per item."""
        return {
            "way": self.way,
            "left_out": [item.id for item in self.categories.left_out],
            "per_item_headline": None if self.per_item is None else self.per_item.headline_record(),
        }


@dataclass(frozen=True)
class Ranking:
    """One wave ranked by one method.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> ranking = ob.rank(study)
    >>> ranking.rows[0]["id"], round(ranking.rows[0]["estimate"], 3)
    ('skills', 0.266)
    >>> [item.id for item in ranking.among_first(3)[0]]  # surely among the first three
    ['skills', 'sharing', 'quality']
    >>> figure = ranking.plot()
    """

    study: str
    wave: str
    model: str  # a key of analysis.scores.SCORES
    reason: str  # why this model
    measure: str
    estimate: Estimate
    shown: Displayed
    rank: np.ndarray  # (m,) int, 1 = largest obstacle, equal values share the smaller rank; 0 = no value
    order: np.ndarray  # (m,) item indices from the largest obstacle to the smallest
    simultaneous: RankSets | None
    marginal: RankSets | None
    bootstrap: RankFrequency | None
    headline: Headline
    tests: tuple[Test, ...]
    level: float
    seed: int
    notes: tuple[str, ...]
    design_effect: np.ndarray | None = None  # (m,) variance over that of a simple random sample; None for such a one
    set_aside: tuple[SetAside, ...] = ()  # options that are no obstacles, such as "Other": shown, never ranked
    by_category: ByCategory | None = None  # the items ranked are categories, made of these

    @property
    def orders_differ(self) -> bool:
        """Whether categories stand in another order by the mean of their items."""
        per_item = None if self.by_category is None else self.by_category.per_item
        return per_item is not None and not np.array_equal(self.rank, per_item.rank)

    @property
    def frequency(self) -> np.ndarray | None:
        """(m, m) bootstrap frequency of item j at rank r + 1: a frequency, not confidence."""
        return None if self.bootstrap is None else self.bootstrap.share

    @property
    def items(self) -> tuple[Item, ...]:
        """The items, in the order of the study."""
        return self.estimate.items

    @cached_property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """One record per item, from the largest obstacle to the smallest; a number that does not exist is None."""
        return tuple(self._row(int(i)) for i in self.order)

    @cached_property
    def tier(self) -> np.ndarray:
        """(m,) tier of each item, 1 = the first; 0 where there are no rank sets. See `analysis.inference.tiers`."""
        found = np.zeros(len(self.items), int)
        if self.simultaneous is not None:
            for number, members in enumerate(tiers(self.simultaneous, self.order), 1):
                found[list(members)] = number
        return found

    @cached_property
    def quasi_error(self) -> np.ndarray | None:
        """(m,) quasi standard errors of log-worths; None where they do not exist. See `inference.quasi_variance`."""
        if self.estimate.display_scale != "worth" or self.estimate.covariance is None:
            return None
        variances = quasi_variances(self.estimate.covariance)
        return None if variances is None else np.sqrt(variances)

    def among_first(self, places: int = 3) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
        """Items that are surely among the first places, and those that cannot be ruled out of them."""
        if self.simultaneous is None:
            return (), self.items
        chosen = surely_among(self.simultaneous, places), could_be_among(self.simultaneous, places)
        surely, possibly = (tuple(self.items[i] for i in self.order if mask[i]) for mask in chosen)
        return surely, possibly

    def pairs(self) -> Pairwise | None:
        """Every pair of items: difference, error, interval, and for worths the probability of being ranked higher."""
        sets = self.simultaneous
        df = sets.df if sets is not None and np.isfinite(sets.df) else self.estimate.df
        return pairwise(self.estimate, level=self.level, df=df, seed=self.seed)

    def _row(self, i: int) -> dict[str, Any]:
        record: dict[str, Any] = {
            "id": self.items[i].id,
            "label": self.items[i].name,
            "estimate": finite(self.shown.value[i]),
            "standard_error": finite(self.shown.error[i]),
        }
        if self.estimate.display_scale == "worth":
            covariance = self.estimate.covariance
            record["log_worth"] = finite(self.estimate.value[i])
            record["log_worth_se"] = None if covariance is None else finite(np.sqrt(covariance[i, i]))
            record["quasi_se"] = None if self.quasi_error is None else finite(self.quasi_error[i])
        record |= {name: finite(column[i]) for name, column in self.estimate.columns.items()}
        ends = interval_of(self.shown.low[i], self.shown.high[i])
        record["interval"] = None if ends is None else list(ends)
        record["rank"] = int(self.rank[i]) or None
        record["rank_set"] = _set(self.simultaneous, i)
        record["rank_set_marginal"] = _set(self.marginal, i)
        record["tier"] = int(self.tier[i]) or None
        record |= {} if self.by_category is None else self.by_category.row(i)
        record["respondents"] = int(self.estimate.item_base[i])
        if self.design_effect is not None:
            record["design_effect"] = finite(self.design_effect[i])
            effect = self.design_effect[i] or np.nan  # no variance: nothing is known of it
            record["effective_respondents"] = finite(self.estimate.item_base[i] / effect)
        if self.frequency is not None:
            record["rank_frequency"] = [round(float(f), 4) for f in self.frequency[i]]
        return record

    def to_dict(self) -> dict[str, Any]:
        """The ranking as plain numbers and texts: the schema of `obstacles rank --json`."""
        estimate = self.estimate
        record: dict[str, Any] = {
            "schema": 1,
            "study": self.study,
            "wave": self.wave,
            "model": self.model,
            "reason": self.reason,
            "measure": self.measure,
            "level": self.level,
            "seed": self.seed,
            "respondents": estimate.base or None,
            "weighted_base": finite(estimate.weighted_base) if estimate.base else None,
        }
        if estimate.log_likelihood is not None:
            record["log_likelihood"] = estimate.log_likelihood
            record["log_likelihood_kind"] = "exact" if self.design_effect is None else "pseudo"
        if estimate.parameters:
            record["parameters"] = estimate.parameters
        record |= {
            "covariance": estimate.covariance_kind,
            "df": finite(estimate.df),
            "penalty": estimate.penalty,
            "rank_sets": None if self.simultaneous is None else self.simultaneous.to_dict(),
            "headline": self.headline_record(),
            "items": list(self.rows),
            **({"set_aside": [_set_aside(one) for one in self.set_aside]} if self.set_aside else {}),
            "tests": [record_of_test(test) for test in self.tests],
            "notes": list(self.notes),
        }
        if self.by_category is not None:
            record["by_category"] = self.by_category.to_dict() | {"orders_differ": self.orders_differ}
        if self.bootstrap is not None:
            record["rank_frequency"] = {
                "meaning": _("bootstrap frequencies, not confidence"),
                "replicates": self.bootstrap.replicates,
                "kind": self.bootstrap.kind,
            }
        return record

    def headline_record(self) -> dict[str, Any]:
        """What may be said of the first place, as plain values."""
        return {
            "kind": self.headline.kind,
            "items": [self.items[i].id for i in self.headline.leaders],
            "could_be_first": self.headline.could_lead if self.simultaneous else None,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per item, from the largest obstacle to the smallest; pairs of ends become two columns."""
        import pandas as pd

        rows = []
        for row in self.rows:
            flat = {key: value for key, value in row.items() if key not in ("rank_frequency", "items")}
            for key, ends in ENDS.items():
                if key in flat:
                    flat |= dict(zip(ends, flat.pop(key) or (None, None), strict=True))
            marginal = flat.pop("rank_set_marginal") or (None, None)
            rows.append(flat | {"marginal_rank_low": marginal[0], "marginal_rank_high": marginal[1]})
        return pd.DataFrame(rows)

    def plot(self) -> Figure:
        """Estimates with their intervals beside ranks with their rank sets, as a matplotlib Figure."""
        return drawn(self)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4g}".format, na_rep=""))


def _set_aside(one: SetAside) -> dict[str, Any]:
    """An option that is no obstacle, as plain values."""
    figures = {"share": finite(one.share), "respondents": one.count, "base": one.base}
    return {"id": one.item.id, "label": one.item.name, "kind": one.item.kind, **figures}


def _set(sets: RankSets | None, i: int) -> list[int] | None:
    return None if sets is None or not sets.low[i] else [int(sets.low[i]), int(sets.high[i])]
