"""A figure as an inline `<svg>`: text stays text, attributes instead of CSS, the same bytes each time.

WeasyPrint takes the text alternative of an inline svg from a direct `<title>` child only, and reads presentation
attributes where it would log CSS as unknown. Families are listed alike on every machine: the page has the first one.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from obstacles.reports.charts.fonts import families
from obstacles.reports.charts.labels import clean
from obstacles.reports.charts.style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"
NO_TURN = re.compile(r"rotate\(-?0 ")
REFERENCE = re.compile(r"url\(#([^)]+)\)")


def to_svg(figure: Figure, *, title: str) -> str:
    """The figure as inline SVG.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    title : str
        The text alternative: what the chart shows, in a sentence or two.

    Returns
    -------
    str
        One `<svg>` element without prolog, `<title>` first, ids (if any are needed) unique to this figure.
    """
    drawn = _draw(figure)
    root = ElementTree.fromstring(drawn)
    defined = {element.get("id", ""): element for element in root.iter()}
    _inline(root, defined)
    referenced = set(REFERENCE.findall(drawn))
    _remove(root, lambda element: _defines_nothing(element, referenced))
    prefix = "c" + sha256((title + drawn).encode()).hexdigest()[:8]
    for element in root.iter():
        _plain(element, prefix, referenced)
    _remove(root, _shows_nothing)
    root.attrib |= {"xmlns": SVG, "role": "img", "stroke-linejoin": "round", "stroke-linecap": "butt"}
    name = ElementTree.Element("title")
    name.text = clean(title)
    root.insert(0, name)
    return ElementTree.tostring(root, encoding="unicode")


def _draw(figure: Figure) -> str:
    buffer = io.StringIO()
    with styled(), quiet():
        figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="none", edgecolor="none", dpi=72)
    return buffer.getvalue()


@contextmanager
def quiet() -> Iterator[None]:
    """matplotlib's fonts do not set this text, so what they lack is no news; the page's fonts are checked by render."""
    logger = logging.getLogger("matplotlib.font_manager")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
            yield
    finally:
        logger.setLevel(before)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _inline(root: ElementTree.Element, defined: dict[str, ElementTree.Element]) -> None:
    """Each `<use>` of a marker becomes the marker's path, moved to its place."""
    for element in root.iter():
        source = defined.get(element.attrib.pop(HREF, "").lstrip("#")) if _name(element) == "use" else None
        if source is None:
            continue
        x, y = element.attrib.pop("x", "0"), element.attrib.pop("y", "0")
        style = _style(source.get("style", "")) | _style(element.get("style", ""))
        element.tag = source.tag
        element.set("d", source.get("d", ""))
        element.set("style", "; ".join(f"{key}: {value}" for key, value in style.items()))
        element.set("transform", f"translate({x} {y})")


def _remove(root: ElementTree.Element, unwanted: Callable[[ElementTree.Element], bool]) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if unwanted(child):
                parent.remove(child)


def _defines_nothing(element: ElementTree.Element, referenced: set[str]) -> bool:
    """Metadata and definitions, unless something is still referred to."""
    aside = _name(element) in ("metadata", "style", "defs")
    return aside and not any(inner.get("id") in referenced for inner in element.iter())


def _shows_nothing(element: ElementTree.Element) -> bool:
    if element.tag == "path":
        return element.get("fill") == "none" and not element.get("stroke")
    return element.tag == "g" and all(inner.tag == "g" for inner in element.iter())


def _plain(element: ElementTree.Element, prefix: str, referenced: set[str]) -> None:
    """Names without prefixes, style as attributes, ids only where needed."""
    element.tag = _name(element)
    element.text = element.text if element.tag == "text" else None
    element.tail = None
    for key, value in _style(element.attrib.pop("style", "")).items():
        element.set(key, families() if key == "font-family" else value)
    if "d" in element.attrib:
        element.set("d", " ".join(element.attrib["d"].split()))
    if NO_TURN.match(element.get("transform", "")):
        del element.attrib["transform"]
    id = element.attrib.pop("id", None)
    if id in referenced:
        element.set("id", f"{prefix}-{id}")
    for key, value in element.attrib.items():
        element.set(key, REFERENCE.sub(rf"url(#{prefix}-\1)", value))


def _style(declarations: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in declarations.split(";") if ":" in part)
    return {key.strip(): value.strip() for key, _colon, value in pairs}
