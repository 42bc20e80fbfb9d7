"""Charts of results by themselves: matplotlib figures with the texts of the result, shown by a notebook."""

from __future__ import annotations

import io

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from paths import EXAMPLES
from PIL import Image

import obstacles as ob


@pytest.fixture(scope="module")
def study() -> ob.Study:
    return ob.load_study(EXAMPLES / "big-data-obstacles" / "study.toml")


@pytest.fixture(scope="module")
def published() -> ob.Study:
    return ob.load_study(EXAMPLES / "eurostat-ai" / "study.toml")


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_a_ranking(study: ob.Study) -> None:
    ranking = ob.rank(study, frequencies=False)
    figure = ranking.plot()
    found = texts(figure)
    assert {item.short_name for item in ranking.items} <= set(found)
    assert f"{100 * ranking.rows[0]['estimate']:.1f}" in found
    picture, size = vars(figure)["_repr_png_"]()
    with Image.open(io.BytesIO(picture)) as prepared:
        assert prepared.width == pytest.approx(2 * size["width"], rel=0.02)


def test_the_places_of_a_top_k_share_are_named(study: ob.Study) -> None:
    assert "Top-2 share, % (95% interval)" in texts(ob.rank(study, model="top-k", k=2, frequencies=False).plot())


def test_groups_against_each_other(study: ob.Study) -> None:
    change = ob.compare(study, by="grade")
    assert any(text.startswith("Senior less Junior: ") for text in texts(change.plot()))
    assert any(text.startswith("Middle less Junior: ") for text in texts(change.plot(last="Middle")))
    with pytest.raises(ValueError, match="Junior and Nobody"):
        change.plot(last="Nobody")


def test_waves_whose_levels_do_not_compare_show_ranks(published: ob.Study) -> None:
    found = texts(ob.compare(published).plot())
    assert {"2023", "2024", "2025"} <= set(found)
    assert found.count("1") == 3


def test_capability_gaps_of_all_and_of_a_group(study: ob.Study) -> None:
    gaps = ob.gaps(study, by="grade")
    assert "The whole organisation" in texts(gaps.plot())
    assert {"Junior", "Whole organisation"} <= set(texts(gaps.plot(group="Junior")))
    with pytest.raises(KeyError):
        gaps.plot(group="Nobody")
    frame = gaps.to_frame()
    assert len(frame) == 4 * len(gaps.items)
    assert list(frame["group"].unique()) == ["", "Junior", "Middle", "Senior"]
    assert "<table" in gaps._repr_html_()


def test_a_regression(study: ob.Study) -> None:
    regression = ob.regress(study)
    assert isinstance(regression, ob.Regression)
    assert any(" · Senior" in text for text in texts(regression.plot()))


def test_another_thing_has_no_chart() -> None:
    with pytest.raises(TypeError, match="no chart of a str; charts are drawn of Ranking, Change"):
        ob.plot("a ranking")
