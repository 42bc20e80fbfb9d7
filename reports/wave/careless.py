"""Signs of careless or partial answers: how many show each, all of them kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from obstacles.reports.wave import sentences
from obstacles.reports.words import numbers
from obstacles.reports.words.page_blocks import Cell, Column, Row, Table
from obstacles.survey.loading.quality import FAST, IN_PART, speeder_of
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings


def _speeder(f: Findings) -> str:
    stated = speeder_of(f.study.settings, f.wave.settings)
    share = (stated.below_median_share if stated else None) or FAST
    return _("Answered in less than {share} of the median time").format(share=numbers.percent(share, 0))


SIGNS: dict[str, Callable[[Findings], str]] = {  # sign of survey.study.Wave.flags -> what it says of an answer
    "duplicate_id": lambda f: _("The id occurs more than once in the file; one row is kept"),
    "same_answers": lambda f: _("The same answers, groups and times as under another id"),
    "speeder": _speeder,
    "straightline": lambda f: _("The same answer throughout a block of questions"),
    "contradiction": lambda f: _("“None of these” beside other choices"),
    IN_PART: lambda f: _("Answered in part (not a sign of carelessness)"),
}


def flags_table(f: Findings) -> Table | None:
    """A row per sign that was looked for; None where none was."""
    found, n = f.robustness, f.profile.respondents
    signs = [sign for sign in SIGNS if sign in found.signs]
    if not signs or not n:
        return None
    rows = [_row(SIGNS[sign](f), sign, found.signs[sign], n) for sign in signs]
    careless = len(signs) - (IN_PART in signs)
    if careless > 1:
        text = _("Flagged as careless in any of these ways")
        rows.insert(careless, _row(text, "any", found.flagged, n, strong=True))
    return Table(
        id="flags",
        title=_("Signs of careless or partial answers"),
        subtitle=_("All of them are kept: a sign is no proof."),
        columns=(
            Column("sign", _("Sign"), "item"),
            Column("respondents", _("Respondents")),
            Column("share", _("% of those analysed")),
        ),
        rows=tuple(rows),
        notes=(sentences.base(f),),
    )


def _row(text: str, sign: str, count: int, n: int, *, strong: bool = False) -> Row:
    share = count / n
    return Row((Cell(text, sign), Cell(numbers.count(count), count), Cell(numbers.bare_percent(share), share)), strong)
