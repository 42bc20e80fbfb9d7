"""What the analysis found for one wave, gathered once for all sections of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from obstacles.analysis.inference.tiers import not_told_apart, tiers
from obstacles.reports.words.measures import Measure, measure_of
from obstacles.reports.words.naming import Nouns, nouns_of
from obstacles.survey.answers import Published
from obstacles.text.language import _, label

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
    from obstacles.analysis.change.groups_together import by_groups
    from obstacles.analysis.disclosure.coarse import needs_grid, on_grid
    from obstacles.analysis.disclosure.release.columns import shown_groups
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
    if needs_grid(study, chosen):
        ranking = replace(ranking, estimate=on_grid(ranking.estimate), shown=on_grid(ranking.shown))
    shown = None if study.settings.audience == "owner" else shown_groups(study, chosen)
    groups = by_groups(study, chosen, k=k, level=level, prepared=prepared, shown=shown)
    minimum = study.settings.privacy.min_group
    tell = categories is not None and shown is None  # of categories by group no plan knows the other columns
    sizes = {column: dict(sizes) for column, sizes in chosen.sizes.items()}
    return Findings(
        study=study,
        wave=chosen,
        k=k,
        ranking=ranking,
        profile=profile(chosen, minimum=minimum, invited=sizes, prepared=prepared, shown=shown),
        spread=spread(chosen, prepared=prepared),
        checks=checks(study, ranking, k=k, prepared=prepared),
        robustness=robustness(study, ranking, k=k, prepared=prepared),
        measure=measure_of(ranking),
        nouns=nouns_of(study),
        regressions=_regressions(study, prepared, chosen, shown, groups),
        groups=groups,
        categories=categories,
        category_groups=by_groups(study, chosen, k=k, level=level, prepared=prepared, shown=None, by_category=True)
        if tell
        else (),
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


def _regressions(
    study: Study,
    prepared: Prepared,
    wave: Wave,
    shown: Mapping[str, frozenset[str]] | None,
    groups: Sequence[ByGroup],
) -> tuple[Result | Refusal, ...]:
    """Every [[model]] of the study that belongs to the wave; of those kept from others, that they are hidden."""
    if not study.settings.model:
        return ()
    from obstacles.analysis.regression.regress import Refusal, regress_all
    from obstacles.analysis.regression.withheld import is_withheld

    found: dict[str, Result | Refusal] = {}
    models = [model for model in study.settings.model if model.wave in (None, wave.id)]
    kept = [model for model in models if shown is None or not is_withheld(model, wave, shown, groups)]
    own = replace(study, settings=study.settings.model_copy(update={"model": tuple(kept)}))
    fitted = iter(regress_all(own, wave.id, prepared=prepared))
    for model in models:
        reason = _("hidden, as it could tell what few people answered; the owner of the data sees it in a draft.")
        refused = Refusal(model.name, model.kind, label(model.title), reason)
        found[model.name] = next(fitted) if model in kept else refused
    return tuple(found.values())
