"""`ringline messages`: what was sent and received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import console, print_json, say, short, tone, when

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

_JSON = typer.Option(False, "--json", help="Print JSON.")
_LIMIT = typer.Option(20, "--limit", min=1, max=200, help="How many of the latest.")
_ID = typer.Argument(help="Id, msg_…")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    from ringline.cli import settling

    group = typer.Typer(help="Messages sent and received.", no_args_is_help=True)
    group.command("list")(list_sent)
    group.command("inbound")(list_received)
    group.command("show")(show)
    group.command("cancel")(cancel)
    settling.register(group)
    app.add_typer(group, name="messages")


def list_sent(
    limit: int = _LIMIT,
    to: str | None = typer.Option(None, "--to", help="Only to this number."),
    stage: str | None = typer.Option(None, "--stage", help="Only in this stage, e.g. unresolved."),
    as_json: bool = _JSON,
) -> None:
    """List the messages that were asked for, the latest last."""
    query = {"to": to} if to else {}
    query |= {"stage": stage} if stage else {}
    found = ask(lambda api: api.newest("/api/v1/messages", limit=limit, **query))
    if as_json:
        print_json(found)
        return
    if not found and query:
        say("No message is like that.")
    elif not found:
        say('No message has been sent yet. Send one: ringline send --to +1… "Hello"')
    for one in reversed(found):
        list_line(one)


def list_received(limit: int = _LIMIT, as_json: bool = _JSON) -> None:
    """List what people wrote to our numbers, the latest last."""
    page = ask(lambda api: api.get("/api/v1/inbound", limit=limit))
    if as_json:
        print_json(page["items"])
        return
    if not page["items"]:
        say("Nobody has written yet.")
    for one in reversed(page["items"]):
        list_line(one)
    if page["lacks"]:
        say(page["lacks"], style="dim")


def show(message_id: str = _ID, as_json: bool = _JSON) -> None:
    """Show one message, and what is known of whether it went out."""
    from ringline.cli.settling import say_evidence

    async def look(api: ApiClient) -> tuple[dict[str, Any], dict[str, Any]]:
        path = f"/api/v1/messages/{message_id}"
        return await api.get(path), await api.get(f"{path}/evidence")

    message, evidence = ask(look)
    if as_json:
        print_json(message | {"evidence": evidence})
        return
    say_message(message, as_json=False)
    say_evidence(evidence)


def cancel(message_id: str = _ID, as_json: bool = _JSON) -> None:
    """Keep a message from being sent, if it is not too late."""
    say_message(ask(lambda api: api.post(f"/api/v1/messages/{message_id}/cancel")), as_json=as_json)


def say_message(message: dict[str, Any], *, as_json: bool) -> None:
    """Everything known of one message."""
    if as_json:
        print_json(message)
        return
    for name, value in message.items():
        if name == "error" and value:
            say(f"{'error':<17}{value['code'] or ''} {value['message']}".rstrip())
            say(f"{'':<17}{value['fix']}")
        elif value not in (None, [], ""):
            say(f"{name:<17}{value}")


def list_line(message: dict[str, Any]) -> None:
    """A message in two lines that fit a narrow terminal: what became of it, and what it says."""
    from rich.text import Text

    inbound = message["direction"] == "inbound"
    segments = f"{message['segments']} seg" if message["segments"] else ""
    console().print(
        Text.assemble(
            (f"{when(message['created_at'])}  ", "dim"),
            f"{'←' if inbound else '→'} ",
            (f"{message['from'] if inbound else message['to']:<15} ", "bold"),
            (f"{message['status']:<12}", tone(message["status"])),
            f"{segments:<7}{price(message)}",
        )
    )
    console().print(Text.assemble(f"  {message['id']}  ", (short(message["message"]), "dim")))
    if message.get("held_because"):
        console().print(Text(f"  {message['held_because']}", style="yellow"))
    if inbound and (message["taken_by"] or message["taken_reason"]):
        console().print(
            Text.assemble(f"  {message['taken_by'] or 'inbox':<9}  ", (message["taken_reason"] or "", "dim"))
        )


def price(message: dict[str, Any]) -> str:
    """What it cost, as people write it, or about what it will; empty where that is nothing, or not known."""
    if message["price"] is None:
        return f"about ${message['expected_price']}" if message["expected_price"] is not None else ""
    amount, unit = str(message["price"]).lstrip("-"), str(message["price_unit"] or "")
    return f"${amount}" if unit.upper() == "USD" else f"{amount} {unit}".strip()
