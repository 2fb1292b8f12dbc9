"""What exists while a simulator runs, put together and taken apart on its own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from ringline.clock import Clock
from ringline.simulator.api.context import Context
from ringline.simulator.application import Application
from ringline.simulator.calls.creating import Calling
from ringline.simulator.calls.exchange import Exchange
from ringline.simulator.calls.phones import CallPhones
from ringline.simulator.calls.wires import Wires
from ringline.simulator.carrier import Carrier
from ringline.simulator.clock import SteerableClock
from ringline.simulator.faults import Faults
from ringline.simulator.handset import Phones
from ringline.simulator.inbound import Inbound
from ringline.simulator.network import Network
from ringline.simulator.phonebook import Phonebook
from ringline.simulator.sending import Sending
from ringline.simulator.server import LoopThread, Server
from ringline.simulator.state import State
from ringline.simulator.store import Store
from ringline.simulator.timeline import Timeline
from ringline.simulator.webhooks import Webhooks

# Between two looks at the due events of a running clock, in seconds: thousands of wake-ups become batches.
_PAUSE = 0.005


class Parts:
    """State, timeline, network, webhooks and server of one running simulator."""

    def __init__(
        self,
        thread: LoopThread,
        clock: Clock,
        carrier: Carrier,
        faults: Faults,
        database: str | Path | None,
        furnish: Callable[[State], None],
    ) -> None:
        self.thread = thread
        self.state = State(Store(database) if database is not None else None)
        if not self.state.accounts:
            furnish(self.state)
        self.timeline = Timeline(clock, pause=_PAUSE if isinstance(clock, SteerableClock) else 0.0)
        self.timeline.after_each_batch(self.state.commit)
        self.webhooks = Webhooks(clock)
        self.phones = Phones(self.state)
        self.network = Network(self.state, self.timeline, carrier, self.webhooks, self.phones)
        self.inbound = Inbound(self.state, clock, self.network, self.webhooks)
        self.wires = Wires(self.state, self.timeline, self.webhooks, carrier)
        self.call_phones = CallPhones()
        self.exchange = Exchange(self.wires, self.call_phones)
        self.phonebook = Phonebook(self)
        sending = Sending(self.state, clock, self.network, carrier)
        calling = Calling(self.wires, self.exchange, clock)
        self.context = Context(
            self.state,
            clock,
            self.timeline,
            carrier,
            self.network,
            sending,
            faults,
            calling,
            self.exchange,
            self.wires,
        )
        self.server: Server | None = None

    async def serve(self, host: str, port: int, control: ASGIApp, pages: ASGIApp | None = None) -> None:
        """Take up what was under way, and begin to answer requests."""
        self.server = Server(Application(self.context, control, pages), host, port)
        shown_host = f"[{host}]" if ":" in host else host
        base_url = f"http://{shown_host}:{self.server.port}"
        self.context.base_url = self.inbound.base_url = self.wires.base_url = base_url
        self.network.resume()
        self.exchange.end_what_was_live()
        await self.server.start()

    async def settle(self) -> None:
        """Return once nothing is due, on its way or being fetched."""
        quiet_turns = 0
        while quiet_turns < 2:
            ran = self.timeline.run_due()
            if self.webhooks.busy:
                await self.webhooks.quiet()
                quiet_turns = 0
            elif ran or self.network.busy or self.wires.busy:
                await asyncio.sleep(0.001 if self.network.busy or self.wires.busy else 0)
                quiet_turns = 0
            else:
                await asyncio.sleep(0)
                quiet_turns += 1

    def clear(self) -> None:
        """Forget all messages, events and callbacks."""
        self.timeline.clear()
        self.webhooks.forget_waiting()
        self.webhooks.attempts.clear()
        self.network.clear()
        self.exchange.clear()
        self.state.clear()

    async def stop(self) -> None:
        """Stop answering, drop what is under way, and keep what has to be kept."""
        if self.server is not None:
            await self.server.stop()
        self.timeline.close()
        self.exchange.clear()
        await self.wires.close()
        await self.network.close()
        await self.webhooks.close()
        if self.state.store is not None:
            self.state.store.close()
