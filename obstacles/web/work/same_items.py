"""Items that are one: of two languages, or of two years in other words."""

from __future__ import annotations

from typing import Any

from obstacles.text.language import label
from obstacles.web.work.edit import ABSENT, changed
from obstacles.web.work.marks import KeyPath


def pairs_of(data: Any) -> dict[str, Any]:
    """Items that are in one wave only, each with those of other waves or languages that it may be."""
    items = data["obstacles"].get("item", [])
    lonely = [item for item in items if "since" in item or "until" in item]
    found = []
    for item in lonely:
        language = next(iter(item["label"]), "en")
        others = [
            {"id": other["id"], "label": label(other["label"])}
            for other in items
            if other is not item and (language not in other["label"] or _apart(item, other))
        ]
        if others and "until" in item:
            found.append({"id": item["id"], "label": label(item["label"]), "lang": language, "others": others,
                          "wave": item.get("until") or item.get("since")})  # fmt: skip
    return {"rows": found, "lonely": [label(item["label"]) for item in lonely]}


def _apart(item: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one ended before the other began."""
    return "until" in item and "since" in other


def merged(text: str, same: dict[str, str]) -> str:
    """The text in which items are one with others: labels and cells join, the first item goes.

    Parameters
    ----------
    same
        Item that goes -> item that stays.
    """
    import tomlkit

    data = tomlkit.parse(text).unwrap()
    items = data["obstacles"].get("item", [])
    at = {item["id"]: place for place, item in enumerate(items)}
    same = {
        gone: kept for gone, kept in same.items() if gone in at and kept in at and gone != kept and kept not in same
    }
    values: dict[KeyPath, Any] = {}
    for gone, kept in same.items():
        labels = {**items[at[gone]]["label"], **items[at[kept]]["label"]}
        values[("obstacles", "item", at[kept], "label")] = labels
        for key in ("since", "until"):
            if key in items[at[kept]]:
                values[("obstacles", "item", at[kept], key)] = ABSENT
        for number, wave in enumerate(data["wave"]):
            own = wave.get("obstacles", {})
            if gone in own:
                values[("wave", number, "obstacles", gone)] = ABSENT
                if kept not in own:
                    values[("wave", number, "obstacles", kept)] = own[gone]
            cells = wave.get("values", {})
            texts = _listed(cells.get(gone)) + [
                one for one in items[at[gone]]["label"].values() if one not in labels.values()
            ]
            if gone in cells:
                values[("wave", number, "values", gone)] = ABSENT
            if texts and (gone not in own or gone in cells):
                values[("wave", number, "values", kept)] = list(dict.fromkeys([*_listed(cells.get(kept)), *texts]))
    for place in sorted((at[gone] for gone in same), reverse=True):
        values[("obstacles", "item", place)] = ABSENT
    return changed(text, values)


def _listed(cells: Any) -> list[str]:
    return [] if cells is None else [cells] if isinstance(cells, str) else list(cells)
