"""What has become of messages, told to others in the very transaction that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ringline.database import Row, Transaction
from ringline.outbox.rows import OutboxRow


class Standing(NamedTuple):
    """What of a message is counted and paid for."""

    stage: str
    status: str
    send_at: float | None
    sent_at: float | None
    delivered_at: float | None
    segments: int | None
    price: str | None
    price_unit: str | None


class MessageChange(NamedTuple):
    """A message whose stage, status, error, price or moment of sending has just been written.

    *at* is when, *price* what Twilio charged so far. *was* and *standing* are what is counted of it, before and now;
    *was* is None for one that nobody has heard of yet.
    """

    id: str
    run_id: str | None
    step: str | None
    to: str
    sender: str | None
    stage: str
    status: str
    error_code: int | None
    was_stage: str
    was_status: str
    at: float
    price: str | None = None
    sent_at: float | None = None
    send_at: float | None = None
    channel: str = "sms"
    credential_id: str = ""
    was: Standing | None = None
    standing: Standing | None = None


OnChange = Callable[[Transaction, Sequence[MessageChange]], None]
"""Called after the rows are written and before they are committed. What it raises undoes them, so it should not."""

OnTaken = Callable[[Transaction, Sequence[Row]], None]
"""Called with the rows of messages that have just been written, before they are committed."""

Beside = Callable[[Transaction, OutboxRow], None]
"""What somebody writes in the transaction that takes one new message of theirs."""
