"""What does not change the answers does not change the ranking: order of rows, columns and items, delimiter, encoding,
line ends, a workbook; nor what `init` makes of a file.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from obstacles.analysis.ranking.rank import rank
from obstacles.survey.detect.propose import propose
from obstacles.survey.loading.load import load_study
from obstacles.survey.studyfile.write import study_text

ITEMS = {"a": "人员", "b": "Cost, tools", "c": "Données", "d": "Law"}
DRAW = random.Random(7)


@dataclass(frozen=True)
class Form:
    """One way to answer: columns, the keys of the wave, and the cells of one respondent."""

    columns: tuple[str, ...]
    keys: str
    cells: Callable[[], list[str]]
    direction: bool = False


def _ranks() -> list[str]:
    order = DRAW.sample(range(1, 5), 4)
    return [str(place) if place <= 3 else "" for place in order]


def _chosen(most: int) -> list[str]:
    return DRAW.sample(list(ITEMS.values()), DRAW.randint(1, most))


def _points() -> list[str]:
    cuts = sorted(DRAW.sample(range(1, 10), 3))
    return [str(10 * (high - low)) for low, high in zip([0, *cuts], [*cuts, 10], strict=True)]


COLUMNS = "[wave.obstacles]\n" + "".join(f'{id} = "q_{id}"\n' for id in ITEMS)
OWN = tuple(f"q_{id}" for id in ITEMS)
SCALE = "scale = [{ value = 1, text = ['low'] }, { value = 2, text = ['mid'] }, { value = 3, text = ['high'] }]\n"
FORMS = {
    "rank_grid": Form(OWN, f'k = 3\nblank = "below"\n{COLUMNS}', _ranks, direction=True),
    "order_list": Form(
        ("rank1", "rank2"),
        'order = ["rank1", "rank2"]\nblank = "below"\n',
        lambda: [*_chosen(2), ""][:2],
    ),
    "multi_select": Form(
        ("q",), 'cell = { column = "q", separator = ", " }\nblank = "not_answered"\n', lambda: [", ".join(_chosen(3))]
    ),
    "likert_grid": Form(
        OWN, SCALE + COLUMNS, lambda: [DRAW.choice(["low", "mid", "high", ""]) for _item in ITEMS], direction=True
    ),
    "points": Form(OWN, f"total = 100\n{COLUMNS}", _points),
}
Rows = list[list[str]]


def written(rows: Rows, delimiter: str = ",", end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def turned(rows: Rows) -> Rows:
    return [rows[0], *rows[:0:-1]]


def shuffled(rows: Rows) -> Rows:
    order = random.Random(1).sample(range(len(rows[0])), len(rows[0]))
    return [[row[i] for i in order] for row in rows]


def workbook(rows: Rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([int(cell) if cell.isdecimal() else cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CHANGES: dict[str, Callable[[Rows], bytes]] = {
    "rows turned round": lambda rows: written(turned(rows)).encode(),
    "columns shuffled": lambda rows: written(shuffled(rows)).encode(),
    "semicolons": lambda rows: written(rows, ";").encode(),
    "tabs": lambda rows: written(rows, "\t").encode(),
    "line ends": lambda rows: written(rows, end="\r\n").encode(),
    "byte order mark": lambda rows: written(rows).encode("utf-8-sig"),
    "utf-16": lambda rows: written(rows, "\t").encode("utf-16"),
    "workbook": workbook,
}


def ranking(folder: Path, form: str, data: bytes, items: dict[str, str] | None = None) -> dict[str, tuple[Any, ...]]:
    """What each item gets, by id."""
    made = FORMS[form]
    (folder / "a.csv").write_bytes(data)
    listed = "".join(f'[[obstacles.item]]\nid = "{id}"\nlabel = "{text}"\n' for id, text in (items or ITEMS).items())
    severe = {"rank_grid": "1_is_most_severe", "likert_grid": "high_is_most_severe"}.get(form)
    text = 'schema = 1\n[study]\ntitle = "T"\nsampling = "nonprobability"\n[obstacles]\n'
    text += f'direction = "{severe}"\n' if severe else ""
    text += f'{listed}[[wave]]\nid = "w"\nfile = "a.csv"\nformat = "{form}"\nid_column = "id"\n{made.keys}'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    found = rank(load_study(folder / "study.toml"), frequencies=False, draws=2000)
    return {row["id"]: (row["estimate"], row["standard_error"], row["rank"], row["respondents"]) for row in found.rows}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> tuple[str, Rows]:
    DRAW.seed(7)
    made = FORMS[request.param]
    rows = [["id", "dept", *made.columns]]
    rows += [[f"r{i}", DRAW.choice(["HR", "数据"]), *made.cells()] for i in range(60)]
    return request.param, rows


def same(one: dict[str, tuple[Any, ...]], other: dict[str, tuple[Any, ...]]) -> None:
    assert one.keys() == other.keys()
    for id, values in one.items():
        assert values == pytest.approx(other[id], rel=1e-6), id


def test_the_form_of_the_file_changes_nothing(tmp_path: Path, form: tuple[str, Rows]) -> None:
    name, rows = form
    plain = ranking(tmp_path, name, written(rows).encode())
    assert len({values[0] for values in plain.values()}) > 1
    for change in CHANGES.values():
        same(plain, ranking(tmp_path, name, change(rows)))


def test_chinese_encodings_change_nothing(tmp_path: Path, form: tuple[str, Rows]) -> None:
    name, rows = form
    chinese = {**ITEMS, "c": "数据质量", "b": "成本"}
    texts = dict(zip(ITEMS.values(), chinese.values(), strict=True))
    text = written(rows)
    for old, new in texts.items():
        text = text.replace(old, new)
    plain = ranking(tmp_path, name, text.encode(), chinese)
    same(plain, ranking(tmp_path, name, text.encode("gb18030"), chinese))


def test_the_order_of_the_items_changes_nothing(tmp_path: Path, form: tuple[str, Rows]) -> None:
    name, rows = form
    data = written(rows).encode()
    same(ranking(tmp_path, name, data), ranking(tmp_path, name, data, dict(reversed(ITEMS.items()))))


@pytest.mark.parametrize("change", [name for name in CHANGES if name not in ("columns shuffled", "workbook")])
def test_init_proposes_the_same(tmp_path: Path, form: tuple[str, Rows], change: str) -> None:
    _name, rows = form
    rows = [rows[0], *sorted(rows[1:])]
    (tmp_path / "a.csv").write_text(written(rows), encoding="utf-8")
    texts = []
    for data in (written(rows).encode(), CHANGES[change](rows)):
        (tmp_path / "a.csv").write_bytes(data)
        text = study_text(propose([tmp_path / "a.csv"]), command="obstacles init a.csv")
        texts.append(sorted(line for line in text.splitlines() if not line.startswith("# plain table")))
    assert texts[0] == texts[1]
