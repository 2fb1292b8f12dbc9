"""A message to be sent, as it is handed in and as it stands in the outbox."""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ringline.database import Row

Stage = Literal["held", "ready", "posting", "unknown", "accepted", "failed", "refused", "canceled", "unresolved"]
Policy = Literal["once", "strict", "urgent"]

UNDECIDED: frozenset[str] = frozenset({"held", "ready", "posting", "unknown"})
"""Stages in which it is open whether the message goes out."""
STRICT_PURPOSES = frozenset({"marketing"})
URGENT_PURPOSES = frozenset({"emergency", "security_alert", "security", "fraud"})
OTP_PURPOSES = frozenset({"otp", "two_factor"})


@dataclass(slots=True)
class NewMessage:
    """One message for the outbox. Times are seconds since the epoch; numbers are E.164 without a channel's prefix.

    *credential_id* names an entry of the vault, *account_id* is that account's sid. *sender* may be a pool of them,
    ``pool:name``. *key* within *key_scope* makes a
    repeated request find its first message; when the content differs, scope ``step`` takes the first all the same (a
    step that runs again may render another text), any other raises. *options* are further fields of
    `ringline.twilio.messages.MessageForm`.
    """

    account_id: str
    credential_id: str
    to: str
    sender: str | None = None
    service: str | None = None
    channel: str = "sms"
    body: str | None = None
    media: tuple[str, ...] = ()
    content_sid: str | None = None
    content_variables: Mapping[str, str] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = "notification"
    policy: Policy | None = None
    priority: int | None = None
    send_at: float | None = None
    expires_at: float | None = None
    validity_seconds: int | None = None
    cooldown_key: str | None = None
    cooldown_seconds: float = 0.0
    key: str | None = None
    key_scope: str = "api"
    request_hash: str | None = None
    check_number: bool = True
    run_id: str | None = None
    step: str | None = None
    id: str | None = None
    """Given where the caller needs the id before the row is written (links in the text, for instance)."""


@dataclass(slots=True)
class OutboxRow:
    """A message as it stands in the outbox. *found* is True when an earlier message with the same key was returned."""

    id: str
    account_id: str
    credential_id: str
    channel: str
    to: str
    sender: str | None
    service: str | None
    pool_id: str | None
    sender_id: str | None
    body: str | None
    media: tuple[str, ...]
    content_sid: str | None
    content_variables: Mapping[str, str] | None
    options: Mapping[str, Any]
    purpose: str
    policy: Policy
    priority: int
    segments: int | None
    encoding: str | None
    check_number: bool
    stage: Stage
    status: str
    status_rank: int
    error_code: int | None
    error_message: str | None
    http_status: int | None
    attempt_no: int
    unknowns: int
    setbacks: int
    sid: str | None
    confirmed: bool
    duplicate: bool
    twin: str
    send_at: float
    schedule_at: float | None
    expires_at: float
    validity_seconds: int | None
    cancel_requested_at: float | None
    cancel_outcome: str | None
    refusal_reason: str | None
    refusal_sentence: str | None
    cooldown_key: str | None
    caps: str | None
    hold_reason: str | None
    hold_sentence: str | None
    idem_scope: str | None
    idem_key: str | None
    idem_hash: str | None
    run_id: str | None
    step: str | None
    price: str | None
    price_unit: str | None
    created_at: float
    sent_at: float | None
    delivered_at: float | None
    updated_at: float
    poll_at: float | None
    polls: int
    delivery_unknown: bool
    closed_at: float | None
    redacted_at: float | None
    found: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether the send is decided; the delivery may still go on."""
        return self.stage not in UNDECIDED

    @property
    def pool(self) -> str | None:
        """The pool that chooses, or has chosen, the sender, as ``pool:name``."""
        return self.pool_id.rpartition("/")[2] if self.pool_id is not None else None

    @classmethod
    def of(cls, record: Row, *, found: bool = False) -> OutboxRow:
        """From a record of the table `messages`."""
        media, variables, options = record["media"], record["content_variables"], record["options"]
        values = {
            **record,
            "found": found,
            "media": tuple(json.loads(media)) if media else (),
            "content_variables": json.loads(variables) if variables else None,
            "options": json.loads(options) if options else {},
            "check_number": bool(record["check_number"]),
            "confirmed": bool(record["confirmed"]),
            "duplicate": bool(record["duplicate"]),
            "delivery_unknown": bool(record["delivery_unknown"]),
        }
        # By position: matching sixty keywords takes Python longer than everything else here.
        return cls(*_in_order(values))


_in_order = operator.itemgetter(*(column.name for column in fields(OutboxRow)))


def policy_of(purpose: str) -> Policy:
    """Which way to lean when it is unknown whether a message went out."""
    if purpose in STRICT_PURPOSES:
        return "strict"
    return "urgent" if purpose in URGENT_PURPOSES else "once"


def priority_of(purpose: str) -> int:
    """Who goes first at a sender that has several messages waiting; higher is sooner."""
    if purpose in URGENT_PURPOSES:
        return 90
    if purpose in OTP_PURPOSES:
        return 80
    return 20 if purpose in STRICT_PURPOSES else 50
