"""A process that ends at any moment between two commits: what follows sends to everybody, and to nobody twice."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from broadcasts.conftest import people, text
from ringline import Ringline
from ringline.broadcasts import filling, store
from ringline.broadcasts.broadcast import Broadcast
from ringline.clock import VirtualClock
from ringline.simulator import Simulator

COUNT = 120


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "PART", 25)


def ringline_on(url: str, simulator: Simulator, *, worker: bool) -> Ringline:
    return Ringline(
        url,
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
        worker=worker,
    )


@pytest.mark.parametrize("statement", ["ADVANCE", "REFER", "WINDOW", "COUNT", "LOOK_AGAIN"])
@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_death_while_filling_loses_nobody_and_doubles_nobody(
    simulator: Simulator,
    database_url: str,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    at: int,
) -> None:
    """It dies as it is about to run a statement for the first, second or third time; then another process goes on."""
    async with ringline_on(database_url, simulator, worker=False) as first:
        made = await first.broadcasts.create(text())
        await first.broadcasts.load(made.id, people(COUNT))
        await first.broadcasts.start(made.id)
        _die_at(first, getattr(store, statement), at, monkeypatch)
        with contextlib.suppress(Killed):
            await first.broadcasts.handlers()["broadcast_fill"](made.id)
        monkeypatch.undo()
        before = await first.broadcasts.get(made.id)
        assert len(await first.messages.list(limit=500)) == before.filled

    async with ringline_on(database_url, simulator, worker=True) as second:
        done = await _until_over(second, made.id, clock)

    assert sorted(message.to for message in simulator.messages) == [f"+1415555{n:04d}" for n in range(1, COUNT + 1)]
    assert sum(done.counts.values()) == COUNT
    assert set(done.counts) <= {"sent", "delivered"}


async def test_a_list_that_was_cut_off_while_it_was_loaded_is_loaded_anew(
    simulator: Simulator, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringline.broadcasts.loading.BATCH", 30)
    async with ringline_on(database_url, simulator, worker=False) as first:
        made = await first.broadcasts.create(text())
        _die_at(first, store.LOADED, 3, monkeypatch)
        with pytest.raises(Killed):
            await first.broadcasts.load(made.id, people(COUNT))
        assert (await first.broadcasts.get(made.id)).stage == "loading"
    monkeypatch.undo()

    async with ringline_on(database_url, simulator, worker=False) as second:
        loaded = await second.broadcasts.load(made.id, people(COUNT))

    assert (loaded.stage, loaded.recipients) == ("ready", COUNT)
    assert loaded.report is not None
    assert (loaded.report["new"], loaded.report["skipped"]) == (COUNT, {})


async def test_two_who_fill_at_once_write_each_message_once(simulator: Simulator, database_url: str) -> None:
    async with ringline_on(database_url, simulator, worker=False) as ringline:
        made = await ringline.broadcasts.create(text())
        await ringline.broadcasts.load(made.id, people(COUNT))
        await ringline.broadcasts.start(made.id)
        fill = ringline.broadcasts.handlers()["broadcast_fill"]

        await asyncio.gather(*(fill(made.id) for _ in range(4)))

        found = await ringline.messages.list(limit=500)
        assert len({message.to for message in found}) == len(found) == COUNT
        assert (await ringline.broadcasts.get(made.id)).counts == {"waiting": COUNT}


def _die_at(ringline: Ringline, statement: object, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the work that is about to run *statement* for the *at*-th time."""
    seen: list[object] = []

    def watched(transact: object) -> object:
        async def run(work: object) -> object:
            return await transact(lambda tx: work(_Watched(tx)))  # type: ignore[operator]

        return run

    class _Watched:
        def __init__(self, tx: object) -> None:
            self._tx = tx

        def __getattr__(self, name: str) -> object:
            found = getattr(self._tx, name)
            if name not in ("all", "tuples", "one", "run", "many"):
                return found

            def call(given: object, *parameters: object) -> object:
                if given is statement:
                    seen.append(given)
                    if len(seen) == at:
                        raise Killed
                return found(given, *parameters)

            return call

    for name in ("read", "write"):
        monkeypatch.setattr(ringline.database, name, watched(getattr(ringline.database, name)))


async def _until_over(ringline: Ringline, id: str, clock: VirtualClock) -> Broadcast:
    async with asyncio.timeout(40):
        while True:
            found = await ringline.broadcasts.get(id)
            if found.stage == "completed":
                return found
            await asyncio.sleep(0.01)
            clock.step(1)
