"""Broadcasts: a list taken in, and messages written down, per second; and what that takes of memory.

`python -m benchmarks broadcast --recipients 1000000` shows that a million takes no more than a hundred thousand.
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.timing import line

RECIPIENTS = 50_000
ACCOUNT = "AC" + "0" * 32
TEXT = "Hello {{name}}, your order {{order}} is on its way to {{city}}."


def main(count: int = RECIPIENTS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(measure(Path(folder), count))


async def measure(folder: Path, count: int) -> None:
    from ringline.broadcasts import filling
    from ringline.broadcasts.broadcast import Content

    listed = folder / "list.csv"
    with listed.open("w") as file:
        file.write("phone,name,order,city\n")
        file.writelines(f"+1415{2_000_000 + n},Person {n},A-{n},Springfield\n" for n in range(count))
    # What is measured is how fast rows are written, so nothing is held back for senders.
    filling.WINDOW = 10 * count
    database, broadcasts = await _open(folder)
    marks = _Marks(count)
    made = await broadcasts.create(Content(message=TEXT, sender="+15550001111", purpose="notification"))
    with listed.open("rb") as opened:
        started = time.perf_counter()
        loading = _watched(opened, marks)
        loaded = await broadcasts.load(made.id, loading)
        taken = time.perf_counter() - started
    assert loaded.report is not None
    assert loaded.report["new"] == count, loaded.report
    line("rows of a list checked and written down", f"{count / taken:,.0f}/s")
    marks.say("memory while the list is taken in")
    await broadcasts.start(made.id)
    marks = _Marks(count)
    started = time.perf_counter()
    fill = broadcasts.handlers()["broadcast_fill"]
    watching = asyncio.create_task(_watch(broadcasts, made.id, marks))
    while (await broadcasts.get(made.id)).filled < count:
        await fill(made.id)
    filled = time.perf_counter() - started
    marks.at(count)
    watching.cancel()
    line("messages rendered and written down", f"{count / filled:,.0f}/s")
    marks.say("memory while messages are written down")
    counts = (await broadcasts.get(made.id)).counts
    assert counts == {"waiting": count}, counts
    await database.close()


async def _watch(broadcasts: Any, broadcast_id: str, marks: _Marks) -> None:
    while True:
        marks.at((await broadcasts.get(broadcast_id)).filled)
        await asyncio.sleep(0.2)


class _Marks:
    """The memory of this process as work goes on."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._seen: dict[int, float] = {}

    def at(self, done: int) -> None:
        share = done * 10 // self._count
        if share and share not in self._seen:
            self._seen[share] = _resident()

    def say(self, what: str) -> None:
        if self._seen:
            first, last = min(self._seen), max(self._seen)
            line(what, f"{self._seen[last]:,.0f} MB at {last * 10} %", f"{self._seen[first]:,.0f} MB at {first * 10} %")


def _resident() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _watched(file: Any, marks: _Marks) -> Any:
    """The file, noting the memory by how much of it has been read the second time."""
    size = Path(file.name).stat().st_size
    read = file.read1

    def read1(length: int = -1) -> bytes:
        marks.at(int(file.tell() / size * marks._count))  # noqa: SLF001
        return bytes(read(length))

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return read1 if name == "read1" else getattr(file, name)

        def __iter__(self) -> Iterator[bytes]:
            return iter(file)

    return Watched()


async def _open(folder: Path) -> tuple[Any, Any]:
    from ringline import Ringline

    ringline = Ringline(f"sqlite:///{folder / 'bench.db'}", {"main": (ACCOUNT, "0" * 32)}, worker=False)
    await ringline.start()
    credential, *_ = await ringline.credentials.list()
    await ringline.outbox.senders.set_rate(credential.account_sid, "+15550001111", None)
    return ringline, ringline.broadcasts
