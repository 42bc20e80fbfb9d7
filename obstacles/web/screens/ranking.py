"""The ranking of a wave: level, wave and method are in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from obstacles.web.web import Web, download, json_answer, level_of, word

if TYPE_CHECKING:
    from starlette.requests import Request


def _words(request: Request) -> dict[str, Any]:
    model = word(request, "model") or "auto"
    return {"wave": word(request, "wave") or None, "level": level_of(request), "model": model}


async def ranking(web: Web, request: Request) -> Response:
    """The screen."""
    study = web.study(request)
    found = await web.ask(request, study, "ranking.ranking", **_words(request))
    return await web.screen(request, study, "ranking.html", "ranking", found=found, query=request.url.query)


async def ranking_json(web: Web, request: Request) -> Response:
    """What `obstacles rank --json` prints."""
    found = await web.ask(request, web.study(request), "ranking.ranking", **_words(request))
    return json_answer(found["json"])


async def ranking_csv(web: Web, request: Request) -> Response:
    """What `obstacles rank --csv` prints."""
    text = await web.ask(request, web.study(request), "ranking.csv", **_words(request))
    return download(text.encode(), "ranking.csv", "text/csv; charset=utf-8")


async def figure(web: Web, request: Request) -> Response:
    """A chart of the reports as a file."""
    name = request.path_params["name"]
    if name not in ("ranking", "change"):
        raise HTTPException(404)
    args = {"name": name, "wave": word(request, "wave") or None, "level": level_of(request)}
    text = await web.ask(request, web.study(request), "figures.figure", **args)
    return download(text.encode(), f"{name}.svg", "image/svg+xml")
