"""Which groups may be shown: small ones are hidden, and nothing shown lets a reader work a hidden one out."""

from __future__ import annotations

import numpy as np


def hidden_groups(count: np.ndarray, minimum: int) -> np.ndarray:
    """(g,) bool: groups of one partition that are not shown.

    Every group of 1 to minimum - 1 is hidden; while the hidden ones are a single group, or together fewer than
    `minimum`, the next smallest is hidden too, so that subtracting from the total gives no small number.

    Parameters
    ----------
    count : (g,) int array
        Respondents of each group; the groups do not overlap and their total may be known.
    """
    hidden = (count > 0) & (count < minimum)
    while hidden.any() and not hidden.all() and (hidden.sum() == 1 or count[hidden].sum() < minimum):
        shown = np.flatnonzero(~hidden & (count > 0))
        if not len(shown):
            break
        hidden[shown[np.argmin(count[shown])]] = True
    return np.asarray(hidden)
