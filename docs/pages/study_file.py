"""The reference of the study file, from its JSON Schema: a part per table, a line per key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from obstacles.survey.studyfile.read import json_schema

HEAD = """# Study file

Every table and key of `study.toml`, made from the JSON Schema that `obstacles schema` prints. An editor that knows the
schema completes and checks keys while you write; `obstacles check` says what is wrong, with its line and the nearest
right name.

Texts for people can be one text, or one for each language: `title = { en = "Skills", zh = "技能" }`.
"""
WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "table",
    "null": "nothing",
}
Schema = dict[str, Any]


def study_file_page() -> str:
    """The page as Markdown."""
    schema = json_schema()
    defs: dict[str, Schema] = schema["$defs"]
    parts = [HEAD, "## The file itself\n", _keys(schema, defs)]
    for name, found in schema["properties"].items():
        parts += _part(name, found, defs, level=2)
    return "\n".join(parts)


def _part(place: str, found: Schema, defs: dict[str, Schema], level: int) -> Iterator[str]:
    """The parts of a key that is a table or a list of tables, and of the tables in it; none of another key."""
    inner, several = _table(found, defs)
    if inner is None:
        return
    heading = f"[[{place}]]" if several else f"[{place}]"
    yield f"{'#' * level} `{heading}`\n"
    for text in (found.get("description"), inner.get("description")):
        if text:
            yield _prose(text) + "\n"
    yield _keys(inner, defs)
    for name, one in inner["properties"].items():
        yield from _part(f"{place}.{name}", one, defs, min(level + 1, 3))


def _table(found: Schema, defs: dict[str, Schema]) -> tuple[Schema | None, bool]:
    """The schema of the table that a key holds, and whether it holds a list of them."""
    if "$ref" in found:
        target = defs[found["$ref"].rsplit("/", 1)[1]]
        return (target, False) if "properties" in target else (None, False)
    if found.get("type") == "array":
        return _table(found.get("items", {}), defs)[0], True
    for one in found.get("anyOf", ()):
        inner, several = _table(one, defs)
        if inner is not None:
            return inner, several
    return None, False


def _keys(table: Schema, defs: dict[str, Schema]) -> str:
    """A line per key: what it takes, what holds without it, what it means."""
    needed = set(table.get("required", ()))
    lines = ["| key | takes | without it | meaning |", "|---|---|---|---|"]
    for name, found in table["properties"].items():
        default = "**needed**" if name in needed else _default(found)
        lines.append(f"| `{name}` | {_takes(found, defs)} | {default} | {_prose(found.get('description', ''))} |")
    return "\n".join(lines) + "\n"


def _default(found: Schema) -> str:
    value = found.get("default")
    if value is None or value in ([], "") or isinstance(value, dict):
        return "–"
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return str(value)


def _takes(found: Schema, defs: dict[str, Schema]) -> str:
    if "$ref" in found:
        target = defs[found["$ref"].rsplit("/", 1)[1]]
        return "table" if "properties" in target else _takes(target, defs)
    if "enum" in found:
        return " \\| ".join(f"`{_toml(one)}`" for one in found["enum"])
    if "const" in found:
        return f"`{_toml(found['const'])}`"
    if "anyOf" in found:
        kinds = [_takes(one, defs) for one in found["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if found.get("type") == "array":
        return f"list of: {_takes(found.get('items', {}), defs)}"
    if found.get("type") == "object" and isinstance(found.get("additionalProperties"), dict):
        return f"name = {_takes(found['additionalProperties'], defs)}"
    word = WORDS.get(found.get("type", ""), "any value")
    if found.get("format") == "date":
        word = "date"
    limits = [f"{sign} {found[key]}" for key, sign in LIMITS.items() if key in found]
    return f"{word} {', '.join(limits)}".strip()


LIMITS = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


def _prose(text: str) -> str:
    """A description on one line, safe in a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("[[", "\\[\\[")
