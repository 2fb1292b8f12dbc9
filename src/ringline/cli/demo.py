"""`ringline demo`: workflows, a simulated Twilio, a phone that answers, everything sent and said, and two weeks."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import is_interactive, say
from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from ringline.cli.stage import Stage
    from ringline.settings import Settings

_GUARD = "+14155550123"
_PATIENT = "+14155550199"
_WITHIN = 30.0
_TALE = ("appointment.scenarios.yaml", "She confirms")
"""The scenario that the demo plays, and its name."""
_CALL = ("appointment-call.scenarios.yaml", "Busy at first")
_SURVEY = "satisfaction-survey.yaml"
_SAID_TO_SURVEY = ("I'd say a nine", "yes, of course")
"""What the person who is interviewed answers."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One workflow of the demo: who is texted, and what that person writes back."""

    title: str
    file: str
    inputs_file: str
    phone: str
    reply: str | None
    sees: bool = False
    """Whether it reads detections, which a plain `pip install ringline` cannot."""


SCENES = (
    Scene("A camera sees people, a guard is told", "detection-alert.yaml", "frames.json", _GUARD, None, sees=True),
    Scene(
        "A practice asks a patient, understands the answer, and goes on",
        "visit.yaml",
        "visit.inputs.json",
        _PATIENT,
        "Sure, I'll be there",
    ),
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    stay: bool | None = typer.Option(None, "--stay/--no-stay", help="Stay up afterwards; the default in a terminal."),
) -> None:
    """Run workflows against a simulated Twilio and show every message until it is delivered. Needs no account."""
    from ringline.cli.logs import write_logs
    from ringline.cli.opening import run_async
    from ringline.settings import load_settings

    settings = load_settings()
    write_logs(settings.with_changes("ringline demo", log_level="warning"))
    raise typer.Exit(run_async(perform(settings, stay=is_interactive() if stay is None else stay)))


def fresh_start(settings: Settings) -> Settings:
    """The settings with a folder of the demo's own, emptied of what an earlier demo left there."""
    from ringline.cli.dev import local_settings, refuse_second
    from ringline.cli.opening import make_home
    from ringline.web.token import api_token

    make_home(settings.home)
    # The same token as the home's, so that other commands can talk to a demo that stays up.
    token = api_token(settings)
    own = local_settings(settings.with_changes("ringline demo", home=settings.home / "demo", api_token=token), "demo")
    refuse_second(own, "demo")
    for left in (*own.home.glob("demo.db*"), *own.home.glob("simulator.db*")):
        left.unlink()
    return own


async def perform(settings: Settings, *, stay: bool) -> ExitCode:
    """The whole demo, from an empty database to the last reply; `ExitCode.OK` if all of it went well."""
    from ringline.cli.dev import leave_at_once
    from ringline.cli.opening import announce, withdraw
    from ringline.cli.signals import end_at_once, stop_signal
    from ringline.cli.stage import stage

    end_at_once()
    folder = examples_folder()
    own = fresh_start(settings)
    simulator_file = own.home / "simulator.db"
    async with stage(own, origin="ringline demo", port=own.port, simulator_database=simulator_file) as on:
        stopped = stop_signal()
        announce(own, "dev", on.url, on.simulator.base_url)
        say("Ringline demo: no account, nothing leaves this machine.", style="bold")
        say()
        if (taken := on.port_taken(own.port)) is not None:
            say(taken)
            say()
        say(f"  server            {on.url}")
        say(f"  simulated Twilio  {on.simulator.base_url}")
        say(f"  data              {own.home.absolute()}")
        playing = asyncio.create_task(play(on, folder))
        either: set[asyncio.Future[Any]] = {playing, stopped}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            withdraw(own)
            await leave_at_once(on, ExitCode.INTERRUPTED)
        good = playing.result()
        say()
        _say_what_next(folder, stays=stay)
        if stay:
            await _stay(on, settings, stopped)
        withdraw(own)
    return ExitCode.OK if good else ExitCode.FAILED


def _say_what_next(folder: Path, *, stays: bool) -> None:
    if folder.resolve().parent == Path(__file__).parents[1]:
        # Nobody should change what was installed.
        begin = "on the pages, begin a workflow" if stays else "run `ringline dev`, and on its pages begin a workflow"
        say(f"Next: {begin} from one of these, or make a folder `workflows` of your own.")
        return
    first = "Next: in" if stays else "Next: run `ringline dev`; in"
    say(f"{first} another terminal change a text in examples/appointment-reminder.yaml and run:")
    say("  ringline run examples/appointment-reminder.yaml --inputs examples/appointment-reminder.inputs.json")


async def play(on: Stage, folder: Path) -> bool:
    """Play every scene, and say whether each message was delivered and each reply arrived, as the API tells it."""
    good = True
    for number, scene in enumerate(SCENES, 1):
        say()
        say(f"{number}. {scene.title}", style="bold")
        if scene.sees and find_spec("numpy") is None:
            say("   Left out: reading detections needs the extra `vision`. pip install 'ringline[vision]'", style="dim")
            continue
        good &= await _play(on, scene, folder)
    say()
    say(f"{len(SCENES) + 1}. An appointment from booking to survey, in virtual time", style="bold")
    good &= await asyncio.to_thread(_tell, folder, *_TALE)
    say()
    say(f"{len(SCENES) + 2}. A call: the line is busy, it is placed again, and a key confirms", style="bold")
    good &= await asyncio.to_thread(_tell, folder, *_CALL)
    say()
    say(f"{len(SCENES) + 3}. An interview by phone", style="bold")
    good &= await asyncio.to_thread(_interview, folder)
    say()
    if good:
        say("Every message was delivered, and every call was held to its end.", style="bold green")
    else:
        say("Not everything went well: see above.", style="bold red")
    return good


async def _stay(on: Stage, outer: Settings, stopped: asyncio.Future[Any]) -> None:
    from ringline.cli.dev import leave_at_once
    from ringline.cli.opening import announce, withdraw

    announce(outer, "dev", on.url, on.simulator.base_url)
    say()
    say(f"See it all: {on.sign_in_link()}")
    say("The server stays up. Stop with Ctrl-C.")
    await stopped
    withdraw(outer)
    withdraw(on.settings)
    await leave_at_once(on)


async def _play(on: Stage, scene: Scene, folder: Path) -> bool:
    from ringline.cli.dev import register_file

    path = folder / scene.file
    say(f"   examples/{path.name}", style="dim")
    inputs = json.loads((folder / scene.inputs_file).read_text(encoding="utf-8")) | _own_inputs(on, scene)
    name = await register_file(on.api, path)
    started = await on.api.post(f"/api/v1/workflows/{name}/runs", {"inputs": inputs})
    if scene.reply is None:
        run = await _ended(on, started["id"])
        if run is None:
            return False
        if held_back := sum(bool(element.get("throttled")) for element in run["outputs"]):
            say(
                f"   {len(run['outputs'])} frames; for {held_back} of them the cooldown held the text back", style="dim"
            )
    else:
        await _first_message(on, started["id"])
    asked = await _tell_messages(on, started["id"], {})
    if not asked:
        say("   the run sent nothing", style="red")
        return False
    if not (_all_delivered(asked) and await _answer(on, scene, asked)):
        return False
    if scene.reply is None:
        return True
    run = await _ended(on, started["id"])
    if run is None:
        return False
    say(f"   the run goes on: {'yes' if run['outputs'][0]['comes'] else 'no'} was understood", style="dim")
    return _all_delivered(await _tell_messages(on, started["id"], asked))


async def _first_message(on: Stage, run_id: str) -> None:
    """Return when the run has written its first message down, or has had long enough to."""
    async with asyncio.timeout(_WITHIN):
        while not (await on.api.get("/api/v1/messages", run=run_id, limit=1))["items"]:  # noqa: ASYNC110 - it is another process that writes
            await asyncio.sleep(0.05)


async def _ended(on: Stage, run_id: str) -> dict[str, Any] | None:
    """The run once it is completed; ``None`` after saying how else it stands."""
    run: dict[str, Any] = await on.api.get(f"/api/v1/runs/{run_id}", wait=int(_WITHIN))
    if run["status"] == "completed":
        return run
    say(f"   the run is {run['status']}: {run['error']['message'] if run['error'] else ''}", style="red")
    return None


async def _tell_messages(on: Stage, run_id: str, told: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Show what the run has sent beside what was *told*, each until nothing more is to come; returns it by id."""
    from ringline.cli.transcript import PRICE_SECONDS, say_story, settled

    sent = (await on.api.get("/api/v1/messages", run=run_id, limit=50))["items"]
    ids = [message["id"] for message in reversed(sent) if message["id"] not in told]
    last: dict[str, dict[str, Any]] = {}
    async for message in settled(on.api, ids, within=_WITHIN, price_within=PRICE_SECONDS):
        await say_story(on.api, message, indent="   ")
        last[message["id"]] = message
    return last


def _all_delivered(messages: dict[str, dict[str, Any]]) -> bool:
    return all(message["status"] == "delivered" for message in messages.values())


def _tell(folder: Path, file: str, name: str) -> bool:
    """Play a scenario that takes minutes or weeks, and show what happens in it."""
    from ringline.cli.terminal import span
    from ringline.cli.test import first_result, say_timeline

    say(f"   examples/{file}", style="dim")
    result = first_result(folder / file, only=name)
    say_timeline(result, indent="   ")
    say(f"   {span(result.passed)} in {result.took:.1f} seconds", style="dim")
    return result.is_ok


def _interview(folder: Path) -> bool:
    """Hold an interview with somebody who answers by script; show what is said, understood and where that leads."""
    from ringline.cli.lone_interview import lone_interview
    from ringline.cli.talk import PHONE, SENDER, talk_by_script
    from ringline.cli.told_interview import say_interview
    from ringline.workflow import load_document

    say(f"   examples/{_SURVEY}", style="dim")
    found = lone_interview(load_document(folder / _SURVEY), to=PHONE, from_=SENDER)
    held = talk_by_script(found, _SAID_TO_SURVEY, person="person", indent="   ")
    say("   What was understood, and where it led:", style="dim")
    say_interview(found, held, indent="     ")
    return held.session.outcome == "completed"


def _own_inputs(on: Stage, scene: Scene) -> dict[str, Any]:
    if scene.phone == _PATIENT:
        return {"patientPhone": _PATIENT}
    return {
        "twilio_account_sid": on.simulator.account_sid,
        "twilio_auth_token": on.simulator.auth_token,
        "receiver_number": _GUARD,
        "sender_number": on.senders[0],
    }


async def _answer(on: Stage, scene: Scene, sent: dict[str, dict[str, Any]]) -> bool:
    """The person reads the message on the phone, writes back, and the API shows the reply."""
    from ringline.cli.transcript import say_step

    phone = on.simulator.handset(scene.phone)
    sids = {message["sid"] for message in sent.values()}
    arrived = [message for message in phone.inbox if message.sid in sids]
    say(f"   ☎ {scene.phone} shows {len(arrived)} message{'' if len(arrived) == 1 else 's'}")
    if scene.reply is None:
        return len(arrived) == len(sids)
    before = {message["id"] for message in await _received(on, scene.phone)}
    await phone.reply(scene.reply)
    replies = [message for message in await _received(on, scene.phone) if message["id"] not in before]
    for reply in replies:
        say_step(reply, indent="   ")
    return len(arrived) == len(sids) and [reply["message"] for reply in replies] == [scene.reply]


async def _received(on: Stage, phone: str) -> list[dict[str, Any]]:
    query: dict[str, str | int] = {"from": phone, "limit": 50}
    found: list[dict[str, Any]] = (await on.api.get("/api/v1/inbound", **query))["items"]
    return found


def examples_folder() -> Path:
    """Where the example workflows lie: in this folder, beside the source code, or in the package."""
    package = Path(__file__).parents[1]
    candidates = (Path("examples"), package.parents[1] / "examples", package / "examples")
    for folder in candidates:
        if all((folder / scene.file).is_file() for scene in SCENES):
            return folder
    raise ConfigurationError(
        "The example workflows are not here. Run the demo in a checkout of Ringline, which has a folder `examples`."
    )
