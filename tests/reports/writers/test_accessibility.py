"""The tags of every report's PDF: what PDF/UA-1 asks of structure, checked by pikepdf (and by veraPDF where it is)."""

import io
import re
import shutil
import subprocess
from functools import cache
from itertools import pairwise

import pikepdf
import pytest

from obstacles.reports.kinds import REPORTS
from obstacles.reports.writers.render import to_pdf

KINDS = tuple(kind for kind in REPORTS if kind != "brief")  # a page of the research report
PAINT = {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Tj", "TJ", "'", '"', "Do", "sh"}
STANDARD = {"Document", "Part", "Sect", "Div", "NonStruct", "P", "Span", "Figure", "Caption", "Link"} | {
    *("H1", "H2", "H3", "H4", "H5", "H6"),
    *("L", "LI", "Lbl", "LBody"),
    *("Table", "THead", "TBody", "TFoot", "TR", "TH", "TD"),
}
PARENTS = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "LI": {"L"},
    "LBody": {"LI"},
    "Lbl": {"LI"},
}


@pytest.fixture(scope="module")
def written(example):
    return cache(lambda kind: to_pdf(example(kind)))


@pytest.fixture(scope="module")
def prepared(written):
    return cache(lambda kind: pikepdf.open(io.BytesIO(written(kind))))


def read_by_poppler(pdf, tmp_path):
    """What `pdfinfo -struct` prints of a PDF and what it complains of; skips where poppler is not installed."""
    if shutil.which("pdfinfo") is None:
        pytest.skip("poppler-utils are not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    told = [
        subprocess.run(["pdfinfo", *more, str(path)], check=True, capture_output=True, text=True)
        for more in ([], ["-struct"])
    ]
    return told[0].stdout, told[1].stdout, told[0].stderr + told[1].stderr


@pytest.mark.parametrize("kind", KINDS)
def test_poppler_reads_title_and_the_whole_tree(written, prepared, example, kind, tmp_path):
    about, tree, complaints = read_by_poppler(written(kind), tmp_path)
    assert complaints == ""
    assert re.search(r"^Title: +" + re.escape(example(kind).title), about, re.MULTILINE)
    assert re.search(r"^Tagged: +yes", about, re.MULTILINE)
    names = [name for _element, name, _above in walk(prepared(kind))]
    assert len(re.findall(r"^ *TR \(block\)|^ *TR$", tree, re.MULTILINE)) == names.count("TR") > 20


@pytest.mark.filterwarnings("ignore:Exception ignored in.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning")
def test_poppler_reads_archives_and_questionnaires(example, tmp_path):
    from dataclasses import replace

    from obstacles.cli.demo import examples_folder
    from obstacles.reports.words.paper_form import paper_form
    from obstacles.reports.writers.render import form_pdf
    from obstacles.survey.loading.load import load_study
    from obstacles.survey.questionnaire.questions import questionnaire_of

    study = load_study(examples_folder() / "big-data-obstacles" / "study.toml")
    for pdf in (
        form_pdf(paper_form(questionnaire_of(study.settings, study.path.parent), "en")),
        to_pdf(replace(example("gap"), archive=True)),
    ):
        about, tree, complaints = read_by_poppler(pdf, tmp_path)
        assert complaints == ""
        assert re.search(r"^Title: +\S", about, re.MULTILINE)
        assert tree.count("\n") > 50


@pytest.mark.parametrize("kind", KINDS)
def test_heads_have_a_scope_and_the_tree_of_ids_leads_to_each(prepared, kind):
    pdf = prepared(kind)
    heads = {bytes(element.ID): element for element, name, _above in walk(pdf) if name == "TH"}
    assert len(heads) > 20
    assert {str(head.A.Scope) for head in heads.values()} == {"/Row", "/Column"}
    for element, name, above in walk(pdf):
        if name == "TH":
            assert str(element.A.Scope) == ("/Column" if "THead" in above else "/Row")
    tree = pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree)
    assert {key.encode("latin-1") for key in tree} == set(heads)
    assert all(tree[key].objgen == heads[key.encode("latin-1")].objgen for key in tree)


def walk(pdf):
    """Every structure element in reading order with its ancestors' names."""

    def below(element, ancestors):
        name = str(element.S)[1:]
        yield element, name, ancestors
        for kid in kids(element):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from below(kid, (*ancestors, name))

    for root in pdf.Root.StructTreeRoot.K:
        yield from below(root, ())


def kids(element):
    found = element.get("/K", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


@pytest.mark.parametrize("kind", KINDS)
def test_headings_step_by_one_and_there_is_one_title(prepared, kind):
    levels = [int(name[1]) for _element, name, _above in walk(prepared(kind)) if re.fullmatch(r"H\d", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert len(levels) > 8
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("kind", KINDS)
def test_elements_are_standard_and_stand_where_they_may(prepared, kind):
    seen = 0
    for _element, name, above in walk(prepared(kind)):
        assert name in STANDARD
        real = [one for one in above if one not in ("NonStruct", "Div", "Span")]
        if name in PARENTS:
            assert real[-1] in PARENTS[name], (name, above)
            seen += 1
    assert seen > 100


@pytest.mark.parametrize("kind", KINDS)
def test_tables_have_headings_that_their_cells_name(prepared, kind):
    tables = [element for element, name, _above in walk(prepared(kind)) if name == "Table"]
    assert len(tables) > 4
    cells = 0
    for table in tables:
        inside = list(walk_below(table))
        known = {bytes(element.ID) for element, name in inside if name == "TH"}
        assert known
        for element, name in inside:
            if name == "TD":
                assert element.A.Headers, "a cell without a heading"
                assert {bytes(one) for one in element.A.Headers} <= known
                cells += 1
        widths = {sum(int(cell.get("/A", {}).get("/ColSpan", 1)) for cell in cells_of(row)) for row in rows_of(table)}
        assert len(widths) == 1  # every row has as many cells
    assert cells > 50


def walk_below(element):
    for kid in kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid, str(kid.S)[1:]
            yield from walk_below(kid)


def rows_of(table):
    return [element for element, name in walk_below(table) if name == "TR"]


def cells_of(row):
    return [element for element, name in walk_below(row) if name in ("TH", "TD")]


@pytest.mark.parametrize("kind", KINDS)
def test_figures_have_an_alternative_and_a_place(prepared, kind):
    figures = [element for element, name, _above in walk(prepared(kind)) if name == "Figure"]
    assert figures
    for figure in figures:
        assert len(str(figure.Alt)) > 30
        assert len(figure.A.BBox) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_is_painted_is_in_the_tree_or_decoration(prepared, kind):
    pdf = prepared(kind)
    places = {page.objgen: number for number, page in enumerate(page.obj for page in pdf.pages)}
    tagged = {
        (places[element.Pg.objgen], int(kid))
        for element, _name, _above in walk(pdf)
        for kid in kids(element)
        if isinstance(kid, int)
    }
    pagination = 0
    for number, page in enumerate(pdf.pages):
        marks = []
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator in ("BDC", "BMC"):
                name, *more = instruction.operands
                properties = more[0] if more else {}
                marks.append(int(properties["/MCID"]) if "/MCID" in properties else str(name))
                pagination += properties.get("/Type") == "/Pagination"
            elif operator == "EMC":
                marks.pop()
            elif operator in PAINT:
                assert marks, f"page {number + 1}: {operator} without a mark"
                assert "/Artifact" in marks or any((number, mark) in tagged for mark in marks), f"page {number + 1}"
        assert marks == []
    assert pagination >= len(pdf.pages)  # titles and page numbers in the margins


@pytest.mark.parametrize("kind", KINDS)
def test_every_mark_leads_back_to_its_element(prepared, kind):
    """The parent tree, by which a reader finds the element of what is under the pointer."""
    pdf = prepared(kind)
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    owners = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    checked = 0
    for element, _name, _above in walk(pdf):
        for kid in kids(element):
            if isinstance(kid, int):
                assert owners[int(element.Pg.StructParents)][int(kid)].objgen == element.objgen
                checked += 1
    assert checked > 200


@pytest.mark.parametrize("kind", KINDS)
def test_language_title_and_order_are_stated_and_letters_are_embedded(prepared, kind, example):
    pdf = prepared(kind)
    assert str(pdf.Root.Lang) == "en"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.docinfo.Title) == example(kind).title
    assert not pdf.is_encrypted
    assert all(str(page.obj.Tabs) == "/S" for page in pdf.pages)
    fonts = {font.objgen: font for page in pdf.pages for font in page.resources.Font.values()}
    assert fonts
    for font in fonts.values():
        assert "/ToUnicode" in font
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())


@pytest.mark.filterwarnings("ignore:Exception ignored in.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("profile", ["ua1", "3a"])
@pytest.mark.parametrize("kind", KINDS)
def test_verapdf_has_nothing_to_say(example, kind, profile, tmp_path):
    from dataclasses import replace

    if shutil.which("verapdf") is None:
        pytest.skip("veraPDF is not installed (https://verapdf.org)")
    path = tmp_path / "report.pdf"
    path.write_bytes(to_pdf(replace(example(kind), archive=profile == "3a")))
    done = subprocess.run(
        ["verapdf", "--flavour", profile, "--format", "text", str(path)], check=False, capture_output=True, text=True
    )
    assert done.stdout.startswith("PASS"), done.stdout
