"""`ringline pools`: several senders that share their work."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_list

_JSON = typer.Option(False, "--json", help="Print JSON.")
_CREDENTIAL = typer.Option(None, "--credential", help="Name of the credential; the default one if left out.")
_CHANNEL = typer.Option("sms", "--channel", help="sms or whatsapp.")
_NAME = typer.Argument(help="Name of the pool, e.g. alerts.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        help="Senders that share their work; a pool stands where a sender does, as pool:NAME.", no_args_is_help=True
    )
    group.command("list")(list_all)
    group.command("create")(create)
    group.command("add")(add)
    group.command("remove")(remove)
    app.add_typer(group, name="pools")


def list_all(
    credential: str | None = typer.Option(None, "--credential", help="Only those of this one."), as_json: bool = _JSON
) -> None:
    """List the pools."""
    query = {"credential": credential} if credential else {}
    say_list(
        ask(lambda api: api.get("/api/v1/pools", **query)),
        ("Pool", "Channel", "Near by", "Senders"),
        lambda one: (f"pool:{one['name']}", one["channel"], one["geo_match"], _senders(one)),
        as_json=as_json,
        empty="There is no pool yet. Make one: ringline pools create alerts +1… +1…",
    )


def create(
    name: str = _NAME,
    senders: list[str] | None = typer.Argument(None, help="Numbers, short codes or names."),
    geo: str = typer.Option("area", "--geo", help="How near to the recipient a sender has to be: area, country, none."),
    channel: str = _CHANNEL,
    credential: str | None = _CREDENTIAL,
    as_json: bool = _JSON,
) -> None:
    """Make a pool of senders."""
    common = {"channel": channel, "credential": credential}
    body = {"name": name.removeprefix("pool:"), "senders": senders or [], "geo_match": geo, **common}
    _say(ask(lambda api: api.post("/api/v1/pools", body)), as_json)


def add(
    name: str = _NAME,
    senders: list[str] = typer.Argument(help="Numbers, short codes or names."),
    channel: str = _CHANNEL,
    credential: str | None = _CREDENTIAL,
    as_json: bool = _JSON,
) -> None:
    """Add senders to a pool; one that Twilio had refused is tried again."""
    body = {"senders": senders, "channel": channel, "credential": credential}
    _say(ask(lambda api: api.post(f"{_path(name)}/senders", body)), as_json)


def remove(
    name: str = _NAME,
    senders: list[str] | None = typer.Argument(None, help="These; the pool itself if none is named."),
    channel: str = _CHANNEL,
    credential: str | None = _CREDENTIAL,
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
) -> None:
    """Take senders out of a pool, or delete the pool."""
    query = f"?channel={quote(channel)}" + (f"&credential={quote(credential)}" if credential else "")
    if not senders:
        if not yes:
            typer.confirm(f"Delete the pool {name}?", abort=True)
        ask(lambda api: api.delete(_path(name) + query))
        say(f"The pool {name} is deleted.")
        return
    for sender in senders:
        path = f"{_path(name)}/senders/{quote(sender, safe='+')}{query}"
        ask(lambda api, path=path: api.delete(path))  # type: ignore[misc]
        say(f"{sender} is no longer in the pool {name}.")


def _path(name: str) -> str:
    return f"/api/v1/pools/{quote(name.removeprefix('pool:'), safe='')}"


def _say(pool: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(pool)
        return
    say(f"pool:{pool['name']}: {_senders(pool)}")


def _senders(pool: dict[str, Any]) -> str:
    refused = {one["sender"]: one["code"] for one in pool["rejected"]}
    shown = [f"{one} (refused, {refused[one]})" if one in refused else one for one in pool["senders"]]
    return ", ".join(shown) or "none yet: ringline pools add"
