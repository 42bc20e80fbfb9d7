"""Parquet, Arrow and Feather: what their cells become, what is refused by name, and how much they may take."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

from obstacles.survey.files.memory import MIB, allowing
from obstacles.survey.files.readers import open_table
from obstacles.survey.files.table import Table
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings

Write = Callable[[pa.Table], bytes]


def as_parquet(data: pa.Table) -> bytes:
    out = io.BytesIO()
    parquet.write_table(data, out)
    return out.getvalue()


def as_feather(data: pa.Table, compression: str = "zstd") -> bytes:
    out = io.BytesIO()
    feather.write_feather(data, out, compression=compression)
    return out.getvalue()


def as_stream(data: pa.Table) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, data.schema) as writer:
        writer.write_table(data)
    return out.getvalue()


WRITERS: dict[str, Write] = {
    "a.parquet": as_parquet,
    "a.feather": as_feather,
    "a.arrow": lambda data: as_feather(data, "uncompressed"),
    "a.arrows": as_stream,
}


def opened(path: Path, columns: list[str] | None = None) -> Table:
    return open_table(path, WaveSettings(id="w", file=path.name, format="rank_grid"), columns)


def refusal(path: Path, columns: list[str] | None = None) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        opened(path, columns)
    return caught.value


@pytest.mark.parametrize("name", WRITERS)
def test_cells_become_the_text_of_a_csv_export(name: str, tmp_path: Path) -> None:
    data = pa.table(
        {
            "id": [1, 2, 3],
            "share": [1.5, 2.0, float("nan")],
            "day": [datetime.datetime(2024, 5, 1), datetime.datetime(2024, 5, 1, 9, 30), None],
            "yes": [True, False, None],
            "kind": pa.array(["u", None, "u"]).dictionary_encode(),
            "text": ["技能", " padded ", ""],
            "money": [Decimal("2.00"), Decimal("1.25"), None],
            "none": pa.nulls(3),
        }
    )
    (tmp_path / name).write_bytes(WRITERS[name](data))
    table = opened(tmp_path / name)
    assert {name: table.text(name).tolist() for name in table.names} == {
        "id": ["1", "2", "3"],
        "share": ["1.5", "2", ""],
        "day": ["2024-05-01", "2024-05-01 09:30:00", ""],
        "yes": ["TRUE", "FALSE", ""],
        "kind": ["u", "", "u"],
        "text": ["技能", "padded", ""],
        "money": ["2", "1.25", ""],
        "none": ["", "", ""],
    }
    assert table.rows.tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_known_by_its_content_and_several_batches_are_one_table(name: str, tmp_path: Path) -> None:
    data = pa.concat_tables([pa.table({"a": ["x", "y"]}), pa.table({"a": ["y", "z"]})])
    other = "a.csv" if name != "a.arrows" else name  # a stream has no mark of its own
    (tmp_path / other).write_bytes(WRITERS[name](data))
    assert opened(tmp_path / other).text("a").tolist() == ["x", "y", "y", "z"]


@pytest.mark.parametrize("name", WRITERS)
def test_nested_columns_are_refused_by_name_where_they_are_needed(name: str, tmp_path: Path) -> None:
    data = pa.table({"id": [1, 2], "choices": [["a"], ["b", "c"]], "rank": [{"x": 1}, {"x": 2}]})
    (tmp_path / name).write_bytes(WRITERS[name](data))
    error = refusal(tmp_path / name)
    assert error.problems[0].code == "E-ARW-02"
    assert all(word in str(error) for word in ("choices", "rank", "list", "struct"))
    assert opened(tmp_path / name, ["id"]).text("id").tolist() == ["1", "2"]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("keep", [0.2, 0.6, 0.97])
def test_damage_is_told(name: str, keep: float, tmp_path: Path) -> None:
    whole = WRITERS[name](pa.table({"a": [str(i) for i in range(500)]}))
    (tmp_path / name).write_bytes(whole[: int(keep * len(whole))])
    assert {one.code for one in refusal(tmp_path / name).problems} <= {"E-ARW-01", "E-FILE-05"}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_without_rows_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(WRITERS[name](pa.table({"a": pa.array([], pa.string())})))
    assert refusal(tmp_path / name).problems[0].code == "E-FILE-05"


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.arrows"])
def test_what_unpacks_to_more_than_is_allowed_is_refused(name: str, tmp_path: Path) -> None:
    numbers: Any = pa.table({"a": pa.array([7.25] * 3_000_000)})
    raw = WRITERS[name](numbers)
    (tmp_path / name).write_bytes(raw)
    with allowing(16 * MIB):
        assert refusal(tmp_path / name).problems[0].code == "E-FILE-04"


def test_rows_beyond_any_survey_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.arrow").write_bytes(as_feather(pa.table({"a": pa.nulls(11_000_000)})))
    assert refusal(tmp_path / "a.arrow").problems[0].code == "E-FILE-06"


def test_a_long_text_that_all_rows_share_is_held_once(tmp_path: Path) -> None:
    text = "x" * 20_000
    (tmp_path / "a.parquet").write_bytes(as_parquet(pa.table({"a": pa.array([text]).take(pa.array([0] * 8_000))})))
    before = pa.total_allocated_bytes()
    with allowing(32 * MIB):
        table = opened(tmp_path / "a.parquet")
    assert table.coded("a")[1] == (text,)
    assert pa.total_allocated_bytes() - before < 16 * MIB
