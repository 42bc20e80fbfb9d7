"""Response files -> a proposed study: the question, its waves, its items, and the columns beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path, PurePath

import numpy as np

from obstacles.survey.detect.capability_part.alone import ALONE, with_capability_alone
from obstacles.survey.detect.capability_part.beside import needed_levels, sheets_beside
from obstacles.survey.detect.capability_part.columns import FoundCapability, capability_in
from obstacles.survey.detect.capability_part.study import capability_of, variants_of
from obstacles.survey.detect.crosswalk import match_items, without_stem
from obstacles.survey.detect.doubt import doubt_of
from obstacles.survey.detect.forced import forced
from obstacles.survey.detect.ids import shared_start
from obstacles.survey.detect.item_kinds import with_kinds
from obstacles.survey.detect.questions import Question
from obstacles.survey.detect.rank_grid import RankedRows
from obstacles.survey.detect.roles import Roles, roles_of
from obstacles.survey.detect.sheet import Block, Sheet
from obstacles.survey.detect.sources import NOTHING_STATED, Source, Stated, nothing_to_rank, open_sources
from obstacles.survey.detect.wave_of import wave_of
from obstacles.survey.detect.waves import Round, read_on, rounds_of
from obstacles.survey.loading.load_decisions import FORMS
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.studyfile.checks.comparisons import MOST_WAVES
from obstacles.survey.studyfile.guess import Entry, Guess, count, percent
from obstacles.survey.studyfile.proposal import Proposal, ProposedItem
from obstacles.text.fold import fold
from obstacles.text.language import _, commas, quoted_names, semicolons
from obstacles.text.nearest import hint
from obstacles.text.script import LETTER, language_of

Decide = Callable[[str, Sequence[str]], int]  # a question with its options -> the option chosen, from 0
MOST_MORE = 12  # other questions that are listed
LONGEST_TITLE = 120


def propose(
    paths: Sequence[Path],
    *,
    stated: Stated = NOTHING_STATED,
    block: tuple[str, ...] = (),
    form: str | None = None,
    language: str | None = None,
    decide: Decide | None = None,
) -> Proposal:
    """Propose a study.

    Parameters
    ----------
    paths
        of the response files, one or more.
    block
        which columns hold the question, as `--block` names them; the best question where empty.
    form
        a key of FORMATS, where the question can be read in several; the one that fits best where omitted.
    language
        of the labels, a code such as "en"; found by their letters where omitted.
    decide
        asks a person where two readings fit alike; both are proposed where omitted.

    Raises
    ------
    SurveyError
        for files that cannot be read, that hold no question to rank, or that have no block of that name.
    """
    folder, sources = open_sources(paths, stated)
    beside = {one.file: sheets_beside(one, folder) for one in sources if not block}
    parts = {
        one.file: part
        for one in sources
        if not block and (part := capability_in(one.sheet, needed_levels(beside[one.file], one.sheet))) is not None
    }
    rounds, found = rounds_of(sources, block, form, {file: part.columns for file, part in parts.items()})
    if form in (None, ALONE):
        rounds = with_capability_alone(rounds, sources, parts, only=form == ALONE)
        form = None
    if not rounds and parts:
        raise SurveyError([_half_a_capability(one, parts[one.file]) for one in sources if one.file in parts])
    if not rounds:
        raise SurveyError(_nothing(sources, found, block), exit_code=2)
    if silent := [source for source in sources if not any(one.source is source for one in rounds)]:
        raise SurveyError([_unlike(source) for source in silent], exit_code=2)
    rounds, other = (_in_form(rounds, form, named=bool(block)), None) if form else _decided(rounds, decide)
    rounds = [without_stem(one) for one in rounds]
    items, notes = match_items(rounds)
    items = with_kinds(items, [one.guess.form for one in rounds])
    roles = [_roles(one, found[sources.index(one.source)], rounds, parts.get(one.source.file)) for one in rounds]
    groups = {one.id: role.groups for one, role in zip(rounds, roles, strict=True)}
    capability = capability_of(rounds, parts, groups, beside)
    labels = [item.label for item in items] or [label for _id, label in (capability.items if capability else ())]
    language = language or language_of(fold("".join(labels)))
    question = next((one.question.text for one in rounds if one.question.text), "")
    if any(item.label in item.columns.values() or not LETTER.search(item.label) for item in items):
        notes.append(_("some labels are names of columns or numbers: write what was asked"))
    return Proposal(
        title=_title(question, sources),
        language=language,
        question=question,
        items=tuple(items),
        waves=tuple(
            replace(
                wave_of(one, role, question, items),
                doubt=doubt_of(one.question, found[sources.index(one.source)], named=bool(block)),
            )
            for one, role in zip(rounds, roles, strict=True)
        ),
        direction=next((one.guess.direction for one in rounds if one.guess.direction is not None), None),
        other=other,
        quality=_merged([entry for one in rounds for entry in one.guess.quality]),
        weights=_merged([entry for role in roles for entry in role.weights]),
        personal=tuple(dict.fromkeys(name for role in roles for name in role.personal)),
        comparisons=_comparisons(rounds, items),
        panel=_panel(rounds, roles),
        more=tuple(_more(rounds, sources, found)),
        notes=tuple(notes),
        folder=folder,
        capability=capability,
        aliases=variants_of(rounds, groups) if capability is not None else {},
    )


def _half_a_capability(source: Source, part: FoundCapability) -> Problem:
    """That a file holds the required levels of capabilities, and neither the present ones nor obstacles."""
    message = _(
        "the file holds {evidence}, and no question about obstacles; ranked as obstacles they would say the wrong "
        "thing. Add a column of the present level for each capability, or name the columns to rank with --block."
    )
    return Problem("error", "E-INIT-07", message.format(evidence=part.evidence), file=source.file)


def _nothing(sources: Sequence[Source], found: Sequence[list[Question]], block: tuple[str, ...]) -> list[Problem]:
    if not block:
        return [nothing_to_rank(source) for source in sources]
    problems = []
    for source, questions in zip(sources, found, strict=True):
        message = _("--block {names}: no question can be made of these columns. {known}")
        known = _("The questions found are {names}.").format(
            names=quoted_names(question.name for question in questions[:MOST_MORE])
        )
        text = message.format(names=commas(block), known=known if questions else _("No question was found."))
        problems.append(Problem("error", "E-INIT-03", text, file=source.file))
    return problems


def _unlike(source: Source) -> Problem:
    """That a file has no question that can be a wave beside the others."""
    problem = nothing_to_rank(source)
    message = _("beside the other files this one gives no wave: {what} Leave it out, or make a study of its own of it.")
    return replace(problem, code="E-INIT-06", message=message.format(what=problem.message))


def _decided(rounds: list[Round], decide: Decide | None) -> tuple[list[Round], Guess | None]:
    """Where two readings fit alike: the one that a person chose, or both."""
    one = rounds[0]
    other = one.question.other
    if other is None or one.guess.form not in (one.question.guess.form, "rank_counts"):
        return rounds, None
    if decide is None:
        return rounds, replace(other, entries=_with_columns(other))
    ask = _('{name} can be read in two ways ("{text}").').format(name=one.question.name, text=one.question.text[:80])
    options = [_("{name}: {value}").format(name=_form(guess), value=guess.evidence) for guess in (one.guess, other)]
    if decide(ask, options) == 0:
        return rounds, None
    return _in_form(rounds, other.form), None


def _in_form(rounds: list[Round], form: str, *, named: bool = False) -> list[Round]:
    """The waves read in the form that was named."""
    question = rounds[0].question
    like = next((guess for guess in question.readings if guess.form == form), None)
    if like is None and named and question.block is not None:
        like = forced(question.block, form)
    if like is None:
        message = _("{name} cannot be read as {form}. {hint}")
        text = message.format(name=question.name, form=form, hint=hint(form, [one.form for one in question.readings]))
        raise SurveyError([Problem("error", "E-INIT-04", text, file=rounds[0].source.file)])
    read = [(each, read_on(each.question, each.sheet, like)) for each in rounds]
    return [replace(each, guess=guess) for each, guess in read if guess is not None]


def _form(guess: Guess) -> str:
    return FORMS[guess.form]() + (_(", ranks may be shared") if guess.tied else "")


def _with_columns(guess: Guess) -> tuple[Entry, ...]:
    """The keys of a reading, with the items that it would have."""
    listed = [item.label for item in guess.items if item.column is None]
    return (*guess.entries, Entry("items", listed)) if listed else guess.entries


def _roles(one: Round, found: list[Question], rounds: Sequence[Round], part: FoundCapability | None) -> Roles:
    used = set(one.question.columns) | {name for name, _cells in one.where} | set(one.guess.used)
    used |= {item.column for item in one.guess.items if item.column is not None}
    used |= part.columns if part is not None else set()
    others = {name for question in found for name in question.columns}
    waves = tuple(each.sheet for each in rounds if each.source is one.source)
    return roles_of(one.sheet, used, others, waves)


def _merged(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """One entry per key, the evidence of all waves beside it."""
    merged: dict[str, Entry] = {}
    for entry in entries:
        before = merged.get(entry.key)
        why = entry.why if before is None or before.why == entry.why else semicolons([before.why, entry.why])
        merged[entry.key] = replace(entry, why=why)
    return tuple(merged.values())


def _comparisons(rounds: Sequence[Round], items: Sequence[ProposedItem]) -> tuple[tuple[str, ...], ...]:
    """Stretches of waves in which neighbours share at least two items."""
    stretches: list[list[str]] = [[rounds[0].id]]
    for one, other in pairwise(rounds):
        if sum(one.id in item.wordings and other.id in item.wordings for item in items) >= 2:
            stretches[-1].append(other.id)
        else:
            stretches.append([other.id])
    return tuple(tuple(waves[-MOST_WAVES:]) for waves in stretches if len(waves) > 1)


def _panel(rounds: Sequence[Round], roles: Sequence[Roles]) -> str:
    """Why neighbouring waves may have asked the same persons."""
    ids = []
    for one, role in zip(rounds, roles, strict=True):
        name = next((entry.value for entry in role.entries if entry.key == "id_column"), None)
        column = one.sheet.named(name) if name is not None else None
        cells = set(column.filled) if column is not None else set()
        counted = {str(number) for number in range(len(cells) + 2)}
        ids.append(cells if len({cell.lstrip("0") for cell in cells} - counted) > 0.5 * len(cells) else set())
    for place, (first, second) in enumerate(pairwise(ids)):
        shared = len(first & second)
        if shared and shared >= 0.3 * min(len(first), len(second)):
            return _("{n} ids of wave {one} occur in wave {other}: if they are the same persons, set panel_id").format(
                n=count(shared), one=rounds[place].id, other=rounds[place + 1].id
            )
    return ""


def _more(rounds: Sequence[Round], sources: Sequence[Source], found: Sequence[list[Question]]) -> list[str]:
    """The other questions of the last file, each by the name that --block takes."""
    source, questions = sources[-1], found[-1]
    used = {name for one in rounds if one.source is source for name in one.question.columns}
    rest = [question for question in questions if not used & set(question.columns)]
    lines = []
    for question in rest[:MOST_MORE]:
        asked = f' ("{question.text[:70]}")' if question.text and question.text != question.name else ""
        text = _("{name}: {form}, {m} items{question}").format(
            name=question.name, form=_form(question.guess), m=len(question.guess.items), question=asked
        )
        lines.append(text)
        lines += _anchor(source.sheet, rounds[0].question, question)
    if len(rest) > MOST_MORE:
        lines.append(_("and {n} more").format(n=len(rest) - MOST_MORE))
    return lines


def _anchor(sheet: Sheet, question: Question, other: Question) -> list[str]:
    """A second ranking in which most give one and the same order may have a right answer."""
    if question.guess.form != "rank_grid" or other.guess.form != "rank_grid" or other.block is None:
        return []
    order, share, same = _most_common(other.block)
    if share < 0.5:
        return []
    line = _("{share} give one and the same order in {name}: with a right answer it can be the [wave.anchor]").format(
        share=percent(share, 1), name=other.name
    )
    for column in sheet.columns:
        if len(column.filled) == 2 and set(column.filled) == {"0", "1"} and column.answered == column.n:
            marked = np.array([value == "1" for value in column.values])[column.codes]
            if (marked == same).all():
                return [line + f': column = "{column.name}", items = {len(order)}']
    return [line]


def _most_common(block: Block) -> tuple[np.ndarray, float, np.ndarray]:
    """The order given most often, its share, and (n,) who gave it."""
    rank = RankedRows.of(block.whole, len(block.columns)).rank
    orders, place, times = np.unique(rank, axis=0, return_inverse=True, return_counts=True)
    most = int(times.argmax())
    same = place.reshape(-1) == most
    return orders[most], float(same.mean()), same


def _title(question: str, sources: Sequence[Source]) -> str:
    if question and len(question) <= LONGEST_TITLE:
        return question
    stems = [PurePath(source.file).stem for source in sources]
    shared = stems[0][: shared_start(stems)]
    name = shared if len(stems) == 1 else shared.strip(" _-.0123456789") or stems[0]
    return name.replace("_", " ")
