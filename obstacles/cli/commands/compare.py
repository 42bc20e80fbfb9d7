"""`obstacles compare`: what changed between waves, or what differs between the groups of one, as a table or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.options import (
    by_category_option,
    comparison_options,
    groups_of,
    json_option,
    k_option,
    level_option,
    open_study,
    refusing,
    strict_option,
    study_argument,
)
from obstacles.cli.publish import draft_option, drafted, refuse_for_others, say_for_the_owner
from obstacles.cli.terminal import print_json, print_table, print_warnings, prose, say, say_synthetic
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import capital, chart_name, column_word, cut, nouns_of, value_name
from obstacles.text.language import _, commas, full_stop, joined, label, semicolons
from obstacles.text.width import width as text_width

if TYPE_CHECKING:
    from obstacles.analysis.change.pairs import PairChange
    from obstacles.analysis.change.result import Change
    from obstacles.analysis.subpopulation import ComparisonSide
    from obstacles.reports.change.findings import Units
    from obstacles.reports.words.naming import Nouns
    from obstacles.survey.study import Study

MOST_PAIRS = 12  # pairs of groups that are listed
LONGEST_GROUP = 16  # letters of a group's name above a column
ITEM_WIDTH = 22  # letters that the names of items have at least, beside the columns of groups


@click.command("compare", help=_("Say what changed between waves, or what differs between groups."))
@study_argument
@strict_option
@comparison_options
@click.option("--by", metavar="GROUP", help=_("Compare the groups of one wave with each other instead."))
@click.option("--wave", metavar="ID", help=_("With --by: the wave; the last one when omitted."))
@by_category_option
@k_option
@level_option
@json_option
@draft_option
def command(
    study: Path,
    data: Path | None,
    comparison: str | None,
    waves: tuple[str, str] | None,
    where: tuple[str, ...],
    by: str | None,
    wave: str | None,
    by_category: bool,
    k: int,
    level: float | None,
    as_json: bool,
    draft: bool,
) -> None:
    from obstacles.survey.loading.minimum_size import too_small

    prepared = drafted(open_study(study, data), draft)
    small = too_small(prepared.settings, prepared.waves, reported=False)
    print_warnings([*prepared.problems, *small])
    from obstacles.analysis.change.compare import compare

    compared = compared_waves(waves, wave, by)
    groups = "--by" if by is not None else "--where" if where else ""
    if groups:
        (refuse_for_others if as_json else say_for_the_owner)(prepared, groups)
    with refusing():
        change = compare(
            prepared,
            comparison=comparison,
            waves=compared,
            where=groups_of(where),
            by=by,
            k=k,
            level=level,
            by_category=by_category,
        )
    if as_json:
        print_json(record_of(prepared, change))
    else:
        _print(prepared, change)


def record_of(study: Study, change: Change) -> dict[str, Any]:
    """What --json prints of a comparison."""
    from obstacles.analysis.change.for_others import for_others
    from obstacles.analysis.disclosure.coarse import needs_grid, on_grid

    record = for_others(study, change).to_dict()
    return on_grid(record) if any(needs_grid(study, one) for one in study.waves) else record


def compared_waves(waves: tuple[str, str] | None, wave: str | None, by: str | None) -> tuple[str, ...] | None:
    """The waves to compare; with --by the one whose groups are compared."""
    if by is None and wave is not None:
        raise click.UsageError(_("--wave belongs to --by; two waves are named by --waves A B."))
    if by is not None and waves is not None:
        raise click.UsageError(_("--by compares the groups of one wave: name it by --wave."))
    if by is not None:
        return None if wave is None else (wave,)
    if waves is not None and waves[0] == waves[1]:
        raise click.UsageError(_("--waves takes two different waves."))
    return waves


def _print(study: Study, change: Change) -> None:
    from obstacles.reports.change.findings import Compared, units_of
    from obstacles.reports.change.sentences import comparability, headline
    from obstacles.reports.wave.categories import category_nouns, members_in_words

    nouns = nouns_of(study) if change.categories is None else category_nouns()
    units = units_of(nouns, change)
    say_synthetic(study)
    if change.by is None:
        prose(headline(Compared(change, nouns, change.headline, change.main)))
        prose(comparability(change, nouns))
        for reason in dict.fromkeys(cut.reason for pair in change.pairs for cut in pair.breaks):
            prose(full_stop(reason))
        say()
        _pair_table(change, change.main, units, nouns)
    else:
        _groups(change, units, nouns)
    say()
    prose(_method(study, change))
    if change.categories is not None:
        prose(members_in_words(change.categories, nouns_of(study)))
    for note in change.notes:
        prose(note)
    if len(change.pairs) > 1 and change.by is None:
        text = _("All pairs of waves and the trend: obstacles compare --json.")
        say(text if change.trend is not None else _("All pairs of waves: obstacles compare --json."))


def _pair_table(change: Change, pair: PairChange, units: Units, nouns: Nouns) -> None:
    """One row per item: levels, change with its interval, p and verdict; ranks where levels do not compare."""
    from obstacles.reports.change.sentences import verdict_words

    names = [change.sides[pair.first].id, change.sides[pair.second].id]
    found = pair.verdicts
    if not pair.compared or found is None:
        _rank_table(change, pair, units, nouns, names)
        return
    head = [capital(nouns.one), *names, _("change"), numbers.level(change.rules.level), "p", _("verdict")]
    rows = [
        [
            chart_name(change.items[i]),
            units.without_unit(_number(found.first[i])),
            units.without_unit(_number(found.second[i])),
            units.change(_number(found.difference[i])),
            units.change_interval(_number(found.low[i]), _number(found.high[i])),
            numbers.p_value(_number(found.p_adjusted[i])).removeprefix("p = ").removeprefix("p "),
            verdict_words(found.verdict[i]),
        ]
        for i in change.order
    ]
    print_table(head, rows)


def _rank_table(change: Change, pair: PairChange, units: Units, nouns: Nouns, names: list[str]) -> None:
    """Ranks with their sets; levels only where the two sides have the same measure."""

    level, sets = pair.level, [part.sets for part in (pair.ranks.first, pair.ranks.second)]
    alike = level is not None and not pair.breaks
    head = [capital(nouns.one), *(names if alike else ())]
    known = any(own is not None for own in sets)
    for name in names:
        head += [_("rank {wave}").format(wave=name), *([_("set {wave}").format(wave=name)] if known else [])]
    rows = []
    for i in change.order:
        row = [chart_name(change.items[i])]
        if alike and level is not None:
            row += [units.without_unit(_number(level.first[i])), units.without_unit(_number(level.second[i]))]
        for part, own in zip((pair.ranks.first, pair.ranks.second), sets, strict=True):
            row.append(numbers.count(int(part.rank[i]) or None))
            if known:
                row.append(numbers.rank_set(int(own.low[i]), int(own.high[i])) if own is not None else numbers.MISSING)
        rows.append(row)
    print_table(head, rows)


def _number(x: float) -> float | None:
    return None if x != x else float(x)


def _groups(change: Change, units: Units, nouns: Nouns) -> None:
    """Levels of every group, the test of all lists at once, and the items that set two groups apart."""
    for sides in _in_blocks(change):
        rows = []
        for i in change.order:
            values = [(side.level or side.order).value[i] for side in sides]
            rows.append([chart_name(change.items[i]), *(units.without_unit(_number(value)) for value in values)])
        print_table([capital(nouns.one), *(cut(_side(change, side), LONGEST_GROUP) for side in sides)], rows)
        say()
    test = change.homogeneity or change.main.homogeneity
    if test is not None:
        prose(_("That all groups have the same list: {p}.").format(p=numbers.p_value(test.p)))
    lines = []
    for pair in change.pairs:
        found = pair.verdicts
        for i in change.order if found is not None else ():
            if found is not None and found.verdict[i] in ("up", "down"):
                lines.append(
                    _("{name}: {first} {before}, {second} {after} ({p})").format(
                        name=chart_name(change.items[i]),
                        first=_side(change, change.sides[pair.first]),
                        before=units.with_unit(float(found.first[i])),
                        second=_side(change, change.sides[pair.second]),
                        after=units.with_unit(float(found.second[i])),
                        p=numbers.p_value(float(found.p_adjusted[i])),
                    )
                )
    if not lines:
        prose(_("No {noun} sets two groups apart after correction over all pairs.").format(noun=nouns.one))
    for line in lines[:MOST_PAIRS]:
        prose(line)
    if len(lines) > MOST_PAIRS:
        say(_("... and {n} more: obstacles compare --json.").format(n=numbers.count(len(lines) - MOST_PAIRS)))


def _side(change: Change, side: ComparisonSide) -> str:
    """The wave, or the group by its label."""
    return side.id if change.by is None else value_name(side.id, change.by)


def _in_blocks(change: Change) -> list[list[ComparisonSide]]:
    """Groups whose columns fit the terminal beside each other."""
    from shutil import get_terminal_size

    room = max(get_terminal_size().columns, 60) - ITEM_WIDTH
    found: list[list[ComparisonSide]] = [[]]
    left = room
    for side in change.sides:
        width = max(min(text_width(_side(change, side)), LONGEST_GROUP), 5) + 2
        if found[-1] and width > left:
            found.append([])
            left = room
        found[-1].append(side)
        left -= width
    return found


def _method(study: Study, change: Change) -> str:
    """Study, sides, measure and every rule that was used."""
    from obstacles.reports.words.measures import measure_in_words

    levels = [side.level or side.order for side in change.sides]
    sides = commas(
        _("{side} (n = {n})").format(side=_side(change, side), n=numbers.count(level.base))
        if level.base
        else _("{side} (n is not published)").format(side=_side(change, side))
        for side, level in zip(change.sides, levels, strict=True)
    )
    measures = numbers.listing(list(dict.fromkeys(measure_in_words(level) for level in levels)))
    models = numbers.listing(list(dict.fromkeys(side.order.method for side in change.sides)))
    where = semicolons(
        f"{column_word(column)} = {commas(value_name(name, column) for name in groups)}"
        for column, groups in change.where.items()
    )
    title = label(study.title)
    if change.wave is not None:
        title = _("{title}, wave {wave}").format(title=title, wave=change.wave)
    parts = [
        _("{title}: {sides}.").format(title=title, sides=sides),
        *([_("Only respondents of {groups}.").format(groups=where)] if where else []),
        _("Measure: {measure}; ranks by {model}.").format(measure=measures, model=models),
    ]
    if any(pair.compared for pair in change.pairs):
        family = _("all pairs and items") if change.by is not None else _("the items of a pair")
        parts.append(
            _("Up and down: {correction} over {family}; level {level}; seed {seed}.").format(
                correction={"holm": "Holm", "bh": "Benjamini-Hochberg"}[change.rules.correction],
                family=family,
                level=numbers.level(change.rules.level),
                seed=change.seed,
            )
        )
    return joined(parts)
