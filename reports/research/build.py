"""The research report: one wave ranked, who answered, how the answers spread, and how it all came about.

`build_report` gathers the analysis and lets each section say its part in words and numbers; `writers.render` lays it
out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from obstacles.analysis.disclosure.coarse import needs_grid, on_grid
from obstacles.reports.regression import section as regression
from obstacles.reports.report import Report
from obstacles.reports.research.sections import (
    brief_page,
    by_group,
    categories,
    methods,
    ranking,
    robustness,
    spread,
    summary,
)
from obstacles.reports.wave import method_box, respondents
from obstacles.reports.wave.cover import (
    BARS,
    cover_bars,
    cover_facts,
    for_whom,
    imprint,
    language_of,
    with_marks,
)
from obstacles.reports.wave.findings import Findings, gather
from obstacles.reports.wave.reproducibility import study_text
from obstacles.reports.wave.uncertainty import assumption
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import chart_name, plain
from obstacles.reports.words.page_blocks import Callout, Fact, Figure, Section
from obstacles.survey.loading.minimum_size import refuse_small
from obstacles.text.group_words import calling
from obstacles.text.language import _, joined, label, ngettext, using

if TYPE_CHECKING:
    from obstacles.analysis.change.by_group import ByGroup
    from obstacles.analysis.ranking.checks import Checks
    from obstacles.analysis.ranking.result import Ranking
    from obstacles.analysis.regression.kinds import Result
    from obstacles.analysis.regression.regress import Refusal
    from obstacles.survey.problems import Receipt
    from obstacles.survey.study import Study

SECTIONS: tuple[Callable[[Findings], Section | None], ...] = (  # in the order of the pages
    summary.section,
    respondents.section,
    ranking.section,
    spread.section,
    methods.section,
    robustness.section,
    by_group.section,
    categories.section,
    regression.section,
    method_box.section,
)


@dataclass(frozen=True, kw_only=True)
class ResearchReport(Report):
    """One wave ranked."""

    kind: ClassVar[str] = "research"
    by_item: ClassVar[tuple[str, ...]] = ("ranking", "spread", "methods", "robustness")
    ranking: Ranking
    checks: Checks
    regressions: tuple[Result | Refusal, ...]
    groups: tuple[ByGroup, ...]
    categories: Ranking | None
    category_groups: tuple[ByGroup, ...]
    receipt: Receipt

    def results(self) -> dict[str, Any]:
        """The ranking and regressions, as `obstacles rank --json` and `obstacles regress --json` print them; groups."""
        regressions = {"regressions": [found.to_dict() for found in self.regressions]} if self.regressions else {}
        groups = {"by_group": [found.to_dict() for found in self.groups]} if self.groups else {}
        ranking = self.ranking.to_dict() | self.checks.to_dict()
        whole = {"ranking": ranking, **groups, **self._categories(), **regressions}
        return on_grid(whole) if self.on_grid else whole

    def _categories(self) -> dict[str, Any]:
        """The ranking of categories, as `obstacles rank --by-category --json` prints it, and by group."""
        if self.categories is None:
            return {}
        by_group = [found.to_dict() for found in self.category_groups]
        return {"categories": self.categories.to_dict() | ({"by_group": by_group} if by_group else {})}

    def sources(self) -> dict[str, Any]:
        return {"receipt": self.receipt.to_dict()}


Made = TypeVar("Made", bound=ResearchReport)


@dataclass(frozen=True, kw_only=True)
class BriefReport(ResearchReport):
    """The first page of a research report, by itself."""

    kind: ClassVar[str] = "brief"
    by_item: ClassVar[tuple[str, ...]] = ("ranking",)

    @property
    def email(self) -> str:
        """The finding in a few sentences."""
        letter = next(block for block in self.sections[0].blocks if isinstance(block, Callout))
        return joined(letter.paragraphs)


def build_report(
    study: Study,
    *,
    wave: str | None = None,
    model: str = "auto",
    level: float | None = None,
    k: int = 3,
    language: str | None = None,
) -> ResearchReport:
    """Analyse one wave and put what was found into words.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    wave : str, optional
        Id of the wave; the last one by default.
    model, level, k
        As in `rank`.
    language : str, optional
        Code such as "en"; the first of the study's languages by default.

    Returns
    -------
    ResearchReport
        The pages as values: sections of text, tables and charts. `write_report` and `write_export` make files of them.

    Raises
    ------
    analysis.prepare.ModelError
        For an unknown wave or model, or a model that does not apply to the answers.
    survey.problems.SurveyError
        For a wave with fewer respondents than a group that may be shown.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> report = ob.build_report(study)
    >>> [section.title for section in report.sections][:3]
    ['In short', 'Who answered', 'The ranking']
    """
    return _build(ResearchReport, SECTIONS, study, wave=wave, model=model, level=level, k=k, language=language)


def build_brief(
    study: Study,
    *,
    wave: str | None = None,
    model: str = "auto",
    level: float | None = None,
    k: int = 3,
    language: str | None = None,
) -> BriefReport:
    """One page: the finding, what is safe to say and what is not, an e-mail; options as of `build_report`."""
    return _build(
        BriefReport, (brief_page.section,), study, wave=wave, model=model, level=level, k=k, language=language
    )


def _build(
    made_of: type[Made],
    parts: Sequence[Callable[[Findings], Section | None]],
    study: Study,
    *,
    wave: str | None,
    model: str,
    level: float | None,
    k: int,
    language: str | None,
) -> Made:
    """A report of one wave with these sections."""
    code = language_of(study, language)
    with using(code), calling(study.settings.groups.words):
        refuse_small(study.settings, [each for each in study.waves if each.id == (wave or study.waves[-1].id)])
        f = gather(study, wave=wave, model=model, level=level, k=k, by_category=True)
        grid = needs_grid(study, f.wave)
        sections = [on_grid(made) if grid else made for section in parts if (made := section(f)) is not None]
        return made_of(
            **imprint(study, made_of.kind, code, sections),
            title=plain(label(study.title)) or study.id,
            kicker=_kicker(f, made_of.kind),
            subtitle=with_marks(_subtitle(f), f.study),
            facts=_cover_facts(f),
            disclosure=joined([assumption(f), for_whom(study)]),
            art=on_grid(_art(f)) if grid else _art(f),
            on_grid=grid,
            date=f.wave.fieldwork[1] if f.wave.fieldwork else None,
            study_text=study_text(f),
            ranking=f.ranking,
            checks=f.checks,
            regressions=f.regressions,
            groups=f.groups,
            categories=f.categories,
            category_groups=f.category_groups,
            receipt=f.wave.receipt,
        )


def _kicker(f: Findings, kind: str) -> str:
    if kind == BriefReport.kind:
        if f.study.settings.study.synthetic:
            return _("In brief · synthetic data · wave {wave}").format(wave=f.wave.id)
        return _("In brief · wave {wave}").format(wave=f.wave.id)
    if f.study.settings.study.synthetic:
        return _("Research report · synthetic data · wave {wave}").format(wave=f.wave.id)
    return _("Research report · wave {wave}").format(wave=f.wave.id)


def _subtitle(f: Findings) -> str:
    """What this is and from how many, in one sentence."""
    m, nouns = numbers.count(len(f.items)), f.nouns.several
    if f.published or f.ranking.estimate.covariance is None:
        message = _("A ranking of {m} {nouns} by published percentages, with the uncertainty shown.")
        if f.ranking.estimate.covariance is None:
            message = _("An order of {m} {nouns} by published percentages, without their uncertainty.")
        return message.format(m=m, nouns=nouns)
    message = ngettext(
        "A ranking of {m} {nouns}, with the uncertainty shown, from {n} respondent.",
        "A ranking of {m} {nouns}, with the uncertainty shown, from {n} respondents.",
        f.profile.respondents,
    )
    return message.format(m=m, nouns=nouns, n=numbers.count(f.profile.respondents))


def _cover_facts(f: Findings) -> tuple[Fact, ...]:
    """ESOMAR/WAPOR's minimum, the form of the question and the method."""
    stated = f.study.settings.study
    facts = (
        method_box.fact(_("Conducted by"), label(stated.conducted_by)),
        method_box.fact(_("Fieldwork"), method_box.fieldwork(f)),
        method_box.fact(_("Sponsor"), label(stated.sponsor)),
        method_box.fact(_("Sample size"), method_box.size(f)),
        method_box.fact(_("Population"), label(stated.population)),
        method_box.fact(_("Mode"), label(stated.mode)),
        method_box.fact(_("Question"), method_box.answer_form(f)),
        method_box.fact(_("Method"), _method(f)),
    )
    return cover_facts(facts)


def _method(f: Findings) -> str:
    name = f.measure.method.name
    return name if f.profile.weights is None else _("{method}, weighted").format(method=name)


def _art(f: Findings) -> Figure | None:
    """Bars as long as the estimates; none where there is nothing to show."""
    if f.ranking.headline.kind == "nothing":
        return None
    shown, bounds = f.ranking.shown.value, f.ranking.estimate.bounds
    items = [i for i in f.order if shown[i] == shown[i]][:BARS]
    if f.ranking.estimate.display_scale == "negated":
        lengths = [bounds[1] - float(shown[i]) for i in items]
    else:
        start = 0.0 if f.measure.percent else bounds[0]
        lengths = [float(shown[i]) - start for i in items]
    alternative = _("Bars as long as the estimates of the first {n} {nouns}; the figures are in section 1.").format(
        n=numbers.count(len(items)), nouns=f.nouns.several
    )
    return cover_bars(lengths, [i in f.leaders for i in items], [chart_name(f.items[i]) for i in items], alternative)
