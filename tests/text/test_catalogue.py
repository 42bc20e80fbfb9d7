"""The Chinese catalogue: whole, with nothing left over, compiled, and with every placeholder in its place."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from paths import ROOT

from obstacles.text.language import (
    LOCALE,
    _,
    catalogue,
    commas,
    full_stop,
    joined,
    label,
    ngettext,
    phrases,
    quoted_names,
    semicolons,
    spoken,
    using,
)
from obstacles.text.languages.base import base_of

MESSAGES = "zh/LC_MESSAGES/messages"
HAN = r"[\u4e00-\u9fff]"


def read(path: Path) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines)


def brought_up(folder: Path) -> str:
    """Bring a copy of all catalogues up to what the code says, as `make catalogue` does; what it printed."""
    command = [sys.executable, ROOT / ".ci" / "catalogue.py", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def entries() -> list[Message]:
    return [entry for entry in read(LOCALE / f"{MESSAGES}.po") if entry.id]


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues, brought up to what the code says today."""
    folder = tmp_path_factory.mktemp("update") / "locale"
    shutil.copytree(LOCALE, folder)
    brought_up(folder)
    return folder


def texts(entry: Message) -> list[tuple[str, str]]:
    """English and Chinese; of a plural its general form."""
    if isinstance(entry.id, str):
        return [(entry.id, str(entry.string))]
    return [(entry.id[1], entry.string[0])]


def test_every_message_is_translated(updated: Path) -> None:
    assert brought_up(updated) == "zh: 0 messages not translated\n"


@pytest.mark.parametrize("ending", ["po", "mo"])
def test_the_catalogue_is_what_the_code_says_byte_by_byte(updated: Path, ending: str) -> None:
    """No message is missing or left over, and what is compiled is the text."""
    assert (updated / f"{MESSAGES}.{ending}").read_bytes() == (LOCALE / f"{MESSAGES}.{ending}").read_bytes()


def test_what_is_new_comes_empty_and_is_counted_and_what_is_gone_leaves(tmp_path: Path) -> None:
    folder = tmp_path / "locale"
    shutil.copytree(LOCALE, folder)
    path = folder / f"{MESSAGES}.po"
    text = path.read_text(encoding="utf-8")
    one, plural = 'msgid "{n} item"\nmsgid_plural "{n} items"\n', 'msgid "Item"\n'
    assert one in text
    assert plural in text
    text = text.replace(one, one.replace("item", "thing")).replace(plural, plural.replace("Item", "Thing"))
    path.write_text(text, encoding="utf-8")
    assert brought_up(folder).splitlines()[0] == "zh: 2 messages not translated"
    catalogue = read(path)
    assert catalogue.get("Thing") is None
    assert catalogue.get("Item").string == ""
    assert catalogue.get("{n} item").string == ("",)


def fields(text: str) -> set[str]:
    return {f"{name}!{conversion}" for _text, name, _spec, conversion in Formatter().parse(text) if name is not None}


def test_placeholders_are_those_of_the_english(entries: list[Message]) -> None:
    wrong = []
    for entry in entries:
        for english, chinese in texts(entry):
            if "python-brace-format" in entry.flags and chinese and fields(english) != fields(chinese):
                wrong.append(english)
    assert wrong == []


def test_punctuation_is_chinese(entries: list[Message]) -> None:
    """No half-width comma, full stop, colon, semicolon or question mark between Chinese characters."""
    marks = re.compile(rf"{HAN}[,;:?!]|{HAN}\.(?!\w)|{HAN} {HAN}")
    found = [chinese for entry in entries for _english, chinese in texts(entry)]
    assert [chinese for chinese in found if marks.search(re.sub("“[^”]*”", "", chinese))] == []


def test_associations_are_not_called_causes(entries: list[Message]) -> None:
    causal = re.compile("导致|影响|造成|引起|归因|促使")
    allowed = {"influence"}
    found = [
        (english, chinese)
        for entry in entries
        for english, chinese in texts(entry)
        if causal.search(chinese) and not any(word in english for word in allowed)
    ]
    assert found == []


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls of _ and ngettext that run when a module is imported."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.AsyncFunctionDef):
            waiting += node.decorator_list if not isinstance(node, ast.Lambda) else []
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            yield node
        waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize("package", ["survey", "analysis", "reports"])
def test_no_text_is_fixed_when_a_module_is_imported(package: str) -> None:
    """It would stay in the language of the first moment; the command line is imported after its language is known."""
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for call in calls(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_every_message_is_a_literal_that_the_catalogue_can_hold() -> None:
    """`_(variable)` is found by nobody who translates, unless its texts are marked by `N_` where they are written."""
    found = []
    for package in ("survey", "analysis", "reports", "obstacles"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                given = {"_": node.args[:1], "ngettext": node.args[:2]}.get(node.func.id, [])
                if not all(isinstance(one, ast.Constant) for one in given) and "N_(" not in text:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_no_generator_waits_inside_a_language() -> None:
    """Its caller would speak that language meanwhile; one that is dropped would set the language back much later."""
    found, looked = [], 0
    for package in ("survey", "analysis", "reports", "obstacles"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.With) and ast.unparse(node.items[0].context_expr).startswith("using("):
                    looked += 1
                    if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node)):
                        found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert looked > 5
    assert found == []


def test_languages_of_the_environment() -> None:
    assert spoken({}) == "en"
    assert spoken({"LANG": "zh_CN.UTF-8"}) == "zh"
    assert spoken({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}) == "en"
    assert spoken({"LANG": "de_DE.UTF-8"}) == "en"
    assert spoken({"LANG": "en_GB.UTF-8", "OBSTACLES_LANGUAGE": "zh-Hans"}) == "zh"
    assert base_of("zh_Hans_CN.UTF-8") == "zh"
    assert catalogue("zh-Hans").gettext("Departments") is not None


def test_sentences_and_clauses_are_joined_as_the_language_does() -> None:
    assert joined(["One.", "", "Two."]) == "One. Two."
    assert phrases(["one", "", "two"]) == commas(["one", "two"]) == "one, two"
    assert quoted_names(["a", "", "b"]) == '"a", "", "b"'
    with using("zh"):
        assert joined(["一。", "", "二。"]) == "一。二。"
        assert semicolons(["一", "二"]) == "一；二"
        assert phrases(["一", "", "二"]) == "一，二"
        assert commas(["一", "二"]) == "一、二"
        assert quoted_names(["a", "", "二"]) == "“a”、“”、“二”"
        assert full_stop("一") == "一。"
        assert full_stop("一。") == "一。"
        assert label({"en": "Cost", "zh": "成本"}) == "成本"
    with using("zh-Hans"):
        assert label({"en": "Cost", "zh": "成本"}) == "成本"


def test_a_message_that_is_also_a_plural_is_found() -> None:
    with using("zh"):
        assert _("row {rows}") == ngettext("row {rows}", "rows {rows}", 1) == "第{rows}行"
