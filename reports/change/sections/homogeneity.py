"""The list as a whole: is it the same, is it sharper, is it re-ordered, and how alike are the two orders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from obstacles.reports.change.sections.parts import source_and_base
from obstacles.reports.change.sections.trend import steps
from obstacles.reports.wave import tests_table as test_rows
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.page_blocks import Prose, Section, Table
from obstacles.reports.words.verdicts import Verdict, result
from obstacles.text.language import _, joined

if TYPE_CHECKING:
    from obstacles.analysis.inference.estimate import Test
    from obstacles.reports.change.findings import ChangeFindings


MOST_TESTS = 9  # with more, those of each step are in the data alone


def section(f: ChangeFindings) -> Section:
    """The section on the list as a whole."""
    return Section("list", _("The list as a whole"), (lead(f),), (tests_table(f), Prose(agreement(f), columns=1)))


def lead(f: ChangeFindings) -> str:
    """What the test of the whole list says, as a sentence."""
    test = f.main.homogeneity
    if test is None:
        if f.main.breaks:
            return _(
                "Across the break the two lists are not tested against each other: how alike their orders are is "
                "described."
            )
        return _("The two lists cannot be tested against each other: how alike their orders are is described.")
    if test.p <= 1 - f.change.rules.level:
        return _("The lists of {first} and {last} differ by more than chance alone would make likely ({p}).").format(
            first=f.names[0], last=f.names[-1], p=numbers.p_value(test.p)
        )
    head = f.headline
    if head.up or head.down or head.less or head.ranks or head.others:
        return _(
            "A test of all {nouns} at once does not tell the lists of {first} and {last} apart ({p}). It looks for "
            "changes of any kind, so that it may miss what the other tests of this report show."
        ).format(nouns=f.nouns.several, first=f.names[0], last=f.names[-1], p=numbers.p_value(test.p))
    return _(
        "The lists of {first} and {last} are compatible with no change ({p}): differences of this size would be "
        "nothing unusual. That is no proof that they are the same."
    ).format(first=f.names[0], last=f.names[-1], p=numbers.p_value(test.p))


def tests_table(f: ChangeFindings) -> Table:
    """Every test of the whole list with its reading."""
    rows, remarks = [], []
    ends = _("{first} and {last}").format(first=f.names[0], last=f.names[-1])
    listed = [(test, ends) for test in f.main.tests]
    if f.change.homogeneity is not None:
        listed.insert(0, (f.change.homogeneity, _("all {n} waves").format(n=numbers.count(len(f.names)))))
    if len(f.names) > 2:
        listed += [
            (pair.homogeneity, _("{first} and {last}").format(first=f.names[pair.first], last=f.names[pair.second]))
            for pair in steps(f)
            if pair.homogeneity is not None
        ]
    for test, waves in listed:
        question, reading, symbol = _words(f, test, waves)
        words = Verdict(question, _name(test), result(symbol, test), reading)
        few = len(listed) <= MOST_TESTS or test in f.main.tests or test is f.change.homogeneity
        rows.append(replace(test_rows.row(test, words, strong=test is f.main.homogeneity), on_page=few))
        if test.note:
            remarks.append(_("{test}: {note}.").format(test=_name(test), note=test.note))
    return Table(
        id="tests",
        title=_("Tests in words"),
        subtitle=_("Each decided at the {level} level by itself.").format(
            level=numbers.level(1 - f.change.rules.level)
        ),
        columns=test_rows.columns(),
        rows=tuple(rows),
        notes=tables.notes(source_and_base(f), *dict.fromkeys(remarks)),
        whole=False,
        on_page=any(row.on_page for row in rows),
    )


def _name(test: Test) -> str:
    names = {
        "homogeneity (likelihood ratio)": _("Likelihood ratio"),
        "homogeneity (Wald)": _("Wald, design-based"),
        "homogeneity (score)": _("Score test, by chance dealings or signs"),
        "overall level": _("t of the mean change"),
        "scale (Wald)": _("Scale factor"),
        "re-ordering (Wald)": _("Beyond a scale factor"),
        "permutation of sides (tau)": _("Permutation of Kendall's tau"),
    }
    return names.get(test.name, test.name)


def _words(f: ChangeFindings, test: Test, waves: str) -> tuple[str, str, str]:
    """Question, reading and symbol of one test."""
    no = test.p <= 1 - f.change.rules.level
    if test.name.startswith("homogeneity"):
        question = _("Could the lists of {waves} be the same?").format(waves=waves)
        reading = (
            _("No: they differ by more than chance alone would make likely.")
            if no
            else _("This test does not rule it out: such differences would be nothing unusual if they were the same.")
        )
        return question, reading, _f(test)
    if test.name == "overall level":
        reading = _("Yes: the mean over all {nouns} moved.") if no else _("That cannot be shown.")
        return _("Did the list move as a whole?"), reading.format(nouns=f.nouns.several), "t"
    if test.name == "scale (Wald)":
        assert f.main.scale is not None
        return _("Are the {nouns} told apart as sharply?").format(nouns=f.nouns.several), _sharper(f, no), _f(test)
    if test.name == "re-ordering (Wald)":
        reading = (
            _("No: worths changed against each other as well.")
            if no
            else _("Yes: no re-ordering is shown beyond a common factor.")
        )
        return _("Could the lists differ by a common factor alone?"), reading, _f(test)
    reading = (
        _("No: the orders are less alike than chance would make likely.")
        if no
        else _("Yes: orders as different as these are nothing unusual.")
    )
    return _("Could respondents of both waves have been dealt out by chance?"), reading, "τ"


def _f(test: Test) -> str:
    return "S" if not test.df else "F" if len(test.df) > 1 else "χ²"


def _sharper(f: ChangeFindings, no: bool) -> str:
    scale = f.main.scale
    assert scale is not None
    factor = numbers.decimal(scale.factor, 2)
    ends = numbers.interval(scale.low, scale.high, 2, missing=_("not bounded by the data"))
    if not no:
        return _("Yes, as far as can be shown: log-worths by a factor of {factor} ({ends}).").format(
            factor=factor, ends=ends
        )
    text = _("No: more sharply, log-worths by a factor of {factor} ({ends}).")
    if scale.factor < 1:
        text = _("No: less sharply, log-worths by a factor of {factor} ({ends}).")
    return text.format(factor=factor, ends=ends)


def agreement(f: ChangeFindings) -> tuple[str, ...]:
    """How alike the two orders are, with what is settled about them."""
    found, sample = f.main.agreement, f.main.agreement.sample
    tau = numbers.decimal(sample.tau, 2)
    if found.low is None or found.high is None:
        first = _(
            "Kendall's tau between the two orders is {tau} (1 is the same order, −1 the opposite one); without rank "
            "sets nothing can be said of its uncertainty."
        ).format(tau=tau)
    else:
        first = _(
            "Kendall's tau between the two orders of the samples is {tau} (1 is the same order, −1 the opposite one). "
            "Of {pairs} pairs of {nouns} both waves put {alike} in the same order for certain and {apart} in opposite "
            "ones, so tau of the true orders lies between {low} and {high} ({level} confidence)."
        ).format(
            tau=tau,
            pairs=numbers.count(found.pairs),
            nouns=f.nouns.several,
            alike=numbers.count(found.settled_alike),
            apart=numbers.count(found.settled_apart),
            low=numbers.decimal(found.low, 2),
            high=numbers.decimal(found.high, 2),
            level=numbers.level(found.level),
        )
    second = _(
        "Rank-biased overlap, which weighs the top of the lists, is {overlap} (1 is the same order), Spearman's rho "
        "{rho}."
    ).format(
        overlap=numbers.decimal(sample.overlap, 2),
        rho=numbers.decimal(sample.rho, 2),
    )
    if f.main.homogeneity is None:
        third = _("High agreement is no evidence that nothing changed: that would take a test, and here there is none.")
    else:
        third = _("High agreement is no evidence that nothing changed: that takes the tests above.")
    return first, joined([second, third])
