"""What a turn does beside words: timers, further legs, opt-outs, and the news for whoever waits for the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.interview.actions import CancelTimer, End, NewLeg, StartTimer, Suppress
from ringline.voice.sessions.session import key_of
from ringline.voice.sessions.store import sessions as store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ringline.clock import Clock
    from ringline.database import Transaction
    from ringline.interview.actions import Action
    from ringline.outbox import Outbox
    from ringline.voice.sessions.session import OnChange, OnEnd
    from ringline.voice.sessions.turning import Held

    Report = Callable[[Transaction, str, Mapping[str, Any]], int]
    """Tells the runs that wait for a key; gives how many there were."""
    PlaceCall = Callable[[Transaction, Held, int], str]
    """Places the call of a leg, and gives its id."""

DEADLINE = "@deadline"
REDIRECT = "@redirect"
ASK_TWILIO = "@ask."
HANG_UP = "@hang_up."
"""Timers of our own, the last two followed by a leg; a reducer's have plain names."""


class Carrier:
    """Carries out, in the transaction of the turn, what a transport cannot."""

    def __init__(self, clock: Clock, outbox: Outbox, *, place_call: PlaceCall) -> None:
        self._clock = clock
        self._outbox = outbox
        self._place_call = place_call
        self.note_due: Callable[[Sequence[float]], None] = lambda _: None
        self.report: Report | None = None
        self.on_end: list[OnEnd] = []
        self.on_change: list[OnChange] = []

    def carry(self, tx: Transaction, held: Held, actions: Sequence[Action]) -> None:
        """Do what these actions want, as far as it is no words."""
        for action in actions:
            match action:
                case StartTimer(name=name, n=n, seconds=seconds):
                    self.set_timer(tx, held.id, name, n=n, due=self._clock.time() + seconds)
                case CancelTimer(name=name):
                    store.cancel_timer(tx, held.id, name)
                case NewLeg(kind=kind, leg=leg):
                    self._new_leg(tx, held, kind, leg)
                case Suppress(channel=channel):
                    self._suppress(tx, held, channel)
                case End():
                    self._end(tx, held)

    def set_timer(self, tx: Transaction, session_id: str, name: str, *, n: int, due: float) -> None:
        """Have the sweep look at the session then."""
        store.set_timer(tx, session_id, name, n=n, due=due)
        tx.after_commit(lambda: self.note_due([due]))

    def _new_leg(self, tx: Transaction, held: Held, kind: str, leg: int) -> None:
        channel = "voice" if kind == "call" else "sms"
        store.add_leg(tx, {"session_id": held.id, "leg": leg, "channel": channel, "direction": "outbound"})
        if kind == "call":
            store.note_ref(tx, held.id, leg, self._place_call(tx, held, leg))
        elif self.report is not None:
            # Replies find runs, so the run's step leads a conversation by text.
            self.report(tx, key_of(held.id), {"news": "leg", "leg": leg, "channel": channel})

    def _suppress(self, tx: Transaction, held: Held, channel: str) -> None:
        self._outbox.stops.opt_out_in(
            tx,
            account_id=held.row["account_id"],
            channel=channel,
            recipient=held.row["person"],
            sender=held.row["sender"],
            source="interview",
            evidence=f"{held.id}: asked not to be contacted any more",
            ref=held.id,
        )

    def tell_changed(self, tx: Transaction, session_id: str) -> None:
        """A session begins or has gone on."""
        for tell in self.on_change:
            tell(tx, session_id)

    def _end(self, tx: Transaction, held: Held) -> None:
        store.cancel_timers_of_talk(tx, held.id, deadline=DEADLINE)
        end = held.end
        assert end is not None
        if self.report is not None:
            data = {"news": "ended", "outcome": end.outcome, "reason": end.reason, "answers": dict(end.answers)}
            self.report(tx, key_of(held.id), data)
        for tell in self.on_end:
            tell(tx, end)
