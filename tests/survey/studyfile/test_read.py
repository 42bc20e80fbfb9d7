"""The study file: every wrong key is named with its line and the nearest right one."""

from __future__ import annotations

import ast
import json
import shlex
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from paths import EXAMPLES
from pydantic import BaseModel

from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import StudySettings
from obstacles.survey.studyfile.instrument import instruments, read_instrument
from obstacles.survey.studyfile.read import json_schema, read_study_file

GOOD = """schema = 1
[study]
title = "T"
sampling = "census"
[obstacles]
direction = "1_is_most_severe"
[[obstacles.item]]
id = "a"
label = { en = "Apples", zh = "苹果" }
category = "fruit"
[[obstacles.item]]
id = "b"
label = { en = "Berries", zh = "莓" }
[obstacles.category]
fruit = "Fruit"
[[wave]]
id = "2022"
file = "2022.csv"
format = "rank_grid"
[wave.columns]
department = "dept"
[wave.obstacles]
a = "A"
b = "B"
[[wave]]
id = "2024"
file = "2024.csv"
format = "order_list"
order = ["r1", "r2"]
"""


def read(tmp_path: Path, text: str) -> StudySettings:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_study_file(path)


def refusals(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SurveyError) as caught:
        read(tmp_path, text)
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


def test_a_key_that_is_gone_is_told_apart_from_an_unknown_one(tmp_path: Path) -> None:
    [problem] = refusals(tmp_path, GOOD + "[privacy]\nmin_group = 10\nmin_comments = 10\n")
    assert "E-KEY-01" in problem
    assert "line 32" in problem
    assert "[privacy] `min_comments` did nothing and is gone: delete the line." in problem


READ_OTHERWISE = {
    "StudySettings.schema_": "its one value is all that it says",
    "Comparison.items": "its one value is all that it says",
    "StudyFacts.note": "for readers of the file",
    "GroupValue.placed": "read by the settings of groups themselves",
    "ReportSettings.by": "an option of the report, taken by its name",
}


def models(annotation: object, seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """The settings models inside an annotation, added to those seen."""
    for part in get_args(annotation):
        models(part, seen)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
        seen.add(annotation)
        for field in annotation.model_fields.values():
            models(field.annotation, seen)
    return seen


def test_every_key_is_read_somewhere() -> None:
    root = Path(__file__).parents[3]
    files = [
        path for room in ("survey", "analysis", "reports", "obstacles/cli") for path in (root / room).rglob("*.py")
    ]
    trees = (ast.parse(path.read_text("utf-8")) for path in files if path.parent.name != "settings")
    read = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    keys = {f"{model.__name__}.{key}" for model in models(StudySettings, set()) for key in model.model_fields}
    assert len(keys) > 180
    assert READ_OTHERWISE.keys() <= keys
    assert {key for key in keys - READ_OTHERWISE.keys() if key.split(".")[1] not in read} == set()


def test_a_good_file_is_read(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD)
    assert settings.obstacles.item[0].label == {"en": "Apples", "zh": "苹果"}
    assert settings.ranking.level == 0.95


@pytest.mark.parametrize(
    ("old", "new", "line", "pieces"),
    [
        ('sampling = "census"', 'samplng = "census"', 4, ["`samplng`: there is no such key. Did you mean `sampling`?"]),
        ('sampling = "census"', 'sampling = "cenus"', 4, ['it can be "census"', 'Did you mean "census"?']),
        ('sampling = "census"', "sampling = 3", 4, ["[study] `sampling`"]),
        ('sampling = "census"\n', "", 2, ["`sampling` is missing.", "nonprobability"]),
        ('order = ["r1", "r2"]', 'order = "r1"', 29, ["should be a list"]),
        ('order = ["r1", "r2"]', 'order = ["r1", "r2"]\nmax_choices = "x"', 30, ["whole number"]),
        ('order = ["r1", "r2"]', 'order = ["r1", "r2"]\nk = 0', 30, ["it should be >= 1"]),
        ('id = "2024"', 'id = "2024"\nfieldwork = ["2024-05-13", "soon"]', 27, ["a date"]),
        ("[wave.columns]", "[wave.colums]", 20, ["Did you mean `columns`?"]),
        ('title = "T"', "title = T", 3, ["not valid TOML"]),
    ],
)
def test_wrong_keys_and_values_name_their_line(
    tmp_path: Path, old: str, new: str, line: int, pieces: list[str]
) -> None:
    assert old in GOOD
    found = refusals(tmp_path, GOOD.replace(old, new, 1))
    assert len(found) == 1, found
    for piece in pieces:
        assert piece in found[0]
    assert f"study.toml: line {line}:" in found[0], found[0]


@pytest.mark.parametrize(
    ("old", "new", "code", "piece"),
    [
        ('format = "order_list"', 'format = "order_lst"', "E-KEY-03", 'Did you mean "order_list"?'),
        ('id = "2024"', 'id = "2022"', "E-WAVE-01", 'two waves have the id "2022"'),
        ('id = "b"', 'id = "a"', "E-ITEM-01", 'two items have the id "a"'),
        ('en = "Berries"', 'en = " APPLES"', "E-ITEM-02", "same label"),
        ('category = "fruit"', 'category = "friut"', "E-KEY-03", 'Did you mean "fruit"?'),
        ('category = "fruit"', 'since = "2023"', "E-KEY-03", 'there is no wave "2023"'),
        ('b = "B"', 'bb = "B"', "E-KEY-03", 'there is no item "bb"'),
        ('b = "B"', "", "E-KEY-05", 'has no column for "b"'),
        ('b = "B"', 'b = "A"', "E-KEY-04", 'column "A" is used twice'),
        ('order = ["r1", "r2"]', "", "E-KEY-05", "format order_list needs order (a column per place) or cell"),
        ('order = ["r1", "r2"]', 'order = ["r1", "r2"]\nk = 3', "E-KEY-04", "k = 3 is more than the 2 items"),
        ('order = ["r1", "r2"]', 'order = ["r1", "r2"]\nties = true', "E-KEY-04", "it is a key of rank_grid"),
        ('order = ["r1", "r2"]', 'order = ["r1"]\nselected = ["x"]', "E-KEY-04", "it is a key of multi_select"),
        (
            'file = "2024.csv"',
            'file = "2024.csv"\nfieldwork = ["2024-06-01", "2024-05-01"]',
            "E-WAVE-03",
            "ends before",
        ),
        ('file = "2024.csv"', 'file = "2022.csv"', "E-WAVE-02", "read the same rows of 2022.csv"),
    ],
)
def test_contradictions_are_found(tmp_path: Path, old: str, new: str, code: str, piece: str) -> None:
    found = refusals(tmp_path, GOOD.replace(old, new, 1))
    assert any(code in one and piece in one for one in found), found


@pytest.mark.parametrize(
    ("more", "code", "piece"),
    [
        ('[groups]\nreport_by = "departmnt"\n', "E-KEY-03", 'Did you mean "department"?'),
        ('[groups.aliases]\nHR = ["x"]\nIT = ["X"]\n', "E-GRP-01", "alias of both"),
        ("[privacy]\nmin_group = 4\n", "E-PRIV-01", "allow_small_groups = true"),
        ('[privacy]\ndrop_columns = ["dept"]\n', "E-PRIV-02", 'used by wave "2022"'),
        ('[weights]\nmethod = "given"\n', "E-WGT-05", "needs the key weight"),
        ('[weights]\nmethod = "rake"\n', "E-WGT-05", "needs margins"),
        ('[[comparison]]\nid = "c"\nwaves = ["2022", "2025"]\n', "E-KEY-03", 'there is no wave "2025"'),
        ('[[report]]\nkind = "research"\nwave = "2042"\n', "E-KEY-03", 'there is no wave "2042"'),
    ],
)
def test_contradictions_between_sections_are_found(tmp_path: Path, more: str, code: str, piece: str) -> None:
    found = refusals(tmp_path, GOOD + more)
    assert any(code in one and piece in one for one in found), found


def test_a_direction_that_nothing_needs_is_an_error(tmp_path: Path) -> None:
    text = GOOD.replace('format = "rank_grid"', 'format = "multi_select"')
    assert any("no wave of this study has either" in one for one in refusals(tmp_path, text))


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('sampling = "census"', 'samplng = "x"').replace('format = "order_list"', "frmat = 3")
    assert len(refusals(tmp_path, text)) == 2


@pytest.mark.parametrize(
    ("data", "piece"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"", "schema"),
        (b"x" * 5_000_000, "larger than 4,000,000 bytes"),
    ],
)
def test_files_that_are_no_study_files_are_named_as_such(tmp_path: Path, data: bytes, piece: str) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(data)
    with pytest.raises(SurveyError) as caught:
        read_study_file(path)
    assert piece in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 20_000,
        "a = " + "[" * 200 + "]" * 200,
        "b = " + "{ c = " * 5_000,
        "[" + ".".join("a" * 100_000) + "]",
        ".".join("a" * 100_000) + " = 1",
        " . ".join(['"a"'] * 100_000) + " = 1",
        "a." * 70 + "b = 1 # deep\n",
    ],
    ids=["lists", "closed", "tables", "header", "key", "quoted", "just"],
)
def test_what_lies_too_deep_is_refused_before_it_is_read(tmp_path: Path, text: str) -> None:
    assert "more than 64 deep" in refusals(tmp_path, text)[0]


@pytest.mark.parametrize(
    "label",
    ["[" * 500, "{" * 500, "a." * 500 + "a", "# [[[", "it's [[[", '\\"' + "[" * 500, "1.2.3." * 100],
)
@pytest.mark.parametrize("mark", ['"', '"""'])
def test_brackets_and_dots_in_a_text_are_not_deep(tmp_path: Path, label: str, mark: str) -> None:
    read(tmp_path, GOOD.replace('title = "T"', f"title = {mark}{label}{mark} # {'[' * 99}"))


def test_a_number_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    assert "4300 digits" in refusals(tmp_path, f"schema = {'1' * 5000}")[0]
    assert "E-KEY-02" in refusals(tmp_path, GOOD.replace("schema = 1", f"schema = 0x{'f' * 5000}"))[0]


def test_a_wrong_key_of_a_wave_does_not_make_the_list_of_waves_too_short(tmp_path: Path) -> None:
    found = refusals(tmp_path, GOOD.replace('format = "rank_grid"', 'format = "rank_grid"\nblank = "not_selected"'))
    assert len(found) == 1
    assert "`blank`" in found[0]
    assert "longer than that" in refusals(tmp_path, "wave = []\n" + GOOD[: GOOD.index("[[wave]]")])[0]


def test_of_very_many_wrong_keys_the_first_are_told_and_the_others_counted(tmp_path: Path) -> None:
    found = refusals(tmp_path, GOOD + "[[wave]]\n" * 1000)
    assert len(found) == 51
    assert "2,950 more" in found[-1]


def test_a_folder_and_a_missing_file_are_named_as_such(tmp_path: Path) -> None:
    for path, piece in ((tmp_path, "this is a folder"), (tmp_path / "no.toml", "there is no such file")):
        with pytest.raises(SurveyError, match=piece):
            read_study_file(path)


def test_the_schema_describes_every_section_and_is_json() -> None:
    schema = json_schema()
    assert set(schema["properties"]) >= {"schema", "study", "obstacles", "wave", "report"}
    assert "min_group" in json.dumps(schema)


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.toml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_example_study_file_is_right(path: Path) -> None:
    assert read_study_file(path).wave


class TestInstrument:
    def test_the_built_in_instrument_has_two_languages_and_all_groups(self) -> None:
        assert instruments() == ("big_data_in_government",)
        built_in = read_instrument("big_data_in_government")
        assert len(built_in.item) == 20
        assert {item.category for item in built_in.item} == set(built_in.category)
        for item in built_in.item:
            assert set(item.label) == set(item.short) == {"en", "zh"}

    def study(self, obstacles: str) -> str:
        wave = '[[wave]]\nid = "w"\nfile = "a.csv"\nformat = "multi_select"\ncell = { column = "Q", separator = ";" }\n'
        return f'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n[obstacles]\n{obstacles}\n{wave}'

    def test_a_study_may_use_part_of_it_and_its_own_words(self, tmp_path: Path) -> None:
        text = self.study(
            'instrument = "big_data_in_government"\nselect = ["skills", "cost"]\nquestion = "Which?"\n'
            '[[obstacles.item]]\nid = "skills"\nshort = "People"\n[[obstacles.item]]\nid = "own"\nlabel = "Own"\n'
        )
        obstacles = read(tmp_path, text).obstacles
        assert [item.id for item in obstacles.item] == ["skills", "cost", "own"]
        assert obstacles.item[0].short == {"en": "People"}
        assert obstacles.item[0].label["zh"] == "人员与技能不足"
        assert obstacles.question == {"en": "Which?"}
        assert obstacles.nouns["zh"] == "障碍"

    @pytest.mark.parametrize(
        ("obstacles", "piece"),
        [
            ('instrument = "big_data_in_goverment"', 'Did you mean "big_data_in_government"?'),
            ('instrument = "big_data_in_government"\nselect = ["skils"]', 'Did you mean "skills"?'),
            ('select = ["skills"]', "name one with instrument"),
        ],
    )
    def test_names_that_it_does_not_have_are_refused(self, tmp_path: Path, obstacles: str, piece: str) -> None:
        assert any(piece in one for one in refusals(tmp_path, self.study(obstacles)))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/*.toml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_editor_with_the_schema_accepts_the_examples(path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    stated = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))
    assert [error.message for error in jsonschema.Draft202012Validator(json_schema()).iter_errors(stated)] == []


@pytest.mark.parametrize("name", ["rankings.csv", "a b.xlsx", "x.sav", "y.parquet"])
def test_a_file_of_answers_is_told_what_makes_a_study_of_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"id,a\n1,2\n")
    with pytest.raises(SurveyError) as caught:
        read_study_file(tmp_path / name)
    assert caught.value.exit_code == 3
    assert "E-TOML-03" in str(caught.value)
    assert f"obstacles init {shlex.quote(str(tmp_path / name))}" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('sampling = "census"', 'sampling = ["census"]'),
        ('title = "T"', "title = [1, 2]"),
        ('title = "T"', "title = { en = 5 }"),
        ('direction = "1_is_most_severe"', "direction = true"),
        ('direction = "1_is_most_severe"', "direction = 2024-05-01"),
    ],
)
def test_values_are_shown_as_the_study_file_has_them(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "study.toml").write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(SurveyError) as caught:
        read_study_file(tmp_path / "study.toml")
    shown = after.partition(" = ")[2]
    assert any(part in str(caught.value) for part in (shown, shown.removeprefix("{ en = ").removesuffix(" }")))
    assert not any(repr_ in str(caught.value) for repr_ in ("['", "{'", "True", "datetime"))
