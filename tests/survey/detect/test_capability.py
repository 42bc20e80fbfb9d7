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


@pytest.mark.parametrize("style", ["grid", "suffix", "zh"])
def test_skills_alone_are_no_ranking_of_obstacles(tmp_path: Path, style: str) -> None:
    path = workbook(tmp_path, style, LEVELS["numbers"], paired=False)
    rows = [row[:-1] for row in csv.reader(path.read_text(encoding="utf-8").splitlines())]
    text = text_of(written(tmp_path, rows[0], rows[1:]))
    assert 'format = "capability_only"' in text
    assert "[[obstacles.item]]" not in text
    assert 'kind = "research"' not in text
    study = ob.load_study(tmp_path / "study.toml")
    assert study.items == study.waves[0].items == ()
    assert study.waves[0].receipt.analysed == 120
    gaps = ob.gaps(study, by="department")
    assert [group.name for group in gaps.groups] == ["Finance", "Health", "Transport"]
    report = ob.build_gap_report(study, gaps, "Finance")
    assert report.title == "Finance"
    for asks in (ob.rank, ob.build_report, lambda study: ob.compare(study, by="department")):
        with pytest.raises(ob.ModelError) as caught:
            asks(study)
        assert caught.value.code == "E-FIT-03"


def test_another_question_beside_skills_is_listed_and_not_ranked(tmp_path: Path) -> None:
    path, draw = workbook(tmp_path, "suffix", LEVELS["numbers"], paired=True), random.Random(5)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    asked = [f"How content are you with [{name}]" for name in ("your office", "your tools", "your hours")]
    rows = [[*rows[0][:-1], *asked], *([*row[:-1], *draw.choices("12345", k=3)] for row in rows[1:])]
    text = text_of(written(tmp_path, rows[0], rows[1:]))
    assert 'format = "capability_only"' in text
    assert 'a level of the scale, 3 items ("How content are you with")' in text


def test_a_year_of_skills_alone_stands_beside_one_with_obstacles(tmp_path: Path) -> None:
    path = workbook(tmp_path, "suffix", LEVELS["numbers"], paired=True)
    path.rename(tmp_path / "staff_2024.csv")
    rows = list(csv.reader((tmp_path / "staff_2024.csv").read_text(encoding="utf-8").splitlines()))
    written(tmp_path, rows[0][:-1], [row[:-1] for row in rows[1:91]]).rename(tmp_path / "staff_2023.csv")
    proposal = propose([tmp_path / "staff_2023.csv", tmp_path / "staff_2024.csv"])
    assert [(wave.id, wave.form) for wave in proposal.waves] == [("2023", "capability_only"), ("2024", "multi_select")]
    (tmp_path / "study.toml").write_text(study_text(proposal, command="init"), encoding="utf-8")
    study = ob.load_study(tmp_path / "study.toml")
    assert len(ob.rank(study).rows) == 4
    assert ob.gaps(study, wave="2023").whole.respondents == 90
    with pytest.raises(ob.ModelError, match='wave "2023" asked about capabilities'):
        ob.compare(study, waves=("2023", "2024"))


def test_rows_without_any_rating_are_left_out_of_skills_alone(tmp_path: Path) -> None:
    rows = [[i, "AB"[i % 2], str(i % 5), "3", str((i + 1) % 5), "2"] for i in range(40)]
    rows += [[40, "A", "", "3", "", "2"], [41, "B", "", "", "2", "2"]]
    head = ["id", "Department", "SQL current", "SQL required", "Charts current", "Charts required"]
    text_of(written(tmp_path, head, rows))
    receipt = ob.load_study(tmp_path / "study.toml").waves[0].receipt
    assert receipt.analysed == 41
    assert [(rule.rule, rule.count) for rule in receipt.left_out] == [("no capability was rated", 1)]


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


ROLES = {"Analyst": (3, 2), "Officer": (2, 2), "Manager": (1, 4)}  # what each needs of the first two skills


def book_of_roles(path: Path, shape: str, group: str = "Job title", staff: str = "Staff") -> None:
    """90 people who say what they can do, a sheet of what each role needs, and one of headcounts."""
    openpyxl = pytest.importorskip("openpyxl")
    draw, book, skills = random.Random(7), openpyxl.Workbook(), ["SQL", "Charts"]
    answers = book.active
    answers.append(["Employee no", "Department", "Job title", *skills])
    for number in range(90):
        levels = [draw.randrange(4) for _ in skills]
        answers.append([1000 + number, draw.choice(["Finance", "Health"]), draw.choice(list(ROLES)), *levels])
    needed = book.create_sheet("Needed")
    if shape == "long":
        lines: list[tuple[object, ...]] = [(group, "Skill", "Level")]
        lines += [(role, skill, level) for role, own in ROLES.items() for skill, level in zip(skills, own, strict=True)]
    else:
        lines = [(group, *skills), *((role, *own) for role, own in ROLES.items())]
    for line in lines:
        needed.append(line)
    sizes = book.create_sheet("How many")
    for line in (("Department", staff), ("Finance", 70), ("Health", 60)):
        sizes.append(line)
    book.save(path)


@pytest.mark.parametrize(
    ("shape", "group", "staff"),
    [
        ("wide", "Job title", "Staff"),
        ("long", "job title", "FTE"),
        ("wide", "Post", "Staff"),
        ("long", "岗位", "Köpfe"),
    ],
)
def test_required_levels_by_role_are_found_beside_present_levels(
    tmp_path: Path, shape: str, group: str, staff: str
) -> None:
    book_of_roles(tmp_path / "hr.xlsx", shape, group, staff)
    text = text_of(tmp_path / "hr.xlsx")
    assert text.count('required_from = "role"') == 2
    assert ('column = "' in text) == (group.casefold() != "job title")
    assert ('number = "' in text) == (staff != "Staff")
    assert all("#?" in line for line in text.splitlines() if line.startswith(('column = "', 'number = "')))
    wave = ob.load_study(tmp_path / "study.toml").waves[0]
    assert wave.capability is not None
    assert wave.sizes == {"department": {"Finance": 70, "Health": 60}}
    assert [level.value for level in wave.capability.levels] == [0, 1, 2, 3, 4]  # 4 is needed and nobody has it
    for role, own in ROLES.items():
        inside = (wave.respondents["job_title"] == role).to_numpy()
        assert (wave.capability.required[inside] == own).all()


def test_last_years_answers_in_another_sheet_are_no_required_levels(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    draw, book = random.Random(8), openpyxl.Workbook()
    for sheet, n in ((book.active, 90), (book.create_sheet("Before"), 20)):
        sheet.append(["Job title", "SQL current", "SQL required", "Charts current", "Charts required"])
        for _ in range(n):
            sheet.append([draw.choice(list(ROLES)), *(draw.randrange(5) for _ in range(4))])
    book.save(tmp_path / "hr.xlsx")
    text = text_of(tmp_path / "hr.xlsx")
    assert text.count('required_from = "column"') == 2
    assert "required_table" not in text


def test_a_workbook_of_one_sheet_has_no_sheet_of_required_levels(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    draw, book = random.Random(9), openpyxl.Workbook()
    book.active.append(["id", *OBSTACLES, "Department"])
    for number in range(90):
        levels = [draw.choice(["Nada", "Poco", "Bastante", "Mucho"]) for _ in OBSTACLES]
        book.active.append([number, *levels, draw.choice(["Roads", "Parks"])])
    book.save(tmp_path / "answers.xlsx")
    assert "[capability]" not in text_of(tmp_path / "answers.xlsx")


@pytest.mark.parametrize(("word", "found"), [("Barrier", False), ("Problem solving in", True)])
def test_barriers_now_and_then_are_no_capability(tmp_path: Path, word: str, found: bool) -> None:
    draw, names = random.Random(10), ("time", "tools", "rules", "money")
    head = ["id", *(f"{word} {name} (current)" for name in names), *(f"{word} {name} (target)" for name in names)]
    if found:  # one skill of four is called like a problem
        head = [one if "time" in one else one.replace(f"{word} ", "Skill in ") for one in head]
    rows = [[i, *draw.choices("12345", k=8)] for i in range(90)]
    assert ("[capability]" in text_of(written(tmp_path, head, rows))) == found
