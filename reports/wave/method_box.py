"""How the study was made: AAPOR's eleven items, CHERRIES for web surveys, the question, the receipt, how to repeat it.

AAPOR Code of Professional Ethics and Practices (2021), III.A; Eysenbach (2004), J Med Internet Res 6(3): e34. What the
study file does not say is printed as not stated: an honest blank is the point, so none of this can be switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.wave.cover import marked_lines
from obstacles.reports.wave.reproducibility import reproduction
from obstacles.reports.wave.respondents import remark
from obstacles.reports.wave.uncertainty import assumption, guarantees
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import capital, plain
from obstacles.reports.words.page_blocks import Block, Fact, Facts, Listing, Section, Together
from obstacles.survey.answers import Published
from obstacles.text.language import _, commas, full_stop, joined, label, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.reports.wave.findings import Findings

MANY_ITEMS = 14  # more items than these may be torn from what follows them


def section(f: Findings) -> Section:
    """The section on how the survey was made, read and analysed."""
    blocks: list[Block] = [Facts(_("Disclosure (AAPOR 2021)"), aapor(f))]
    if not f.published:
        blocks.append(Facts(_("Web survey (CHERRIES)"), cherries(f), blanks=_("Not stated by the study owner")))
    notes = [problem for problem in f.wave.receipt.problems if problem.severity != "warning"]
    title = _("The question and all its {nouns}").format(nouns=f.nouns.several)
    asked = Listing(title, item_lines(f), numbered=True, note=question(f))
    made: list[Block] = [
        Facts(_("How the file was read"), receipt(f)),
        Facts(_("How to repeat this report"), reproduction(f)),
    ]
    if notes:
        made.insert(1, Listing(_("Notes of the reader"), tuple(remark(problem) for problem in notes)))
    if len(f.items) > MANY_ITEMS:
        blocks += [asked, Together(tuple(made))]
    else:
        blocks.append(Together((asked, *made)))
    lead = _("What is known of how the data came about, and what was done with them here.")
    return Section("method", _("Method and disclosure"), (lead,), tuple(blocks))


def fact(name: str, *parts: str | None) -> Fact:
    """The parts that are stated, or an honest blank."""
    text = joined(plain(part) for part in parts if part)
    return Fact(name, text or _("not stated by the study owner"), bool(text))


def aapor(f: Findings) -> tuple[Fact, ...]:
    """The eleven items to disclose at once."""
    stated = f.study.settings.study
    return (
        fact(_("1. Data collection strategy"), strategy(f)),
        fact(_("2. Sponsor"), label(stated.sponsor)),
        fact(_("2. Conducted by"), label(stated.conducted_by)),
        fact(_("3. Measurement tool"), measurement(f)),
        fact(_("4. Population"), label(stated.population)),
        fact(
            _("5. Sample and recruitment"),
            sampling(f),
            *map(full_stop, (label(stated.frame), label(stated.recruitment))),
        ),
        fact(_("6. Mode"), label(stated.mode)),
        fact(_("7. Dates"), fieldwork(f)),
        fact(_("8. Sample size and precision"), size(f), assumption(f), guarantees(f)),
        fact(_("9. Weighting"), weighting(f)),
        fact(_("10. Processing and quality"), label(stated.processing), processing(f)),
        fact(_("11. Limitations"), label(stated.limitations)),
        fact(_("Source"), label(stated.source)),
        fact(_("Licence of the data"), label(stated.licence)),
        *((fact(_("Contact"), stated.contact),) if stated.contact else ()),
    )


def strategy(f: Findings) -> str:
    """What kind of data these are (AAPOR)."""
    if isinstance(f.wave.answers, Published):
        return _("Percentages of a published table; no answers of single respondents.")
    if f.study.settings.study.synthetic:
        return _("Synthetic answers, made up to show the method.")
    return _("A survey: answers of single respondents to one question.")


def measurement(f: Findings) -> str:
    """How the question was asked (AAPOR)."""
    asked = f.wave.question
    form = answer_form(f)
    if asked.item_order == "randomised":
        order = _("The items were shown in random order.")
    elif asked.item_order == "fixed":
        order = _("The items were shown in one fixed order.")
    else:
        order = _("The order in which items were shown is not stated by the study owner.")
    return joined((form, order, _("Wording and items are below.")))


def answer_form(f: Findings) -> str:
    """The form of the answers in one sentence."""
    asked, kind = f.wave.question, f.spread.kind
    m = numbers.count(len(f.items))
    nouns = f.nouns.several
    if kind == "published":
        several = isinstance(f.wave.answers, Published) and f.wave.answers.several_answers
        if several:
            return _("Shares of {m} {nouns}; several answers were possible.").format(m=m, nouns=nouns)
        return _("Shares of {m} {nouns}; one answer each.").format(m=m, nouns=nouns)
    if asked.format == "pairs":
        return _("Choices between two of {m} {nouns} at a time.").format(m=m, nouns=nouns)
    if asked.format == "points":
        return _("Points shared out over {m} {nouns}.").format(m=m, nouns=nouns)
    if asked.scale is not None and asked.scale.continuous:
        low, high = numbers.decimal(asked.scale.low, 0), numbers.decimal(asked.scale.high, 0)
        return _("Ratings of {m} {nouns} by sliders from {low} to {high}.").format(m=m, nouns=nouns, low=low, high=high)
    if kind == "levels":
        return _("Ratings of {m} {nouns} on a scale of {n} levels.").format(
            m=m, nouns=nouns, n=numbers.count(len(f.spread.levels))
        )
    if kind == "selected":
        if asked.max_choices:
            return _("Selection of up to {cap} of {m} {nouns}.").format(
                cap=numbers.count(asked.max_choices), m=m, nouns=nouns
            )
        return _("Selection of any of {m} {nouns}.").format(m=m, nouns=nouns)
    if kind == "best_worst":
        return _("Choice of the first and the last of sets of {m} {nouns}.").format(m=m, nouns=nouns)
    if asked.k and asked.k < len(f.items):
        return _("Rankings of up to {k} of {m} {nouns}.").format(k=numbers.count(asked.k), m=m, nouns=nouns)
    return _("Rankings of {m} {nouns}.").format(m=m, nouns=nouns)


def sampling(f: Findings) -> str:
    """How respondents were sampled (AAPOR)."""
    words = {
        "census": _("Everybody was asked (census)."),
        "probability": _("Probability sample."),
        "nonprobability": _("Nonprobability sample: respondents chose to take part or were chosen without known odds."),
    }
    return words[f.study.settings.study.sampling]


def fieldwork(f: Findings) -> str | None:
    """The dates of the fieldwork; None where not stated."""
    return numbers.date_range(*f.wave.fieldwork) if f.wave.fieldwork else None


def size(f: Findings) -> str | None:
    """Respondents, invited people and response rate."""
    estimate, profile = f.ranking.estimate, f.profile
    if f.published:
        return _("n = {n}, as published.").format(n=numbers.count(estimate.base)) if estimate.base else None
    n = ngettext("{n} respondent analysed.", "{n} respondents analysed.", profile.respondents).format(
        n=numbers.count(profile.respondents)
    )
    if profile.invited is None:
        return n
    rate = _("{invited} people were invited; the response rate is {rate}.").format(
        invited=numbers.count(profile.invited), rate=numbers.percent(profile.response_rate)
    )
    return joined((n, rate))


def weighting(f: Findings) -> str | None:
    """How answers are weighted, and what that costs; None where it is not known."""
    weights = f.profile.weights
    if f.published:
        return _("Weighted, as published.") if getattr(f.wave.answers, "weighted", False) else None
    if weights is None:
        return _("None: every respondent counts the same.")
    description = label(f.wave.settings.weight_description)
    figures = _("Design effect {deff}, effective n {n}.").format(
        deff=numbers.decimal(weights.design_effect, 2), n=numbers.count(weights.effective_n)
    )
    return joined((full_stop(description), figures))


def processing(f: Findings) -> str:
    """What this program did with the rows."""
    receipt = f.wave.receipt
    if not receipt.left_out:
        return _("All {n} rows of the file are used.").format(n=numbers.count(receipt.rows_read))
    rules = semicolons(
        _("{n}: {rule}").format(n=numbers.count(rule.count), rule=plain(rule.rule)) for rule in receipt.left_out
    )
    return _("Of {read} rows, {n} are used. Left out: {rules}.").format(
        read=numbers.count(receipt.rows_read), n=numbers.count(receipt.analysed), rules=rules
    )


def cherries(f: Findings) -> tuple[Fact, ...]:
    """What a web survey should report beside that."""
    stated, asked = f.study.settings.study, f.wave.question
    access = {"open": _("Open to any visitor."), "closed": _("Closed: by invitation only.")}
    mandatory = {True: _("The question had to be answered."), False: _("The question could be left out.")}
    order = {"randomised": _("Items in random order."), "fixed": _("Items in one fixed order.")}
    rate = f.profile.response_rate
    return (
        fact(_("Open or closed"), access.get(stated.access) if stated.access else None),
        fact(_("Contact"), label(stated.recruitment)),
        fact(_("Mandatory"), None if stated.mandatory is None else mandatory[stated.mandatory]),
        fact(_("Incentives"), label(stated.incentives)),
        fact(_("Randomisation"), order.get(asked.item_order) if asked.item_order else None),
        fact(_("Items and screens"), label(stated.screens)),
        fact(_("Completeness and duplicates"), label(stated.completeness)),
        fact(
            _("Participation rate"), _("{rate} of those invited.").format(rate=numbers.percent(rate)) if rate else None
        ),
        fact(_("Incomplete answers"), incomplete(f)),
    )


def incomplete(f: Findings) -> str | None:
    """What a blank means in this question."""
    words = {
        "below": _("An item left blank counts as below every ranked item."),
        "not_offered": _("An item left blank counts as not offered."),
        "not_answered": _("A blank answer counts as no answer."),
    }
    blank = f.wave.question.blank
    return words.get(blank) if blank else None


def question(f: Findings) -> str:
    """The wording of the question, in quotation marks."""
    text = plain(label(f.wave.question.text))
    return _("“{question}”").format(question=text) if text else _("Wording: not stated by the study owner.")


def item_lines(f: Findings) -> tuple[str, ...]:
    """Items in the order of the question; of options that are no items it is said that they are not ranked."""
    apart = _("{name} (not ranked)")
    items = f.wave.question.items or f.items
    return tuple(plain(item.name if item.kind is None else apart.format(name=item.name)) for item in items)


def receipt(f: Findings) -> tuple[Fact, ...]:
    """Every default used and everything detected."""
    read = f.wave.receipt
    form = _("{encoding}, “{delimiter}”").format(encoding=read.encoding, delimiter=_visible(read.delimiter))
    rows, columns = numbers.count(read.rows_read), numbers.count(read.columns)
    found = [
        fact(_("File"), read.file),
        fact(_("Encoding and delimiter"), form),
        fact(_("Rows and columns"), _("{rows} rows, {columns} columns").format(rows=rows, columns=columns)),
    ]
    if f.spread.kind == "levels":
        levels = commas(
            _("{value} {label}").format(value=numbers.decimal(level.value, 0), label=plain(label(level.label)))
            for level in f.spread.levels
        )
        found.append(fact(_("Scale"), levels))
    found += [fact(capital(plain(what)), value) for what, value in read.choices]
    if read.dropped_columns:
        found.append(fact(_("Columns not kept"), commas(read.dropped_columns)))
    if (marked := marked_lines(f.study)) is not None:
        found.append(marked)
    return tuple(found)


def _visible(delimiter: str) -> str:
    return _("tab") if delimiter == "\t" else plain(delimiter) or delimiter
