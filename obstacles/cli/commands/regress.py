"""`obstacles regress`: the regressions of a study in words and figures, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.options import (
    json_option,
    known_wave,
    level_option,
    open_study,
    refusing,
    strict_option,
    study_argument,
    wave_option,
)
from obstacles.cli.publish import draft_option, drafted, refuse_for_others, say_for_the_owner
from obstacles.cli.terminal import plain, print_json, print_table, print_warnings, prose, say, say_synthetic
from obstacles.reports.words.naming import quoted
from obstacles.reports.words.page_blocks import Block, Listing, Prose, Table, Together
from obstacles.survey.problems import Problem, SurveyError
from obstacles.text.language import _, commas, label

if TYPE_CHECKING:
    from obstacles.analysis.regression.kinds import Result
    from obstacles.analysis.regression.regress import Refusal
    from obstacles.survey.settings import RegressionSettings
    from obstacles.survey.study import Study

ON_A_TERMINAL = ("what", "base", "estimate", "interval", "dominance", "p", "bic", "parameters", "share", "kind_")
IN_SENTENCES = ("words", "first")  # texts of the rows in bold, below the figures
MOST_COLUMNS = 5


@click.command("regress", help=_("Say who finds which obstacle hard: the regressions of a study."))
@study_argument
@strict_option
@wave_option
@click.option("--model", metavar="NAME", help=_("A [[model]] of the study file; all of the wave when omitted."))
@click.option(
    "--formula", metavar="FORMULA", help=_('A model that the study file does not have, such as "grade + role".')
)
@click.option(
    "--kind", metavar="KIND", help=_("With --formula: the kind of regression; that of the answers if omitted.")
)
@level_option
@json_option
@draft_option
def command(
    study: Path,
    data: Path | None,
    wave: str | None,
    model: str | None,
    formula: str | None,
    kind: str | None,
    level: float | None,
    as_json: bool,
    draft: bool,
) -> None:
    if model is not None and formula is not None:
        raise click.UsageError(_("--model names a model of the study file, --formula makes one: give one of them."))
    if kind is not None and formula is None:
        raise click.UsageError(_("--kind belongs to --formula."))
    prepared = drafted(open_study(study, data), draft)
    wave = known_wave(prepared, wave)
    print_warnings([*prepared.problems, *prepared.wave(wave).receipt.problems])
    (refuse_for_others if as_json else say_for_the_owner)(prepared, "regress")
    found = fitted(prepared, wave, model, formula, kind, level)
    if as_json:
        print_json(record_of(prepared, found))
    else:
        for place, one in enumerate(found):
            if place:
                say()
            _print(prepared, one, first=place == 0)


def record_of(study: Study, found: Sequence[Result | Refusal]) -> dict[str, Any]:
    """What --json prints of fitted models."""
    return {"schema": 1, "study": study.id, "models": [one.to_dict() for one in found]}


def fitted(
    study: Study, wave: str | None, model: str | None, formula: str | None, kind: str | None, level: float | None
) -> list[Result | Refusal]:
    """One model, or all of the wave.

    Raises
    ------
    SurveyError
        Where no model can be fitted.
    """
    from obstacles.analysis.prepare import ModelError
    from obstacles.analysis.regression.regress import Refusal, regress, regress_all

    with refusing():
        if model is not None or formula is not None or not study.settings.model:
            stated = model if formula is None else _made(study, wave, formula, kind)
            return [regress(study, stated, wave=wave, level=level)]
    found = list(regress_all(study, wave, level=level))
    if not found:
        names = commas(one.name for one in study.settings.model)
        message = _("no [[model]] belongs to wave {wave}; the models are {names}, of other waves. Name one by --model.")
        raise click.UsageError(plain(message.format(wave=study.wave(wave).id, names=names)))
    refused = [one for one in found if isinstance(one, Refusal)]
    if len(refused) == len(found):
        raise SurveyError(
            Problem("error", ModelError.code, _("{name}: {value}").format(name=one.name, value=one.reason))
            for one in refused
        )
    return found


def _made(study: Study, wave: str | None, formula: str, kind: str | None) -> RegressionSettings:
    """The model of a formula that was typed."""
    from obstacles.analysis.regression.kinds import REGRESSIONS
    from obstacles.analysis.regression.regress import default_kind
    from obstacles.survey.settings import RegressionSettings
    from obstacles.text.nearest import hint

    if kind is not None and kind not in REGRESSIONS:
        message = _('there is no kind of regression "{kind}". {hint} The kinds are {known}.')
        text = message.format(kind=kind, hint=hint(kind, REGRESSIONS), known=commas(REGRESSIONS))
        raise click.UsageError(plain(" ".join(text.split())))
    return RegressionSettings.model_validate(
        {"name": _("typed"), "kind": kind or default_kind(study, wave), "formula": formula, "title": {"en": formula}}
    )


def _print(study: Study, found: Result | Refusal, *, first: bool) -> None:
    """The blocks of the report, as far as a terminal carries them."""
    from obstacles.analysis.regression.regress import Refusal
    from obstacles.reports.regression.section import blocks_of, lead, words_of

    if first:
        say_synthetic(study)
        prose(lead())
        say()
    wave = study.wave(None if isinstance(found, Refusal) else found.about.wave)
    prose(_("{study}, wave {wave}").format(study=label(study.title), wave=wave.id))
    for block in blocks_of(found, words_of(study, wave)):
        _print_block(block)


def _print_block(block: Block) -> None:
    if isinstance(block, Together):
        for inner in block.blocks:
            _print_block(inner)
    elif isinstance(block, Prose):
        if block.title:
            prose(block.title)
        for text in block.paragraphs:
            prose(quoted(text))
    elif isinstance(block, Listing):
        say()
        prose(block.title)
        for line in block.lines:
            prose(line)
    elif isinstance(block, Table) and any(row.on_page for row in block.rows):
        _print_rows(block)


def _print_rows(table: Table) -> None:
    """The columns that a terminal has room for, and the notes."""
    kept = [i for i in table.shown if table.columns[i].id.startswith(ON_A_TERMINAL)][:MOST_COLUMNS]
    rows = [row for row in table.rows if row.on_page]
    say()
    prose(table.title)
    print_table([table.columns[i].heading for i in kept], [[row.cells[i].text for i in kept] for row in rows])
    texts = [i for i in table.shown if table.columns[i].id in IN_SENTENCES]
    for row in rows:
        for i in texts:
            if row.strong:
                prose(_("{name}: {value}").format(name=row.cells[kept[0]].text, value=row.cells[i].text))
    for note in table.notes:
        prose(note)
