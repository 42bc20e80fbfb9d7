"""Whatever a study file and its answers hold, the study loads or is refused in words: never a traceback.

A long run: `SURVEY_EXAMPLES=50000 pytest tests/survey/loading/test_fuzz.py` (that many examples for each of two tests).
"""

from __future__ import annotations

import os
import random
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError

EXAMPLES = int(os.environ.get("SURVEY_EXAMPLES", "150"))
FREELY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
START = 'schema = 1\n[study]\ntitle = "T"\nsampling = "nonprobability"\n[obstacles]\n'
ITEMS = "".join(f'[[obstacles.item]]\nid = "{id}"\nlabel = {{ en = "{id.upper()}" }}\n' for id in "abc")
COLUMNS = '[wave.columns]\ndept = "dept"\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'
COMMON = 'id_column = "id"\nweight = "w"\nduration = "sec"\ndate = "day"\nfieldwork = ["2024-01-01", "2024-01-31"]\n'
LEVELS = 'scale = [{ value = 1 }, { value = 2 }, { value = 3, text = ["3", "三"] }]\n'
TASKS = 'best = ["A", "w"]\nworst = ["B", "C"]\ndesign = [["a", "b"], ["a", "c"]]\n'
WAVES = (  # the wave, and whether it needs a direction
    (f'format = "rank_grid"\nblank = "below"\n{COMMON}{COLUMNS}', True),
    (f'format = "rank_grid"\nk = 2\nties = true\nblank = "not_offered"\n{COLUMNS}', True),
    ('format = "order_list"\norder = ["A", "B"]\nblank = "below"\nvalues = { a = "1", b = "2", c = "3" }\n', False),
    (f'format = "multi_select"\nblank = "not_answered"\nnone_of_these = ["w"]\nmax_choices = 2\n{COLUMNS}', False),
    ('format = "multi_select"\ncell = { column = "A", separator = ";" }\nother = true\nblank = "below"\n', False),
    (f'format = "likert_grid"\n{LEVELS}{COMMON}{COLUMNS}', True),
    (f'format = "points"\ntotal = 6\ntolerance = 1\nblank = "below"\n{COLUMNS}', False),
    ('format = "pairs"\nvalues = { a = "1", b = "2", c = "3" }\n[wave.pairs]\nfirst = "A"\nsecond = "B"\n', False),
    (f'format = "best_worst"\nvalues = {{ a = "1", b = "2", c = "3" }}\n[wave.best_worst]\n{TASKS}', False),
    ('format = "published"\npublished = { item = "A", share = "B", n = 40 }\n', False),
    (f'format = "rank_counts"\ncount = "w"\nblank = "below"\n{COLUMNS}', True),
)
TABLES = (  # of each, one at most
    (
        '[quality]\ninvalid_ranking = "leave_out"\nspeeder = { below_median_share = 0.4 }\n',
        '[quality]\ninvalid_ranking = "repair_ties"\npartial = { keep_if_items_answered = 1 }\n',
        '[quality]\ninvalid_ranking = "leave_out"\nstraightline = { blocks = ["obstacles"], action = "leave_out" }\n',
    ),
    (
        '[weights]\nmethod = "rake"\nmargins = { dept = "margin.csv" }\ntrim = [0.3, 3]\n',
        '[weights]\nmissing = "drop"\n',
    ),
    ('[design]\nstrata = "dept"\ncluster = "id"\n', "[design]\npopulation = 4000\n"),
    ('[groups]\nreport_by = "dept"\naliases = { HR = ["hr", "H R"] }\n',),
    ("[privacy]\nmin_group = 5\n",),
)
VALUES = [
    "-1",
    "0",
    "3",
    "1e999",
    "nan",
    "true",
    "[]",
    "{}",
    '"x"',
    '""',
    '"A"',
    '["A", "A"]',
    '{ a = "A" }',
    "2024-01-01",
]
VALUES += [
    '"../a"',
    '"column:C"',
    '"utf-16"',
    '"base64"',
    '";"',
    '"joined"',
    "9" * 30,
    "[1, 2]",
    '[["a"]]',
    "'\\u0000'",
]
TOML = ['"', "'", "=", "[", "]", "[[", "{", "}", "\n", "#", "\\", "\\u0000", "\u202e", "\x00", "[[wave]]\n", "[wave]\n"]
TOML += [
    "k = 0\n",
    "skip = 3\n",
    "header_rows = 9\n",
    "blank = 1\n",
    "[obstacles.category]\n",
    "where = { id = '1' }\n",
]
CELLS = [
    "1",
    "2",
    "3",
    "",
    "0",
    "4",
    "-1",
    "-2",
    "99",
    "1.0",
    "2.5",
    "1;2",
    "a",
    "A",
    "B",
    "x",
    "=1",
    "１",
    "1st",
    "\xa0",
]
CELLS += ["2024-01-02", "03/04/2024", "1e999", "9" * 50, '"', ",", "\n", "NA", "\u200b", "½", "inf", "nan", "1,5"]


def table(rng: random.Random) -> bytes:
    lines = [["id", "dept", "A", "B", "C", "w", "sec", "day"]]
    for i in range(rng.choice([1, 2, 5, 12, 30])):
        who = [str(i), rng.choice(["HR", "IT", "hr"])]
        lines.append([*who, *rng.sample("123", 3), rng.choice("123"), str(rng.randint(1, 99)), "2024-01-02"])
    for _damage in range(rng.choice([0, 1, 1, 2, 5])):
        row = rng.choice(lines[1:] if rng.random() < 0.9 else lines)
        row[rng.randrange(len(row))] = rng.choice(CELLS)
        if rng.random() < 0.03:
            row.append("x")
    text = rng.choice(["\n", "\r\n"]).join(",".join(line) for line in lines)
    return text.encode(rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "gb18030"]), errors="replace")


def study(rng: random.Random, waves: int) -> str:
    chosen = [rng.choice(WAVES) for _wave in range(waves)]
    text = START + ('direction = "1_is_most_severe"\n' if any(directed for _text, directed in chosen) else "") + ITEMS
    for number, (wave, _directed) in enumerate(chosen):
        text += f'[[wave]]\nid = "w{number}"\nfile = "{number}.csv"\n{wave}'
    return text + "".join(rng.choice(tables) for tables in TABLES if rng.random() < 0.3)


def damaged(rng: random.Random, text: str) -> str:
    """The study file with one line or letter changed."""
    lines = text.split("\n")
    at, line, other = rng.randrange(len(text)), rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.random()
    if kind < 0.6 and "=" in lines[line]:
        lines[line] = lines[line].split("=")[0] + "= " + rng.choice(VALUES)
    elif kind < 0.7:
        lines.insert(line, rng.choice(TOML))
    elif kind < 0.8:
        del lines[line]
    elif kind < 0.9:
        lines[line], lines[other] = lines[other], lines[line]
    else:
        return text[:at] + rng.choice([*TOML, *VALUES]) + text[at + rng.choice([0, 0, 1, 5]) :]
    return "\n".join(lines) or "x"


def loads_or_refuses(folder: Path, text: str, tables: list[bytes]) -> bool:
    for number, data in enumerate(tables):
        (folder / f"{number}.csv").write_bytes(data)
    (folder / "margin.csv").write_text("dept,n\nHR,40\nIT,60\n")
    (folder / "study.toml").write_text(text, encoding="utf-8", errors="replace")
    refused: SurveyError | None = None
    try:
        found = load_study(folder / "study.toml")
    except SurveyError as error:
        refused = error
    if refused is not None:
        assert refused.exit_code in (2, 3)
        assert any(problem.severity in ("error", "ask") for problem in refused.problems)
        assert all(problem.message[-1] in ".)?!" for problem in refused.problems), str(refused)
        return False
    for wave in found.waves:
        receipt, n = wave.receipt, len(wave.respondents)
        assert all(mask.shape == (n,) and mask.dtype == bool for mask in wave.flags.values())
        assert receipt.rows_read == receipt.analysed + sum(rule.count for rule in receipt.left_out)
        assert all(problem.severity in ("warning", "info") for problem in receipt.problems)
    return True


@FREELY
@given(st.integers(0, 2**32))
def test_damaged_answers(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    waves = rng.choice([1, 1, 1, 2])
    loads_or_refuses(tmp_path, study(rng, waves), [table(rng) for _wave in range(waves)])


@FREELY
@given(st.integers(0, 2**32))
@example(2013286)  # a table of columns with nothing in it
@example(2030096)  # a NUL in the name of a file
def test_damaged_study_files(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    text = study(rng, 1)
    for _damage in range(rng.choice([1, 1, 2, 3])):
        text = damaged(rng, text)
    loads_or_refuses(tmp_path, text, [table(rng)])


def test_the_undamaged_ones_mostly_load(tmp_path: Path) -> None:
    """Else the two tests above would look at refusals alone."""
    rng = random.Random(3)
    loaded = [loads_or_refuses(tmp_path, study(rng, 1), [table(rng)]) for _study in range(60)]
    assert sum(loaded) >= 15
