"""`obstacles init` as people type it: what is written and printed, what is never overwritten, and what it asks."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from obstacles.cli.main import cli

Run = Callable[..., Result]
TIED = ("1,1,2,3", "2,1,1,3", "1,2,2,3", "3,2,1,1", "1,2,3,3")
HOSTILE = "a\x1b]0;x\x07\x1b[31m\u202eb"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the folder of the test."""
    monkeypatch.chdir(tmp_path)

    def typed(*words: str | Path, code: int = 0, answer: str | None = None) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words], input=answer)
        unexpected = result.exception if not isinstance(result.exception, SystemExit) else None
        assert unexpected is None, repr(unexpected)
        assert result.exit_code == code, result.output
        return result

    return typed


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Write an export with a ranking of four items, an id, a group, a name, and a comment."""

    def write(name: str = "2024.csv", seed: int = 1, items: str = "Lack of skills,Cost,Data,Law") -> Path:
        draw = random.Random(seed)
        head = ",".join(f"Rank the obstacles [{item}]" for item in items.split(","))
        rows = [f"Respondent ID,Your name,Department,{head}"]
        for i in range(60):
            ranks = ",".join(map(str, draw.sample(range(1, 5), 4)))
            rows.append(f"R{seed}{i:03},N{i},{'HR' if i % 3 else 'IT'},{ranks}")
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def tied(tmp_path: Path) -> Path:
    """Cells that can be ranks with ties or levels of a scale."""
    head = ",".join(f"How severe [{item}]" for item in "ABCD")
    (tmp_path / "a.csv").write_text("\n".join([head, *TIED * 8]) + "\n")
    return tmp_path / "a.csv"


def written(folder: Path, name: str = "study.toml") -> dict[str, object]:
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


class TestWritten:
    def test_from_an_export_to_a_ranking(self, run: Run, export: Callable[..., Path], tmp_path: Path) -> None:
        export()
        run("init", "2024.csv")
        run("check", "study.toml")
        out = run("rank", "study.toml").stdout
        assert "Lack of skills" in out
        assert "60" in out

    def test_the_preview_is_short_and_names_the_next_command(self, run: Run, export: Callable[..., Path]) -> None:
        export()
        lines = run("init", "2024.csv").stdout.splitlines()
        assert lines[0].startswith("SurveyMonkey export (the column Respondent ID)")
        assert lines[0].endswith("60 rows, 7 columns")
        assert lines[1].startswith('"Rank the obstacles": rank_grid, 4 items; 100% of 60 rankings hold 1 to 4')
        assert lines[2] == "Personal data, not kept: Your name. Other questions: 0."
        assert lines[3] == 'Look at the lines marked "#?": sampling, audience.'
        assert lines[4] == "Wrote study.toml. Next: obstacles check study.toml"
        assert len(lines) == 5

    def test_several_files_become_waves(self, run: Run, export: Callable[..., Path], tmp_path: Path) -> None:
        export("2023.csv", 2)
        export("2024.csv", 1, "Lack of skills,Costs,Data,Law")
        out = run("init", "2023.csv", "2024.csv").stdout
        assert "Waves: 2023, 2024" in out
        assert "crosswalk" in out
        study = written(tmp_path)
        assert [wave["id"] for wave in study["wave"]] == ["2023", "2024"]  # type: ignore[attr-defined]
        run("check", "study.toml")
        run("rank", "study.toml", "--wave", "2023")

    def test_the_items_may_be_written_as_a_codebook(
        self, run: Run, export: Callable[..., Path], tmp_path: Path
    ) -> None:
        export()
        out = run("init", "2024.csv", "--codebook", "codebook.csv").stdout
        assert "Wrote study.toml, codebook.csv." in out
        book = (tmp_path / "codebook.csv").read_text(encoding="utf-8-sig")
        assert book.startswith("id,label_en,category,kind,column_2024,since,until,required,status\n")
        assert "lack_skills,Lack of skills,,,Rank the obstacles [Lack of skills],,,,same" in book
        (tmp_path / "codebook.csv").write_text(book.replace("Lack of skills,,", "No skills,,"), encoding="utf-8-sig")
        assert "No skills" in run("rank", "study.toml").stdout

    def test_data_elsewhere_stay_there(self, run: Run, export: Callable[..., Path], tmp_path: Path) -> None:
        export("data/x y/2024.csv")
        out = run("init", "data/x y/2024.csv", "-o", "work/study.toml").stdout
        command = out.splitlines()[-1].split("Next: obstacles ")[1]
        assert command == f"check work/study.toml --data '{(tmp_path / 'data/x y').resolve()}'"
        run("check", "work/study.toml", "--data", tmp_path / "data/x y")
        run("init", "data/x y/2024.csv", "-o", "study.toml")
        assert written(tmp_path)["wave"][0]["file"] == "data/x y/2024.csv"  # type: ignore[index]
        run("check", "study.toml")

    def test_the_file_starts_with_the_command(
        self, run: Run, export: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export()
        monkeypatch.setattr("sys.argv", ["obstacles", "init", "2024.csv", "--language", "de"])
        run("init", "2024.csv", "--language", "de")
        text = (tmp_path / "study.toml").read_text(encoding="utf-8")
        assert text.startswith("# Written by: obstacles init 2024.csv --language de\n")
        assert written(tmp_path)["study"]["languages"] == ["de"]  # type: ignore[index]

    def test_harmful_letters_reach_neither_terminal_nor_file(self, run: Run, tmp_path: Path) -> None:
        draw = random.Random(1)
        head = ",".join(f"Rank {HOSTILE} [{HOSTILE}{j}]" for j in range(4))
        rows = [",".join(map(str, draw.sample(range(1, 5), 4))) for _row in range(30)]
        (tmp_path / "a.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
        out = run("init", "a.csv").output
        text = (tmp_path / "study.toml").read_text(encoding="utf-8")
        for shown in (out, text):
            assert not set(shown) & set("\x1b\x07\u202e")
            assert "\\u001b" in shown


class TestNothingIsLost:
    def test_a_study_file_is_replaced_only_with_force(
        self, run: Run, export: Callable[..., Path], tmp_path: Path
    ) -> None:
        export()
        (tmp_path / "study.toml").write_text("mine")
        out = run("init", "2024.csv", code=2).output
        assert "E-OUT-02 study.toml: this file exists" in " ".join(out.split())
        assert (tmp_path / "study.toml").read_text() == "mine"
        run("init", "2024.csv", "--force")
        assert written(tmp_path)["schema"] == 1

    def test_a_codebook_is_not_replaced_and_nothing_half_written(
        self, run: Run, export: Callable[..., Path], tmp_path: Path
    ) -> None:
        export()
        (tmp_path / "codebook.csv").write_text("mine")
        run("init", "2024.csv", "--codebook", "codebook.csv", code=2)
        assert (tmp_path / "codebook.csv").read_text() == "mine"
        assert not (tmp_path / "study.toml").exists()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--codebook", "2024.csv"), "the study is read from this file"),
            (("--codebook", "x/codebook.csv"), "a file beside the study file that ends with .csv"),
            (("--codebook", "codebook.xlsx"), "a file beside the study file that ends with .csv"),
            (("-o", "2024.csv"), "the name of a study file ends with .toml"),
            (("-o", "study"), "the name of a study file ends with .toml"),
        ],
    )
    def test_the_answers_are_never_replaced(
        self, run: Run, export: Callable[..., Path], options: tuple[str, ...], message: str
    ) -> None:
        before = export().read_bytes()
        assert message in " ".join(run("init", "2024.csv", "--force", *options, code=2).output.split())
        assert export().read_bytes() == before

    def test_a_folder_that_cannot_be_written(self, run: Run, export: Callable[..., Path], tmp_path: Path) -> None:
        export()
        (tmp_path / "file").write_text("")
        out = run("init", "2024.csv", "-o", "file/study.toml", code=2).output
        assert "a folder of that name is needed" in " ".join(out.split())
        (tmp_path / "link.toml").symlink_to("nowhere/study.toml")
        assert "link.toml cannot be written" in run("init", "2024.csv", "-o", "link.toml", code=1).output


class TestRefusals:
    def test_a_printed_table_of_surveys_becomes_a_crosswalk_that_evidence_reads(self, run: Run, tmp_path: Path) -> None:
        table = tmp_path / "printed.csv"
        table.write_text(
            "Study,Year,Sector,n,Barrier,Share\nA,2020,government,90,Lack of skills,60\nA,2020,government,90,Cost,41\n"
        )
        result = run("init", table)
        text = " ".join(result.stdout.split())
        assert "1 survey, 2 printed figures" in text
        assert 'Look at the 2 rows whose column "#?"' not in text, "rows of both files are counted"
        assert 'Look at the 4 rows whose column "#?"' in text
        assert f"evidence {tmp_path / 'surveys.csv'}" in text
        found = run("evidence", tmp_path / "surveys.csv").stdout
        assert "First alone in 1 of 1 survey " in " ".join(found.split())
        (tmp_path / "crosswalk.csv").write_text("mine")
        again = run("init", table, code=2)
        assert "crosswalk.csv" in again.output
        assert (tmp_path / "crosswalk.csv").read_text() == "mine"
        assert "ends with .csv" in run("init", table, "-o", "study.toml", code=2).output

    def test_a_table_that_evidence_reads_is_left_as_it_is(self, run: Run, tmp_path: Path) -> None:
        table = tmp_path / "surveys.csv"
        table.write_text(
            "survey,year,population,kind,item,value,unit\nA,2020,government,select-all,Skills,60,percent\n"
            "A,2020,government,select-all,Cost,41,percent\n"
        )
        before = table.read_bytes()
        run("init", table, "-o", tmp_path / "mine" / "walk.csv")
        assert table.read_bytes() == before
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["surveys.csv"]
        assert "Not pooled" in run("evidence", table, "--crosswalk", tmp_path / "mine" / "walk.csv").stdout

    def test_nothing_to_rank(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("name,age\n" + "\n".join(f"n{i},{20 + i}" for i in range(40)))
        result = run("init", "a.csv", code=2)
        assert "E-INIT-01" in result.stderr
        assert 'other numbers and texts: "name", "age"' in result.stderr
        assert not (tmp_path / "study.toml").exists()

    def test_a_file_that_is_not_there(self, run: Run) -> None:
        assert "nowhere.csv" in run("init", "nowhere.csv", code=2).stderr

    def test_an_unknown_block_or_form(self, run: Run, export: Callable[..., Path]) -> None:
        export()
        assert "--block Q9: no question can be made" in run("init", "2024.csv", "--block", "Q9", code=2).stderr
        assert "E-INIT-04" in run("init", "2024.csv", "--format", "pairs", code=2).stderr

    def test_a_structure_file_is_no_export(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "a.lss").write_text(
            '<?xml version="1.0"?>\n<document><LimeSurveyDocType>Survey</LimeSurveyDocType>\n'
        )
        run("init", "a.lss", code=2)

    def test_no_files(self, run: Run) -> None:
        assert "FILE..." in run("init", code=2).output


class TestTwoReadings:
    def test_both_are_written_where_nobody_can_be_asked(self, run: Run, tied: Path, tmp_path: Path) -> None:
        out = run("init", "a.csv").stdout
        assert "format" in out
        text = (tmp_path / "study.toml").read_text(encoding="utf-8")
        assert '\nformat = "likert_grid"' in text
        assert '\n# format = "rank_grid"' in text
        run("init", "a.csv", "--force", "--format", "rank_grid")
        text = (tmp_path / "study.toml").read_text(encoding="utf-8")
        assert '\nformat = "rank_grid"' in text
        assert "# format" not in text
        run("check", "study.toml")

    @pytest.mark.parametrize(("answer", "form"), [("\n", "likert_grid"), ("2\n", "rank_grid"), ("7\n2\n", "rank_grid")])
    def test_a_person_at_a_terminal_is_asked(
        self, run: Run, tied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, form: str
    ) -> None:
        terminal = SimpleNamespace(isatty=lambda: True)
        there = SimpleNamespace(stdin=terminal, stdout=terminal, argv=["obstacles", "init", "a.csv"])
        monkeypatch.setattr("obstacles.cli.commands.init.sys", there)
        out = run("init", "a.csv", answer=answer).stdout
        assert "can be read in two ways" in out
        assert "  2. " in out
        assert "Which is meant?" in out
        assert written(tmp_path)["wave"][0]["format"] == form  # type: ignore[index]
        assert "# format" not in (tmp_path / "study.toml").read_text(encoding="utf-8")
        run("check", "study.toml")
