"""Selections by group: does any item's share differ between the groups of a column, over all items at once?

The sum over items of Pearson's statistics, X = sum of W_g (p_gj - p_j)^2 / (p_j (1 - p_j)), against its distribution
under the design (Bilder and Loughin 2004; Rao and Scott 1984): items of one questionnaire are not independent, so that
X is no chi-square. F = X / sum of lambda on d = (sum)^2 / (sum of squares) and d v degrees of freedom, lambda the
eigenvalues of the covariance of the differences in the metric of X. Marginal tests: nothing else is held equal. Single
groups are held against everybody else (`against_rest`), and hold only where the test of their column does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.against_rest import against_rest
from obstacles.analysis.regression.few_units import FEWEST
from obstacles.analysis.regression.fitting import about_of, notes_around, untested_note
from obstacles.analysis.regression.imputation import complete_sheet
from obstacles.analysis.regression.kinds.base import RegressionKind
from obstacles.analysis.regression.kinds.selection import marks_of, reason_not_applicable
from obstacles.analysis.regression.model import ModelData, ModelInput
from obstacles.analysis.regression.result import About, TermTest, about_dict, term_dict
from obstacles.analysis.regression.summary import with_adjusted
from obstacles.text.language import _, commas

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class GroupShare:
    """The share of one group that marked one item, and how far it is from that of everybody used."""

    group: str  # column
    level: str
    item: str
    share: float
    difference: float  # from the share of all respondents used
    low: float
    high: float
    p: float
    adjusted: float  # within the family of all cells
    base: int


@dataclass(frozen=True)
class Association:
    """Selections by the groups of one or more columns."""

    about: About
    items: Mapping[str, str]  # id -> label
    tests: tuple[TermTest, ...]  # of each column, over all items
    item_tests: tuple[TermTest, ...]
    shares: tuple[GroupShare, ...]
    notes: tuple[str, ...]
    checks: tuple[Any, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            **about_dict(self.about),
            "tests": [term_dict(test) for test in self.tests],
            "item_tests": [term_dict(test) for test in self.item_tests],
            "shares": [asdict(share) for share in self.shares],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per group and item."""
        import pandas as pd

        return pd.DataFrame([asdict(share) for share in self.shares])


@dataclass(frozen=True)
class Differences:
    """Shares of the groups of one column against those of everybody."""

    share: np.ndarray  # (g, m)
    overall: np.ndarray  # (m,)
    weight: np.ndarray  # (g, m) weighted respondents who were offered the item
    influence: np.ndarray  # (r, g m) of the differences, group sizes held


def fit(given: ModelInput) -> Association:
    """Test every column of the formula.

    Raises
    ------
    ModelError
        For a formula with anything but groups, or items that everybody or nobody marked.
    """
    sheet = complete_sheet(given)
    if any(":" in term or term not in sheet.data.columns for term, _columns in sheet.matrix.terms):
        raise ModelError(_('kind "pick_any" takes groups joined by +, such as formula = "grade + role".'))
    if any(not hasattr(sheet.data[name], "cat") for name in sheet.matrix.variables):
        raise ModelError(_('kind "pick_any" takes groups, not numbers.'))
    marks, offered = marks_of(sheet)
    items = [j for j in given.items if 0 < sheet.weight @ (marks[:, j] & offered[:, j]) < sheet.weight @ offered[:, j]]
    if not items:
        raise ModelError(_("no item was marked by some of the respondents used and left by others."))
    names = {given.prepared.answers.items[j].id: given.label(j) for j in items}
    tests: list[TermTest] = []
    single: list[TermTest] = []
    shares: list[GroupShare] = []
    untested: list[str] = []
    correction = given.model.correction
    for column in sheet.matrix.variables:
        code = sheet.data[column].cat.codes.to_numpy()
        found = differences(code, marks[:, items].astype(float), offered[:, items], sheet.weight)
        if _few_clusters(sheet, code):
            untested.append(column)
        else:
            whole, by_item = _tests(sheet, column, found, list(names))
            tests.append(whole)
            single += by_item
        shares += _shares(sheet, found, column, list(names), items)
    if len(tests) > 1 and not untested:
        tests.append(_together(sheet, marks[:, items].astype(float), offered[:, items]))
    held = with_adjusted(tests, [row.test.p for row in tests], correction)
    return Association(
        about=about_of(given, sheet, imputations=0),
        items=names,
        tests=held,
        item_tests=with_adjusted(single, [row.test.p for row in single], correction),
        shares=_only_under(held, with_adjusted(shares, [row.p for row in shares], correction)),
        notes=notes_around(sheet, *untested_note(untested)),
    )


def differences(
    code: np.ndarray, marked: np.ndarray, offered: np.ndarray, weight: np.ndarray, *, sizes_held: bool = True
) -> Differences:
    """Shares of groups against everybody's.

    Parameters
    ----------
    code : (r,) int array
        Group of each row.
    marked, offered : (r, m) arrays
    weight : (r,) array
    sizes_held : bool
        Whether the sizes of the groups count as given; otherwise as drawn, as in the test of two selections.
    """
    groups = int(code.max()) + 1
    inside = (code[:, None] == np.arange(groups)) * weight[:, None]
    total = inside.T @ offered
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num(inside.T @ (marked * offered) / total)
    whole = total.sum(axis=0)
    overall = (total * share).sum(axis=0) / whole
    parts = []
    for g in range(groups):
        own = (code == g)[:, None] / np.where(total[g] > 0, total[g], 1)
        if sizes_held:
            moved = (marked - share[code]) * (own - 1 / whole)
        else:
            moved = (marked - overall) * (own - 1 / whole) - (share[g] - overall) / whole
        parts.append(np.where(offered, moved, 0.0) * weight[:, None])
    return Differences(share, overall, total, np.concatenate(parts, axis=1))


def difference_test(
    columns: Sequence[Differences], covariance: np.ndarray, df: float, hypothesis: str, item: int | None = None
) -> tuple[Test, np.ndarray]:
    """The statistic over the groups of some columns against its distribution, and the eigenvalues (lambda).

    Parameters
    ----------
    covariance : square array
        Of the differences of all columns, side by side.
    item : int, optional
        Of this item alone; over all items by default.
    """
    scale = np.concatenate([np.sqrt(c.weight / (c.overall * (1 - c.overall))).ravel() for c in columns])
    difference = np.concatenate([(c.share - c.overall).ravel() for c in columns]) * scale
    m = columns[0].share.shape[1]
    flat = np.ones(len(scale), bool) if item is None else np.arange(len(scale)) % m == item
    metric = (covariance * np.outer(scale, scale))[np.ix_(flat, flat)]
    root = np.maximum(np.linalg.eigvalsh(metric), 0)
    statistic, total, squares = float((difference[flat] ** 2).sum()), float(root.sum()), float((root**2).sum())
    first = total**2 / squares
    second = first * df
    p = float(stats.f.sf(statistic / total, first, second))
    return Test("Rao-Scott chi-square (F)", hypothesis, statistic / total, (first, second), p), root


def _tests(sheet: ModelData, column: str, found: Differences, ids: Sequence[str]) -> tuple[TermTest, list[TermTest]]:
    """Of one column over all items, and item by item."""
    covariance = sheet.given.prepared.sample.covariance(sheet.spread(found.influence))
    hypothesis = _("the groups of {column} mark alike").format(column=column)
    df = _effective_df(sheet, [column])
    whole = difference_test([found], covariance, df, hypothesis)[0]
    single = [
        TermTest(column, id, difference_test([found], covariance, df, hypothesis, j)[0], np.nan)
        for j, id in enumerate(ids)
    ]
    return TermTest(column, "", whole, np.nan), single


def _together(sheet: ModelData, marked: np.ndarray, offered: np.ndarray) -> TermTest:
    """Over all columns and all items: the test of two selections where the columns are marks, too."""
    found = [
        differences(sheet.data[name].cat.codes.to_numpy(), marked, offered, sheet.weight, sizes_held=False)
        for name in sheet.matrix.variables
    ]
    influence = np.concatenate([one.influence for one in found], axis=1)
    covariance = sheet.given.prepared.sample.covariance(sheet.spread(influence))
    hypothesis = _("no column goes with any item")
    test = difference_test(found, covariance, _effective_df(sheet, sheet.matrix.variables), hypothesis)[0]
    return TermTest(commas(sheet.matrix.variables), "", test, np.nan)


def _shares(sheet: ModelData, found: Differences, column: str, ids: list[str], items: list[int]) -> list[GroupShare]:
    """Every cell against the rest; as a difference from everybody it is as much smaller as the rest is of all."""
    sample, times = sheet.given.prepared.sample, sheet.given.covariates.times[sheet.used]
    code = sheet.data[column].cat.codes.to_numpy()
    marks, offered = (sheet.spread(part[:, items].astype(float)) > 0 for part in marks_of(sheet))
    rows = []
    for place, level in enumerate(sheet.data[column].cat.categories):
        inside = sheet.spread((code == place)[:, None].astype(float))[:, 0] > 0
        test = against_rest(marks, offered, inside, sheet.used, sample, sheet.given.level)
        base = round(float(times[code == place].sum()))
        for j, id in enumerate(ids):
            difference, share = float(found.share[place, j] - found.overall[j]), float(found.share[place, j])
            low, high = (float(test.rest[j] * (test.centre[j] + sign * test.half[j])) for sign in (-1, 1))
            p = np.nan if _few_clusters(sheet, code) else float(test.p[j])
            rows.append(GroupShare(column, str(level), id, share, difference, low, high, p, np.nan, base))
    return rows


def _few_clusters(sheet: ModelData, code: np.ndarray) -> bool:
    """Whether some group lies in too few clusters for anything to be tested."""
    sample = sheet.given.prepared.sample
    unit = sample.units[0][sheet.used]
    return sample.cluster is not None and min(len(np.unique(unit[code == g])) for g in np.unique(code)) < FEWEST


def _effective_df(sheet: ModelData, columns: Sequence[str]) -> float:
    """Degrees of freedom of the group whose units are fewest or most unequal."""
    sample, fewest = sheet.given.prepared.sample, sheet.df
    if sample.cluster is None and not sample.weighted:
        return fewest
    for column in columns:
        code = sheet.data[column].cat.codes.to_numpy()
        for g in np.unique(code):
            inside = sheet.spread((code == g)[:, None].astype(float))[:, 0] > 0
            fewest = min(fewest, max(sample.effective_in(inside).df, 1.0))
    return fewest


def _only_under(tests: Sequence[TermTest], shares: Sequence[GroupShare]) -> tuple[GroupShare, ...]:
    """Cells hold only where the test of their column does (closed testing; Marcus, Peritz and Gabriel 1976)."""
    above = {test.term: test.adjusted for test in tests}
    return tuple(replace(row, adjusted=float(np.maximum(row.adjusted, above.get(row.group, np.nan)))) for row in shares)


KIND = RegressionKind(reason_not_applicable, fit)
