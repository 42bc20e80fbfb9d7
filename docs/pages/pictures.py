"""Draw the pages of the example's reports as small pictures, into docs/pictures (`make pictures`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from gallery import FOLDER, PAGES, picture

if TYPE_CHECKING:
    from obstacles.reports.report import Report

WIDTH = 720  # pixels
COLOURS = 96
CONTINUED = ", continued"
GROUP = "Finance"  # whose gap report is shown


def main() -> None:
    """Make each report and replace its pictures."""
    from obstacles.reports.writers.render import to_pdf

    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        if not old.name.startswith("page-"):  # page_pictures.py
            old.unlink()
    contents = {kind: draw(to_pdf(report), kind, FOLDER) for kind, report in reports().items()}
    PAGES.write_text(json.dumps(contents, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{sum(map(len, contents.values()))} pages, {size / 1024:.0f} KiB in {FOLDER}")


def reports() -> dict[str, Report]:
    """The reports of the synthetic example, and of the surveys of skills, by kind."""
    from obstacles.analysis.disclosure.release import gaps
    from obstacles.cli.demo import examples_folder
    from obstacles.reports.change import build as change
    from obstacles.reports.evidence import build as evidence
    from obstacles.reports.gap import build as gap
    from obstacles.reports.research import build as research
    from obstacles.survey.evidence.load import load_evidence
    from obstacles.survey.loading.load import load_study

    study = load_study(examples_folder() / "big-data-obstacles" / "study.toml")
    surveys = load_evidence([examples_folder() / "skills-first", examples_folder() / "eurostat-ai"])
    return {
        "research": research.build_report(study),
        "change": change.build_change_report(study),
        "evidence": evidence.build_evidence_report(surveys),
        "gap": gap.build_gap_report(study, gaps(study, by="department"), GROUP),
    }


def draw(pdf: bytes, kind: str, folder: Path) -> list[str]:
    """Write a picture of every page; gives the headings that stand on each."""
    from PIL import Image
    from pypdfium2 import PdfDocument

    document = PdfDocument(pdf)
    headings: list[list[str]] = [[] for _page in range(len(document))]
    for entry in document.get_toc():
        destination = entry.get_dest()
        if entry.level == 0 and destination is not None and destination.get_index() is not None:
            headings[destination.get_index()].append(entry.get_title())
    for number in range(len(document)):
        page = document[number]
        drawn = page.render(scale=WIDTH / page.get_width()).to_pil()
        few = drawn.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(folder / picture(kind, number + 1), optimize=True)
    for number, found in enumerate(headings):
        if not found and number:
            found.append(headings[number - 1][-1].removesuffix(CONTINUED) + CONTINUED)
    document.close()
    return ["; ".join(found) for found in headings]


if __name__ == "__main__":
    main()
