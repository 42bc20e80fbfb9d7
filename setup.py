"""The rooms lie at the top of the repository and are installed inside `obstacles`, the one import name.

In a checkout `obstacles/survey`, `obstacles/analysis`, `obstacles/reports` and `obstacles/examples` are links to the
folders above. What is built does not use them: they are files where git makes no links (Windows).
"""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
ROOMS = ("survey", "analysis", "reports")
PACKAGE_DIR = {"obstacles": "obstacles"} | {f"obstacles.{name}": name for name in (*ROOMS, "examples")}
PACKAGE_DATA = {
    "obstacles": ["py.typed", "*.pyi"],
    "obstacles.text": ["locale/*/LC_MESSAGES/*"],
    "obstacles.survey.studyfile": ["instruments/*.toml"],
    "obstacles.reports": ["templates/*"],
    "obstacles.web": ["templates/*", "static/*"],
    "obstacles.reports.charts": ["*.mplstyle"],
    "obstacles.examples": ["*.md", "*/*.md", "*/*.toml", "*/*.csv"],
}
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]+)\]\((?![a-z]+:)[^)]*\)")


def packages() -> list[str]:
    """Every package that is installed, by its import name."""
    found = ["obstacles", *find_packages(str(ROOT), include=["obstacles.text*", "obstacles.cli*", "obstacles.web*"])]
    for room in ROOMS:
        found += [f"obstacles.{room}", *(f"obstacles.{room}.{name}" for name in find_packages(str(ROOT / room)))]
    return [*found, "obstacles.examples"]


def index_page(readme: str) -> str:
    """The README for a package index: links to files of the repository lead nowhere there, pictures neither."""
    lines = []
    for line in readme.splitlines():
        without = PICTURE.sub("", line)
        if without == line or without.strip(" |"):
            lines.append(LINK.sub(r"\1", without))
    return "\n".join(line for line in lines if line not in ("| | |", "|---|---|")) + "\n"


if __name__ == "__main__":
    setup(
        packages=packages(),
        package_dir=PACKAGE_DIR,
        package_data=PACKAGE_DATA,
        long_description=index_page((ROOT / "README.md").read_text(encoding="utf-8")),
        long_description_content_type="text/markdown",
    )
