"""Recipients become messages, or runs: a window at a time, never far ahead of what can be sent.

The cursor moves in the transaction that writes the messages down, so a process may be killed anywhere: what follows
goes on exactly where it stopped.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.broadcasts import store
from ringline.broadcasts.broadcast import Content, outcome_of
from ringline.broadcasts.counting import add_counts, read_counts
from ringline.broadcasts.rendering import Rendered, Renderer
from ringline.errors import RequestError, TemplateError
from ringline.ids import new_id
from ringline.outbox import NewMessage

if TYPE_CHECKING:
    from ringline.broadcasts.surroundings import Surroundings
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox import Outbox

_log = logging.getLogger(__name__)

PART = 500
"""Recipients in one transaction: others on the same database wait for no more than that."""
WINDOW = 5_000
READY_SECONDS = 600.0
"""How much send time is kept ready at most."""
RATE_SECONDS = 10.0
"""For how long a sender's rate is taken to be as it was."""
SCOPE = "broadcast"


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at a broadcast came to: how many recipients moved on, and whether to look again at once."""

    moved: int = 0
    again: bool = False


class Filling:
    """Fills windows."""

    def __init__(self, database: Database, clock: Clock, outbox: Outbox, surroundings: Surroundings) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._surroundings = surroundings
        self._renderers: dict[str, Renderer] = {}
        self._rates: dict[str, tuple[float, float | None]] = {}

    async def fill(self, row: Row) -> Step:
        """Write the next messages of a running broadcast down, as far as there is room for them."""
        now = self._clock.time()
        if row["start_at"] is not None and row["start_at"] > now:
            return await self._look_again(row, row["start_at"])
        counts = (await self._database.read(lambda tx: read_counts(tx, [row["id"]]))).get(row["id"], {})
        waiting = counts.get("waiting", 0)
        rate = await self._rate(row)
        if row["cursor"] >= row["confirmed"]:
            return await self._look_again(row, now + _pause(waiting, rate))
        room = (WINDOW if rate is None else max(1, int(rate * READY_SECONDS))) - waiting
        batch = _Batch.of(row, now)
        if batch.opens_at is not None:
            return await self._look_again(row, batch.opens_at)
        count = min(PART, room if row["kind"] == "message" else PART, batch.left)
        if count <= 0:
            return await self._look_again(row, now + _pause(waiting, rate))
        return await self._part(row, batch, count)

    async def _part(self, row: Row, batch: _Batch, count: int) -> Step:
        window = {"number": row["number"], "after": row["cursor"], "upto": row["confirmed"], "count": count}
        found = await self._database.read(lambda tx: tx.all(store.WINDOW, window))
        rendered = [self._render(row, recipient) for recipient in found]
        to_n = found[-1]["n"] if len(found) == count else row["confirmed"]
        now = self._clock.time()
        after = batch.after(len(found), now)
        cursor = {
            "id": row["id"], "from_n": row["cursor"], "to_n": to_n, "now": now, "due_at": now,
            "batch_left": after.left_or_none, "next_batch_at": after.next_at,
        }  # fmt: skip

        def write(tx: Transaction) -> bool:
            if not tx.run(store.ADVANCE, cursor):
                return False
            outcomes = Counter({"queued": -len(found)})
            ready = [(one, made) for one, made in zip(found, rendered, strict=True) if isinstance(made, Rendered)]
            refused = [(one, made) for one, made in zip(found, rendered, strict=True) if isinstance(made, str)]
            outcomes.update(self._write(tx, row, ready, now))
            outcomes["skipped"] += len(refused)
            tx.many(store.SKIP, [_skip(row, one, reason) for one, reason in refused])
            add_counts(tx, row["id"], outcomes)
            return True

        moved = await self._database.write(write)
        return Step(len(found) if moved else 0, again=True)

    def _write(self, tx: Transaction, row: Row, ready: Sequence[tuple[Row, Rendered]], now: float) -> Counter[str]:
        """Messages or runs of these recipients; how they count at first."""
        outcomes: Counter[str] = Counter()
        if row["kind"] == "flow":
            refs = [self._start_run(tx, row, one, made) for one, made in ready]
            outcomes["started"] = len(refs)
        else:
            content = Content.of(row["content"])
            messages = [
                message_of(row, content, made, to=one["to"], now=now, key=f"{row['id']}/{one['to']}/1")
                for one, made in ready
            ]
            taken = self._outbox.enqueue_many_in(tx, messages)
            for new, kept in zip(messages, taken, strict=True):
                if kept.id == new.id:
                    self._surroundings.write_links(tx, new.body, kept.id)
                outcomes[outcome_of(kept.stage, kept.status)] += 1
            refs = [kept.id for kept in taken]
        number = row["number"]
        tx.many(
            store.REFER,
            [{"broadcast": number, "n": one["n"], "ref": ref} for (one, _), ref in zip(ready, refs, strict=True)],
        )
        return outcomes

    def _start_run(self, tx: Transaction, row: Row, recipient: Row, made: Rendered) -> str:
        content = Content.of(row["content"])
        start = self._surroundings.start_run
        if start is None or content.workflow is None or content.version is None:
            raise RequestError("workflows cannot be started from here", field="flow")
        return start(
            tx,
            workflow=content.workflow,
            version=content.version,
            inputs=made.inputs or {},
            key=f"{row['id']}/{recipient['to']}/1",
            by={"kind": "broadcast", "name": row["name"], "id": row["id"]},
        )

    def _render(self, row: Row, recipient: Row) -> Rendered | str:
        """What the recipient gets, or why nothing."""
        renderer = self._renderers.get(row["id"])
        if renderer is None:
            renderer = self._renderers[row["id"]] = Renderer(Content.of(row["content"]), self._surroundings)
        fields: Mapping[str, str] = json.loads(recipient["fields"])
        try:
            return renderer.render(recipient["to"], fields, recipient["language"], recipient["time_zone"])
        except TemplateError as error:
            return error.message

    def forget(self, broadcast_id: str) -> None:
        """It is over: keep nothing of it in memory."""
        self._renderers.pop(broadcast_id, None)
        self._rates.pop(broadcast_id, None)

    async def _rate(self, row: Row) -> float | None:
        """Messages a second, about; ``None`` where nothing paces them."""
        if row["kind"] == "flow":
            return None
        known = self._rates.get(row["id"])
        if known is not None and self._clock.monotonic() < known[0]:
            return known[1]
        content = Content.of(row["content"])
        found = await self._outbox.forecast(
            account_id=row["account_id"], sender=content.sender, service=content.service, channel=content.channel
        )
        rate = found.rate
        if rate is not None:
            report = json.loads(row["report"] or "{}")
            rate /= max(1.0, float(report.get("segments", 1)) / max(1, report.get("new", 1)))
        self._rates[row["id"]] = self._clock.monotonic() + RATE_SECONDS, rate
        return rate

    async def _look_again(self, row: Row, at: float) -> Step:
        values: dict[str, Any] = {"id": row["id"], "due_at": at, "stage": "running"}
        await self._database.write(lambda tx: tx.run(store.LOOK_AGAIN, values))
        return Step()


def message_of(
    row: Row, content: Content, made: Rendered, *, to: str, now: float, key: str | None = None
) -> NewMessage:
    """One recipient's message; without *key* one that does not count as the broadcast's, as for a test."""
    return NewMessage(
        account_id=row["account_id"],
        credential_id=row["credential_id"],
        to=to,
        sender=content.sender,
        service=content.service,
        channel=content.channel,
        body=made.body,
        media=content.media,
        content_sid=content.content_sid,
        content_variables=made.content_variables,
        purpose=content.purpose or "notification",
        key=key,
        key_scope=SCOPE,
        # Whatever a second rendering says, the recipient has the first one already.
        request_hash=row["content_hash"] if key is not None else None,
        run_id=row["id"] if key is not None else None,
        id=new_id("msg", at=now),
    )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Where a broadcast stands that goes out in batches with pauses in between."""

    size: int | None
    every: float
    left: int
    next_at: float | None
    opens_at: float | None = None
    """When the next batch may begin, if it may not yet."""

    @classmethod
    def of(cls, row: Row, now: float) -> _Batch:
        size, every = row["batch_size"], row["batch_every"] or 0.0
        if size is None:
            return cls(None, 0.0, PART, None)
        left, next_at = row["batch_left"], row["next_batch_at"]
        if left is None or left > 0:
            return cls(size, every, size if left is None else left, next_at)
        if next_at is not None and now < next_at:
            return cls(size, every, 0, next_at, opens_at=next_at)
        return cls(size, every, size, None)

    @property
    def left_or_none(self) -> int | None:
        return None if self.size is None else self.left

    def after(self, count: int, now: float) -> _Batch:
        """Once *count* more are on their way."""
        begun = self.next_at if self.next_at is not None else now + self.every
        return _Batch(self.size, self.every, self.left - count, None if self.size is None else begun)


def _pause(waiting: int, rate: float | None) -> float:
    """How long until there is something to do: half of the time that what waits takes."""
    if rate is None or not waiting:
        return 1.0
    return min(30.0, max(1.0, waiting / rate / 2))


def _skip(row: Row, recipient: Row, reason: str) -> dict[str, Any]:
    return {"broadcast": row["number"], "n": recipient["n"], "problem": "missing_value", "reason": reason}
