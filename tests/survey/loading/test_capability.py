"""Capability columns of a wave: levels and their words, what is required, raters; the lock of what was published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from obstacles.survey.answers import CapabilityAnswers
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.study import Study

STUDY = """schema = 1
[study]
title = "T"
sampling = "census"
[obstacles]
direction = "1_is_most_severe"
[capability]
levels = [ { value = 0, en = "None", zh = "无" }, { value = 1, en = "Awareness" }, { value = 2, en = "Expert" } ]
%(capability)s
[[capability.item]]
id = "obtain"
label = "Obtain data"
%(required)s
[[wave]]
id = "1"
file = "a.csv"
format = "rank_grid"
blank = "below"
id_column = "id"
missing = { refused = ["-9"] }
[wave.columns]
role = "role"
[wave.obstacles]
a = "A"
b = "B"
[wave.capability.current]
obtain = "now"
%(columns)s
[privacy]
%(privacy)s
"""
ROWS = ("1,IT,1,2,2,1,1,3", "2,IT,1,2,Awareness,2,,5", "3,HR,2,1,无,0,0,1", "4,HR,2,1,,1,2,-9")
HEAD = "id,role,A,B,now,need,seen,matters"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def made(rows: tuple[str, ...] = ROWS, table: str = "", **keys: str) -> Path:
        parts = {"capability": "", "required": "required = 1", "columns": "", "privacy": ""} | keys
        (tmp_path / "a.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        (tmp_path / "levels.csv").write_text(table, encoding="utf-8")
        path = tmp_path / "study.toml"
        path.write_text(STUDY % parts, encoding="utf-8")
        return path

    return made


def answers(study: Study) -> CapabilityAnswers:
    found = study.wave().capability
    assert found is not None
    return found


def test_obtain_process_and_apply_need_no_name(write: Write) -> None:
    assert answers(load_study(write(required='required = 1\nscale = "apply"'))).items[0].category == "apply"


def test_specialists_that_nobody_is_are_warned_of(write: Write) -> None:
    study = load_study(write(capability='specialists = { group = "role", is = ["IT", "Analysts"] }'))
    problem = next(p for p in study.wave().receipt.problems if p.code == "W-CAP-03")
    assert '"Analysts"' in problem.message
    assert '"IT"' in problem.message, "what there is"


def codes(error: pytest.ExceptionInfo[SurveyError]) -> list[str]:
    return [problem.code for problem in error.value.problems if problem.severity == "error"]


BY_ROLE = {"required": 'required_from = "role"', "capability": 'required_table = { file = "levels.csv" }'}


class TestLevels:
    def test_values_and_words_of_every_language(self, write: Write) -> None:
        found = answers(load_study(write()))
        np.testing.assert_array_equal(found.current[:, 0], [2, 1, 0, np.nan])
        np.testing.assert_array_equal(found.required[:, 0], [1, 1, 1, 1])
        assert [level.label["en"] for level in found.levels] == ["None", "Awareness", "Expert"]
        assert found.source == ("fixed",)

    def test_a_cell_that_is_no_level_is_named(self, write: Write) -> None:
        with pytest.raises(SurveyError) as error:
            load_study(write(rows=("1,IT,1,2,7,1,1,3", *ROWS[1:])))
        assert codes(error) == ["E-CAP-01"]
        assert '"now"' in str(error.value)
        assert "row 2" in str(error.value)

    def test_nobody_rated_it(self, write: Write) -> None:
        study = load_study(write(rows=tuple(f"{i},IT,1,2,,1,1,3" for i in range(3))))
        assert "W-CAP-02" in [problem.code for problem in study.wave().receipt.problems]


class TestRequired:
    def test_asked_of_each(self, write: Write) -> None:
        columns = '[wave.capability.required]\nobtain = "need"'
        found = answers(load_study(write(required='required_from = "column"', columns=columns)))
        np.testing.assert_array_equal(found.required[:, 0], [1, 2, 0, 1])
        assert found.source == ("column",)

    def test_looked_up_by_role_in_words_or_values(self, write: Write) -> None:
        found = answers(load_study(write(table="role,item,required\nIT,obtain,Expert\nHR,Obtain data,1\n", **BY_ROLE)))
        np.testing.assert_array_equal(found.required[:, 0], [2, 2, 1, 1])

    def test_a_role_that_the_table_does_not_have_is_counted(self, write: Write) -> None:
        study = load_study(write(table="role,item,required\nIT,obtain,2\n", **BY_ROLE))
        np.testing.assert_array_equal(answers(study).required[:, 0], [2, 2, np.nan, np.nan])
        problem = next(one for one in study.wave().receipt.problems if one.code == "W-CAP-01")
        assert problem.count == 2
        assert '"HR"' in problem.message

    @pytest.mark.parametrize(
        ("table", "piece"),
        [
            ("role,skill\nIT,obtain\n", "role (or another group"),
            ("role,item,required\nIT,obtian,1\n", 'there is no capability "obtian"'),
            ("role,item,required\nIT,obtain,7\n", '"7" is no level'),
            ("role,item,required\nIT,obtain,1\nIT,obtain,2\n", "two levels"),
        ],
    )
    def test_a_table_that_is_wrong_is_refused(self, write: Write, table: str, piece: str) -> None:
        with pytest.raises(SurveyError) as error:
            load_study(write(table=table, **BY_ROLE))
        assert set(codes(error)) == {"E-CAP-03"}
        assert piece in str(error.value)


class TestRaters:
    SEEN = '[wave.capability.supervisor]\nobtain = "seen"'

    def test_both(self, write: Write) -> None:
        found = answers(load_study(write(capability='rater = "both"', columns=self.SEEN)))
        assert found.supervisor is not None
        np.testing.assert_array_equal(found.supervisor[:, 0], [1, np.nan, 0, 2])

    def test_the_supervisor_alone(self, write: Write) -> None:
        found = answers(load_study(write(capability='rater = "supervisor"', columns=self.SEEN)))
        np.testing.assert_array_equal(found.current[:, 0], [1, np.nan, 0, 2])
        assert found.supervisor is None
        assert found.rater == "supervisor"

    def test_importance_on_its_scale(self, write: Write) -> None:
        columns = '[wave.capability.importance]\nobtain = "matters"'
        found = answers(load_study(write(capability="importance_scale = [1, 5]", columns=columns)))
        assert found.importance is not None
        np.testing.assert_array_equal(found.importance[:, 0], [3, 5, 1, np.nan])
        with pytest.raises(SurveyError) as error:
            load_study(write(capability="importance_scale = [1, 4]", columns=columns))
        assert codes(error) == ["E-CAP-02"]


@pytest.mark.parametrize(
    ("keys", "piece"),
    [
        ({"required": ""}, "which level is required"),
        ({"required": "required = 7"}, "none of the levels 0, 1, 2"),
        ({"required": 'required_from = "role"'}, "required_table"),
        ({"required": 'required_from = "column"'}, 'no column for "obtain"'),
        ({"required": 'required = 1\nscale = "proces"'}, 'Did you mean "process"'),
        ({"capability": 'specialists = { group = "rolle", is = ["IT"] }'}, 'Did you mean "role"'),
        ({"capability": 'specialists = { group = "role", is = [] }'}, "needs the values of its group"),
        ({"capability": 'rater = "both"'}, "[wave.capability.supervisor]"),
        ({"columns": '[wave.capability.importance]\nobtain = "matters"'}, "importance_scale"),
        ({"columns": '[wave.capability.required]\nobtian = "need"'}, 'no capability "obtian"'),
    ],
)
def test_settings_that_contradict_themselves(write: Write, keys: dict[str, str], piece: str) -> None:
    with pytest.raises(SurveyError) as error:
        load_study(write(**keys))
    assert error.value.exit_code == 3
    assert piece in str(error.value)
