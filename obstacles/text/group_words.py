"""What the groups of a study are called: labels of columns and of their values, in the language in use.

Results carry columns and values as the data have them; only where they become text do they take these labels. As with
the language in use, the labels hold within a block, or from here on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from obstacles.text.language import Labels, language
from obstacles.text.languages.base import base_of
from obstacles.text.script import language_of


@dataclass(frozen=True)
class ColumnWords:
    """The label of a column, and the labels of its values in their order."""

    label: Labels = field(default_factory=dict)
    values: Mapping[str, Labels] = field(default_factory=dict)


GroupWords = Mapping[str, ColumnWords]  # column -> its words
_words: ContextVar[GroupWords] = ContextVar("group_words", default={})  # noqa: B039 (never changed in place)


@contextmanager
def calling(words: GroupWords) -> Iterator[None]:
    """Within the block, groups are called by these words."""
    token = _words.set(words)
    try:
        yield
    finally:
        _words.reset(token)


def call(words: GroupWords) -> None:
    """From here on, groups are called by these words."""
    _words.set(words)


def column_label(column: str) -> str:
    """The label of a column in the language in use; "" where it has none."""
    own = _words.get().get(column)
    return "" if own is None else _in_words(own.label, "")


def value_label(value: str, column: str | None = None) -> str:
    """The label of a value in the language in use, else the value itself.

    Without a column a value has the label that all columns which know it agree on.
    """
    words = _words.get()
    columns = words.values() if column is None else [words[column]] if column in words else []
    found = {_in_words(one.values[value], value) for one in columns if value in one.values}
    return (next(iter(found)) or value) if len(found) == 1 else value


def _in_words(labels: Labels, own: str) -> str:
    """The label in the language in use; else a name that is in its script already; else the English one, else the name.

    A label in another language than these is no better than the name that the data have.
    """
    code = language()
    found = labels.get(code) or labels.get(base_of(code))
    if found or not labels or (own and language_of(own) == base_of(code) != "en"):
        return found or own
    return labels.get("en", own)
