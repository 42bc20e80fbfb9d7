"""Languages of messages and reports: one file and one line each, and a catalogue in `locale/`."""

from __future__ import annotations

from obstacles.text.languages import chinese, english
from obstacles.text.languages.base import Language, base_of

LANGUAGES: dict[str, Language] = {
    "en": english.LANGUAGE,
    "zh": chinese.LANGUAGE,
}


def conventions(code: str) -> Language:
    """The language of a code such as "zh-Hans"; one that is not known is written as English is."""
    return LANGUAGES.get(base_of(code), LANGUAGES["en"])
