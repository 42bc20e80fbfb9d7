"""Text for people: gettext messages and labels in the language of the moment.

Message ids are the English sentences themselves, so English needs no catalogue and `--help` loads none. Other
languages are in `locale/<language>/LC_MESSAGES/messages.po`; `make catalogue` compiles the `.mo` beside it. Marks and
fonts of a language are in `languages/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from obstacles.text.languages import LANGUAGES, conventions
from obstacles.text.languages.base import N_ as N_
from obstacles.text.languages.base import Language, base_of

Labels = Mapping[str, str]  # language -> text
LOCALE = Path(__file__).parent / "locale"
MESSAGES = "LC_MESSAGES/messages.mo"
_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def catalogue(language: str) -> NullTranslations:
    """The messages of one language; English, or a language without a catalogue, gives the message ids."""
    path = LOCALE / base_of(language) / MESSAGES
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as compiled:
        return GNUTranslations(compiled)


def catalogues() -> tuple[str, ...]:
    """The languages in which the program speaks."""
    return tuple(code for code in LANGUAGES if code == "en" or (LOCALE / code / MESSAGES).exists())


def spoken(environment: Mapping[str, str]) -> str:
    """The language that a terminal's environment asks for, by `OBSTACLES_LANGUAGE` or POSIX's variables."""
    for name in ("OBSTACLES_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        stated = environment.get(name)
        if stated:
            return base_of(stated) if base_of(stated) in catalogues() else "en"
    return "en"


def language() -> str:
    """The language in use, as a code such as `en` or `zh`."""
    return _language.get()


def in_use() -> Language:
    """Marks and fonts of the language in use."""
    return conventions(_language.get())


@contextmanager
def using(code: str) -> Iterator[None]:
    """Within the block, messages and labels are in the language `code`."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


def speak(code: str) -> None:
    """From here on, messages and labels are in the language `code`."""
    _language.set(code)


def _(message: str) -> str:
    """The message in the language in use; placeholders are filled by the caller with `.format(name=...)`."""
    found = catalogue(_language.get())
    text = found.gettext(message)
    # a message that is the singular of a plural as well is only there as such
    return found.ngettext(message, message, 1) if text == message else text


translate = _  # a message that was marked by `N_` where it is stated


def ngettext(singular: str, plural: str, n: int) -> str:
    """The message for `n` things in the language in use."""
    return catalogue(_language.get()).ngettext(singular, plural, n)


def label(labels: Labels) -> str:
    """The text in the language in use, else in English, else in the first language there is."""
    code = _language.get()
    return labels.get(code) or labels.get(base_of(code)) or labels.get("en") or next(iter(labels.values()), "")


def joined(parts: Iterable[str]) -> str:
    """Sentences one after the other, with a space between them where the language has one; empty ones are left out."""
    return _between(in_use().between_sentences, parts)


def semicolons(parts: Iterable[str]) -> str:
    """Clauses divided by semicolons; empty ones are left out."""
    return _between(in_use().between_clauses, parts)


def commas(parts: Iterable[str]) -> str:
    """Names divided by commas, without an "and"; empty ones are left out."""
    return _between(in_use().between_names, parts)


def phrases(parts: Iterable[str]) -> str:
    """Parts of a sentence divided by commas; empty ones are left out."""
    return _between(in_use().between_phrases, parts)


def in_quotes(text: str) -> str:
    """A name as the data or a file have it, in the language's quotation marks: "a", “a”."""
    opening, closing = in_use().quotes
    return f"{opening}{text}{closing}"


def quoted_names(names: Iterable[str]) -> str:
    """Names in quotation marks: "a", "b"."""
    return commas(map(in_quotes, names))


def full_stop(text: str) -> str:
    """The text with a full stop, unless it ends a sentence by itself."""
    if not text or text.rstrip("\"'”’)）").endswith((".", "!", "?", "。", "！", "？", "…")):
        return text
    return text + in_use().full_stop


def _between(mark: str, parts: Iterable[str]) -> str:
    return mark.join(part for part in parts if part)
