"""Whatever ends a command or keeps it from writing: a message, the right exit code, and nothing half written."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from paths import EXAMPLES, ROOT

from obstacles.cli.libraries import missing_library_message
from obstacles.reports.writers.door import UNWRITABLE, Writer
from obstacles.survey.problems import SurveyError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and devices are those of POSIX")
OBSTACLES = (sys.executable, "-m", "obstacles")
ANSWERS = EXAMPLES / "big-data-obstacles" / "responses_2024.csv"
Batch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES / "big-data-obstacles", tmp_path / "study")
    return tmp_path / "study" / "study.toml"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


@pytest.fixture
def batch(study: Path, tmp_path: Path, temporary: Path) -> Iterator[Batch]:
    """Begin a batch of reports by grade in a process of its own."""
    begun: list[subprocess.Popen[str]] = []

    def begin(form: str = "html", jobs: int = 1) -> subprocess.Popen[str]:
        words = ("report", study, "--kind", "gap", "--by", "grade", "--format", form, "-o", tmp_path / "out")
        process = subprocess.Popen(
            [*OBSTACLES, *map(str, words), "--jobs", str(jobs)],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary), "OBSTACLES_LANGUAGE": "en"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=hear_signals,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def hear_signals() -> None:
    """Programs that a script begins in the background do not hear Ctrl-C."""
    for heard in (signal.SIGINT, signal.SIGTERM):
        signal.signal(heard, signal.SIG_DFL)


def until(true: Callable[[], object]) -> None:
    """Wait until something is so; ten minutes, as the machine may be busy."""
    end = time.monotonic() + 600
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def files(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def named(folder: Path) -> dict[str, str]:
    """The files that the manifest of a batch names, with their hashes."""
    record = json.loads((folder / "manifest.json").read_text())
    return {name: known for report in record["reports"] for name, known in report["files"].items()}


# ---------- signals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGTERM, 143), pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow)],
    ids=["SIGTERM", "Ctrl-C"],
)
def test_a_batch_that_is_stopped_names_its_files_and_goes_on(
    batch: Batch, tmp_path: Path, temporary: Path, sent: signal.Signals, code: int
) -> None:
    out = tmp_path / "out"
    process = batch()
    until(lambda: out.is_dir() and any(out.glob("*.html")))
    os.killpg(process.pid, sent)
    said, _none = process.communicate()
    assert process.returncode == code, said
    assert "Stopped. Files that were finished are whole" in said
    assert "Traceback" not in said
    made = named(out)
    assert 1 <= len(made) < 4
    assert files(out) == {**made, "manifest.json": files(out)["manifest.json"]}
    assert not any(temporary.iterdir())
    again = batch()
    said, _none = again.communicate()
    assert again.returncode == 0, said
    assert named(out).keys() == files(out).keys() - {"index.html", "manifest.json"}
    assert len(named(out)) == 4
    assert {name: known for name, known in named(out).items() if name in made} == made


@pytest.mark.slow
def test_a_batch_that_is_killed_leaves_whole_files_and_goes_on(batch: Batch, tmp_path: Path, temporary: Path) -> None:
    out = tmp_path / "out"
    process = batch()
    until(lambda: out.is_dir() and any(out.glob("*.html")))
    process.kill()
    process.communicate()  # the processes that make reports end too: they hold the pipe
    assert process.returncode == -signal.SIGKILL
    assert all(path.read_text().rstrip().endswith("</html>") for path in out.glob("*.html"))
    assert not any(temporary.iterdir())
    again = batch()
    said, _none = again.communicate()
    assert again.returncode == 0, said
    visible = {name: known for name, known in files(out).items() if not name.startswith(".")}
    assert named(out).items() <= visible.items()
    assert len(named(out)) == 4


@pytest.mark.slow
def test_two_batches_at_once_leave_one_whole_folder(batch: Batch, tmp_path: Path) -> None:
    both = [batch("json"), batch("json")]
    for process in both:
        said, _none = process.communicate()
        assert process.returncode == 0, said
    found = files(tmp_path / "out")
    assert named(tmp_path / "out").items() <= found.items()
    assert len(named(tmp_path / "out")) == 4
    assert found.keys() == {*named(tmp_path / "out"), "index.html", "manifest.json"}


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_library_message()), reason="no libraries for PDF")
def test_a_batch_leaves_no_fonts_behind(batch: Batch, tmp_path: Path, temporary: Path) -> None:
    process = batch("pdf", jobs=2)
    said, _none = process.communicate()
    assert process.returncode == 0, said
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 4
    assert [path.name for path in temporary.iterdir()] == []


# ---------- streams ---------------------------------------------------------------------------------------------


def say(line: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which `$@` is the program and its words."""
    return subprocess.run(
        ["sh", "-c", line, "sh", *OBSTACLES, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "OBSTACLES_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [("rank", EXAMPLES / "big-data-obstacles" / "study.toml", "--json"), ("--help",)])
def test_output_that_cannot_be_written_is_said(words: tuple[object, ...]) -> None:
    done = say('"$@" >/dev/full', *words)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "Error: No space left on device"
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_where_nothing_at_all_can_be_said_the_code_tells() -> None:
    assert say('"$@" >/dev/full 2>&1', "--help").returncode == 1


def test_closed_output_is_said_before_any_work() -> None:
    done = say('"$@" >&-', "rank", "nowhere.toml")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: standard output is closed")
    assert "nowhere" not in done.stderr


def test_closed_input_and_closed_messages_change_nothing(tmp_path: Path) -> None:
    done = say('"$@" <&- 2>&-', "init", ANSWERS, "-o", tmp_path / "study.toml")
    assert done.returncode == 0
    assert (tmp_path / "study.toml").is_file()


# ---------- disks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_is_full_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_args: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "report.json"
    path.write_bytes(b"")
    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left") as caught:
        Writer().write(path, b"new")
    assert caught.value.filename == str(path)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("report.json", b"")]


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        steps.append("fsync")
        sync(handle)

    def replaced(source: Path, target: Path) -> None:
        steps.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    Writer().write(tmp_path / "a.json", b"{}")
    assert steps == ["fsync", "replace", "fsync"]


def test_a_file_that_may_not_grow_further_leaves_nothing(tmp_path: Path) -> None:
    done = say('ulimit -f 1; "$@"', "init", ANSWERS, "-o", tmp_path / "study.toml")
    assert done.returncode == 1, done.stderr
    assert "study.toml cannot be written: File too large" in done.stderr
    assert not any(tmp_path.iterdir())


def test_a_folder_that_takes_no_files_is_refused_before_work() -> None:
    if not Path("/proc").is_dir():
        pytest.skip("the system has no /proc")
    with pytest.raises(SurveyError) as caught:
        Writer().check([Path("/proc/reports/a.json"), Path("/proc/reports/b.json")])
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [(UNWRITABLE, "/proc")]


def test_a_folder_is_looked_at_without_a_trace(tmp_path: Path) -> None:
    Writer().check([tmp_path / "new" / "a.json"])
    assert not any(tmp_path.iterdir())
