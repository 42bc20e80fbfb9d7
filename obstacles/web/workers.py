"""Where the work is done: a warm process for each open study, and one of its own for each long job.

The process of the page reads no survey. A worker has a memory limit and a time for each answer; one that does not keep
them, or that ends, is replaced, and the study file is as it was. `Pool(inline=True)` does the same work in this
process, one thing at a time, for tests.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from errno import EDQUOT, ENOSPC
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from obstacles.web.storage import code

MOST_WORKERS, MOST_JOBS, MOST_WAITING, MOST_KEPT = 3, 2, 20, 80
ANSWER_SECONDS, JOB_SECONDS, IDLE_SECONDS = 90.0, 600.0, 600.0
MEMORY = 4 * 1024**3  # bytes of address space beyond what the libraries take
Tell = Callable[[int, int, str], None]  # done, of, words


@dataclass(frozen=True)
class Place:
    """Where work is done, for whom, and in which language."""

    folder: Path
    language: str
    mode: str


class RefusedError(Exception):
    """What was asked cannot be had; `problems` are plain values (severity, code, message, file, rows ...)."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(problems)
        self.problems = problems


class CrashError(Exception):
    """A worker failed: its traceback, for the log alone."""


class LimitError(Exception):
    """A worker took more time or memory than it may."""


class BusyError(Exception):
    """More jobs wait than may."""


def perform(place: Place, call: str, args: dict[str, Any], tell: Tell | None = None) -> tuple[str, Any]:
    """Do one thing of `obstacles.web.work`: gives "done", "refused", "memory", "full" or "crash", and what."""
    from obstacles.survey.problems import SurveyError
    from obstacles.text.language import using

    module, name = call.split(".")
    try:
        function = getattr(import_module(f"obstacles.web.work.{module}"), name)
        with using(place.language):
            return "done", function(place, **(args if tell is None else {**args, "tell": tell}))
    except SurveyError as error:
        shown = import_module("obstacles.web.work.opened").without_cells
        return "refused", [shown(place, problem.to_dict()) for problem in error.problems]
    except RefusedError as error:
        return "refused", error.problems
    except MemoryError:
        return "memory", ""
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
            return "full", error.errno
        return "crash", traceback.format_exc()


def _value(kind: str, found: Any) -> Any:
    if kind == "refused":
        raise RefusedError(found)
    if kind == "memory":
        raise LimitError
    if kind == "full":
        raise OSError(found, os.strerror(found))
    if kind == "crash":
        raise CrashError(found)
    return found


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(pipe: Connection) -> None:
    """A worker's life: answer until the other end goes."""
    _begin()
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            place, call, args = pipe.recv()
            pipe.send(perform(place, call, args))


def _labour(pipe: Connection, place: Place, call: str, args: dict[str, Any]) -> None:
    """A job's life."""
    _begin()

    def tell(done: int, of: int, words: str) -> None:
        pipe.send(("told", (done, of, words)))
        if pipe.poll():  # asked to stop
            raise KeyboardInterrupt

    with suppress(OSError):
        try:
            pipe.send(perform(place, call, args, tell))
        except KeyboardInterrupt:
            pipe.send(("stopped", None))


def _begin() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the page's own end ends the worker
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - warnings stand on the screens
    _limit()
    import_module("obstacles.web.work.ranking")  # warm


@dataclass
class Job:
    """Long work: what was asked, how far it is, and what came of it."""

    id: str
    study: str
    title: str
    then: str  # the address to go on to
    state: str = "waiting"  # waiting, running, done, refused, failed, stopped, limit
    done: int = 0
    of: int = 0
    words: str = ""
    found: Any = None
    asked_to_stop: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class _Worker:
    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other,), daemon=True)
        self.process.start()
        other.close()
        self.lock = threading.Lock()
        self.used = time.monotonic()

    def ask(self, place: Place, call: str, args: dict[str, Any]) -> Any:
        with self.lock:
            self.used = time.monotonic()
            try:
                self.pipe.send((place, call, args))
                if not self.pipe.poll(ANSWER_SECONDS):
                    self.end()
                    raise LimitError
                kind, found = self.pipe.recv()
            except (EOFError, OSError):
                self.end()
                raise CrashError("the worker ended") from None
            return _value(kind, found)

    def end(self) -> None:
        self.process.terminate()
        self.process.join(2)
        if self.process.is_alive():
            self.process.kill()
        self.pipe.close()


class Pool:
    """Workers, jobs, and the last answers."""

    def __init__(self, *, inline: bool = False) -> None:
        self.inline = inline
        self.jobs: dict[str, Job] = {}
        self._workers: OrderedDict[Path, _Worker] = OrderedDict()
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.RLock()
        self._slots = threading.Semaphore(MOST_JOBS)
        self._spare: _Worker | None = None

    def warm(self) -> None:
        """Begin a worker before the first study asks for one."""
        if not self.inline:
            with self._lock:
                self._spare = self._spare or _Worker()

    async def ask(self, place: Place, call: str, *, digest: str = "", **args: Any) -> Any:
        """The answer of a worker; with `digest` the one that is kept, if there is one.

        Raises
        ------
        RefusedError, CrashError, LimitError
        """
        key = (place, call, digest, tuple(sorted(args.items()))) if digest else None
        if key is not None and key in self._kept:
            return self._kept[key]
        found = await asyncio.to_thread(self._ask, place, call, args)
        if key is not None:
            self._keep(key, found)
        return found

    def kept(self, place: Place, call: str, digest: str, **args: Any) -> Any:
        """The answer that is kept; None where none is."""
        return self._kept.get((place, call, digest, tuple(sorted(args.items()))))

    def _keep(self, key: Any, found: Any) -> None:
        self._kept[key] = found
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def _ask(self, place: Place, call: str, args: dict[str, Any]) -> Any:
        if self.inline:
            with self._lock:
                return _value(*perform(place, call, args))
        worker = self._worker(place.folder)
        try:
            return worker.ask(place, call, args)
        except (LimitError, CrashError):
            if not worker.process.is_alive():
                with self._lock:
                    if self._workers.get(place.folder) is worker:
                        del self._workers[place.folder]
            raise

    def _worker(self, folder: Path) -> _Worker:
        with self._lock:
            worker = self._workers.pop(folder, None)
            if worker is None or not worker.process.is_alive():
                worker, self._spare = self._spare or _Worker(), None
            self._workers[folder] = worker
            idle = [own for own, one in self._workers.items() if one is not worker and not one.lock.locked()]
            for own in idle[: max(0, len(self._workers) - MOST_WORKERS)]:
                self._workers.pop(own).end()
            return worker

    # ---------- jobs ----------------------------------------------------------------------------------------------

    def begin(
        self, place: Place, study: str, call: str, *, title: str, then: str, digest: str = "", **args: Any
    ) -> Job:
        """Begin long work.

        Raises
        ------
        BusyError
            where too many jobs wait.
        """
        if sum(job.state in ("waiting", "running") for job in self.jobs.values()) >= MOST_WAITING:
            raise BusyError
        job = Job(code(10), study, title, then)
        self.jobs[job.id] = job
        for old in list(self.jobs)[:-200]:
            if self.jobs[old].ended.is_set():
                del self.jobs[old]
        key = (place, call, digest, tuple(sorted(args.items()))) if digest else None
        threading.Thread(target=self._run, args=(job, place, call, args, key), daemon=True).start()
        return job

    async def wait(self, job: Job, seconds: float) -> bool:
        """Whether a job ended within so many seconds."""
        return await asyncio.to_thread(job.ended.wait, seconds)

    def _run(self, job: Job, place: Place, call: str, args: dict[str, Any], key: Any) -> None:
        with self._slots:
            if not job.asked_to_stop:
                job.state = "running"
                kind, found = self._inline(job, place, call, args) if self.inline else _apart(job, place, call, args)
                states = {
                    "refused": "refused",
                    "crash": "failed",
                    "full": "failed",
                    "memory": "limit",
                    "stopped": "stopped",
                }
                job.found = found
                if kind == "done" and key is not None:
                    self._keep(key, found)
                job.state = states.get(kind, kind)
            else:
                job.state = "stopped"
        job.ended.set()

    def _inline(self, job: Job, place: Place, call: str, args: dict[str, Any]) -> tuple[str, Any]:
        def tell(done: int, of: int, words: str) -> None:
            job.done, job.of, job.words = done, of, words
            if job.asked_to_stop:
                raise KeyboardInterrupt

        with self._lock:
            try:
                return perform(place, call, args, tell)
            except KeyboardInterrupt:
                return "stopped", None

    def end(self) -> None:
        """End every worker and job."""
        for job in self.jobs.values():
            job.asked_to_stop = True
        with self._lock:
            for worker in (*self._workers.values(), *([self._spare] if self._spare else [])):
                worker.end()
            self._workers.clear()
            self._spare = None
        for job in self.jobs.values():
            if job.state == "running":
                job.ended.wait(5)

    def forget(self, folder: Path) -> None:
        """End the worker of a study that is gone."""
        with self._lock:
            worker = self._workers.pop(folder, None)
        if worker is not None:
            worker.end()


def _apart(job: Job, place: Place, call: str, args: dict[str, Any]) -> tuple[str, Any]:
    """A job in a process of its own, with its time."""
    context = multiprocessing.get_context("spawn")
    pipe, other = context.Pipe()
    process = context.Process(target=_labour, args=(other, place, call, args), daemon=False)
    process.start()
    other.close()
    ends, told = time.monotonic() + JOB_SECONDS, False
    try:
        while time.monotonic() < ends:
            if job.asked_to_stop and not told:
                told = True
                ends = min(ends, time.monotonic() + 20)  # what is being made is finished
                pipe.send("stop")
            if not pipe.poll(0.2):
                continue
            kind, found = pipe.recv()
            if kind != "told":
                return kind, found
            job.done, job.of, job.words = found
        return ("stopped", None) if told else ("limit", None)
    except (EOFError, OSError):
        return "crash", "the process of the job ended"
    finally:
        if process.is_alive():
            process.join(1)
        if process.is_alive():
            process.terminate()
            process.join(2)
        if process.is_alive():
            process.kill()
        pipe.close()
