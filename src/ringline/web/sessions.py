"""Signing in without a password: one-time links, printed in the terminal of whoever started the server."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.clock import Clock

LINK_SECONDS = 3600


class Sessions:
    """Hands out codes that sign in once.

    They live in memory only: a printed link belongs to the process that printed it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, tuple[float, str | None]] = {}

    def new_code(self, user: str | None = None) -> str:
        """A code that signs in once, within the hour: as *user*, or as the oldest admin."""
        code = secrets.token_urlsafe(18)
        self._codes[code] = (self._clock.time() + LINK_SECONDS, user)
        return code

    def redeem(self, code: str) -> tuple[bool, str | None]:
        """Use up *code*: whether it is good, and whom it signs in.

        It is not if it was used before, is too old or was never handed out.
        """
        expires, user = self._codes.pop(code, (0.0, None))
        return self._clock.time() <= expires, user
