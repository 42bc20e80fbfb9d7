"""Reports into a folder of the study, by what `obstacles report` does: published figures are registered there, too."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstacles.text.language import _
from obstacles.web.storage import StudyFolder, code
from obstacles.web.work.opened import problem, shown_study
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.reports.writers.batch import Done
    from obstacles.web.workers import Place, Tell

FORMATS = ("pdf", "docx", "xlsx", "html", "csv", "json")
KINDS = ("research", "change", "gap")
ARCHIVE = "all.zip"


def make(
    place: Place, kind: str, formats: Sequence[str], wave: str, by: str, level: float | None, model: str,
    tell: Tell | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Make one report in several forms, or the reports of all groups and a zip of them."""
    import click

    from obstacles.cli.commands.report import make as made_by_command

    if kind not in KINDS or not formats or any(one not in FORMATS for one in formats):
        raise RefusedError([problem("E-KEY-02", _("Choose a report and at least one form of it."))])
    study = shown_study(place) if kind == "change" else shown_study(place, wave or None)
    run = code(8)
    target = place.folder / "reports" / run
    target.mkdir(parents=True, mode=0o700)
    options: dict[str, Any] = {"language": place.language if place.language in study.settings.study.languages else None}
    options["level"] = level
    options["k"] = 3
    if kind in ("research", "gap"):
        options["wave"] = wave or None
    if kind == "research":
        options["model"] = None if model in ("", "auto") else model
    if kind == "gap":
        options |= {"by": by or None, "jobs": 1, "on_file": _counter(tell)}
    options = {name: value for name, value in options.items() if value is not None}
    tell = tell or (lambda done, of, words: None)
    tell(0, 1, _("Making the report"))
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
            made_by_command(study, target / _stem(study.id, kind), tuple(formats), kind=kind, **options)
    except click.ClickException as error:
        raise RefusedError([problem("E-OUT-04", error.format_message())]) from None
    finally:
        if not any(target.rglob("*")):
            target.rmdir()
    files = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    if kind == "gap":
        with zipfile.ZipFile(target / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in files:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                archive.writestr(info, (target / name).read_bytes(), zipfile.ZIP_DEFLATED)
        files.insert(0, ARCHIVE)
    words = [f"obstacles report study.toml --kind {kind} --format {','.join(formats)}"]
    words += [f"--{name} {value}" for name, value in options.items() if name in ("wave", "by", "level", "model")]
    folder = StudyFolder(place.folder)
    entry = {"kind": kind, "files": files, "study": folder.was[:8], "open": _open(folder), "command": " ".join(words)}
    folder.note(reports={**folder.meta["reports"], run: entry})
    return {"run": run, "files": files}


def _counter(tell: Tell | None) -> Callable[[Done], None]:
    """What is told of each report of a batch."""
    count = 0

    def on_file(done: Done) -> None:
        nonlocal count
        count += 1
        if tell is not None:
            tell(count, 0, done.group or _("Whole organisation"))

    return on_file


def _open(folder: StudyFolder) -> int:
    from obstacles.survey.studyfile.open_marks import open_marks

    return len(open_marks(folder.text))


def _stem(id: str, kind: str) -> str:
    return f"{id}-{kind}" if id else kind


def delete(place: Place, run: str) -> dict[str, Any]:
    """Remove the files of one run; what was published stays registered."""
    import shutil

    folder = StudyFolder(place.folder)
    reports = dict(folder.meta["reports"])
    if run in reports:
        shutil.rmtree(place.folder / "reports" / Path(run).name, ignore_errors=True)
        del reports[run]
        folder.note(reports=reports)
    return {}
