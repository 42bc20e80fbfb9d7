"""The bytes of a file: `bytes`, or where the file is large a map of memory in large pages.

Memory in large pages is filled three times as fast. A map can be sliced (to `bytes`), searched and hashed as `bytes`
can, but has not their other methods.
"""

from __future__ import annotations

import mmap
from pathlib import Path

Octets = bytes | mmap.mmap
LARGE = 16 * 1024**2  # bytes of a file from which large pages are asked for, where the system has them


def read_octets(path: Path) -> Octets:
    """The file as it lies on disk. Raises OSError."""
    size = path.stat().st_size
    if size < LARGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        return path.read_bytes()
    room = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    room.madvise(mmap.MADV_HUGEPAGE)
    with path.open("rb", buffering=0) as file, memoryview(room) as view:
        filled = 0
        while filled < size and (count := file.readinto(view[filled:])):
            filled += count
        if filled == size and not file.read(1):
            return room
    return path.read_bytes()  # it has become longer or shorter meanwhile


def is_plain(octets: mmap.mmap) -> bool:
    """Whether all characters are ASCII, and none is NUL."""
    import numpy as np

    text = np.frombuffer(octets, np.uint8)
    return bool(text.max(initial=0) < 128) and octets.find(b"\x00") < 0
