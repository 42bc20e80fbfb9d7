"""`obstacles` and `python -m obstacles`."""

from __future__ import annotations

import os
import sys
from gettext import bindtextdomain


def main() -> None:
    """Run the command line and leave with its exit code."""
    from obstacles.text.language import LOCALE, speak, spoken

    typed = _typed_language(sys.argv[1:])
    language = spoken({"OBSTACLES_LANGUAGE": typed} if typed else os.environ)
    speak(language)  # before the texts of commands are made
    bindtextdomain("messages", str(LOCALE))  # for click's own words
    os.environ["LANGUAGE"] = language
    from obstacles.cli.main import cli

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console that cannot show a letter shows its number
    cli.main(prog_name="obstacles")


def _typed_language(words: list[str]) -> str | None:
    """What `obstacles --language CODE ...` says."""
    name, _equals, code = words[0].partition("=") if words else ("", "", "")
    if name != "--language":
        return None
    return code or (words[1] if len(words) > 1 else None)


if __name__ == "__main__":
    main()
