"""What loading found: problems with their place and remedy, and the receipt whose numbers add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from obstacles.text.language import N_, _, commas, language, ngettext, phrases, using
from obstacles.text.width import padded

Severity = Literal["error", "ask", "warning", "info"]  # "ask" stops like an error and names the key that would answer
SEVERITIES = (N_("error"), N_("ask"), N_("warning"), N_("info"))
MOST_EXAMPLES = 5


@dataclass(frozen=True)
class Problem:
    """One kind of trouble in one file: what was found, where, and what would be right.

    `rows` are numbered as a spreadsheet shows them (the header is row 1), lines of a study file from 1; they hold at
    most five examples of `count`.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> problem = next(one for one in study.wave("2022").receipt.problems if one.severity == "warning")
    >>> problem.code, problem.rows
    ('W-SEL-01', (213, 643))
    """

    severity: Severity
    code: str  # stable, such as "E-RANK-02"
    message: str  # what, why it matters and the remedy, in whole sentences
    file: str | None = None
    rows: tuple[int, ...] = ()
    column: str | None = None
    values: tuple[str, ...] = ()  # the cells of `rows`, where that helps
    count: int = 1  # all cells or rows concerned
    language: str = field(default_factory=language, compare=False, repr=False)  # of the message

    def to_dict(self) -> dict[str, Any]:
        """The problem as plain values, for JSON."""
        return {
            "severity": self.severity,
            "code": self.code,
            "file": self.file,
            "rows": list(self.rows),
            "column": self.column,
            "values": list(self.values),
            "count": self.count,
            "message": self.message,
        }

    def __str__(self) -> str:
        with using(self.language):
            return self._line()

    def _line(self) -> str:
        place = phrases([self._rows(), self._column()])
        text = self.message
        for where in (place, self.file):
            text = _("{name}: {value}").format(name=where, value=text) if where else text
        return f"{padded(_(self.severity), 7)} {self.code:<10} {text}"

    def _rows(self) -> str:
        if not self.rows:
            return ""
        shown = commas(str(row) for row in self.rows[:MOST_EXAMPLES])
        more = self.count - len(self.rows[:MOST_EXAMPLES])
        if self.file is not None and self.file.endswith(".toml"):
            return _("line {rows}").format(rows=shown)
        if more > 0:
            return _("rows {rows} and {more} more").format(rows=shown, more=f"{more:,}")
        return (_("row {rows}") if len(self.rows) == 1 else _("rows {rows}")).format(rows=shown)

    def _column(self) -> str:
        return _('column "{column}"').format(column=self.column) if self.column else ""


class SurveyError(Exception):
    """All problems found in the study file (exit code 3) or in its data (exit code 2), raised once.

    Examples
    --------
    >>> import obstacles as ob
    >>> try:
    ...     ob.load_study("nowhere.toml")
    ... except ob.SurveyError as error:
    ...     print(error.exit_code, error.problems[0].message)
    3 there is no such file. Name a study file, such as study.toml.
    """

    def __init__(self, problems: Iterable[Problem], *, exit_code: int = 2) -> None:
        self.problems = tuple(problems)
        self.exit_code = exit_code
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        """As it comes from another process."""
        return partial(SurveyError, exit_code=self.exit_code), (self.problems,)


def and_more(listed: str, rest: int) -> str:
    """A list of examples, with how many are left off."""
    text = ngettext("{names} and {n} more", "{names} and {n} more", rest)
    return text.format(names=listed, n=rest) if rest > 0 else listed


def refusal(code: str, message: str, file: str, *, severity: Severity = "error", exit_code: int = 2) -> SurveyError:
    """The error of the one problem of a file."""
    return SurveyError([Problem(severity, code, message, file=file)], exit_code=exit_code)


@dataclass(frozen=True)
class LeftOut:
    """Rows left out of the analysis by one rule."""

    rule: str  # in the words of the reader: "the question was not answered"
    count: int


@dataclass(frozen=True)
class Receipt:
    """What became of every row of a wave's file. `rows_read` = left out + `analysed`.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> receipt = study.wave("2024").receipt
    >>> receipt.rows_read, receipt.analysed, [rule.count for rule in receipt.left_out]
    (1110, 1083, [19, 2, 6])
    """

    file: str
    sha256: str
    encoding: str
    delimiter: str
    rows_read: int
    columns: int
    left_out: tuple[LeftOut, ...]
    analysed: int
    repaired: tuple[LeftOut, ...] = ()  # cells or rows that were read after a stated repair
    dropped_columns: tuple[str, ...] = ()  # personal data that was not kept
    choices: tuple[tuple[str, str], ...] = ()  # every default used and everything detected: (what, value)
    problems: tuple[Problem, ...] = ()  # warnings and notes; errors stop the load

    def __post_init__(self) -> None:
        assert self.rows_read == self.analysed + sum(rule.count for rule in self.left_out), "the receipt must add up"

    def to_dict(self) -> dict[str, Any]:
        """The receipt as plain values, for JSON; its counts add up."""
        return {
            **vars(self),
            "left_out": [{"rule": rule.rule, "count": rule.count} for rule in self.left_out],
            "repaired": [{"what": repair.rule, "count": repair.count} for repair in self.repaired],
            "dropped_columns": list(self.dropped_columns),
            "choices": [{"what": what, "value": value} for what, value in self.choices],
            "problems": [problem.to_dict() for problem in self.problems],
        }
