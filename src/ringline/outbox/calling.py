"""What is different about a row that is a call: the address it is paced at, and the form that is posted for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ringline.twilio.calls import CONNECTION_OVERRIDES, CallForm
from ringline.twilio.statuses import VOICE

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.outbox.settings import OutboxSettings

LINE = "calls"
"""Whatever number they come from, the calls of an account share one pace; this stands for it in place of a number."""
TEXT_CLASS = "call"
"""All calls to one person are alike: the list shows no text by which to tell them apart."""

OnResource = Callable[["Transaction", str, dict[str, object]], None]
"""Called with a call's id and all that Twilio shows of it, in the transaction that takes it in."""

FORM_OPTIONS = ("ring_timeout", "time_limit", "machine_detection", "twiml")
"""What of a call's `NewMessage.options` goes into its form; ``async_amd`` has the verdict come by a callback."""


def is_call(channel: str) -> bool:
    """Whether rows of this channel are calls."""
    return channel == VOICE


def call_form(record: Row, n: int, public_url: str | None) -> CallForm:
    """The request for attempt *n* at the call of *record*.

    Every address names the attempt: what comes there proves which request made the call, and only the current one is
    told what to say.
    """
    options: dict[str, Any] = json.loads(record["options"]) if record["options"] else {}
    base = None if public_url is None else public_url.rstrip("/")
    token = f"{record['id']}.{n}"
    is_inline = options.get("twiml") is not None or base is None
    # Twilio does not repeat a request that broke off in the middle; it asks at the fallback, with what went wrong.
    url = None if is_inline else f"{base}/twilio/voice/{token}{CONNECTION_OVERRIDES}"
    return CallForm(
        to=record["to"],
        from_=record["sender"] or "",
        url=url,
        fallback_url=url,
        status_callback=None if base is None else f"{base}/twilio/call-status/{token}",
        amd_callback=f"{base}/twilio/amd/{token}" if options.get("async_amd") and base is not None else None,
        **{name: options[name] for name in FORM_OPTIONS if options.get(name) is not None},
    )


def first_question(settings: OutboxSettings, *, can_be_called: bool) -> float:
    """How long after a call was accepted Twilio is asked about it, if nothing is heard."""
    delays: Sequence[float] = settings.call_reconcile_delays if can_be_called else settings.call_poll_delays
    return delays[0]
