"""A small world for a test: Ringline with its server, a simulated Twilio with phones, and a clock that jumps.

Everything is the real thing over real HTTP on loopback; only time is virtual, and passes as fast as the machine works.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp

from ringline.database.sqlite import SqliteDatabase
from ringline.dispatch.memory import MemoryDispatcher

if TYPE_CHECKING:
    from ringline.app import RegisteredWorkflow, Ringline
    from ringline.settings import Settings
    from ringline.simulator import CallEvent, Simulator
    from ringline.simulator.records import ReceivedMessage
    from ringline.testing.pace import Pace
    from ringline.testing.scenario_file import Person
    from ringline.workflow import Document

T = TypeVar("T")

PATIENCE = 120.0
"""Real seconds that one look ahead may take."""

LANDING = 30.0
"""Seconds of the clock within which a message that is sent has reached its phone, or does not."""

DEFAULT_SENDER = "+15550001111"
_MAIN = "main"


class StuckError(Exception):
    """Virtual time does not pass."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message on somebody's phone."""

    number: str
    from_: str
    body: str
    media_urls: tuple[str, ...]
    channel: str
    at: float
    sid: str


class World:
    """What a test holds in its hands. Open one with `world_of`."""

    def __init__(
        self,
        pace: Pace,
        simulator: Simulator,
        settings: Settings,
        environment: Mapping[str, str],
    ) -> None:
        self.clock = pace.clock
        self._haste = pace.haste
        self._timing = pace.timing
        self.simulator = simulator
        self.settings = settings
        self._stillness = pace.stillness
        self._environment = environment
        self.arrivals: list[Arrival] = []
        """Everything that has reached a phone, in order."""
        self.workflows: dict[str, RegisteredWorkflow] = {}
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._requests = 0
        self._parts = AsyncExitStack()
        self._steering: asyncio.Task[None] | None = None

    ringline: Ringline
    url: str

    async def open(self) -> None:
        """Start Ringline and its server."""
        from ringline.app import Ringline
        from ringline.web import create_app
        from ringline.web.server import address, listen, serving

        listener = listen("127.0.0.1", 0)
        self.url = address(listener)
        settings = self.settings.with_changes(
            "the scenario", public_url=self.url, twilio_base_url=self.simulator.base_url, rate_limit=1_000_000
        )
        account = (self.simulator.account_sid, self.simulator.auth_token)
        self.ringline = Ringline(
            clock=self.clock,
            settings=settings,
            environment=self._environment,
            timing=self._timing,
        )
        await self._parts.enter_async_context(self.ringline)
        if _MAIN not in {credential.name for credential in await self.ringline.credentials.list()}:
            # As `ringline dev` has it: who names no sender sends from the account's first number.
            await self.ringline.credentials.add(_MAIN, *account, default_from=DEFAULT_SENDER)
        if self._stillness is not None:
            self._stillness.watch(self._is_busy)
        await self._parts.enter_async_context(serving(create_app(self.ringline, with_api=False), listener))
        self.simulator.connect(f"{self.url}/twilio/sms", voice_url=f"{self.url}/twilio/voice")

    def _is_busy(self) -> bool:
        # What is on the wire reaches no selector before the kernel has carried it over.
        is_asking = self.ringline.requests_in_flight + self._requests > self.simulator.held_requests
        return self._database().is_busy or self._dispatcher().is_busy or is_asking or self.simulator.is_busy

    def _database(self) -> SqliteDatabase:
        assert isinstance(self.ringline.database, SqliteDatabase)
        return self.ringline.database

    def _dispatcher(self) -> MemoryDispatcher:
        assert isinstance(self.ringline.dispatcher, MemoryDispatcher)
        return self.ringline.dispatcher

    def run(self) -> None:
        """Let time pass by itself."""
        if self._stillness is not None:
            self._stillness.run()

    def begin(self) -> None:
        """Everything is set up: from here on the clock runs, where it does not jump."""
        if self._haste is not None:
            self._steering = asyncio.create_task(self._haste.steer(self._has_something_in_hand))

    def _has_something_in_hand(self) -> bool:
        return self._requests > 0 or self._is_busy() or any(not call.is_final for call in self.simulator.calls)

    @property
    def slack(self) -> float:
        """Seconds by which things may come late that take this machine a moment."""
        return 0.0 if self._haste is None else self._haste.slack

    async def close(self) -> None:
        """Stop the server, then Ringline."""
        if self._steering is not None:
            self._steering.cancel()
            self._steering = None
        if self._stillness is not None:
            self._stillness.hold()
        await self._parts.aclose()

    async def restart(self) -> None:
        """End the process that runs everything, as far as one process can do that to itself, and start it again."""
        from ringline.workflow import read_document

        names = [(workflow.name, workflow.definition) for workflow in self.workflows.values()]
        await self.close()
        await self.open()
        self.run()
        for name, text in names:
            await self.ringline.workflows.register(text, name=name)
            self.workflows[name] = self.ringline.workflows.compile(read_document(text), name=name)
        self.begin()

    async def add(self, path: Path) -> RegisteredWorkflow:
        """Register the definition in a file; its senders and credentials exist from then on."""
        from ringline.workflow import load_document

        document = load_document(path)
        return await self._add(document, document.data.get("name") or path.stem)

    async def add_text(self, text: str, *, name: str) -> RegisteredWorkflow:
        """Register a definition that stands in the scenario file itself."""
        from ringline.workflow import read_document

        return await self._add(read_document(text), name)

    async def _add(self, document: Document, known_as: str) -> RegisteredWorkflow:
        for name in sorted(_found(document.data, "credential")):
            if name != _MAIN:
                await self.add_credential(name)
        for sender in sorted(_found(document.data, "from")):
            self.own(sender)
        await self.ringline.workflows.register(document.text, name=known_as)
        await self.ringline.workflows.publish(known_as)
        workflow = self.ringline.workflows.compile(document, name=known_as)
        self.workflows[known_as] = workflow
        return workflow

    async def add_credential(self, name: str) -> None:
        """Have a credential of that name, for the simulated account."""
        await self.ringline.credentials.put(name, self.simulator.account_sid, self.simulator.auth_token)

    async def add_people(self, people: Mapping[str, Person]) -> None:
        """Keep everybody as a contact."""
        for person in people.values():
            await self.ringline.contacts.add(
                person.number,
                name=person.name,
                language=person.language,
                time_zone=person.timezone,
                fields=person.fields,
                lists=person.lists,
            )

    async def request(
        self, method: str, url: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Ask the server of this world as somebody outside would; gives the answer's status and text."""
        self._requests += 1
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, url, data=data, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status, await answer.text()
        finally:
            self._requests -= 1

    async def off_the_clock(self, work: Awaitable[T]) -> T:
        """What *work* gives, while time stands: it goes on in another thread, where nobody sees whether it is done."""
        self._requests += 1
        try:
            return await work
        finally:
            self._requests -= 1

    def own(self, sender: str) -> None:
        """Have the account own a number, so that what people write to it arrives."""
        if not sender.startswith(("+", "whatsapp:+")) or any(n.number == sender for n in self.simulator.numbers):
            return
        self.simulator.add_number(sender, sms_url=f"{self.url}/twilio/sms", voice_url=f"{self.url}/twilio/voice")

    def note(self, received: ReceivedMessage) -> None:
        """A message has reached a phone; called on the simulator's thread."""
        arrival = Arrival(
            number=received.phone,
            from_=received.from_.removeprefix("whatsapp:"),
            body=received.body,
            media_urls=tuple(received.media_urls),
            channel=received.channel,
            at=received.at,
            sid=received.sid,
        )
        self._loop.call_soon_threadsafe(self._note, arrival)

    def note_call(self, event: CallEvent) -> None:
        """Something has happened on a call; called on the simulator's thread."""
        if event.kind == "status":
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()

    def _note(self, arrival: Arrival) -> None:
        self.arrivals.append(arrival)
        self._look()

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    async def pass_until(self, moment: float) -> None:
        """Let time pass, with everything that happens in it. Raises `StuckError` if it does not."""
        await self._sleep(moment - self.clock.time())
        # What falls due at the very moment belongs to it.
        await self.rest()

    async def rest(self) -> None:
        """Return when nothing more happens at this moment."""
        if self._haste is not None:
            await self._haste.rest(self._is_busy)
            return
        # Nothing else wakes at so short a distance, so whoever was due before has had its turn and all it caused.
        await self._sleep(1e-6)

    async def land(self) -> None:
        """Let what has been sent by now reach its phone, as it does within seconds."""
        until = self.clock.time() + LANDING
        while self.clock.time() < until and await self._has_something_in_the_air():
            await self.pass_until(self.clock.time() + 1.0)

    async def _has_something_in_the_air(self) -> bool:
        if any(each.outbound and each.reached_phone is None and not each.is_final for each in self.simulator.messages):
            return True
        soon = self.now + timedelta(seconds=LANDING)
        sent = await self.ringline.messages.list(limit=50)
        return any(one.stage in ("ready", "posting") and (one.send_at is None or one.send_at < soon) for one in sent)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.clock.sleep(seconds), PATIENCE if self._haste is None else None)
        except TimeoutError:
            raise StuckError(
                f"time has not passed for {PATIENCE:g} seconds of this machine: {self._what_is_busy()}"
            ) from None

    def _what_is_busy(self) -> str:
        parts = {
            "the database": self._database().is_busy,
            "the queue": self._dispatcher().is_busy,
            "a request to Twilio": self.ringline.requests_in_flight > self.simulator.held_requests,
            "the simulated Twilio": self.simulator.is_busy,
            "a request of the scenario": self._requests > 0,
        }
        found = [what for what, is_busy in parts.items() if is_busy]
        return f"{', '.join(found)} did not come to an end" if found else "too much falls due in so short a time"

    async def watch_for(self, fits: Callable[[], T | None], until: float) -> T | None:
        """What *fits* gives as soon as it gives something, asked at every message's arrival; None at *until*."""
        timer = asyncio.ensure_future(self.pass_until(until))
        try:
            while True:
                arrived = self._arrived
                found = fits()
                if found is not None:
                    return found
                if timer.done():
                    timer.result()
                    return fits()
                waiting = asyncio.ensure_future(arrived.wait())
                await asyncio.wait((waiting, timer), return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
        finally:
            timer.cancel()


def _found(data: Any, key: str) -> set[str]:
    """Every text that stands under *key* anywhere in a definition and is no selector or template."""
    if isinstance(data, Mapping):
        own = {str(data[key])} if isinstance(data.get(key), str) else set()
        return {text for text in own if "{{" not in text and not text.startswith("$")}.union(
            *(_found(value, key) for value in data.values())
        )
    if isinstance(data, list):
        return set().union(*(_found(value, key) for value in data)) if data else set()
    return set()
