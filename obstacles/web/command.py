"""`obstacles serve`: the page, on this computer alone."""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from obstacles.cli.terminal import plain, say
from obstacles.text.language import _, commas

PORT = 8765
LIBRARIES = {
    "starlette": "starlette",
    "uvicorn": "uvicorn",
    "python_multipart": "python-multipart",
    "tomlkit": "tomlkit",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command("serve", help=_("Open the whole work as a page in the browser, on this computer alone."))
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--port", type=click.IntRange(1024, 65535), metavar="N", help=_("The port; the next free one if taken."))
@click.option("--host", default=LOOPBACK[0], metavar="NAME", help=_("This computer; no other address is served."))
@click.option("--no-browser", is_flag=True, help=_("Print the address, and open no browser."))
def command(folder: Path | None, port: int | None, host: str, no_browser: bool) -> None:
    if host not in LOOPBACK:
        message = _(
            "--host {host}: this page is for the person at this computer. A server for several people would need "
            "accounts, which it does not have."
        )
        raise click.UsageError(plain(message.format(host=host)))
    missing = [name for module, name in LIBRARIES.items() if find_spec(module) is None]
    if missing:
        message = _("the page needs {libraries}: pip install {package}")
        raise click.ClickException(message.format(libraries=commas(missing), package='"obstacle-ranking[web]"'))
    serve(folder, port, browser=not no_browser)


def serve(folder: Path | None, port: int | None, *, browser: bool) -> None:
    """Serve until Ctrl-C, SIGTERM or the page's own button."""
    from obstacles.web.storage import Workspace, default_folder

    where = folder or default_folder()
    try:
        workspace = Workspace(where)
    except OSError as error:
        message = _("{path} cannot be used as work folder: {reason}")
        raise click.ClickException(plain(message.format(path=where, reason=error.strerror or error))) from None
    lock = where / "server.lock"
    if (other := _running(lock)) is not None:
        message = _("the page runs already on this folder, on port {port}. Stop it first, or name another folder.")
        raise click.ClickException(message.format(port=other))
    bound, number = _bind(port)
    if port is not None and number != port:
        say(_("Port {port} is taken; this is {number}.").format(port=port, number=number), error=True)
    workspace.clear()
    lock.write_text(f"{number} {os.getpid()}\n", encoding="ascii")
    try:
        _run(workspace, bound, number, browser=browser)
    finally:
        bound.close()
        with suppress(OSError):
            lock.unlink()
        workspace.clear()


def _running(lock: Path) -> int | None:
    """The port of a program that has this folder; None where none runs."""
    try:
        port, pid = map(int, lock.read_text(encoding="ascii").split())
        if os.name == "posix":
            os.kill(pid, 0)
        with socket.create_connection((LOOPBACK[0], port), timeout=0.5):
            return port
    except (OSError, ValueError):
        return None


def _bind(port: int | None) -> tuple[socket.socket, int]:
    """A socket of the loopback address: the port, the next free one, or any."""
    for number in (*range(port or PORT, (port or PORT) + 20), 0):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # after a crash the same address serves again at once; elsewhere it would share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((LOOPBACK[0], number))
            made.listen(128)  # who asks before the program is ready waits and is not refused
        except OSError:
            made.close()
            continue
        return made, int(made.getsockname()[1])
    raise click.ClickException(_("no port is free on this computer."))


def _run(workspace: Any, bound: socket.socket, port: int, *, browser: bool) -> None:
    import uvicorn

    from obstacles.web.app import make_app
    from obstacles.web.identity import Doorkeeper
    from obstacles.web.log import Log
    from obstacles.web.web import Web
    from obstacles.web.workers import Pool

    log, pool, door = Log(workspace.folder / "log.txt"), Pool(), Doorkeeper()
    web = Web(workspace, pool, door, log, port)
    config = uvicorn.Config(
        make_app(web),
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=True,
        lifespan="off",
        limit_concurrency=40,
        h11_max_incomplete_event_size=32 * 1024,
        http="h11",
        ws="none",
        timeout_keep_alive=10,
        timeout_graceful_shutdown=5,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)

    def stop() -> None:
        server.should_exit = True

    web.stop = stop
    log.say("start", port=port)
    pool.warm()
    address = f"http://127.0.0.1:{port}/open?token={door.token()}"
    if not (browser and _open(address)):
        say(_("Open this address in a browser on this computer; it works once, for a minute:"))
    say(address)
    say(_("Ctrl-C stops the page. Work folder: {folder}").format(folder=workspace.folder), error=True)
    sys.stdout.flush()
    renew = getattr(signal, "SIGUSR1", None)
    if renew is not None:
        signal.signal(renew, lambda _number, _frame: say(f"http://127.0.0.1:{port}/open?token={door.token()}"))
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=[bound])
    finally:
        web.stopping = True
        pool.end()
        log.say("stopped")
        log.close()


def _open(address: str) -> bool:
    """Whether a browser was opened: not without a display."""
    import webbrowser

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
