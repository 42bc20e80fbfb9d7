"""The system libraries and fonts that PDFs need: what is found, and the line that brings what is missing.

WeasyPrint lays text out with Pango and cuts fonts down with HarfBuzz; both come from the system, not from Python.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from pathlib import Path

from obstacles.text.language import _, commas

LIBRARIES = {  # name -> (file names to try, function that returns its version)
    "Pango": (("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll"), "pango_version_string"),
    "PangoFT2": (("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib", "libpangoft2-1.0-0.dll"), ""),
    "HarfBuzz": (("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"), "hb_version_string"),
    "HarfBuzz subset": (("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"), ""),
}
FONTCONFIG = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")
FOLDERS = ("", "/opt/homebrew/lib/", "/usr/local/lib/")  # "" = where the system looks
WINDOWS_FOLDERS = (  # where WeasyPrint looks, unless WEASYPRINT_DLL_DIRECTORIES names others
    "C:\\msys64\\ucrt64\\bin",
    "C:\\msys64\\mingw64\\bin",
    "C:\\Program Files\\GTK3-Runtime Win64\\bin",
)
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
    library = _load(FONTCONFIG)
    if library is None:
        return []
    return sorted(_families(library, b":lang=zh-cn"))[:most]


def folders(system: str = sys.platform) -> tuple[str, ...]:
    """Where libraries are looked for, as WeasyPrint does; each but "" ends with the sign that divides folders."""
    if system != "win32":
        return FOLDERS
    stated = os.environ.get("WEASYPRINT_DLL_DIRECTORIES")
    named = stated.split(";") if stated is not None else WINDOWS_FOLDERS
    return ("", *(folder.rstrip("\\/") + "\\" for folder in named if folder))


def _load(files: tuple[str, ...]) -> ctypes.CDLL | None:
    for folder in folders():
        for file in files:
            try:
                return ctypes.CDLL(folder + file)
            except OSError:
                continue
    return None


def _version(files: tuple[str, ...], function: str) -> str | None:
    library = _load(files)
    if library is None:
        return None
    if not function:
        return ""
    call = getattr(library, function)
    call.restype = ctypes.c_char_p
    return (call() or b"").decode()


class _FontSet(ctypes.Structure):
    _fields_ = (("nfont", ctypes.c_int), ("sfont", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))


def _families(library: ctypes.CDLL, pattern: bytes) -> set[str]:
    """Family names of the fonts that match a fontconfig pattern."""
    library.FcNameParse.restype = ctypes.c_void_p
    library.FcObjectSetCreate.restype = ctypes.c_void_p
    library.FcFontList.restype = ctypes.POINTER(_FontSet)
    wanted, fields = library.FcNameParse(pattern), library.FcObjectSetCreate()
    library.FcObjectSetAdd(ctypes.c_void_p(fields), b"family")
    found = library.FcFontList(None, ctypes.c_void_p(wanted), ctypes.c_void_p(fields))
    names, text = set(), ctypes.c_char_p()
    for index in range(found.contents.nfont if found else 0):
        font = ctypes.c_void_p(found.contents.fonts[index])
        if library.FcPatternGetString(font, b"family", 0, ctypes.byref(text)) == 0 and text.value:
            names.add(text.value.decode("utf-8", "replace"))
    return names
