"""What a report is to those who write it: words and blocks for the pages, records for the data."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from obstacles.reports.words.page_blocks import Fact, Figure, Section


class Report(Protocol):
    """All that the pages, the JSON and the CSV say, in one language; a report of any kind has these."""

    kind: ClassVar[str]  # its template is <kind>.html
    by_item: ClassVar[tuple[str, ...]]  # ids of tables with a row per item: the columns of the CSV, the first leads

    @property
    def study(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kicker(self) -> str: ...
    @property
    def subtitle(self) -> str: ...
    @property
    def facts(self) -> tuple[Fact, ...]: ...  # of the cover: ESOMAR's minimum
    @property
    def disclosure(self) -> str: ...  # one line
    @property
    def art(self) -> Figure | None: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def footer(self) -> str: ...
    @property
    def synthetic(self) -> str: ...  # what every page says of made-up data; "" for real ones
    @property
    def author(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def page_size(self) -> str: ...  # "A4" or "Letter"
    @property
    def date(self) -> datetime.date | None: ...  # last day of fieldwork
    @property
    def study_text(self) -> str | None: ...
    @property
    def archive(self) -> bool: ...  # whether its PDF is for an archive (reports.writers.archive)

    def results(self) -> Mapping[str, Any]:
        """What the analysis found, as plain numbers and texts."""

    def sources(self) -> Mapping[str, Any]:
        """What became of every row of the data files."""
