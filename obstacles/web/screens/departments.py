"""Capability gaps by department: long work, so that a page says how far it is; the figures are those released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.web.screens.jobs import job_page
from obstacles.web.web import Web, json_answer, seen, word

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from obstacles.web.storage import StudyFolder

SOON = 8.0


async def _gaps(web: Web, request: Request, study: StudyFolder) -> tuple[Any, Any]:
    """The figures, or the job that works on them."""
    frame = await web.ask(request, study, "opened.frame")
    by = word(request, "by") or frame.get("report_by", "")
    args = {"by": by, "wave": word(request, "wave")}
    place, digest = web.place(request, study), study.digest
    found = web.pool.kept(place, "gaps.gaps", digest, **args)
    if found is not None:
        return found, None
    then = f"{request.url.path}?{request.url.query}".rstrip("?")
    job = next(
        (one for one in web.pool.jobs.values() if one.title == f"gaps {digest} {args}" and not one.ended.is_set()), None
    )
    if job is None:
        title = f"gaps {digest} {args}"
        job = web.pool.begin(place, study.id, "gaps.gaps", title=title, then=then, digest=digest, **args)
    await web.pool.wait(job, SOON)
    return (job.found, None) if job.state == "done" else (None, job)


async def departments(web: Web, request: Request) -> Response:
    """The screen."""
    study = web.study(request)
    found, job = await _gaps(web, request, study)
    if found is None:
        return await job_page(web, request, study, job)
    return await web.screen(request, study, "departments.html", "departments", found=found)


async def departments_json(web: Web, request: Request) -> Response:
    """What `obstacles gaps --json` prints."""
    study = web.study(request)
    found, job = await _gaps(web, request, study)
    if found is None:
        return (
            await job_page(web, request, study, job)
            if job.ended.is_set()
            else seen(f"/{web.prefix}/s/{study.id}/jobs/{job.id}")
        )
    return json_answer(found["json"])
