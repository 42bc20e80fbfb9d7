"""A plain table: one header row, of no known tool."""

from __future__ import annotations

from obstacles.survey.vendors.headings import from_names
from obstacles.survey.vendors.vendor import Export, Vendor
from obstacles.text.language import _


def _recognise(table: Export) -> str:
    return _("no survey tool's marks were found")


PLAIN = Vendor("plain", _recognise, from_names)
