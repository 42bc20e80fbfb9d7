"""The application: addresses, and what becomes of errors."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from obstacles.text.language import catalogues
from obstacles.text.languages.base import base_of
from obstacles.web import pages
from obstacles.web.guard import App, Guard, TooLargeError, TooSlowError
from obstacles.web.screens.routes import ROUTES
from obstacles.web.storage import FullError
from obstacles.web.web import Handler, Web, seen, typed
from obstacles.web.workers import BusyError, CrashError, LimitError, RefusedError

# ---------- errors ------------------------------------------------------------------------------------------------


def _route(web: Web, path: str, handler: Handler, methods: list[str]) -> Route:
    async def endpoint(request: Request) -> Response:
        refused = request.scope.get("obstacles.refused")
        if refused is not None:
            return _refused(web, request, *refused)
        if web.stopping:
            return web.page(request, "note.html", status=503, **_note("stopped"))
        try:
            return await handler(web, request)
        except HTTPException as error:
            return web.page(request, "note.html", status=error.status_code, **_note(_named(error.status_code)))
        except (TooLargeError, TooSlowError, FullError, BusyError) as error:
            status = {"TooLargeError": 413, "TooSlowError": 408, "FullError": 507, "BusyError": 503}[
                type(error).__name__
            ]
            return web.page(request, "note.html", status=status, **_note(type(error).__name__))
        except RefusedError as error:
            return await _problems(web, request, error)
        except LimitError:
            return web.page(request, "note.html", status=503, **_note("limit"))
        except ClientDisconnect:
            return Response(status_code=400)
        except OSError as error:
            full = error.errno in (28, 122)
            number = web.log.fault(f"OSError {error.errno}")
            return web.page(
                request, "note.html", status=507 if full else 500, **_note("full" if full else "crash", number)
            )
        except CrashError as error:
            return web.page(request, "note.html", status=500, **_note("crash", web.log.fault(str(error))))
        except Exception:
            number = web.log.fault(traceback.format_exc())
            return web.page(request, "note.html", status=500, **_note("crash", number))

    return Route(path, endpoint, methods=methods)


def _named(status: int) -> str:
    return {404: "missing", 400: "words", 405: "words", 413: "TooLargeError"}.get(status, "words")


def _note(what: str, number: str = "") -> dict[str, Any]:
    return {"what": what, "number": number}


def _refused(web: Web, request: Request, status: int, rule: str) -> Response:
    """The answer to a request that the guard has refused: nothing of a study, and no address of ours."""
    if rule in ("host", "prefix"):
        return Response(f"{status}\n", status, media_type="text/plain")
    what = {401: "door", 403: "elsewhere", 413: "TooLargeError"}.get(status, "words")
    return web.page(request, "closed.html", status=status, **_note(what))


async def _problems(web: Web, request: Request, error: RefusedError) -> Response:
    """What a study, or what was typed, does not allow: 409 where somebody else wrote first."""
    conflict = any(one["code"] == "CONFLICT" for one in error.problems)
    status = 409 if conflict else 422
    if request.url.path.endswith(".json"):
        return JSONResponse({"problems": list(error.problems)}, status)
    study = web.workspace.study(request.path_params.get("s", ""))
    sent: list[tuple[str, str]] = []
    if conflict and request.method == "POST":
        form = await request.form()
        sent = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "was"]
    values: dict[str, Any] = {"problems": error.problems, "conflict": conflict, "sent": sent, "to": request.url.path}
    if study is None:
        return web.page(request, "problem_page.html", status=status, study=None, **values)
    return await web.screen(request, study, "refused.html", "", status=status, **values)


# ---------- what belongs to no study ------------------------------------------------------------------------------


async def open_door(web: Web, request: Request) -> Response:
    """The one address with a secret: it is good once."""
    value = web.door.open(request.query_params.get("token", "")[:200])
    if value is None:
        web.log.say("refused", rule="token")
        return web.page(request, "closed.html", status=401, **_note("door"))
    to = f"/{web.prefix}/"
    answer: Response = seen(to)
    if request.headers.get("sec-fetch-site", "none") != "none":
        answer = web.page(request, "closed.html", **_note("opened"))
    answer.set_cookie(web.cookie, value, path=to, httponly=True, samesite="strict")
    return answer


async def static(web: Web, request: Request) -> Response:
    """The style, the script and the letters."""
    try:
        content, kind = pages.content_of(request.path_params["name"])
    except KeyError:
        raise HTTPException(404) from None
    return Response(content, media_type=kind, headers={"cache-control": "public, max-age=31536000, immutable"})


async def speak(web: Web, request: Request) -> Response:
    """Change the language, and go back to the same screen."""
    form = await typed(request)
    to = form.get("back", "")
    answer = seen(to if to.startswith(f"/{web.prefix}/") and "//" not in to and "\\" not in to else f"/{web.prefix}/")
    code = base_of(form.get("language", "en"))
    answer.set_cookie("obstacles-language", code if code in catalogues() else "en", path=f"/{web.prefix}/",
                      httponly=True, samesite="strict")  # fmt: skip
    return answer


async def end(web: Web, request: Request) -> Response:
    """Stop the program: what was not to be kept goes."""
    answer = web.page(request, "closed.html", **_note("stopped"))
    answer.headers["clear-site-data"] = '"cache", "storage"'
    web.stopping = True
    web.door.end()
    web.log.say("stop")
    asyncio.get_running_loop().call_later(0.3, web.stop)
    return answer


async def missing(web: Web, request: Request) -> Response:
    """Every other address."""
    raise HTTPException(404)


def make_app(web: Web) -> Guard:
    """The application of a work folder on a port."""
    own: list[tuple[str, Handler, list[str]]] = [
        ("/open", open_door, ["GET"]),
        ("/{p}/static/{digest}/{name}", static, ["GET"]),
        ("/{p}/language", speak, ["POST"]),
        ("/{p}/stop", end, ["POST"]),
        *((f"/{{p}}{path}", handler, methods) for path, handler, methods in ROUTES),
        ("/{rest:path}", missing, ["GET", "POST"]),
    ]
    app = Starlette(routes=[_route(web, path, handler, methods) for path, handler, methods in own])
    app.router.redirect_slashes = False
    hosts = (f"127.0.0.1:{web.port}", f"localhost:{web.port}", f"[::1]:{web.port}")
    return Guard(cast(App, app), hosts=hosts, prefix=web.prefix, door=web.door, cookie=web.cookie, log=web.log)
