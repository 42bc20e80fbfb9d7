"""The first page: what the paper says, the verdict in its parts, and the difference in every survey."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

from obstacles.reports.charts.forest import ForestData, ForestRow
from obstacles.reports.evidence import words
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import capital
from obstacles.reports.words.page_blocks import Block, Fact, Facts, Figure, Section
from obstacles.text.language import _, full_stop, joined, ngettext, phrases, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.evidence.result import Evidence, SurveyEvidence
    from obstacles.reports.evidence.findings import EvidenceFindings


EQUAL = 1e-9


def section(f: EvidenceFindings) -> Section:
    """The claim and the verdict."""
    title = _("The claim, and what other surveys say") if f.paper else _("What the surveys say")
    blocks: tuple[Block, ...] = (verdict_parts(f), forest(f))
    return Section("claim", title, (claim(),) if f.paper else (), blocks)


def claim() -> str:
    """What the paper says, in one sentence."""
    return _(
        "Li and Luo (“Government Governance in the Era of Big Data: Opportunity, Challenge and Innovation Path”) write "
        "that quantitative research ranked the obstacles to applying big data, and that inadequate employees and "
        "skills come first."
    )


def verdict_parts(f: EvidenceFindings) -> Facts:
    """Three questions, kept apart: their own figures, their own sample, other surveys."""
    e = f.evidence
    own = (
        Fact(_("From the paper's own figures"), _("Cannot be recomputed: the paper prints no table.")),
        Fact(
            _("By its own sample"), _("Cannot be judged: without a table there is no share to put an interval round.")
        ),
    )
    found = (
        Fact(_("In other surveys") if f.paper else _("Counted"), words.counted(e, three=False)),
        Fact(_("Taken together"), together(e)),
        Fact(_("Read with care"), words.care()),
    )
    return Facts(_("The verdict in its parts"), (*(own if f.paper else ()), *found))


def together(e: Evidence) -> str:
    """The pool in one sentence; why there is none where there is none."""
    if e.pool is None:
        return words.pooled(e)
    message = _(
        "In {k} series that print enough, {category} less the best other category: {mean} points ({level} interval "
        "{interval}). A new survey could come out anywhere from {low} to {high} points."
    )
    low, high = e.pool.prediction
    return message.format(
        k=numbers.count(e.pool.k),
        category=words.name(e.category),
        mean=words.ends(e.pool, "mean"),
        level=numbers.level(e.level),
        interval=numbers.points_interval(*e.pool.interval),
        low=numbers.points(low),
        high=numbers.points(high),
    )


def forest(f: EvidenceFindings) -> Figure:
    """The difference to the next category in every survey, and what all say together."""
    data = forest_data(f)
    return Figure(
        id="forest",
        chart="forest",
        data=data,
        title=title(f),
        subtitle=_("Share of {category} less the share of the best other category, percentage points.").format(
            category=f.category
        ),
        alternative=alternative(f, data),
        notes=(_note(f),),
    )


def title(f: EvidenceFindings) -> str:
    """In how many surveys the category leads, is behind or level, of those that print shares; bounds count."""
    surveys = f.evidence.surveys
    values = [survey.difference.value for survey in surveys if survey.difference is not None]
    bounds = [bound for survey in surveys if (bound := most(survey)) is not None]
    ahead, behind = sum(value > EQUAL for value in values), sum(value < -EQUAL for value in (*values, *bounds))
    level, at_most = sum(abs(value) <= EQUAL for value in values), sum(bound >= -EQUAL for bound in bounds)
    parts = [
        ngettext(
            "{category} ahead in {ahead} of {n} survey that prints shares",
            "{category} ahead in {ahead} of {n} surveys that print shares",
            len(values) + len(bounds),
        ),
        _("behind in {behind}"),
        *([_("level in {level}")] if level else []),
        *([_("at most level in {at_most}")] if at_most else []),
    ]
    return phrases(
        part.format(
            category=capital(f.category),
            n=numbers.count(len(values) + len(bounds)),
            ahead=numbers.count(ahead),
            behind=numbers.count(behind),
            level=numbers.count(level),
            at_most=numbers.count(at_most),
        )
        for part in parts
    )


def _note(f: EvidenceFindings) -> str:
    sentences = [
        _(
            "Thin line: {level} interval where the two were named by as few of the same people as the shares allow; "
            "thick: by as many. Hollow: no number of respondents, so no interval."
        ).format(level=numbers.level(f.evidence.level)),
        _(
            "Arrow: left off a list cut short, so this difference at most. No mark: only the order was printed. Place: "
            "1= shared, 3+ this or later."
        ),
    ]
    if f.evidence.pool is not None:
        sentences.append(
            _("Diamond: interval of the mean of {k} series; bar: where a new survey would come out.").format(
                k=numbers.count(f.evidence.pool.k)
            )
        )
    return joined(sentences)


def alternative(f: EvidenceFindings, data: ForestData) -> str:
    """The chart in words: every difference, then the pool."""
    printed = [f"{row.name} {row.text}" for row in data.rows if row.kind == "survey" and row.text != numbers.MISSING]
    return joined(
        [
            full_stop(title(f)),
            _("Differences in points: {values}.").format(values=semicolons(printed)),
            together(f.evidence),
        ]
    )


def forest_data(f: EvidenceFindings) -> ForestData:
    """What the chart draws, in percentage points; government first, as in the result."""
    e = f.evidence
    z = NormalDist().inv_cdf((1 + e.level) / 2)
    return ForestData(
        rows=(*(_survey(survey, z) for survey in e.surveys), *_pooled(e)),
        behind=_("another leads"),
        ahead=_("{category} leads").format(category=f.category),
        text_heading=_("Points"),
        place_heading=_("Place"),
    )


def most(survey: SurveyEvidence) -> float | None:
    """The largest difference that a cut list leaves open; None where nothing was left off, or no share printed."""
    lead = next((each.lead for each in survey.shares if each.category == survey.leader), None)
    if survey.difference is not None or survey.share.high is None or lead is None:
        return None
    return survey.share.high - lead


def difference_text(survey: SurveyEvidence) -> str:
    """ "+4.0", "≤ −6.0" for a cut list, a dash where only the order was printed."""
    if survey.difference is not None:
        return numbers.points(survey.difference.value)
    at_most = most(survey)
    return numbers.MISSING if at_most is None else "≤ " + numbers.points(at_most)


def _survey(survey: SurveyEvidence, z: float) -> ForestRow:
    d = survey.difference
    inner = None if d is None or d.smallest_error is None else d.half_unit + z * d.smallest_error
    return ForestRow(
        name=words.survey_name(survey),
        group=capital(words.name(survey.population)),
        value=None if d is None else 100 * d.value,
        low=None if d is None or d.low is None else 100 * d.low,
        high=None if d is None or d.high is None else 100 * d.high,
        inner_low=None if d is None or inner is None else 100 * (d.value - inner),
        inner_high=None if d is None or inner is None else 100 * (d.value + inner),
        at_most=None if (at_most := most(survey)) is None else 100 * at_most,
        text=difference_text(survey),
        place=words.place(survey),
        accent=survey.standing == "first",
    )


def _pooled(e: Evidence) -> tuple[ForestRow, ...]:
    if e.pool is None:
        return ()
    group, pool = _("Together"), e.pool
    (low, high), (from_low, to_high) = pool.interval, pool.prediction
    name = _("Mean of {k} series").format(k=numbers.count(pool.k))
    mean = ForestRow(
        name, group, 100 * pool.largest.mean, 100 * low, 100 * high, None, None, None, words.ends(pool, "mean"), "",
        kind="mean",
    )  # fmt: skip
    text = numbers.points_interval(from_low, to_high)
    new = ForestRow(
        _("A new survey"), group, None, 100 * from_low, 100 * to_high, None, None, None, text, "", kind="prediction"
    )
    return mean, new
