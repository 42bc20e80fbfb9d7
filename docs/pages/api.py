"""The reference of the public names, from their docstrings (rendered by mkdocstrings)."""

from __future__ import annotations

import obstacles

HEAD = """# Python

What `import obstacles` offers; each name is imported when it is first used. Results are values that do not change:
their fields are described below.
"""


def api_page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    names = [name for name in obstacles.__all__ if not name.startswith("_")]
    for name in sorted(names, key=lambda name: (name[0].isupper(), name)):
        place = f"{getattr(obstacles, name).__module__}.{getattr(obstacles, name).__qualname__}"
        parts.append(f"::: {place}\n    options:\n      heading: obstacles.{name}\n      toc_label: {name}\n")
    return "\n".join(parts)
