"""How this program was started, so that a line printed for pasting works where the person stands."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

NAME = "obstacles"


def program() -> str:
    """`obstacles`, where the shell finds it under that name; else the path that was typed, or `python -m obstacles`."""
    started = Path(sys.argv[0])
    if started.parts[-2:] == (NAME, "__main__.py"):
        return f"{typed(sys.executable)} -m {NAME}"
    if started.stem != NAME:
        return NAME  # started by another program
    reached = shutil.which(NAME)
    if reached is not None and Path(reached).resolve() == started.resolve():
        return NAME
    return typed(str(started))


def typed(path: str) -> str:
    """A path as one types it in the folder where one stands: relative if it lies inside, quoted if it must be."""
    here = Path.cwd()
    absolute = here / path
    return shlex.quote(str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute))
