"""Where people are signed in: one row for each browser, found by the hash of what its cookie holds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ringline.access import store
from ringline.access.audit import record
from ringline.access.principal import Principal
from ringline.clock import utc
from ringline.errors import NotFoundError
from ringline.ids import new_id
from ringline.live import touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

IDLE = 7 * 86_400.0
"""Seconds after which a browser that asked for nothing is signed out."""

LONGEST = 30 * 86_400.0
"""Seconds after which every sign-in ends."""

BY_LINK = "link"
BY_PASSWORD = "password"  # noqa: S105 - the word, not one


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser somebody is signed in with."""

    id: str
    how: str
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class SignIns:
    """The sign-ins of everybody. *tell* is called in every transaction that ends some."""

    def __init__(self, database: Database, clock: Clock, tell: Callable[[Transaction], None]) -> None:
        self._database = database
        self.clock = clock
        self._tell = tell

    async def begin(self, user_id: str, *, how: str, address: str = "", browser: str = "") -> str:
        """Sign a browser in, and write it in the log; gives what its cookie holds, which is kept nowhere.

        Raises `NotFoundError` for somebody who was removed meanwhile.
        """
        secret = secrets.token_urlsafe(32)
        now = self.clock.time()
        values = {
            "id": new_id("sgn", at=now),
            "digest": digest_of(secret),
            "user_id": user_id,
            "how": how,
            "address": address[:100],
            "browser": browser[:200],
            "now": now,
            "expires_at": now + IDLE,
        }

        def work(tx: Transaction) -> None:
            user = tx.one(store.USER_BY_ID, {"id": user_id})
            if user is None:
                raise NotFoundError("There is no such user any more.")
            tx.run(store.ADD_SIGN_IN, values)
            touch(tx, "users", user_id)
            who = Principal(user["name"], user["role"], "user", id=user_id)
            record(tx, who, "sign_in", who.name, {"by": how}, at=now)

        await self._database.write(work)
        return secret

    async def find(self, secret: str) -> Principal | None:
        """Whoever is signed in with this; notes that they are there."""
        row = await self._database.read(lambda tx: tx.one(store.SIGN_IN, {"digest": digest_of(secret)}))
        now = self.clock.time()
        if row is None or now >= row["expires_at"]:
            return None
        expires_at = min(now + IDLE, row["created_at"] + LONGEST)
        await self._database.write(
            lambda tx: tx.run(store.SEEN, {"of": row["id"], "now": now, "new_expires_at": expires_at})
        )
        return Principal(
            name=row["name"],
            role=row["role"],
            kind="user",
            id=row["user_id"],
            # Who came by a link was never asked for the password that was printed.
            must_change_password=bool(row["must_change"]) and row["how"] == BY_PASSWORD,
            sign_in=row["id"],
            until=expires_at,
            csrf=hashlib.sha256(f"ringline csrf {secret}".encode()).hexdigest(),
        )

    async def list(self, user_id: str) -> list[SignIn]:
        """Where somebody is signed in, the latest used first."""
        values = {"of": user_id, "now": self.clock.time()}
        return [_sign_in(row) for row in await self._database.read(lambda tx: tx.all(store.SIGN_INS_OF, values))]

    async def end(self, user_id: str, sign_in: str) -> None:
        """End one of somebody's; raises `NotFoundError`."""

        def work(tx: Transaction) -> int:
            self._tell(tx)
            return tx.run(store.END_SIGN_IN, {"of": user_id, "sign_in": sign_in})

        if not await self._database.write(work):
            raise NotFoundError("There is no such sign-in, or not any more.")

    async def end_all(self, user_id: str) -> None:
        """Sign somebody out everywhere."""

        def work(tx: Transaction) -> None:
            self._tell(tx)
            tx.run(store.END_SIGN_INS, {"of": user_id})

        await self._database.write(work)

    async def forget_old(self) -> None:
        """Drop those that have expired."""
        now = self.clock.time()
        await self._database.write(lambda tx: tx.run(store.FORGET_SIGN_INS, {"now": now}))


def digest_of(secret: str) -> str:
    """What is kept of a secret that is random throughout, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _sign_in(row: Row) -> SignIn:
    return SignIn(
        id=row["id"],
        how=row["how"],
        address=row["address"],
        browser=row["browser"],
        created_at=utc(row["created_at"]),
        seen_at=utc(row["seen_at"]),
        expires_at=utc(row["expires_at"]),
    )
