"""What was published of a study: the thresholds of its privacy rules and the hashes of its data files.

Two batches of reports by different rules, or of data that changed in between, can be held against each other: their
difference may be one person's answers. The lock is JSON beside the study file, written when group reports are made
(`reports.writers.batch`); it is meant to be kept with the study, and to be deleted by somebody who wants to begin anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from obstacles.survey.problems import Problem, refusal
from obstacles.survey.settings import StudySettings
from obstacles.survey.study import Study, Wave
from obstacles.text.language import _, commas

RULES = ("min_group", "complementary", "cap_extremes", "merge_small_into")  # of [privacy]
CHANGED, OTHER_RULES, LOOSER_RULES, DAMAGED = "W-LOCK-01", "W-LOCK-02", "E-LOCK-01", "W-LOCK-03"


@dataclass(frozen=True)
class Lock:
    """One study's last publication."""

    rules: dict[str, bool | int | str | None]  # name of RULES -> value
    data: dict[str, str]  # file -> SHA-256


def lock_path(study: Path) -> Path:
    """The lock file of a study file: study.toml -> study.lock."""
    return study.with_suffix(".lock")


def lock_of(settings: StudySettings, waves: Sequence[Wave]) -> Lock:
    """The lock that a publication now would write."""
    rules = {name: getattr(settings.privacy, name) for name in RULES}
    return Lock(rules, {wave.receipt.file: wave.receipt.sha256 for wave in waves})


def lock_text(lock: Lock) -> str:
    """The lock as JSON, files in the order of their names."""
    record = {"schema": 1, "privacy": lock.rules, "data": dict(sorted(lock.data.items()))}
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def read_lock(path: Path) -> Lock | None:
    """The lock; None where there is none. Raises ValueError for a file that is no lock."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None
    rules, data = (record.get("privacy"), record.get("data")) if isinstance(record, dict) else (None, None)
    if not isinstance(rules, dict) or not isinstance(data, dict):
        raise ValueError(_("it has no privacy and no data"))
    return Lock({str(name): value for name, value in rules.items()}, {str(k): str(v) for k, v in data.items()})


def lock_problems(path: Path, settings: StudySettings, waves: Sequence[Wave]) -> list[Problem]:
    """What changed since the last publication; `path` is the study file."""
    file = lock_path(path)
    try:
        lock = read_lock(file)
    except ValueError as error:
        message = _("this lock file cannot be read ({reason}): nobody can tell what was published. Restore it.")
        return [Problem("warning", DAMAGED, message.format(reason=error), file=file.name)]
    if lock is None:
        return []
    found, now = [], lock_of(settings, waves)
    for name, sha256 in now.data.items():
        if lock.data.get(name, sha256) != sha256:
            message = _(
                "the file changed since reports of groups were made of it: held against the old ones, new reports can "
                "tell what was added or taken away. Use the old file, or make sure that the old reports are gone."
            )
            found.append(Problem("warning", CHANGED, message, file=name))
    changed = _changed(lock, now)
    if changed:
        message = _("reports of groups were made with other rules of [privacy]: {changes}.")
        found.append(Problem("warning", OTHER_RULES, message.format(changes=commas(changed)), file=path.name))
    return found


def refuse_looser(study: Study) -> None:
    """Raise a SurveyError (exit code 3) where new reports of groups would show what published ones hide."""
    try:
        lock = read_lock(lock_path(study.path))
    except ValueError:
        return
    if lock is None or not _looser(lock, study.settings):
        return
    message = _(
        "reports of groups were published with stricter rules ({changes}): held against them, these would tell what is "
        "hidden there. Restore the rules, or withdraw the reports and delete {lock}."
    )
    changes = commas(_changed(lock, lock_of(study.settings, study.waves)))
    text = message.format(changes=changes, lock=lock_path(study.path).name)
    raise refusal(LOOSER_RULES, text, study.path.name, exit_code=3)


def _changed(before: Lock, now: Lock) -> list[str]:
    """ "min_group 10, now 5"."""
    return [
        _("{rule} {before}, now {now}").format(rule=name, before=_said(before.rules[name]), now=_said(value))
        for name, value in now.rules.items()
        if name in before.rules and before.rules[name] != value
    ]


def _said(value: object) -> str:
    return _("none") if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _looser(lock: Lock, settings: StudySettings) -> bool:
    """Whether smaller groups are shown than before, or protection was switched off."""
    privacy = settings.privacy
    smallest = lock.rules.get("min_group")
    off = [name for name in ("complementary", "cap_extremes") if lock.rules.get(name) and not getattr(privacy, name)]
    return bool(off) or (isinstance(smallest, int) and privacy.min_group < smallest)
