"""Texts without a mark: read as what the letters show, and asked about where they do not decide."""

from __future__ import annotations

import random

import pytest

from obstacles.survey.files import charset
from obstacles.survey.files.charset import find_encoding
from obstacles.survey.problems import Problem, SurveyError

SIMPLIFIED = "编号,部门,障碍\n1,财政局,人员与技能不足\n2,卫生健康委,工具与设施成本\n3,教育局,缺乏领导支持\n"
TRADITIONAL = "編號,部門,障礙\n1,財政局,人員與技能不足\n2,衛生署,工具與設施成本\n3,教育局,缺乏領導支持\n"
KOREAN = "id,부서,장애물\n1,재정,인력과 기술 부족\n2,보건,도구 비용이 높음\n3,교육,데이터 품질이 낮음\n"
JAPANESE = "id,部署,障害\n1,財務,スキルのある職員が足りない\n2,保健,ツールの費用が高い\n3,教育,データの品質が低い\n"
RUSSIAN = "id,отдел,препятствие\n1,Финансы,недостаток навыков\n2,Здоровье,высокая стоимость\n"
GREEK = "id,τμήμα,εμπόδιο\n1,Οικονομικά,έλλειψη προσωπικού\n2,Υγεία,κόστος εργαλείων\n"
HEBREW = "id,מחלקה,מכשול\n1,כספים,מחסור בעובדים ובמיומנויות\n2,בריאות,עלות הכלים\n"
ARABIC = "id,القسم,العائق\n1,المالية,نقص الموظفين والمهارات\n2,الصحة,تكلفة الأدوات\n"
THAI = "id,แผนก,อุปสรรค\n1,การเงิน,ขาดแคลนบุคลากรและทักษะ\n2,สาธารณสุข,ค่าใช้จ่ายสูง\n"
GERMAN = "id,Hürde\n1,fehlende Fähigkeiten für große Daten\n2,Kosten über alles\n"


def refusal(data: bytes) -> tuple[Problem, int]:
    with pytest.raises(SurveyError) as caught:
        find_encoding(data, "x")
    (problem,) = caught.value.problems
    return problem, caught.value.exit_code


@pytest.mark.parametrize(
    ("text", "codec", "found"),
    [
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gb2312", "gb18030"),
        ("编号,部门,性别,学历\n", "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL + "4,碁峰,裏面恒久\n", "cp950", "cp950"),
        (SIMPLIFIED, "utf-8", "utf-8"),
        (KOREAN, "utf-8", "utf-8"),
    ],
)
def test_everyday_chinese_is_recognised(text: str, codec: str, found: str) -> None:
    assert find_encoding(text.encode(codec), "x") == (found, ())


def test_a_single_chinese_line_among_many_of_ascii_is_enough() -> None:
    data = b"id,comment\n" + b"1,nothing\n" * 3000 + "2,人员与技能不足缺乏领导支持数据质量差".encode("gb18030")
    assert find_encoding(data, "x")[0] == "gb18030"


@pytest.mark.parametrize(
    ("text", "codec", "examples"),
    [
        (KOREAN, "cp949", ["GB18030: ", "Korean (cp949): 부서 장애물"]),
        (JAPANESE, "euc_jp", ["Japanese (euc_jp): 部署 障害"]),
        ("id,部\n1,2\n", "gb18030", ["GB18030: 部", "Big5: 窒"]),
        ("编号,部门\n1,财\n", "gb18030", ["GB18030: 编号 部门 财", "Big5: "]),
        (RUSSIAN, "cp1251", ['"cp1251" (отдел препятствие Финансы)', '"koi8_r"']),
        (RUSSIAN, "koi8_r", ['"koi8_r" (отдел препятствие Финансы)', '"cp1251"']),
        (GREEK, "cp1253", ['"cp1253" (τμήμα εμπόδιο Οικονομικά)']),
        (HEBREW, "cp1255", ['"cp1255" (מחלקה מכשול כספים)']),
        (ARABIC, "cp1256", ['"cp1256" (القسم العائق المالية)']),
        (THAI, "cp874", ['"cp874" (แผนก อุปสรรค การเงิน)']),
        (JAPANESE, "shift_jis", ['"shift_jis" (部署 障害 財務)']),
        (TRADITIONAL, "gbk", ['"gb18030" (編號 部門 障礙)']),
    ],
)
def test_other_scripts_are_asked_about_with_words_to_compare(text: str, codec: str, examples: list[str]) -> None:
    problem, exit_code = refusal(text.encode(codec))
    assert (problem.severity, exit_code) == ("ask", 3)
    assert problem.code in ("A-ENC-01", "A-ENC-02")
    assert "Set encoding to" in problem.message
    assert all(example in problem.message for example in examples)


def test_windows_1252_is_read_with_a_warning_that_shows_the_accents() -> None:
    encoding, (problem,) = find_encoding(GERMAN.encode("cp1252"), "x")
    assert encoding == "cp1252"
    assert (problem.severity, problem.code, problem.rows) == ("warning", "W-ENC-01", (1,))
    assert 'read as Windows-1252: check the accents ("Hürde", "Fähigkeiten", "für", "große", "über")' in problem.message


def test_the_warning_names_the_first_row_concerned() -> None:
    data = b'sep=;\nid;note\n1;"two\nlines"\n2;5" pipe\n\n3;' + "Größe\n".encode("cp1252")
    assert find_encoding(data, "x")[1][0].rows == (5,)


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_what_windows_1252_lacks_is_read_as_latin_1_with_a_warning(byte: bytes) -> None:
    encoding, (problem,) = find_encoding(b"id,a\n1,H\xfcrde\n2,caf" + byte + b"\n", "x")
    assert encoding == "latin-1"
    assert (problem.code, problem.rows) == ("W-ENC-02", (2,))
    assert "read as Latin-1, which accepts anything" in problem.message
    assert '"Hürde", "caf\ufffd"' in problem.message


def test_a_latin_1_file_that_decodes_as_gb18030_is_not_read_as_chinese() -> None:
    data = "id,nom\n1,«Hélène»\n2,Zoë Ærø\n3,¿Qué?\n".encode("latin-1")
    words = ["Münster", "Köln", "Gütersloh", "Zürich", "Düren", "Fürth", "Jülich", "Lünen", "Löhne", "Mölln"]
    pairs = "\n".join(f"{place},{word}" for place, word in enumerate(words)).encode("latin-1")
    for text in (data, b"id,Ort\n" + pairs):
        assert find_encoding(text, "x")[0] == "cp1252"
    assert b"\xfcn".decode("gb18030") == "黱"


def test_random_latin_1_bytes_are_never_taken_for_chinese() -> None:
    rng = random.Random(1)
    decodable = 0
    for _ in range(300):
        letters = bytes(rng.choice(b"aeiourstnlmdghkbcfpvw" * 2 + b"\xe4\xe9\xe8\xf6\xfc\xdf") for _ in range(40))
        data = b"id,a\n1," + letters + b"\n"
        decodable += charset.decodes(data, "gb18030")
        if not data.isascii():
            assert find_encoding(data, "x")[0] == "cp1252"
    assert decodable > 20


@pytest.mark.parametrize(
    ("data", "row", "pieces"),
    [
        (
            "编号,部门\n1,财政局\n".encode() + "2,教育局\n".encode("gb18030"),
            3,
            ["not valid UTF-8 (bytes bd cc) although rows 1-2 above it are", "pasted together"],
        ),
        (
            "id,Hürde\n".encode() + "1,Größe\n".encode("cp1252"),
            2,
            ["(bytes f6 df) although row 1 above it are"],
        ),
        (
            SIMPLIFIED.encode("gb18030") + "4,人力资源部\n".encode(),
            5,
            ["is valid UTF-8 although row 1 above it is not (bytes b1 e0)"],
        ),
        (
            "id,name\n1,Müller\n".encode("cp1252") + "2,Größe\n".encode(),
            3,
            ["is valid UTF-8 although row 2 above it is not", "or set encoding if it is one after all"],
        ),
        (
            'id,name\n1,"Größe\n'.encode() + 'Müller"\n'.encode("cp1252"),
            2,
            ["UTF-8 in one place and something else in another (bytes fc 6c)"],
        ),
        (
            "\ufeffid,name\n1,x\n".encode() + "2,Müller\n".encode("cp1252"),
            3,
            ["not valid UTF-8 (bytes fc 6c) although rows 1-2 above it are"],
        ),
        ("\ufeffid,".encode() + "Hürde\n1,2\n".encode("cp1252"), 1, ["UTF-8 in one place"]),
    ],
)
def test_two_encodings_in_one_file_are_refused_with_the_row(data: bytes, row: int, pieces: list[str]) -> None:
    problem, exit_code = refusal(data)
    assert (problem.severity, problem.code, problem.rows, exit_code) == ("error", "E-ENC-02", (row,), 2)
    assert all(piece in problem.message for piece in pieces)


def test_a_short_gb_line_that_is_utf8_by_chance_does_not_split_a_file() -> None:
    chance = "木".encode("gb18030")  # C4 BE, a letter of UTF-8, too
    assert charset.decodes(chance, "utf-8")
    data = SIMPLIFIED.encode("gb18030") + b"4," + chance + b"\n"
    assert find_encoding(data, "x") == ("gb18030", ())


def test_only_the_first_lines_are_studied_but_all_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charset, "STUDIED", 200)
    data = SIMPLIFIED.encode("gb18030") * 20
    assert find_encoding(data, "x") == ("gb18030", ())
    problem, _ = refusal(data + "9,人力资源部\n".encode())
    assert (problem.code, problem.rows) == ("E-ENC-02", (81,))


@pytest.mark.parametrize("encoding", ["cp932", "shift_jis", "euc_jp"])
@pytest.mark.parametrize("rows", [3, 60])
def test_japanese_of_many_years_is_asked_about_and_never_read_as_western(encoding: str, rows: int) -> None:
    text = "番号,障害の順位\n" + "".join(f"{i},スキル不足;古いシステム;データの品質\n" for i in range(rows))
    problem, exit_code = refusal(text.encode(encoding))
    assert (problem.severity, exit_code) == ("ask", 3)
    assert problem.code in ("A-ENC-01", "A-ENC-02")
    assert "番号" in problem.message
