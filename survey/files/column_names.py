"""Column names: how they are compared, joined from two header rows, and found, by name or by spreadsheet letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from functools import reduce

from obstacles.survey.problems import MOST_EXAMPLES, Problem
from obstacles.text.fold import normalise_name
from obstacles.text.language import _, commas, in_quotes, joined, ngettext, quoted_names, semicolons

Header = tuple[tuple[str, ...], ...]  # raw header rows, all of the same length

LETTERS = re.compile(r"column:([A-Za-z]{1,4})")


class ColumnError(LookupError):
    """No column, or no single column, of that name.

    Attributes
    ----------
    name
        as asked for.
    nearest
        up to three names of the table that are most like it.
    positions
        of the columns that share the name; empty where there is none.
    """

    def __init__(
        self, name: str, message: str, *, nearest: tuple[str, ...] = (), positions: tuple[int, ...] = ()
    ) -> None:
        super().__init__(message)
        self.name = name
        self.nearest = nearest
        self.positions = positions


def column_names(header: Header, names: str) -> tuple[str, ...]:
    """One normalised name per column: from the first header row, or ("joined") from the first two.

    Joined, a question that stands over the first of its columns only is carried to the right, as SurveyMonkey means
    it: "Rank the films | Star Wars". Where either row is blank, the other alone is the name.
    """
    first = tuple(normalise_name(cell) for cell in header[0])
    if names == "first" or len(header) == 1:
        return first
    names_joined = []
    question = ""
    for over, cell in zip(first, header[1], strict=True):
        option = normalise_name(cell)
        question = over or question
        names_joined.append(" | ".join(part for part in (question if option else over, option) if part))
    return tuple(names_joined)


def unnamed(header: Header, position: int) -> bool:
    """Whether no header row has a text over the column."""
    return not any(row[position].strip() for row in header)


def find_column(names: tuple[str, ...], name: str) -> int:
    """Position of `name` (or of `column:J`) among the normalised `names`; raises `ColumnError`.

    A name that is not there may differ from one, and only one, in case and in the spaces between its words.
    """
    wanted = normalise_name(name)
    positions = tuple(position for position, one in enumerate(names) if one == wanted)
    if len(positions) == 1 and wanted:
        return positions[0]
    if positions and wanted:
        message = _('{count} columns are called "{name}": {letters}. Write one of these instead of the name.')
        letters = commas(f'"column:{column_letters(position)}"' for position in positions)
        raise ColumnError(name, message.format(count=len(positions), name=wanted, letters=letters), positions=positions)
    if by_letters := LETTERS.fullmatch(wanted):
        position = column_number(by_letters[1]) - 1
        if position < len(names):
            return position
        message = _('no column "{name}": the last one is "column:{last}".')
        raise ColumnError(name, message.format(name=wanted, last=column_letters(len(names) - 1)))
    variants = tuple(position for position, one in enumerate(names) if one and _folded(one) == _folded(wanted))
    if len(variants) == 1:
        return variants[0]
    nearest = tuple(names[position] for position in variants) or _nearest(wanted, names)
    message = _('no column "{name}".').format(name=wanted)
    if nearest:
        message = joined([message, _("Nearest: {names}.").format(names=quoted_names(nearest))])
    raise ColumnError(name, message, nearest=nearest)


def variant(names: tuple[str, ...], name: str) -> str | None:
    """The name that `name` stands for, written otherwise in the header; `None` where it is written alike or missing."""
    wanted = normalise_name(name)
    try:
        found = names[find_column(names, wanted)]
    except ColumnError:
        return None
    return None if found == wanted or LETTERS.fullmatch(wanted) else found


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _nearest(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    folded = {one.casefold(): one for one in reversed(names) if one}
    return tuple(folded[match] for match in get_close_matches(name.casefold(), list(folded), n=3))


def column_letters(position: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA, as spreadsheets name columns."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    return reduce(lambda number, letter: 26 * number + ord(letter) - ord("A") + 1, letters.upper(), 0)


def variant_problems(names: tuple[str, ...], columns: Collection[str], file: str) -> list[Problem]:
    """The warning that names are written otherwise in the header: in other letters or with other spaces."""
    pairs = [(name, found) for name in columns if (found := variant(names, name))]
    if not pairs:
        return []
    message = ngettext(
        "a column is written otherwise in the header: {names}. Write it as there.",
        "{n} columns are written otherwise in the header: {names}. Write them as there.",
        len(pairs),
    )
    listed = commas(_('"{name}" is "{found}"').format(name=name, found=found) for name, found in pairs[:MOST_EXAMPLES])
    text = message.format(n=len(pairs), names=listed)
    return [Problem("warning", "W-COL-03", text, file=file, count=len(pairs))]


def name_problems(
    names: tuple[str, ...], header: Header, filled: Callable[[int], bool], *, rule: str, file: str
) -> list[Problem]:
    """Names that several columns share, and columns without a name; `filled` tells whether a column has content."""
    problems = []
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        places.setdefault(name, []).append(position)
    nameless = places.pop("", [])
    shared = {name: positions for name, positions in places.items() if len(positions) > 1}
    if shared:
        examples = semicolons(
            _("{name} ({value})").format(
                name=in_quotes(name), value=commas(map(column_letters, positions[:MOST_EXAMPLES]))
            )
            for name, positions in list(shared.items())[:MOST_EXAMPLES]
        )
        message = ngettext(
            'a name stands over more than one column: {names}. Write "column:{first}" to say which is meant.',
            '{n} names stand over more than one column: {names}. Write "column:{first}" to say which is meant.',
            len(shared),
        )
        first = column_letters(next(iter(shared.values()))[0])
        text = message.format(n=len(shared), names=examples, first=first)
        problems.append(Problem("warning", "W-COL-01", text, file=file, count=len(shared)))
    under_questions = [position for position in nameless if not unnamed(header, position)]
    if under_questions and rule == "first":
        message = ngettext(
            'column {letters} has no name in the first header row. Set names = "joined", or write "column:{letters}".',
            '{n} columns (the first is {letters}) have no name in the first header row. Set names = "joined", or write '
            '"column:{letters}".',
            len(under_questions),
        )
        text = message.format(n=len(under_questions), letters=column_letters(under_questions[0]))
        problems.append(Problem("info", "I-COL-02", text, file=file, count=len(under_questions)))
    blank = [position for position in nameless if unnamed(header, position) and filled(position)]
    if blank:
        letters = commas(column_letters(position) for position in blank[:MOST_EXAMPLES])
        message = ngettext(
            'column {letters} has content but no name. It can be used as "column:{first}".',
            '{n} columns have content but no name ({letters}). They can be used as "column:{first}" and so on.',
            len(blank),
        )
        text = message.format(n=len(blank), letters=letters, first=column_letters(blank[0]))
        problems.append(Problem("warning", "W-COL-02", text, file=file, count=len(blank)))
    return problems
