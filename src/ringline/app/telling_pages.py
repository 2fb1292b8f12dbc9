"""Which changes open pages are told of, by topic; rooms that change seldom tell of theirs themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ringline.broadcasts.counting import PREFIX as BROADCAST
from ringline.workflow.run import name_of_run

if TYPE_CHECKING:
    from ringline.app.system import Ringline
    from ringline.database import Row, Transaction
    from ringline.outbox import MessageChange
    from ringline.workflow.moves import Move


def tell_pages(parts: Ringline) -> None:
    """Have pages told, in the transaction in which it happens, what becomes of messages, calls and runs."""
    note, note_rarely = parts.changes.note, parts.changes.note_rarely

    def note_messages(tx: Transaction, messages: Iterable[tuple[str, str, str | None]]) -> None:
        single, calls, broadcasts = [], [], set()
        for message_id, channel, run_id in messages:
            if channel == "voice":
                calls.append(message_id)
            elif run_id is not None and run_id.startswith(BROADCAST):
                broadcasts.add(run_id)
            else:
                single.append(message_id)
        if single:
            note(tx, "messages", single)
        if calls:
            note(tx, "calls", calls)
        if broadcasts:
            # Of a broadcast there may be thousands a second, of which no page shows each.
            note_rarely(tx, "messages")
            for broadcast in broadcasts:
                note_rarely(tx, "broadcasts", broadcast)

    def taken(tx: Transaction, rows: Sequence[Row]) -> None:
        note_messages(tx, [(row["id"], row["channel"], row["run_id"]) for row in rows])

    def changed(tx: Transaction, changes: Sequence[MessageChange]) -> None:
        note_messages(tx, [(change.id, change.channel, change.run_id) for change in changes])

    def began(tx: Transaction, moves: Sequence[Move]) -> None:
        note(tx, "runs", [name_of_run(move.run) for move in moves if move.began])

    parts.outbox.on_taken.append(taken)
    parts.outbox.on_change.append(changed)
    parts.calls.on_change.append(lambda tx, call: note(tx, "calls", (call.id,)))
    parts.calls.on_later.append(lambda tx, call_id, _: note(tx, "calls", (call_id,)))
    parts.inbound.on_received.append(lambda tx, row: note(tx, "inbound", (row.id,)))
    parts.sessions.on_change.append(lambda tx, session_id: note(tx, "sessions", (session_id,)))
    parts.runs.moves.listeners.append(began)
    parts.runs.on_change.append(lambda tx, numbers: note(tx, "runs", list(map(name_of_run, numbers))))
