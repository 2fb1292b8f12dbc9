"""API keys: secrets of programs, shown once and kept as hashes."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ringline.access import store
from ringline.access.principal import Principal, Role, check_role, check_scopes
from ringline.access.sign_ins import digest_of
from ringline.clock import utc
from ringline.errors import NotFoundError, RequestError
from ringline.ids import new_id
from ringline.live import touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

PREFIX = "rlk_"
"""How every key begins, so that people and scanners of secrets recognise it."""

_SHOWN = len(PREFIX) + 6
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; ``shown`` is how it begins."""

    id: str
    name: str
    shown: str
    role: Role
    scopes: tuple[str, ...]
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class Keys:
    """The keys of this installation. *tell* is called in every transaction that takes one away."""

    def __init__(self, database: Database, clock: Clock, tell: Callable[[Transaction], None]) -> None:
        self._database = database
        self.clock = clock
        self._tell = tell

    async def list(self) -> list[ApiKey]:
        """Every key, the newest first."""
        return [_key(row) for row in await self._database.read(lambda tx: tx.all(store.EVERY_KEY))]

    async def add(
        self, name: str, role: str, *, made_by: str, scopes: Sequence[str] = (), expires_at: float | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key; gives it with its secret, which is not to be had again.

        Raises `RequestError` naming the field that is wrong.
        """
        name = name.strip()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise RequestError(
                "A key needs a name.", field="name", fix=f"Say what it is for, in up to {_LONGEST_NAME} characters."
            )
        now = self.clock.time()
        if expires_at is not None and expires_at <= now:
            raise RequestError("The key would have expired already.", field="expires_at", fix="Take a later day.")
        secret = PREFIX + secrets.token_urlsafe(32)
        values = {
            "id": new_id("key", at=now),
            "name": name,
            "digest": digest_of(secret),
            "shown": secret[:_SHOWN],
            "role": check_role(role),
            "scopes": json.dumps(check_scopes(scopes)),
            "made_by": made_by,
            "now": now,
            "expires_at": expires_at,
        }

        def work(tx: Transaction) -> Row | None:
            tx.run(store.ADD_KEY, values)
            touch(tx, "keys", str(values["id"]))
            return tx.one(store.KEY, {"digest": values["digest"]})

        row = await self._database.write(work)
        assert row is not None
        return _key(row), secret

    async def find(self, secret: str) -> Principal | None:
        """Whoever this is the key of; notes that it was used."""
        row = await self._database.read(lambda tx: tx.one(store.KEY, {"digest": digest_of(secret)}))
        now = self.clock.time()
        if row is None or (row["expires_at"] is not None and now >= row["expires_at"]):
            return None
        await self._database.write(lambda tx: tx.run(store.KEY_USED, {"of": row["id"], "now": now}))
        scopes = frozenset(json.loads(row["scopes"]))
        return Principal(
            name=row["name"],
            role=row["role"],
            kind="key",
            id=row["id"],
            scopes=scopes,
            until=math.inf if row["expires_at"] is None else row["expires_at"],
        )

    async def revoke(self, key: str) -> ApiKey:
        """Take a key away, by its id or by its name where only one has it; raises `NotFoundError`."""

        def work(tx: Transaction) -> Row:
            every = tx.all(store.EVERY_KEY)
            found = [row for row in every if row["id"] == key] or [row for row in every if row["name"] == key]
            if not found:
                raise NotFoundError(f"There is no key `{key}`.", fix="`ringline keys list` shows which there are.")
            if len(found) > 1:
                raise RequestError(f"Several keys are named `{key}`.", field="key", fix="Give the id of the one meant.")
            tx.run(store.REVOKE_KEY, {"of": found[0]["id"]})
            self._tell(tx)
            touch(tx, "keys", found[0]["id"])
            return found[0]

        return _key(await self._database.write(work))


def _key(row: Row) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        shown=row["shown"],
        role=row["role"],
        scopes=tuple(json.loads(row["scopes"])),
        made_by=row["made_by"],
        created_at=utc(row["created_at"]),
        expires_at=utc(row["expires_at"]),
        used_at=utc(row["used_at"]),
    )
