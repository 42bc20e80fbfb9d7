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
    for name in sorted(obstacles.PUBLIC, key=lambda one: (one[0].isupper(), one)):
        module, attribute = obstacles.PUBLIC[name]
        parts.append(
            f"::: {module}.{attribute}\n    options:\n      heading: obstacles.{name}\n      toc_label: {name}\n"
        )
    return "\n".join(parts)
