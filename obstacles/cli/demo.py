"""The example studies: copies them, and makes the synthetic one from a stated model with a fixed seed.

The made-up staff survey of `big-data-obstacles` has a known truth, so that methods can be held against it:

- A member of staff ranks the obstacles by the Plackett-Luce model (Luce 1959; Plackett 1975): obstacle j is preferred
  by the largest of `LOG_WORTH[j] + department effect + grade effect + Gumbel noise`. Department effects are normal with
  standard deviation 0.25, the grade effect is `GRADE_SKILLS` on "skills". Skills are first by a clear, modest margin.
- People answer with a probability that depends on their department (standard deviation 0.25 on the logit scale) and
  grade (`GRADE_RESPONSE`); in 2024 a weight raked to department and grade makes up for it.
- 2022 lets people select up to five obstacles (the best of their order); 2024 lets them rank up to five.
- Current capability levels follow an ability of normal people, by role; required and important levels come with them.
  The capabilities that are new in 2024 also follow the department (standard deviation `DEPARTMENT_ABILITY`), and are
  `SKILLS_ABILITY` lower for people who put "skills" among their first two obstacles. Supervisors rate the same people:
  lower by `SUPERVISOR` on average, with noise, and not all of them.
- A few answers are spoiled on purpose: ranks given twice, ranks that do not exist, refusals, repeated and unfinished
  answers, people who were too fast.

Only `random.Random.random` is drawn from, the one generator that Python promises to keep: the files are the same bytes
everywhere.
"""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from obstacles.reports.writers.door import Writer

SEED = 20240513
SYNTHETIC = "big-data-obstacles"
LOG_WORTH = {"skills": 0.95, "sharing": 0.60, "quality": 0.45, "cost": 0.25, "sponsor": 0.0, "privacy": -0.15}
NEW_IN_2024 = "ai_rules"
LOG_WORTH[NEW_IN_2024] = 0.05
SHOWN = ("skills", "cost", "sponsor", "sharing", "quality", "privacy", "ai_rules")  # order of the columns
DEPARTMENT_EFFECT = 0.25
GRADE_SKILLS = {"Junior": -0.10, "Middle": 0.0, "Senior": 0.20}
GRADE_RESPONSE = {"Junior": -0.35, "Middle": 0.0, "Senior": 0.40}
ENGLISH = (
    "Inadequate staff and skills",
    "Cost of tools and infrastructure",
    "Lack of leadership support",
    "Data not shared between departments",
    "Poor data quality",
    "Privacy and security rules",
    "Unclear rules on AI",
)
CHINESE = ("人员与技能不足", "工具与设施成本", "缺乏领导支持", "部门间数据不共享", "数据质量差", "隐私与安全要求")
DEPARTMENTS = {  # name -> (Chinese name, headcount in 2022, in 2024)
    "Finance": ("财政局", 168, 171),
    "Health": ("卫生健康委", 191, 197),
    "Education": ("教育局", 176, 178),
    "Transport": ("交通运输局", 142, 145),
    "Public Security": ("公安局", 158, 161),
    "Civil Affairs": ("民政局", 118, 122),
    "Housing": ("住房建设局", 112, 116),
    "Environment": ("生态环境局", 98, 103),
    "Agriculture": ("农业农村局", 92, 93),
    "Culture": ("文化旅游局", 78, 81),
    "Statistics": ("统计局", 66, 69),
    "Information Centre": ("信息中心", 64, 70),
    "Archives": ("档案局", 10, 11),
    "Protocol Office": ("外事办", 7, 8),
}
ROLES = {"Caseworker": ("业务人员", 0.52), "Analyst": ("分析人员", 0.20), "IT specialist": ("信息技术人员", 0.12)}
ROLES["Manager"] = ("管理人员", 0.16)
GRADES = {"Junior": ("初级", 0.45), "Middle": ("中级", 0.38), "Senior": ("高级", 0.17)}
ABILITY = {  # mean current level of obtain, process, apply
    "Caseworker": (1.6, 1.2, 1.3),
    "Analyst": (2.5, 2.8, 2.1),
    "IT specialist": (2.9, 2.9, 1.7),
    "Manager": (1.7, 1.2, 2.0),
}
REQUIRED_BY_ROLE = {  # level that each role needs
    "process": {"Caseworker": 1, "Analyst": 3, "IT specialist": 3, "Manager": 2},
    "analyse": {"Caseworker": 1, "Analyst": 3, "IT specialist": 3, "Manager": 2},
    "present": {"Caseworker": 2, "Analyst": 3, "IT specialist": 2, "Manager": 3},
    "ask": {"Caseworker": 2, "Analyst": 3, "IT specialist": 2, "Manager": 3},
}
CAPABILITIES = ("Obtain data", "Process data", "Apply data in decisions")
FURTHER = {  # asked from 2024 on: mean current level by role, mean importance
    "Judge the quality of data": ((1.7, 2.6, 2.6, 1.8), 3.6),
    "Protect personal data": ((2.6, 2.7, 3.0, 2.7), 4.2),
    "Analyse data with statistics": ((0.9, 2.5, 2.0, 1.1), 3.0),
    "Present data clearly": ((1.8, 2.6, 1.9, 2.3), 3.7),
    "Put questions that data can answer": ((1.7, 2.4, 1.9, 2.4), 3.9),
    "Use AI tools with judgement": ((1.1, 1.9, 2.3, 1.3), 3.1),
}
DEPARTMENT_ABILITY, SKILLS_ABILITY, SUPERVISOR = 0.3, 0.8, 0.25
WAVES = {"2022": (date(2022, 5, 9), date(2022, 6, 3)), "2024": (date(2024, 5, 13), date(2024, 6, 7))}


@dataclass(frozen=True)
class Person:
    """One member of staff: who they are, their order of the obstacles and their levels."""

    department: str
    role: str
    grade: str
    order: tuple[str, ...]  # obstacle ids from the largest to the smallest
    current: tuple[int, int, int]  # level 0-4 of obtain, process, apply
    required: int  # level 0-4 that the work asks for, of apply
    importance: tuple[int, int, int]  # 1-5


def examples_folder() -> Path:
    """The folder of the example studies: in the package, or in a checkout without links beside the rooms."""
    package = Path(__file__).parents[1]
    return package / "examples" if (package / "examples").is_dir() else package.parent / "examples"


def write_examples(folder: Path, *, force: bool = False) -> list[Path]:
    """Write all example studies into `folder`.

    Parameters
    ----------
    folder : Path
        Where they go; it is made.
    force : bool
        Whether files of the same names that say something else are replaced.

    Returns
    -------
    list of Path
        The study files whose data are there, in the order in which a reader should meet them. Studies of data that
        other people publish are written too, without the data.

    Raises
    ------
    SurveyError
        Before anything is written, for each file that says something else.

    Examples
    --------
    >>> from pathlib import Path
    >>> import obstacles as ob
    >>> [path.parent.name for path in ob.write_examples(Path("demo"))]
    ['eurostat-ai', 'big-data-obstacles']
    """
    contents: dict[Path, bytes] = {}
    for source in sorted(examples_folder().rglob("*")):
        parts = source.relative_to(examples_folder()).parts
        if source.is_file() and "out" not in parts and source.suffix != ".register" and source.name[:1] != ".":
            contents[folder.joinpath(*parts)] = source.read_bytes()
    contents |= {folder / SYNTHETIC / name: data for name, data in synthetic_files().items()}
    writer = Writer(force=force)
    writer.check(contents, made={sha256(data).hexdigest() for data in contents.values()})
    for path, data in contents.items():
        writer.write(path, data)
    return [folder / "eurostat-ai" / "study.toml", folder / SYNTHETIC / "study.toml"]


def synthetic_files(seed: int = SEED) -> dict[str, bytes]:
    """The data files of the synthetic study: name -> bytes, the same for the same seed."""
    rng = random.Random(seed)
    answered = {wave: _respondents(rng, _staff(rng, wave)) for wave in WAVES}
    headcount = [
        [name, wave, facts[column]] for column, wave in enumerate(WAVES, 1) for name, facts in DEPARTMENTS.items()
    ]
    required = [[role, item, level] for item, levels in REQUIRED_BY_ROLE.items() for role, level in levels.items()]
    return {
        "responses_2022.csv": _csv(_rows_2022(rng, answered["2022"])).encode("gb18030"),
        "responses_2024.csv": _csv(_rows_2024(rng, answered["2024"], random.Random(seed + 1))).encode("utf-8-sig"),
        "headcount.csv": _csv([["department", "wave", "headcount"], *headcount]).encode(),
        "required_by_role.csv": _csv([["role", "item", "required"], *required]).encode(),
    }


# ---------- people ----------------------------------------------------------------------------------------------


def _staff(rng: random.Random, wave: str) -> list[Person]:
    """Everybody on the payroll of one wave."""
    items = [item for item in LOG_WORTH if wave != "2022" or item != NEW_IN_2024]
    staff = []
    for name, facts in DEPARTMENTS.items():
        effect = {item: DEPARTMENT_EFFECT * _normal(rng) for item in items}
        for _unused in range(facts[1] if wave == "2022" else facts[2]):
            staff.append(_person(rng, name, items, effect))
    return staff


def _person(rng: random.Random, department: str, items: Sequence[str], effect: dict[str, float]) -> Person:
    technical = department in ("Information Centre", "Statistics")
    shares = {
        role: share * (3 if technical and role in ("Analyst", "IT specialist") else 1)
        for role, (_chinese, share) in ROLES.items()
    }
    role = _pick(rng, shares)
    grade = _pick(rng, {grade: share for grade, (_chinese, share) in GRADES.items()})
    utility = {item: LOG_WORTH[item] + effect[item] + _gumbel(rng) for item in items}
    utility["skills"] += GRADE_SKILLS[grade]
    talent = 0.5 * _normal(rng)
    current = [_level(mean + talent + 0.7 * _normal(rng), 0, 4) for mean in ABILITY[role]]
    importance = [_level(mean + 0.8 * _normal(rng), 1, 5) for mean in (3.4, 3.2, 4.0)]
    return Person(
        department,
        role,
        grade,
        tuple(sorted(items, key=lambda item: -utility[item])),
        (current[0], current[1], current[2]),
        _level(2.4 + 0.3 * talent + 0.7 * _normal(rng), 0, 4),
        (importance[0], importance[1], importance[2]),
    )


def _respondents(rng: random.Random, staff: Sequence[Person]) -> list[Person]:
    effect = {name: 0.25 * _normal(rng) for name in DEPARTMENTS}
    return [
        person
        for person in staff
        if rng.random() < 1 / (1 + math.exp(-(1.1 + effect[person.department] + GRADE_RESPONSE[person.grade])))
    ]


def _raked(people: Sequence[Person], headcount: dict[str, int]) -> list[float]:
    """Weights with mean 1 whose sums follow the departments' headcounts and the grades' shares."""
    total = sum(headcount.values())
    margins: list[tuple[list[str], dict[str, float]]] = [
        ([person.department for person in people], {name: count / total for name, count in headcount.items()}),
        ([person.grade for person in people], {grade: share for grade, (_chinese, share) in GRADES.items()}),
    ]
    weight = [1.0] * len(people)
    for _unused in range(50):
        for code, target in margins:
            found: dict[str, float] = dict.fromkeys(target, 0.0)
            for group, w in zip(code, weight, strict=True):
                found[group] += w
            weight = [w * target[group] * len(people) / found[group] for group, w in zip(code, weight, strict=True)]
    return weight


# ---------- files -----------------------------------------------------------------------------------------------


def _rows_2022(rng: random.Random, people: Sequence[Person]) -> list[list[str]]:
    """A Wenjuanxing export: Chinese headers, all choices of a person in one cell."""
    rows = [["编号", "提交时间", "部门", "岗位", "职级", "Q7", "Q12_1", "Q12_2", "Q12_3", "Q13_3"]]
    for number, person in enumerate(_shuffled(rng, people), 1):
        labels = ENGLISH if rng.random() < 0.1 else CHINESE
        size = 1 + _draw(rng, (0.10, 0.22, 0.30, 0.20, 0.18))
        if number in (211, 640):
            size = 6  # more than the form asked for
        chosen = set(person.order[:size])
        cell = "┋".join(text for item, text in zip(SHOWN, labels, strict=False) if item in chosen)
        spoiled = rng.random()
        cell = "" if spoiled < 0.012 else "拒答" if spoiled < 0.017 else cell
        levels = [_maybe(rng, str(level), "-3") for level in person.current]
        chinese = [DEPARTMENTS[person.department][0], ROLES[person.role][0], GRADES[person.grade][0]]
        rows.append(
            [f"{number:04d}", _moment(rng, "2022"), *chinese, cell, *levels, _maybe(rng, str(person.required), "")]
        )
    for number in (87, 402, 733):  # sent twice
        rows.insert(number + 5, list(rows[number]))
    return rows


def _rows_2024(rng: random.Random, people: Sequence[Person], further: random.Random) -> list[list[str]]:
    """A Qualtrics export: three header rows, a column per obstacle, test rows and unfinished answers among the rest."""
    people = _shuffled(rng, people)
    weights = _raked(people, {name: facts[2] for name, facts in DEPARTMENTS.items()})
    names, texts = zip(*HEADER_2024, strict=True)
    effect = {name: [DEPARTMENT_ABILITY * _normal(further) for _item in FURTHER] for name in DEPARTMENTS}
    rows = [list(names), list(texts), [f'{{"ImportId":"{name}"}}' for name in names]]
    for number, (person, weight) in enumerate(zip(people, weights, strict=True), 1):
        fast, unfinished = number % 83 == 7, number % 61 == 11
        depth = 1 + _draw(rng, (0.03, 0.05, 0.12, 0.10, 0.70))
        rank = {item: str(place) for place, item in enumerate(person.order[:depth], 1)}
        cells = _spoiled(number, [rank.get(item, "") for item in SHOWN])
        levels = [str(level) for level in (*person.current, person.required, *person.importance)]
        more = _further(further, person, effect[person.department])
        seconds = int(45 + 40 * rng.random()) if fast else int(math.exp(6.0 + 0.35 * _normal(rng)))
        if unfinished:
            cells, levels, more = [""] * 7, [""] * 7, [""] * len(more)
        rows.append(
            [
                _moment(rng, "2024"),
                f"R_{number:05d}{int(rng.random() * 36**5):07d}",
                f"192.0.2.{1 + int(rng.random() * 254)}",
                "40" if unfinished else "100",
                str(seconds),
                "0" if unfinished else "1",
                person.department,
                person.role,
                person.grade,
                *cells,
                *levels,
                *more,
                f"{weight:.4f}",
            ]
        )
    return rows


def _further(rng: random.Random, person: Person, effect: Sequence[float]) -> list[str]:
    """Current level and importance of the capabilities that are new in 2024, then the supervisor's ratings of all."""
    place = list(ROLES).index(person.role)
    talent = sum(person.current) / 3 - sum(ABILITY[person.role]) / 3
    talent -= SKILLS_ABILITY if "skills" in person.order[:2] else 0.0
    current, important = list(person.current), []
    for (means, importance), shift in zip(FURTHER.values(), effect, strict=True):
        current.append(_level(means[place] + 0.6 * talent + shift + 0.7 * _normal(rng), 0, 4))
        important.append(_level(importance + 0.8 * _normal(rng), 1, 5))
    rated = rng.random() < 0.85
    seen = [_level(level - SUPERVISOR + 0.6 * _normal(rng), 0, 4) for level in current]
    own = [_maybe(rng, str(level), "") for level in (*current[3:], *important)]
    return [*own, *(str(level) if rated else "" for level in seen)]


HEADER_2024 = [
    ("RecordedDate", "Recorded Date"),
    ("ResponseId", "Response ID"),
    ("IPAddress", "IP Address"),
    ("Progress", "Progress"),
    ("Duration (in seconds)", "Duration (in seconds)"),
    ("Finished", "Finished"),
    ("dept", "In which department do you work?"),
    ("role", "What is your role?"),
    ("grade", "What is your grade?"),
    *((f"Q7_{j}", f"Rank up to five main obstacles to using big data in your department - {text}")
      for j, text in enumerate(ENGLISH, 1)),
    *((f"Q12_{j}", f"My current level - {text}") for j, text in enumerate(CAPABILITIES, 1)),
    ("Q13_3", "The level my work asks for - Apply data in decisions"),
    *((f"Q14_{j}", f"Importance for my work - {text}") for j, text in enumerate(CAPABILITIES, 1)),
    *((f"Q12_{j}", f"My current level - {text}") for j, text in enumerate(FURTHER, 4)),
    *((f"Q14_{j}", f"Importance for my work - {text}") for j, text in enumerate(FURTHER, 4)),
    *((f"S12_{j}", f"Level as the supervisor sees it - {text}") for j, text in enumerate((*CAPABILITIES, *FURTHER), 1)),
    ("w_final", "Weight"),
]  # fmt: skip


def _spoiled(number: int, cells: list[str]) -> list[str]:
    """The few answers that no reader can use: a rank given twice, a rank above seven, a word."""
    first = cells.index("1")
    if number in (58, 301, 517, 844):
        cells[(first + 1) % 7] = "1"
    elif number in (129, 702):
        cells[first] = "9"
    elif number in (77, 412):
        return [""] * 7  # saw the question and left it empty
    return cells


def _csv(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


# ---------- draws -----------------------------------------------------------------------------------------------


def _normal(rng: random.Random) -> float:
    """Box and Muller (1958)."""
    return math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())


def _gumbel(rng: random.Random) -> float:
    return -math.log(-math.log(rng.random() or 0.5))


def _draw(rng: random.Random, chances: Sequence[float]) -> int:
    u, total = rng.random() * sum(chances), 0.0
    for index, chance in enumerate(chances):
        total += chance
        if u < total:
            return index
    return len(chances) - 1


def _pick(rng: random.Random, chances: dict[str, float]) -> str:
    return list(chances)[_draw(rng, list(chances.values()))]


def _level(value: float, low: int, high: int) -> int:
    return max(low, min(high, math.floor(value + 0.5)))


def _maybe(rng: random.Random, cell: str, missing: str) -> str:
    """The cell, or with chance 0.02 a missing one."""
    return missing if rng.random() < 0.02 else cell


def _shuffled(rng: random.Random, people: Sequence[Person]) -> list[Person]:
    return [person for _key, person in sorted(((rng.random(), p) for p in people), key=lambda pair: pair[0])]


def _moment(rng: random.Random, wave: str) -> str:
    """A time of a working day within the fieldwork."""
    first, last = WAVES[wave]
    days = [first + timedelta(d) for d in range((last - first).days + 1) if (first + timedelta(d)).weekday() < 5]
    day = days[int(rng.random() * len(days))]
    moment = datetime(day.year, day.month, day.day, 8) + timedelta(seconds=int(rng.random() * 9 * 3600))
    return moment.isoformat(sep=" ")
