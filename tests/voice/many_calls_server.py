"""``python -m voice.many_calls_server PLAN``: a server in a process of its own, which is killed while calls go on.

It begins when it reads a line, so that one can stand by.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from ringline import Ringline
from ringline.settings import load_settings
from ringline.web import create_app
from ringline.web.server import serving


async def live(plan: dict[str, Any]) -> None:
    """Serve until it is asked to end. The listening socket is the parent's: who calls meanwhile waits for the next."""
    settings = load_settings(
        home=Path(plan["home"]),
        database_url=plan["database"],
        api_token=plan["token"],
        public_url=plan["public_url"],
        twilio_base_url=plan["twilio"],
        rate_limit=1_000_000,
        log_level="error",
    )
    listener = socket.socket(fileno=plan["listener"])
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with Ringline(credentials={"main": tuple(plan["account"])}, settings=settings) as ringline:
        await ringline.outbox.senders.set_rate(plan["account"][0], "calls", None, channel="voice")
        await ringline.workflows.register(plan["definition"])
        await ringline.workflows.publish(plan["definition"]["name"])
        async with serving(create_app(ringline), listener):
            print("up", flush=True)
            await ended.wait()


if __name__ == "__main__":
    if not sys.stdin.readline():
        sys.exit()
    asyncio.run(live(json.loads(sys.argv[1])))
