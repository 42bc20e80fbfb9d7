"""Whatever a workbook, an archive, a data file or a PrefLib file holds, it is a table or refused: never a traceback.

A long run: `SURVEY_EXAMPLES=20000 pytest tests/survey/files/test_fuzz.py` (20,000 examples for each of nine tests).
"""

from __future__ import annotations

import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from exports.files import ods, xls
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from obstacles.survey.files.memory import MIB, allowing
from obstacles.survey.files.readers import open_table
from obstacles.survey.problems import SurveyError
from obstacles.survey.settings import WaveSettings
from obstacles.survey.studyfile.read import read_study_file

EXAMPLES = int(os.environ.get("SURVEY_EXAMPLES", "40"))
FREELY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
VALUES = [
    "1",
    "2",
    "",
    "-1",
    "1e400",
    "nan",
    "45000",
    "45000.5",
    "2958466",
    "99999999999999999999",
    "#N/A",
    "x&lt;",
    "é",
]
VALUES += [
    "&amp;",
    "TRUE",
    " ",
    "&#0;",
    "&#x1;",
    "&undefined;",
    "<!--",
    "]]>",
    "0",
    "7",
    "٣",
    "'",
    '"',
    "=1+1",
    "\u202e",
]
TYPES = [
    "",
    ' t="s"',
    ' t="str"',
    ' t="inlineStr"',
    ' t="b"',
    ' t="e"',
    ' t="n"',
    ' t="d"',
    ' t="?"',
    " t='s'",
    ' s="1"',
]
PLACES = [
    "",
    ' r="A1"',
    ' r="B2"',
    ' r="XFD9"',
    ' r="A1048576"',
    ' r="ZZZZ1"',
    ' r="1"',
    ' r=""',
    ' r="A0"',
    ' r="A-1"',
]
INNER = [
    "<v>{}</v>",
    "<is><t>{}</t></is>",
    "<f>1+1</f><v>{}</v>",
    "<f>A1</f>",
    "<f/>{}",
    "{}",
    "<v/>",
    "<is><r><t>{}</t></r></is>",
]
WRONG = [b"<", b">", b'"', b"&", b"\x00", b"\xff", b"PK", b"<sheet/>", b"</row>", b"<row>", b"]]>", b"\xef\xbb\xbf"]
ODS_TABLE = (
    '<table:table table:name="S"><table:table-row table:number-rows-repeated="3"><table:table-cell '
    'office:value-type="float" office:value="1"/><table:table-cell table:number-columns-repeated="2" '
    'table:number-rows-spanned="2" office:value-type="date" office:date-value="2024-05-01T00:00:00"/>'
    '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p></table:table-cell>'
    "</table:table-row></table:table>"
)
HTML = ["<tr>", "<td>", "<td>", "</td>", "</tr>", "<table>", "</table>", "<th colspan=3>", "<td rowspan='2'>", "a", "1",
        "é", "选", "&amp;", "&#0;", "&#x110000;", "<br>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "<",
        "<td colspan=99999999>", "\n", "<input type=password>", "<p>", "</p>", "\x00"]  # fmt: skip
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEXT = [
    "a",
    "1",
    "2",
    ",",
    ";",
    "\t",
    "|",
    '"',
    "\n",
    "\r",
    "\r\n",
    "\x00",
    "é",
    "选",
    "\u2028",
    "\ufeff",
    " ",
    "sep=;\n",
    "id,a\n",
]
LINES = [
    "# ALTERNATIVE NAME 1: A",
    "# ALTERNATIVE NAME 2: B",
    "# ALTERNATIVE NAME 99999999999999999999: C",
    "1: 1,2",
    "2: {1,2}",
]
LINES += [
    "0: 1",
    "3: {1,{2}}",
    "9999999999: 1",
    "x: 1",
    "1: ",
    ":",
    "1: 2,",
    "#",
    "",
    "{",
    "1: １",
    "\u0661: 1",
    "1: 3",
    "１: 1",
]
TOML = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "\n",
    "#",
    "a",
    "wave",
    "study",
    "schema",
    "1",
]
TOML += [
    "[[wave]]\n",
    "[study]\n",
    "schema = 1\n",
    "0x" + "f" * 5000,
    "9" * 5000,
    "1979-05-27T07:32:00Z",
    "inf",
    "-nan",
    "true",
    "\ufeff",
]
TOML += [
    "[obstacles]\n",
    "[[obstacles.item]]\n",
    'id = "a"\n',
    "'\\u0000'",
    "\u202e",
    "{a=" * 100,
    "[" * 100,
    "a." * 100,
    "0000-00-00",
    "_1",
]


def opened(name: str, content: bytes, **stated: object) -> None:
    """Read a file under a name: a table whose columns are of one length, or a refusal in words."""
    with TemporaryDirectory() as folder, allowing(256 * MIB):
        path = Path(folder) / name
        path.write_bytes(content)
        refused: SurveyError | None = None
        try:
            wave = WaveSettings.model_validate({"id": "", "file": name, "format": "", **stated})
            table = open_table(path, wave, None)
        except SurveyError as error:
            refused = error
    if refused is not None:
        assert refused.exit_code in (2, 3)
        assert all(problem.message[-1] in ".)?!" for problem in refused.problems), str(refused)
        return
    assert {len(column) for column in table.columns.values()} <= {len(table.rows)}
    assert len(table.names) == len(table.header[0])


def damaged(rng: random.Random, content: bytes, times: int) -> bytes:
    """Some bytes replaced, left out, doubled or moved."""
    data = bytearray(content)
    for _time in range(times):
        at, length = rng.randrange(len(data) + 1), rng.choice([0, 1, 1, 4, 50])
        piece = bytes(data[at : at + length])
        data[at : at + length] = rng.choice(
            [b"", piece * 2, rng.choice(WRONG), rng.randbytes(length or 1), b"\xff" * length]
        )
    return bytes(data)


@FREELY
@given(st.integers(0, 2**32))
@example(424)  # an archive of a version that is to come
def test_workbooks(seed: int) -> None:
    rng = random.Random(seed)
    opened(rng.choice(["a.xlsx", "a.csv", "a.xlsm"]), workbook(rng))


def workbook(rng: random.Random) -> bytes:
    """A workbook of odd cells; some parts or bytes are damaged, or missing."""
    rows = "".join(
        f"<row{odd_place(rng, 0.2)}>{''.join(cell(rng) for _ in range(rng.randint(0, 4)))}</row>"
        for _row in range(rng.randint(0, 6))
    )
    shared = "".join(f"<si><t>{rng.choice(VALUES)}</t></si>" for _ in range(rng.randint(0, 3)))
    relations = [("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "sharedStrings.xml")]
    names, targets = ["S", "S", "&lt;", ""], ["r1", "r1", "r2", "r9"]
    listed = "".join(
        f'<sheet name="{rng.choice(names)}" sheetId="{n}" r:id="{rng.choice(targets)}"/>'
        for n in range(rng.choice([1, 1, 1, 2, 0]))
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        + "".join(f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{to}"/>' for id, kind, to in relations)
        + "</Relationships>",
        rng.choice(["xl/sharedStrings.xml", "xl/SharedStrings.xml"]): f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            content = text.encode()
            if rng.random() < 0.1:
                content = damaged(rng, content, 2)
            if rng.random() > 0.02:
                archive.writestr(zipfile.ZipInfo(name), content)
    return damaged(rng, packed.getvalue(), 2) if rng.random() < 0.2 else packed.getvalue()


def odd_place(rng: random.Random, share: float) -> str:
    return rng.choice(PLACES) if rng.random() < share else ""


def cell(rng: random.Random) -> str:
    place = odd_place(rng, 0.1)
    kind, inner = (rng.choice(TYPES), rng.choice(INNER)) if rng.random() < 0.6 else ("", "<v>{}</v>")
    return f"<c{place}{kind}>{inner.format(rng.choice(VALUES))}</c>"


@FREELY
@given(st.integers(0, 2**32))
def test_texts_and_archives(seed: int) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice(TEXT) for _ in range(rng.randint(0, 60)))
    content = text.encode(rng.choice(["utf-8", "utf-16", "gb18030", "latin-1"]), errors="replace")
    kind = rng.random()
    if kind < 0.3:
        content = gzip.compress(content, mtime=0)
    elif kind < 0.6:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
            for name in rng.sample(
                ["a.csv", "b.tsv", "../c.csv", "d.txt", "__MACOSX/a.csv", ".x.csv", "e/"], rng.randint(0, 3)
            ):
                archive.writestr(zipfile.ZipInfo(name), content)
        content = packed.getvalue()
    opened("a.csv", damaged(rng, content, rng.choice([0, 0, 1, 3])))


@FREELY
@given(st.integers(0, 2**32))
def test_data_files_of_statistics_programs(seed: int) -> None:
    pytest.importorskip("pyreadstat")
    rng = random.Random(seed)
    name = rng.choice(["a.sav", "a.zsav", "a.dta", "a.por"])
    opened(rng.choice([name, name, "a.csv", "a.sav"]), damaged(rng, labelled(name), rng.choice([1, 1, 2, 5])))


@cache
def labelled(name: str) -> bytes:
    """A small data file as its program writes it."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({"id": [1.0, 2, 3], "a": [1.0, 2, None], "t": ["x", "y", ""]})
    write: dict[str, Callable[..., None]] = {
        "a.sav": pyreadstat.write_sav,
        "a.zsav": lambda data, path, **words: pyreadstat.write_sav(data, path, compress=True, **words),
        "a.dta": pyreadstat.write_dta,
        "a.por": pyreadstat.write_por,
    }
    words = {} if name == "a.por" else {"variable_value_labels": {"a": {1: "yes", 2: "no"}}}
    with TemporaryDirectory() as folder:
        write[name](frame, f"{folder}/{name}", **words)
        return (Path(folder) / name).read_bytes()


@FREELY
@given(st.integers(0, 2**32))
def test_parquet_and_arrow(seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(["a.parquet", "a.feather", "a.arrow", "a.arrows"])
    opened(rng.choice([name, name, "a.csv", "a.parquet"]), damaged(rng, typed(name), rng.choice([1, 1, 2, 5])))


@cache
def typed(name: str) -> bytes:
    """A small file of typed columns."""
    import pyarrow as pa
    from pyarrow import feather, parquet

    data = pa.table({"id": [1, 2, 3], "a": ["x", None, "y"], "c": pa.array(["u", "v", "u"]).dictionary_encode()})
    out = io.BytesIO()
    if name == "a.parquet":
        parquet.write_table(data, out)
    elif name == "a.arrows":
        with pa.ipc.new_stream(out, data.schema) as writer:
            writer.write_table(data)
    else:
        feather.write_feather(data, out, compression="zstd" if name == "a.feather" else "uncompressed")
    return out.getvalue()


@FREELY
@given(st.integers(0, 2**32))
def test_sheets_of_other_programs(seed: int) -> None:
    rng = random.Random(seed)
    rows = [
        [rng.choice(["a", "", 1, 2.5, "x<&>", "é", "选\n项"]) for _ in range(3)] for _row in range(rng.randint(0, 6))
    ]
    kind = rng.choice([ods, xls])
    content = kind(dict.fromkeys(rng.choice([["S"], ["S", "T"], ["", "选"]]), rows))
    if kind is ods and rng.random() < 0.6:
        content = ods(damaged(rng, ODS_TABLE.encode(), rng.choice([0, 1, 3])).decode(errors="replace"))
    opened(rng.choice(["a.ods", "a.xls", "a.csv"]), damaged(rng, content, rng.choice([0, 1, 1, 3])))


@FREELY
@given(st.integers(0, 2**32))
def test_tables_of_pages(seed: int) -> None:
    rng = random.Random(seed)
    text = "<table>" + "".join(rng.choice(HTML) for _ in range(rng.randint(0, 60)))
    content = text.encode(rng.choice(["utf-8", "utf-16", "gb18030", "latin-1"]), errors="replace")
    opened(rng.choice(["a.xls", "a.html", "a.csv"]), damaged(rng, content, rng.choice([0, 0, 1, 3])))


@FREELY
@given(st.integers(0, 2**32))
def test_rows_of_answers(seed: int) -> None:
    rng = random.Random(seed)
    cells = ["a", "b", "b", "", "1", "2", "x [y]", "é", "2024-05-01", "99"]
    rows = [",".join(rng.choice(cells) for _ in range(4)) for _row in range(rng.randint(1, 20))]
    content = "\n".join(["who,what,rank,unit", *rows]).encode()
    long = {
        "respondent": "who",
        "item": rng.choice(["what", "rank", "none"]),
        "value": rng.choice(["rank", "who", None]),
    }
    opened("a.csv", damaged(rng, content, rng.choice([0, 0, 1])), long=long)


@FREELY
@given(st.integers(0, 2**32))
def test_preflib_files(seed: int) -> None:
    rng = random.Random(seed)
    text = "\n".join(rng.choice(LINES) for _ in range(rng.randint(0, 12)))
    opened(rng.choice(["a.soc", "a.soi", "a.toc", "a.toi"]), damaged(rng, text.encode(), rng.choice([0, 0, 1])))


@FREELY
@given(st.integers(0, 2**32))
def test_study_files_of_pieces(seed: int) -> None:
    rng = random.Random(seed)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_text("".join(rng.choice(TOML) for _ in range(rng.randint(0, 30))), encoding="utf-8", newline="")
        with pytest.raises(SurveyError) as caught:
            read_study_file(path)
    assert caught.value.exit_code == 3
    assert all(problem.message[-1] in ".)?!" for problem in caught.value.problems), str(caught.value)
