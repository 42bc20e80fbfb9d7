"""Text for people: gettext messages and labels in the language of the moment.

Message ids are the English sentences themselves, so English needs no catalogue and `--help` loads none. Other
languages are read from `survey/locale/<language>.po` by Babel when first used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from pathlib import Path

Labels = Mapping[str, str]  # language -> text
LOCALE = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def catalogue(language: str) -> NullTranslations:
    """The messages of one language; English, or a language without a catalogue, gives the message ids."""
    path = LOCALE / f"{language}.po"
    if language == "en" or not path.exists():
        return NullTranslations()
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """The language in use, as a code such as `en` or `zh`."""
    return _language.get()


@contextmanager
def using(code: str) -> Iterator[None]:
    """Within the block, messages and labels are in the language `code`."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


def _(message: str) -> str:
    """The message in the language in use; placeholders are filled by the caller with `.format(name=...)`."""
    return catalogue(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The message for `n` things in the language in use."""
    return catalogue(_language.get()).ngettext(singular, plural, n)


def label(labels: Labels) -> str:
    """The text in the language in use, else in English, else in the first language there is."""
    code = _language.get()
    return labels.get(code) or labels.get("en") or next(iter(labels.values()), "")
