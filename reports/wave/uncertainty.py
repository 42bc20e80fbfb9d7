"""How uncertainty is worded: by how the respondents came in, never more than the design carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.words import numbers
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings


def assumption(findings: Findings) -> str:
    """What intervals and rank sets describe, by `sampling`; AAPOR (2021) asks that opt-in samples name it."""
    estimate = findings.ranking.estimate
    if estimate.covariance is None:
        return _("No interval or rank set is given: what is published does not carry one.")
    return assumption_of(findings.study.settings.study.sampling, finite=estimate.covariance_fpc is not None)


def assumption_of(sampling: str, *, finite: bool) -> str:
    """The same by `sampling` alone; `finite`: intervals carry the finite population correction."""
    if sampling == "probability":
        return _("Intervals give the margin of sampling error; they do not include other errors of a survey.")
    if sampling == "census":
        if finite:
            return _(
                "Everybody was asked. Intervals carry the finite population correction and describe non-response as if "
                "it were at random."
            )
        return _(
            "Everybody was asked. Intervals describe non-response as if it were at random; no finite population "
            "correction is made."
        )
    return _(
        "Intervals describe variation under the assumption that respondents are like a random sample of the "
        "population; they do not include selection error."
    )


def guarantees(findings: Findings) -> str:
    """What level each interval and rank set holds, and together with what."""
    ranking = findings.ranking
    level = numbers.level(ranking.level)
    if ranking.estimate.covariance is None:
        return ""
    if ranking.simultaneous is None:
        return _("Each interval holds by itself with {level} confidence; rank sets are not given.").format(level=level)
    if ranking.estimate.covariance_kind == "at most":
        return _(
            "Each interval holds by itself with {level} confidence. Rank sets hold for all {nouns} at once with at "
            "least {level} confidence: each pair is compared with the largest error that the printed shares allow "
            "(Holm)."
        ).format(level=level, nouns=findings.nouns.several)
    if ranking.simultaneous.method.startswith("sign flips"):
        return _(
            "Each interval holds by itself with {level} confidence. Rank sets hold for all {nouns} at once with "
            "{level} confidence (signs of the respondents' contributions flipped, step-down: Romano and Wolf 2005)."
        ).format(level=level, nouns=findings.nouns.several)
    return _(
        "Each interval holds by itself with {level} confidence. Rank sets hold for all {nouns} at once with {level} "
        "confidence (Mogstad, Romano, Shaikh and Wilhelm 2024, step-down)."
    ).format(level=level, nouns=findings.nouns.several)


def how_to_read(findings: Findings) -> tuple[str, ...]:
    """The rank chart explained."""
    nouns, level = findings.nouns, numbers.level(findings.ranking.level)
    return (
        _(
            "The dot is the rank in the sample. The grey bar covers every rank that the data do not rule out, at "
            "{level} confidence for all {nouns} at once. Of two {nouns} whose bars do not overlap, the order holds at "
            "that level. Where bars overlap, the table says which {nouns} cannot be told apart."
        ).format(level=level, nouns=nouns.several),
    )
