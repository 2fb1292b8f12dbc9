"""`ringline.messages`: send a message, and see what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ringline.messaging.durable import DurableSender
from ringline.messaging.message import Channel, Message, MessageRequest
from ringline.messaging.prices import Forecast, forecast
from ringline.messaging.rows import message_of_row

if TYPE_CHECKING:
    from ringline.outbox import Beside, Outbox

__all__ = ["DurableSender", "Messages"]


class Messages:
    """The messages of this installation. Nothing here raises because Twilio or a rule said no: the message says so."""

    def __init__(self, sender: DurableSender, outbox: Outbox) -> None:
        self._sender = sender
        self._outbox = outbox

    async def send(
        self,
        *,
        to: str,
        from_: str | None = None,
        body: str | None = None,
        credential: str | None = None,
        purpose: str = "notification",
        key: str | None = None,
        media: Sequence[str] = (),
        send_at: datetime | None = None,
        channel: Channel = "sms",
        messaging_service_sid: str | None = None,
        content_sid: str | None = None,
        content_variables: Mapping[str, str] | None = None,
        validity_seconds: int | None = None,
        wait: float | None = None,
        beside: Beside | None = None,
    ) -> Message:
        """Write a message down to be sent, and return it as it stands then.

        *to* and *from_* are E.164. Without *from_* the messaging service, or the credential's default sender, is used;
        without *credential* the default one. *purpose* decides which rules hold. The same *key* again returns the first
        message. *send_at* must be aware. *wait* is how many seconds to wait for the send to be decided. *beside* is
        called with the row in the transaction that writes a new message down.

        Raises:
            RequestError: A field is wrong; the sentence says which, and what to do.
            IdempotencyConflict: The key came before with another content.
            CredentialError: There is no such credential.
        """
        request = MessageRequest(
            to=to,
            body=body,
            from_=from_,
            channel=channel,
            messaging_service_sid=messaging_service_sid,
            media=tuple(media),
            content_sid=content_sid,
            content_variables=dict(content_variables or {}),
            credential=credential,
            purpose=purpose,
            send_at=send_at,
            validity_seconds=validity_seconds,
            key=key,
            key_scope="api",
        )
        return await self._sender.send(request, wait=wait, beside=beside)

    async def get(self, message_id: str) -> Message:
        """The message as it stands now; `NotFoundError` if there is none of that id."""
        return message_of_row(await self._outbox.get(message_id))

    async def list(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        to: str | None = None,
        stage: str | None = None,
        status: str | None = None,
        run_id: str | None = None,
        channel: str | None = None,
        since: str | None = None,
        until: str | None = None,
        runs: Sequence[str] | None = None,
        ids: Sequence[str] | None = None,
        people: Sequence[str] | None = None,
    ) -> list[Message]:
        """Messages we were asked to send, newest first; *before* is the id to go on from.

        *since* and *until* are ids as well; *runs* names those that may have sent them. With *ids* and *people*, those
        with one of the ids or to one of the numbers.
        """
        filters: dict[str, Any] = {"to": to, "stage": stage, "status": status, "run_id": run_id, "channel": channel}
        filters |= {"since": since, "until": until, "runs": runs, "ids": ids, "people": people}
        rows = await self._outbox.list(filters, cursor=before, limit=limit)
        return [message_of_row(row) for row in rows]

    async def page(
        self, *, limit: int = 50, before: str | None = None, **filters: Any
    ) -> tuple[Sequence[Message], str | None]:
        """Messages as `list` gives them, and the id to go on from, None at the end.

        It looks at a bounded number of them: there may be more though there are few here.
        """
        page = await self._outbox.listing.page(filters, before=before, limit=limit)
        return [message_of_row(row) for row in page.rows], page.next

    async def cancel(self, message_id: str) -> Message:
        """Keep a message from going out, if it is not too late; the message says whether it was."""
        return message_of_row(await self._outbox.cancel(message_id))

    async def wait(self, message_id: str, timeout: float | None = None) -> Message:
        """The message once its send is decided, or as it stands after *timeout* seconds."""
        return message_of_row(await self._outbox.wait(message_id, timeout))

    def preview(
        self, *, to: str, body: str | None = None, channel: Channel = "sms", media: Sequence[str] = ()
    ) -> Forecast:
        """Segments, encoding and approximate price of a message before it is sent."""
        return forecast(to, body, channel=channel, media=len(media))
