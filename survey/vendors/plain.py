"""A plain table: of one header row, or of questions over their parts, of no known tool."""

from __future__ import annotations

from obstacles.survey.vendors.headings import from_names, two_rows
from obstacles.survey.vendors.vendor import Export, Heading, Vendor
from obstacles.text.language import _


def _recognise(table: Export) -> str:
    return _("no survey tool's marks were found")


def _headings(table: Export) -> tuple[Heading, ...]:
    return two_rows(table) if len(table.header) == 2 else from_names(table)


PLAIN = Vendor("plain", _recognise, _headings)
