"""Which fonts are installed, and in which files, as fontconfig says, of which WeasyPrint asks the same.

matplotlib keeps a list of its own from the day of its first run: a font that came later is not in it.
"""

from __future__ import annotations

import ctypes
import os
import sys

FONTCONFIG = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")
FOLDERS = ("", "/opt/homebrew/lib/", "/usr/local/lib/")  # "" = where the system looks
WINDOWS_FOLDERS = (  # where WeasyPrint looks, unless WEASYPRINT_DLL_DIRECTORIES names others
    "C:\\msys64\\ucrt64\\bin",
    "C:\\msys64\\mingw64\\bin",
    "C:\\Program Files\\GTK3-Runtime Win64\\bin",
)


def folders(system: str = sys.platform) -> tuple[str, ...]:
    """Where libraries are looked for, as WeasyPrint does; each but "" ends with the sign that divides folders."""
    if system != "win32":
        return FOLDERS
    stated = os.environ.get("WEASYPRINT_DLL_DIRECTORIES")
    named = stated.split(";") if stated is not None else WINDOWS_FOLDERS
    return ("", *(folder.rstrip("\\/") + "\\" for folder in named if folder))


def load_library(files: tuple[str, ...]) -> ctypes.CDLL | None:
    """The first of these system libraries that is found."""
    for folder in folders():
        for file in files:
            try:
                return ctypes.CDLL(folder + file)
            except OSError:
                continue
    return None


class _FontSet(ctypes.Structure):
    _fields_ = (("nfont", ctypes.c_int), ("sfont", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))


def files_of_families(pattern: str) -> dict[str, set[str]]:
    """Family -> its font files, of those that match a fontconfig pattern; {} where fontconfig is missing."""
    library = load_library(FONTCONFIG)
    if library is None:
        return {}
    library.FcNameParse.restype = ctypes.c_void_p
    library.FcObjectSetCreate.restype = ctypes.c_void_p
    library.FcFontList.restype = ctypes.POINTER(_FontSet)
    wanted, fields = library.FcNameParse(pattern.encode()), library.FcObjectSetCreate()
    for name in (b"family", b"file"):
        library.FcObjectSetAdd(ctypes.c_void_p(fields), name)
    listed = library.FcFontList(None, ctypes.c_void_p(wanted), ctypes.c_void_p(fields))
    files: dict[str, set[str]] = {}
    for index in range(listed.contents.nfont if listed else 0):
        font = ctypes.c_void_p(listed.contents.fonts[index])
        family, file = _text(library, font, b"family"), _text(library, font, b"file")
        if family:
            files.setdefault(family, set()).add(file)
    return files


def _text(library: ctypes.CDLL, font: ctypes.c_void_p, name: bytes) -> str:
    text = ctypes.c_char_p()
    if library.FcPatternGetString(font, name, 0, ctypes.byref(text)) or not text.value:
        return ""
    return text.value.decode("utf-8", "replace")
