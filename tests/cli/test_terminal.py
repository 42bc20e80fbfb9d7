"""What the terminal shows is safe and fits."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from obstacles.cli import options
from obstacles.cli.options import waiting
from obstacles.cli.terminal import plain, print_problems, print_table, receipt_line
from obstacles.survey.problems import LeftOut, Problem, Receipt
from obstacles.text.width import width


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\u001b[31mred\\u001b[0m"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\u202eesrever", "\\u202eesrever"),
        ("\x9b2J", "\\u009b2J"),
        ("人员与技能不足 – ±", "人员与技能不足 – ±"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
    ],
)
def test_control_characters_are_shown_and_never_sent(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_tables_fit_80_columns_and_keep_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    long = "[bold]A very long obstacle[/bold] " * 8 + "\x1b[2J"
    print_table(
        ["Item", "share", "95 % interval", "Rank", "Rank set"], [[long, "52.1 %", "48.0 to 56.1 %", "1", "1 to 2"]]
    )
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[bold]A very long" in out
    assert "48.0 to 56.1 %" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_the_receipt_is_a_sentence_that_adds_up() -> None:
    receipt = Receipt("a.csv", "0" * 64, "utf-8", ",", 1214, 31, (LeftOut("no answer to the question", 14),), 1200)
    assert receipt_line(receipt) == (
        'Read 1,214 rows, 31 columns, utf-8, ",". 14 left out: no answer to the question, 1,200 analysed.'
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_large_file_that_is_being_read_is_named_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(options, "LARGE", 10)
    monkeypatch.setattr(sys, "stderr", Terminal())
    for name, size in (("small.csv", 9), ("la\x1brge.csv", 2_000_000)):
        (tmp_path / name).write_bytes(b"x" * size)
    with waiting() as on_file:
        assert on_file is not None
        on_file(tmp_path / "small.csv")
        on_file(tmp_path / "absent.csv")
        assert sys.stderr.getvalue() == ""
        on_file(tmp_path / "la\x1brge.csv")
    assert "Reading la\\u001brge.csv (2 MB)" in sys.stderr.getvalue()


def test_nothing_is_named_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with waiting() as on_file:
        assert on_file is None


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
@pytest.mark.parametrize(
    "text",
    [
        'row 7: "Finanace" is given by 1 respondent, "Finance" by 120. If they are one group, write groups.aliases.',
        "第7行：“财务部门”只有1名受访者，“财务处”有120名。如果它们是同一组，请在groups.aliases中写明，然后再次运行该命令。",
    ],
)
def test_problems_wrap_at_the_ends_of_words_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, columns: int, text: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    problem = Problem("warning", "W-GRP-02", text, file="answers.csv")
    for stream, lines in ((Terminal(), None), (io.StringIO(), 1)):
        monkeypatch.setattr(sys, "stderr", stream)
        print_problems([problem])
        said = stream.getvalue().splitlines()
        assert lines is None or len(said) == lines
        assert "".join("".join(said).split()) == "".join(str(problem).split())
        words = str(problem).split()
        assert lines or all(width(line) <= min(columns, 100) for line in said)
        assert not text.isascii() or all(word in words for line in said for word in line.split())
