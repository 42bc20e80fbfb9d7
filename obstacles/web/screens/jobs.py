"""Long work: how far it is, and the button that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from obstacles.web.web import Web, seen, typed
from obstacles.web.workers import Job, RefusedError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from obstacles.web.storage import StudyFolder


def _job(web: Web, request: Request, study: StudyFolder) -> Job:
    job = web.pool.jobs.get(request.path_params["j"])
    if job is None or job.study != study.id:
        raise HTTPException(404)
    return job


async def job(web: Web, request: Request) -> Response:
    """How far a job is; where it is done, on to what it made."""
    study = web.study(request)
    found = _job(web, request, study)
    return seen(found.then) if found.state == "done" else await job_page(web, request, study, found)


async def job_page(web: Web, request: Request, study: StudyFolder, found: Job) -> Response:
    """The page of a job that is not done."""
    if found.state == "refused":
        if not study.study_file.exists():
            text: dict[str, Any] = {"problems": found.found, "conflict": False, "sent": [], "to": ""}
            return web.page(request, "problem_page.html", status=422, study=study, **text)
        raise RefusedError(found.found)
    number = web.log.fault(str(found.found)) if found.state == "failed" else ""
    values: dict[str, Any] = {"job": found, "number": number, "status_words": found.state}
    if not study.study_file.exists():
        return web.page(request, "job_page.html", study=study, base=f"/{web.prefix}/s/{study.id}", **values)
    return await web.screen(request, study, "job.html", "", **values)


async def stop(web: Web, request: Request) -> Response:
    """Stop a job after what it is making."""
    study = web.study(request)
    found = _job(web, request, study)
    await typed(request)
    found.asked_to_stop = True
    await web.pool.wait(found, 5)
    return seen(f"/{web.prefix}/s/{study.id}/jobs/{found.id}")
