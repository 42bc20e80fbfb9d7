"""One cell that holds several answers: parts between separators, a JSON list, or parts with the number of their place.

`separator = "json"` reads ["a", "b"] (lists of Python with single quotes, too); an object {"a": 2, "b": 1} lists its
keys by their numbers, and those of {"a": true, "b": false} that are true.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence

from obstacles.survey.formats.numerals import numeral
from obstacles.survey.formats.texts import joined_parts
from obstacles.survey.settings.formats import CellList

JSON = "json"
LONGEST = 100_000  # characters of a list that is looked at
BEFORE = re.compile(r"[(\[#]?(?P<place>\d{1,2})\s*[.)\]:=\-–、．：]\s*(?P<text>\D.*|\d.*\D.*)")
AFTER = re.compile(r"(?P<text>.*\D)\s*[:=(\[\-–：（#]\s*(?P<place>\d{1,2})\s*[)\]）]?")


def choices_in(cell: str, stated: CellList, known: Mapping[str, object]) -> list[str]:
    """The choices of a cell, in the order of their places; `known` has folded texts as keys."""
    if stated.separator == JSON:
        return list(json_parts(cell) or ([cell] if cell else []))
    if not stated.numbered:
        return joined_parts(cell.split(stated.separator), stated.separator, known)
    parts = [part.strip() for part in cell.split(stated.separator) if part.strip()]
    numbered = by_number(parts)
    return [text for _place, text in numbered] if numbered is not None else parts


def json_parts(cell: str) -> tuple[str, ...] | None:
    """The texts of a JSON list or object in their order; None for any other cell."""
    cell = cell.strip()
    if cell[:1] + cell[-1:] not in ("[]", "{}"):
        return None
    found = _parsed(cell)
    if isinstance(found, list) and all(isinstance(one, str | int) for one in found):
        return tuple(str(one).strip() for one in found)
    if not isinstance(found, dict) or not found:
        return None
    if all(isinstance(one, bool) for one in found.values()):
        return tuple(str(text).strip() for text, marked in found.items() if marked)
    places = {str(text).strip(): numeral(str(one)) for text, one in found.items() if one not in (None, "")}
    if any(place is None for place in places.values()):
        return None
    return tuple(sorted(places, key=lambda text: places[text] or 0.0))


def json_places(cell: str) -> list[float] | None:
    """The numbers of a JSON object's keys; None for any other cell."""
    found = _parsed(cell) if cell.strip().startswith("{") else None
    if not isinstance(found, dict) or any(isinstance(one, bool) for one in found.values()):
        return None
    places = [numeral(str(one)) for one in found.values() if one not in (None, "")]
    return None if None in places else [place or 0.0 for place in places]


def _parsed(cell: str) -> object:
    """What JSON or a list of Python says; None for any other text."""
    for read in (json.loads, ast.literal_eval) if len(cell) <= LONGEST else ():
        try:
            return read(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return None


def by_number(parts: Sequence[str]) -> list[tuple[int, str]] | None:
    """The parts with the number that each begins or ends with, by that number; None where one part has none."""
    for pattern in (BEFORE, AFTER):
        found = [pattern.fullmatch(part) for part in parts]
        if parts and all(found):
            return sorted((int(match["place"]), match["text"].strip()) for match in found if match is not None)
    return None
