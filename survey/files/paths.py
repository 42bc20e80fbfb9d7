"""Where a file that a study file names may lie: in the folder of the study, or in the one named for its data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from obstacles.survey.problems import refusal
from obstacles.text.language import _


def inside(name: str, folder: Path) -> Path | None:
    """The path of a file in a folder; None where the name leads out of it, or is no name of a file."""
    try:
        path = folder / name
        if Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
            return None
        path.exists()
    except (ValueError, OSError, RuntimeError):  # a NUL, a name that is too long, links in a circle
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
