"""The durable send path (see `outbox.Outbox`): rows, attempts, senders, and what Twilio says about them."""

from __future__ import annotations

from ringline.outbox.changes import Beside, MessageChange
from ringline.outbox.outbox import Outbox
from ringline.outbox.rows import NewMessage, OutboxRow
from ringline.outbox.settings import OutboxSettings

__all__ = ["Beside", "MessageChange", "NewMessage", "Outbox", "OutboxRow", "OutboxSettings"]
