"""The server that `benchmarks.voice` asks: it holds interviews, or echoes; commands come line by line."""

from __future__ import annotations

import asyncio
import cProfile
import json
import os
import pstats
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvloop

from ringline.web.server import address, listen, serving

ACCOUNT, TOKEN = "AC" + "1" * 32, "2" * 32
QUESTIONS = 60
"""In one interview: so many that nobody comes to its end while turns are measured."""


def resident() -> int:
    """Bytes of memory this process takes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def echo() -> None:
    """A bare Starlette application that reads the form and sends it back."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def answer(request: Request) -> Response:
        return Response(await request.body(), media_type="text/xml")

    listener = listen("127.0.0.1", 0)
    async with serving(Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])]), listener):
        print(json.dumps({"url": address(listener)}), flush=True)
        await asyncio.to_thread(sys.stdin.readline)


class Interviews:
    """Sessions on calls that have been picked up."""

    def __init__(self, ringline: Any) -> None:
        from ringline.interview.agent import QuestionsAgent
        from ringline.interview.reading import read_flow

        questions = [
            {"id": f"q{n}", "question": f"On a scale of 1 to 10, how was our service number {n}?", "type": "number"}
            for n in range(QUESTIONS)
        ]
        flow, _ = read_flow(questions)
        assert flow is not None
        self._sessions = ringline.sessions
        self._database = ringline.database
        self._clock = ringline.clock
        self._spec = QuestionsAgent(flow=flow, greeting="Hello.", goodbye="Goodbye.")
        self._credential = ""
        self._count = 0

    async def prepare(self) -> None:
        """Find out what calls are placed with."""
        self._credential = (await self._sessions.account("main")).id

    async def begin(self) -> dict[str, str]:
        """One more call on which the first question is open: the address of its answer, and its sid."""
        self._count += 1
        sid, session = f"CA{self._count:032x}", self._sessions.new_id()

        def work(tx: Any) -> None:
            self._sessions.begin_in(
                tx,
                self._spec,
                id=session,
                person=f"+1415{5_000_000 + self._count}",
                sender="+15550001111",
                credential_id=self._credential,
                account_id=ACCOUNT,
                deadline=self._clock.time() + 3600.0,
            )

        await self._database.write(work)
        call: Any = SimpleNamespace(direction="outbound", id=f"call_of_{session}", sid=sid)
        body = await self._sessions.live.first(session, 1, call, {"CallSid": sid})
        return {"session": session, "sid": sid, "document": body.decode()}

    async def whole(self) -> None:
        """A call from the first word to its end."""
        one = await self.begin()
        form = {"CallSid": one["sid"], "SpeechResult": "seven", "Confidence": "0.9"}
        await self._sessions.live.turn(one["session"], 1, 1, "answer", form, None)
        over: Any = SimpleNamespace(
            id=f"call_of_{one['session']}", answered_by=None, is_final=True, stage="accepted", status="completed", leg=1
        )
        await self._database.write(lambda tx: self._sessions.happening.call_changed(tx, over))


async def interviews() -> None:
    """Ringline on SQLite."""
    from ringline import Ringline
    from ringline.cli.opening import spare_what_stays
    from ringline.settings import load_settings
    from ringline.web import create_app

    listener = listen("127.0.0.1", 0)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            home=Path(folder), public_url=address(listener), twilio_base_url="http://127.0.0.1:9", log_level="error"
        )
        async with (
            Ringline(credentials={"main": (ACCOUNT, TOKEN)}, settings=settings) as ringline,
            serving(create_app(ringline), listener),
        ):
            held = Interviews(ringline)
            await held.prepare()
            spare_what_stays()
            print(json.dumps({"url": address(listener)}), flush=True)
            profile = cProfile.Profile()
            while command := (await asyncio.to_thread(sys.stdin.readline)).split():
                print(json.dumps(await obey(held, profile, *command)), flush=True)


async def obey(held: Interviews, profile: cProfile.Profile, what: str, *given: str) -> Any:
    """Do it, and give what is to be told."""
    if what == "memory":
        return resident()
    if what == "begin":
        return [await held.begin() for _ in range(int(given[0]))]
    if what == "whole":
        numbers = iter(range(int(given[0])))

        async def several() -> None:
            for _ in numbers:
                await held.whole()

        await asyncio.gather(*(several() for _ in range(32)))
    elif what == "profile":
        profile.enable()
    elif what == "profiled":
        profile.disable()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    return None


if __name__ == "__main__":
    uvloop.run(echo() if sys.argv[1:] == ["echo"] else interviews())
