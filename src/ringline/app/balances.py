"""What is left on the accounts, asked for rarely and kept with when it was so."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from ringline.analytics import store
from ringline.clock import utc
from ringline.errors import RinglineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.app.system import Ringline

_log = logging.getLogger(__name__)

EVERY = 3 * 3600.0
"""Seconds between two questions about one account."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What was left on the account of a credential, at that moment."""

    credential_id: str
    name: str
    amount: Decimal
    currency: str
    as_of: datetime
    is_low: bool


class Balances:
    """The balances of the accounts that have a name here."""

    def __init__(self, parts: Ringline) -> None:
        self._parts = parts
        self._looking: asyncio.Task[None] | None = None

    async def list(self) -> Sequence[Balance]:
        """As they were when they were last asked for."""
        names = {one.id: one.name for one in await self._parts.credentials.list()}
        rows = await self._parts.database.read(lambda tx: tx.all(store.EVERY_BALANCE))
        low = Decimal(str(self._parts.settings.low_balance))
        found = []
        for row in rows:
            as_of, name = utc(row["as_of"]), names.get(row["credential_id"])
            if name is None or as_of is None:
                continue
            amount = Decimal(row["amount"])
            found.append(Balance(row["credential_id"], name, amount, row["currency"], as_of, amount < low))
        return sorted(found, key=lambda one: one.name)

    def look_soon(self) -> None:
        """As `look`, in the background: somebody is about to read them."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.look(), name="ringline-balances")

    async def look(self) -> None:
        """Ask Twilio for those that were not asked for in a while. An account that says nothing is left as it was."""
        now = self._parts.clock.time()
        rows = await self._parts.database.read(lambda tx: tx.all(store.EVERY_BALANCE))
        asked = {row["credential_id"]: row["as_of"] for row in rows}
        for credential in await self._parts.credentials.list():
            if now - asked.get(credential.id, 0.0) >= EVERY:
                await self._ask(credential.id, credential.name or credential.id, now)

    async def _ask(self, credential_id: str, name: str, now: float) -> None:
        try:
            client = await self._parts.credentials.client(credential_id)
            answer = await client.balance()
            amount = str(Decimal(str(answer["balance"])))
        except (RinglineError, KeyError, InvalidOperation) as error:
            # Keys of less than the main rights, and subaccounts, are not told.
            _log.info("the balance of %s is not known: %s", name, error)
            return
        values = {
            "credential_id": credential_id,
            "amount": amount,
            "currency": str(answer.get("currency") or "USD"),
            "as_of": now,
        }
        await self._parts.database.write(lambda tx: tx.run(store.NOTE_BALANCE, values))
