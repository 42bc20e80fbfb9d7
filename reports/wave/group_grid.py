"""A table of items by groups: a line for each item, a column for each group, and the groups' sizes below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from obstacles.reports.words.naming import capital, cut, value_name
from obstacles.reports.words.page_blocks import Cell, Column, Row
from obstacles.text.language import _

LONGEST = 40  # characters of a group's name


def group_name(name: str, column: str | None = None) -> str:
    """A group's name, cut to the width of a column."""
    return cut(value_name(name, column), LONGEST)


def items_by_groups(
    noun: str, items: Sequence[tuple[Cell, Cell, Sequence[Cell]]], base: Mapping[str, Cell], column: str | None = None
) -> tuple[tuple[Column, ...], tuple[Row, ...], str]:
    """Columns and rows, and the words that all groups' names end with and that the headings leave out.

    Parameters
    ----------
    items
        Of each item its id, its name, and a cell for each group.
    base
        Group -> its size.
    column
        Whose groups they are.
    """
    rows = [Row((id, name, *cells)) for id, name, cells in items]
    rows.append(Row((Cell("", ""), Cell(_("n"), "n"), *base.values()), band=True, foot=True))
    heads, common = short_names(list(base), column)
    columns = (
        Column("id", "", "text", on_page=False),
        Column("what", capital(noun), "item"),
        *(Column(f"difference_{place}", cut(head, LONGEST)) for place, head in enumerate(heads, 1)),
    )
    return columns, tuple(rows), common


def short_names(names: Sequence[str], column: str | None = None) -> tuple[list[str], str]:
    """Names without the words that all of them end with, and these words."""
    parts = [value_name(name, column).split() for name in names]
    same = 0
    while all(len(words) > same + 1 for words in parts) and len({words[-1 - same] for words in parts}) == 1:
        same += 1
    if not same:
        return [" ".join(words) for words in parts], ""
    return [" ".join(words[:-same]) for words in parts], " ".join(parts[0][-same:])
