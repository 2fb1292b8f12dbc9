"""Calls, recordings and notifications as Twilio writes them."""

from __future__ import annotations

from typing import Any

from ringline.simulator.calls.records import Call, Notification, Recording
from ringline.simulator.calls.reporting import seconds
from ringline.simulator.wire import API_VERSION, rfc2822

_SUBRESOURCES = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


def call_json(call: Call, now: float) -> dict[str, Any]:
    """A call as Twilio shows it at that moment; numbers are texts there."""
    uri = f"/{API_VERSION}/Accounts/{call.account_sid}/Calls/{call.sid}"
    priced = call.price is not None and call.price_from is not None and call.price_from <= now
    return {
        "sid": call.sid,
        "account_sid": call.account_sid,
        "api_version": API_VERSION,
        "to": call.to,
        "to_formatted": _formatted(call.to),
        "from": call.from_,
        "from_formatted": _formatted(call.from_),
        "direction": call.direction,
        "status": call.status,
        "start_time": rfc2822(call.start),
        "end_time": rfc2822(call.end),
        "duration": str(call.duration) if call.is_final else None,
        "price": call.price if priced else None,
        "price_unit": "USD",
        "answered_by": call.answered_by,
        "forwarded_from": None,
        "caller_name": call.caller_name,
        "group_sid": None,
        "parent_call_sid": call.parent_sid,
        "phone_number_sid": call.number_sid,
        "queue_time": str(call.queue_time),
        "trunk_sid": None,
        "annotation": None,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.updated),
        "uri": f"{uri}.json",
        "subresource_uris": {name: f"{uri}/{path}.json" for name, path in _SUBRESOURCES.items()},
    }


def recording_json(recording: Recording, base_url: str) -> dict[str, Any]:
    """A recording as Twilio shows it."""
    uri = f"/{API_VERSION}/Accounts/{recording.account_sid}/Recordings/{recording.sid}"
    return {
        "sid": recording.sid,
        "account_sid": recording.account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "date_created": rfc2822(recording.created),
        "date_updated": rfc2822(recording.updated),
        "start_time": rfc2822(recording.start),
        "duration": None if recording.duration is None else seconds(recording.duration),
        "status": recording.status,
        "channels": recording.channels,
        "track": recording.track,
        "source": recording.source,
        "price": recording.price if recording.status == "completed" else None,
        "price_unit": "USD",
        "error_code": None,
        "encryption_details": None,
        "media_url": f"{base_url}{uri}",
        "subresource_uris": {
            "transcriptions": f"{uri}/Transcriptions.json",
            "add_on_results": f"{uri}/AddOnResults.json",
        },
        "uri": f"{uri}.json",
    }


def notification_json(call: Call, note: Notification) -> dict[str, Any]:
    """An entry of the debugger as Twilio shows it; what the request was like is not kept."""
    return {
        "sid": note.sid,
        "account_sid": call.account_sid,
        "api_version": API_VERSION,
        "call_sid": call.sid,
        "error_code": str(note.code),
        "log": note.level,
        "message_date": rfc2822(note.at),
        "message_text": note.sentence,
        "more_info": f"https://www.twilio.com/docs/errors/{note.code}",
        "request_method": "POST",
        "request_url": note.url,
        "request_variables": "",
        "response_body": "",
        "response_headers": "",
        "date_created": rfc2822(note.at),
        "date_updated": rfc2822(note.at),
        "uri": f"/{API_VERSION}/Accounts/{call.account_sid}/Calls/{call.sid}/Notifications/{note.sid}.json",
    }


def _formatted(number: str) -> str:
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number
