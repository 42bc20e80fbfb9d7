"""A wave is prepared once in a command, and handed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import obstacles as ob
from obstacles.analysis import prepare as preparing
from obstacles.reports.writers.batch import write_gap_reports
from obstacles.survey.study import Design, Study

COMMANDS: dict[str, tuple[Callable[[Study, Path], Any], int]] = {  # command -> waves that it prepares
    "report": (lambda study, _folder: ob.build_report(study), 1),
    "compare": (lambda study, _folder: ob.compare(study, waves=("2022", "2024")), 2),
    "compare some": (lambda study, _folder: ob.compare(study, waves=("2022", "2024"), where={"role": ["Manager"]}), 2),
    "compare groups": (lambda study, _folder: ob.compare(study, by="role"), 1),
    "compare some groups": (lambda study, _folder: ob.compare(study, by="grade", where={"role": ["Manager"]}), 1),
    "regress": (lambda study, _folder: ob.regress(study), 1),
    "gaps": (lambda study, _folder: ob.gaps(study, by="grade"), 0),  # of capabilities: a design of their own
    "gap reports": (
        lambda study, folder: write_gap_reports(study, ob.gaps(study, by="grade"), folder, formats=("json",), jobs=1),
        0,
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wave_is_prepared_once(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    study = ob.load_study("examples/big-data-obstacles/study.toml")
    designs: list[Design] = []
    make = preparing.sample_of

    def counted(design: Design, n: int, **how: Any) -> Any:
        designs.append(design)
        return make(design, n, **how)

    monkeypatch.setattr(preparing, "sample_of", counted)
    run, waves = COMMANDS[command]
    run(study, tmp_path)
    times = Counter(next((w.id for w in study.waves if w.design is design), "rerun") for design in designs)
    assert [n for name, n in times.items() if name != "rerun"] == [1] * waves
    assert times["rerun"] == (3 if command == "report" else 0)  # without flagged answers, without weights, complete
