"""Open questions, one after another: the guess, its evidence, and what each answer would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from obstacles.web.web import SHORT, Web, seen, typed
from obstacles.web.workers import RefusedError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def questions(web: Web, request: Request) -> Response:
    """The screen."""
    study = web.study(request)
    key = request.path_params.get("key", "")
    if len(key) > SHORT:
        raise HTTPException(404)
    found = await web.ask(request, study, "questions.questions", wanted=key)
    now = found["now"]
    if key and (now is None or now["id"] != key):
        raise HTTPException(404)
    sofar = await small(web, request, "ranking.small")
    tried = {}
    if now is not None and now["tried"] and "problem" not in sofar:
        for option in now["options"]:
            path = ".".join(map(str, now["paths"][0]))
            args: dict[str, Any] = {"path": path, "value": option["value"]}
            tried[option["value"]] = await small(web, request, "questions.consequence", **args)
    rows = []
    if now is not None and now["control"] == "blank" and "problem" not in sofar:
        rows = await web.ask(request, study, "questions.excerpt")
    return await web.screen(request, study, "questions.html", "questions", found=found, now=now, sofar=sofar,
                            tried=tried, rows=rows)  # fmt: skip


async def small(web: Web, request: Request, call: str, **args: str) -> dict[str, object]:
    """A small ranking, or why there is none."""
    try:
        found = await web.ask(request, web.study(request), call, **args)
    except RefusedError as error:
        return {"problem": error.problems[0]["message"]}
    return dict(found)


async def answers(web: Web, request: Request) -> Response:
    """One answer."""
    study = web.study(request)
    form = await typed(request)
    async with web.lock(study):
        args: dict[str, Any] = {"was": form.get("was", ""), "id": form.get("id", ""), "values": form}
        await web.pool.ask(web.place(request, study), "questions.reply", **args)
    return seen(f"/{web.prefix}/s/{study.id}/questions")
