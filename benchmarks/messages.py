"""Messages per second to the simulator: the whole durable path beside bare loops of the official SDK."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import uvloop

from benchmarks.timing import line
from ringline.settings import load_settings

SYNC_MESSAGES = 500
ASYNC_MESSAGES = 5_000
DURABLE_MESSAGES = 20_000
DELIVERED_MESSAGES = 5_000
CONCURRENCY = 64

SIMULATOR = """
import asyncio, sys
from ringline.simulator import Simulator

async def main():
    async with Simulator(port=0, any_sender=True) as simulator:
        print(simulator.base_url, simulator.account_sid, simulator.auth_token, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


def main() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SIMULATOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        base_url, sid, token = process.stdout.readline().split()
        sync_loop(base_url, sid, token)
        uvloop.run(async_loop(base_url, sid, token))
        carrier(base_url, callbacks=False)
        uvloop.run(durable(base_url, sid, token, delivered=False))
        carrier(base_url, callbacks=True)
        uvloop.run(durable(base_url, sid, token, delivered=True))
    finally:
        process.terminate()
        process.wait()


def carrier(base_url: str, **settings: bool) -> None:
    """Have the simulated network send status callbacks, or keep them back."""
    request = urllib.request.Request(
        f"{base_url}/_simulator/carrier", json.dumps(settings).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).read()


def report(what: str, count: int, seconds: float, cpu: float) -> None:
    line(what, f"{count / seconds:,.0f} /s", f"{cpu / count * 1e6:,.0f} us CPU a message in the sending process")


def sync_loop(base_url: str, sid: str, token: str) -> None:
    from twilio.rest import Client

    client = Client(sid, token)
    client.api.base_url = base_url
    started, cpu = time.perf_counter(), time.process_time()
    for number in range(SYNC_MESSAGES):
        client.messages.create(to="+14155550123", from_="+15550001111", body=f"sync {number}")
    report("SDK, one thread", SYNC_MESSAGES, time.perf_counter() - started, time.process_time() - cpu)


async def async_loop(base_url: str, sid: str, token: str) -> None:
    from twilio.http.async_http_client import AsyncTwilioHttpClient
    from twilio.rest import Client

    http = AsyncTwilioHttpClient()
    client = Client(sid, token, http_client=http)
    client.api.base_url = base_url
    numbers = iter(range(ASYNC_MESSAGES))

    async def send() -> None:
        for number in numbers:
            await client.messages.create_async(to="+14155550123", from_="+15550001111", body=f"async {number}")

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(send() for _ in range(CONCURRENCY)))
    report(
        f"SDK, async, {CONCURRENCY} at once", ASYNC_MESSAGES, time.perf_counter() - started, time.process_time() - cpu
    )
    await http.close()


async def durable(base_url: str, sid: str, token: str, *, delivered: bool) -> None:
    """Written down, gated, sent and answered; with *delivered* also every status callback, until all are delivered."""
    from ringline import Ringline
    from ringline.cli.opening import spare_what_stays
    from ringline.web import create_app
    from ringline.web.server import address, listen, serving

    listener = listen("127.0.0.1", 0)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            home=Path(folder), twilio_base_url=base_url, public_url=address(listener), log_level="error"
        )
        count = DELIVERED_MESSAGES if delivered else DURABLE_MESSAGES
        async with (
            Ringline(credentials={"main": (sid, token)}, settings=settings) as ringline,
            serving(create_app(ringline), listener),
        ):
            spare_what_stays()
            started, cpu = time.perf_counter(), time.process_time()
            numbers = iter(range(count))
            ids: list[str] = []

            async def enqueue() -> None:
                for number in numbers:
                    message = await ringline.messages.send(
                        to=f"+1415{5550000 + number % 10000}", from_="+15550001111", body=f"durable {number}"
                    )
                    ids.append(message.id)

            await asyncio.gather(*(enqueue() for _ in range(256)))
            for message_id in ids:
                await ringline.outbox.wait(message_id, for_delivery=delivered)
            seconds, used = time.perf_counter() - started, time.process_time() - cpu
            what = "with every status callback, until delivered" if delivered else "written down, gated, sent, answered"
            report(f"Ringline, {what}", count, seconds, used)


if __name__ == "__main__":
    main()
