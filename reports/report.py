"""What a report is to those who write it: words and blocks for the pages, records for the data."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from obstacles.reports.words.page_blocks import Fact, Figure, Section


@dataclass(frozen=True, kw_only=True, eq=False)
class Report(ABC):
    """All that the pages, the JSON and the CSV say, in one language; a report of any kind has these."""

    kind: ClassVar[str]  # its template is <kind>.html
    by_item: ClassVar[tuple[str, ...]]  # ids of tables with a row per item: the columns of the CSV, the first leads
    study: str
    title: str
    kicker: str
    subtitle: str
    facts: tuple[Fact, ...] = ()  # of the cover: ESOMAR's minimum
    disclosure: str = ""  # one line
    art: Figure | None = None
    sections: tuple[Section, ...]
    footer: str
    synthetic: str = ""  # what every page says of made-up data; "" for real ones
    author: str = ""
    language: str
    page_size: str = "A4"  # or "Letter"
    date: datetime.date | None = None  # last day of fieldwork
    study_text: str | None = None
    on_grid: bool = False  # figures are on two digits: they are handed to others, and weights differ
    archive: bool = False  # whether its PDF is for an archive (reports.writers.archive)

    @abstractmethod
    def results(self) -> Mapping[str, Any]:
        """What the analysis found, as plain numbers and texts."""

    @abstractmethod
    def sources(self) -> Mapping[str, Any]:
        """What became of every row of the data files."""
