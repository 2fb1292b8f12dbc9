"""A message on its way to Twilio, and what Twilio said to it (to a call just as well)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote_plus

from ringline.twilio.answers import REQUEST_ID_HEADER, read_json, read_problem, retry_after

if TYPE_CHECKING:
    from ringline.twilio.http import HttpAnswer

PostKind = Literal["accepted", "rejected", "throttled", "not_sent", "unknown"]

_PREFIX = "Unable to create record"
_TOO_MANY_QUEUED = 21611
_TOO_MANY_REQUESTS = 20429


@dataclass(frozen=True, slots=True)
class MessageForm:
    """The fields of a new message, named as the official SDK names them; ``None`` leaves a field out.

    *to* and *from_* are addresses as Twilio takes them, with the channel's prefix (see `wire_address`). *send_at*,
    which must be aware, schedules the message at Twilio and needs a messaging service. *content_variables* are the
    values of a content template's placeholders.
    """

    to: str
    from_: str | None = None
    body: str | None = None
    messaging_service_sid: str | None = None
    media: tuple[str, ...] = ()
    content_sid: str | None = None
    content_variables: Mapping[str, str] | None = None
    status_callback: str | None = None
    validity_seconds: int | None = None
    send_at: datetime | None = None
    application_sid: str | None = None
    provide_feedback: bool | None = None
    attempt: int | None = None
    content_retention: Literal["retain", "discard"] | None = None
    address_retention: Literal["retain", "obfuscate"] | None = None
    smart_encoded: bool | None = None
    persistent_action: tuple[str, ...] = ()
    shorten_urls: bool | None = None
    send_as_mms: bool | None = None
    message_intent: str | None = None
    risk_check: Literal["enable", "disable"] | None = None
    fallback_from: str | None = None

    def fields(self) -> list[tuple[str, str]]:
        """Twilio's names and values, in the order in which the SDK sends them."""
        variables = self.content_variables
        pairs: list[tuple[str, str | None]] = [
            ("To", self.to),
            ("StatusCallback", self.status_callback),
            ("ApplicationSid", self.application_sid),
            ("ProvideFeedback", _flag(self.provide_feedback)),
            ("Attempt", _number(self.attempt)),
            ("ValidityPeriod", _number(self.validity_seconds)),
            ("ContentRetention", self.content_retention),
            ("AddressRetention", self.address_retention),
            ("SmartEncoded", _flag(self.smart_encoded)),
            *(("PersistentAction", action) for action in self.persistent_action),
            ("ShortenUrls", _flag(self.shorten_urls)),
            ("ScheduleType", "fixed" if self.send_at is not None else None),
            ("SendAt", _moment(self.send_at)),
            ("SendAsMms", _flag(self.send_as_mms)),
            ("ContentVariables", None if variables is None else json.dumps(dict(variables), ensure_ascii=False)),
            ("MessageIntent", self.message_intent),
            ("RiskCheck", self.risk_check),
            ("From", self.from_),
            ("FallbackFrom", self.fallback_from),
            ("MessagingServiceSid", self.messaging_service_sid),
            ("Body", self.body),
            *(("MediaUrl", url) for url in self.media),
            ("ContentSid", self.content_sid),
        ]
        return [(name, value) for name, value in pairs if value is not None]

    def encode(self) -> bytes:
        """The form as it goes over the wire."""
        return encode_form(self.fields())


@dataclass(frozen=True, slots=True)
class PostResult:
    """What became of one request for a new message.

    ``accepted``: Twilio has it, *sid* names it. ``rejected``: Twilio refused it, and would again. ``throttled``: not
    processed, so safe to send again, after *retry_after* seconds if given. ``not_sent``: no byte left this machine.
    ``unknown``: it may have been processed; when *never_resend* is set it was, and only its sid is missing.
    """

    kind: PostKind
    sid: str | None = None
    status: str | None = None
    http_status: int | None = None
    code: int | None = None
    message: str | None = None
    retry_after: float | None = None
    request_id: str | None = None
    body: dict[str, Any] | None = field(default=None, repr=False)
    never_resend: bool = False
    sdk_text: str = field(default="", repr=False)
    """What ``str()`` of the official SDK's exception would say; empty for an accepted message."""


def classify_answer(answer: HttpAnswer) -> PostResult:
    """Decide what an answer to the request for a new message proves."""
    status = answer.status
    request_id = answer.headers.get(REQUEST_ID_HEADER)
    if 200 <= status < 300:
        return _classify_success(answer, request_id)
    problem = read_problem(status, answer.text)
    wait = retry_after(answer.headers)
    kind: PostKind
    if status == 429 or problem.code in (_TOO_MANY_REQUESTS, _TOO_MANY_QUEUED):
        kind = "throttled"
    elif 400 <= status < 500 and status != 408 and problem.is_twilios:
        kind = "rejected"
    else:
        kind = "unknown"
    if problem.is_twilios:
        message = problem.message
    else:
        shown = f": {problem.message}" if problem.message else ""
        message = f"The answer did not come from Twilio (HTTP {status}{shown})."
    return PostResult(
        kind,
        http_status=status,
        code=problem.code,
        message=message,
        retry_after=wait,
        request_id=request_id,
        body=read_json(answer.text),
        sdk_text=problem.sdk_text(_PREFIX),
    )


def classify_failure(message: str, *, may_have_arrived: bool, http_status: int | None = None) -> PostResult:
    """The result for a request that got no whole answer; *http_status* when an answer had begun."""
    return PostResult(
        "unknown" if may_have_arrived else "not_sent",
        http_status=http_status,
        message=message,
        never_resend=http_status == 201,
        sdk_text=message,
    )


def _classify_success(answer: HttpAnswer, request_id: str | None) -> PostResult:
    body = read_json(answer.text)
    sid = body.get("sid") if body is not None else None
    if body is not None and isinstance(sid, str) and sid:
        status = body.get("status")
        return PostResult(
            "accepted",
            sid=sid,
            status=status if isinstance(status, str) else None,
            http_status=answer.status,
            request_id=request_id,
            body=body,
        )
    # Only Twilio says 201, or signs with a request id; another 2xx may be a sign-in page of some network.
    was_accepted = answer.status == 201 or request_id is not None
    message = (
        f"Twilio accepted the message (HTTP {answer.status}), but its answer could not be read."
        if was_accepted
        else f"The answer did not come from Twilio (HTTP {answer.status})."
    )
    return PostResult(
        "unknown",
        http_status=answer.status,
        message=message,
        request_id=request_id,
        body=body,
        never_resend=was_accepted,
        sdk_text=message,
    )


def encode_form(fields: Iterable[tuple[str, str]]) -> bytes:
    """Names and values as a form's body."""
    return "&".join([f"{name}={_quoted(value)}" for name, value in fields]).encode("ascii")


def wire_address(number: str, channel: str) -> str:
    """*number* as Twilio wants it on *channel*: prefixed, except for text messages and calls."""
    return number if channel in ("sms", "voice") else f"{channel}:{number}"


def split_address(address: str) -> tuple[str, str]:
    """The channel and the bare number of an address from Twilio: ``whatsapp:+1…`` or a plain number."""
    channel, separator, number = address.partition(":")
    return (channel.lower(), number) if separator else ("sms", address)


def moment_of(date: object) -> float | None:
    """Seconds since the epoch of one of Twilio's dates, or ``None`` for none (a message not sent yet has none)."""
    if not isinstance(date, str):
        return None
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


# What `quote_plus` does to each byte, as a table: with it the work is done by one call in C.
_QUOTED = {byte: quote_plus(bytes([byte])) for byte in range(256)}


def _quoted(value: str) -> str:
    # Half a surrogate pair has no encoding; it arrives as a question mark.
    return value.encode("utf-8", "replace").decode("latin-1").translate(_QUOTED)


def _flag(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("send_at needs a time zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
