"""What was found in the files, how the columns are used, and another year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.web.screens.start import SOON, received
from obstacles.web.uploads import UnfitError
from obstacles.web.web import Web, json_answer, seen, typed
from obstacles.web.workers import BusyError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def files(web: Web, request: Request) -> Response:
    """The screen."""
    study = web.study(request)
    found = await web.ask(request, study, "files.found")
    columns = await web.ask(request, study, "files.columns") if found["waves"] else []
    return await web.screen(request, study, "files.html", "files", found=found, columns=columns, fault=None,
                            kept=study.meta["kept"])  # fmt: skip


async def files_json(web: Web, request: Request) -> Response:
    """What `obstacles check --json` prints."""
    found = await web.ask(request, web.study(request), "files.found")
    return json_answer(found["json"])


async def add(web: Web, request: Request) -> Response:
    """A file more becomes a wave."""
    study = web.study(request)
    async with web.lock(study):
        was = study.was
        try:
            names, _fields = await received(request, study, study.folder / "data")
        except UnfitError as error:
            found = await web.ask(request, study, "files.found")
            return await web.screen(request, study, "files.html", "files", status=422, found=found, columns=[],
                                    fault=(error.reason, error.name), kept=study.meta["kept"])  # fmt: skip
        base = f"/{web.prefix}/s/{study.id}"
        args: dict[str, Any] = {"was": was, "names": names}
        try:
            job = web.pool.begin(
                web.place(request, study), study.id, "files.add", title="read", then=f"{base}/files", **args
            )
        except BusyError:
            for name in names:
                (study.folder / "data" / name).unlink(missing_ok=True)
            raise
        await web.pool.wait(job, SOON)
        if job.state not in ("done", "running", "waiting"):
            for name in names:
                (study.folder / "data" / name).unlink(missing_ok=True)
    return seen(f"{base}/files" if job.state == "done" else f"{base}/jobs/{job.id}")


async def columns(web: Web, request: Request) -> Response:
    """Uses of columns."""
    study = web.study(request)
    form = await typed(request)
    uses = {name[4:]: value for name, value in form.items() if name.startswith("use.")}
    names = {name[5:]: value for name, value in form.items() if name.startswith("name.")}
    wave = form.get("wave", "0")
    async with web.lock(study):
        args: dict[str, Any] = {
            "was": form.get("was", ""),
            "wave": int(wave) if wave.isdigit() else 0,
            "uses": uses,
            "names": names,
        }
        await web.pool.ask(web.place(request, study), "files.use", **args)
    return seen(f"/{web.prefix}/s/{study.id}/files")


async def question(web: Web, request: Request) -> Response:
    """Another question, or another reading of it."""
    study = web.study(request)
    form = await typed(request)
    async with web.lock(study):
        args: dict[str, Any] = {
            "was": form.get("was", ""),
            "block": form.get("block", "").strip(),
            "form": form.get("form", ""),
        }
        await web.pool.ask(web.place(request, study), "files.choose", **args)
    return seen(f"/{web.prefix}/s/{study.id}/files")
