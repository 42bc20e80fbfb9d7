"""study.toml -> validated settings. Each problem names its place in the file, and a wrong key its nearest right one."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.survey.studyfile.checks.whole import contradictions
from obstacles.survey.studyfile.codebook import with_codebook
from obstacles.survey.studyfile.instrument import with_instrument
from obstacles.survey.studyfile.write import value
from obstacles.text.language import N_, _, commas, in_quotes, joined, ngettext, phrases, quoted_names, translate
from obstacles.text.nearest import CLOSE, did_you_mean, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["StudySettings", "WaveSettings", "json_schema", "read_study_file"]

LARGEST = 4_000_000  # bytes
DEEPEST = 64  # tables and lists in each other; a study file needs five
MOST_TOLD = 50  # wrong keys of one file
STRING = re.compile(
    r'"{3}(?s:\\.|[^\\])*?(?:"{3}|\Z)|\'{3}(?s:.)*?(?:\'{3}|\Z)|"(?:\\.|[^"\\\n])*+"?|\'[^\'\n]*+\'?|#[^\n]*+'
)
ANSWERS = (  # endings of files of answers
    *(".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".ods", ".html", ".htm", ".parquet", ".feather", ".arrow"),
    *(".sav", ".zsav", ".por", ".dta", ".soc", ".soi", ".toc", ".toi", ".zip", ".gz"),
)
DOTTED = re.compile(rf"(?<![\w-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++){{{DEEPEST}}}")


def read_study_file(path: Path) -> StudySettings:
    """Read and validate a study file.

    Raises
    ------
    SurveyError
        With exit code 3 and every problem of the file: syntax, unknown keys, wrong values, contradictions.
    """
    name = path.name
    answers = path.is_file() and path.suffix.lower() in ANSWERS
    try:
        text = _text(path)
    except SurveyError:
        if answers:
            raise _no_study_file(path) from None
        raise
    try:
        _refuse_deep(text)
        raw = tomllib.loads(text)
    except ValueError as error:  # not TOML, or a number of thousands of digits
        if answers:
            raise _no_study_file(path) from None
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        reason = re.sub(r"\s*\(at .*\)$", "", str(error))
        rows = (int(place[1]),) if place else ()
        message = _("this is not valid TOML: {reason}. Correct the line.").format(reason=reason)
        raise SurveyError([Problem("error", "E-TOML-01", message, file=name, rows=rows)], exit_code=3) from None
    try:
        settings = StudySettings.model_validate(raw)
    except ValidationError as error:
        raise SurveyError(_told(error, text, name), exit_code=3) from None
    settings = with_instrument(with_codebook(settings, path.parent))
    problems = [
        Problem("error", code, message, file=name, rows=_rows(text, place))
        for code, message, place in contradictions(settings)
    ]
    if problems:
        raise SurveyError(problems, exit_code=3)
    return settings


def _no_study_file(path: Path) -> SurveyError:
    message = _("this is a file of answers, and no study file. Make one of it first: obstacles init {file}.")
    text = message.format(file=shlex.quote(str(path)))
    return SurveyError([Problem("error", "E-TOML-03", text, file=path.name)], exit_code=3)


def stated_id(path: Path) -> str | None:
    """The id that a file states under [study]; None for a file without one, or that is no study file."""
    try:
        found = tomllib.loads(_text(path))["study"]["id"]
    except (SurveyError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def json_schema() -> dict[str, Any]:
    """JSON Schema of the study file, for editors.

    Returns
    -------
    dict
        Plain values, as `obstacles schema` prints them (JSON Schema, draft 2020-12).

    Examples
    --------
    >>> import obstacles as ob
    >>> sorted(ob.json_schema()["required"])
    ['schema', 'study', 'wave']
    """
    return StudySettings.model_json_schema(by_alias=True)


def _refuse_deep(text: str) -> None:
    """Raise ValueError for tables or lists nested so deeply that reading them would take for ever, or end Python."""
    plain = STRING.sub("s", text)
    depth = deepest = 0
    for bracket in re.finditer(r"[\[{\]}]", plain):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > DEEPEST or DOTTED.search(plain):
        raise ValueError(_("tables or lists lie more than {n} deep in each other").format(n=DEEPEST))


def _text(path: Path) -> str:
    """The file as text; a SurveyError where it cannot be read as such."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # reading a pipe or a device would never end
            message = _("this is not a file but a folder or a device. Name the file itself.")
        elif path.stat().st_size > LARGEST:
            message = _("the study file is larger than {size} bytes; is it a data file?").format(size=f"{LARGEST:,}")
        else:
            with path.open("rb") as file:
                return file.read(LARGEST).decode("utf-8-sig")
    except FileNotFoundError:
        message = _("there is no such file. Name a study file, such as study.toml.")
    except IsADirectoryError:
        message = _("this is a folder. Name the study file in it, such as {name}.").format(name=path / "study.toml")
    except UnicodeDecodeError as error:
        message = _("this is not UTF-8 text (byte {place}). Save the study file as UTF-8.").format(place=error.start)
    except OSError as error:
        message = _("the file cannot be read: {reason}.").format(reason=error.strerror)
    raise SurveyError([Problem("error", "E-TOML-02", message, file=path.name)], exit_code=3)


def _told(error: ValidationError, text: str, file: str) -> list[Problem]:
    """The problems of a file, at most so many of them that a person may read."""
    details = _apart(error.errors(include_url=False))
    problems = [_translate(detail, text, file) for detail in details[:MOST_TOLD]]
    more = len(details) - MOST_TOLD
    if more > 0:
        message = ngettext("{n} more of these.", "{n} more of these.", more).format(n=f"{more:,}")
        problems.append(Problem("error", "E-KEY-02", message, file=file, count=more))
    return problems


def _apart(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors without those that only follow from others: of keys that are missing because they are misspelt, and of
    lists that are too short without their wrong entries.
    """
    meant = {
        (*place[:-1], near)
        for place in (_place(detail) for detail in details if detail["type"] == "extra_forbidden")
        if (near := _nearest_key(place)) is not None
    }
    wrong = {place[:end] for place in map(_place, details) for end in range(len(place))}  # what holds an error
    follow = {"missing": meant, "too_short": wrong}
    return [detail for detail in details if _place(detail) not in follow.get(detail["type"], ())]


def _place(detail: ErrorDetails) -> tuple[int | str, ...]:
    return tuple(part for part in detail["loc"] if not _is_union_tag(part))


def _translate(detail: ErrorDetails, text: str, file: str) -> Problem:
    """One pydantic error in the words of the study file."""
    place = _place(detail)
    kind, found = detail["type"], detail.get("input")
    key = str(place[-1]) if place else ""
    where = _written(place)
    context = detail.get("ctx", {})
    code = "E-KEY-02"
    if kind == "extra_forbidden":
        code, message = "E-KEY-01", _unknown_key(place, where)
    elif kind == "missing":
        message = _("{where} is missing.").format(where=where)
        if key == "sampling":
            message = joined([message, _('Write sampling = "census", "probability" or "nonprobability".')])
    elif kind == "literal_error":
        message = _one_of(where, found, str(context.get("expected", "")))
    elif expected := next((what for what, kinds in EXPECTED if kind in kinds), ""):
        message = _("{where} should be {expected}; it is {found}.").format(
            where=where, expected=translate(expected), found=_shown(found)
        )
    else:
        limits = {name: context[name] for name in ("gt", "ge", "lt", "le") if name in context}
        rule = phrases(f"{SIGNS[name]} {value:g}" for name, value in limits.items()) or detail["msg"].lower()
        message = _("{where} is {found}, which is not allowed: it should be {rule}.").format(
            where=where, found=_shown(found), rule=rule
        )
    return Problem("error", code, message, file=file, rows=_rows(text, place))


SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
EXPECTED = (  # what was expected, and the kinds of pydantic's errors about it
    (N_("a text in quotation marks"), ("string_type",)),
    (N_("a whole number"), ("int_type", "int_parsing", "int_from_float")),
    (N_("a number"), ("float_type", "float_parsing")),
    (N_("true or false"), ("bool_type", "bool_parsing")),
    (N_("a table, { key = value }"), ("dict_type", "model_type", "model_attributes_type")),
    (N_("a list, [ ... ]"), ("tuple_type", "list_type")),
    (N_('a date, "2024-05-13"'), ("date_type", "date_parsing", "date_from_datetime_parsing")),
    (N_("longer than that"), ("too_short", "string_too_short")),
)

GONE: dict[tuple[int | str, ...], Callable[[], str]] = {  # keys that earlier versions knew -> what to do
    ("privacy", "min_comments"): lambda: _("{where} did nothing and is gone: delete the line."),
}


def _is_union_tag(part: int | str) -> bool:
    """pydantic names the branch of a union in the place; it is no key of the file."""
    return part in ("str", "float", "int", "constrained-str") or (isinstance(part, str) and "[" in part)


def _shown(found: object) -> str:
    text = in_quotes(found) if isinstance(found, str) else _text_of(found)
    return text if len(text) <= 60 else text[:57] + "..."


def _text_of(found: object) -> str:
    """A value as the study file has it."""
    try:
        return found if isinstance(found, str) else value(found)
    except ValueError:  # a number that Python does not write, of thousands of digits
        return "..."


def _written(place: tuple[int | str, ...]) -> str:
    """The place as the file has it: `[[wave]] 2: scale 1: value`."""
    parts: list[str] = []
    for position, part in enumerate(place):
        if isinstance(part, int):
            parts[-1] += f" {part + 1}"
        elif position + 1 < len(place):
            listed = position + 1 < len(place) and isinstance(place[position + 1], int)
            parts.append(f"[[{part}]]" if listed and position == 0 else f"[{part}]" if position == 0 else str(part))
        else:
            parts.append(f"`{part}`")
    return " ".join(parts)


def _one_of(where: str, found: object, expected: str) -> str:
    allowed = re.findall(r"'([^']+)'", expected) or [expected]
    hint = did_you_mean(_text_of(found), allowed, alike=CLOSE)
    text = _("{where} is {found}; it can be {allowed}.")
    return joined([text.format(where=where, found=_shown(found), allowed=quoted_names(allowed)), hint])


def _nearest_key(place: tuple[int | str, ...]) -> str | None:
    return nearest(str(place[-1]), _keys_at(place[:-1]))


def _unknown_key(place: tuple[int | str, ...], where: str) -> str:
    if place in GONE:
        return GONE[place]().format(where=where)
    known = _keys_at(place[:-1])
    if near := _nearest_key(place):
        return _("{where}: there is no such key. Did you mean `{near}`?").format(where=where, near=near)
    return _("{where}: there is no such key. The keys here are {keys}.").format(where=where, keys=commas(known))


def _keys_at(place: tuple[int | str, ...]) -> list[str]:
    """Keys that the model at this place knows."""
    model: type[BaseModel] | None = StudySettings
    for part in place:
        if isinstance(part, int) or model is None:
            continue
        fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        model = _model_in(fields.get(part))
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as `tuple[Model, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, list, dict, Union, UnionType):
        for part in get_args(annotation):
            found = _model_in(part)
            if found is not None:
                return found
    return None


def _rows(text: str, place: tuple[int | str, ...]) -> tuple[int, ...]:
    line = line_of(text, place)
    return (line,) if line else ()


def line_of(text: str, place: tuple[int | str, ...]) -> int | None:
    """Line (from 1) on which a place of a TOML text stands; that of the nearest table around it, else None."""
    wanted = [str(part) for part in place if not isinstance(part, int)]
    numbers = [part for part in place if isinstance(part, int)]
    seen: dict[str, int] = {}
    table: list[str] = []
    inside, best, depth = not numbers, None, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$", line)
        if header:
            table = [part.strip().strip("\"'") for part in header[2].split(".")]
            if header[1] == "[[":
                seen[header[2]] = seen.get(header[2], -1) + 1
            top = seen.get(table[0])
            inside = not numbers or top is None or top == numbers[0]
            if len(table) > 1 and header[1] == "[[" and len(numbers) == 1 and wanted[: len(table)] == table:
                inside = seen[header[2]] == numbers[0]
        if not inside:
            continue
        key = re.match(r"\s*([A-Za-z0-9_\-]+|\"[^\"]+\"|'[^']+')\s*=", line)
        path = table + ([key[1].strip("\"'")] if key and not header else [])
        common = len(path) if wanted[: len(path)] == path else 0
        if common > depth:
            best, depth = number, common
    return best
