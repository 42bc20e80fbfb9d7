"""Exports of survey tools whose true ranking is known: what was answered, and how a tool writes it down.

An export is labelled before `init` sees it: `doubt` names the keys of the study file that its cells leave open, so that
a person has to be asked; it is empty where nothing is open.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exports import files, words

Rows = list[list[Any]]


@dataclass
class Export:
    """One file of answers."""

    kind: str  # what was asked: a key of KINDS
    style: str  # how it is written
    language: str
    form: str  # in which it is to be read
    truth: Rows  # (n, m) numbers: ranks (0 = none), marks, or levels; columns in the order of `items`
    items: tuple[str, ...]
    header: list[list[str]]
    rows: Rows
    direction: str | None = None
    doubt: frozenset[str] = frozenset()
    vendor: str = "plain"
    suffix: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    labels: dict[str, str] = field(default_factory=dict)  # item -> as the file calls it, where it is another text


# ---------- answers -----------------------------------------------------------------------------------------------


def _order(draw: random.Random, m: int) -> list[int]:
    """An order of m items, drawn with weights that fall by half from each to the next."""
    left = list(range(m))
    found = []
    while left:
        found.append(left.pop(draw.choices(range(len(left)), [0.55**i for i in left])[0]))
    return found


def _ranks(draw: random.Random, n: int, m: int, k: int) -> Rows:
    rows = []
    for _row in range(n):
        order = _order(draw, m)
        rows.append([order.index(j) + 1 if order.index(j) < k else 0 for j in range(m)])
    return rows


def _marks(draw: random.Random, n: int, m: int) -> Rows:
    rows = [[int(draw.random() < 0.9 - 0.75 * j / (m - 1)) for j in range(m)] for _row in range(n)]
    return [row if any(row) else [1, *row[1:]] for row in rows]


def _levels(draw: random.Random, n: int, m: int, size: int) -> Rows:
    def level(j: int) -> int:
        return min(size - 1, max(0, round(draw.gauss((size - 1) * (0.9 - 0.8 * j / (m - 1)), 0.9))))

    return [[level(j) for j in range(m)] for _row in range(n)]


def _named_once(rows: Rows) -> bool:
    """Whether some item stands in one row only, as other answers do."""
    return any(sum(cell > 0 for cell in column) == 1 for column in zip(*rows, strict=True))


# ---------- kinds -------------------------------------------------------------------------------------------------


@dataclass
class Draw:
    """What an export is drawn from."""

    random: random.Random
    language: str
    n: int
    items: tuple[str, ...]

    @property
    def m(self) -> int:
        return len(self.items)

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def question(self, texts: dict[str, str]) -> str:
        return texts[self.language]


def grid(draw: Draw) -> Export:
    """A column per item, the cell is its rank."""
    language, m = draw.language, draw.m
    k = draw.pick(m, m, 3)
    truth = _ranks(draw.random, draw.n, m, k)
    style = draw.pick(
        "number", "number", "ordinal", "rank n", "short", "labelled ends", "labelled ends reversed", "from zero"
    )
    filler = "" if k == m else draw.pick("", "0", words.NOT_RANKED[language], "NA", "-", "99", "k+1", "last")
    question = words.RANK[language]
    doubt: set[str] = set()
    direction = "1_is_most_severe"
    bare = style == "number" and k == m and draw.random.random() < 0.3
    if style == "from zero" and filler in ("0", "k+1", "last", "99"):
        filler = ""
    if style == "from zero":
        doubt |= {"first_rank"}
    if filler == "0" and k == m - 1:
        doubt |= {"first_rank"}
    if bare:
        doubt |= {"direction"}
        question = "Q7"
    if style == "labelled ends reversed" and k == m:
        direction = "high_is_most_severe"

    def cell(rank: int) -> Any:
        if rank == 0:
            return {"k+1": k + 1, "last": m}.get(filler, filler)
        if style == "ordinal":
            return words.ORDINALS[language][rank - 1]
        if style == "rank n":
            return words.RANK_N[language].format(n=rank)
        if style == "short":
            return words.SHORT[language].format(n=rank)
        if style.startswith("labelled ends"):
            number = m + 1 - rank if direction == "high_is_most_severe" else rank
            ends = {1: words.MOST[language], m: words.LEAST[language]}
            return f"{number} ({ends[rank]})" if rank in ends else number
        return rank - 1 if style == "from zero" else rank

    rows = [[cell(rank) for rank in row] for row in truth]
    made = Export("grid", f"{style}{', top 3, rest ' + (filler or 'blank') if k < m else ''}", language, "rank_grid",
                  truth, draw.items, [], rows, direction, frozenset(doubt))  # fmt: skip
    return _with_items(draw, made, question, bare=bare)


def places(draw: Draw) -> Export:
    """A column per place, the cell is the item there."""
    language, m = draw.language, draw.m
    names = draw.pick(
        "rank n",
        "rank n",
        "ordinal",
        "number",
        "sorted as text",
        "biggest",
        "backwards",
        "biggest (rank 1)",
        "no places",
    )
    k = {"biggest": 3, "backwards": 3, "biggest (rank 1)": 3, "sorted as text": m}.get(names) or draw.pick(m, 3)
    truth = _ranks(draw.random, draw.n, m, k)
    question = words.RANK[language]
    header = {
        "rank n": [f"{question} [{words.RANK_N[language].format(n=j)}]" for j in range(1, k + 1)],
        "ordinal": [words.ORDINALS[language][j] for j in range(k)],
        "number": [f"rank{j}" for j in range(1, k + 1)],
        "sorted as text": [f"rank_{j}" for j in range(1, k + 1)],
        "biggest": list(words.PLACES[language]),
        "backwards": list(words.PLACES[language]),
        "biggest (rank 1)": [f"{words.PLACES[language][0]} ({words.RANK_N[language].format(n=1)})",
                             *(words.RANK_N[language].format(n=j) for j in range(2, 4))],
        "no places": ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
                      "mu"][:k],
    }[names]  # fmt: skip
    order = list(range(k))
    if names == "sorted as text":
        order = sorted(order, key=lambda j: header[j])
    if names == "backwards":
        order.reverse()
    filler = draw.pick("", "", "undervote", "-") if k == m else ""
    deep = [draw.random.randint(2, k) if filler else k for _row in truth]
    truth = [[rank if rank <= depth else 0 for rank in row] for row, depth in zip(truth, deep, strict=True)]
    rows = [[draw.items[row.index(j + 1)] if j + 1 in row else filler for j in order] for row in truth]
    doubt = {"order", "format"} if names == "no places" else set()
    doubt |= {"blank"} if filler else set()
    doubt |= {"other"} if _named_once(truth) else set()
    return Export("places", names + (f", rest {filler}" if filler else ""), language, "order_list", truth, draw.items,
                  [[header[j] for j in order]], rows, None, frozenset(doubt))  # fmt: skip


def one_cell(draw: Draw) -> Export:
    """A ranking in one cell."""
    language, m = draw.language, draw.m
    style = draw.pick(
        *(";", "; ", "|", ", ", "\n", "→", " > ", " -> ", "json", "json object", "numbered before", "numbered after"),
        *("ranks", " "),
    )
    k = m if style == "ranks" else draw.pick(m, 3)
    truth = _ranks(draw.random, draw.n, m, k)
    items = tuple(f"opt_{j}" for j in range(1, m + 1)) if style == " " else draw.items  # codes, as ODK has them
    asked = draw.random.random() < 0.6 or style.startswith("numbered")
    rows = []
    for row in truth:
        listed = [items[row.index(j)] for j in range(1, k + 1)]
        if style == "json":
            cell = json.dumps(listed, ensure_ascii=False)
        elif style == "json object":
            cell = json.dumps(
                {item: rank for item, rank in zip(draw.items, row, strict=True) if rank}, ensure_ascii=False
            )
        elif style == "numbered before":
            cell = "; ".join(f"{j}. {item}" for j, item in enumerate(listed, 1))
        elif style == "numbered after":
            shown = draw.random.sample(list(enumerate(listed, 1)), k)
            cell = "; ".join(f"{item}: {j}" for j, item in shown)
        elif style == "ranks":
            cell = ",".join(map(str, row))
        else:
            cell = style.join(listed)
        rows.append([cell])
    plain = style in (";", "; ", "|", ", ", "\n", "json", " ")
    doubt = {"format"} if style == "ranks" or (plain and k < m and not asked) else set()
    doubt |= {"direction"} if style == "ranks" else set()
    doubt |= {"blank"} if plain and k < m and not asked else set()
    doubt |= {"other"} if style != "ranks" and _named_once(truth) else set()
    labels = {item: str(j) for j, item in enumerate(draw.items, 1)} if style == "ranks" else {}
    labels |= dict(zip(draw.items, items, strict=True)) if style == " " else {}
    name = words.RANK[language] if asked else words.WHICH[language]
    form = "rank_grid" if style == "ranks" else "order_list"
    direction = "1_is_most_severe" if style == "ranks" else None
    return Export("one cell", style.replace("\n", "line break") + (", top 3" if k < m else ""), language, form, truth,
                  draw.items, [[name]], rows, direction, frozenset(doubt), labels=labels)  # fmt: skip


def marks(draw: Draw) -> Export:
    """Select all that apply."""
    language = draw.language
    truth = _marks(draw.random, draw.n, draw.m)
    style = draw.pick(
        *("1 0", "1 blank", "yes no", "x blank", "checked", "own text", ";", "json", "slots", "True False"),
        *("own code", "own code 0", "1 2", " "),
    )
    if style in (";", "json", "slots", " "):
        codes = {item: f"opt_{j}" for j, item in enumerate(draw.items, 1)} if style == " " else {}
        lists = [[codes.get(item, item) for item, mark in zip(draw.items, row, strict=True) if mark] for row in truth]
        most = max(map(len, lists))
        if style == "slots":
            header = [[f"q3_{j}" for j in range(1, most + 1)]]
            rows: Rows = [[*one, *[""] * (most - len(one))] for one in lists]
        else:
            header = [[words.WHICH[language]]]
            rows = [[json.dumps(one, ensure_ascii=False) if style == "json" else style.join(one)] for one in lists]
        doubt = frozenset({"other"} if _named_once(truth) else ())
        return Export("marks", style, language, "multi_select", truth, draw.items, header, rows, doubt=doubt,
                      labels=codes)  # fmt: skip
    yes, no = {
        "1 0": (1, 0), "1 blank": (1, ""), "yes no": (words.YES[language], words.NO[language]), "x blank": ("x", ""),
        "checked": ("Checked", "Unchecked"), "True False": ("True", "False"), "own text": (None, ""),
        "own code": (None, ""), "own code 0": (None, 0), "1 2": (1, 2),
    }[style]  # fmt: skip
    own = range(1, draw.m + 1) if style.startswith("own code") else draw.items
    rows = [
        [(item if yes is None else yes) if mark else no for item, mark in zip(own, row, strict=True)] for row in truth
    ]
    doubt = frozenset({"selected"} if style == "1 2" else ())
    made = Export("marks", style, language, "multi_select", truth, draw.items, [], rows, doubt=doubt)
    return _with_items(draw, made, words.WHICH[language], bare=False)


def scale(draw: Draw) -> Export:
    """A level for each item."""
    language = draw.language
    style = draw.pick("words", "words", "numbered words", "numbered backwards", "numbers said", "numbers", "two languages",
                      "ends labelled", "ends labelled backwards", "numbers and X", "words and N/A")  # fmt: skip
    texts = draw.random.choice(words.LEVELS[language])
    if style == "two languages":
        language = "zh"
        texts = words.LEVELS["zh"][0]
    size = len(texts)
    truth = _levels(draw.random, draw.n, draw.m, size)
    question = words.HOW_LARGE[draw.language]
    other = words.LEVELS["en"][0]
    if style == "numbers said":
        question = f"{question} (1 = {words.LEAST[draw.language]}, {size} = {words.MOST[draw.language]})"
    rows: Rows = []
    for place, row in enumerate(truth):
        cells: list[Any] = []
        for j, level in enumerate(row):
            number = level + 1
            ends = level in (0, size - 1)
            gone = style in ("numbers and X", "words and N/A") and (place + 3 * j) % 11 == 0
            cells.append(
                ("X" if style == "numbers and X" else "N/A")
                if gone
                else texts[level]
                if style.startswith("words")
                else f"{number} - {texts[level]}"
                if style == "numbered words"
                else f"{size + 1 - number} - {texts[level]}"
                if style == "numbered backwards"
                else (f"{number} ({texts[level]})" if ends else number)
                if style == "ends labelled"
                else (f"{size + 1 - number} ({texts[level]})" if ends else size + 1 - number)
                if style == "ends labelled backwards"
                else (texts if place % 3 else other)[level]
                if style == "two languages"
                else number
            )
            if gone:
                row[j] = -1
        rows.append(cells)
    doubt = {"direction"} if style in ("numbers", "numbers and X") else set()
    doubt |= {"missing"} if style == "numbers and X" else set()
    made = Export("scale", style, draw.language, "likert_grid", truth, draw.items, [], rows, "high_is_most_severe")
    made = _with_items(draw, made, question, bare=False)
    if made.vendor == "names":  # no question says what there is much of
        doubt |= {"direction"}
    made.doubt = frozenset(doubt)
    return made


def sliders(draw: Draw) -> Export:
    """A number from 0 to 100 for each item."""

    def number(j: int) -> int:
        return min(100, max(0, round(draw.random.gauss(85 - 70 * j / (draw.m - 1), 14))))

    truth = [[number(j) for j in range(draw.m)] for _row in range(draw.n)]
    style = draw.pick("said", "said turned", "not said", "blanks")
    least, most = words.LEAST[draw.language], words.MOST[draw.language]
    ends = {"said": f" (0 = {least}, 100 = {most})", "said turned": f" (0 = {most}, 100 = {least})"}.get(style, "")
    rows: Rows = [[100 - cell if style == "said turned" else cell for cell in row] for row in truth]
    if style == "blanks":
        for place, row in enumerate(rows):
            row[place % draw.m], truth[place][place % draw.m] = "", -1
    direction = "1_is_most_severe" if style == "said turned" else "high_is_most_severe"
    made = Export("sliders", style, draw.language, "slider", truth, draw.items, [], rows, direction)
    made = _with_items(draw, made, words.HOW_LARGE[draw.language] + ends, bare=False)
    unsaid = not ends or made.vendor == "names"
    made.doubt = frozenset({"direction", "slider"} if unsaid else ())
    return made


def long(draw: Draw) -> Export:
    """A row per answer."""
    style = draw.pick("rank", "rank, top 3", "rating", "choice")
    language, m = draw.language, draw.m
    size = 5
    form = {"rating": "likert_grid", "choice": "multi_select"}.get(style, "rank_grid")
    truth = (
        _levels(draw.random, draw.n, m, size)
        if style == "rating"
        else _marks(draw.random, draw.n, m)
        if style == "choice"
        else _ranks(draw.random, draw.n, m, 3 if style == "rank, top 3" else m)
    )
    rows: Rows = []
    for person, row in enumerate(truth):
        for item, cell in zip(draw.items, row, strict=True):
            if cell or style == "rating":
                value = [] if style == "choice" else [cell + 1 if style == "rating" else cell]
                rows.append([f"p{person}", item, *value])
    if draw.random.random() < 0.5:
        draw.random.shuffle(rows)
    person, item, rank, rating = words.LONG[language]
    header = [person, item, *([] if style == "choice" else [rating if style == "rating" else rank])]
    doubt = {"direction"} if style == "rating" else set()
    doubt |= {"long"} if style == "choice" else set()
    direction = {"rank_grid": "1_is_most_severe", "likert_grid": "high_is_most_severe"}.get(form)
    return Export(
        "long", style, language, form, truth, draw.items, [header], rows, direction, frozenset(doubt), "alone"
    )


KINDS: dict[str, Callable[[Draw], Export]] = {
    "grid": grid,
    "places": places,
    "one cell": one_cell,
    "marks": marks,
    "scale": scale,
    "sliders": sliders,
    "long": long,
}


# ---------- vendors -----------------------------------------------------------------------------------------------


def _with_items(draw: Draw, made: Export, question: str, *, bare: bool) -> Export:
    """A header for a column per item, the items in any order."""
    order = list(range(draw.m))
    if draw.random.random() < 0.5:
        draw.random.shuffle(order)
    made.rows = [[row[j] for j in order] for row in made.rows]
    items = [made.items[j] for j in order]
    if bare:
        made.header = [[f"{question}_{j + 1}" for j in order]]
        made.labels = {item: f"{question}_{j + 1}" for j, item in enumerate(made.items)}
        return made
    made.vendor = draw.pick(
        "plain", "brackets", "dash", "qualtrics", "surveymonkey", "limesurvey", "wenjuanxing", "names"
    )
    if made.vendor == "qualtrics":
        ids = [json.dumps({"ImportId": f"QID7_{j + 1}"}) for j in range(draw.m)]
        made.header = [[f"Q7_{j + 1}" for j in range(draw.m)], [f"{question} - {item}" for item in items], ids]
    elif made.vendor == "surveymonkey":
        made.header = [[question, *[""] * (draw.m - 1)], items]
    elif made.vendor == "limesurvey":
        made.header = [[f"Q7[SQ{j + 1:03}]. {question} [{item}]" for j, item in enumerate(items)]]
    elif made.vendor == "wenjuanxing":
        made.header = [[f"7、{question}({item})" for item in items]]
    elif made.vendor == "names":
        made.header = [[f"rank {item}" if made.form == "rank_grid" else item for item in items]]
    else:
        join = {"plain": "{q} [{i}]", "brackets": "{q} [{i}]", "dash": "{q} - {i}"}[made.vendor]
        made.header = [[join.format(q=question, i=item) for item in items]]
    return made


def _abilities(draw: Draw, made: Export) -> list[tuple[str, Sequence[Any]]]:
    """A second grid, of another question: how well people can do something."""
    if made.vendor not in ("plain", "brackets", "dash", "names") or draw.random.random() > 0.25:
        return []
    names = ("Find data", "Clean data", "Model data", "Explain data")
    levels = ("Poorly", "Fairly well", "Well", "Very well")
    if (
        made.labels
        or made.vendor == "names"
        or made.style.split(",")[0] in ("ordinal", "number", "sorted as text", "slots", "no places")
    ):
        made.doubt |= {"format"}  # no words say which of the two is meant
    return [(f"How well can you do this? [{name}]", draw.random.choices(levels, k=len(made.rows))) for name in names]


def _surrounded(draw: Draw, made: Export) -> Export:
    """The columns that stand beside a question."""
    n = len(made.rows)
    beside = {
        "plain": [("id", range(1, n + 1))],
        "qualtrics": [("StartDate", ["2024-05-01 09:00:00"] * n), ("ResponseId", [f"R_{i:05}" for i in range(n)])],
        "surveymonkey": [("Respondent ID", range(100, 100 + n)), ("Collector ID", [7] * n)],
        "limesurvey": [("id", range(1, n + 1)), ("submitdate", ["2024-05-01 09:00:00"] * n), ("lastpage", [3] * n)],
        "wenjuanxing": [("序号", range(1, n + 1)), ("提交答卷时间", ["2024/5/1 9:00:00"] * n), ("所用时间", ["60秒"] * n)],
        "brackets": [("Timestamp", ["5/1/2024 9:00:00"] * n)],
    }.get(made.vendor, [("id", range(1, n + 1))])  # fmt: skip
    after: list[tuple[str, Sequence[Any]]] = _abilities(draw, made)
    if draw.random.random() < 0.5:
        after.append(("Department", [draw.random.choice(("Roads", "Parks", "Schools")) for _row in range(n)]))
    if draw.random.random() < 0.3:
        after.append(
            ("Comment", [f"this was answer number {i} and I liked it well" if i % 4 == 0 else "" for i in range(n)])
        )
    blank = {"qualtrics": ["{}", json.dumps({"ImportId": "x"})], "surveymonkey": [""]}.get(made.vendor, [])
    columns = [*beside, *((None, j) for j in range(len(made.rows[0]))), *after]
    made.header = [
        [
            (
                made.header[level][place]
                if name is None
                else (name if level == 0 else _below(made.vendor, level, name, blank))
            )
            for name, place in columns
        ]
        for level in range(len(made.header))
    ]  # type: ignore[index]
    made.rows = [
        [(row[place] if name is None else place[i]) for name, place in columns]  # type: ignore[index]
        for i, row in enumerate(made.rows)
    ]
    return made


def _below(vendor: str, level: int, name: str, blank: list[str]) -> str:
    if vendor == "qualtrics":
        return name if level == 1 else json.dumps({"ImportId": name})
    return blank[level - 1] if level - 1 < len(blank) else ""


def export(seed: int, kind: str | None = None) -> Export:
    """The export of a seed."""
    chance = random.Random(seed)
    language = chance.choice([*words.ITEMS, "en", "en"])
    m = chance.choice((4, 5, 6, 7, 8))
    kind = kind or chance.choice(list(KINDS))
    if kind == "places" and chance.random() < 0.3:
        m = 11
    items = words.ITEMS[language]
    draw = Draw(chance, language, chance.choice((40, 60, 90)), tuple(chance.sample(items, m)))
    made = KINDS[kind](draw)
    made = made if made.vendor == "alone" else _surrounded(draw, made)  # every row is an answer
    if made.vendor == "plain" and chance.random() < 0.15:
        made.rows.append([chance.choice(("Total", "Average", "Summe", "合计")), *[""] * (len(made.header[0]) - 1)])
        made.style += ", a total at the foot"
    made.suffix = chance.choice(("csv", "csv", "csv", "xlsx", "xlsx", "parquet", "feather", "ods", "xls", "html"))
    if made.suffix in ("parquet", "feather") and (
        len(made.header) > 1 or len(set(made.header[0])) < len(made.header[0])
    ):
        made.suffix = "csv"  # which have one name for each column
    if len(made.header) == 1 and len(set(made.header[0])) == len(made.header[0]) and chance.random() < 0.1:
        made.suffix = "sav"
        made.labels = {item: label.removeprefix("Q7_") for item, label in made.labels.items()}  # as init cuts them
    if made.suffix == "csv":
        made.delimiter = chance.choice((",", ",", ";", "\t"))
        made.encoding = chance.choice(("utf-8", "utf-8-sig", "gb18030" if language == "zh" else "utf-8"))
    return made


BYTES: dict[str, Callable[[Rows], bytes]] = {
    "ods": lambda rows: files.ods({"Answers": rows}),
    "xls": lambda rows: files.xls({"Answers": rows}),
    "html": files.page,
}


def _typed(cell: Any) -> Any:
    return None if cell == "" else cell


def _of_one_kind(rows: Rows, j: int) -> bool:
    return len({type(row[j]) for row in rows if row[j] != ""}) <= 1


def write(made: Export, folder: Path, name: str = "responses") -> Path:
    """Write the file of an export."""
    path = folder / f"{name}.{made.suffix}"
    if made.suffix == "sav":
        import pandas as pd
        import pyreadstat

        frame = pd.DataFrame(
            [list(map(str, row)) for row in made.rows], columns=[f"v{j}" for j in range(len(made.rows[0]))]
        )
        pyreadstat.write_sav(frame, str(path), column_labels=made.header[0])
        return path
    if made.suffix in BYTES:
        path = path.with_suffix(".xls") if made.suffix == "html" else path
        path.write_bytes(BYTES[made.suffix]([*made.header, *made.rows]))
        return path
    if made.suffix in ("parquet", "feather"):
        import pyarrow as pa
        from pyarrow import feather, parquet

        data = pa.table({name: [_typed(row[j]) for row in made.rows] if _of_one_kind(made.rows, j) else
                         [None if row[j] == "" else str(row[j]) for row in made.rows]
                         for j, name in enumerate(made.header[0])})  # fmt: skip
        (parquet.write_table if made.suffix == "parquet" else feather.write_feather)(data, str(path))
        return path
    if made.suffix == "xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("Answers")
        for row in (*made.header, *made.rows):
            sheet.append([None if cell == "" else cell for cell in row])
        book.save(path)
        return path
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=made.delimiter).writerows([*made.header, *made.rows])
    path.write_bytes(stream.getvalue().encode(made.encoding))
    return path
