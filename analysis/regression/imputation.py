"""Covariates that are not known: complete cases, or multiple imputation by chained equations through statsmodels.

Every covariate is imputed from the others, the answers to the items and the weight, by predictive mean matching
(van Buuren and Groothuis-Oudshoorn 2011), so that every imputed value is one that somebody gave. The levels of a group
are given the scores by which the other columns tell them apart best (first canonical variate, as in Harrell's
aregImpute) while they are matched, and stand as a level each where they help to impute others. Valid where what is
missing depends on what is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.model import ModelData, ModelInput
from obstacles.analysis.regression.scores_of_respondents import item_scores
from obstacles.text.language import _

if TYPE_CHECKING:
    import pandas as pd

DONORS = 5
BURN_IN, BETWEEN = 10, 3  # cycles before the first data set, and between two


def sheets_of(given: ModelInput) -> Iterator[ModelData]:
    """One sheet of complete cases, or one for each imputation.

    Raises
    ------
    ModelError
        When nobody is left, or imputation is asked for and nothing is known.
    """
    covariates = given.covariates
    if not covariates.used.any():
        raise ModelError(_("no respondent has an answer to every covariate of the model."))
    missing = covariates.data[covariates.inside].isna().to_numpy().any()
    if given.model.missing == "complete" or not missing:
        used = covariates.used
        yield ModelData(given, used, covariates.data[used].reset_index(drop=True))
        return
    for data in _imputed(given):
        yield ModelData(given, covariates.inside, data)


def complete_sheet(given: ModelInput) -> ModelData:
    """The sheet of complete cases, for kinds that know of no imputation; ModelError where it is asked for."""
    if given.model.missing == "impute":
        message = _('kind "{kind}" uses complete cases: missing = "impute" does not belong to it.')
        raise ModelError(message.format(kind=given.model.kind))
    return next(sheets_of(given))


def _imputed(given: ModelInput) -> Iterator[pd.DataFrame]:
    from statsmodels.imputation.mice import MICEData

    inside = given.covariates.inside
    data = given.covariates.data[inside].reset_index(drop=True)
    coded, scores = _coded(data, _helpers(given)[inside])
    rng = np.random.default_rng(given.seed)
    chain = MICEData(coded, k_pmm=DONORS, rng=rng)
    groups = {name for name in scores if name in coded}
    for name in coded.columns:
        if coded[name].isna().any():
            others = [f"C({other})" if other in groups else other for other in coded.columns if other != name]
            chain.set_imputer(name, formula=" + ".join(others))
    chain.update_all(BURN_IN)
    for number in range(given.model.imputations):
        if number:
            chain.update_all(BETWEEN)
        yield _decoded(data, chain.data, scores)


def _helpers(given: ModelInput) -> np.ndarray:
    """(n, h) what helps to impute: answers and weights, standardised; blank answers at their mean."""
    prepared = given.prepared
    columns = [np.nan_to_num(_standard(values)) for values in item_scores(prepared).values()]
    if prepared.sample.weighted:
        columns.append(_standard(np.log(prepared.sample.weight)))
    kept = [column for column in columns if column.std() > 0]
    return np.column_stack(kept) if kept else np.zeros((prepared.sample.n, 0))


def _standard(values: np.ndarray) -> np.ndarray:
    known = values[np.isfinite(values)]
    spread = known.std() if len(known) else 0.0
    return np.asarray((values - (known.mean() if len(known) else 0.0)) / (spread or 1.0))


def _coded(data: pd.DataFrame, helpers: np.ndarray) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Columns v0, v1 ... of numbers, helpers behind them; and the score of each level of each group."""
    import pandas as pd

    names = {f"v{i}": column for i, column in enumerate(data.columns)}
    scores, columns = {}, {}
    for short, name in names.items():
        column = data[name]
        if not hasattr(column, "cat"):
            columns[short] = column.to_numpy(float)
            continue
        code = column.cat.codes.to_numpy()
        scores[short] = _level_scores(code, len(column.cat.categories), _around(data, str(name), helpers))
        columns[short] = np.where(code >= 0, scores[short][code], np.nan)
    columns |= {f"h{i}": helpers[:, i] for i in range(helpers.shape[1])}
    return pd.DataFrame(columns), scores


def _around(data: pd.DataFrame, name: str, helpers: np.ndarray) -> np.ndarray:
    """(r, c) the other columns as numbers, what is not known at its mean."""
    parts = [helpers]
    for other in data.columns:
        if other == name:
            continue
        if hasattr(data[other], "cat"):
            code = data[other].cat.codes.to_numpy()
            shown = (code[:, None] == np.arange(1, len(data[other].cat.categories))).astype(float)
            known = code >= 0
            parts.append(np.where(known[:, None], shown, shown[known].mean(axis=0)))
        else:
            value = data[other].to_numpy(float)
            parts.append(np.nan_to_num(_standard(value))[:, None])
    return np.column_stack(parts)


def _level_scores(code: np.ndarray, levels: int, around: np.ndarray) -> np.ndarray:
    """(levels,) distinct scores: the first canonical variate of the levels with the other columns."""
    known = code >= 0
    shown = (code[known, None] == np.arange(levels)).astype(float)
    x = np.column_stack([np.ones(known.sum()), around[known]])
    fitted = x @ np.linalg.lstsq(x, shown, rcond=None)[0]
    share = np.maximum(shown.mean(axis=0), 1e-12)
    between = (fitted - share).T @ (fitted - share) / len(shown)
    scale = 1 / np.sqrt(share)
    root, vectors = np.linalg.eigh(scale[:, None] * between * scale)
    score = vectors[:, -1] * scale if root[-1] > 1e-12 else np.arange(levels, dtype=float)
    order = np.argsort(score, kind="stable")
    score[order] += 1e-9 * np.arange(levels) * max(float(np.abs(score).max()), 1.0)  # no two levels share a score
    return np.asarray(score)


def _decoded(data: pd.DataFrame, imputed: pd.DataFrame, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    """The table with every gap filled; observed values are what they were."""
    import pandas as pd

    filled: dict[str, object] = {}
    for i, name in enumerate(data.columns):
        values = imputed[f"v{i}"].to_numpy(float)
        column = data[name]
        if not hasattr(column, "cat"):
            filled[name] = values
            continue
        code = np.abs(values[:, None] - scores[f"v{i}"]).argmin(axis=1)
        known = column.cat.codes.to_numpy()
        levels = column.cat.categories
        filled[name] = pd.Categorical(levels[np.where(known >= 0, known, code)], categories=levels)
    return pd.DataFrame(filled)
