"""Screens of parts of the study file: items, capability, privacy, the text, undo, and the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from obstacles.web.web import Web, download, seen, typed
from obstacles.web.work.masks import masked

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PARTS = ("items", "capability", "privacy")


async def part(web: Web, request: Request) -> Response:
    """The screen of a part."""
    study = web.study(request)
    name = request.url.path.rpartition("/")[2]
    found = await web.ask(request, study, f"parts.{name}")
    return await web.screen(request, study, f"{name}.html", name, found=found)


async def save_part(web: Web, request: Request) -> Response:
    """Write a part."""
    study = web.study(request)
    name = request.url.path.rpartition("/")[2]
    form = await typed(request)
    async with web.lock(study):
        await web.pool.ask(web.place(request, study), f"parts.save_{name}", was=form.get("was", ""), typed=form)
    return seen(f"/{web.prefix}/s/{study.id}/{name}")


async def method(web: Web, request: Request) -> Response:
    """How everything was made."""
    study = web.study(request)
    found = await web.ask(request, study, "parts.method")
    return await web.screen(request, study, "method.html", "method", found=found)


async def file(web: Web, request: Request) -> Response:
    """The study file as text, with its history."""
    study = web.study(request)
    asked = request.query_params.get("version", "")
    version = int(asked) if asked.isdigit() and len(asked) < 6 else -1
    found = await web.pool.ask(web.place(request, study), "parts.file", version=version)
    return await web.screen(request, study, "file.html", "file", found=found)


async def save_file(web: Web, request: Request) -> Response:
    """Write the typed text, if it is a study file."""
    study = web.study(request)
    form = await typed(request)
    async with web.lock(study):
        args: dict[str, Any] = {"was": form.get("was", ""), "text": form.get("text", "")}
        await web.pool.ask(web.place(request, study), "parts.save_file", **args)
    return seen(f"/{web.prefix}/s/{study.id}/file")


async def take(web: Web, request: Request) -> Response:
    """The study file as a download."""
    study = web.study(request)
    text = masked(web.place(request, study), study.text)
    return download(text.encode(), "study.toml", "application/toml")


async def undo(web: Web, request: Request) -> Response:
    """One version back, or forward."""
    study = web.study(request)
    form = await typed(request)
    by = -1 if request.url.path.endswith("/undo") else 1
    async with web.lock(study):
        await web.pool.ask(web.place(request, study), "parts.undo", was=form.get("was", ""), by=by)
    to = form.get("back", "")
    base = f"/{web.prefix}/s/{study.id}/"
    return seen(to if to.startswith(base) and "//" not in to and "\\" not in to else f"{base}files")
