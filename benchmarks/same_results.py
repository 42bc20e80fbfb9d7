"""Do two versions of the program give the same results? Every output of one is held against that of the other.

    python -m benchmarks.same_results BEFORE AFTER               about half an hour a version on two quiet cores
    python -m benchmarks.same_results BEFORE AFTER --quick       JSON, CSV and `check`, no reports: ten minutes
    python -m benchmarks.same_results BEFORE AFTER --only rse    studies whose name holds this

BEFORE and AFTER are the `obstacles` of two environments. The studies are the examples of BEFORE, and what BEFORE's
`init` writes for every file of the data folder; both versions read the same study files, so that another text of one
is one difference. Every command runs in English and in Chinese, in a fresh copy of the study at a path that is the same
for both. What BEFORE gave is kept in DIR/before until its code, examples or libraries change (the data are taken to
stay as they are); what AFTER gave last is in DIR/after. One run at a time may use a DIR.

Output, messages, exit codes and written files are compared byte by byte. Where bytes differ, texts are compared (the
words of a PDF, the parts of a Word document or workbook), without the paths of the checkouts, the version numbers that
`doctor` prints and, in the manifest of gap reports, hashes of templates and files. The same text in other bytes is a
difference as well, unless versions differ. Exit code 1 where anything differs.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data"
TABLES = {".csv", ".tsv", ".txt", ".sav", ".xlsx", ".zip", ".lss", ".qsf"}
QUICK = ("rank --json", "rank --csv", "check", "compare --json", "gaps --json", "regress --json")
WORDS = ("rank", "compare", "gaps", "regress")
REPORTS = tuple(
    f"report --kind {kind} --format {forms} -o out"
    for kind in ("research", "change", "gap --jobs 1")
    for forms in ("html,json,csv,docx,xlsx", "pdf")
)
ROOMS = ("survey", "analysis", "reports", "obstacles", "examples")
HERE = "import obstacles; print(obstacles.__file__)"
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "COLUMNS": "100", "OMP_NUM_THREADS": "1"}
ENVIRONMENT |= {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
PROCESSES, LINES, WIDTH = 2, 12, 160  # commands at once; lines of a difference that are shown, and their letters
HASH = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Program:
    """One version: its `obstacles` and where its outputs are kept."""

    binary: Path
    kept: Path

    @cached_property
    def folders(self) -> tuple[Path, Path]:
        """The checkout, and its examples."""
        python = [str(self.binary.parent / "python"), "-I", "-c", HERE]
        package = Path(subprocess.run(python, capture_output=True, text=True, check=True).stdout.strip()).parent
        inside = package / "examples"
        return package.parent, inside if inside.is_dir() else package.parent / "examples"

    @cached_property
    def versions(self) -> dict[str, str]:
        """Of itself and of what it stands on, as `doctor` prints them."""
        printed = subprocess.run([self.binary, "doctor"], env=ENVIRONMENT, capture_output=True, text=True).stdout
        found = {name.lower(): number for name, number in re.findall(r"^(\S+) +(\d\S*)$", printed, re.MULTILINE)}
        return {**found, "obstacles": found["obstacle-ranking"]}

    def state(self) -> str:
        """What decides its outputs: code, texts, examples, libraries."""
        found = sha256(f"{self.folders}{self.versions}".encode())
        for path in sorted(path for room in ROOMS for path in (self.folders[0] / room).rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".lock"):
                found.update(str(path).encode() + path.read_bytes())
        return found.hexdigest()

    def changed(self) -> bool:
        """Whether what is kept is of another state."""
        noted = self.kept / "state"
        return noted.exists() and noted.read_text() != self.state()

    def forget(self) -> bool:
        """Remove what another state gave, if there is any."""
        old = self.changed()
        if old:
            shutil.rmtree(self.kept)
        self.kept.mkdir(parents=True, exist_ok=True)
        (self.kept / "state").write_text(self.state())
        return old


@dataclass(frozen=True)
class Task:
    """One command; `files` is the folder of the study, which is copied first."""

    name: str  # folder of its outputs
    words: tuple[str, ...]
    files: Path | None = None

    def run(self, program: Program, *, again: bool) -> None:
        """Run the command and keep what it printed, said and wrote (out/, and a lock beside the study)."""
        kept, work = program.kept / self.name, program.kept.parent / "work" / self.name
        said, line = kept / "said.txt", shlex.join(self.words)
        if not again and said.exists() and said.read_text(encoding="utf-8").partition("\n")[0] == line:
            return
        for old in (kept, work):
            shutil.rmtree(old, ignore_errors=True)
        if self.files is not None:
            shutil.copytree(self.files, work, ignore=shutil.ignore_patterns("out", "*.lock"))
        (work / "out").mkdir(parents=True)
        done = subprocess.run([program.binary, *self.words], cwd=work, env=ENVIRONMENT, capture_output=True)
        for lock in work.glob("*.lock"):
            lock.rename(work / "out" / lock.name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(work / "out", kept)
        (kept / "stdout.txt").write_bytes(done.stdout)
        said.write_bytes(f"{line}\nexit code {done.returncode}\n".encode() + done.stderr)
        shutil.rmtree(work)


@dataclass(frozen=True)
class Case:
    """One study: of an example, or the files of which `init` makes one."""

    name: str
    study: Path
    data: Path | None = None
    exports: tuple[Path, ...] = ()

    def init(self) -> list[Task]:
        typed = ("init", *map(str, self.exports), "-o", "out/study.toml")
        return [Task(f"{self.name}/{code}/init", ("--language", code, *typed)) for code in ("en", "zh") if self.exports]

    def tasks(self, *, quick: bool) -> Iterator[Task]:
        if not self.study.exists():  # init made none
            return
        groups = tomllib.loads(self.study.read_text(encoding="utf-8"))["wave"][-1].get("columns", {})
        by = [f"compare --json --by {shlex.quote(name)}" for name in list(groups)[:1]]
        where = [self.study.name, *(("--data", str(self.data)) if self.data else ())]
        for code in ("en", "zh"):
            for line in (*QUICK, *by, *(() if quick else (*WORDS, *REPORTS))):
                command, *options = shlex.split(line)
                options += ["--language", code] if command == "report" else []
                folder = f"{self.name}/{code}/{re.sub(r'[^a-z0-9]+', '-', line.removesuffix(' -o out'))}"
                yield Task(folder, ("--language", code, command, *where, *options), self.study.parent)


def cases(before: Program, data: Path) -> Iterator[Case]:
    """The examples whose data are there, then what lies in the data folder; files named by years are waves of one."""
    home = before.folders[1]
    for study in sorted(home.rglob("*.toml")):
        name = study.relative_to(home).with_suffix("").as_posix()
        files = {wave["file"] for wave in tomllib.loads(study.read_text(encoding="utf-8"))["wave"]}
        beside = [study.parent, *(path.parent for path in sorted(data.rglob(min(files))))]
        where = next((folder for folder in beside if all((folder / file).exists() for file in files)), None)
        if where is None:
            print(f"{name}: left out, its data are not in {data}")
        else:
            yield Case(name, study, None if where == study.parent else where)
    for path in sorted(path for path in data.rglob("*") if path.suffix in TABLES):
        waves = [other for other in sorted(path.parent.glob(f"*{path.suffix}")) if other.stem.isdigit()]
        if path in waves[1:]:
            continue
        name = f"init/{path.relative_to(data).as_posix()}"
        exports = tuple(waves) if path in waves else (path,)
        yield Case(name, before.kept / name / "en/init/study.toml", path.parent, exports)


def text_of(path: Path, program: Program) -> str:
    """A file as text, without what differs by itself."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    elif path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            text = "\n".join(f"{name}\n{parts.read(name).decode(errors='replace')}" for name in parts.namelist())
    else:
        text = content.decode(errors="replace")
    text = text.replace(str(program.folders[0]), "CHECKOUT")
    for name, number in program.versions.items():
        text = re.sub(rf"\b({name})(\W+){re.escape(number)}(?![\w.])", r"\1\2VERSION", text)
    return HASH.sub("HASH", text) if path.name == "manifest.json" else text


def difference(name: str, before: Program, after: Program) -> str | None:
    """What differs between two files, shortened; "" where only what was put away does, None where nothing does."""
    old, new = before.kept / name, after.kept / name
    for path, other in ((old, "AFTER"), (new, "BEFORE")):
        if not path.exists():
            return f"  only {other} has it"
    if old.read_bytes() == new.read_bytes():
        return None
    texts = [text_of(old, before), text_of(new, after)]
    if texts[0] == texts[1]:
        other_bytes = old.suffix in (".pdf", ".docx", ".xlsx") and before.versions == after.versions
        return "  the same text, other bytes" if other_bytes else ""
    parts = [list(_pieces(text)) for text in texts]
    lines = list(unified_diff(parts[0], parts[1], n=0, lineterm=""))[2:]
    more = [f"... {len(lines) - LINES} lines more"] if len(lines) > LINES else []
    return "\n".join(f"  {line}" for line in (*lines[:LINES], *more)) or "  white space"


def _pieces(text: str) -> Iterator[str]:
    """Lines that are short enough to be read; elements of a page on lines of their own."""
    for line in text.replace("><", ">\n<").splitlines():
        yield from (line[start : start + WIDTH] for start in range(0, len(line), WIDTH))


def compared(task: Task, before: Program, after: Program, counts: Counter[str]) -> None:
    """Print what differs in the outputs of one command, and count."""
    sides = [program.kept / task.name for program in (before, after)]
    files = sorted({path.relative_to(side).as_posix() for side in sides for path in side.rglob("*") if path.is_file()})
    found = {file: difference(f"{task.name}/{file}", before, after) for file in files}
    refused = all("\nexit code 0\n" not in (side / "said.txt").read_text(encoding="utf-8") for side in sides)
    counts += Counter(commands=1, outputs=len(found), put_away=sum(text == "" for text in found.values()))
    counts["refused alike"] += refused and not any(found.values())
    for file, text in found.items():
        if text:
            counts["different"] += 1
            print(f"DIFFERENT {task.name}/{file}\n{text}", flush=True)


def hold(tasks: list[Task], before: Program, after: Program, counts: Counter[str]) -> None:
    """Run commands by both versions, where BEFORE's outputs are not kept yet, and compare."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        for program in (before, after):
            list(pool.map(partial(Task.run, program=program, again=program is after), tasks))
    for task in tasks:
        compared(task, before, after, counts)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Within the block no other run uses the folder; SystemExit where one does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"another run uses {folder}: copy its folder `before` to another one and name that by -o")
        yield


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_results", description=__doc__)
    parser.add_argument("before", type=Path, metavar="BEFORE", help="the `obstacles` of the version to hold against")
    parser.add_argument("after", type=Path, metavar="AFTER", help="the `obstacles` of the other version")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the data of others")
    parser.add_argument("--only", default="", metavar="NAME", help="studies whose name holds this")
    parser.add_argument("--quick", action="store_true", help="JSON, CSV and check only, no reports")
    parser.add_argument("-o", "--output", type=Path, default=Path(tempfile.gettempdir()) / "same", metavar="DIR")
    typed = parser.parse_args()
    with alone(typed.output):
        different = report(typed)
    sys.exit(different)


def report(typed: argparse.Namespace) -> bool:
    """Run, compare, print; whether anything differs."""
    before, after = (
        Program(binary.absolute(), typed.output.resolve() / side)
        for binary, side in ((typed.before, "before"), (typed.after, "after"))
    )
    if before.forget():
        print(f"{before.kept}: made anew, as BEFORE is no longer what it was")
    after.forget()
    counts: Counter[str] = Counter()
    for case in cases(before, typed.data.resolve()):
        if typed.only in case.name:
            done = counts.copy()
            hold(case.init(), before, after, counts)
            hold(list(case.tasks(quick=typed.quick)), before, after, counts)
            new = counts - done
            outputs = f"{new['outputs']} outputs of {new['commands']} commands"
            print(f"{case.name}: {outputs}, {new['different']} differ", flush=True)
            counts["studies"] += 1
    for program in (before, after):
        if program.changed():
            print(f"{program.folders[0]} was changed during the run: its outputs may be of either state")
    print(
        f"{counts['outputs']:,} outputs of {counts['commands']:,} commands on {counts['studies']} studies or exports: "
        f"{counts['different']} differ. Refused by both alike: {counts['refused alike']:,} commands. Put away before "
        "texts were compared: paths of the checkouts, versions of programs, hashes in the manifest of gap reports "
        f"(alike only so: {counts['put_away']})."
    )
    return counts["different"] > 0


if __name__ == "__main__":
    main()
