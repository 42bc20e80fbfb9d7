"""Reports in the forms that others work on: Word, Excel, LaTeX, pictures.

`export.json` in a folder of several files names each with its hash: what an earlier export made there, and this one
does not make again, is removed, unless somebody changed it. So no figure of a group stays that has no report any more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from obstacles.reports.writers.door import Writer, hash_of
from obstacles.reports.writers.figures import to_figures
from obstacles.reports.writers.glyphs import missing_problem
from obstacles.reports.writers.latex import to_latex
from obstacles.reports.writers.render import OnProblem, warn_of, write_report

if TYPE_CHECKING:
    from obstacles.reports.charts.files import Missing
    from obstacles.reports.report import Report

MANIFEST = "export.json"
ONE_FILE = ("docx", "xlsx")  # forms of reports.writers.render.FORMATS
EXPORTS: dict[str, Callable[[Report, Missing], list[tuple[str, bytes]]]] = {
    "latex": to_latex,
    "figures": to_figures,
}
KINDS = (*EXPORTS, *ONE_FILE)


def write_export(
    report: Report,
    folder: Path | str,
    *,
    to: str,
    on_problem: OnProblem | None = None,
    inputs: Sequence[Path] = (),
    force: bool = False,
) -> list[Path]:
    """Write a report for others to work on.

    Parameters
    ----------
    report : ResearchReport, ChangeReport or GapReport
        As `build_report`, `build_change_report` and `build_gap_report` make it.
    folder : Path or str
        Where the files go; it is made.
    to : {"latex", "figures", "docx", "xlsx"}
        Tables and figures for LaTeX, charts as pictures with their numbers, a Word document, an Excel workbook.
    on_problem : callable, optional
        Is given what went wrong (characters that no font has); a `GlyphWarning` by default.
    inputs : sequence of Path
        Files that are never written over, such as `study.files`.
    force : bool
        Whether files that were not made here are written over.

    Returns
    -------
    list of Path
        The files written; for Word and Excel `<study>-<kind>.docx` or `.xlsx`.

    Raises
    ------
    survey.problems.SurveyError
        For a file that must not be written (`reports.writers.door`).

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/eurostat-ai/study.toml")
    >>> [path.name for path in ob.write_export(ob.build_report(study), "word", to="docx")]
    ['eurostat-ai-research.docx']
    """
    folder = Path(folder)
    if to not in EXPORTS:
        target = folder / f"{report.study}-{report.kind}"
        return write_report(report, target, formats=(to,), on_problem=on_problem, inputs=inputs, force=force)
    return write_files(folder, files_of(report, to, on_problem or warn_of), Writer(inputs, force))


def files_of(report: Report, to: str, on_problem: OnProblem, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files of one report for an export of several files; problems are told at the end."""
    missing: dict[str, None] = {}
    for name, content in EXPORTS[to](report, lambda character: missing.update({character: None})):
        yield f"{prefix}{name}", content
    if missing:
        on_problem(missing_problem(list(missing)))


def write_files(folder: Path, files: Iterable[tuple[str, bytes]], writer: Writer) -> list[Path]:
    """Write files one after the other, then remove those that an earlier export left."""
    writer.check([folder / MANIFEST])
    before, written = _read(folder), dict[str, str]()
    for name, content in files:
        writer.write(folder / name, content, known=before.get(name, ""))
        written[name] = sha256(content).hexdigest()
        _record(folder, before | written, writer)  # an export that is stopped leaves nothing that nobody knows of
    for name, known in before.items():
        if name not in written and hash_of(folder / name) == known:
            writer.remove(folder / name)
    _record(folder, written, writer)
    return [folder / name for name in written]


def _record(folder: Path, files: dict[str, str], writer: Writer) -> None:
    text = json.dumps({"schema": 1, "files": files}, indent=2, ensure_ascii=False) + "\n"
    writer.write(folder / MANIFEST, text.encode())


def _read(folder: Path) -> dict[str, str]:
    """Name -> hash of what an earlier export made; nothing where the manifest is missing, damaged or points outside."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {str(name): str(known) for name, known in found.items() if _inside(str(name))}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
