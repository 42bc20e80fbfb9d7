"""Tags of the PDF where WeasyPrint's are not what assistive technology needs.

A chart is one Figure with its text alternative, its shapes and texts inside it: WeasyPrint tags an `<article>` as Art
and the svg within as Figure. Here the whole becomes the Figure, so that the alternative is read and not the numbers of
an axis one by one. What stands in the margins of every page (title, study, page number) is marked as pagination: it
belongs to no part of the text (ISO 14289-1, 7.8). The heads of tables, to which cells point by their ids, say whether
they head a row or a column and stand in the tree of ids (ISO 32000-1, 14.7.2 and 14.8.5.7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

CHART, FIGURE, INNER = "/Art", "/Figure", "/NonStruct"
POINTS = 0.75  # in a CSS pixel
Elements = Mapping[Any, Any]  # reference -> structure element


def tag(document: Any, pdf: Any) -> None:
    """A finisher of `weasyprint.Document.write_pdf`."""
    elements = {element.reference: element for element in pdf.objects if _is_element(element)}
    _tag_charts(document, pdf, elements)
    _mark_margins(pdf, elements)
    _name_heads(pdf, elements)


def _tag_charts(document: Any, pdf: Any, elements: Elements) -> None:
    """Move alternative and box from each svg to its chart.

    The box is turned from CSS pixels below the top of the page to points above its bottom, as PDF has it.
    """
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


def _mark_margins(pdf: Any, elements: Elements) -> None:
    """Turn the content of elements that are in no tree, which WeasyPrint makes for the margins, into artifacts."""
    root = next(element for element in elements.values() if element["S"] == "/Document")
    kept = {root.reference, *(child.reference for child in _below(root, elements))}
    margins: dict[Any, set[int]] = {}  # page -> its marked contents
    for reference, element in elements.items():
        if reference not in kept:
            margins.setdefault(element["Pg"], set()).update(kid for kid in element["K"] if isinstance(kid, int))
            element.clear()  # freeing it would leave it counted in the cross-reference stream, and not written
    if not margins:
        return
    objects = _by_reference(pdf)
    tree = objects[objects[pdf.catalog["StructTreeRoot"]]["ParentTree"]]["Nums"]
    owners = dict(zip(tree[::2], tree[1::2], strict=True))
    for page, contents in margins.items():
        _mark_artifacts(objects[objects[page]["Contents"]].stream, contents)
        parents = owners[objects[page]["StructParents"]]
        parents[:] = [b"null" if place in contents else parent for place, parent in enumerate(parents)]


def _mark_artifacts(stream: list[Any], contents: set[int]) -> None:
    """Rename marked contents of a page by their numbers: `/Span <</MCID 3>> BDC` becomes an artifact."""
    for place, part in enumerate(stream):
        if isinstance(part, dict) and part.get("MCID") in contents:
            stream[place - 1] = "/Artifact"
            del part["MCID"]
            part["Type"] = "/Pagination"


def _name_heads(pdf: Any, elements: Elements) -> None:
    """Give each head of a row or a column its scope, and the tree of the ids that cells point at."""
    from pydyf import Array, Dictionary  # type: ignore[import-untyped]

    heads = [element for element in elements.values() if element.get("S") == "/TH"]
    rows = {kid for element in elements.values() if element.get("S") == "/THead" for kid in element["K"]}
    columns = {kid for row in rows if row in elements for kid in elements[row]["K"]}
    named: dict[bytes, Any] = {}
    for head in heads:
        attributes = head.setdefault("A", Dictionary({"O": "/Table"}))
        attributes["Scope"] = "/Column" if head.reference in columns else "/Row"
        if "ID" in head:
            named[head["ID"].data] = head
    if not named:
        return
    ends = sorted(named)
    leaf = Dictionary(
        {
            "Limits": Array([named[ends[0]]["ID"], named[ends[-1]]["ID"]]),
            "Names": Array([part for key in ends for part in (named[key]["ID"], named[key].reference)]),
        }
    )
    pdf.add_object(leaf)
    _by_reference(pdf)[pdf.catalog["StructTreeRoot"]]["IDTree"] = Dictionary({"Kids": Array([leaf.reference])})


def _by_reference(pdf: Any) -> dict[Any, Any]:
    return {found.reference: found for found in pdf.objects}


def _is_element(candidate: Any) -> bool:
    return isinstance(candidate, dict) and candidate.get("Type") == "/StructElem" and "S" in candidate


def _below(element: Any, elements: Elements) -> Iterator[Any]:
    for kid in element["K"]:
        child = elements.get(kid) if isinstance(kid, bytes) else None
        if child is not None:
            yield child
            yield from _below(child, elements)
