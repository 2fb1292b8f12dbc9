"""A server that dies in a request: `python killed_server.py HOME PATH BODY AFTER`.

As soon as what AFTER names, such as `access.users.add`, has been done for the POST, the process is gone; it gives no
answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from functools import reduce
from pathlib import Path
from typing import Any, NoReturn

from aiohttp import ClientSession

from ringline.app import Ringline
from ringline.settings import load_settings
from ringline.web import create_app
from ringline.web.server import address, listen, serving

TOKEN = "rlt_test"


async def die(home: Path, path: str, body: str, after: str) -> None:
    """Make the request, and end in it."""
    settings = load_settings(home=home, database_url=f"sqlite:///{home / 'ringline.db'}", api_token=TOKEN)
    listener = listen("127.0.0.1", 0)
    async with Ringline(settings=settings) as ringline:
        await ringline.credentials.add("main", "AC" + "0" * 32, "0" * 32)
        app = create_app(ringline)
        end_after(ringline, after)
        session = ClientSession(address(listener), headers={"Authorization": f"Bearer {TOKEN}"})
        async with serving(app, listener), session, session.post(path, json=json.loads(body)) as answer:
            print(answer.status, await answer.text())


def end_after(ringline: Ringline, name: str) -> None:
    """Have the process end when the method *name* has done its work."""
    *owners, method = name.split(".")
    owner: Any = reduce(getattr, owners, ringline)
    act = getattr(owner, method)

    async def acts(*given: Any, **named: Any) -> NoReturn:
        await act(*given, **named)
        os._exit(9)

    setattr(owner, method, acts)


if __name__ == "__main__":
    home, path, body, after = sys.argv[1:]
    asyncio.run(die(Path(home), path, body, after))
