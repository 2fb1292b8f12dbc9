"""Ending a command that runs until it is told to stop."""

from __future__ import annotations

import asyncio
import signal


async def until_stopped() -> signal.Signals:
    """Wait for Ctrl-C or SIGTERM, and return which it was. A second one ends the process at once."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[signal.Signals] = loop.create_future()

    def stop(number: signal.Signals) -> None:
        # From here on the default holds again, for people who press Ctrl-C twice.
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(one)
        if not stopped.done():
            stopped.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    return await stopped
