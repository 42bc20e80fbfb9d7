"""What changed between two waves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.web.web import Web, json_answer, level_of, word

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def _words(request: Request) -> dict[str, Any]:
    return {"first": word(request, "from"), "last": word(request, "to"), "level": level_of(request)}


async def change(web: Web, request: Request) -> Response:
    """The screen."""
    study = web.study(request)
    found = await web.ask(request, study, "change.change", **_words(request))
    return await web.screen(request, study, "change.html", "change", found=found, query=request.url.query)


async def change_json(web: Web, request: Request) -> Response:
    """What `obstacles compare --json` prints."""
    found = await web.ask(request, web.study(request), "change.change", **_words(request))
    return json_answer(found["json"])
