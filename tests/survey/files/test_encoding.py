"""Bytes become text strictly: by the key, by the mark, or by the letters; anything doubtful is said."""

from __future__ import annotations

import codecs
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obstacles.survey.files.encoding import Decoded, decode
from obstacles.survey.problems import Problem, SurveyError

EXAMPLES = int(os.environ.get("SURVEY_EXAMPLES", "100"))
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]
CHINESE = "编号,部门,障碍\n1,财政局,人员与技能不足\n2,卫生健康委,工具与设施成本\n3,教育局,缺乏领导支持\n"
GERMAN = "id,Hürde\n1,fehlende Fähigkeiten für große Daten\n2,Kosten – über alles\n"


def refusal(data: bytes, encoding: str | None = None) -> tuple[Problem, int]:
    with pytest.raises(SurveyError) as caught:
        decode(data, file="responses.csv", encoding=encoding)
    (problem,) = caught.value.problems
    assert problem.file == "responses.csv"
    return problem, caught.value.exit_code


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig"),
        (CHINESE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16"),
        (CHINESE.encode("utf-32"), "utf-32"),
        (codecs.BOM_UTF32_BE + CHINESE.encode("utf-32-be"), "utf-32"),
        (CHINESE.encode("gb18030"), "gb18030"),
    ],
)
def test_the_mark_or_the_letters_tell_the_encoding(data: bytes, encoding: str) -> None:
    assert decode(data, file="x") == Decoded(CHINESE.encode(), encoding)


def test_plain_ascii_is_utf8() -> None:
    assert decode(b"id,a\n1,2\n", file="x") == Decoded(b"id,a\n1,2\n", "utf-8")


def test_the_mark_is_no_part_of_the_text_and_only_the_first_one_is_a_mark() -> None:
    assert decode("\ufeffid\n\ufeff1\n".encode(), file="x").utf8 == "id\n\ufeff1\n".encode()


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "utf-16-be", "utf-16", "utf-8", "utf-8-sig", "UTF8", "gbk"])
def test_the_encoding_named_is_used(codec: str) -> None:
    assert decode(CHINESE.encode(codec), file="x", encoding=codec) == Decoded(CHINESE.encode(), codec)


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32"),
    ],
)
def test_a_mark_that_agrees_with_the_key_is_removed(mark: bytes, codec: str) -> None:
    order = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF32_LE: "utf-32-le"}
    data = mark + CHINESE.encode(order.get(mark, "utf-8"))
    assert decode(data, file="x", encoding=codec).utf8 == CHINESE.encode()


@pytest.mark.parametrize(
    ("data", "codec", "marked"),
    [
        (CHINESE.encode("utf-8-sig"), "gb18030", "utf-8"),
        (b"\xef\xbb\xbfid\n1\n", "cp1252", "utf-8"),
        (CHINESE.encode("utf-16"), "utf-8", "utf-16"),
        (codecs.BOM_UTF16_LE + CHINESE.encode("utf-16-le"), "utf-16-be", "utf-16"),
        (CHINESE.encode("utf-32"), "utf-16", "utf-32"),
    ],
)
def test_a_mark_that_contradicts_the_key_stops(data: bytes, codec: str, marked: str) -> None:
    problem, exit_code = refusal(data, codec)
    assert (problem.code, exit_code) == ("E-ENC-05", 3)
    assert f'mark of {marked}, but encoding is "{codec}"' in problem.message


@pytest.mark.parametrize("codec", ["utf8x", "rot13", "hex", "base64", "punycode", "unicode_escape", "idna", "a\x00b"])
def test_what_is_no_encoding_is_refused(codec: str) -> None:
    problem, exit_code = refusal(b"id\n1\n", codec)
    assert (problem.code, exit_code) == ("E-ENC-01", 3)
    assert f'"{codec}" is not a text encoding' in problem.message
    assert '"utf-8", "gb18030" or "cp1252"' in problem.message


def test_bytes_that_do_not_fit_the_key_are_shown_with_their_row() -> None:
    problem, exit_code = refusal("id,name\n1,a\n2,Mü\n".encode("cp1252"), "utf-8")
    assert (problem.code, problem.rows, exit_code) == ("E-ENC-03", (3,), 2)
    assert "the bytes fc 0a are not valid utf-8" in problem.message
    assert "or correct encoding" in problem.message


def test_a_key_that_fails_on_utf8_says_to_leave_it_out() -> None:
    problem, _ = refusal(CHINESE.encode(), "cp1252")
    assert problem.code == "E-ENC-03"
    assert "the file is valid UTF-8. Leave encoding out." in problem.message


def test_a_damaged_row_of_a_detected_encoding_is_shown() -> None:
    lines = CHINESE.encode("gb18030").split(b"\n")
    lines[2] += b"\xff"
    problem, exit_code = refusal(b"\n".join(lines))
    assert (problem.code, problem.rows, exit_code) == ("E-ENC-03", (3,), 2)
    assert "looks like GB18030, but the bytes ff 0a are not valid in it" in problem.message
    assert "set encoding" in problem.message


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_that_ends_inside_a_character_was_cut_short(codec: str) -> None:
    problem, exit_code = refusal(CHINESE.rstrip().encode(codec)[:-1])
    assert (problem.code, problem.rows, exit_code) == ("E-ENC-03", (4,), 2)
    assert "cut short" in problem.message
    assert "Export or download it again" in problem.message


def test_a_lone_half_of_a_pair_is_refused() -> None:
    problem, _ = refusal(b"\xff\xfei\x00\n\x00\x00\xd8a\x00")
    assert problem.code == "E-ENC-03"


def test_lines_of_utf8_under_another_key_are_worth_a_warning() -> None:
    data = "id,部门\n1,教育\n".encode("gb18030") + "2,财政\n".encode() + b"3,x\n" + "4,教育\n".encode()
    (problem,) = decode(data, file="x", encoding="gb18030").problems
    assert (problem.severity, problem.code, problem.rows, problem.count) == ("warning", "W-ENC-03", (3, 5), 2)
    assert 'valid UTF-8, but encoding is "gb18030": check the letters' in problem.message
    data = "id,name\n1,naïve café über Größe Äpfel\n".encode()
    decoded = decode(data, file="x", encoding="cp1252")
    assert decoded.utf8.decode().startswith("id,name\n1,naÃ¯ve")
    assert [problem.code for problem in decoded.problems] == ["W-ENC-03"]
    assert '"naÃ¯ve"' in decoded.problems[0].message


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "mac_roman"])
def test_a_key_that_fits_is_used_in_silence(codec: str) -> None:
    text = "id,name\n1,Müller\n2,Ångström\n"
    assert decode(text.encode(codec), file="x", encoding=codec) == Decoded(text.encode(), codec)


def test_nul_bytes_are_refused_with_their_row() -> None:
    problem, exit_code = refusal(b'id,a\n1,"x\ny"\n2,\x00\n3,\x00\n')
    assert (problem.code, problem.rows, exit_code) == ("E-ENC-04", (3,), 2)
    assert "holds 2 NUL bytes" in problem.message


@pytest.mark.parametrize("codec", ["cp1252", "utf-8", "gb18030", "utf-16"])
def test_nul_bytes_are_refused_in_any_encoding(codec: str) -> None:
    problem, _ = refusal("id,a\n1,\x00\n".encode(codec), codec)
    assert (problem.code, problem.rows) == ("E-ENC-04", (2,))


def test_a_file_of_nul_bytes_is_called_damaged() -> None:
    problem, _ = refusal(b"\x00" * 1000)
    assert problem.code == "E-ENC-04"
    assert "nothing but NUL bytes" in problem.message


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["id,a\n1,2\n", CHINESE, GERMAN, "一,二\n三,一\n"])
def test_utf16_without_its_mark_is_asked_about(codec: str, text: str) -> None:
    problem, exit_code = refusal(text.encode(codec))
    assert (problem.severity, problem.code, exit_code) == ("ask", "A-ENC-03", 3)
    assert f'Set encoding = "{codec}"' in problem.message
    assert decode(text.encode(codec), file="x", encoding=codec).utf8 == text.encode()


@pytest.mark.parametrize(
    "codec",
    [*UNICODE, "gb18030", "big5", "shift_jis", "euc_jp", "cp949", "cp1252", "latin-1", "cp1251", "cp437"],
)
def test_a_text_written_in_any_encoding_is_read_back_with_its_key(codec: str) -> None:
    letters = [chr(code) for code in range(1, 0xFFFF) if not 0xD800 <= code < 0xE000 and code != 0xFEFF]
    text = "id," + "".join(letter for letter in letters if letter.encode(codec, "ignore").decode(codec) == letter)
    assert len(text) > 120
    assert decode(text.encode(codec), file="x", encoding=codec).utf8.decode() == text


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gb18030", "big5", "cp1252", "utf-16", "utf-7", "hz"]))
def test_any_bytes_become_text_or_are_refused(data: bytes, codec: str | None) -> None:
    try:
        decoded = decode(data, file="x", encoding=codec)
    except SurveyError:
        return
    text = decoded.utf8.decode()
    assert "\x00" not in text
    assert text == data.decode(decoded.encoding).removeprefix("\ufeff")
