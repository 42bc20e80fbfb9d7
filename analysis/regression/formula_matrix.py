"""From a formula and a table to the matrix of a model, by formulaic: contrasts, interactions, splines.

Treatment contrasts hold every level against the first one, as in R and patsy, unless the formula says otherwise. Each
column keeps what it is about: its term, its level, the level it is held against, and how many respondents are in its
cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.covariates import call_name, centred_columns
from obstacles.survey.studyfile.formula import Words
from obstacles.text.language import _

if TYPE_CHECKING:
    import pandas as pd

INTERCEPT = "Intercept"
MOST_PATTERNS = 4_096  # combinations of groups, where these are more than the rows


@dataclass(frozen=True)
class Column:
    """One column of the matrix beside the constant."""

    name: str  # as formulaic writes it: "grade[T.Senior]"
    term: str  # "grade"
    levels: tuple[tuple[str, str], ...]  # (variable, level) of its groups; none for numbers and splines
    reference: tuple[tuple[str, str], ...]  # (variable, level) that it is held against
    cell: int | None  # respondents in the cell; None where it is no cell
    scale: float  # 1 for cells, the standard deviation of other columns
    label: str  # "Senior", "Senior, Large", "Senior × age"; the name itself where there is no plainer one
    members: np.ndarray | None = None  # (r,) bool: rows in the cell


@dataclass(frozen=True)
class Matrix:
    """The matrix of r rows, its first column the constant."""

    values: np.ndarray  # (r, q)
    columns: tuple[Column, ...]  # of the other q - 1
    terms: tuple[tuple[str, tuple[int, ...]], ...]  # term -> its columns of `values`
    variables: tuple[str, ...]  # of the formula, as the table has them
    data: pd.DataFrame  # (r rows) that it was made from
    spec: Any  # formulaic.ModelSpec; None for a constant alone

    def with_level(self, variable: str, level: str) -> np.ndarray:
        """(r, q) the matrix if everybody had this level of a group."""
        import pandas as pd

        column = self.data[variable]
        same = pd.Categorical([level] * len(column), categories=column.cat.categories)
        return self._remade(variable, same)

    def moved(self, variable: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, q) matrices a little above and below each value of a number, and their distance (r,)."""
        value = self.data[variable].to_numpy(float)
        step = 1e-4 * (np.ptp(value) or 1.0)
        high, low = np.minimum(value + step, value.max()), np.maximum(value - step, value.min())
        return self._remade(variable, high), self._remade(variable, low), high - low

    def _remade(self, variable: str, values: Any) -> np.ndarray:
        data = self.data.assign(**{variable: values})
        return np.asarray(self.spec.get_model_matrix(data, context={}), np.float64)

    def patterns(self) -> tuple[Matrix, np.ndarray | None]:
        """The matrix with one row per combination of groups, and (r,) which of them each row is.

        The matrix itself and None where the formula speaks of numbers, or of so many groups that little is gained.
        """
        columns = [self.data[name] for name in self.variables]
        if not columns or not all(hasattr(column, "cat") for column in columns):
            return self, None
        sizes = [len(column.cat.categories) for column in columns]
        if prod(sizes) > max(len(self.values), MOST_PATTERNS):
            return self, None
        code = np.ravel_multi_index([column.cat.codes.to_numpy() for column in columns], sizes)
        _codes, first, row = np.unique(code, return_index=True, return_inverse=True)
        data = self.data.iloc[first].reset_index(drop=True)
        return replace(self, values=self.values[first], data=data), row.reshape(-1)

    def blocks(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Term -> its columns and those of the terms that hold it (its interactions)."""
        parts = {term: frozenset(term.split(":")) for term, _columns in self.terms}
        found = []
        for term, _columns in self.terms:
            together = [i for other, columns in self.terms if parts[term] <= parts[other] for i in columns]
            found.append((term, tuple(sorted(together))))
        return tuple(found)


def constant(data: pd.DataFrame) -> Matrix:
    """The constant alone."""
    return Matrix(np.ones((len(data), 1)), (), (), (), data, None)


def build_matrix(formula: str, words: Words, data: pd.DataFrame, weight: np.ndarray, times: np.ndarray) -> Matrix:
    """The matrix of a formula.

    Parameters
    ----------
    data : DataFrame
        r rows without missing values.
    weight, times : (r,) arrays
        Weights of the rows, and the respondents behind each.

    Raises
    ------
    ModelError
        Where formulaic cannot read the formula, the constant is taken out, or columns depend on each other.
    """
    import formulaic
    from formulaic.errors import FormulaicError

    text = formula
    table = data.assign(**centred_columns(data, words, weight, np.ones(len(data), bool)))
    for function, name, group in words.centred:
        text = _quoted(text, function, name, group)
    try:
        made = formulaic.model_matrix(text, table, context={}, na_action="raise")
    except (FormulaicError, ValueError, TypeError, KeyError, SyntaxError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        if "Operator" in reason:  # formulaic's own words for it
            reason = _("an operator such as + or : stands without a term on one of its sides")
        raise ModelError(
            _('the formula "{formula}" cannot be used: {reason}.').format(formula=formula, reason=reason)
        ) from None
    names = [str(name) for name in made.columns]
    if INTERCEPT not in names:
        raise ModelError(_("the formula takes the constant out (0 or -1): leave that out, every model here needs it."))
    spec = made.model_spec
    values = np.asarray(made, np.float64)
    if names[0] != INTERCEPT:  # pragma: no cover - formulaic puts it first
        raise ModelError(_("the constant is not the first column."))
    columns, terms = _describe(spec, names, values, weight, times)
    _check_rank(values, names)
    variables = tuple(sorted((str(v) for v in spec.variables_by_source.get("data", ())), key=text.find))
    return Matrix(values, columns, terms, variables, table, spec)


def _quoted(text: str, function: str, name: str, group: str) -> str:
    """The formula with one call of within or between as the name of its column."""
    import re

    pattern = rf"{function}\s*\(\s*`?{re.escape(name)}`?\s*,\s*`?{re.escape(group)}`?\s*\)"
    return re.sub(pattern, f"`{call_name(function, name, group)}`", text)


def _describe(
    spec: Any, names: list[str], values: np.ndarray, weight: np.ndarray, times: np.ndarray
) -> tuple[tuple[Column, ...], tuple[tuple[str, tuple[int, ...]], ...]]:
    contrasts = {factor.expr: state for factor, state in spec.factor_contrasts.items()}
    columns: dict[int, Column] = {}
    terms = []
    for structure in spec.structure:
        term = str(structure.term)
        if term == "1":
            continue
        known = _cells(structure.term, contrasts)
        places = [names.index(str(name)) for name in structure.columns]
        terms.append((term, tuple(places)))
        for place in places:
            levels, reference, label = known.get(names[place], ((), (), names[place]))
            here = values[:, place]
            binary = bool(levels) and bool(np.isin(here, (0.0, 1.0)).all())
            cell = round(float(times[here == 1].sum())) if binary else None
            mean = weight @ here / weight.sum()
            spread = float(np.sqrt(weight @ (here - mean) ** 2 / weight.sum()))
            columns[place] = Column(
                names[place],
                term,
                levels,
                reference,
                cell,
                1.0 if binary else spread or 1.0,
                label,
                here == 1 if binary else None,
            )
    return tuple(columns[place] for place in sorted(columns)), tuple(terms)


Cell = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], str]  # levels, held against, label
TAGS = ("[T.{level}]", "[{level}]", "[S.{level}]", "[H.{level}]", "[D.{level}]")


def _cells(term: Any, contrasts: Mapping[str, Any]) -> dict[str, Cell]:
    """Column name -> (variable, level) of its groups, what they are held against, and its label."""
    parts = [_options(factor.expr, contrasts.get(factor.expr)) for factor in term.factors]
    found = {}
    for chosen in product(*parts):
        name = ":".join(option[0] for option in chosen)
        levels = tuple(level for option in chosen for level in option[1])
        held = tuple(level for option in chosen for level in option[2])
        whole = all(option[1] for option in chosen)
        label = (", " if whole else " × ").join(option[3] for option in chosen)
        found[name] = (levels, held, label)
    return found


Option = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], str]


def _options(expression: str, state: Any) -> list[Option]:
    """How formulaic may write the columns of one factor, with their levels, references and labels."""
    if state is None:
        return [(expression, (), (), expression)]
    variable, levels = _variable(expression), [str(level) for level in state.levels]
    treatment = type(state.contrasts).__name__ == "TreatmentContrasts"
    base = str(getattr(state.contrasts, "base", ""))
    held = ((variable, base if base in levels else levels[0]),) if treatment else ()
    options: list[Option] = []
    for level, tag in product(levels, TAGS):
        written = f"{expression}{tag.format(level=level)}"
        plain = tag in TAGS[:2]
        against = held if tag == TAGS[0] else ()
        options.append((written, ((variable, level),), against, level if plain else written))
    return options


def _variable(expression: str) -> str:
    """The variable of `C(grade, ...)`; the expression itself elsewhere."""
    inner = expression[2:-1].split(",")[0].strip() if expression.startswith("C(") else expression
    return inner.strip("`")


def _check_rank(values: np.ndarray, names: list[str]) -> None:
    """Refuse columns that others determine."""
    from scipy import linalg

    size = np.sqrt((values**2).mean(axis=0))
    zero = [name for name, one in zip(names, size, strict=True) if one == 0]
    if zero:
        message = _("nobody is in the cell {cell} of the formula: leave the interaction out, or join groups.")
        raise ModelError(message.format(cell=zero[0]))
    gram = (values / size).T @ (values / size) / len(values)
    _q, r, order = linalg.qr(gram, pivoting=True)
    weak = np.abs(np.diag(r)) < 1e-9 * abs(r[0, 0])
    if weak.any():
        message = _("{column} is determined by the other columns of the formula: take a term out, or join groups.")
        raise ModelError(message.format(column=names[order[np.flatnonzero(weak)[0]]]))
