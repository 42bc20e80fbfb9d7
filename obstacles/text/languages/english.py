"""English, British: message ids are English sentences, so that it needs no catalogue."""

from __future__ import annotations

from obstacles.text.languages.base import Language

LANGUAGE = Language(code="en", locale="en_GB", tag="en-GB", before_percent="")
