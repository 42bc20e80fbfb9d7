"""What heads a column of a workbook, and how its numbers are shown: in the digits and units of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from obstacles.reports.words.page_blocks import Row, Table
from obstacles.text.language import _

NUMBER = re.compile(r"[-+\u2212]?\d[\d,]*(?:\.(\d+))?")
MOST_DIGITS = 4  # of a number that the page does not show
ENDS = ("low", "high")
PER_ITEM = "per_item_"
P_VALUES = '[<0.001]"< 0.001";[>0.999]"> 0.999";0.000'  # as reports.words.numbers writes them


def headings(table: Table) -> list[str]:
    """A heading for each column: as on the page, and words for a column that is in the data alone."""
    shown = {column.id: column.heading for column in table.columns if column.heading}
    return [
        column.heading if column.on_page and column.heading else _named(column.id, shown) for column in table.columns
    ]


def _named(id: str, shown: dict[str, str]) -> str:
    """Words for a column by its name in the data; the ends of an interval are named after what they belong to."""
    for end, message in zip(ENDS, (_("{name}, low end"), _("{name}, high end")), strict=True):
        base, mark, wave = f"{id}_".partition(f"_{end}_")
        if id == end or mark:
            base, wave = ("", "") if id == end else (base, wave.rstrip("_"))
            name = message.format(name=_base(base, shown))
            return _("{name} ({wave})").format(name=name, wave=wave) if wave else name
    return _words(id, shown)


def _base(base: str, shown: dict[str, str]) -> str:
    for name in (f"{base}_set", f"{base}_interval", base or "interval"):
        if name in shown:
            return shown[name]
    return _words(base, shown) if base else _("Interval")


def _words(id: str, shown: dict[str, str]) -> str:
    known = _known()
    if id in known:
        return known[id]
    for name in sorted(known, key=len, reverse=True):
        if id.startswith(f"{name}_"):  # of one wave or side, as in respondents_2024
            return _("{name} ({wave})").format(name=known[name], wave=id[len(name) + 1 :].replace("_", " "))
    if id.startswith(PER_ITEM):
        return _("{name}, per item").format(name=_named(id.removeprefix(PER_ITEM), shown))
    return id.replace("_", " ").capitalize()


def _known() -> dict[str, str]:
    """Columns of the data by name."""
    return {
        "asked": _("Asked"),
        "change": _("Change"),
        "column": _("Column of the model"),
        "compared": _("Compared"),
        "design_effect": _("Design effect"),
        "df": _("Degrees of freedom"),
        "difference": _("Difference"),
        "effective_respondents": _("Effective number of respondents"),
        "group": _("Group"),
        "id": _("Name in the data"),
        "importance": _("Importance"),
        "interval": _("Interval"),
        "invited": _("Invited"),
        "items": _("Items"),
        "log_worth": _("Log-worth"),
        "log_worth_change": _("Change of log-worth"),
        "log_worth_p_adjusted": _("p of log-worth, corrected"),
        "log_worth_se": _("Standard error of log-worth"),
        "log_worth_verdict": _("Verdict on log-worth"),
        "marginal_rank": _("Rank set, each by itself"),
        "mode": _("Mode"),
        "or_later": _("Or later"),
        "outcome": _("Outcome"),
        "p": "p",
        "p_adjusted": _("p, corrected"),
        "place": _("Place"),
        "pooled": _("Pooled"),
        "population": _("Population"),
        "prediction": _("Prediction"),
        "quasi_se": _("Quasi standard error"),
        "rank": _("Rank set"),
        "rank_change_certain": _("Change of rank certain"),
        "rank_set": _("Rank set"),
        "rater_difference": _("Difference from the rater"),
        "reading": _("Reading"),
        "required_from": _("Required from"),
        "respondents": _("Respondents"),
        "response_rate": _("Response rate"),
        "same_needs_x_above": _("Smallest change that could be ruled out"),
        "share_at_most": _("Share, at most"),
        "shortfall": _("Shortfall"),
        "side": _("Side"),
        "signed_gap": _("Gap with its sign"),
        "source": _("Source"),
        "standard_error": _("Standard error"),
        "standing": _("Standing"),
        "statistic": _("Test statistic"),
        "supervisor": _("Supervisor"),
        "sure": _("Certain"),
        "surely_first": _("Certainly first"),
        "surely_not_first": _("Certainly not first"),
        "term": _("Term"),
        "text": _("As printed"),
        "tier": _("Tier"),
        "verdict": _("Verdict"),
        "words": _("In plain words"),
        "year": _("Year"),
    }


# ---------- numbers ---------------------------------------------------------------------------------------------


def number_format(table: Table, rows: Sequence[Row], i: int) -> str:
    """The format of a spreadsheet in which a column of numbers has the digits of the page."""
    id, ids = table.columns[i].id, [column.id for column in table.columns]
    if id in ("p", "p_adjusted") or id.endswith("_p_adjusted"):
        return P_VALUES
    if "text" in ids and id in ("value", *ENDS):  # a chart: its value as printed beside it
        return _format(rows, ids.index("value"), [ids.index("text")])
    # an end of an interval is shown like the text before it that holds both
    return _format(rows, i, [i, *(at for at in (i - 1, i - 2) if at >= 0 and not table.columns[at].in_data)])


def _format(rows: Sequence[Row], i: int, texts: Sequence[int]) -> str:
    """The decimals, and percent where a hundred times the number is printed; four decimals where none is printed."""
    numbers = [(value, row) for row in rows if isinstance(value := row.cells[i].value, float)]
    for at in texts:
        read = [(value, printed(row.cells[at].text)) for value, row in numbers if row.cells[at].text]
        read = [(value, known) for value, known in read if known]
        for times in (1, 100):
            if read and all(_stands(value * times, known) for value, known in read):
                digits = max(places for _value, known in read for _number, places in known)
                return _spelled(digits, percent=times == 100)
    return _spelled(MOST_DIGITS if numbers else 0, percent=False)


def _stands(value: float, known: Sequence[tuple[float, int]]) -> bool:
    return any(abs(number - value) <= 0.5 * 10.0**-places + 1e-9 for number, places in known)


def printed(text: str) -> list[tuple[float, int]]:
    """The numbers that a text holds, with their decimals."""
    found = []
    for match in NUMBER.finditer(text):
        plain = match[0].replace(",", "").replace("\u2212", "-")
        found.append((float(plain), len(match[1] or "")))
    return found


def _spelled(digits: int, *, percent: bool) -> str:
    return ("0." + "0" * digits if digits else "0") + ("%" if percent else "")
