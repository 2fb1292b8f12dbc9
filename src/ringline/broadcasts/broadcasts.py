"""`ringline.broadcasts`: one message or workflow for many people, from the list to the last delivery."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ringline.broadcasts import store
from ringline.broadcasts.broadcast import Broadcast, Content, Entry
from ringline.broadcasts.counting import PREFIX, add_counts, count_changes, read_counts
from ringline.broadcasts.filling import message_of
from ringline.broadcasts.loading import Loading, begin_load, csv_batches, slices
from ringline.broadcasts.rendering import Renderer
from ringline.broadcasts.report import MANY_SEGMENTS, Report
from ringline.broadcasts.results import page_of, results_of
from ringline.broadcasts.tending import Tending
from ringline.errors import IdempotencyConflict, NotFoundError, RequestError
from ringline.ids import AFTER_EVERY_ID, new_id
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.broadcasts.surroundings import Surroundings
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.outbox import Outbox
    from ringline.outbox.forecast import SendForecast

_log = logging.getLogger(__name__)

SAMPLE_NUMBER = "+14155550100"
FURTHEST = timedelta(days=366)


class Broadcasts:
    """Create one, load its list, look at the report, start it. The same key again sends only to who is new.

    `tend` is the job's handler, `ticker` what wakes it in time, and `count_changes` belongs into `Outbox.on_change`.
    """

    count_changes = staticmethod(count_changes)

    def __init__(
        self, database: Database, dispatcher: Dispatcher, clock: Clock, outbox: Outbox, surroundings: Surroundings
    ) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._surroundings = surroundings
        self._tending = Tending(database, dispatcher, clock, outbox, surroundings)
        self.ticker = self._tending.ticker

    def handlers(self) -> dict[str, Handler]:
        """What the dispatcher has to run."""
        return self._tending.handlers()

    # --- before it is sent ---------------------------------------------------------------------------------------

    async def create(
        self,
        content: Content,
        *,
        name: str = "broadcast",
        key: str | None = None,
        credential: str | None = None,
        batch_size: int | None = None,
        batch_every: float | None = None,
    ) -> Broadcast:
        """A broadcast without recipients, or the earlier one with the same key.

        Without *key* it is told by its name and its content. In what batches it goes is for whoever asks last to
        say: a dry run may have said nothing of it. Raises `RequestError` for what could not be sent to anybody,
        `IdempotencyConflict` for a key that came before with another content or account.
        """
        account_id = credential_id = None
        if content.kind == "flow":
            content = await self._flow(content)
        else:
            account = await self._surroundings.account(credential)
            account_id, credential_id = account.account_id, account.credential_id
            if content.sender is None and content.service is None:
                content = dataclasses.replace(content, sender=account.default_from)
            content = self._surroundings.check(content, SAMPLE_NUMBER)
        Renderer(content, self._surroundings, draft=True)  # so that a text that cannot be read is refused here
        now = self._clock.time()
        record = {
            "id": new_id(PREFIX.rstrip("_"), at=now),
            # Without a slash, so that it can stand in an address as its id can.
            "key": key or f"{name.replace('/', '-')}:{content.hash()[:16]}",
            "name": name,
            "kind": content.kind,
            "content": content.as_text(),
            "content_hash": content.hash(),
            "account_id": account_id,
            "credential_id": credential_id,
            "batch_size": batch_size,
            "batch_every": batch_every,
            "created_at": now,
        }

        def work(tx: Transaction) -> Row:
            tx.run(store.ADD, record)
            tx.run(store.PACE_ANEW, record)
            found = tx.one(store.BY_KEY, {"key": record["key"]})
            assert found is not None
            touch(tx, "broadcasts", found["id"])
            return found

        row = await self._database.write(work)
        if row["content_hash"] != record["content_hash"]:
            raise IdempotencyConflict(
                f"the key {record['key']!r} belongs to the broadcast {row['id']}, which says something else",
                fix="use a new key for a new text; with the same text the key sends to whoever is new on the list",
            )
        if row["account_id"] != account_id:
            raise IdempotencyConflict(
                f"the key {record['key']!r} belongs to the broadcast {row['id']}, which goes through another account",
                fix="name that account's credential, or use a new key",
            )
        return await self.get(row["id"])

    async def load(
        self, id: str, source: BinaryIO | Sequence[Entry] | str, *, column: str | None = None,
        max_segments: int = MANY_SEGMENTS,
    ) -> Broadcast:  # fmt: skip
        """Take in the list: a CSV file, entries, or the name of a list of contacts; and report on it.

        Who was sent to before is left out. A list that was loaded and not started is replaced. *column* holds the
        numbers, *max_segments* is from where on a text is called long. Raises `RequestError`.
        """
        row = await self._row(id)
        loads = await begin_load(self._database, row, now=self._clock.time())
        content = Content.of(row["content"])
        renderer = Renderer(content, self._surroundings, draft=True)
        report = Report(content, max_segments)
        caps = self._outbox.settings.caps
        loading = Loading(self._database, self._clock, row, renderer, report, loads=loads, caps=caps)
        if isinstance(source, str):
            batches = self._surroundings.people(source, content.channel)
        elif isinstance(source, Sequence):
            batches = slices(cast("Sequence[Entry]", source))
        else:
            batches = csv_batches(source, renderer, column=column)
        async for batch in batches:
            await loading.take(batch)
        text = json.dumps(report.finish(self._surroundings), ensure_ascii=False)
        values = {"id": row["id"], "loads": loads, "report": text, "now": self._clock.time()}
        await self._database.write(lambda tx: (tx.run(store.END_LOAD, values), touch(tx, "broadcasts", values["id"])))
        return await self.get(id)

    async def forecast(self, id: str) -> SendForecast | None:
        """When it will have gone out, by its senders' rates and what waits before it; ``None`` for workflows."""
        broadcast = await self.get(id)
        if broadcast.kind == "flow" or broadcast.account_id is None:
            return None
        segments = (broadcast.report or {}).get("segments", 0) if broadcast.stage in ("loading", "ready") else 0
        if broadcast.stage in ("running", "paused"):
            queued = broadcast.counts.get("queued", 0)
            report = broadcast.report or {}
            segments = queued * report.get("segments", 0) / max(1, report.get("new", 1))
        content = broadcast.content
        return await self._outbox.forecast(
            account_id=broadcast.account_id,
            sender=content.sender,
            service=content.service,
            channel=content.channel,
            segments=segments,
        )

    async def test(self, id: str, to: str) -> str:
        """Send what the first recipient would get to *to*; returns the message's id. Raises `RequestError`."""
        row = await self._row(id)
        content = Content.of(row["content"])
        if content.kind == "flow":
            raise RequestError("a workflow is tried with `ringline run`", field="to")
        checked = self._surroundings.check(content, to)
        first = {"number": row["number"], "after": 0, "upto": row["total"], "count": 1}
        found = await self._database.read(lambda tx: tx.one(store.WINDOW, first))
        if found is None:
            raise RequestError("the list has nobody to take values from", field="to", fix="load the list first")
        made = Renderer(content, self._surroundings).render(
            to, json.loads(found["fields"]), found["language"], found["time_zone"]
        )
        new = message_of(row, checked, made, to=to, now=self._clock.time())

        def work(tx: Transaction) -> str:
            kept = self._outbox.enqueue_in(tx, new)
            self._surroundings.write_links(tx, new.body, kept.id)
            return kept.id

        return await self._database.write(work)

    # --- sending -------------------------------------------------------------------------------------------------

    async def start(self, id: str, *, at: datetime | None = None) -> Broadcast:
        """Send to everybody that was loaded, now or *at* a time. Raises `RequestError` where that cannot be."""
        now = self._clock.time()
        if at is not None and not -60 <= at.timestamp() - now <= FURTHEST.total_seconds():
            raise RequestError(
                f"it cannot start at {at.isoformat()}", field="start_at", fix="give a moment within the next year"
            )
        start_at = at.timestamp() if at is not None and at.timestamp() > now else None
        row = await self._row(id)

        def work(tx: Transaction) -> bool:
            before = tx.one(store.GET, {"id": row["id"]})
            values = {"id": row["id"], "start_at": start_at, "due_at": start_at or now, "now": now}
            if before is None or not tx.run(store.START, values):
                return False
            skipped = tx.one(store.SKIPPED, {"number": row["number"], "after": before["confirmed"]})
            left_out = int(skipped["count"]) if skipped else 0
            everybody = before["total"] - before["confirmed"]
            add_counts(tx, row["id"], {"queued": everybody - left_out, "skipped": left_out})
            touch(tx, "broadcasts", row["id"])
            self._tending.wake(tx, row["id"])
            return True

        if not await self._database.write(work):
            raise RequestError(
                f"a broadcast that is {row['stage']} cannot be started",
                fix="load a list with somebody new first" if row["stage"] != "loading" else "wait until its list is in",
            )
        return await self.get(id)

    async def pause(self, id: str) -> Broadcast:
        """Hold back all that has not gone. Raises `RequestError` for one that is not running."""
        await self._move(id, store.PAUSE, "paused", fault=None)
        return await self.get(id)

    async def resume(self, id: str) -> Broadcast:
        """Go on after a pause."""
        await self._move(id, store.RESUME, "resumed")
        return await self.get(id)

    async def cancel(self, id: str) -> Broadcast:
        """Send nothing more of it. What Twilio has already is not called back."""

        def settle(tx: Transaction, found: str) -> None:
            queued = read_counts(tx, [found]).get(found, {}).get("queued", 0)
            add_counts(tx, found, {"queued": -queued, "canceled": queued})

        await self._move(id, store.CANCEL, "canceled", also=settle)
        return await self.get(id)

    async def _move(self, id: str, statement: Any, word: str, *, also: Any = None, **more: Any) -> None:
        row = await self._row(id)
        found = row["id"]  # *id* may be its key
        values = {"id": found, "now": self._clock.time(), **more}

        def work(tx: Transaction) -> bool:
            if not tx.run(statement, values):
                return False
            touch(tx, "broadcasts", found)
            if also is not None:
                also(tx, found)
            self._tending.wake(tx, found)
            return True

        if not await self._database.write(work):
            raise RequestError(
                f"a broadcast that is {row['stage']} cannot be {word}",
                fix=_WAY_ON.get(row["stage"], ""),
                code="wrong_stage",
            )
        # The messages follow here and now rather than by the job, so that the answer can say what was held or stopped.
        await self._tending.tend(found)

    # --- looking -------------------------------------------------------------------------------------------------

    async def get(self, id: str) -> Broadcast:
        """One broadcast, by id or key, as it stands. Raises `NotFoundError`."""

        def work(tx: Transaction) -> Broadcast | None:
            row = tx.one(store.GET, {"id": id}) or tx.one(store.BY_KEY, {"key": id})
            return None if row is None else Broadcast.of(row, read_counts(tx, [row["id"]]).get(row["id"], {}))

        found = await self._database.read(work)
        if found is None:
            raise _not_found(id)
        return found

    async def list(self, *, limit: int = 50, before: str | None = None) -> list[Broadcast]:
        """Newest first; *before* is the id of the last one of the page before."""

        def work(tx: Transaction) -> list[Broadcast]:
            rows = tx.all(store.PAGE, {"before": before or AFTER_EVERY_ID, "count": limit})
            counts = read_counts(tx, [row["id"] for row in rows])
            return [Broadcast.of(row, counts.get(row["id"], {})) for row in rows]

        return await self._database.read(work)

    async def results(self, id: str) -> AsyncIterator[Sequence[dict[str, Any]]]:
        """Every recipient with what became of theirs, in the order of the list, in batches."""
        row = await self._row(id)
        async for batch in results_of(self._database, self._outbox.groups, row):
            yield batch

    async def recipients(self, id: str, *, after: int = 0, limit: int = 50) -> Sequence[dict[str, Any]]:
        """Recipients that follow number *after*, as `results` gives them."""
        row = await self._row(id)
        return await page_of(self._database, self._outbox.groups, row, after=after, count=limit)

    def erase_in(self, tx: Transaction, numbers: Sequence[str]) -> int:
        """Forget these people in every list; who was still to be sent to gets nothing. Returns how many rows."""
        return sum(tx.run(store.ERASE, {"number": number}) for number in numbers)

    # --- pieces --------------------------------------------------------------------------------------------------

    async def _flow(self, content: Content) -> Content:
        """The content with the newest version of its workflow, and an input for each that has to be given."""
        flow = await self._surroundings.flow(content.workflow or "")
        unknown = next((name for name in content.inputs if name not in flow.inputs), None)
        if unknown is not None:
            raise RequestError(
                f"the workflow `{flow.name}` has no input `{unknown}`",
                field="inputs",
                fix=f"its inputs are {', '.join(flow.inputs) or 'none'}",
            )
        by_column = {name: f"{{{{{name}}}}}" for name, is_needed in flow.inputs.items() if is_needed}
        return dataclasses.replace(
            content, workflow=flow.name, version=flow.version, inputs={**by_column, **content.inputs}
        )

    async def _row(self, id: str) -> Row:
        row = await self._database.read(lambda tx: tx.one(store.GET, {"id": id}) or tx.one(store.BY_KEY, {"key": id}))
        if row is None:
            raise _not_found(id)
        return row


_WAY_ON = {
    "loading": "load a list, then start it",
    "ready": "start it first, or cancel it",
    "running": "pause it, cancel it, or wait until it is over",
    "paused": "resume it, or cancel it",
    "completed": "all of it has gone; load a list with somebody new to send to them",
    "canceled": "what has not gone is never sent; send that as a new broadcast",
}
"""What can be done with a broadcast in each stage."""


def _not_found(id: str) -> NotFoundError:
    return NotFoundError(f"there is no broadcast {id!r}", fix="see them with `ringline broadcasts list`")
