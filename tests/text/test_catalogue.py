"""The Chinese catalogue: whole, with nothing left over, compiled, and with every placeholder in its place."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo

from obstacles.cli.catalogue import borrowed, messages, read, update
from obstacles.text.language import (
    LOCALE,
    _,
    base_of,
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

ROOT = Path(__file__).parents[2]
FOLDER = LOCALE / "zh" / "LC_MESSAGES"
HAN = r"[\u4e00-\u9fff]"


@pytest.fixture(scope="module")
def entries() -> list[Message]:
    return [entry for entry in read("zh") if entry.id]


def texts(entry: Message) -> list[tuple[str, str]]:
    """English and Chinese; of a plural its general form."""
    if isinstance(entry.id, str):
        return [(entry.id, str(entry.string))]
    return [(entry.id[1], entry.string[0])]


def test_every_message_is_translated(entries: list[Message]) -> None:
    ours = messages()
    found = {entry.id if isinstance(entry.id, str) else tuple(entry.id) for entry in entries}
    found |= {entry.id[0] for entry in entries if not isinstance(entry.id, str)}  # gettext finds a plural's singular
    assert sorted(str(message) for message in set(ours) - found) == []
    assert [entry.id for entry in entries if entry.id in ours and not all(zh for _en, zh in texts(entry))] == []


def test_no_message_is_left_over(entries: list[Message]) -> None:
    known = {**messages(), **borrowed()}
    assert [
        entry.id for entry in entries if (entry.id if isinstance(entry.id, str) else tuple(entry.id)) not in known
    ] == []


def test_the_compiled_file_is_that_of_the_text() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, read("zh"))
    assert compiled.getvalue() == (FOLDER / "messages.mo").read_bytes()


def test_an_update_changes_nothing() -> None:
    known, updated = read("zh"), update("zh")
    assert {str(entry.id): entry.string for entry in updated if entry.id} == {
        str(entry.id): entry.string for entry in known if entry.id
    }


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
