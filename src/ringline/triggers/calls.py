"""Runs that people start by calling one of our numbers: which trigger a call belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.triggers import store
from ringline.triggers.published import PublishedTrigger
from ringline.workflow.schedules import as_utc
from ringline.workflow.triggers import InboundCallTrigger

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.triggers.starting import Starter


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call to one of our numbers: *from_* is theirs, *to* ours."""

    id: str
    from_: str
    to: str
    at: float


class InboundCalls:
    """Offered every call that goes on with nothing; starts a run where a trigger fits."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter

    def take(self, tx: Transaction, call: IncomingCall) -> str | None:
        """Start a run of the most specific trigger that fits, and give its id; of two alike, of the first published.

        The same call again gives the run it gave before.
        """
        fitting = []
        for number, record in enumerate(store.triggers_of_type(tx, "inbound_call")):
            published = PublishedTrigger.of(record)
            trigger = published.trigger
            assert isinstance(trigger, InboundCallTrigger)
            if (not trigger.to or call.to in trigger.to) and (not trigger.from_ or call.from_ in trigger.from_):
                fitting.append((bool(trigger.to), bool(trigger.from_), -number, published))
        if not fitting:
            return None
        published = max(fitting, key=lambda one: one[:3])[3]
        values = {"call": call.id, "from": call.from_, "to": call.to, "received_at": as_utc(call.at)}
        return self._starter.start(tx, published, event_id=call.id, values=values, now=call.at).run_id
