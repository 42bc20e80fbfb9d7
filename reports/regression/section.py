"""What goes with it: every [[model]] of the study, by the kind of what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from obstacles.analysis.regression.kinds.drivers import Drivers
from obstacles.analysis.regression.kinds.pick_any import Association
from obstacles.analysis.regression.regress import Refusal
from obstacles.analysis.regression.result import Regression
from obstacles.analysis.regression.structure import Classes, Tree
from obstacles.reports.regression import groups, rows, shares
from obstacles.reports.regression.beside_groups import beside_groups
from obstacles.reports.regression.words import Words
from obstacles.reports.wave.estimates import source
from obstacles.reports.words.naming import nouns_of, plain
from obstacles.reports.words.page_blocks import Block, Prose, Section
from obstacles.text.language import _

if TYPE_CHECKING:
    from obstacles.analysis.regression.kinds import Result
    from obstacles.reports.wave.findings import Findings
    from obstacles.survey.study import Study, Wave


def section(f: Findings) -> Section | None:
    """None where the study has no [[model]] for the wave."""
    if not f.regressions:
        return None
    words = Words(f.nouns, {item.id: item for item in f.items}, tuple(f.items[i].id for i in f.order), source(f))
    blocks: list[Block] = []
    for found in f.regressions:
        first, *others = blocks_of(found, words)
        text = beside_groups(found, words, f.groups) if isinstance(found, Regression) else ""
        blocks += [first, *([Prose((text,))] if text else []), *others]
    return Section("regression", _("What goes with it"), (lead(),), tuple(blocks))


def lead() -> str:
    """How to read the section, above all that these are associations."""
    return _(
        "Who answers how: each term of a model with its other terms held equal. These are associations and do not say "
        "what would follow if anything were changed."
    )


def words_of(study: Study, wave: Wave, order: Sequence[str] = ()) -> Words:
    """The words of a study where there is no report: items in their own order by default."""
    items = {item.id: item for item in wave.answers.items}
    return Words(nouns_of(study), items, tuple(order) or tuple(items), "", columns=0)


def blocks_of(found: Result | Refusal, words: Words) -> tuple[Block, ...]:
    """What a report says of one model."""
    return BLOCKS[type(found)](found, words)


def _refusal(found: Refusal, words: Words) -> tuple[Block, ...]:
    message = _("This model cannot be fitted to these answers: {reason}")
    return (Prose((message.format(reason=plain(found.reason)),), title=plain(found.title) or found.name),)


BLOCKS: dict[type, Callable[[Any, Words], tuple[Block, ...]]] = {  # what was found -> its words
    Refusal: _refusal,
    Regression: rows.blocks_of,
    Association: shares.association,
    Drivers: shares.drivers,
    Classes: groups.classes,
    Tree: groups.tree,
}
