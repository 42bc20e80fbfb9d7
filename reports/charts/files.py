"""Charts as files for papers and documents: SVG, PDF and PNG, with the fonts inside and the same bytes each time.

On the pages of a report the page's fonts set the texts (`reports.charts.overlay`); here matplotlib does, with the
family of the reports and an installed Chinese one. `missing` is told the characters that neither has.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from obstacles.reports.charts.fonts import embedded_faces
from obstacles.reports.charts.labels import clean
from obstacles.reports.charts.style import styled
from obstacles.reports.charts.svg import quiet, to_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PRINT, SCREEN = 300, 192  # dots per inch; twice those of a screen
PAD = 3.0  # points of white round a chart: a label that is a hair wider than reckoned is not cut
DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")
MISSING = re.compile(r"Glyph (\d+) .*missing from font")
Missing = Callable[[str], None]


def to_svg_file(figure: Figure, *, title: str, missing: Missing | None = None) -> bytes:
    """A drawing whose texts are texts, with the letters that it needs of our family inside."""
    svg = to_svg(figure, title=title)
    named, end, shapes = svg.partition("</title>")
    style = f"<style>{embedded_faces(svg)}</style>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n{named}{end}{style}{shapes}\n'.encode()


def to_outlines(figure: Figure, *, missing: Missing | None = None) -> bytes:
    """A drawing whose letters are shapes: it looks the same where no font of ours is installed."""
    bare = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    made = _saved(figure, missing, outlines=True, format="svg", metadata=bare).decode()
    return DOCTYPE.sub("", made, count=1).encode()


def to_pdf_file(figure: Figure, *, title: str, missing: Missing | None = None) -> bytes:
    """One page of the chart's size, fonts embedded."""
    return _saved(figure, missing, format="pdf", metadata={"Title": clean(title), "CreationDate": None})


def to_png_file(figure: Figure, *, title: str, missing: Missing | None = None, dpi: int = PRINT) -> bytes:
    """A picture at print resolution on white."""
    metadata = {"Software": None, "Description": clean(title)} if title else {"Software": None}
    return _saved(figure, missing, format="png", dpi=dpi, metadata=metadata)


def screen_png(figure: Figure) -> tuple[bytes, dict[str, float]]:
    """The picture that a notebook shows, and its size on the screen in pixels (IPython's `_repr_png_`)."""
    width, height = (float(side) * 96 for side in figure.get_size_inches())
    return to_png_file(figure, title="", dpi=SCREEN), {"width": width, "height": height}


def _saved(figure: Figure, missing: Missing | None, *, outlines: bool = False, **options: object) -> bytes:
    from matplotlib import rc_context
    from matplotlib.transforms import Bbox

    out, pad = io.BytesIO(), PAD / 72
    width, height = (float(side) for side in figure.get_size_inches())
    options["bbox_inches"] = Bbox([[-pad, -pad], [width + pad, height + pad]])
    with styled(), rc_context({"svg.fonttype": "path"} if outlines else {}), quiet(), _glyphs(missing):
        figure.savefig(out, facecolor="white", edgecolor="none", **options)  # type: ignore[arg-type]
    return out.getvalue()


@contextmanager
def _glyphs(missing: Missing | None) -> Iterator[None]:
    """Within the block, characters without a glyph are told, and other warnings are passed on afterwards."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        found = MISSING.match(str(warning.message))
        if found is None:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
        elif missing is not None:
            missing(chr(int(found[1])))


FILES: dict[str, Callable[..., bytes]] = {"svg": to_svg_file, "pdf": to_pdf_file, "png": to_png_file}
