"""`ringline call` and `ringline calls`: call somebody, and what became of calls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.call_replay import replay
from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask, run_async
from ringline.cli.terminal import console, is_interactive, print_json, say, short, tone, when
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient
    from ringline.settings import Settings

_JSON = typer.Option(False, "--json", help="Print JSON.")
_ID = typer.Argument(help="Id, call_…")
_WENT_WELL = frozenset({"answered", "voicemail"})
_NOT_REACHED = frozenset({"busy", "no_answer", "canceled", "failed", "refused", "unknown"})
LONGEST_WAIT = 60


def register(app: typer.Typer) -> None:
    """Add the command and the group."""
    app.command("call")(call)
    group = typer.Typer(help="Calls placed and received.", no_args_is_help=True)
    group.command("list")(list_calls)
    group.command("show")(show)
    group.command("hangup")(hang_up)
    group.command("recording")(recording)
    group.command("replay")(replay)
    app.add_typer(group, name="calls")


def call(
    to: str = typer.Argument(help="Who is called, as +14155550123."),
    text: str = typer.Argument(help="What is said."),
    from_: str | None = typer.Option(None, "--from", help="Number it comes from; the credential's own if left out."),
    voice: str | None = typer.Option(None, "--voice", help="alice, man, woman, or a voice by name."),
    language: str = typer.Option("en", "--language", help="Language it is said in."),
    key: list[str] | None = typer.Option(None, "--menu", help="A key and its meaning, as 1=confirmed; again for more."),
    voicemail: str | None = typer.Option(None, "--voicemail", help="What is left on an answering machine."),
    record: bool = typer.Option(False, "--record", help="Record it, after saying so."),
    credential: str | None = typer.Option(
        None, "--credential", help="Name of the account; the default one if left out."
    ),
    idempotency: str | None = typer.Option(None, "--key", help="Idempotency key: the same key calls nobody twice."),
    live: bool = typer.Option(False, "--live", help="Call for real. Without, it goes to a simulated Twilio."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask before a live call."),
    wait: int = typer.Option(LONGEST_WAIT, "--wait", min=0, max=LONGEST_WAIT, help="Seconds to wait for its end."),
    as_json: bool = _JSON,
) -> None:
    """Call somebody and say something. A live call asks first."""
    from ringline.settings import load_settings

    body = {
        "to": to,
        "from": from_,
        "message": text,
        "voice": voice,
        "language": language,
        "menu": _menu(key or []),
        "voicemail": voicemail,
        "record": record,
        "credential": credential,
    }
    if live and not yes:
        if not is_interactive():
            raise RequestError("a live call asks first, and nobody can answer here", fix="add --yes")
        if not typer.confirm(f"Call {to} now?"):
            say("Nobody was called.")
            return
    raise typer.Exit(run_async(_call(load_settings(), body, live=live, key=idempotency, wait=wait, as_json=as_json)))


async def _call(
    settings: Settings, body: dict[str, Any], *, live: bool, key: str | None, wait: int, as_json: bool
) -> ExitCode:
    from ringline.cli.destination import destination

    async with destination(settings, live=live) as where:
        if where.stage is not None:
            # Nobody else holds this phone: it is picked up, and whoever picked up listens to the end.
            where.stage.simulator.handset(body["to"]).answer([])
        accepted = await where.api.post("/api/v1/calls", body, key=key)
        if not as_json:
            say(f"Calling {body['to']} through {where.name}.", style="dim")
            if where.phones is not None:
                say(f"It rings there: pick up at {where.phones}", style="dim")
        # Longer than the client waits for an answer, so it is asked for in turns.
        found: dict[str, Any] = accepted
        try:
            for seconds in _turns(wait):
                found = await where.api.get(f"/api/v1/calls/{accepted['id']}", wait=seconds)
                if found["outcome"] is not None:
                    break
        except asyncio.CancelledError:
            look = f"ringline calls show {accepted['id']} (or hangup)"
            console(stderr=True).print(where.left_to(accepted["id"], look))
            raise
        if as_json:
            print_json(found)
        else:
            say_call(found)
            if where.stage is not None:
                for line in (line for one in where.stage.simulator.calls for line in one.transcript):
                    say(f"{'heard':<17}{line.text}")
            elif found["outcome"] is None:
                say(f"It is not over. Look again: ringline calls show {found['id']}")
    return ExitCode.FAILED if found.get("outcome") in _NOT_REACHED else ExitCode.OK


def list_calls(
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many of the latest."),
    to: str | None = typer.Option(None, "--to", help="Only to this number."),
    status: str | None = typer.Option(None, "--status", help="Only with this status, e.g. busy."),
    as_json: bool = _JSON,
) -> None:
    """List calls, the latest last."""
    query: dict[str, str | int] = {"limit": limit}
    query |= {"to": to} if to else {}
    query |= {"status": status} if status else {}
    found = ask(lambda api: api.get("/api/v1/calls", **query))["items"]
    if as_json:
        print_json(found)
        return
    if not found and (to or status):
        say("No call is like that.")
    elif not found:
        say('There are no calls. Call somebody: ringline call +1… "Hello"')
    for one in reversed(found):
        _list_line(one)


def show(call_id: str = _ID, as_json: bool = _JSON) -> None:
    """Show one call, what Twilio reported of it, and the conversation it carried."""
    from ringline.cli.told_interview import say_conversation

    async def look(api: ApiClient) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any] | None]:
        path = f"/api/v1/calls/{call_id}"
        found = await api.get(path)
        conversation = None
        if found["session"] is not None:
            at = f"/api/v1/sessions/{found['session']}"
            conversation = await api.get(at) | {"transcript": await api.get(f"{at}/transcript")}
        return found, await api.get(f"{path}/events"), conversation

    found, events, conversation = ask(look)
    if as_json:
        print_json(found | {"events": events} | ({"conversation": conversation} if conversation is not None else {}))
        return
    say_call(found)
    for event in events:
        say(f"{'':<17}{when(event['received_at'])}  {event['status']} ({event['source']})", style="dim")
    if conversation is not None:
        say_conversation(conversation, conversation["transcript"])


def hang_up(call_id: str = _ID, as_json: bool = _JSON) -> None:
    """End a call, or keep it from being placed."""
    found = ask(lambda api: api.post(f"/api/v1/calls/{call_id}/hangup"))
    if as_json:
        print_json(found)
    else:
        say_call(found)


def recording(
    call_id: str = _ID,
    to: Path | None = typer.Option(None, "--to", help="File to write; CALL.wav here, if left out."),
) -> None:
    """Save the recording of a call as a file."""

    async def save(api: ApiClient) -> tuple[Path, int]:
        found = await api.get(f"/api/v1/calls/{call_id}")
        if found["recording"] is None:
            raise RequestError(
                f"call {call_id} has no recording",
                field="call_id",
                fix="record calls with `record: true`, or look again in a minute if it has just ended",
            )
        path = to or Path(f"{call_id}.wav")
        return path, await api.download(f"/api/v1/recordings/{found['recording']}", path)

    path, size = ask(save)
    say(f"{path}  {size:,} bytes")


def say_call(found: dict[str, Any]) -> None:
    """Everything known of one call."""
    for name, value in found.items():
        if name == "error" and value:
            say(f"{'error':<17}{value['code'] or ''} {value['message']}".rstrip())
            say(f"{'':<17}{value['fix']}")
        elif name == "menu" and value:
            say(f"{name:<17}{', '.join(f'{key}={label}' for key, label in value.items())}")
        elif name.endswith("_at") and value:
            say(f"{name:<17}{when(value)}")
        elif value not in (None, [], ""):
            say(f"{name:<17}{value}")


def _list_line(found: dict[str, Any]) -> None:
    from rich.text import Text

    inbound = found["direction"] == "inbound"
    lasted = f"{found['duration']} s" if found["duration"] is not None else ""
    said = found["outcome"] or found["status"]
    console().print(
        Text.assemble(
            (f"{when(found['created_at'])}  ", "dim"),
            f"{'←' if inbound else '→'} ",
            (f"{found['from'] if inbound else found['to']:<15} ", "bold"),
            (f"{said:<12}", tone("delivered" if said in _WENT_WELL else found["status"])),
            lasted,
        )
    )
    console().print(Text.assemble(f"  {found['id']}  ", (short(found["message"] or ""), "dim")))


def _menu(written: list[str]) -> dict[str, str]:
    menu: dict[str, str] = {}
    for one in written:
        key, separator, label = one.partition("=")
        if not separator or not key.strip() or not label.strip():
            raise RequestError(
                f"`{one}` is no key with its meaning", field="--menu", fix="write it as --menu 1=confirmed"
            )
        menu[key.strip()] = label.strip()
    return menu


def _turns(seconds: int) -> list[int]:
    """A wait in pieces that are shorter than the client's own patience."""
    piece = 20
    return [0] if not seconds else [min(piece, seconds - start) for start in range(0, seconds, piece)]
