"""A study as the command line opens it, kept while its files stay as they are; and what every screen shows round it."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from obstacles.survey.problems import SurveyError
from obstacles.text.language import _, label, language
from obstacles.web.storage import RESEARCHER, StudyFolder

if TYPE_CHECKING:
    from pathlib import Path

    from obstacles.survey.study import Study
    from obstacles.web.workers import Place

MOST_KEPT = 6
STUDIES: OrderedDict[tuple[str, str, str], Study] = OrderedDict()  # the last that this process opened


def open_study(place: Place) -> Study:
    """The study of a folder; raises SurveyError with every problem."""
    from obstacles.cli.options import open_study as opened

    folder = StudyFolder(place.folder)
    key = (str(place.folder), folder.digest, language())
    if key not in STUDIES:
        refuse_links(place.folder)
        STUDIES[key] = opened(folder.study_file, None, language=language())
        while len(STUDIES) > MOST_KEPT:
            STUDIES.popitem(last=False)
    STUDIES.move_to_end(key)
    return STUDIES[key]


def shown_study(place: Place, *waves: str | None) -> Study:
    """The study for figures of waves (None: the last; all where none is given), never of fewer people than a group.

    The researcher sees every figure.
    """
    from obstacles.survey.loading.minimum_size import people_of
    from obstacles.text.language import ngettext
    from obstacles.web.workers import RefusedError

    study = open_study(place)
    if place.mode == RESEARCHER:
        return study
    if refused := not_for_hr(StudyFolder(place.folder).text):
        raise RefusedError(refused)
    wanted = {study.waves[-1].id if one is None else one for one in waves} or {one.id for one in study.waves}
    least, problems = study.settings.privacy.min_group, []
    for wave in study.waves:
        people = people_of(wave)
        if wave.id in wanted and people is not None and people < least:
            message = ngettext(
                "{n} person answered in {wave}, and this view shows nothing of fewer than {minimum}.",
                "{n} people answered in {wave}, and this view shows nothing of fewer than {minimum}.",
                round(people),
            )
            problems.append(problem("E-SMALL-01", message.format(n=round(people), wave=wave.id, minimum=least)))
    if problems:
        raise RefusedError(problems)
    return study


def not_for_hr(text: str) -> list[dict[str, Any]]:
    """In the view of human resources files are for others, and no group of fewer than ten is shown."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        stated = tomlkit.parse(text).unwrap().get("privacy", {})
    except TOMLKitError:
        return []
    if stated.get("audience") not in ("organisation", "public"):
        return [problem("E-PRIV-03", _("In this view reports are for others. Nothing was changed."))]
    least = stated.get("min_group", 10)
    if not isinstance(least, int) or least < 10:
        return [problem("E-SMALL-01", _("In this view no group of fewer than 10 people is shown."))]
    return []


def for_owner(place: Place) -> Study:
    """The study as its owner sees it, as with --draft; only the researcher does."""
    from obstacles.cli.publish import drafted
    from obstacles.web.workers import RefusedError

    if place.mode != RESEARCHER:
        raise RefusedError([problem("E-PRIV-03", _("This is shown in the researcher's view only."))])
    return drafted(open_study(place), True)


def problem(code: str, message: str, *, severity: str = "error", rows: Iterable[int] = ()) -> dict[str, Any]:
    """A problem as a screen shows one."""
    place = {"file": None, "rows": list(rows), "column": None, "values": [], "count": 1}
    return {"severity": severity, "code": code, "message": message, **place}


def without_cells(place: Place, record: dict[str, Any]) -> dict[str, Any]:
    """A problem as a view may show it: cells of a file, and their words in the message, are the researcher's alone."""
    if place.mode == RESEARCHER:
        return record
    message = record["message"]
    for cell in sorted(record["values"], key=len, reverse=True):
        for quoted in (f'"{cell}"', f"“{cell}”", f"'{cell}'"):
            message = message.replace(quoted, "“…”")
    return {**record, "values": [], "message": message}


def refuse_links(folder: Path) -> None:
    """Raise where a file that a study would read is no plain file of its folder."""
    from obstacles.survey.studyfile.read import read_study_file
    from obstacles.web.workers import RefusedError

    settings = read_study_file(folder / "study.toml")
    names = [wave.file for wave in settings.wave]
    tables = (settings.groups.size, settings.capability and settings.capability.required_table)
    names += [table.file for table in tables if table]
    names += [
        *settings.weights.margins.values(),
        *([settings.obstacles.codebook] if settings.obstacles.codebook else []),
    ]
    home = os.path.realpath(folder)
    for name in names:
        path = os.path.realpath(os.path.join(folder, name))
        plain = os.path.isfile(path) or not os.path.lexists(os.path.join(folder, name))
        inside = os.path.commonpath([home, path]) == home and not os.path.isabs(name) and ".." not in name.split("/")
        if not (plain and inside) or os.path.islink(os.path.join(folder, name)):
            message = _(
                "on this page a study reads plain files of its own folder only; one that it names is no such file."
            )
            raise RefusedError([problem("E-FILE-01", message)])


def frame(place: Place) -> dict[str, Any]:
    """What stands round every screen: title, steps, and what is open."""
    from obstacles.survey.studyfile.open_marks import open_marks
    from obstacles.survey.studyfile.read import read_study_file
    from obstacles.web.work.marks import question_ids
    from obstacles.web.workers import RefusedError

    folder = StudyFolder(place.folder)
    text = folder.text
    found: dict[str, Any] = {"open": len(open_marks(text)), "title": _("A study"), "synthetic": False, "waves": []}
    found |= {
        "capability": False,
        "groups": [],
        "loads": False,
        "warnings": 0,
        "questions": len(question_ids(text)),
        "stops": 1,
        "models": False,
    }
    found |= {"answers": 0, "languages": ["en"]}
    try:
        settings = read_study_file(folder.study_file)
        found |= {"title": label(settings.study.title), "synthetic": settings.study.synthetic}
        found |= {"waves": [wave.id for wave in settings.wave], "capability": settings.capability is not None}
        found |= {"groups": list(dict.fromkeys(name for wave in settings.wave for name in wave.columns))}
        last = list(settings.wave[-1].columns)
        stated = settings.groups.report_by
        found |= {"report_by": stated if stated in last else (last or [""])[0]}
        found |= {"audience": settings.audience, "models": bool(settings.model)}
        found |= {"languages": list(settings.study.languages)}
        study = open_study(place)
    except SurveyError as error:
        return found | {"stops": len(error.problems)}
    except RefusedError as error:
        return found | {"stops": len(error.problems)}
    problems = [one for wave in study.waves for one in wave.receipt.problems]
    warnings = sum(one.severity == "warning" for one in problems)
    answers = sum(wave.receipt.analysed for wave in study.waves)
    return found | {"loads": True, "stops": 0, "warnings": warnings, "answers": answers}
