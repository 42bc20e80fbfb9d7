"""PrefLib files (.soc, .soi, .toc, .toi) as a table: a column of ranks per alternative, and "count".

A line is `count: 3,1,{2,4}`: alternatives by number from the first place on, tied ones in braces (Mattei and Walsh
2013). The format does not say whether an alternative that a line leaves out was ranked below or not offered: its cell
is blank, and the study file says what that means.
"""

from __future__ import annotations

import re
from pathlib import Path

from obstacles.survey.files.digest import Digest
from obstacles.survey.files.encoding import decode
from obstacles.survey.files.table import Table
from obstacles.survey.files.unpack import read_bytes
from obstacles.survey.problems import MOST_EXAMPLES, Problem, SurveyError, refusal
from obstacles.text.fold import normalise_name
from obstacles.text.language import _

SUFFIXES = (".soc", ".soi", ".toc", ".toi")
COUNT = "count"
MOST_CELLS = 10_000_000  # a column for each alternative, a row for each line
NAME = re.compile(r"#\s*ALTERNATIVE NAME (\d+)\s*:\s*(.*)", re.IGNORECASE)
LINE = re.compile(r"\s*(\d+)\s*:\s*(.*)")
BLOCK = re.compile(r"\{([^}]*)\}|([^,{}]+)")


def read_preflib(path: Path, *, file: str) -> Table:
    """The distinct rankings of a PrefLib file, every line a row.

    Raises
    ------
    SurveyError
        with every line that cannot be read.
    """
    import numpy as np
    import pyarrow as pa

    data = read_bytes(path, file)
    decoded = decode(data, file=file)
    lines = decoded.utf8[:].decode().splitlines()
    names = {int(match[1]): match[2].strip() for line in lines if (match := NAME.match(line))}
    place = {number: position for position, number in enumerate(names)}
    if len(names) * len(lines) > MOST_CELLS:
        message = _("laid out, the table would have {n} cells, nearly all of them blank. It was not read.")
        raise refusal("E-FILE-06", message.format(n=f"{len(names) * len(lines):,}"), file)
    rows: list[list[str]] = []
    at: list[int] = []
    wrong: list[int] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = _cells(line, place)
        if cells is None:
            wrong.append(number)
            continue
        rows.append(cells)
        at.append(number)
    if wrong or not rows or not names:
        message = (
            _("this is no line of a PrefLib file: count: 3,1,{2,4} with the numbers of alternatives named above.")
            if wrong
            else _("the file names no alternatives, or holds no ranking.")
        )
        rule = Problem("error", "E-PREF-01", message, file, tuple(wrong[:MOST_EXAMPLES]), count=max(len(wrong), 1))
        raise SurveyError([rule])
    header = (*(normalise_name(name) for name in names.values()), COUNT)
    columns = {
        place: pa.chunked_array([cells], pa.large_string()) for place, cells in enumerate(zip(*rows, strict=True))
    }
    numbers = np.array(at, np.int64)
    return Table(file, header, (header,), columns, numbers, decoded.encoding, ":", Digest(data), ())


def _cells(line: str, place: dict[int, int]) -> list[str] | None:
    """Ranks of all alternatives and the count, as text; None where the line is not of the format."""
    match = LINE.fullmatch(line)
    if match is None:
        return None
    cells = [""] * len(place) + [match[1]]
    rank = 1
    for block in BLOCK.finditer(match[2]):
        numbers = [part.strip() for part in (block[1] if block[1] is not None else block[2]).split(",")]
        for text in numbers:
            if not text.isdecimal() or int(text) not in place or cells[place[int(text)]]:
                return None
            cells[place[int(text)]] = str(rank)
        rank += len(numbers)
    return cells
