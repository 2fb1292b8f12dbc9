"""Moving runs on: load, run a segment, commit. Whoever commits second has done nothing, and looks again.

Runs that come to be read, or written down, at the same moment share a transaction.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.database.together import LANES, Together
from ringline.errors import WorkflowError
from ringline.ids import new_id
from ringline.workflow.committing import Commits, EffectError, Written, event_of
from ringline.workflow.execution.document import load_document, new_state
from ringline.workflow.execution.segment import InboxEvent, Segment
from ringline.workflow.run import RunError, name_of_run
from ringline.workflow.store import advancing as store
from ringline.workflow.store import definitions

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.workflow.execution.keeping import Keeper
    from ringline.workflow.execution.state import RunState
    from ringline.workflow.plan import Plan
    from ringline.workflow.plans import Plans
    from ringline.workflow.recording import Advance

_log = logging.getLogger(__name__)

LEASE_SECONDS = 25.0
"""For so long nobody else takes up a run whose step acts outside; it is renewed while the step goes on."""
RENEW_SECONDS = 10.0


@dataclass(slots=True)
class Loaded:
    """A run as it was read: its row, what was reported to it, and its state once that was rebuilt."""

    row: Row
    events: list[InboxEvent] = field(default_factory=list)
    state: RunState | None = None
    errors: dict[Any, Exception] = field(default_factory=dict)


class Advancer:
    """Advances runs; one at a time here, and what two processes do to one run counts once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plans: Plans,
        keeper: Keeper,
        commits: Commits,
        note_end: Callable[[int, Row | None, Exception | None], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plans = plans
        self._keeper = keeper
        self._commits = commits
        self._note_end = note_end
        self._worker = new_id("wrk", at=clock.time())
        lanes = LANES[database.dialect]
        self._loads: Together[Sequence[int], Mapping[int, Loaded]] = Together(self._read, lanes=lanes)
        self._writes: Together[Advance, Written | None] = Together(self._write_together, lanes=lanes)
        # Runs in hand, and whether something came for them meanwhile.
        self._in_hand: dict[int, bool] = {}
        self._locks: dict[int, asyncio.Lock] = {}

    def has_in_hand(self, number: int) -> bool:
        """Whether a run is being advanced here at this moment."""
        return number in self._in_hand

    async def advance(self, ids: Iterable[int]) -> None:
        """Move these runs on as far as they go."""
        mine = []
        for number in ids:
            if number in self._in_hand:
                self._in_hand[number] = True
            else:
                self._in_hand[number] = False
                mine.append(number)
        try:
            loaded = await self._load(mine)
        except BaseException:
            for number in mine:
                self._in_hand.pop(number, None)
            raise
        for number in mine:
            if number not in loaded:
                self._in_hand.pop(number, None)
        await _all(self._finish(number, one) for number, one in loaded.items())

    async def begin(self, number: int, row: Row, state: RunState) -> None:
        """Advance a run that has just been written, without reading it again."""
        if number in self._in_hand:
            self._in_hand[number] = True
            return
        self._in_hand[number] = False
        await self._finish(number, Loaded(row, state=state))

    async def _load(self, ids: Sequence[int]) -> Mapping[int, Loaded]:
        return await self._loads.ask(ids) if ids else {}

    async def _read(self, asked: Sequence[Sequence[int]]) -> Sequence[Mapping[int, Loaded]]:
        wanted = {"ids": as_list([number for ids in asked for number in ids])}
        rows, inbox = await self._database.read(lambda tx: (tx.all(store.LOAD, wanted), tx.all(store.INBOX, wanted)))
        loaded = {row["id"]: Loaded(row) for row in rows}
        for record in inbox:
            if record["run"] in loaded:
                loaded[record["run"]].events.append(event_of(record))
        return [{number: loaded[number] for number in ids if number in loaded} for ids in asked]

    async def _finish(self, number: int, loaded: Loaded | None) -> None:
        try:
            while loaded is not None:
                loaded = await self._step(number, loaded)
                if loaded is None and self._in_hand[number]:
                    # Somebody asked while this went on; whether it was seen already shows in the row.
                    self._in_hand[number] = False
                    loaded = (await self._load([number])).get(number)
        finally:
            self._in_hand.pop(number, None)

    async def _step(self, number: int, loaded: Loaded) -> Loaded | None:
        """One segment and its commit; returns what is to be done next, None when there is nothing."""
        row = loaded.row
        if row["status"] not in ("running", "waiting") or self._is_leased(row):
            return None
        try:
            plan = await self._plans.get(row["definition"])
            state = loaded.state or self.rebuild(plan, row)
        except WorkflowError as error:
            reason, now = RunError.of(error), self._clock.time()
            await self._database.write(lambda tx: self._commits.fail(tx, row, reason, now=now))
            self._note_end(number, None, error)
            return None
        assert state.progress is not None
        state.progress.errors = loaded.errors
        async with self._alone_with(plan, row["definition"]):
            return await self._run(plan, state, loaded)

    async def _run(self, plan: Plan, state: RunState, loaded: Loaded) -> Loaded | None:
        row, number = loaded.row, loaded.row["id"]
        remembered = await self._recall(plan)
        segment = Segment(state, self._clock.time())
        await segment.go(loaded.events)
        while segment.claims and segment.error is None:
            written = await self._write(row, segment, plan, remembered=None, lease=self._lease())
            if written is None:
                return await self._again(number)
            row = {**row, "revision": written.revision}
            segment = Segment(state, self._clock.time(), is_claimed=True)
            async with self._keeping_lease(number, written.revision):
                await segment.go([])
        try:
            written = await self._write(row, segment, plan, remembered, lease=None)
        except EffectError as refusal:
            again = await self._again(number)
            if again is not None:
                again.errors = {**loaded.errors, refusal.place: refusal.error}
            return again
        if written is None:
            return await self._again(number)
        if written.ended is not None:
            self._note_end(number, {**row, **written.ended}, segment.error)
            return None
        if not written.pending and not (written.due_at is not None and written.due_at <= self._clock.time()):
            return None
        changed = {**row, "revision": written.revision, "status": "waiting", "due_at": written.due_at}
        return Loaded(changed, written.pending, state)

    async def _write(
        self,
        row: Row,
        segment: Segment,
        plan: Plan,
        remembered: Mapping[str, tuple[int, str]] | None,
        lease: tuple[str, float] | None,
    ) -> Written | None:
        advance = self._commits.prepare(row, segment, lease=lease)
        if remembered is None:
            written = await self._writes.ask(advance)
        else:
            written = await self._write_with_memories(advance, plan, remembered)
        for frame in segment.progress.frames.values():
            frame.is_new = False
        return written

    async def _write_together(self, advances: Sequence[Advance]) -> Sequence[Written | None]:
        return await self._database.write(lambda tx: self._commits.write(tx, advances))

    async def _write_with_memories(
        self, advance: Advance, plan: Plan, remembered: Mapping[str, tuple[int, str]]
    ) -> Written | None:
        memories = {name: json.dumps(self._keeper.write(state)) for name, state in plan.dump_state().items()}

        def write(tx: Transaction) -> Written | None:
            (written,) = self._commits.write(tx, [advance])
            if (
                written is not None
                and memories
                and not definitions.save_block_states(tx, plan.name or "", memories, remembered)
            ):
                raise _Outrun
            return written

        try:
            return await self._database.write(write)
        except _Outrun:
            return None

    async def _again(self, number: int) -> Loaded | None:
        """Somebody else has changed the run: what was done here is dropped."""
        return (await self._load([number])).get(number)

    def rebuild(self, plan: Plan, row: Row) -> RunState:
        """A run's state from its row."""
        document = json.loads(row["state"]) if row["state"] else {}
        inputs = json.loads(row["inputs"])
        for name, value in document.get("i", {}).items():
            inputs[name] = self._keeper.read(value)
        trigger = self._keeper.read(json.loads(row["trigger"])) if row["trigger"] else None
        state = new_state(plan, name_of_run(row["id"]), inputs, trigger, row["created_at"])
        load_document(state, document, self._keeper)
        return state

    # --- claims ------------------------------------------------------------------------------------------------------

    def _lease(self) -> tuple[str, float]:
        return self._worker, self._clock.time() + LEASE_SECONDS

    def _is_leased(self, row: Row) -> bool:
        """Whether another process is acting for this run. On SQLite there is none."""
        if self._database.dialect == "sqlite" or not row["state"] or row["due_at"] is None:
            return False
        owner = json.loads(row["state"]).get("l")
        return owner is not None and owner != self._worker and row["due_at"] > self._clock.time()

    def _keeping_lease(self, number: int, revision: int) -> AbstractAsyncContextManager[None]:
        return _Renewing(functools.partial(self._renew, number, revision))

    async def _renew(self, number: int, revision: int) -> None:
        while True:
            await self._clock.sleep(RENEW_SECONDS)
            until = self._clock.time() + LEASE_SECONDS
            given = {"id": number, "revision": revision, "until": until}
            await self._database.write(lambda tx, given=given: tx.run(store.RENEW, given))  # type: ignore[misc]

    # --- what blocks remember (R13) ----------------------------------------------------------------------------------

    def _alone_with(self, plan: Plan, definition: int) -> AbstractAsyncContextManager[Any]:
        """Blocks that remember serve one run at a time: what they hold is one run's view of the row."""
        if not plan.remembers:
            return nullcontext()
        return self._locks.setdefault(definition, asyncio.Lock())

    async def _recall(self, plan: Plan) -> Mapping[str, tuple[int, str]] | None:
        if not plan.remembers:
            return None
        if plan.first_memories is None:
            plan.first_memories = plan.dump_state()
        rows = await self._database.read(lambda tx: definitions.block_states_of(tx, plan.name or ""))
        kept = {name: self._keeper.read(json.loads(state)) for name, (_, state) in rows.items()}
        plan.load_state({**plan.first_memories, **kept})
        return rows


class _Outrun(Exception):  # noqa: N818 - not an error: another run was quicker
    """Another process has changed what blocks remember."""


class _Renewing:
    """Renews a lease as long as it is entered."""

    def __init__(self, renew: Callable[[], Any]) -> None:
        self._renew = renew
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._renew(), name="ringline-lease")

    async def __aexit__(self, *exception: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def _all(works: Iterable[Any]) -> None:
    """Run them side by side; the first error is raised when all have ended."""
    results = await asyncio.gather(*works, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
