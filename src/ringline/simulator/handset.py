"""Phones: what has arrived on them, and what their owners write back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ringline.errors import RequestError
from ringline.simulator.calls.telephone import Telephone
from ringline.simulator.records import Message, ReceivedMessage
from ringline.simulator.state import State

if TYPE_CHECKING:
    from ringline.simulator.calls.exchange import Exchange
    from ringline.simulator.calls.phones import CallPhones
    from ringline.simulator.calls.telephone import OnItsThread
    from ringline.simulator.inbound import Inbound

T = TypeVar("T")
OnLoop = Callable[[Coroutine[Any, Any, T]], Awaitable[T]]


class Phones:
    """The inboxes of all phones, and whoever waits for something to arrive in one."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._arrived = asyncio.Event()
        self._listeners: list[Callable[[ReceivedMessage], None]] = []

    def deliver(self, message: Message) -> None:
        """Put a message on the phone it is addressed to."""
        received = ReceivedMessage(
            sid=message.sid,
            phone=message.to.removeprefix("whatsapp:"),
            from_=message.from_ or "",
            to=message.to,
            body=message.body,
            media_urls=list(message.media_urls),
            num_segments=message.num_segments,
            at=message.reached_phone or message.created,
        )
        self._state.put_in_inbox(received, message.order)
        self._arrived.set()
        self._arrived = asyncio.Event()
        for listener in list(self._listeners):
            listener(received)

    @contextmanager
    def arrivals(self, listener: Callable[[ReceivedMessage], None]) -> Iterator[None]:
        """Have *listener* called, on the simulator's thread, for whatever reaches a phone meanwhile."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def inbox(self, phone: str) -> list[ReceivedMessage]:
        """What has arrived on that phone, oldest first."""
        return list(self._state.inboxes.get(phone, ()))

    async def wait(self, phone: str, fits: Callable[[ReceivedMessage], bool]) -> ReceivedMessage:
        """The first message on that phone that *fits*, as soon as there is one."""
        while True:
            arrived = self._arrived
            for message in self.inbox(phone):
                if fits(message):
                    return message
            await arrived.wait()


class Handset(Telephone):
    """One phone in somebody's hand, for SMS, WhatsApp and calls alike.

    Waiting is bounded in real seconds, whatever clock the simulator runs on.
    """

    def __init__(
        self,
        number: str,
        phones: Phones,
        inbound: Inbound,
        on_loop: OnLoop[Any],
        why_nothing_comes: Callable[[], str],
        telephone: tuple[Exchange, CallPhones, OnItsThread],
    ) -> None:
        super().__init__(number, *telephone)
        self._phones = phones
        self._inbound = inbound
        self._on_loop = on_loop
        self._why_nothing_comes = why_nothing_comes
        self._taken: set[str] = set()

    @property
    def number(self) -> str:
        """The phone's own number."""
        return self._number

    @property
    def inbox(self) -> list[ReceivedMessage]:
        """What has arrived so far, oldest first."""
        return self._phones.inbox(self._number)

    async def wait_for_message(
        self,
        matching: str | Callable[[ReceivedMessage], bool] | None = None,
        *,
        timeout: float = 5.0,
    ) -> ReceivedMessage:
        """The oldest message not yet handed out, waiting for one if need be; each is handed out once.

        *matching* is a part of the text, or a function that says whether a message is the one. Raises
        ``TimeoutError`` after *timeout* real seconds, saying what did arrive and what has not happened yet.
        """

        def fits(message: ReceivedMessage) -> bool:
            if message.sid in self._taken:
                return False
            if matching is None:
                return True
            return matching in message.body if isinstance(matching, str) else matching(message)

        try:
            message: ReceivedMessage = await self._on_loop(
                asyncio.wait_for(self._phones.wait(self._number, fits), timeout)
            )
        except TimeoutError:
            bodies = ", ".join(repr(message.body) for message in self.inbox) or "nothing"
            raise TimeoutError(
                f"no such message reached {self._number} within {timeout:g} s; it holds {bodies}."
                f" {self._why_nothing_comes()}"
            ) from None
        self._taken.add(message.sid)
        return message

    async def send(
        self,
        text: str,
        to: str,
        *,
        media: Sequence[tuple[str, bytes]] = (),
        extra: dict[str, str] | None = None,
    ) -> Message:
        """Write to one of the account's senders, and return once the application has answered its webhook.

        *to* may be ``whatsapp:+1…``. *media* are content types and bytes; *extra* are further fields for the
        webhook, such as ``ButtonPayload``.
        """
        result: Message = await self._on_loop(
            self._inbound.receive(self._number, to, text, media=media, extra=extra or {})
        )
        return result

    async def reply(self, text: str, to: str | None = None, **more: Any) -> Message:
        """Answer the last message, or the sender *to*; like `send` otherwise."""
        if to is None:
            inbox = self.inbox
            if not inbox:
                raise RequestError(
                    f"nothing has arrived on {self._number}, so there is nothing to reply to",
                    field="to",
                    fix="wait for a message first, or name the sender to write to",
                )
            to = inbox[-1].from_
        return await self.send(text, to, **more)

    async def read(self, message: ReceivedMessage | None = None) -> None:
        """Look at a WhatsApp message (the last one by default), which Twilio reports as ``read``."""
        chosen = message or next((each for each in reversed(self.inbox) if each.channel == "whatsapp"), None)
        if chosen is None:
            raise RequestError(f"no WhatsApp message has arrived on {self._number}", field="message")
        await self._on_loop(self._inbound.mark_read(chosen.sid))

    def forget(self) -> None:
        """Hand out messages from the start again, as after a reset."""
        self._taken.clear()

    def __repr__(self) -> str:
        return f"Handset({self._number!r})"
