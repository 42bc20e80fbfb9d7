"""What every process of a test run would make alike: made by one, and kept for the others in the folder of the run."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 120.0  # seconds that the others wait for the one that makes it
_folder: list[Path] = []


def keep_in(folder: Path) -> None:
    """From now on things are kept there."""
    _folder[:] = [folder]


def once(name: str, make: Callable[[], T]) -> T:
    """What `make` gives, from the process that came first; it has to bear pickling.

    Where that process has left it half made, it is made here.
    """
    if not _folder:
        return make()
    path = _folder[0] / f"once-{sha256(name.encode()).hexdigest()[:24]}"
    try:
        os.close(os.open(path.with_suffix(".claimed"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        end = time.monotonic() + PATIENCE
        while not path.exists() and time.monotonic() < end:
            time.sleep(0.05)
        return _read(path) if path.exists() else make()
    made = make()
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(pickle.dumps(made))
    unfinished.replace(path)
    return made


def _read(path: Path) -> T:  # type: ignore[type-var]
    return pickle.loads(path.read_bytes())  # our own, of this run
