"""The ninety bad inputs that people bring: bytes in; code, place and receipt out.

Each case is numbered as in the list of inputs (a letter where one has several sides). `says` are pieces of the message
with the code; `left` what the receipt counts. What concerns pages alone is held where these are made, and named here.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
import pytest

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import rank
from obstacles.analysis.ranking.respondents import profile
from obstacles.survey.loading.load import load_study
from obstacles.survey.loading.minimum_size import too_small
from obstacles.survey.loading.register import kept_register, publication
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.study import Study

pytestmark = pytest.mark.usefixtures("size")
HEAD = "id,dept,A,B,C\n"
BODY = "".join(f"r{i},{'HR' if i % 2 else 'IT'},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3}\n" for i in range(30))
GRID = 'format = "rank_grid"\n{keys}\n[wave.columns]\ndept = "dept"\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'
LIKERT = """format = "likert_grid"
scale = [{ value = 1, text = ["low", "低"] }, { value = 2, text = ["mid", "中"] }, { value = 3, text = ["high", "高"] }]
[wave.obstacles]
a = "A"
b = "B"
c = "C"
"""
SELECT = 'format = "multi_select"\n{keys}\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'
CELL = 'format = "multi_select"\ncell = {{ column = "Q", separator = "{sep}" }}\n{keys}\n'
LABELS = "".join(
    f'[[obstacles.item]]\nid = "{id}"\nlabel = {{ en = "{en}", zh = "{zh}" }}\n'
    for id, en, zh in (("a", "Skills", "技能"), ("b", "Cost, tools", "成本"), ("c", "Data", "数据"))
)
SHEET = b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + b"\x00" * 200


@dataclass(frozen=True)
class Case:
    """One bad input."""

    number: str
    data: bytes | str
    code: str | None  # of the problem expected; None: it loads without a warning
    says: tuple[str, ...] = ()
    exit: int | None = None  # None: the study loads
    wave: str = GRID.format(keys='blank = "below"\nid_column = "id"')
    rest: str = ""
    direction: str | None = "1_is_most_severe"
    analysed: int | None = None
    left: dict[str, int] = field(default_factory=dict)
    keys: str = ""


def grid(keys: str) -> str:
    return GRID.format(keys=keys)


def rows(*cells: str, more: int = 20) -> str:
    """The given rows, then good ones."""
    return HEAD + "".join(cell + "\n" for cell in cells) + BODY[: BODY.index(f"r{more},")]


def workbook() -> bytes:
    """The good rows in an Excel workbook."""
    book = openpyxl.Workbook()
    for line in (HEAD + BODY).splitlines():
        cells = line.split(",")
        book.active.append([int(cell) if cell.isdecimal() else cell for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CHINESE = (HEAD + BODY).replace("HR", "人事部门和其他综合管理部门").replace("IT", "信息中心与数据资源管理部门")
WEIGHTS = "id,dept,A,B,C,w\n" + "".join(f"r{i},IT,1,2,3,{{}}\n".format("1") for i in range(20))
WEIGHED = grid('blank = "below"\nid_column = "id"\nweight = "w"')

CASES = [
    Case("1", (HEAD + BODY).replace(",", ";"), "I-ENC-01", ('delimiter ";"',), analysed=30),
    Case("2", (HEAD + BODY).replace(",", ";"), "E-DEL-02", ('";" gives 5 cells',), 3, keys='delimiter = ","'),
    Case("2b", "id;dept;A;B;C;w\n" + "".join(f'r{i};IT;1;2;3;1,{500 + i}\n' for i in range(9)), "A-DEC-01",
         ('Set decimal = ","',), 3, wave=WEIGHED),
    Case("3", (HEAD + BODY).replace(",", "\t"), "I-ENC-01", (r'delimiter "\t"',), analysed=30),
    Case("4", b"\xef\xbb\xbf" + (HEAD + BODY).encode(), "I-ENC-01", ("utf-8-sig",), analysed=30),
    Case("5", (HEAD + BODY).encode("utf-16"), "I-ENC-01", ("utf-16",), analysed=30),
    Case("6", CHINESE.encode("gb18030"), "I-ENC-01", ("GB18030",), analysed=30),
    Case("7", CHINESE.replace("门", "門").replace("综", "綜").replace("资", "資").replace("据", "據")
         .replace("数", "數").replace("与", "與").replace("部", "部").encode("big5", "ignore"), "I-ENC-01", ("Big5",),
         analysed=30),
    Case("8", (HEAD + BODY).replace("HR", "Qualité").encode("cp1252"), "W-ENC-01", ("check the accents", "Qualité"),
         analysed=30),
    Case("9", CHINESE.encode("utf-8") + "x,人事,1,2,3\n".encode("gb18030"), "E-ENC-02",
         ("row 32", "although rows 1-31 above it are"), 2),
    Case("10", (HEAD + BODY).replace("HR", "H\0R"), "E-ENC-04", ("NUL",), 2),
    Case("11", b"", "E-FILE-05", ("no rows: 0 bytes",), 2),
    Case("12", HEAD, "E-FILE-05", ("no responses",), 2),
    Case("13", "Survey of 2024\n" + HEAD + BODY, "A-HDR-01", ("skip = 1",), 3),
    Case("14", 'id,dept,A,B,C\nID,Which?,x,y,z\n"{""ImportId"":""a""}",b,c,d,e\n' + BODY, "I-HDR-02",
         ("3 header rows, as Qualtrics",), analysed=30),
    Case("15", "sep=;\n" + (HEAD + BODY).replace(",", ";"), "I-HDR-01", ('"sep=;" was followed',), analysed=30),
    Case("16", "# exported by X\n" + HEAD + BODY, "A-HDR-02", ("skip = 1",), 3),
    Case("17", HEAD + BODY + "Total,,60,60,60\n", "E-ROW-07", ("row 32", 'a total ("Total")'), 2),
    Case("17b", "A,B,C\n" + "1,2,3\n2,3,1\n3,1,2\n" * 4 + "24,24,24\n", "E-ROW-07", ("row 14", "the sums"), 2,
         wave=grid('blank = "below"').replace('dept = "dept"\n', "")),
    Case("17c", "dept,A,B,C\n" + "HR,1,2,3\n" * 3 + "Mean,1,2,3\n", "W-ROW-03", ("row 5", '"Mean"'), analysed=4,
         wave=grid('blank = "below"')),
    Case("18", rows("x,HR, and more,1,2,3"), "E-ROW-02", ("row 2", "6 cells where the header has 5 names",
         'Is a comma unquoted in "dept"?'), 2),
    Case("19", HEAD + BODY.replace("\n", ",x\n"), "E-ROW-01", ("all 30 rows have 6 cells but the header has 5",), 2),
    Case("20", rows("x,HR,1"), "E-ROW-03", ("row 2", "3 cells where the header has 5 names"), 2),
    Case("20b", "A,B,C,note\n" + "1,2,3,\n" * 5 + "2,1,3\n", "W-ROW-01", ("row 7",), analysed=6,
         wave=grid('blank = "below"').replace('dept = "dept"\n', "")),
    Case("21", (HEAD + BODY).replace("\n", ",\n"), "I-COL-01", ("dropped",), analysed=30),
    Case("22", HEAD + 'x,"HR,1,2,3\n' + BODY, "E-ROW-04", ("row 2", "quotation mark opens"), 2),
    Case("23", 'id,dept,"A\nskills",B,C\n' + BODY, None, wave=grid('blank = "below"').replace('"A"', '"A skills"'),
         analysed=30),
    Case("24", "id,dept,A,A,C\n" + BODY, "E-COL-01", ('"column:C", "column:D"',), 2),
    Case("25", "id,,A,B,C\n" + BODY, "W-COL-02", ("column B has content but no name",),
         wave=grid('blank = "below"').replace('"dept"', '"column:B"'), analysed=30),
    Case("26", "id,dept,A,B,D\n" + BODY, "E-COL-03", ('no column "C"', "line"), 2),
    Case("27", "id,DEPT,Ａ, B ,C\n" + BODY, "W-COL-03", ('"DEPT"',), analysed=30),
    Case("28", rows("r3,HR,2,1,3"), "E-ID-01", ('"r3" in rows 2, 6', "different answers"), 2),
    Case("28b", "id,dept,A,B,C,sec\n" + "r1,HR,1,2,3,77\nr2,HR,1,2,3,77\nr3,HR,2,1,3,90\n", "W-ID-04", ("rows 2, 3",),
         wave=grid('blank = "below"\nid_column = "id"\nduration = "sec"'), analysed=3),
    Case("29", rows(",HR,1,2,3"), "W-ID-01", ("row 2",), analysed=21),
    Case("29b", rows(",HR,1,2,3"), "E-ID-03", ("row 2", "a panel needs it"), 2,
         wave=grid('blank = "below"\nid_column = "id"\npanel_id = "id"')),
    Case("30", rows("007,HR,1,2,3", "7,IT,1,2,3"), None, analysed=22),
    Case("31", rows("9007199254740993,HR,1,2,3", "9007199254740992,IT,1,2,3", ",IT,1,2,3"), "W-ID-01", analysed=23),
    Case("32", rows("1.23457E+15,HR,1,2,3", "1.23457E+15,IT,1,2,3"), "E-ID-02", ("2 ids look like 1.23457E+15",), 2),
    Case("33", rows("x,NA,1,2,3", "y,None,1,2,3", "z,null,1,2,3"), None, analysed=23),
    Case("34", rows("x,HR,N/A,2,3", "y,HR,-,1,2", "z,HR,拒答,1,2"), "E-RANK-01",
         ('"-" (1)', '"N/A" (1)', "missing"), 2),
    Case("35", rows(*(f"x{i},HR,99,1,2" for i in range(5))), "A-MIS-01", ("5 answers are 99 while ranks go to 3",), 3),
    Case("36", rows("x,HR,-3,-3,-3", "y,HR,1,-2,-2"), "I-MIS-01", ('"-2" = not ranked, "-3" = skipped',), analysed=21,
         left={"the question was not answered": 1}),
    Case("37", rows("x,HR,1,1,2"), "E-RANK-03", ("row 2",), 2),
    Case("37b", rows("x,HR,1,1,2"), "W-RANK-01", ("1 gives the same rank twice",), analysed=20,
         rest='[quality]\ninvalid_ranking = "leave_out"\n', left={"the ranking is not usable": 1}),
    Case("37c", rows(*(f"x{i},HR,1,1,2" for i in range(15))), "A-RANK-01", ("set ties = true",), 3),
    Case("38", rows("x,HR,1,2,9"), "E-RANK-02", ('row 2, column "C": rank 9',), 2),
    Case("39", "id,dept,A,B,C\nx,HR,1,3,\n" + BODY, "W-RANK-02", ("skips a place",), analysed=31),
    Case("40", rows("x,HR,1,0,0", more=0), "I-RANK-01", ("0 is read as",), analysed=1),
    Case("40b", rows("x,HR,1,0,"), "E-RANK-05", ("unranked",), 2),
    Case("41", rows("x,HR,1.0,2 ,\u00a03", "y,HR,１,2,3"), None, analysed=22),
    Case("42", rows("x,HR,1st,二,٣"), None, analysed=21),
    Case("42b", rows("x,HR,soon,2,3"), "E-RANK-01", ('"soon" (1)',), 2),
    Case("43", rows("x,HR,1,2.5,2.5"), "E-RANK-04", ("ties = true",), 2),
    Case("43b", rows("x,HR,1,2.5,2.5"), None, wave=grid('blank = "below"\nties = true'), analysed=21),
    Case("44", "id,dept,A,B,C\nx,HR,1,2,3\n" + "y,HR,1,2,\n" * 3, "W-RANK-01", ("1 has a rank above 2",),
         wave=grid('blank = "below"\nk = 2'), rest='[quality]\ninvalid_ranking = "leave_out"\n', analysed=3),
    Case("45", "A,B,C\n1,1,1\n1,,\n", "W-SEL-01", ("row 2", "more than the 2"), direction=None, rest=LABELS,
         wave=SELECT.format(keys="max_choices = 2"), analysed=2),
    Case("46", "A,B,C,d\n1,1,1,u\n,,,u\n", "A-BLANK-01", ("1 respondents marked nothing",), 3, direction=None,
         rest=LABELS, wave=SELECT.format(keys="")),
    Case("46b", "A,B,C,d\n1,1,1,u\n,,,u\n", None, direction=None, rest=LABELS,
         wave=SELECT.format(keys='blank = "below"'), analysed=2),
    Case("46c", "A,B,C,d\n1,1,1,u\n,,,u\n", None, direction=None, rest=LABELS,
         wave=SELECT.format(keys='blank = "not_answered"'), analysed=1, left={"the question was not answered": 1}),
    Case("47", "Q,d\nNone;Skills,u\nData,u\n", "W-SEL-02", ("row 2",), direction=None, rest=LABELS,
         wave=CELL.format(sep=";", keys='none_of_these = ["None"]'), analysed=2),
    Case("47b", "A,B,C,N\n1,,,\n1,,,1\n,,,1\n,,,\n", "W-SEL-02", ("row 3", "the choices are kept"), direction=None,
         rest=LABELS, wave=SELECT.format(keys='blank = "not_answered"\nnone_of_these = ["N"]'), analysed=3),
    Case("48", "A,B,C\nTrue,Yes,x\n1,✓,No\n", None, direction=None, rest=LABELS, wave=SELECT.format(keys=""),
         analysed=2),
    Case("48b", "A,B,C\nTrue,Yes,perhaps\n1,✓,No\n", "E-MARK-01", ('"perhaps" (1)',), 2, direction=None, rest=LABELS,
         wave=SELECT.format(keys="")),
    Case("49", "Q,d\n技能┋成本,u\nSkills┋Data┋,u\n", None, direction=None, rest=LABELS,
         wave=CELL.format(sep="┋", keys=""), analysed=2),
    Case("49b", 'Q,d\n"Cost, tools, Data",u\n"Data, Cost, tools",u\nSkills,u\n', None, direction=None, rest=LABELS,
         wave=CELL.format(sep=",", keys=""), analysed=3),
    Case("50", "Q,d\nSkills;Skills,u\n", "W-SEL-03", ("counts once",), direction=None, rest=LABELS,
         wave=CELL.format(sep=";", keys=""), analysed=1),
    Case("51", "Q,d\nSkils;Data,u\n", "E-TEXT-01", ('Nearest to "Skils": "Skills"',), 2, direction=None, rest=LABELS,
         wave=CELL.format(sep=";", keys="")),
    Case("51b", 'Q,d\nSkils;Data,u\n"Cost, tools;Skills",u\n', None, direction=None, rest=LABELS,
         wave=CELL.format(sep=";", keys="other = true"), analysed=2),
    Case("52", "A,B,C\nlow,high,7\n", "E-LEVEL-01", ('"7" (1)',), 2, direction="high_is_most_severe", wave=LIKERT),
    Case("53", "A,B,C\nlow,高,Mid\n低,中,HIGH\n", None, direction="high_is_most_severe", wave=LIKERT, analysed=2),
    Case("55", "A,B,C\n50,30,10\n50,30,20\n", "E-POINT-02", ("row 2", "do not sum to 100"), 2, direction=None,
         wave='format = "points"\ntotal = 100\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'),
    Case("55b", "A,B,C\n50,30,20\n50,30,19\n", "W-SUM-01", ("row 3", "kept as they are"), direction=None, analysed=2,
         wave='format = "points"\ntotal = 100\ntolerance = 2\n[wave.obstacles]\na = "A"\nb = "B"\nc = "C"\n'),
    Case("56", 'what,pc\nSkills,70 %\n"Cost, tools","12,5 %"\nData,5\n', None, direction=None, rest=LABELS,
         wave='format = "published"\npublished = { item = "what", share = "pc" }\ndecimal = ","\n', analysed=3),
    Case("57", "b,w\n1,1\n1,2\n3,2\n", "W-BW-01", ("row 2",), direction=None, rest=LABELS, analysed=2,
         wave='format = "best_worst"\n[wave.best_worst]\nbest = "b"\nworst = "w"\ndesign = [["a", "b", "c"]]\n'),
    Case("58", "x,y\nSkills,Skills\nData,Skill\n", "E-PAIR-01", ("row 2", "compared with itself"), 2, direction=None,
         rest=LABELS, wave='format = "pairs"\n[wave.pairs]\nfirst = "x"\nsecond = "y"\n'),
    Case("58b", "x,y\nSkills,Data\nData,Skill\n", "E-TEXT-01", ('"Skill" (1)', 'Nearest to "Skill": "Skills"'), 2,
         direction=None, rest=LABELS, wave='format = "pairs"\n[wave.pairs]\nfirst = "x"\nsecond = "y"\n'),
    Case("59", "A,B,C\nlow,high,\nmid,low,\n", "W-ITEM-01", ('nobody answered "c"',), direction="high_is_most_severe",
         wave=LIKERT, analysed=2),
    Case("60", "id,dept,A,B,C\nx,HR,1,2,\ny,HR,2,1,\n", "W-ITEM-02", ('nobody chose "c"',), analysed=2),
    Case("62", "id,dept,A,B,C\nx,HR,1,1,1\ny,HR,1,1,1\n", "I-RANK-03", ("hold no order",), analysed=2,
         wave=grid('blank = "below"\nties = true')),
    Case("66", WEIGHTS + "x,IT,1,2,3,-1\n", "E-WGT-02", ("row 22",), 2, wave=WEIGHED),
    Case("66b", WEIGHTS + "x,IT,1,2,3,inf\n", "E-WGT-01", ("row 22",), 2, wave=WEIGHED),
    Case("67", WEIGHTS + "x,IT,1,2,3,0\n", "W-WGT-01", ("row 22",), wave=WEIGHED, analysed=20,
         left={"the weight is 0": 1}),
    Case("68", WEIGHTS + "x,IT,1,2,3,\n", "E-WGT-03", ("row 22", 'missing = "drop"'), 2, wave=WEIGHED),
    Case("68b", WEIGHTS + "x,IT,1,2,3,\n", None, wave=WEIGHED, rest='[weights]\nmissing = "drop"\n', analysed=20,
         left={"the weight is missing": 1}),
    Case("69", WEIGHTS + "x,IT,1,2,3,30\n", "W-WGT-03", ("30 times their median",), wave=WEIGHED, analysed=21),
    Case("70", WEIGHTS, "E-RAKE-03", ('nobody of "HR"',), 2, wave=grid('blank = "below"\nid_column = "id"'),
         rest='[weights]\nmethod = "rake"\nmargins = { dept = "margin.csv" }\n'),
    Case("71", rows("x,hr,1,2,3", "y,H R,1,2,3"), "W-GRP-02", ('aliases = { "HR" = ["H R", "hr"] }',), analysed=22),
    Case("72", rows("x,e\u0301t\u00e9,1,2,3", "y,\u00e9t\u200b\u00e9,1,2,3"), None, analysed=22),
    Case("72b", rows("x,H\u0406R,1,2,3"), "W-GRP-03", ("different alphabets",), analysed=21),
    Case("74", rows("x,5-Mar,1,2,3", "y,6-9,1,2,3"), "W-GRP-05", ('"5-Mar"', "Excel"), analysed=22),
    Case("75", "id,dept,A,B,C,when\nx,HR,1,2,3,03/04/2024\ny,HR,1,2,3,05/06/2024\n", "A-DATE-01", ("date_order",), 3,
         wave=grid('blank = "below"\ndate = "when"\nfieldwork = ["2024-04-01", "2024-06-30"]')),
    Case("76", "id,dept,A,B,C,when\nx,HR,1,2,3,2024-04-03\ny,HR,1,2,3,2023-01-01 10:00\n", "W-DATE-02", ("row 3",),
         wave=grid('blank = "below"\ndate = "when"\nfieldwork = ["2024-04-01", "2024-06-30"]'), analysed=2),
    Case("76b", "id,dept,A,B,C,when,st\nx,HR,1,2,3,2024-04-03,0\ny,HR,1,2,3,2023-01-01,0\nz,HR,1,2,3,,Survey Preview\n",
         None, rest='[quality]\noutside_fieldwork = "leave_out"\n', analysed=1,
         wave=grid('blank = "below"\ndate = "when"\nfieldwork = ["2024-04-01", "2024-06-30"]\n'
                   'test_rows = { column = "st", is = ["Survey Preview"] }'),
         left={"a preview or test": 1, "answered outside the fieldwork": 1}),
    Case("77", rows('x,"=HYPERLINK(""http://x"")",1,2,3', "y,@SUM(A1),1,2,3", "z,-Law,1,2,3"), None, analysed=23),
    Case("80", "A,B,C\n1,2,3\n", "W-ITEM-03", ("a is longer than 200",), analysed=1,
         rest=LABELS.replace('en = "Skills"', f'en = "{"x" * 400}"'),
         wave=grid('blank = "below"').replace('dept = "dept"\n', "")),
    Case("82", "A,B,C\n1,2,3\n", "E-ITEM-02", ("same label",), 3, rest=LABELS.replace("Data", "SKILLS ")),
    Case("83", SHEET, "E-FILE-03", ("damaged or cut short",), 2),
    Case("83b", workbook(), "I-XLS-01", (), analysed=30),
    Case("84", b"<!DOCTYPE html><html><body>Log in</body></html>", "E-FILE-02", ("web page",), 2),
    Case("85", (HEAD + BODY).replace("\n", "\r\n", 3).encode() + b"x,HR,1,2,3\ry,HR,1,2,3\r", None, analysed=32),
    Case("86", gzip.compress((HEAD + BODY).encode()), None, analysed=30),
    Case("88b", rows("x,HR,1,2,3").replace("id,", "mail,").replace("x,", "a@b.org,"), None, analysed=21,
         wave=grid('blank = "below"'), rest='[privacy]\ndrop_columns = ["mail"]\n'),
    Case("88", "id,dept,A,B,C,mail\n" + "x,HR,1,2,3,a@b.org\ny,HR,2,1,3,c@d.org\n", "W-PII-01", ("e-mail",), analysed=2,
         wave=grid('blank = "below"').replace('dept = "dept"', 'dept = "dept"\nmail = "mail"')),
]  # fmt: skip


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Case], Path]:
    def write(case: Case) -> Path:
        data = case.data if isinstance(case.data, bytes) else case.data.encode()
        (tmp_path / "a.csv").write_bytes(data)
        (tmp_path / "margin.csv").write_text("dept,n\nIT,60\nHR,40\n")
        severe = f'[obstacles]\ndirection = "{case.direction}"\n' if case.direction else ""
        text = 'schema = 1\n[study]\ntitle = "T"\nsampling = "nonprobability"\n' + severe + case.rest
        text += f'\n[[wave]]\nid = "w"\nfile = "a.csv"\n{case.keys}\n{case.wave}'
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return tmp_path / "study.toml"

    return write


def problems_of(found: Study | SurveyError) -> tuple[Problem, ...]:
    return found.problems if isinstance(found, SurveyError) else (*found.problems, *found.wave().receipt.problems)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_bad_input(case: Case, make: Callable[[Case], Path]) -> None:
    path = make(case)
    found: Study | SurveyError
    try:
        found = load_study(path)
    except SurveyError as error:
        found = error
    problems = problems_of(found)
    shown = "\n".join(str(one) for one in problems)
    if case.exit is not None:
        assert isinstance(found, SurveyError), shown
        assert found.exit_code == case.exit, shown
    else:
        assert isinstance(found, Study), shown
        receipt = found.wave().receipt
        assert receipt.rows_read == receipt.analysed + sum(rule.count for rule in receipt.left_out)
        assert case.analysed is None or receipt.analysed == case.analysed, receipt
        assert case.left == {} or {rule.rule: rule.count for rule in receipt.left_out} == case.left
    if case.code is None:
        assert not [one for one in problems if one.severity != "info"], shown
        return
    matching = [str(one) for one in problems if one.code == case.code]
    assert matching, shown
    for piece in case.says:
        assert any(piece in one for one in matching), shown


def test_at_most_five_examples_and_the_number_of_the_others(make: Callable[[Case], Path]) -> None:
    case = Case("38", rows(*(f"x{i},HR,1,2,{7 + i}" for i in range(12))), "E-RANK-02")
    with pytest.raises(SurveyError) as caught:
        load_study(make(case))
    text = next(str(one) for one in caught.value.problems if one.code == "E-RANK-02")
    assert "rows 2, 3, 4, 5, 6 and 7 more" in text


def test_54_a_scale_turned_round_between_waves(tmp_path: Path) -> None:
    names = "abcde"
    for wave, order in (("2022", range(1, 6)), ("2024", range(5, 0, -1))):
        text = ",".join(names) + "\n" + "".join(",".join(map(str, order)) + "\n" for _row in range(8))
        (tmp_path / f"{wave}.csv").write_text(text)
    columns = "\n".join(f'{name} = "{name}"' for name in names)
    text = 'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n[obstacles]\ndirection = "1_is_most_severe"\n'
    for wave in ("2022", "2024"):
        text += f'[[wave]]\nid = "{wave}"\nfile = "{wave}.csv"\nformat = "rank_grid"\n[wave.obstacles]\n{columns}\n'
    (tmp_path / "study.toml").write_text(text)
    found = [one for one in load_study(tmp_path / "study.toml").problems if one.code == "W-DIR-01"]
    assert len(found) == 1
    assert "correlation -1.00" in str(found[0])


def test_73_a_department_renamed_between_waves(tmp_path: Path) -> None:
    text = 'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n[obstacles]\ndirection = "1_is_most_severe"\n'
    for wave, third in (("2022", "Information Center"), ("2024", "Information Centre")):
        rows_ = "".join(f"{dept},{1 + i % 2},{2 - i % 2}\n" for i, dept in enumerate(("HR", "IT", third) * 3))
        (tmp_path / f"{wave}.csv").write_text("dept,A,B\n" + rows_ + f"HR,1,{wave[-1:] and 2}\n" * int(wave[-1]))
        text += f'[[wave]]\nid = "{wave}"\nfile = "{wave}.csv"\nformat = "rank_grid"\n'
        text += '[wave.columns]\ndept = "dept"\n[wave.obstacles]\na = "A"\nb = "B"\n'
    (tmp_path / "study.toml").write_text(text)
    found = [one for one in load_study(tmp_path / "study.toml").problems if one.code == "W-GRP-04"]
    assert '"Information Center" (now "Information Centre"?)' in str(found[0])


def test_87_two_hundred_items(tmp_path: Path) -> None:
    m = 200
    head = ",".join(f"q{j}" for j in range(m))
    body = "".join(",".join(str(1 + (i + j) % m) for j in range(m)) + "\n" for i in range(40))
    (tmp_path / "a.csv").write_text(head + "\n" + body)
    columns = "\n".join(f'i{j} = "q{j}"' for j in range(m))
    text = 'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n[obstacles]\ndirection = "1_is_most_severe"\n'
    text += f'[[wave]]\nid = "w"\nfile = "a.csv"\nformat = "rank_grid"\n[wave.obstacles]\n{columns}\n'
    (tmp_path / "study.toml").write_text(text)
    assert len(load_study(tmp_path / "study.toml").wave().items) == m


def test_90_one_file_as_two_waves(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("A,B\n1,2\n")
    (tmp_path / "b.csv").write_text("A,B\n1,2\n")
    text = 'schema = 1\n[study]\ntitle = "T"\nsampling = "census"\n[obstacles]\ndirection = "1_is_most_severe"\n'
    for wave in ("a", "b"):
        text += f'[[wave]]\nid = "{wave}"\nfile = "{wave}.csv"\nformat = "rank_grid"\n'
        text += '[wave.obstacles]\na = "A"\nb = "B"\n'
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(SurveyError, match="the same content"):
        load_study(tmp_path / "study.toml")


def test_61_an_item_that_is_always_first_has_no_endless_worth(make: Callable[[Case], Path]) -> None:
    text = "id,dept,A,B,C\n" + "".join(f"{i},HR,1,{2 + i % 2},{3 - i % 2}\n" for i in range(12))
    ranking = rank(load_study(make(Case("61", text, None))), frequencies=False)
    assert ranking.estimate.penalty == 0.5
    assert any("pseudo-rankings" in note for note in ranking.notes)
    assert max(abs(row["log_worth"]) for row in ranking.rows) < 10


def test_63_one_respondent_is_ranked_with_a_warning(make: Callable[[Case], Path]) -> None:
    study = load_study(make(Case("63", HEAD + "x,HR,1,2,3\n", None)))
    assert [problem.code for problem in too_small(study.settings, study.waves, reported=False)] == ["W-SMALL-01"]
    assert len(rank(study, frequencies=False).rows) == 3


def test_64_a_group_of_one_is_not_shown(make: Callable[[Case], Path]) -> None:
    study = load_study(make(Case("64", rows("x,Law,1,2,3"), None)))
    (grouping,) = profile(study.wave(), minimum=study.settings.privacy.min_group).groupings
    assert {row.name: row.respondents for row in grouping.rows}["Law"] is None


def test_65_items_that_are_never_compared(make: Callable[[Case], Path]) -> None:
    text = "id,dept,A,B,C,D\n" + "x,HR,1,2,,\ny,HR,2,1,,\nz,HR,,,1,2\nw,HR,,,2,1\n"
    wave = grid('blank = "not_offered"').replace('c = "C"', 'c = "C"\nd = "D"')
    study = load_study(make(Case("65", text, None, wave=wave)))
    with pytest.raises(ModelError, match="No answer compares a, b with c, d"):
        rank(study)


def test_89_a_file_that_changed_since_it_was_published(make: Callable[[Case], Path]) -> None:
    path = make(Case("89", HEAD + BODY, None))
    study = load_study(path)
    with kept_register(path) as kept:
        new = publication("research", study.settings, study.wave(), [], kept[0].key)
        kept[0] = replace(kept[0], publications=(new,))
    assert not [problem for problem in load_study(path).problems if problem.code == "W-LOCK-01"]
    (path.parent / "a.csv").write_text(HEAD + BODY + "x,HR,3,2,1\n")
    changed = [problem for problem in load_study(path).problems if problem.code == "W-LOCK-01"]
    assert "the answers changed" in str(changed[0])


ON_PAGES = {  # number -> file and test that hold it
    78: ("cli/test_commands.py", "test_it_goes_on_and_says_so"),
    79: ("reports/writers/test_html.py", "test_text_from_right_to_left_has_its_direction"),
    81: ("reports/writers/test_pdf.py", "test_a_character_without_a_font_is_named_never_silent"),
}


def test_every_one_of_the_ninety_is_held() -> None:
    here = {int(re.match(r"\d+", case.number)[0]) for case in CASES}
    here |= {int(number) for name in globals() for number in re.findall(r"^test_(\d\d)_", name)}
    assert {*here, *ON_PAGES} >= set(range(1, 91))
    for file, name in ON_PAGES.values():
        assert f"def {name}" in (Path(__file__).parents[2] / file).read_text(encoding="utf-8"), (file, name)
