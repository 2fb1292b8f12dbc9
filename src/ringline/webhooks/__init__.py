"""Webhooks that workflows send: events told to other systems, signed, and tried again until they are taken.

Signed by the Standard Webhooks specification, so any receiver has a library for it: header ``webhook-id`` is the same
at every try, by which a receiver knows an event it had before.
"""

from __future__ import annotations

from ringline.webhooks.delivery import Delivery, WebhookEvent
from ringline.webhooks.webhooks import Webhooks

__all__ = ["Delivery", "WebhookEvent", "Webhooks"]
