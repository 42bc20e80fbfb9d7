"""What the pages of a report claim, as plain values, and where two claims of one report contradict each other.

A claim is about something ("first", "change", "list", ...) of one item or of all (""), and says what was found. What a
page does not show contradicts nothing but a claim on the same page that it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from obstacles.reports.report import Report
from obstacles.reports.words.naming import bare


@dataclass(frozen=True)
class Claim:
    """Something that a sentence or a row of a table says."""

    about: str
    item: str  # "" = all of them
    says: str
    words: str  # where it stands


AGAINST = {  # of one item: what cannot both be true
    frozenset(pair)
    for pair in (
        ("yes", "no"),
        ("yes", "open"),
        ("up", "down"),
        ("yes", "not shown"),
        ("up", "not shown"),
        ("down", "not shown"),
        ("up", "same"),
        ("down", "same"),
        ("yes", "hidden"),
        ("up", "hidden"),
        ("down", "hidden"),
    )
}


def contradictions(report: Report) -> list[str]:
    """Pairs of claims of one report that cannot both hold, in words."""
    found = list(dict.fromkeys(claims(report)))
    return [
        f"{one.words!r} ({one.about}, {one.item or 'all'}: {one.says}) against {other.words!r} ({other.says})"
        for one, other in combinations(found, 2)
        if _against(one, other)
    ]


def _against(one: Claim, other: Claim) -> bool:
    if one.about == other.about == "first" and one.says == other.says == "yes":
        return one.item != other.item
    if one.about != other.about or (one.item != other.item and "" not in (one.item, other.item)):
        return False
    return frozenset((one.says, other.says)) in AGAINST


def claims(report: Report) -> Iterator[Claim]:
    """All claims of the pages."""
    names = _names(report)
    for text in texts(report):
        for about, says, pattern in SENTENCES[report.kind]:
            for match in re.finditer(pattern, text):
                told = match.groupdict().get("names")
                for item in _named(told, names) if told is not None else ("",):
                    yield Claim(about, item, says, match.group(0))
    for table in tables(report):
        reader = ROWS.get((report.kind, table.id))
        for row in table.rows if reader is not None else ():
            cells = {column.id: cell for column, cell in zip(table.columns, row.cells, strict=True)}
            for about, says in reader(cells):  # type: ignore[misc]
                item = bare(cells["label"].text) if "label" in cells else ""
                yield Claim(about, item, says, f"{table.title}: {' | '.join(bare(c.text) for c in row.cells)}")


def _names(report: Report) -> list[str]:
    """Names of items, the longest first."""
    found = {
        bare(row.cells[[column.id for column in table.columns].index("label")].text)
        for table in tables(report)
        if table.id in ("ranking", "changes", "ranks", "gaps", "below", "obstacles")
        for row in table.rows
    }
    return sorted(found, key=len, reverse=True)


def _named(text: str, names: list[str]) -> list[str]:
    found = []
    for name in names:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            found.append(name)
            text = text.replace(name, "")
    return found


def texts(report: Report) -> Iterator[str]:
    """Every sentence of the pages and of their charts' text alternatives."""
    for section in report.sections:
        yield from map(_plain, section.lead)
        for block in blocks(section.blocks):
            for field in ("title", "alternative", "note"):
                yield _plain(getattr(block, field, "") or "")
            for field in ("paragraphs", "lines"):
                yield from map(_plain, getattr(block, field, ()))
            for figure in getattr(block, "figures", ()):
                yield _plain(f"{figure.value} {figure.text}")


def _plain(text: str) -> str:
    return bare(text).replace("\u202f", " ").replace("\xa0", " ")


def tables(report: Report) -> list[Any]:
    """All tables, those in the data alone as well."""
    return [one for section in report.sections for one in blocks(section.blocks) if one.kind == "table"]


def blocks(some: Any) -> Iterator[Any]:
    """Blocks, and those inside others."""
    for block in some:
        yield block
        yield from blocks(getattr(block, "blocks", ()) or getattr(block, "tables", ()))


# ---------- what sentences and rows claim -------------------------------------------------------------------------

RANKED = (
    ("first", "yes", r"(?P<names>Item \d+) ranks first among"),
    ("first", "open", r"(?P<names>.+) lead: the data do not say which"),
    ("first", "open", r"No obstacle stands out"),
    ("first", "open", r"No obstacle can be named first"),
    ("first", "open", r"With \d+ (?:answers?|primary units?) no order can hold"),
    ("first", "open", r"(?P<names>Item \d+) is first in the sample and among the top \d"),
    ("first", "open", r"do not rule out that (?P<names>.+) is first instead"),
    ("first", "no", r"The data rule out first place for (?P<names>.+)\."),
    ("first", "no", r"(?P<names>Item \d+) is in second place"),
    ("some first", "yes", r"Item \d+ ranks first among"),
    ("some first", "not shown", r"No obstacle (?:stands out|can be named first)"),
    ("some first", "not shown", r"lead: the data do not say which"),
    ("some first", "not shown", r"^[2-9] of \d obstacles could be first"),
    ("some first", "not shown", r"wherever it is cut, some obstacle above the cut cannot be told apart"),
    ("order", "yes", r"separate every one of the"),
    ("order", "open", r"No line can be drawn through the list"),
    ("equal", "yes", r"answers put all \d+ obstacles level"),
    ("group", "not shown", r"^No difference holds after the correction"),
)
CHANGED = (
    ("change", "up", r"(?P<names>Item \d+(?:(?:, | and )Item \d+)*) rose"),
    ("change", "down", r"(?P<names>Item \d+(?:(?:, | and )Item \d+)*) fell"),
    ("change", "not shown", r"no single obstacle changed after correction"),
    ("change", "not shown", r"of no single obstacle can a change be shown"),
    ("whole", "not shown", r"No change can be shown between w0"),
    ("whole", "not shown", r"[Tt]he list (?:taken )?as a whole is compatible with no change"),
    ("whole", "not shown", r"The lists of w0 and w\d are compatible with no change"),
    ("whole", "not shown", r"Yes: differences of this size would be nothing unusual"),
    ("whole", "yes", r"list as a whole (?:is the same is rejected|differs)"),
    ("whole", "yes", r"The lists of w0 and w\d differ by more than chance"),
    ("whole", "yes", r"(?:rose|fell) (?:from|relative)"),
    ("whole", "yes", r"Yes: the mean over all obstacles moved"),
    ("whole", "yes", r"moved (?:up|down) from rank"),
    ("rank", "not shown", r"No change of rank is certain"),
    ("rank", "up", r"(?P<names>Item \d+) moved up from rank"),
    ("rank", "down", r"(?P<names>Item \d+) moved down from rank"),
    ("rank", "not shown", r"^0 certain changes of rank"),
    ("change", "not shown", r"^0 of \d+ obstacles went up or down"),
    ("whole", "not shown", r"^No change (?:can be|is) shown"),
    ("trend", "not shown", r"No obstacle has a linear trend"),
)
GAPS = (
    ("largest", "yes", r"(?P<names>Capability \d+(?:(?:, | and )Capability \d+)*) ha(?:s|ve) the largest gap"),
    ("largest", "yes", r"Begin with (?P<names>[^:]+):"),
    ("largest", "not shown", r"No single capability stands out"),
    ("largest", "not shown", r"No single priority"),
    ("largest", "not shown", r"Of the capabilities that are shown none stands out"),
    ("priority", "yes", r"more important than most and below what is required: (?P<names>[^.]+)\."),
    ("priority", "not shown", r"No capability is, by tests, both more important"),
    ("below", "yes", r"more important than most and below what is required: (?P<names>[^.]+)\."),
    (
        "rest",
        "up",
        r"More people than in the rest of the organisation are below the required level in (?P<names>.+?)[,.]",
    ),
    ("rest", "down", r"(?:Fewer people than .* level|and fewer) in (?P<names>.+?)\."),
    ("rest", "not shown", r"In no capability do tests show a difference"),
    ("rest", "not shown", r"In none of the \d+ capabilities that can be compared"),
    ("rest", "hidden", r"^How this group differs from the rest of the organisation is hidden"),
    ("named", "up", r"More people here than elsewhere name (?P<names>.+?)[,.:]"),
    ("named", "down", r"(?:Fewer people here than elsewhere|and fewer) name (?P<names>.+?)\."),
    ("named", "not shown", r"Tests show no difference between this group and the rest"),
    ("scale", "yes", r"The shortest scale is"),
    ("scale", "not shown", r"[Nn]o scale is the shortest"),
)
SENTENCES = {"research": RANKED, "change": CHANGED, "gap": GAPS}


def _ranked(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    low = cells["rank_low"].value
    if low is not None and low > 1:
        yield "first", "no"


def _tested(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    reading = cells["reading"].text
    if reading.startswith("Yes: it can be named first"):
        yield "some first", "yes"
    elif "equal" in cells["question"].text:
        yield "equal", "no" if reading.startswith("No") else "not shown"


def _verdict(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    told = {"up": "up", "down": "down", "about the same": "same", "not enough data": "not shown"}
    if cells["verdict"].text in told:
        yield "change", told[cells["verdict"].text]


def _trend(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    told = {"rising": "up", "falling": "down", "no trend shown": "not shown"}
    if "trend" in cells and cells["trend"].text in told:
        yield "trend", told[cells["trend"].text]


def _certain(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if cells["rank_change_certain"].text == "yes":
        yield "rank", "yes"


def _flag(about: str) -> Any:
    def told(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
        text = cells["flag"].text
        if "more" in text or "higher" in text:
            yield about, "up"
        elif "fewer" in text or "lower" in text:
            yield about, "down"
        elif text == "[c]":
            yield about, "hidden"

    return told


def _required(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if cells["differs"].text == "not shown":
        yield "below", "not shown"
    elif cells["differs"].text.startswith("yes"):
        yield "below", "yes"


ROWS = {
    ("research", "ranking"): _ranked,
    ("research", "tests"): _tested,
    ("change", "changes"): _verdict,
    ("change", "over"): _trend,
    ("change", "ranks"): _certain,
    ("gap", "below"): _flag("rest"),
    ("gap", "obstacles"): _flag("named"),
    ("gap", "measures"): _required,
}
