"""Sentences about categories: which is first, how many items each has, and whether the order holds per item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstacles.reports.wave.sentences import first_place
from obstacles.reports.words import numbers
from obstacles.reports.words.naming import Nouns, capital, chart_name, sentence_names
from obstacles.text.language import _, commas, full_stop, ngettext, semicolons

if TYPE_CHECKING:
    from obstacles.analysis.categories.members import Categories
    from obstacles.analysis.ranking.result import Ranking


def category_nouns() -> Nouns:
    """What categories are called."""
    return Nouns(_("category"), _("categories"))


def category_sentences(ranking: Ranking, items: Nouns) -> list[str]:
    """The first place, the sizes of the categories, the first place per item, and who is left out; names are marked.

    Parameters
    ----------
    items : Nouns
        What the items are called.
    """
    made = [first_place(ranking, category_nouns()), sizes(ranking, items), per_item(ranking, items)]
    return [sentence for sentence in (*made, left_out(ranking, items)) if sentence]


def sizes(ranking: Ranking, items: Nouns) -> str:
    """How many items the categories have, and that size counts."""
    assert ranking.by_category is not None
    counts = ranking.by_category.categories.sizes
    low, high = int(counts.min()), int(counts.max())
    if low == high:
        message = ngettext("Every category has {n} {noun}.", "Every category has {n} {nouns}.", low)
        return message.format(n=numbers.count(low), noun=items.one, nouns=items.several)
    message = _("The categories have {low} to {high} {nouns}.")
    if ranking.by_category.way != "mean":
        message = _("The categories have {low} to {high} {nouns}, and one with more of them is larger by that alone.")
    return message.format(low=numbers.count(low), high=numbers.count(high), nouns=items.several)


def per_item(ranking: Ranking, items: Nouns) -> str:
    """Whether the order is another by the mean of each category's items, and what may be said of the first place."""
    assert ranking.by_category is not None
    mean = ranking.by_category.per_item
    if mean is None:
        return ""
    if not ranking.orders_differ:
        message = _("By the mean of each category's {nouns} the order in the sample is the same.")
        return message.format(nouns=items.several)
    message = _("By the mean of each category's {nouns} the order is another: {finding}")
    return message.format(nouns=items.several, finding=first_place(mean, category_nouns()))


def members_in_words(categories: Categories, items: Nouns) -> str:
    """How many items each category has: "Obstacles of each category: Data resources 2, Technology 1." """
    pairs = zip(categories.items, categories.sizes, strict=True)
    parts = [_("{name} {value}").format(name=chart_name(item), value=numbers.count(int(n))) for item, n in pairs]
    message = _("{nouns} of each category: {parts}.")
    return message.format(nouns=capital(items.several), parts=commas(parts))


def members(categories: Categories) -> str:
    """The items of each category: "Data resources: data quality, data sharing; technology: cost." """
    parts = (
        _("{name}: {value}").format(
            name=chart_name(item), value=commas(chart_name(one) for one in categories.items_in(place))
        )
        for place, item in enumerate(categories.items)
    )
    return full_stop(semicolons(parts))


def how_made(ranking: Ranking, items: Nouns) -> str:
    """How items make their category."""
    assert ranking.by_category is not None
    message = {
        "any": _("A respondent who names any {noun} of a category names the category."),
        "sum": _("The figures of a category's {nouns} are added up."),
        "mean": _("The figure of a category is the mean of its {nouns}."),
    }[ranking.by_category.way]
    return message.format(noun=items.one, nouns=items.several)


def left_out(ranking: Ranking, items: Nouns) -> str:
    """Items without a category."""
    assert ranking.by_category is not None
    out = ranking.by_category.categories.left_out
    if not out:
        return ""
    if len(out) > 4:
        message = _("{n} {nouns} have no category and are left out.")
        return message.format(n=numbers.count(len(out)), nouns=items.several)
    message = ngettext(
        "{names} has no category and is left out.", "{names} have no category and are left out.", len(out)
    )
    return message.format(names=numbers.listing(sentence_names(out)))
