"""Reading the list of messages or calls to one person, as evidence: what is there, and whether any can be missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ringline.errors import TwilioRejectedError
from ringline.twilio.messages import moment_of

if TYPE_CHECKING:
    from ringline.twilio.client import TwilioClient


@dataclass(frozen=True, slots=True)
class Listed:
    """One message or call as the list shows it. *created_at* is by Twilio's clock; ``None`` where it shows none."""

    sid: str
    body: str
    to: str
    from_: str | None
    service: str | None
    direction: str
    status: str
    created_at: float | None
    resource: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All that Twilio shows of it."""

    @property
    def is_outbound(self) -> bool:
        """Whether it went to a phone; the list holds what came from there as well."""
        return self.direction.startswith("outbound")


@dataclass(frozen=True, slots=True)
class ListRead:
    """What one look at the list showed.

    *is_complete* is False when there were more pages than were read. *twilio_time* is Twilio's clock at the first page.
    """

    messages: tuple[Listed, ...]
    pages: int
    is_complete: bool
    twilio_time: float | None


async def read_list(
    client: TwilioClient,
    *,
    to: str,
    since: float,
    now: float,
    page_size: int,
    most_pages: int,
    channel: str = "sms",
) -> ListRead:
    """Every message (with *channel* ``voice``, every call) to *to* made *since* or later, and possibly older ones.

    *now* is the time of the reader's clock.

    No filter by date goes on the wire: it would hide what is not sent yet. Raises `TwilioError`.
    """
    found: list[Listed] = []
    pages, twilio_time = 0, None
    list_pages = client.call_pages if channel == "voice" else client.message_pages
    async for page in list_pages(to=to, page_size=page_size):
        pages += 1
        if pages == 1:
            twilio_time = _time_of(page.headers)
            # Twilio's dates are by its own clock.
            since += twilio_time - now if twilio_time is not None else 0.0
        messages = [_listed(record) for record in page.records]
        found += messages
        # The order is by the date of sending, which a message may not have yet: only a whole page of old ones ends it.
        if messages and all(message.created_at is not None and message.created_at < since for message in messages):
            return ListRead(tuple(found), pages, True, twilio_time)
        if pages >= most_pages:
            return ListRead(tuple(found), pages, page.is_last, twilio_time)
    return ListRead(tuple(found), pages, True, twilio_time)


def _listed(record: Any) -> Listed:
    if not isinstance(record, dict) or not isinstance(record.get("sid"), str):
        raise TwilioRejectedError(
            "The list of messages holds something that is not a message.",
            fix="Check the Twilio base URL; another service seems to answer there.",
        )
    return Listed(
        sid=record["sid"],
        body=str(record.get("body") or ""),
        to=str(record.get("to") or ""),
        from_=record.get("from") or None,
        service=record.get("messaging_service_sid") or None,
        direction=str(record.get("direction") or "outbound"),
        status=str(record.get("status") or ""),
        created_at=moment_of(record.get("date_created")),
        resource=record,
    )


def _time_of(headers: Mapping[str, str]) -> float | None:
    try:
        return parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        return None
