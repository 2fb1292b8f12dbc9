"""A Twilio in a box: the server, its clock, its carrier and its phones, behind one object."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from ringline.clock import Clock
from ringline.errors import RequestError
from ringline.simulator import world
from ringline.simulator.account_contents import AccountContents
from ringline.simulator.calls.records import Call
from ringline.simulator.calls.wires import CallEvent
from ringline.simulator.carrier import Carrier
from ringline.simulator.clock import SteerableClock, Steppable
from ringline.simulator.control import Control
from ringline.simulator.faults import Faults
from ringline.simulator.handset import Handset
from ringline.simulator.parts import Parts
from ringline.simulator.passing_time import advance, jump
from ringline.simulator.records import (
    Account,
    Content,
    Message,
    Number,
    ReceivedMessage,
    Service,
)
from ringline.simulator.refusals import Refusal
from ringline.simulator.server import LoopThread
from ringline.simulator.state import State
from ringline.simulator.store import Store
from ringline.simulator.webhooks import WebhookAttempt

T = TypeVar("T")

_CLOCK = "clock"
_PATIENCE = 30.0
"""Real seconds that what is due at one moment may take."""


class Simulator:
    """A Twilio that runs on this machine; the official SDK talks to it once its base URL is changed.

    ::

        async with Simulator() as simulator:
            phone = simulator.handset("+14155550123")
            ...  # send with simulator.base_url, simulator.account_sid, simulator.auth_token
            message = await phone.wait_for_message()
            await phone.reply("YES")

    With a `VirtualClock` time passes only when it is stepped; otherwise the simulator follows the machine's time,
    with a carrier that delivers in a fraction of a second. *database* is the path of a SQLite file in which
    everything is kept; without one it is forgotten at the end. *any_sender* lets the account send from numbers
    it does not own.

    The server runs on a thread of its own, so code that blocks may use it too; *new_loop* makes the event loop there.
    *phones* are numbers and names of phones to begin with; *pages* answers what is asked for beside Twilio's API.
    """

    def __init__(
        self,
        port: int = 0,
        clock: Clock | None = None,
        database: str | Path | None = None,
        *,
        host: str = "127.0.0.1",
        account_sid: str = world.ACCOUNT_SID,
        auth_token: str = world.AUTH_TOKEN,
        any_sender: bool = False,
        new_loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
        phones: Sequence[tuple[str, str]] = (),
        pages: ASGIApp | None = None,
    ) -> None:
        self._asked_port = port
        self._host = host
        self._clock: Clock = clock if isinstance(clock, Steppable) else SteerableClock(clock)
        self._database = database
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._any_sender = any_sender
        self._new_loop = new_loop
        self._first_phones = phones
        self._pages = pages
        self._companions: list[Callable[[], Awaitable[None]]] = []
        self._carrier = Carrier()
        self._faults = Faults()
        self._control = Control(self)
        self._parts: Parts | None = None
        self._handsets: dict[str, Handset] = {}

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to listen; returns when requests are answered."""
        if self._parts is not None:
            return
        thread = LoopThread("ringline-simulator", self._new_loop)
        try:
            self._parts = thread.submit(self._build(thread)).result()
        except BaseException:
            thread.close()
            raise

    def close(self) -> None:
        """Stop, drop open connections, and keep what has to be kept."""
        parts, self._parts = self._parts, None
        if parts is None:
            return
        parts.thread.submit(parts.stop()).result()
        parts.thread.close()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.close)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _build(self, thread: LoopThread) -> Parts:
        parts = Parts(thread, self._clock, self._carrier, self._faults, self._database, self._furnish)
        try:
            parts.phonebook.furnish(self._first_phones)
            if parts.state.store is not None:
                self._go_on_from(parts.state.store)
            await parts.serve(self._host, self._asked_port, self._control.application, self._pages)
        except BaseException:
            await parts.stop()
            raise
        return parts

    def _go_on_from(self, store: Store) -> None:
        """Be as far ahead as when it was stopped, or what is kept would lie in the future."""
        clock = self._clock
        for _, document in store.load(_CLOCK):
            if isinstance(clock, SteerableClock) and (ahead := json.loads(document)["shift"] - clock.shift) >= 1:
                clock.step(ahead)

    def _furnish(self, state: State) -> None:
        world.furnish(
            state,
            self._clock.time(),
            account_sid=self._account_sid,
            auth_token=self._auth_token,
            any_sender=self._any_sender,
        )

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def parts(self) -> Parts:
        """What it consists of, to be touched on its own thread only."""
        return self._running

    @property
    def base_url(self) -> str:
        """Where Twilio's API is, for all of its hosts."""
        return self._running.context.base_url

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._running.server is not None
        return self._running.server.port

    @property
    def account_sid(self) -> str:
        """The sid of the ordinary account."""
        return self._account_sid

    @property
    def auth_token(self) -> str:
        """The token of the ordinary account."""
        return self._auth_token

    @property
    def clock(self) -> Clock:
        """The clock it runs on: the one handed in if that can be stepped, else a `SteerableClock`."""
        return self._clock

    @property
    def carrier(self) -> Carrier:
        """How the telephone network behaves."""
        return self._carrier

    @property
    def faults(self) -> Faults:
        """What requests run into."""
        return self._faults

    @property
    def messages(self) -> list[Message]:
        """All messages of all accounts, oldest first; each shows its present state when it is read."""
        return list(self._running.state.messages.values())

    @property
    def calls(self) -> list[Call]:
        """All calls of all accounts, oldest first, with what was said; each shows its present state."""
        return list(self._running.state.calls.values())

    @property
    def numbers(self) -> list[Number]:
        """All senders of all accounts."""
        return list(self._running.state.numbers.values())

    @property
    def webhooks(self) -> list[WebhookAttempt]:
        """The last requests made to the application, oldest first."""
        return list(self._running.webhooks.attempts)

    def account(self, sid: str | None = None) -> Account:
        """An account by its sid, the ordinary one by default."""
        return self._running.state.accounts[sid or self._account_sid]

    # -- what it can be told ---------------------------------------------------------------------------------------

    def handset(self, number: str) -> Handset:
        """The phone with that number, the same object for the same number."""
        plain = number.removeprefix("whatsapp:")
        if plain not in self._handsets:
            parts = self._running
            telephone = (parts.exchange, parts.call_phones, self.call)
            self._handsets[plain] = Handset(
                plain, parts.phones, parts.inbound, parts.thread.run, self.explain_waiting, telephone
            )
        return self._handsets[plain]

    def arrivals(self, listener: Callable[[ReceivedMessage], None]) -> AbstractContextManager[None]:
        """Have *listener* called, on the simulator's thread, for whatever reaches a phone meanwhile."""
        return self._running.phones.arrivals(listener)

    def start_call(self, to: str, from_: str, url: str, *, method: str = "POST") -> Call:
        """Call a phone for the ordinary account, as its application would: *url* gives the TwiML.

        Raises `RequestError` when Twilio would refuse it.
        """
        form = {"To": [to], "From": [from_], "Url": [url], "Method": [method]}

        def create() -> Call:
            try:
                return self._running.context.calling.create(self.account(), form)
            except Refusal as refusal:
                raise RequestError(refusal.message, fix=f"https://www.twilio.com/docs/errors/{refusal.code}") from None

        return self.call(create)

    def call_events(self, watcher: Callable[[CallEvent], None]) -> AbstractContextManager[None]:
        """Have *watcher* told, on the simulator's thread, what happens on calls meanwhile."""
        return self._running.wires.watching(watcher)

    def connect(
        self,
        sms_url: str,
        *,
        status_callback: str | None = None,
        voice_url: str | None = None,
        voice_status_callback: str | None = None,
    ) -> None:
        """Point the webhooks of every sender of the ordinary account at the application.

        *status_callback* is where services report messages that name no callback of their own; *voice_url* is asked
        when a number is called, and *voice_status_callback* told when such a call is over.
        """
        own = self._own
        self.call(lambda: own().connect(sms_url, status_callback, voice_url, voice_status_callback))

    def add_number(
        self,
        address: str,
        *,
        account_sid: str | None = None,
        sms: bool = True,
        mms: bool = True,
        segments_per_second: float | None = None,
        sms_url: str = "",
        voice_url: str = "",
    ) -> Number:
        """Give an account another sender: a number, a short code, or ``whatsapp:+1…``."""
        own = self._own
        return self.call(
            lambda: own(account_sid).add_number(
                address, sms=sms, mms=mms, pace=segments_per_second, sms_url=sms_url, voice_url=voice_url
            )
        )

    def add_service(self, friendly_name: str, numbers: list[str], **settings: Any) -> Service:
        """Make a messaging service whose pool holds these senders of the ordinary account."""
        own = self._own
        return self.call(lambda: own().add_service(friendly_name, numbers, settings))

    def add_content(
        self,
        friendly_name: str,
        types: dict[str, dict[str, Any]],
        *,
        language: str = "en",
        variables: dict[str, str] | None = None,
        approval: str = "approved",
    ) -> Content:
        """Make a content template of the ordinary account."""
        own = self._own
        return self.call(lambda: own().add_content(friendly_name, types, language, variables or {}, approval))

    async def settle(self, *, timeout: float = 10.0) -> None:
        """Return once all that is due has happened and every callback has been delivered or given up.

        Raises ``TimeoutError`` after *timeout* real seconds.
        """
        await self._running.thread.run(asyncio.wait_for(self._running.settle(), timeout))

    async def advance(self, seconds: float, *, timeout: float = 10.0) -> None:
        """Move the clock forward, stopping at each due event until its effects have settled.

        Raises ``TimeoutError`` when that takes more than *timeout* real seconds at one of them.
        """
        assert isinstance(self._clock, Steppable)
        await advance(self._clock, self._running.timeline, seconds, settle=partial(self.settle, timeout=timeout))

    @property
    def moves_product(self) -> bool:
        """Whether the application runs on this clock too."""
        return bool(self._companions)

    def runs_beside(self, at_rest: Callable[[], Awaitable[None]]) -> None:
        """Have the application move on this clock too; *at_rest* returns once it has nothing to do at this moment."""
        self._companions.append(at_rest)

    async def jump(self, seconds: float, tell: Callable[[], None]) -> None:
        """Move on by that much, from one thing that falls due to the next; *tell* is called now and then meanwhile."""
        await self._running.thread.run(self._jump(seconds, tell))

    async def _jump(self, seconds: float, tell: Callable[[], None]) -> None:
        clock, timeline = self._clock, self._running.timeline
        assert isinstance(clock, Steppable)

        async def at_rest() -> bool:
            await asyncio.wait_for(self._running.settle(), _PATIENCE)
            for companion in self._companions:
                await companion()
            return not self.is_busy

        await jump(clock, timeline, seconds, at_rest=at_rest, tell=tell)
        store = self._running.state.store
        if store is not None and isinstance(clock, SteerableClock):
            store.put(_CLOCK, "now", json.dumps({"shift": clock.shift}))
            store.commit()

    def end_streams(self) -> None:
        """Let every stream of events come to its end, so that who serves them can stop."""
        self.call(self._control.events.end)

    @property
    def is_busy(self) -> bool:
        """Whether a callback is on its way or a file is being fetched."""
        parts = self._running
        return parts.webhooks.busy or parts.network.busy or parts.wires.busy

    @property
    def held_requests(self) -> int:
        """Requests whose answer waits for a time to come, by a fault that answers late."""
        return self._running.context.held

    def drop_connections(self) -> None:
        """Break all open connections of clients, so that what they keep alive is stale."""
        server = self._running.server
        assert server is not None
        self.call(server.drop_connections)

    def reset(self) -> None:
        """Be as on the first start: no messages, no faults, the first numbers, a carrier that works."""
        self.call(self._reset)

    def explain_waiting(self) -> str:
        """In words: what has not happened yet, for whoever waits in vain."""
        parts = self._running
        due = parts.timeline.next_due()
        if due is None:
            under_way = [m for m in self.messages if m.outbound and not m.is_final]
            return f"{len(under_way)} messages are not final, and nothing more is going to happen."
        standing = not isinstance(self._clock, SteerableClock) or self._clock.frozen
        hint = " The clock stands still: step it, or call advance()." if standing else ""
        return f"{len(parts.timeline)} events are to come, the next one in {due:g} s.{hint}"

    async def control_application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The control API as an ASGI application, to be mounted in another server, best at ``/_simulator``."""
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        if not path.startswith("/_simulator"):
            path = f"/_simulator{path}"
        inner = {**scope, "path": path, "root_path": ""}
        await self._running.thread.bridge(self._control.application, inner, receive, send)

    def call(self, work: Callable[[], T]) -> T:
        """Run *work* on the simulator's thread, between two events, and give its result."""
        parts = self._running
        result: Future[T] = Future()

        def run() -> None:
            try:
                result.set_result(work())
            except BaseException as error:
                result.set_exception(error)

        if parts.thread.is_current():
            run()
        else:
            parts.thread.loop.call_soon_threadsafe(run)
        return result.result()

    # -- on the simulator's thread ---------------------------------------------------------------------------------

    def _own(self, account_sid: str | None = None) -> AccountContents:
        return AccountContents(self._running.state, account_sid or self._account_sid, self._clock.time())

    def _reset(self) -> None:
        parts = self._running
        parts.clear()
        self._faults.clear()
        self._carrier.reset()
        self._furnish(parts.state)
        parts.phonebook.furnish(self._first_phones)
        parts.state.news.tell("reset")
        for handset in self._handsets.values():
            handset.forget()

    @property
    def _running(self) -> Parts:
        if self._parts is None:
            raise RuntimeError("the simulator is not running; use `async with Simulator() as simulator`")
        return self._parts

    def __repr__(self) -> str:
        where = self._parts.context.base_url if self._parts else "not running"
        return f"<Simulator {where}>"
