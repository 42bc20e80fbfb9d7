"""The table of claims at the edges: it counts what it should, goes on where it was stopped, and finds broken claims."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial

import numpy as np
import pytest

validation = pytest.importorskip("benchmarks.edge_validation")
changed = pytest.importorskip("benchmarks.edges.changed")
lean = pytest.importorskip("benchmarks.edges.lean")
cells = pytest.importorskip("benchmarks.edges.cells")
counting = pytest.importorskip("benchmarks.edges.counting")
ranked = pytest.importorskip("benchmarks.edges.ranked")
surveys = pytest.importorskip("benchmarks.edges.surveys")


@pytest.fixture
def small(monkeypatch):
    """Batches of 20 surveys."""
    monkeypatch.setattr(counting, "BATCH", 20)
    monkeypatch.setattr(validation, "BATCH", 20)


def _coin(rng, chance):
    return {"claim": float(rng.random() < chance), "refused": 0.0}


def _told(own):
    return {name: (rate.surveys, rate.rate) for name, rate in own.rates.items()}


def _at(form, n):
    at = surveys.Situation(form, "equal")
    return cells.Cell("ranking", (form, str(n)), ranked.ranking, (at, n))


def test_a_claim_with_a_level_of_20_percent_is_found(monkeypatch, small):
    monkeypatch.setattr(ranked, "rank", partial(ranked.rank, level=0.8))
    broken = _at("selections", 100)
    counted = {broken.name: counting.Counted()}
    validation.count([broken], counted, 60, 0, 1, None)
    assert "interval" in counted[broken.name].suspect
    assert "**interval 1" in validation.table(counted, [broken])[-1]


def test_a_claim_with_a_level_of_5_percent_is_not_and_is_counted_again_by_other_surveys_only_where_it_looks_wrong(
    small,
):
    fair = _at("selections", 100)
    wrong = cells.Cell("coin", ("biased",), _coin, (0.2,))
    right = cells.Cell("coin", ("fair",), _coin, (0.02,))
    some = [fair, wrong, right]
    counted = {one.name: counting.Counted() for one in some}
    validation.count(some, counted, 60, 400, 1, None)
    assert "interval" not in counted[fair.name].suspect
    assert counted[wrong.name].suspect == counted[wrong.name].wrong == ["claim"]
    assert _told(counted[wrong.name])["claim"][0] == 400
    assert not counted[right.name].again.batches


def test_a_stopped_count_goes_on_to_the_same_figures(tmp_path, small):
    coin, path = cells.Cell("coin", ("20 %",), _coin, (0.2,)), tmp_path / "results.json"
    whole = {coin.name: counting.Counted()}
    validation.count([coin], whole, 100, 200, 1, None)
    part = {coin.name: counting.Counted()}
    validation.count([coin], part, 40, 0, 1, path)
    again = counting.load(path, [coin])
    assert again[coin.name].first.batches == 2
    validation.count([coin], again, 100, 200, 1, path)
    assert _told(again[coin.name]) == _told(whole[coin.name])
    assert not counting.missing([coin], counting.load(path, [coin]), 100, 200)


def test_a_crash_is_counted_and_does_not_stop_the_others(capsys, small):
    def crashes(rng):
        raise RuntimeError(f"no {rng.random()}")

    bad = cells.Cell("bad", ("x",), crashes, ())
    counted = {bad.name: counting.Counted()}
    validation.count([bad], counted, 20, 0, 1, None)
    assert counted[bad.name].wrong == ["crash"]
    assert "CRASH in bad: x, first 0 0: RuntimeError" in capsys.readouterr().out


def test_every_output_meets_every_edge_in_at_most_200_cells():
    assert len(cells.CELLS) <= 200
    assert len({cell.name for cell in cells.CELLS}) == len(cells.CELLS)
    met = {}
    for cell in cells.CELLS:
        met.setdefault(cell.output, set()).update(edge for part in cell.edges for edge in (part, *part.split(", ")))
    items, units = set(surveys.PATTERNS), {"weights sd 1", "10 equal clusters", "8 unequal clusters"}
    forms = {"full", "top 3", "first choice", "selections", "ratings", "pairs", "best-worst"}
    sizes = {f"n = {n}" for n in (5, 12, 30, 100, 1000)}
    assert met["ranking"] >= items | units | forms | sizes
    assert met["two waves"] >= items | forms | {"weights sd 1", "10 equal clusters", "12 unequal clusters"} | sizes
    for output in ("trend", "groups", "tree"):
        assert len(met[output] & items) >= 3, output
        assert len(met[output] & forms) >= 3, output
    for output in (
        "selection",
        "rank_ordered_logit",
        "severity",
        "outcome",
        "pick_any",
        "tree",
        "latent classes",
        "gaps",
    ):
        assert met[output] >= {"weights sd 1", "8 unequal clusters"}, output
    assert {"about the same", "drivers", "set_choice_logit"} <= set(met)


@pytest.mark.parametrize("output", sorted({cell.output for cell in cells.CELLS} - {"latent classes", "trend"}))
def test_cells_claim_something(output):
    cell = min((one for one in cells.CELLS if one.output == output), key=_size)
    claims = cell.once(np.random.default_rng(1))
    assert claims
    assert all(0 <= value <= 1 for value in claims.values())


def _size(cell):
    """Respondents of a cell, as its name tells; clusters need a very large survey for their truth."""
    numbers = [int(word) for word in " ".join(cell.edges).replace(",", " ").split() if word.isdigit()]
    return sum(numbers) + 1_000 * ("clusters" in cell.name)


@pytest.mark.parametrize(
    "name",
    [
        "ranking: selections, tied, 8",
        "two waves: selections, tied, weights sd 1, n = 300, 40",
        "trend: ratings, tied",
        "groups: ratings, tied, weights",
        "severity: ratings, tied, 8",
        "selection: selections, dominant",
    ],
)
def test_what_is_left_out_changes_no_claim(name, monkeypatch):
    cell = next(one for one in cells.CELLS if one.name.startswith(name))
    for seed in range(2):
        with monkeypatch.context() as everything:
            everything.setattr(changed, "lean_comparison", lambda pairs: nullcontext())
            whole = cell.once(np.random.default_rng(seed))
        with lean.lean():
            assert cell.once(np.random.default_rng(seed)) == whole
