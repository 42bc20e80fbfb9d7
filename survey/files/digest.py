"""The SHA-256 of a file's bytes, worked out beside other work where the file is large."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from obstacles.survey.files.file_bytes import Octets
from obstacles.survey.files.threads import beside


class Digest:
    """SHA-256 of `data`; whoever asks for it waits until it is there."""

    def __init__(self, data: Octets) -> None:
        self._data: Octets | None = data
        self._result: Callable[[], str] | None = None

    def begin(self) -> Callable[[], str]:
        """Work it out beside what comes next: worth it when that leaves a processor idle."""
        if self._result is None:
            data, self._data = self._data or b"", None  # held no longer than it takes
            self._result = beside(lambda: hashlib.sha256(data).hexdigest(), size=len(data))
        return self._result

    @property
    def hexadecimal(self) -> str:
        return self.begin()()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digest) and self.hexadecimal == other.hexadecimal

    def __hash__(self) -> int:
        return hash(self.hexadecimal)
