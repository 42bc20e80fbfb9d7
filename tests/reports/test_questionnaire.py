"""Questionnaires: each platform's form is filled in as people would, exported as the platform does, and read back.

What fills the forms in reads the form alone, never the study file that is to read the answers.
"""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import obstacles as ob
from obstacles.reports.questionnaire.platforms import PLATFORMS, Options, files_of
from obstacles.survey.questionnaire.questions import Questionnaire, instrument_settings, questionnaire_of
from obstacles.survey.studyfile.read import read_study_file

N = 200  # respondents
HARD = (  # id, label: in their true order, the most serious first
    ("A3", 'Staff "without skills", or too few'),
    ("data sharing", "Data not shared {between} departments; nor ${anywhere}"),
    ("cost", "Cost, of tools & <systems>"),
    ("数据", "=1+1 is what\nquality means"),
    ("SQ001", "Rules: " + "unclear and very long to read " * 6),
    ("x.y", "Leadership's support"),
)
WAVES = {
    "rank": 'format = "rank_grid"\nblank = "below"',
    "rank 3": 'format = "rank_grid"\nblank = "below"\nk = 3',
    "select": 'format = "multi_select"\nmax_choices = 3',
    "rate": 'format = "likert_grid"\nnot_applicable = ["n/a"]\n'
    'scale = [{ value = -1, label = "Not" }, { value = 0.5 }, { value = 2, label = "Very" }]',
    "points": 'format = "points"\ntotal = 100\nblank = "below"',
}
DIRECTION = {"rank": "1_is_most_severe", "rank 3": "1_is_most_severe", "rate": "high_is_most_severe"}


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def study_text(form: str, items: tuple[tuple[str, str], ...] = HARD) -> str:
    direction = f'direction = "{DIRECTION[form]}"' if form in DIRECTION else ""
    listed = "\n".join(
        f"[[obstacles.item]]\nid = {quoted(id)}\nlabel = {{ en = {quoted(text)}, zh = {quoted('障碍' + id)} }}"
        for id, text in items
    )
    columns = "\n".join(f"{quoted(id)} = {quoted(id)}" for id, _text in items)
    return f"""
schema = 1
[study]
title = {{ en = "Obstacles, all \\"of\\" them", zh = "障碍" }}
languages = ["en", "zh"]
sampling = "census"
[obstacles]
question = {{ en = "Which is worst?", zh = "哪个最严重？" }}
{direction}
{listed}
[capability]
levels = [{{ value = 0, en = "None", zh = "无" }}, {{ value = 1, en = "Some" }}, {{ value = 2, en = "Much" }}]
importance_scale = [1, 5]
specialists = {{ group = "department", is = ["Health"] }}
[[capability.item]]
id = "get data"
label = {{ en = "Get data", zh = "获取" }}
scale = "obtain"
required_from = "column"
[[capability.item]]
id = "use"
label = {{ en = "Use data", zh = "应用" }}
required = 1
[[wave]]
id = "2024"
file = "responses.csv"
{WAVES[form]}
[wave.columns]
department = "dept"
role = "role"
[wave.obstacles]
{columns}
[groups]
split_by = ["department"]
[[model]]
name = "by-department"
kind = "selection"
formula = "department"
levels = {{ department = ["Finance", "Health"] }}
"""


def questionnaire(folder: Path, form: str, items: tuple[tuple[str, str], ...] = HARD) -> Questionnaire:
    path = folder / "source.toml"
    path.write_text(study_text(form, items), encoding="utf-8")
    return questionnaire_of(read_study_file(path), folder)


def written(folder: Path, asked: Questionnaire, platform: str, options: Options = Options()) -> Path:  # noqa: B008
    for name, content in files_of(asked, [platform], options, lambda problem: pytest.fail(str(problem))).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


class Person:
    """A respondent who thinks of the items nearly as the true order says."""

    def __init__(self, rng: np.random.Generator, labels: list[str]) -> None:
        worth = -0.9 * np.arange(len(labels)) + rng.gumbel(size=len(labels))
        self.order = [labels[j] for j in np.argsort(-worth)]
        self.department = ("Finance", "Health")[int(rng.integers(2))]
        self.level = int(rng.integers(3))

    def rank(self, label: str) -> int:
        return self.order.index(label) + 1

    def points(self, label: str) -> int:
        return {1: 60, 2: 30, 3: 10}.get(self.rank(label), 0)

    def severity(self, label: str) -> int:
        """Place of the level, from 0."""
        return max(0, 2 - self.rank(label) // 2)


def people(labels: list[str]) -> list[Person]:
    rng = np.random.default_rng(7)
    return [Person(rng, labels) for _person in range(N)]


# ---------- ODK -----------------------------------------------------------------------------------------------------


def sheet(path: Path, name: str) -> list[dict[str, str]]:
    rows = list(openpyxl.load_workbook(path)[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def odk(folder: Path, labels: list[str]) -> str:  # noqa: C901 - as many kinds of questions as the platform has
    """The export of ODK Central: names of choices, spaces between several; columns of its own around them."""
    label = "label::English (en)"
    path = folder / "xlsform" / "form.xlsx"
    survey = sheet(path, "survey")
    names: dict[str, dict[str, str]] = {}
    for row in sheet(path, "choices"):
        names.setdefault(row["list_name"], {})[row[label]] = row["name"]
    like = {text.replace("${", "$ {").strip(): text for text in labels}
    asked = [row for row in survey if row["type"] not in ("note",)]
    rows = [["SubmissionDate", *(row["name"] for row in asked), "KEY", "SubmitterName", "ReviewState"]]
    for number, person in enumerate(people(labels)):
        choice = {like.get(text, text): code for text, code in names.get("items", {}).items()}
        cells = ["2024-05-14T09:00:00.000Z"]
        for row in asked:
            kind, name = row["type"].split()[0], row["name"]
            times = {"start": "2024-05-14T08:50:00.000Z", "end": f"2024-05-14T09:{number % 60:02d}:{number % 59:02d}Z"}
            answer = times.get(kind, "")
            if name == "response_id":
                answer = f"uuid:{number}"
            elif kind == "rank":
                answer = " ".join(choice[text] for text in person.order)
            elif kind == "select_multiple":
                answer = " ".join(sorted(choice[text] for text in person.order[:2]))
            elif match := re.fullmatch(r"place_(\d+)", name):
                answer = choice[person.order[int(match[1]) - 1]]
            elif kind == "integer":
                answer = str(person.points(like[row[label]]))
            elif row["type"] == "select_one severity":
                answer = list(names["severity"].values())[person.severity(like[row[label]])]
            elif name.startswith("group_department"):
                answer = names[name][person.department]
            elif kind == "text":
                answer = "Analyst"
            elif kind == "select_one":
                answer = list(names[row["type"].split()[1]].values())[person.level]
            cells.append(answer)
        rows.append([*cells, f"uuid:{number}", "", ""])
    return table(rows)


# ---------- LimeSurvey ----------------------------------------------------------------------------------------------


def limesurvey(  # noqa: C901 - as many kinds of questions as the platform has
    folder: Path, labels: list[str], language: str = "en", *, full: bool = False
) -> str:
    """The CSV export with question codes as headings, and answer codes or full answers in the cells."""
    text = (folder / "limesurvey" / "survey.txt").read_text(encoding="utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text), dialect="excel-tab") if row["language"] == language]
    questions: list[dict[str, object]] = []
    for row in rows:
        if row["class"] == "Q":
            questions.append({"type": row["type/scale"], "code": row["name"], "SQ": {}, "A": {}})
        elif row["class"] in ("SQ", "A"):
            plain = html.unescape(row["text"].replace("<br />", "\n"))
            cell = plain if full and row["class"] == "A" else row["name"]
            questions[-1][row["class"]][plain] = cell  # type: ignore[index]
    like = {text.strip(): text for text in labels}
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed"]
    columns: list[tuple[str, Callable[[Person], str]]] = []
    for question in questions:
        code, kind, subs, answers = (question[key] for key in ("code", "type", "SQ", "A"))
        assert isinstance(subs, dict)
        assert isinstance(answers, dict)
        if kind == "R":
            codes = {like[text]: name for text, name in answers.items()}
            for place in range(1, len(codes) + 1):
                limit = 3 if any(row["max_answers"] == "3" for row in rows) else len(codes)
                columns.append(
                    (f"{code}[{place}]", lambda p, i=place, c=codes, k=limit: c[p.order[i - 1]] if i <= k else "")  # type: ignore[misc]
                )
        elif kind in ("M", "K"):
            for sub, name in subs.items():
                if sub not in like:  # none of these
                    columns.append((f"{code}[{name}]", lambda p: ""))
                elif kind == "M":
                    columns.append((f"{code}[{name}]", lambda p, t=like[sub]: "Y" if p.rank(t) <= 2 else ""))  # type: ignore[misc]
                else:
                    columns.append((f"{code}[{name}]", lambda p, t=like[sub]: str(p.points(t))))  # type: ignore[misc]
        elif kind == "F":
            levels = list(answers.values())
            for sub, name in subs.items():
                if code == "severity":
                    columns.append((f"{code}[{name}]", lambda p, t=like[sub], v=levels: v[p.severity(t)]))  # type: ignore[misc]
                else:
                    columns.append((f"{code}[{name}]", lambda p, v=levels: v[p.level]))  # type: ignore[misc]
        elif kind == "L":
            columns.append((str(code), lambda p, a=answers: a[p.department]))  # type: ignore[misc]
        else:
            columns.append((str(code), lambda p: "Analyst"))
    out = [[*head, *(name for name, _answer in columns)]]
    for number, person in enumerate(people(labels), 1):
        own = [str(number), "1980-01-01 00:00:00", "1", language, "77"]
        out.append([*own, *(answer(person) for _name, answer in columns)])
    return table(out, quoting=csv.QUOTE_ALL)


# ---------- paper ---------------------------------------------------------------------------------------------------


def paper(folder: Path, labels: list[str]) -> str:
    """The entry sheet, filled in by the codes printed beside the lines."""
    text = (folder / "paper" / "entry-sheet.csv").read_text(encoding="utf-8-sig")
    codes, names = list(csv.reader(io.StringIO(text)))
    like = {"'" * (label[:1] == "=") + " ".join(label.split()): label for label in labels}
    study = (folder / "paper" / "study.toml").read_text(encoding="utf-8")
    form = re.search(r'format = "(\w+)"', study)
    assert form is not None
    places = 3 if "\nk = 3\n" in study else len(labels)
    rows = [codes, names]
    for number, person in enumerate(people(labels), 1):
        cells = []
        for code, name in zip(codes, names, strict=True):
            answer = {"form": str(number), "version": "AB"[number % 2]}.get(code, "")
            if code.startswith("Q1."):
                item = like.get(name)
                if item is None:
                    answer = ""
                elif form[1] == "points":
                    answer = str(person.points(item))
                elif form[1] == "multi_select":
                    answer = "1" if person.rank(item) <= 2 else ""
                elif form[1] == "likert_grid":
                    answer = ("L1", "L2", "L3")[person.severity(item)]
                else:
                    answer = str(person.rank(item)) if person.rank(item) <= places else ""
            elif code.startswith("Q") and "." in code:
                answer = str(person.level + (1 if code.startswith("Q4") else 0))
            elif name.startswith("Which department"):
                answer = {"Finance": "101", "Health": "102"}[person.department]
            elif code.startswith("Q"):
                answer = "Analyst"
            cells.append(answer)
        rows.append(cells)
    return table(rows)


def table(rows: list[list[str]], quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


FILLED = {"xlsform": odk, "limesurvey": limesurvey, "word": paper}
FOLDERS = {"word": "paper"}


@pytest.mark.parametrize("form", WAVES)
@pytest.mark.parametrize("platform", FILLED)
def test_answers_come_back_through_the_study_file_as_it_is(tmp_path: Path, platform: str, form: str) -> None:
    asked = questionnaire(tmp_path, form)
    written(tmp_path, asked, platform)
    folder = tmp_path / FOLDERS.get(platform, platform)
    labels = [text for _id, text in HARD]
    (folder / "answers.csv").write_text(FILLED[platform](tmp_path, labels), encoding="utf-8")
    study = ob.load_study(folder / "study.toml")
    wave = study.wave()
    problems = [*study.problems, *wave.receipt.problems]
    assert [str(problem) for problem in problems if problem.severity not in ("info",)] == []
    assert wave.receipt.analysed == N
    ranking = ob.rank(study)
    order = [row["id"] for row in sorted(ranking.rows, key=lambda row: row["rank"])]
    sure = 2 if form in ("select", "points", "rate") else 3  # places that are asked for
    assert order[:sure] == [id for id, _text in HARD[:sure]]
    assert set(wave.respondents["department"].dropna()) == {"Finance", "Health"}
    assert wave.capability is not None
    assert [item.category for item in wave.capability.items] == ["obtain", None]
    capability = study.settings.capability
    assert capability is not None
    assert capability.specialists is not None
    assert (capability.specialists.group, capability.specialists.is_) == ("department", ("Health",))
    expected = [person.level for person in people(labels)]
    np.testing.assert_array_equal(wave.capability.current, np.column_stack([expected, expected]))
    np.testing.assert_array_equal(wave.capability.required[:, 0], expected)
    assert wave.capability.importance is not None
    np.testing.assert_array_equal(wave.capability.importance[:, 0], np.add(expected, 1))


def test_full_answers_of_limesurvey_in_chinese(tmp_path: Path) -> None:
    written(tmp_path, questionnaire(tmp_path, "rank"), "limesurvey")
    labels = ["障碍" + id for id, _text in HARD]
    folder = tmp_path / "limesurvey"
    (folder / "answers.csv").write_text(limesurvey(tmp_path, labels, "zh-Hans", full=True), encoding="utf-8")
    study = ob.load_study(folder / "study.toml")
    order = [row["id"] for row in sorted(ob.rank(study).rows, key=lambda row: row["rank"])]
    assert order == [id for id, _text in HARD]
    assert study.wave().capability is not None


def test_every_platform_is_tried() -> None:
    assert {*FILLED, "pdf"} == {*PLATFORMS}


def converted(path: Path) -> Iterator[str]:
    xls2xform = pytest.importorskip("pyxform.xls2xform")
    result = xls2xform.convert(xlsform=path, validate=shutil.which("java") is not None)  # by ODK Validate
    yield result.xform
    assert result.warnings == []


@pytest.mark.parametrize("form", WAVES)
def test_pyxform_takes_the_form(tmp_path: Path, form: str) -> None:
    written(tmp_path, questionnaire(tmp_path, form), "xlsform")
    (xform,) = converted(tmp_path / "xlsform" / "form.xlsx")
    assert 'lang="English (en)" default="true()"' in xform
    assert 'lang="中文 (zh)"' in xform
    if form not in ("rate", "points"):
        assert "randomize(" in xform
    assert ("<odk:rank " in xform) == (form == "rank")


@pytest.mark.parametrize("m", [2, 40])
@pytest.mark.parametrize("form", ["rank", "select", "rate", "points"])
def test_two_and_forty_items(tmp_path: Path, m: int, form: str) -> None:
    items = tuple((f"Item no. {j}", f"Label {j}") for j in range(m))
    path = tmp_path / "source.toml"
    path.write_text(study_text(form, items).replace("max_choices = 3", ""), encoding="utf-8")
    asked = questionnaire_of(read_study_file(path), tmp_path)
    for platform in ("xlsform", "limesurvey", "word"):
        written(tmp_path, asked, platform)
        made = read_study_file(tmp_path / FOLDERS.get(platform, platform) / "study.toml")
        assert [item.id for item in made.obstacles.item] == [id for id, _text in items]
    (_xform,) = converted(tmp_path / "xlsform" / "form.xlsx")


def test_codes_are_what_platforms_take(tmp_path: Path) -> None:
    written(tmp_path, questionnaire(tmp_path, "rank"), "limesurvey")
    text = (tmp_path / "limesurvey" / "survey.txt").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), dialect="excel-tab"))
    codes = {kind: [row["name"] for row in rows if row["class"] == kind] for kind in ("Q", "SQ", "A")}
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", code) for code in codes["Q"])
    assert all(re.fullmatch(r"[A-Za-z0-9]{1,5}", code) for code in (*codes["SQ"], *codes["A"]))
    assert len(codes["Q"]) % 2 == 0
    assert {row["language"] for row in rows if row["class"] == "Q"} == {"en", "zh-Hans"}
    assert not any("{" in row["text"] or "\n" in row["text"] for row in rows)
    assert "A3" not in {row["name"] for row in rows if row["class"] == "A"}  # the id of another item


def test_a_form_that_is_no_questionnaire_is_refused(tmp_path: Path) -> None:
    text = study_text("rank").replace('format = "rank_grid"\nblank = "below"', PAIRS).replace(DIRECTION["rank"], "")
    text = re.sub(r'direction = ""', "", text).split("[wave.obstacles]")[0]
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ob.SurveyError, match=r"experimental design.*rank_grid, order_list") as caught:
        questionnaire_of(read_study_file(tmp_path / "s.toml"), tmp_path)
    assert caught.value.exit_code == 3


PAIRS = 'format = "pairs"\npairs = { first = "a", second = "b", result = "c" }'


class TestPaper:
    def test_versions_shuffle_items_and_keep_their_codes(self, tmp_path: Path) -> None:
        asked = questionnaire_of(instrument_settings("big_data_in_government"), languages=("en",))
        made = files_of(asked, ["pdf", "word"], Options(2), lambda problem: pytest.fail(str(problem)))
        assert [name for name in made if "form" in name] == [
            f"paper/form-{letter}-en.{ending}" for ending in ("pdf", "docx") for letter in "AB"
        ]
        again = files_of(asked, ["pdf", "word"], Options(2), lambda problem: None)
        assert again == made
        pypdf = pytest.importorskip("pypdf")
        texts = [
            pypdf.PdfReader(io.BytesIO(made[f"paper/form-{letter}-en.pdf"])).pages[0].extract_text() for letter in "AB"
        ]
        places = [[text.index(f"Q1.{j}\n") for j in range(1, 21)] for text in texts]
        assert np.argsort(places[0]).tolist() != np.argsort(places[1]).tolist()
        assert b"version" in made["paper/entry-sheet.csv"].splitlines()[0]

    def test_a_seed_shuffles_one_form_and_none_keeps_the_order(self) -> None:
        from obstacles.reports.questionnaire.paper import forms

        asked = questionnaire_of(instrument_settings("big_data_in_government"), languages=("en",))
        (_stem, plain), (stem, shuffled) = *forms(asked), *forms(asked, seed=3)
        codes = [line.code for line in plain.blocks[0].lines]
        assert codes == [f"Q1.{j}" for j in range(1, 21)]
        assert stem == "form-A-en"
        assert [line.code for line in shuffled.blocks[0].lines] != codes
        assert sorted(line.code for line in shuffled.blocks[0].lines) == sorted(codes)


MINIMAL = """
schema = 1
[study]
title = "Small"
sampling = "census"
[obstacles]
[[obstacles.item]]
id = "a"
[[obstacles.item]]
id = "b"
[[wave]]
id = "1"
file = "x.csv"
format = "likert_grid"
scale = [{ value = 1 }, { value = 2 }]
[wave.obstacles]
a = "A"
b = "B"
"""


def test_a_question_alone_needs_no_more_than_its_direction(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(MINIMAL, encoding="utf-8")
    with pytest.raises(ob.SurveyError, match="E-QUE-02"):
        questionnaire_of(read_study_file(tmp_path / "s.toml"), tmp_path)
    text = MINIMAL.replace("[obstacles]\n", '[obstacles]\ndirection = "high_is_most_severe"\n')
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    asked = questionnaire_of(read_study_file(tmp_path / "s.toml"), tmp_path)
    for platform in PLATFORMS:
        written(tmp_path, asked, platform)
    for folder in ("xlsform", "limesurvey", "paper"):
        assert read_study_file(tmp_path / folder / "study.toml").capability is None
    (_xform,) = converted(tmp_path / "xlsform" / "form.xlsx")
