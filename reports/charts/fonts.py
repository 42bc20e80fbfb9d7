"""The fonts of the pages: served to WeasyPrint from the package, cut down and embedded for HTML."""

from __future__ import annotations

import base64
import io

from obstacles.reports.charts.style import FALLBACKS, FAMILY, WEIGHTS, font_file

SCHEME = "report:"  # of addresses that only this program serves


def font_bytes(weight: int) -> bytes:
    """The font file of a weight, as bytes."""
    return font_file(weight).read_bytes()


def served_faces() -> str:
    """`@font-face` rules with addresses that `reports.writers.render` answers."""
    return "\n".join(_face(weight, f"{SCHEME}font-{weight}.ttf") for weight in WEIGHTS)


def embedded_faces(text: str) -> str:
    """`@font-face` rules that hold the letters of `text` and no others."""
    return "\n".join(_face(weight, f"data:font/ttf;base64,{_subset(weight, text)}") for weight in WEIGHTS)


def _face(weight: int, address: str) -> str:
    return f"@font-face {{ font-family: '{FAMILY}'; font-weight: {weight}; src: url({address}); }}"


def _subset(weight: int, text: str) -> str:
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    font = TTFont(io.BytesIO(font_bytes(weight)), recalcTimestamp=False)
    cutter = Subsetter(Options(layout_features=["kern", "tnum", "liga", "locl", "ccmp", "mark"], hinting=False))
    cutter.populate(text=text + text.upper() + "0123456789")  # the style sheet sets some words in capitals
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    return base64.b64encode(out.getvalue()).decode()


def families() -> str:
    """The value of `font-family`: ours, then those for other scripts, then what there is."""
    return ", ".join([*(f"'{name}'" for name in (FAMILY, *FALLBACKS)), "sans-serif"])
