"""`ringline talk`: an interview held in the terminal, as a call would be."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.held_phone import CallPrinter, held_by_hand, script_of
from ringline.cli.terminal import console, print_json, say

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.cli.lone_interview import LoneInterview
    from ringline.simulator import CallEvent, Simulator
    from ringline.simulator.calls.steps import Step
    from ringline.testing.pace import Pace
    from ringline.voice.sessions.session import Line, Session
    from ringline.workflow.runs import Run

PHONE = "+14155550123"
"""The simulated phone that is called."""
SENDER = "+15550001111"
US = "agent"
_HELD_TO_THE_END = frozenset({"completed", "ended_by_rule", "transferred"})
_RINGS = 1.0


@dataclass(frozen=True, slots=True)
class Talk:
    """An interview that was held: how it stands at its end, and what was said."""

    session: Session
    transcript: Sequence[Line]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("talk")(talk)


def talk(
    flow: Path = typer.Argument(help="A workflow with an interview, or a file of `questions` alone; YAML or JSON."),
    step: str | None = typer.Option(None, "--step", help="Which step; the first that asks questions, if left out."),
    script: Path | None = typer.Option(
        None, "--script", help="Take what the person does from this file, a step a line, in virtual time."
    ),
    language: str | None = typer.Option(None, "--language", help="Hold it in this language, such as es or de-AT."),
    linear: bool = typer.Option(False, "--linear", help="Ask in the order of the list."),
    input_: list[str] | None = typer.Option(
        None, "--input", "-i", help="An input of the workflow: NAME=TEXT, NAME:=JSON or NAME=@FILE.json."
    ),
    inputs: Path | None = typer.Option(None, "--inputs", help="JSON file with an object of all inputs."),
    as_json: bool = typer.Option(False, "--json", help="Print the interview as JSON at its end."),
) -> int:
    """Hold an interview in the terminal: what is said is printed, what you type is your answer.

    `#12*` presses the keys after the first #, an empty line stays silent, `!` hangs up. Questions wait for you.
    It is a real call, over a simulated telephone network, of which nothing is kept. Other steps of the workflow do
    not run, and a call that breaks off is not taken up again. What is piped in is taken as a --script.
    Exit code 1 says that the interview did not come to its end.
    """
    from ringline.cli.lone_interview import lone_interview
    from ringline.cli.run import declared_inputs, naming_missing_inputs, read_inputs
    from ringline.cli.told_interview import say_interview, shown
    from ringline.workflow import load_document

    document = load_document(flow)
    found = lone_interview(document, step=step, language=language, linear=linear, to=PHONE, from_=SENDER)
    given = read_inputs(inputs, input_ or (), declared_inputs(document.data.get("inputs")))
    if found.notice:
        console(stderr=True).print(found.notice, style="yellow")
    values = {name: value for name, value in given.items() if name in found.inputs}
    with naming_missing_inputs(found.definition["inputs"], values):
        if script is None and sys.stdin.isatty():
            if not as_json:
                say(f"{PHONE} rings. Type your answers: #1 presses a key, an empty line is silence, ! hangs up.", "dim")
            held = talk_by_hand(found, values, quiet=as_json)
        else:
            text = script.read_text(encoding="utf-8") if script is not None else sys.stdin.read()
            held = talk_by_script(found, script_of(text.splitlines()), values, quiet=as_json)
    if as_json:
        print_json(shown(found, held))
    else:
        say()
        say_interview(found, held)
    return ExitCode.OK if held.session.outcome in _HELD_TO_THE_END else ExitCode.FAILED


def talk_by_script(
    found: LoneInterview,
    steps: Sequence[Step],
    values: Mapping[str, Any] | None = None,
    *,
    quiet: bool = False,
    person: str = "you",
    indent: str = "",
) -> Talk:
    """Hold the interview with somebody who does *steps*; time passes as fast as this machine works."""
    from ringline.clock import SystemClock
    from ringline.testing.opening import in_a_world, world_of

    async def work(pace: Pace) -> Talk:
        with tempfile.TemporaryDirectory(prefix="ringline-talk-") as home:
            async with world_of(pace, home=Path(home), environment={}) as world:
                printer = CallPrinter(PHONE, who=US, person=person, quiet=quiet, indent=indent)
                return await _held(world.ringline, world.simulator, found, values, steps, printer)

    return in_a_world(SystemClock().now(), work)


def talk_by_hand(found: LoneInterview, values: Mapping[str, Any] | None = None, *, quiet: bool = False) -> Talk:
    """Hold the interview with whoever sits at the terminal."""
    from ringline.cli.destination import trial
    from ringline.cli.logs import write_logs
    from ringline.cli.opening import run_async
    from ringline.settings import load_settings

    settings = load_settings()
    write_logs(settings.with_changes("ringline talk", log_level="warning"))

    async def work() -> Talk:
        async with trial(settings) as on:
            return await _held(on.ringline, on.simulator, found, values, None, CallPrinter(PHONE, who=US, quiet=quiet))

    return run_async(work())


async def _held(
    ringline: Ringline,
    simulator: Simulator,
    found: LoneInterview,
    values: Mapping[str, Any] | None,
    steps: Sequence[Step] | None,
    printer: CallPrinter,
) -> Talk:
    """Start the run that calls, have the phone do *steps*, or what is typed, and return when the run has ended."""
    from ringline.errors import RequestError
    from ringline.simulator import HangUp

    phone = simulator.handset(PHONE)
    phone.answer(steps, after=_RINGS)
    if found.takes_over is not None:
        # Whoever takes over picks up, so that the transfer comes about; what they talk about is theirs.
        simulator.handset(found.takes_over).answer([HangUp(after=_RINGS)])
    with simulator.call_events(printer), _end_of_call(simulator) as over:
        started = await ringline.workflows.compile(found.definition, name="interview").start(values or {})

        async def ended() -> Run:
            run = await ringline.runs.wait(started.id)
            # The run has its answers when the last word is decided on; it is still to be said.
            if any(not call.is_final for call in simulator.calls):
                await over.wait()
            return run

        ending = asyncio.ensure_future(ended())
        if steps is None:
            await held_by_hand(phone, until=ending)
        run = await ending
    sessions = await ringline.sessions.list(limit=1)
    if not sessions:
        why = run.error.message if run.error is not None else "nobody was called"
        raise RequestError(why, code="invalid_input")
    return Talk(sessions[0], await ringline.sessions.transcript(sessions[0].id))


@contextmanager
def _end_of_call(simulator: Simulator) -> Iterator[asyncio.Event]:
    """What is set when a call with the phone is over."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def watch(event: CallEvent) -> None:
        if event.kind == "status" and event.call.phone == PHONE and event.call.is_final:
            loop.call_soon_threadsafe(over.set)

    with simulator.call_events(watch):
        yield over
