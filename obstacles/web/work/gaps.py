"""Capability gaps by department, as they may be shown: the record of `obstacles gaps --json` and nothing beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.text.language import _, label
from obstacles.web.work.opened import problem, shown_study
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.web.workers import Place, Tell


def gaps(place: Place, by: str, wave: str, tell: Tell | None = None) -> dict[str, Any]:
    """Everything on the screen of the departments."""
    from obstacles.cli.commands.gaps import released
    from obstacles.cli.publish import refuse_looser_for_others
    from obstacles.cli.terminal import json_text
    from obstacles.reports.gap.findings import GapFindings, bare_share
    from obstacles.reports.gap.sentences import largest
    from obstacles.reports.words import numbers
    from obstacles.reports.words.naming import bare, value_name
    from obstacles.reports.words.numbers import count

    if tell is not None:
        tell(0, 1, _("Working out the gaps of every group, with small ones protected"))
    study = shown_study(place, wave or None)
    ids = [one.id for one in study.waves]
    if wave and wave not in ids:
        raise RefusedError([problem("E-KEY-02", _("There is no such wave in this study."))])
    columns = list(next(one for one in study.settings.wave if one.id == (wave or ids[-1])).columns)
    if by and by not in columns:
        raise RefusedError([problem("E-KEY-02", _("There is no such group in this wave."))])
    refuse_looser_for_others(study)
    found = released(study, wave=wave or None, by=by or None)
    f = GapFindings(study=study, release=found, group=found.whole)
    rows = []
    for group in (found.whole, *found.groups):
        cells = []
        for j in f.order:
            row = group.rows[j]
            compared = row.compared
            tone = "" if compared is None or not compared.differs else "up" if compared.value > 0 else "down"
            cells.append({"text": bare_share(row.below), "tone": tone})
        name = value_name(group.name, found.by) if group.name else _("Whole organisation")
        rows.append({"name": name, "n": count(group.respondents), "cells": cells, "whole": not group.name})
    words = ["obstacles gaps study.toml", *(["--wave", wave] if wave else []), *(["--by", f'"{by}"'] if by else [])]
    settings = study.settings
    return {
        "json": json_text(found.to_dict()),
        "command": " ".join([*words, "--json"]),
        "headline": bare(largest(f)),
        "items": [f.short_name(j) for j in f.order],
        "rows": rows,
        "hidden": [value_name(name, found.by) for name in found.hidden],
        "by": found.by,
        "columns": columns,
        "wave": found.wave,
        "waves": ids,
        "compared": any(row.compared is not None for group in found.groups for row in group.rows),
        "level": numbers.level(found.level),
        "minimum": found.minimum,
        "required": [
            {"label": label(item.label) or item.id, "level": item.required, "from": item.required_from}
            for item in (settings.capability.item if settings.capability else ())
        ],
        "weighting": found.weighting,
    }
