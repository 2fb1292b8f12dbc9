"""Two hundred calls at once, and the server killed in their midst; and how fast calls are placed if nobody says so."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector

from ringline.clock import VirtualClock
from ringline.simulator import Press, Silent, Simulator
from ringline.simulator.calls.steps import Step
from ringline.web.server import address, listen
from voice.installation import OURS, TOKEN, installation

CALLS = 200
KILLED_AT = 500
"""The listening, counted over all calls, at which the server is killed; there are three or more to a call."""
WITHIN = 100.0
DEFINITION: dict[str, Any] = {
    "version": "1.0",
    "name": "interview",
    "defaults": {"from": OURS, "credential": "main"},
    "inputs": [{"type": "WorkflowParameter", "name": name} for name in ("phone", "name")],
    "steps": [
        {
            "type": "twilio/voice_agent@v1",
            "name": "survey",
            "to": "$inputs.phone",
            "greeting": "Hello caller {{ name }} here is Acme.",
            "goodbye": "Goodbye caller {{ name }} for now.",
            "questions": [
                {"id": "code", "question": "What is the number on your card?", "type": "number"},
                {"id": "words", "question": "What could we do better?"},
                {"id": "again", "question": "May we call you again?", "type": "yes_no"},
            ],
        }
    ],
    "outputs": [
        {"type": "JsonField", "name": name, "selector": f"$steps.survey.{name}"}
        for name in ("outcome", "code", "words", "again")
    ],
}


@dataclass(frozen=True)
class Caller:
    """Somebody who says what nobody else says."""

    index: int

    @property
    def phone(self) -> str:
        return f"+1415555{self.index:04d}"

    @property
    def said(self) -> dict[str, Any]:
        words = f"please open window {self.index}"
        return {"outcome": "completed", "code": 5000 + self.index, "words": words, "again": self.index % 2 == 0}

    def answer(self, heard: str) -> Step:
        """To the question that was asked last."""
        asked = {
            heard.rfind("number on your card"): Press(f"{self.said['code']}#"),
            heard.rfind("do better"): self.said["words"],
            heard.rfind("call you again"): "yes" if self.said["again"] else "no",
        }
        at = max(asked)
        return asked[at] if at >= 0 else Silent()


class Server:
    """A server that begins a new life whenever it dies; the process for it stands by, with everything imported."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._process: asyncio.subprocess.Process | None = None
        self._standby: asyncio.subprocess.Process | None = None
        self.lives = 0

    async def start(self) -> None:
        """Begin a life; returns when it answers."""
        self._process = self._standby or await self._spawn()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"go\n")
        assert await self._process.stdout.readline() == b"up\n"
        self.lives += 1
        self._standby = await self._spawn()

    async def _spawn(self) -> asyncio.subprocess.Process:
        paths = os.pathsep.join([str(Path(__file__).parent.parent), *filter(None, [os.getenv("PYTHONPATH")])])
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "voice.many_calls_server", json.dumps(self._plan)),
            env={**os.environ, "PYTHONPATH": paths},
            pass_fds=[self._plan["listener"]],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )

    def kill(self) -> None:
        """SIGKILL; may be called in any thread."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)

    async def keep_alive(self) -> None:
        """Start it again as soon as it has died."""
        while True:
            assert self._process is not None
            await self._process.wait()
            await self.start()

    async def stop(self) -> None:
        """End the last life."""
        for process in filter(None, (self._process, self._standby)):
            if process.returncode is None:
                process.terminate()
            await process.wait()


@asynccontextmanager
async def served(simulator: Simulator, database_url: str, home: Path) -> AsyncIterator[tuple[Server, str]]:
    """The server, and its address."""
    with listen("127.0.0.1", 0) as listener:
        plan = {
            "home": str(home),
            "database": database_url,
            "token": TOKEN,
            "public_url": address(listener),
            "twilio": simulator.base_url,
            "account": [simulator.account_sid, simulator.auth_token],
            "listener": listener.fileno(),
            "definition": DEFINITION,
        }
        server = Server(plan)
        await server.start()
        keeping = asyncio.create_task(server.keep_alive())
        try:
            yield server, address(listener)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await server.stop()


@pytest.mark.timeout(150)
async def test_two_hundred_calls_go_on_though_the_server_is_killed(database_url: str, tmp_path: Path) -> None:
    callers = [Caller(index) for index in range(CALLS)]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    # The server's clock runs by itself; the simulator's stands near it and goes on as fast as can be.
    async with (
        asyncio.timeout(WITHIN),
        Simulator(clock=VirtualClock(datetime.now(UTC))) as simulator,
        served(simulator, database_url, tmp_path) as (server, url),
        ClientSession(url, headers=headers, connector=TCPConnector(limit=20)) as api,
    ):
        simulator.account().calls_per_second = None
        for caller in callers:
            simulator.handset(caller.phone).answer(caller.answer)

        async def start(caller: Caller) -> str:
            inputs = {"phone": caller.phone, "name": f"number {caller.index}"}
            async with api.post("/api/v1/workflows/interview/runs", json={"inputs": inputs}) as begun:
                return str((await begun.json())["id"])

        async def outputs(run: str) -> dict[str, Any] | None:
            async with api.get(f"/api/v1/runs/{run}") as got:
                found = await got.json()
            return found["outputs"][0] if found["status"] == "completed" else None

        runs = await asyncio.gather(*(start(caller) for caller in callers))
        while len(simulator.calls) < CALLS:  # noqa: ASYNC110 - it is another process that places them
            await asyncio.sleep(0.02)
        listenings, live_then = itertools.count(1), []

        def watch(event: Any) -> None:
            if event.kind == "listening" and next(listenings) == KILLED_AT:
                live_then.extend(call.sid for call in simulator.calls if not call.is_final)
                server.kill()

        with simulator.call_events(watch):
            while not all(call.is_final for call in simulator.calls):
                await simulator.advance(1.0, timeout=60)
        assert (server.lives, len(live_then) > CALLS // 2) == (2, True)
        found: dict[str, dict[str, Any] | None] = dict.fromkeys(runs)
        while missing := [run for run, got in found.items() if got is None]:
            found.update(zip(missing, await asyncio.gather(*(outputs(run) for run in missing)), strict=True))
            await asyncio.sleep(0.02)
        assert [found[run] for run in runs] == [caller.said for caller in callers]
        assert Counter(call.to for call in simulator.calls) == Counter(caller.phone for caller in callers)
        for call in simulator.calls:
            index = int(call.to[-4:])
            assert set(re.findall(r"caller number (\d+)", call.heard())) == {str(index)}
            assert call.transcript[-1].text == f"Goodbye caller number {index} for now."


async def test_calls_are_placed_one_a_second_unless_somebody_says_otherwise(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> None:
    people = [f"+1415555{index:04d}" for index in range(6)]
    async with installation(tmp_path, database_url, simulator, clock) as house:
        for phone in people:
            simulator.handset(phone).answer([])
        await asyncio.gather(*(house.ringline.calls.place(to=phone, message="Hello") for phone in people))

        async def all_placed() -> bool:
            return len(simulator.calls) == len(people)

        await house.until(all_placed, step=0.25)
    began = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
    # Never before its slot; how much later depends on how far the test's steps went meanwhile.
    for index, moment in enumerate(sorted(call.created - began for call in simulator.calls)):
        assert moment >= index - 0.01
