"""`obstacles gaps`: the capability gaps of one wave, as they may be shown, as a table or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from obstacles.cli.options import known_wave, level_option, open_study, strict_option, study_argument, wave_option
from obstacles.cli.publish import draft_option, drafted, refuse_looser_for_others
from obstacles.cli.terminal import print_json, print_table, print_warnings, prose, say, say_synthetic
from obstacles.reports.gap.findings import (
    GapFindings,
    bare_share,
    interval_note,
    mean_interval,
    mean_text,
    raters,
    share_interval,
)
from obstacles.reports.gap.scales import by_side, scale_gap, scale_name, shortest, side_name
from obstacles.reports.words import numbers
from obstacles.reports.words.marks import base_text
from obstacles.reports.words.naming import bare, cut, value_name
from obstacles.survey.problems import Problem, SurveyError
from obstacles.text.language import _, full_stop, joined, label, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.disclosure.release.figures import Gaps, Scales
    from obstacles.survey.study import Study

MOST_COLUMNS = 8  # capabilities that a table of groups has room for in 80 columns
LONGEST = 22  # characters of a group's name in that table


@click.command("gaps", help=_("Print the capability gaps of one wave, with small groups protected."))
@study_argument
@strict_option
@wave_option
@click.option("--by", metavar="GROUP", help=_("A line for every group, such as department."))
@level_option
@click.option("--json", "as_json", is_flag=True, help=_("Print everything that the reports of all groups show."))
@draft_option
def command(
    study: Path, data: Path | None, wave: str | None, by: str | None, level: float | None, as_json: bool, draft: bool
) -> None:
    prepared = drafted(open_study(study, data), draft)
    if as_json:
        refuse_looser_for_others(prepared)
    found = released(prepared, wave=known_wave(prepared, wave), by=by, level=level)
    if as_json:
        print_json(found.to_dict())
    elif by is None:
        _print_whole(prepared, found)
    else:
        _print_groups(prepared, found)


def released(
    study: Study, *, wave: str | None = None, by: str | None = None, level: float | None = None, k: int = 3
) -> Gaps:
    """What the reports of a study may show, with warnings beside it; refusals as one message and an exit code."""
    from obstacles.analysis.disclosure.release import TooFewError, gaps
    from obstacles.analysis.gaps.gap import GapError
    from obstacles.survey.loading.minimum_size import REPORTED

    try:
        found = gaps(study, wave=wave, by=by, level=level, k=k)
    except TooFewError as error:
        raise SurveyError([Problem("error", REPORTED, str(error))]) from None
    except GapError as error:
        raise SurveyError([Problem("error", error.code, str(error))]) from None
    print_warnings([*study.problems, *study.wave(found.wave).receipt.problems])
    return found


def _print_whole(study: Study, found: Gaps) -> None:
    """One row per capability of the whole organisation."""
    from obstacles.reports.gap.sentences import largest

    f = GapFindings(study=study, release=found, group=found.whole)
    say_synthetic(study)
    prose(bare(largest(f)))
    say()
    level = numbers.level(found.level)
    gap = _("mean gap") if f.signed else _("mean shortfall")
    rows = []
    for j in f.order:
        row = f.group.rows[j]
        mean = f.gap(row)
        interval = mean_interval(mean, few=row.few_below and not f.signed)
        share = [bare_share(row.below), share_interval(row.below)]
        rows.append([f.short_name(j), base_text(row.base), *share, mean_text(mean), interval])
    print_table([_("Capability"), _("base"), _("below, %"), level, gap, level], rows)
    say()
    _print_scales(f, gap)
    prose(_method(f))


def _print_scales(f: GapFindings, gap: str) -> None:
    """Obtain, process and apply of everybody, then of specialists and of others, with the shortest of each."""
    if f.group.scales is None:
        return
    level = numbers.level(f.release.level)
    own = f.release.specialists
    sides = [(side_name(side), side.scales) for side in own.sides] if own is not None else []
    for title, scales in ((_("Scale"), f.group.scales), *sides):
        print_table([title, _("base"), _("below, %"), level, gap, level], _scale_rows(f, scales))
        prose(bare(shortest(f, scales)))
        say()
    if own is not None and not own.sides:
        prose(by_side(f))
        say()


def _scale_rows(f: GapFindings, scales: Scales) -> list[list[str]]:
    rows = []
    for row in scales.rows:
        mean = scale_gap(f, row)
        share = [bare_share(row.below), share_interval(row.below)]
        interval = mean_interval(mean, few=mean.low is None)
        base = base_text(None if row.base is None else row.base[0])
        rows.append([scale_name(f, row.scale), base, *share, mean_text(mean), interval])
    return rows


def _print_groups(study: Study, found: Gaps) -> None:
    """One row per group, by name, with the share below the required level of each capability."""
    f = GapFindings(study=study, release=found, group=found.whole)
    say_synthetic(study)
    say(_("Share of people below the required level, %."))
    say()
    order = f.order[:MOST_COLUMNS]
    rows = [
        [
            cut(value_name(group.name, found.by), LONGEST) if group.name else _("Whole organisation"),
            numbers.count(group.respondents),
            *(bare_share(group.rows[j].below) for j in order),
        ]
        for group in (found.whole, *found.groups)
    ]
    print_table([_("Group"), _("people"), *(str(number) for number in range(1, len(order) + 1))], rows)
    say()
    prose(full_stop(semicolons(f"{number} {f.short_name(j)}" for number, j in enumerate(order, 1))))
    if len(f.order) > len(order):
        prose(_("The capabilities with the largest gaps are shown; all: obstacles gaps --json."))
    _print_shortest(f)
    if found.hidden:
        names = numbers.listing([cut(value_name(name, found.by), LONGEST) for name in found.hidden])
        message = ngettext(
            "Not shown by itself, because too few answered there or its numbers would give away others: {names}.",
            "Not shown by themselves, because too few answered there or their numbers would give away others: {names}.",
            len(found.hidden),
        )
        prose(message.format(names=names))
    prose(_method(f))
    prose(_("The order of the groups says nothing: this is no ranking. Intervals and tests are in the reports."))


def _print_shortest(f: GapFindings) -> None:
    """In which groups tests separate which scale as the shortest."""
    if f.group.scales is None:
        return
    found: dict[str, list[str]] = {}
    for group in f.release.groups:
        scales = group.scales
        if scales is not None and scales.single is not None:
            found.setdefault(scales.rows[scales.single].scale, []).append(
                cut(value_name(group.name, f.release.by), LONGEST)
            )
    for scale, names in found.items():
        message = _("Shortest of obtaining, processing and applying data, by tests: {scale} in {groups}.")
        prose(message.format(scale=scale_name(f, scale), groups=numbers.listing(names)))
    if sum(map(len, found.values())) < len(f.release.groups):
        prose(_("In the other groups tests separate none, or a figure is hidden; that is no sign of equal gaps."))


def _method(f: GapFindings) -> str:
    """Study, wave, base and the marks."""
    n = f.group.respondents
    people = ngettext("{n} respondent", "{n} respondents", n).format(n=numbers.count(n))
    weighting = {
        "given": _("weighted"),
        "headcount": _("weighted by headcount"),
        "none": _("not weighted"),
    }[f.release.weighting]
    rule = _("No figure stands for fewer than {n} people; [c]: hidden so that nobody's answer can be worked out.")
    return joined(
        [
            _("{title}, wave {wave}: {people}, {weighting}.").format(
                title=label(f.study.title), wave=f.release.wave, people=people, weighting=weighting
            ),
            interval_note(f),
            raters(f),
            rule.format(n=f.release.minimum),
        ]
    )
