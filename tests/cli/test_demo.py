"""The example studies: the synthetic one is what its generator says, and all are copied whole."""

from __future__ import annotations

import csv
import io
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from obstacles.cli.demo import (
    DEPARTMENTS,
    LOG_WORTH,
    SHOWN,
    SYNTHETIC,
    examples_folder,
    synthetic_files,
    write_examples,
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return synthetic_files()


def rows_of(data: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


def test_the_shipped_files_are_the_generators_byte_by_byte(files: dict[str, bytes]) -> None:
    assert {"responses_2022.csv", "responses_2024.csv", "headcount.csv"} <= set(files)
    for name, data in files.items():
        assert (examples_folder() / SYNTHETIC / name).read_bytes() == data, name


def test_another_seed_gives_other_answers(files: dict[str, bytes]) -> None:
    other = synthetic_files(seed=1)
    assert other["responses_2024.csv"] != files["responses_2024.csv"]
    assert other["headcount.csv"] == files["headcount.csv"]


def test_two_departments_are_too_small_to_be_shown_in_both_waves(files: dict[str, bytes]) -> None:
    found = rows_of(files["responses_2022.csv"], "gb18030")[1:]
    names = {chinese: name for name, (chinese, _before, _after) in DEPARTMENTS.items()}
    count_2022 = Counter(names[row[2]] for row in found)
    count_2024 = Counter(row[6] for row in rows_of(files["responses_2024.csv"], "utf-8-sig")[3:])
    for count in (count_2022, count_2024):
        assert len(count) == 14
        assert sorted(name for name, n in count.items() if n < 10) == ["Archives", "Protocol Office"]


def test_headcounts_are_the_people_invited(files: dict[str, bytes]) -> None:
    study = tomllib.loads((examples_folder() / SYNTHETIC / "study.toml").read_text(encoding="utf-8"))
    total: Counter[str] = Counter()
    for _department, wave, count in rows_of(files["headcount.csv"], "utf-8")[1:]:
        total[wave] += int(count)
    assert total == {wave["id"]: wave["invited"] for wave in study["wave"]}


def test_first_places_follow_the_stated_worths(files: dict[str, bytes]) -> None:
    places: Counter[str] = Counter()
    for row in rows_of(files["responses_2024.csv"], "utf-8-sig")[3:]:
        cells = row[9:16]
        if cells.count("1") == 1:
            places[SHOWN[cells.index("1")]] += 1
    assert [item for item, _n in places.most_common(3)] == sorted(LOG_WORTH, key=lambda item: -LOG_WORTH[item])[:3]
    assert 0.20 < places["skills"] / places.total() < 0.35  # first, but not absurdly


def test_weights_have_mean_one_and_restore_the_headcounts(files: dict[str, bytes]) -> None:
    rows = rows_of(files["responses_2024.csv"], "utf-8-sig")[3:]
    weight = [float(row[-1]) for row in rows]
    assert sum(weight) / len(weight) == pytest.approx(1, abs=1e-3)
    total = sum(after for _chinese, _before, after in DEPARTMENTS.values())
    finance = sum(float(row[-1]) for row in rows if row[6] == "Finance") / len(rows)
    assert finance == pytest.approx(DEPARTMENTS["Finance"][2] / total, abs=2e-3)


def test_all_examples_are_written_and_the_ready_ones_named(tmp_path: Path) -> None:
    ready = write_examples(tmp_path)
    assert [path.parent.name for path in ready] == ["eurostat-ai", "big-data-obstacles"]
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.toml")}
    assert found == {path.relative_to(examples_folder()).as_posix() for path in examples_folder().rglob("*.toml")}
    assert {path.relative_to(tmp_path).as_posix() for path in ready} < found
    for path in ready:
        for wave in tomllib.loads(path.read_text(encoding="utf-8"))["wave"]:
            assert (path.parent / wave["file"]).is_file()
