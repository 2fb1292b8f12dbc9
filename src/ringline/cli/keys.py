"""`ringline keys`: the secrets by which programs use the API."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_list, when
from ringline.clock import SystemClock
from ringline.errors import NotFoundError, RequestError

_PATH = "/api/v1/keys"
_JSON = typer.Option(False, "--json", help="Print JSON.")
_SPAN = re.compile(r"(\d+)\s*([hdwy])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="API keys: secrets by which programs use the API.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("add")(add)
    group.command("revoke")(revoke)
    app.add_typer(group, name="keys")


def list_all(as_json: bool = _JSON) -> None:
    """List the keys; the secrets are kept nowhere."""
    say_list(
        ask(lambda api: api.get(_PATH)),
        ("Name", "Begins", "Role", "Scopes", "Last used", "Expires", "Id"),
        lambda one: (
            one["name"],
            one["shown"],
            one["role"],
            ", ".join(one["scopes"]) or "all",
            when(one["used_at"]) if one["used_at"] else "never",
            when(one["expires_at"]) if one["expires_at"] else "never",
            one["id"],
        ),
        as_json=as_json,
        empty="There is no key yet. Make one: ringline keys add NAME --role operator",
    )


def add(
    name: str = typer.Argument(help="What it is for."),
    role: str = typer.Option("operator", "--role", "-r", help="viewer, operator, editor or admin."),
    scope: list[str] | None = typer.Option(
        None, "--scope", help="Narrow it, such as messages:write; may be given several times."
    ),
    expires: str | None = typer.Option(None, "--expires", help="After how long, such as 12h, 90d, 1y, or a date."),
    as_json: bool = _JSON,
) -> None:
    """Make a key. Its secret is shown this once."""
    body = {
        "name": name,
        "role": role,
        "scopes": scope or [],
        "expires_at": None if expires is None else moment(expires, SystemClock().now()).isoformat(),
    }
    made = ask(lambda api: api.post(_PATH, body))
    if as_json:
        print_json(made)
        return
    say(made["key"])
    say("This is shown once. Programs send it as `Authorization: Bearer …`.")


def revoke(
    key: str = typer.Argument(help="Its id or name."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
) -> None:
    """Take a key away; what uses it is refused from now on."""
    known = ask(lambda api: api.get(_PATH))
    found = [one["id"] for one in known if key in (one["id"], one["name"])]
    if not found:
        raise NotFoundError(f"there is no key `{key}`", fix="see those there are with `ringline keys list`")
    if len(found) > 1:
        raise RequestError(
            f"{len(found)} keys are called `{key}`", field="key", fix=f"name one by its id: {', '.join(found)}"
        )
    if not yes:
        typer.confirm(f"Revoke the key `{key}`?", abort=True)
    ask(lambda api: api.delete(f"{_PATH}/{found[0]}"))
    say(f"`{key}` opens nothing any more.")


def moment(text: str, now: datetime) -> datetime:
    """The moment of `12h`, `90d`, `2w`, `1y` from *now*, or of a date; raises `RequestError`."""
    if (span := _SPAN.fullmatch(text.strip())) is not None:
        return now + timedelta(hours=int(span[1]) * _HOURS[span[2]])
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise RequestError(
            f"`{text}` is no time.", field="expires", fix="Write 12h, 90d, 2w or 1y, or a date such as 2027-01-31."
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
