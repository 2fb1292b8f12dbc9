"""The part of the control API that is about time: frozen, let go, stepped, and moved to a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ringline.errors import RequestError
from ringline.simulator.clock import SteerableClock, Steppable
from ringline.simulator.control_forms import body_of, optional_text, text
from ringline.simulator.wire import iso8601

if TYPE_CHECKING:
    from ringline.simulator.simulator import Simulator

FARTHEST = 400 * 86_400.0
"""Seconds that one jump may span."""
_TIME = re.compile(r"(today|tomorrow|\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?")


class ClockControl:
    """Routes under ``/_simulator/clock``."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._jumping = False

    def routes(self) -> list[Route]:
        """Paths relative to the control API."""
        return [
            Route("/clock", self.show),
            Route("/clock/jump", self.jump, methods=["POST"]),
            Route("/clock/{command}", self.steer, methods=["POST"]),
        ]

    def as_dictionary(self) -> dict[str, Any]:
        """What time it is, and whether it passes; where it has been moved, by how much."""
        clock = self._simulator.clock
        if not isinstance(clock, SteerableClock):
            return {"time": clock.time(), "now": iso8601(clock.time()), "frozen": True}
        found = {"time": clock.time(), "now": iso8601(clock.time()), "frozen": clock.frozen}
        if self._simulator.moves_product:
            found["product"] = True
        if abs(clock.shift) >= 1:
            found["shift"] = clock.shift
        return found | ({"jumping": True} if self._jumping else {})

    async def show(self, request: Request) -> Response:
        """What time it is, and whether it passes."""
        return JSONResponse(self.as_dictionary())

    async def steer(self, request: Request) -> Response:
        """``freeze``, ``resume``, or ``step`` by some ``seconds`` and let everything due happen."""
        command, clock = request.path_params["command"], self._simulator.clock
        body = await body_of(request, "seconds")
        if command == "step":
            seconds = body.get("seconds")
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
                raise RequestError("seconds must be a number that is not negative", field="seconds")
            assert isinstance(clock, Steppable)
            clock.step(seconds)
            await self._simulator.settle()
        elif command in ("freeze", "resume"):
            if not isinstance(clock, SteerableClock):
                raise RequestError("this clock belongs to a test and stands still already; only step moves it")
            clock.freeze() if command == "freeze" else clock.resume()
        else:
            raise RequestError(
                f"the clock has no command {command!r}", field="command", fix="use freeze, resume, step or jump"
            )
        self._tell()
        return JSONResponse(self.as_dictionary())

    async def jump(self, request: Request) -> Response:
        """Move to a moment: ``to`` is such as `tomorrow 09:00` or `2026-05-19 09:00`, in the ``zone``.

        Everything that falls due on the way happens, each thing at its own time.
        """
        body = await body_of(request, "to", "zone")
        now = self._simulator.clock.time()
        until = moment_of(text(body, "to"), optional_text(body, "zone") or "UTC", now)
        if until <= now:
            raise RequestError("that moment has passed, and time cannot go back", field="to", fix="choose a later one")
        if until - now > FARTHEST:
            raise RequestError("that is more than 400 days away", field="to", fix="go there in several steps")
        if self._jumping:
            raise RequestError("time is on its way to another moment already", fix="wait until it is there")
        self._jumping = True
        try:
            await self._simulator.jump(until - now, self._tell)
        finally:
            self._jumping = False
            self._tell()
        return JSONResponse(self.as_dictionary())

    def _tell(self) -> None:
        self._simulator.parts.state.news.tell("clock", self.as_dictionary())


def moment_of(given: str, zone: str, now: float) -> float:
    """The moment that a text such as `tomorrow 09:00` names in a zone. Raises `RequestError`."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise RequestError(f"{zone!r} is no time zone", field="zone", fix="use one such as America/New_York") from None
    found = _TIME.fullmatch(given.strip())
    here = datetime.fromtimestamp(now, UTC).astimezone(place)
    try:
        if found is None:
            raise ValueError(given)
        day, hour, minute, second = found[1], int(found[2]), int(found[3]), int(found[4] or 0)
        date = here.date() + timedelta(days=day == "tomorrow") if day.startswith("to") else None
        date = date or datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a date alone
        return datetime(date.year, date.month, date.day, hour, minute, second, tzinfo=place).timestamp()
    except ValueError:
        raise RequestError(
            f"{given!r} is no moment", field="to", fix="write `tomorrow 09:00` or `2026-05-19 09:00`"
        ) from None
