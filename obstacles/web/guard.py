"""What every request passes before a screen sees it, and what every answer carries (OWASP ASVS 5.0, chapters 3, 5, 7).

Host and port must be ours to the letter (a page of another name that resolves to this computer is refused), the cookie
must open, a request that changes something must come from a page of ours, and a body has a size and a pace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obstacles.web.identity import Doorkeeper
    from obstacles.web.log import Log

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY, MOST_FORM = 600 * 1024**2, 8 * 1024**2  # bytes of a request with files, and of one without
PACE = 30.0  # seconds without a byte of a body that was begun
LONGEST_PATH = 2_000
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class TooLargeError(Exception):
    """A body is larger than it may be."""


class TooSlowError(Exception):
    """A body stopped coming."""


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: App, *, hosts: Iterable[str], prefix: str, door: Doorkeeper, cookie: str, log: Log) -> None:
        self.app, self.hosts, self.prefix = app, frozenset(hosts), prefix
        self.door, self.cookie, self.log = door, cookie, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        reason = self._refusal(scope)
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _with_headers(message["headers"])}
            await send(message)

        if reason is not None:
            self.log.say("refused", rule=reason[1])
            scope["obstacles.refused"] = reason
        await self.app(scope, _bounded(scope, receive), answer)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """A status and the rule that was broken; None where there is none."""
        headers = _multi(scope)
        hosts = headers.get("host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return 421, "host"
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > LONGEST_PATH:
            return 414, "length"
        changing = scope["method"] not in ("GET", "HEAD")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "method"
        if (reason := _origin(headers, hosts[0], changing=changing)) is not None:
            return 403, reason
        path = scope["path"]
        if path == "/open" and not changing:
            return None
        if not path.startswith(f"/{self.prefix}/"):
            return 404, "prefix"
        if path.startswith(f"/{self.prefix}/static/"):
            return None
        if not any(self.door.knows(value) for value in _cookies(headers, self.cookie)):
            return 401, "cookie"
        return _length(headers) if changing else None


def _origin(headers: dict[str, list[str]], host: str, *, changing: bool) -> str | None:
    """The rule that a request from another page breaks; None for one of ours, or of the address bar."""
    site = headers.get("sec-fetch-site", [""])[0]
    if not changing:
        asked = headers.get("sec-fetch-dest", [""])[0]
        if site in ("cross-site", "same-site") and asked not in ("document", ""):
            return "fetched from elsewhere"
        return None
    if site:
        return None if site == "same-origin" else "site"
    origin = headers.get("origin", [""])[0]
    return None if origin == f"http://{host}" else "origin"


def _length(headers: dict[str, list[str]]) -> tuple[int, str] | None:
    most = MOST_BODY if _with_files(headers) else MOST_FORM
    stated = headers.get("content-length", [""])
    if stated[0] and (len(stated) > 1 or not stated[0].isdigit() or len(stated[0]) > 15):
        return 400, "length"
    return (413, "size") if stated[0] and int(stated[0]) > most else None


def _with_files(headers: dict[str, list[str]]) -> bool:
    return headers.get("content-type", [""])[0].lower().startswith("multipart/form-data")


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """A body that is counted as it comes, and that must not stop coming."""
    most = MOST_BODY if _with_files(_multi(scope)) else MOST_FORM
    seen, done = 0, False

    async def bounded() -> Message:
        nonlocal seen, done
        if done:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), PACE)
        except TimeoutError:
            raise TooSlowError from None
        seen += len(message.get("body") or b"")
        if seen > most:
            raise TooLargeError
        done = not message.get("more_body", False)
        return message

    return bounded


def _multi(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _cookies(headers: dict[str, list[str]], name: str) -> list[str]:
    values = []
    for line in headers.get("cookie", []):
        try:
            found = SimpleCookie(line).get(name)
        except CookieError:
            continue
        if found is not None:
            values.append(found.value)
    return values


def _with_headers(own: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    own = list(own)
    stated = {name.lower() for name, _value in own}
    return own + [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in stated]
