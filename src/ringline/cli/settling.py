"""`ringline messages unresolved|settle|redact`: what nobody could find out, settled by who has looked."""

from __future__ import annotations

import getpass
from typing import Any

import typer

from ringline.cli.messages import list_line, say_message
from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, when

_JSON = typer.Option(False, "--json", help="Print JSON.")
_ID = typer.Argument(help="Id, msg_…")
_NOTE = typer.Option(None, "--note", help="Why; it is written down beside your name.")
_YES = typer.Option(False, "--yes", "-y", help="Do not ask.")


def register(group: typer.Typer) -> None:
    """Add the commands to `ringline messages`."""
    group.command("unresolved")(unresolved)
    group.command("settle")(settle)
    group.command("redact")(redact)


def unresolved(
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many of the latest."), as_json: bool = _JSON
) -> None:
    """List the messages of which nobody knows whether they went out, the latest last."""
    found = ask(lambda api: api.get("/api/v1/messages/unresolved", limit=limit))["items"]
    if as_json:
        print_json(found)
        return
    if not found:
        say("None: of every message it is known whether it went out.")
        return
    for one in reversed(found):
        list_line(one)
    say()
    say("Look for them in Twilio's log (console.twilio.com, Monitor > Logs > Messaging), then say what you found:")
    say("  ringline messages settle ID --sid SM…      it is this one")
    say("  ringline messages settle ID --send-again   it is not there")
    say("  ringline messages settle ID --close        leave it as it is")


def settle(
    message_id: str = _ID,
    sid: str | None = typer.Option(None, "--sid", help="Twilio has it: this one, SM…"),
    send_again: bool = typer.Option(False, "--send-again", help="Twilio does not have it: send it now."),
    close: bool = typer.Option(False, "--close", help="Leave it unresolved, and do not list it any more."),
    note: str | None = _NOTE,
    yes: bool = _YES,
    as_json: bool = _JSON,
) -> None:
    """Say what became of a message that nobody could find out about."""
    if (sid is not None) + send_again + close != 1:
        raise typer.BadParameter("give exactly one of --sid, --send-again and --close")
    if send_again and not yes and not as_json:
        before = ask(lambda api: api.get(f"/api/v1/messages/{message_id}"))
        say(f"To {before['to']}: {before['message'] or ''}")
        typer.confirm("If Twilio does have it, the person gets it twice. Send it again?", abort=True)
    body = {"sid": sid, "send_again": send_again, "close": close, "by": _who(), "note": note}
    settled = ask(lambda api: api.post(f"/api/v1/messages/{message_id}/settle", body))
    say_message(settled, as_json=as_json)


def redact(
    message_id: str = _ID,
    here_only: bool = typer.Option(False, "--here-only", help="Leave the text at Twilio."),
    yes: bool = _YES,
    as_json: bool = _JSON,
) -> None:
    """Erase a message's text and media, here and at Twilio; that it was sent stays."""
    if not yes and not as_json:
        where = "here" if here_only else "here and at Twilio"
        typer.confirm(f"Erase the text of {message_id} {where}? This cannot be undone.", abort=True)
    body = {"at_twilio": not here_only, "by": _who()}
    say_message(ask(lambda api: api.post(f"/api/v1/messages/{message_id}/redact", body)), as_json=as_json)


def say_evidence(evidence: dict[str, Any]) -> None:
    """What is known of whether a message went out, a line for each piece."""
    for one in evidence["attempts"]:
        known = f", sid {one['sid']} by {one['bound_by']}" if one["sid"] else ""
        wrong = f": {one['error_message']}" if one["error_message"] else ""
        say(f"{'attempt ' + str(one['attempt']):<16}{when(one['at'])}  {one['outcome']}{known}{wrong}")
        if one["list_reads"]:
            say(f"{'':<16}{_looks(one)}")
    for one in evidence["reports"]:
        code = f" (error {one['error_code']})" if one["error_code"] else ""
        say(f"{one['source']:<16}{when(one['received_at'])}  {one['status']}{code}")
    for one in evidence["settlements"]:
        more = " ".join(str(part) for part in (one["sid"], one["note"]) if part)
        say(f"{'settled':<16}{when(one['at'])}  {one['action']} by {one['by']} {more}".rstrip())


def _looks(attempt: dict[str, Any]) -> str:
    """The last look at Twilio's list in one sentence."""
    last, times = attempt["last_read"], attempt["list_reads"]
    seen = f"list read {times} time{'s' if times > 1 else ''}, last {when(attempt['last_read_at'])}"
    if "problem" in last:
        return f"{seen}: {last['problem']}"
    pages = f"{last.get('pages', 0)} page{'s' if last.get('pages') != 1 else ''}"
    found = [
        *last.get("strong", ()),
        *(f"{sid} (made before it)" for sid in last.get("early", ())),
        *(f"{sid} (perhaps)" for sid in last.get("weak", ())),
    ]
    return f"{seen}: {last.get('listed', 0)} messages on {pages}, like it: {', '.join(found) or 'none'}"


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without names for its users
        return "command line"
