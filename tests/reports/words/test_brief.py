"""What is safe to say is what tests carry, what is not safe is what they leave open: held against the rank sets."""

import re
from itertools import pairwise

import numpy as np
import pytest

from obstacles.reports.research import brief
from obstacles.reports.wave.findings import gather
from obstacles.reports.words.naming import bare
from obstacles.text.language import using


def found_of(making, n, log_worth, *, seed=1, language="en", groups=None):
    rng = np.random.default_rng(seed)
    items = making.items([f"Item {chr(65 + j)}" for j in range(len(log_worth))])
    answers = making.rankings(items, making.drawn(rng, n, log_worth))
    study = making.study(answers, groups=groups or {})
    return gather(study, wave=None, model="auto", level=None, k=1)


def letters(text):
    return re.findall(r"Item ([A-Z])", text)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("spread", [0.0, 0.15, 0.7])
def test_sentences_follow_the_rank_sets(making, seed, spread):
    f = found_of(making, 120, [spread * (5 - j) for j in range(6)], seed=seed)
    sets = f.ranking.simultaneous
    place = {item.name[-1]: i for i, item in enumerate(f.items)}
    order = [i for i in f.order if f.ranking.rank[i] > 0]
    for text in brief.safe(f):
        ahead, found, behind = bare(text).partition("ahead of")
        if found and letters(behind):
            for a in letters(ahead):
                assert all(sets.high[place[a]] < sets.low[place[b]] for b in letters(behind))
    open_pairs = {frozenset(pair) for pair in pairwise(order) if f.together[pair[0], pair[1]]}
    for text in brief.not_safe(f):
        if "comes before" in text:
            assert frozenset(place[one] for one in letters(text)) in open_pairs
        if " is first: " in text:
            assert f.ranking.headline.kind != "clear"
    assert len(brief.safe(f)) <= 5
    assert len(brief.not_safe(f)) <= 5
    assert spread > 0 or not any("ahead of" in text for text in brief.safe(f))
    assert spread < 0.7 or any("ranks first" in text for text in brief.safe(f))


def test_a_group_is_named_where_its_difference_holds_and_its_column_where_none_does(making):
    rng = np.random.default_rng(3)
    n = 400
    ranks = making.drawn(rng, n, [1.0, 0.5, 0.0, -0.5])
    other = rng.integers(0, 2, n)
    north = np.arange(n) < 130
    ranks[north] = making.drawn(rng, 130, [-1.5, 0.5, 0.0, 1.5])
    answers = making.rankings(making.items(["Item A", "Item B", "Item C", "Item D"]), ranks)
    study = making.study(
        answers, groups={"region": np.where(north, "North", "South"), "shift": np.where(other, "Day", "Night")}
    )
    f = gather(study, wave=None, model="auto", level=None, k=1)
    told = " ".join(map(bare, brief.safe(f)))
    assert re.search(r"Item [AD] is named (more|less) often in the group (North|South)", told)
    assert "shift" not in told
    assert any("differ by shift: no difference is shown, and none is ruled out" in text for text in brief.not_safe(f))
    assert not any("region" in text for text in brief.not_safe(f))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_for_an_e_mail_is_short_and_has_base_and_level(making, language):
    with using(language):
        f = found_of(making, 200, [0.9, 0.5, 0.0, -0.4])
        text = brief.email(f)
    assert "200" in text
    assert "95%" in text
    assert len(text.split()) < 90
    assert "\x0e" not in text


def test_nothing_is_safe_or_unsafe_where_no_test_speaks(report):
    published = report("published").sections[0]
    assert not any(block.kind == "together" for block in published.blocks)
    clear = report("films").sections[0]
    assert [listing.title for block in clear.blocks if block.kind == "together" for listing in block.blocks] == [
        "Safe to say"
    ]
