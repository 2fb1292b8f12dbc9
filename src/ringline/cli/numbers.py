"""`ringline numbers`: an account's numbers, and where Twilio sends what arrives at them."""

from __future__ import annotations

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_list

_JSON = typer.Option(False, "--json", help="Print JSON.")
_CREDENTIAL = typer.Option(None, "--credential", help="Name of the credential; the default one if left out.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="An account's numbers.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("connect")(connect)
    app.add_typer(group, name="numbers")


def list_all(credential: str | None = _CREDENTIAL, as_json: bool = _JSON) -> None:
    """List the account's numbers and where what arrives at them goes."""
    query = {"credential": credential} if credential else {}
    say_list(
        ask(lambda api: api.get("/api/v1/numbers", **query)),
        ("Number", "Replies come here", "Webhook", "Calls come here", "Webhook of calls"),
        lambda one: (
            one["number"],
            "yes" if one["is_connected"] else "no",
            one["webhook"] or "none",
            "yes" if one["takes_calls"] else "no",
            one["calls_webhook"] or "none",
        ),
        as_json=as_json,
        empty="The account has no number. Buy one: console.twilio.com, Phone Numbers > Manage > Buy a number",
    )


def connect(
    numbers: list[str] | None = typer.Argument(None, help="These numbers; all of the account if left out."),
    credential: str | None = _CREDENTIAL,
    messages_only: bool = typer.Option(
        False, "--messages-only", help="Leave calls to the numbers with whoever answers them now."
    ),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    as_json: bool = _JSON,
) -> None:
    """Have Twilio send messages and calls that arrive at the numbers to this server's public URL."""
    from ringline.settings import load_settings

    settings = load_settings()
    if not yes and not as_json:
        which = ", ".join(numbers) if numbers else "all numbers of the account"
        what = "messages" if messages_only else "messages and calls"
        where = settings.public_url or "the server’s public URL"
        typer.confirm(f"Send {what} that arrive at {which} to {where}?", abort=True)

    body = {"credential": credential, "numbers": numbers or [], "calls": not messages_only}
    connected = ask(lambda api: api.post("/api/v1/numbers/connect", body))
    if as_json:
        print_json(connected)
        return
    for one in connected:
        say(f"{one['number']} now sends its messages to {one['webhook']}")
        if one["takes_calls"]:
            say(f"{'':<{len(one['number'])}} and its calls to {one['calls_webhook']}")
