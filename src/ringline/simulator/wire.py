"""Twilio's forms on the wire: dates, answers, and each resource as its JSON."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from ringline.simulator.records import Media, Message

API_VERSION = "2010-04-01"

_encode = json.JSONEncoder(ensure_ascii=False).encode


@lru_cache(maxsize=4096)
def _rfc2822_of_second(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def rfc2822(moment: float | None) -> str | None:
    """A date as the 2010-04-01 API writes it: ``Thu, 24 Aug 2023 05:01:45 +0000``."""
    return None if moment is None else _rfc2822_of_second(int(moment))


@lru_cache(maxsize=64)
def _http_date_of_second(second: int) -> bytes:
    return format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True).encode()


def http_date(moment: float) -> bytes:
    """A moment as the ``Date`` header has it."""
    return _http_date_of_second(int(moment))


def iso8601(moment: float | None) -> str | None:
    """A date as the v1 and v2 APIs write it: ``2015-07-30T20:12:31Z``."""
    return None if moment is None else datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_moment(text: str) -> float | None:
    """Seconds since the epoch of an ISO or RFC 2822 date; a date without a zone is UTC. ``None`` if it is neither."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def parse_form(body: bytes) -> dict[str, list[str]]:
    """A urlencoded body as name to values, in the order they came."""
    form: dict[str, list[str]] = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name:
            form.setdefault(_decoded(name), []).append(_decoded(value))
    return form


def _decoded(part: bytes) -> str:
    # urllib's parse_qsl does the same at five times the cost, which is felt at thousands of messages a second.
    part = part.replace(b"+", b" ")
    return (unquote_to_bytes(part) if b"%" in part else part).decode("utf-8", "replace")


def answer_headers(*, content_type: bytes = b"application/json", took: float = 0.0) -> list[tuple[bytes, bytes]]:
    """The headers Twilio puts on every answer, with a fresh request id."""
    return [
        (b"content-type", content_type),
        (b"twilio-concurrent-requests", b"1"),
        (b"twilio-request-id", b"RQ" + os.urandom(16).hex().encode()),
        (b"twilio-request-duration", f"{took:.3f}".encode()),
        (b"x-home-region", b"us1"),
        (b"x-api-domain", b"api.twilio.com"),
        (b"x-powered-by", b"AT-5000"),
        (b"x-shenanigans", b"none"),
    ]


def message_json(message: Message, now: float, *, created: bool = False) -> dict[str, Any]:
    """A message as Twilio shows it at that moment; the answer to its creation names fewer subresources."""
    account, sid = message.account_sid, message.sid
    uri = f"/{API_VERSION}/Accounts/{account}/Messages/{sid}"
    priced = message.price is not None and message.price_from is not None and message.price_from <= now
    subresources = {"media": f"{uri}/Media.json"}
    if not created:
        subresources["feedback"] = f"{uri}/Feedback.json"
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": rfc2822(message.created),
        "date_sent": rfc2822(message.sent),
        "date_updated": rfc2822(message.updated),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": message.from_,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(len(message.media) or len(message.media_urls)),
        "num_segments": str(message.num_segments),
        "price": message.price if priced else None,
        "price_unit": "USD" if priced else None,
        "sid": sid,
        "status": message.status,
        "subresource_uris": subresources,
        "to": message.to[:-4] + "XXXX" if message.hides_address else message.to,
        "uri": f"{uri}.json",
    }


def media_json(media: Media) -> dict[str, Any]:
    """A message's file as Twilio shows it."""
    return {
        "account_sid": media.account_sid,
        "content_type": media.content_type,
        "date_created": rfc2822(media.created),
        "date_updated": rfc2822(media.created),
        "parent_sid": media.message_sid,
        "sid": media.sid,
        "uri": f"/{API_VERSION}/Accounts/{media.account_sid}/Messages/{media.message_sid}/Media/{media.sid}.json",
    }


def dump(body: Any) -> bytes:
    """JSON as Twilio writes it, non-ASCII characters as they are."""
    return _encode(body).encode()
