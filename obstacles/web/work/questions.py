"""Open lines of the study file as questions: what is asked, what speaks for the guess, and what answers would do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from obstacles.survey.problems import SurveyError
from obstacles.text.language import _, commas, label
from obstacles.web.storage import RESEARCHER, StudyFolder
from obstacles.web.work.controls import CONTROLS, DROP, KEEP, SAID
from obstacles.web.work.edit import ABSENT, answer, changed, confirm, readable, save
from obstacles.web.work.marks import KeyPath, control_of, id_of, open_lines, places
from obstacles.web.work.masks import masked
from obstacles.web.work.opened import open_study, problem, refuse_links
from obstacles.web.work.same_items import merged, pairs_of
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.web.workers import Place


def questions(place: Place, wanted: str = "") -> dict[str, Any]:
    """All questions, and the one that is looked at with what each answer would do."""
    import tomlkit

    text = masked(place, readable(place))
    data = tomlkit.parse(text).unwrap()
    found: dict[str, dict[str, Any]] = {}
    for one in open_lines(text):
        name = control_of(one["key"], one["path"])
        id = id_of(one)
        asked = found.setdefault(id, {"id": id, "control": name, "lines": [], "paths": [], "why": one["why"]})
        asked["lines"].append(one["line"])
        asked["paths"].append(one["path"])
    listed = [_asked(one, data, text) for one in found.values()]
    listed.sort(key=lambda one: (one["control"] == "items",))
    now = next((one for one in listed if one["id"] == wanted), listed[0] if listed else None)
    return {"questions": listed, "now": now, "pairs": pairs_of(data) if now and now["control"] == "items" else None,
            "answered": _answered(text)}  # fmt: skip


def _answered(text: str) -> list[dict[str, str]]:
    """Lines that were answered here."""
    found, where = [], places(text)
    lines = text.splitlines()
    done = f"({_('answered on the page')})"
    for number, path in where.items():
        at = number - 1
        if done in lines[at] or (at and done in lines[at - 1] and lines[at - 1].lstrip().startswith("#")):
            written = lines[at].partition("#")[0].strip() if done in lines[at] else lines[at].strip()
            found.append({"id": ".".join(map(str, path)), "written": written[:120]})
    return found


def _asked(one: dict[str, Any], data: Any, text: str) -> dict[str, Any]:
    control = CONTROLS.get(one["control"])
    asked_together, path = one["control"] == "items", one["paths"][0]
    value = _at(data, path)
    wave = data["wave"][path[1]]["id"] if path[0] == "wave" and len(path) > 2 else ""
    title = (control.title() if control else _("Is this guess right: {key}?")).format(wave=wave, key=path[-1])
    options = [{"value": v, "words": words, "hint": hint} for v, words, hint in control.options()] if control else []
    current = KEEP if options and options[0]["value"] == KEEP else value
    line = text.splitlines()[one["lines"][0] - 1]
    fields = []
    if control is not None and control.number:
        for own in one["paths"]:
            name = _name_of(data, own)
            fields.append({"path": ".".join(map(str, own)), "label": name or title, "value": _at(data, own)})
    return {
        **one,
        "why": "" if one["control"] in SAID else one["why"],
        "title": title,
        "wave": wave,
        "options": options,
        "current": current,
        "guess": next((o["words"] for o in options if o["value"] == current), "" if asked_together else _shown(value)),
        "fields": fields,
        "levels": value if one["control"] == "levels" and isinstance(value, list) else [],
        "written": line.partition("#?")[0].strip()[:160],
        "tried": bool(control and control.tried),
        "subject": "" if asked_together else _name_of(data, path),
    }


def _name_of(data: Any, path: KeyPath) -> str:
    """What the table of a path is called, if it is an item."""
    table = _at(data, path[:-1])
    if isinstance(table, dict) and "crosswalk" in path:
        labels = {item["id"]: label(item["label"]) for item in data["obstacles"].get("item", [])}
        names = [[one] if isinstance(one, str) else one or [] for one in (table.get("from"), table.get("to"))]
        return " → ".join(commas(labels.get(id, id) for id in side) for side in names if side)
    found = table.get("label") if isinstance(table, dict) else None
    return label(found) if isinstance(found, dict) else ""


def _shown(value: Any) -> str:
    from obstacles.survey.studyfile.write import value as written

    return value if isinstance(value, str) else written(value)[:80]


def _at(data: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def consequence(place: Place, path: str, value: str) -> dict[str, Any]:
    """What an answer would do to the ranking: of a changed copy, which is thrown away."""
    from obstacles.cli.options import open_study as opened
    from obstacles.text.language import language
    from obstacles.web.work.ranking import small_of

    key = _path(path)
    text = changed(
        StudyFolder(place.folder).text,
        {key: value} if value not in (KEEP, DROP) else {key: ABSENT} if value == DROP else {},
    )
    refuse_links(place.folder)
    trial = place.folder / f".try-{os.urandom(4).hex()}.toml"
    try:
        trial.write_text(text, encoding="utf-8")
        return small_of(opened(trial, place.folder, language=language()))
    except SurveyError as error:
        return {
            "problem": next(
                (one for one in error.problems if one.severity in ("error", "ask")), error.problems[0]
            ).message
        }
    finally:
        trial.unlink(missing_ok=True)


def _path(text: str) -> KeyPath:
    return tuple(int(part) if part.isdigit() and place == 1 else part for place, part in enumerate(text.split(".")))


def reply(place: Place, was: str, id: str, values: dict[str, str]) -> dict[str, Any]:
    """Write the answer to a question."""
    asked = next((one for one in questions(place, id)["questions"] if one["id"] == id), None)
    if asked is None:
        raise RefusedError([problem("CONFLICT", _("This question is answered already."))])
    changes: list[tuple[KeyPath, Any]] = []
    if asked["control"] == "items":
        text = merged(
            StudyFolder(place.folder).text,
            {key[5:]: value for key, value in values.items() if key[:5] == "same." and value},
        )
        return _saved_items(place, was, text)
    if asked["fields"]:
        for field, path in zip(asked["fields"], asked["paths"], strict=True):
            changes.append((path, _number(values.get(f"n.{field['path']}", ""))))
    elif asked["levels"]:
        order = [int(values.get(f"at.{place_of}", place_of)) for place_of in range(len(asked["levels"]))]
        levels = [asked["levels"][at] for at in sorted(range(len(order)), key=lambda at: (order[at], at))]
        lowest = min(int(one.get("value", at)) for at, one in enumerate(levels))
        changes.append((asked["paths"][0], [{**one, "value": lowest + at} for at, one in enumerate(levels)]))
    elif asked["options"]:
        value = values.get("value", "")
        if value not in {one["value"] for one in asked["options"]}:
            raise RefusedError([problem("E-KEY-02", _("Choose one of the answers."))])
        if value == DROP:
            changes.append((asked["paths"][0], ABSENT))
        elif value != KEEP and value != asked["current"]:
            changes.append((asked["paths"][0], value))
    gone = [line for line, path in zip(asked["lines"], asked["paths"], strict=True) if (path, ABSENT) in changes]
    return answer(place, was, changes, [line for line in asked["lines"] if line not in gone])


def _number(typed: str) -> int | float:
    try:
        found = float(typed)
    except ValueError:
        found = float("nan")
    if not -1e6 < found < 1e6:
        raise RefusedError([problem("E-KEY-02", _("Write a number, such as 3."))])
    return int(found) if found == int(found) else found


def _saved_items(place: Place, was: str, text: str) -> dict[str, Any]:
    for one in reversed(open_lines(text)):
        if one["key"] in ("since", "until"):
            text = confirm(text, one["line"])
    return save(place, was, text)


def excerpt(place: Place) -> list[dict[str, Any]]:
    """Three rows of the question's cells, for the researcher who collected them."""
    if place.mode != RESEARCHER:
        return []
    from obstacles.web.work.problems import cells

    study = open_study(place)
    return cells(study, study.waves[-1].id, ())[:3]
