"""Problems of the files, one beside the rows it is in; cells are the researcher's alone, and of the question alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.survey.problems import Problem, SurveyError
from obstacles.text.language import label
from obstacles.web.storage import RESEARCHER
from obstacles.web.work.files import plain_record
from obstacles.web.work.opened import open_study, without_cells

if TYPE_CHECKING:
    from obstacles.survey.study import Study
    from obstacles.web.workers import Place

REMEDIES = {  # code of a problem -> the key that decides what becomes of it
    "W-RANK-01": ("quality", "invalid_ranking"),
    "E-RANK-02": ("quality", "invalid_ranking"),
}
ORDER = {"error": 0, "ask": 1, "warning": 2, "info": 3}


def problems(place: Place, number: int) -> dict[str, Any]:
    """All problems in their order, and one of them with its rows."""
    from obstacles.cli.commands.check import problems_of, record_of
    from obstacles.cli.terminal import json_text

    try:
        study = open_study(place)
    except SurveyError as error:
        listed = [_shown(place, one, "") for one in error.problems]
        now = listed[number] if number < len(listed) else None
        return {"list": listed, "now": now, "rows": [], "columns": [], "remedy": None,
                "json": json_text(plain_record(place, record_of(None, error.problems, ok=False)))}  # fmt: skip
    own: list[tuple[Problem, str]] = [(one, "") for one in study.problems]
    own += [(one, wave.id) for wave in study.waves for one in wave.receipt.problems]
    own.sort(key=lambda pair: ORDER[pair[0].severity])
    listed = [_shown(place, *one) for one in own]
    now = listed[number] if number < len(listed) else None
    rows: list[dict[str, Any]] = []
    if now is not None and now["wave"] and place.mode == RESEARCHER:
        rows = cells(study, now["wave"], own[number][0].rows)
    remedy = None
    if now is not None and now["code"] in REMEDIES:
        from obstacles.web.work.controls import CONTROLS

        key = REMEDIES[now["code"]]
        options = [{"value": v, "words": words, "hint": hint} for v, words, hint in CONTROLS[key[-1]].options()]
        remedy = {"path": ".".join(key), "options": options, "current": study.settings.quality.invalid_ranking}
    heads = [label(item.short) or label(item.label) or item.id for item in study.waves[-1].answers.items]
    if now is not None and now["wave"]:
        heads = [label(item.short) or label(item.label) or item.id for item in study.wave(now["wave"]).answers.items]
    return {"list": listed, "now": now, "rows": rows, "columns": heads, "remedy": remedy,
            "json": json_text(plain_record(place, record_of(study, problems_of(study), ok=True)))}  # fmt: skip


def _shown(place: Place, problem: Problem, wave: str) -> dict[str, Any]:
    record = without_cells(place, problem.to_dict())
    first = record["message"].split(". ")[0].split(": ")[0]
    return {
        **record,
        "wave": wave,
        "title": first if len(first) <= 90 else first[:89] + "…",
        "place": problem.file or "",
        "explain": f"obstacles explain {problem.code}",
    }


def cells(study: Study, wave: str, rows: tuple[int, ...]) -> list[dict[str, Any]]:
    """Cells of the question's columns in rows as a spreadsheet numbers them; the first three where none is named."""
    from obstacles.survey.files.readers import open_table

    settings = next(one for one in study.settings.wave if one.id == wave)
    columns = [settings.obstacles.get(item.id, "") for item in study.wave(wave).answers.items]
    if not any(columns):
        return []
    try:
        table = open_table(study.path.parent / settings.file, settings, [name for name in columns if name])
        texts = {name: table.text(name) for name in columns if name}
        numbers = list(map(int, table.rows))
    except (SurveyError, OSError, TypeError, AttributeError):
        return []
    wanted = rows or tuple(numbers[:3])
    found = []
    for row in wanted:
        if row not in numbers:
            continue
        at = numbers.index(row)
        values = [str(texts[name][at]) if name else "" for name in columns]
        often = {value for value in values if value and values.count(value) > 1}
        found.append({"row": row, "cells": [{"text": value, "bad": bool(rows) and value in often} for value in values]})
    return found


def workbook(place: Place) -> bytes:
    """Problems as an Excel workbook; texts as texts, never as formulas."""
    import io

    import xlsxwriter

    listed = problems(place, 0)["list"]
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    keys = ("severity", "code", "file", "column", "rows", "count", "message")
    for at, key in enumerate(keys):
        sheet.write_string(0, at, key)
    for line, one in enumerate(listed, 1):
        for at, key in enumerate(keys):
            value = one[key]
            sheet.write_string(line, at, ", ".join(map(str, value)) if isinstance(value, list) else str(value or ""))
    book.close()
    return out.getvalue()
