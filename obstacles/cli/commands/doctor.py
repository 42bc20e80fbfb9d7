"""`obstacles doctor`: what this machine has, and the line that brings what is missing."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

import click

from obstacles.cli.libraries import CHINESE_REMEDIES, chinese_fonts, libraries, missing_library_message, platform
from obstacles.cli.terminal import say
from obstacles.text.language import _, commas
from obstacles.text.width import padded

PACKAGES = (
    "obstacle-ranking",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "statsmodels",
    "pydantic",
    "matplotlib",
    "jinja2",
    "weasyprint",
    "babel",
    "click",
    "rich",
    "threadpoolctl",
    "font-source-sans-pro",
)


@click.command("doctor", help=_("Say which libraries and fonts are found, and how to get what is missing."))
def command() -> None:
    problems = [*_python(), *_system()]
    _fonts()
    say()
    for problem in problems:
        for line in problem.split("\n"):
            say(line, error=True)
    if problems:
        raise SystemExit(1)
    say(_("All that a report needs is here."))


def _python() -> list[str]:
    """Print the versions of the packages; return what is wrong."""
    _line("Python", sys.version.split()[0])
    missing = []
    for name in PACKAGES:
        try:
            _line(name, version(name))
        except PackageNotFoundError:
            _line(name, _("missing"))
            missing.append(name)
    missing = [name for name in missing if name != "obstacle-ranking"]
    if not missing:
        return []
    line = "pip install " + " ".join(missing)
    return [_("Python packages are missing: {names}. Get them by:\n  {line}").format(names=commas(missing), line=line)]


def _system() -> list[str]:
    """Print the system libraries; return what is wrong."""
    for name, number in libraries().items():
        _line(name, _("missing") if number is None else number or _("found"))
    message = missing_library_message()
    return [message] if message else []


def _fonts() -> None:
    """Print the fonts; a missing Chinese font stops no English report."""
    fonts = chinese_fonts()
    if fonts:
        _line(_("Chinese fonts"), commas(fonts))
        return
    _line(_("Chinese fonts"), _("none found: Chinese labels would print as boxes. Get one by:"))
    say("  " + CHINESE_REMEDIES[platform()])


def _line(what: str, value: str) -> None:
    say(f"{padded(what, 22)} {value}")
