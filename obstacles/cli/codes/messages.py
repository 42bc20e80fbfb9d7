"""The codes of the program and the messages that bear them, from the source: nothing is written twice.

A code belongs to the messages in the same call or tuple, else to those put into a variable that stands there, else to
all of its function. Codes that a module names (`CHANGED = "W-LOCK-01"`) are followed to where the name is used.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CODE = re.compile(r"[EWAI]-[A-Z]+-\d\d")
PACKAGE = Path(__file__).resolve().parents[2]
ROOMS = ("survey", "analysis", "reports", "cli")
MARKS = ("_", "N_", "ngettext")
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module


@cache
def messages() -> dict[str, tuple[str, ...]]:
    """Code -> the messages that bear it, as they are in the catalogue, in the order of the source."""
    texts = [path.read_text(encoding="utf-8") for path in _files()]
    trees = {text: ast.parse(text) for text in texts if CODE.search(text)}
    errors = dict(pair for tree in trees.values() for pair in _errors(tree))
    found: dict[str, dict[str, None]] = {code: {} for code in errors.values()}
    raising = re.compile(rf"\b(?:{'|'.join(errors)})\(")
    for text in texts:
        if text in trees or raising.search(text):
            for code, message in _of_module(trees.get(text) or ast.parse(text), errors):
                found.setdefault(code, {})
                if message:
                    found[code][message] = None
    return {code: tuple(found[code]) for code in sorted(found)}


def _files() -> Iterator[Path]:
    own = Path(__file__).resolve().parent
    for room in ROOMS:
        yield from sorted(path for path in (PACKAGE / room).rglob("*.py") if path.resolve().parent != own)


def _errors(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Classes of errors that have a code, and the code."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            codes = [_code(line.value) for line in node.body if isinstance(line, ast.Assign)]
            yield from ((node.name, code) for code in codes if code)


def _of_module(tree: ast.Module, errors: dict[str, str]) -> Iterator[tuple[str, str]]:
    names = _named_codes(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        variables = _variables(function)
        parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in errors:
                for message in [*_texts(node), *_of_names(node, variables, node.lineno)]:
                    yield errors[node.func.id], message
            for code in _codes_at(node, names):
                yield code, ""
                for message in _beside(node, function, parents, variables):
                    yield code, message
    for code in names.values():
        yield code, ""


def _named_codes(tree: ast.Module) -> dict[str, str]:
    """Names of the module -> the code that each stands for."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                for name, value in pairs:
                    if isinstance(name, ast.Name) and (code := _code(value)):
                        found[name.id] = code
    return found


def _code(node: ast.AST) -> str:
    """The code that a constant is; "" for anything else."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return text if CODE.fullmatch(text) else ""


def _codes_at(node: ast.AST, names: dict[str, str]) -> Iterator[str]:
    if code := _code(node):
        yield code
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield names[node.id]


def _beside(
    node: ast.AST,
    function: Function,
    parents: dict[ast.AST, ast.AST],
    variables: dict[str, list[tuple[int, list[str]]]],
) -> list[str]:
    """The messages of a code: of the nearest call, tuple or yield around it that has any."""
    around = parents.get(node)
    line = getattr(node, "lineno", 0)
    while around is not None and not isinstance(around, ast.stmt):
        if found := [*_texts(around), *_of_names(around, variables, line)]:
            return found
        around = parents.get(around)
    if around is not None and (found := [*_texts(around), *_of_names(around, variables, line)]):
        return found
    return list(dict.fromkeys(_texts(function)))


def _variables(function: Function) -> dict[str, list[tuple[int, list[str]]]]:
    """Variable -> the lines on which it is given messages, and these; through other variables, too."""
    found: dict[str, list[tuple[int, list[str]]]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            texts = [*_texts(node.value), *_of_names(node.value, found, node.lineno)]
            for target in targets:
                if isinstance(target, ast.Name) and texts:
                    found.setdefault(target.id, []).append((node.lineno, texts))
    return found


def _of_names(node: ast.AST, variables: dict[str, list[tuple[int, list[str]]]], line: int) -> list[str]:
    """The messages that the variables in an expression hold at a line: those that were given last."""
    found: list[str] = []
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) and one.id in variables:
            before = [texts for at, texts in variables[one.id] if at <= line]
            found += before[-1] if before else []
    return found


def _texts(node: ast.AST) -> list[str]:
    """The messages inside an expression; whole sentences before the words that are filled into them."""
    found = []
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in MARKS and one.args:
            text = one.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and " " in text.value.strip():
                found.append(text.value)
    return sorted(found, key=lambda text: not text.rstrip().endswith((".", "?", "}")))
