"""Formulas and covariates: what is let through, what every column is called, who is left out and who is joined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.formula_matrix import build_matrix
from obstacles.analysis.regression.kinds import REGRESSIONS
from obstacles.analysis.regression.regress import regress
from obstacles.survey.answers import CapabilityAnswers
from obstacles.survey.question import Item, Level
from obstacles.survey.settings import RegressionSettings
from obstacles.survey.studyfile.formula import FormulaError, words_of

N = 240


def matrix(formula, data, weight=None):
    n = len(data)
    return build_matrix(formula, words_of(formula), data, np.ones(n) if weight is None else weight, np.ones(n))


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "grade": pd.Categorical(rng.choice(["A: low", "B[1]", "C"], N), categories=["B[1]", "A: low", "C"]),
            "size": pd.Categorical(rng.choice(["small", "large"], N)),
            "age": rng.normal(40, 10, N).round(),
        }
    )


@pytest.mark.parametrize(
    ("formula", "names", "numbers"),
    [
        ("grade * size + bs(age, df=4)", ("grade", "size", "age"), ("age",)),
        ("C(grade, contr.treatment('C')) + log(age)", ("grade", "age"), ("age",)),
        ("`employer size` + I(age**2)", ("employer size", "age"), ("age",)),
        ("学历 + 年龄", ("学历", "年龄"), ()),
    ],
)
def test_the_words_of_a_formula(formula, names, numbers):
    words = words_of(formula)
    assert words.names == names
    assert words.numbers == numbers


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')",
        "grade.cat",
        "(lambda x: x)(grade)",
        "np.log(age)",
        "open('file')",
        "grade; size",
        "{age}",
        "y ~ grade",
        "grade | size",
        "(grade",
        "grade)",
        "",
        "within(age)",
        "contr.evil(grade)",
    ],
)
def test_a_formula_that_is_more_than_a_formula_is_refused(formula):
    with pytest.raises(FormulaError):
        words_of(formula)


def test_columns_know_their_levels_their_reference_and_their_cell(table):
    found = matrix("grade * size", table)
    by_name = {column.name: column for column in found.columns}
    one = by_name["grade[T.A: low]"]
    assert (one.label, one.reference, one.levels) == ("A: low", (("grade", "B[1]"),), (("grade", "A: low"),))
    assert one.cell == (table["grade"] == "A: low").sum()
    both = by_name["grade[T.C]:size[T.small]"]
    assert both.label == "C, small"
    assert both.cell == ((table["grade"] == "C") & (table["size"] == "small")).sum()
    assert dict(found.blocks())["grade"] == tuple(
        sorted({*dict(found.terms)["grade"], *dict(found.terms)["grade:size"]})
    )


def test_another_base_and_sums_are_named_as_such(table):
    other = matrix("C(grade, contr.treatment('C'))", table)
    assert {column.reference for column in other.columns} == {(("grade", "C"),)}
    sums = matrix("C(grade, contr.sum)", table)
    assert all(column.reference == () and column.cell is None for column in sums.columns)


def test_splines_keep_their_knots_when_values_move(table):
    found = matrix("bs(age, df=4)", table)
    high, low, distance = found.moved("age")
    slope = ((high - low) / distance[:, None]).mean(axis=0)
    assert np.isfinite(slope).all()
    assert np.abs(slope[1:]).max() > 0
    assert found.variables == ("age",)


def test_within_and_between_take_a_number_apart(table):
    weight = np.random.default_rng(1).uniform(0.5, 2, N)
    found = matrix("within(age, grade) + between(age, grade)", table, weight)
    inner, outer = found.values[:, 1], found.values[:, 2]
    assert inner + outer == pytest.approx(table["age"])
    for level in table["grade"].cat.categories:
        here = (table["grade"] == level).to_numpy()
        assert weight[here] @ inner[here] == pytest.approx(0, abs=1e-8)
        assert np.ptp(outer[here]) == 0


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("0 + grade", "constant"),
        ("age + center(age)", "determined by the other columns"),
        ("C(grade, contr.treatment('Z'))", "cannot be used"),
    ],
)
def test_a_matrix_that_cannot_be_fitted_says_why(table, formula, message):
    with pytest.raises(ModelError, match=message):
        matrix(formula, table)


def test_the_kinds_of_the_study_file_are_those_of_the_registry():
    assert set(RegressionSettings.model_fields["kind"].annotation.__args__) == set(REGRESSIONS)


# ---------- covariates of a study -------------------------------------------------------------------------------


def ranked(build, draw, seed=0):
    return build.rankings(draw(np.random.default_rng(seed), N, np.array([0.5, 0.2, 0.0, -0.2, -0.5])))


def fit(grouped, model, answers, groups, formula, **keys):
    design = keys.pop("design", {})
    return regress(grouped(answers, groups, **design), model("rank_ordered_logit", formula, **keys))


def test_blank_cells_and_values_called_unknown_are_left_out_and_counted(build, draw, grouped, model):
    grade = np.array(["A", "B", "", "no answer"])[np.arange(N) % 4]
    found = fit(grouped, model, ranked(build, draw), {"grade": grade}, "grade", unknown={"grade": ["No Answer"]})
    assert (found.about.asked, found.about.used) == (N, N // 2)
    assert found.about.unknown == {"grade": N // 2}
    assert any("120 of 240 respondents are left out" in note for note in found.notes)


def test_small_groups_are_joined_before_anything_is_fitted(build, draw, grouped, model):
    dept = np.array(["A"] * 120 + ["B"] * 100 + ["C"] * 14 + ["D"] * 6)
    answers = ranked(build, draw)
    found = fit(grouped, model, answers, {"dept": dept}, "dept", design={"min_group": 10})
    # D alone would be shown by the difference to the whole: the next smallest goes with it
    assert found.about.merged == {"dept": ("C", "D")}
    assert {row.label for row in found.rows} == {"B", "other groups"}
    assert all(row.base >= 10 for row in found.rows)
    with pytest.raises(ModelError, match="fewer than 300 respondents"):
        fit(grouped, model, answers, {"dept": dept}, "dept", design={"min_group": 300})


@pytest.mark.parametrize(
    ("sizes", "reference"),
    [
        ({"North": 86, "South": 113, "Nrth": 1}, "North"),
        ({"North": 86, "South": 113, "Nrth": 1}, None),
        ({"South": 14, "North": 205, "北": 3, "nord": 4}, "South"),  # the next smallest is the stated reference
        ({"A": 60, "B": 70, "C": 80, "a": 1, "b": 2, "c": 3}, "B"),
        ({"A": 25, "B": 190, "?": 9}, None),
    ],
)
def test_a_mistyped_value_costs_no_group_and_no_reference(build, draw, grouped, model, sizes, reference):
    names = np.repeat(list(sizes), list(sizes.values()))
    n = len(names)
    answers = build.rankings(draw(np.random.default_rng(1), n, np.array([0.5, 0.2, 0.0, -0.2, -0.5])))
    keys = {} if reference is None else {"reference": {"dept": reference}}
    found = fit(grouped, model, answers, {"dept": names}, "dept", design={"min_group": 10}, **keys)
    large = [name for name, size in sizes.items() if size >= 10]
    held = found.about.references["dept"]
    assert held == (reference or sorted(large)[0])
    assert {row.label for row in found.rows} == set(large) - {held}
    assert (found.about.merged, found.about.used) == ({}, sum(sizes[name] for name in large))
    assert any("together fewer than 10, are left out" in note for note in found.notes)


def test_few_left_out_in_one_column_may_leave_few_in_another(build, draw, grouped, model):
    """The ten of grade x become nine when one of a mistyped department goes."""
    dept = np.array(["A"] * 120 + ["B"] * 119 + ["b"])
    grade = np.array(["x"] + ["y"] * 115 + ["z"] * 115 + ["x"] * 9)
    found = fit(
        grouped, model, ranked(build, draw), {"dept": dept, "grade": grade}, "dept + grade", design={"min_group": 10}
    )
    assert found.about.used == N - 1 - 9
    assert {row.label for row in found.rows} == {"B", "z"}


def test_a_reference_of_few_is_refused_by_name(build, draw, grouped, model):
    dept = np.array(["A"] * 120 + ["B"] * 100 + ["C"] * 14 + ["D"] * 6)
    with pytest.raises(ModelError, match='the reference "D" of dept has fewer than 10 respondents'):
        fit(
            grouped, model, ranked(build, draw), {"dept": dept}, "dept", reference={"dept": "D"},
            design={"min_group": 10},
        )  # fmt: skip


def test_references_and_orders_of_levels_are_as_stated(build, draw, grouped, model):
    grade = np.array(["low", "high", "mid"])[np.arange(N) % 3]
    answers = ranked(build, draw)
    plain = fit(grouped, model, answers, {"grade": grade}, "grade")
    assert plain.about.references == {"grade": "high"}
    other = fit(grouped, model, answers, {"grade": grade}, "grade", reference={"grade": "low"})
    assert {row.reference for row in other.rows} == {"low"}
    ordered = fit(grouped, model, answers, {"grade": grade}, "grade", levels={"grade": ["low", "mid", "high"]})
    assert [row.label for row in ordered.rows if row.outcome == "i0"] == ["mid", "high"]
    turned = {(row.outcome, row.label): row.estimate for row in plain.rows}
    again = {(row.outcome, row.label): row.estimate for row in other.rows}
    assert again[("i0", "high")] == pytest.approx(-turned[("i0", "low")], abs=1e-8)


@pytest.mark.parametrize(
    ("formula", "keys", "message"),
    [
        ("grad", {}, 'Did you mean "grade"'),
        ("grade", {"reference": {"grade": "Z"}}, 'nobody has "Z" as grade'),
        ("grade", {"unknown": {"grade": ["Z"]}}, 'nobody has "Z" as grade'),
        ("log(grade)", {}, "is used as a number"),
        ("age", {"numeric": ["grade"], "formula": "grade"}, "is used as a number"),
    ],
)
def test_names_and_values_that_do_not_exist_are_refused_with_the_nearest(
    build, draw, grouped, model, formula, keys, message
):
    groups = {"grade": np.array(["A", "B"])[np.arange(N) % 2], "age": np.arange(N) % 40}
    keys = dict(keys)
    formula = keys.pop("formula", formula)
    with pytest.raises(ModelError, match=message):
        fit(grouped, model, ranked(build, draw), groups, formula, **keys)


def test_where_takes_a_subpopulation_and_keeps_its_primary_units(build, draw, grouped, model):
    rng = np.random.default_rng(2)
    groups = {"grade": rng.choice(["A", "B"], N), "country": rng.choice(["X", "Y"], N)}
    cluster = np.arange(N) // 8
    found = fit(
        grouped, model, ranked(build, draw), groups, "grade", where={"country": ["X"]}, design={"cluster": cluster}
    )
    inside = groups["country"] == "X"
    assert found.about.used == inside.sum()
    assert found.about.clusters == len(np.unique(cluster[inside])) == found.about.df + 1
    assert found.influence.shape[0] == N
    assert np.abs(found.influence[~inside]).max() == 0


def test_capability_scores_are_covariates(build, draw, grouped, model):
    rng = np.random.default_rng(3)
    current = rng.integers(0, 5, (N, 2)).astype(float)
    current[0] = np.nan
    capability = CapabilityAnswers(
        items=(Item("obtain", {"en": "Obtain"}), Item("apply", {"en": "Apply"})),
        levels=tuple(Level(float(v), {"en": str(v)}) for v in range(5)),
        current=current,
        required=np.full((N, 2), 2.0),
        importance=None,
        supervisor=None,
        source=("fixed", "fixed"),
        rater="self",
        importance_scale=None,
    )
    groups = {"grade": rng.choice(["A", "B"], N)}
    found = fit(
        grouped,
        model,
        ranked(build, draw),
        groups,
        "gap_mean + current_apply",
        design={"capability": capability},
    )
    assert found.about.used == N - 1
    assert {row.term for row in found.rows} == {"gap_mean", "current_apply"}
