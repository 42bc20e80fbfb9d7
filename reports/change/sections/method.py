"""How the comparison was made: every change of items and wording, disclosure of each wave, and how to repeat it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from obstacles.analysis.change.pseudo_observations import OTHERS
from obstacles.reports.change.findings import measure_name
from obstacles.reports.change.sections.parts import guarantees, named, uncertainty
from obstacles.reports.wave import method_box
from obstacles.reports.wave.cover import marked_lines
from obstacles.reports.wave.reproducibility import (
    repeated,
)
from obstacles.reports.words import numbers, tables
from obstacles.reports.words.measures import score_words
from obstacles.reports.words.naming import plain
from obstacles.reports.words.page_blocks import Block, Cell, Column, Fact, Facts, Listing, Row, Section, Table, Together
from obstacles.text.language import _, full_stop, joined, label, ngettext

if TYPE_CHECKING:
    from obstacles.reports.change.findings import ChangeFindings
    from obstacles.reports.wave.findings import Findings

MOST_WAVES = 6  # waves whose disclosure is printed in full; of more, the first and the last


def section(f: ChangeFindings) -> Section:
    """The section on how waves were asked and compared."""
    blocks: list[Block] = [status_table(f)]
    blocks += questions(f)
    blocks.append(Facts(_("Disclosure (AAPOR 2021)"), shared_facts(f)))
    blocks.append(Facts(_("Wave by wave"), disclosures(f)))
    if not f.waves[-1].published:
        cherries = method_box.cherries(f.waves[-1])
        title = _("Web survey (CHERRIES), {wave}").format(wave=f.names[-1])
        blocks.append(Facts(title, cherries, blanks=_("Not stated by the study owner")))
    blocks.append(
        Together((Facts(_("How the comparison is made"), rules(f)), Facts(_("How to repeat this report"), repeat(f))))
    )
    lead = _("What changed in items and wording, what is known of each wave, and what was done here.")
    return Section("method", _("Notes and method"), (lead,), tuple(blocks))


def disclosures(f: ChangeFindings) -> tuple[Fact, ...]:
    """What is known of each wave, fact by fact; waves of which the same is known are named together."""
    found = list(zip(f.names, f.waves, strict=True))
    shown = found if len(found) <= MOST_WAVES else [found[0], found[-1]]
    facts = [(name, {fact.name: fact for fact in wave_facts(wave)}) for name, wave in shown]
    names = list(dict.fromkeys(name for _wave, own in facts for name in own))
    return tuple(
        _over_waves(name, [(wave, own[name]) for wave, own in facts if name in own], len(shown)) for name in names
    )


def _over_waves(name: str, stated: list[tuple[str, Fact]], waves: int) -> Fact:
    """One fact of all waves: once where it is the same in all, else wave by wave."""
    texts: dict[str, list[str]] = {}
    for wave, fact in stated:
        texts.setdefault(fact.text, []).append(wave)
    if len(texts) == 1 and len(stated) == waves:
        return replace(stated[0][1], name=name)
    lines = (_("{waves}: {text}").format(waves=numbers.listing(own), text=text) for text, own in texts.items())
    return Fact(name, "\n".join(lines))


def status_table(f: ChangeFindings) -> Table:
    """What became of every item over the waves."""
    words = {
        "same": _("the same in every wave"),
        "merged": _("merged"),
        "reworded": _("reworded"),
        "split": _("split"),
        "new": _("new"),
        "dropped": _("dropped"),
        "partly": _("not asked every time"),
    }
    columns = (
        *tables.item_columns(_("Item")),
        Column("status", _("Status"), "text"),
        Column("compared", _("Compared"), "text"),
        Column("reason", _("Note"), "text"),
    )
    rows = []
    for one in f.change.comparability.statuses:
        note = plain(one.reason)
        cells = (
            *tables.item_cells(one.item),
            Cell(words[one.status], one.status),
            Cell(_("yes") if one.compared else _("no"), str(one.compared).lower()),
            Cell(note or numbers.MISSING, note or None),
        )
        rows.append(Row(cells, on_page=one.status != "same"))
    return Table(
        id="items",
        title=_("What became of every item"),
        subtitle=_kept(f),
        columns=columns,
        rows=tuple(rows),
        on_page=not _plain_list(f),
    )


def _kept(f: ChangeFindings) -> str:
    """How many items need no row of their own."""
    n = sum(one.status == "same" for one in f.change.comparability.statuses)
    message = ngettext(
        "The other {n} is the same in every wave. Only items that are the same or merged are compared.",
        "The other {n} are the same in every wave. Only items that are the same or merged are compared.",
        n,
    )
    return message.format(n=numbers.count(n))


def _plain_list(f: ChangeFindings) -> bool:
    """Whether all items are the same in every wave: then the question's list says it."""
    return all(one.status == "same" for one in f.change.comparability.statuses)


def questions(f: ChangeFindings) -> list[Block]:
    """The wording of each wave, once where it is the same, and the items of the last one."""
    texts: dict[str, list[int]] = {}
    for i, wave in enumerate(f.waves):
        texts.setdefault(method_box.question(wave), []).append(i)
    lines = [
        ngettext("Wave {waves}: {text}", "Waves {waves}: {text}", len(waves)).format(waves=named(f, waves), text=text)
        for text, waves in texts.items()
    ]
    last = f.waves[-1]
    title = _("All {nouns} of wave {wave}").format(nouns=f.nouns.several, wave=f.names[-1])
    return [
        Listing(_("The question of each wave"), tuple(lines)),
        Listing(title, method_box.item_lines(last), numbered=True),
    ]


def shared_facts(f: ChangeFindings) -> tuple[Fact, ...]:
    """What the study states once for all waves; what differs by wave stands below it."""
    last = f.waves[-1]
    apart = {_("3. Measurement tool"), _("7. Dates"), _("9. Weighting"), _("10. Processing and quality")}
    found = [fact for fact in method_box.aapor(last) if fact.name not in apart]
    precision = method_box.fact(_("8. Precision"), uncertainty(f), guarantees(f))
    processing = method_box.fact(_("10. Processing and quality"), label(f.study.settings.study.processing))
    at = next(i for i, fact in enumerate(found) if fact.name == _("8. Sample size and precision"))
    return (*found[:at], precision, processing, *found[at + 1 :])


def wave_facts(wave: Findings) -> tuple[Fact, ...]:
    """What AAPOR and CHERRIES ask of one wave."""
    facts = [
        method_box.fact(_("3. Measurement tool"), method_box.answer_form(wave)),
        method_box.fact(_("7. Dates"), method_box.fieldwork(wave)),
        method_box.fact(_("8. Sample size"), method_box.size(wave)),
        method_box.fact(_("9. Weighting"), method_box.weighting(wave)),
        method_box.fact(_("10. Processing"), method_box.processing(wave)),
    ]
    if not wave.published:
        facts.append(method_box.fact(_("Incomplete answers"), method_box.incomplete(wave)))
    note = plain(label(wave.wave.settings.note))
    if note:
        facts.append(method_box.fact(_("Note"), note))
    facts.append(method_box.fact(_("File"), wave.wave.receipt.file))
    return tuple(facts)


def rules(f: ChangeFindings) -> tuple[Fact, ...]:
    """Measures, tests and corrections in words that can be cited."""
    kind = {
        "panel": _("Panel: respondents are joined by their ids; unmatched ones count with the wave they answered."),
        "repeated_cross_section": _("Repeated cross-section: the waves are taken as independent samples."),
    }
    facts = [
        Fact(_("Kind"), kind[f.change.kind]),
        Fact(_("Level"), _level(f)),
        Fact(_("Ranks"), _order(f)),
        Fact(
            _("Likeness of orders"),
            _(
                "Kendall's tau, Spearman's rho and rank-biased overlap (Webber et al. 2010) with persistence {value}."
            ).format(value=numbers.decimal(f.main.agreement.sample.persistence, 2)),
        ),
    ]
    if (marked := marked_lines(f.study)) is not None:
        facts.append(marked)
    if f.main.compared:
        facts.append(Fact(_("Single items"), _single(f)))
    if f.main.homogeneity is not None:
        test = _(
            "Likelihood ratio for equally weighted, independent respondents, else a Wald test with F reference "
            "(Korn and Graubard 1990). Tests leave out the finite population correction (Cochran 1977, 2.14)."
        )
        facts.append(Fact(_("Whole list"), test))
    breaks = _("Waves are never linked by a factor guessed from the data: only a parallel run measures a break.")
    facts.append(Fact(_("Breaks"), breaks))
    if f.change.rules.smallest is not None:
        facts.append(Fact(_("Smallest change of interest"), f.units.size(f.change.rules.smallest)))
    return tuple(facts)


def _order(f: ChangeFindings) -> str:
    methods = dict.fromkeys(score_words(side.order.method, f.change.k).name for side in f.change.sides)
    text = _("{methods}, among the items that every wave asked.").format(methods=numbers.listing(list(methods)))
    if f.main.ranks.first.sets is None:
        return text
    flipped = [s.sets is not None and s.sets.method.startswith("sign flips") for s in f.change.orders]
    sets = _("Confidence sets of Mogstad, Romano, Shaikh and Wilhelm (2024) at {level} in each wave.")
    if any(flipped):
        sets = _(
            "Confidence sets for ranks at {level} in each wave (Mogstad, Romano, Shaikh and Wilhelm 2024); signs are "
            "flipped where worths are penalised or respondents few (Romano and Wolf 2005)."
        )
    return joined([text, sets.format(level=numbers.level(1 - (1 - f.change.rules.level) / 2))])


def _level(f: ChangeFindings) -> str:
    """What is compared item by item."""
    if any(pair.compared for pair in f.change.pairs):
        return joined([full_stop(f.units.method.name), f.units.method.meaning])
    measures = dict.fromkeys(measure_name(f, side) for side in range(len(f.change.sides)))
    return _("Shown and not compared: {measures}.").format(measures=numbers.listing(list(measures)))


def _single(f: ChangeFindings) -> str:
    corrections = {"holm": "Holm", "bh": "Benjamini-Hochberg"}
    text = _(
        "Differences with t intervals and the degrees of freedom of the smaller side; {correction} over the items; "
        "equivalence by two one-sided tests (Schuirmann 1987)."
    ).format(correction=corrections[f.change.rules.correction])
    verdicts = f.verdicts
    if verdicts is None or not f.main.independent:
        return text
    if verdicts.scale == "proportion":
        return joined([text, _("An answer is added at either end on both sides (Agresti and Caffo 2000).")])
    if verdicts.method in OTHERS:
        return joined([text, _("Half an answer is added at either end of the scale on both sides.")])
    return text


def repeat(f: ChangeFindings) -> tuple[Fact, ...]:
    """Hashes, settings and versions by which the comparison is repeated."""
    settings = _("level {level}; seed {seed}; k = {k}").format(
        level=numbers.level(f.change.rules.level), seed=f.change.seed, k=f.change.k
    )
    facts = (Fact(_("Study and data, SHA-256"), f.study.sha256), Fact(_("Settings"), settings))
    return repeated(f.waves[-1], *facts, command=command(f))


def command(f: ChangeFindings) -> str:
    """The command that makes this report."""
    words = ["obstacles", "report", f.study.path.name, "--kind", "change"]
    if f.change.id is not None:
        words += ["--comparison", f.change.id]
    ids = [side.id for side in f.change.sides]
    if len(ids) == 2 and (f.stated is None or list(f.stated.waves) != ids):
        words += ["--waves", *ids]
    for column, groups in f.change.where.items():
        words += [word for group in groups for word in ("--where", f"{column}={group}")]
    return shlex.join([*words, "--level", f"{f.change.rules.level:g}", "--k", str(f.change.k)])
