"""The PDF for an archive: what PDF/A-3a asks, on top of the tags."""

import datetime
import io
import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import pikepdf
import pytest
from click.testing import CliRunner

from obstacles.reports.kinds import REPORTS
from obstacles.reports.writers.render import to_pdf

KINDS = tuple(kind for kind in REPORTS if kind != "brief")  # a page of the research report
pytestmark = pytest.mark.filterwarnings(  # WeasyPrint reads its colour profile and leaves the file open
    "ignore:Exception ignored in.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning"
)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@pytest.fixture(scope="module")
def content(example):
    return cache(lambda kind: to_pdf(replace(example(kind), archive=True)))


@pytest.fixture(scope="module")
def prepared(content):
    return cache(lambda kind: pikepdf.open(io.BytesIO(content(kind))))


def stated(pdf):
    """The metadata as one dict of local names."""
    found = {}
    root = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
    for about in root.iter(f"{RDF}Description"):
        found |= {name.replace("{", "").replace("}", " "): value for name, value in about.attrib.items()}
        found |= {child.tag.replace("{", "").replace("}", " "): "".join(child.itertext()) for child in about}
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_pdf_a_3a_and_pdf_ua_1(prepared, kind):
    found = stated(prepared(kind))
    assert found["http://www.aiim.org/pdfa/ns/id/ part"] == "3"
    assert found["http://www.aiim.org/pdfa/ns/id/ conformance"] == "A"
    assert found["http://www.aiim.org/pdfua/ns/id/ part"] == "1"
    assert "http://www.aiim.org/pdfua/ns/id/" in found["http://www.aiim.org/pdfa/ns/extension/ schemas"]
    assert "/Filter" not in prepared(kind).Root.Metadata  # can be read without a PDF program


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_and_the_information_dictionary_agree(prepared, kind):
    pdf, found = prepared(kind), stated(prepared(kind))
    pairs = {
        "Title": "http://purl.org/dc/elements/1.1/ title",
        "Subject": "http://purl.org/dc/elements/1.1/ description",
        "Creator": "http://ns.adobe.com/xap/1.0/ CreatorTool",
        "Producer": "http://ns.adobe.com/pdf/1.3/ Producer",
        "Author": "http://purl.org/dc/elements/1.1/ creator",
    }
    for name, place in pairs.items():
        assert str(pdf.docinfo[f"/{name}"]) == found[place]
    for name, place in {"CreationDate": "CreateDate", "ModDate": "ModifyDate"}.items():
        written = found[f"http://ns.adobe.com/xap/1.0/ {place}"]
        assert str(pdf.docinfo[f"/{name}"]) == "D:" + written.replace("-", "")


@pytest.mark.parametrize("kind", KINDS)
def test_colours_have_a_profile_and_nothing_needs_a_key_or_runs(prepared, kind):
    pdf = prepared(kind)
    (intent,) = pdf.Root.OutputIntents
    assert str(intent.S) == "/GTS_PDFA1"
    assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"  # an ICC profile
    assert not pdf.is_encrypted
    assert len(pdf.trailer.ID) == 2
    assert not {"/AA", "/OpenAction", "/AcroForm"} & set(pdf.Root.keys())
    operators = {str(one.operator) for page in pdf.pages for one in pikepdf.parse_content_stream(page)}
    assert not operators & {"k", "K", "PS"}  # CMYK would need another profile
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary):
            assert str(found.get("/S", "")) not in ("/JavaScript", "/Launch", "/Sound", "/Movie")
        if isinstance(found, pikepdf.Stream):
            assert "LZWDecode" not in repr(found.get("/Filter", ""))


@pytest.mark.parametrize("kind", KINDS)
def test_every_attachment_is_an_associated_file_once(prepared, kind):
    pdf = prepared(kind)
    names = [str(one.UF) for one in pdf.Root.AF]
    wanted = ["results.csv", "results.json"] + (["study.toml"] if kind != "gap" else [])
    assert names == wanted
    assert sorted(pdf.attachments) == wanted
    assert [str(one.AFRelationship) for one in pdf.Root.AF] == ["/Data", "/Data", "/Source"][: len(wanted)]
    for one in pdf.Root.AF:
        assert str(one.F) == str(one.UF)
        assert "/" in str(one.EF.F.Subtype)[1:]  # a type such as text/csv
        assert "/ModDate" in one.EF.F.Params
        assert str(one.Desc)


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_shows_a_box_for_a_missing_letter(prepared, kind):
    for page in prepared(kind).pages:
        for one in pikepdf.parse_content_stream(page):
            if str(one.operator) == "TJ":
                text = b"".join(bytes(part) for part in one.operands[0] if isinstance(part, pikepdf.String))
                assert all(text[i : i + 2] != b"\0\0" for i in range(0, len(text), 2))


def test_it_differs_from_the_ordinary_pdf_in_no_page(example, prepared):
    ordinary = pikepdf.open(io.BytesIO(to_pdf(example("change"))))
    assert b"pdfaid" not in ordinary.Root.Metadata.read_bytes()
    pages = [page.Contents.read_bytes() for page in ordinary.pages]
    colour = re.compile(rb"/\S+ (?:cs|CS|scn?|SCN?)|[\d. ]+(?:rg|RG|scn?|SCN?)")  # named by their profile in the other
    archived = [page.Contents.read_bytes() for page in prepared("change").pages]
    assert [len(re.findall(rb"TJ", a)) for a in pages] == [len(re.findall(rb"TJ", a)) for a in archived]
    assert [re.findall(rb"\[<.*?\] TJ", a) for a in pages] == [re.findall(rb"\[<.*?\] TJ", a) for a in archived]
    assert colour.search(pages[0])


def test_two_renders_are_the_same_bytes(example, content):
    assert to_pdf(replace(example("change"), archive=True)) == content("change")


def test_without_a_date_the_file_has_none(making):
    from obstacles.reports.research.build import build_report as build

    study = making.study(making.rankings(making.items(["A", "B"]), [[1, 2]] * 30))
    pdf = pikepdf.open(io.BytesIO(to_pdf(replace(build(study), archive=True))))
    assert "/CreationDate" not in pdf.docinfo
    for one in pdf.Root.AF:
        assert pdf.attachments[str(one.UF)].get_file().mod_date.date() == datetime.date(1980, 1, 1)


def test_the_command_has_a_word_for_it(tmp_path):
    from obstacles.cli.demo import examples_folder
    from obstacles.cli.main import cli

    study = str(examples_folder() / "eurostat-ai" / "study.toml")
    target = tmp_path / "report.pdf"
    result = CliRunner().invoke(cli, ["report", study, "--archive", "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert stated(pikepdf.open(target))["http://www.aiim.org/pdfa/ns/id/ part"] == "3"
    refused = CliRunner().invoke(cli, ["report", study, "--archive", "--format", "html", "-o", str(tmp_path)])
    assert refused.exit_code == 2
    assert "--archive is about PDFs" in refused.output
