"""The gallery: pages of the reports of the synthetic example, as `make pictures` has drawn them."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "pictures"
PAGES = FOLDER / "pages.json"  # kind -> what stands on each page
TITLES = {
    "research": ("Research report", "One wave ranked: `obstacles report study.toml`."),
    "change": ("Change report", "Waves held against each other: `obstacles report study.toml --kind change`."),
    "evidence": (
        "Evidence of many surveys",
        "Real surveys, whether skills come first: `obstacles evidence FILE... --report FILE.pdf`.",
    ),
    "gap": ("Capability gaps", "One report for every group: `obstacles report study.toml --kind gap`."),
}
HEAD = """# Gallery

Pages of the reports that the example study gives (`make pictures` draws them again). The answers are made up, but
for those of many surveys: nothing else here is about a real organisation.
"""


def picture(kind: str, number: int) -> str:
    """The file of a page."""
    return f"{kind}-{number}.png"


def gallery_page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for kind, contents in json.loads(PAGES.read_text(encoding="utf-8")).items():
        title, about = TITLES[kind]
        parts.append(f"## {title}\n\n{about}\n")
        for number, text in enumerate(contents, 1):
            alternative = f"{title}, page {number}: {text}"
            parts.append(f"![{alternative}](pictures/{picture(kind, number)}){{ width=48% }}")
        parts.append("")
    return "\n".join(parts)
