"""Where a file that a study file names may lie (in the folder of the study, or in the one named for its data), and what
is a file at all.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from obstacles.survey.problems import refusal
from obstacles.text.language import _


def why_no_file(path: Path) -> str:
    """Why nothing can be read from a path, as a sentence; "" where a file lies there."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return _("there is no such file. Check the name and the folder.")
    except OSError as trouble:  # links in a circle, a name that is too long, no permission
        return unreadable(trouble)
    except ValueError:  # a NUL
        return _("there is no such file. Check the name and the folder.")
    return "" if stat.S_ISREG(mode) else _("this is not a file but a folder or a device. Name the file itself.")


def unreadable(trouble: OSError) -> str:
    """What keeps a file from being read, as a sentence."""
    reason = trouble.strerror or type(trouble).__name__
    return _("the file cannot be read ({reason}).").format(reason=reason)


def real(path: Path) -> Path:
    """The absolute path without links and `..`; links in a circle stay as they are, where `resolve` would raise."""
    return Path(os.path.realpath(path))


def inside(name: str, folder: Path) -> Path | None:
    """The path of a file in a folder; None where the name leads out of it, or is no name of a file."""
    try:
        path = folder / name
        if Path(name).is_absolute() or not real(path).is_relative_to(real(folder)):
            return None
        path.exists()
    except (ValueError, OSError):  # a NUL, a name that is too long
        return None
    return path


def found_inside(name: str, folders: Sequence[Path]) -> Path:
    """The path in the first folder that has the file, else where it was looked for first.

    Raises
    ------
    SurveyError
        for a name that leads out of all of them (exit code 3).
    """
    paths = [path for folder in folders if (path := inside(name, folder)) is not None]
    if not paths:
        message = _("the file lies outside {folder}. Move it there.").format(folder=folders[0])
        raise refusal("E-PATH-01", message, name, exit_code=3)
    return next((path for path in paths if path.exists()), paths[0])
