"""What a lane asks of a worker; all of it may be asked again of another one, as a client does that got no answer."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from ringline import Ringline
from ringline.broadcasts import filling
from ringline.broadcasts.broadcast import Content
from ringline.errors import IdempotencyConflict
from ringline.outbox import NewMessage

_UNDECIDED = text(
    """SELECT
    (SELECT count(*) FROM messages WHERE stage IN ('held', 'ready', 'posting', 'unknown')) AS messages,
    (SELECT count(*) FROM attempts WHERE outcome IN ('open', 'unknown', 'quarantined')) AS attempts,
    (SELECT count(*) FROM status_events WHERE applied = 0) AS reports,
    (SELECT count(*) FROM runs WHERE finished_at IS NULL) AS runs,
    (SELECT count(*) FROM run_inbox) AS inbox,
    (SELECT count(*) FROM broadcasts WHERE stage NOT IN ('draft', 'ready', 'completed', 'canceled')) AS broadcasts,
    (SELECT count(*) FROM calls WHERE ended_at IS NULL) AS calls,
    (SELECT count(*) FROM sessions WHERE ended_at IS NULL) AS sessions,
    (SELECT count(*) FROM messages WHERE cancel_requested_at IS NOT NULL AND stage = 'accepted'
        AND cancel_outcome IS NULL) AS cancels"""
)
_TABLES = {
    "messages": text("SELECT * FROM messages"),
    "attempts": text("SELECT * FROM attempts"),
    "events": text("SELECT * FROM status_events"),
    "runs": text(
        "SELECT runs.id, name, status, inputs, outputs, error, runs.parent, parent_key FROM runs"
        " JOIN workflows ON workflows.id = runs.definition"
    ),
    "suppressions": text("SELECT * FROM suppressions"),
}


async def send(ringline: Ringline, *, requests: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Write messages down; gives their ids by key."""
    given = [dict(request) for request in requests]
    for request in given:
        if request.get("send_at") is not None:
            request["send_at"] = datetime.fromtimestamp(request["send_at"], UTC)
    sent = await asyncio.gather(*(ringline.messages.send(credential="main", **request) for request in given))
    return {request["key"]: message.id for request, message in zip(given, sent, strict=True)}


async def cool(ringline: Ringline, *, to: str, body: str, sender: str, key: str, cooldown: str, seconds: float) -> str:
    """A message under a cooldown."""
    credential = await ringline.credentials.get("main")
    row = await ringline.outbox.enqueue(
        NewMessage(
            account_id=credential.account_sid,
            credential_id=credential.id,
            to=to,
            sender=sender,
            body=body,
            key=key,
            cooldown_key=cooldown,
            cooldown_seconds=seconds,
        )
    )
    return row.id


async def cancel(ringline: Ringline, *, keys: Sequence[str]) -> None:
    """Cancel what is known of these messages."""
    rows = await ringline.database.read(lambda tx: tx.all(text("SELECT id, idem_key FROM messages")))
    for row in rows:
        if row["idem_key"] in keys:
            await ringline.messages.cancel(row["id"])


async def make_pool(ringline: Ringline, *, name: str, senders: Sequence[str], rate: float) -> None:
    """A pool of senders of that pace."""
    account = (await ringline.credentials.get("main")).account_sid
    for sender in senders:
        await ringline.outbox.senders.set_rate(account, sender, rate)
    await ringline.outbox.pools.create(account, name, senders, geo_match="none")


async def register(ringline: Ringline, *, definition: Mapping[str, Any]) -> None:
    """Have a workflow, in force."""
    await ringline.workflows.register(definition)
    await ringline.workflows.publish(definition["name"])


async def start(ringline: Ringline, *, name: str, inputs: Mapping[str, Any], key: str) -> str:
    """Start a run."""
    return (await ringline.workflows.start(name, inputs, key=key)).id


async def broadcast(ringline: Ringline, *, count: int, window: int, message: str, sender: str) -> None:
    """Make a broadcast, load its list and start it: from wherever an earlier try got to."""
    filling.PART = window
    made = await ringline.broadcasts.create(
        Content(message=message, sender=sender, purpose="notification"), key="the broadcast"
    )
    if made.stage in ("draft", "loading"):
        rows = [f"+1415555{number:04d},P{number}" for number in range(1, count + 1)]
        made = await ringline.broadcasts.load(made.id, io.BytesIO("\n".join(["phone,name", *rows]).encode()))
    if made.stage == "ready":
        await ringline.broadcasts.start(made.id)


async def conflict(ringline: Ringline, *, request: Mapping[str, Any]) -> str:
    """Send under a key that came with another text."""
    try:
        await ringline.messages.send(credential="main", **request)
    except IdempotencyConflict:
        return "refused"
    return "taken"


async def undecided(ringline: Ringline) -> dict[str, int]:
    """How much is still to be decided, where there is any."""
    row = await ringline.database.read(lambda tx: tx.one(_UNDECIDED))
    return {name: count for name, count in dict(row or {}).items() if count}


async def tables(ringline: Ringline) -> dict[str, list[dict[str, Any]]]:
    """All that the verdict looks at."""

    def work(tx: Any) -> dict[str, list[dict[str, Any]]]:
        return {name: [dict(row) for row in tx.all(statement)] for name, statement in _TABLES.items()}

    return await ringline.database.read(work)
