"""Tables of simulations on the validation page, between the marks that name the command which made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"


def write_tables(tables: Mapping[str, Sequence[str]], *, module: str) -> None:
    """Put the tables (name -> lines) between the marks of a module on the page."""
    page = PAGE.read_text(encoding="utf-8")
    for name, rows in tables.items():
        begin, end = f"<!-- {name}: made by python -m {module} -->", f"<!-- end of {name} -->"
        before, _old = page.split(begin)
        after = page.split(end)[1]
        page = before + begin + "\n" + "\n".join(rows) + "\n" + end + after
    PAGE.write_text(page, encoding="utf-8")
