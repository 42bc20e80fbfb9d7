"""The page in this process: a work folder of its own, and a browser that sends what browsers send."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra [web] is not installed")
pytest.importorskip("httpx2", reason="the test client of starlette is not installed")

from starlette.testclient import TestClient

from obstacles.cli.demo import examples_folder
from obstacles.web.app import make_app
from obstacles.web.identity import Doorkeeper
from obstacles.web.log import Log
from obstacles.web.storage import StudyFolder, Workspace
from obstacles.web.web import Web
from obstacles.web.workers import Pool

DEMO = examples_folder() / "big-data-obstacles"
PORT = 8000
GRID = "id,dept,Cost,Skills,Rules\n" + "\n".join(
    f"{i},{'North' if i % 2 else 'South'},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3}" for i in range(60)
)


@dataclass
class Page:
    """A browser with the page open."""

    web: Web
    client: TestClient
    base: str = ""  # of a study

    @property
    def root(self) -> str:
        return f"/{self.web.prefix}"

    @property
    def study(self) -> StudyFolder:
        found = self.web.workspace.study(self.base.rpartition("/")[2])
        assert found is not None
        return found

    def get(self, name: str, **more: Any) -> Any:
        return self.client.get(f"{self.base}/{name}", **more)

    def post(self, name: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.client.post(f"{self.base}/{name}", data={"was": self.study.was, **(data or {})}, **more)

    def drop(self, *files: tuple[str, bytes], mode: str = "researcher", keep: str = "keep") -> Any:
        answer = self.client.post(
            f"{self.root}/studies", data={"mode": mode, "keep": keep}, files=[("files", file) for file in files]
        )
        if "/s/" in str(answer.url):
            self.base = str(answer.url.path).rpartition("/")[0].removesuffix("/jobs")
        return answer

    def sample(self) -> Page:
        self.base = str(self.client.post(f"{self.root}/sample").url.path).rpartition("/")[0]
        return self


def words(text: str) -> str:
    """What a page says."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def open_page(folder: Path, language: str = "en") -> Page:
    web = Web(Workspace(folder), Pool(inline=True), Doorkeeper(), Log(folder / "log.txt"), PORT)
    headers = {"sec-fetch-site": "same-origin", "accept-language": language}
    client = TestClient(make_app(web), base_url=f"http://127.0.0.1:{PORT}", headers=headers)
    client.get(f"/open?token={web.door.token()}", headers={"sec-fetch-site": "none"})
    return Page(web, client)
