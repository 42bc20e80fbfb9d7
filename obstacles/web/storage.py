"""The work folder: studies as folders of plain files, with their history. One class a level, so that a server with
accounts can put a folder of its own under each user.

A file is never half there (written beside, synced, renamed); folders are 0700, files 0600; ids are made here and looked
up, never joined to a path before they match.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
STUDY_ID = re.compile(rf"[{LETTERS}]{{10}}")
MOST_STUDIES, MOST_BYTES, MOST_VERSIONS = 50, 5 * 1024**3, 50
HR, RESEARCHER = "hr", "researcher"


class FullError(Exception):
    """The work folder holds as much as it may."""


def code(n: int) -> str:
    """Random letters for an address."""
    return "".join(secrets.choice(LETTERS) for _each in range(n))


def put(path: Path, content: bytes) -> None:
    """Write a file so that nobody sees half of it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


@dataclass(frozen=True)
class StudyFolder:
    """One study on the disk."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name.removeprefix("st_")

    @property
    def study_file(self) -> Path:
        return self.folder / "study.toml"

    @property
    def meta(self) -> dict[str, Any]:
        """Who looks, whether it is kept, and what the client called its files."""
        try:
            found = json.loads((self.folder / "meta.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        return {"kept": True, "mode": HR, "names": {}, "reports": {}, **(found if isinstance(found, dict) else {})}

    def note(self, **changed: Any) -> None:
        """Change what `meta` says."""
        put(self.folder / "meta.json", json.dumps(self.meta | changed, ensure_ascii=False, indent=1).encode())

    @property
    def text(self) -> str:
        """The study file; nothing where there is none yet."""
        try:
            return self.study_file.read_bytes().decode("utf-8-sig", errors="replace")
        except FileNotFoundError:
            return ""

    @property
    def was(self) -> str:
        """What a form carries, so that an answer to an older study file is noticed."""
        try:
            return sha256(self.study_file.read_bytes()).hexdigest()[:12]
        except OSError:
            return ""

    @property
    def digest(self) -> str:
        """Changes with the study file and every file of answers beside it."""
        whole = sha256(self.was.encode())
        for path in sorted((*self.folder.glob("*"), *self.folder.glob("data/*"))):
            if path.is_file() and path.name != "meta.json" and not path.name.startswith("."):
                state = path.stat()
                whole.update(f"{path.name}/{state.st_size}/{state.st_mtime_ns}".encode())
        return whole.hexdigest()[:16]

    # ---------- versions ------------------------------------------------------------------------------------------

    @property
    def _versions(self) -> list[Path]:
        return sorted((self.folder / "history").glob("[0-9][0-9][0-9][0-9][0-9].toml"))

    def _place(self) -> int:
        """The version that the study file is at, from 0; -1 before the first."""
        try:
            return int((self.folder / "history" / "at").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return len(self._versions) - 1

    def write(self, text: str) -> None:
        """Replace the study file; the text before stays in the history, and what was undone is given up."""
        history = self.folder / "history"
        history.mkdir(mode=0o700, exist_ok=True)
        versions, at = self._versions, self._place()
        before = self.text if self.study_file.exists() else None
        for path in versions[at + 1 :]:
            path.unlink()
        last = versions[at].read_bytes() if versions else None
        number = int(versions[at].stem) + 1 if versions else 0
        for content in (before, text):
            if content is not None and content.encode() != last:
                last = content.encode()
                put(history / f"{number:05}.toml", last)
                number += 1
        for path in self._versions[:-MOST_VERSIONS]:
            path.unlink()
        put(history / "at", str(len(self._versions) - 1).encode())
        put(self.study_file, text.encode())

    def step(self, by: int) -> bool:
        """Undo (-1) or redo (+1); whether there was something."""
        versions, at = self._versions, self._place()
        if by < 0 and self._edited_elsewhere:  # that is a version, too
            self.write(self.text)
            versions, at = self._versions, self._place()
        if not 0 <= at + by < len(versions):
            return False
        put(self.study_file, versions[at + by].read_bytes())
        put(self.folder / "history" / "at", str(at + by).encode())
        return True

    @property
    def _edited_elsewhere(self) -> bool:
        text = self.version(self._place())
        return text is not None and text != self.text

    def target(self, by: int) -> str | None:
        """The text that a step would bring; None where there is none."""
        return self.version(self._place() + by + (by < 0 and self._edited_elsewhere))

    @property
    def can_undo(self) -> bool:
        return self._place() > 0 or self._edited_elsewhere

    @property
    def can_redo(self) -> bool:
        return self._place() + 1 < len(self._versions)

    def version(self, number: int) -> str | None:
        """An earlier text; None where there is none."""
        versions = self._versions
        return versions[number].read_text(encoding="utf-8") if 0 <= number < len(versions) else None

    @property
    def versions(self) -> tuple[int, int]:
        """How many there are, and which one the study file is at."""
        return len(self._versions), self._place()

    # ---------- reports -------------------------------------------------------------------------------------------

    def report(self, run: str, name: str) -> Path | None:
        """A file that was made, by names that were written down when it was."""
        made = self.meta["reports"].get(run)
        if not isinstance(made, dict) or name not in made.get("files", ()):
            return None
        path = self.folder / "reports" / run / name
        return path if path.is_file() and not path.is_symlink() else None


@dataclass
class Workspace:
    """The folder of all studies."""

    folder: Path
    prefix: str = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and self.folder.stat().st_uid == os.getuid():
            self.folder.chmod(0o700)
        stated = self.folder / "prefix"
        found = stated.read_text(encoding="ascii", errors="replace").strip() if stated.is_file() else ""
        if not re.fullmatch(rf"[{LETTERS}]{{12}}", found):
            found = code(12)
            put(stated, found.encode())
        self.prefix = found

    def studies(self) -> list[StudyFolder]:
        """All studies, the one that changed last first."""
        found = [path for path in self.folder.glob("st_*") if path.is_dir() and not path.is_symlink()]
        found = [path for path in found if STUDY_ID.fullmatch(path.name[3:])]
        return [StudyFolder(path) for path in sorted(found, key=_changed, reverse=True)]

    def study(self, id: str) -> StudyFolder | None:
        """The study of an id; None where there is none, or where it is no id."""
        if not STUDY_ID.fullmatch(id):
            return None
        path = self.folder / f"st_{id}"
        return StudyFolder(path) if path.is_dir() and not path.is_symlink() else None

    def new(self, **meta: Any) -> StudyFolder:
        """A new folder for a study.

        Raises
        ------
        FullError
            where there are as many studies, or bytes, as there may be.
        """
        if len(self.studies()) >= MOST_STUDIES or self.size() > MOST_BYTES:
            raise FullError
        made = StudyFolder(self.folder / f"st_{code(10)}")
        made.folder.mkdir(mode=0o700)
        (made.folder / "data").mkdir(mode=0o700)
        made.note(**meta)
        return made

    def delete(self, study: StudyFolder) -> None:
        """Remove a study and all that it holds."""
        shutil.rmtree(study.folder, ignore_errors=True)

    def clear(self) -> None:
        """Remove what was not to be kept, and parts of files."""
        for study in self.studies():
            if not study.meta["kept"]:
                self.delete(study)
        for part in self.folder.rglob(".*.????????"):
            with suppress(OSError):
                part.unlink()

    def size(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())


def _changed(path: Path) -> float:
    try:
        return (path / "study.toml").stat().st_mtime
    except OSError:
        return 0.0


def default_folder() -> Path:
    """The user's data folder, by each system's rules."""
    home = Path.home()
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif os.uname().sysname == "Darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "obstacles"
