"""A message that is posted to Twilio at once: what to post, and what the answer makes of it."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ringline.messaging.channels import rules_of
from ringline.messaging.message import Message, MessageError, MessageRequest, Stage
from ringline.segments import count_segments
from ringline.twilio.error_catalogue import find
from ringline.twilio.messages import MessageForm, PostResult, wire_address

if TYPE_CHECKING:
    from collections.abc import Mapping

_STAGES: Mapping[str, Stage] = {
    "accepted": "accepted",
    "rejected": "failed",
    "throttled": "failed",
    "not_sent": "failed",
    "unknown": "unknown",
}


def form_of(request: MessageRequest) -> MessageForm:
    """The form to post for a checked request."""
    return MessageForm(
        to=wire_address(request.to, request.channel),
        from_=None if request.from_ is None else wire_address(request.from_, request.channel),
        body=request.body,
        messaging_service_sid=request.messaging_service_sid,
        media=request.media,
        content_sid=request.content_sid,
        content_variables=request.content_variables or None,
        validity_seconds=request.validity_seconds,
        send_at=request.send_at,
    )


def message_of(
    request: MessageRequest, *, message_id: str, account_sid: str | None, now: datetime, result: PostResult
) -> Message:
    """The message as it stands after *result*."""
    stage = _STAGES[result.kind]
    body = result.body if result.kind == "accepted" and result.body is not None else {}
    segments, encoding = _segments(request, body)
    return Message(
        id=message_id,
        channel=request.channel,
        direction="outbound",
        to=request.to,
        from_=request.from_,
        body=request.body,
        stage=stage,
        status=(result.status or "queued") if stage == "accepted" else stage,
        segments=segments,
        encoding=encoding,
        sid=result.sid,
        account_sid=account_sid,
        messaging_service_sid=request.messaging_service_sid,
        media=request.media,
        purpose=request.purpose,
        price=_text(body.get("price")),
        price_unit=_text(body.get("price_unit")),
        error=None if stage == "accepted" else _error(result),
        run_id=request.run_id,
        step=request.step,
        created_at=now,
        send_at=request.send_at,
        sent_at=_moment(body.get("date_sent")),
        updated_at=now,
    )


def refused(request: MessageRequest, *, message_id: str, now: datetime, reason: str, error: MessageError) -> Message:
    """The message that was not sent, and why."""
    segments, encoding = _segments(request, {})
    return Message(
        id=message_id,
        channel=request.channel,
        direction="outbound",
        to=request.to,
        from_=request.from_,
        body=request.body,
        stage="refused",
        status="refused",
        segments=segments,
        encoding=encoding,
        messaging_service_sid=request.messaging_service_sid,
        media=request.media,
        purpose=request.purpose,
        error=error,
        refusal_reason=reason,
        run_id=request.run_id,
        step=request.step,
        created_at=now,
        updated_at=now,
    )


def _error(result: PostResult) -> MessageError:
    if result.kind == "unknown":
        known = "Twilio accepted it" if result.never_resend else "it may or may not have been sent"
        return MessageError(
            None,
            f"{result.message} The outcome is not known: {known}.",
            "Look it up in Twilio's message log before sending it again.",
            http_status=result.http_status,
        )
    if result.code is None:
        return MessageError(
            None,
            result.message or "Nothing was sent.",
            "Check the network and the Twilio base URL, then send it again.",
            retryable=True,
            http_status=result.http_status,
        )
    entry = find(result.code)
    return MessageError(
        result.code,
        result.message or entry.title,
        entry.fix,
        retryable=result.kind == "throttled" or entry.can_be_sent_again,
        http_status=result.http_status,
    )


def _segments(request: MessageRequest, answer: Mapping[str, Any]) -> tuple[int, str]:
    """Twilio's count where it has one (with a messaging service it says 0 at first), else our own."""
    counted = count_segments(request.body or "")
    told = _text(answer.get("num_segments"))
    if told is not None and told.isdigit() and int(told) > 0:
        return int(told), counted.encoding
    return counted.segments if rules_of(request.channel).has_segments else 1, counted.encoding


def _moment(text: Any) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
