"""`obstacles desktop`: a file to double-click that starts the page. Tried on Linux; those of other systems are not."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from obstacles.cli.options import force_option
from obstacles.cli.terminal import say
from obstacles.text.language import _

SYSTEMS = ("linux", "mac", "windows")


def starter(system: str, python: str) -> tuple[str, str]:
    """Name and text of the starter of a system; `python` is the interpreter that has the program."""
    if system == "windows":
        quoted = python.replace("%", "%%")
        return "obstacles.bat", f'@echo off\r\n"{quoted}" -m obstacles serve\r\npause\r\n'
    if system == "mac":
        return "obstacles.command", f"#!/bin/sh\nexec {shlex.quote(python)} -m obstacles serve\n"
    escaped = (
        python.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`").replace("$", "\\$").replace("%", "%%")
    )
    lines = ["[Desktop Entry]", "Type=Application", "Name=obstacles", "Name[zh_CN]=障碍排序", "Terminal=true"]
    lines += [f'Exec="{escaped}" -m obstacles serve', "Categories=Office;Education;"]
    return "obstacles.desktop", "\n".join(lines) + "\n"


@click.command("desktop", help=_("Write a starter for the page, to double-click."))
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--system", type=click.Choice(SYSTEMS), help=_("The system it is for; this one when omitted."))
@force_option
def command(folder: Path, system: str | None, force: bool) -> None:
    here = {"win32": "windows", "darwin": "mac"}.get(sys.platform, "linux")
    name, text = starter(system or here, sys.executable)
    path = folder / name
    if path.exists() and not force and path.read_bytes() != text.encode():
        raise click.ClickException(_("{path} is there already; --force replaces it.").format(path=path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        path.chmod(0o755)
    except OSError as error:
        message = _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        raise click.ClickException(message) from None
    say(_("{path}: double-click it to start the page.").format(path=path))
