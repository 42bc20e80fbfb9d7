"""What several sections of a comparison say alike: bases, sources, marks, guarantees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from obstacles.analysis.change.items import EQUIVALENCE
from obstacles.reports.wave.uncertainty import assumption
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import cut, plain
from obstacles.text.language import _, joined, label, semicolons

if TYPE_CHECKING:
    from obstacles.reports.change.findings import ChangeFindings

BREAK = "||"
LONGEST_TITLE = 90
MANY_WAVES = 4  # more waves than these: tables show the first and the last


def shown_waves(f: ChangeFindings) -> tuple[int, ...]:
    """Waves that a table has columns for."""
    n = len(f.names)
    return tuple(range(n)) if n <= MANY_WAVES else (0, n - 1)


def source(f: ChangeFindings) -> str:
    """Where the figures come from: the study and its waves."""
    title = cut(plain(label(f.study.title)) or f.study.id, LONGEST_TITLE)
    return _("Source: {title}, waves {waves}.").format(title=title, waves=named(f, range(len(f.names))))


def named(f: ChangeFindings, waves: Sequence[int]) -> str:
    """Waves by name; the first and the last of many that follow each other."""
    if len(waves) > MANY_WAVES and list(waves) == list(range(waves[0], waves[-1] + 1)):
        return _("{first} to {last}").format(first=f.names[waves[0]], last=f.names[waves[-1]])
    return numbers.listing([f.names[i] for i in waves])


def base(f: ChangeFindings) -> str:
    """Who is behind the figures of every wave."""
    people = [side.people for side in f.change.sides]
    if len(people) > MANY_WAVES and all(people):
        text = _("Base: {low} to {high} respondents in each wave, see section 2.")
        if min(people) == max(people):
            text = _("Base: {low} respondents in each wave.")
        return text.format(low=numbers.count(min(people)), high=numbers.count(max(people)))
    parts = []
    for name, side, wave in zip(f.names, f.change.sides, f.waves, strict=True):
        n = side.people or (side.level.base if side.level is not None else 0)
        text = numbers.count(n) if n else _("not published")
        if side.people and wave.profile.weights is not None:
            message = _("{wave}: {n} (weighted, effective n {effective})")
            parts.append(message.format(wave=name, n=text, effective=numbers.count(side.effective_n)))
        else:
            parts.append(_("{wave}: {n}").format(wave=name, n=text))
    return _("Base: {parts}.").format(parts=semicolons(parts))


def source_and_base(f: ChangeFindings) -> str:
    """Where the figures come from, and how many answered."""
    return joined([source(f), base(f)])


def break_legend(f: ChangeFindings) -> str:
    """What the break mark means, where it is used."""
    if not any(pair.breaks for pair in f.change.pairs):
        return ""
    return _("{mark} break: waves differ in the question or in who was asked, see section 1.").format(mark=BREAK)


def guarantees(f: ChangeFindings) -> str:
    """What holds at which level, and together with what."""
    rules, level = f.change.rules, numbers.level(f.change.rules.level)
    if not f.main.compared:
        if f.main.ranks.first.sets is None:
            return ""
        return _("The rank sets of both waves hold for all {nouns} together with {level} confidence.").format(
            nouns=f.nouns.several, level=level
        )
    if rules.correction == "holm":
        text = _("Up and down hold for all {nouns} together (family-wise {alpha}, Holm).")
    else:
        text = _("Of what is called up or down at most {alpha} is expected to be false (Benjamini-Hochberg).")
    parts = [
        _("Each interval holds by itself with {level} confidence.").format(level=level),
        text.format(nouns=f.nouns.several, alpha=numbers.level(1 - rules.level)),
    ]
    if rules.smallest is not None:
        parts.append(
            _("“About the same” is an equivalence test at {alpha} of each {noun} by itself, against {x}.").format(
                noun=f.nouns.one, x=f.units.size(rules.smallest), alpha=numbers.level(EQUIVALENCE)
            )
        )
    return joined(parts)


def uncertainty(f: ChangeFindings) -> str:
    """What intervals and rank sets describe: comparisons make no finite population correction."""
    last = f.waves[-1]
    if last.ranking.estimate.covariance is None or f.study.settings.study.sampling != "census":
        return assumption(last)
    return _(
        "Everybody was asked. Intervals describe non-response as if it were at random; no finite population "
        "correction is made."
    )


def rounding() -> str:
    """The note on rounded differences."""
    return _("Differences are worked out before rounding, so they may not match the figures shown.")
