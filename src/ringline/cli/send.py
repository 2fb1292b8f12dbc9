"""`ringline send`: one message, from the command line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import console, is_interactive, print_json, say
from ringline.errors import RequestError
from ringline.purposes import purpose_meant
from ringline.web.tones import BAD

if TYPE_CHECKING:
    from ringline.cli.destination import Destination
    from ringline.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("send")(send)


def send(
    text: str | None = typer.Argument(None, help="The text."),
    to: str = typer.Option(..., "--to", help="Who gets it, as +14155550123."),
    message: str | None = typer.Option(None, "--message", "-m", help="The text, if it is not given as argument."),
    from_: str | None = typer.Option(None, "--from", help="Sender; the credential's own if left out."),
    channel: str = typer.Option("sms", "--channel", help="sms or whatsapp."),
    media: list[str] | None = typer.Option(None, "--media", help="Address of a picture or file; may be given again."),
    credential: str | None = typer.Option(
        None, "--credential", help="Name of the account; the default one if left out."
    ),
    purpose: str = typer.Option("notification", "--purpose", help="Why, e.g. notification, otp, marketing."),
    key: str | None = typer.Option(None, "--key", help="Idempotency key: the same key again sends nothing twice."),
    live: bool = typer.Option(False, "--live", help="Send it for real. Without, it goes to a simulated Twilio."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask before a live send."),
    wait: float = typer.Option(20.0, "--wait", min=0, help="Seconds to wait for its delivery."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Send one message. A live send shows sender, recipient, segments and price first, and asks."""
    from ringline.cli.opening import run_async
    from ringline.settings import load_settings

    if text is not None and message is not None:
        raise RequestError("the text is given twice", field="--message", fix="leave --message out")
    body = {
        "to": to,
        "from": from_,
        "message": message if text is None else text,
        "channel": channel,
        "media": media or [],
        "credential": credential,
        "purpose": purpose,
    }
    if meant := purpose_meant(purpose):
        # On stderr, so that --json stays JSON.
        note = f"note: the purpose `{purpose}` is none that rules are made for; did you mean `{meant}`?"
        console(stderr=True).print(note, style="yellow")
    if live and not yes and not is_interactive():
        raise RequestError("a live send asks first, and nobody can answer here", fix="add --yes")
    code = run_async(_send(load_settings(), body, live=live, key=key, ask=live and not yes, wait=wait, as_json=as_json))
    raise typer.Exit(code)


async def _send(
    settings: Settings, body: dict[str, Any], *, live: bool, key: str | None, ask: bool, wait: float, as_json: bool
) -> ExitCode:
    from ringline.cli.destination import destination
    from ringline.cli.transcript import PRICE_SECONDS, say_story, settled

    async with destination(settings, live=live) as where:
        if not as_json:
            await _say_plan(where, body)
        if ask and not await asyncio.to_thread(typer.confirm, "Send it?"):
            say("Nothing was sent.")
            return ExitCode.OK
        accepted = await where.api.post("/api/v1/messages", body, key=key)
        message: dict[str, Any] = accepted
        async for message in settled(where.api, [accepted["id"]], within=wait, price_within=min(wait, PRICE_SECONDS)):
            if as_json:
                print_json(message)
            else:
                await say_story(where.api, message)
                say(f"  {message['id']}   {message['sid'] or ''}".rstrip(), style="dim")
    return ExitCode.FAILED if message["status"] in BAD else ExitCode.OK


async def _say_plan(where: Destination, body: dict[str, Any]) -> None:
    """From, to, segments and price, before anything is sent."""
    forecast = await where.api.post("/api/v1/messages/forecast", body)
    amount = "unknown"
    if forecast["price"] is not None:
        amount = f"about {forecast['price']} {forecast['price_unit']} (list price of {forecast['as_of']})"
    say(f"Through   {where.name}")
    say(f"From      {forecast['from'] or 'chosen by Twilio'}")
    say(f"To        {forecast['to']}")
    say(f"Segments  {forecast['segments']} ({forecast['encoding']})")
    say(f"Price     {amount}")
    if forecast["note"]:
        say(f"          {forecast['note']}", style="dim")
    say()
