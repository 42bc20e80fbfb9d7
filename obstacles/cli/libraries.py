"""The system libraries and fonts that PDFs need: what is found, and the line that brings what is missing.

WeasyPrint lays text out with Pango and cuts fonts down with HarfBuzz; both come from the system, not from Python.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from pathlib import Path

from obstacles.reports.charts.fontconfig import files_of_families, load_library
from obstacles.text.language import _, commas

LIBRARIES = {  # name -> (file names to try, function that returns its version)
    "Pango": (("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll"), "pango_version_string"),
    "PangoFT2": (("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib", "libpangoft2-1.0-0.dll"), ""),
    "HarfBuzz": (("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"), "hb_version_string"),
    "HarfBuzz subset": (("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"), ""),
}
DEBIAN = "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
REMEDIES = {
    "debian": DEBIAN,
    "fedora": "dnf install -y pango harfbuzz",
    "alpine": "apk add pango harfbuzz fontconfig",
    "arch": "pacman -S --needed pango harfbuzz",
    "darwin": "brew install pango",
    "win32": "pacman -S mingw-w64-x86_64-pango (in an MSYS2 shell)",
}
CHINESE_REMEDIES = {
    "debian": "apt-get install -y --no-install-recommends fonts-noto-cjk",
    "fedora": "dnf install -y google-noto-sans-cjk-fonts",
    "alpine": "apk add font-noto-cjk",
    "arch": "pacman -S --needed noto-fonts-cjk",
    "darwin": "brew install --cask font-noto-sans-cjk",
    "win32": "install Noto Sans CJK from the Noto fonts site",
}


def platform(os_release: Path = Path("/etc/os-release"), system: str = sys.platform) -> str:
    """A key of `REMEDIES`: the family of this system; "debian" for a Linux that is not known."""
    if not system.startswith("linux"):
        return system if system in REMEDIES else "debian"
    try:
        text = os_release.read_text(encoding="utf-8")
    except OSError:
        return "debian"
    names: list[str] = []
    for line in text.splitlines():
        key, _sign, value = line.partition("=")
        if key in ("ID", "ID_LIKE"):
            names += value.strip("\"'").split()
    return next((name for name in names if name in REMEDIES), "fedora" if "rhel" in names else "debian")


def libraries() -> dict[str, str | None]:
    """What WeasyPrint needs of the system: name -> version, "" where it tells none; None where it was not found."""
    return {name: _version(files, function) for name, (files, function) in LIBRARIES.items()}


def missing_library_message() -> str | None:
    """What to type where a library that PDFs need is missing; None where all are there."""
    missing = [name for name, version in libraries().items() if version is None]
    if not missing:
        return None
    return _("a PDF needs system libraries that were not found: {names}. Get them by:\n  {line}").format(
        names=commas(missing), line=REMEDIES[platform()]
    )


def chinese_fonts(most: int = 3) -> list[str]:
    """Families of installed fonts that hold Chinese, as fontconfig lists them; none where it is missing."""
    return sorted(files_of_families(":lang=zh-cn"))[:most]


def _version(files: tuple[str, ...], function: str) -> str | None:
    library = load_library(files)
    if library is None:
        return None
    if not function:
        return ""
    call = getattr(library, function)
    call.restype = ctypes.c_char_p
    return (call() or b"").decode()
