"""Options that are no obstacles are known by their whole label, in the languages that `init` knows."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

import obstacles as ob
from obstacles.reports.words.page_blocks import Listing, blocks_of
from obstacles.reports.writers.workbook import to_workbook
from obstacles.survey.detect.item_kinds import kind_of_label
from obstacles.survey.detect.propose import propose
from obstacles.survey.studyfile.codebook_text import codebook_text
from obstacles.survey.studyfile.write import study_text

OTHER = """Other|Others|Other (please specify)|Other, please specify:|Something else|Other reasons|
Any other barrier|其他|其他（请注明）|其他原因|Sonstiges|Andere (bitte angeben)|Autre (précisez)|
Autre, veuillez préciser|Otro (especifique)|その他|Other - Write In|Altro|Outros|Overige"""
NONE = """None|None of these|None of the above|There are no obstacles|We have no barriers|
No significant obstacles|以上都没有|都没有|无|没有困难|以上皆非|Keine davon|Keines der genannten Hindernisse|
Aucun de ces obstacles|Ninguno de los anteriores|特になし"""
OPT_OUT = """Don't know|I don’t know|Don't know / Prefer not to say|Not sure|Prefer not to say|N/A|
Not applicable|不知道|不知道/不清楚|weiß nicht|Keine Angabe|Ne sait pas|No sabe / No contesta|わからない|
No opinion"""
OBSTACLES = """Other departments do not share data|Don't know where to begin|No time|No budget|
Not enough data|没有时间|不知道从哪里开始|其他部门不共享数据|没有数据|Other priorities|Nothing is documented|
Keine Zeit|Aucun budget|Sin tiempo|Autres priorités|No answer from IT|Not sure which data we may use|
None of the managers cares|Refused access|无支持|Legal issues|Other projects come first"""


@pytest.mark.parametrize(
    ("labels", "kind"), [(OTHER, "other"), (NONE, "none"), (OPT_OUT, "opt_out"), (OBSTACLES, None)], ids=str
)
def test_the_whole_label_says_it(labels: str, kind: str | None) -> None:
    texts = [text.strip() for text in labels.replace("\n", "").split("|")]
    assert len(texts) > 10
    assert {text: kind_of_label(text) for text in texts} == dict.fromkeys(texts, kind)


def written(folder: Path, head: list[str], rows: list[list[object]]) -> Path:
    path = folder / "answers.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in [head, *rows]) + "\n", encoding="utf-8")
    return path


def marks(folder: Path) -> Path:
    """200 selections: 100 mark the first item, each tenth "Other" alone, each twentieth nothing but "Don't know"."""
    head = ["id", *(f"Main obstacles? [{name}]" for name in ("Skills", "Budget", "Law", "Other", "Don't know"))]
    rows: list[list[object]] = []
    for i in range(200):
        row = [1 if i % 2 else "", 1 if i % 3 == 0 else "", 1 if i % 5 == 0 else "", "", ""]
        row = ["", "", "", 1, ""] if i % 10 == 0 else ["", "", "", "", 1] if i % 20 == 2 else row
        rows.append([i, *(row if any(row) else [1, "", "", "", ""])])
    return written(folder, head, rows)


def test_init_proposes_kinds_and_they_are_shown_and_not_ranked(tmp_path: Path) -> None:
    path = marks(tmp_path)
    proposal = propose([path])
    (tmp_path / "study.toml").write_text(study_text(proposal, command="init"), encoding="utf-8")
    study = ob.load_study(tmp_path / "study.toml")
    assert [item.name for item in study.items] == ["Skills", "Budget", "Law"]
    ranking = ob.rank(study)
    assert ranking.estimate.base == 200  # who chose such an option alone answered the question
    assert [row["id"] for row in ranking.rows] == ["skills", "budget", "law"]
    found = {one["id"]: (one["kind"], one["respondents"], one["share"]) for one in ranking.to_dict()["set_aside"]}
    assert found == {"other": ("other", 20, 0.1), "dont_know": ("opt_out", 10, 0.05)}
    report = ob.build_report(study)
    listed = next(block.lines for block in blocks_of(report.sections) if isinstance(block, Listing) and block.numbered)
    assert [line for line in listed if line.endswith(" (not ranked)")] == [
        f"{item.name} (not ranked)" for item in study.waves[0].question.items if item.kind is not None
    ]
    assert len(listed) == 5
    chinese = openpyxl.load_workbook(io.BytesIO(to_workbook(ob.build_report(study, language="zh"))))
    assert not [title for title in chinese.sheetnames if title.startswith(("About", "Figure"))]


def test_a_codebook_carries_them(tmp_path: Path) -> None:
    proposal = propose([marks(tmp_path)])
    (tmp_path / "book.csv").write_bytes(codebook_text(proposal))
    (tmp_path / "study.toml").write_text(study_text(proposal, command="init", codebook="book.csv"), encoding="utf-8")
    assert len(ob.load_study(tmp_path / "study.toml").items) == 3
    text = (tmp_path / "book.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "book.csv").write_text(text.replace(",other,", ",elsewhere,"), encoding="utf-8")
    with pytest.raises(ob.SurveyError, match="elsewhere"):
        ob.load_study(tmp_path / "study.toml")


@pytest.mark.parametrize("stem", ["What holds you back? - ", "Main obstacles: ", "Obstacles – "])
def test_labels_are_cut_to_the_item_so_that_years_match(tmp_path: Path, stem: str) -> None:
    names = ("No time", "Data not shared", "Not enough data", "Enough data")
    for year, start in ((2023, stem), (2024, "What hinders you most? - ")):
        rows = [[i, *(int(i % (2 + j) == 0) for j in range(4))] for i in range(60)]
        written(tmp_path, ["id", *(start + name for name in names)], rows).rename(tmp_path / f"staff {year}.csv")
    proposal = propose([tmp_path / "staff 2023.csv", tmp_path / "staff 2024.csv"])
    assert [item.label for item in proposal.items] == list(names)
    assert [item.id for item in proposal.items] == ["no_time", "data_not_shared", "not_enough_data", "enough_data"]
    assert not any(item.since or item.until for item in proposal.items)
    assert not any(wave.doubt for wave in proposal.waves)
