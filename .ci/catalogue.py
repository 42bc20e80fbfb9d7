"""Brings the catalogue of every language up to what the code says, and compiles it: `make catalogue`.

Translations are kept, what is gone leaves, what is new comes without a translation and is counted; the same code gives
the same bytes. All work is `pybabel extract`, `update` and `compile`. A script, because click's own words (usage,
errors) are in the catalogue too, wherever click lies on this machine, and because pybabel counts an empty plural as
translated and takes every "%" for a placeholder.

    python .ci/catalogue.py [FOLDER [LANGUAGE]]    the folder of all languages; a language that begins, such as fr
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("survey", "analysis", "reports", "obstacles/text", "obstacles/cli", "obstacles/web")
CLICK = click.__path__[0]
OURS = tuple(f"{folder}/" for folder in SOURCES)


def pybabel(*words: str | Path) -> None:
    """Run a command of pybabel without a word."""
    CommandLineInterface().run(["pybabel", "--quiet", *map(str, words)])


def bring_up(locale: Path, begin: str | None = None) -> None:
    """Update and compile the catalogues of all languages in a folder; `begin` is a language without one."""
    with TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        pybabel("extract", "-F", "babel.cfg", "--add-location=file", "--no-wrap", "-o", template, CLICK, *SOURCES)
        template.write_text(template.read_text("utf-8").replace(CLICK, "click"), "utf-8")
        kept = ("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--width=120")
        new = ("--init-missing", "--locale", begin) if begin else ()
        pybabel("update", "-i", template, "-d", locale, *kept, *new)
    logging.disable(logging.ERROR)  # its placeholders; tests/text/test_catalogue.py holds ours
    pybabel("compile", "-d", locale)


def untranslated(path: Path) -> list[str]:
    """Messages of our own that a catalogue does not translate."""
    with path.open("rb") as lines:
        entries = [entry for entry in read_po(lines) if entry.id]
    ours = [entry for entry in entries if any(place.startswith(OURS) for place, _line in entry.locations)]
    strings = [(entry.string,) if isinstance(entry.string, str) else entry.string for entry in ours]
    return [str(entry.id) for entry, texts in zip(ours, strings, strict=True) if entry.fuzzy or not all(texts)]


if __name__ == "__main__":
    os.chdir(ROOT)
    target = Path(sys.argv[1]) if sys.argv[1:] else Path("obstacles/text/locale")
    bring_up(target, *sys.argv[2:3])
    for path in sorted(target.glob("*/LC_MESSAGES/messages.po")):
        missing = untranslated(path)
        print(f"{path.parts[-3]}: {len(missing)} messages not translated")
        for message in missing[:20]:
            print(f"  {message[:100]}")
