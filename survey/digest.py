"""The SHA-256 of a file's bytes, worked out on a thread of its own where the file is large."""

from __future__ import annotations

import hashlib
from threading import Thread

from survey.octets import Octets

LARGE = 1024**2  # bytes below which a thread costs more than it saves


class Digest:
    """SHA-256 of `data`; whoever asks for it waits until it is there."""

    def __init__(self, data: Octets) -> None:
        self._large = len(data) >= LARGE
        self._hash = hashlib.sha256()
        self._work = Thread(target=self._hash.update, args=(data,), daemon=True)
        self._begun = False

    def begin(self) -> None:
        """Work it out beside what comes next: worth it when that leaves a processor idle."""
        if not self._begun:
            self._begun = True
            if self._large:
                self._work.start()
            else:
                self._work.run()

    @property
    def hexadecimal(self) -> str:
        self.begin()
        if self._large:
            self._work.join()
        return self._hash.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digest) and self.hexadecimal == other.hexadecimal

    def __hash__(self) -> int:
        return hash(self.hexadecimal)
