"""What the outbox and Twilio know of a call, taken over into the call's own row, and told to whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.outbox.rows import UNDECIDED
from ringline.twilio.messages import moment_of
from ringline.twilio.statuses import VOICE, is_final, rank
from ringline.voice import store
from ringline.voice.call import CallChange, OnCallChange, is_over

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Row, Transaction
    from ringline.outbox import MessageChange, Outbox
    from ringline.twilio.calls import CallEvent
    from ringline.voice.recordings import Later


class Mirror:
    """Keeps `calls` up to date. *on_change* and *on_later* are told in the transaction that does so."""

    def __init__(self, clock: Clock, outbox: Outbox, on_change: list[OnCallChange], on_later: list[Later]) -> None:
        self._clock = clock
        self._outbox = outbox
        self._on_change = on_change
        self._on_later = on_later
        self.on_known: list[Callable[[Transaction, str], None]] = []
        """Told of calls of which more became known, whether or not they have moved."""

    def note_changes(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        """What has become of rows of the outbox."""
        for change in changes:
            if change.channel == VOICE:
                self._note_change(tx, change)

    def note_resource(self, tx: Transaction, id: str, resource: Mapping[str, object]) -> None:
        """What Twilio shows of a call that was placed: who answered, when, for how long."""
        duration = str(resource.get("duration") or "")
        # Twilio's beginning is when it dialled; a call that nobody took did not begin.
        is_answered = resource.get("status") in ("in-progress", "completed")
        values: dict[str, Any] = {
            "answered_by": resource.get("answered_by") or None,
            "duration": int(duration) if duration.isdigit() else None,
            "started_at": moment_of(resource.get("start_time")) if is_answered else None,
            "ended_at": moment_of(resource.get("end_time")),
        }
        known = {name: value for name, value in values.items() if value is not None}
        if known and (row := store.get_call(tx, id)) is not None:
            fresh = {name: value for name, value in known.items() if row[name] is None}
            if fresh:
                store.change_call(tx, id, fresh)
                self._known(tx, id)

    def note_event(self, tx: Transaction, row: Row, event: CallEvent, *, with_status: bool = False) -> None:
        """What a callback tells beside the status; *with_status* that too, for calls the outbox does not have."""
        now = self._clock.time()
        values: dict[str, Any] = {}
        if event.duration is not None:
            values["duration"] = event.duration
        if event.answered_by is not None and row["answered_by"] is None:
            values["answered_by"] = event.answered_by
        has_moved = with_status and rank(event.status, VOICE) > row["status_rank"]
        if has_moved:
            values |= {"status": event.status, "status_rank": rank(event.status, VOICE)}
            values |= self._moments(row, event.status, now)
        if not values:
            return
        store.change_call(tx, row["id"], {**values, "updated_at": now})
        self._known(tx, row["id"])
        if has_moved or "answered_by" in values:
            self.tell(tx, row["id"])

    def tell(self, tx: Transaction, id: str) -> None:
        """Tell how a call stands now."""
        row = store.get_call(tx, id)
        if row is None:
            return
        change = CallChange(
            id=row["id"],
            kind=row["kind"],
            ref=row["ref"],
            leg=row["leg"],
            status=row["status"],
            answered_by=row["answered_by"],
            duration=row["duration"],
            is_final=is_over(row["stage"], row["status"]),
            stage=row["stage"],
            run_id=row["run_id"],
            at=self._clock.time(),
            pressed=row["pressed"],
        )
        for listener in self._on_change:
            listener(tx, change)

    def _known(self, tx: Transaction, id: str) -> None:
        for listener in self.on_known:
            listener(tx, id)

    def _note_change(self, tx: Transaction, change: MessageChange) -> None:
        row = store.get_call(tx, change.id)
        if row is None:
            return
        message = self._outbox.hold_in(tx, change.id)
        values: dict[str, Any] = {
            "stage": message.stage,
            "status": message.status,
            "status_rank": message.status_rank,
            "sid": message.sid,
            "error_code": message.error_code,
            "error_message": message.error_message,
            "refusal_reason": message.refusal_reason,
            "refusal_sentence": message.refusal_sentence,
            "price": message.price,
            "price_unit": message.price_unit,
        }
        if message.stage == "accepted":
            values |= self._moments(row, message.status, change.at)
        elif message.stage not in UNDECIDED:
            values["ended_at"] = change.at
        store.change_call(tx, change.id, {**values, "updated_at": change.at})
        self._known(tx, change.id)
        if (message.stage not in UNDECIDED or change.was_stage not in UNDECIDED) and (
            row["status"] != message.status or row["stage"] != message.stage
        ):
            self.tell(tx, change.id)
        if message.price is not None and row["price"] != message.price:
            for listener in self._on_later:
                listener(tx, change.id, change.at)

    @staticmethod
    def _moments(row: Row, status: str, at: float) -> dict[str, Any]:
        moments: dict[str, Any] = {}
        if status == "in-progress" and row["started_at"] is None:
            moments["started_at"] = at
        if is_final(status, VOICE) and row["ended_at"] is None:
            moments["ended_at"] = at
            if row["duration"] is None and row["started_at"] is not None:
                moments["duration"] = max(0, round(at - row["started_at"]))
        return moments
