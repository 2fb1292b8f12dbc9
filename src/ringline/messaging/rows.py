"""A row of the outbox as the message it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from ringline.clock import utc
from ringline.messaging.message import Channel, Message, MessageError, Stage
from ringline.twilio.error_catalogue import find

if TYPE_CHECKING:
    from ringline.outbox.rows import OutboxRow

_WHAT_TO_DO: Mapping[str, str] = {
    "opted_out": "Send nothing; the recipient can reply START to opt in again.",
    "whatsapp_window_closed": "Send an approved template (`content_template`), or wait until the recipient writes.",
    "invalid_recipient": "Write the number with + and country code, such as +14155550123.",
    "cooldown": "Wait until the cooldown is over.",
    "capped": "Wait until the cap's window has ended, or change the cap (`RINGLINE_CAPS`).",
}


def what_to_do(reason: str) -> str:
    """What helps against a refusal, by its short name."""
    return _WHAT_TO_DO.get(reason, "")


def message_of_row(row: OutboxRow) -> Message:
    """The message as it stands in the outbox."""
    return Message(
        id=row.id,
        channel=cast("Channel", row.channel),
        direction="outbound",
        to=row.to,
        from_=row.sender or row.pool,
        body=row.body,
        stage=cast("Stage", row.stage),
        status=row.status,
        segments=row.segments,
        encoding=row.encoding,
        sid=row.sid,
        account_sid=row.account_id,
        messaging_service_sid=row.service,
        content_sid=row.content_sid,
        media=row.media,
        purpose=row.purpose,
        price=row.price,
        price_unit=row.price_unit,
        error=_error(row),
        refusal_reason=row.refusal_reason,
        held_because=row.hold_sentence if row.stage == "held" else None,
        run_id=row.run_id,
        step=row.step,
        created_at=utc(row.created_at),
        send_at=utc(row.schedule_at if row.schedule_at is not None else row.send_at),
        sent_at=utc(row.sent_at),
        updated_at=utc(row.updated_at),
        delivery_unknown=row.delivery_unknown,
        redacted_at=utc(row.redacted_at),
    )


def _error(row: OutboxRow) -> MessageError | None:
    if row.stage == "refused":
        reason = row.refusal_reason or ""
        return MessageError(None, row.refusal_sentence or "The message was not sent.", _WHAT_TO_DO.get(reason, ""))
    if row.error_code is not None:
        entry = find(row.error_code)
        return MessageError(
            row.error_code,
            row.error_message or entry.sentence,
            entry.fix,
            retryable=entry.can_be_sent_again,
            http_status=row.http_status,
        )
    if row.stage in ("unknown", "unresolved"):
        return MessageError(
            None,
            row.error_message or "Twilio gave no answer: the message may or may not have been sent.",
            f"Look it up in Twilio's message log, and say what you found: ringline messages settle {row.id}"
            if row.stage == "unresolved"
            else "Twilio's list is being read to find out; look again in two minutes.",
            http_status=row.http_status,
        )
    if row.stage == "failed":
        return MessageError(
            None,
            row.error_message or "The message could not be sent.",
            "Check the network and the Twilio base URL, then send it again.",
            retryable=True,
            http_status=row.http_status,
        )
    return None
