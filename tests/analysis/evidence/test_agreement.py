"""Two coders of one crosswalk: kappa by hand, where they differ, and what the counts are by the second one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from obstacles.analysis.evidence.evidence import evidence
from obstacles.analysis.evidence.result import Evidence
from obstacles.survey.evidence.load import load_evidence
from obstacles.text.language import using

HEAD = "survey,year,population,n,kind,item,value,unit\n"
Coded = Callable[..., Evidence]
SKILLS, COST, DATA = "skills", "cost", "data"


@pytest.fixture
def coded(tmp_path: Path) -> Coded:
    def made(pairs: list[tuple[str, str]], level: float = 0.95) -> Evidence:
        """A survey of two items for every two pairs of categories; the first is named by 60 %, the second by 40 %."""
        table, walk = HEAD, "survey,item,narrow,wide,second\n"
        for at, (first, second) in enumerate(pairs):
            table += f"S{at // 2},2020,government,200,select-all,I{at},{60 - 20 * (at % 2)},percent\n"
            walk += f"S{at // 2},I{at},{first},{first},{second}\n"
        (tmp_path / "surveys.csv").write_text(table)
        (tmp_path / "crosswalk.csv").write_text(walk)
        return evidence(load_evidence([tmp_path / "surveys.csv"]), level=level)

    return made


PAIRS = [(SKILLS, SKILLS)] * 20 + [(COST, COST)] * 14 + [(DATA, COST)] * 4 + [(SKILLS, DATA)] * 2 + [(DATA, DATA)] * 10


def test_kappa_and_its_error_by_hand(coded: Coded) -> None:
    """Fleiss, Cohen and Everitt (1969), formula 13, written out."""
    found = coded(PAIRS, 0.9).agreement
    assert found is not None
    names = [SKILLS, COST, DATA]
    p = np.zeros((3, 3))
    for first, second in PAIRS:
        p[names.index(first), names.index(second)] += 1 / len(PAIRS)
    row, column = p.sum(axis=1), p.sum(axis=0)
    observed, chance = np.trace(p), row @ column
    kappa = (observed - chance) / (1 - chance)
    variance = sum(p[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in range(3))
    variance += (1 - kappa) ** 2 * sum(
        p[i, j] * (column[i] + row[j]) ** 2 for i in range(3) for j in range(3) if i != j
    )
    variance -= (kappa - chance * (1 - kappa)) ** 2
    half = stats.norm.ppf(0.95) * np.sqrt(variance / len(PAIRS)) / (1 - chance)
    assert (found.items, found.agreed) == (50, 44)
    assert found.kappa == pytest.approx(kappa)
    assert (found.low, found.high) == pytest.approx((kappa - half, kappa + half))


def test_each_item_on_which_they_differ_is_named(coded: Coded) -> None:
    found = coded(PAIRS).agreement
    assert found is not None
    assert len(found.disagreements) == 6
    assert {(each.first, each.second) for each in found.disagreements} == {(DATA, COST), (SKILLS, DATA)}
    assert found.disagreements[0].item == "I34"


def test_the_second_coder_is_a_way_of_counting(coded: Coded) -> None:
    """The first coder has skills first in the only survey, the second has not."""
    found = coded([(SKILLS, COST), (COST, SKILLS)])
    by_name = {part.name: part.counts for part in found.sensitivity}
    assert (found.counts.first, by_name["narrow"].first, by_name["by the second coder"].first) == (1, 1, 0)


def test_an_item_that_was_not_coded_twice_counts_as_the_first_coder_has_it(coded: Coded) -> None:
    found = coded([(SKILLS, ""), (COST, COST)])
    assert found.agreement is not None
    assert found.agreement.items == 1
    assert found.agreement.kappa is None, "one category alone"
    assert {part.name: part.counts.first for part in found.sensitivity}["by the second coder"] == 1


def test_one_coder_has_no_kappa(coded: Coded) -> None:
    found = coded([(SKILLS, ""), (COST, "")])
    assert found.agreement is None
    assert found.to_dict()["agreement"] is None
    assert "by the second coder" not in [part.name for part in found.sensitivity]


@pytest.mark.parametrize(("language", "words"), [("en", "Cohen's kappa 0.82"), ("zh", "Cohen卡帕系数为0.82")])
def test_the_words(coded: Coded, language: str, words: str) -> None:
    from obstacles.reports.evidence.words import coders, disagreements

    with using(language):
        found = coded(PAIRS)
        assert words in coders(found)
        assert len(disagreements(found)) == 6
        assert "I34" in disagreements(found)[0]
