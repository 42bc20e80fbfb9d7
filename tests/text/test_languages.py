"""Languages: one value and one line each; a new one needs no other change of the code."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from obstacles.reports.words import numbers
from obstacles.reports.writers.glyphs import FontError, refuse_boxes
from obstacles.reports.writers.word.styles import east_asian, tag_of
from obstacles.text import language as text
from obstacles.text.languages import LANGUAGES, conventions
from obstacles.text.languages.base import Language
from obstacles.text.script import language_of

GREEK = Language(
    code="el",
    locale="el",
    tag="el-GR",
    quotes=("«", "»"),
    before_percent="",
    clauses_end_with_and=False,
    letters="\u0370-\u03ff",
    no_font="no Greek.",
)


@pytest.fixture
def greek(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A language that the program does not have, with a catalogue of one message."""
    monkeypatch.setitem(LANGUAGES, "el", GREEK)
    monkeypatch.setattr(text, "LOCALE", tmp_path)
    text.catalogue.cache_clear()
    numbers._locale.cache_clear()
    made = Catalog(locale=GREEK.locale)
    made.add("none", "κανένα")
    path = tmp_path / "el" / text.MESSAGES
    path.parent.mkdir(parents=True)
    with path.open("wb") as out:
        write_mo(out, made)
    yield
    text.catalogue.cache_clear()
    numbers._locale.cache_clear()


def test_every_catalogue_belongs_to_a_language() -> None:
    assert text.catalogues() == tuple(LANGUAGES)
    assert {path.name for path in text.LOCALE.iterdir() if path.is_dir()} == {*LANGUAGES} - {"en"}
    assert all(code == language.code for code, language in LANGUAGES.items())


def test_a_script_with_letters_of_its_own_says_what_to_do_without_a_font() -> None:
    assert [code for code, language in LANGUAGES.items() if bool(language.letters) != bool(language.no_font)] == []
    assert LANGUAGES["zh"].lacks_letters({"a", "中"})
    assert not LANGUAGES["zh"].lacks_letters({"α"})
    assert not LANGUAGES["en"].lacks_letters({"中"})


def test_an_unknown_language_is_written_as_english_is() -> None:
    assert conventions("fr-CA") is LANGUAGES["en"]
    assert conventions("zh_Hans_CN.UTF-8") is LANGUAGES["zh"]
    assert tag_of("fr-CA") == "fr-CA"
    assert east_asian("fr") is LANGUAGES["zh"]


@pytest.mark.usefixtures("greek")
def test_a_new_language_is_spoken() -> None:
    assert text.catalogues() == ("en", "el")
    assert text.spoken({"LANG": "el_GR.UTF-8"}) == "el"
    with text.using("el"):
        assert text._("none") == "κανένα"
        assert text.in_quotes("a") == "«a»"
        assert numbers.percent(0.5) == "50,0%"
        assert numbers.clauses(["a", "b", "c"]) == "a, b, c"
    assert tag_of("el") == "el-GR"
    assert language_of("Έλλειψη χρόνου") == "el"


@pytest.mark.usefixtures("greek")
def test_a_new_language_refuses_pages_of_boxes() -> None:
    record = logging.LogRecord("weasyprint", logging.WARNING, "", 0, ".notdef glyph for %s", ("λ",), None)
    refuse_boxes("en", [record])
    with pytest.raises(FontError, match="no Greek"):
        refuse_boxes("el", [record])
