"""`ringline twiml`: what a call's document would be told by Twilio, before a call finds out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode, urlsplit

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import console, counted, print_json, say

if TYPE_CHECKING:
    from ringline.egress import HttpResponse
    from ringline.twilio.twiml import TwimlFault

# What Twilio tells an application about an inbound call before it is answered.
_CALL = {
    "AccountSid": "AC00000000000000000000000000000000",
    "ApiVersion": "2010-04-01",
    "CallSid": "CA00000000000000000000000000000000",
    "CallStatus": "ringing",
    "Called": "+15005550006",
    "Caller": "+15005550010",
    "Direction": "inbound",
    "From": "+15005550010",
    "To": "+15005550006",
}
_TIMEOUT = 15.0


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Documents that tell a call what to do.", no_args_is_help=True)
    group.callback()(_group)
    group.command("check")(check)
    app.add_typer(group, name="twiml")


def _group() -> None:
    """So that `check` is named even while it is alone."""


def check(
    source: str = typer.Argument(help="File, or an address that is asked as for an inbound call.", metavar="FILE|URL"),
    inline: bool = typer.Option(False, "--inline", help="The document is handed over with a call, not by an address."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Check a TwiML document for voice: every fault with its line, Twilio's code and how to mend it.

    Ends with 2 if Twilio would end the call over it; what Twilio passes over is a warning.
    """
    from ringline.twilio.twiml import check_twiml

    if source.startswith(("http://", "https://")):
        answer = asyncio.run(_ask(source))
        if (speaks := _spoken(answer)) is not None:
            _say_spoken(source, speaks, as_json)
        faults = _faults_of(answer)
    else:
        faults = check_twiml(_read(Path(source)), inline=inline)
    errors = sum(fault.severity == "error" for fault in faults)
    if as_json:
        print_json({"source": source, "ok": not errors, "faults": faults})
    else:
        _say(source, faults, errors)
    if errors:
        raise typer.Exit(ExitCode.USAGE)


def _read(file: Path) -> str:
    from ringline.errors import RequestError

    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(f"`{file}` is not UTF-8 text.", fix="Save it as UTF-8.") from error


async def _ask(url: str) -> HttpResponse:
    from ringline.egress import HttpClient
    from ringline.egress.addresses import PrivateHosts
    from ringline.settings import load_settings
    from ringline.twiml_grammar import MAX_DOCUMENT_BYTES

    # Whoever types an address means it, be it on this machine; where it leads on to is another matter.
    ours, named = load_settings().private_hosts, urlsplit(url).hostname or ""
    client = HttpClient(allowed=PrivateHosts(ours.names | {named}, ours.networks))
    try:
        return await client.request(
            "POST",
            url.partition("#")[0],
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"},
            body=urlencode(_CALL).encode(),
            timeout=_TIMEOUT,
            max_bytes=16 * MAX_DOCUMENT_BYTES,
        )
    finally:
        await client.close()


def _faults_of(answer: HttpResponse) -> list[TwimlFault]:
    from ringline.twilio.twiml import TwimlFault, check_twiml
    from ringline.twiml_grammar import TWIML_TYPES

    if answer.status >= 400:
        message = f"The address answered {answer.status} {answer.reason}".rstrip() + "."
        return [TwimlFault(11200, "error", message, 1, "", "Answer 200 with a document; look into that server's log.")]
    kind = _kind(answer)
    if kind not in TWIML_TYPES and kind != "text/plain":
        message = f"The answer is of type {kind or 'none'}, which Twilio does not read."
        return [TwimlFault(12300, "error", message, 1, "", "Answer with Content-Type: text/xml.")]
    return check_twiml(answer.text)


def _spoken(answer: HttpResponse) -> str | None:
    """What becomes of an answer that is no document and none is needed: a recording, or plain words."""
    kind = _kind(answer)
    if answer.status >= 400:
        return None
    if kind.startswith("audio/"):
        return "The answer is a recording: Twilio plays it and hangs up."
    if kind == "text/plain" and not answer.text.lstrip().startswith("<"):
        return "The answer is plain text: Twilio reads it aloud and hangs up."
    return None


def _kind(answer: HttpResponse) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


def _say_spoken(source: str, sentence: str, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"source": source, "ok": True, "faults": [], "note": sentence})
    else:
        say(sentence)
    raise typer.Exit(ExitCode.OK)


def _say(source: str, faults: Sequence[TwimlFault], errors: int) -> None:
    from rich.text import Text

    for fault in faults:
        colour = "red" if fault.severity == "error" else "yellow"
        console().print(Text.assemble((f"{fault.severity}  ", f"bold {colour}"), fault.as_text()))
    if not faults:
        say(f"{source} is in order.", style="green")
    else:
        say(f"{source}: {counted(errors, 'error')}, {counted(len(faults) - errors, 'warning')}.")
