"""A chart on a page: its shapes as inline `<svg>`, its texts as HTML laid over them.

WeasyPrint sets the text of an svg letter by letter: no kerning, and scripts that join their letters or run from right
to left come out broken. As HTML the texts are shaped, searchable and quick to set. The whole is one image to assistive
technology, with the text alternative of the chart.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from obstacles.reports.charts.labels import text_width
from obstacles.reports.charts.svg import SVG, to_svg
from obstacles.reports.words.naming import direction

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ASCENT, DESCENT = 0.984, 0.273  # of the family, in em: where the baseline of a line without height is
TEXT = f"{{{SVG}}}text"


def to_html(figure: Figure, *, title: str, tag: str = "article") -> str:
    """The figure as an `<article class="chart">`, which `reports.writers.tagging` finds again in a PDF.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    title : str
        The text alternative.
    tag : str
        Name of the element, where it is another.
    """
    root = ElementTree.fromstring(to_svg(figure, title=title))
    texts = _take_texts(root)
    width, height = (float(root.get(side, "0").removesuffix("pt")) for side in ("width", "height"))
    ElementTree.register_namespace("", SVG)
    shapes = ElementTree.tostring(root, encoding="unicode")
    spans = "".join(_span(text, width) for text in texts)
    size = f"width:{width:.2f}pt;height:{height:.2f}pt"
    return f'<{tag} class="chart" role="img" aria-label="{escape(title)}" style="{size}">{shapes}{spans}</{tag}>'


def _take_texts(root: ElementTree.Element) -> list[ElementTree.Element]:
    """Remove the texts from the tree, and the groups that held nothing else."""
    found = []
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == TEXT:
                found.append(child)
                parent.remove(child)
            elif all(inner.tag in (TEXT, f"{{{SVG}}}g") for inner in child.iter()):
                found += [inner for inner in child.iter() if inner.tag == TEXT]
                parent.remove(child)
    return found


def _span(text: ElementTree.Element, width: float) -> str:
    """One text at its place: the anchor of the svg becomes the side it hangs on."""
    x, y, size = float(text.get("x", "0")), float(text.get("y", "0")), float(text.get("font-size", "8px")[:-2])
    words = text.text or ""
    weight, colour = int(text.get("font-weight", "400")), text.get("fill", "#000000")
    room = 1.3 * text_width(words, size, weight=weight) + 4  # so that nothing needs to be measured again
    anchor = text.get("text-anchor", "start")
    if anchor == "end":
        side = f"right:{width - x:.2f}pt;text-align:right"
    elif anchor == "middle":
        side = f"left:{x - room / 2:.2f}pt;text-align:center"
    else:
        side = f"left:{x:.2f}pt;text-align:left"
    top = y - (ASCENT - DESCENT) / 2 * size
    style = f"{side};width:{room:.2f}pt;top:{top:.2f}pt;font-size:{size:.2f}pt;font-weight:{weight};color:{colour}"
    turned = ' dir="rtl"' if direction(words) == "rtl" else ""
    return f'<span{turned} style="{style}">{escape(words)}</span>'
