"""What the analysis found for one wave, gathered once for all sections of a report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from obstacles.analysis.inference.tiers import not_told_apart, tiers
from obstacles.reports.words.measures import Measure, measure_of
from obstacles.reports.words.naming import Nouns, nouns_of
from obstacles.survey.answers import Published

if TYPE_CHECKING:
    import numpy as np

    from obstacles.analysis.categories.members import Categories
    from obstacles.analysis.change.by_group import ByGroup
    from obstacles.analysis.prepare import Prepared
    from obstacles.analysis.ranking.checks import Checks
    from obstacles.analysis.ranking.methods import MethodComparison
    from obstacles.analysis.ranking.respondents import Profile
    from obstacles.analysis.ranking.result import Ranking
    from obstacles.analysis.ranking.robustness import Robustness
    from obstacles.analysis.ranking.spread import Spread
    from obstacles.analysis.regression.kinds import Result
    from obstacles.analysis.regression.regress import Refusal
    from obstacles.survey.question import Item
    from obstacles.survey.study import Study, Wave


@dataclass(frozen=True)
class Ranked:
    """A ranking and how its figures are written: all that a chart of it needs."""

    ranking: Ranking
    measure: Measure

    @property
    def items(self) -> tuple[Item, ...]:
        return self.ranking.items

    @cached_property
    def order(self) -> list[int]:
        """Items from the largest to the smallest."""
        return [int(i) for i in self.ranking.order]

    @property
    def leaders(self) -> frozenset[int]:
        """Items that the headline names: the accent in every chart and table."""
        return frozenset(self.ranking.headline.leaders)

    @cached_property
    def ranked(self) -> int:
        """Items that have a value."""
        return int((self.ranking.rank > 0).sum())

    @cached_property
    def tiers(self) -> tuple[tuple[int, ...], ...]:
        """Groups of items between which the order is certain; none without rank sets."""
        sets = self.ranking.simultaneous
        return () if sets is None else tiers(sets, self.ranking.order)

    @cached_property
    def together(self) -> np.ndarray | None:
        """(m, m) bool: pairs that the data do not separate; None without rank sets."""
        sets = self.ranking.simultaneous
        return None if sets is None else not_told_apart(sets)


@dataclass(frozen=True)
class Findings(Ranked):
    """Results of one wave, and the words of its study in the language in use when it was made."""

    study: Study
    wave: Wave
    k: int
    profile: Profile
    spread: Spread
    checks: Checks
    robustness: Robustness
    nouns: Nouns
    regressions: tuple[Result | Refusal, ...] = ()
    groups: tuple[ByGroup, ...] = ()  # by every column of groups that the study names
    categories: Ranking | None = None  # of the items' categories, where some category has several items
    category_groups: tuple[ByGroup, ...] = ()

    @property
    def methods(self) -> MethodComparison:
        return self.checks.methods

    @property
    def published(self) -> bool:
        return isinstance(self.wave.answers, Published)


def gather(
    study: Study, *, wave: str | None, model: str, level: float | None, k: int, by_category: bool = False
) -> Findings:
    """Analyse one wave. Raises analysis.prepare.ModelError like `analysis.ranking.rank.rank`.

    Parameters
    ----------
    by_category : bool
        Whether categories are ranked, too.
    """
    from obstacles.analysis.prepare import prepare
    from obstacles.analysis.ranking.checks import checks
    from obstacles.analysis.ranking.rank import rank, wave_of
    from obstacles.analysis.ranking.respondents import profile
    from obstacles.analysis.ranking.robustness import robustness
    from obstacles.analysis.ranking.spread import spread

    chosen = wave_of(study, wave)
    prepared = prepare(chosen, k=k)
    ranking = rank(study, wave=wave, model=model, level=level, frequencies=False, prepared=prepared)
    categories = _categories(study, prepared, ranking) if by_category else None
    sizes = {column: dict(sizes) for column, sizes in chosen.sizes.items()}
    return Findings(
        study=study,
        wave=chosen,
        k=k,
        ranking=ranking,
        profile=profile(chosen, minimum=study.settings.privacy.min_group, invited=sizes, prepared=prepared),
        spread=spread(chosen, prepared=prepared),
        checks=checks(study, ranking, k=k, prepared=prepared),
        robustness=robustness(study, ranking, k=k, prepared=prepared),
        measure=measure_of(ranking),
        nouns=nouns_of(study),
        regressions=_regressions(study, prepared, chosen.id),
        groups=_by_groups(study, chosen, prepared, k=k, level=level),
        categories=categories,
        category_groups=()
        if categories is None
        else _by_groups(study, chosen, prepared, k=k, level=level, by_category=True),
    )


def several(categories: Categories) -> bool:
    """Whether there is more to say of categories than of their items."""
    return len(categories.items) > 1 and bool((categories.sizes > 1).any())


def _categories(study: Study, prepared: Prepared, ranking: Ranking) -> Ranking | None:
    """The categories by the method of the items; None where that says nothing of them."""
    from obstacles.analysis.prepare import ModelError
    from obstacles.analysis.ranking.rank import rank

    try:
        found = rank(
            study,
            wave=ranking.wave,
            model=ranking.model,
            level=ranking.level,
            frequencies=False,
            by_category=True,
            prepared=prepared,
        )
    except ModelError:
        return None
    return found if found.by_category is not None and several(found.by_category.categories) else None


def group_columns(study: Study, wave: Wave) -> list[str]:
    """The columns of a wave that the study names as groups; all where it names none."""
    known = [name for name in wave.respondents.columns if name != "id"]
    stated = {*wave.settings.columns, *study.settings.groups.split_by}
    return [name for name in known if not stated or name in stated or name == study.settings.groups.report_by]


def _by_groups(
    study: Study, wave: Wave, prepared: Prepared, *, k: int, level: float | None, by_category: bool = False
) -> tuple[ByGroup, ...]:
    from obstacles.analysis.change.by_group import by_group

    columns = group_columns(study, wave)
    tables = [
        by_group(study, wave, column, k=k, level=level, by_category=by_category, prepared=prepared)
        for column in columns
    ]
    return tuple(table for table in tables if table is not None)


def _regressions(study: Study, prepared: Prepared, wave: str) -> tuple[Result | Refusal, ...]:
    """Every [[model]] of the study that belongs to the wave."""
    if not study.settings.model:
        return ()
    from obstacles.analysis.regression.regress import regress_all

    return tuple(regress_all(study, wave, prepared=prepared))
