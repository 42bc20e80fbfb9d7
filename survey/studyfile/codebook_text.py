"""A proposed study -> the text of its codebook, which `survey.studyfile.codebook` reads back."""

from __future__ import annotations

import csv
import io

from obstacles.survey.studyfile.codebook import as_cell
from obstacles.survey.studyfile.proposal import Proposal, ProposedItem
from obstacles.survey.studyfile.write import language_of, languages_of


def codebook_text(proposal: Proposal) -> bytes:
    """The items of a proposal as a CSV that spreadsheets open with the right letters."""
    waves = [wave.id for wave in proposal.waves]
    languages = languages_of(proposal)
    head = ["id", *(f"label_{one}" for one in languages), "category", "kind", *(f"column_{wave}" for wave in waves)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*head, "since", "until", "required", "status"])
    for item in proposal.items:
        own = language_of(item.label, proposal.language)
        labels = [item.label if one == own else "" for one in languages]
        cells = [_cell(item, wave) for wave in waves]
        row = [item.id, *labels, "", item.kind or "", *cells, item.since or "", item.until or "", "", item.status]
        writer.writerow([as_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(item: ProposedItem, wave: str) -> str:
    """The column of an item in a wave, else its text in the cells, which the label need not stay."""
    return item.columns.get(wave) or next(iter(item.texts.get(wave, ())), item.wordings.get(wave, ""))
