"""The chart of a result by itself, without a study or a report round it: what `result.plot()` gives.

The same charts as in the reports, with the words of the language in use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from obstacles.analysis.change.headline import change_headline
from obstacles.analysis.change.result import Change
from obstacles.analysis.disclosure.release.figures import Gaps
from obstacles.analysis.ranking.result import Ranking
from obstacles.analysis.regression.result import Regression
from obstacles.reports.change.findings import Compared
from obstacles.reports.change.sections.items import changes_data
from obstacles.reports.change.sections.ranks import slope_data
from obstacles.reports.charts import CHARTS
from obstacles.reports.charts.files import screen_png
from obstacles.reports.gap.findings import GroupGaps
from obstacles.reports.gap.sections.summary import gap_data
from obstacles.reports.regression.rows import coefficient_data, shown_rows, strongest_rows
from obstacles.reports.regression.words import Words
from obstacles.reports.research.sections.summary import ranking_data
from obstacles.reports.wave.findings import Ranked
from obstacles.reports.words.measures import measure_of
from obstacles.reports.words.naming import default_nouns
from obstacles.survey.question import Item
from obstacles.text.language import _, commas, language

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: object, **options: Any) -> Figure:
    """Draw a result.

    Parameters
    ----------
    result : Ranking, Change, Gaps or Regression
        What `rank`, `compare`, `gaps` and `regress` return.
    options
        As the `plot` method of the result takes them.

    Returns
    -------
    matplotlib.figure.Figure
        174 mm wide, with its texts as texts. A notebook shows it; `figure.savefig` writes it.

    Raises
    ------
    TypeError
        For a result of another kind.
    ValueError
        Where there is nothing to draw.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> figure = ob.plot(ob.rank(study))
    >>> figure.savefig("ranking.pdf")
    """
    for kind, draw in PLOTS.items():
        if isinstance(result, kind):
            figure = draw(result, **options)
            vars(figure)["_repr_png_"] = partial(screen_png, figure)  # a notebook shows it without pyplot
            return figure
    known = commas(kind.__name__ for kind in PLOTS)
    message = _("there is no chart of a {kind}; charts are drawn of {known}.")
    raise TypeError(message.format(kind=type(result).__name__, known=known))


def _ranking(ranking: Ranking) -> Figure:
    return CHARTS["ranking"](ranking_data(Ranked(ranking, measure_of(ranking))))


def _change(change: Change, *, first: str | None = None, last: str | None = None) -> Figure:
    """Two sides against each other: changes where any is tested, ranks of all sides where levels do not compare."""
    pair = change.main
    if first is not None or last is not None:
        ids = [side.id for side in change.sides]
        wanted = (first if first is not None else ids[0], last if last is not None else ids[-1])
        pairs = {(ids[each.first], ids[each.second]): each for each in change.pairs}
        if wanted not in pairs:
            message = _("no two sides were compared that are {first} and {last}, in this order. The sides are {known}.")
            raise ValueError(message.format(first=wanted[0], last=wanted[1], known=", ".join(ids)))
        pair = pairs[wanted]
    compared = Compared(change, default_nouns(), change_headline(pair, level=change.rules.level), pair)
    if not pair.compared or pair.verdicts is None:
        return CHARTS["slope"](slope_data(compared))
    data = changes_data(compared, pair.verdicts)
    heading = _("{last} less {first}: {heading}").format(
        first=compared.names[pair.first], last=compared.names[pair.second], heading=data.heading
    )
    return CHARTS["changes"](replace(data, heading=heading))


def _gaps(release: Gaps, *, group: str = "") -> Figure:
    return CHARTS["gaps"](gap_data(GroupGaps(release, release.group(group))))


def _regression(regression: Regression) -> Figure:
    items = {id: Item(id, {language(): text}) for id, text in regression.items.items()}
    words = Words(default_nouns(), items, tuple(items), "")
    rows = shown_rows(regression, words).rows or strongest_rows(regression, words)
    if not rows:
        raise ValueError(_("no coefficient of this model can be shown: too few respondents stand behind each."))
    return CHARTS["coefficients"](coefficient_data(regression, words, rows))


PLOTS: dict[type, Callable[..., Figure]] = {
    Ranking: _ranking,
    Change: _change,
    Gaps: _gaps,
    Regression: _regression,
}
