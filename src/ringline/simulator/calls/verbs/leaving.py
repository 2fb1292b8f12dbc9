"""``<Redirect>``, ``<Hangup>`` and ``<Reject>``: what leaves a document."""

from __future__ import annotations

from ringline.simulator.calls.conversation import Conversation, Ends, Next
from ringline.simulator.calls.documents import Attributes


async def redirect(talk: Conversation, asked: Attributes) -> Next | None:
    """Go on with another document; without an address, with this one again."""
    return Next(talk.absolute((asked.element.text or "").strip()), asked.method())


async def hang_up(_talk: Conversation, _asked: Attributes) -> Next | None:
    """End the call."""
    raise Ends


async def reject(talk: Conversation, asked: Attributes) -> Next | None:
    """Do not answer; too late where something has answered already, then it only ends the call."""
    if talk.leg.call.answered is not None:
        raise Ends
    raise Ends("busy" if asked.text("reason") == "busy" else "no-answer")
