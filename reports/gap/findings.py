"""What one gap report says, gathered once for all its sections: the released figures of a group and words for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts.gaps import ShareBar
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import Nouns, chart_name, cut, nouns_of, plain, sentence_names, value_name
from obstacles.reports.words.page_blocks import SUPPRESSED, Cell
from obstacles.text.language import _, in_use, joined, label, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstacles.analysis.disclosure.figures import Mean, Share
    from obstacles.analysis.disclosure.release.figures import Compared, GapRow, Gaps, ReleasedGroup
    from obstacles.survey.question import Item
    from obstacles.survey.study import Study, Wave


@dataclass(frozen=True)
class GroupGaps:
    """The figures of one group: all that a chart of them needs."""

    release: Gaps
    group: ReleasedGroup

    @property
    def whole(self) -> bool:
        """Whether this is the report of the whole organisation."""
        return self.group.name == ""

    @property
    def name(self) -> str:
        return _("The whole organisation") if self.whole else value_name(self.group.name, self.release.by)

    @cached_property
    def order(self) -> list[int]:
        """Capabilities from the largest share below to the smallest; capped ones at their ends, hidden ones last."""
        return sorted(range(len(self.group.rows)), key=lambda j: (-share_size(self.group.rows[j].below), j))

    @property
    def signed(self) -> bool:
        """Whether the study reports signed gaps instead of shortfalls."""
        return self.release.signed

    def gap(self, row: GapRow) -> Mean:
        return row.signed if self.signed else row.shortfall

    @cached_property
    def levels(self) -> list[str]:
        return [plain(label(level.label)) or f"{level.value:g}" for level in self.release.levels]

    def short_name(self, j: int) -> str:
        return chart_name(self.release.items[j])

    @property
    def first(self) -> list[int]:
        """Capabilities whose gaps tests separate from all others."""
        return [j for j in self.order if j in self.group.first]

    @cached_property
    def mapped(self) -> list[int]:
        """Capabilities that stand on the priority map; none where there is none."""
        rows = self.group.rows
        if self.release.importance_line is None:
            return []
        both = [j for j in self.order if None not in (rows[j].signed.low, rows[j].importance.low)]
        return both if len(both) > 1 else []

    @cached_property
    def start(self) -> list[int]:
        """Capabilities that tests show to be more important than most and below what is required."""
        return [j for j in self.mapped if self.group.rows[j].position == ("important", "below")]

    @property
    def shown(self) -> list[int]:
        """Capabilities whose row is not hidden."""
        return [j for j in self.order if self.group.rows[j].base is not None]


@dataclass(frozen=True)
class GapFindings(GroupGaps):
    """The figures of one group, and the study they come from."""

    study: Study

    @cached_property
    def wave(self) -> Wave:
        return self.study.wave(self.release.wave)

    @cached_property
    def nouns(self) -> Nouns:
        """What obstacles are called."""
        return nouns_of(self.study)


def share_size(share: Share) -> float:
    """By which shares are put in order: capped ones at their ends, hidden ones last."""
    if share.value is not None:
        return share.value
    return {"low": 0.0, "high": 1.0}.get(share.cap, -1.0)


# ---------- figures as text -------------------------------------------------------------------------------------


def bare_share(share: Share) -> str:
    """ "33", "<15" or "[c]", for columns headed %."""
    if share.value is not None:
        return numbers.bare_percent(share.value, 0)
    if share.cap in ("low", "high") and share.limit is not None:
        sign = "<" if share.cap == "low" else ">"
        return f"{sign}{numbers.bare_percent(share.limit, 0)}"
    return SUPPRESSED


def full_share(share: Share) -> str:
    """With the percent sign."""
    text = bare_share(share)
    return text if text == SUPPRESSED else f"{text}{in_use().before_percent}%"


def share_interval(share: Share) -> str:
    """The interval of a share as text; the mark of what is hidden."""
    return SUPPRESSED if share.cap == "hidden" else numbers.percent_interval(share.low, share.high, 0)


def mean_text(mean: Mean) -> str:
    """The mean as text; the mark of what is hidden."""
    return SUPPRESSED if mean.value is None else numbers.decimal(mean.value, digits(mean))


def mean_interval(mean: Mean, *, few: bool = False) -> str:
    """The interval; "–" where there is a mean without one."""
    if mean.value is None:
        return SUPPRESSED
    return numbers.MISSING if few else numbers.interval(mean.low, mean.high, digits(mean))


def digits(mean: Mean) -> int:
    """Decimals that the step of a mean needs."""
    return 1 if abs(mean.step * 10 - round(mean.step * 10)) < 1e-9 else 2


def comparison_cells(compared: Compared | None, hidden: bool) -> tuple[Cell, Cell, Cell]:
    """What is elsewhere, the difference, and its interval; marks of nothing or of what is `hidden` without one."""
    if compared is None:
        return (Cell(SUPPRESSED if hidden else numbers.MISSING),) * 3
    return (
        Cell(numbers.bare_percent(compared.rest, 0), compared.rest),
        Cell(numbers.points(compared.value, 0), compared.value),
        Cell(numbers.points_interval(compared.low, compared.high, 0)),
    )


def flag(compared: Compared | None, hidden: bool) -> Cell:
    """Whether more or fewer people are concerned here than elsewhere; a mark of nothing, or of what is `hidden`."""
    word = SUPPRESSED if compared is None and hidden else numbers.MISSING
    if compared is not None and compared.differs:
        word = _("more") if compared.value > 0 else _("fewer")
    return Cell(word, word)


def more_and_fewer(items: Sequence[Item], compared: Sequence[tuple[int, Compared | None]]) -> tuple[str, str]:
    """Names of the items on which tests show more people than elsewhere, and fewer; "" for none."""
    differing = [(i, found.value) for i, found in compared if found is not None and found.differs]
    more, fewer = ([items[i] for i, value in differing if value * sign > 0] for sign in (1, -1))
    return numbers.listing(sentence_names(more)), numbers.listing(sentence_names(fewer))


def share_bar(name: str, share: Share, whole: Share | None, **more: Any) -> ShareBar:
    """A share as a bar of a chart, the whole organisation's as a mark across it."""
    return ShareBar(
        name=name,
        value=share.value,
        low=share.low,
        high=share.high,
        text=bare_share(share),
        mark=None if whole is None else whole.value,
        limit=share.limit,
        above=share.cap == "high",
        **more,
    )


def hidden_groups(release: Gaps, longest: int) -> str:
    """Which groups have no report of their own, and why."""
    message = ngettext(
        "{names} has no report of its own: fewer than {n} people answered there, or its numbers would give away "
        "those of a smaller group. Its answers are part of the whole.",
        "{names} have no reports of their own: fewer than {n} people answered there, or their numbers would give "
        "away those of a smaller group. Their answers are part of the whole.",
        len(release.hidden),
    )
    names = numbers.listing([cut(value_name(name, release.by), longest) for name in release.hidden])
    return message.format(names=names, n=numbers.count(release.minimum))


# ---------- notes under figures and tables ----------------------------------------------------------------------


def source(f: GapFindings) -> str:
    """Where the figures come from: the study and its wave."""
    title = plain(label(f.study.title)) or f.study.id
    return _("Source: {title}, wave {wave}.").format(title=title, wave=f.release.wave)


def base(f: GapFindings) -> str:
    """Who is behind the figures of the group."""
    bases = [row.base for row in f.group.rows if row.base is not None]
    if not bases:
        return _("Base: too few respondents to be shown.")
    weighted = {
        "given": _("weighted"),
        "headcount": _("weighted by headcount"),
    }.get(f.release.weighting if f.release.weighted else "none", _("not weighted"))
    if min(bases) == max(bases):
        text = ngettext("Base: {n} respondent, {weighted}.", "Base: {n} respondents, {weighted}.", bases[0])
        return text.format(n=numbers.count(bases[0]), weighted=weighted)
    text = _("Base: {low} to {high} respondents for each capability, {weighted}.")
    return text.format(low=numbers.count(min(bases)), high=numbers.count(max(bases)), weighted=weighted)


def source_and_base(f: GapFindings) -> str:
    """Where the figures come from, and how many answered."""
    return joined([source(f), base(f)])


def raters(f: GapFindings) -> str:
    """Whose ratings the levels are."""
    if f.release.rater == "supervisor":
        return _("Levels are supervisors' ratings; they are not tests of skill.")
    return _("Levels are people's own ratings; they are not tests of skill.")


def interval_note(f: GapFindings) -> str:
    """Which intervals are shown."""
    level = numbers.level(f.release.level)
    if f.release.finite:
        return _(
            "{level} intervals: Wilson for shares, t for means, with the finite population correction; they describe "
            "those who did not answer as if at random."
        ).format(level=level)
    return _("{level} intervals: Wilson for shares, t for means.").format(level=level)
