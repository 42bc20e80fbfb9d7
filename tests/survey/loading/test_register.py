"""The register of what was published: who was in it, its file, and the rules that hold."""

from __future__ import annotations

import json
import multiprocessing
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from obstacles.survey.loading.load import load_study
from obstacles.survey.loading.register import (
    NAME,
    added,
    kept_register,
    persons,
    publication,
    read_register,
    refuse_looser,
    register_path,
)
from obstacles.survey.problems import SurveyError
from obstacles.survey.study import Study

STUDY = """schema = 1
[study]
title = "T"
sampling = "census"
[obstacles]
[[wave]]
id = "1"
file = "{file}"
format = "multi_select"
selected = ["1"]
blank = "not_answered"
{id}
[wave.columns]
dept = "dept"
[wave.obstacles]
a = "A"
b = "B"
[privacy]
audience = "organisation"
{privacy}
"""
ROWS = tuple(f"p{i},{'IT' if i % 2 else 'HR'},{i % 3 // 2},{i % 2}" for i in range(24))
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def made(
        rows: tuple[str, ...] = ROWS,
        privacy: str = "",
        id: str = 'id_column = "id"',
        name: str = "study",
        file: str = "a.csv",
    ) -> Path:
        (tmp_path / file).write_text("\n".join(["id,dept,A,B", *rows]) + "\n", encoding="utf-8")
        path = tmp_path / f"{name}.toml"
        path.write_text(STUDY.format(privacy=privacy, id=id, file=file), encoding="utf-8")
        return path

    return made


def publish(study: Study) -> None:
    with kept_register(study.path) as kept:
        cells = [np.ones(len(study.wave().respondents), bool), (study.wave().respondents["dept"] == "IT").to_numpy()]
        kept[0] = added(kept[0], publication("research", study.settings, study.wave(), cells, kept[0].key))


def codes(path: Path) -> list[str]:
    return [problem.code for problem in load_study(path).problems]


def test_nothing_is_said_where_nothing_changed(write: Write) -> None:
    path = write()
    publish(load_study(path))
    publish(load_study(path))
    assert codes(path) == []
    refuse_looser(load_study(path))
    register = read_register(register_path(path))
    assert register is not None
    assert len(register.publications) == 1


def test_it_is_its_owners_and_has_no_names_ids_or_answers(write: Write) -> None:
    path = write(tuple(f"{row.replace('p', 'person-')}" for row in ROWS))
    publish(load_study(path))
    file = path.with_name(NAME)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert "person-" not in text
    assert "IT" not in json.dumps(json.loads(text)["publications"])


def test_digests_are_keyed(write: Write) -> None:
    wave = load_study(write()).wave()
    one, other = (persons(wave, key * 64) for key in "ab")
    assert not {person.id for person in one} & {person.id for person in other}
    assert len({person.id for person in one}) == 24


@pytest.mark.parametrize("id", ['id_column = "id"', ""])
def test_people_are_known_whatever_files_and_studies_are_called(write: Write, id: str) -> None:
    path = write(id=id)
    publish(load_study(path))
    other = write(ROWS[1:], id=id, name="other", file="download (2).csv")
    assert codes(other) == ["W-LOCK-01"]


@pytest.mark.parametrize("rule", ["min_group = 5", "complementary = false", "cap_extremes = false"])
def test_looser_rules_are_refused_in_a_copy_too(write: Write, rule: str) -> None:
    publish(load_study(write()))
    for name in ("study", "copy"):
        study = load_study(write(privacy=rule, name=name))
        assert [problem.code for problem in study.problems] == ["W-LOCK-02"]
        with pytest.raises(SurveyError, match=rule.split()[0]) as error:
            refuse_looser(study)
        assert error.value.problems[0].code == "E-LOCK-01"
        assert error.value.exit_code == 3


def test_stricter_rules_are_warned_of(write: Write) -> None:
    publish(load_study(write()))
    study = load_study(write(privacy="min_group = 12"))
    assert "min_group 10, now 12" in study.problems[0].message
    refuse_looser(study)


def damaged(path: Path) -> list[str]:
    """Texts that a damaged register may have: cut off, emptied, with a publication taken out, something else."""
    whole = json.loads(path.with_name(NAME).read_text(encoding="utf-8"))
    return ["{", "[]", '{"privacy": 1}', "\udcff", "", "[" * 100_000, json.dumps(whole | {"publications": []})]


@pytest.mark.parametrize("place", range(7))
def test_a_damaged_one_fails_closed_until_it_is_begun_anew(write: Write, place: int) -> None:
    path = write()
    publish(load_study(path))
    text = damaged(path)[place].encode("utf-8", "surrogateescape")
    path.with_name(NAME).write_bytes(text)
    assert codes(path) == ["W-LOCK-03"]
    with pytest.raises(SurveyError, match="--new-register") as error, kept_register(path):
        pytest.fail("it was opened")
    assert error.value.problems[0].code == "E-LOCK-03"
    assert path.with_name(NAME).read_bytes() == text
    with kept_register(path, anew=True) as kept:
        assert kept[0].publications == ()
    assert path.with_name(f"{NAME}.old").read_bytes() == text
    assert codes(path) == []


def _publishes(path: Path, rows: int) -> None:
    study = load_study(path)
    with kept_register(path) as kept:
        inside = np.arange(len(study.wave().respondents)) < rows
        kept[0] = added(kept[0], publication("research", study.settings, study.wave(), [inside], kept[0].key))


def test_beginning_anew_twice_keeps_both_old_ones(write: Write) -> None:
    path = write()
    publish(load_study(path))
    kept = []
    for _time in range(2):
        kept.append(path.with_name(NAME).read_bytes())
        with kept_register(path, anew=True) as register:
            study = load_study(path)
            register[0] = added(register[0], publication("gap", study.settings, study.wave(), [], register[0].key))
    assert [path.with_name(f"{NAME}.{end}").read_bytes() for end in ("old", "old2")] == kept


def test_writers_at_once_lose_nothing(write: Write) -> None:
    path = write()
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_publishes, args=(path, rows)) for rows in range(8, 14)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    register = read_register(register_path(path))
    assert register is not None
    assert len(register.publications) == 6
    assert [one.name for one in path.parent.iterdir() if one.name.endswith(".part")] == []
