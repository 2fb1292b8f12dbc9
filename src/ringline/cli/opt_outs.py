"""`ringline opt-outs`: who does not want to be written to or called, and how that is known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_table, short, when
from ringline.errors import RequestError

_SOURCES = {"reply": "wrote it", "twilio": "Twilio says so", "interview": "said it in an interview"}
_CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp messages", "voice": "calls"}
_EPILOG = (
    "There is no command that opts somebody in: only they can, by writing START to the number that they stopped. An "
    "opt-out from calls stays."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("opt-outs", epilog=_EPILOG)(list_opt_outs)


def list_opt_outs(
    search: str | None = typer.Option(
        None, "--search", "-s", help="The beginning or the last digits of a number, or how a name begins."
    ),
    channel: str | None = typer.Option(None, "--channel", help="Only those that hold on sms, whatsapp or voice."),
    source: str | None = typer.Option(None, "--source", help="Only those known by reply, twilio or interview."),
    since: str | None = typer.Option(None, "--since", help="Only those since then, as 2026-11-01 or 2026-11-01T09:00."),
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many of the latest."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List who does not want to be written to or called, the latest first."""
    given = {"search": search, "channel": channel, "source": source, "since": _moment(since)}
    query = {name: value for name, value in given.items() if value}
    page = ask(lambda api: api.get("/api/v1/opt-outs", limit=limit, **query))
    if as_json:
        print_json(page["items"])
        return
    say_table(
        ("Number", "Name", "Wants no", "Since", "How it is known"),
        [
            (one["number"], short(one["name"], 30), _covered(one), when(one["since"]), _known(one))
            for one in page["items"]
        ],
        empty="Nobody found." if query else "Nobody has opted out.",
    )
    if page["next"]:
        say(f"The latest {limit}; --limit shows more, --search finds somebody.", style="dim")


def _covered(one: dict[str, Any]) -> str:
    if one["covers"] == "account":
        return "messages or calls from any number"
    if one["covers"] == "service":
        return f"messages from {one['sender']}"
    return f"{_CHANNELS.get(one['channel'], one['channel'])} from {one['sender']}"


def _known(one: dict[str, Any]) -> str:
    words = (one["evidence"] or "").partition(": ")[2] if one["source"] == "reply" else ""
    return f"{_SOURCES.get(one['source'], one['source'])}{f': {short(words)}' if words else ''}"


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.strip()).astimezone().isoformat()
    except ValueError:
        raise RequestError(
            f"`{text[:40]}` is no moment.", field="--since", fix="Write it as 2026-11-01 or 2026-11-01T09:00."
        ) from None
