"""The tables and the chart of one regression: tests of its terms, its coefficients in words, and its checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from obstacles.reports.charts.coefficients import Coefficient, CoefficientData
from obstacles.reports.regression import words as phrasing
from obstacles.reports.regression.words import Words
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.naming import bare, capital, plain, value_name
from obstacles.reports.words.page_blocks import (
    SUPPRESSED,
    Block,
    Cell,
    Column,
    Figure,
    Listing,
    Prose,
    Row,
    Table,
    Together,
)
from obstacles.reports.words.verdicts import result as figures
from obstacles.text.language import _, commas, joined, ngettext

if TYPE_CHECKING:
    from obstacles.analysis.regression.result import Regression, TermTest
    from obstacles.analysis.regression.result import Row as Coefficients

MOST_ROWS = 30  # of all terms together; of more those that show most
FEW_ROWS = 4  # that stand on the page even where none holds after the correction
MOST_HELD = 24  # rows that hold after the correction
FIGURE_FIRST = 12  # rows up to which the chart stands before the table: a tall one would leave half a page empty


def blocks_of(result: Regression, words: Words) -> tuple[Block, ...]:
    """Everything that a report says of one regression."""
    shown = shown_rows(result, words)
    blocks: list[Block] = [Prose((opening(result, words),), title=phrasing.model_title(result.about))]
    if result.tests:
        blocks.append(tests_table(result, words))
    if shown.rows:
        drawn = [figure(result, words, shown)] if len(shown.rows) > 1 else []
        table = rows_table(result, words, shown)
        blocks += [*drawn, table] if len(shown.rows) <= FIGURE_FIRST else [table, *drawn]
    else:
        blocks += [Prose((nothing_holds(result, shown),)), replace(rows_table(result, words, shown), on_page=False)]
    blocks.append(Together((Listing(_("Model checks"), phrasing.check_lines(result, words)),)))
    return tuple(blocks)


def opening(result: Regression, words: Words) -> str:
    """What the model found and how it was fitted, as sentences."""
    return joined([phrasing.findings(result.tests, result.about), phrasing.method(result, words)])


def nothing_holds(result: Regression, shown: Displayed) -> str:
    """That no single comparison holds after the correction."""
    message = ngettext(
        "The {n} single comparison does not hold after the correction; it is in the data of this report.",
        "None of the {n} single comparisons holds after the correction; all are in the data of this report.",
        len(result.rows),
    )
    if not shown.in_report:
        message = ngettext(
            "The {n} single comparison does not hold after the correction; --json prints it.",
            "None of the {n} single comparisons holds after the correction; --json prints all.",
            len(result.rows),
        )
    return message.format(n=numbers.count(len(result.rows)))


# ---------- which rows ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Displayed:
    """Rows that stand on the page."""

    rows: tuple[Coefficients, ...]
    left: int  # rows that might, but are in the data alone
    picked: bool  # rows are there because they show most
    in_report: bool = True  # else in a terminal


def shown_rows(result: Regression, words: Words) -> Displayed:
    """All rows where they fit on a page; of more the strongest of every term, and then those that show most.

    What holds after the correction comes first, then by p before it; none where nothing holds.
    """
    open_rows = [row for row in result.rows if not row.small]
    held = [row for row in open_rows if phrasing.holds(row.adjusted, result.about)]
    terms = list(dict.fromkeys(row.term for row in open_rows))
    listed = open_rows
    if len(open_rows) > (MOST_ROWS if held else FEW_ROWS):
        strongest = sorted(open_rows, key=_strength)
        of_terms = [next(row for row in strongest if row.term == term) for term in terms] if held else []
        picked = sorted(held, key=_strength)[:MOST_HELD]
        room = max(FIGURE_FIRST, len(picked) + len(of_terms)) if held else 0
        chosen = list({id(row): row for row in (*picked, *of_terms, *strongest)}.values())[:room]
        listed = sorted(chosen, key=lambda row: (terms.index(row.term), words.place(row.outcome)))
    return Displayed(
        tuple(listed), len(open_rows) - len(listed), bool(held) and len(listed) < len(open_rows), bool(words.source)
    )


def strongest_rows(result: Regression, words: Words) -> tuple[Coefficients, ...]:
    """Those that show most, whether or not they hold, in the order of terms."""
    open_rows = sorted((row for row in result.rows if not row.small), key=_strength)
    terms = list(dict.fromkeys(row.term for row in result.rows))
    return tuple(sorted(open_rows[:FIGURE_FIRST], key=lambda row: (terms.index(row.term), words.place(row.outcome))))


def _strength(row: Coefficients) -> tuple[bool, float, float]:
    """Rows that show most come first: by p, before and then after the correction; those without one last."""
    return row.p != row.p, row.p, row.adjusted


def single(result: Regression) -> bool:
    """Whether all rows are about one thing, so that none needs its name."""
    return len({row.outcome for row in result.rows}) < 2


def what(result: Regression, words: Words, row: Coefficients) -> str:
    """ "Skills · Senior" """
    named = row.reference or row.label != row.term
    label = value_name(row.label, row.term) if named else phrasing.variable_name(row.label)
    if row.label == result.about.merged_name and row.term in result.about.merged:
        label = _("{group} ({variable})").format(group=label, variable=phrasing.variable_name(row.term))
    return label if single(result) or not row.outcome else f"{words.name(row.outcome)} · {label}"


# ---------- blocks ----------------------------------------------------------------------------------------------


def term_columns(heading: str) -> tuple[Column, ...]:
    """The columns of a table of tests of terms."""
    return (
        Column("term", "", "text", on_page=False),
        Column("what", heading, "item", in_data=False),
        Column("result", _("Test"), "text", in_data=False),
        Column("p", _("p, corrected")),
        Column("reading", _("Reading"), "text"),
    )


def term_cells(test: TermTest, reading: str) -> tuple[Cell, ...]:
    """What stands in them."""
    return (
        Cell(test.term, test.term),
        Cell(capital(phrasing.variable_name(test.term))),
        Cell(figures("F", test.test)),
        Cell(numbers.bare_p(test.adjusted), test.adjusted),
        Cell(reading, reading),
    )


def tests_table(result: Regression, words: Words) -> Table:
    """Each term over all items."""
    rows = tuple(_test_row(result, words, test) for test in result.tests)
    return Table(
        id=f"regression-{result.about.name}-terms",
        title=_("Which terms go with the answers"),
        subtitle=_("{people}. Each term with all else in the formula held equal.").format(
            people=phrasing.people(result.about)
        ),
        columns=(*term_columns(_("Term")), *tables.data_columns("statistic", "df")),
        rows=rows,
        notes=tables.notes(words.source, _("F: Rao-Scott likelihood ratio or Wald test under the design.")),
    )


def _test_row(result: Regression, words: Words, one: TermTest) -> Row:
    reading = phrasing.term_reading(one, result.item_tests, words, result.about)
    data = tables.data_cells(one.test.statistic, " ".join(f"{df:g}" for df in one.test.df))
    return Row((*term_cells(one, reading), *data), strong=phrasing.holds(one.adjusted, result.about))


def figure(result: Regression, words: Words, shown: Displayed) -> Figure:
    """The coefficients with their intervals."""
    data = coefficient_data(result, words, shown.rows)
    heading = data.number_heading
    told = commas(f"{row.name} {row.text}" for row in data.rows)
    return Figure(
        id=f"regression-{result.about.name}",
        chart="coefficients",
        data=data,
        title=_("{title}: coefficients").format(title=phrasing.model_title(result.about)),
        subtitle=_("Dots with {level} intervals, each by itself; grey: does not hold after the correction.").format(
            level=numbers.level(result.about.level)
        ),
        alternative=bare(_("{measure}: {told}.").format(measure=heading, told=told)),
        notes=tables.notes(phrasing.references(result.about), picked(shown)),
    )


def coefficient_data(result: Regression, words: Words, shown: Sequence[Coefficients]) -> CoefficientData:
    """What the chart of the coefficients draws."""
    rows = []
    for row in shown:
        value, low, high = row.ratio if result.ratios else (row.estimate, row.low, row.high)
        strong = phrasing.holds(row.adjusted, result.about)
        rows.append(
            Coefficient(what(result, words, row), value, low, high, phrasing.estimate_texts(result, row)[0], strong)
        )
    heading = phrasing.measure_heading(result)
    axis = _("{measure}, log scale").format(measure=heading) if result.ratios else heading
    return CoefficientData(tuple(rows), axis, result.ratios, heading)


def picked(shown: Displayed) -> str:
    """What is not shown, and what picking does."""
    if not shown.left:
        return ""
    message = ngettext(
        "{n} further comparison is in the data of this report.",
        "{n} further comparisons are in the data of this report.",
        shown.left,
    )
    if not shown.in_report:
        message = ngettext(
            "{n} further comparison is printed by --json.", "{n} further comparisons are printed by --json.", shown.left
        )
    more = (
        _("Rows are shown because they show most: the true differences are probably smaller.") if shown.picked else ""
    )
    return joined([message.format(n=numbers.count(shown.left)), more])


def rows_table(result: Regression, words: Words, shown: Displayed) -> Table:
    """The coefficients; those that are not on the page are in the data."""
    one = single(result)
    on_page = {id(row) for row in shown.rows}
    others = [row for row in result.rows if not row.small and id(row) not in on_page]
    bases = any(row.base is not None for row in shown.rows)
    columns = (
        Column("outcome", "", "text", on_page=False),
        Column("term", "", "text", on_page=False),
        Column("column", "", "text", on_page=False),
        Column("what", _("Group") if one else _("{noun} · group").format(noun=capital(words.nouns.one)), "item"),
        Column("base", _("n"), on_page=bases),
        Column("estimate", phrasing.measure_heading(result)),
        Column("interval", tables.level_interval(result.about.level), in_data=False),
        *tables.data_columns("low", "high"),
        Column("p", _("p, corrected")),
        Column("words", _("In plain words"), "text"),
    )
    made = [_row(result, words, row) for row in shown.rows]
    made += [_row(result, words, row, on_page=False) for row in others]
    return Table(
        id=f"regression-{result.about.name}",
        title=_("{title}: in numbers and words").format(title=phrasing.model_title(result.about)),
        subtitle=phrasing.measure_text(result, words),
        columns=columns,
        rows=tuple(made),
        notes=_notes(result, words, shown),
        whole=False,
    )


def _row(result: Regression, words: Words, row: Coefficients, *, on_page: bool = True) -> Row:
    value, low, high = row.ratio if result.ratios else (row.estimate, row.low, row.high)
    text, ends = phrasing.estimate_texts(result, row)
    told = phrasing.in_words(result, row)
    name = what(result, words, row)
    cells = (
        Cell(row.outcome, row.outcome),
        Cell(row.term, row.term),
        Cell(row.column, row.column),
        Cell(name, name),
        Cell(numbers.count(row.base), row.base),
        Cell(text, value),
        *tables.interval_cells(ends, low, high),
        Cell(numbers.bare_p(row.adjusted), row.adjusted),
        Cell(told, told),
    )
    return Row(cells, strong=phrasing.holds(row.adjusted, result.about), on_page=on_page)


def unit_notes(result: Regression, shown: Sequence[Coefficients]) -> list[str]:
    """The units of the plain-words column."""
    shares = {phrasing.UNITS[effect.measure] for row in shown if (effect := phrasing.effect_of(result, row))}
    points = _("Points: percentage points, averaged over the respondents used.")
    scale = _("On the scale: difference of the mean rating, averaged over those who rated.")
    return [text for share, text in ((True, points), (False, scale)) if share in shares]


def _notes(result: Regression, words: Words, shown: Displayed) -> tuple[str, ...]:
    small = sum(row.small for row in result.rows)
    hidden = ngettext(
        "{mark} {n} row is not shown, as its cell has fewer than {minimum} respondents.",
        "{mark} {n} rows are not shown, as their cells have fewer than {minimum} respondents.",
        small,
    ).format(mark=SUPPRESSED, n=numbers.count(small), minimum=numbers.count(result.about.minimum))
    lines = (words.source, phrasing.references(result.about), picked(shown), hidden if small else "")
    return tables.notes(*lines, *unit_notes(result, shown.rows), *map(plain, result.notes))
