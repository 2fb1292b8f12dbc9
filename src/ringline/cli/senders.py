"""`ringline senders`: how fast each sender is, what waits for it, and pausing it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_list, when

_JSON = typer.Option(False, "--json", help="Print JSON.")
_CREDENTIAL = typer.Option(None, "--credential", help="Name of the credential; the default one if left out.")
_CHANNEL = typer.Option("sms", "--channel", help="sms, whatsapp, or voice for all calls of the account.")
_SENDER = typer.Argument(help="Number, short code, name, or a messaging service's SID.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Senders: their rates, their queues, their pauses.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("set")(set_rate)
    group.command("pause")(pause)
    group.command("resume")(resume)
    app.add_typer(group, name="senders")


def list_all(
    credential: str | None = typer.Option(None, "--credential", help="Only those of this one."), as_json: bool = _JSON
) -> None:
    """List the senders that have sent something or have been set."""
    query = {"credential": credential} if credential else {}
    say_list(
        ask(lambda api: api.get("/api/v1/senders", **query)),
        ("Sender", "Rate", "Waiting", "Done", "Paused", "Pools"),
        lambda one: (
            _name(one),
            one["rate"],
            _waiting(one),
            when(one["finishes_at"]),
            _paused(one),
            ", ".join(one["pools"]),
        ),
        as_json=as_json,
        empty="No sender has sent anything yet. Set one: ringline senders set +1… --rate 10/s",
    )


def set_rate(
    sender: str = _SENDER,
    rate: str = typer.Option(
        ...,
        "--rate",
        help="Segments a second, minute or hour, e.g. 10/s or 30/m; unlimited; default for its kind.",
    ),
    channel: str = _CHANNEL,
    credential: str | None = _CREDENTIAL,
    as_json: bool = _JSON,
) -> None:
    """Set how fast a sender sends."""
    body = {"rate": rate, "channel": channel, "credential": credential}
    _say(ask(lambda api: api.put(_path(sender), body)), as_json)


def pause(
    sender: str = _SENDER,
    for_: str | None = typer.Option(None, "--for", help="How long, e.g. 30m or 2h; until resumed if left out."),
    reason: str = typer.Option("paused by hand", "--reason", help="Shown with it."),
    channel: str = _CHANNEL,
    credential: str | None = _CREDENTIAL,
    as_json: bool = _JSON,
) -> None:
    """Send nothing more from a sender. What has been handed to Twilio goes on."""
    body = {"seconds": _seconds(for_), "reason": reason, "channel": channel, "credential": credential}
    _say(ask(lambda api: api.post(_path(sender) + "/pause", body)), as_json)


def resume(
    sender: str = _SENDER, channel: str = _CHANNEL, credential: str | None = _CREDENTIAL, as_json: bool = _JSON
) -> None:
    """End a sender's pause, and its account's if Twilio had asked for one."""
    body = {"channel": channel, "credential": credential}
    _say(ask(lambda api: api.post(_path(sender) + "/resume", body)), as_json)


def _path(sender: str) -> str:
    return f"/api/v1/senders/{quote(sender, safe='+')}"


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    from ringline.errors import RequestError
    from ringline.workflow.durations import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise RequestError(str(error), field="--for", fix="write for example --for 30m") from error


def _say(sender: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(sender)
        return
    state = f"paused {_paused(sender)}" if sender["is_paused"] else "sending"
    say(f"{_name(sender)}: {sender['rate']}, {_waiting(sender)} waiting, {state}")


def _name(sender: dict[str, Any]) -> str:
    return str(sender["sender"]) if sender["channel"] == "sms" else f"{sender['sender']} ({sender['channel']})"


def _waiting(sender: dict[str, Any]) -> str:
    return str(sender["waiting"])


def _paused(sender: dict[str, Any]) -> str:
    if not sender["is_paused"]:
        return ""
    until = f"until {when(sender['paused_until'])}" if sender["paused_until"] else "until resumed"
    return f"{until}: {sender['paused_why']}"
