"""Whether a message can be asked for at all, said in a sentence before anything is written or sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ringline.errors import RequestError
from ringline.messaging.channels import rules_of
from ringline.phone_numbers import check_recipient

if TYPE_CHECKING:
    from ringline.messaging.channels import ChannelRules
    from ringline.messaging.message import MessageRequest

MAX_VALIDITY_SECONDS = 36_000
MAX_TEMPLATE_VARIABLES = 100
LATE_BY = timedelta(minutes=1)
"""How far in the past `send_at` may lie and still mean "now"."""
FURTHEST = timedelta(days=366)
"""How far ahead we keep a message."""
TWILIO_EARLIEST = timedelta(minutes=15)
TWILIO_LATEST = timedelta(days=35)
"""Twilio's own scheduling takes a moment between these two from now, and only with a messaging service."""

POOL_PREFIX = "pool:"

_POOL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
_CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")


def check_request(request: MessageRequest, *, now: datetime) -> MessageRequest:
    """The request with its numbers in E.164 and its time in UTC; `RequestError` names the field and the fix.

    With ``check_numbers`` off nothing is asked of the numbers and the text, as Roboflow's blocks take any.
    """
    rules = rules_of(request.channel)
    if not request.check_numbers:
        return request
    checked = replace(
        request,
        to=checked_recipient(request.to, rules),
        from_=_sender(request, rules),
        send_at=_send_at(request.send_at, now),
    )
    check_service_sid(checked.messaging_service_sid)
    _check_content(checked, rules)
    check_media(checked.media, rules)
    check_validity(checked.validity_seconds)
    if checked.from_ == checked.to:
        raise RequestError(
            f"Recipient and sender are the same number, {checked.to}.",
            field="to",
            fix="Twilio refuses to send a message to its own sender; give another recipient.",
        )
    return checked


def check_twilio_schedule(send_at: datetime, *, messaging_service: bool, now: datetime) -> None:
    """Raise `RequestError` unless Twilio itself can keep the message until *send_at*.

    Needed only where no database keeps it.
    """
    keep_it_here = "start the workflow under Ringline (`ringline serve`), which keeps the message itself."
    if not messaging_service:
        raise RequestError(
            "`send_at` is set, and a bare workflow keeps nothing after it ends.",
            field="send_at",
            fix=f"Send through a `messaging_service`, whose messages Twilio schedules, or {keep_it_here}",
        )
    ahead = send_at - now
    if not TWILIO_EARLIEST <= ahead <= TWILIO_LATEST:
        raise RequestError(
            f"`send_at` is {_span(ahead)}; Twilio schedules from 15 minutes to 35 days ahead.",
            field="send_at",
            fix=f"Choose a moment within that time, or {keep_it_here}",
        )


def checked_recipient(number: str, rules: ChannelRules) -> str:
    """The recipient in E.164, or `PhoneNumberError`."""
    return check_recipient(_bare(number, rules))


def checked_sender(sender: str, rules: ChannelRules) -> str:
    """The sender in its one written form, or `PhoneNumberError`; a pool of senders is ``pool:`` and its name."""
    return _checked_sender(str(sender), rules.name)


@lru_cache(maxsize=1024)
def _checked_sender(sender: str, channel: str) -> str:
    # Senders are few and recur with every message; looking at a number takes longer than anything else here.
    rules = rules_of(channel)
    if is_pool(sender):
        return _checked_pool(sender)
    return rules.check_sender(_bare(sender, rules))


def is_pool(sender: str | None) -> bool:
    """Whether this names a pool of senders."""
    return sender is not None and sender.strip().startswith(POOL_PREFIX)


def _checked_pool(sender: str) -> str:
    name = sender.strip().removeprefix(POOL_PREFIX)
    if not _POOL_NAME.fullmatch(name):
        raise RequestError(
            f"`from` is `{sender}`, which cannot be a pool.",
            field="from",
            fix="Write pool: and its name (small letters, digits, - and _), such as `pool:alerts`; "
            "`ringline pools list` shows those there are.",
        )
    return POOL_PREFIX + name


def _bare(address: str, rules: ChannelRules) -> str:
    """The number without the prefix of its own channel; any other prefix is the number check's to refuse."""
    text = "" if address is None else str(address).strip()
    prefix = rules.address_prefix
    return text[len(prefix) :] if prefix and text.lower().startswith(prefix) else text


def _sender(request: MessageRequest, rules: ChannelRules) -> str | None:
    if request.from_ is None or not str(request.from_).strip():
        if request.messaging_service_sid:
            return None
        raise RequestError(
            "There is nobody to send from: neither `from` nor a messaging service is given.",
            field="from",
            fix="Set `from` in the step or in the definition's `defaults`, give the credential a default sender "
            "(`ringline credentials add --from`), or name a `messaging_service`.",
        )
    return checked_sender(request.from_, rules)


def check_service_sid(service: str | None) -> None:
    """Raise `RequestError` for what is not a messaging service's SID."""
    if service is not None and not _SERVICE_SID.fullmatch(service):
        raise RequestError(
            f"`messaging_service` is `{service}`, which is not the SID of a messaging service.",
            field="messaging_service",
            fix="It is MG and 32 hexadecimal digits; Twilio's console shows it under Messaging, Services.",
        )


def _check_content(request: MessageRequest, rules: ChannelRules) -> None:
    has_text = bool(request.body and request.body.strip())
    if request.content_sid is None:
        if request.content_variables:
            raise RequestError(
                "`content_variables` are given, but no `content_template` to put them into.",
                field="content_variables",
                fix="Name the template's SID (HX…) in `content_template`.",
            )
        if not has_text and not request.media:
            raise RequestError(
                "The message is empty: it has no text, no media and no content template.",
                field="message",
                fix="Write a `message`; if it comes from a template, see why that renders to nothing.",
            )
    else:
        _check_template(request, has_text)
    if request.body:
        check_text_length(request.body, rules)


def _check_template(request: MessageRequest, has_text: bool) -> None:
    check_content_sid(request.content_sid)
    if has_text or request.media:
        other = "`message`" if has_text else "`media`"
        raise RequestError(
            f"Both `content_template` and {other} are given, and Twilio sends only one of them.",
            field="content_template",
            fix=f"Remove {other} (the template holds the whole message), or remove the template.",
        )
    if len(request.content_variables) > MAX_TEMPLATE_VARIABLES:
        raise RequestError(
            f"`content_variables` has {len(request.content_variables)} entries; "
            f"a template takes at most {MAX_TEMPLATE_VARIABLES}.",
            field="content_variables",
            fix="Give only the variables that the template names.",
        )


def check_content_sid(content_sid: str | None) -> None:
    """Raise `RequestError` for what is not a content template's SID."""
    if content_sid is not None and not _CONTENT_SID.fullmatch(content_sid):
        raise RequestError(
            f"`content_template` is `{content_sid}`, which is not the SID of a content template.",
            field="content_template",
            fix="It is HX and 32 hexadecimal digits; Twilio's console shows it in the Content Template Builder.",
        )


def check_text_length(body: str, rules: ChannelRules) -> None:
    """Raise `RequestError` for a text longer than the channel carries."""
    # Twilio does not say whether it counts code points or UTF-16 units; a text within both limits is safe.
    length = max(len(body), len(body.encode("utf-16-le", "surrogatepass")) // 2)
    if length > rules.max_characters:
        raise RequestError(
            f"The text has {length} characters; Twilio takes at most {rules.max_characters} in one message.",
            field="message",
            fix="Shorten it, or send it in two steps.",
            code="message_too_long",
        )


def check_media(media: Sequence[str], rules: ChannelRules) -> None:
    """Raise `RequestError` for too many media, or an address that Twilio cannot fetch."""
    if len(media) > rules.max_media:
        limit = f"{rules.max_media} media" if rules.max_media > 1 else "one medium"
        raise RequestError(
            f"The message has {len(media)} media; {rules.title} carries at most {limit} per message.",
            field="media",
            fix="Remove some, or send the others in a further step.",
        )
    for url in media:
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            shown = url if isinstance(url, str) else type(url).__name__
            raise RequestError(
                f"`media` holds `{str(shown)[:80]}`, which is not an address that Twilio can fetch.",
                field="media",
                fix="Give a public http or https URL.",
            )


def check_validity(seconds: float | None) -> None:
    """Raise `RequestError` for a validity outside Twilio's 1 second to 10 hours."""
    if seconds is not None and not 1 <= seconds <= MAX_VALIDITY_SECONDS:
        raise RequestError(
            f"`validity` is {seconds:g} seconds; Twilio takes 1 second to 10 hours.",
            field="validity",
            fix='Give a duration of at most "10h"; five seconds or less rarely reach anybody.',
        )


def _send_at(moment: datetime | None, now: datetime) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise RequestError(
            f"`send_at` is {moment.isoformat()}, which does not say in which time zone.",
            field="send_at",
            fix="Add the offset: 2026-05-01T09:00:00-04:00, or Z for UTC.",
        )
    moment = moment.astimezone(UTC)
    if is_past(moment, now):
        raise RequestError(
            f"`send_at` is {_span(moment - now)}.",
            field="send_at",
            fix="Give a moment in the future, or leave `send_at` out to send now.",
        )
    if moment - now > FURTHEST:
        raise RequestError(
            f"`send_at` is {_span(moment - now)}, further than a message is kept.",
            field="send_at",
            fix=f"Give a moment within {FURTHEST.days} days.",
        )
    return moment if moment > now else None


def is_past(moment: datetime, now: datetime) -> bool:
    """Whether it is too late to ask for this moment; one without a time zone is wrong in another way."""
    return moment.tzinfo is not None and moment < now - LATE_BY


def _span(ahead: timedelta) -> str:
    seconds = int(abs(ahead.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= size or size == 1:
            count = seconds // size
            amount = f"{count} {unit}{'' if count == 1 else 's'}"
            break
    return f"{amount} in the past" if ahead < timedelta(0) else f"{amount} ahead"
