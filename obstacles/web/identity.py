"""Who may look: a word in the address that opens the door once, and a cookie from then on.

The seam for a server with accounts: `Doorkeeper` is all that the guard asks.
"""

from __future__ import annotations

import hmac
import secrets
import time

TOKEN_SECONDS, SESSION_SECONDS = 60.0, 8 * 3600.0


class Doorkeeper:
    """Tokens that work once, and the sessions that they open."""

    def __init__(self) -> None:
        self._tokens: dict[str, float] = {}  # token -> when it ends
        self._sessions: dict[str, float] = {}  # value of the cookie -> when it was last used

    def token(self) -> str:
        """A new word for the door, good for a minute and once."""
        made = secrets.token_urlsafe(32)
        self._tokens[made] = time.monotonic() + TOKEN_SECONDS
        return made

    def open(self, token: str) -> str | None:
        """The value of a new cookie for a token that is good; None for any other."""
        now, good = time.monotonic(), None
        for known, ends in list(self._tokens.items()):
            if hmac.compare_digest(known.encode(), token.encode()) and now < ends:
                good = known
            if now >= ends:
                del self._tokens[known]
        if good is None:
            return None
        del self._tokens[good]
        value = secrets.token_urlsafe(32)
        self._sessions[value] = now
        return value

    def knows(self, cookie: str) -> bool:
        """Whether a cookie belongs to a session that was used in the last eight hours."""
        now = time.monotonic()
        for value, used in list(self._sessions.items()):
            if hmac.compare_digest(value.encode(), cookie.encode()):
                if now - used > SESSION_SECONDS:
                    del self._sessions[value]
                    return False
                self._sessions[value] = now
                return True
        return False

    def end(self) -> None:
        """Forget every session."""
        self._sessions.clear()
        self._tokens.clear()
