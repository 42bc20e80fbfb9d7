"""Two studies in one folder never write over each other's reports, whatever they state as their id."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from obstacles.cli.main import cli

TEXT = """schema = 1
[study]
{id}title = "{name}"
sampling = "census"
[[obstacles.item]]
id = "a"
[[obstacles.item]]
id = "b"
[[wave]]
id = "1"
file = "f.csv"
format = "multi_select"
[wave.obstacles]
a = "a"
b = "b"
"""


@pytest.mark.parametrize("id", ["", 'id = "staff"\n'])
@pytest.mark.parametrize("names", [("s3", "s6"), ("study", "second")])
def test_two_studies_of_a_folder_have_two_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, id: str, names: tuple[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.csv").write_text("a,b\n" + "1,0\n0,1\n1,1\n" * 10)
    for name in names:
        (tmp_path / f"{name}.toml").write_text(TEXT.format(id=id, name=name))
        for words in (["report", f"{name}.toml", "--format", "csv"], ["export", f"{name}.toml", "--to", "xlsx"]):
            done = CliRunner().invoke(cli, words)
            assert done.exit_code == 0, done.output
    made = sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".csv", ".xlsx") and path.name != "f.csv")
    assert len(made) == 4, made
