"""What changed between two waves: the record of `obstacles compare --json`, in words and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.text.language import _, full_stop
from obstacles.web.work.opened import problem, shown_study
from obstacles.web.work.ranking import study_label
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.analysis.change.result import Change
    from obstacles.survey.study import Study
    from obstacles.web.workers import Place


def compared(study: Study, waves: tuple[str, str] | None, level: float | None) -> Change:
    """`compare` as the command calls it."""
    from obstacles.analysis.change.compare import compare
    from obstacles.cli.options import refusing

    with refusing():
        return compare(study, waves=waves, level=level)


def change(place: Place, first: str, last: str, level: float | None) -> dict[str, Any]:
    """Everything on the screen of the change."""
    from obstacles.cli.commands.compare import record_of
    from obstacles.cli.terminal import json_text
    from obstacles.reports.change.findings import Compared, units_of
    from obstacles.reports.change.sentences import comparability, headlines, verdict_words
    from obstacles.reports.words import numbers
    from obstacles.reports.words.naming import bare, nouns_of

    study = shown_study(place)
    ids = [one.id for one in study.waves]
    if (first and first not in ids) or (last and last not in ids) or (first and first == last):
        raise RefusedError([problem("E-KEY-02", _("Choose two different waves of this study."))])
    waves = (first, last) if first and last else None
    found = compared(study, waves, level)
    record = record_of(study, found)
    pair = record["pairs"][0] if waves else next(
        one for one in record["pairs"]
        if (one["from"], one["to"]) == (found.sides[found.main.first].id, found.sides[found.main.second].id)
    )  # fmt: skip
    nouns = nouns_of(study)
    units = units_of(nouns, found)
    rows = []
    for one in pair["items"]:
        low, high = one["interval"] or (None, None)
        rows.append({
            "label": study_label(study, one["id"]),
            "from": units.without_unit(one["estimate_from"]) if pair["levels_compared"] else "",
            "to": units.without_unit(one["estimate_to"]) if pair["levels_compared"] else "",
            "change": units.change(one["change"]) if one["change"] is not None else "",
            "interval": units.change_interval(low, high) if low is not None else "",
            "p": numbers.bare_p(one["p_adjusted"]) if one["p_adjusted"] is not None else "",
            "verdict": verdict_words(one["verdict"]) if pair["levels_compared"] else "",
            "rank_from": one["rank_from"], "rank_to": one["rank_to"],
            "set_from": _set(one["rank_set_from"]), "set_to": _set(one["rank_set_to"]),
            "certain": one["rank_change_certain"],
                "sets": (one["rank_set_from"], one["rank_set_to"]),
        })  # fmt: skip
    skipped = [
        {"label": study_label(study, one["id"]), "reason": one["reason"] or ""}
        for one in record["comparability"]["items"] if not one["compared"]
    ]  # fmt: skip
    words = ["obstacles compare study.toml"] + (["--waves", *waves] if waves else [])
    words += [f"--level {level:g}"] if level is not None else []
    f = Compared(found, nouns, found.headline, found.main)
    return {
        "json": json_text(record),
        "command": " ".join([*words, "--json"]),
        "headlines": [bare(one) for one in headlines(f, (found.sides[0].id, found.sides[-1].id))],
        "comparability": bare(comparability(found, nouns)),
        "reasons": [full_stop(one) for one in pair["breaks"]],
        "waves": ids,
        "first": pair["from"],
        "last": pair["to"],
        "level": record["level"],
        "level_text": numbers.level(record["level"]),
        "levels_compared": pair["levels_compared"],
        "rows": rows,
        "skipped": skipped,
        "ladder": [row for row in rows if row["rank_from"] and row["rank_to"]],
        "bases": {side["id"]: numbers.count(side["respondents"]) for side in record["sides"]},
        "panel": record["kind"] == "panel",
        "notes": [full_stop(note) for note in record["notes"]],
        "hidden": record["hidden_groups"],
    }  # fmt: skip


def _set(found: list[int] | None) -> str:
    from obstacles.reports.words.numbers import rank_set

    return rank_set(*found) if found else ""
