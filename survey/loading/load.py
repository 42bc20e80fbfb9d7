"""A study file and its data -> a `Study`: settings are read, each wave's file is opened once, and every problem of all
files is found before anything stops.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from obstacles.survey.files.paths import found_inside, inside
from obstacles.survey.loading.context import Context, fatal
from obstacles.survey.loading.margins import read_margins
from obstacles.survey.loading.register import register_problems
from obstacles.survey.loading.required_levels import read_required_levels
from obstacles.survey.loading.respondents import aliases_of
from obstacles.survey.loading.wave import load_wave
from obstacles.survey.loading.wave_consistency import across_waves
from obstacles.survey.problems import Problem, SurveyError
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Study, Wave
from obstacles.survey.studyfile.items import items_of
from obstacles.survey.studyfile.open_marks import marks_problem
from obstacles.survey.studyfile.read import read_study_file
from obstacles.text.language import Labels, _, commas, ngettext, using
from obstacles.text.language import language as language_in_use

LONGEST_LABEL = 200  # letters


def load_study(
    path: str | Path,
    *,
    data: str | Path | None = None,
    language: str | None = None,
    on_file: Callable[[Path], None] | None = None,
) -> Study:
    """Read a study file and the answers of all its waves.

    Parameters
    ----------
    path : str or Path
        Of the study file.
    data : str or Path, optional
        A folder in which the waves' files are looked for instead of beside the study file.
    language : str, optional
        Code of the language of problems and receipts, such as "zh"; the language in use by default.
    on_file : callable, optional
        Is given each wave's file before it is read, for those who wait.

    Returns
    -------
    Study
        Its items, settings and waves with their answers; `problems` and the receipts of the waves say what is doubtful,
        assumed or left out.

    Raises
    ------
    SurveyError
        With every problem of the study file (exit code 3), or of all data files (exit code 2; 3 where only a key of
        the study file is wanting).

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> [wave.id for wave in study.waves]
    ['2022', '2024']
    """
    path = Path(path)
    with using(language or language_in_use()):
        settings = read_study_file(path)
        return _load(path, Path(data) if data is not None else path.parent, settings, on_file)


def _load(path: Path, folder: Path, settings: StudySettings, on_file: Callable[[Path], None] | None) -> Study:
    context, problems = _context(path, folder, settings)
    waves: list[Wave] = []
    keys_at_fault = False
    for wave in settings.wave:
        file = inside(wave.file, folder)
        if on_file is not None and file is not None:
            on_file(file)
        try:
            waves.append(load_wave(context, wave))
        except SurveyError as error:
            keys_at_fault |= error.exit_code == 3
            problems += error.problems
    problems += across_waves(waves)
    if fatal(problems):
        raise SurveyError(dict.fromkeys(problems), exit_code=3 if keys_at_fault else 2)
    return Study(
        id=settings.study.id or _named(path),
        title=settings.study.title,
        items=tuple(item for item in context.items if item.kind is None),
        waves=tuple(waves),
        settings=settings,
        path=path,
        sha256=_digest(path, settings.obstacles.codebook, waves),
        problems=(
            *problems,
            *marks_problem(context.text, path.name),
            *_untranslated(path, settings),
            *_long_labels(path, settings),
            *register_problems(path, settings, waves),
        ),
        files=files_of(path, folder, settings),
    )


def _named(path: Path) -> str:
    """The id of a study that states none: the file's name, for study.toml that of its folder."""
    stem = path.stem if path.stem != "study" else path.resolve().parent.name
    return stem or "study"


def files_of(path: Path, folder: Path, settings: StudySettings) -> tuple[Path, ...]:
    """The study file and all that it names."""
    tables = [*settings.weights.margins.values()]
    tables += [one.file for one in (settings.groups.size,) if one is not None]
    if settings.capability is not None and settings.capability.required_table is not None:
        tables.append(settings.capability.required_table.file)
    codebook = [] if settings.obstacles.codebook is None else [path.parent / settings.obstacles.codebook]
    beside = [found_inside(name, (path.parent, folder)) for name in tables]
    return tuple(dict.fromkeys([path, *codebook, *beside, *(folder / wave.file for wave in settings.wave)]))


def _context(path: Path, folder: Path, settings: StudySettings) -> tuple[Context, list[Problem]]:
    margins = read_margins(settings, (path.parent, folder))
    required = read_required_levels(settings, (path.parent, folder))
    text = path.read_text(encoding="utf-8-sig")
    context = Context(path, folder, text, settings, items_of(settings), aliases_of(settings), margins, required)
    return context, [*margins.problems, *required.problems]


def _digest(path: Path, codebook: str | None, waves: Sequence[Wave]) -> str:
    """One hash over the study file, its codebook and the data files."""
    total = hashlib.sha256(path.read_bytes())
    if codebook is not None:
        total.update((path.parent / codebook).read_bytes())
    for wave in waves:
        total.update(wave.receipt.sha256.encode())
    return total.hexdigest()


def _untranslated(path: Path, settings: StudySettings) -> tuple[Problem, ...]:
    """Labels that lack a language of the study fall back to another one."""
    problems = []
    for language in settings.study.languages:
        lacking = [item.id for item in settings.obstacles.item if item.label and language not in item.label]
        if lacking:
            message = _('no label in "{language}" for {items}: another language is shown.')
            text = message.format(language=language, items=commas(lacking[:5]) + (" ..." if lacking[5:] else ""))
            problems.append(Problem("info", "I-LANG-01", text, file=path.name, count=len(lacking)))
    return tuple(problems)


def _long_labels(path: Path, settings: StudySettings) -> tuple[Problem, ...]:
    """Labels too long for a chart, whose items have no short one."""
    long = [item.id for item in settings.obstacles.item if not item.short and _longest(item.label) > LONGEST_LABEL]
    if not long:
        return ()
    message = ngettext(
        "the label of {items} is longer than {n} letters: charts show its first words. Add short.",
        "the labels of {items} are longer than {n} letters: charts show their first words. Add short to them.",
        len(long),
    )
    text = message.format(items=commas(long[:5]) + (" ..." if len(long) > 5 else ""), n=LONGEST_LABEL)
    return (Problem("warning", "W-ITEM-03", text, file=path.name, count=len(long)),)


def _longest(label: Labels) -> int:
    return max(map(len, label.values()), default=0)
