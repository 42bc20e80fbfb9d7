"""Cells that are no answer by themselves: what they mean, by the study file and as survey tools write them."""

from __future__ import annotations

from obstacles.survey.settings import WaveSettings
from obstacles.survey.vendors import VENDORS
from obstacles.survey.vendors.vendor import NoAnswer
from obstacles.text.fold import fold

BLANK, BELOW, MISSING, NOT_APPLICABLE = -1, -2, -3, -4  # meanings of a cell that is no answer by itself
NO_ANSWERS: dict[NoAnswer, int] = {"not_ranked": BELOW, "skipped": MISSING}
VENDOR_CODES = {code: NO_ANSWERS[kind] for vendor in VENDORS.values() for code, kind in vendor.codes.items()}


def kinds_of_missing(settings: WaveSettings) -> dict[str, int]:
    """Folded cell -> MISSING or NOT_APPLICABLE, from the key `missing`."""
    return {
        fold(cell): NOT_APPLICABLE if kind == "not_applicable" else MISSING
        for kind, cells in settings.missing.items()
        for cell in cells
    }
