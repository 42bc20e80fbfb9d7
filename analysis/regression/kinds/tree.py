"""Plackett-Luce trees: groups of respondents with worths of their own, found step by step (Strobl, Wickelmaier and
Zeileis 2011; Turner et al. 2020).

At every node each covariate is tested for whether the worths depend on it, Bonferroni over the covariates; the one with
the smallest p-value is cut where the likelihood gains most, until nothing is significant or nodes are too small. Scores
are weighted and summed over primary units, so that designs count. Intervals of the groups found take these as given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np

from obstacles.analysis.choice.choice_sets import Choices, TiesError, choice_counts, choices, connectivity
from obstacles.analysis.choice.plackett_luce_fit import WorthFit, fit_counts, scores
from obstacles.analysis.choice.told import Rows, told_by_rankings
from obstacles.analysis.inference.estimate import on_display_scale
from obstacles.analysis.inference.newton import ConvergenceError
from obstacles.analysis.inference.worth_answers import PSEUDO
from obstacles.analysis.kinds.base import rows as rows_of
from obstacles.analysis.prepare import ModelError, converging
from obstacles.analysis.regression.fitting import about_of, notes_around
from obstacles.analysis.regression.imputation import complete_sheet
from obstacles.analysis.regression.instability import cut_points, ordered, unordered
from obstacles.analysis.regression.kinds.base import RegressionKind
from obstacles.analysis.regression.kinds.latent_classes import reason_not_applicable
from obstacles.analysis.regression.model import ModelData, ModelInput
from obstacles.analysis.regression.result import Check, TermTest
from obstacles.analysis.regression.structure import ClassItem, Node, Tree
from obstacles.analysis.scores.worths import Fitted, check_offered, worth_estimate
from obstacles.analysis.subpopulation import domain_df
from obstacles.survey.answers import Rankings
from obstacles.text.language import _, commas, ngettext

LEAST = 30  # respondents of a node, or the study's minimum where that is more
DEEPEST = 4
EVERY_SPLIT = 8  # groups up to which every division in two is tried


@dataclass(frozen=True)
class _TreeData:
    """What every node of one tree shares."""

    sheet: ModelData
    read: Choices
    answers: Rankings  # of the r rows used
    weight: np.ndarray  # (r,)
    variables: Mapping[str, tuple[np.ndarray, bool]]  # name -> values by row, whether they have an order
    least: int
    rng: np.random.Generator


def fit(given: ModelInput) -> Tree:
    """Grow the tree of a model's formula, which names the covariates.

    Raises
    ------
    ModelError
        For rankings with ties, interactions in the formula, or imputed covariates.
    """
    sheet = complete_sheet(given)
    if any(term not in sheet.data.columns for term, _columns in sheet.matrix.terms):
        raise ModelError(_('kind "tree" takes covariates joined by +: it finds interactions and cut points by itself.'))
    soil = _prepare(sheet)
    nodes: list[Node] = []
    _grow(soil, nodes, np.ones(len(soil.weight), bool), None, "", 0)
    names = commas(soil.variables)
    leaves = sum(node.variable is None for node in nodes)
    text = ngettext(
        "{n} group: along no covariate ({names}) are the worths shown to differ.",
        "{n} groups, by covariates among {names}.",
        leaves,
    )
    return Tree(
        about=about_of(given, sheet, imputations=0),
        items={item.id: item.name for item in given.prepared.answers.items},
        nodes=tuple(nodes),
        checks=(Check(_("groups found"), "", None, text.format(n=leaves, names=names)),),
        notes=notes_around(sheet, *_notes(soil.least)),
    )


def _notes(least: int) -> tuple[str, ...]:
    corrected = _(
        "Tests at every node are corrected for the number of covariates (Bonferroni); nodes hold {n} or more."
    )
    return (
        corrected.format(n=least),
        _("The groups were found in the same answers: intervals take them as given and are too short for new data."),
        _("Every item was given half a pseudo-comparison won and half lost in every node."),
    )


def _prepare(sheet: ModelData) -> _TreeData:
    given = sheet.given
    whole = given.prepared.typed(Rankings)
    answers = rows_of(whole, sheet.used[whole.respondent])
    check_offered(answers.items, answers.offered)
    row = np.searchsorted(sheet.respondent, answers.respondent)
    variables = {}
    for name in sheet.matrix.variables:
        column = sheet.data[name]
        if hasattr(column, "cat"):
            variables[name] = (column.cat.codes.to_numpy()[row], name in given.model.levels)
        else:
            variables[name] = (column.to_numpy(float)[row], True)
    try:
        read = choices(answers.ranks, answers.offered)
    except TiesError:
        raise ModelError(_("trees are offered for rankings without ties.")) from None
    weight = given.prepared.sample.weight[answers.respondent] * answers.answer_counts
    least = max(LEAST, given.covariates.minimum)
    rng = np.random.default_rng(given.seed)
    return _TreeData(sheet, read, answers, weight, variables, least, rng)


def _part(read: Choices, rows: np.ndarray) -> Choices:
    return Choices(read.stage[:, rows], read.offered[rows], read.faced[:, rows], read.sets)


def _fitted(soil: _TreeData, rows: np.ndarray, fit: WorthFit) -> Fitted:
    """The fit to a node with the answers it was made to."""
    n = soil.sheet.given.prepared.sample.n
    whose = Rows(soil.answers.respondent[rows], soil.weight[rows], n)
    graph = connectivity(soil.answers.ranks[rows], soil.answers.offered[rows])
    build = partial(told_by_rankings, _part(soil.read, rows), whose)
    return Fitted(fit.log_worth + fit.location, fit.pseudo, graph, whose, build)


def _fit(soil: _TreeData, rows: np.ndarray) -> WorthFit:
    return fit_counts(choice_counts(_part(soil.read, rows), soil.weight[rows]), pseudo=PSEUDO)


def _grow(soil: _TreeData, nodes: list[Node], rows: np.ndarray, parent: int | None, rule: str, depth: int) -> int:
    """Add the node of some rows and those below it; gives its number."""
    with converging(_("a node's worths did not converge: {reason}.")):
        fit = _fit(soil, rows)
    number = len(nodes)
    tests = _tests(soil, rows, fit) if depth < DEEPEST and _people(soil, rows) >= 2 * soil.least else ()
    found = _split(soil, rows, tests)
    share = float(soil.weight[rows].sum() / soil.weight.sum())
    base, items = _people(soil, rows), _worths(soil, rows, fit)
    nodes.append(Node(number, parent, rule, base, share, items, tests, None, ()))
    if found is None:
        return number
    variable, sides = found
    children = tuple(_grow(soil, nodes, inside, number, words, depth + 1) for words, inside in sides)
    nodes[number] = replace(nodes[number], variable=variable, children=children)
    return number


def _people(soil: _TreeData, rows: np.ndarray) -> int:
    return round(float(soil.answers.answer_counts[rows].sum()))


def _inside(soil: _TreeData, rows: np.ndarray) -> np.ndarray:
    """(n,) bool: respondents of some rows."""
    inside = np.zeros(soil.sheet.given.prepared.sample.n, bool)
    inside[soil.answers.respondent[rows]] = True
    return inside


def _tests(soil: _TreeData, rows: np.ndarray, fit: WorthFit) -> tuple[TermTest, ...]:
    """Every covariate's test at one node, Bonferroni."""
    sample, inside = soil.sheet.given.prepared.sample, _inside(soil, rows)
    weight = soil.weight[rows]
    score = scores(_part(soil.read, rows), fit.log_worth, weight=weight)
    score = score - weight[:, None] * score.sum(axis=0) / weight.sum()  # the penalty's part, so that they sum to zero
    order = np.argsort(soil.answers.respondent[rows], kind="stable")
    df = domain_df(sample, inside)
    made = []
    for name, (values, has_order) in soil.variables.items():
        value = values[rows][order]
        if has_order:
            test = ordered(score[order], value, weight[order], sample, inside, soil.rng, name)
        else:
            test = unordered(score[order], value, weight[order], sample, inside, df, name)
        if test is not None:
            made.append(TermTest(name, "", test, test.p))
    return tuple(TermTest(one.term, "", one.test, min(one.test.p * len(made), 1.0)) for one in made)


Side = tuple[str, np.ndarray]


def _split(soil: _TreeData, rows: np.ndarray, tests: tuple[TermTest, ...]) -> tuple[str, tuple[Side, Side]] | None:
    """The covariate with the smallest significant p-value that can be cut, and both sides of its best cut."""
    alpha = 1 - soil.sheet.given.level
    for test in sorted(tests, key=lambda one: (one.adjusted, -one.test.statistic)):
        if test.adjusted > alpha:
            return None
        found = _best_cut(soil, rows, test.term)
        if found is not None:
            return test.term, found
    return None


def _best_cut(soil: _TreeData, rows: np.ndarray, name: str) -> tuple[Side, Side] | None:
    """The cut of one covariate with the largest likelihood."""
    values, has_order = soil.variables[name]
    best: tuple[float, tuple[Side, Side]] | None = None
    for words, other, left in _cuts(soil, rows, name, values, has_order):
        right = rows & ~left
        if min(_people(soil, left), _people(soil, right)) < soil.least:
            continue
        try:
            value = _fit(soil, left).log_likelihood + _fit(soil, right).log_likelihood
        except ConvergenceError:
            continue
        if best is None or value > best[0]:
            best = value, ((words, left), (other, right))
    return None if best is None else best[1]


def _cuts(
    soil: _TreeData, rows: np.ndarray, name: str, values: np.ndarray, has_order: bool
) -> list[tuple[str, str, np.ndarray]]:
    """Divisions in two: the rule of either side, and the rows of the first."""
    column = soil.sheet.data[name]
    if not hasattr(column, "cat"):
        cuts = cut_points(values[rows], soil.weight[rows])
        return [(f"{name} ≤ {cut:g}", f"{name} > {cut:g}", rows & (values <= cut)) for cut in cuts]
    labels = [str(level) for level in column.cat.categories]
    present = [int(code) for code in np.unique(values[rows])]
    if not has_order and len(present) > EVERY_SPLIT:
        present = _by_worths(soil, rows, values, present)
        has_order = True
    if has_order:
        divisions = [present[:i] for i in range(1, len(present))]
    else:
        first, others = present[0], present[1:]
        divisions = [[first, *some] for size in range(len(others)) for some in combinations(others, size)]
    found = []
    for some in divisions:
        rest = [code for code in present if code not in some]
        words, other = (
            _("{name}: {value}").format(name=name, value=commas(labels[code] for code in sorted(side)))
            for side in (some, rest)
        )
        found.append((words, other, rows & np.isin(values, some)))
    return found


def _by_worths(soil: _TreeData, rows: np.ndarray, values: np.ndarray, present: list[int]) -> list[int]:
    """Groups in the order of the first principal component of their worths."""
    worths = []
    for code in present:
        try:
            worths.append(_fit(soil, rows & (values == code)).log_worth)
        except ConvergenceError:
            worths.append(np.zeros(len(soil.answers.items)))
    whole = np.array(worths) - np.mean(worths, axis=0)
    component = whole @ np.linalg.svd(whole, full_matrices=False)[2][0]
    return [present[i] for i in np.argsort(component, kind="stable")]


def _worths(soil: _TreeData, rows: np.ndarray, fit: WorthFit) -> tuple[ClassItem, ...]:
    """Worths of one node with the design's errors."""
    prepared = soil.sheet.given.prepared
    sample = prepared.sample
    influence = np.zeros((sample.n, len(soil.answers.items)))
    part = scores(_part(soil.read, rows), fit.log_worth, by=fit.inverse, weight=soil.weight[rows])
    np.add.at(influence, soil.answers.respondent[rows], part)
    df = domain_df(sample, _inside(soil, rows))
    base = np.full(len(soil.answers.items), int(df) + 1)
    estimate = worth_estimate(
        prepared,
        method="plackett-luce",
        log_worth=fit.log_worth,
        influence=influence,
        inverse=fit.inverse,
        item_base=base,
        fitted=_fitted(soil, rows, fit),
    )
    shown = on_display_scale(estimate, level=soil.sheet.given.level)
    ids = [item.id for item in prepared.answers.items]
    return tuple(
        ClassItem(ids[i], float(shown.value[i]), float(shown.low[i]), float(shown.high[i]))
        for i in np.argsort(-shown.value, kind="stable")
    )


KIND = RegressionKind(reason_not_applicable, fit)
