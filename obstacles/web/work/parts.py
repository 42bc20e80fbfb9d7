"""Parts of the study file that have a screen: items, capability, privacy, the text itself and the receipt."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from obstacles.survey.problems import SurveyError
from obstacles.text.language import _, label
from obstacles.web.storage import StudyFolder
from obstacles.web.work.edit import ABSENT, changed, check, read_settings, readable, save
from obstacles.web.work.marks import KeyPath
from obstacles.web.work.masks import masked, unmasked
from obstacles.web.work.opened import open_study, problem
from obstacles.web.work.same_items import merged
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.web.workers import Place

SIDES = ("current", "required", "importance", "supervisor")
LONGEST = 300  # letters of a label
STATUSES = ("same", "reworded", "split", "merged", "new", "dropped")


def _data(place: Place) -> tuple[str, Any]:
    import tomlkit

    text = readable(place)
    return text, tomlkit.parse(text).unwrap()


def items(place: Place) -> dict[str, Any]:
    """Items with their labels, kinds and waves; the crosswalk; and the groups with their labels."""
    _text, data = _data(place)
    settings = read_settings(place)
    own = data.get("obstacles", {}).get("item", [])
    groups = [column.model_dump() for column in settings.groups.column] if settings else []
    return {
        "items": own,
        "languages": list(dict.fromkeys([*data["study"].get("languages", ["en"]), "en", "zh"])),
        "waves": [wave["id"] for wave in data["wave"]],
        "kinds": [("", _("an obstacle")), ("other", _("“Other”: shown, not ranked")),
                  ("none", _("“None of these”: shown, not ranked")), ("opt_out", _("“Don’t know”: shown, not ranked"))],
        "groups": groups,
        "columns": list(dict.fromkeys(name for wave in data["wave"] for name in wave.get("columns", {}))),
        "order": data.get("obstacles", {}).get("item_order", ""),
        "study": data["study"],
        "crosswalk": [
            {"comparison": at, "row": row, "status": "same", "from": None, "to": None, **one}
            for at, comparison in enumerate(data.get("comparison", []))
            for row, one in enumerate(comparison.get("crosswalk", []))
        ],
        "statuses": STATUSES,
    }  # fmt: skip


def save_items(place: Place, was: str, typed: dict[str, str]) -> dict[str, Any]:
    """Write labels, kinds, order and what is the same."""
    text, data = _data(place)
    own = data["obstacles"].get("item", [])
    values: dict[KeyPath, Any] = {}
    for at, item in enumerate(own):
        for field in ("label", "short"):
            before = item.get(field, {})
            new = dict(before)
            for language in ("en", "zh", *data["study"].get("languages", [])):
                name = f"{field}.{at}.{language}"
                if name in typed:
                    words = typed[name].strip()[:LONGEST]
                    new.pop(language, None) if not words else new.update({language: words})
            if new != before and (new or field == "short"):
                values[("obstacles", "item", at, field)] = new if new else ABSENT
        kind = typed.get(f"kind.{at}", item.get("kind", ""))
        if kind != item.get("kind", ""):
            values[("obstacles", "item", at, "kind")] = kind or ABSENT
    for key, path in (
        ("title", ("study", "title")),
        ("noun", ("obstacles", "noun")),
        ("nouns", ("obstacles", "nouns")),
    ):
        before = data[path[0]].get(path[1], {})
        new_words = {**before, **{name.split(".")[1]: words.strip()[:LONGEST] for name, words in typed.items()
                            if name.startswith(f"{key}.") and words.strip()}}  # fmt: skip
        if new_words != before:
            values[path] = new_words
    for name, status in typed.items():
        if name.startswith("status.") and status in STATUSES:
            _key, place_of, row = name.split(".")
            values[("comparison", int(place_of), "crosswalk", int(row), "status")] = status
    if typed.get("item_order", "") in ("fixed", "randomised"):
        values[("obstacles", "item_order")] = typed["item_order"]
    written = changed(text, values) if values else text
    same = {name[5:]: kept for name, kept in typed.items() if name.startswith("same.") and kept}
    return save(place, was, merged(written, same) if same else written)


def capability(place: Place) -> dict[str, Any]:
    """Levels, items with the required level, and the columns of each side by wave."""
    from obstacles.web.work.files import columns

    _text, data = _data(place)
    own = data.get("capability", {})
    read = {one["wave"]: one for one in columns(place)}
    return {
        "levels": own.get("levels", []),
        "items": own.get("item", []),
        "gap": own.get("gap", "shortfall"),
        "sides": SIDES,
        "waves": [
            {"id": one["id"], "columns": read.get(one["id"], {"rows": []})["rows"], "used": _sides(one, read)}
            for one in data["wave"]
        ],
        "report_by": data.get("groups", {}).get("report_by", ""),
        "groups": list(dict.fromkeys(name for wave in data["wave"] for name in wave.get("columns", {}))),
        "language": (data["study"].get("languages") or ["en"])[0],
    }  # fmt: skip


def _sides(wave: Any, read: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Side -> capability -> address of its column; a column that the file does not have, as it is written."""
    called = read[wave["id"]]["addresses"] if wave["id"] in read else {}
    own = wave.get("capability", {})
    return {side: {id: called.get(name, name) for id, name in own.get(side, {}).items()} for side in SIDES}


def save_capability(place: Place, was: str, typed: dict[str, str]) -> dict[str, Any]:
    """Write levels' names, required levels, new items, columns of sides and the department."""
    from obstacles.web.work.files import columns

    text, data = _data(place)
    own = data.get("capability", {})
    values: dict[KeyPath, Any] = {}
    language = (data["study"].get("languages") or ["en"])[0]
    levels = own.get("levels") or [{"value": value, "en": str(value)} for value in range(5)]
    names = [
        level
        | {code: typed[name].strip()[:LONGEST] for code in ("en", "zh") if typed.get(name := f"level.{at}.{code}")}
        for at, level in enumerate(levels)
    ]
    if names != own.get("levels"):
        values[("capability", "levels")] = names
    known = {item["id"] for item in own.get("item", [])}
    for at, item in enumerate(own.get("item", [])):
        stated = typed.get(f"required.{at}", "")
        if stated == "column" and item.get("required_from") != "column":
            values |= {
                ("capability", "item", at, "required"): ABSENT,
                ("capability", "item", at, "required_from"): "column",
            }
        elif stated.lstrip("-").isdigit() and int(stated) != item.get("required"):
            values |= {
                ("capability", "item", at, "required"): int(stated),
                ("capability", "item", at, "required_from"): ABSENT,
            }
    fresh = typed.get("new.label", "").strip()[:LONGEST]
    if fresh:
        id = _id(fresh, known)
        highest = max(int(level["value"]) for level in names)
        required = typed.get("new.required", "")
        item = {"id": id, "label": {language: fresh}, "required": int(required) if required.isdigit() else highest}
        values[("capability", "item", len(own.get("item", [])))] = item
    read = {one["wave"]: one for one in columns(place)}
    for number, wave in enumerate(data["wave"]):
        for side, before in _sides(wave, read).items():
            for id in known:
                column = typed.get(f"column.{number}.{side}.{id}")
                if column is not None and column != before.get(id, ""):
                    values[("wave", number, "capability", side, id)] = column or ABSENT
            column = typed.get(f"new.{number}.{side}", "")
            if fresh and column:
                values[("wave", number, "capability", side, id)] = column
    if typed.get("report_by") and typed["report_by"] != data.get("groups", {}).get("report_by"):
        values[("groups", "report_by")] = typed["report_by"]
    return save(place, was, changed(text, values))


def _id(words: str, known: set[str]) -> str:
    from obstacles.survey.detect.ids import slug

    return slug(words, known, "capability")


def privacy(place: Place) -> dict[str, Any]:
    """Who is handed the reports, and what protects small groups."""
    _text, data = _data(place)
    own = data.get("privacy", {})
    settings = read_settings(place)
    return {
        "audience": settings.audience if settings else own.get("audience", ""),
        "min_group": own.get("min_group", 10),
        "merge": own.get("merge_small_into", ""),
        "dropped": list(own.get("drop_columns", [])),
        "published": bool([*place.folder.glob("*.register")]),
    }


def save_privacy(place: Place, was: str, typed: dict[str, str]) -> dict[str, Any]:
    """Write the audience, the smallest group and the group that small ones join."""
    text, data = _data(place)
    own = data.get("privacy", {})
    values: dict[KeyPath, Any] = {}
    if typed.get("audience") in ("owner", "organisation", "public") and typed["audience"] != own.get("audience"):
        if place.mode == "hr" and typed["audience"] == "owner":
            raise RefusedError([problem("E-PRIV-03", _("In this view reports are for others. Nothing was changed."))])
        values[("privacy", "audience")] = typed["audience"]
    least = typed.get("min_group", "")
    if not least.isdigit() or not 3 <= int(least[:6]) <= 100_000:
        raise RefusedError(
            [problem("E-SMALL-01", _("The smallest group shown has at least 3 people: write a number."))]
        )
    if place.mode == "hr" and int(least) < 10:
        raise RefusedError([problem("E-SMALL-01", _("In this view no group of fewer than 10 people is shown."))])
    if int(least) != own.get("min_group", 10):
        values[("privacy", "min_group")] = int(least)
    merge = typed.get("merge", "").strip()[:LONGEST]
    if merge != own.get("merge_small_into", ""):
        values[("privacy", "merge_small_into")] = merge or ABSENT
    return save(place, was, changed(text, values) if values else text)


def protect(place: Place) -> dict[str, Any]:
    """Write what the view of human resources needs: reports are for others, and groups have ten people."""
    text, data = _data(place)
    own = data.get("privacy", {})
    values: dict[KeyPath, Any] = {}
    if own.get("audience") not in ("organisation", "public"):
        values[("privacy", "audience")] = "organisation"
    if own.get("min_group", 10) < 10:
        values[("privacy", "min_group")] = 10
    return save(place, StudyFolder(place.folder).was, changed(text, values)) if values else {}


def file(place: Place, version: int) -> dict[str, Any]:
    """The text, what is wrong with it, and how an earlier one differs."""
    folder = StudyFolder(place.folder)
    problems, (count, at) = check(place, folder.text), folder.versions
    earlier = folder.version(version) if version >= 0 else None
    text, before = masked(place, folder.text), None if earlier is None else masked(place, earlier)
    lines = difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=1) if before is not None else ()
    return {"text": text, "problems": problems, "versions": count, "at": at, "version": version,
            "diff": [line for line in lines if line[:3] not in ("---", "+++")][:400]}  # fmt: skip


def save_file(place: Place, was: str, text: str) -> dict[str, Any]:
    """Make a typed text the study file."""
    return save(place, was, unmasked(place, text.replace("\r\n", "\n"), StudyFolder(place.folder).text))


def undo(place: Place, was: str, by: int) -> dict[str, Any]:
    """Go one version back, or forward again; never under what published files were made by."""
    from obstacles.web.work.edit import loosened

    folder = StudyFolder(place.folder)
    if was != folder.was:
        raise RefusedError([problem("CONFLICT", _("The study file was changed elsewhere since this page was made."))])
    target = folder.target(by)
    if target is None:
        raise RefusedError([problem("E-KEY-02", _("There is nothing to undo."))])
    if problems := loosened(place, target):
        raise RefusedError(problems)
    folder.step(by)
    return {}


def method(place: Place) -> dict[str, Any]:
    """How everything was made: choices of each wave, what became of its rows, and the words for a paper."""
    from obstacles.reports.words.numbers import count

    try:
        study = open_study(place)
    except SurveyError as error:
        return {"waves": [], "problems": [one.message for one in error.problems], "facts": []}
    waves = [
        {
            "id": wave.id,
            "sha256": wave.receipt.sha256,
            "choices": [{"what": what, "value": value} for what, value in wave.receipt.choices],
            "rows": [(_("rows read"), count(wave.receipt.rows_read))]
            + [(one.rule, count(one.count)) for one in wave.receipt.left_out]
            + [(_("analysed"), count(wave.receipt.analysed))],
        }
        for wave in study.waves
    ]
    stated = study.settings.study
    facts = [(name, label(value) if isinstance(value, dict) else str(value))
             for name in ("population", "frame", "recruitment", "sampling", "mode", "sponsor", "conducted_by", "source")
             if (value := getattr(stated, name))]  # fmt: skip
    return {"waves": waves, "problems": [], "facts": facts, "study": study.id}
