"""Colours, fonts and settings under which every chart is drawn (sizes are printers' points: figures are placed 1:1).

Contrast on white: navy 8.7, ink 16, orange text 5.5, orange bars 4.4, teal 5.2, source grey 6.0, context
grey 3.1 (WCAG 2.2 ratios).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from obstacles.reports.charts.fontconfig import files_of_families
from obstacles.text.languages import LANGUAGES

NAVY, INK, ORANGE, ORANGE_TEXT, TEAL = "#1F4E79", "#1B1F24", "#C8551B", "#B4470F", "#1C7A6E"
SOURCE_GREY, CONTEXT_GREY, RULE_GREY = "#5B6470", "#8A94A0", "#D5D9DF"
DIVERGING = ("#2C6E9B", "#9CC3DA", "#E3E5E8", "#EDB482", "#B8500F")  # least severe to most severe
SEQUENTIAL = ("#EEF4FA", "#C9DDEE", "#94BEDC", "#3A79A9", "#1A5684", "#0B3052")  # little to much

PALE = 1.6  # contrast with white under which a surface has an edge of its own

FAMILY = "Source Sans Pro"
FALLBACKS = tuple(dict.fromkeys(family for language in LANGUAGES.values() for family in language.fonts))
WEIGHTS = {400: "SourceSansPro-Regular.ttf", 600: "SourceSansPro-Semibold.ttf"}
STYLE = Path(__file__).with_name("report.mplstyle")


def font_file(weight: int) -> Path:
    """The file of the family at 400 (regular) or 600 (semi-bold)."""
    import font_source_sans_pro

    return Path(font_source_sans_pro.__file__).parent / "files" / WEIGHTS[weight]


@cache
def register_fonts() -> tuple[str, ...]:
    """Make the family known to matplotlib; gives those for text: ours, then what is installed for other scripts."""
    from matplotlib.font_manager import fontManager

    for weight in WEIGHTS:
        fontManager.addfont(font_file(weight))
    found = list(dict.fromkeys(_other_scripts()))
    heavy = [entry for entry in fontManager.ttflist if entry.name in found and entry.weight == 700]
    fontManager.ttflist += [replace(entry, weight=600) for entry in heavy]  # bold stands for the semi-bold they lack
    return (FAMILY, *found)


def _other_scripts() -> Iterator[str]:
    """Families for letters that ours lacks: of a language, or else the first that fontconfig has."""
    for language in LANGUAGES.values():
        named = [family for family in language.fonts if _known(family)]
        if language.fonts and not named:
            others = sorted(
                files_of_families(f":lang={language.tag.lower()}"), key=lambda name: ("Sans" not in name, name)
            )
            named = list(filter(_known, others))[:1]
        yield from named


def _known(family: str) -> bool:
    """Whether matplotlib can set this family; one that fontconfig knows and matplotlib's list lacks is added to it."""
    from matplotlib.font_manager import fontManager

    if family not in {entry.name for entry in fontManager.ttflist}:
        for file in sorted(files_of_families(family).get(family, ())):
            with suppress(OSError, RuntimeError):  # a format that matplotlib cannot read
                fontManager.addfont(file)
    return family in {entry.name for entry in fontManager.ttflist}


@contextmanager
def styled() -> Iterator[None]:
    """Within the block, what matplotlib makes has the look of the reports."""
    from matplotlib import rc_context

    families = list(register_fonts())
    with rc_context(fname=str(STYLE)), rc_context({"font.family": families}):
        yield


def ramp(colours: tuple[str, ...], n: int) -> list[str]:
    """`n` colours evenly spaced along a palette, both ends included."""
    import numpy as np
    from matplotlib.colors import to_hex, to_rgb

    if n == 1:
        return [colours[-1]]
    stops, places = np.array([to_rgb(colour) for colour in colours]), np.arange(n) * (len(colours) - 1) / (n - 1)
    channels = [np.interp(places, range(len(stops)), channel) for channel in stops.T]
    return [to_hex(rgb) for rgb in zip(*channels, strict=True)]


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(a), _luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def text_on(fill: str) -> str:
    """White or ink, whichever reads better on `fill`."""
    return max("#FFFFFF", INK, key=lambda colour: contrast(fill, colour))


def edge_of(fill: str) -> str:
    """The edge of a surface: white between strong ones, grey round one that white would swallow."""
    return CONTEXT_GREY if contrast(fill, "#FFFFFF") < PALE else "#FFFFFF"


def _luminance(colour: str) -> float:
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
