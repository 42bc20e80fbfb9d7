"""`obstacles brief`: the finding of one wave as a short text, as it stands on the page of `report --kind brief`."""

from __future__ import annotations

from pathlib import Path

import click

from obstacles.cli.options import (
    known_wave,
    language_option,
    open_study,
    ranking_options,
    refuse_unspoken,
    refusing,
    strict_option,
    study_argument,
)
from obstacles.cli.publish import draft_option, drafted, publish_report
from obstacles.cli.terminal import prose, say_synthetic
from obstacles.text.language import _


@click.command("brief", help=_("Print the finding of one wave as a short text for an e-mail."))
@study_argument
@strict_option
@ranking_options
@language_option
@draft_option
def command(
    study: Path,
    data: Path | None,
    wave: str | None,
    model: str,
    level: float | None,
    k: int,
    language: str | None,
    draft: bool,
) -> None:
    prepared = drafted(open_study(study, data), draft)
    refuse_unspoken(language, prepared.settings.study.languages)
    from obstacles.reports.research.build import build_brief

    wave = known_wave(prepared, wave)
    with refusing():
        report = build_brief(prepared, wave=wave, model=model, level=level, k=k, language=language)
        publish_report(prepared, "brief", {"wave": wave})
    say_synthetic(prepared)
    prose(report.email)
