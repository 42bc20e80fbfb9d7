"""The commands as people type them: what is printed, what is written, exit codes, and never a traceback."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from paths import SHARED_DATA

from obstacles.cli.demo import examples_folder
from obstacles.cli.main import cli
from obstacles.survey.study import Study

EXAMPLES = examples_folder()
Run = Callable[..., Result]


STUDY = """schema = 1
[study]
title = "T"
sampling = "nonprobability"
[obstacles]
direction = "1_is_most_severe"
[[obstacles.item]]
id = "a"
label = "{a}"
[[obstacles.item]]
id = "b"
label = "Cost"
[[obstacles.item]]
id = "c"
label = "Data"
[[wave]]
id = "w"
file = "a.csv"
format = "rank_grid"
blank = "below"
id_column = "id"
{keys}
[wave.columns]
dept = "dept"
[wave.obstacles]
a = "A"
b = "B"
c = "C"
"""
ROWS = [f"{i},{'HR' if i % 2 else 'IT'},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3},1" for i in range(40)]


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., Path]:
    def write(
        rows: list[str] | None = None, *, head: str = "id,dept,A,B,C,w", keys: str = "", label: str = "Skills"
    ) -> Path:
        text = "\n".join([head, *(ROWS if rows is None else rows)]) + "\n"
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        (tmp_path / "study.toml").write_text(STUDY.format(keys=keys, a=label), encoding="utf-8")
        return tmp_path / "study.toml"

    return write


class TestRank:
    def test_json_has_the_published_shape(self, run: Run) -> None:
        record = json.loads(run("rank", EXAMPLES / "big-data-obstacles", "--json").stdout)
        assert list(record)[:5] == ["schema", "study", "wave", "model", "reason"]
        assert record["schema"] == 1
        assert (record["study"], record["wave"], record["model"]) == ("big-data-obstacles", "2024", "plackett-luce")
        assert record["respondents"] == 1083
        assert record["covariance"] == "robust"
        assert record["penalty"] is None
        assert record["log_likelihood"] < 0
        assert len(record["items"]) == 7
        for place, item in enumerate(record["items"], 1):
            assert item["rank"] == place
            low, high = item["rank_set"]
            assert low <= place <= high
            assert item["interval"][0] < item["estimate"] < item["interval"][1]
            assert set(item) >= {"id", "label", "standard_error", "log_worth", "log_worth_se", "rank_set_marginal"}
        assert sum(item["estimate"] for item in record["items"]) == pytest.approx(1)
        assert sum(item["log_worth"] for item in record["items"]) == pytest.approx(0, abs=1e-9)
        assert {"name", "hypothesis", "statistic", "df", "p", "note"} <= set(record["tests"][0])

    def test_a_published_table_has_no_errors_and_only_describes(self, run: Run) -> None:
        for wave in ("2023", "2024", "2025"):
            record = json.loads(run("rank", EXAMPLES / "eurostat-ai", "--wave", wave, "--json").stdout)
            assert record["items"][0]["id"] == "expertise"
            assert record["headline"] == {"kind": "descriptive", "items": ["expertise"], "could_be_first": None}
            for item in record["items"]:
                assert item["standard_error"] is item["interval"] is item["rank_set"] is None
        text = run("rank", EXAMPLES / "eurostat-ai").stdout
        assert "no sample size is published, so the certainty of the order is unknown" in " ".join(text.split())

    def test_the_table_fits_80_columns(self, run: Run) -> None:
        out = run("rank", EXAMPLES / "big-data-obstacles").stdout
        assert "Inadequate staff and skills" in out
        assert "Synthetic data" in out
        assert max(map(len, out.splitlines())) <= 80

    def test_csv_is_one_row_per_item(self, run: Run) -> None:
        rows = list(csv.DictReader(io.StringIO(run("rank", EXAMPLES / "big-data-obstacles", "--csv").stdout)))
        assert len(rows) == 7
        assert float(rows[0]["low"]) < float(rows[0]["estimate"]) < float(rows[0]["high"])

    def test_the_same_words_give_the_same_bytes(self, run: Run) -> None:
        words = ("rank", EXAMPLES / "big-data-obstacles", "--json")
        assert run(*words).stdout == run(*words).stdout

    @pytest.mark.parametrize(
        ("words", "piece"),
        [
            (["--model", "plackett-luc"], 'Did you mean "plackett-luce"?'),
            (["--model", "mean-rank"], "Models that do: plackett-luce"),
            (["--wave", "2025"], 'there is no wave "2025"'),
            (["--level", "2"], "0.5"),
            (["--random-answers", "some"], 'it is "anchor" or a share'),
            (["--random-answers", "anchor"], "shown in random order"),
        ],
    )
    def test_wrong_words_are_answered_with_the_right_ones(self, run: Run, words: list[str], piece: str) -> None:
        result = run("rank", EXAMPLES / "big-data-obstacles", *words, code=2)
        assert piece in " ".join(result.output.split())

    @pytest.mark.parametrize(
        ("words", "share"), [(["--random-answers", "0.1"], "10.0%"), (["--random-answers", "anchor"], "25.0%")]
    )
    def test_random_answers_are_taken_out(
        self, run: Run, study: Callable[..., Path], words: list[str], share: str
    ) -> None:
        """10 of 40 miss the anchor, each of whom would be right by luck once in four."""
        anchor = ["yes" if i % 4 else "no" for i in range(40)]
        keys = '[wave.anchor]\ncolumn = "anchor"\nright = ["yes"]\nitems = 100\nplaces = 2'
        rows = [f"{row},{word}" for row, word in zip(ROWS, anchor, strict=True)]
        path = study(rows, head="id,dept,A,B,C,w,anchor", keys=keys)
        path.write_text(path.read_text().replace('direction = "1', 'item_order = "randomised"\ndirection = "1'))
        result = run("rank", path, *words)
        assert f"{share} " in result.stdout.replace("\N{NO-BREAK SPACE}", " ")
        assert run("rank", path).stdout != result.stdout

    @pytest.mark.parametrize(
        ("wave", "models"),
        [
            ("2022", ["share", "set-choice"]),
            ("2024", ["plackett-luce", "first-choice", "top-k", "borda"]),
        ],
    )
    def test_every_method_that_applies_ranks(self, run: Run, wave: str, models: list[str]) -> None:
        for model in models:
            words = ("rank", EXAMPLES / "big-data-obstacles", "--wave", wave, "--model", model, "--json")
            assert json.loads(run(*words).stdout)["model"] == model


class TestCheck:
    def test_it_says_what_became_of_every_row(self, run: Run) -> None:
        out = run("check", EXAMPLES / "big-data-obstacles").stdout
        assert "Read 1,110 rows" in out
        assert "1,083 analysed" in out

    def test_strict_lets_warnings_fail(self, run: Run) -> None:
        run("check", EXAMPLES / "big-data-obstacles", "--strict", code=2)
        run("check", EXAMPLES / "eurostat-ai", "--strict")

    def test_json_holds_problems_and_receipts(self, run: Run, study: Callable[..., Path]) -> None:
        record = json.loads(run("check", EXAMPLES / "big-data-obstacles", "--json").stdout)
        assert record["ok"] is True
        for receipt in record["receipts"]:
            gone = sum(rule["count"] for rule in receipt["left_out"])
            assert receipt["rows_read"] == gone + receipt["analysed"]
        record = json.loads(run("check", study(["1,HR,9,1,2,1"]), "--json", code=2).stdout)
        assert record["ok"] is False
        assert record["problems"][-1]["code"] == "E-RANK-02"
        assert record["problems"][-1]["rows"] == [2]


class TestBadInput:
    """Each gives a clear message or a counted repair."""

    @pytest.mark.parametrize(
        ("make", "code", "pieces"),
        [
            ({"rows": [], "head": ""}, 2, ["E-FILE-05", "no rows"]),
            ({"rows": []}, 2, ["E-FILE-05", "no responses"]),
            ({"keys": 'delimiter = ";"'}, 3, ["E-DEL-02", '"," gives 6 cells']),
            ({"rows": [row + ",x" for row in ROWS]}, 2, ["E-ROW-01", "all 40 rows have 7 cells"]),
            ({"rows": ["1,HR,1,1,2,1", *ROWS[1:]]}, 2, ["E-RANK-03", "row 2"]),
            ({"rows": ["1,HR,1,2,9,1", *ROWS[1:]]}, 2, ["E-RANK-02", 'row 2, column "C"', "rank 9"]),
            ({"head": "id,dept,A,B,Z,w"}, 2, ["E-COL-03", 'no column "C"']),
            ({"keys": 'blnk = "below"'}, 3, ["E-KEY-01", "Did you mean `blank`?"]),
            ({"keys": 'weight = "w"', "rows": ["1,HR,1,2,3,-1", *ROWS[1:]]}, 2, ["E-WGT-02", "negative"]),
            ({"rows": ["1,HR,1,2,x,1", *ROWS[1:]]}, 2, ["E-RANK-01", '"x" (1)']),
        ],
        ids=lambda value: None if isinstance(value, dict | int) else value[0],
    )
    @pytest.mark.parametrize("command", ["check", "rank", "report"])
    def test_it_stops_with_a_message(
        self, run: Run, study: Callable[..., Path], command: str, make: dict[str, Any], code: int, pieces: list[str]
    ) -> None:
        result = run(command, study(**make), code=code)
        for piece in pieces:
            assert piece in result.output
        assert "Traceback" not in result.output

    @pytest.mark.parametrize(
        ("make", "pieces"),
        [
            ({"keys": 'weight = "w"', "rows": ["x,HR,1,2,3,0", *ROWS[1:]]}, ["1 left out: the weight is 0"]),
            ({"rows": [f"{i},HR,1,1,1,1" for i in range(12)], "keys": "ties = true"}, ["12 analysed"]),
            ({"rows": [f"{i},HR,{1 + i % 2},{2 - i % 2},,1" for i in range(30)]}, ["30 analysed"]),
            ({"label": "<script>alert(1)</script>"}, ["40 analysed"]),
            ({"label": '=HYPERLINK(\\"x\\")'}, ["40 analysed"]),
        ],
        ids=["zero weight", "all tied", "item never chosen", "html", "formula"],
    )
    def test_it_goes_on_and_says_so(
        self, run: Run, study: Callable[..., Path], tmp_path: Path, make: dict[str, Any], pieces: list[str]
    ) -> None:
        path = study(**make)
        out = run("check", path).output
        for piece in pieces:
            assert piece in out
        record = json.loads(run("rank", path, "--json").stdout)
        assert len(record["items"]) == 3
        run("rank", path)
        written = run("report", path, "-o", tmp_path / "out", "--format", "html,json,csv").stdout
        assert len(written.splitlines()) == 3
        html = (tmp_path / "out.html").read_text(encoding="utf-8")
        assert "<script>alert" not in html
        cells = [cell for row in csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))) for cell in row]
        assert len(cells) > 3
        assert not any(cell.startswith("=") for cell in cells)

    @pytest.mark.parametrize("n", [1, 9])
    def test_a_wave_smaller_than_a_group_has_no_report(self, run: Run, study: Callable[..., Path], n: int) -> None:
        path = study([f"{i},HR,1,2,3,1" for i in range(n)])
        assert f"{n} analysed" in run("check", path).output
        ranked = run("rank", path, "--json")
        assert "W-SMALL-01" in ranked.stderr
        assert len(json.loads(ranked.stdout)["items"]) == 3
        refused = run("report", path, "-o", path.parent / "out", "--format", "json", code=2)
        assert "E-SMALL-01" in refused.output
        assert not list(path.parent.glob("out*"))

    def test_a_small_wave_is_warned_of_where_groups_are_compared(self, run: Run, study: Callable[..., Path]) -> None:
        path = study([f"{i},{'HR' if i % 2 else 'IT'},1,2,3,1" for i in range(8)])
        assert "W-SMALL-01" in run("compare", path, "--by", "dept", code=2).output

    def test_an_item_that_is_never_chosen_is_penalised_and_said(self, run: Run, study: Callable[..., Path]) -> None:
        path = study([f"{i},HR,{1 + i % 2},{2 - i % 2},,1" for i in range(30)])
        record = json.loads(run("rank", path, "--json").stdout)
        assert record["penalty"] == 0.5
        assert any("pseudo-rankings" in note for note in record["notes"])

    @pytest.mark.parametrize("word", ["studdy.toml", "."])
    def test_a_study_that_is_not_there(self, run: Run, tmp_path: Path, word: str) -> None:
        result = run("rank", tmp_path / word, code=3)
        assert "E-TOML-02" in result.output


class TestReport:
    def test_forms_and_endings(self, run: Run, tmp_path: Path) -> None:
        out = run("report", EXAMPLES / "eurostat-ai", "-o", tmp_path / "a.html").stdout
        assert Path(out.strip()) == tmp_path / "a.html"
        out = run("report", EXAMPLES / "eurostat-ai", "-o", tmp_path, "--format", "json,csv").stdout
        assert {Path(line).name for line in out.splitlines()} == {
            "eurostat-ai-research.json",
            "eurostat-ai-research.csv",
        }

    def test_an_unknown_form_is_answered_with_the_known_ones(self, run: Run) -> None:
        assert 'Did you mean "html"?' in run("report", EXAMPLES / "eurostat-ai", "--format", "htm", code=2).output

    def test_a_place_that_cannot_be_written_is_one_sentence(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        result = run("report", EXAMPLES / "eurostat-ai", "-o", tmp_path / "file" / "a.json", code=2)
        assert "this is a file, and a folder of that name is needed" in result.output


def test_demo_asks_for_every_report_of_the_examples(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reports are made by the same function as those of `report`; here their names are enough."""
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    def make(study: Study, target: Path, forms: tuple[str, ...], *, kind: str, force: bool) -> list[Path]:
        assert not force
        asked.append((study.id, kind, forms))
        return [target / "index.html"] if kind == "gap" else [target.with_suffix(f".{form}") for form in forms]

    monkeypatch.setattr("obstacles.cli.commands.report.make", make)
    out = run("demo", tmp_path / "demo").stdout
    files = ("pdf", "html", "json", "csv")
    assert asked == [
        *((study, kind, files) for study in ("eurostat-ai", "big-data-obstacles") for kind in ("research", "change")),
        ("big-data-obstacles", "gap", ("pdf",)),
    ]
    for written in ("eurostat-ai-research.pdf", "big-data-obstacles-change.pdf", "gap/index.html", "obstacles rank"):
        assert written in "".join(out.split("\n"))
    assert ".csv" not in out
    assert (tmp_path / "demo" / "big-data-obstacles" / "study.toml").is_file()


@pytest.mark.slow
def test_demo_writes_the_examples_and_their_reports(run: Run, tmp_path: Path) -> None:
    out = run("demo", tmp_path / "demo").stdout
    assert "eurostat-ai-research.pdf" in out
    assert "big-data-obstacles-research.pdf" in out
    assert "big-data-obstacles-change.pdf" in out
    assert "gap/index.html" in out
    made = {path.suffix for path in (tmp_path / "demo").rglob("*-research.*")}
    assert made == {".pdf", ".html", ".json", ".csv"}


def test_schema_is_json(run: Run) -> None:
    assert json.loads(run("schema").stdout)["title"] == "StudySettings"


def test_doctor_lists_what_a_report_needs(run: Run) -> None:
    result = CliRunner().invoke(cli, ["doctor"])
    for name in ("pandas", "weasyprint", "Pango", "HarfBuzz subset"):
        assert name in result.output


def test_an_unknown_command_is_answered_with_the_nearest(run: Run) -> None:
    assert 'Did you mean "report"?' in run("reprot", code=2).output


REAL = [
    ("kaggle-2017/study.toml", "kaggle2017", "dirty_data"),
    ("kaggle-2017/severity.toml", "kaggle2017", None),
    ("rse/study.toml", "rse_survey", "environment"),
    ("starwars/study.toml", "starwars", "empire"),
    ("jupyter-2020/study.toml", "jupyter2020", None),
]


@pytest.mark.parametrize(("study", "folder", "first"), REAL)
def test_real_answers_rank(run: Run, study: str, folder: str, first: str | None) -> None:
    if not (SHARED_DATA / folder).is_dir():
        pytest.skip("the data of others are not here")
    record = json.loads(run("rank", EXAMPLES / study, "--data", SHARED_DATA / folder, "--json").stdout)
    assert first is None or record["items"][0]["id"] == first
    assert all(item["rank_set"] for item in record["items"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["rank", "big-data-obstacles", "--model", "share"], "E-FIT-01"),
        (["rank", "eurostat-ai", "--model", "borda"], "E-FIT-01"),
        (["compare", "big-data-obstacles", "--by", "grade", "--where", "grade=A"], "E-CMP-05"),
        (["compare", "big-data-obstacles", "--waves", "2022", "2030"], "E-CMP-05"),
        (["gaps", "big-data-obstacles", "--by", "nowhere"], "E-GAP-01"),
        (["regress", "eurostat-ai", "--formula", "size"], "E-FIT-01"),
        (["evidence", "skills-first/surveys.csv", "--category", "nowhere"], "E-EVI-16"),
    ],
)
def test_what_cannot_be_done_has_a_code_and_no_lesson_on_usage(run: Run, words: list[str], code: str) -> None:
    first, place, *rest = words
    told = run(first, EXAMPLES / place, *rest, code=2)
    assert code in told.stderr
    assert "Usage" not in told.output
