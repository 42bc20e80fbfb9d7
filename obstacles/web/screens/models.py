"""Regressions, for the researcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from obstacles.web.screens.jobs import job_page
from obstacles.web.storage import RESEARCHER
from obstacles.web.web import Web, json_answer, word

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SOON = 10.0


async def models(web: Web, request: Request) -> Response:
    """The screen, or the job that fits the models."""
    study = web.study(request)
    if study.meta["mode"] != RESEARCHER:
        raise HTTPException(404)
    args = {"wave": word(request, "wave"), "formula": word(request, "formula").strip(), "kind": word(request, "kind")}
    place, digest = web.place(request, study), study.digest
    found = web.pool.kept(place, "models.models", digest, **args)
    if found is None:
        then = f"{request.url.path}?{request.url.query}".rstrip("?")
        job = web.pool.begin(place, study.id, "models.models", title="models", then=then, digest=digest, **args)
        await web.pool.wait(job, SOON)
        if job.state != "done":
            return await job_page(web, request, study, job)
        found = job.found
    if request.url.path.endswith(".json"):
        return json_answer(found["json"])
    return await web.screen(request, study, "models.html", "models", found=found)
