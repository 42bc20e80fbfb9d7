"""Sentences for every strength of headline: what the tests carry, and never more."""

import numpy as np
import pytest

from obstacles.analysis.inference.estimate import Test
from obstacles.analysis.ranking.rank import rank
from obstacles.reports.wave.findings import gather
from obstacles.reports.wave.sentences import (
    beside_the_first,
    figure_title,
    headline,
    methods_agree,
    tiers_lead,
)
from obstacles.reports.words.naming import Nouns, bare
from obstacles.reports.words.verdicts import VERDICTS, agreement, verdict
from obstacles.survey.answers import Published

FILMS = Nouns("film", "films")


def ranked(making, answers, **study):
    return rank(making.study(answers, **study), draws=2_000, frequencies=False)


def drawn(making, n, log_worth, seed=1):
    items = making.items([f"Item {chr(65 + j)}" for j in range(len(log_worth))])
    return making.rankings(items, making.drawn(np.random.default_rng(seed), n, log_worth))


def test_clear(making):
    ranking = ranked(making, drawn(making, 400, [1.5, 0.5, 0.0, -0.5]))
    assert ranking.headline.kind == "clear"
    assert headline(ranking, FILMS) == "“Item A” ranks first among the 4 films (95% confidence)."
    assert headline(ranking) == "“Item A” ranks first among the 4 obstacles (95% confidence)."
    assert bare(beside_the_first(ranking, FILMS)) == "Item B is in second place (95% confidence)."


def test_among_names_the_places_that_are_certain(making):
    ranking = ranked(making, drawn(making, 150, [0.8, 0.8, 0.8, -0.8, -0.9, -1.0, -1.1, -1.2, -1.4, -1.6]))
    assert ranking.headline.kind == "among"
    worst = ranking.headline.worst_rank
    name = ranking.items[ranking.headline.leaders[0]].name
    assert headline(ranking, FILMS) == (
        f"“{name}” is first in the sample and among the top {worst} with 95% confidence."
    )
    assert "first instead" in beside_the_first(ranking, FILMS)


def test_shared_says_that_the_order_of_the_leaders_is_unknown(making):
    ranking = ranked(making, drawn(making, 300, [1.0, 1.0, -0.5, -0.6, -0.7]))
    assert ranking.headline.kind == "shared"
    text = headline(ranking, FILMS)
    assert text.endswith("lead: the data do not say which of the two is first.")
    assert "“Item A”" in text
    assert "“Item B”" in text
    assert "rule out first place" in beside_the_first(ranking, FILMS)


def test_flat_counts_who_could_be_first(making):
    ranking = ranked(making, drawn(making, 60, [0.0] * 6))
    assert ranking.headline.kind == "flat"
    could = ranking.headline.could_lead
    which = f"{could} of the 6 films could be first" if could < 6 else "each of the 6 films could be first"
    assert headline(ranking, FILMS) == f"No film stands out: {which}."


def test_two_items_that_could_both_be_first_do_not_lead(making):
    ranking = ranked(making, drawn(making, 30, [0.05, 0.0]))
    assert headline(ranking, FILMS) == "No film stands out: each of the 2 films could be first."


def test_too_few_respondents_for_rank_sets(making):
    ranking = ranked(making, drawn(making, 3, [0.5, 0.2, 0.0, -0.2, -0.4]))
    assert ranking.simultaneous.high.tolist() == [5] * 5
    assert headline(ranking, FILMS) == ("With 3 answers no order can hold at 95%: 6 that all agree are the fewest.")


def test_nothing_to_tell_apart(making):
    items = making.items(["A", "B", "C"])
    ranking = ranked(making, making.ratings(items, np.full((20, 3), 2.0), ["No", "Some", "Much"]))
    assert headline(ranking, FILMS) == "No film stands out: the answers put all 3 films level."


def test_nothing_to_rank(making):
    items = making.items(["A", "B"])
    ranking = ranked(making, Published(items, np.array([0.4, np.nan]), 100, True))
    assert headline(ranking, FILMS) == "There is nothing to rank: fewer than two films have an answer."


def test_descriptive_without_n(report):
    assert headline(report("published").ranking) == (
        "“Inadequate staff and skills” has the largest published share (70.3%); no sample size is published, so "
        "the certainty of the order is unknown."
    )


def test_descriptive_with_two_equal_shares_and_a_weighted_table(making):
    items = making.items(["A", "B", "C"])
    answers = Published(items, np.array([0.5, 0.5, 0.2]), 300, True, None, True)
    assert headline(ranked(making, answers)) == (
        "“A” and “B” have the largest published share (50.0%); the table is weighted and states no design "
        "effect, so the certainty of the order is unknown."
    )


def test_the_summary_names_no_leader_where_none_stands_out(making):
    from obstacles.reports.research.build import build_report as build

    made = build(making.study(drawn(making, 60, [0.0] * 6)))
    assert made.sections[0].lead[0].startswith("No obstacle stands out")
    assert not any("first in the sample" in sentence for sentence in made.sections[0].lead)


def test_methods_that_disagree_are_counted(making):
    items = making.items(["A", "B", "C"])
    ranks = [[1, 2, 3]] * 6 + [[3, 1, 2]] * 4 + [[3, 2, 1]] * 3  # A has most first places, B the best mean rank
    findings = gather(making.study(making.rankings(items, ranks)), wave=None, model="plackett-luce", level=None, k=2)
    agree, q = findings.methods.agree_on_first, len(findings.methods.methods)
    assert agree < q
    assert bare(methods_agree(findings)) == (
        f"B is first in the sample under {agree} of {q} methods: the first place depends on the method."
    )


@pytest.mark.parametrize(
    ("log_worth", "words"),
    [
        ([3, 1.5, 0, -1.5], "separate every one of the 4"),
        ([0.1, 0.0, 0.0, 0.0], "No line"),
        ([2, 1.9, -1, -1], "into 2 tiers"),
    ],
)
def test_tiers_in_words(making, log_worth, words):
    findings = gather(making.study(drawn(making, 250, log_worth)), wave=None, model="auto", level=None, k=3)
    assert words in tiers_lead(findings)


def test_titles_of_figures_follow_the_headline(report, making):
    findings = gather(making.study(drawn(making, 400, [1.5, 0.5, 0.0])), wave=None, model="auto", level=None, k=3)
    assert bare(figure_title(findings)) == "Item A ranks first"


def test_no_word_of_cause(report):
    from obstacles.reports.words.page_blocks import blocks_of

    for name in ("top_five", "selections", "severity", "published"):
        text = " ".join(str(block) for block in blocks_of(report(name).sections)).lower()
        for word in (" drives ", " causes ", "impact of", "leads to", "significantly"):
            assert word not in text


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_every_test_has_words_for_both_outcomes(name):
    small, large = (Test(name, "all are equal", 12.3, (5.0,), p) for p in (0.001, 0.6))
    yes, no = (verdict(test, FILMS, level=0.95) for test in (small, large))
    assert yes.question == no.question
    assert name == "Kendall's W" or yes.reading != no.reading


def test_an_unknown_test_is_shown_by_its_hypothesis():
    words = verdict(Test("New", "nothing goes on", 2.0, (3.0,), 0.04), FILMS, level=0.95)
    assert "nothing goes on" in words.question
    assert words.reading == "No, at this level."


def test_kendall_s_w_by_schmidt_s_marks():
    marks = [agreement(w).split(" agreement")[0] for w in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert marks == ["Very weak", "Weak", "Moderate", "Strong", "Unusually strong"]
