"""Every case that was wrong once, by the command that showed it: what it says now, and what it says no more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paths import SHARED

CASES = SHARED / "findings" / "cases"

Case = tuple[str, str, int, tuple[str, ...], tuple[str, ...]]  # folder, command, code, what it says, what it does not
ONE_SIDED = "errors are nowhere smaller"
GIVEN: tuple[Case, ...] = (
    ("analysis/always1_5", "rank study.toml", 0, ("no order can hold", ONE_SIDED), ("ranks first",)),
    ("analysis/unanimous5", "rank study.toml", 0, ("no order can hold", "0.478 to 1.000"), ("stands out",)),
    ("analysis/badformula", "regress study.toml", 2, ("E-FIT-01", "without a term"), ("Usage", "insuffient")),
    ("analysis/bw_neverbest", "rank study.toml", 0, ("0.000 to 0.017", ONE_SIDED), ()),
    ("analysis/case", "regress study.toml", 0, ("W-GRP-02",), ()),
    ("analysis/chg_subrank", "compare study.toml", 0, ("depend on what else was offered",), (" rose ", " fell ")),
    ("analysis/chg_subrank", "compare study.toml --k 1", 0, ("only the order",), (" rose ", "compatible")),
    (
        "analysis/chg_top1",
        "compare study.toml",
        0,
        ("No change can be shown", "p = 0.115"),
        ("list as a whole differs",),
    ),
    ("analysis/collinear", "regress study.toml", 2, ("E-FIT-01", "take a term out"), ("Usage",)),
    ("analysis/disconnected", "rank study.toml", 2, ("E-FIT-01", "No answer compares"), ("Usage",)),
    ("analysis/five_of_300", "rank study.toml", 0, ("and 16 more", "no order can hold"), ()),
    ("analysis/fpc_60", "rank study.toml --model first-choice", 0, ("40.0 to 40.0",), ("28.4",)),
    ("analysis/fpc_61", "rank study.toml --model first-choice", 0, ("39.3 to 41.0",), ()),
    ("analysis/gap2_52_0", "gaps study.toml", 0, ("c1 has the largest gap", "Tests separate it"), ("stands out",)),
    ("analysis/gap2_52_5", "gaps study.toml", 0, ("c1 has the largest gap",), ("stands out",)),
    ("analysis/lk_by", "compare study.toml --by group", 0, ("x 3.95, y 2.55", "1 group is not shown"), ("refuse",)),
    ("analysis/panel_same", "compare study.toml", 2, ("E-WAVE-02",), ("terminate",)),
    ("analysis/rol_w", "regress study.toml", 0, ("The answers go with",), ()),
    (
        "analysis/single_level",
        "regress study.toml",
        0,
        ("South 113 over 100 14.5 to over 100", "against: group “North”"),
        ("Lonely",),
    ),
    ("analysis/subrank", "rank study.toml --model first-choice", 2, ("depends on what else was offered",), ()),
    ("analysis/subrank", "rank study.toml --model top-k", 2, ("depends on what else was offered",), ("level",)),
    ("analysis/top1", "rank study.toml", 0, ("0.000 to 0.190", "3 to 4"), ("0.023",)),
    ("analysis/top1", "rank study.toml --model first-choice", 0, ("0.0 to 19.8", "2 to 4"), ()),
    ("analysis/two_9_1", "rank study.toml", 0, ("0.422 to 0.991", "0.009 to 0.578"), ("0.960",)),
    ("analysis/w_huge", "rank study.toml", 0, ("W-WGT-03",), ("1.000 to 1.000", "ranks first")),
    ("claims/begin_high", "gaps study.toml", 0, ("No single capability stands out",), ("largest gap:",)),
    ("claims/begin_low", "gaps study.toml", 0, ("No single capability stands out",), ("largest gaps:",)),
    ("claims/pick_any", "regress study.toml", 0, ("No association is shown",), ("p 0.003", "0.003")),
    ("claims/region", "regress study.toml", 0, (), ("The answers go with",)),
    ("claims/rest", "gaps study.toml", 0, ("No single capability",), ("More people than",)),
    ("claims/shortfall", "gaps study.toml", 0, ("0.0 to 0.2",), ("0.1 to 0.1",)),
    ("claims/trend", "compare study.toml", 0, ("No obstacle has a linear trend",), ("points a year",)),
    ("truth/always-first", "rank study.toml", 0, ("0.910 to 1.000", ONE_SIDED), ("0.988 to 0.988",)),
    ("truth/always-first", "rank weighted.toml", 0, ("0.903 to 1.000", ONE_SIDED), ()),
    ("truth/always-first-5", "rank study.toml", 0, ("0.541 to 1.000", "winner test", "1 to 4"), ()),
    ("truth/crash-identical", "rank study.toml --model set-choice", 0, ("0.719 to 1.000",), ("SVD",)),
    ("truth/crash-identical", "rank ranks.toml", 0, ("0.719 to 1.000",), ("0.955",)),
    ("truth/crash-identical", "rank ranks_unweighted.toml", 0, ("0.735 to 1.000",), ()),
    ("truth/crash-identical", "rank ranks_cluster.toml", 0, ("With 4 primary units no order can hold",), ()),
    ("truth/maxdiff-sep", "rank study.toml", 0, ("0.873 to 1.000", ONE_SIDED), ()),
    ("truth/seed1565", "rank study.toml", 0, ("Davidson-Luce", ONE_SIDED), ("converge",)),
    ("truth/seed1669", "rank study.toml", 0, ("Davidson-Luce",), ("E-RANK-06",)),
    ("truth/seed2348", "rank study.toml --model set-choice", 0, ("x0", "Penalty"), ("SVD", "0 respondents marked")),
    ("newcomer/change-contradiction", "compare same.toml", 0, ("only the order",), (" rose ", "compatible")),
    ("newcomer/gap-false-no-difference", "gaps hr.toml", 0, ("Analyse data",), ("no difference",)),
)


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
@pytest.mark.parametrize(
    ("folder", "command", "code", "says", "not_said"), GIVEN, ids=[f"{f} {c}" for f, c, *_ in GIVEN]
)
def test_given_cases(
    folder: str,
    command: str,
    code: int,
    says: tuple[str, ...],
    not_said: tuple[str, ...],
    run: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(CASES / folder, tmp_path / "case")
    monkeypatch.chdir(tmp_path / "case")
    told = " ".join(run(*command.split(), code=code).output.replace("\u202f", " ").split())
    for words in says:
        assert words in told, told
    for words in not_said:
        assert words not in told, told


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
def test_every_given_case_is_run() -> None:
    there = {f"{kind}/{one.name}" for kind in ("analysis", "claims", "truth") for one in (CASES / kind).iterdir()}
    assert there - {folder for folder, *_rest in GIVEN} == {"analysis/alpha_neg"}  # below


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
def test_a_negative_alpha_says_that_items_run_against_each_other(tmp_path: Path, monkeypatch: Any, run: Any) -> None:
    from obstacles import gaps, load_study
    from obstacles.reports.gap.build import build_gap_report
    from obstacles.reports.words.page_blocks import Table, blocks_of

    study = load_study(CASES / "analysis" / "alpha_neg" / "study.toml")
    blocks = blocks_of(build_gap_report(study, gaps(study), language="en").sections)
    (table,) = [one for one in blocks if isinstance(one, Table) and one.id == "reliability"]
    assert any("−2.41" in cell.text for row in table.rows for cell in row.cells)
    assert any("negative" in note or "against" in note for note in table.notes), table.notes


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
@pytest.mark.parametrize(
    ("folder", "files", "told", "checked"),
    [
        ("header-rows-2", ("rankings.csv",), "of 168 rankings hold", "rankings"),
        ("total-row", ("skills.xlsx",), "149 rows", "1 left out: Employee is Average, 148 analysed"),
        ("silent-wave-drop", ("staff 2022.csv", "staff 2023.csv", "staff 2024.csv"), "2022, 2023, 2024", "3 waves"),
    ],
)
def test_newcomers_files_are_read_whole(
    folder: str,
    files: tuple[str, ...],
    told: str,
    checked: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., Any],
) -> None:
    shutil.copytree(CASES / "newcomer" / folder, tmp_path / "case")
    monkeypatch.chdir(tmp_path / "case")
    assert told in run("init", *files).output.replace("\u202f", " ")
    assert checked in run("check", "study.toml").output
