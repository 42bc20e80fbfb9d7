"""LaTeX: whatever somebody typed is escaped, environments are balanced, and every table and figure is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from obstacles.reports.research.build import ResearchReport
from obstacles.reports.words.page_blocks import Cell, Column, Figure, Row, Table, blocks_of, tables_of
from obstacles.reports.writers.latex import LONG, escape, latex_table, to_latex

Files = dict[str, str]


def shortened(report: ResearchReport) -> ResearchReport:
    """Its first sections: few charts to draw, and tables of every sort."""
    return replace(report, sections=report.sections[:3])


@pytest.fixture(scope="module")
def files(report: Callable[[str], ResearchReport]) -> Callable[[str], Files]:
    """The texts that an export of a report writes; of pictures, nothing."""

    @cache
    def make(name: str) -> Files:
        found = to_latex(shortened(report(name)), pytest.fail)
        return {name: content.decode() if name.endswith(".tex") else "" for name, content in found}

    return make


def balanced(text: str) -> bool:
    """Whether environments close in the order in which they open, and braces are even."""
    open_: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            open_.append(name)
        elif not open_ or open_.pop() != name:
            return False
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", re.sub("^%.*$", "", text, flags=re.MULTILINE)):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return not open_ and depth == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50 % & $5 #1 a_b {x}", r"50 \% \& \$5 \#1 a\_b \{x\}"),
        (r"\input{secret}", r"\textbackslash{}input\{secret\}"),
        ("[c]", "{[}c{]}"),
        ("*", "{*}"),
        ("~^`|<>", r"\textasciitilde{}\textasciicircum{}\textasciigrave{}\textbar{}\textless{}\textgreater{}"),
        ("obstacles rank --json", "obstacles rank -{}-json"),
        ("−0.5 to 95\N{NARROW NO-BREAK SPACE}%", r"\ensuremath{-}0.5 to 95\,\%"),
        ("χ² ≤ τ", r"\ensuremath{\chi}\ensuremath{^2} \ensuremath{\le} \ensuremath{\tau}"),
        ("line\nbreak\x07", "line break\\textbackslash{}u0007"),
        ("\x0eSkills\x0f lead", "Skills lead"),
        ("障碍", "障碍"),
    ],
)
def test_text_is_printed_as_it_is(text: str, expected: str) -> None:
    assert escape(text) == expected


@pytest.mark.parametrize("name", [pytest.param("top_five", marks=pytest.mark.slow), "films"])
def test_every_table_and_figure_is_a_file_that_is_input(
    files: Callable[[str], Files], report: Callable[[str], ResearchReport], name: str
) -> None:
    made = files(name)
    sections = shortened(report(name)).sections
    blocks = list(blocks_of(sections))
    tables = [table for table in tables_of(sections) if table.on_page]
    assert made["tables.tex"].count(r"\input{\obstaclespath table-") == len(tables) > 2
    figures = [block for block in blocks if isinstance(block, Figure)]
    assert made["figures.tex"].count(r"\input{\obstaclespath figure-") == len(figures) > 1
    for stem in re.findall(r"\\input\{\\obstaclespath ([^}]+)\}", made["tables.tex"] + made["figures.tex"]):
        assert f"{stem}.tex" in made
        if stem.startswith("figure-"):
            assert {f"{stem}.pdf", f"{stem}.svg"} <= set(made)
            assert rf"\includegraphics[width=\linewidth]{{\obstaclespath {stem}.pdf}}" in made[f"{stem}.tex"]


@pytest.mark.parametrize("name", ["top_five", "films"])
def test_environments_and_braces_are_balanced(files: Callable[[str], Files], name: str) -> None:
    for text in files(name).values():
        assert balanced(text), text


def test_an_unbalanced_text_is_seen() -> None:
    assert not balanced(r"\begin{table}")
    assert not balanced(r"\begin{table}\begin{x}\end{table}\end{x}")
    assert not balanced("a}{")


def test_rows_have_as_many_cells_as_columns(files: Callable[[str], Files]) -> None:
    looked = 0
    for name, text in files("films").items():
        if not name.startswith("table-"):
            continue
        columns = text.count(r"\arraybackslash}p{")
        for line in text.splitlines():
            if line.endswith(r" \\"):
                looked += 1
                assert len(re.findall(r"(?<!\\)&", line)) == columns - 1
    assert looked > 10


def test_booktabs_rules_labels_and_notes(files: Callable[[str], Files]) -> None:
    text = files("top_five")["table-ranking.tex"]
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert "\\hline" not in text
    assert r"\label{tab:test-study-research-ranking}" in text
    assert "Base: 420 respondents" in text
    assert "Synthetic data" in text


def test_the_caption_of_a_figure_has_base_and_method(files: Callable[[str], Files]) -> None:
    text = files("top_five")["figure-summary.tex"]
    caption = next(line for line in text.splitlines() if line.startswith(r"\caption"))
    assert "Base: 420 respondents" in caption
    assert "Plackett-Luce" in caption
    assert "Synthetic data" in caption


def test_a_long_table_goes_on_over_pages(report: Callable[[str], ResearchReport]) -> None:
    rows = tuple(Row((Cell(f"item {i}"), Cell(str(i), i))) for i in range(LONG + 1))
    columns = (Column("label", "Item", "item"), Column("n", "n"))
    long = latex_table(Table("long", "Many", "", columns, rows, number=1), report("top_five"))
    assert r"\begin{longtable}" in long
    assert r"\endhead" in long
    assert r"\begin{table}" not in long
    assert balanced(long)
    short = latex_table(Table("short", "Few", "", columns, rows[:LONG], number=1), report("top_five"))
    assert r"\begin{tabular}" in short


def test_the_preview_names_the_program_that_has_the_letters(
    files: Callable[[str], Files], report: Callable[[str], ResearchReport]
) -> None:
    assert "pdflatex" in files("top_five")["preview.tex"]
    chinese = replace(report("top_five"), sections=(), title="障碍", language="zh")
    table = Table("t", "障碍", "", (Column("label", "障碍", "item"),), (Row((Cell("数据"),)),), number=1)
    section = replace(report("top_five").sections[0], blocks=(table,))
    made = dict(to_latex(replace(chinese, sections=(section,)), pytest.fail))
    assert "ctex" in made["preview.tex"].decode()
