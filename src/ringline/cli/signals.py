"""Ending a command that runs until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

from ringline.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from ringline.app import Ringline

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_signal() -> asyncio.Future[signal.Signals]:
    """A future that is done on Ctrl-C or SIGTERM, from now on; a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[signal.Signals] = loop.create_future()

    def stop(number: signal.Signals) -> None:
        # From here on the default holds again, for people who press Ctrl-C twice.
        for one in _SIGNALS:
            loop.remove_signal_handler(one)
        if not stopped.done():
            stopped.set_result(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop, number)
    return stopped


def end_if_unfinished(ringline: Ringline) -> None:
    """End the process on the spot where work did not end in time: leaving the loop in order would cancel it.

    What was under way is taken over by its age, here at the next start or by other processes.
    """
    if ringline.has_unfinished:
        sys.stdout.flush()
        os._exit(ExitCode.OK)


def end_at_once() -> None:
    """Let Ctrl-C and SIGTERM end the process on the spot, until `stop_signal` is called.

    For the seconds of starting: nothing was taken on yet that would have to be finished, and the loop, which is busy
    importing, would hear of the signal too late.
    """

    def leave(_: int, __: object) -> None:
        os._exit(ExitCode.INTERRUPTED)

    for number in _SIGNALS:
        signal.signal(number, leave)
