"""What is needed to make the same report again: hashes, seed, versions and the command, without paths or clock."""

from __future__ import annotations

import shlex
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from obstacles.reports.words import numbers
from obstacles.reports.words.measures import errors_in_words
from obstacles.reports.words.page_blocks import Fact
from obstacles.survey.studyfile.attached import without_private
from obstacles.text.language import _, commas

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings

PACKAGES = ("numpy", "scipy", "matplotlib", "weasyprint")
TOOL = "obstacle-ranking"


@cache
def version_of(package: str) -> str:
    """The version of a package that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return _("unknown")


def study_text(f: Findings) -> str | None:
    """The study file as it is attached; None where there is none (a study made in memory)."""
    text = file_text(f)
    return None if text is None else without_private(text)


def file_text(f: Findings) -> str | None:
    """The study file as it is, for its hash."""
    try:
        return f.study.path.read_text(encoding="utf-8-sig")
    except OSError:
        return None


def command(f: Findings) -> str:
    """The command that makes this report, whatever the defaults of the study file."""
    ranking = f.ranking
    words = ["obstacles", "report", f.study.path.name, "--wave", ranking.wave, "--model", ranking.model]
    words += ["--level", f"{ranking.level:g}", "--k", str(f.k)]
    return shlex.join(words)


def versions() -> tuple[tuple[str, str], ...]:
    """Programs whose versions decide the bytes."""
    import platform

    own = (TOOL, version_of(TOOL))
    return (own, ("python", platform.python_version()), *((name, version_of(name)) for name in PACKAGES))


def reproduction(f: Findings) -> tuple[Fact, ...]:
    """Hashes, settings, versions and the command by which the report is repeated."""
    return repeated(
        f,
        Fact(_("Data file, SHA-256"), f.wave.receipt.sha256),
        Fact(_("Study and data, SHA-256"), f.study.sha256),
        Fact(_("Method"), _settings(f)),
        command=command(f),
    )


def repeated(f: Findings, *facts: Fact, command: str) -> tuple[Fact, ...]:
    """The same of any report: the study file, facts of the report, versions, its command, and what is attached."""
    text = file_text(f)
    study = sha256(text.encode()).hexdigest() if text is not None else _("made in memory")
    attached = _("results.csv, results.json and, where there is one, study.toml without contact, paths and aliases")
    return (
        Fact(_("Study file, SHA-256"), study),
        *facts,
        Fact(_("Versions"), commas(f"{name} {version}" for name, version in versions())),
        Fact(_("Command"), command),
        Fact(_("Attached to the PDF"), attached),
    )


def _settings(f: Findings) -> str:
    """Method, errors, level, seed and draws."""
    ranking, sets = f.ranking, f.ranking.simultaneous
    message = _("{model} ({reason}); errors: {errors}; level {level}; seed {seed}.")
    if sets is not None and sets.draws:
        message = _("{model} ({reason}); errors: {errors}; level {level}; seed {seed}; {draws} draws of the rank sets.")
    return message.format(
        model=ranking.model,
        reason=ranking.reason,
        errors=errors_in_words(ranking.estimate.covariance_kind),
        level=numbers.level(ranking.level),
        seed=ranking.seed,
        draws=numbers.count(sets.draws if sets is not None else None),
    )
