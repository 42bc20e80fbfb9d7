"""One code path: what a screen's JSON says is what the command line prints, to the byte."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest_web import DEMO, words

from obstacles.cli.main import cli


def printed(folder: Path, command: str) -> str:
    """What a command line prints in a study's folder."""
    typed = shlex.split(command)[1:]
    at = typed.index("study.toml")
    typed[at] = str(folder / "study.toml")
    found = CliRunner().invoke(cli, typed)
    assert found.exit_code == 0, found.output
    return found.stdout


def commands(text: str) -> list[str]:
    """The command lines at the foot of a screen."""
    import html

    return [html.unescape(one) for one in re.findall(r"<code tabindex=\"0\">(.*?)</code>", text)]


@pytest.fixture(scope="module", params=["big-data-obstacles", "eurostat-ai"])
def example(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from conftest_web import open_page

    page = open_page(tmp_path_factory.mktemp("same"))
    study = page.web.workspace.new(kept=True, mode="researcher", names={}, reports={})
    for path in (DEMO.parent / request.param).iterdir():
        if path.is_file():
            shutil.copy(path, study.folder / path.name)
    page.base = f"{page.root}/s/{study.id}"
    yield page
    page.web.log.close()


@pytest.mark.parametrize("query", ["", "?level=0.99&wave={first}"])
def test_the_ranking(example: Any, query: str) -> None:
    first = re.search(r'\[\[wave\]\]\s+id = "([^"]+)"', example.study.text)[1]
    query = query.format(first=first)
    screen = example.get(f"ranking{query}")
    command = next(one for one in commands(screen.text) if one.startswith("obstacles rank"))
    text = example.get(f"ranking.json{query}").text
    assert text == printed(example.study.folder, command)
    assert len(text) > 1_000


@pytest.mark.slow
def test_each_method_of_the_ranking(example: Any) -> None:
    models = re.findall(
        r'<option value="([\w-]+)"', example.get("ranking").text.split('name="model"')[1].split("</select>")[0]
    )
    assert len(models) > 1
    for model in models[1:4]:
        text = example.get(f"ranking.json?model={model}").text
        assert text == printed(example.study.folder, f"obstacles rank study.toml --model {model} --json")


def test_the_change(example: Any) -> None:
    command = next(one for one in commands(example.get("change").text) if one.startswith("obstacles compare"))
    assert example.get("change.json").text == printed(example.study.folder, command)


def test_the_problems_and_the_receipt(example: Any) -> None:
    for name in ("problems.json", "files.json"):
        assert example.get(name).text == printed(example.study.folder, "obstacles check study.toml --json")


@pytest.mark.slow
def test_the_gaps(demo: Any) -> None:
    text = demo.get("departments").text
    for _turn in range(10):  # each waits for the work a while
        text = demo.get("departments").text if "data-job" in text else text
    command = next(one for one in commands(text) if one.startswith("obstacles gaps"))
    assert demo.get("departments.json").text == printed(demo.study.folder, command)


def test_the_models(demo: Any) -> None:
    text = demo.get("models?formula=grade").text
    command = next(one for one in commands(text) if one.startswith("obstacles regress"))
    assert demo.get("models.json?formula=grade").text == printed(demo.study.folder, command)


def test_numbers_of_the_screen_are_those_of_its_json(demo: Any) -> None:
    record = demo.get("ranking.json").json()
    text = words(demo.get("ranking").text)
    for item in record["items"]:
        assert f"{100 * item['estimate']:.1f}" in text
        assert item["label"] in text
    assert f"{record['respondents']:,}" in text


def test_screens_agree_on_who_counts(demo: Any) -> None:
    analysed = {f"{wave['analysed']:,}" for wave in demo.get("files.json").json()["receipts"]}
    for name in ("files", "method", "ranking"):
        assert f"{demo.get('ranking.json').json()['respondents']:,}" in words(demo.get(name).text)
    assert all(one in words(demo.get("files").text) for one in analysed)
