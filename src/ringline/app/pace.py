"""What the settings of a deployment mean for its outbox: how fast senders are, how many messages
people may have, how long texts are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ringline.compliance.caps import parse_caps
from ringline.outbox.rates import parse_rate

if TYPE_CHECKING:
    from ringline.outbox import OutboxSettings
    from ringline.settings import Settings


DAY = 86_400.0


def outbox_settings(settings: Settings, base: OutboxSettings) -> OutboxSettings:
    """*base* as the deployment's settings change it."""
    return replace(
        base,
        max_in_flight=settings.concurrency,
        rate=_rate(settings),
        call_rate=None if settings.call_rate == "unlimited" else parse_rate(settings.call_rate),
        rate_factor=settings.rate_factor,
        caps=parse_caps(settings.caps),
        keep_texts=None if settings.keep_texts_days is None else settings.keep_texts_days * DAY,
        keep_raw_callbacks=settings.keep_callbacks_days * DAY,
        redact_at_twilio=settings.redact_at_twilio,
    )


def _rate(settings: Settings) -> float | Literal["twilio"] | None:
    chosen = settings.sending_rate
    if chosen == "auto":
        # A simulator has no carrier behind it that would lose what comes too fast.
        return None if settings.is_twilio_here else "twilio"
    return "twilio" if chosen == "twilio" else parse_rate(chosen)
