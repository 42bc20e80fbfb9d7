"""Obtain, process and apply in words: which is the shortest in a group, as tests say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.words import numbers
from obstacles.reports.words.naming import marked, plain
from obstacles.text.language import N_, _, label, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.figures import Mean
    from obstacles.analysis.disclosure.release.figures import ScaleRow, Scales, SpecialistSide
    from obstacles.reports.gap.findings import GapFindings

NAMES = {"obtain": N_("Obtain data"), "process": N_("Process data"), "apply": N_("Apply data")}


def scale_name(f: GapFindings, scale: str) -> str:
    """What the study calls a scale, else the name that obtain, process and apply have."""
    capability = f.study.settings.capability
    stated = plain(label(capability.scale.get(scale, {}))) if capability is not None else ""
    return stated or (_(NAMES[scale]) if scale in NAMES else scale)


def scale_gap(f: GapFindings, row: ScaleRow) -> Mean:
    """The mean shortfall, or the signed gap where the study asks for it."""
    return row.signed if f.signed else row.shortfall


def side_name(side: SpecialistSide) -> str:
    """ "Specialists (365)"."""
    n = numbers.count(side.respondents)
    if side.name == "specialists":
        return _("Specialists ({n})").format(n=n)
    return _("Others ({n})").format(n=n)


def shortest(f: GapFindings, scales: Scales) -> str:
    """Which scale tests separate from the others as the one with the largest gap; else that they do not."""
    if not scales.shortest:
        return _("Which scale is the shortest is not told: a figure is hidden, or too few people answered for a test.")
    names = [marked(scale_name(f, scales.rows[k].scale)) for k in scales.shortest]
    if scales.single is not None:
        message = _("The shortest scale is {name}: tests separate its gap, the largest, from those of the others.")
        return message.format(name=names[0])
    if len(names) == len(scales.rows):
        return _("Tests do not show that the gaps of {names} differ.").format(names=numbers.listing(names))
    message = _("The largest gaps are those of {names}, which tests do not separate from each other.")
    return message.format(names=numbers.listing(names))


def by_side(f: GapFindings) -> str:
    """The same for specialists and for others, in one sentence; "" where the study names none."""
    own = f.release.specialists
    if own is None:
        return ""
    if not own.sides:
        return _("Specialists and others are not shown beside each other: few people's answers could be worked out.")
    sides = [_("{side}: {scales}").format(side=side_name(side), scales=_verdict(f, side.scales)) for side in own.sides]
    return _("The shortest scale, by tests. {sides}.").format(sides=semicolons(sides))


def _verdict(f: GapFindings, scales: Scales) -> str:
    """The names of the shortest, or that there is none, as part of a sentence."""
    if not scales.shortest:
        return _("not told")
    if len(scales.shortest) == len(scales.rows):
        return _("none")
    names = numbers.listing([marked(scale_name(f, scales.rows[k].scale)) for k in scales.shortest])
    return names if scales.single is not None else _("{names}, not separated").format(names=names)


def order_word(scales: Scales, place: int) -> str:
    """What a table says of one scale: the shortest, among the shortest, or nothing."""
    if place not in scales.shortest or len(scales.shortest) == len(scales.rows):
        return numbers.MISSING
    return _("shortest") if scales.single == place else _("not separated")
