"""Durable runs in tests: blocks that wait, a queue that a test turns by hand, and crashes at any commit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field
from sqlalchemy import text

from ringline.clock import VirtualClock
from ringline.database import Database, Transaction
from ringline.dispatch import payloads_of
from ringline.workflow import Plan, compile_definition, read_document
from ringline.workflow.block import (
    Block,
    Done,
    InnerWorkflow,
    Manifest,
    Output,
    SelectorOf,
    StepContext,
    StepReference,
    StepTransaction,
    Template,
    Wait,
    Woken,
)
from ringline.workflow.execution.keeping import Keeper
from ringline.workflow.plans import Plans
from ringline.workflow.registry import BlockRegistry
from ringline.workflow.runs import Run, Runs
from ringline.workflow.store import definitions
from ringline.workflow.subflows import Subflows
from workflow.sample_blocks import BLOCKS

T = TypeVar("T")

_POSTED = text("CREATE TABLE IF NOT EXISTS posted (key TEXT PRIMARY KEY, what TEXT, state TEXT)")
_POST = text("INSERT INTO posted (key, what, state) VALUES (:key, :what, :state) ON CONFLICT DO NOTHING")
_LOOK = text("SELECT key, what, state FROM posted WHERE key = :key")
_ALL = text("SELECT key, what, state FROM posted ORDER BY key")
_DECIDE = text("UPDATE posted SET state = :state WHERE key = :key")


class HoldManifest(Manifest):
    """Waits for a key, for time, or for both."""

    type: Literal["test/hold@v1"]
    key: Annotated[str | None, Template(), SelectorOf("string")] = None
    seconds: Annotated[float | None, SelectorOf("float")] = None
    after: Annotated[str | None, StepReference()] = None
    times: int = 1
    """How many events it takes."""
    breaks: bool = False


class Hold(Block):
    """Gives what it was told; its outcome says whether it was told anything."""

    manifest: ClassVar[type[Manifest]] = HoldManifest
    outputs = (Output("value"), Output("seen"), Output("fields"))
    outcomes = ("event", "timeout")
    can_wait = True

    def run(self, *, key: str | None, seconds: float | None, times: int, breaks: bool, step: StepContext) -> Wait:
        assert step.now is not None
        deadline = None if seconds is None else step.now.timestamp() + seconds
        return Wait(() if key is None else (key,), deadline, {"left": times, "seen": []})

    def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        if woken.fields.get("breaks"):
            raise OSError("it broke")
        if woken.key is None:
            return Done({"value": None, "seen": woken.state["seen"], "fields": dict(woken.fields)}, "timeout")
        seen = [*woken.state["seen"], woken.data.get("value")]
        if woken.state["left"] > 1:
            return Wait((woken.key,), None, {"left": woken.state["left"] - 1, "seen": seen})
        return Done({"value": woken.data.get("value"), "seen": seen, "fields": dict(woken.fields)}, "event")


class PostManifest(Manifest):
    """Writes something down with the run, and waits until it is decided."""

    type: Literal["test/post@v1"]
    what: Annotated[str, Template(always_text=True), SelectorOf("string")] = ""
    refuses: bool = False


class Post(Block):
    """A message in small: found again by its key, decided by somebody else, with news after its end."""

    manifest: ClassVar[type[Manifest]] = PostManifest
    outputs = (Output("state"), Output("what"), Output("key"))
    outcomes = ("sent", "failed", "unknown")
    failing_outcomes = frozenset({"failed", "unknown"})

    def __init__(self, *, database: Database) -> None:
        self._database = database

    def run(self, *, what: str, refuses: bool, step: StepContext) -> Done | Wait:
        def effect(on: StepTransaction) -> None:
            if refuses:
                raise ValueError("this cannot be written")
            on.tx.run(_POST, {"key": step.key, "what": what, "state": "ready"})
            row = on.tx.one(_LOOK, {"key": step.key})
            assert row is not None
            if row["state"] == "ready":
                on.wait_for(f"post/{step.key}")
            else:
                on.report(f"post/{step.key}", {})

        if not step.is_durable:
            return Done({"state": "sent", "what": what, "key": step.key})
        return Wait(effects=(effect,))

    async def resume(self, *, woken: Woken, step: StepContext) -> Done:
        row = await self._row(woken)
        return Done(row, row["state"], follow=(str(woken.key),))

    async def follow(self, *, woken: Woken, step: StepContext) -> Mapping[str, Any]:
        return await self._row(woken)

    async def _row(self, woken: Woken) -> dict[str, Any]:
        key = str(woken.key).removeprefix("post/")
        row = await self._database.read(lambda tx: tx.one(_LOOK, {"key": key}))
        assert row is not None
        return dict(row)


class CallManifest(Manifest):
    """Acts outside at once."""

    type: Literal["test/call@v1"]
    what: Annotated[Any, SelectorOf("*")] = None
    fails: int = 0


class Call(Block):
    """Notes the key of each call in the service ``calls``, and fails the first so many times."""

    manifest: ClassVar[type[Manifest]] = CallManifest
    outputs = (Output("count"),)
    acts_at_once = True

    def __init__(self, *, calls: list[str]) -> None:
        self._calls = calls

    async def run(self, *, what: Any, fails: int, step: StepContext) -> dict[str, Any]:
        self._calls.append(step.key)
        if len(self._calls) <= fails:
            raise OSError(f"call {len(self._calls)} failed")
        return {"count": len(self._calls), "error": None}


class RepeatManifest(Manifest):
    """Says its value again in an error."""

    type: Literal["test/repeat@v1"]
    what: Annotated[str, SelectorOf("string", "secret")] = ""


class Repeat(Block):
    manifest: ClassVar[type[Manifest]] = RepeatManifest
    outputs = (Output("value"),)

    def run(self, *, what: str) -> dict[str, Any]:
        raise OSError(f"the server said: no such user {what}")


class CountManifest(Manifest):
    """Counts how often it was run, over all runs."""

    type: Literal["test/count@v1"]
    step_: str = Field(default="", alias="by")


class Count(Block):
    """Remembers its count."""

    manifest: ClassVar[type[Manifest]] = CountManifest
    outputs = (Output("count", ("integer",)),)

    def __init__(self) -> None:
        self._count = 0

    def run(self) -> dict[str, Any]:
        self._count += 1
        return {"count": self._count, "error": None}

    def dump_state(self) -> Any:
        return {"count": self._count}

    def load_state(self, state: Any) -> None:
        self._count = state["count"]


class NestManifest(Manifest):
    """Runs another workflow."""

    type: Literal["test/nest@v1"]
    workflow: Annotated[str | dict[str, Any], InnerWorkflow()]
    inputs: Annotated[dict[str, Any], SelectorOf("*"), Template()] = Field(default_factory=dict)


class Nest(Block):
    manifest: ClassVar[type[Manifest]] = NestManifest
    outputs = (Output("outputs"), Output("status"), Output("child"))
    outcomes = ("done", "failed")
    failing_outcomes = frozenset({"failed"})
    can_wait = True

    def __init__(self, *, subflows: Subflows) -> None:
        self._subflows = subflows

    def run(self, *, workflow: Any, inputs: dict[str, Any], step: StepContext) -> Wait:
        def effect(on: StepTransaction) -> None:
            self._subflows.start_in(on, workflow=workflow, inputs=inputs, key=step.key, step=step.step)

        return Wait(effects=(effect,))

    async def resume(self, *, woken: Woken, step: StepContext) -> Done:
        run = await self._subflows.result(str(woken.key).removeprefix("run/"))
        outputs = {"outputs": run.outputs, "status": run.status, "child": run.id}
        return Done(outputs, "done" if run.status == "completed" else "failed")


def registry() -> BlockRegistry:
    return BlockRegistry([*BLOCKS, Hold, Post, Call, Count, Nest, Repeat])


class Crash(BaseException):
    """The process is gone."""


class Jobs:
    """A dispatcher that a test turns by hand."""

    def __init__(self) -> None:
        self.waiting: list[str] = []

    def enqueue(self, tx: Transaction, entrypoint: str, payload: str, *, priority: int = 50) -> None:
        assert entrypoint == "advance_run"
        tx.after_commit(lambda: self.waiting.append(payload))

    def enqueue_each(self, tx: Transaction, entrypoint: str, numbers: Sequence[int], *, priority: int = 50) -> None:
        for payload in payloads_of(numbers):
            self.enqueue(tx, entrypoint, payload, priority=priority)


class CrashingDatabase:
    """A database whose process dies at the *n*-th commit: before it, or right after it."""

    def __init__(self, database: Database, at: int, *, after: bool) -> None:
        self._database = database
        self.left = at
        self._after = after
        self.dialect = database.dialect
        self.clock = database.clock

    async def write(self, work: Callable[[Transaction], T]) -> T:
        self.left -= 1
        if self.left > 0:
            return await self._database.write(work)
        if self.left < 0:
            raise Crash
        if self._after:
            # What is to happen after the commit does not: nobody is there any more.
            await self._database.write(lambda tx: work(_Silent(tx)))  # type: ignore[arg-type]
        raise Crash

    async def read(self, work: Callable[[Transaction], T]) -> T:
        if self.left <= 0:
            raise Crash
        return await self._database.read(work)

    def listen(self, channel: str, callback: Callable[[str], None]) -> Callable[[], None]:
        return self._database.listen(channel, callback)


class _Silent:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def after_commit(self, callback: Callable[[], None]) -> None:
        pass


class World:
    """Runs on a database, with no process around them: the test says when somebody looks."""

    def __init__(self, database: Any, clock: VirtualClock, **services: Any) -> None:
        self.database = database
        self.clock = clock
        self.calls: list[str] = []
        self.services = {"sent": [], "database": database, "calls": self.calls, "clock": clock, **services}
        self.start()

    def start(self, database: Any = None) -> None:
        """A new process: everything that was only in memory is gone."""
        self.jobs = Jobs()
        self.services["database"] = database or self.database
        self.runs = Runs(
            self.services["database"],
            self.clock,
            self.jobs,  # type: ignore[arg-type]  # it is never run
            Plans(self.services["database"], self._plan),
            keeper=Keeper(lambda secret: f"<{secret[::-1]}>", lambda sealed: sealed[1:-1][::-1]),
        )
        self.services["subflows"] = Subflows(self.runs, self.clock)

    def _plan(self, name: str, definition: str) -> Plan:
        plan = compile_definition(read_document(definition), registry(), self.services)
        plan.name = name
        return plan

    async def define(self, source: Mapping[str, Any], name: str = "flow") -> int:
        """Write a definition down; returns its id."""
        row = await self.database.write(
            lambda tx: (tx.run(_POSTED), definitions.add_version(tx, name=name, definition=json.dumps(source), now=0.0))
        )
        return int(row[1]["id"])

    async def begin(self, source: Mapping[str, Any], inputs: Mapping[str, Any] | None = None, **options: Any) -> str:
        """Start a run and let it go as far as it goes."""
        run, _ = await self.runs.start(await self.define(source), inputs, **options)
        await self.settle()
        return run.id

    async def settle(self) -> None:
        """Work until there is nothing to do now."""
        while self.jobs.waiting or self.runs.tasks:
            for task in list(self.runs.tasks):
                await task
            await asyncio.sleep(0)  # those that have ended are taken from the list by the loop
            while self.jobs.waiting:
                await self.runs.advance(self.jobs.waiting.pop(0))

    async def report(self, key: str, at: float | None = None, **data: Any) -> int:
        """Tell the runs, and let them go on."""
        count = await self.runs_database.write(lambda tx: self.runs.report_in(tx, key, data, at))
        await self.settle()
        return count

    @property
    def runs_database(self) -> Any:
        return self.services["database"]

    async def step(self, seconds: float) -> None:
        """Let time pass, and everything that falls due happen."""
        self.clock.step(seconds)
        await self.sweep()

    async def sweep(self, *, at_start: bool = False) -> None:
        await self.runs.sweep(at_start=at_start)
        await self.settle()

    async def get(self, run_id: str) -> Run:
        return await self.runs.get(run_id)

    async def outputs(self, run_id: str) -> Any:
        run = await self.get(run_id)
        assert run.status == "completed", run
        return (run.outputs or [{}])[0]

    async def kinds(self, run_id: str) -> list[Any]:
        return [
            event.kind if event.step is None else (event.kind, event.step) for event in await self.runs.history(run_id)
        ]

    async def posted(self) -> list[tuple[str, str]]:
        return [(row["key"], row["what"]) for row in await self.database.read(lambda tx: tx.all(_ALL))]

    async def decide(self, key: str, state: str = "sent") -> None:
        """Say what became of something posted, and tell its run in the same transaction."""

        def work(tx: Transaction) -> None:
            tx.run(_DECIDE, {"key": key, "state": state})
            self.runs.report_in(tx, f"post/{key}", {"state": state})

        await self.runs_database.write(work)
        await self.settle()

    async def rows(self, table: str) -> list[Any]:
        return await self.database.read(lambda tx: tx.all(text(f"SELECT * FROM {table}")))
