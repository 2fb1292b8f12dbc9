"""How long it is kept what messages said; that they were sent, and what became of them, stays."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.compliance import caps, cooldowns
from ringline.database.json_lists import as_list
from ringline.errors import CredentialError, RequestError, TwilioError
from ringline.outbox.calling import is_call
from ringline.outbox.rows import OutboxRow
from ringline.outbox.store import reading, settling, sweeps
from ringline.outbox.store import retention as store
from ringline.outbox.waiting import not_found

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox.settings import OutboxSettings
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)

BATCH = 500
NOT_FOUND = 404


class Retention:
    """Erases texts, by themselves when they are old enough, and at once where somebody asks for it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: OutboxSettings,
        *,
        clients: Callable[[str], Awaitable[TwilioClient]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._clients = clients
        self.on_erased: list[Callable[[Transaction, Sequence[str]], None]] = []
        """Told of messages that lost their text, in the transaction that erases it."""
        self._places = asyncio.Semaphore(settings.polls_at_once)

    async def compact(self) -> int:
        """Forget what is older than it is to be kept: texts, callbacks' forms, reports about messages that are not
        ours, cooldowns and caps that are over. Returns how many messages lost their text.
        """
        now, settings = self._clock.time(), self._settings
        callbacks = {"before": now - settings.keep_raw_callbacks}

        def work(tx: Transaction) -> None:
            tx.run(sweeps.FORGET_STRAY, callbacks)
            tx.run(sweeps.FORGET_RAW, callbacks)
            cooldowns.forget(tx, now=now)
            caps.forget(tx, now=now)

        await self._database.write(work)
        return 0 if settings.keep_texts is None else await self._erase_older_than(now - settings.keep_texts)

    async def redact(self, id: str, *, at_twilio: bool = True, actor: str = "api") -> OutboxRow:
        """Erase one message's text and media here and, with *at_twilio*, there.

        Raises `NotFoundError`, `RequestError` where it is not done yet, and `TwilioError`; then nothing is erased here.
        """
        record = await self._database.read(lambda tx: tx.one(reading.GET, {"id": id}))
        if record is None:
            raise not_found(id)
        if await self._database.read(lambda tx: tx.one(store.IS_DONE, {"id": id})) is None:
            raise RequestError(
                f"message {id} is {record['status']}: its text is still needed",
                code="not_done",
                fix="wait until its delivery is settled, or cancel it first",
            )
        if at_twilio and record["sid"] is not None and not is_call(record["channel"]):
            await _erase_at_twilio(await self._clients(record["credential_id"]), record["sid"])
        await self._database.write(lambda tx: self._erase(tx, [id], actor=actor))
        fresh = await self._database.read(lambda tx: tx.one(reading.GET, {"id": id}))
        assert fresh is not None
        return OutboxRow.of(fresh)

    def erase_in(
        self, tx: Transaction, numbers: Sequence[str], cancel: Callable[[Transaction, Sequence[str]], Any]
    ) -> int:
        """Erase what was written and said to these numbers; what waits to be sent is taken back first, by *cancel*.

        Returns how many texts went. One whose sending is under way, or was never answered, keeps its text until that
        is settled: only by it is it found at Twilio, who keep a copy of what was sent until `redact` erases it there.
        """
        people = [spelling for number in numbers for spelling in (number, f"whatsapp:{number}")]
        ids = [row["id"] for row in tx.all(store.OF_PEOPLE, {"people": as_list(people)})]
        if not ids:
            return 0
        cancel(tx, ids)
        done = [row["id"] for row in tx.all(store.NEEDS_NO_TEXT, {"ids": as_list(ids)})]
        if done:
            self._erase(tx, done, actor="erasure")
        return len(done)

    async def _erase_older_than(self, before: float) -> int:
        count, after = 0, ""
        while True:
            wanted = {"after": after, "before": before, "count": BATCH}
            rows = await self._database.read(functools.partial(_all_old, wanted=wanted))
            if not rows:
                return count
            # What Twilio does not let go keeps its text, and is tried again the next night.
            erased = await asyncio.gather(*(self._erase_there(row) for row in rows))
            ids = [row["id"] for row, is_erased in zip(rows, erased, strict=True) if is_erased]
            await self._database.write(functools.partial(self._erase, ids=ids))
            count += len(ids)
            after = rows[-1]["id"]

    async def _erase_there(self, row: Row) -> bool:
        if not self._settings.redact_at_twilio or row["sid"] is None or is_call(row["channel"]):
            return True
        async with self._places:
            try:
                await _erase_at_twilio(await self._clients(row["credential_id"]), row["sid"])
            except (TwilioError, CredentialError) as error:
                _log.warning("the text of message %s could not be erased at Twilio: %s", row["id"], error)
                return False
        return True

    def _erase(self, tx: Transaction, ids: Sequence[str], *, actor: str | None = None) -> None:
        now = self._clock.time()
        tx.many(store.REDACT, [{"key": key, "now": now} for key in ids])
        tx.run(store.REDACT_EVENTS, {"ids": as_list(ids)})
        for tell in self.on_erased:
            tell(tx, ids)
        if actor is not None:
            entry = {"at": now, "actor": actor, "action": "redacted", "sid": None, "note": None}
            tx.many(settling.ADD_SETTLEMENT, [{"message_id": key, **entry} for key in ids])


def _all_old(tx: Transaction, wanted: Mapping[str, Any]) -> list[Row]:
    return tx.all(store.OLD, wanted)


async def _erase_at_twilio(client: TwilioClient, sid: str) -> None:
    try:
        await client.redact_message(sid)
    except TwilioError as error:
        # Deleted there already: nothing is left to erase.
        if error.status != NOT_FOUND:
            raise
