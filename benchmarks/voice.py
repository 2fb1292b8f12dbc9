"""Turns of calls over real HTTP at a fixed rate, beside a bare Starlette echo; and what calls take of memory.

The rate does not wait for answers: a turn's time counts from the moment it was due, so a server that cannot keep up
shows it. The server is a process of its own, on SQLite; requests are signed as Twilio signs them.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import subprocess
import sys
import time
from collections import deque
from typing import Any
from urllib.parse import urlencode

import aiohttp
import uvloop

from benchmarks.voice_server import ACCOUNT, TOKEN
from ringline.signatures import sign

RATES = (200, 2_000)
SECONDS = 5.0
LIVE, ENDED = 2_000, 10_000
PATIENCE = 30.0
_NEXT = re.compile(r'action="([^"#]+)')


class Server:
    """A server in a process of its own."""

    def __init__(self, kind: str) -> None:
        command = [sys.executable, "-m", "benchmarks.voice_server", kind]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url: str = self._read()["url"]

    def ask(self, *command: object) -> Any:
        """Have it do something."""
        assert self._process.stdin is not None
        print(*command, file=self._process.stdin, flush=True)
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Lines:
    """Calls whose next answer is waited for: the address it goes to, and the form without the answer."""

    def __init__(self, begun: list[dict[str, str]]) -> None:
        self.idle: deque[tuple[str, str]] = deque(
            (_NEXT.findall(one["document"])[0].replace("&amp;", "&"), one["sid"]) for one in begun
        )

    def take(self) -> tuple[str, str, bytes, str]:
        """One call's next request: its address, the call, the body and the signature."""
        url, sid = self.idle.popleft()
        form = [
            ("AccountSid", ACCOUNT),
            ("CallSid", sid),
            ("CallStatus", "in-progress"),
            ("Direction", "outbound-api"),
            ("From", "+15550001111"),
            ("To", "+14155550123"),
            ("SpeechResult", "I would say seven"),
            ("Confidence", "0.91"),
        ]
        return url, sid, urlencode(form).encode(), sign(TOKEN, url, form)


async def load(lines: Lines, base: str, rate: int, seconds: float) -> list[float]:
    """Ask at that rate for so long; seconds from when each was due until its answer was read."""
    took: list[float] = []
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:

        async def turn(due: float, url: str, sid: str, body: bytes, signature: str) -> None:
            path = url.partition("/twilio/")[2]
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
            try:
                async with session.post(f"{base}/twilio/{path}", data=body, headers=headers) as answer:
                    document = await answer.text()
            except (aiohttp.ClientError, TimeoutError):
                took.append(PATIENCE)
                return
            took.append(time.perf_counter() - due)
            assert answer.status == 200, (answer.status, document)
            # An echo brings no document, and the same is asked again.
            following = _NEXT.search(document)
            lines.idle.append((following[1].replace("&amp;", "&") if following else url, sid))

        tasks: list[asyncio.Task[None]] = []
        began = time.perf_counter()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            if lines.idle:
                tasks.append(asyncio.create_task(turn(due, *lines.take())))
            else:
                took.append(PATIENCE)
        await asyncio.gather(*tasks)
    return took


def row(what: str, took: list[float], target: str) -> None:
    """One line of the table."""
    took.sort()
    figures = [took[min(len(took) - 1, int(len(took) * share))] * 1000 for share in (0.5, 0.95, 0.99)]
    lost = sum(1 for one in took if one >= PATIENCE)
    print(
        f"  {what:<38}"
        + "".join(f"{figure:>9.1f}" for figure in figures)
        + f"   {target}"
        + (f" {lost} lost" * bool(lost))
    )


def main() -> None:
    gc.disable()  # the load generator's own pauses are not the server's
    print(f"  one minute's load of this machine: {os.getloadavg()[0]:.1f}; times in ms, from when each was due")
    print(f"  {'':<38}{'p50':>9}{'p95':>9}{'p99':>9}   target p50 / p95")
    bare, server = Server("echo"), Server("interviews")
    try:
        # Before the load, whose last part this machine may not be able to carry.
        figures = memory(server)
        calls = server.ask("begin", LIVE)
        uvloop.run(load(Lines(calls[:50]), server.url, 50, 1.0))
        calls = calls[50:]
        for number, rate in enumerate(RATES):
            some = calls[number * 900 : number * 900 + 900]
            row(f"bare Starlette echo, {rate:,} /s", uvloop.run(load(Lines(some), bare.url, rate, SECONDS)), "")
            row(f"a turn, {rate:,} /s", uvloop.run(load(Lines(some), server.url, rate, SECONDS)), "5 / 20 ms")
        print(figures)
    finally:
        bare.close()
        server.close()


def memory(server: Server) -> str:
    """What live calls take, and what is left of them once they are over."""
    server.ask("whole", 1_000)
    before = server.ask("memory")
    server.ask("begin", LIVE)
    live = server.ask("memory")
    server.ask("whole", ENDED)
    after = server.ask("memory")
    return (
        f"  memory for each of {LIVE:,} live calls: {(live - before) / LIVE / 1024:.1f} KiB\n"
        f"  memory before and after {ENDED:,} ended calls: {live / 2**20:.1f} MiB, {after / 2**20:.1f} MiB"
    )


def profile() -> None:
    """Where a turn's time goes."""
    server = Server("interviews")
    try:
        calls = server.ask("begin", 300)
        uvloop.run(load(Lines(calls), server.url, 50, 1.0))
        calls = server.ask("begin", 300)
        server.ask("profile")
        uvloop.run(load(Lines(calls), server.url, 100, 5.0))
        server.ask("profiled")
    finally:
        server.close()


if __name__ == "__main__":
    profile() if sys.argv[1:] == ["profile"] else main()
