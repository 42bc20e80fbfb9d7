"""Every code of the program has a page with cause, example and cure, and what messages tell to paste is valid."""

from __future__ import annotations

import re
import sys

import pytest
from click.testing import CliRunner
from paths import DOCS

from obstacles.cli.codes.messages import PACKAGE, ROOMS, messages
from obstacles.cli.codes.pages import OWN, codes, page_of
from obstacles.cli.main import cli
from obstacles.survey.studyfile.read import json_schema
from obstacles.text.language import using


def test_every_code_in_the_source_has_a_page() -> None:
    files = [path for room in ROOMS for path in (PACKAGE / room).rglob("*.py") if path.parent.name != "codes"]
    used = {code for path in files for code in re.findall(r'"([EWAI]-[A-Z]+-\d\d)"', path.read_text(encoding="utf-8"))}
    assert len(used) > 200
    assert used == set(codes())


def test_every_page_has_cause_example_and_cure() -> None:
    for language in ("en", "zh"):
        with using(language):
            for code in codes():
                page = page_of(code)
                texts = [*page.causes, page.example, *page.cures]
                assert page.causes, code
                assert len(page.cures) > 0, code
                assert code in page.example, code
                assert all(text.strip() for text in texts), code
                assert not any("{hint}" in text or "\0" in text for text in texts), code


def test_no_page_is_written_twice() -> None:
    assert {code for code in codes() if not messages()[code]} == set(OWN)


def test_explain_prints_a_page_and_knows_what_was_meant() -> None:
    done = CliRunner().invoke(cli, ["explain", "e-rank-03", "W-GRP-02"])
    assert done.exit_code == 0, done.output
    assert "same rank" in done.output
    assert 'aliases = { "Sales" = ["SALES"] }' in " ".join(done.output.split())
    wrong = CliRunner().invoke(cli, ["explain", "E-RANK-99"])
    assert wrong.exit_code == 2
    assert "E-RANK-0" in wrong.output


def test_the_page_of_the_site_has_every_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS / "pages"))
    sys.modules.pop("codes", None)
    from codes import codes_page  # type: ignore[import-not-found]

    text = codes_page()
    assert re.findall(r"^## (\S+)$", text, re.M) == list(codes())


def test_every_key_of_the_study_file_has_a_meaning() -> None:
    schema = json_schema()
    tables = {"": schema, **schema["$defs"]}
    empty = [
        f"{table}.{name}"
        for table, found in tables.items()
        for name, key in found.get("properties", {}).items()
        if not key.get("description")
    ]
    assert len(tables) > 20
    assert not empty
