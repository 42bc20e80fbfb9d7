"""From files to a study, and what was found in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstacles.survey.files.column_names import ColumnError, column_letters, column_names
from obstacles.survey.problems import SurveyError
from obstacles.text.language import _, label
from obstacles.web.storage import HR, StudyFolder
from obstacles.web.work.edit import ABSENT, changed, save
from obstacles.web.work.opened import open_study, problem, without_cells
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from obstacles.survey.files.table import Table
    from obstacles.survey.studyfile.proposal import Proposal
    from obstacles.web.workers import Place, Tell

NAMES, MOST_COLUMNS = 12, 400


def _proposed(place: Place, names: Sequence[str], block: str, form: str) -> tuple[Proposal, str]:
    from dataclasses import replace

    from obstacles.survey.detect.propose import propose
    from obstacles.survey.studyfile.write import study_text

    data = place.folder / "data"
    blocks = tuple(part for part in block.split(",") if part)
    proposal = propose([data / name for name in names], block=blocks, form=form or None)
    waves = tuple(replace(wave, file=f"data/{Path(wave.file).name}") for wave in proposal.waves)
    if proposal.capability is not None:
        own = proposal.capability
        tables: dict[str, Any] = {
            name: None if table is None else replace(table, file=f"data/{Path(table.file).name}")
            for name, table in (("size", own.size), ("required_table", own.required_table))
        }
        proposal = replace(proposal, capability=replace(own, **tables))
    proposal = replace(proposal, waves=waves)
    words = ["obstacles init", *(f"data/{name}" for name in names), "-o study.toml"]
    words += [f"--block {block}"] if block else []
    words += [f"--format {form}"] if form else []
    return proposal, study_text(proposal, command=" ".join(words))


def make(place: Place, names: list[str], block: str = "", form: str = "", tell: Tell | None = None) -> dict[str, Any]:
    """Write the study file for files of the folder; for HR with groups protected."""
    if tell is not None:
        tell(0, 1, _("Reading the files"))
    proposal, text = _proposed(place, names, block, form)
    if place.mode == HR:
        text = changed(text, {("privacy", "audience"): "organisation", ("privacy", "min_group"): 10})
    StudyFolder(place.folder).write(text)
    _note(place, proposal)
    return {"waves": [wave.id for wave in proposal.waves]}


def _note(place: Place, proposal: Proposal) -> None:
    """What was found, in words, for the screen of the files."""
    found = {
        wave.id: {"source": wave.source, "evidence": wave.evidence, "doubt": wave.doubt, "notes": list(wave.notes)}
        for wave in proposal.waves
    }
    other = None if proposal.other is None else {"form": proposal.other.form, "evidence": proposal.other.evidence}
    StudyFolder(place.folder).note(
        found=found, more=list(proposal.more), other=other, personal=list(proposal.personal), notes=list(proposal.notes)
    )


def add(place: Place, was: str, names: list[str], tell: Tell | None = None) -> dict[str, Any]:
    """Add files as waves: what was answered for the older ones stays.

    The proposal is made of all files together, so that items are matched; from it the new waves and items are taken.
    """
    import tomlkit

    folder = StudyFolder(place.folder)
    text = folder.text
    now = tomlkit.parse(text).unwrap()
    old = list(dict.fromkeys(Path(wave["file"]).name for wave in now["wave"]))
    _whole, proposed = _proposed(place, [*old, *names], "", "")
    data = tomlkit.parse(proposed).unwrap()
    new = [wave for wave in data["wave"] if Path(wave["file"]).name in names]
    known = {wave["id"] for wave in now["wave"]}
    if not new or any(wave["id"] in known for wave in new):
        message = _("The new file gives no year of its own beside those that are there. Put the year into its name.")
        raise RefusedError([problem("E-INIT-06", message)])
    by_label = {_fold(one): item["id"] for item in now["obstacles"].get("item", []) for one in item["label"].values()}
    items = data["obstacles"].get("item", [])
    same = {
        item["id"]: next((by_label[_fold(t)] for t in item["label"].values() if _fold(t) in by_label), None)
        for item in items
    }
    used = {id for wave in new for table in ("obstacles", "values") for id in wave.get(table, {})}
    fresh = [item for item in items if same[item["id"]] is None and (item["id"] in used or not used)]
    parts = [text.rstrip("\n"), ""]
    for item in fresh:
        own = {key: value for key, value in item.items() if key in ("id", "label", "kind")}
        parts.append(tomlkit.dumps({"obstacles": {"item": [own]}}).replace("[obstacles]\n", "").strip())
        parts.append(f'since = "{new[0]["id"]}"  #? ' + _("found in {wave} only").format(wave=new[0]["id"]) + "\n")
    for wave in new:
        for table in ("obstacles", "values"):
            if table in wave:
                wave[table] = {same.get(id) or id: one for id, one in wave[table].items()}
        parts.append("#? " + _("a wave that was added: look at its keys"))
        parts.append(tomlkit.dumps({"wave": [wave]}).strip() + "\n")
    waves = [wave["id"] for wave in (*now["wave"], *new)][-2:]
    ids = {one.get("id") for one in now.get("comparison", [])}
    if f"{waves[0]}-{waves[1]}" not in ids:
        pair = {"comparison": [{"id": f"{waves[0]}-{waves[1]}", "waves": waves, "items": "common"}]}
        pair["comparison"][0]["kind"] = "repeated_cross_section"
        parts.append(tomlkit.dumps(pair).strip() + "\n")
    return save(place, was, "\n".join(parts))


def _fold(text: str) -> str:
    from obstacles.text.fold import fold

    return fold(text).casefold().strip()


def choose(place: Place, was: str, block: str, form: str) -> dict[str, Any]:
    """Take another question, or another reading of it."""
    names = sorted(path.name for path in (place.folder / "data").iterdir() if path.is_file())
    proposal, text = _proposed(place, names, block, form)
    if place.mode == HR:
        text = changed(text, {("privacy", "audience"): "organisation", ("privacy", "min_group"): 10})
    saved = save(place, was, text)
    _note(place, proposal)
    return saved


def found(place: Place) -> dict[str, Any]:
    """The screen of the files: per wave what it is, how it is read, and what became of its rows."""
    from obstacles.cli.commands.check import problems_of, record_of
    from obstacles.cli.terminal import json_text
    from obstacles.reports.words.numbers import count
    from obstacles.survey.loading.load_decisions import FORMS

    meta = StudyFolder(place.folder).meta
    told = meta.get("found", {})
    try:
        study = open_study(place)
    except SurveyError as error:
        problems = [without_cells(place, one.to_dict()) for one in error.problems]
        return {
            "waves": [],
            "problems": problems,
            "json": json_text(plain_record(place, record_of(None, error.problems, ok=False))),
            **_more(meta),
        }
    waves = []
    for wave, settings in zip(study.waves, study.settings.wave, strict=True):
        receipt = wave.receipt
        own = told.get(wave.id, {})
        parts: list[dict[str, Any]] = [
            {"n": receipt.analysed, "text": _("{n} analysed").format(n=count(receipt.analysed)), "tone": "kept"}
        ]
        parts += [
            {
                "n": rule.count,
                "text": _("{n} left out: {rule}").format(n=count(rule.count), rule=rule.rule),
                "tone": tone,
            }
            for rule, tone in zip(receipt.left_out, "abcabcabc", strict=False)
        ]
        at = 0.0
        for part in parts:
            part["width"] = round(100 * part["n"] / max(receipt.rows_read, 1), 2)
            part["x"], at = round(at, 2), at + part["width"]
        waves.append({
            "id": wave.id,
            "file": meta["names"].get(Path(receipt.file).name, Path(receipt.file).name),
            "source": own.get("source") or _("{encoding}; {rows} rows, {columns} columns").format(
                encoding=receipt.encoding, rows=count(receipt.rows_read), columns=count(receipt.columns)),
            "question": label(settings.question or study.settings.obstacles.question),
            "items": len(wave.answers.items),
            "format": FORMS[settings.format](),
            "evidence": "; ".join(filter(None, (own.get("evidence"), own.get("doubt")))),
            "groups": [{"name": name, "column": column} for name, column in settings.columns.items()],
            "dropped": list(receipt.dropped_columns),
            "choices": [{"what": what, "value": value} for what, value in receipt.choices],
            "repaired": [f"{count(one.count)} {one.rule}" for one in receipt.repaired],
            "rows": count(receipt.rows_read),
            "parts": parts,
        })  # fmt: skip
    return {
        "waves": waves,
        "problems": [],
        "json": json_text(plain_record(place, record_of(study, problems_of(study), ok=True))),
        **_more(meta),
    }


def plain_record(place: Place, record: dict[str, Any]) -> dict[str, Any]:
    """The record of `obstacles check --json`, without cells where the view shows none."""
    receipts = [
        one | {"problems": [without_cells(place, own) for own in one["problems"]]} for one in record["receipts"]
    ]
    return record | {"problems": [without_cells(place, one) for one in record["problems"]], "receipts": receipts}


def _more(meta: dict[str, Any]) -> dict[str, Any]:
    return {name: meta.get(name) for name in ("more", "other", "notes", "personal")}


def columns(place: Place) -> list[dict[str, Any]]:
    """Every column of every wave's file, what it is used for, and what speaks for it; no cell of it is shown."""
    from obstacles.survey.files.readers import open_table

    settings = open_study(place).settings
    found = []
    for index, wave in enumerate(settings.wave):
        try:
            table = open_table(place.folder / wave.file, wave, None)
        except (SurveyError, OSError, TypeError):
            continue
        uses = _uses(wave, settings)
        written = written_as(table, uses)
        titles = column_names(table.header, "joined" if len(table.header) > 1 else "first")
        rows = []
        for position, column in enumerate(addresses(table)[:MOST_COLUMNS]):
            use, item = uses.get(written.get(column, ""), ("", ""))
            title = titles[position] or column
            rows.append({"name": title, "column": column, "use": use, "item": item, "kinds": _kinds(table, position)})
        found.append({
            "wave": wave.id, "index": index, "rows": rows, "more": max(0, len(titles) - MOST_COLUMNS),
            "addresses": {own: column for column, own in written.items()},
        })  # fmt: skip
    return found


def addresses(table: Table) -> list[str]:
    """What a study file calls each column: its name, or letters where it has none or shares it."""
    seen = Counter(table.names)
    return [
        name if name and seen[name] == 1 else f"column:{column_letters(position)}"
        for position, name in enumerate(table.names)
    ]


def written_as(table: Table, columns: Iterable[str]) -> dict[str, str]:
    """Address of a column -> how a study file names it; names that the table does not know are left out."""
    called, found = addresses(table), {}
    for name in columns:
        with suppress(ColumnError):
            found[called[table.column(name)]] = name
    return found


def _kinds(table: Any, position: int) -> str:
    from obstacles.reports.words.numbers import count

    try:
        _codes, values = table.coded_at(position)
    except (SurveyError, ValueError, IndexError):
        return ""
    return _("{n} different entries").format(n=count(len([one for one in values if one.strip()])))


def _uses(wave: Any, settings: Any) -> dict[str, tuple[str, str]]:
    """Column -> (use, item or group)."""
    used: dict[str, tuple[str, str]] = dict.fromkeys(settings.privacy.drop_columns, ("dropped", ""))
    used |= {column: ("item", id) for id, column in wave.obstacles.items()}
    if wave.cell is not None:
        used[wave.cell.column] = ("item", "")
    used |= {column: ("group", name) for name, column in wave.columns.items()}
    for key in ("weight", "id_column", "date", "duration"):
        if getattr(wave, key, None):
            used[getattr(wave, key)] = (key, "")
    if wave.finished is not None:
        used[wave.finished.column] = ("finished", "")
    if wave.capability is not None:
        for side in ("current", "required", "importance", "supervisor"):
            used |= {column: (side, id) for id, column in getattr(wave.capability, side).items()}
    return used


def _named(
    settings: Any,
    wave: int,
    now: dict[str, tuple[str, str]],
    uses: dict[str, str],
    names: dict[str, str],
    split: list[str],
) -> dict[Any, Any]:
    """Other names for groups; `split` is brought up to them."""
    values: dict[Any, Any] = {}
    given = set(settings.wave[wave].columns)
    for column, typed in names.items():
        (use_now, before), name = now.get(column, ("", "")), typed.strip()[:100]
        if use_now != "group" or uses.get(column, "group") != "group" or not name or name in given:
            continue
        values |= {("wave", wave, "columns", before): ABSENT, ("wave", wave, "columns", name): column}
        given.add(name)
        elsewhere = any(at != wave and before in one.columns for at, one in enumerate(settings.wave))
        split[:] = [one for one in split if one != before or elsewhere] + ([] if name in split else [name])
        if settings.groups.report_by == before and not elsewhere:
            values[("groups", "report_by")] = name
        if not elsewhere:
            reports = enumerate(settings.report)
            values |= {("report", at, "by"): name for at, report in reports if report.by == before}
    return values


FREE = ("", "group", "weight", "id_column", "date", "duration", "dropped")  # uses that a click gives and takes


def use(place: Place, was: str, wave: int, uses: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    """Give columns of a wave other uses; those of the question and of capabilities have screens of their own.

    Parameters
    ----------
    names
        Column -> name of its group; columns of several waves with one name are one group.
    """
    from obstacles.survey.files.readers import open_table

    settings = open_study(place).settings
    own = settings.wave[wave]
    now = _uses(own, settings)
    written = written_as(open_table(place.folder / own.file, own, None), now)
    now |= {column: now[name] for column, name in written.items()}
    values: dict[Any, Any] = {}
    dropped = list(settings.privacy.drop_columns)
    split = list(settings.groups.split_by)
    values |= _named(settings, wave, now, uses, names, split)
    for column, wanted in uses.items():
        before, name = now.get(column, ("", ""))
        if wanted in FREE and before in FREE and wanted != before:
            if before not in ("", "dropped"):
                values[("wave", wave, "columns", name) if before == "group" else ("wave", wave, before)] = ABSENT
            if wanted not in ("", "dropped"):
                key = ("wave", wave, "columns", column) if wanted == "group" else ("wave", wave, wanted)
                values[key] = column
            dropped = [one for one in dropped if one != written.get(column, column)] + [column] * (wanted == "dropped")
            others = any(at != wave and name in one.columns for at, one in enumerate(settings.wave))
            split = [one for one in split if one != name or others] if before == "group" else split
            split += [column] * (wanted == "group" and column not in split)
    if dropped != list(settings.privacy.drop_columns):
        values[("privacy", "drop_columns")] = dropped
    if split != list(settings.groups.split_by):
        values[("groups", "split_by")] = split
    return save(place, was, changed(StudyFolder(place.folder).text, values))
