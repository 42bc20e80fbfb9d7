"""Headers that say which columns belong together: `Q7_1`, `Question [Item]`, `10a. Item`, `rank3`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from obstacles.survey.vendors.vendor import TEXT_ENTRY, Export, Heading
from obstacles.text.fold import normalise_name

CHOICE = re.compile(r"(?P<question>.*\S)\s*\(choice=(?P<item>.+)\)")  # REDCap
BRACKETED = re.compile(r"(?P<question>.*\S)\s*\[(?P<item>[^\[\]]*[^\[\]\s][^\[\]]*)\]\s*")
NUMBERED = re.compile(
    r"(?P<number>[Qq]?\d{1,3})(?P<letter>[a-z])?(?P<aspect>\d)?(?:[.)]\s+|\s*[、:：]\s*|[.](?=[^\W\d]))(?P<text>\S.*)"
)
SUFFIXED = re.compile(r"(?P<stem>.*?[^\W\d_].*?|[^\W\d_])[_ .\-#]{0,2}(?P<number>\d{1,3})")
TEXT_SUFFIX = re.compile(r"(?P<stem>.+?)(?:[_\-.]+ *(?:TEXT|text)|[_\- .]+(?:other|Other|OTHER|comments?))")
AGAIN = re.compile(r"(?P<name>.*[^\W\d_].*)\.(?P<number>\d)")
ASIDE = (" - ", " – ", " — ", "：", ": ", " | ", " > ", "_-_")
FEWEST = 3  # names that begin alike that make a question
JOINS = (" - ", ": ", " – ", " — ", "—", " | ", "? ", "？", "-", ":", "：", "(", "（", "[", "/", "_", ". ", " ")


def heading_of(name: str) -> Heading:
    """The heading of a column of which nothing but its name is known."""
    if match := TEXT_SUFFIX.fullmatch(name):
        return Heading(match["stem"], kind=TEXT_ENTRY)
    if match := CHOICE.fullmatch(name):
        return Heading(match["question"], match["question"], match["item"].strip())
    if match := BRACKETED.fullmatch(name):
        return Heading(match["question"].strip(), match["question"].strip(), match["item"].strip())
    if match := NUMBERED.fullmatch(name):
        number, aspect = match["number"], match["aspect"]
        stem = f"{number}?{aspect}" if match["letter"] and aspect else number
        return Heading(stem, "", match["text"].strip())
    if match := SUFFIXED.fullmatch(name):
        return Heading(match["stem"].rstrip("_ .-#"), "", "")
    return Heading("", name, "")


def from_names(table: Export) -> tuple[Heading, ...]:
    """Headings by the columns' names alone; a name repeated with a number added belongs to the same question."""
    return headings_of(table.names)


def headings_of(names: Sequence[str]) -> tuple[Heading, ...]:
    """The headings of columns with these names."""
    found = _after_questions([heading_of(name) for name in names], names)
    found = _repeated(found, names)
    stems = {one.stem for one in found if one.stem}
    for position, name in enumerate(names):  # "question", "question_1", ... as pandas writes a name used twice
        bare = re.sub(r"[_ .\-#]+$", "", name)
        if bare in stems and found[position].stem != bare and found[position].kind == "":
            found[position] = Heading(bare, found[position].question)
    return tuple(found)


def _repeated(found: list[Heading], names: Sequence[str]) -> list[Heading]:
    """A question asked twice of the same items: "Skills", "Cost", ... "Skills.1", "Cost.1" ... as pandas writes it."""
    match = {i: one for i, name in enumerate(names) if (one := AGAIN.fullmatch(name)) and one["name"] in names}
    bare = {one["name"] for one in match.values()}
    if len(bare) < FEWEST or any(re.search(r"\d$", name) for name in bare):
        return found
    first = {i: Heading("block", "", name) for i, name in enumerate(names) if name in bare}
    again = {i: Heading(f"block.{one['number']}", "", one["name"]) for i, one in match.items()}
    return [{**first, **again}.get(i, one) for i, one in enumerate(found)]


def _after_questions(found: list[Heading], names: Sequence[str]) -> list[Heading]:
    """Neighbours "question - item" or "question: item" that begin with one question belong together."""
    start = 0
    while start < len(names):
        end = start
        question = _before_item(names[start]) if not found[start].item and found[start].kind == "" else ""
        while question and end < len(names) and names[end].startswith(question) and not found[end].item:
            end += 1
        if end - start >= FEWEST:
            common, items = split_common(names[start:end])
            if common:
                stem = common if common == question.strip(" -–—:：") else question
                found[start:end] = [
                    Heading(stem, common, item, one.kind) for item, one in zip(items, found[start:end], strict=True)
                ]
        start = max(end, start + 1)
    return found


def _before_item(name: str) -> str:
    """The question before the item of a name; "" where it has none."""
    return next((name.rpartition(join)[0] + join for join in ASIDE if name.rpartition(join)[0].strip()), "")


def two_rows(table: Export) -> tuple[Heading, ...]:
    """A question over the first of its columns, and options in the row below (SurveyMonkey)."""
    found: list[Heading] = []
    question = ""
    for over, below in zip(table.header[0], table.header[1], strict=True):
        over, item = normalise_name(over), normalise_name(below)
        question = over or (question if item else "")
        plain = not item or item.casefold() in ("response", "open-ended response")
        if item.casefold().startswith(("other (", "其他")):
            found.append(Heading(question, question, item, TEXT_ENTRY))
        elif plain and over:
            found.append(Heading("", question, ""))
        else:
            found.append(Heading(question, question, "" if plain else item))
    return tuple(found)


def split_common(texts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What several texts begin with, cut where a question ends, and what is left of each.

    "Rank the obstacles - Skills" and "Rank the obstacles - Cost" give the question and ("Skills", "Cost").
    """
    if len(texts) < 2 or len(set(texts)) < len(texts):
        return "", tuple(texts)
    low, high = min(texts), max(texts)
    size = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    common = low[:size]
    cut = max((common.rfind(join) + len(join) for join in JOINS[:8] if join in common), default=0)
    cut = cut or max((common.rfind(join) + len(join) for join in JOINS if join in common), default=0)
    items = tuple(text[cut:].strip() for text in texts)
    if not cut or not all(items):
        return "", tuple(texts)
    return common[:cut].strip().rstrip("-–—:：|([（/_ ").strip(), tuple(
        _unbracketed(item, common[:cut]) for item in items
    )


def _unbracketed(item: str, before: str) -> str:
    """Without the bracket that closes one opened in the common part."""
    for opening, closing in ("[]", "()", "（）"):
        if before.rstrip().endswith(opening) and item.endswith(closing):
            return item[:-1].strip()
    return item
