"""Formulas of [[model]] as text: which names they use, and whether they stay within the words that are allowed.

Formulas are the right-hand sides that R, patsy and formulaic know: `grade * size + bs(age, df=4)`. They are evaluated
as code later, so only names, numbers, texts, operators and the functions listed here are let through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from keyword import iskeyword

from obstacles.text.language import _
from obstacles.text.nearest import hint

NUMERIC = ("bs", "cr", "cs", "cc", "poly", "center", "scale", "standardize", "log", "log2", "log10", "exp")
FUNCTIONS = ("C", "I", "within", "between", *NUMERIC)
CONTRASTS = ("treatment", "sum", "helmert", "poly", "diff", "sas")
TOKEN = re.compile(
    r"""\s*(?:
      `(?P<quoted>[^`]+)`
    | (?P<text>"[^"\\]*"|'[^'\\]*')
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<name>[^\W\d]\w*(?:\.\w+)*)
    | (?P<sign>\*\*|[-+*/:^(),=\[\]|~%<>&.])
    )""",
    re.VERBOSE,
)
REFUSED = "|~%<>&."


class FormulaError(ValueError):
    """The formula cannot be read; the message says why."""


@dataclass(frozen=True)
class Words:
    """What a formula speaks of."""

    names: tuple[str, ...]  # variables, each once, in their order
    numbers: tuple[str, ...]  # those of them that stand inside functions of numbers
    centred: tuple[tuple[str, str, str], ...]  # (function, variable, group) of within(...) and between(...)


def words_of(formula: str) -> Words:
    """The variables of a formula.

    Raises
    ------
    FormulaError
        For a sign, a function or a form that is not allowed.
    """
    tokens = _tokens(formula)
    names: dict[str, None] = {}
    numbers: dict[str, None] = {}
    centred: list[tuple[str, str, str]] = []
    open_calls: list[str] = []
    place = 0
    while place < len(tokens):
        kind, text = tokens[place]
        after = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        if kind == "sign" and text == "(":
            open_calls.append("")
        elif kind == "sign" and text == ")":
            if not open_calls:
                raise FormulaError(_("a bracket closes that was never opened."))
            open_calls.pop()
        elif kind == "name" and after == "(":
            _check_function(text)
            if text in ("within", "between"):
                centred.append((text, *_two_names(text, tokens, place)))
            open_calls.append(text)
            place += 1
        elif kind in ("name", "quoted") and _is_variable(
            kind, text, after, tokens[place - 1][1] if place else "", open_calls
        ):
            names[text] = None
            inside = next((call for call in reversed(open_calls) if call), "")
            if inside in NUMERIC or inside == "I" or (inside in ("within", "between") and _first(tokens, place)):
                numbers[text] = None
        place += 1
    if open_calls:
        raise FormulaError(_("a bracket is never closed."))
    return Words(tuple(names), tuple(numbers), tuple(centred))


def _tokens(formula: str) -> list[tuple[str, str]]:
    tokens = []
    place = 0
    while formula[place:].strip():
        found = TOKEN.match(formula, place)
        if found is None or found.lastgroup is None:
            message = _('"{sign}" has no place in a formula.')
            raise FormulaError(message.format(sign=formula[place:].strip()[:1]))
        kind, text = found.lastgroup, found[found.lastgroup]
        if kind == "sign" and text in REFUSED:
            if text == "~":
                raise FormulaError(_("a formula has no left-hand side here: write only what stands right of ~."))
            raise FormulaError(_('"{sign}" has no place in a formula.').format(sign=text))
        tokens.append((kind, text))
        place = found.end()
    if not tokens:
        raise FormulaError(_("the formula is empty."))
    return tokens


def _check_function(name: str) -> None:
    head, _dot, contrast = name.partition(".")
    if head == "contr" and contrast in CONTRASTS:
        return
    if name not in FUNCTIONS:
        message = _('there is no function "{name}" in formulas. {hint}')
        raise FormulaError(message.format(name=name, hint=hint(name, FUNCTIONS)))


def _is_variable(kind: str, text: str, after: str, before: str, open_calls: list[str]) -> bool:
    """Whether a word is a variable, and not a contrast, a keyword of a function or a constant."""
    if kind == "quoted":
        return True
    if text.partition(".")[0] == "contr":
        _check_function(text)
        return False
    if "." in text:
        message = _('"{name}" is no name of a group; write names with other signs than letters and _ as `{name}`.')
        raise FormulaError(message.format(name=text))
    if (after == "=" and any(open_calls)) or (before == "=" and text in ("True", "False", "None")):
        return False
    if iskeyword(text):
        raise FormulaError(_('"{sign}" has no place in a formula.').format(sign=text))
    return True


def _first(tokens: list[tuple[str, str]], place: int) -> bool:
    """Whether a token is the first argument of its function."""
    return place > 0 and tokens[place - 1][1] == "("


def _two_names(function: str, tokens: list[tuple[str, str]], place: int) -> tuple[str, str]:
    """The arguments of within(variable, group) and between(variable, group)."""
    inner = tokens[place + 1 : place + 6]
    kinds, texts = [kind for kind, _text in inner], [text for _kind, text in inner]
    names = len(inner) == 5 and all(kinds[i] in ("name", "quoted") for i in (1, 3))
    if not names or [texts[0], texts[2], texts[4]] != ["(", ",", ")"]:
        raise FormulaError(_("write {name}(variable, group) with two names.").format(name=function))
    return texts[1], texts[3]
