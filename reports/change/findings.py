"""What the analysis found for a comparison, gathered once for all sections of the report, and how its figures read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from obstacles.analysis.change.headline import ChangeHeadline
from obstacles.reports.wave.findings import Findings, gather
from obstacles.reports.words import numbers
from obstacles.reports.words.measures import Measure, score_words
from obstacles.reports.words.naming import Nouns, nouns_of, plain
from obstacles.text.language import _, commas, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstacles.analysis.change.items import ItemChanges
    from obstacles.analysis.change.pairs import PairChange
    from obstacles.analysis.change.result import Change
    from obstacles.analysis.subpopulation import ComparisonSide
    from obstacles.survey.question import Item
    from obstacles.survey.settings import Comparison
    from obstacles.survey.study import Study


@dataclass(frozen=True)
class Units(Measure):
    """How levels and their changes are written: in percent and points, in units of a scale, or as log-worths."""

    unit: str  # of a change, in the heading of a column

    def change(self, x: float | None) -> str:
        """Without a unit."""
        return numbers.points(x) if self.percent else numbers.signed(x, self.digits)

    def change_interval(self, low: float | None, high: float | None) -> str:
        """Of a change, without a unit."""
        return numbers.points_interval(low, high) if self.percent else numbers.signed_interval(low, high, self.digits)

    def on_axis(self, x: float | None) -> float | None:
        """A change as an axis has it: in points, or in units of the scale."""
        return x if x is None or not self.percent else 100 * x

    def size(self, x: float | None) -> str:
        """A size without a sign, with its unit: "5.0 points"."""
        text = self.without_unit(x)
        return _("{x} points").format(x=text) if self.percent else text

    def sizes(self, low: float, high: float) -> str:
        """ "5.0 to 7.6 points"; one size where both are printed alike."""
        ends = [self.without_unit(x) for x in (low, high)]
        text = ends[0] if ends[0] == ends[1] else _("{low} to {high}").format(low=ends[0], high=ends[1])
        return _("{x} points").format(x=text) if self.percent else text


@dataclass(frozen=True)
class Compared:
    """A comparison and what its items are called: all that a chart of it needs."""

    change: Change
    nouns: Nouns
    headline: ChangeHeadline  # of `main`
    main: PairChange  # two sides; in a report, the first wave against the last

    @property
    def items(self) -> tuple[Item, ...]:
        return self.change.items

    @property
    def order(self) -> list[int]:
        """Items from the largest to the smallest of the last wave."""
        return self.change.order

    @cached_property
    def units(self) -> Units:
        return units_of(self.nouns, self.change)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The sides as people read them."""
        return tuple(_side_name(side) for side in self.change.sides)

    @property
    def relative(self) -> bool:
        """Whether the changes are of worths, each relative to the rest."""
        return self.verdicts is not None and self.verdicts.relative

    @property
    def sets_known(self) -> bool:
        """Whether there are rank sets of both sides."""
        return self.main.ranks.first.sets is not None and self.main.ranks.second.sets is not None

    @property
    def verdicts(self) -> ItemChanges | None:
        return self.main.verdicts

    @cached_property
    def moved(self) -> dict[int, str]:
        """Items that went up or down for sure -> "up" or "down"."""
        found = self.headline
        return {**dict.fromkeys(found.up, "up"), **dict.fromkeys(found.down, "down")}

    @property
    def leaders(self) -> frozenset[int]:
        """The item that the winner test names first in the last wave: the accent."""
        return frozenset() if self.change.leader is None else frozenset({self.change.leader})


def _side_name(side: ComparisonSide) -> str:
    """A group by its name, a wave by its label or id."""
    if side.id != side.wave.id:
        return plain(side.id)
    return plain(label(side.wave.title)) or side.wave.id


@dataclass(frozen=True)
class ChangeFindings(Compared):
    """A comparison of waves, and the words of its study in the language in use when it was made."""

    study: Study
    stated: Comparison | None  # in the study file
    waves: tuple[Findings, ...]  # each wave by itself, for who answered and how it was made
    categories: Change | None = None  # the same comparison by category, where some category has several items


def measure_name(f: Compared, side: int) -> str:
    """What the levels of one side are called inside a sentence."""
    return units_of(f.nouns, f.change, side).method.estimate.lower()


def units_of(nouns: Nouns, change: Change, side: int = -1) -> Units:
    """The words for the levels of one side: the last one's, where sides compare."""
    estimate = change.sides[side].level or change.sides[side].order
    method = score_words(estimate.method, change.k)
    if estimate.display_scale == "worth":
        meaning = _(
            "The logarithm of the worth; log-worths sum to zero over the {nouns}, so each is relative to the others."
        )
        method = replace(method, estimate=_("Log-worth"), meaning=meaning.format(nouns=nouns.several))
        return Units(method, False, 2, _("log-worth"))
    if method.percent:
        return Units(method, True, 1, _("points"))
    return Units(method, False, 2, _("units of the scale"))


def gather_change(
    study: Study, change: Change, categories: Change | None, *, level: float | None, k: int
) -> ChangeFindings:
    """Put a comparison of waves beside what is known of each wave, and of the items' categories."""
    ids = [side.id for side in change.sides]
    return ChangeFindings(
        study=study,
        stated=next((stated for stated in study.settings.comparison if stated.id == change.id), None),
        change=change,
        waves=tuple(gather(study, wave=id, model="auto", level=level, k=_places(study, id, k)) for id in ids),
        nouns=nouns_of(study),
        headline=change.headline,
        main=change.main,
        categories=categories,
    )


def _places(study: Study, id: str, k: int) -> int:
    """No more places than the wave has."""
    asked = study.wave(id).question
    return min(k, asked.k or k)


def listed(names: Sequence[str], most: int) -> str:
    """ "a, b and c", or the first of them and how many more there are."""
    if len(names) <= most:
        return numbers.listing(names)
    rest = len(names) - most
    return _("{names} and {n} more").format(names=commas(names[:most]), n=numbers.count(rest))
