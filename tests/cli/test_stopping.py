"""Stopping a process in the middle of a thousand messages: none is lost, none is sent twice."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text

from cli.conftest import Process
from ringline import Ringline
from ringline.simulator import Simulator

COUNT = 1_000
AT_ONCE = 600
SENDER = "+15550001111"


@pytest.fixture
async def simulator() -> Any:
    async with Simulator(any_sender=True) as running:
        yield running


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch, simulator: Simulator, database_url: str, own_home: Path) -> str:
    """The settings of every process of this test; gives the database's URL."""
    monkeypatch.setenv("RINGLINE_DATABASE_URL", database_url)
    monkeypatch.setenv("RINGLINE_HOME", str(own_home))
    monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", simulator.base_url)
    monkeypatch.setenv("RINGLINE_CONCURRENCY", str(AT_ONCE))
    own_home.mkdir(mode=0o700)
    return database_url


async def write_down(simulator: Simulator, url: str) -> None:
    """A thousand messages that may go at once."""
    credentials = {"main": (simulator.account_sid, simulator.auth_token)}
    async with Ringline(url, credentials, worker=False) as ringline:
        await asyncio.gather(
            *(
                ringline.messages.send(to=f"+1415555{number:04}", from_=SENDER, body=f"number {number}")
                for number in range(COUNT)
            )
        )
        # The account's own pace would spread them over a quarter of an hour.
        await ringline.database.write(lambda tx: tx.run(text("UPDATE senders SET interval_s = 0")))


async def stages(url: str) -> dict[str, int]:
    async with Ringline(url, worker=False) as ringline:
        return await ringline.outbox.count_by_stage()


def begin(start: Callable[..., Process], url: str) -> Process:
    process = start("serve", "--port", "0") if url.startswith("sqlite") else start("worker")
    process.wait_for("Stop with Ctrl-C")
    return process


async def until_sent(simulator: Simulator, count: int) -> None:
    async with asyncio.timeout(60):
        while len(simulator.messages) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_sigterm_with_a_thousand_messages_in_flight(
    installation: str, simulator: Simulator, start: Callable[..., Process]
) -> None:
    await write_down(simulator, installation)
    simulator.faults.answer_late(1.5, times=None)
    first = await asyncio.to_thread(begin, start, installation)
    await until_sent(simulator, COUNT // 4)

    code, said = await asyncio.to_thread(first.stop, signal.SIGTERM)

    assert code == 0, said
    assert "what is being sent is finished first" in said
    assert "Traceback" not in said
    sent = len(simulator.messages)
    left = await stages(installation)
    assert set(left) <= {"accepted", "ready"}, "every answer that was on its way has been waited for"
    assert left["accepted"] == sent
    print(f"{sent} were accepted when it stopped, {left.get('ready', 0)} left to others")

    simulator.faults.clear()
    second = await asyncio.to_thread(begin, start, installation)
    await until_sent(simulator, COUNT)
    assert (await asyncio.to_thread(second.stop, signal.SIGTERM))[0] == 0
    assert await stages(installation) == {"accepted": COUNT}
    assert sorted(message.body for message in simulator.messages) == sorted(f"number {n}" for n in range(COUNT))


async def test_kill_9_with_messages_in_flight_loses_and_doubles_none(
    installation: str, simulator: Simulator, start: Callable[..., Process]
) -> None:
    """What was written and not answered is `unknown` for whoever comes next, which never sends it again by itself."""
    await write_down(simulator, installation)
    simulator.faults.answer_late(60.0, times=100)
    first = await asyncio.to_thread(begin, start, installation)
    await until_sent(simulator, COUNT // 4)
    await asyncio.to_thread(first.stop, signal.SIGKILL)
    simulator.faults.clear()
    second = await asyncio.to_thread(begin, start, installation)
    async with asyncio.timeout(60):
        while len(simulator.messages) < COUNT - COUNT // 4:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await asyncio.to_thread(second.stop, signal.SIGTERM))[0] == 0
    bodies = [message.body for message in simulator.messages]
    assert len(bodies) == len(set(bodies)), "none was sent twice"
    left = await stages(installation)
    assert sum(left.values()) == COUNT


class Slow:
    """A server whose first answer never comes."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.requests = 0

    async def answer(self, _: web.Request) -> web.Response:
        self.requests += 1
        self.asked.set()
        if self.requests == 1:
            await asyncio.Event().wait()
        return web.json_response({"ok": True})


@pytest.fixture
async def slow() -> AsyncIterator[tuple[Slow, str]]:
    server = Slow()
    app = web.Application()
    app.router.add_get("/", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield server, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def test_a_run_whose_worker_was_killed_in_the_middle_of_a_step_is_taken_over(
    installation: str, slow: tuple[Slow, str], start: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    if installation.startswith("sqlite"):
        pytest.skip("its file belongs to one process, whose next start takes everything over")
    server, url = slow
    monkeypatch.setenv("RINGLINE_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    steps = [{"type": "data/http_request@v1", "name": "ask", "url": url, "step_timeout": "10s"}]
    async with Ringline(installation, worker=False) as ringline:
        workflow = ringline.workflow({"version": "1.0", "inputs": [], "steps": steps, "outputs": []}, name="asking")
        run = await workflow.start()
    first = await asyncio.to_thread(begin, start, installation)
    await asyncio.wait_for(server.asked.wait(), 30)
    await asyncio.to_thread(first.stop, signal.SIGKILL)
    killed = time.monotonic()
    second = await asyncio.to_thread(begin, start, installation)
    async with asyncio.timeout(90):
        while server.requests < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    print(f"the run of a killed worker went on after {time.monotonic() - killed:.1f} s")
    assert (await asyncio.to_thread(second.stop, signal.SIGTERM))[0] == 0
    async with Ringline(installation, worker=False) as ringline:
        assert (await ringline.runs.get(run.id)).status == "completed"
