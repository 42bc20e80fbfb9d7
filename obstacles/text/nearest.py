"""A wrong name and the nearest right one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from obstacles.text.language import _, quoted_names


def hint(name: str, known: Iterable[str]) -> str:
    """'Did you mean ...?', or the list of what there is."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return _('Did you mean "{name}"?').format(name=near[0])
    return _("There are: {names}.").format(names=quoted_names(names[:20]) or _("none"))
