"""Messages as they happen, a line each, read back from the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from ringline.cli.messages import price
from ringline.cli.terminal import console, tone

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "read", "refused", "unresolved", "received"})
_EVERY = 0.15


async def follow(api: ApiClient, until: Coroutine[Any, Any, object]) -> None:
    """Show each message that is sent, changes its status, or comes in, until *until* is done."""
    stopped = asyncio.ensure_future(until)
    shown: dict[str, str] = {message["id"]: message["status"] for message in await _latest(api)}
    while not stopped.done():
        for message in reversed(await _latest(api)):
            if shown.get(message["id"]) != message["status"]:
                say_step(message)
                shown[message["id"]] = message["status"]
        await asyncio.wait({stopped}, timeout=_EVERY)


async def _latest(api: ApiClient) -> list[dict[str, Any]]:
    sent = (await api.get("/api/v1/messages", limit=50))["items"]
    received = (await api.get("/api/v1/inbound", limit=20))["items"]
    return sorted([*sent, *received], key=lambda message: str(message["id"].partition("_")[2]), reverse=True)


async def watch(api: ApiClient, message_ids: Iterable[str], *, within: float) -> AsyncIterator[dict[str, Any]]:
    """Each message whenever its status has changed, until all are final or *within* seconds have passed."""
    seen: dict[str, str] = {}
    waiting = list(message_ids)
    deadline = asyncio.get_running_loop().time() + within
    while waiting:
        for message_id in list(waiting):
            message = await api.get(f"/api/v1/messages/{message_id}")
            if seen.get(message_id) != message["status"]:
                seen[message_id] = message["status"]
                yield message
            if message["status"] in FINAL:
                waiting.remove(message_id)
        if asyncio.get_running_loop().time() > deadline:
            return
        await asyncio.sleep(_EVERY / 3)


def say_step(message: dict[str, Any]) -> None:
    """One line: which way, with whom, what became of it; the text where it is seen first."""
    from rich.text import Text

    inbound = message["direction"] == "inbound"
    other = message["from"] if inbound else message["to"]
    line = Text.assemble(
        ("← " if inbound else "→ ", "cyan" if inbound else "blue"),
        (f"{other}  ", "bold"),
        (f"{message['status']:<12}", tone(message["status"])),
    )
    if inbound or message["status"] in FINAL:
        line.append(message["message"] or "(no text)")
        line.append(facts(message), style="dim")
    console().print(line)
    why = message["error"]["message"] if message["error"] else message["refusal_reason"]
    if why:
        console().print(Text(f"    {why}", style="red"))


def facts(message: dict[str, Any]) -> str:
    """Segments and cost, for the end of a line."""
    parts = []
    if message["segments"]:
        parts.append(
            f"{message['segments']} segment{'s' if message['segments'] > 1 else ''} {message['encoding'] or ''}".strip()
        )
    if cost := price(message):
        parts.append(cost)
    return f"   [{', '.join(parts)}]" if parts else ""
