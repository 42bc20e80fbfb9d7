"""What the research report says: its sections, tables and facts as values."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.ranking.sensitivity import AnchorSensitivity, Sensitivity
from obstacles.analysis.scores import SCORES
from obstacles.reports.research.build import build_report as build
from obstacles.reports.research.sections.robustness import careful_misses
from obstacles.reports.words.numbers import ranges
from obstacles.reports.words.page_blocks import Facts, Prose, Table, blocks_of, tables_of
from obstacles.reports.writers.tables import records
from obstacles.survey.answers import Anchor, Published
from obstacles.survey.problems import LeftOut, SurveyError

STUDIES = ("top_five", "selections", "severity", "published", "published_n", "films")


def table(report, id):
    return next(found for found in tables_of(report.sections) if found.id == id)


def facts(report):
    return {fact.name: fact for block in blocks_of(report.sections) if isinstance(block, Facts) for fact in block.facts}


def shown(found):
    """The printed rows of a table: heading -> text."""
    return [{found.columns[i].heading: row.cells[i].text for i in found.shown} for row in found.rows if row.on_page]


def test_sections_come_in_the_order_of_the_pages(report):
    made = report("top_five")
    assert [section.id for section in made.sections] == [
        "summary",
        "respondents",
        "ranking",
        "spread",
        "methods",
        "robustness",
        "by-group",
        "method",
    ]
    assert [section.number for section in made.sections] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [section.id for section in report("published").sections] == [
        "summary",
        "respondents",
        "ranking",
        "method",
    ]  # a single method applies


@pytest.mark.parametrize("name", STUDIES)
def test_rows_have_a_cell_for_every_column_and_columns_their_own_names(report, name):
    for found in tables_of(report(name).sections):
        assert len({column.id for column in found.columns}) == len(found.columns)
        assert all(len(row.cells) == len(found.columns) for row in found.rows)


@pytest.mark.parametrize("name", STUDIES)
def test_every_chart_and_table_of_answers_names_its_base(report, name):
    made = report(name)
    for block in blocks_of(made.sections):
        if block.kind == "figure" or (isinstance(block, Table) and block.id not in ("flow", "tests")):
            assert any("Base: " in note for note in block.notes), block.id


def test_the_flow_adds_up(report):
    rows = records(table(report("top_five"), "flow"))
    assert [row["rows"] for row in rows] == [463, -31, -12, 420]
    assert rows[0]["rows"] + rows[1]["rows"] + rows[2]["rows"] == rows[3]["rows"]


def test_small_groups_are_hidden_with_the_reason_and_stay_hidden_in_the_data(report):
    found = table(report("top_five"), "group_department")
    hidden = [row for row in records(found) if row["respondents"] == "[c]"]
    assert {row["group"] for row in hidden} == {"Tiny", "Small"}
    assert all(set(row.values()) - {row["group"]} == {"[c]"} for row in hidden)
    assert "[c] hidden to protect a group of fewer than 10 respondents." in found.notes
    assert {row["Response %"] for row in shown(found)} >= {"[c]", "–"}


def test_groups_beyond_the_largest_are_put_together_on_the_page_but_not_in_the_data(making):
    rng = np.random.default_rng(0)
    names = np.repeat([f"Country {j:02d}" for j in range(20)], 30)
    ranks = making.drawn(rng, 600, [0.5, 0.2, 0.0])
    study = making.study(making.rankings(making.items(["A", "B", "C"]), ranks), groups={"country": names})
    found = table(build(study), "group_country")
    assert len(records(found)) == 20
    assert len(shown(found)) == 9
    assert shown(found)[-1] == {"Country": "12 other groups", "Respondents": "360", "%": "60.0"}


def test_a_wave_smaller_than_a_group_has_no_report(making):
    nine = making.study(making.rankings(making.items(["A", "B", "C"]), [[1, 2, 3]] * 9), groups={"unit": ["x"] * 9})
    with pytest.raises(SurveyError, match=r"E-SMALL-01.*9 respondents"):
        build(nine)
    ten = making.study(
        making.rankings(making.items(["A", "B", "C"]), [[1, 2, 3]] * 10), groups={"unit": ["x", "y"] * 5}
    )
    made = build(ten)
    assert made.subtitle.endswith("from 10 respondents.")
    assert not any(found.id.startswith("group_") for found in tables_of(made.sections))
    text = str(made.sections[1].blocks)
    assert "Groups by Unit are not shown: they have fewer than 10 respondents." in text


def test_the_ranking_table_says_which_places_are_open(report):
    made = report("top_five")
    ranking, rows = made.ranking, shown(table(made, "ranking"))
    assert [row["Obstacle"] for row in rows] == [record["label"] for record in ranking.rows]
    together = ranking.simultaneous.separated | ranking.simultaneous.separated.T
    for row, i in zip(rows, ranking.order, strict=True):
        open_pairs = sorted(int(ranking.rank[j]) for j in range(7) if j != i and not together[i, j])
        text = row["Cannot be told apart from ranks"]
        if not open_pairs:
            assert text == "none"
        elif len(open_pairs) < 6:
            assert text == ranges(open_pairs)


def test_marks_have_a_legend_where_they_are_used_and_only_there(report):
    severity, clean = table(report("severity"), "ranking"), table(report("top_five"), "ranking")
    notes = " ".join(severity.notes)
    texts = [cell.text for row in severity.rows for cell in row.cells]
    assert "[x]" in texts
    assert any(text.endswith("[low]") for text in texts)
    assert "[x] not asked, or nobody answered" in notes
    assert "[low] fewer than 30 respondents" in notes
    assert "[low]" not in " ".join(clean.notes)


def test_a_rank_set_of_every_rank_is_called_any(making):
    ranks = making.drawn(np.random.default_rng(4), 40, [0.0] * 5)
    found = table(build(making.study(making.rankings(making.items("ABCDE"), ranks))), "ranking")
    assert "any" in {row["95% rank set"] for row in shown(found)}
    assert any(note.endswith("any: the data rule out no rank.") for note in found.notes)


def test_shares_of_the_spread_are_those_of_the_answers(report):
    rows = records(table(report("top_five"), "spread"))
    for row in rows:
        shares = [row[f"place_{place}"] for place in range(1, 6)] + [row["not_ranked"]]
        assert sum(shares) == pytest.approx(1)
    severity = records(table(report("severity"), "spread"))
    unrated = next(row for row in severity if row["base"] == 0)
    assert unrated["level_0"] is None


def test_selections_show_how_many_were_marked_and_the_cap(report):
    made = report("selections")
    section = next(section for section in made.sections if section.id == "spread")
    assert section.lead[0].startswith("Half of the respondents mark")
    assert "mark the 8 that were allowed" in section.lead[0]
    bars = section.blocks[0].data.rows
    assert sum(bar.share for bar in bars) == pytest.approx(1)
    assert [bar.name for bar in bars if bar.cap] == ["8"]
    assert "Where the limit of 8 binds" in " ".join(section.blocks[0].notes)


def test_methods_are_compared_and_the_others_refused_with_reasons(report):
    made = report("films")
    compared = records(table(made, "compared_methods"))
    assert compared[0] == {"method": "plackett-luce", "first": "i0", "kendall_tau": 1.0}
    names = [row["method"] for row in compared]
    assert {"plackett-luce", "first-choice", "top-k", "mean-rank", "borda"} <= set(names) <= set(SCORES)
    assert len(set(names)) == len(names)
    prose = [text for block in made.sections[4].blocks if block.kind == "prose" for text in block.paragraphs]
    (refused,) = (text for text in prose if text.startswith("Bradley-Terry: it needs pairs;"))
    assert "needs ratings" not in refused  # methods for answers of another kind are not listed


def test_equal_orders_are_not_printed_twice_but_are_in_the_data(making):
    ranks = making.drawn(np.random.default_rng(1), 500, [2, 1, 0, -1])
    found = table(build(making.study(making.rankings(making.items("ABCD"), ranks))), "methods")
    assert not found.on_page
    assert [row["rank_borda"] for row in records(found)] == [1, 2, 3, 4]


def test_what_the_owner_does_not_state_is_an_honest_blank(report):
    named = facts(report("top_five"))
    assert named["2. Sponsor"].text == "The Bureau"
    assert named["11. Limitations"].text == "not stated by the study owner"
    assert not named["11. Limitations"].stated
    cover = {fact.name: fact.text for fact in report("top_five").facts}
    assert cover["Mode"] == "not stated by the study owner"
    assert cover["Fieldwork"] == "13 May – 7 June 2024"
    assert cover["Method"] == "Plackett-Luce, weighted"


def test_aapor_has_its_eleven_items(report):
    names = list(facts(report("films")))
    assert sorted({int(name.split(".")[0]) for name in names if name[0].isdigit()}) == list(range(1, 12))


@pytest.mark.parametrize(
    ("sampling", "words"),
    [
        ("probability", "margin of sampling error"),
        ("nonprobability", "they do not include selection error"),
        ("census", "non-response as if it were at random"),
    ],
)
def test_uncertainty_is_worded_by_sampling(making, sampling, words):
    ranks = making.drawn(np.random.default_rng(1), 50, [1, 0, 0])
    study = making.study(making.rankings(making.items("ABC"), ranks), study={"sampling": sampling})
    assert words in build(study).disclosure


def test_a_published_table_without_n_claims_no_precision(report):
    made = report("published")
    assert made.disclosure == "No interval or rank set is given: what is published does not carry one."
    assert list(shown(table(made, "ranking"))[0]) == ["Reason", "Published share, %", "Rank"]
    assert made.sections[0].lead[1:] == ()


def test_published_with_n_says_that_errors_are_at_most(report):
    assert (
        "largest error that the printed shares allow"
        in facts(report("published_n"))["8. Sample size and precision"].text
    )


def test_synthetic_data_are_named(report):
    assert report("top_five").synthetic.startswith("Synthetic data")
    assert report("films").synthetic == ""


def test_the_report_can_be_repeated(report):
    named = facts(report("top_five"))
    assert named["Command"].text == ("obstacles report study.toml --wave 2024 --model plackett-luce --level 0.95 --k 3")
    assert "/" not in named["Command"].text
    assert "seed 1" in named["Method"].text
    assert "numpy" in named["Versions"].text


def test_level_and_k_are_those_asked_for(making):
    ranks = making.drawn(np.random.default_rng(1), 200, [1, 0.5, 0, -1])
    made = build(making.study(making.rankings(making.items("ABCD"), ranks)), model="top-k", level=0.9, k=2)
    headings = list(shown(table(made, "ranking"))[0])
    assert headings[1:3] == ["Top-2 share, %", "90% interval"]


def test_a_model_that_does_not_apply_is_refused_before_any_page(making):
    with pytest.raises(ModelError, match="does not apply"):
        build(making.study(Published(making.items("AB"), np.array([0.5, 0.4]), None, True)), model="borda")


def test_an_item_never_chosen_is_reported_with_its_penalty(making):
    rng = np.random.default_rng(2)
    ranks = making.drawn(rng, 120, [1, 0.8, 0.5, 0, -9])
    study = making.study(making.rankings(making.items("ABCDE"), np.where(ranks <= 2, ranks, 0)), question={"k": 2})
    found = table(build(study), "ranking")
    assert any("pseudo" in note for note in found.notes)


def test_published_rows_are_not_called_respondents(making):
    study = making.study(
        Published(making.items("AB"), np.array([0.5, 0.4]), None, True), left_out=(LeftOut("another year", 9),)
    )
    made = build(study)
    assert made.sections[1].title == "Where the figures come from"
    assert made.sections[1].lead[0].startswith("The figures are 2 percentages")


class TestCarelessAnswers:
    @staticmethod
    def study(making):
        rng = np.random.default_rng(3)
        ranks = making.drawn(rng, 200, [1.5, 0.2, 0.1, -1])
        ranks[:20] = [4, 1, 2, 3]  # the flagged put the first item last
        fast, twice, partial = (np.zeros(200, bool) for _sign in range(3))
        fast[:20], twice[10:25], partial[150:] = True, True, True
        study = making.study(making.rankings(making.items("ABCD"), ranks))
        flags = {"speeder": fast, "same_answers": twice, "in_part": partial, "straightline": np.zeros(200, bool)}
        return making.replace(study, waves=(making.replace(study.waves[0], flags=flags),))

    def test_who_answered_counts_every_sign_that_was_looked_for(self, making):
        found = records(table(build(self.study(making)), "flags"))
        assert {row["sign"]: row["respondents"] for row in found} == {
            "same_answers": 15,
            "speeder": 20,
            "straightline": 0,
            "any": 25,
            "in_part": 50,
        }

    def test_the_reruns_leave_out_whom_they_say(self, making):
        study = self.study(making)
        made = build(study)
        rows = {row["rerun"]: row for row in records(table(made, "reruns"))}
        assert {name: row["respondents"] for name, row in rows.items()} == {
            "own": 200,
            "unflagged": 175,
            "complete": 150,
        }
        section = next(section for section in made.sections if section.id == "robustness")
        assert "stays first in the sample in 2 of 2 reruns" in section.lead[0]
        assert "the answers are not weighted" in section.blocks[-1].paragraphs[1]

    def test_a_rerun_is_the_ranking_of_a_file_without_these_respondents(self, making):
        study = self.study(making)
        ranks = study.waves[0].answers.ranks[25:]
        alone = rank(making.study(making.rankings(making.items("ABCD"), ranks)), frequencies=False)
        rerun = records(table(build(study), "robustness"))
        assert {row["id"]: row["rank_unflagged"] for row in rerun} == {row["id"]: row["rank"] for row in alone.rows}

    def test_no_section_where_nothing_can_be_left_out(self, making):
        ranks = making.drawn(np.random.default_rng(1), 60, [1, 0, -1])
        made = build(making.study(making.rankings(making.items("ABC"), ranks)))
        assert "robustness" not in [section.id for section in made.sections]
        assert not any(found.id == "flags" for found in tables_of(made.sections))

    def test_without_weights_the_rank_can_change(self, making):
        ranks = np.array([[1, 2, 3]] * 60 + [[2, 1, 3]] * 40)
        study = making.study(
            making.rankings(making.items("ABC"), ranks), design={"weight": np.repeat([1.0, 4.0], [60, 40])}
        )
        made = build(study)
        assert [row["first"] for row in records(table(made, "reruns"))] == ["i1", "i0"]
        assert table(made, "robustness").on_page
        section = next(section for section in made.sections if section.id == "robustness")
        assert "in 0 of 1 rerun" in section.lead[0]


def test_what_the_method_and_random_answers_change_is_said(making):
    ranks = np.where(np.arange(400)[:, None] < 180, [1, 2, 3, 4], [4, 2, 1, 3])
    ranks[np.random.default_rng(3).random(400) < 0.1] = [2, 1, 4, 3]
    items = making.items(("Alpha", "Beta", "Gamma", "Delta"))
    study = making.study(making.rankings(items, ranks), question={"item_order": "randomised"})
    sections = {section.id: section for section in build(study, model="first-choice").sections}
    said = next(block for block in sections["methods"].blocks if block.title == "Pairs in another order")
    assert isinstance(said, Prose)
    text = said.paragraphs[0].replace("\x0e", "").replace("\x0f", "")
    assert text.startswith(
        "3 pairs of obstacles are in the other order under another method. For 3 of them this is more"
    )
    assert "Gamma before Beta here, after it under Plackett-Luce, Top-3 share, Mean rank and Borda score;" in text
    assert sections["robustness"].lead[0].startswith("Had ")


@pytest.mark.parametrize(
    ("right", "ending"),
    [
        (0.95, "the ranks in the sample are the same under all of these."),
        (0.6, "same under all of these, and other ranks move."),
    ],
)
def test_ranks_under_other_rates_of_careful_misses_are_said(making, right, ending):
    """Many or few miss the anchor."""
    ranks = np.where(np.arange(400)[:, None] < 185, [1, 2, 3, 4], [4, 2, 1, 3])
    ranks[np.random.default_rng(3).random(400) < 0.1] = [2, 1, 4, 3]
    items = making.items(("Alpha", "Beta", "Gamma", "Delta"))
    study = making.study(making.rankings(items, ranks), question={"item_order": "randomised"})
    anchor = Anchor(np.arange(400) % 20 < 20 * right, np.ones(400, bool), 4, 4)
    study = replace(study, waves=(replace(study.waves[0], anchor=anchor),))
    section = next(one for one in build(study, model="plackett-luce").sections if one.id == "robustness")
    assert "by the anchor question" in section.lead[0]
    assert "if 5% of careful people miss it" in section.lead[0]
    assert ending in section.lead[0]


def test_a_first_place_that_depends_on_careful_misses_is_said(making):
    items = making.items(("Alpha", "Beta"))
    curve = Sensitivity(items, "m", "share", np.array([0.3, 0.2]), np.zeros((2, 2)), np.array([[2, 1], [1, 2]]))
    found = SimpleNamespace(checks=SimpleNamespace(anchor=AnchorSensitivity((0.05, 0.125), (0.0,), curve)))
    said = careful_misses(found)
    assert "30.0% if 5% of careful people miss it and 20.0% if 12.5%" in said
    assert "first place in the sample depends on which of these is right" in said
    assert said.endswith("At 0% nothing can be corrected.")
