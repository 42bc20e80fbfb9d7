"""What `init`, `check` and `rank` make of an export, beside its true ranking."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from exports.make import Export, export, write

from obstacles.analysis.prepare import ModelError
from obstacles.analysis.ranking.rank import fitted
from obstacles.survey.detect.propose import propose
from obstacles.survey.loading.load import load_study
from obstacles.survey.problems import SurveyError
from obstacles.survey.studyfile.proposal import Proposal
from obstacles.survey.studyfile.write import study_text
from obstacles.text.fold import fold

CHANGES_ORDER = frozenset(
    (
        "format",
        "direction",
        "scale",
        "order",
        "unranked",
        "first_rank",
        "missing",
        "blank",
        "cell",
        "selected",
        "slots",
        "count",
        "other",
        "slider",
        "long",
        "none_marked",
        "where",
    )
)
BY_FORM = {  # form -> keys that can make its order wrong, beside format and direction
    "rank_grid": {"unranked", "first_rank", "missing", "blank", "long"},
    "order_list": {"order", "cell", "blank", "missing", "other"},
    "multi_select": {"selected", "cell", "slots", "missing", "other", "long", "none_marked"},
    "likert_grid": {"scale", "direction", "missing", "long"},
    "slider": {"slider", "direction", "missing"},
}


@dataclass(frozen=True)
class Verdict:
    """How an export was read."""

    seed: int
    made: Export
    outcome: str  # right, asked (wrong, with a mark on the key that makes it so), refused, wrong
    marks: frozenset[str]  # keys that change the order and are marked
    said: str = ""


def judge(seed: int, folder: Path, kind: str | None = None) -> Verdict:
    """Read one export as a person would who changes nothing."""
    made = export(seed, kind)
    path = write(made, folder)
    try:
        proposal = propose([path])
    except SurveyError as error:
        return Verdict(seed, made, "refused", frozenset(), str(error))
    marks = frozenset(proposal.asked) & CHANGES_ORDER
    study = folder / "study.toml"
    study.write_text(study_text(proposal, command="init"), encoding="utf-8")
    try:
        found = _scores(study)
    except (SurveyError, ModelError) as error:
        return Verdict(seed, made, "refused", marks, str(error))
    said = f"{proposal.waves[0].form}: {proposal.waves[0].evidence}"
    if _agree(made, found, _true_scores(made, folder)):
        return Verdict(seed, made, "right", marks, said)
    outcome = "asked" if marks & _at_fault(made, proposal) else "wrong"
    return Verdict(seed, made, outcome, marks, said)


def _at_fault(made: Export, proposal: Proposal) -> set[str]:
    """The keys that make a wrong order."""
    form = proposal.waves[0].form
    if form != made.form:
        return {"format"}
    if made.direction is not None and proposal.direction is not None and proposal.direction.value != made.direction:
        return {"direction"}
    return BY_FORM[form]


def _scores(study: Path) -> dict[str, float]:
    _prepared, fit, _reason = fitted(load_study(study))
    labels = [next(iter(item.label.values()), item.id) for item in fit.estimate.items]
    return dict(zip(labels, fit.estimate.value.tolist(), strict=True))


def _true_scores(made: Export, folder: Path) -> dict[str, float]:
    """The scores of the answers as they were given, by a study file written by hand."""
    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow([f"c{j}" for j in range(len(made.items))])
        out.writerows([["" if cell < 0 else cell for cell in row] for row in made.truth])
    keys = {
        "rank_grid": 'format = "rank_grid"\nunranked = ["0"]\nblank = "below"',
        "order_list": 'format = "rank_grid"\nunranked = ["0"]\nblank = "below"',
        "multi_select": 'format = "multi_select"\nblank = "not_answered"',
        "slider": 'format = "slider"\nslider = [0, 100]',
        "likert_grid": f'format = "likert_grid"\nscale = [{", ".join(f"{{ value = {v} }}" for v in _values(made))}]',
    }[made.form]
    direction = {"likert_grid": "high_is_most_severe", "slider": "high_is_most_severe", "multi_select": ""}.get(
        made.form, "1_is_most_severe"
    )
    severe = f'[obstacles]\ndirection = "{direction}"\n' if direction else ""
    items = "".join(f'[[obstacles.item]]\nid = "i{j}"\nlabel = {{ en = "i{j}" }}\n' for j in range(len(made.items)))
    columns = "".join(f'i{j} = "c{j}"\n' for j in range(len(made.items)))
    text = (
        f'schema = 1\n[study]\ntitle = "T"\nsampling = "nonprobability"\n{severe}{items}'
        f'[[wave]]\nid = "w"\nfile = "truth.csv"\n{keys}\n[wave.obstacles]\n{columns}'
    )
    (folder / "truth.toml").write_text(text, encoding="utf-8")
    found = _scores(folder / "truth.toml")
    return {made.items[int(label[1:])]: value for label, value in found.items()}


def _values(made: Export) -> range:
    return range(max(max(row) for row in made.truth) + 1)


def _agree(made: Export, found: dict[str, float], truth: dict[str, float]) -> bool:
    """Whether all items are found, and no pair of them stands against the true order."""
    score: dict[str, float] = {}
    by_text = (
        made.form == "order_list"
        or made.kind == "long"
        or made.style
        in (
            ";",
            "json",
            "slots",
            " ",
        )
    )  # where what nobody named is in no cell
    named = [item for j, item in enumerate(made.items) if not by_text or any(row[j] > 0 for row in made.truth)]
    for item in named:
        name = fold(made.labels.get(item, item))
        labels = [label for label in found if name in fold(label)]
        if len(labels) != 1:
            return False
        score[item] = found[labels[0]]
    if len(found) != len(named):
        return False
    pairs = [(a, b) for a in named for b in named if truth[a] > truth[b] + 1e-9]
    return all(score[a] > score[b] - 1e-9 for a, b in pairs)


def judged(seeds: Iterable[int]) -> list[Verdict]:
    """The verdicts of many exports."""
    with tempfile.TemporaryDirectory() as folder:
        return [judge(seed, Path(folder)) for seed in seeds]


def share_marked(verdicts: list[Verdict]) -> float:
    """Share of marks on keys that change the order, of the exports that leave nothing open."""
    clear = [one for one in verdicts if not one.made.doubt and one.outcome != "refused"]
    return sum(bool(one.marks) for one in clear) / max(1, len(clear))


def table(verdicts: list[Verdict]) -> list[str]:
    """Lines of a table: kinds and styles, and what became of them."""
    head = ["| asked for | exports | open | right | right and marked | wrong, marked there | refused | wrong, not marked |",
            "|---|--:|--:|--:|--:|--:|--:|--:|"]  # fmt: skip
    kinds = sorted({one.made.kind for one in verdicts})
    lines = [_line(kind, [one for one in verdicts if one.made.kind == kind]) for kind in kinds]
    return [*head, *lines, _line("all", verdicts)]


def _line(name: str, verdicts: list[Verdict]) -> str:
    times = Counter(one.outcome for one in verdicts)
    unmarked = sum(one.outcome == "right" and not one.marks for one in verdicts)
    open_ = sum(bool(one.made.doubt) for one in verdicts)
    numbers = [
        len(verdicts),
        open_,
        unmarked,
        times["right"] - unmarked,
        times["asked"],
        times["refused"],
        times["wrong"],
    ]
    return f"| {name} | " + " | ".join(f"{number:,}" for number in numbers) + " |"
