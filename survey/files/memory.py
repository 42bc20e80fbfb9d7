"""How much memory reading may take: stated once (`obstacles --memory 2G`), else half of the machine's.

What a file would take is estimated before it is taken; the costs here were measured as peaks of whole runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from obstacles.survey.problems import refusal
from obstacles.text.language import _

MIB = 1024**2
TEXT_COST = 3  # bytes per byte of a text table
ROW_COST, CELL_COST = 64, 10  # bytes per row of a text table, and per cell that is kept
WORKBOOK_COST = 8  # bytes per byte of a workbook's unpacked XML
VALUE_COST = 80  # bytes per value of a data file of a statistics program
UNKNOWN = 4096 * MIB  # memory of a machine that does not tell
CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_stated: ContextVar[int | None] = ContextVar("memory", default=None)


@contextmanager
def allowing(size: int | None) -> Iterator[None]:
    """Within the block, reading may take so many bytes of memory; half of the machine's where None."""
    before = _stated.set(size)
    try:
        yield
    finally:
        _stated.reset(before)


def allowed() -> int:
    """Bytes of memory that reading may take."""
    stated = _stated.get()
    return machine() // 2 if stated is None else stated


def check_memory(need: int, file: str) -> None:
    """Raise SurveyError where reading `file` would take `need` bytes of memory, and that is more than is allowed."""
    if need <= allowed():
        return
    message = _(
        "reading this takes about {need} MiB of memory, and {allowed} MiB are allowed. Leave out what is not needed, "
        "or allow more, as in obstacles --memory 8G check study.toml."
    )
    text = message.format(need=f"{need // MIB:,}", allowed=f"{allowed() // MIB:,}")
    raise refusal("E-FILE-04", text, file)


@cache
def machine() -> int:
    """Bytes of memory of the machine, or of the container where that has less."""
    sizes = [_physical()]
    for name in CONTAINER:
        with suppress(OSError, ValueError):
            sizes.append(int(Path(name).read_text(encoding="ascii")))
    return min(size for size in sizes if size > 0)


def _physical() -> int:
    if sys.platform == "win32":
        return _physical_of_windows()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return UNKNOWN


def _physical_of_windows() -> int:
    import ctypes

    size = ctypes.c_ulonglong()
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - it exists on Windows only
    told = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(size))
    return size.value * 1024 if told else UNKNOWN
