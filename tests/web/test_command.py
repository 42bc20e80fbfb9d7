"""`obstacles serve` and `obstacles desktop` as they are typed, and the workers as processes."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest_web import GRID

from obstacles.cli.main import cli
from obstacles.web import command
from obstacles.web.desktop import starter
from obstacles.web.workers import CrashError, Place, Pool


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.2", "example.org", "::"])
def test_other_addresses_are_refused(host: str) -> None:
    found = CliRunner().invoke(cli, ["serve", "--host", host])
    assert found.exit_code == 2
    assert "accounts" in found.output


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    found = CliRunner().invoke(cli, ["serve"])
    assert found.exit_code == 1
    assert 'pip install "obstacle-ranking[web]"' in found.output


def test_help_needs_no_extra() -> None:
    code = "import sys; sys.modules['starlette'] = None; from obstacles.cli.main import cli; cli(['serve', '--help'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--port" in done.stdout


def test_after_a_crash_the_same_address_serves_again() -> None:
    """A connection that the program closed lingers for a minute on its port."""
    first, number = command._bind(None)
    with first, socket.create_connection(("127.0.0.1", number)) as client:
        served, _peer = first.accept()
        served.close()
        assert client.recv(1) == b""
    again, same = command._bind(number)
    again.close()
    assert same == number


def test_a_port_that_is_taken_gives_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bound, number = command._bind(port)
        bound.close()
    assert number != port
    assert bound.family == socket.AF_INET


@pytest.mark.parametrize("system", ["linux", "mac", "windows"])
@pytest.mark.parametrize(
    "python", ["/usr/bin/python3", "/home/a b/$x`y/%python", "C:\\Program Files\\py%x\\python.exe"]
)
def test_starters(system: str, python: str) -> None:
    name, text = starter(system, python)
    assert "-m obstacles serve" in text
    if system == "mac":
        assert shlex.split(text.splitlines()[1]) == ["exec", python, "-m", "obstacles", "serve"]
    if system == "windows":
        assert name.endswith(".bat")
        assert python.replace("%", "%%") in text
        assert text.endswith("\r\n")
    if system == "linux":
        assert text.startswith("[Desktop Entry]\n")
        assert "Terminal=true" in text


def test_desktop_writes_a_starter_and_nothing_over_another(tmp_path: Path) -> None:
    words = ["desktop", str(tmp_path), "--system", "linux"]
    assert CliRunner().invoke(cli, words).exit_code == 0
    path = tmp_path / "obstacles.desktop"
    assert os.access(path, os.X_OK)
    path.write_text("mine")
    assert CliRunner().invoke(cli, words).exit_code == 1
    assert path.read_text() == "mine"
    assert CliRunner().invoke(cli, [*words, "--force"]).exit_code == 0


@pytest.mark.slow
def test_a_program_is_started_asked_and_stopped(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "obstacles", "serve", str(tmp_path / "work"), "--no-browser"]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _line in range(2)]
        port, token = re.search(r":(\d+)/open\?token=(\S+)", lines[1]).groups()
        time.sleep(1)
        door = HTTPConnection("127.0.0.1", int(port))
        door.request("GET", f"/open?token={token}", headers={"Sec-Fetch-Site": "none"})
        answer = door.getresponse()
        answer.read()
        door.close()
        assert answer.status == 303
        cookie = answer.getheader("set-cookie").partition(";")[0]
        prefix = answer.getheader("location")
        for host, status in ((f"127.0.0.1:{port}", 200), ("evil.example", 421)):
            asked = HTTPConnection("127.0.0.1", int(port))
            asked.request("GET", prefix, headers={"Cookie": cookie, "Host": host})
            found = asked.getresponse()
            found.read()
            asked.close()
            assert found.status == status
    finally:
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) in (0, 143, -signal.SIGTERM)
        program.stdout.close()
        program.stderr.close()
    assert not (tmp_path / "work" / "server.lock").exists()


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced_and_the_study_is_whole(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    text, pool = page.study.text, Pool()
    place = Place(page.study.folder, "en", "researcher")
    try:
        first = asyncio.run(pool.ask(place, "opened.frame"))
        worker = pool._workers[page.study.folder]
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.join()
        assert asyncio.run(pool.ask(place, "opened.frame")) == first
        job = pool.begin(place, page.study.id, "reports.make", title="", then="", kind="research", formats=("json",),
                         wave="", by="", level=None, model="")  # fmt: skip
        assert job.ended.wait(60)
        assert job.state == "done", job.found
        with pytest.raises(CrashError):
            asyncio.run(pool.ask(place, "opened.nowhere"))
    finally:
        pool.end()
    assert page.study.text == text


@pytest.mark.slow
def test_a_job_is_stopped(page: Any) -> None:
    page.sample()
    pool = Pool()
    place = Place(page.study.folder, "en", "researcher")
    job = pool.begin(place, page.study.id, "reports.make", title="", then="", kind="gap", formats=("json",), wave="",
                     by="department", level=None, model="")  # fmt: skip
    job.asked_to_stop = True
    assert job.ended.wait(60)
    assert job.state == "stopped"
    pool.end()
