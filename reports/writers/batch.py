"""A batch of gap reports: one per group and one for the whole organisation, with an index page and a manifest.

`manifest.json` names every file with its hash and the hash of what it says. A batch that was interrupted goes on where
it stopped: a report whose words and figures are the same and whose file is as it was made is kept. Reports are made by
processes of their own, which get words and figures only, never the answers; files are the same whatever their number.
A report that fails is named, and the others are made.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from obstacles.reports.gap.build import GapReport, build_gap_report
from obstacles.reports.wave.reproducibility import versions
from obstacles.reports.writers.batch_index import index_of
from obstacles.reports.writers.door import Writer, hash_of
from obstacles.reports.writers.render import FORMATS, index_html
from obstacles.survey.problems import SurveyError
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.release.figures import Gaps
    from obstacles.survey.problems import Problem
    from obstacles.survey.study import Study

MANIFEST, INDEX = "manifest.json", "index.html"
LONGEST = 80  # characters of a file's name
AHEAD = 2  # reports per process that are made or wait
MADE, KEPT, FAILED = "made", "kept", "failed"


@dataclass(frozen=True)
class Done:
    """What became of one report."""

    group: str  # "" = the whole organisation
    state: str  # MADE, KEPT or FAILED
    files: tuple[str, ...] = ()
    reason: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class BatchResult:
    folder: Path
    reports: tuple[Done, ...]  # the whole first, then groups by name
    removed: tuple[str, ...] = ()  # files of an earlier batch that belong to no report any more

    @property
    def failed(self) -> tuple[Done, ...]:
        return tuple(done for done in self.reports if done.state == FAILED)


@dataclass(frozen=True)
class Entry:
    """One report of the manifest."""

    group: str
    content: str  # hash of what the report says and of the programs that write it
    files: Mapping[str, str] = field(default_factory=dict)  # name -> SHA-256


def write_gap_reports(
    study: Study,
    found: Gaps,
    folder: Path,
    *,
    formats: Sequence[str] = ("pdf",),
    language: str | None = None,
    name: str = "{group}",
    archive: bool = False,
    jobs: int = 2,
    on_file: Callable[[Done], None] = lambda done: None,
    force: bool = False,
) -> BatchResult:
    """Write the reports of all groups of a release into a folder.

    Parameters
    ----------
    study : Study
        As `load_study` reads it.
    found : Gaps
        What may be shown of all groups, as `gaps` returns it for the same study.
    folder : Path
        Where the files go; it is made. An interrupted batch goes on where it stopped.
    formats : sequence of str
        Endings of the files of each group: "pdf", "html", "json", "csv", "xlsx", "docx".
    language : str, optional
        Code such as "en"; the first of the study's languages by default.
    name : str
        Of each file, without its ending; {group} stands for the group.
    archive : bool
        Whether PDFs are for an archive.
    jobs : int
        Processes that make reports at the same time.
    on_file : callable, optional
        Is given each report when it is done.
    force : bool
        Whether files that were not made here are written over; those of the study never are.

    Returns
    -------
    BatchResult
        For each group the files written or kept, and what went wrong with those that have none.

    Raises
    ------
    survey.problems.SurveyError
        Before any report is made, for each file that must not be written (`reports.writers.door`).
    OSError
        When the folder cannot be written.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> from pathlib import Path
    >>> done = ob.write_gap_reports(study, ob.gaps(study, by="grade"), Path("gap"), formats=("csv",), jobs=1)
    >>> [(one.group, one.files) for one in done.reports][:2]
    [('', ('whole-organisation.csv',)), ('Junior', ('Junior.csv',))]
    """
    writer = Writer(study.files, force)
    writer.check(paths_of_batch(found, folder, formats, name))
    groups = ["", *(one.name for one in found.groups)]
    stems = file_stems(groups, name)

    def report_of(group: str) -> GapReport:
        """Made twice, for its hash and for its file: a hundredth of a second each, and no report waits in memory."""
        return replace(build_gap_report(study, found, group, language=language), archive=archive)

    contents = {group: content_of(report_of(group)) for group in groups}
    before = read_manifest(folder)
    entries = {group: _whole(folder, before.get(group), contents[group], stems[group]) for group in groups}
    wanted = {
        group: [form for form in formats if f"{stems[group]}.{form}" not in entries[group].files] for group in groups
    }
    names = {f"{stems[group]}.{form}" for group in groups for form in formats}
    removed = _remove_old(folder, before, names.union(*(entry.files for entry in entries.values())), writer)
    done = {group: Done(group, KEPT, tuple(entries[group].files)) for group in groups if not wanted[group]}
    for each in done.values():
        on_file(each)
    work = ((report_of(group), stems[group], tuple(wanted[group])) for group in groups if wanted[group])
    waiting: dict[Future[Written], str] = {}

    def keep(group: str, made: Mapping[str, str]) -> None:
        """Name the files of a report in the manifest."""
        entries[group] = Entry(group, contents[group], {**entries[group].files, **made})
        writer.write(folder / MANIFEST, _manifest(study, found, entries, ()).encode())

    try:
        with closing(_made(folder, work, min(jobs, sum(map(bool, wanted.values()))), writer, waiting)) as reports:
            for group, made, one in reports:
                done[group] = one
                if one.state == MADE:
                    keep(group, made)
                on_file(one)
    finally:  # a batch that is stopped names what its processes have finished
        for group, made, one in [
            _outcome(group, future, folder) for future, group in waiting.items() if _ended(future)
        ]:
            if one.state == MADE:
                keep(group, made)
    result = BatchResult(folder, tuple(done[group] for group in groups), removed)
    failed = [one.group for one in result.failed]
    writer.write(folder / MANIFEST, _manifest(study, found, entries, failed).encode())
    files = {group: tuple(sorted(entry.files)) for group, entry in entries.items() if entry.files}
    writer.write(folder / INDEX, index_html(index_of(study, found, report_of(""), files, failed)))
    return result


# ---------- names -----------------------------------------------------------------------------------------------


def paths_of_batch(found: Gaps, folder: Path, formats: Sequence[str], name: str = "{group}") -> list[Path]:
    """All files that a batch of these formats writes."""
    stems = file_stems(["", *(one.name for one in found.groups)], name)
    reports = [folder / f"{stem}.{form}" for stem in stems.values() for form in formats]
    return [folder / MANIFEST, folder / INDEX, *reports]


def file_stems(groups: Sequence[str], name: str) -> dict[str, str]:
    """Group -> name of its file without an ending: readable, safe on every system, and unlike all others."""
    used: set[str] = {Path(MANIFEST).stem, Path(INDEX).stem}
    stems: dict[str, str] = {}
    for group in groups:
        plain = _slug(group) if group else _slug(_("whole organisation"))
        stem = _slug(name.replace("{group}", plain)) or plain
        number, wanted = 1, stem
        while stem.casefold() in used:
            number += 1
            stem = f"{wanted}-{number}"
        used.add(stem.casefold())
        stems[group] = stem
    return stems


def _slug(text: str) -> str:
    """Letters and digits of any script, joined by hyphens."""
    plain = unicodedata.normalize("NFC", text)
    return re.sub(r"[^\w.]+", "-", plain).strip("-._")[:LONGEST].strip("-._") or "group"


# ---------- what is kept ----------------------------------------------------------------------------------------


def content_of(report: GapReport) -> str:
    """Hash of all that decides a report's files: its words and figures, and the programs that write it."""
    return sha256(repr((report, versions(), _templates())).encode()).hexdigest()


def _templates() -> str:
    folder = Path(__file__).parents[1] / "templates"
    return sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())).hexdigest()


def read_manifest(folder: Path) -> dict[str, Entry]:
    """Group -> entry of the manifest in a folder; nothing where it is missing or damaged."""
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        entries = [
            Entry(one["group"] or "", str(one["content"]), {str(k): str(v) for k, v in one["files"].items()})
            for one in record["reports"]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {entry.group: entry for entry in entries}


def _whole(folder: Path, entry: Entry | None, content: str, stem: str) -> Entry:
    """What of an entry still holds: files of the same words, under the same name, that are as they were made."""
    files = entry.files if entry is not None and entry.content == content else {}
    same = {file: value for file, value in files.items() if Path(file).stem == stem and hash_of(folder / file) == value}
    return Entry("" if entry is None else entry.group, content, same)


def _remove_old(folder: Path, before: Mapping[str, Entry], names: set[str], writer: Writer) -> tuple[str, ...]:
    """Remove files that an earlier batch made, and nobody changed, and that say what is no longer so."""
    removed = []
    for entry in before.values():
        for file, value in entry.files.items():
            old = file not in names and Path(file).name == file and hash_of(folder / file) == value
            if old and writer.remove(folder / file):
                removed.append(file)
    return tuple(sorted(removed))


# ---------- making ----------------------------------------------------------------------------------------------


Work = tuple[GapReport, str, tuple[str, ...]]  # a report, the name of its files without ending, their forms


Written = tuple[dict[str, str], tuple["Problem", ...]]  # name -> hash, what went wrong on the pages


def _made(
    folder: Path, work: Iterable[Work], jobs: int, writer: Writer, waiting: dict[Future[Written], str]
) -> Generator[tuple[str, dict[str, str], Done], None, None]:
    """(group, name -> hash, what became of it) in the order in which reports are finished; a few wait at a time.

    `waiting` holds those that were not given out yet; when this ends, none is being made any more.
    """
    if not jobs:
        return
    from multiprocessing import get_context

    context = get_context("spawn")  # a fresh process: small, and the same on every system
    left = iter(work)
    with TemporaryDirectory(prefix="obstacles-", ignore_cleanup_errors=True) as temporary:
        pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(temporary,))
        try:
            waiting |= _submitted(pool, folder, islice(left, AHEAD * jobs), writer)
            while waiting:
                ready, _others = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    group = waiting.pop(future)
                    yield _outcome(group, future, folder)
                waiting |= _submitted(pool, folder, islice(left, len(ready)), writer)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _ended(future: Future[Written]) -> bool:
    return future.done() and not future.cancelled()


def _submitted(
    pool: ProcessPoolExecutor, folder: Path, work: Iterable[Work], writer: Writer
) -> dict[Future[Written], str]:
    """The reports handed to the pool; one that has broken gets no more, and each is told so."""
    waiting: dict[Future[Written], str] = {}
    for report, stem, forms in work:
        try:
            future = pool.submit(_write, report, folder, stem, forms, writer)
        except BrokenProcessPool as error:
            future = Future()
            future.set_exception(error)
        waiting[future] = report.group
    return waiting


def _outcome(group: str, future: Future[Written], folder: Path) -> tuple[str, dict[str, str], Done]:
    try:
        files, problems = future.result()
    except BrokenProcessPool:
        return group, {}, Done(group, FAILED, reason=_("the process that made it ended; is memory short?"))
    except SurveyError as error:  # a file that came while the batch ran
        return group, {}, Done(group, FAILED, reason=str(error))
    except OSError as error:
        return group, {}, Done(group, FAILED, reason=f"{error.filename or folder}: {error.strerror or error}")
    except Exception as error:  # whatever stops one report, the others are made
        return group, {}, Done(group, FAILED, reason=f"{type(error).__name__}: {error}")
    return group, files, Done(group, MADE, tuple(files), problems=problems)


def _begin(temporary: str) -> None:
    """In each process: leave when the parent is gone, let it alone hear signals, and collect garbage between reports.

    The folder is for fonts and other files that libraries leave behind; whoever leaves last removes it.
    """
    import gc
    import signal
    import tempfile
    import threading
    from multiprocessing import parent_process

    for heard in (signal.SIGINT, signal.SIGTERM):
        signal.signal(heard, signal.SIG_IGN)
    tempfile.tempdir = temporary
    gc.disable()
    parent = parent_process()
    if parent is not None:

        def leave() -> None:
            parent.join()
            rmtree(temporary, ignore_errors=True)
            os._exit(1)

        threading.Thread(target=leave, daemon=True).start()


def _write(report: GapReport, folder: Path, stem: str, formats: tuple[str, ...], writer: Writer) -> Written:
    """Make one report and write its files; their hashes, and what went wrong on the pages."""
    import gc

    problems: list[Problem] = []
    made = {f"{stem}.{form}": FORMATS[form](report, problems.append) for form in formats}
    for file, content in made.items():
        writer.write(folder / file, content)
    gc.collect()
    return {file: sha256(content).hexdigest() for file, content in made.items()}, tuple(problems)


# ---------- manifest -------------------------------------------------------------------------------------


def _manifest(study: Study, found: Gaps, entries: Mapping[str, Entry], failed: Sequence[str]) -> str:
    """Every report with its files and hashes; nothing of the data, and no clock."""
    record: dict[str, Any] = {
        "schema": 1,
        "study": study.id,
        "wave": found.wave,
        "by": found.by,
        "minimum_group": found.minimum,
        "data": study.sha256,
        "versions": dict(versions()),
        "reports": [
            {"group": group or None, "content": entry.content, "files": dict(sorted(entry.files.items()))}
            for group, entry in sorted(entries.items())
            if entry.files
        ],
        "not_reported": list(found.hidden),
        "failed": [group or None for group in sorted(failed)],
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"
