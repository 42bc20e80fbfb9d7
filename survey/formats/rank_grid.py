"""A column per item; the cell is the item's rank.

What a blank means is stated by `blank`: "below" every ranked item (top-k questions), "not_offered" (a sub-ranking), or
"not_answered" (the ranking is incomplete and left out, unless [quality.partial] keeps it as a sub-ranking). Ranks are
kept as competition ranks: 1 + the number of items ranked above, so that gaps and mid-ranks keep their order.
"""

from __future__ import annotations

import numpy as np

from survey.answers import Rankings
from survey.formats.form import (
    BELOW,
    BLANK,
    MISSING,
    NOT_APPLICABLE,
    Asked,
    Ending,
    Format,
    Log,
    Reading,
    ask_blank,
    item_columns,
)
from survey.formats.rank_cells import TWICE, RankCells, read_cells
from survey.formats.unusable import Fault, unusable
from survey.language import _, ngettext
from survey.problems import LeftOut

MANY_TIED = 0.2  # share of rankings with ties above which the study file is asked about `ties`


def read(asked: Asked) -> Reading:
    """The ranks of all rows."""
    log = Log(asked)
    cells = read_cells(asked, log)
    halves = _zeros(cells, log)
    answered = np.asarray((halves >= 0).any(axis=1))
    tied = _tied(halves)
    allowed = asked.settings.ties or asked.invalid == "repair_ties"
    if not allowed and not _ask_about_ties(log, tied, answered):
        allowed = True  # the question stops the load; the ties need no further word
    wrong = unusable(asked, log, _faults(asked, halves, tied & (not allowed)), answered)
    repaired = [LeftOut(_("ranks written in another way, such as 1.0 or 1st"), cells.written)] if cells.written else []
    if asked.invalid == "repair_ties" and not asked.settings.ties and (count := int((tied & ~wrong).sum())):
        repaired.append(LeftOut(_("rankings that give a rank twice, read as ties"), count))
    return _reading(asked, log, halves, answered, wrong, tied, repaired)


def _zeros(cells: RankCells, log: Log) -> np.ndarray:
    """Rank 0 is "not ranked" where the rows that have ranks give 0, and no blank, to all other items."""
    halves = cells.halves
    zero = halves == 0
    if not zero.any() or (halves == BLANK).any(axis=1)[(halves > 0).any(axis=1)].any():
        return halves
    message = _('0 is read as "not ranked": every item without a rank has it. State it with unranked = ["0"].')
    log.note("info", "I-RANK-01", message, count=int(zero.sum()))
    return np.where(zero, BELOW, halves).astype(np.int16)


def _tied(halves: np.ndarray) -> np.ndarray:
    """(n,) bool: rows that give one rank to two items."""
    ordered = np.sort(halves, axis=1)
    return np.asarray(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] > 0)).any(axis=1))


def _ask_about_ties(log: Log, tied: np.ndarray, answered: np.ndarray) -> bool:
    """Ask whether ties were allowed where many rankings have them; gives whether they are few."""
    count, n = int(tied.sum()), int(answered.sum())
    if count <= MANY_TIED * n or n < 5:
        return True
    message = _(
        "{count} of {n} rankings give the same rank to more than one item. If that was allowed, set ties = true."
    )
    log.note("ask", "A-RANK-01", message.format(count=f"{count:,}", n=f"{n:,}"), count=count)
    return False


def _faults(asked: Asked, halves: np.ndarray, tied: np.ndarray) -> list[Fault]:
    """What makes rankings unusable, from the study file's `k` and `ties`."""
    m, k = len(asked.items), asked.settings.k
    most = m if k is None or asked.settings.ties else k
    large, zero = halves > TWICE * most, halves == 0
    half = (halves > 0) & (halves % TWICE == 1) & (not asked.settings.ties) & ~large
    deep = ((halves > 0).sum(axis=1) > (k or m)) & ~large.any(axis=1) & ~tied
    columns = [asked.settings.obstacles[item.id] for item in asked.items]

    def cells(wrong: np.ndarray) -> dict[str, np.ndarray]:
        return {column: wrong[:, j] for j, column in enumerate(columns) if wrong[:, j].any()}

    n_large, n_zero, n_half, n_deep, n_tied = (
        int((where if where.ndim == 1 else where.any(axis=1)).sum()) for where in (large, zero, half, deep, tied)
    )
    limit = (
        _("rank {value} is larger than the {m} items.")
        if most == m
        else _("rank {value} is larger than the {m} places that could be filled.")
    ).replace("{m}", str(most))
    return [
        Fault(
            "E-RANK-02",
            ngettext("{n} has a rank above {m}", "{n} have a rank above {m}", n_large).format(n=n_large, m=most),
            limit,
            np.asarray(large.any(axis=1)),
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
            half.any(axis=1),
            cells(half),
        ),
        Fault(
            "E-RANK-05",
            ngettext("{n} has a rank 0", "{n} have a rank 0", n_zero).format(n=n_zero),
            _('rank {value} is no rank. If it means "not ranked", set unranked = ["0"].'),
            zero.any(axis=1),
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
    asked: Asked,
    log: Log,
    halves: np.ndarray,
    answered: np.ndarray,
    wrong: np.ndarray,
    tied: np.ndarray,
    repaired: list[LeftOut],
) -> Reading:
    """Ranks, what was offered, and the rows that leave."""
    blank, usable = asked.settings.blank, answered & ~wrong
    empty = (halves == BLANK) & asked.offered
    if blank is None and (count := int((empty & usable[:, None]).sum())):
        share = f"{100 * count / (int(usable.sum()) * halves.shape[1]):.0f}"
        what = _("{count} cells of rankings ({share} %) are blank").format(count=f"{count:,}", share=share)
        log.problems.append(ask_blank(asked, count, what))
    outside = ((halves > 0) & ~asked.offered).any(axis=1) & usable
    message = _("an item is ranked that was not offered, by the key offered. Correct the cell or the key.")
    log.rows("error", "E-OFF-01", message, outside)
    unsaid = np.isin(halves, (MISSING, NOT_APPLICABLE)) | (empty & (blank == "not_answered"))
    too_few = (halves > 0).sum(axis=1) < (asked.least if asked.least is not None else halves.shape[1] + 1)
    endings = (
        Ending(_("the question was not answered"), ~answered & ~wrong),
        Ending(_("the ranking was not completed"), (unsaid & asked.offered).any(axis=1) & too_few & usable),
        Ending(_("the ranking is not usable"), wrong),
    )
    offered = asked.offered & ~unsaid & ~(empty & (blank == "not_offered"))
    ranks, gaps = _competition(np.where(offered, halves, 0), asked.direction, tied)
    if count := int((gaps & usable).sum()):
        message = ngettext(
            "a ranking skips a place (as in 1, 2, 4); its order is kept.",
            "{n} rankings skip a place (as in 1, 2, 4); their order is kept.",
            count,
        ).format(n=f"{count:,}")
        log.rows("warning", "W-RANK-02", message, gaps & usable)
        repaired = [*repaired, LeftOut(_("rankings with a place left free, read in their order"), count)]
    answers = Rankings(asked.items, ranks, offered, np.arange(asked.n), np.ones(asked.n))
    return Reading(answers, endings, tuple(repaired), tuple(log.problems), k=asked.settings.k)


def _competition(halves: np.ndarray, direction: str | None, tied: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, m) int16 ranks, 1 = most severe, equal ranks at the first place they fill; and rows that skip a place."""
    ranked = halves > 0
    value = np.where(ranked, halves, 0)
    if direction == "high_is_most_severe":
        value = np.where(ranked, value.max(axis=1, keepdims=True) + TWICE - value, 0)
    ranks = (value // TWICE).astype(np.int16)
    places = ranked.sum(axis=1)
    gaps = ~tied & (ranks.max(axis=1, initial=0) != places)
    odd = np.flatnonzero(tied | gaps | (value % TWICE == 1).any(axis=1))
    part = np.where(ranked[odd], value[odd], np.iinfo(np.int16).max)
    for j in range(part.shape[1]):
        above = (part < part[:, [j]]).sum(axis=1)
        ranks[odd, j] = np.where(ranked[odd, j], 1 + above, 0)
    return ranks, np.asarray(gaps)


FORMAT = Format(
    "rank_grid",
    read,
    item_columns,
    uses=frozenset({"k", "ties", "blank", "unranked", "direction", "obstacles"}),
    needs=frozenset({"obstacles"}),
)
