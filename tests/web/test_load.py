"""More than one may have: jobs, connections, bytes, a full disk; and what other users of the machine see."""

from __future__ import annotations

import io
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest_web import GRID, words
from paths import ROOT

from obstacles.web import uploads, workers


@pytest.fixture
def held(page: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A page whose jobs wait until they are let go."""
    page.drop(("staff.csv", GRID.encode()))
    go = threading.Event()
    monkeypatch.setattr(page.web.pool, "_inline", lambda *_given: (go.wait(20), ("done", None))[1])
    yield page
    go.set()
    for job in page.web.pool.jobs.values():
        assert job.ended.wait(20)


def _fill(page: Any, asked: int) -> int:
    """How many of the jobs that are asked for are taken."""
    place, taken = workers.Place(page.study.folder, "en", "researcher"), 0
    for _each in range(asked):
        try:
            page.web.pool.begin(place, page.study.id, "files.make", title="read", then="")
            taken += 1
        except workers.BusyError:
            pass
    return taken


def test_of_two_hundred_jobs_twenty_wait(held: Any) -> None:
    assert _fill(held, 200) == workers.MOST_WAITING == 20
    assert sum(job.state == "running" for job in held.web.pool.jobs.values()) <= workers.MOST_JOBS


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_comes_too_late_is_told_and_leaves_no_study(held: Any, language: str) -> None:
    _fill(held, 20)
    there = [study.id for study in held.web.workspace.studies()]
    base, held.client.headers["accept-language"] = held.base, language
    answer = held.drop(("late.csv", GRID.encode()))
    assert answer.status_code == 503
    assert len(words(answer.text)) > 40
    assert "Traceback" not in answer.text
    assert [study.id for study in held.web.workspace.studies()] == there
    held.base = base
    before = sorted(path.name for path in (held.study.folder / "data").iterdir())
    assert held.client.post(f"{base}/files", files=[("files", ("2026.csv", GRID.encode()))]).status_code == 503
    assert sorted(path.name for path in (held.study.folder / "data").iterdir()) == before


class Endless(io.RawIOBase):
    """So many bytes of a table, made as they are read; `most` is the largest piece that was asked for."""

    def __init__(self, size: int) -> None:
        self.left, self.most = size, 0

    def read(self, n: int = -1) -> bytes:
        self.most = max(self.most, n if n >= 0 else self.left)
        piece = b"1,2,3\n" * (min(n if n >= 0 else self.left, self.left) // 6 + 1)
        piece = piece[: min(n, self.left)]
        self.left -= len(piece)
        return piece


@pytest.mark.parametrize(("over", "taken"), [(0, True), (1, False)])
def test_the_limit_of_a_file_is_met_to_the_byte_and_in_pieces(
    tmp_path: Path, over: int, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_FILE", 5 * uploads.CHUNK)
    source, path = Endless(uploads.MOST_FILE + over), tmp_path / "a.csv"
    if taken:
        assert uploads.keep(source, path) == uploads.MOST_FILE == path.stat().st_size
    else:
        with pytest.raises(uploads.UnfitError, match="large"):
            uploads.keep(source, path)
        assert not path.exists()
    assert source.most == uploads.CHUNK


@pytest.mark.slow
def test_two_hundred_megabytes_are_never_in_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert uploads.keep(Endless(uploads.MOST_FILE), tmp_path / "a.csv") == 200 * 1024**2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024  # KiB
    (tmp_path / "a.csv").unlink()


@pytest.fixture
def full(page: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A page with a study, and then each file that it begins to write lies on a full disk."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    page.drop(("staff.csv", GRID.encode()))
    real, work = os.open, page.web.workspace.folder

    def opened(path: Any, flags: int, *more: Any, **others: Any) -> int:
        number = real(path, flags, *more, **others)
        if not flags & os.O_WRONLY or not str(path).startswith(str(work)):
            return number
        os.close(number)
        return real("/dev/full", os.O_WRONLY)

    page.start = lambda: monkeypatch.setattr(os, "open", opened)
    return page


def _files(page: Any) -> dict[str, bytes]:
    found = [path for path in page.web.workspace.folder.rglob("*") if path.is_file() and path.name != "log.txt"]
    return {str(path): path.read_bytes() for path in found}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("answers", {"id": "study.sampling", "value": "census"}),
        ("file", {"text": "# another\n{text}"}),
        ("privacy", {"audience": "organisation", "min_group": "15"}),
        ("undo", {}),
    ],
)
def test_a_full_disk_leaves_the_study_as_it_was(full: Any, name: str, data: dict[str, str]) -> None:
    if name == "undo":
        assert full.post("answers", {"id": "study.sampling", "value": "census"}).status_code == 200
    data, before = {key: value.format(text=full.study.text) for key, value in data.items()}, _files(full)
    full.start()
    answer = full.post(name, data)
    assert answer.status_code == 507, words(answer.text)
    assert "Traceback" not in answer.text
    assert _files(full) == before


def test_an_upload_to_a_full_disk_leaves_nothing(full: Any) -> None:
    before = _files(full)
    full.start()
    base = full.base
    assert full.drop(("late.csv", GRID.encode())).status_code == 507
    assert full.client.post(f"{base}/files", files=[("files", ("2026.csv", GRID.encode()))]).status_code == 507
    assert _files(full) == before


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_other_users_read_nothing_whatever_the_mask(page: Any, mask: int) -> None:
    old = os.umask(mask)
    try:
        page.drop(("staff.csv", GRID.encode()))
        page.post("answers", {"id": "study.sampling", "value": "census"})
    finally:
        os.umask(old)
    open_to_others = []
    for path in [page.web.workspace.folder, *page.web.workspace.folder.rglob("*")]:
        closed = any(one.stat().st_mode & 0o077 == 0 for one in (path, *path.parents) if one.is_relative_to(
            page.web.workspace.folder))  # fmt: skip
        if not closed:
            open_to_others.append(path)
    assert open_to_others == []
    own = [page.study.folder, page.study.folder / "data", page.study.study_file, page.study.folder / "meta.json"]
    assert [path.stat().st_mode & 0o777 for path in own] == [0o700, 0o700, 0o600, 0o600]


@pytest.mark.slow
def test_a_thousand_connections_are_refused_in_words_and_leave_the_page_alive(tmp_path: Path) -> None:
    typed = [sys.executable, "-m", "obstacles", "serve", str(tmp_path / "work"), "--no-browser"]
    program = subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    made: list[socket.socket] = []
    try:
        assert program.stdout is not None
        address = [program.stdout.readline(), program.stdout.readline()][1].strip()
        port = int(address.split(":")[2].split("/")[0])
        made = [socket.create_connection(("127.0.0.1", port), timeout=10) for _each in range(1_000)]
        assert b" 503 " in _asked(port)
        for one in made:
            one.close()
        made.clear()
        assert any(b" 404 " in _asked(port) for _turn in range(50))
    finally:
        for one in made:
            one.close()
        program.terminate()
        program.wait(20)
        if program.stdout:
            program.stdout.close()


def _asked(port: int) -> bytes:
    """The first line of an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(f"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return one.recv(200).partition(b"\r\n")[0]
