"""Problems of the files, and one of them beside its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from obstacles.web.web import Web, download, json_answer, seen, typed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def problems(web: Web, request: Request) -> Response:
    """The screen."""
    study = web.study(request)
    text = request.path_params.get("n", "0")
    number = int(text) if text.isdigit() and len(text) < 5 else -1
    found = await web.ask(request, study, "problems.problems", number=max(number, 0))
    if number < 0 or (number and number >= len(found["list"])):
        raise HTTPException(404)
    return await web.screen(request, study, "problems.html", "problems", found=found, number=number)


async def problems_json(web: Web, request: Request) -> Response:
    """What `obstacles check --json` prints."""
    found = await web.ask(request, web.study(request), "problems.problems", number=0)
    return json_answer(found["json"])


async def workbook(web: Web, request: Request) -> Response:
    """All problems for a spreadsheet."""
    study = web.study(request)
    content = await web.pool.ask(web.place(request, study), "problems.workbook")
    return download(content, "problems.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


async def remedy(web: Web, request: Request) -> Response:
    """What happens to rows that cannot be used."""
    study = web.study(request)
    form = await typed(request)
    if form.get("value") not in ("leave_out", "repair_ties", "error"):
        raise HTTPException(400)
    async with web.lock(study):
        values = [(("quality", "invalid_ranking"), form["value"])]
        await web.pool.ask(web.place(request, study), "edit.answer", was=form.get("was", ""), values=values)
    return seen(f"/{web.prefix}/s/{study.id}/problems")
