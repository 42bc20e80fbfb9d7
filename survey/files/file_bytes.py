"""The bytes of a file: `bytes`, or where the file is large a map of memory in large pages.

Memory in large pages is filled three times as fast. A map can be sliced (to `bytes`), searched and hashed as `bytes`
can, but has not their other methods.
"""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

Octets = bytes | mmap.mmap
LARGE = 16 * 1024**2  # bytes of a file from which large pages are asked for, where the system has them


def read_octets(path: Path) -> Octets:
    """The file as it lies on disk. Raises OSError."""
    size = path.stat().st_size
    if size < LARGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        return _read(path, size)
    room = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    room.madvise(mmap.MADV_HUGEPAGE)
    with path.open("rb", buffering=0) as file, memoryview(room) as view:
        filled = 0
        while filled < size and (count := file.readinto(view[filled:])):
            filled += count
        if filled == size and not file.read(1):
            return room
    return _read(path, size)  # it has become longer or shorter meanwhile


def _read(path: Path, size: int) -> bytes:
    """All bytes, unless they are many more than the file says: those of /proc say none, and some have no end."""
    most = 2 * size + LARGE
    with path.open("rb") as file:
        data = file.read(most)
    if len(data) == most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return data


def is_plain(octets: mmap.mmap) -> bool:
    """Whether all characters are ASCII, and none is NUL."""
    import numpy as np

    text = np.frombuffer(octets, np.uint8)
    return bool(text.max(initial=0) < 128) and octets.find(b"\x00") < 0
