"""`obstacles` and `python -m obstacles`."""

from __future__ import annotations

import os
import signal
import sys
from gettext import bindtextdomain
from io import TextIOWrapper
from typing import TextIO


def main() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    closed = _open_streams()
    from obstacles.text.language import LOCALE, _, speak, spoken

    typed = _typed_language(sys.argv[1:])
    language = spoken({"OBSTACLES_LANGUAGE": typed} if typed else os.environ)
    speak(language)  # before the texts of commands are made
    bindtextdomain("messages", str(LOCALE))  # for click's own words
    os.environ["LANGUAGE"] = language
    from obstacles.cli.main import cli

    for stream in (sys.stdout, sys.stderr):
        _prepare(stream)
    if closed:
        print(_("Error: standard output is closed, so that nothing can be said. Nothing was done."), file=sys.stderr)
        sys.exit(1)
    cli.main(prog_name="obstacles")


def _stop(_signal: int, _frame: object) -> None:
    """A request to end is heard as Ctrl-C is: what is open is closed, and what was begun is removed or named."""
    from obstacles.cli.main import Terminated

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated


def _open_streams() -> bool:
    """Whether standard output was closed (`>&-`); a stream that is has none to write to or read from in Python."""
    closed = sys.stdout is None
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115 - until the end
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    return closed


def _prepare(stream: TextIO) -> None:
    """A terminal that cannot show a letter shows its number; what goes to a file or program is UTF-8 everywhere.

    Where nobody looks on, the code page of the system (cp1252, cp936) would lose names and break JSON and CSV.
    `PYTHONIOENCODING` asks for something else.
    """
    if not isinstance(stream, TextIOWrapper):
        return  # a test or a notebook listens
    if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
        stream.reconfigure(errors="backslashreplace")
    else:
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _typed_language(words: list[str]) -> str | None:
    """What `obstacles --language CODE ...` says."""
    name, _equals, code = words[0].partition("=") if words else ("", "", "")
    if name != "--language":
        return None
    return code or (words[1] if len(words) > 1 else None)


if __name__ == "__main__":
    main()
