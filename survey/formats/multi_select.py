"""Select all that apply: a column per item with a mark, or one cell with all choices.

In a column per item a blank beside marks is "not marked"; `none_of_these` names the columns of that option. `blank`
says what a respondent without any mark is: "below" (saw the items, marked none), or "not_answered"; "not_offered" makes
every blank cell an item that was not offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from obstacles.survey.answers import Rankings
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.cell_lists import choices_in
from obstacles.survey.formats.missing import MISSING, VENDOR_CODES, kinds_of_missing
from obstacles.survey.formats.place_columns import OTHER, texts_in
from obstacles.survey.formats.texts import Texts
from obstacles.survey.settings import WaveSettings
from obstacles.text.fold import fold
from obstacles.text.language import _, ngettext

MARKED = frozenset(
    ("1", "1.0", "yes", "y", "true", "t", "x", "v", "on", "selected", "checked", "quoted", "oui", "vrai", "coché", "ja")
) | frozenset(
    (
        "wahr",
        "angekreuzt",
        "genannt",
        "gewählt",
        "ausgewählt",
        "mentioned",
        "cité",
        "mencionado",
        "seleccionado",
        "提及",
        "sí",
        "si",
        "sim",
        "verdadero",
        "✓",
        "✔",
        "☑",
        "√",
        "○",
        "●",
        "*",
        "是",
        "有",
        "选中",
        "はい",
    )
)
UNMARKED = frozenset(
    ("0", "0.0", "no", "n", "false", "f", "off", "not selected", "not quoted", "not checked", "quoted: no", "unchecked")
) | frozenset(
    (
        "non",
        "faux",
        "non coché",
        "nein",
        "falsch",
        "nicht angekreuzt",
        "nicht genannt",
        "nicht gewählt",
        "nicht ausgewählt",
        "not mentioned",
        "non cité",
        "no mencionado",
        "no seleccionado",
        "未提及",
        "não",
        "falso",
        "☐",
        "×",
        "否",
        "无",
        "未选中",
        "いいえ",
    )
)


def read(asked: WaveQuestion) -> ParsedAnswers:
    """Marks of all rows: rank 1 for the marked, 0 for the others."""
    if asked.settings.slots:
        return _slots(asked)
    return _one_cell(asked) if asked.settings.cell else _columns(asked)


def _slots(asked: WaveQuestion) -> ParsedAnswers:
    """Several columns, each with one of the choices."""
    log = Log(asked)
    at = texts_in(asked, log, asked.settings.slots)
    marks = np.zeros((asked.n, len(asked.items)), bool)
    for column in at.T:
        rows = np.flatnonzero(column >= 0)
        marks[rows, column[rows]] = True
    other = (at == OTHER).any(axis=1)
    rule = _("answers with other choices beside the items, which are not ranked")
    log.repair(rule, other.sum())
    return _reading(asked, log, marks, asked.offered, ~marks.any(axis=1) & ~other, {})


def _columns(asked: WaveQuestion) -> ParsedAnswers:
    """A column per item."""
    log = Log(asked)
    n, m = asked.n, len(asked.items)
    marked, blank, gone = np.zeros((n, m), bool), np.zeros((n, m), bool), np.zeros((n, m), bool)
    for j, item in enumerate(asked.items):
        column = asked.settings.obstacles[item.id]
        codes, values = asked.coded(column)
        meaning = np.array(_marks(asked, j, values), np.int8)
        message = _(
            "these cells are neither a mark nor none: {cells}. Name the marks in selected, the others in missing."
        )
        log.unknown("E-MARK-01", message, column, meaning[codes] == 3)
        marked[:, j], blank[:, j], gone[:, j] = (meaning[codes] == kind for kind in (1, 2, 4))
    silent = np.asarray((blank | gone).all(axis=1))
    offered = asked.offered & ~gone
    if asked.settings.blank == "not_offered":
        offered &= ~blank
    if asked.settings.none_marked == "not_answered":
        log.repair(_("answers that mark no option, read as not given"), (~marked.any(axis=1) & ~silent).sum())
        silent |= ~marked.any(axis=1)
    if not asked.settings.none_of_these:
        return _reading(asked, log, marked, offered, silent, {})
    none = np.logical_or.reduce([_none_marked(asked, column) for column in asked.settings.none_of_these])
    contrary = none & marked.any(axis=1)
    _contradiction(log, asked.settings.none_of_these[0], contrary)
    return _reading(asked, log, marked, offered, silent & ~none, {"contradiction": contrary})


def _none_marked(asked: WaveQuestion, column: str) -> np.ndarray:
    """(n,) bool: rows in which the option "none of these", a column of its own, is marked."""
    codes, values = asked.coded(column)
    empty = {"", *UNMARKED, *kinds_of_missing(asked.settings), *VENDOR_CODES}
    return np.asarray(np.array([fold(value) not in empty for value in values], bool)[codes])


def _contradiction(log: Log, column: str, contrary: np.ndarray) -> None:
    """ "None of these" beside choices: the choices are kept."""
    log.cells("warning", "W-SEL-02", _('"none of these" beside other choices; the choices are kept.'), column, contrary)
    log.repair(_('"none of these" beside other choices, not counted'), contrary.sum())


def _marks(asked: WaveQuestion, j: int, values: Sequence[str]) -> list[int]:
    """0 not marked, 1 marked, 2 blank, 3 unknown, 4 missing: of each distinct cell of item j."""
    settings, item = asked.settings, asked.items[j]
    stated = {fold(cell) for cell in settings.selected}
    unmarked = {fold(cell) for cell in settings.not_selected}
    own = {fold(text) for text in [*settings.values.get(item.id, ()), *item.label.values()]}
    missing = kinds_of_missing(settings)
    result = []
    for value in values:
        key = fold(value)
        if key in unmarked:
            result.append(0)
        elif key in stated or (not stated and (key in MARKED or key in own)):
            result.append(1)
        elif key in missing or VENDOR_CODES.get(value) == MISSING:
            result.append(4)
        elif key == "":
            result.append(2)
        else:
            result.append(0 if key in UNMARKED else 3)
    return result


def _one_cell(asked: WaveQuestion) -> ParsedAnswers:
    """All choices in one cell; distinct cells are split once."""
    log = Log(asked)
    settings = asked.settings
    assert settings.cell is not None
    codes, values = asked.coded(settings.cell.column)
    texts = Texts(asked.items, settings.values)
    none = {fold(text) for text in settings.none_of_these}
    missing = kinds_of_missing(settings)
    missing |= {code: MISSING for code, kind in VENDOR_CODES.items() if kind == MISSING and code not in texts.known}
    known = {**texts.known, **dict.fromkeys([*none, *missing], -1)}
    used = np.bincount(codes, minlength=len(values))
    marks = np.zeros((len(values), len(asked.items)), bool)
    silent, other, twice, contrary = (np.zeros(len(values), bool) for _unused in range(4))
    unknown: Counter[str] = Counter()
    for code in np.flatnonzero(used):
        choices = choices_in(values[code], settings.cell, known)
        keys = [fold(choice) for choice in choices]
        items = [texts.known[key] for key in keys if key in texts.known]
        strange = [choice for choice, key in zip(choices, keys, strict=True) if key not in known]
        marks[code, items] = True
        silent[code] = not items and not strange and not any(key in none for key in keys)
        twice[code] = len(set(items)) < len(items)
        contrary[code] = bool(items or strange) and any(key in none for key in keys)
        other[code] = bool(strange)
        unknown.update({choice: int(used[code]) for choice in strange})
    if unknown and not settings.other:
        message = _(
            "these choices are none of the items: {texts}. {hint} Add them to [wave.values], or set other = true."
        )
        log.unknown("E-TEXT-01", message, settings.cell.column, other[codes], counts=unknown, texts=texts)
    column = settings.cell.column
    _contradiction(log, column, contrary[codes])
    message = _("the same choice stands twice in a cell; it counts once.")
    log.cells("warning", "W-SEL-03", message, column, twice[codes])
    log.repair(_("choices that stood twice in a cell, counted once"), twice[codes].sum())
    log.repair(_("answers with other choices beside the items, which are not ranked"), other[codes].sum())
    flags = {"contradiction": contrary[codes]} if none else {}
    return _reading(asked, log, marks[codes], asked.offered, silent[codes], flags)


def _reading(
    asked: WaveQuestion,
    log: Log,
    marked: np.ndarray,
    offered: np.ndarray,
    silent: np.ndarray,
    flags: Mapping[str, np.ndarray],
) -> ParsedAnswers:
    settings = asked.settings
    if settings.blank is None and silent.any():
        what = _("{n} respondents marked nothing").format(n=f"{int(silent.sum()):,}")
        log.ask_blank(int(silent.sum()), what)
    outside = (marked & ~asked.offered).any(axis=1)
    message = _("an item is marked that was not offered, by the key offered. Correct the cell or the key.")
    log.rows("error", "E-OFF-01", message, outside)
    cap, number = settings.max_choices, marked.sum(axis=1)
    if cap and (more := int((number > cap).sum())):
        message = ngettext(
            "{n} respondent marked more than the {cap} that were allowed; the answer is kept.",
            "{n} respondents marked more than the {cap} that were allowed; the answers are kept.",
            more,
        ).format(n=f"{more:,}", cap=cap)
        log.rows("warning", "W-SEL-01", message, number > cap)
    gone = silent if settings.blank in ("not_answered", "not_offered", None) else np.zeros(len(silent), bool)
    answers = Rankings(
        asked.items,
        (marked & offered).astype(np.int16),
        offered,
        np.arange(asked.n),
        np.ones(asked.n),
        selection=True,
    )
    endings = (Exclusion(_("the question was not answered"), gone),)
    return ParsedAnswers(answers, endings, tuple(log.repaired), tuple(log.problems), flags=flags)


def _read_columns(settings: WaveSettings) -> Iterable[str]:
    if settings.slots:
        return settings.slots
    return [settings.cell.column] if settings.cell else [*settings.obstacles.values(), *settings.none_of_these]


def _check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    if sum(map(bool, (settings.cell, settings.obstacles, settings.slots))) != 1:
        yield _(
            "format multi_select needs one of cell (one cell with all choices), slots (columns that each hold one) and "
            "[wave.obstacles]."
        )


FORMAT = Format(
    "multi_select",
    read,
    _read_columns,
    uses=frozenset(
        {
            "slots",
            "selected",
            "not_selected",
            "none_marked",
            "cell",
            "max_choices",
            "values",
            "blank",
            "other",
            "none_of_these",
            "obstacles",
        }
    ),
    check=_check,
)
