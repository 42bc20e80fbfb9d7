"""The catalogues of messages, for developers: `make catalogue` brings every language up to what the code says.

New messages come in without a translation and are counted; messages that are gone leave. click's own words (usage,
errors) are in the catalogue too, so that the whole command line speaks one language.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from obstacles.text.language import LOCALE

ROOT = Path(__file__).parents[2]
PACKAGES = ("survey", "analysis", "reports", "obstacles")
SCORE_WORDS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
DATE = datetime(2026, 1, 1, tzinfo=UTC)  # of no meaning: the same catalogue gives the same bytes
NAMES = {"zh": "zh_Hans_CN"}  # folder -> the locale by whose rules plurals are formed

Message = str | tuple[str, str]  # a text, or its singular and plural


def messages() -> dict[Message, list[str]]:
    """Every message of the four packages and the files that say it, in the order of files and lines."""
    found: dict[Message, list[str]] = {}
    for package in PACKAGES:
        for file, message in sorted(_said(ROOT / package), key=lambda one: one[0]):
            places = found.setdefault(message, [])
            if f"{package}/{file}" not in places:
                places.append(f"{package}/{file}")
    return found


def borrowed() -> dict[Message, list[str]]:
    """click's messages."""
    import click

    return {message: ["click"] for _file, message in _said(Path(click.__file__).parent)}


def _said(folder: Path) -> Iterator[tuple[str, Message]]:
    for file, _line, message, _comments, _context in extract_from_dir(str(folder), method_map=SCORE_WORDS):
        yield file, message if isinstance(message, str) else (message[0], message[1])


def read(language: str) -> Catalog:
    """The catalogue of a language as it stands; an empty one where there is none."""
    path = LOCALE / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=NAMES.get(language, language))
    with path.open("rb") as source:
        return read_po(source, locale=NAMES.get(language, language))


def update(language: str) -> Catalog:
    """The catalogue with the messages of today: translations are kept, what is gone leaves, what is new is empty."""
    known = read(language)
    made = Catalog(
        locale=NAMES.get(language, language),
        project="obstacle-ranking",
        version="",
        header_comment="# Messages of obstacle-ranking (Apache-2.0); kept by `make catalogue`.",
        msgid_bugs_address="",
        last_translator="",
        language_team=language,
        creation_date=DATE,
        revision_date=DATE,
        fuzzy=False,
    )
    for message, places in {**borrowed(), **messages()}.items():
        old = known.get(message[0] if isinstance(message, tuple) else message)
        empty: str | tuple[str, ...] = ("",) * made.num_plurals if isinstance(message, tuple) else ""
        fits = old is not None and isinstance(old.string, tuple) == isinstance(message, tuple)
        made.add(message, old.string if old is not None and fits else empty, [(place, 1) for place in places])
    return made


def write(language: str, catalogue: Catalog) -> None:
    """Write messages.po and messages.mo; the same catalogue gives the same bytes."""
    folder = LOCALE / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "messages.po").open("wb") as po:
        write_po(po, catalogue, width=120, include_lineno=False, omit_header=False)
    with (folder / "messages.mo").open("wb") as mo:
        write_mo(mo, catalogue)


def untranslated(catalogue: Catalog) -> list[Message]:
    """Messages of our own without a translation."""
    ours = messages()
    return [entry.id for entry in catalogue if entry.id in ours and not all(_strings(entry.string))]


def _strings(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ("",))


if __name__ == "__main__":
    for language in NAMES:
        catalogue = update(language)
        write(language, catalogue)
        print(f"{language}: {len(list(catalogue)) - 1} messages, {len(untranslated(catalogue))} not translated")
