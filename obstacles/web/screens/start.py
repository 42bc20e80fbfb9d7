"""The first screen: files dropped become a study; sample data; the studies that are kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile

from obstacles.text.language import using
from obstacles.web.storage import HR, RESEARCHER, StudyFolder
from obstacles.web.uploads import MOST_FIELD, MOST_FIELDS, MOST_FILES, UnfitError, keep, safe_name
from obstacles.web.web import Web, seen, typed
from obstacles.web.workers import BusyError, Place

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SOON = 15.0  # seconds after which the page of the job is shown


async def start(web: Web, request: Request) -> Response:
    """The screen."""
    return await _start(web, request)


async def _start(web: Web, request: Request, *, fault: tuple[str, str] | None = None) -> Response:
    kept: list[dict[str, Any]] = []
    for study in web.workspace.studies():
        place = Place(study.folder, web.language(request), study.meta["mode"])
        frame = web.pool.kept(place, "opened.frame", study.digest)
        if frame is None and len(kept) < 8 and study.study_file.exists():
            frame = await web.ask(request, study, "opened.frame")
        kept.append({"id": study.id, "frame": frame, "kept": study.meta["kept"]})
    return web.page(request, "start.html", kept=kept, fault=fault, status=422 if fault else 200)


async def received(request: Request, study: StudyFolder, folder: Any) -> tuple[list[str], dict[str, str]]:
    """Keep the files of a form in a folder; gives their names and the form's fields.

    Raises
    ------
    UnfitError
        where one is not taken; then none is kept.
    """
    names: list[str] = []
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD) as form:
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        labels = dict(study.meta["names"])
        taken = [path.name for path in folder.iterdir()]
        try:
            for name, value in form.multi_items():
                if name != "files" or not isinstance(value, UploadFile) or not (value.filename or value.size):
                    continue
                own = safe_name(value.filename or "file", [*taken, *names])
                names.append(own)
                labels[own] = (value.filename or own)[-200:]
                try:
                    await asyncio.to_thread(keep, value.file, folder / own)
                except UnfitError as error:
                    raise UnfitError(error.reason, labels[own]) from None
            if not names:
                raise UnfitError("none")
        except BaseException:
            for own in names:
                (folder / own).unlink(missing_ok=True)
            raise
    study.note(names=labels)
    return names, fields


async def new_study(web: Web, request: Request) -> Response:
    """Files become a study."""
    study = web.workspace.new(kept=False, mode=HR, names={}, reports={})
    try:
        names, fields = await received(request, study, study.folder / "data")
    except UnfitError as error:
        web.workspace.delete(study)
        return await _start(web, request, fault=(error.reason, error.name))
    except BaseException:
        web.workspace.delete(study)
        raise
    mode = RESEARCHER if fields.get("mode") == RESEARCHER else HR
    study.note(kept=fields.get("keep") == "keep", mode=mode)
    web.log.say("study", files=len(names), mode=mode)
    return await _read(web, request, study, "files.make", {"names": names})


async def _read(web: Web, request: Request, study: StudyFolder, call: str, args: dict[str, Any]) -> Response:
    place = web.place(request, study)
    base = f"/{web.prefix}/s/{study.id}"
    try:
        job = web.pool.begin(place, study.id, call, title="read", then=f"{base}/files", **args)
    except BusyError:
        web.workspace.delete(study)
        raise
    await web.pool.wait(job, SOON)
    return seen(f"{base}/files" if job.state == "done" else f"{base}/jobs/{job.id}")


async def sample(web: Web, request: Request) -> Response:
    """The made-up study of the demo."""
    await typed(request)
    study = web.workspace.new(kept=False, mode=RESEARCHER, names={}, reports={})
    with using(web.language(request)):
        await web.pool.ask(web.place(request, study), "sample.sample")
    return seen(f"/{web.prefix}/s/{study.id}/ranking")


async def delete(web: Web, request: Request) -> Response:
    """Delete a study and its files."""
    study = web.study(request)
    await typed(request)
    async with web.lock(study):
        web.pool.forget(study.folder)
        web.workspace.delete(study)
    return seen(f"/{web.prefix}/")


async def keep_it(web: Web, request: Request) -> Response:
    """Keep a study when the program stops, or do not."""
    study = web.study(request)
    form = await typed(request)
    study.note(kept=form.get("keep") == "keep")
    return seen(f"/{web.prefix}/s/{study.id}/files")


async def mode(web: Web, request: Request) -> Response:
    """Switch to the researcher's view, or back; written into the log."""
    study = web.study(request)
    form = await typed(request)
    wanted = RESEARCHER if form.get("mode") == RESEARCHER and form.get("sure") == "yes" else HR
    if wanted == HR:
        async with web.lock(study):
            await web.pool.ask(web.place(request, study), "parts.protect")
    study.note(mode=wanted)
    web.log.say("view", mode=wanted)
    return seen(f"/{web.prefix}/s/{study.id}/files")
