"""A wrong name and the nearest right one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from obstacles.text.language import _, quoted_names

LIKE = 0.5  # similarity from which a name may be meant
LOOSE = 0.4  # of the few and short names that are typed on a command line
CLOSE = 0.6  # of values of which some are like others


def nearest(name: str, known: Iterable[str], *, alike: float = LIKE) -> str | None:
    """The known name that is most like this one; None where none is alike enough."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=alike)), None)


def did_you_mean(name: str, known: Iterable[str], *, alike: float = LIKE) -> str:
    """'Did you mean ...?'; "" where no known name is alike enough."""
    near = nearest(name, known, alike=alike)
    return "" if near is None else _('Did you mean "{name}"?').format(name=near)


def hint(name: str, known: Iterable[str]) -> str:
    """'Did you mean ...?', or the list of what there is."""
    names = list(known)
    listed = _("There are: {names}.").format(names=quoted_names(names[:20]) or _("none"))
    return did_you_mean(name, names) or listed
