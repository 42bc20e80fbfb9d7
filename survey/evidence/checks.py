"""What a printed table can say that cannot be: shares above 100, an item twice, ranks with gaps, units side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from obstacles.survey.evidence.cells import about
from obstacles.survey.problems import Problem
from obstacles.text.fold import fold
from obstacles.text.language import _, quoted_names

SLACK = 0.5  # percent of each printed share by which rounding may carry the sum of a single answer over 100


def percent_problems(
    file: str, rows: np.ndarray, texts: Mapping[str, Sequence[str]], value: np.ndarray, joint: np.ndarray
) -> list[Problem]:
    """Shares outside 0 to 100, shares that are missing, and joint shares above the item's own."""
    percent = np.array([unit.casefold() == "percent" for unit in texts["unit"]], bool)
    blank = np.array([not cell for cell in texts["value"]], bool)
    outside = percent & ((value < 0) | (value > 100))
    above = (joint < 0) | (joint > value + SLACK)
    unnamed = np.array([bool(a) != bool(b) for a, b in zip(texts["joint"], texts["joint_with"], strict=True)], bool)
    message = _("this is no percentage between 0 and 100.")
    problems = about("E-EVI-05", message, file, "value", rows, texts["value"], outside)
    message = _("a share was not printed: leave the row out, or set unit to rank in all rows of the survey.")
    problems += about("E-EVI-05", message, file, "value", rows, texts["value"], percent & blank)
    message = _("the share that named both items cannot be larger than the share of the item itself.")
    problems += about("E-EVI-05", message, file, "joint", rows, texts["joint"], above)
    message = _("joint and joint_with stand together: the share that named both items, and the other item.")
    return problems + about("E-EVI-05", message, file, "joint", rows, texts["joint"], unnamed)


def block_problems(
    name: str,
    file: str,
    rows: np.ndarray,
    texts: Mapping[str, Sequence[str]],
    value: np.ndarray,
    at_rows: Sequence[int],
    same: Sequence[str],
) -> list[Problem]:
    """What is wrong within the rows `at_rows` of one survey and year."""
    chosen = np.zeros(len(rows), bool)
    chosen[list(at_rows)] = True
    problems: list[Problem] = []
    for column in same:
        values = list(dict.fromkeys(texts[column][at].casefold() for at in at_rows))
        if len(values) > 1:
            message = _('"{survey}": {column} differs between rows of one survey and year ({values}); {remedy}')
            text = message.format(survey=name, column=column, values=quoted_names(values[:5]), remedy=_remedy(column))
            problems += about("E-EVI-06", text, file, column, rows, [""] * len(rows), chosen)
    counted = Counter(fold(texts["item"][at]) for at in at_rows)
    twice = np.zeros(len(rows), bool)
    twice[[at for at in at_rows if texts["item"][at] and counted[fold(texts["item"][at])] > 1]] = True
    message = _("this item stands twice in one survey and year: keep one row, or name the two differently.")
    problems += about("E-EVI-07", message, file, "item", rows, texts["item"], twice)
    return problems + _scale_problems(name, file, rows, texts, value, at_rows, chosen)


def _remedy(column: str) -> str:
    if column == "unit":
        return _("shares and ranks cannot stand on one scale: give all as ranks, or leave the others out.")
    if column == "kind":
        return _("two questions are two surveys: give them different names.")
    return _("write the same in every row.")


def _scale_problems(
    name: str,
    file: str,
    rows: np.ndarray,
    texts: Mapping[str, Sequence[str]],
    value: np.ndarray,
    at_rows: Sequence[int],
    chosen: np.ndarray,
) -> list[Problem]:
    """Ranks with gaps, proportions among percentages, single answers that add up to more than everybody."""
    units = {texts["unit"][at].casefold() for at in at_rows}
    kinds = {texts["kind"][at].casefold() for at in at_rows}
    given = value[list(at_rows)]
    given = given[~np.isnan(given)]
    cells = texts["value"]
    if units == {"rank"}:
        if kinds != {"rank only"}:
            message = _('unit "rank" goes with kind "rank only", and only with it.')
            return about("E-EVI-06", message, file, "kind", rows, texts["kind"], chosen)
        if not len(given) or not without_gaps(given):
            message = _(
                "the ranks of a survey are 1, 2, 3 and so on without a gap (equal places as 1, 1, 3); leave the rank "
                "empty of an item that is only known to come later."
            )
            return about("E-EVI-08", message, file, "value", rows, cells, chosen)
        return []
    if units != {"percent"}:
        return []  # told already
    if "rank only" in kinds:
        message = _('unit "rank" goes with kind "rank only", and only with it.')
        return about("E-EVI-06", message, file, "kind", rows, texts["kind"], chosen)
    if len(given) and 0 < given.max() <= 1:
        message = _('"{survey}": no share is above 1. Are they proportions? Write percentages: 70 for 0.7.')
        return about("A-EVI-01", message.format(survey=name), file, "value", rows, cells, chosen)
    if kinds == {"top-1"} and given.sum() > 100 + SLACK * len(given):
        message = _('"{survey}": respondents gave one answer each, but the shares add up to {sum}.')
        text = message.format(survey=name, sum=f"{given.sum():g}")
        return about("E-EVI-09", text, file, "value", rows, cells, chosen)
    return []


def without_gaps(ranks: np.ndarray) -> bool:
    """Whether each rank is 1 plus the number of smaller ones."""
    return bool((ranks == 1 + (ranks[None, :] < ranks[:, None]).sum(axis=1)).all())
