"""A code in words: what it says, an example of the line as it is printed, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from obstacles.cli.codes.messages import messages
from obstacles.survey.problems import Problem, Severity
from obstacles.text.language import N_, _, translate

PLACE = re.compile(r"\{(\w*)[^{}]*\}")
SENTENCE = re.compile(r"(?<=[.?!。？！])\s*(?=[A-Z\u4e00-\u9fff“`\[{])")
TO_DO = re.compile(
    r"^(?:if |set |add |correct|write|name|give|use|save|export|check|look|state|delete|move|rename|merge|make|leave|"
    r"join|take|choose|install|run|rank|keep|try|restore|close|see |for |type|split|put|ask|did you|nearest|or |"
    r"the models|请|若|如|可|用|在|把|将|只)",
    re.I,
)
SEVERITY: dict[str, Severity] = {"E": "error", "A": "ask", "W": "warning", "I": "info"}
CURES = {
    "E": N_("Correct what the message names, at the place that it names, and run the command again."),
    "A": N_("Two readings fit, or none is sure: write the key that the message names into the study file."),
    "W": N_("Nothing stops. Look whether it is as it should be; if so, there is nothing to do."),
    "I": N_("There is nothing to do: it says how something was read."),
}
SAMPLES = {  # placeholder -> what an example has there
    **dict.fromkeys(("name", "item", "id", "first", "word", "near", "group"), "skills"),
    **dict.fromkeys(("second", "other"), "budget"),
    **dict.fromkeys(
        ("n", "count", "rows", "row", "line", "m", "k", "most", "minimum", "least", "all", "cap", "depth"), "3"
    ),
    **dict.fromkeys(("file", "member"), "answers.csv"),
    **dict.fromkeys(("column", "columns", "key"), "Q7_1"),
    **dict.fromkeys(("wave", "waves"), "2024"),
    **dict.fromkeys(("value", "values", "cell", "cells", "text", "texts", "found", "level"), "7"),
    **dict.fromkeys(("format", "form"), "rank_grid"),
    **dict.fromkeys(("where", "place"), "[[wave]] 1: `k`"),
    **dict.fromkeys(("hint", "remedy"), ""),
    "names": '"Sales" and "SALES"',
    "aliases": 'aliases = { "Sales" = ["SALES"] }',
    "what": "3 cells of rankings are blank",
}
OWN = {  # codes whose messages are made of parts
    "E-CAP-01": N_("these cells are no level of [capability]. Correct them, or add them to missing."),
    "E-CAP-02": N_("these cells are no answer on importance. Correct them, or add them to missing."),
    "E-COL-01": N_("there is no such column in the file. Correct its name in the study file."),
    "E-COL-03": N_("several columns have this name. Write its place, as in column:B."),
    "E-INIT-02": N_("the file holds the questions of a survey, and not its answers. Export the answers."),
    "E-FIT-02": N_("the model cannot be fitted to these answers. Choose another model, or answers that hold more."),
    "E-FILE-01": N_("the file cannot be read. Check its name, its folder and who may read it."),
    "W-PAGE-01": N_("something does not fit on the page. Look at the page, and shorten labels."),
}


@dataclass(frozen=True)
class CodePage:
    """One code. Its texts are in the language in use."""

    code: str
    severity: str
    causes: tuple[str, ...]  # what the messages say that was found
    example: str  # a line as it is printed
    cures: tuple[str, ...]  # what to do


def codes() -> tuple[str, ...]:
    """Every code of the program."""
    return tuple(messages())


def page_of(code: str) -> CodePage:
    """What a code means. Raises KeyError for one that the program does not have."""
    found = list(messages()[code]) or [OWN[code]]
    whole = [text for text in found if text.rstrip().endswith((".", "?", "}"))] or found
    texts = [translate(text) for text in whole]
    causes: dict[str, None] = {}
    cures: dict[str, None] = {}
    for text in texts:
        for at, sentence in enumerate(part for part in SENTENCE.split(_named(text)) if part.strip(" .")):
            (cures if at and TO_DO.match(sentence) else causes)[sentence] = None
    severity = SEVERITY[code[0]]
    told = (
        "study.toml" if code.startswith(("E-KEY", "E-TOML", "E-ITEM", "E-WAVE", "E-CMP", "E-MODEL")) else "answers.csv"
    )
    line = str(Problem(severity, code, _filled(texts[0]), file=told))
    return CodePage(code, _(severity), tuple(causes), " ".join(line.split()), (*cures, _(CURES[code[0]])))


def _named(text: str) -> str:
    """The message with its placeholders as words in angle brackets, for what differs from case to case."""
    plain = text.replace("{hint}", "").replace("{{", "\0").replace("}}", "\1").strip()
    return PLACE.sub(lambda found: f"‹{found[1]}›", plain).replace("\0", "{").replace("\1", "}")


def _filled(text: str) -> str:
    """The message with samples in its placeholders."""
    plain = text.replace("{{", "\0").replace("}}", "\1")
    return PLACE.sub(lambda found: SAMPLES.get(found[1], "…"), plain).replace("\0", "{").replace("\1", "}")
