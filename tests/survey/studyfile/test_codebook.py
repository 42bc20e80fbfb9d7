"""The codebook: written for spreadsheets, edited there, and read back as part of the study file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from obstacles.survey.detect.propose import propose
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import StudySettings
from obstacles.survey.studyfile.codebook_text import codebook_text
from obstacles.survey.studyfile.read import read_study_file
from obstacles.survey.studyfile.write import study_text

Make = Callable[..., Path]
GRID = "Q1,Q2,Q3,x\n1,2,3,u\n2,1,3,u\n1,3,2,u\n3,1,2,u\n"
STUDY = """schema = 1
[study]
title = "T"
sampling = "nonprobability"
[obstacles]
direction = "1_is_most_severe"
codebook = "{name}"
{rest}
[[wave]]
id = "2023"
file = "a.csv"
format = "rank_grid"
blank = "below"
[[wave]]
id = "2024"
file = "b.csv"
format = "rank_grid"
blank = "below"
"""
BOOK = """id,label_en,label_zh,short_en,category,column_2023,column_2024,since,until,required,status
skills,Lack of skills,技能不足,Skills,people,Q1,Q1,,,,same
cost,Cost,成本,,money,Q2,Q2,,,,reworded
data,Data,数据,,,Q3,Q3,,,,
"""


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a study of two waves with its codebook."""

    def write(book: str | bytes, rest: str = "", name: str = "codebook.csv", more: str = "") -> Path:
        (tmp_path / "a.csv").write_text(GRID)
        (tmp_path / "b.csv").write_text(GRID.replace("3,1,2", "3,2,1"))
        (tmp_path / name).write_bytes(book.encode() if isinstance(book, str) else book)
        (tmp_path / "study.toml").write_text(STUDY.format(name=name, rest=rest) + more, encoding="utf-8")
        return tmp_path / "study.toml"

    return write


def refusal(path: Path) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        read_study_file(path)
    return caught.value


class TestReading:
    def settings(self, path: Path) -> StudySettings:
        return read_study_file(path)

    def test_items_labels_and_columns_come_from_it(self, make: Make) -> None:
        settings = self.settings(make(BOOK))
        assert [item.id for item in settings.obstacles.item] == ["skills", "cost", "data"]
        skills = settings.obstacles.item[0]
        assert skills.label == {"en": "Lack of skills", "zh": "技能不足"}
        assert skills.short == {"en": "Skills"}
        assert skills.category == "people"
        assert settings.wave[0].obstacles == {"skills": "Q1", "cost": "Q2", "data": "Q3"}
        assert load_study(make(BOOK)).wave("2024").receipt.analysed == 4

    def test_the_study_file_wins_where_both_say_something(self, make: Make) -> None:
        rest = '[[obstacles.item]]\nid = "cost"\nlabel = { en = "Costs" }\n'
        rest += '[[obstacles.item]]\nid = "law"\nlabel = "Law"\nsince = "2024"\n'
        book = BOOK.replace("Q2,Q2", "Q2,Q3").replace("data,Data,数据,,,Q3,Q3", "data,Data,数据,,,Q3,Q2")
        path = make(book, rest, more='[wave.obstacles]\ncost = "Q2"\ndata = "Q3"\nlaw = "x"\n')
        settings = self.settings(path)
        assert [item.id for item in settings.obstacles.item] == ["skills", "cost", "data", "law"]
        assert settings.obstacles.item[1].label == {"en": "Costs", "zh": "成本"}
        assert settings.obstacles.item[1].category == "money"
        assert settings.wave[1].obstacles == {"skills": "Q1", "cost": "Q2", "data": "Q3", "law": "x"}

    def test_an_item_without_a_column_was_not_asked_in_that_wave(self, make: Make) -> None:
        book = BOOK.replace("data,Data,数据,,,Q3,Q3", "data,Data,数据,,,,Q3").replace("Q2,Q2", "Q2,")
        settings = self.settings(make(book))
        assert {item.id: (item.since, item.until) for item in settings.obstacles.item} == {
            "skills": (None, None),
            "cost": (None, "2023"),
            "data": ("2024", None),
        }

    def test_a_status_becomes_a_crosswalk(self, make: Make) -> None:
        compared = '[[comparison]]\nid = "c"\nwaves = ["2023", "2024"]\nitems = "common"\n'
        book = BOOK.replace("data,Data,数据,,,Q3,Q3,,,,", "data,Data,数据,,,,Q3,,,,new")
        settings = self.settings(make(book, more=compared))
        walks = [(walk.from_.items, walk.to.items, walk.status) for walk in settings.comparison[0].crosswalk]
        assert walks == [(("cost",), ("cost",), "reworded"), ((), ("data",), "new")]
        stated = (
            '[[comparison.crosswalk]]\nfrom = { wave = "2023", items = ["cost"] }\n'
            'to = { wave = "2024", items = ["cost"] }\nstatus = "same"\n'
        )
        walks = [walk.status for walk in self.settings(make(book, more=compared + stated)).comparison[0].crosswalk]
        assert walks == ["same", "new"]

    def test_a_row_with_a_required_level_is_a_capability(self, make: Make) -> None:
        row = "sql,Databases,数据库,,,x,x,,,{required},\n"
        settings = self.settings(
            make(BOOK + row.format(required="2.5"), more="[capability]\nlevels = [{ value = 0 }, { value = 2.5 }]\n")
        )
        assert [item.id for item in settings.obstacles.item] == ["skills", "cost", "data"]
        assert settings.capability is not None
        assert [(item.id, item.required) for item in settings.capability.item] == [("sql", 2.5)]
        assert settings.wave[0].capability is not None
        assert settings.wave[0].capability.current == {"sql": "x"}

    def test_spreadsheets_change_bom_delimiter_and_blank_rows(self, make: Make) -> None:
        for book in (
            BOOK.encode("utf-8-sig"),
            BOOK.replace(",", ";").encode(),
            BOOK.replace(",", "\t").encode("utf-16"),
            (BOOK + ",,,,,,,,,,\n").encode(),
        ):
            assert len(self.settings(make(book)).obstacles.item) == 3

    def test_it_may_be_a_workbook(self, make: Make) -> None:
        book = Workbook()
        for row in csv.reader(io.StringIO(BOOK)):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        assert len(self.settings(make(out.getvalue(), name="codebook.xlsx")).obstacles.item) == 3

    def test_the_digest_of_a_study_covers_it(self, make: Make) -> None:
        before = load_study(make(BOOK)).sha256
        assert load_study(make(BOOK.replace("Lack of skills", "Skills"))).sha256 != before


class TestRefusals:
    @pytest.mark.parametrize(
        ("book", "code", "piece"),
        [
            (BOOK.replace("category", "kategorie"), "E-BOOK-01", 'column "kategorie": this is no column of a codebook'),
            (BOOK.replace("column_2024", "column_2025"), "E-BOOK-01", 'no wave "2025". The waves are 2023, 2024'),
            (BOOK.replace("id,", "name,", 1), "E-BOOK-01", "the codebook has no column id"),
            (BOOK.replace("cost,Cost", "skills,Cost"), "E-BOOK-02", 'row 3: the id "skills" stands in row 2, too'),
            (BOOK.replace("cost,Cost", ",Cost"), "E-BOOK-02", "row 3: the id is blank"),
            (BOOK.replace("reworded", "changed"), "E-BOOK-02", "it can be same, reworded, split"),
            (BOOK.replace("reworded", "split"), "E-BOOK-02", "write it as [[comparison.crosswalk]]"),
            (BOOK.replace("Q3,Q3,,", "Q3,Q3,2020,"), "E-BOOK-02", 'since: there is no wave "2020"'),
            (BOOK.replace("Q3,Q3,,,", "Q3,Q3,,,high"), "E-BOOK-02", 'required is "high"'),
            (BOOK.encode("gb18030"), "E-BOOK-03", 'save it as "CSV UTF-8"'),
        ],
    )
    def test_what_is_wrong_is_named_with_its_row(self, make: Make, book: str | bytes, code: str, piece: str) -> None:
        error = refusal(make(book))
        assert code in {one.code for one in error.problems}
        assert piece in str(error)

    def test_all_problems_are_told_at_once(self, make: Make) -> None:
        error = refusal(make(BOOK.replace("reworded", "changed").replace("data,Data", ",Data")))
        assert [one.rows for one in error.problems] == [(3,), (4,)]

    @pytest.mark.parametrize("name", ["../codebook.csv", "/etc/passwd"])
    def test_it_lies_beside_the_study_file(self, make: Make, name: str) -> None:
        path = make(BOOK)
        path.write_text(path.read_text().replace("codebook.csv", name))
        assert [one.code for one in refusal(path).problems] == ["E-PATH-01"]

    def test_a_missing_one_is_named(self, make: Make) -> None:
        path = make(BOOK)
        path.with_name("codebook.csv").unlink()
        error = refusal(path)
        assert error.problems[0].file == "codebook.csv"


class TestWriting:
    def test_what_init_writes_reads_back_the_same(self, tmp_path: Path) -> None:
        first = 'id,"Rank [Lack of skills, staff]",Rank [=Cost],Rank [Poor data]\n'
        (tmp_path / "2023.csv").write_text(first + "a,1,2,3\nb,2,1,3\nc,1,3,2\n")
        second = first.replace("Poor data", "Poor old data").replace("]\n", "],Rank [Law]\n")
        (tmp_path / "2024.csv").write_text(second + "d,1,2,3,4\ne,4,2,1,3\nf,1,3,2,4\n")
        proposal = propose([tmp_path / "2023.csv", tmp_path / "2024.csv"])
        (tmp_path / "one.toml").write_text(study_text(proposal, command="x"), encoding="utf-8")
        (tmp_path / "codebook.csv").write_bytes(codebook_text(proposal))
        text = study_text(proposal, command="x", codebook="codebook.csv")
        (tmp_path / "two.toml").write_text(text, encoding="utf-8")
        one, two = read_study_file(tmp_path / "one.toml"), read_study_file(tmp_path / "two.toml")
        assert [item.model_dump() for item in one.obstacles.item] == [item.model_dump() for item in two.obstacles.item]
        assert [wave.obstacles for wave in one.wave] == [wave.obstacles for wave in two.wave]
        assert one.comparison == two.comparison
        assert [walk.status for walk in two.comparison[0].crosswalk] == ["reworded"]

    def test_no_cell_is_a_formula_for_a_spreadsheet(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("Rank [=1+1],Rank [@x],Rank [-y]\n1,2,3\n2,1,3\n1,3,2\n")
        text = codebook_text(propose([tmp_path / "a.csv"])).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["label_en"] for row in rows] == ["'=1+1", "'@x", "'-y"]

    def test_texts_in_cells_stand_in_the_column_of_their_wave(self, tmp_path: Path) -> None:
        cells = "\n".join(f"{a},{b},{c}" for a, b, c in [("Skills", "Cost", "Data"), ("Cost", "Skills", "Data")] * 6)
        (tmp_path / "a.csv").write_text(f"Rank 1,Rank 2,Rank 3\n{cells}\n")
        proposal = propose([tmp_path / "a.csv"])
        book = codebook_text(proposal)
        assert b"skills,Skills,,,Skills,,,,same" in book
        (tmp_path / "codebook.csv").write_bytes(book.replace(b"Skills,,", b"No staff,,"))
        text = study_text(proposal, command="x", codebook="codebook.csv")
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        study = load_study(tmp_path / "study.toml")
        assert {item.name for item in study.items} == {"No staff", "Cost", "Data"}
        assert study.wave().receipt.analysed == 12

    def test_labels_stand_under_their_language(self, tmp_path: Path) -> None:
        text = "Rank [Skills],Rank [Cost],Rank [成本高]\n1,2,3\n2,1,3\n1,3,2\n"
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(codebook_text(propose([tmp_path / "a.csv"])).decode("utf-8-sig"))))
        assert [(row["label_en"], row["label_zh"]) for row in rows] == [("Skills", ""), ("Cost", ""), ("", "成本高")]
