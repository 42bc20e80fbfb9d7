"""A plain table: one header row, of no known tool."""

from __future__ import annotations

from survey.language import _
from survey.table import Table
from survey.vendors.headings import from_names
from survey.vendors.vendor import Vendor


def _recognise(table: Table) -> str:
    return _("no survey tool's marks were found")


PLAIN = Vendor("plain", _recognise, from_names)
