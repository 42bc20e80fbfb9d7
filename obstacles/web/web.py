"""What every screen of one program shares: the work folder, the workers, the door, and small words of addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from obstacles.text.language import catalogues, using
from obstacles.text.languages.base import base_of
from obstacles.web import pages
from obstacles.web.storage import RESEARCHER, StudyFolder, Workspace
from obstacles.web.uploads import MOST_FIELD, MOST_FIELDS
from obstacles.web.workers import Place, Pool

if TYPE_CHECKING:
    from obstacles.web.identity import Doorkeeper
    from obstacles.web.log import Log

Handler = Callable[["Web", Request], Awaitable[Response]]
SHORT = 200  # letters of a value in an address


@dataclass
class Web:
    """What the screens of one program share."""

    workspace: Workspace
    pool: Pool
    door: Doorkeeper
    log: Log
    port: int
    stop: Callable[[], None] = lambda: None
    stopping: bool = False
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return self.workspace.prefix

    @property
    def cookie(self) -> str:
        return f"obstacles-{self.port}"

    def language(self, request: Request) -> str:
        """That of the cookie, else the browser's, else English."""
        asked = [request.cookies.get("obstacles-language", "")]
        asked += [part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")[:5]]
        return next((base_of(code) for code in asked if base_of(code) in catalogues()), "en")

    def study(self, request: Request) -> StudyFolder:
        """The study of an address; the same 404 for one that is not there and one that is no id."""
        found = self.workspace.study(request.path_params["s"])
        if found is None:
            raise HTTPException(404)
        return found

    def place(self, request: Request, study: StudyFolder) -> Place:
        """Where the worker works for this request."""
        return Place(study.folder, self.language(request), study.meta["mode"])

    async def ask(self, request: Request, study: StudyFolder, call: str, **args: Any) -> Any:
        """An answer of the worker, kept while no file of the study changes."""
        return await self.pool.ask(self.place(request, study), call, digest=study.digest, **args)

    async def screen(
        self, request: Request, study: StudyFolder, template: str, step: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A page of a study, with its frame."""
        place = self.place(request, study)
        frame = await self.ask(request, study, "opened.frame")
        with using(place.language):
            steps, more = pages.steps(frame, place.mode), pages.more()
        text = pages.render(
            template,
            place.language,
            p=self.prefix,
            s=study,
            base=f"/{self.prefix}/s/{study.id}",
            step=step,
            steps=steps,
            more=more,
            frame=frame,
            mode=place.mode,
            researcher=place.mode == RESEARCHER,
            was=study.was,
            undo=study.can_undo,
            redo=study.can_redo,
            back=_back(request),
            version=_version(),
            **values,
        )
        return HTMLResponse(text, status)

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page without a study."""
        text = pages.render(
            template, self.language(request), p=self.prefix, back=_back(request), version=_version(), **values
        )
        return HTMLResponse(text, status)

    def lock(self, study: StudyFolder) -> asyncio.Lock:
        """One change of a study at a time."""
        return self.locks.setdefault(study.id, asyncio.Lock())


def _back(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _version() -> str:
    import obstacles

    return str(obstacles.__version__)


def seen(to: str) -> RedirectResponse:
    """After something was changed: go and look at it."""
    return RedirectResponse(to, 303)


async def typed(request: Request) -> dict[str, str]:
    """The fields of a form, each once; no files."""
    form = await request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD)
    found = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            if len(value.encode(errors="replace")) > (MOST_FIELD if name != "text" else 4 * 1024**2):
                raise HTTPException(413)
            found[name] = value.replace("\0", "")
    return found


def word(request: Request, name: str) -> str:
    """A value of the address, if it is short enough to be one."""
    value = request.query_params.get(name, "")
    if len(value) > SHORT:
        raise HTTPException(400)
    return value


def level_of(request: Request) -> float | None:
    """The confidence level of an address; raises 400 for what is none."""
    text = word(request, "level")
    if not text:
        return None
    try:
        level = float(text)
    except ValueError:
        raise HTTPException(400) from None
    if not 0.5 < level < 1:
        raise HTTPException(400)
    return level


def download(content: bytes, name: str, kind: str) -> Response:
    """A file that is kept and not shown: nothing in it can act on the page."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type=kind, headers=headers)


def json_answer(text: str) -> Response:
    """What the command line prints, to the byte."""
    return Response(text + "\n", media_type="application/json")
