"""Wrong answers that mature tools give of regressions without a word; ours are right, or refused, or say what was done.

The null likelihood of ranked answers is in test_regression_rank_ordered; weights read as frequencies are in
test_regression_every_kind.
"""

from __future__ import annotations

import numpy as np
import pytest

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.likelihoods.cumulative import Ordinal, fit_ordinal
from obstacles.analysis.regression.regress import regress

N, M = 150, 4


def exploded(ranks, x):
    """Every choice of a full ranking as rows of a conditional logit: the last item is the reference of x, too."""
    chosen, rows, group = [], [], []
    for n, own in enumerate(ranks):
        order = np.argsort(own)
        for stage in range(M - 1):
            for item in order[stage:]:
                unit = (np.arange(M - 1) == item).astype(float)
                rows.append(np.concatenate([unit, unit * x[n]]))
                chosen.append(item == order[stage])
                group.append(n * M + stage)
    return np.array(chosen, int), np.array(rows), np.array(group)


def ranked(rng, n=N):
    grade = rng.choice(["A", "B"], n)
    worth = np.array([0.8, 0.2, -0.3, -0.7]) + np.outer(grade == "B", [-0.8, 0.4, 0.2, 0.2])
    return np.argsort(np.argsort(-(worth + rng.gumbel(size=(n, M))), axis=1), axis=1) + 1, grade


def test_clusters_and_weights_of_ranked_answers_are_not_ignored(build, grouped, model):
    """statsmodels' ConditionalLogit takes cov_type="cluster" and weights= without a word, and uses neither."""
    from statsmodels.discrete.conditional_models import ConditionalLogit

    rng = np.random.default_rng(0)
    ranks, grade = ranked(rng)
    y, x, group = exploded(ranks, (grade == "B").astype(float))
    peer = ConditionalLogit(y, x, groups=group).fit(method="newton", disp=0)
    stated = model("rank_ordered_logit", "grade", reference_item="i3")

    def ours(**design):
        found = regress(grouped(build.rankings(ranks), {"grade": grade}, **design), stated)
        rows = [row for row in found.rows if row.outcome != "i3"]
        return np.array([row.estimate for row in rows]), np.array([row.error for row in rows])

    plain, plain_error = ours()
    assert plain == pytest.approx(np.asarray(peer.params)[M - 1 :], rel=1e-5)
    clustered, clustered_error = ours(cluster=np.arange(N) // 10)
    assert clustered == pytest.approx(plain, rel=1e-10)
    assert np.abs(clustered_error / plain_error - 1).max() > 0.05
    weight = rng.integers(1, 4, N)
    weighted, _error = ours(weight=weight.astype(float))
    more = np.repeat(np.arange(N), weight)
    y, x, group = exploded(ranks[more], (grade[more] == "B").astype(float))
    repeated = ConditionalLogit(y, x, groups=group).fit(method="newton", disp=0)
    assert weighted == pytest.approx(np.asarray(repeated.params)[M - 1 :], rel=1e-5)
    assert np.abs(weighted - plain).max() > 0.01


def test_weights_of_ordered_answers_are_not_ignored():
    """statsmodels' OrderedModel takes weights= without a word, and uses none."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    rng = np.random.default_rng(1)
    x, weight = rng.normal(size=(N, 1)), rng.integers(1, 4, N)
    y = (x[:, [0]] + rng.logistic(size=(N, 1)) > [-1.5, 0.0, 1.5]).sum(axis=1)
    none = np.zeros((N, 0))
    ours = fit_ordinal(Ordinal(y, 4, x, none, none, "logit"), weight.astype(float))
    more = np.repeat(np.arange(N), weight)
    peer = OrderedModel(y[more], x[more], distr="logit").fit(method="newton", disp=0)
    assert ours.theta[3] == pytest.approx(np.asarray(peer.params)[0], rel=1e-6)
    ignored = OrderedModel(y, x, distr="logit").fit(method="newton", disp=0)
    assert abs(ours.theta[3] - np.asarray(ignored.params)[0]) > 1e-3


@pytest.mark.parametrize("kind", ["rank_ordered_logit", "set_choice_logit", "selection", "severity"])
def test_separation_is_named_and_has_an_error_of_its_own(build, grouped, model, kind):
    """An item that one group never chooses: peers print b = -10.9 with an error of 94, or one of zero, and no word."""
    rng = np.random.default_rng(2)
    ranks, grade = ranked(rng)
    never = grade == "B"
    top = np.where(ranks <= 2, ranks, 0)
    top[never] = np.where(top[never][:, [3]] > 0, [1, 2, 0, 0], top[never])
    marks = (top > 0).astype(int)
    scores = np.clip(6.0 - ranks, 1, 5)
    scores[never, 3] = 1
    answers = {
        "rank_ordered_logit": build.rankings(top),
        "set_choice_logit": build.rankings(marks, selection=True),
        "selection": build.rankings(marks, selection=True),
        "severity": build.ratings(scores),
    }[kind]
    found = regress(grouped(answers, {"grade": grade}), model(kind, "grade"))
    row = next(row for row in found.rows if row.outcome == "i3")
    assert found.penalty
    assert next(check for check in found.checks if check.name == "separation").passed is False
    assert -12 < row.estimate < -1
    assert 0.5 < row.error < 4
    words = (*found.notes, *(check.text for check in found.checks))
    assert any("Item 3" in text and found.penalty in text for text in words)


def test_no_part_of_a_formula_is_swallowed(build, grouped, model):
    """PlackettLuce(R, formula = ~x, data = d) takes both and uses neither."""
    ranks, grade = ranked(np.random.default_rng(3))
    groups = {"grade": grade, "size": np.random.default_rng(4).choice(["L", "S"], N)}
    study = grouped(build.rankings(ranks), groups)
    one, both = (regress(study, model("rank_ordered_logit", formula)) for formula in ("grade", "grade + size"))
    assert {row.term for row in one.rows} == {"grade"}
    assert {row.term for row in both.rows} == {"grade", "size"}
    assert both.log_likelihood > one.log_likelihood
    for formula, message in (("grade + role", "there is nothing called|nothing called"), ("grade + ", "formula")):
        with pytest.raises(ModelError, match=message):
            regress(study, model("rank_ordered_logit", formula))


def test_items_not_ranked_stay_in_every_choice(build, grouped, model):
    """Read as never offered, the answers to a question for the first two would be another question's."""
    ranks, grade = ranked(np.random.default_rng(5))
    top = np.where(ranks <= 2, ranks, 0)
    stated = model("rank_ordered_logit", "grade", reference_item="i3")
    right = regress(grouped(build.rankings(top), {"grade": grade}), stated)
    wrong = regress(grouped(build.rankings(top, top > 0), {"grade": grade}), stated)
    full = regress(grouped(build.rankings(ranks), {"grade": grade}), stated)
    at = [next(row for row in one.rows if row.outcome == "i0") for one in (right, wrong, full)]
    assert abs(at[0].estimate - at[2].estimate) < 2 * at[0].error
    assert at[0].estimate != pytest.approx(at[1].estimate, abs=0.05)
    y, x, group = exploded(ranks, (grade == "B").astype(float))
    from statsmodels.discrete.conditional_models import ConditionalLogit

    kept = group % M < 2
    peer = ConditionalLogit(y[kept], x[kept], groups=group[kept]).fit(method="newton", disp=0)
    assert at[0].estimate == pytest.approx(np.asarray(peer.params)[M - 1], rel=1e-5)


def test_p_values_are_corrected_unless_told_otherwise(build, grouped, model):
    ranks, grade = ranked(np.random.default_rng(6))
    study = grouped(build.rankings(ranks), {"grade": grade})
    found = regress(study, model("rank_ordered_logit", "grade"))
    assert found.about.correction == "holm"
    assert all(row.adjusted >= row.p for row in found.rows)
    assert any(row.adjusted > row.p for row in found.rows)
    plain = regress(study, model("rank_ordered_logit", "grade", correction="none"))
    assert [row.adjusted for row in plain.rows] == [row.p for row in plain.rows]
