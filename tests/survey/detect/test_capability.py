"""Pairs of grids or columns become [capability], in mixtures of names, languages, levels and orders of columns."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import obstacles as ob
from obstacles.survey.detect.propose import propose
from obstacles.survey.studyfile.write import study_text

SKILLS = {"en": ("SQL", "Statistics", "Charts", "Data protection"), "zh": ("数据分析", "统计", "图表", "数据保护")}
NAMES: dict[str, Callable[[str], tuple[str, str]]] = {
    "suffix": lambda s: (f"{s} current", f"{s} required"),
    "paren": lambda s: (f"{s} (current level)", f"{s} (required level)"),
    "prefix": lambda s: (f"Current level: {s}", f"Required level: {s}"),
    "plain": lambda s: (s, f"{s} required"),
    "snake": lambda s: (f"{s.replace(' ', '_')}_current", f"{s.replace(' ', '_')}_required"),
    "can do": lambda s: (f"{s} - can do", f"{s} - job needs"),
    "grid": lambda s: (f"How well can you do this today? [{s}]", f"How well does your job need it? [{s}]"),
    "own grid": lambda s: (f"Rate your own level [{s}]", f"What level does your role require? [{s}]"),
    "zh": lambda s: (f"{s}目前水平", f"{s}要求水平"),
    "zh paren": lambda s: (f"{s}（自评）", f"{s}（岗位要求）"),
    "zh grid": lambda s: (f"您目前的能力水平 [{s}]", f"您的岗位要求的水平 [{s}]"),
}
LEVELS = {
    "numbers": ("0", "1", "2", "3", "4"),
    "words": ("None", "Basic", "Good", "Expert"),
    "amounts": ("Very low", "Low", "Medium", "High", "Very high"),
    "zh": ("不会", "了解", "熟练", "精通"),
}
OBSTACLES = ("No time", "No training", "No tools", "Rules unclear")


def written(folder: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    path = folder / "staff.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def workbook(folder: Path, style: str, levels: Sequence[str], *, paired: bool, seed: int = 1) -> Path:
    """120 people with four skills, each rated twice, and their main obstacle."""
    draw, skills = random.Random(seed), SKILLS["zh" if style.startswith("zh") else "en"]
    pairs = [NAMES[style](skill) for skill in skills]
    names = [name for pair in (pairs if paired else zip(*pairs, strict=True)) for name in pair]
    head = ["Employee no", "Department", *names, "最主要的障碍" if style.startswith("zh") else "Main obstacle"]
    rows: list[list[object]] = []
    for number in range(120):
        cells = {}
        for pair in pairs:
            for name, mean in zip(pair, (1.3, 2.4), strict=True):
                cells[name] = levels[min(len(levels) - 1, max(0, round(draw.gauss(mean, 1))))]
        unit = draw.choice(["Finance", "Health", "Transport"])
        rows.append([1000 + number, unit, *(cells[name] for name in names), draw.choices(OBSTACLES, [4, 3, 2, 1])[0]])
    return written(folder, head, rows)


def text_of(path: Path) -> str:
    text = study_text(propose([path]), command="init")
    (path.parent / "study.toml").write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize(
    ("style", "scale", "paired"),
    [
        (style, scale, paired)
        for at, (style, scale, paired) in enumerate(itertools.product(NAMES, LEVELS, (True, False)))
        if at % 5 == 0
    ],
)
def test_from_a_workbook_to_gaps(tmp_path: Path, style: str, scale: str, paired: bool) -> None:
    text = text_of(workbook(tmp_path, style, LEVELS[scale], paired=paired))
    study = ob.load_study(tmp_path / "study.toml")
    assert {item.name for item in study.items} == set(OBSTACLES)
    found = study.waves[0].capability
    assert found is not None
    expected = [
        skill.replace(" ", "_") if style == "snake" else skill
        for skill in SKILLS["zh" if style.startswith("zh") else "en"]
    ]
    assert [item.name.replace(" ", "_") for item in found.items] == [name.replace(" ", "_") for name in expected]
    assert found.required.mean() > found.current.mean()  # in the right direction, or marked
    words = [level.label.get("en") or level.label["zh"] for level in found.levels]
    asked = any("levels" in line and "#?" in line for line in text.splitlines()) or "#? in which order" in text
    assert asked or [word.casefold() for word in words] == [word.casefold() for word in LEVELS[scale]]
    gaps = ob.gaps(study, by="department")
    assert gaps.whole.respondents == 120
    assert [group.name for group in gaps.groups] == ["Finance", "Health", "Transport"]


def test_required_levels_alone_are_no_obstacles(tmp_path: Path) -> None:
    draw = random.Random(2)
    rows = [[i, draw.choice("0123"), draw.choice("0123"), draw.choice(OBSTACLES)] for i in range(60)]
    text = text_of(written(tmp_path, ["id", "SQL required", "Stats required", "Main obstacle"], rows))
    study = ob.load_study(tmp_path / "study.toml")
    assert {item.name for item in study.items} == set(OBSTACLES)
    assert "[capability]" not in text


def test_skills_alone_are_no_ranking_of_obstacles(tmp_path: Path) -> None:
    path = workbook(tmp_path, "grid", LEVELS["numbers"], paired=False)
    rows = [row[:-1] for row in csv.reader(path.read_text(encoding="utf-8").splitlines())]
    with pytest.raises(ob.SurveyError, match="levels of capabilities") as caught:
        propose([written(tmp_path, rows[0], rows[1:])])
    assert caught.value.problems[0].code == "E-INIT-07"


def test_ratings_by_supervisors_ask_for_the_required_level(tmp_path: Path) -> None:
    draw = random.Random(3)
    head = [
        "id",
        "Team",
        *(f"{skill} {side}" for skill in ("SQL", "Charts") for side in ("self", "supervisor")),
        "Main obstacle",
    ]
    rows = [[i, draw.choice("AB"), *(draw.choice("0123") for _ in range(4)), draw.choice(OBSTACLES)] for i in range(80)]
    text = text_of(written(tmp_path, head, rows))
    assert 'rater = "both"' in text
    assert text.count("required = 3") == text.count("#? no column says which level") == 2
    assert ob.load_study(tmp_path / "study.toml").waves[0].capability is not None


def test_an_obstacle_grid_is_no_capability(tmp_path: Path) -> None:
    draw = random.Random(4)
    head = ["id", *(f"How large are these obstacles today? [{name}]" for name in OBSTACLES)]
    rows = [[i, *(draw.choice("12345") for _ in OBSTACLES)] for i in range(60)]
    assert "[capability]" not in text_of(written(tmp_path, head, rows))


def test_headcounts_and_required_levels_are_sheets_of_the_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = workbook(tmp_path, "suffix", LEVELS["numbers"], paired=True)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows = [[int(cell) if cell.isdigit() else cell for cell in row] for row in rows]
    book = openpyxl.Workbook()
    book.active.title = "Answers"
    for row in rows:
        book.active.append(row)
    sizes = book.create_sheet("Headcount")
    for size in (("Department", "Staff"), ("Finance", 90), ("Health", 80), ("Transport", 70)):
        sizes.append(size)
    book.save(tmp_path / "hr.xlsx")
    text = text_of(tmp_path / "hr.xlsx")
    assert '[groups.size]\nfile = "hr.xlsx"\nsheet = "Headcount"' in text
    study = ob.load_study(tmp_path / "study.toml")
    assert study.waves[0].sizes == {"department": {"Finance": 90, "Health": 80, "Transport": 70}}
    needed = book.create_sheet("Required")
    for line in (
        ("Department", "Skill", "Required"),
        *((unit, skill, 2) for unit in ("Finance", "Health", "Transport") for skill in SKILLS["en"]),
    ):
        needed.append(line)
    book.save(tmp_path / "hr.xlsx")
    text = (
        (tmp_path / "study.toml")
        .read_text(encoding="utf-8")
        .replace('required_from = "column"', 'required_from = "role"')
    )
    text = text.replace("[groups]", '[capability.required_table]\nfile = "hr.xlsx"\nsheet = "Required"\n\n[groups]', 1)
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    found = ob.load_study(tmp_path / "study.toml").waves[0].capability
    assert found is not None
    assert set(found.required.reshape(-1)) == {2.0}
