"""What stops the levels of two waves from being compared: another form, base, routing or mode, or a stated break.

A parallel run is the only clean way to measure a discontinuity; without one a break is marked, and nothing is linked
across it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from obstacles.analysis.kinds.base import Form
from obstacles.analysis.terms import BreakKind
from obstacles.survey.settings import Comparison, WaveFacts
from obstacles.survey.study import Wave
from obstacles.text.language import _, label


@dataclass(frozen=True)
class LevelBreak:
    """Why levels of two waves are not compared."""

    kind: BreakKind
    reason: str
    items: tuple[str, ...] = ()  # ids; none = all


def level_breaks(
    waves: Sequence[Wave],
    order: Sequence[int],
    place: Mapping[str, int],
    forms: Sequence[Form],
    stated: Comparison | None,
    *,
    places: bool,
    offered: Callable[[int, int], bool] = lambda first, second: True,
) -> dict[tuple[int, int], tuple[LevelBreak, ...]]:
    """Positions of each two waves -> what lies between them; waves without a break are left out.

    Parameters
    ----------
    order : sequence of int
        Position of each wave among all waves of the study.
    place : mapping
        Wave id -> that position, for all waves of the study.
    places : bool
        False: items that are left out may have filled every place of a ranking.
    offered : callable
        Whether two waves, by their positions, were offered the same items, see `same_offered`.
    """
    facts = {facts.id: facts for facts in (stated.wave if stated else ())}
    found = {}
    for second in range(len(waves)):
        for first in range(second):
            own = [facts.get(waves[i].id) for i in (first, second)]
            cuts = [*_stated_breaks(stated, place, order[first], order[second])]
            cuts += _form_break(forms[first], forms[second], own)
            cuts += _fact_breaks(own)
            if not places and not cuts:
                reason = _(
                    "An item was added or dropped and there was one place: shares of the others move of themselves"
                )
                cuts.append(LevelBreak("places", reason))
            if not cuts and not offered(first, second):
                reason = _("People chose from different items: shares depend on what else was offered")
                cuts.append(LevelBreak("offered", reason))
            if cuts:
                found[first, second] = tuple(cuts)
    return found


def _stated_breaks(stated: Comparison | None, place: Mapping[str, int], first: int, second: int) -> list[LevelBreak]:
    """Breaks of the study file that lie between two waves, or may do so."""
    low, high = min(first, second), max(first, second)
    return [
        LevelBreak(cut.kind, label(cut.reason), cut.items)
        for cut in (stated.breaks if stated else ())
        if max(low, place[cut.between[0]]) < min(high, place[cut.between[1]])
    ]


def _form_break(one: Form, other: Form, facts: Sequence[WaveFacts | None]) -> list[LevelBreak]:
    """Another form of the question: by the study file's words where both waves have them, else by the format."""
    said = [label(fact.form) if fact else "" for fact in facts]
    if all(said) and one.family == other.family:
        return [_changed("form", _("Question form changed"), *said)] if said[0] != said[1] else []
    if one.key == other.key:
        return []
    texts = [text or form.text for text, form in zip(said, (one, other), strict=True)]
    return [_changed("form", _("Question form changed"), *texts)]


def _fact_breaks(facts: Sequence[WaveFacts | None]) -> list[LevelBreak]:
    headings: dict[BreakKind, str] = {
        "base": _("Base changed"),
        "routing": _("Routing changed"),
        "mode": _("Mode changed"),
    }
    found = []
    for key, heading in headings.items():
        said = [label(getattr(fact, key)) if fact else "" for fact in facts]
        if all(said) and said[0] != said[1]:
            found.append(_changed(key, heading, *said))
    return found


def _changed(kind: BreakKind, heading: str, before: str, after: str) -> LevelBreak:
    message = _("{what}: {before} → {after}")
    return LevelBreak(kind, message.format(what=heading, before=before, after=after))
