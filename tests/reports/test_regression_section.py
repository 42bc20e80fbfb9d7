"""The section "What goes with it": every kind of model in words, its checks, small cells, and no causal word."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

import numpy as np
import pytest
from paths import ROOT
from scipy import special

from obstacles.analysis.regression.kinds import REGRESSIONS
from obstacles.analysis.regression.regress import Refusal, regress, regress_all
from obstacles.reports.charts import CHARTS
from obstacles.reports.charts.coefficients import Coefficient, CoefficientData
from obstacles.reports.charts.layout import WIDTH
from obstacles.reports.regression import rows as regression_rows
from obstacles.reports.regression.section import blocks_of, words_of
from obstacles.reports.research.build import build_report as build
from obstacles.reports.wave.group_grid import short_names
from obstacles.reports.words.naming import bare
from obstacles.reports.words.page_blocks import SUPPRESSED, Figure, Listing, Prose, SideBySide, Table, Together
from obstacles.reports.writers.tables import to_dict
from obstacles.survey.settings import RegressionSettings

N = 240
NAMES = ("Staff and skills", "Data quality", "Cost", "Privacy")
BANNED = re.compile(
    r"\b(caus\w*|effects?|affect\w*|impact\w*|influenc\w*|leads? to|led to|results? in|resulted in|due to|because of|"
    r"owing to|thanks to|driv(e|es|en|er|ers|ing)|improv\w*|reduc(e|es|ed|ing|tion)|increas\w*|decreas\w*|"
    r"rais(e|es|ed|ing)|boost\w*|hinder\w*|prevent\w*|responsible for|depends? on)\b",
    re.IGNORECASE,
)
TERMS_OF_ART = re.compile(r"random effects|design effect|has effects of|“[^”]*”|\"[^\"]*\"")
SCORES = {
    "rank_ordered_logit": ("ranks", "grade + size", {}),
    "set_choice_logit": ("selection", "grade + size", {}),
    "selection": ("selection", "grade + size", {}),
    "pick_any": ("selection", "grade + size", {}),
    "severity": ("ratings", "grade + age", {}),
    "outcome": ("selection", "grade + i0", {"outcome": "score"}),
    "drivers": ("selection", "grade + i0 + i1", {"outcome": "score", "bootstrap": 20}),
    "latent_classes": ("ranks", "grade", {"classes": 3, "bootstrap": 2}),
    "tree": ("ranks", "grade + size", {}),
}


def groups_of(rng):
    grade = rng.choice(["Junior", "Senior"], N, p=[0.55, 0.45])
    return {
        "grade": grade,
        "size": rng.choice(["Large", "Small", "Tiny"], N, p=[0.5, 0.4, 0.1]),
        "age": rng.integers(20, 65, N).astype(str),
        "score": np.round(2 + 0.7 * (grade == "Senior") + rng.normal(0, 0.5, N), 2).astype(str),
    }


def study_with(making, form, groups, *models, rng=None, **how):
    """A study whose seniors put the first item far lower, with these models."""
    rng = rng or np.random.default_rng(7)
    senior = np.asarray(groups["grade"]) == "Senior"
    worth = np.array([0.9, 0.3, -0.3, -0.9]) + np.outer(senior, [-1.8, 0.6, 0.6, 0.6])
    utility = worth + rng.gumbel(size=worth.shape)
    items = making.items(NAMES)
    if form == "ratings":
        levels = 0.0 + (utility[:, :, None] > [-1.0, 0.0, 1.0]).sum(axis=2)
        answers = making.ratings(items, levels, ["None", "Minor", "Major", "Critical"])
    elif form == "ranks":
        answers = making.rankings(items, np.argsort(np.argsort(-utility, axis=1), axis=1) + 1)
    else:
        marks = rng.random(worth.shape) < special.expit(worth)
        answers = making.rankings(items, marks.astype(int), selection=True)
    study = making.study(answers, groups=groups, **how)
    stated = tuple(
        RegressionSettings.model_validate({"name": f"m{i}", "title": {"en": "Who says what"}, **model})
        for i, model in enumerate(models)
    )
    return replace(study, settings=study.settings.model_copy(update={"model": stated}))


@pytest.fixture(scope="module")
def told(making):
    """Blocks of every kind of model, by kind."""
    found = {}
    for kind, (form, formula, keys) in SCORES.items():
        groups = groups_of(np.random.default_rng(3))
        study = study_with(making, form, groups, {"kind": kind, "formula": formula, "numeric": ["age"], **keys})
        result = regress(study)
        found[kind] = (result, blocks_of(result, words_of(study, study.wave())))
    return found


def flat(blocks):
    for block in blocks:
        if isinstance(block, Together):
            yield from flat(block.blocks)
        elif isinstance(block, SideBySide):
            yield from block.tables
        else:
            yield block


def texts(blocks):
    """Every text of the blocks."""
    for block in flat(blocks):
        if isinstance(block, Prose):
            yield from (block.title, *block.paragraphs)
        elif isinstance(block, Listing):
            yield from (block.title, *block.lines)
        elif isinstance(block, Figure):
            yield from (block.title, block.subtitle, block.alternative, *block.notes)
        else:
            assert isinstance(block, Table)
            yield from (block.title, block.subtitle, *block.notes, *(column.heading for column in block.columns))
            yield from (cell.text for row in block.rows for cell in row.cells)


def table(blocks, ending=""):
    return next(block for block in flat(blocks) if isinstance(block, Table) and block.id == f"regression-m0{ending}")


def test_every_kind_has_words(told):
    assert set(told) == set(REGRESSIONS)
    for kind, (_result, blocks) in told.items():
        assert blocks[0].title == "Who says what", kind
        assert any(isinstance(block, Table) for block in flat(blocks)) or kind == "tree", kind


def test_no_text_is_causal(told):
    """The words of every kind of result."""
    seen = 0
    for kind, (_result, blocks) in told.items():
        for text in texts(blocks):
            seen += bool(text)
            wrong = BANNED.search(TERMS_OF_ART.sub("", bare(text)))
            assert wrong is None, (kind, text, wrong)
    assert seen > 200


def sources():
    rooms = ROOT.glob("analysis/regression/**/*.py"), ROOT.glob("reports/regression/*.py")
    return [path for room in rooms for path in room] + [
        ROOT / "reports/charts/coefficients.py",
        ROOT / "obstacles/cli/commands/regress.py",
    ]


def messages(path):
    """Texts for people in a file, joined as Python joins them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def test_no_message_is_causal():
    """Also those of cases that no test comes to."""
    seen = 0
    for path in sources():
        for text in messages(path):
            seen += 1
            wrong = BANNED.search(TERMS_OF_ART.sub("", text))
            assert wrong is None, (path.name, text)
    assert seen > 250


@pytest.mark.parametrize("text", ["Size drives cost.", "It leads to gaps.", "The effect of grade", "grade affects it"])
def test_the_list_of_words_finds_what_it_is_for(text):
    assert BANNED.search(text)


def test_what_holds_is_said_with_its_size_and_direction(told):
    _result, blocks = told["selection"]
    rows = {row.cells[3].text: row for row in table(blocks).rows}
    words = rows["Staff and skills · Senior"].cells[-1].text
    assert re.fullmatch(r"marked less often: −\d\d\.\d points \(−\d\d\.\d to −\d\d\.\d\)", words)
    assert rows["Staff and skills · Senior"].strong
    rest = rows["Cost · Small"]
    assert not rest.strong
    assert rest.cells[-1].text.startswith(("no difference shown (", "does not hold after the correction ("))


def test_rankings_and_ratings_have_their_own_units(told):
    ranked = {row.cells[3].text: row.cells[-1].text for row in table(told["rank_ordered_logit"][1]).rows}
    assert ranked["Staff and skills · Senior"].startswith("ranked lower: named first −")
    rated = {row.cells[3].text: row.cells[-1].text for row in table(told["severity"][1]).rows}
    assert re.match(r"rated less severe: −\d\.\d\d on the scale \(", rated["Staff and skills · Senior"])
    assert any("per unit" in text for name, text in rated.items() if name.endswith("age"))
    scored = {row.cells[3].text: row.cells[-1].text for row in table(told["outcome"][1]).rows}
    assert scored["Senior"].startswith("higher: +0.")


def test_references_and_checks_are_named(told):
    _result, blocks = told["selection"]
    assert "Held against: grade “Junior”; size “Large”." in table(blocks).notes
    lines = next(block for block in flat(blocks) if isinstance(block, Listing)).lines
    assert lines[0].startswith(f"n: {N} respondents. Marks: ")
    for check in ("Size:", "Convergence:", "Separation: No separation."):
        assert any(line.startswith(check) for line in lines)


def test_a_failed_check_comes_first_and_says_so(told):
    from obstacles.reports.regression.words import check_lines

    result, _blocks = told["selection"]
    wrong = replace(result, checks=tuple(replace(check, passed=check.name != "separation") for check in result.checks))
    words = words_of_result(result)
    lines = check_lines(wrong, words)
    assert lines[1].startswith("Caution, separation:")


def words_of_result(result):
    from obstacles.reports.regression.words import Words
    from obstacles.reports.words.naming import Nouns

    return Words(Nouns("obstacle", "obstacles"), {}, tuple(result.items), "Source: a test.")


def test_of_many_rows_those_that_show_most_are_shown_and_the_rest_stays_in_the_data(told):
    result, _blocks = told["selection"]
    plain, held = result.rows[-1], next(row for row in result.rows if row.adjusted < 0.001)
    weak = [replace(plain, p=0.2 + i / 100, adjusted=1.0, outcome=f"o{i}", term=f"t{i % 3}") for i in range(60)]
    for place in (0, 30, 60):  # wherever it stands in the file
        rows = (*weak[:place], replace(held, term="t0"), *weak[place:])
        many = replace(result, rows=rows)
        words = words_of_result(many)
        shown = regression_rows.shown_rows(many, words)
        assert {row.outcome for row in shown.rows} == {held.outcome, *(f"o{i}" for i in range(11))}
        assert {row.term for row in shown.rows} == {"t0", "t1", "t2"}
        assert (shown.left, shown.picked) == (49, True)
        made = regression_rows.rows_table(many, words, shown)
        assert sum(row.on_page for row in made.rows) == 12
        assert len(made.rows) == 61
        assert any("Rows are shown because they show most" in note for note in made.notes)


def test_a_term_that_shows_little_keeps_its_strongest_row(told):
    result, _blocks = told["selection"]
    plain, held = result.rows[-1], next(row for row in result.rows if row.adjusted < 0.001)
    rows = [replace(held, outcome=f"o{i}", term="strong") for i in range(40)]
    rows += [replace(plain, p=0.9 - i / 100, adjusted=1.0, outcome=f"o{i}", term="weak") for i in range(9)]
    shown = regression_rows.shown_rows(replace(result, rows=tuple(rows)), words_of_result(result))
    assert [row.outcome for row in shown.rows if row.term == "weak"] == ["o8"]


@pytest.mark.parametrize(("by_group", "adjusted", "said"), [
    (True, 0.2, "By group alone, and not in this model, these hold: Senior: "),
    (False, 0.001, "In this model alone, and not by group, these hold: Senior: "),
    (True, 0.001, ""),
    (False, 0.2, ""),
])  # fmt: skip
def test_a_model_and_a_table_by_group_that_differ_are_put_side_by_side(told, by_group, adjusted, said):
    from types import SimpleNamespace

    from obstacles.reports.regression.beside_groups import beside_groups

    result, _blocks = told["selection"]
    row = replace(next(row for row in result.rows if row.reference), term="grade", label="Senior", adjusted=adjusted)
    one = replace(result, rows=(row, replace(row, outcome="unknown", adjusted=1.0)))
    cell = SimpleNamespace(holds=by_group, difference=0.1)
    groups = [SimpleNamespace(column="grade", items=(SimpleNamespace(id=row.outcome),), cells={"Senior": (cell,)})]
    text = beside_groups(one, words_of_result(one), groups)
    assert text.startswith(said)
    assert ("not settled" in text) == ("over 2 comparisons" in text) == bool(said)
    hidden = [
        SimpleNamespace(**vars(groups[0]) | {"cells": {"Senior": (SimpleNamespace(holds=False, difference=None),)}})
    ]
    assert beside_groups(one, words_of_result(one), hidden) == ""


def test_nothing_that_holds_is_said_in_a_sentence(told):
    result, _blocks = told["selection"]
    none = replace(result, rows=tuple(replace(result.rows[0], adjusted=1.0, outcome=f"o{i}") for i in range(40)))
    blocks = regression_rows.blocks_of(none, words_of_result(none))
    assert any("None of the 40 single comparisons holds" in text for text in texts(blocks))
    tables = [block for block in blocks if block.kind == "table" and block.id == f"regression-{none.about.name}"]
    assert [(table.on_page, len(table.rows)) for table in tables] == [(False, 40)]


def test_small_cells_have_no_row_and_no_size_that_gives_them_away(making):
    groups = groups_of(np.random.default_rng(3))
    groups["size"] = np.where(np.arange(N) % 3 == 0, "Small", "Large")
    senior = np.flatnonzero((groups["grade"] == "Senior") & (groups["size"] == "Small"))
    groups["size"][senior[4:]] = "Large"  # four are left in the cell
    study = study_with(making, "selection", groups, {"kind": "selection", "formula": "grade * size"})
    result = regress(study)
    blocks = blocks_of(result, words_of(study, study.wave()))
    made = table(blocks)
    assert sum(row.small for row in result.rows) == len(NAMES)
    assert not any("grade:size" in cell.text for row in made.rows for cell in row.cells)
    assert any(note.startswith(SUPPRESSED) and "4 rows are not shown" in note for note in made.notes)
    for record in result.to_dict()["coefficients"]:
        if record["term"] == "grade:size":
            assert record["estimate"] is record["base"] is None


def test_other_cells_of_a_term_with_a_small_one_have_no_size(making):
    groups = groups_of(np.random.default_rng(3))
    groups["size"] = np.resize(["Large", "Small", "Mid"], N)
    senior = np.flatnonzero((groups["grade"] == "Senior") & (groups["size"] == "Small"))
    groups["size"][senior[4:]] = "Large"
    study = study_with(making, "selection", groups, {"kind": "selection", "formula": "grade * size"})
    cells = [row for row in regress(study).to_dict()["coefficients"] if row["term"] == "grade:size"]
    assert [row["small"] for row in cells].count(True) == len(NAMES)
    assert len(cells) == 2 * len(NAMES)
    assert all(row["base"] is None for row in cells)
    assert any(row["estimate"] is not None for row in cells)


def test_the_joined_group_says_of_which_groups_it_is(making):
    groups = groups_of(np.random.default_rng(3))
    groups["size"] = np.where(np.arange(N) < 8, "Tiny", np.where(np.arange(N) < 16, "Least", groups["size"]))
    study = study_with(making, "selection", groups, {"kind": "selection", "formula": "size"})
    blocks = blocks_of(regress(study), words_of(study, study.wave()))
    names = [row.cells[3].text for row in table(blocks).rows]
    if regress(study).about.merged:
        assert any(name.endswith("other groups (size)") for name in names)
    assert all("Least" not in text for text in texts(blocks))


def test_selections_by_group_stand_side_by_side_or_as_a_list(told, making):
    result, _blocks = told["pick_any"]
    words = replace(words_of_result(result), columns=9)
    wide = table(blocks_of(result, words), "-grade")
    assert [column.heading for column in wide.columns if column.on_page] == ["Obstacle", "Junior", "Senior"]
    tones = {cell.tone for row in wide.rows for cell in row.cells}
    assert tones == {"", "up", "down"}
    assert wide.rows[-1].cells[1].text == "n"
    long = table(blocks_of(result, replace(words, columns=1)), "-grade")
    assert len(long.rows) == 2 * len(NAMES)
    assert 0 < sum(row.on_page for row in long.rows) < len(long.rows)


def test_words_that_all_levels_end_with_stand_once():
    assert short_names(["10 to 19 employees", "20 or more employees"]) == (["10 to 19", "20 or more"], "employees")
    assert short_names(["employees", "20 employees"]) == (["employees", "20 employees"], "")


def test_a_model_that_cannot_be_fitted_says_why(making):
    groups = groups_of(np.random.default_rng(3))
    study = study_with(making, "selection", groups, {"kind": "severity", "formula": "grade"})
    refusal = next(regress_all(study))
    assert isinstance(refusal, Refusal)
    block = blocks_of(refusal, words_of(study, study.wave()))[0]
    assert block.paragraphs[0].startswith("This model cannot be fitted to these answers: ")
    assert refusal.to_dict()["refused"] == refusal.reason


def test_the_chart_holds_infinite_and_extreme_ratios():
    rows = (
        Coefficient("a", 1.2, 0.9, 1.6, "1.20", False),
        Coefficient("b", 90.0, 0.001, float("inf"), "90.0", True),
    )
    figure = CHARTS["coefficients"](CoefficientData(rows, "Odds ratio, log scale", True, "Odds ratio"))
    shown = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert {"‹", "›", "1", "a", "b"} <= set(shown)
    for axes in figure.axes:
        for line in axes.lines:
            assert (np.asarray(line.get_xdata(), float) <= WIDTH).all()


def test_the_report_has_the_section_and_its_data(making):
    groups = groups_of(np.random.default_rng(3))
    model = {"kind": "rank_ordered_logit", "formula": "grade"}
    study = study_with(making, "ranks", groups, model, {**model, "kind": "selection"}, {**model, "wave": "other"})
    report = build(study)
    section = next(section for section in report.sections if section.id == "regression")
    assert "These are associations" in section.lead[0]
    assert len(report.regressions) == 2  # that of another wave is not asked for
    record = to_dict(report)
    assert [one["kind"] for one in record["regressions"]] == ["rank_ordered_logit", "selection"]
    assert record["tables"]["regression-m0"][0]["estimate"] > 0
    without = build(replace(study, settings=study.settings.model_copy(update={"model": ()})))
    assert all(section.id != "regression" for section in without.sections)
    assert "regressions" not in to_dict(without)
