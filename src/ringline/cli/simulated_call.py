"""`ringline simulator call`: a phone in the terminal, or in a file, that any application of Twilio's may call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.held_phone import CallPrinter, held_by_hand, script_of
from ringline.cli.terminal import print_json, say
from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.simulator import Call, CallEvent, Simulator

DEFAULT_CALLER = "+15550001111"
_ANSWER_SECONDS = 20.0
_LONGEST = 4 * 3600


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("call")(call)


def call(
    number: str = typer.Argument(help="The phone that is called, or calls with --inbound; any will do."),
    url: str = typer.Option(..., "--url", help="Where the application gives its TwiML."),
    method: str = typer.Option("POST", "--method", help="How it is asked: POST or GET."),
    from_: str = typer.Option(DEFAULT_CALLER, "--from", help="The application's own number."),
    inbound: bool = typer.Option(False, "--inbound", help="Let the phone call the application's number."),
    script: Path | None = typer.Option(
        None, "--script", help="Take what the person does from this file, a step a line, in virtual time."
    ),
    auth_token: str | None = typer.Option(
        None, "--auth-token", help="Sign requests with this token, where the application checks them."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the call as JSON at its end."),
) -> int:
    """Call a phone you hold in the terminal: what is said is printed, what you type is said.

    `#12*` presses the keys after the first #, an empty line stays silent, `!` hangs up. Questions wait for you.
    Nobody is called in truth: only the application behind --url is asked, as Twilio would ask it.
    """
    from ringline.cli.opening import run_async

    asked = _Asked(number, url, method.upper(), from_, inbound, auth_token, quiet=as_json)
    if script is None:
        done = run_async(_by_hand(asked))
    else:
        done = run_async(_by_script(asked, script.read_text(encoding="utf-8").splitlines()))
    if as_json:
        print_json(_shown(done))
    elif done.notifications:
        say(f"{done.status} after {done.duration} s, {len(done.notifications)} warnings or errors")
    else:
        say(f"{done.status} after {done.duration} s")
    return ExitCode.OK if done.status == "completed" else ExitCode.FAILED


@dataclass(frozen=True, slots=True)
class _Asked:
    number: str
    url: str
    method: str
    from_: str
    inbound: bool
    auth_token: str | None
    quiet: bool


async def _by_script(asked: _Asked, lines: list[str]) -> Call:
    """Play the file's steps; time passes as fast as the application answers."""
    from ringline.clock import VirtualClock

    steps = script_of(lines)
    async with _simulator(asked, VirtualClock()) as simulator:
        with simulator.call_events(_printer(asked)):
            phone = simulator.handset(asked.number)
            phone.answer(steps)
            placed = await phone.call(asked.from_, steps) if asked.inbound else _call_out(simulator, asked)
            passed = 0
            while not placed.is_final and passed < _LONGEST:
                try:
                    await simulator.advance(1, timeout=_ANSWER_SECONDS)
                except TimeoutError:
                    raise ConfigurationError(f"{asked.url} did not answer within {_ANSWER_SECONDS:g} s") from None
                passed += 1
        return placed


async def _by_hand(asked: _Asked) -> Call:
    """Let the person in the terminal hold the phone."""
    async with _simulator(asked, None) as simulator:
        phone, over = simulator.handset(asked.number), asyncio.Event()
        loop = asyncio.get_running_loop()

        def watch(event: CallEvent) -> None:
            if event.kind == "status" and event.call.phone == asked.number and event.call.is_final:
                loop.call_soon_threadsafe(over.set)

        with simulator.call_events(_printer(asked)), simulator.call_events(watch):
            phone.answer(None, after=1.0)
            placed = await phone.call(asked.from_, None) if asked.inbound else _call_out(simulator, asked)
            await held_by_hand(phone, until=loop.create_task(over.wait()))
        return placed


@asynccontextmanager
async def _simulator(asked: _Asked, clock: Clock | None) -> AsyncIterator[Simulator]:
    """A simulator in which the application's number exists, and the application is asked when it is called."""
    from ringline.simulator import Simulator

    made = (
        Simulator(clock=clock, any_sender=True)
        if asked.auth_token is None
        else Simulator(clock=clock, any_sender=True, auth_token=asked.auth_token)
    )
    async with made as simulator:
        if all(each.number != asked.from_ for each in simulator.numbers):
            simulator.add_number(asked.from_)
        simulator.connect("", voice_url=asked.url)
        for each in simulator.numbers:
            each.voice_method = asked.method
        yield simulator


def _call_out(simulator: Simulator, asked: _Asked) -> Call:
    return simulator.start_call(asked.number, asked.from_, asked.url, method=asked.method)


def _printer(asked: _Asked) -> CallPrinter:
    return CallPrinter(asked.number, who="app", quiet=asked.quiet)


def _shown(done: Call) -> dict[str, object]:
    return {
        "status": done.status,
        "duration": done.duration,
        "from": done.from_,
        "to": done.to,
        "transcript": [line._asdict() for line in done.transcript],
        "documents": [document._asdict() for document in done.documents],
        "notifications": [note._asdict() for note in done.notifications],
    }
