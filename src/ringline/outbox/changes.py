"""What has become of messages, told to others in the very transaction that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ringline.database import Transaction


class MessageChange(NamedTuple):
    """A message whose stage, status, error, price or moment of sending has just been written.

    *at* is when, *price* what Twilio charged so far.
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


OnChange = Callable[[Transaction, Sequence[MessageChange]], None]
"""Called after the rows are written and before they are committed. What it raises undoes them, so it should not."""
