"""The surveys that docs/validation.md is made from have the coefficients that they say."""

from __future__ import annotations

import numpy as np
import pytest

simulations = pytest.importorskip("benchmarks.regression_validation")


@pytest.mark.parametrize("design", ["independent", "weights"])
@pytest.mark.parametrize("kind", simulations.KINDS, ids=lambda kind: kind.name)
def test_the_coefficients_are_found_again(kind, design):
    study = simulations.survey(kind, design, 2_500, np.random.default_rng(1))
    found = simulations.fitted(kind, study)
    rows = [row for row in found.rows if row.term == "grade"]
    assert [row.estimate for row in rows] == pytest.approx(simulations.truth_of(kind, design), abs=0.4)
    assert all(abs(row.estimate - truth) < 4 * row.error for row, truth in zip(rows, kind.slope, strict=True))
    assert study.wave().respondents["grade"].isin(["A", "B"]).all()


def test_clusters_share_part_of_their_mind():
    kind = simulations.KINDS[-1]
    study = simulations.survey(kind, "clusters of 10", 1_000, np.random.default_rng(1))
    plain = simulations.grouped(study.wave().answers, simulations._groups(study), n=1_000)
    error, ignored = (
        next(row.error for row in simulations.fitted(kind, one).rows if row.term == "region") for one in (study, plain)
    )
    assert error > 1.5 * ignored
