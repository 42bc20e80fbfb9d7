"""The report of many surveys: whether one category of obstacles comes first, on two pages and one of sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from obstacles.analysis.evidence.evidence import evidence
from obstacles.reports.evidence import words
from obstacles.reports.evidence.findings import EvidenceFindings
from obstacles.reports.evidence.sections import claim, sources, surveys
from obstacles.reports.report import Report
from obstacles.reports.wave.reproducibility import version_of
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import cut, plain
from obstacles.reports.words.page_blocks import Section, numbered
from obstacles.text.language import _, full_stop, ngettext, semicolons, using
from obstacles.text.language import language as language_in_use

if TYPE_CHECKING:
    from obstacles.analysis.evidence.result import Evidence
    from obstacles.survey.evidence.load import EvidenceFiles

SECTIONS: tuple[Callable[[EvidenceFindings], Section], ...] = (  # in the order of the pages
    claim.section,
    surveys.section,
    sources.section,
)


@dataclass(frozen=True, kw_only=True)
class EvidenceReport(Report):
    """Many surveys beside each other; its title is the verdict."""

    kind: ClassVar[str] = "evidence"
    by_item: ClassVar[tuple[str, ...]] = ("surveys",)  # a row per survey
    evidence: Evidence

    def results(self) -> dict[str, Any]:
        """The result, as `obstacles evidence --json` prints it."""
        return {"evidence": self.evidence.to_dict()}

    def sources(self) -> dict[str, Any]:
        """Nothing: the source of each survey stands with its figures."""
        return {}


def build_evidence_report(
    files: EvidenceFiles,
    *,
    category: str = "skills",
    reading: str = "narrow",
    level: float = 0.95,
    language: str | None = None,
) -> EvidenceReport:
    """Put many surveys beside each other and the verdict into words.

    Parameters
    ----------
    files : EvidenceFiles
        As `load_evidence` reads them.
    category, reading, level
        As in `evidence`.
    language : str, optional
        Code such as "en"; the language in use by default.

    Returns
    -------
    EvidenceReport
        The pages as values: sections of text, tables and charts. `write_report` makes files of them.

    Raises
    ------
    analysis.evidence.evidence.EvidenceError
        For a category, reading or level that `evidence` does not take.

    Examples
    --------
    >>> import obstacles as ob
    >>> files = ob.load_evidence(["examples/skills-first", "examples/eurostat-ai"])
    >>> ob.build_evidence_report(files, language="en").title
    'Skills: in the leading group, first place not established'
    """
    code = language or language_in_use()
    with using(code):
        e = evidence(files, category=category, reading=reading, level=level)
        f = EvidenceFindings(e, files.sought)
        name = files.files[0].resolve().parent.name or EvidenceReport.kind
        return EvidenceReport(
            study=name,
            title=words.headline(e),
            kicker=_("Evidence of many surveys · {category}").format(category=f.category),
            subtitle=_subtitle(f),
            sections=numbered([section(f) for section in SECTIONS]),
            footer=_("{study} · data {hash} · {tool} {version}").format(
                study=cut(plain(name), 40),
                hash=_hash(files),
                tool="obstacles",
                version=version_of("obstacle-ranking"),
            ),
            language=code,
            evidence=e,
        )


def _subtitle(f: EvidenceFindings) -> str:
    """In how many surveys the category is first, in one sentence."""
    e = f.evidence
    years = [survey.year for survey in e.surveys if survey.year is not None]
    message = _("First alone in {first} of {surveys} surveys")
    if years and min(years) == max(years):
        message = _("Surveys of {to_year}: first alone in {first} of {surveys}")
    elif years:
        message = _("Surveys of {from_year} to {to_year}: first alone in {first} of {surveys}")
    if e.counts.surveys == 1:
        message = _("A single survey: first alone in {first}")
    rest = _("level in {tied}")
    if e.counts.listed:
        rest = ngettext(
            "among the first three in {three} of {listed} that prints more than three",
            "among the first three in {three} of {listed} that print more than three",
            e.counts.listed,
        )
    written = semicolons((message, rest)).format(
        first=numbers.count(e.counts.first),
        surveys=numbers.count(e.counts.surveys),
        tied=numbers.count(e.counts.tied),
        three=numbers.count(e.counts.in_three),
        listed=numbers.count(e.counts.listed),
        from_year=min(years, default=""),
        to_year=max(years, default=""),
    )
    return full_stop(written)


def _hash(files: EvidenceFiles) -> str:
    """Of everything that was read."""
    content = b"".join(sha256(path.read_bytes()).digest() for path in files.files if path.is_file())
    return sha256(content).hexdigest()[:8]
