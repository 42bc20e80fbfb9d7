"""A column per item; the cell is the item's rank.

What a blank means is stated by `blank`: "below" every ranked item (top-k questions), "not_offered" (a sub-ranking), or
"not_answered" (the ranking is incomplete and left out, unless [quality.partial] keeps it as a sub-ranking). Ranks are
kept as competition ranks: 1 + the number of items ranked above, so that gaps and mid-ranks keep their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from obstacles.survey.answers import Rankings
from obstacles.survey.formats.base import Exclusion, Format, Log, ParsedAnswers, WaveQuestion
from obstacles.survey.formats.missing import BELOW, BLANK, MISSING, NOT_APPLICABLE
from obstacles.survey.formats.rank_cells import TWICE, RankCells, read_cells
from obstacles.survey.formats.unusable import Fault, unusable
from obstacles.survey.settings import Direction, WaveSettings
from obstacles.survey.settings.values import Blank
from obstacles.text.language import _, ngettext

TILE = 65_536  # rows looked at together
MOST_BITS = 40  # ranks up to which a row is checked by the bits of its ranks
MANY_UNFINISHED = 0.1  # share of rankings left out as incomplete above which the study file is doubted
MANY_TIED = 0.2  # share of rankings with ties above which the study file is asked about `ties`


def read(asked: WaveQuestion) -> ParsedAnswers:
    """The ranks of all rows. Within this file arrays are (m, n): what is asked of a respondent runs over the items."""
    log = Log(asked)
    cells = read_cells(asked, log)
    halves = _zeros(cells, log)
    answered = np.asarray(halves.max(axis=0) >= 0)
    regular = _one_to_k(halves)
    tied, gaps = _ties_and_gaps(halves, np.flatnonzero(~regular))
    allowed = asked.settings.ties or asked.invalid == "repair_ties"
    if not allowed and not _ask_about_ties(log, tied, answered):
        allowed = True  # the question stops the load; the ties need no further word
    wrong = unusable(asked, log, _faults(asked, halves, regular, tied & (not allowed)), answered)
    log.repair(_("ranks written in another way, such as 1.0 or 1st"), cells.written)
    if asked.invalid == "repair_ties" and not asked.settings.ties:
        log.repair(_("rankings that give a rank twice, read as ties"), np.count_nonzero(tied & ~wrong))
    if asked.direction == "1_is_most_severe":
        _say_gaps(log, gaps & answered & ~wrong)
    return _reading(asked, log, halves, answered, wrong, tied | gaps)


def _zeros(cells: RankCells, log: Log) -> np.ndarray:
    """Rank 0 is "not ranked" where the rows that have ranks give 0, and no blank, to all other items."""
    halves = cells.halves
    zero = halves == 0
    if not zero.any() or (halves == BLANK).any(axis=0)[(halves > 0).any(axis=0)].any():
        return halves
    message = _('0 is read as "not ranked": every item without a rank has it. State it with unranked = ["0"].')
    log.note("info", "I-RANK-01", message, count=int(zero.sum()))
    return np.where(zero, BELOW, halves).astype(np.int16)


def _ties_and_gaps(halves: np.ndarray, odd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the rows `odd`: those that give one rank to two items, and those without ties whose ranks are not 1..k."""
    part = np.sort(halves[:, odd], axis=0)
    tied, gaps = np.zeros(halves.shape[1], bool), np.zeros(halves.shape[1], bool)
    tied[odd] = ((part[1:] == part[:-1]) & (part[1:] > 0)).any(axis=0)
    places = np.count_nonzero(part > 0, axis=0)
    gaps[odd] = (
        ~tied[odd] & (places > 0) & ((part[-1] != TWICE * places) | ((part > 0) & (part % TWICE == 1)).any(axis=0))
    )
    return tied, gaps


def _one_to_k(halves: np.ndarray) -> np.ndarray:
    """(n,) bool: the ranks are 1..k, each once: whole numbers, k of them, whose bits together are 1..k."""
    top = int(halves.max(initial=0)) // TWICE
    if top > MOST_BITS:
        return np.zeros(halves.shape[1], bool)
    kind = np.uint16 if top < np.iinfo(np.uint16).bits else np.uint64
    regular = np.zeros(halves.shape[1], bool)
    for start in range(0, len(regular), TILE):
        part = np.maximum(halves[:, start : start + TILE], 0)
        bits, k = np.ones(part.shape[1], kind), np.zeros(part.shape[1], np.uint8)  # bit 0: items without a rank
        half = np.zeros(part.shape[1], np.int16)
        for row in part:
            bits |= np.left_shift(kind(1), (row >> 1).astype(kind))
            k += row > 0
            half |= row
        regular[start : start + TILE] = (bits == np.left_shift(kind(2), k.astype(kind)) - kind(1)) & (half & 1 == 0)
    return regular


def _ask_about_ties(log: Log, tied: np.ndarray, answered: np.ndarray) -> bool:
    """Ask whether ties were allowed where many rankings have them; gives whether they are few."""
    count, n = int(np.count_nonzero(tied)), int(np.count_nonzero(answered))
    if count <= MANY_TIED * n or n < 5:
        return True
    message = _(
        "{count} of {n} rankings give the same rank to more than one item. If that was allowed, set ties = true."
    )
    log.note("ask", "A-RANK-01", message.format(count=f"{count:,}", n=f"{n:,}"), count=count)
    return False


def _say_gaps(log: Log, gaps: np.ndarray) -> None:
    count = int(np.count_nonzero(gaps))
    message = ngettext(
        "a ranking skips a place (as in 1, 2, 4); its order is kept.",
        "{n} rankings skip a place (as in 1, 2, 4); their order is kept.",
        count,
    ).format(n=f"{count:,}")
    log.rows("warning", "W-RANK-02", message, gaps)
    log.repair(_("rankings with a place left free, read in their order"), count)


def _faults(asked: WaveQuestion, halves: np.ndarray, regular: np.ndarray, tied: np.ndarray) -> list[Fault]:
    """What makes rankings unusable, from the study file's `k` and `ties`; `regular` rows hold 1..k, each once."""
    m, k = len(asked.items), asked.settings.k
    most = m if k is None or asked.settings.ties else k
    suspicious = ~regular
    if halves.max(initial=0) > TWICE * most:
        suspicious |= halves.max(axis=0) > TWICE * most
    if (halves == 0).any():
        suspicious |= (halves == 0).any(axis=0)
    if asked.settings.ties and k is not None:  # a rank above k is possible then, more than k items are not
        suspicious |= (halves > 0).sum(axis=0) > k
    suspect = np.flatnonzero(suspicious)
    part = halves[:, suspect]
    large, zero = part > TWICE * most, part == 0
    half = (part > 0) & (part % TWICE == 1) & (not asked.settings.ties) & ~large
    cell = asked.settings.cell
    columns = [cell.column if cell else asked.settings.obstacles[item.id] for item in asked.items]

    def whole(wrong: np.ndarray) -> np.ndarray:
        mask = np.zeros(asked.n, bool)
        mask[suspect] = wrong
        return mask

    def cells(wrong: np.ndarray) -> dict[str, np.ndarray]:
        return {column: whole(row) for column, row in zip(columns, wrong, strict=True) if row.any()}

    too_large = whole(np.asarray(large.any(axis=0)))
    last = part == part.max(axis=0, initial=0)  # a tie there may run past the last place, if the study says so
    beyond = (part > 0) & last if asked.settings.ties_overrun else np.zeros(part.shape, bool)
    filled = (part > 0).sum(axis=0) - np.maximum(beyond.sum(axis=0) - 1, 0)
    deep = whole(filled > (k or m)) & ~too_large & ~tied

    above = (
        _("rank {value} is larger than the {m} items.")
        if most == m
        else _("rank {value} is larger than the {m} places that could be filled.")
    ).replace("{m}", str(most))
    n_large, n_zero, n_half, n_deep, n_tied = (
        int(np.count_nonzero(rows)) for rows in (too_large, zero.any(axis=0), half.any(axis=0), deep, tied)
    )
    return [
        Fault(
            "E-RANK-02",
            ngettext("{n} has a rank above {m}", "{n} have a rank above {m}", n_large).format(n=n_large, m=most),
            above,
            too_large,
            cells(large),
        ),
        Fault(
            "E-RANK-03",
            ngettext("{n} gives the same rank twice", "{n} give the same rank twice", n_tied).format(n=n_tied),
            _("the same rank is given to more than one item."),
            tied,
        ),
        Fault(
            "E-RANK-04",
            ngettext("{n} has half a rank", "{n} have half a rank", n_half).format(n=n_half),
            _("rank {value} is no whole number; a mid-rank needs ties = true."),
            whole(np.asarray(half.any(axis=0))),
            cells(half),
        ),
        Fault(
            "E-RANK-05",
            ngettext("{n} has a rank 0", "{n} have a rank 0", n_zero).format(n=n_zero),
            _('rank {value} is no rank. If it means "not ranked", set unranked = ["0"].'),
            whole(np.asarray(zero.any(axis=0))),
            cells(zero),
        ),
        Fault(
            "E-RANK-06",
            ngettext("{n} ranks more than {k} items", "{n} rank more than {k} items", n_deep).format(n=n_deep, k=k),
            _("more than k = {k} items are ranked.").format(k=k),
            deep,
        ),
    ]


def _reading(
    asked: WaveQuestion, log: Log, halves: np.ndarray, answered: np.ndarray, wrong: np.ndarray, odd: np.ndarray
) -> ParsedAnswers:
    """Ranks, what was offered, and the rows that leave; `odd` are the rows whose ranks are not 1..k."""
    blank, usable = asked.settings.blank, answered & ~wrong
    by_file = asked.offered.T if asked.settings.offered else np.ones(halves.shape, bool)
    empty = None if blank == "below" else (halves == BLANK) & by_file
    if blank is None and empty is not None and (count := int((empty & usable).sum())):
        share = f"{100 * count / (int(usable.sum()) * len(halves)):.0f}"
        what = _("{count} cells of rankings ({share}%) are blank").format(count=f"{count:,}", share=share)
        log.ask_blank(count, what)
    if asked.settings.offered:
        outside = np.asarray(((halves > 0) & ~by_file).any(axis=0)) & usable
        message = _("an item is ranked that was not offered, by the key offered. Correct the cell or the key.")
        log.rows("error", "E-OFF-01", message, outside)
    unsaid = empty if blank == "not_answered" else None
    if halves.min(initial=0) <= MISSING:
        missing = (halves == MISSING) | (halves == NOT_APPLICABLE)
        unsaid = missing if unsaid is None else unsaid | missing
    offered, unfinished = by_file, np.zeros(halves.shape[1], bool)
    if unsaid is not None and unsaid.any():
        least = asked.least if asked.least is not None else len(halves) + 1
        too_few = (halves > 0).sum(axis=0, dtype=np.int16) < least
        offered, unfinished = by_file & ~unsaid, (unsaid & by_file).any(axis=0) & too_few
    if blank == "not_offered" and empty is not None:
        offered = offered & ~empty
    _warn_of_unfinished(log, unfinished & usable, usable, blank)
    endings = (
        Exclusion(_("the question was not answered"), ~answered & ~wrong),
        Exclusion(_("the ranking was not completed"), unfinished & usable),
        Exclusion(_("the ranking is not usable"), wrong),
    )
    ranks = _competition(halves, offered, asked.direction, odd).T
    rows, shown = np.arange(asked.n), asked.positions()
    answers = Rankings(asked.items, ranks, offered.T, rows, np.ones(asked.n), position=shown)
    return ParsedAnswers(answers, endings, tuple(log.repaired), tuple(log.problems), k=asked.settings.k)


def _warn_of_unfinished(log: Log, unfinished: np.ndarray, usable: np.ndarray, blank: Blank | None) -> None:
    """Say so where many rankings leave because of what a blank is said to mean."""
    count, n = int(np.count_nonzero(unfinished)), int(np.count_nonzero(usable))
    if blank == "not_answered" and count > MANY_UNFINISHED * n:
        message = _(
            '{count} of {n} rankings leave items blank and are left out, because blank is "not_answered". If people '
            'could rank some of the items only, set blank = "below".'
        )
        log.rows("warning", "W-RANK-03", message.format(count=f"{count:,}", n=f"{n:,}"), unfinished)


def _competition(halves: np.ndarray, offered: np.ndarray, direction: Direction | None, odd: np.ndarray) -> np.ndarray:
    """(m, n) int16 ranks, 1 = most severe, equal ranks at the first place that they fill; 0 for what has none.

    They take the place of `halves`.
    """
    value = np.maximum(halves, 0, out=halves)
    if not offered.all():
        value *= offered
    if direction == "high_is_most_severe":
        value = np.where(value > 0, value.max(axis=0) + TWICE - value, 0)
        odd = odd | (value.max(axis=0) != TWICE * np.count_nonzero(value, axis=0))
    rows = np.flatnonzero(odd)
    part = value[:, rows]
    ranked = part > 0
    part = np.where(ranked, part, np.iinfo(np.int16).max)
    ranks = np.right_shift(value, 1, out=value)  # halves to wholes
    for j in range(len(part)):
        ranks[j, rows] = np.where(ranked[j], 1 + (part < part[j]).sum(axis=0), 0)
    return np.asarray(ranks)


def _columns(settings: WaveSettings) -> Iterable[str]:
    return [settings.cell.column] if settings.cell else settings.obstacles.values()


def _check(settings: WaveSettings, ids: Sequence[str]) -> Iterable[str]:
    if bool(settings.cell) == bool(settings.obstacles):
        yield _("format rank_grid needs either [wave.obstacles] (a column per item) or cell (all ranks in one cell).")


FORMAT = Format(
    "rank_grid",
    read,
    uses=frozenset(
        (
            "cell",
            "k",
            "ties",
            "blank",
            "unranked",
            "first_rank",
            "direction",
            "obstacles",
            "positions",
            "largest_tie",
            "ties_overrun",
        )
    ),
    check=_check,
)
