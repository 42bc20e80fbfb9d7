"""Tags of charts in the PDF: a chart is one Figure with its text alternative, its shapes and texts inside it.

WeasyPrint tags an `<article>` as Art and the svg within as Figure. Here the whole becomes the Figure, so that assistive
technology reads the alternative and not the numbers of an axis one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

CHART, FIGURE, INNER = "/Art", "/Figure", "/NonStruct"
POINTS = 0.75  # in a CSS pixel


def tag_charts(document: Any, pdf: Any) -> None:
    """A finisher of `weasyprint.Document.write_pdf`: moves alternative and box from each svg to its chart.

    The box is turned from CSS pixels below the top of the page to points above its bottom, as PDF has it.
    """
    elements = {element.reference: element for element in pdf.objects if _is_element(element)}
    for element in elements.values():
        if element["S"] != CHART:
            continue
        inner = next((child for child in _below(element, elements) if child["S"] == FIGURE), None)
        if inner is None or "Alt" not in inner:
            continue
        element["S"] = FIGURE
        element["Alt"], element["A"] = inner.pop("Alt"), inner.pop("A")
        inner["S"] = INNER
        page = document.pages[pdf.page_references.index(element["Pg"])]
        left, top, right, bottom = (side * POINTS for side in element["A"]["BBox"])
        height = page.height * POINTS
        element["A"]["BBox"][:] = [left, height - bottom, right, height - top]


def _is_element(candidate: Any) -> bool:
    return isinstance(candidate, dict) and candidate.get("Type") == "/StructElem" and "S" in candidate


def _below(element: Any, elements: dict[Any, Any]) -> Iterator[Any]:
    for kid in element["K"]:
        child = elements.get(kid)
        if child is not None:
            yield child
            yield from _below(child, elements)
