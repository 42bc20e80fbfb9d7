"""What MkDocs calls when the site is built: pages that follow from the code are made here and never grow old."""

from __future__ import annotations

from typing import Any

from api import api_page
from codes import codes_page
from commands import commands_page
from gallery import gallery_page
from mkdocs.structure.files import File, Files
from study_file import study_file_page

PAGES = {
    "reference/study-file.md": study_file_page,
    "reference/commands.md": commands_page,
    "reference/api.md": api_page,
    "reference/codes.md": codes_page,
    "gallery.md": gallery_page,
}


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages that are made."""
    for place, make in PAGES.items():
        files.append(File.generated(config, place, content=make()))
    return files
