"""The change report: waves against each other, what rose and fell, what cannot be said, and what cannot be compared.

`build_change_report` gathers the analysis and lets each section say its part in words and numbers; `writers.render`
lays it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from obstacles.analysis.disclosure.coarse import needs_grid, on_grid
from obstacles.reports.change.findings import ChangeFindings, gather_change
from obstacles.reports.change.sections import (
    categories,
    composition,
    groups,
    homogeneity,
    items,
    method,
    ranks,
    summary,
    waves,
)
from obstacles.reports.change.sections.parts import uncertainty
from obstacles.reports.report import Report
from obstacles.reports.wave import method_box
from obstacles.reports.wave.cover import (
    BARS,
    cover_bars,
    cover_facts,
    for_whom,
    imprint,
    language_of,
    with_marks,
)
from obstacles.reports.wave.findings import several
from obstacles.reports.wave.reproducibility import study_text
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import chart_name, plain, value_name
from obstacles.reports.words.page_blocks import Fact, Figure, Section
from obstacles.survey.loading.minimum_size import refuse_small
from obstacles.text.group_words import calling
from obstacles.text.language import _, joined, label, ngettext, using

if TYPE_CHECKING:
    from obstacles.analysis.change.result import Change
    from obstacles.survey.study import Study

SECTIONS: tuple[Callable[[ChangeFindings], Section | None], ...] = (  # in the order of the pages
    summary.section,
    waves.section,
    ranks.section,
    items.section,
    homogeneity.section,
    composition.section,
    groups.section,
    categories.section,
    method.section,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class ChangeReport(Report):
    """Waves side by side."""

    kind: ClassVar[str] = "change"
    by_item: ClassVar[tuple[str, ...]] = ("changes", "ranks", "over", "worths", "composition", "panel")
    change: Change
    categories: Change | None
    receipts: tuple[tuple[str, dict[str, Any]], ...]  # wave -> what became of its rows

    def results(self) -> dict[str, Any]:
        """The comparison, as `obstacles compare --json` prints it; by category, too, as with --by-category."""
        categories = {} if self.categories is None else {"categories": self.categories.to_dict()}
        record = {"change": self.change.to_dict(), **categories}
        return on_grid(record) if self.on_grid else record

    def sources(self) -> dict[str, Any]:
        return {"receipts": [{"wave": wave, **receipt} for wave, receipt in self.receipts]}


def build_change_report(
    study: Study,
    *,
    comparison: str | None = None,
    waves: Sequence[str] | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    level: float | None = None,
    k: int = 3,
    language: str | None = None,
) -> ChangeReport:
    """Compare waves and put what was found into words.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    comparison, waves, where, level, k
        As in `compare`.
    language : str, optional
        Code such as "en"; the first of the study's languages by default.

    Returns
    -------
    ChangeReport
        The pages as values, for `write_report` and `write_export`.

    Raises
    ------
    analysis.prepare.ModelError
        Where the waves cannot be compared or scored.
    survey.problems.SurveyError
        For a wave with fewer respondents than a group that may be shown.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> ob.build_change_report(study).kicker
    'Change report · synthetic data · 2022 to 2024'
    """
    from obstacles.analysis.change.compare import compare
    from obstacles.analysis.change.for_others import for_others

    code = language_of(study, language)
    with using(code), calling(study.settings.groups.words):
        compared = partial(compare, study, comparison=comparison, waves=waves, where=where, level=level, k=k)
        change = for_others(study, compared())
        by_category = _categories(compared)
        by_category = None if by_category is None else for_others(study, by_category)
        f = gather_change(study, change, by_category, level=level, k=k)
        refuse_small(study.settings, [one.wave for one in f.waves])
        grid = any(needs_grid(study, one.wave) for one in f.waves)
        sections = [on_grid(made) if grid else made for section in SECTIONS if (made := section(f)) is not None]
        fieldwork = [wave.wave.fieldwork for wave in f.waves]
        return ChangeReport(
            **imprint(study, ChangeReport.kind, code, sections),
            title=plain(label(study.title)) or study.id,
            kicker=_kicker(f),
            subtitle=with_marks(_subtitle(f), f.study),
            facts=_cover_facts(f),
            disclosure=joined([uncertainty(f), for_whom(study)]),
            art=on_grid(_art(f)) if grid else _art(f),
            on_grid=grid,
            date=max((days[1] for days in fieldwork if days), default=None),
            study_text=study_text(f.waves[-1]),
            change=change,
            categories=f.categories,
            receipts=tuple((wave.wave.id, wave.wave.receipt.to_dict()) for wave in f.waves),
        )


def _categories(compared: Callable[..., Change]) -> Change | None:
    """The comparison by category; None where it says nothing that the items' does not."""
    from obstacles.analysis.prepare import ModelError

    try:
        found = compared(by_category=True)
    except ModelError:
        return None
    return found if found.categories is not None and several(found.categories) else None


def _kicker(f: ChangeFindings) -> str:
    waves = _("{first} to {last}").format(first=f.names[0], last=f.names[-1])
    if f.study.settings.study.synthetic:
        return _("Change report · synthetic data · {waves}").format(waves=waves)
    return _("Change report · {waves}").format(waves=waves)


def _subtitle(f: ChangeFindings) -> str:
    """What this is, in one sentence."""
    message = _("What rose, what fell, what stayed and what cannot be compared among {m} {nouns}, over {n} waves.")
    text = message.format(m=numbers.count(len(f.items)), nouns=f.nouns.several, n=numbers.count(len(f.names)))
    if not f.change.where:
        return text
    names = numbers.listing([value_name(name, column) for column, names in f.change.where.items() for name in names])
    return joined([text, _("Only respondents of {groups}.").format(groups=names)])


def _size(f: ChangeFindings, position: int) -> str | None:
    """Respondents compared, beside those of the whole wave where only some are."""
    if not f.change.where:
        return method_box.size(f.waves[position])
    n = f.change.sides[position].people
    text = ngettext(
        "{n} respondent compared, of {all} in the wave.", "{n} respondents compared, of {all} in the wave.", n
    )
    return text.format(n=numbers.count(n), all=numbers.count(f.waves[position].profile.respondents))


def _cover_facts(f: ChangeFindings) -> tuple[Fact, ...]:
    """ESOMAR/WAPOR's minimum for both ends of the comparison."""
    stated = f.study.settings.study
    first, last = f.waves[0], f.waves[-1]
    facts = (
        method_box.fact(_("Conducted by"), label(stated.conducted_by)),
        method_box.fact(_("Sponsor"), label(stated.sponsor)),
        method_box.fact(_("Fieldwork {wave}").format(wave=f.names[0]), method_box.fieldwork(first)),
        method_box.fact(_("Fieldwork {wave}").format(wave=f.names[-1]), method_box.fieldwork(last)),
        method_box.fact(_("Sample size {wave}").format(wave=f.names[0]), _size(f, 0)),
        method_box.fact(_("Sample size {wave}").format(wave=f.names[-1]), _size(f, -1)),
        method_box.fact(_("Population"), label(stated.population)),
        method_box.fact(_("Mode"), label(stated.mode)),
    )
    return cover_facts(facts)


def _art(f: ChangeFindings) -> Figure | None:
    """Bars as long as the levels of the last wave."""
    side = f.change.sides[-1]
    value = (side.level or side.order).value
    if (side.level or side.order).display_scale == "worth":
        value = value - value.min()
    longest = [i for i in f.order if value[i] == value[i]][:BARS]
    alternative = _("Bars as long as the levels of {wave}; the figures are in the tables.").format(wave=f.names[-1])
    accent = [i in f.moved or i in f.headline.ranks for i in longest]
    names = [chart_name(f.items[i]) for i in longest]
    return cover_bars([float(value[i]) for i in longest], accent, names, alternative)
