"""The room put together: users, sign-ins, keys and the log, and who a secret belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ringline.access.audit import AuditLog
from ringline.access.keys import PREFIX, Keys
from ringline.access.passwords import Passwords
from ringline.access.sign_ins import SignIns, digest_of
from ringline.access.users import Users

if TYPE_CHECKING:
    from ringline.access.principal import Principal
    from ringline.clock import Clock
    from ringline.database import Database, Transaction

CHANNEL = "access"
"""Under this name every process hears that somebody may now more or less than before."""

REMEMBERED = 60.0
"""Seconds for which it is remembered whose a secret is; a change is heard of at once."""

_MOST_REMEMBERED = 10_000


class Access:
    """Who may use this installation."""

    def __init__(self, database: Database, clock: Clock, *, passwords: Passwords | None = None) -> None:
        self._clock = clock
        self._found: dict[str, tuple[Principal | None, float]] = {}
        self._changes = 0
        self.users = Users(database, clock, passwords or Passwords(), self._tell)
        self.sign_ins = SignIns(database, clock, self._tell)
        self.keys = Keys(database, clock, self._tell)
        self.audit = AuditLog(database, clock)
        self._stop_listening = database.listen(CHANNEL, self._forget)

    @property
    def clock(self) -> Clock:
        """By which it is told how long somebody stays signed in, and how often they may ask."""
        return self._clock

    async def by_cookie(self, secret: str) -> Principal | None:
        """Whoever is signed in with the cookie that holds *secret*."""
        return await self._remembered(secret, self.sign_ins.find)

    async def by_key(self, secret: str) -> Principal | None:
        """Whoever's API key *secret* is."""
        return await self._remembered(secret, self.keys.find) if secret.startswith(PREFIX) else None

    def follow(self, clock: Clock) -> None:
        """Tell the time of all that is here by *clock*, where the installation's own is moved by hand."""
        self._clock = clock
        self.users.clock = self.sign_ins.clock = self.keys.clock = self.audit.clock = clock

    async def tidy(self) -> None:
        """Drop expired sign-ins and old entries of the log."""
        await self.sign_ins.forget_old()
        await self.audit.forget_old()

    def close(self) -> None:
        """Hear of no more changes."""
        self._stop_listening()

    async def _remembered(self, secret: str, find: Callable[[str], Awaitable[Principal | None]]) -> Principal | None:
        digest = digest_of(secret)
        principal, until = self._found.get(digest, (None, 0.0))
        if principal is not None and self._clock.monotonic() < until and self._clock.time() < principal.until:
            return principal
        changes = self._changes
        principal = await find(secret)
        # What changed while the database was asked may not be in its answer. Strangers' guesses are not remembered.
        if changes == self._changes and principal is not None:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[digest] = (principal, self._clock.monotonic() + REMEMBERED)
        return principal

    def _forget(self, _: str) -> None:
        self._changes += 1
        self._found.clear()

    def _tell(self, tx: Transaction) -> None:
        tx.notify(CHANNEL, "changed")
        tx.after_commit(lambda: self._forget(""))
