"""An outbox against the simulator whose answers get lost, and time that passes for both."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from outbox.send_path import Path
from ringline.clock import VirtualClock
from ringline.outbox import NewMessage, Outbox, OutboxRow, OutboxSettings
from ringline.simulator import Simulator
from ringline.simulator.records import Message
from ringline.twilio.client import TwilioClient
from ringline.twilio.messages import MessageForm
from ringline.twilio.webhooks import StatusCallback

PHONE, NUMBER = "+14155550123", "+14155550001"
TEXT = "Your table for four is ready at nine."
HORIZON, GAP = 90.0, 10.0


class Scene:
    """One outbox, one simulator, and a clock for both."""

    def __init__(self, path: Path, simulator: Simulator, *, is_called: bool = False, **settings: Any) -> None:
        self.path = path
        self.simulator = simulator
        self.settings = OutboxSettings(**{"rate": None, "jitter": 0.0, **settings})
        self.client = TwilioClient(
            simulator.account_sid, simulator.auth_token, base_url=simulator.base_url, http=path.http, timeout=5.0
        )
        # Never called in fact: tests hand in what Twilio would report.
        simulator.carrier.callbacks = False
        url = "https://ringline.example" if is_called else None
        self.outbox = Outbox(path.database, path.dispatcher, path.clock, self._client_of, url, self.settings)
        self.senders: set[str] = set()
        assert isinstance(simulator.clock, VirtualClock)
        self._twilios_clock = simulator.clock

    async def _client_of(self, credential_id: str) -> TwilioClient:
        return self.client

    def new(self, text: str | None = TEXT, **changes: Any) -> NewMessage:
        base = NewMessage(
            account_id=self.simulator.account_sid, credential_id="crd_1", to=PHONE, sender=NUMBER, body=text
        )
        return dataclasses.replace(base, **changes)

    async def send(self, text: str | None = TEXT, **changes: Any) -> OutboxRow:
        """Write one message down and let its request go."""
        row = await self.outbox.enqueue(self.new(text, **changes))
        assert row.sender_id is not None
        self.senders.add(row.sender_id)
        await self.outbox.drain(row.sender_id)
        return await self.outbox.get(row.id)

    async def work(self) -> None:
        """Everything that is due now, in the order in which a worker would come to it."""
        await self.simulator.settle()
        await self.outbox.sweep()
        await self.outbox.settle(self.simulator.account_sid)
        for sender in self.senders:
            await self.outbox.drain(sender)

    async def pass_time(self, seconds: float, *, step: float = 5.0) -> None:
        passed = 0.0
        while passed < seconds:
            by = min(step, seconds - passed)
            self.path.clock.step(by)
            if self._twilios_clock is not self.path.clock:
                self._twilios_clock.step(by)
            passed += by
            await self.work()

    async def foreign(self, text: str = TEXT, **more: Any) -> str:
        """Other software on the same account sends a text; returns its sid."""
        form = MessageForm(**{"to": PHONE, "from_": NUMBER, "body": text, **more})
        result = await self.client.create_message(form)
        assert result.sid is not None
        return result.sid

    async def report(self, row: OutboxRow, status: str, sid: str, *, attempt: int | None = 1) -> OutboxRow:
        """Twilio calls back, with the token of that attempt, or with none."""
        callback = StatusCallback(
            account_sid=self.simulator.account_sid, sid=sid, status=status, raw={"MessageStatus": status}
        )
        token = {} if attempt is None else {"message_id": row.id, "attempt_no": attempt}
        await self.outbox.record_callback(callback, **token)
        await self.outbox.apply_callbacks(self.simulator.account_sid)
        return await self.outbox.get(row.id)

    async def get(self, row: OutboxRow) -> OutboxRow:
        return await self.outbox.get(row.id)

    async def outcomes(self, row: OutboxRow) -> list[str]:
        return [attempt["outcome"] for attempt in await self.outbox.attempts(row.id)]

    async def notes(self, row: OutboxRow) -> list[dict[str, Any]]:
        return [json.loads(a["check_note"] or "{}") for a in await self.outbox.attempts(row.id)]

    @property
    def at_twilio(self) -> Sequence[Message]:
        return [message for message in self.simulator.messages if message.direction == "outbound-api"]
