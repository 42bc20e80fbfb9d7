"""A new way to score is one file and one line, words included: its report needs no other change in any language."""

from __future__ import annotations

from dataclasses import fields, replace
from gettext import NullTranslations
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.prepare import Prepared
from obstacles.analysis.scores import SCORES, mean_rank
from obstacles.analysis.scores.base import Fit, Score, ScoreWords
from obstacles.reports.research.build import build_report
from obstacles.reports.words.measures import score_words
from obstacles.reports.words.page_blocks import tables_of
from obstacles.text import language

WORDS = ScoreWords(
    name="Toy score", estimate="Toy", measure="toy of {k}", meaning="What a toy counts among {k}.", percent=False
)
CHINESE = {
    "Toy score": "玩具评分",
    "Toy": "玩具",
    "toy of {k}": "前{k}项玩具",
    "What a toy counts among {k}.": "前{k}项的玩具数。",
}


def _toy(prepared: Prepared) -> Fit:
    fit = mean_rank.mean_rank(prepared)
    return replace(fit, estimate=replace(fit.estimate, method="toy", measure=WORDS.measure.format(k=prepared.k)))


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCORES, "toy", replace(mean_rank.SCORE, name="toy", fit=_toy, words=WORDS))
    known = language.catalogue

    class Catalogue(NullTranslations):
        def gettext(self, message: str) -> str:
            return CHINESE.get(message) or known("zh").gettext(message)

        def ngettext(self, singular: str, plural: str, n: int) -> str:
            return known("zh").ngettext(singular, plural, n)

    monkeypatch.setattr(language, "catalogue", lambda code: Catalogue() if code == "zh" else known(code))


@pytest.mark.usefixtures("toy")
def test_it_is_named_in_the_tables_of_the_report_in_both_languages(making: Any) -> None:
    ranks = np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3], [3, 1, 2]] * 8)
    study = making.study(making.rankings(making.items("ABC"), ranks))
    for code, heading, name, meaning in (
        ("en", "Toy", "Toy score", "What a toy counts among 2."),
        ("zh", "玩具", "玩具评分", "前2项的玩具数。"),
    ):
        tables = {table.id: table for table in tables_of(build_report(study, model="toy", k=2, language=code).sections)}
        assert heading in [column.heading for column in tables["ranking"].columns]
        assert name in [column.heading for column in tables["methods"].columns]
        uses = [cell.text for table in tables.values() for row in table.rows for cell in row.cells]
        assert name in uses
        assert meaning in uses
        with language.using(code):
            assert score_words("toy", 2).measure == ("toy of 2" if code == "en" else "前2项玩具")


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_score_has_its_words_in_every_language(code: str) -> None:
    with language.using(code):
        for score, entry in SCORES.items():
            words = score_words(score, 3)
            texts = [getattr(words, field.name) for field in fields(words) if field.name != "percent"]
            assert all(texts), score
            assert not any("{" in text for text in texts), score
            if code != "en":
                assert words.meaning != entry.words.meaning, score


def test_a_score_without_words_is_not_made() -> None:
    with pytest.raises(TypeError, match="words"):
        Score("x", mean_rank.needs_full_rankings, _toy)  # type: ignore[call-arg]
