"""A proposed study -> the text of study.toml: every guess with its evidence, `#?` where a person has to look.

Texts come from files that nobody vouches for: they are quoted as TOML strings, and control and direction characters
in them, and in comments, are written by their number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from obstacles.survey.studyfile.codebook import comes_back
from obstacles.survey.studyfile.guess import Entry
from obstacles.survey.studyfile.proposal import Proposal, ProposedCapability, ProposedItem, ProposedWave, SideTable
from obstacles.text.escape import harmful, safe
from obstacles.text.language import _, commas, semicolons
from obstacles.text.script import language_of as language_by_script
from obstacles.text.width import padded, width, wrapped

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 116
EVIDENCE_AT = 46  # column at which the evidence stands where the value leaves room
TABLES = ("best_worst", "pairs")  # keys written as tables of their own


def study_text(proposal: Proposal, *, command: str, codebook: str | None = None) -> str:
    """The study file.

    Parameters
    ----------
    command
        as it was typed, for the first line.
    codebook
        the name of the codebook that holds the items; `None` writes them into the study file.
    """
    parts: list[list[str]] = [
        [
            comment(_("Written by: {command}").format(command=command)),
            comment(_('Lines marked "#?" need a human eye: they are guesses, with the evidence beside them.')),
            "schema = 1",
        ],
        _study(proposal),
        _obstacles(proposal, codebook),
    ]
    if codebook is None:
        parts += [_item(item, proposal.language) for item in proposal.items]
    parts += [_wave(wave, proposal, position, codebook) for position, wave in enumerate(proposal.waves)]
    parts += [_other(proposal)] if proposal.other is not None else []
    parts += [list(_capability(proposal.capability, proposal.language))] if proposal.capability is not None else []
    parts += [_table("quality", proposal.quality), _table("weights", proposal.weights), _groups(proposal)]
    parts.append(_privacy(proposal))
    parts += [list(_comparison(waves, proposal, codebook)) for waves in proposal.comparisons]
    parts += [_research_report(proposal), _gap_report(proposal), _more(proposal)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


# ---------- values ------------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """A TOML basic string."""
    plain = json.dumps(text, ensure_ascii=False)  # escapes as TOML does, but for the letters below
    return "".join(
        ("\\ufffd" if "\ud800" <= letter <= "\udfff" else f"\\u{ord(letter):04x}") if harmful(letter) else letter
        for letter in plain
    )


def key(name: str) -> str:
    """A key, quoted where it has to be."""
    return name if BARE_KEY.fullmatch(name) else quoted(name)


def value(found: Any) -> str:
    """A value as TOML."""
    if isinstance(found, str):
        return quoted(found)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, dict):
        return "{ " + ", ".join(f"{key(name)} = {value(one)}" for name, one in found.items()) + " }" if found else "{}"
    if isinstance(found, list | tuple):
        return "[" + ", ".join(value(one) for one in found) + "]"
    return str(found.isoformat()) if hasattr(found, "isoformat") else repr(found)


def comment(text: str, mark: str = "#") -> str:
    """The text as comment lines of TOML."""
    return "\n".join(f"{mark} {line}" for line in wrapped(safe(text), WIDTH) or [""])


# ---------- lines -------------------------------------------------------------------------------------------------


def _line(entry: Entry) -> str:
    """`key = value  #? evidence`; evidence that does not fit beside the value stands above it."""
    written = _written(entry)
    if not entry.why:
        return written + ("  #?" if entry.ask else "")
    mark = "#?" if entry.ask else "#"
    beside = f"{padded(written, EVIDENCE_AT)}{'' if width(written) < EVIDENCE_AT else '  '}{mark} {safe(entry.why)}"
    if width(beside) <= WIDTH + 4 and "\n" not in written:
        return beside
    return "\n".join([comment(entry.why, mark), written])


def _written(entry: Entry) -> str:
    """`key = value`; a list that is too long with a line for each of its parts."""
    written = f"{key(entry.key)} = {value(entry.value)}"
    if not isinstance(entry.value, list) or width(f"{entry.key} = {value(entry.value)}") <= WIDTH:
        return written
    parts = "\n".join(f"  {value(one)}," for one in entry.value)
    return f"{key(entry.key)} = [\n{parts}\n]"


def _lines(entries: Iterable[Entry]) -> list[str]:
    return [_line(entry) for entry in entries]


def _table(name: str, entries: Sequence[Entry]) -> list[str]:
    return [f"[{name}]", *_lines(entries)] if entries else []


def _label(text: str, language: str) -> str:
    return value({language_of(text, language): text})


def language_of(text: str, language: str) -> str:
    """The language of a label: that of the study, but that of its script in an English study."""
    return language_by_script(text) if language == "en" else language


# ---------- sections ------------------------------------------------------------------------------------------------


def _study(proposal: Proposal) -> list[str]:
    sampling = Entry(
        "sampling", "nonprobability", _("how did respondents come in? census | probability | nonprobability"), True
    )
    return [
        "[study]",
        f"title = {_label(proposal.title, proposal.language)}",
        f"languages = {value(languages_of(proposal))}",
        _line(sampling),
    ]


def languages_of(proposal: Proposal) -> list[str]:
    """The languages of the labels, that of the study first."""
    used = (language_of(item.label, proposal.language) for item in proposal.items)
    return list(dict.fromkeys([proposal.language, *used]))


def _obstacles(proposal: Proposal, codebook: str | None) -> list[str]:
    lines = ["[obstacles]"]
    if proposal.question:
        lines.append(f"question = {_label(proposal.question, proposal.language)}")
    if codebook is not None:
        doubtful = any(item.status != "same" or item.since or item.until or item.kind_asked for item in proposal.items)
        why = _("items, labels and the columns of each wave; look at its columns kind, since, until and status")
        lines.append(_line(Entry("codebook", codebook, why, doubtful)))
    if proposal.direction is not None:
        lines.append(_line(proposal.direction))
    lines += [comment(note) for note in proposal.notes]
    return lines if len(lines) > 1 else []


def _item(item: ProposedItem, language: str) -> list[str]:
    lines = ["[[obstacles.item]]", f"id = {quoted(item.id)}", f"label = {_label(item.label, language)}"]
    if item.kind is not None:
        lines.append(_line(Entry("kind", item.kind, item.kind_why, item.kind_asked)))
    for name, wave in (("since", item.since), ("until", item.until)):
        if wave is not None:
            lines.append(_line(Entry(name, wave, item.why, True)))
    return lines


def _wave(wave: ProposedWave, proposal: Proposal, position: int, codebook: str | None) -> list[str]:
    told = position == 0 or proposal.waves[position - 1].source != wave.source
    lines = [
        *([comment(wave.source)] if told else []),
        "[[wave]]",
        f"id = {quoted(wave.id)}",
        f"file = {quoted(wave.file)}",
    ]
    if wave.question:
        lines.append(f"question = {_label(wave.question, proposal.language)}")
    doubts = [wave.doubt, _("there is another reading, below") if proposal.other is not None else ""]
    form = Entry("format", wave.form, semicolons([wave.evidence, *filter(None, doubts)]), any(doubts))
    file_keys = ("exclude", "where", "long", "sheet", "encoding", "delimiter", "header_rows", "skip")
    first = [entry for entry in wave.entries if entry.key in file_keys]
    rest = [entry for entry in wave.entries if entry.key not in file_keys]
    rest = _with_missing(rest, proposal.capability, wave.id)
    plain = [entry for entry in rest if "." not in entry.key and entry.key != "positions"]
    lines += _lines([*first, form, *plain])
    lines += [comment(note) for note in wave.notes]
    for name in TABLES:
        own = [entry for entry in rest if entry.key.startswith(f"{name}.")]
        lines += _table(f"wave.{name}", [replace(entry, key=entry.key.split(".")[1]) for entry in own])
    for entry in (entry for entry in rest if entry.key == "positions"):
        lines += [comment(entry.why), *_map("wave.positions", entry.value)]
    lines += _map("wave.columns", wave.groups)
    sides = {} if proposal.capability is None else proposal.capability.columns.get(wave.id, {})
    for side, columns in sides.items():
        lines += _map(f"wave.capability.{side}", columns)
    if codebook is None:
        lines += _map(
            "wave.obstacles", {item.id: item.columns[wave.id] for item in proposal.items if wave.id in item.columns}
        )
    texts = {item.id: _texts(item, wave, codebook) for item in proposal.items}
    return lines + _map("wave.values", {id: own for id, own in texts.items() if own})


def _map(name: str, found: Mapping[str, str | tuple[str, ...]]) -> list[str]:
    return [f"[{name}]", *(f"{key(id)} = {value(one)}" for id, one in found.items())] if found else []


def _texts(item: ProposedItem, wave: ProposedWave, codebook: str | None) -> tuple[str, ...]:
    """Cells that mean the item; with a codebook, those that it cannot hold in its one cell for the wave."""
    texts = item.texts.get(wave.id, ())
    if codebook is None or wave.id in item.columns:
        return texts
    if wave.id not in item.wordings or (len(texts) < 2 and all(map(comes_back, (item.label, *texts)))):
        return ()
    return texts or (item.label,)


def _other(proposal: Proposal) -> list[str]:
    """The second reading, commented out."""
    other = proposal.other
    assert other is not None
    message = _(
        "The cells can also be read in another way: {evidence}. If that is meant, run init again with --format {form}, "
        "which writes these lines and the items that belong to them."
    )
    lines = [
        comment(message.format(evidence=other.evidence, form=other.form), "#?"),
        f"# format = {quoted(other.form)}",
    ]
    entries = [Entry(entry.key, entry.value, entry.why) for entry in other.entries if entry.key != "items"]
    lines += [f"# {line}" for entry in entries for line in _line(entry).split("\n")]
    if other.direction is not None:
        lines.append(f"# direction = {quoted(other.direction.value)}   # " + _("in [obstacles]"))
    items: list[str] = next((entry.value for entry in other.entries if entry.key == "items"), [])
    if items:
        lines.append(comment(_("with the items {items}").format(items=commas(map(str, items[:20])))))
    return lines


def _capability(found: ProposedCapability, language: str) -> Iterator[str]:
    """[capability]: its levels, its items, and where the required level stands."""
    yield comment(found.evidence)
    yield "[capability]"
    levels = []
    for place, text in found.levels:
        name = text if not found.numeric else f"{place:g}"
        cells = {} if found.numeric else {"text": [text]}
        levels.append({"value": int(place), **cells, "en" if found.numeric else language_of(text, language): name})
    why = _("from the lowest to the highest; write what each level means")
    if not found.known:
        why = _("in which order do these levels stand? Write them from the lowest")
    yield _line(Entry("levels", levels, why, not found.known))
    if found.rated_twice:
        yield _line(Entry("rater", "both", _("by people themselves and by their supervisors")))
    if found.importance is not None:
        yield _line(Entry("importance_scale", list(found.importance)))
    for id, label in found.items:
        yield "[[capability.item]]"
        yield f"id = {quoted(id)}"
        yield f"label = {_label(label, language)}"
        source = found.source(id, label)
        if source == "column":
            yield _line(Entry("required_from", "column"))
        elif source == "role":
            yield _line(Entry("required_from", "role", _("from the sheet of required levels")))
        else:
            why = _("no column says which level is required: which one is it, for everybody?")
            yield _line(Entry("required", int(found.levels[-1][0]), why, True))
    if found.required_table is not None and found.has("role"):
        yield from _side("capability.required_table", found.required_table)


def _with_missing(entries: list[Entry], found: ProposedCapability | None, wave: str) -> list[Entry]:
    """The keys of a wave, in `missing` the cells of capability columns, too."""
    own = {} if found is None else found.missing.get(wave, {})
    if not own:
        return entries
    before = next((entry for entry in entries if entry.key == "missing"), Entry("missing", {}))
    kinds = {kind: list(cells) for kind, cells in before.value.items()}
    for kind, cells in own.items():
        kinds[kind] = list(dict.fromkeys([*kinds.get(kind, ()), *cells]))
    return [*(entry for entry in entries if entry is not before), replace(before, value=kinds)]


def _groups(proposal: Proposal) -> list[str]:
    names = list(dict.fromkeys(name for wave in proposal.waves for name in wave.groups))
    if not names:
        return []
    lines, capability = ["[groups]"], proposal.capability
    if capability is not None and capability.report_by is not None:
        lines.append(_line(Entry("report_by", capability.report_by, _("a gap report for each of its groups"))))
    lines.append(_line(Entry("split_by", names)))
    if proposal.aliases:
        why = _("spellings of one group? merging them changes who is shown")
        lines.append(_line(Entry("aliases", proposal.aliases, why, True)))
    if capability is not None and capability.size is not None:
        lines += _side("groups.size", capability.size)
    return lines


def _side(name: str, table: SideTable) -> list[str]:
    why = _("by the names in it and the numbers beside them")
    rest = [_line(Entry(own, one, why, True) if own != "skip" else Entry(own, one)) for own, one in table.keys.items()]
    return [f"[{name}]", f"file = {quoted(table.file)}", f"sheet = {quoted(table.sheet)}", *rest]


def _research_report(proposal: Proposal) -> list[str]:
    return ["[[report]]", 'kind = "research"'] if proposal.items else []


def _gap_report(proposal: Proposal) -> list[str]:
    found = proposal.capability
    if found is None or (found.report_by is None and proposal.items):
        return []
    by = [f"by = {quoted(found.report_by)}"] if found.report_by is not None else []
    return ["[[report]]", 'kind = "gap"', *by]


def _privacy(proposal: Proposal) -> list[str]:
    lines = []
    if proposal.grouped:
        who = _('who is handed the reports; "organisation" and "public" protect groups')
        audience = "owner" if proposal.capability is None else "organisation"
        lines.append(_line(Entry("audience", audience, who, ask=True)))
        if proposal.capability is not None:
            lines.append(_line(Entry("min_group", 10, _("respondents of the smallest group that is shown"))))
    if proposal.personal:
        lines.append(_line(Entry("drop_columns", list(proposal.personal), _("personal data, never kept"))))
    return ["[privacy]", *lines] if lines else []


def _comparison(waves: tuple[str, ...], proposal: Proposal, codebook: str | None) -> Iterator[str]:
    yield "[[comparison]]"
    yield f"id = {quoted(f'{waves[0]}-{waves[-1]}')}"
    yield f"waves = {value(waves)}"
    yield 'items = "common"'
    why = proposal.panel or _("other persons in each wave; panel, where the same were asked again")
    yield _line(Entry("kind", "repeated_cross_section", why, bool(proposal.panel)))
    for one, other in pairwise(waves) if codebook is None else ():  # the codebook has a column for it
        for item in proposal.items:
            before, after = item.wordings.get(one), item.wordings.get(other)
            if item.status != "same" and before is not None and after is not None and before != after:
                yield "[[comparison.crosswalk]]"
                yield f"from = {value({'wave': one, 'items': [item.id]})}"
                yield f"to = {value({'wave': other, 'items': [item.id]})}"
                why = f'"{before[:60]}" -> "{after[:60]}"; ' + _("same | reworded | split | merged")
                yield _line(Entry("status", "reworded", why, True))


def _more(proposal: Proposal) -> list[str]:
    if not proposal.more:
        return []
    head = _("Other questions, each for a study file of its own: obstacles init {file} --block NAME -o OTHER.toml")
    return [comment(head.format(file=proposal.waves[-1].file)), *(comment(line, "#  ") for line in proposal.more)]
