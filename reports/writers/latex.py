r"""Tables and figures of a report for a paper in LaTeX: booktabs tables, `\includegraphics` of charts as PDF.

Each table and figure is a file of its own; `tables.tex` and `figures.tex` input all of them, and `preview.tex` is a
document that shows them. A paper in another folder says where they are: `\newcommand{\obstaclespath}{export/}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from obstacles.reports.charts import CHARTS
from obstacles.reports.charts.files import Missing, to_pdf_file, to_svg_file
from obstacles.reports.words.naming import bare, cut
from obstacles.reports.words.page_blocks import Column, Figure, Row, Table, figures_of, tables_of
from obstacles.reports.writers.batch import file_stems
from obstacles.reports.writers.widths import column_widths
from obstacles.text.escape import safe
from obstacles.text.language import _, full_stop, joined, using

if TYPE_CHECKING:
    from obstacles.reports.report import Report

LONG = 36  # rows of a table that goes on over pages
HEAD = r"\providecommand{\obstaclespath}{}"
GREEK = (  # letters that statistics use
    "α:alpha β:beta γ:gamma δ:delta ε:epsilon η:eta θ:theta κ:kappa λ:lambda μ:mu π:pi ρ:rho σ:sigma τ:tau φ:phi "
    "χ:chi ψ:psi ω:omega Δ:Delta Σ:Sigma"
)
SIGNS = "−:- ×:\\times ±:\\pm ≤:\\le ≥:\\ge ≠:\\ne ≈:\\approx →:\\rightarrow ∞:\\infty √:\\surd ‖:\\Vert ²:^2 ³:^3"
SPECIAL = {c: f"\\{c}" for c in "{}$&#_%"}
SPECIAL |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}"}
SPECIAL |= {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\symbol{34}"}
SPECIAL |= {c: f"{{{c}}}" for c in "[]*"}  # at the beginning of a row they would be options of the \\ before
SPECIAL |= {"\N{NARROW NO-BREAK SPACE}": r"\,", "\N{THIN SPACE}": r"\,", "\N{NO-BREAK SPACE}": "~"}
SPECIAL |= {pair[0]: rf"\ensuremath{{{pair[2:]}}}" for pair in SIGNS.split()}
SPECIAL |= {pair[0]: rf"\ensuremath{{\{pair[2:]}}}" for pair in GREEK.split()}
BEYOND = re.compile("[^\x00-\u024f\u2010-\u2044\u20ac\u2122]")  # what fonts of Latin letters do not have
LATIN_MODERN = r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}"
COMMENT = re.compile("^%.*$", re.MULTILINE)
CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def escape(text: str) -> str:
    """The text as LaTeX prints it, on one line; marks of names are left out."""
    escaped = "".join(SPECIAL.get(c, c) for c in safe(bare(text)))
    return re.sub("-(?=-)", "-{}", escaped)  # two hyphens in a row would become a dash


def to_latex(report: Report, missing: Missing) -> list[tuple[str, bytes]]:
    """(name, content) of each file."""
    with using(report.language):
        return list(_files(report, missing))


def _files(report: Report, missing: Missing) -> Iterator[tuple[str, bytes]]:
    tables = [table for table in tables_of(report.sections) if table.on_page]
    figures = figures_of(report.sections)
    made: list[str] = []
    names = file_stems([table.id for table in tables], "table-{group}")
    for table in tables:
        made.append(latex_table(table, report))
        yield f"{names[table.id]}.tex", made[-1].encode()
    yield "tables.tex", _inputs(list(names.values())).encode()
    names = file_stems([figure.id for figure in figures], "figure-{group}")
    for figure in figures:
        name = names[figure.id]
        drawn = CHARTS[figure.chart](figure.data)
        title = bare(figure.alternative)
        yield f"{name}.pdf", to_pdf_file(drawn, title=bare(figure.title), missing=missing)
        yield f"{name}.svg", to_svg_file(drawn, title=title)
        made.append(latex_figure(figure, name, report))
        yield f"{name}.tex", made[-1].encode()
    yield "figures.tex", _inputs(list(names.values())).encode()
    yield "preview.tex", _preview(report, "".join(made)).encode()


def latex_table(table: Table, report: Report) -> str:
    """A table environment; one that is long goes on over pages."""
    shown = [table.columns[i] for i in table.shown]
    heading = " & ".join(rf"\textbf{{{escape(column.heading)}}}" if column.heading else "" for column in shown)
    rows = [_row(row, table) for row in table.rows if row.on_page]
    caption = _caption(table.title, table.subtitle, ())
    label = _label("tab", report, table.id)
    columns = _columns(table, shown)
    notes = _notes(table.notes, report)
    long = len(rows) > LONG
    needs = "booktabs, array, longtable" if long else "booktabs, array"
    lines = [f"% {_comment(report, table.number, _('Table {n}'))}; packages: {needs}"]
    if long:
        lines += [r"\begingroup\footnotesize", rf"\begin{{longtable}}{{{columns}}}", rf"{caption}{label}\\"]
        lines += [r"\toprule", rf"{heading} \\", r"\midrule", r"\endfirsthead"]
        lines += [r"\toprule", rf"{heading} \\", r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot"]
        lines += [*rows, r"\end{longtable}", notes, r"\endgroup"]
    else:
        lines += [r"\begin{table}[htbp]", r"\centering", caption, label, r"\footnotesize"]
        lines += [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", rf"{heading} \\", r"\midrule"]
        lines += [*rows, r"\bottomrule", r"\end{tabular}", notes, r"\end{table}"]
    return "\n".join(line for line in lines if line) + "\n"


def _columns(table: Table, shown: Sequence[Column]) -> str:
    """As wide as the line together, in the proportions of the report; numbers to the right."""
    widths = column_widths(table)
    parts = []
    for column, width in zip(shown, widths, strict=True):
        side = r"\raggedleft" if column.kind == "number" else r"\raggedright"
        share = f"{width / sum(widths):.4f}"
        parts.append(rf">{{{side}\arraybackslash}}p{{\dimexpr {share}\linewidth-2\tabcolsep\relax}}")
    return "".join(parts)


def _row(row: Row, table: Table) -> str:
    cells = []
    for i in table.shown:
        text = escape(row.cells[i].text)
        strong = (row.strong or row.cells[i].tone) and text
        cells.append(rf"\textbf{{{text}}}" if strong else text)
    return " & ".join(cells) + r" \\"


def latex_figure(figure: Figure, name: str, report: Report) -> str:
    """A figure environment; base and method are in the caption."""
    lines = [
        f"% {_comment(report, figure.number, _('Figure {n}'))}; packages: graphicx",
        f"% {safe(bare(figure.alternative))}",
        r"\begin{figure}[htbp]",
        r"\centering",
        rf"\includegraphics[width=\linewidth]{{\obstaclespath {name}.pdf}}",
        _caption(figure.title, figure.subtitle, (*figure.notes, report.synthetic)),
        _label("fig", report, figure.id),
        r"\end{figure}",
    ]
    return "\n".join(lines) + "\n"


def _caption(title: str, subtitle: str, notes: Sequence[str]) -> str:
    text = joined(escape(full_stop(bare(part))) for part in (title, subtitle, *notes) if part)
    return rf"\caption[{{{escape(title)}}}]{{{text}}}"


def _notes(notes: Sequence[str], report: Report) -> str:
    """What stands under a table."""
    lines = [escape(full_stop(bare(note))) for note in (*notes, report.synthetic) if note]
    if not lines:
        return ""
    text = "\\par\n".join(lines)
    return f"\\par\\smallskip\n\\begin{{minipage}}{{\\linewidth}}\\scriptsize\\raggedright\n{text}\n\\end{{minipage}}"


def _label(kind: str, report: Report, id: str) -> str:
    parts = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in (report.study, report.kind, id)]
    return rf"\label{{{kind}:{'-'.join(part for part in parts if part)}}}"


def _comment(report: Report, number: int, words: str) -> str:
    return safe(f"{words.format(n=number)} · {cut(bare(report.title), 80)} · {report.footer}")


def _inputs(names: Sequence[str]) -> str:
    return "\n".join([HEAD, *(rf"\input{{\obstaclespath {name}}}" for name in names)]) + "\n"


def _preview(report: Report, text: str) -> str:
    """A document of all tables and figures."""
    text = COMMENT.sub("", text)
    lines = [r"\documentclass[a4paper]{article}", r"\usepackage[margin=18mm]{geometry}"]
    if CJK.search(text):
        lines += ["% xelatex", r"\usepackage{ctex}"]
    elif BEYOND.search(text):
        lines += ["% xelatex, lualatex", r"\usepackage{fontspec}"]
    else:
        lines += ["% pdflatex, xelatex, lualatex", r"\usepackage[T1]{fontenc}", LATIN_MODERN]
    lines += [r"\usepackage{booktabs,array,longtable,graphicx}", r"\begin{document}"]
    lines += [rf"\section*{{{escape(report.title)}}}", escape(report.subtitle)]
    lines += [r"\input{tables}", r"\clearpage", r"\input{figures}", r"\end{document}"]
    return "\n".join(lines) + "\n"
