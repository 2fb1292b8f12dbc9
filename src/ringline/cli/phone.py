"""`ringline phone`: a phone of the simulated network, to read what arrived and to write back."""

from __future__ import annotations

from typing import Any

import typer

from ringline.cli.terminal import print_json, say, say_table
from ringline.errors import NotFoundError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("phone")(phone)


def phone(
    number: str = typer.Argument("+14155550123", help="The phone's own number; any will do."),
    reply: str | None = typer.Option(None, "--reply", "-r", help="Write this back."),
    to: str | None = typer.Option(None, "--to", help="Write to this sender; whoever wrote last if left out."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Look at a phone of the simulated network, or answer from it, while `ringline dev` runs."""
    from ringline.cli.opening import run_async, running_server
    from ringline.settings import load_settings

    settings = load_settings()
    server = running_server(settings)
    simulator = server.simulator_url if server is not None and server.simulator_url else settings.twilio_base_url
    if simulator is None or "twilio.com" in simulator:
        raise NotFoundError("no simulated Twilio runs in this home", fix="start `ringline dev` in another terminal")
    found = run_async(_ask(simulator, number, reply, to))
    if as_json:
        print_json(found)
        return
    say_table(
        ("", "With", "Text", "Status"),
        [
            (
                "→" if message["direction"] == "inbound" else "←",
                message["to"] if message["direction"] == "inbound" else message["from"],
                message["body"],
                message["status"],
            )
            for message in found["conversation"]
        ],
        empty=f"Nothing has arrived on {number}.",
    )
    if found["conversation"] and reply is None:
        say(f"Answer with: ringline phone {number} --reply YES")


async def _ask(simulator: str, number: str, reply: str | None, to: str | None) -> Any:
    from urllib.parse import quote

    from ringline.cli.api_client import ApiClient

    path = f"/_simulator/handsets/{quote(number)}"
    async with ApiClient(simulator, None) as control:
        if reply is not None:
            await control.post(f"{path}/reply", {"body": reply, "to": to} if to else {"body": reply})
        return await control.get(path)
