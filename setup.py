"""The rooms lie at the top of the repository and are installed inside `obstacles`, the one import name.

In a checkout `obstacles/survey`, `obstacles/analysis`, `obstacles/reports` and `obstacles/examples` are links to the
folders above. What is built does not use them: they are files where git makes no links (Windows).
"""

from __future__ import annotations

from setuptools import find_packages, setup

ROOMS = ("survey", "analysis", "reports")
PACKAGES = ["obstacles", *find_packages(include=["obstacles.text*", "obstacles.cli*"])]
for room in ROOMS:
    PACKAGES += [f"obstacles.{room}", *(f"obstacles.{room}.{name}" for name in find_packages(room))]

setup(
    packages=[*PACKAGES, "obstacles.examples"],
    package_dir={"obstacles": "obstacles"} | {f"obstacles.{name}": name for name in (*ROOMS, "examples")},
    package_data={
        "obstacles": ["py.typed", "*.pyi"],
        "obstacles.text": ["locale/*/LC_MESSAGES/*"],
        "obstacles.survey.studyfile": ["instruments/*.toml"],
        "obstacles.reports": ["templates/*"],
        "obstacles.reports.charts": ["*.mplstyle"],
        "obstacles.examples": ["**/*"],
    },
)
