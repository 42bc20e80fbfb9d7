"""Options that are no obstacles leave every estimate as if nobody had been offered them; their shares add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import obstacles as ob
from obstacles.reports.writers.tables import to_dict
from obstacles.survey.answers import Published, Rankings, Ratings
from obstacles.survey.loading.set_aside import apart
from obstacles.survey.question import Item, Level, Scale

ITEMS = (Item("a", {}), Item("x", {}, kind="other"), Item("b", {}), Item("n", {}, kind="none"), Item("c", {}))
KEPT = [0, 2, 4]


def rankings(ranks: list[list[int]], *, selection: bool = False) -> Rankings:
    table = np.array(ranks, np.int16)
    return Rankings(
        ITEMS, table, np.ones(table.shape, bool), np.arange(len(table)), np.ones(len(table)), selection=selection
    )


def test_ranks_close_up_in_every_order() -> None:
    random = np.random.default_rng(1)
    ranks = np.array([random.permutation(5) + 1 for _row in range(300)], np.int16)
    ranks[::3] = np.where(ranks[::3] > 3, 0, ranks[::3])
    ranks[5] = [0, 1, 0, 2, 0]  # nothing that is ranked
    found, options, problem, stays = apart(rankings(ranks.tolist()), None, "f.csv")
    assert isinstance(found, Rankings)
    assert problem is None
    assert np.flatnonzero(~stays).tolist() == [5]
    for before, after in zip(ranks[stays][:, KEPT].tolist(), found.ranks.tolist(), strict=True):
        named = sorted(place for place in before if place)
        assert after == [named.index(place) + 1 if place else 0 for place in before]
    assert [one.count for one in options] == [int((ranks[:, j] > 0).sum()) for j in (1, 3)]


def test_ties_keep_their_competition_ranks() -> None:
    found, *_rest = apart(rankings([[1, 1, 3, 0, 3], [2, 1, 2, 4, 5]]), None, "f.csv")
    assert isinstance(found, Rankings)
    assert found.ranks.tolist() == [[1, 2, 2], [1, 1, 3]]


def test_none_of_these_yields_to_choices_and_weights_count() -> None:
    answers = rankings([[1, 0, 0, 1, 0], [0, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0]], selection=True)
    found, options, problem, stays = apart(answers, np.array([1.0, 2.0, 3.0, 4.0]), "f.csv")
    assert stays.all()
    assert isinstance(found, Rankings)
    assert found.ranks.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert [(one.item.id, one.count, one.share) for one in options] == [("x", 1, 0.3), ("n", 1, 0.2)]
    assert problem is not None
    assert (problem.code, problem.count) == ("W-SEL-02", 1)


def test_ratings_and_printed_tables() -> None:
    scores = np.array([[1.0, 2, 3, np.nan, 1], [np.nan, 3, np.nan, 2, np.nan]])
    scale = Scale((Level(1, {}), Level(3, {})))
    found, options, _problem, stays = apart(
        Ratings(ITEMS, scores, np.zeros((2, 5), bool), scale, np.arange(2)), None, ""
    )
    assert isinstance(found, Ratings)
    assert found.scores.tolist() == [[1, 3, 1]]
    assert stays.tolist() == [True, False]
    assert [one.share for one in options] == [1.0, 0.5]
    printed, of_table, *_rest = apart(Published(ITEMS, np.array([0.5, 0.1, 0.3, np.nan, 0.2]), 80.0, True), None, "")
    assert isinstance(printed, Published)
    assert printed.share.tolist() == [0.5, 0.3, 0.2]
    assert (of_table[0].share, of_table[0].count) == (0.1, None)


HEAD = 'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n'
ITEM = '[[obstacles.item]]\nid = "{id}"\n{more}\n'
WAVE = '[[wave]]\nid = "1"\nfile = "f.csv"\n{keys}\n[wave.obstacles]\na = "a"\nb = "b"\nc = "c"\nx = "x"\n'


def study(folder: Path, *, keys: str = 'format = "multi_select"', more: str = 'kind = "other"', end: str = "") -> Path:
    items = "".join(ITEM.format(id=id, more=more if id == "x" else "") for id in "abcx")
    (folder / "study.toml").write_text(HEAD + items + WAVE.format(keys=keys) + end)
    (folder / "f.csv").write_text("a,b,c,x\n" + "1,0,0,0\n0,1,0,1\n1,1,0,0\n0,0,1,1\n" * 15)
    return folder / "study.toml"


@pytest.mark.parametrize("model", ["share", "set-choice"])
def test_every_estimate_is_that_without_the_column(tmp_path: Path, model: str) -> None:
    loaded = ob.load_study(study(tmp_path))
    (wave,) = loaded.waves
    assert [(one.item.id, one.share) for one in wave.set_aside] == [("x", 0.5)]
    bare = replace(loaded, waves=(replace(wave, set_aside=()),))
    with_line, without = ob.rank(loaded, model=model).to_dict(), ob.rank(bare, model=model).to_dict()
    assert with_line.pop("set_aside")
    assert with_line == without
    assert not any("x" in row["id"] for row in with_line["items"])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"more": 'kind = "other"\ncategory = "people"'}, "E-ITEM-04"),
        (
            {"end": '[[model]]\nname = "m"\nkind = "set_choice_logit"\nformula = "~ 1"\nreference_item = "x"\n'},
            "E-ITEM-04",
        ),
        (
            {"keys": 'format = "best_worst"\nbest_worst = { best = ["a"], worst = ["b"], shown = [["a", "b"]] }'},
            "E-ITEM-05",
        ),
        ({"more": 'kind = "others"'}, "E-KEY-02"),
    ],
)
def test_nothing_that_ranks_names_them(tmp_path: Path, changed: dict[str, str], code: str) -> None:
    with pytest.raises(ob.SurveyError) as caught:
        ob.load_study(study(tmp_path, **changed))
    assert code in {problem.code for problem in caught.value.problems}


def test_the_report_shows_them_in_a_table_of_their_own(tmp_path: Path) -> None:
    report = ob.build_report(ob.load_study(study(tmp_path)))
    tables = to_dict(report)["tables"]
    assert [(row["id"], row["kind"], row["share"]) for row in tables["set_aside"]] == [("x", "other", 0.5)]
    assert [row["id"] for row in tables["ranking"]] == ["a", "b", "c"]
