"""Survey tools and how their exports look: one file and one line each. The first that recognises a table is meant."""

from __future__ import annotations

from obstacles.survey.vendors.google_forms import GOOGLE_FORMS
from obstacles.survey.vendors.labelled import LABELLED
from obstacles.survey.vendors.limesurvey import LIMESURVEY
from obstacles.survey.vendors.microsoft_forms import MICROSOFT_FORMS
from obstacles.survey.vendors.plain import PLAIN
from obstacles.survey.vendors.qualtrics import QUALTRICS
from obstacles.survey.vendors.surveymonkey import SURVEYMONKEY
from obstacles.survey.vendors.vendor import Export, Vendor
from obstacles.survey.vendors.wenjuanxing import WENJUANXING

VENDORS: dict[str, Vendor] = {
    "labelled": LABELLED,
    "qualtrics": QUALTRICS,
    "wenjuanxing": WENJUANXING,
    "microsoft_forms": MICROSOFT_FORMS,
    "google_forms": GOOGLE_FORMS,
    "surveymonkey": SURVEYMONKEY,
    "limesurvey": LIMESURVEY,
    "plain": PLAIN,
}


def recognise(table: Export) -> tuple[Vendor, str]:
    """The tool whose export a table is, and the evidence in words."""
    for vendor in VENDORS.values():
        if evidence := vendor.recognise(table):
            return vendor, evidence
    return PLAIN, ""
