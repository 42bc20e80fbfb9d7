"""Printed tables, study files and a crosswalk -> every survey with its items' categories, and all problems at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from obstacles.survey.answers import Published, Rankings
from obstacles.survey.evidence.crosswalk import Crosswalk, Key, Place, read_crosswalk
from obstacles.survey.evidence.printed import PrintedItem, PrintedSurvey, read_printed
from obstacles.survey.evidence.sought import SOUGHT, Sought, read_sought
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.study import Study, Wave
from obstacles.text.fold import fold
from obstacles.text.language import _, in_quotes, label, quoted_names

CROSSWALK = "crosswalk.csv"  # beside the first file, where none is named
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class StudyWave:
    """One wave of a raw study, with a category for each item."""

    study: Study
    wave: Wave
    population: str
    year: int | None

    @property
    def survey(self) -> str:
        return self.study.id


@dataclass(frozen=True)
class EvidenceSurvey:
    """One survey: its figures or answers, its series, and where each of its items belongs."""

    survey: PrintedSurvey | StudyWave
    series: str
    places: tuple[Place, ...]  # of its items, in their order


@dataclass(frozen=True)
class EvidenceFiles:
    """What was read: surveys in the order of the files."""

    surveys: tuple[EvidenceSurvey, ...]
    crosswalk: Crosswalk
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]  # warnings and notes
    sought: tuple[Sought, ...] = ()  # surveys that were looked for and are not here


def load_evidence(
    paths: Sequence[str | Path], *, crosswalk: str | Path | None = None, data: str | Path | None = None
) -> EvidenceFiles:
    """Read surveys and give each item its category.

    Parameters
    ----------
    paths : sequence of str or Path
        Printed tables (CSV, TSV, Excel), study files (.toml), or folders that hold a study.toml or a surveys.csv.
    crosswalk : str or Path, optional
        The crosswalk file; "crosswalk.csv" beside the first file when omitted. Items of a study without a row in it
        keep the category of the study file.
    data : str or Path, optional
        A folder in which the waves' files of a study are looked for where they are not beside it.

    Returns
    -------
    EvidenceFiles
        The surveys in the order of the files; of "sought.csv" beside the first file those that were looked for in
        vain. Titles of studies are in the language in use.

    Raises
    ------
    SurveyError
        With every problem of all files.

    Examples
    --------
    >>> import obstacles as ob
    >>> files = ob.load_evidence(["examples/skills-first", "examples/eurostat-ai"])
    >>> len(files.surveys)
    40
    """
    files = [_file_of(Path(path)) for path in paths]
    inputs = list(files)
    guide = Path(crosswalk) if crosswalk is not None else files[0].parent / CROSSWALK
    problems: list[Problem] = []
    walk = Crosswalk({})
    if crosswalk is not None or guide.is_file():
        try:
            walk, told = read_crosswalk(guide)
            problems += told
        except SurveyError as error:
            problems += error.problems
    elif any(file.suffix.lower() != ".toml" for file in files):
        message = _("there is no crosswalk {file}: it gives each printed item its category. Name one by --crosswalk.")
        problems.append(Problem("error", "E-EVI-12", message.format(file=guide.name)))
    guided = not any(problem.severity == "error" for problem in problems)  # else every item would seem to be missing
    surveys: list[PrintedSurvey | StudyWave] = []
    exit_code = 2
    for file in files:
        try:
            read, told, own = _read(file, walk, data)
        except SurveyError as error:
            problems += error.problems
            exit_code = max(exit_code, error.exit_code)
            continue
        surveys += read
        problems += told
        inputs += own
    sought: tuple[Sought, ...] = ()
    if (listed := files[0].parent / SOUGHT).is_file():
        inputs.append(listed)
        try:
            sought = read_sought(listed)
        except SurveyError as error:
            problems += error.problems
    placed: list[EvidenceSurvey] = []
    used: set[Key] = set()
    if guided:
        for survey in surveys:
            found, told, keys = _placed(survey, walk)
            placed += [found] if found is not None else []
            problems += told
            used |= keys
    problems += _twice(surveys)
    if not any(problem.severity in ("error", "ask") for problem in problems):
        problems += _left_over(walk, used)
    if any(problem.severity in ("error", "ask") for problem in problems):
        raise SurveyError(problems, exit_code=exit_code)
    return EvidenceFiles(tuple(placed), walk, (*inputs, guide), tuple(problems), sought)


def _file_of(path: Path) -> Path:
    """A folder stands for the study or the printed table in it."""
    inside = (path / name for name in ("study.toml", "surveys.csv"))
    return next((file for file in inside if path.is_dir() and file.is_file()), path)


def _read(
    file: Path, walk: Crosswalk, data: str | Path | None
) -> tuple[Sequence[PrintedSurvey | StudyWave], list[Problem], Sequence[Path]]:
    """The surveys of a file, what is wrong with it, and the files that it is read from beside itself."""
    if file.suffix.lower() != ".toml":
        return *read_printed(file), ()
    study = _load_study(file, data)
    problems = [problem for problem in study.problems if problem.severity == "warning"]
    surveys: list[PrintedSurvey | StudyWave] = []
    for wave in study.waves:
        problems += [problem for problem in wave.receipt.problems if problem.severity == "warning"]
        population = walk.population_of(study.id, wave.id) or "other"
        year = _year(wave)
        if isinstance(wave.answers, Published):
            surveys.append(_as_printed(study, wave, wave.answers, population, year, file))
        elif isinstance(wave.answers, Rankings) and wave.items:
            surveys.append(StudyWave(study, wave, population, year))
        else:
            message = _("wave {wave} holds no selections or rankings: no share of respondents names its items.")
            text = message.format(wave=wave.id)
            problems.append(Problem("error", "E-EVI-13", text, file=file.name))
    return surveys, problems, study.files


def _load_study(file: Path, data: str | Path | None) -> Study:
    """A study with its files beside it, else in the folder of data."""
    if data is None:
        return load_study(file)
    try:
        return load_study(file)
    except SurveyError:
        return load_study(file, data=data)


def _year(wave: Wave) -> int | None:
    if wave.fieldwork is not None:
        return wave.fieldwork[1].year
    written = YEAR.search(wave.id)
    return int(written.group()) if written else None


def _as_printed(
    study: Study, wave: Wave, answers: Published, population: str, year: int | None, file: Path
) -> PrintedSurvey:
    """A wave of published percentages; weighted without a design effect is as good as without n."""
    n = answers.n if answers.n is not None and not (answers.weighted and answers.design_effect is None) else None
    shares = [(item, float(share) * 100) for item, share in zip(answers.items, answers.share, strict=True)]
    items = tuple(
        PrintedItem(item.id, round(share, 6), 0.5 * 10.0 ** -_decimals(share), category=item.category or "")
        for item, share in shares
        if not np.isnan(share)
    )
    return PrintedSurvey(
        survey=study.id,
        year=year,
        population=population,
        kind="select-all" if answers.several_answers else "top-1",
        unit="percent",
        items=items,
        n=None if n is None else n / (answers.design_effect or 1.0),
        whole=True,
        sponsor=label(study.settings.study.sponsor),
        source=label(study.settings.study.source),
        title=label(study.title),
        file=file.name,
    )


def _decimals(share: float) -> int:
    return next((digits for digits in range(5) if abs(share - round(share, digits)) < 1e-9), 5)


def _placed(
    survey: PrintedSurvey | StudyWave, walk: Crosswalk
) -> tuple[EvidenceSurvey | None, list[Problem], set[Key]]:
    """A survey with its items' places; an item without one is a problem."""
    year = survey.wave.id if isinstance(survey, StudyWave) else str(survey.year or "")
    if isinstance(survey, StudyWave):
        names = [(item.id, 0) for item in survey.wave.items]
        own = {item.id: fold(item.category or "") for item in survey.wave.items}
    else:
        names = [(item.text, item.row) for item in survey.items]
        own = {item.text: fold(item.category) for item in survey.items}
    places: list[Place] = []
    missing: list[tuple[str, int]] = []
    keys: set[Key] = set()
    for text, row in names:
        key = walk.key(survey.survey, year, text)
        if key is not None:
            keys.add(key)
            places.append(walk.places[key])
        elif own.get(text):
            places.append(Place(own[text], own[text]))
        else:
            missing.append((text, row))
    if missing:
        message = _("the crosswalk has no row for these items of {survey}: {items}. Add them to it.")
        text = message.format(
            survey=_called(survey.survey, year), items=quoted_names(text for text, _row in missing[:8])
        )
        rows = tuple(row for _text, row in missing if row)[:5]
        file = survey.file if isinstance(survey, PrintedSurvey) else survey.study.path.name
        column = "item" if rows else None
        problem = Problem("error", "E-EVI-14", text, file=file, rows=rows, column=column, count=len(missing))
        return None, [problem], keys
    return EvidenceSurvey(survey, walk.series_of(survey.survey, year), tuple(places)), [], keys


def _called(survey: str, year: str) -> str:
    """A survey in a message, with its year where one is known."""
    return f"{in_quotes(survey)} {year}" if year else in_quotes(survey)


def _left_over(walk: Crosswalk, used: set[Key]) -> list[Problem]:
    """Rows of the crosswalk that speak of a survey that was read, and of no item of it."""
    read = {key[0] for key in used}
    unused = [(key, place) for key, place in walk.places.items() if key not in used and key[0] in read]
    if not unused:
        return []
    message = _("these rows of the crosswalk match no item of the surveys that were read: {items}.")
    text = message.format(items=quoted_names(key[2] for key, _place in unused[:5]))
    rows = tuple(place.row for _key, place in unused[:5])
    return [Problem("warning", "W-EVI-02", text, file=walk.file, rows=rows, column="item", count=len(unused))]


def _twice(surveys: Sequence[PrintedSurvey | StudyWave]) -> list[Problem]:
    """A survey and year that is there twice would vote twice."""
    seen: set[tuple[str, str]] = set()
    problems = []
    for survey in surveys:
        when = survey.wave.id if isinstance(survey, StudyWave) else str(survey.year or "")
        key = (fold(survey.survey), when)
        if key in seen:
            message = _("{survey} is there twice: keep one of its files, or write its name alike in all rows.").format(
                survey=_called(survey.survey, when)
            )
            problems.append(Problem("error", "E-EVI-15", message))
        seen.add(key)
    return problems
