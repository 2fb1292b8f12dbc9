"""Sending where a database is: the message is written down first, and goes out whatever happens to this process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from ringline.ids import new_id
from ringline.messaging.message import CredentialValue, PreparedMessage
from ringline.messaging.rows import message_of_row
from ringline.messaging.validation import check_request, is_past
from ringline.outbox import NewMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.clock import Clock
    from ringline.database import Transaction
    from ringline.messaging.links import Links
    from ringline.messaging.media import Media
    from ringline.messaging.message import Cooldown, Message, MessageRequest, StepTransaction
    from ringline.outbox import Beside, Outbox, OutboxRow
    from ringline.vault import Vault


class _Writer(Protocol):
    """Writes one message down; *again* counts how often it was taken back before it was sent."""

    def __call__(self, tx: Transaction, again: int = 0) -> OutboxRow: ...


class DurableSender:
    """Writes messages down in the outbox, whose workers send them.

    The message, its cooldown, its short links and its credential (where that came as values) are stored in one
    transaction: all of them or none.
    """

    is_durable = True

    def __init__(
        self,
        outbox: Outbox,
        vault: Vault,
        clock: Clock,
        *,
        links: Links | None = None,
        media: Media | None = None,
    ) -> None:
        self._outbox = outbox
        self._vault = vault
        self._clock = clock
        self._links = links
        self._media = media

    async def is_cooling_down(self, cooldown: Cooldown) -> bool:
        return await self._outbox.is_cooling_down(cooldown.key, cooldown.seconds)

    async def send(
        self, request: MessageRequest, *, wait: float | None = None, beside: Beside | None = None
    ) -> Message:
        _, write = await self._writer(request)

        def work(tx: Transaction) -> OutboxRow:
            row = write(tx)
            if beside is not None and not row.found:
                beside(tx, row)
            return row

        row = await self._outbox.database.write(work)
        if wait is not None and not row.is_decided:
            row = await self._outbox.wait(row.id, wait)
        return message_of_row(row)

    async def prepare(self, request: MessageRequest) -> PreparedMessage:
        message_id, write = await self._writer(request)

        def effect(on: StepTransaction) -> None:
            row, again = write(on.tx), 0
            while row.stage == "canceled":
                # It was taken back unsent when the run ended, and now the run is tried again.
                again += 1
                row = write(on.tx, again)
            key = f"message/{row.id}"
            if row.is_decided or request.send_at is not None:
                # A message for later is decided later, and one that was found by its key may be decided already.
                on.report(key, {"stage": row.stage, "status": row.status, "error_code": row.error_code})
            else:
                on.wait_for(key)

        return PreparedMessage(message_id, effect)

    def cancel_unsent_in(self, tx: Transaction, ids: Sequence[str]) -> int:
        return self._outbox.stops.cancel_unsent_in(tx, ids)

    async def get(self, id: str) -> Message:
        return message_of_row(await self._outbox.get(id))

    async def _writer(self, request: MessageRequest) -> tuple[str, _Writer]:
        """The id of a new message, and the work that writes it down, or finds an earlier one with its key."""
        asked = request.credential
        credential = None if isinstance(asked, CredentialValue) else await self._vault.get(asked)
        if credential is not None and request.from_ is None and request.messaging_service_sid is None:
            request = replace(request, from_=credential.default_from)
        now = self._clock.now()
        if request.send_at is not None and is_past(request.send_at, now) and await self._is_known(request):
            # Asked again for want of an answer, and its moment has passed meanwhile.
            request = replace(request, send_at=None)
        checked = check_request(request, now=now)
        message_id = new_id("msg", at=self._clock.time())

        def write(tx: Transaction, again: int = 0) -> OutboxRow:
            if credential is not None:
                credential_id, account_sid = credential.id, credential.account_sid
            else:
                assert isinstance(asked, CredentialValue)
                account_sid = asked.account_sid
                credential_id = self._vault.seal(tx, account_sid, asked.auth_token)
            asked_now = replace(checked, key=f"{checked.key}/anew{again}") if again else checked
            new = self._new_message(tx, asked_now, message_id, credential_id=credential_id, account_sid=account_sid)
            row = self._outbox.enqueue_in(tx, new)
            if self._links is not None and row.id == message_id:
                self._links.write(tx, row.body, message_id)
            return row

        return message_id, write

    async def _is_known(self, request: MessageRequest) -> bool:
        return request.key is not None and await self._outbox.has_key(request.key_scope, request.key)

    def _new_message(
        self, tx: Transaction, request: MessageRequest, message_id: str, *, credential_id: str, account_sid: str
    ) -> NewMessage:
        send_at = None if request.send_at is None else request.send_at.timestamp()
        media = request.media
        if send_at is not None and self._media is not None:
            media = tuple([self._media.keep_until(tx, url, send_at) for url in media])
        cooldown = request.cooldown
        return NewMessage(
            account_id=account_sid,
            credential_id=credential_id,
            to=request.to,
            sender=request.from_,
            service=request.messaging_service_sid,
            channel=request.channel,
            body=request.body,
            media=media,
            content_sid=request.content_sid,
            content_variables=request.content_variables or None,
            purpose=request.purpose,
            send_at=send_at,
            validity_seconds=request.validity_seconds,
            cooldown_key=None if cooldown is None else cooldown.key,
            cooldown_seconds=0.0 if cooldown is None else float(cooldown.seconds),
            key=request.key,
            key_scope=request.key_scope,
            check_number=request.check_numbers,
            run_id=request.run_id,
            step=request.step,
            id=message_id,
        )
