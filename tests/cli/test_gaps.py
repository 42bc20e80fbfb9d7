"""`obstacles gaps` and `report --kind gap` as people type them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from obstacles.cli.demo import examples_folder
from obstacles.survey.loading.register import NAME

EXAMPLES = examples_folder()
EXAMPLE = EXAMPLES / "big-data-obstacles"
Run = Callable[..., Result]


def copied(folder: Path, **changes: str) -> Path:
    """The example with three of its nine capabilities in another folder; texts of its study file are replaced."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("out", "*.register*"))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    for name in ("judge", "protect", "analyse", "present", "ask", "ai_tools"):
        text = re.sub(rf'\[\[capability.item\]\]\nid = "{name}"\n(?:\w+ = .*\n)*', "", text)
        text = re.sub(rf'^{name} = "[QS].*\n', "", text, flags=re.M)
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    levels = (folder / "required_by_role.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in levels if line.split(",")[1] in ("item", "process")]
    (folder / "required_by_role.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


class TestGaps:
    @pytest.fixture(scope="class")
    @staticmethod
    def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
        return copied(tmp_path_factory.mktemp("gaps") / "study")

    def test_the_whole_organisation_fits_80_columns(self, run: Run, study: Path) -> None:
        out = run("gaps", study).stdout
        assert max(map(len, out.splitlines())) <= 80
        assert "Synthetic data" in out
        assert "60  58 to 62" in out
        assert "they are not tests of skill" in " ".join(out.split())

    def test_groups_by_name_and_never_a_small_one(self, run: Run, study: Path) -> None:
        out = run("gaps", study, "--by", "department").stdout
        assert max(map(len, out.splitlines())) <= 80
        lines = out.splitlines()
        names = [line.split("  ")[0] for line in lines[lines.index("") + 2 :]]
        names = names[: names.index("")]
        assert names[0] == "Whole organisation"
        assert names[1:] == sorted(names[1:])
        assert "Archives" not in names
        assert "no ranking" in " ".join(out.split())

    def test_json_holds_what_the_reports_show(self, run: Run, study: Path) -> None:
        record = json.loads(run("gaps", study, "--json").stdout)
        assert len(record["groups"]) == 13
        assert record["not_reported"] == ["Archives", "Protocol Office"]
        assert record["groups"][0]["group"] is None
        assert record["groups"][0]["largest_gaps"] == ["apply"]
        scales = record["groups"][0]["scales"]
        assert [one["capabilities"] for one in scales["scales"]] == [["obtain"], ["process"], ["apply"]]
        assert (scales["shortest"], scales["p_below"]) == ("apply", 0.001)
        assert set(record["specialists"]) == {"group", "is", "hidden", "specialists", "others"}

    def test_the_shortest_scale_of_everybody_of_specialists_and_of_groups(self, run: Run, study: Path) -> None:
        out = " ".join(run("gaps", study).stdout.split())
        assert "The shortest scale is Apply data: tests separate its gap" in out
        assert "Specialists (365)" in out
        assert "Others (718)" in out
        groups = run("gaps", study, "--by", "department").stdout
        assert "by tests: Apply data in" in groups
        assert "that is no sign of equal gaps" in " ".join(groups.split())

    @pytest.mark.parametrize(
        ("words", "piece"),
        [
            ((EXAMPLES / "eurostat-ai",), "no capability was asked"),
            ((EXAMPLE, "--by", "dept"), 'Did you mean "department"?'),
            ((EXAMPLE, "--wave", "2042"), 'there is no wave "2042"'),
        ],
    )
    def test_wrong_words_are_named(self, run: Run, words: tuple[str | Path, ...], piece: str) -> None:
        assert piece in " ".join(run("gaps", *words, code=2).output.split())


class TestReport:
    @pytest.fixture(scope="class")
    @staticmethod
    def batch(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
        """One command gives the batch; the study file says where."""
        study = copied(tmp_path_factory.mktemp("gap") / "study", **{'audience = "owner"': 'audience = "organisation"'})
        return study, run("report", study, "--kind", "gap", "--by", "department", "--format", "json", "--jobs", "2")

    def test_one_command_gives_the_batch(self, batch: tuple[Path, Result]) -> None:
        study, result = batch
        folder = study / "out" / "gap"
        assert result.stdout.strip() == str(folder / "index.html")
        assert "13 reports made" in result.stderr
        assert "Archives, Protocol Office" in result.stderr
        assert len(list(folder.glob("*.json"))) == 14
        assert json.loads((folder / "Health.json").read_text(encoding="utf-8"))["report"] == "gap"

    def test_it_is_recorded_and_kept(self, run: Run, batch: tuple[Path, Result]) -> None:
        study, _result = batch
        (only,) = json.loads((study / NAME).read_text(encoding="utf-8"))["publications"]
        assert (only["what"], only["privacy"]["min_group"]) == ("gap", 10)
        again = run("report", study, "--kind", "gap", "--format", "json")
        assert "0 reports made, 13 as they were" in again.stderr

    def test_later_looser_rules_are_refused(self, run: Run, batch: tuple[Path, Result]) -> None:
        study, _result = batch
        path = study / "study.toml"
        text = path.read_text(encoding="utf-8")
        try:
            path.write_text(text.replace("min_group = 10", "min_group = 5"), encoding="utf-8")
            for words in (("gaps", study, "--json"), ("report", study, "--kind", "gap"), ("report", study)):
                assert "E-LOCK-01" in run(*words, code=3).output
            assert "W-LOCK-02" in run("gaps", study).stderr
            assert "W-LOCK-02" in run("check", study).output
        finally:
            path.write_text(text, encoding="utf-8")

    def test_check_warns_of_data_that_changed(self, run: Run, batch: tuple[Path, Result]) -> None:
        study, _result = batch
        path = study / "responses_2024.csv"
        content = path.read_bytes()
        try:
            path.write_bytes(b"\r\n".join(content.split(b"\r\n")[:-2]) + b"\r\n")
            out = run("check", study).output
        finally:
            path.write_bytes(content)
        assert "W-LOCK-01" in out
        assert "responses_2024.csv" in out

    def test_one_that_fails_is_said(self, run: Run, batch: tuple[Path, Result]) -> None:
        study, _result = batch
        blocked = study / "out" / "gap" / "Culture.json"
        blocked.unlink()
        blocked.symlink_to("nowhere/Culture.json")
        result = run("report", study, "--kind", "gap", "--format", "json", code=1)
        assert "Culture: no report." in result.stderr
        assert "1 report could not be made" in result.stderr
        blocked.unlink()

    @pytest.mark.parametrize(
        ("words", "piece"),
        [
            (("--kind", "gap", "-o", "a.pdf"), "-o names their folder"),
            (("--kind", "gap", "--model", "borda"), "--model does not belong to the gap report"),
            (("--by", "department"), "--by does not belong to the research report"),
            (("--kind", "gap", "--by", "dept"), 'Did you mean "department"?'),
        ],
    )
    def test_wrong_words_are_named(self, run: Run, tmp_path: Path, words: tuple[str, ...], piece: str) -> None:
        study = copied(tmp_path / "s")
        result = run("report", study, *words, code=2)
        assert piece in " ".join(result.output.split())
        assert not (study / NAME).exists()

    def test_a_wave_smaller_than_a_group_is_refused(self, run: Run, tmp_path: Path) -> None:
        study = copied(tmp_path / "s", **{"min_group = 10": "min_group = 2000"})
        for words in (("report", study, "--kind", "gap"), ("gaps", study), ("report", study, "--kind", "change")):
            assert "E-SMALL-01" in run(*words, code=2).output
        assert "W-SMALL-01" in run("rank", study, "--json").stderr
        assert not (study / NAME).exists()
