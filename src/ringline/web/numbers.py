"""The numbers of an account and where Twilio sends what arrives at them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.errors import ConfigurationError, NotFoundError

if TYPE_CHECKING:
    from ringline.app import Ringline

SMS_PATH = "/twilio/sms"
VOICE_PATH = "/twilio/voice"
CALL_STATUS_PATH = "/twilio/call-status"

NO_PUBLIC_URL = (
    "Twilio can only send replies to a public URL. Set RINGLINE_PUBLIC_URL to the address Twilio reaches this "
    "server at, then run `ringline numbers connect`."
)
"""Why nothing arrives, and what to do."""


@dataclass(frozen=True, slots=True)
class ConnectedNumber:
    """One number of an account."""

    sid: str
    phone_number: str
    sms_url: str
    is_connected: bool
    """Whether messages to it come to this server."""
    voice_url: str
    takes_calls: bool
    """Whether calls to it do."""


async def list_numbers(ringline: Ringline, credential: str | None) -> list[ConnectedNumber]:
    """The account's numbers, as Twilio tells them."""
    client = await _client(ringline, credential)
    return [_number(found, ringline.settings.public_url) for found in await client.phone_numbers()]


async def connect_numbers(
    ringline: Ringline, credential: str | None, only: Collection[str] = (), *, calls: bool = True
) -> list[ConnectedNumber]:
    """Have Twilio send what arrives at the account's numbers, or at *only* some of them, to this server.

    Without *calls*, who answers calls to them stays as it is.

    Raises `ConfigurationError` without a public URL, `NotFoundError` for a number the account does not have.
    """
    public_url = ringline.settings.public_url
    if not public_url:
        raise ConfigurationError(NO_PUBLIC_URL)
    client = await _client(ringline, credential)
    numbers = [_number(found, public_url) for found in await client.phone_numbers()]
    missing = set(only) - {number.phone_number for number in numbers}
    if missing:
        raise NotFoundError(
            f"the account has no number {', '.join(sorted(missing))}", fix="`ringline numbers list` shows those it has"
        )
    connected = []
    for number in numbers:
        if not only or number.phone_number in only:
            of_calls = {
                # Of a call that the caller ends nothing else tells.
                "voice_url": public_url + VOICE_PATH,
                "status_callback": public_url + CALL_STATUS_PATH,
            }
            found = await client.connect_number(
                number.sid, sms_url=public_url + SMS_PATH, **(of_calls if calls else {})
            )
            connected.append(_number(found, public_url))
    return connected


async def _client(ringline: Ringline, credential: str | None) -> Any:
    found = await ringline.credentials.get(credential)
    return await ringline.credentials.client(found.id)


def _number(found: Any, public_url: str | None) -> ConnectedNumber:
    sms_url, voice_url = found["sms_url"] or "", found.get("voice_url") or ""
    return ConnectedNumber(
        sid=found["sid"],
        phone_number=found["phone_number"],
        sms_url=sms_url,
        is_connected=bool(public_url) and sms_url == f"{public_url}{SMS_PATH}",
        voice_url=voice_url,
        takes_calls=bool(public_url) and voice_url == f"{public_url}{VOICE_PATH}",
    )
