"""Signing in to the page: a one-time link, or the API token, becomes a cookie."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.clock import Clock

COOKIE = "ringline_session"
SESSION_SECONDS = 7 * 24 * 3600
LINK_SECONDS = 3600


class Sessions:
    """Hands out one-time codes and cookies.

    A cookie is its expiry signed with the API token, so sessions outlive a restart and end when the token changes.
    Codes live in memory only: a printed link belongs to the process that printed it.
    """

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token.encode()
        self._key = hashlib.sha256(b"ringline session cookie\0" + self._token).digest()
        self._clock = clock
        self._codes: dict[str, float] = {}

    def new_code(self) -> str:
        """A code that signs in once, within the hour."""
        code = secrets.token_urlsafe(18)
        self._codes[code] = self._clock.time() + LINK_SECONDS
        return code

    def redeem(self, code: str) -> bool:
        """Use up *code*; False if it was used before, is too old or was never handed out."""
        expires = self._codes.pop(code, None)
        return expires is not None and self._clock.time() <= expires

    def is_token(self, given: str) -> bool:
        """Whether *given* is the API token."""
        return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(self._token).digest())

    def new_cookie(self) -> str:
        """A cookie's value, good for a week."""
        expires = str(int(self._clock.time()) + SESSION_SECONDS)
        return f"{expires}.{self._sign(expires)}"

    def csrf(self, cookie: str) -> str:
        """What requests that change something carry beside *cookie*."""
        return self._sign(f"csrf.{cookie}")

    def is_csrf(self, cookie: str, given: str) -> bool:
        """Whether *given* belongs to *cookie*."""
        return hmac.compare_digest(self.csrf(cookie).encode(), given.encode())

    def is_valid(self, cookie: str | None) -> bool:
        """Whether *cookie* is one of ours and still good."""
        expires, _, signature = (cookie or "").partition(".")
        if not expires.isdigit() or not hmac.compare_digest(self._sign(expires), signature):
            return False
        return self._clock.time() <= int(expires)

    def _sign(self, expires: str) -> str:
        return hmac.new(self._key, expires.encode(), hashlib.sha256).hexdigest()
