"""The ranking of one wave: the record of `obstacles rank --json`, and the words and marks that a screen adds."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from obstacles.text.language import _, full_stop, label, ngettext
from obstacles.text.script import language_of
from obstacles.web.work.opened import problem, shown_study
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.analysis.ranking.result import Ranking
    from obstacles.survey.study import Study
    from obstacles.web.workers import Place

LEVELS = (0.8, 0.9, 0.95, 0.99)


def ranked(
    study: Study, *, wave: str | None, level: float | None, model: str = "auto", k: int = 3, frequencies: bool = True
) -> Ranking:
    """`rank` as the command calls it; refusals as problems of a study are."""
    from obstacles.analysis.ranking.rank import rank
    from obstacles.cli.options import refusing

    with refusing():
        return rank(study, wave=wave, model=model, level=level, k=k, frequencies=frequencies)


def ranking(place: Place, wave: str | None, level: float | None, model: str) -> dict[str, Any]:
    """Everything on the screen of the ranking."""
    from obstacles.cli.commands.rank import record_of
    from obstacles.cli.terminal import json_text
    from obstacles.reports.wave.sentences import headline
    from obstacles.reports.words import numbers
    from obstacles.reports.words.measures import measure_in_words
    from obstacles.reports.words.naming import nouns_of

    study = shown_study(place, wave)
    if wave is not None and wave not in [one.id for one in study.waves]:
        raise RefusedError([problem("E-KEY-02", _("There is no such wave in this study."))])
    found = ranked(study, wave=wave, level=level, model=model)
    record = record_of(study, found)
    rows = [_row(study, found, one) for one in record["items"]]
    axis = _axis(rows, percent=is_share(found))
    chosen = study.wave(found.wave)
    return {
        "json": json_text(record),
        "command": _command(found, level, model),
        "headline": headline(found, nouns_of(study)),
        "leaders": [study_label(study, one) for one in record["headline"]["items"]],
        "wave": found.wave,
        "waves": [one.id for one in study.waves],
        "level": record["level"],
        "levels": [{"value": f"{one:g}", "text": numbers.level(one)} for one in _levels(found.level)],
        "model": model,
        "models": _models(study, found),
        "measure": measure_in_words(found.estimate),
        "unit": "%" if is_share(found) else "",
        "level_text": numbers.level(found.level),
        "tiers": _tiers(rows),
        "axis": axis,
        "m": len(rows),
        "sets": any(row["set"] for row in rows),
        **_statements(rows, found),
        "respondents": numbers.count(record["respondents"]),
        "invited": numbers.count(chosen.invited) if getattr(chosen, "invited", None) else "",
        "notes": [full_stop(note) for note in record["notes"]],
        "method": _("{model}: {reason}").format(model=record["model"], reason=record["reason"]),
        "synthetic": study.settings.study.synthetic,
    }


def _command(found: Ranking, level: float | None, model: str) -> str:
    words = ["obstacles rank study.toml --wave", found.wave]
    words += ["--model", model] if model != "auto" else []
    words += ["--level", f"{level:g}"] if level is not None else []
    return " ".join([*words, "--json"])


def study_label(study: Study, id: str) -> str:
    """What an item is called in the language in use."""
    return next((label(item.label) or item.id for item in study.items if item.id == id), id)


def is_share(found: Ranking) -> bool:
    """Whether figures are percentages."""
    from obstacles.analysis.scores import SCORES

    return SCORES[found.model].words.percent


def _row(study: Study, found: Ranking, record: dict[str, Any]) -> dict[str, Any]:
    """One item: its figures as text, and as numbers for the marks."""
    from obstacles.reports.words import numbers

    low, high = record["interval"] or (None, None)
    first, last = record["rank_set"] or (None, None)
    share, digits = is_share(found), 2
    write = partial(numbers.bare_percent) if share else partial(numbers.decimal, digits=digits)
    both = numbers.percent_interval(low, high) if share else numbers.interval(low, high, digits)
    name = study_label(study, record["id"])
    return {
        "id": record["id"],
        "label": name,
        "short": next((label(one.short) for one in study.items if one.id == record["id"] and one.short), name),
        "lang": language_of(name),
        "value": write(record["estimate"]),
        "interval": both if low is not None else "",
        "rank": record["rank"],
        "set": [first, last] if first else None,
        "ranks": numbers.rank_set(first, last) if first else numbers.count(record["rank"]),
        "tier": record["tier"],
        "numbers": [record["estimate"], low, high],
        "factor": 100 if share else 1,
    }


def _levels(own: float) -> list[float]:
    return sorted({*LEVELS, own})


def _tiers(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows of one tier together; each alone where there are no rank sets."""
    found: list[list[dict[str, Any]]] = []
    for row in rows:
        if found and row["tier"] is not None and found[-1][0]["tier"] == row["tier"]:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _axis(rows: list[dict[str, Any]], *, percent: bool) -> dict[str, Any]:
    """Ends and ticks of the marks; adds to each row where its marks stand, in percent of the width."""
    factor = 100 if percent else 1
    values = [one * factor for row in rows for one in row["numbers"] if one is not None]
    low, high = (0.0 if percent or min(values, default=0) >= 0 else min(values)), max(values, default=1.0)
    step = _step((high - low) or 1.0)
    low, high = floor(low / step) * step, ceil(high / step - 1e-9) * step
    high = high if high > low else low + step
    count = round((high - low) / step)
    for row in rows:
        value, first, last = (
            None if one is None else (one * factor - low) / (high - low) * 100 for one in row["numbers"]
        )
        row["x"] = {"value": _short(value), "low": _short(first), "high": _short(last)}
        row["x"]["width"] = _short(max(last - first, 0.6)) if first is not None and last is not None else None
    ticks = [{"x": _short(100 * i / count), "text": f"{low + i * step:g}"} for i in range(count + 1)]
    return {"ticks": ticks}


def _short(x: float | None) -> float | None:
    return None if x is None else round(x, 2)


def _step(width: float) -> float:
    rough = width / 4
    power = 10.0 ** floor(log10(rough))
    return next(one * power for one in (1, 2, 5, 10) if one * power >= rough)


def _models(study: Study, found: Ranking) -> list[dict[str, str]]:
    """The methods that apply, the usual one first."""
    from obstacles.analysis.prepare import prepare
    from obstacles.analysis.scores import SCORES

    prepared = prepare(study.wave(found.wave), k=3)
    usual = {"value": "auto", "text": _("the usual one for these answers")}
    own = [
        {"value": name, "text": name}
        for name, score in SCORES.items()
        if score.reason_not_applicable(prepared.answers, prepared.question, prepared.k) is None
    ]
    return [usual, *own]


def _statements(rows: list[dict[str, Any]], found: Ranking) -> dict[str, Any]:
    """What the rank sets let one say, and what not: order holds between tiers, and not inside one."""
    from obstacles.reports.words.numbers import listing

    if not any(row["set"] for row in rows):
        return {"safe": [], "unsafe": []}
    tiers = _tiers(rows)
    safe, unsafe = [], []
    for upper, lower in pairwise(tiers):
        text = ngettext("{above} stands above {below}.", "{above} stand above {below}.", len(upper))
        safe.append(text.format(above=listing(_names(upper)), below=listing(_names(lower))))
    for tier in tiers:
        unsafe += [
            _("{one} stands above {other}.").format(one=above["short"], other=below["short"])
            for above, below in pairwise(tier)
        ]
    return {"safe": safe, "unsafe": unsafe}


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["short"] for row in rows]


def small(place: Place) -> dict[str, Any]:
    """The ranking of the last wave in few words, for beside the questions."""
    return small_of(shown_study(place, None))


def small_of(study: Study) -> dict[str, Any]:
    """The rank sets of the last wave, and what may be said."""
    from obstacles.reports.wave.sentences import headline
    from obstacles.reports.words import numbers
    from obstacles.reports.words.naming import nouns_of

    found = ranked(study, wave=None, level=None, frequencies=False)
    rows = [_row(study, found, one) for one in found.rows]
    receipt = study.wave(found.wave).receipt
    return {
        "headline": headline(found, nouns_of(study)),
        "rows": rows,
        "m": len(rows),
        "wave": found.wave,
        "level": numbers.level(found.level),
        "analysed": numbers.count(receipt.analysed),
        "read": numbers.count(receipt.rows_read),
        "leader": study_label(study, found.rows[0]["id"]) if found.rows else "",
    }


def csv(place: Place, wave: str | None, level: float | None, model: str) -> str:
    """What `obstacles rank --csv` prints."""
    from obstacles.analysis.disclosure.coarse import needs_grid
    from obstacles.cli.commands.rank import csv_of

    study = shown_study(place, wave)
    found = ranked(study, wave=wave, level=level, model=model, frequencies=False)
    return csv_of(found, grid=needs_grid(study, study.wave(found.wave)))
