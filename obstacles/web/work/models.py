"""Regressions of a study, for the researcher: what `obstacles regress --draft` prints, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.web.work.opened import for_owner

if TYPE_CHECKING:
    from obstacles.reports.words.page_blocks import Block
    from obstacles.web.workers import Place, Tell


def models(place: Place, wave: str, formula: str, kind: str, tell: Tell | None = None) -> dict[str, Any]:
    """Models that the study file has, or the one of a formula."""
    from obstacles.cli.commands.regress import fitted, record_of
    from obstacles.cli.terminal import json_text
    from obstacles.reports.regression.section import blocks_of, lead, words_of

    if tell is not None:
        tell(0, 1, formula)
    study = for_owner(place)
    columns = list(dict.fromkeys(name for one in study.settings.wave for name in one.columns))
    base = {"columns": columns, "waves": [one.id for one in study.waves], "formula": formula, "kind": kind}
    base |= {"kinds": _kinds(), "stated": [one.name for one in study.settings.model], "wave": wave}
    if not formula and not study.settings.model:
        return base | {"blocks": [], "json": "", "command": ""}
    chosen = study.wave(wave or None)
    found = fitted(study, chosen.id, None, formula or None, kind or None, None)
    words = ["obstacles regress study.toml --wave", chosen.id]
    words += [f'--formula "{formula}"', *([f"--kind {kind}"] if kind else [])] if formula else []
    blocks = [blocks for one in found for blocks in plain(blocks_of(one, words_of(study, chosen)))]
    return base | {
        "json": json_text(record_of(study, found)),
        "command": " ".join([*words, "--json", "--draft"]),
        "lead": lead(),
        "blocks": blocks,
    }


def _kinds() -> list[str]:
    from obstacles.analysis.regression.kinds import REGRESSIONS

    return list(REGRESSIONS)


def plain(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    """Blocks of a page as plain values."""
    from obstacles.reports.words.naming import bare
    from obstacles.reports.words.page_blocks import Listing, Prose, Table, Together

    found: list[dict[str, Any]] = []
    for block in blocks:
        if isinstance(block, Together):
            found += plain(block.blocks)
        elif isinstance(block, Prose):
            found.append({"kind": "prose", "title": block.title, "lines": [bare(one) for one in block.paragraphs]})
        elif isinstance(block, Listing):
            found.append({"kind": "prose", "title": block.title, "lines": [bare(one) for one in block.lines]})
        elif isinstance(block, Table):
            shown = list(block.shown)
            rows = [[row.cells[i].text for i in shown] for row in block.rows if row.on_page]
            if rows:
                heads = [block.columns[i].heading for i in shown]
                found.append({"kind": "table", "title": block.title, "heads": heads, "rows": rows,
                              "notes": [bare(one) for one in block.notes]})  # fmt: skip
    return found
