"""A new kind of regression is one file and one line, and one line for its keys: its words stand in its file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from gettext import NullTranslations
from typing import Any

import numpy as np
import pytest

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.regression.fitting import regression
from obstacles.analysis.regression.kinds import REGRESSIONS, selection
from obstacles.analysis.regression.kinds.base import MeasureWords, RegressionKind, RegressionWords
from obstacles.analysis.regression.regress import regress
from obstacles.reports.regression.section import blocks_of, words_of
from obstacles.survey.regression_kinds import KINDS, KindKeys
from obstacles.survey.settings import RegressionSettings
from obstacles.survey.study import Study
from obstacles.text import language

TOY = RegressionKind(
    selection.reason_not_applicable,
    partial(regression, fit=selection.fit),
    RegressionWords(
        name="Toy of each {noun}",
        more="toys up",
        less="toys down",
        measures={"odds ratio": MeasureWords("Toy ratio", "What 2 means for a {noun}.")},
        events=("Toys: {n}.", "Toys: {n} for each {noun}."),
    ),
)
CHINESE = {
    "Toy of each {noun}": "各{noun}的玩具",
    "toys up": "玩具多",
    "toys down": "玩具少",
    "Toy ratio": "玩具比",
    "What 2 means for a {noun}.": "{noun}的2。",
    "Toys: {n}.": "玩具：{n}。",
    "Toys: {n} for each {noun}.": "各{noun}的玩具：{n}。",
}


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGRESSIONS, "toy", TOY)
    monkeypatch.setitem(KINDS, "toy", KindKeys(("classes",)))
    known = language.catalogue

    class Catalogue(NullTranslations):
        def gettext(self, message: str) -> str:
            return CHINESE.get(message) or known("zh").gettext(message)

        def ngettext(self, singular: str, plural: str, n: int) -> str:
            return known("zh").ngettext(singular, plural, n)

    monkeypatch.setattr(language, "catalogue", lambda code: Catalogue() if code == "zh" else known(code))


@pytest.fixture
def study(making: Any) -> Study:
    rng = np.random.default_rng(4)
    grade = rng.choice(["Junior", "Senior"], 200)
    share = np.where((grade == "Senior")[:, None], [0.8, 0.5, 0.3], [0.3, 0.5, 0.5])
    marks = (rng.random((200, 3)) < share).astype(int)
    study: Study = making.study(making.rankings(making.items("ABC"), marks, selection=True), groups={"grade": grade})
    return study


def model(**keys: Any) -> RegressionSettings:
    stated = RegressionSettings.model_validate({"name": "m", "kind": "selection", "formula": "grade", **keys})
    return stated.model_copy(update={"kind": "toy"})


def texts(value: Any) -> Iterator[str]:
    """Every text of the blocks."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from texts(part)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from texts(getattr(value, name))


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("code", ["en", "zh"])
def test_it_is_told_in_both_languages(study: Study, code: str) -> None:
    with language.using(code):
        printed = "\n".join(texts(blocks_of(regress(study, model()), words_of(study, study.wave()))))
    for english, chinese in (
        ("Toy of each", "的玩具"),
        ("toys up", "玩具多"),
        ("Toy ratio", "玩具比"),
        ("What 2", "的2。"),
    ):
        assert (english in printed, chinese in printed) == (code == "en", code == "zh")


@pytest.mark.usefixtures("toy")
def test_its_keys_are_those_of_its_line(study: Study) -> None:
    assert regress(study, model(classes=2)).about.kind == "toy"
    with pytest.raises(ModelError, match='ties does not belong to kind "toy"; it is a key of rank_ordered_logit'):
        regress(study, model(ties="efron"))
    with pytest.raises(ModelError, match='kind "toy" needs a formula'):
        regress(study, model(formula=""))


def test_every_kind_is_known_to_study_files() -> None:
    assert set(KINDS) == set(REGRESSIONS)


def test_kinds_of_rows_have_words() -> None:
    told_by_type = {"pick_any", "drivers", "latent_classes", "tree"}
    assert {name for name, kind in REGRESSIONS.items() if kind.words is None} == told_by_type
