"""What the figures are counted from: the other rooms' changes as they happen, and their rows for a recount."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.analytics.counting import Counts
from ringline.analytics.folding import Whose
from ringline.analytics.measures import (
    INTERVIEWS,
    INTERVIEWS_STARTED,
    OPT_OUTS,
    RECEIVED,
    REPLIES,
    RUNS,
    RUNS_STARTED,
    hour_of,
    of_call,
)
from ringline.app.workflows import trial_name
from ringline.database.json_lists import as_list
from ringline.ids import number_of_name
from ringline.messaging import counting as inbound_rows
from ringline.outbox.changes import Standing
from ringline.outbox.store import counting as message_rows
from ringline.vault import store as vault_store
from ringline.voice import counting as voice_rows
from ringline.voice import store as voice_store
from ringline.voice.call import is_over, outcome_of
from ringline.voice.sessions.store import sessions as session_store
from ringline.workflow.store import counting as run_rows

if TYPE_CHECKING:
    from ringline.analytics.counting import Counting
    from ringline.app.system import Ringline
    from ringline.database import Row, Transaction
    from ringline.messaging.inbound import InboundRow
    from ringline.outbox import MessageChange
    from ringline.voice.sessions.session import SessionEnd
    from ringline.workflow.moves import Move

PAGE = 5_000
REACHED_END = frozenset({"completed", "ended_by_rule", "transferred"})
"""Outcomes of conversations in which nobody dropped off."""


def count_everything(parts: Ringline) -> None:
    """Have what happens counted, in the transaction in which it happens."""
    counting = parts.analytics.counting
    parts.outbox.on_change.append(functools.partial(_count_messages, counting))
    parts.outbox.on_refused.append(functools.partial(_count_messages, counting))
    parts.inbound.on_received.append(functools.partial(_count_inbound, counting))
    parts.replies.on_taken.append(functools.partial(_count_late_reply, counting))
    parts.runs.moves.listeners.append(functools.partial(_count_runs, counting))
    parts.calls.on_known.append(lambda tx, call_id: counting.look_again(tx, "call", call_id))
    parts.calls.on_change.append(lambda tx, change: counting.look_again(tx, "call", change.id))
    parts.sessions.on_end.append(functools.partial(_count_session, counting))


def _count_messages(counting: Counting, tx: Transaction, changes: Sequence[MessageChange]) -> None:
    counts = Counts()
    for change in changes:
        counts.add_message(change.run_id, change.credential_id, change.channel, change.was, change.standing)
        if change.channel == "voice" and change.was is None:
            # Refused as it was taken, of which no call tells.
            counts.again.append(("call", change.id))
    counting.count(tx, counts)


def _count_inbound(counting: Counting, tx: Transaction, row: InboundRow) -> None:
    counts = Counts()
    _add_inbound(tx, counts, _record_of(row))
    counting.count(tx, counts)


def _count_late_reply(counting: Counting, tx: Transaction, row: InboundRow, run_id: str) -> None:
    """It was counted as nobody's when it came."""
    counts, record = Counts(), _record_of(row)
    hour = hour_of(row.received_at)
    counts.add(hour, row.run_id, row.account_sid, row.channel, {RECEIVED: -1})
    _add_inbound(tx, counts, {**record, "taken_by": "run", "run_id": run_id})
    counting.count(tx, counts)


def _record_of(row: InboundRow) -> Row:
    names = ("id", "account_sid", "channel", "received_at", "taken_by", "run_id")
    return {**{name: getattr(row, name) for name in names}, "from": row.from_}


def _add_inbound(tx: Transaction, counts: Counts, row: Mapping[str, Any]) -> None:
    amounts, flow = {RECEIVED: 1}, row["run_id"]
    if row["taken_by"] == "run":
        amounts[REPLIES] = 1
    elif row["taken_by"] == "opt_out":
        amounts[OPT_OUTS] = 1
        # Of whom they want no more messages: who wrote to them last.
        before = {"person": row["from"], "before": f"msg_{row['id'].partition('_')[2]}"}
        found = tx.one(message_rows.LAST_RUN_TO, before)
        flow = None if found is None else found["run_id"]
    counts.add(hour_of(row["received_at"]), flow, row["account_sid"], row["channel"], amounts)


def _count_runs(counting: Counting, tx: Transaction, moves: Sequence[Move]) -> None:
    counts = Counts()
    for move in moves:
        hour, amounts = hour_of(move.created_at), {}
        if move.began:
            amounts[RUNS_STARTED] = 1
        if move.status is not None:
            amounts[f"{RUNS}{move.status}"] = 1
        if move.was_status is not None:
            amounts[f"{RUNS}{move.was_status}"] = -1
        if amounts:
            counts.add(hour, move.definition, "", "", amounts)
        counts.add_history(move.definition, move.entries)
    counting.count(tx, counts)


def _count_session(counting: Counting, tx: Transaction, end: SessionEnd) -> None:
    counting.look_again(tx, "session", end.id)


class Rows:
    """See `ringline.analytics.folding.Sources`."""

    def __init__(self) -> None:
        self._definitions: dict[int, Whose] = {}

    def runs(self, tx: Transaction, names: Sequence[str]) -> Mapping[str, Whose]:
        numbers = {number: name for name in names if (number := number_of_name("run", name)) is not None}
        if not numbers:
            return {}
        rows = tx.all(run_rows.OF_RUNS, {"ids": as_list(numbers)})
        return {numbers[row["id"]]: _whose(row, is_sent=True) for row in rows}

    def definitions(self, tx: Transaction, numbers: Sequence[int]) -> Mapping[int, Whose]:
        missing = [number for number in numbers if number not in self._definitions]
        if missing:
            for row in tx.all(run_rows.DEFINITIONS, {"ids": as_list(missing)}):
                self._definitions[row["id"]] = _whose(row)
        return {number: self._definitions[number] for number in numbers if number in self._definitions}

    def accounts(self, tx: Transaction) -> Mapping[str, str]:
        # The first one that was added, those with a name before others.
        rows = sorted(tx.all(vault_store.EVERY), key=lambda row: (row["name"] is not None, row["id"]), reverse=True)
        named: dict[str, str] = {}
        for row in rows:
            if row["account_sid"] not in named or row["name"] is not None:
                named[row["account_sid"]] = row["id"]
        return named

    def one(self, tx: Transaction, kind: str, id: str) -> Counts | None:
        return _call(tx, id) if kind == "call" else _session(tx, id)

    def waiting(self, tx: Transaction, flow: str) -> Mapping[tuple[int, str], int]:
        found: Counter[tuple[int, str]] = Counter()
        for row in tx.all(run_rows.WAITING, {"name": flow}):
            # Elements of a batch wait for their step.
            found[row["version"], row["step"].partition("[")[0]] += row["count"]
        return found

    def ids(self, tx: Transaction, kind: str) -> Iterable[str]:
        statement = voice_rows.CALLS if kind == "call" else voice_rows.SESSIONS
        return [key for (key,) in tx.tuples(statement)]

    def every(self, tx: Transaction) -> Iterator[Counts]:
        yield from _every_message(tx)
        yield from _every_inbound(tx)
        counts = Counts()
        for row in tx.all(run_rows.COUNTED[tx.dialect]):
            amounts = {RUNS_STARTED: row["count"]}
            if row["status"]:
                amounts[f"{RUNS}{row['status']}"] = row["count"]
            counts.add(row["hour"], row["definition"], "", "", amounts)
        yield counts
        yield from _every_step(tx)


def _whose(row: Row, *, is_sent: bool = False) -> Whose:
    """What a draft does is its workflow's, and no version's; so is what the body of a loop has *sent*."""
    name, parent = row["name"], row["parent"]
    if parent is not None and name == trial_name(parent):
        return Whose(parent)
    return Whose(parent or name if is_sent else name, row["version"])


def _every_message(tx: Transaction) -> Iterator[Counts]:
    after = message_rows.BEFORE_EVERY_ID
    while found := tx.tuples(message_rows.PAGE, {"after": after, "count": PAGE}):
        counts = Counts()
        for _, run_id, credential_id, channel, *standing in found:
            counts.add_message(run_id, credential_id, channel, None, Standing._make(standing))
        yield counts
        after = found[-1][0]


def _every_inbound(tx: Transaction) -> Iterator[Counts]:
    after = message_rows.BEFORE_EVERY_ID
    while found := tx.all(inbound_rows.PAGE, {"after": after, "count": PAGE}):
        counts = Counts()
        for row in found:
            _add_inbound(tx, counts, row)
        yield counts
        after = found[-1]["id"]


def _every_step(tx: Transaction) -> Iterator[Counts]:
    after = 0
    while found := tx.all(run_rows.HISTORY, {"after": after, "count": PAGE}):
        counts = Counts()
        for row in found:
            counts.add_history(row["definition"], json.loads(row["entries"]))
        yield counts
        after = found[-1]["id"]


def _call(tx: Transaction, id: str) -> Counts | None:
    row = voice_store.get_call(tx, id)
    if row is None:
        return None
    counts = Counts()
    if is_over(row["stage"], row["status"]):
        amounts = of_call(
            outcome_of(row["stage"], row["status"], row["answered_by"]),
            seconds=row["duration"],
            is_inbound=row["direction"] == "inbound",
            price=row["price"],
            unit=row["price_unit"],
        )
        counts.add(
            hour_of(row["created_at"]), row["run_id"], row["credential_id"] or row["account_id"], "voice", amounts
        )
    return counts


def _session(tx: Transaction, id: str) -> Counts | None:
    row = session_store.get(tx, id)
    if row is None:
        return None
    counts = Counts()
    if row["ended_at"] is None:
        return counts
    state = json.loads(row["state"])
    path = list(dict.fromkeys(state.get("path") or ()))
    amounts = {f"{INTERVIEWS}{row['outcome']}": 1}
    if path:
        amounts[INTERVIEWS_STARTED] = 1
    hour = hour_of(row["created_at"])
    counts.add(hour, row["run_id"], row["credential_id"], row["channel"], amounts)
    answers = state.get("answers") or {}
    for question in path:
        status = (answers.get(question) or {}).get("status")
        found = {"asked": 1, "answered" if status in ("ok", "defaulted") else "unanswered": 1}
        if question == path[-1] and row["outcome"] not in REACHED_END:
            found["left"] = 1
        counts.add_step(hour, row["run_id"], f"{row['step'] or ''}/{question}", found)
    return counts
