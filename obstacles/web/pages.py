"""Templates filled for a request: the frame round every screen, in the language of its reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from obstacles.text.language import _, catalogues, commas, ngettext, using

HERE = Path(__file__).parent
STATIC = {
    "page.css": (HERE / "static" / "page.css", "text/css; charset=utf-8"),
    "page.js": (HERE / "static" / "page.js", "text/javascript; charset=utf-8"),
}
FONTS = {"regular.ttf": 400, "semibold.ttf": 600}
STEPS: tuple[tuple[str, Callable[[], str], str | None], ...] = (  # address, and whether the study has it
    ("files", lambda: _("Files"), None),
    ("questions", lambda: _("Questions"), None),
    ("problems", lambda: _("Problems"), None),
    ("ranking", lambda: _("Ranking"), None),
    ("change", lambda: _("Change"), "several"),
    ("departments", lambda: _("Departments"), "capability"),
    ("models", lambda: _("Models"), "researcher"),
    ("reports", lambda: _("Reports"), None),
)
MORE: tuple[tuple[str, Callable[[], str]], ...] = (
    ("items", lambda: _("Items and groups")),
    ("capability", lambda: _("Capability")),
    ("privacy", lambda: _("Privacy")),
    ("method", lambda: _("Method and receipt")),
    ("file", lambda: _("Study file")),
)


@cache
def environment() -> Environment:
    """The templates; every text in them is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "ngettext": ngettext, "static": static_address}
    made.filters |= {"commas": commas}
    return made


@cache
def content_of(name: str) -> tuple[bytes, str]:
    """A static file and its kind; KeyError where there is none of that name."""
    if name in FONTS:
        from obstacles.reports.charts.fonts import font_bytes

        return font_bytes(FONTS[name]), "font/ttf"
    path, kind = STATIC[name]
    return path.read_bytes(), kind


@cache
def static_digest() -> str:
    """Changes with the style and the script, so that browsers may keep them for ever."""
    return sha256(b"".join(path.read_bytes() for path, _kind in STATIC.values())).hexdigest()[:12]


def static_address(prefix: str, name: str) -> str:
    """The address of a static file."""
    return f"/{prefix}/static/{static_digest()}/{name}"


def render(template: str, language: str, **values: Any) -> str:
    """A page in a language."""
    with using(language):
        return environment().get_template(template).render(language=language, languages=catalogues(), **values)


def steps(frame: dict[str, Any], mode: str) -> list[dict[str, Any]]:
    """The screens of a study that it has."""
    has = {"several": len(frame["waves"]) > 1, "capability": frame["capability"], "researcher": mode == "researcher"}
    counts = {"questions": frame["questions"], "problems": frame["warnings"] + frame["stops"]}
    return [
        {"to": to, "name": name(), "count": counts.get(to, 0)} for to, name, need in STEPS if need is None or has[need]
    ]


def more() -> list[dict[str, str]]:
    """Screens of parts of the study file."""
    return [{"to": to, "name": name()} for to, name in MORE]
