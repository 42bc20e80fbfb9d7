"""Short ids for items, groups and waves, made of the words of their labels."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence

LEFT_OUT = re.compile(
    r"a|an|the|of|to|for|in|on|at|by|with|and|or|do|does|did|is|are|was|were|be|been|have|has|had|you|your|our|my|"
    r"i|it|its|this|that|these|those|which|what|how|where|who|when|from|as|than|too|very|can|into|their|there|"
    r"please|state|whether|would|could|should|will"
)
MOST_WORDS, LONGEST = 3, 32
MOST_LETTERS = 12  # of a script that is not Latin


def slug(text: str, taken: set[str], otherwise: str) -> str:
    """An id of at most three words in lower-case letters, different from those that are taken.

    A text in another script gives its first letters, one without letters `otherwise` with a number.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold().replace("'", "")
    words = re.findall(r"[a-z0-9]+", plain)
    telling = [word for word in words if not LEFT_OUT.fullmatch(word)] or words
    readable = any(re.search(r"[a-z]{2}", word) for word in telling) or (len(text) <= LONGEST and telling)
    name = "_".join(telling[:MOST_WORDS])[:LONGEST].strip("_") if readable else ""
    if name and name[0].isdigit() and otherwise:
        name = f"{otherwise}_{name}"
    if not name:
        name = re.sub(r"[\W_]+", "", text)[:MOST_LETTERS]
        if not re.search(r"[^\W\d_]", name):
            return numbered(otherwise, taken, 1)
    return name if name not in taken else numbered(name, taken, 2)


def numbered(name: str, taken: set[str], first: int) -> str:
    """The name with the first number from `first` on that makes it another than those taken."""
    return next(id for number in itertools.count(first) if (id := f"{name}_{number}") not in taken)


def shared_start(sequences: Sequence[Sequence[str]]) -> int:
    """How many elements (letters of texts, or words) all sequences begin with."""
    if not sequences:
        return 0
    size = 0
    for together in zip(*sequences, strict=False):
        if len(set(together)) > 1:
            break
        size += 1
    return size
