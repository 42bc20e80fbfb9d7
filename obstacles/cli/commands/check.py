"""`obstacles check`: everything that is wrong, doubtful or assumed, and what became of every row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.options import open_study, study_argument
from obstacles.cli.terminal import print_json, print_problems, receipt_line, say
from obstacles.reports.words.numbers import count
from obstacles.survey.problems import Problem, SurveyError
from obstacles.text.language import _, commas, label, ngettext

if TYPE_CHECKING:
    from obstacles.survey.study import Study


@click.command("check", help=_("Say what is wrong, doubtful or assumed in a study and its data."))
@study_argument
@click.option("--strict", is_flag=True, help=_("Warnings fail, too."))
@click.option("--json", "as_json", is_flag=True, help=_("Print problems and receipts as JSON."))
def command(study: Path, data: Path | None, strict: bool, as_json: bool) -> None:
    try:
        found = open_study(study, data)
    except SurveyError as error:
        if not as_json:
            raise
        print_json(record_of(None, error.problems, ok=False))
        raise SystemExit(error.exit_code) from None
    code = _strict_code(found) if strict else 0
    if as_json:
        print_json(record_of(found, problems_of(found), ok=code == 0))
    else:
        _print(found)
        if code:
            say(_("Warnings fail because of --strict."), error=True)
    raise SystemExit(code)


def problems_of(study: Study) -> list[Problem]:
    """The problems of a study and of all its waves, in the order in which they are printed."""
    return [*study.problems, *(problem for wave in study.waves for problem in wave.receipt.problems)]


def _strict_code(study: Study) -> int:
    """3 for a warning about the study file, 2 for one about the data, else 0."""
    if any(problem.severity == "warning" for problem in study.problems):
        return 3
    return 2 if any(problem.severity == "warning" for problem in problems_of(study)) else 0


def record_of(study: Study | None, problems: Sequence[Problem], *, ok: bool) -> dict[str, Any]:
    """What --json prints of a study, or of one that could not be loaded."""
    return {
        "schema": 1,
        "ok": ok,
        "study": study.id if study else None,
        "problems": [problem.to_dict() for problem in problems],
        "receipts": [{"wave": wave.id, **wave.receipt.to_dict()} for wave in study.waves] if study else [],
    }


def _asked(study: Study) -> str:
    """How many items the study has; where it has none, how many capabilities."""
    items, found = len(study.items), study.settings.capability
    if not items and found is not None:
        return ngettext("{n} capability", "{n} capabilities", len(found.item)).format(n=len(found.item))
    return ngettext("{n} item", "{n} items", items).format(n=items)


def _print(study: Study) -> None:
    waves = ngettext("{n} wave", "{n} waves", len(study.waves)).format(n=len(study.waves))
    say(_("{title}: {waves}, {items}").format(title=label(study.title), waves=waves, items=_asked(study)))
    print_problems(study.problems, error=False)
    for wave in study.waves:
        receipt = wave.receipt
        say()
        say(_("Wave {wave}, {file}").format(wave=wave.id, file=receipt.file))
        say("  " + receipt_line(receipt))
        for repair in receipt.repaired:
            say("  " + _("Repaired: {n} {what}").format(n=count(repair.count), what=repair.rule))
        if receipt.dropped_columns:
            say("  " + _("Not kept: {columns}").format(columns=commas(receipt.dropped_columns)))
        for what, value in receipt.choices:
            say("  " + _("{name}: {value}").format(name=what, value=value))
        print_problems(receipt.problems, error=False)
