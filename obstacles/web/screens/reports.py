"""Reports that are made, what was made, and its downloads."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from obstacles.web.storage import LETTERS
from obstacles.web.web import Web, download, seen, typed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SOON = 10.0


async def reports(web: Web, request: Request) -> Response:
    """The screen."""
    study = web.study(request)
    made = [{"run": run, **one} for run, one in reversed(study.meta["reports"].items())]
    return await web.screen(request, study, "reports.html", "reports", made=made)


async def make(web: Web, request: Request) -> Response:
    """Make a report; a job that the page waits for a while."""
    study = web.study(request)
    form = await request.form(max_files=0, max_fields=100, max_part_size=1000)
    formats = [str(value) for name, value in form.multi_items() if name == "formats"][:10]
    level = str(form.get("level", ""))
    try:
        number = float(level) if level else None
    except ValueError:
        raise HTTPException(400) from None
    if number is not None and not 0.5 < number < 1:
        raise HTTPException(400)
    args: dict[str, Any] = {
        "kind": str(form.get("kind", "")),
        "formats": tuple(formats),
        "wave": str(form.get("wave", ""))[:100],
    }
    args |= {"by": str(form.get("by", ""))[:100], "model": str(form.get("model", ""))[:100]}
    base = f"/{web.prefix}/s/{study.id}"
    job = web.pool.begin(
        web.place(request, study),
        study.id,
        "reports.make",
        title="report",
        then=f"{base}/reports",
        level=number,
        **args,
    )
    web.log.say("job", kind=args["kind"] if args["kind"] in ("research", "change", "gap") else "other")
    await web.pool.wait(job, SOON)
    return seen(f"{base}/reports" if job.state == "done" else f"{base}/jobs/{job.id}")


async def file(web: Web, request: Request) -> Response:
    """One file that was made."""
    study = web.study(request)
    run, name = request.path_params["r"], request.path_params["name"]
    path = study.report(run, name) if run and all(letter in LETTERS for letter in run) else None
    if path is None:
        raise HTTPException(404)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return download(path.read_bytes(), path.name, kind)


async def delete(web: Web, request: Request) -> Response:
    """Delete the files of one run."""
    study = web.study(request)
    form = await typed(request)
    async with web.lock(study):
        await web.pool.ask(web.place(request, study), "reports.delete", run=form.get("run", "")[:20])
    return seen(f"/{web.prefix}/s/{study.id}/reports")
