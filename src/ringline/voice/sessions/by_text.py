"""Conversations by text, in the transactions of the step that leads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview.events import LegEnded, LegStarted, UserSaid
from ringline.voice.sessions.replaying import asks_of
from ringline.voice.sessions.session import Taken
from ringline.voice.sessions.store import log as store_log
from ringline.voice.sessions.store import sessions as store
from ringline.voice.sessions.texting import NEVER_SENT, TEXT_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ringline.clock import Clock
    from ringline.database import Transaction
    from ringline.interview.events import Event
    from ringline.outbox import MessageChange
    from ringline.voice.sessions.happening import Happening
    from ringline.voice.sessions.turning import Held, Turning


class TextTalks:
    """Begins them, hears replies, and ends those that cannot go on."""

    def __init__(self, clock: Clock, turning: Turning, happening: Happening) -> None:
        self._clock = clock
        self._turning = turning
        self._happening = happening

    def start_in(self, tx: Transaction, session_id: str, leg: int, channel: str) -> Taken:
        """A conversation by text begins, with its first words."""
        store.begin_leg(tx, session_id, leg, at=self._clock.time())
        return self._take(tx, session_id, lambda _: LegStarted(leg, channel))

    def heard_in(self, tx: Transaction, session_id: str, text: str) -> Taken:
        """The person has answered by text; what is said next is sent in the same transaction."""
        return self._take(tx, session_id, lambda held: UserSaid(held.state.leg, held.state.turn, text))

    def open_in(self, tx: Transaction, session_id: str) -> Taken:
        """The question that is open now."""
        held = self._turning.hold(tx, session_id)
        if held is None or held.is_over:
            return Taken()
        return Taken(ask=asks_of(store_log.events(tx, session_id)))

    def _take(self, tx: Transaction, session_id: str, event: Callable[[Held], Event]) -> Taken:
        held = self._turning.hold(tx, session_id)
        if held is None or held.is_over:
            return Taken()
        self._happening.happened_in(tx, held, event(held))
        if held.end is None and held.ask is None:
            return self.open_in(tx, session_id)
        return Taken(held.ask, held.end)

    def opted_out_in(self, tx: Transaction, *, channel: str, person: str, sender: str) -> None:
        """Somebody wrote STOP: what was asked of them there by text is over."""
        for row in store.open_of_person(tx, person):
            if row["channel"] != channel or row["sender"] not in (None, sender):
                continue
            held = self._turning.hold(tx, row["id"])
            if held is not None:
                self._happening.happened_in(tx, held, LegEnded(held.state.leg, "opted_out", "them"))

    def note_messages(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        """A question that could not be sent ends its conversation."""
        for change in changes:
            leg = store.leg_of_ref(tx, change.id) if change.stage in NEVER_SENT and change.run_id else None
            if leg is not None and leg["channel"] in TEXT_CHANNELS:
                self._happening.leg_ended_in(tx, leg["session_id"], leg["leg"], change.stage)
