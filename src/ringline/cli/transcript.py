"""Messages as they happen, a line each, read back from the API."""

from __future__ import annotations

import asyncio
import contextlib
import textwrap
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from ringline.cli.messages import price
from ringline.cli.terminal import console, tone
from ringline.errors import StoreError
from ringline.web.tones import FINAL

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

PRICE_SECONDS = 6.0
_EVERY = 0.4
_LONGEST_WAIT = 2
"""Seconds of one question, which is answered when the status is final: what a rule holds back is seen after them."""
_LATEST = 50
_NARROWEST = 40


async def follow(api: ApiClient, stopped: asyncio.Future[Any]) -> None:
    """Show each message that is sent, changes its status, or comes in, until *stopped* is done."""
    shown = {message["id"]: message["status"] for message in await _latest(api)}
    while not stopped.done():
        # A machine that is busy for long is no reason to end the server; what was missed shows at the next look.
        with contextlib.suppress(StoreError):
            for message in await _latest(api):
                if shown.get(message["id"]) != message["status"]:
                    say_step(message)
                    shown[message["id"]] = message["status"]
        await asyncio.wait({stopped}, timeout=_EVERY)


async def _latest(api: ApiClient) -> list[dict[str, Any]]:
    """The latest messages both ways, oldest first."""
    sent = (await api.get("/api/v1/messages", limit=_LATEST))["items"]
    received = (await api.get("/api/v1/inbound", limit=_LATEST))["items"]
    return sorted([*sent, *received], key=lambda message: str(message["created_at"]))


async def settled(
    api: ApiClient, message_ids: Sequence[str], *, within: float, price_within: float = 0.0
) -> AsyncIterator[dict[str, Any]]:
    """Each message when its status is final, or as it stands after *within* seconds.

    Twilio says what a message cost some seconds after its last status; *price_within* is how long to wait for that.
    """
    now = asyncio.get_running_loop().time
    give_up = now() + within
    for message_id in message_ids:
        path = f"/api/v1/messages/{message_id}"
        message = await api.get(path)
        while message["status"] not in FINAL and not message["held_because"] and now() < give_up:
            message = await api.get(path, wait=max(1, min(_LONGEST_WAIT, round(give_up - now()))))
        wanted_until = now() + price_within
        while message["sid"] and message["price"] is None and message["status"] in FINAL and now() < wanted_until:
            await asyncio.sleep(_EVERY)
            message = await api.get(path)
        yield message


async def say_story(api: ApiClient, message: dict[str, Any], *, indent: str = "") -> None:
    """A message from its text to its last status: every report of Twilio's with its time, segments and cost."""
    from rich.text import Text

    console().print(Text.assemble(f"{indent}→ ", (message["to"], "bold"), f"  from {message['from'] or 'a service'}"))
    for written in _wrapped(message["message"] or "(no text)", indent=f"{indent}    "):
        console().print(Text(written))
    line = Text(f"{indent}  ")
    reported = [
        event for event in await api.get(f"/api/v1/messages/{message['id']}/events") if event["source"] != "fetch"
    ]
    for event in reported:
        if event["status"] != message["status"]:
            line.append(f"{_clock_time(event['received_at'])} ", style="dim")
            line.append(f"{event['status']}  ", style=tone(event["status"]))
    # What it is now comes last, whether Twilio reported it or was asked, or we ourselves said no.
    if reported and reported[-1]["status"] == message["status"]:
        line.append(f"{_clock_time(reported[-1]['received_at'])} ", style="dim")
    line.append(message["status"], style=f"bold {tone(message['status'])}".strip())
    line.append(facts(message), style="dim")
    console().print(line)
    if why := _why(message):
        console().print(Text(f"{indent}  {why}", style="red"))
    elif message["held_because"]:
        console().print(Text(f"{indent}  {message['held_because']}", style="yellow"))


def say_step(message: dict[str, Any], *, indent: str = "") -> None:
    """One line: which way, with whom, what became of it; the text where nothing more will come."""
    from rich.text import Text

    inbound = message["direction"] == "inbound"
    line = Text.assemble(
        (f"{indent}{'←' if inbound else '→'} ", "cyan" if inbound else "blue"),
        (f"{message['from'] if inbound else message['to']}  ", "bold"),
        (f"{message['status']:<12}", tone(message["status"])),
    )
    if message["status"] in FINAL:
        line.append(" ".join((message["message"] or "(no text)").split()))
        line.append(facts(message), style="dim")
    console().print(line)
    if why := _why(message):
        console().print(Text(f"    {why}", style="red"))


def facts(message: dict[str, Any]) -> str:
    """Segments and cost, for the end of a line."""
    parts = []
    if message["segments"]:
        plural = "s" if message["segments"] > 1 else ""
        parts.append(f"{message['segments']} segment{plural} {message['encoding'] or ''}".strip())
    if cost := price(message):
        parts.append(cost)
    return f"   [{', '.join(parts)}]" if parts else ""


def _why(message: dict[str, Any]) -> str:
    """The reason of a failure with its fix, in one line."""
    error = message["error"]
    if not error:
        return str(message["refusal_reason"] or "")
    code = f"{error['code']}: " if error["code"] else ""
    return f"{code}{error['message']} {error['fix']}".strip()


def _wrapped(text: str, *, indent: str) -> list[str]:
    """*text* in lines that fit the terminal, each behind *indent*; links stay whole, to be copied."""
    width = max(_NARROWEST, console().width)
    return [
        piece
        for line in text.splitlines()
        for piece in textwrap.wrap(
            line, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
        or [""]
    ]


def _clock_time(moment: str) -> str:
    from datetime import datetime

    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S")
