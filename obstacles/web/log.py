"""The log of the page: what happened, never to whom: no cell, no label, no name of a file, no token."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from secrets import token_hex
from time import gmtime

from obstacles.text.escape import safe


class Log:
    """A file of 1 MB and its two before."""

    def __init__(self, path: Path | None) -> None:
        self._logger = logging.Logger(f"obstacles.{token_hex(3)}", logging.INFO)
        if path is not None:
            path.touch(mode=0o600, exist_ok=True)
            handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True)
            form = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
            form.converter = gmtime
            handler.setFormatter(form)
            self._logger.addHandler(handler)

    def say(self, what: str, **about: object) -> None:
        """One line; what could be taken for the end of one is written by its number."""
        self._logger.info(safe(" ".join([what, *(f"{name}={value}" for name, value in about.items())])))

    def fault(self, told: str) -> str:
        """A traceback; gives the number that a person is shown."""
        number = token_hex(2)
        self.say("fault", number=number)
        for line in told.splitlines()[-40:]:
            self._logger.info("  %s", safe(line))
        return number

    def close(self) -> None:
        """Let go of the file."""
        for handler in list(self._logger.handlers):
            handler.close()
            self._logger.removeHandler(handler)
