"""Reports become files here: the only place that knows jinja2 and weasyprint.

A PDF is made as PDF/UA-1, for an archive as PDF/A-3a too, with results.csv, results.json and study.toml attached; HTML
is the same template in one file that asks for nothing else. The same report gives the same bytes: dates come from the
last day of fieldwork, else from SOURCE_DATE_EPOCH, else there are none. Fonts and style sheets are read once per
process. Nothing is fetched but what is served here.
"""

from __future__ import annotations

import atexit
import datetime
import os
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstacles.reports.charts import CHARTS, fonts
from obstacles.reports.charts.overlay import to_html
from obstacles.reports.charts.style import WEIGHTS
from obstacles.reports.wave.reproducibility import version_of
from obstacles.reports.words.naming import cut, direction, spans
from obstacles.reports.words.page_blocks import Figure, message_class
from obstacles.reports.writers import archive
from obstacles.reports.writers.door import Writer
from obstacles.reports.writers.glyphs import GlyphWarning, kept_log, problems, refuse_boxes
from obstacles.reports.writers.tables import to_csv, to_json
from obstacles.reports.writers.tagging import tag
from obstacles.reports.writers.widths import column_widths, pieces
from obstacles.reports.writers.word.document import to_docx
from obstacles.reports.writers.workbook import to_workbook
from obstacles.text.language import _, ngettext, semicolons, using

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from obstacles.reports.report import Report
    from obstacles.reports.words.paper_form import PaperForm
    from obstacles.reports.writers.batch_index import IndexPage
    from obstacles.survey.problems import Problem

TEMPLATES = Path(__file__).parents[1] / "templates"
SHEETS = {  # page -> its style sheets
    "A4": ("report.css", "a4.css"),
    "Letter": ("report.css", "letter.css"),
    "form": ("questionnaire.css",),
}
NO_DATE = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)  # of attachments, which must have one
OnProblem = Callable[["Problem"], None]


def write_report(
    report: Report,
    target: Path | str,
    *,
    formats: Sequence[str] = ("pdf",),
    on_problem: OnProblem | None = None,
    inputs: Sequence[Path] = (),
    force: bool = False,
) -> list[Path]:
    """Write a report as `target` with the ending of each format.

    Parameters
    ----------
    report : ResearchReport, ChangeReport or GapReport
        As `build_report`, `build_change_report` and `build_gap_report` make it.
    target : Path or str
        Where to write, without an ending.
    formats : sequence of str
        Keys of `FORMATS`: "pdf", "html", "json", "csv", "xlsx", "docx".
    on_problem : callable, optional
        Is given what went wrong on the pages (characters that no font has); a `GlyphWarning` by default.
    inputs : sequence of Path
        Files that are never written over, such as `study.files`.
    force : bool
        Whether files that were not made here are written over.

    Returns
    -------
    list of Path
        The files written, in the order of `formats`.

    Raises
    ------
    survey.problems.SurveyError
        Before anything is made, for each file that must not be written (`reports.writers.door`).
    reports.writers.glyphs.FontError
        For a PDF in Chinese where no font has Chinese characters.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/eurostat-ai/study.toml")
    >>> from pathlib import Path
    >>> [path.name for path in ob.write_report(ob.build_report(study), Path("report"), formats=("json", "csv"))]
    ['report.json', 'report.csv']
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        message = _('there is no form "{form}". The forms are {known}.')
        raise ValueError(message.format(form=unknown[0], known=", ".join(FORMATS)))
    writer, paths = Writer(inputs, force), paths_of(Path(target), formats)
    writer.check(paths)
    made = [FORMATS[name](report, on_problem or warn_of) for name in formats]
    for path, content in zip(paths, made, strict=True):
        writer.write(path, content)
    return paths


def paths_of(target: Path, formats: Sequence[str]) -> list[Path]:
    """The files of a report."""
    return [target.with_name(f"{target.name}.{name}") for name in formats]


def warn_of(problem: Problem) -> None:
    """What is done with a problem where nobody else is told."""
    warnings.warn(str(problem), GlyphWarning, stacklevel=4)


def to_pdf(report: Report, on_problem: OnProblem = warn_of) -> bytes:
    """The report as tagged PDF with its data attached."""
    from weasyprint import Attachment

    day = _day(report)
    page = page_html(report, style="")
    files = [
        ("results.csv", to_csv(report), _("One row per item with every figure of the report"), "Data"),
        ("results.json", to_json(report), _("The whole report as data"), "Data"),
    ]
    if report.study_text is not None:
        files.append(("study.toml", report.study_text, _("The study file"), "Source"))
    attachments = [
        Attachment(
            string=text,
            name=name,
            description=about,
            created=day or NO_DATE,
            modified=day or NO_DATE,
            relationship=relationship,
        )
        for name, text, about, relationship in files
    ]
    variant, finisher = (archive.VARIANT, archive.finish) if report.archive else ("pdf/ua-1", tag)
    options = {"pdf_variant": variant, "finisher": finisher, "attachments": attachments}
    return _pdf(page, report.page_size, report.language, day, on_problem, **options)


def form_pdf(form: PaperForm, on_problem: OnProblem = warn_of) -> bytes:
    """A questionnaire on paper as tagged PDF."""
    with using(form.language):
        page = _environment().get_template("questionnaire.html").render(form=form, generator=_generator())
    return _pdf(page, "form", form.language, None, on_problem, pdf_variant="pdf/ua-1", finisher=tag)


def _pdf(
    page: str, sheet: str, language: str, day: datetime.datetime | None, on_problem: OnProblem, **options: Any
) -> bytes:
    """A page with one of the `SHEETS` as PDF; `options` are those of weasyprint."""
    from weasyprint import HTML

    with _clock(day), kept_log() as log, kept_log("fontTools"):
        font_config, styles = _style_sheets(sheet)
        document = HTML(string=page, url_fetcher=_fetcher()).render(font_config=font_config, stylesheets=styles)
        identifier = sha256(page.encode()).hexdigest()[:32].encode()
        content = document.write_pdf(pdf_identifier=identifier, **options)
    refuse_boxes(language, log)
    for problem in problems(log):
        on_problem(problem)
    return bytes(content)


def to_page(report: Report, on_problem: OnProblem = warn_of) -> bytes:
    """The report as one HTML file with its style and letters inside."""
    from markupsafe import Markup

    page = page_html(report, style=Markup(_css(report.page_size) + _text_of("web.css")))
    return page.replace("<style>", f"<style>{fonts.embedded_faces(page)}\n", 1).encode()


def index_html(page: IndexPage) -> bytes:
    """The page of a folder of reports, in one file; in the letters of the reader's own system."""
    from markupsafe import Markup

    with using(page.language):
        template = _environment().get_template("index.html")
        text = template.render(page=page, style=Markup(_css("A4") + _text_of("web.css")), generator=_generator())
    return text.encode()


def page_html(report: Report, *, style: str) -> str:
    """The page as HTML; with `style` inside for a browser, without (a PDF gets its style sheets apart) for paper."""
    from markupsafe import Markup

    with using(report.language):
        template = _environment().get_template(f"{report.kind}.html")
        code = _text_of("report.js")
        allowed = f"sha256-{b64encode(sha256(code.encode()).digest()).decode()}"
        return template.render(
            report=report,
            style=style,
            script=Markup(code),
            script_hash=allowed,
            date=_day(report),
            generator=_generator(),
        )


def _generator() -> str:
    return f"obstacles {version_of('obstacle-ranking')}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": _, "ngettext": ngettext, "chart": _chart}
    environment.filters |= {"spans": spans, "direction": direction, "cut": cut, "semicolons": semicolons}
    environment.filters |= {"column_widths": column_widths, "pieces": pieces, "message_class": message_class}
    return environment


def _chart(figure: Figure, tag: str) -> Markup:
    """The chart of a figure in an element of this name: made from our own elements, with every text in it escaped."""
    from markupsafe import Markup

    drawn = CHARTS[figure.chart](figure.data)
    return Markup(to_html(drawn, title=figure.alternative, tag=tag))


@cache
def _text_of(name: str) -> str:
    """A file of the templates that stands in the page as it is."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _css(page: str) -> str:
    sheets = "\n".join(map(_text_of, SHEETS[page]))
    return f"body {{ font-family: {fonts.families()} }}\n@page {{ font-family: {fonts.families()} }}\n{sheets}"


@cache
def _style_sheets(page: str) -> tuple[Any, list[Any]]:
    """Fonts and parsed style sheets, once per process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    font_config = FontConfiguration()
    atexit.register(_style_sheets.cache_clear)  # its files go while Python still can remove them
    text = f"{fonts.served_faces()}\n{_css(page)}"
    return font_config, [CSS(string=text, font_config=font_config, url_fetcher=_fetcher())]


@cache
def _fetcher() -> Any:
    """Serves our fonts and refuses every other address."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            for weight in WEIGHTS:
                if url == f"{fonts.SCHEME}font-{weight}.ttf":
                    return URLFetcherResponse(url, fonts.font_bytes(weight), {"Content-Type": "font/ttf"})
            raise ValueError(f"{url} is not part of the report")

    return Fetcher()


def _day(report: Report) -> datetime.datetime | None:
    """The date of the report: the last day of fieldwork, else SOURCE_DATE_EPOCH, else none."""
    if report.date is not None:
        return datetime.datetime(report.date.year, report.date.month, report.date.day, tzinfo=datetime.UTC)
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.datetime.fromtimestamp(int(stated), datetime.UTC) if stated.isdigit() else None


@contextmanager
def _clock(day: datetime.datetime | None) -> Iterator[None]:
    """Within the block, fontTools writes this date into fonts instead of the clock."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int((day or NO_DATE).timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


FORMATS: dict[str, Callable[[Report, OnProblem], bytes]] = {
    "pdf": to_pdf,
    "html": to_page,
    "json": lambda report, on_problem: to_json(report).encode(),
    "csv": lambda report, on_problem: to_csv(report).encode(),
    "xlsx": lambda report, on_problem: to_workbook(report),
    "docx": lambda report, on_problem: to_docx(report, on_problem, _day(report)),
}
