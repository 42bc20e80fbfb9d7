"""Every form of question: what is compared, and that the parts of a change sum to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks import simulate
from obstacles.analysis.change.compare import compare

SIZES = (150, 180)


@pytest.fixture(scope="module")
def studied(wave: Any, waves: Any) -> Callable[..., Any]:
    """Two waves of a form, of which the second is more sharply told apart, with three groups each."""

    def make(draw: Any, form: str) -> Any:
        rng = np.random.default_rng(17)
        patterns = (simulate.PATTERNS["near-ties"], simulate.PATTERNS["separated"])
        drawn = [draw(rng, n, pattern).wave().answers for n, pattern in zip(SIZES, patterns, strict=True)]
        groups = [{"g": rng.choice(["a", "b", "c"], n)} for n in SIZES]
        made = [wave(one, groups=own) for one, own in zip(drawn, groups, strict=True)]
        return waves([replace(one, question=replace(one.question, format=form)) for one in made])

    return make


@pytest.mark.parametrize(
    ("name", "form", "method"),
    [
        ("full", "rank_grid", "top-k"),
        ("selections", "select", "share"),
        ("single_choices", "select", "share"),
        ("ratings", "likert_grid", "mean-severity"),
        ("points", "points", "points"),
        ("best_worst", "best_worst", "best-minus-worst"),
    ],
)
def test_mix_and_answers_sum_to_the_change(studied: Any, name: str, form: str, method: str) -> None:
    change = compare(studied(getattr(simulate, name), form))
    level, parts = change.main.level, change.why.composition
    assert level is not None
    assert change.sides[0].level is not None
    assert change.sides[0].level.method == method
    assert parts is not None
    assert parts.columns == ("g",)
    gap = change.sides[1].level.value - change.sides[0].level.value  # type: ignore[union-attr]
    np.testing.assert_allclose(parts.mix + parts.answers, gap, atol=1e-12)


def test_choices_between_two_are_relative_everywhere(studied: Any) -> None:
    """Pairs have no level: worths are compared, in each group as well, and no change is split."""
    change = compare(studied(simulate.pairs, "pairs"))
    assert change.main.level is None
    assert change.main.verdicts is change.main.worth
    assert change.why.composition is None
    (found,) = change.why.groups
    assert [one.name for one in found.groups] == ["a", "b", "c"]
    for one in found.groups:
        assert one.items is not None
        assert one.items.relative
        assert one.items.difference.sum() == pytest.approx(0, abs=1e-9)
    p = np.concatenate([one.items.p for one in found.groups if one.items is not None])
    adjusted = np.concatenate([one.items.p_adjusted for one in found.groups if one.items is not None])
    assert adjusted[np.argmin(p)] == pytest.approx(min(1.0, p.min() * p.size))  # one family over groups and items
