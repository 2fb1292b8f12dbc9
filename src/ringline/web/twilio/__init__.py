"""`/twilio/*`: what Twilio tells us, a file per callback, all behind one signature check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount

from ringline.web.twilio import sms, status, turns, voice
from ringline.web.twilio.signed import SignedRoutes

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.metrics import Metrics

_CALLBACKS = (status, sms, turns, voice)


def build(ringline: Ringline, metrics: Metrics) -> Mount:
    """Every callback under `/twilio`."""
    routes = [route for callback in _CALLBACKS for route in callback.routes(ringline)]
    return Mount("/twilio", app=SignedRoutes(routes, ringline, metrics))
