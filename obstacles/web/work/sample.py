"""The made-up study of `obstacles demo`, in a folder of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.cli.demo import SYNTHETIC, examples_folder, synthetic_files
from obstacles.web.storage import StudyFolder, put

if TYPE_CHECKING:
    from obstacles.web.workers import Place


def sample(place: Place) -> dict[str, Any]:
    """Write its files: the same as those of `obstacles demo`."""
    source = examples_folder() / SYNTHETIC
    for path in source.iterdir():
        if path.suffix == ".csv":
            put(place.folder / path.name, path.read_bytes())
    for name, content in synthetic_files().items():
        put(place.folder / name, content)
    StudyFolder(place.folder).write((source / "study.toml").read_text(encoding="utf-8"))
    return {}
