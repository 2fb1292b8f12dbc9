"""`ringline broadcast`: one text or workflow to many people, with a look at everything before anything goes."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.broadcast_report import reasons_in, say_counts, say_reasons, say_report
from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import console, is_interactive, print_json, say, say_error
from ringline.cli.uploads import bar, checked_file, send_file
from ringline.errors import NotFoundError, RequestError

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient
    from ringline.cli.destination import Destination
    from ringline.settings import Settings

_PATH = "/api/v1/broadcasts"
_FLOW_FILES = (".yaml", ".yml", ".json")
_EVERY = 0.3
_EPILOG = (
    "Columns of the list are written as {{name}}. Nothing is sent before the list was checked and you said yes. The "
    "same command again sends only to who is new on the list."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("broadcast", epilog=_EPILOG)(broadcast)


def broadcast(
    what: str | None = typer.Argument(None, help="The text, or the file of a workflow (.yaml, .json)."),
    to: str = typer.Option(..., "--to", help="CSV file, or the name of a list of contacts."),
    flow: str | None = typer.Option(None, "--flow", help="Name of a registered workflow to run for everybody."),
    inputs: list[str] | None = typer.Option(
        None, "--input", "-i", help="INPUT={{column}} for the workflow; columns of the same name need none."
    ),
    content_template: str | None = typer.Option(None, "--content-template", help="SID of a content template (HX…)."),
    variables: list[str] | None = typer.Option(None, "--variable", help="NAME={{column}} for the content template."),
    from_: str | None = typer.Option(None, "--from", help="Sender; the credential's own if left out."),
    messaging_service: str | None = typer.Option(None, "--messaging-service", help="SID of a messaging service (MG…)."),
    channel: str = typer.Option("sms", "--channel", help="sms or whatsapp."),
    credential: str | None = typer.Option(None, "--credential", help="Name of the account."),
    purpose: str | None = typer.Option(None, "--purpose", help="Why: marketing, notification, emergency …"),
    name: str | None = typer.Option(None, "--name", help="What to call it; the list's name if left out."),
    key: str | None = typer.Option(None, "--key", help="What makes it the same broadcast; by default name and text."),
    country: str | None = typer.Option(None, "--country", help="Reads numbers without a country code."),
    column: str | None = typer.Option(None, "--column", help="The column that holds the numbers."),
    max_segments: int = typer.Option(3, "--max-segments", min=1, help="From more segments on a text is reported."),
    at: str | None = typer.Option(
        None, "--at", help="When to start, in this machine's time: 2026-12-01T09:00; or with an offset from UTC."
    ),
    batch_size: int | None = typer.Option(None, "--batch-size", min=1, help="How many go out at once …"),
    batch_every: str = typer.Option("1h", "--batch-every", help="… and how much later the next."),
    test: str | None = typer.Option(None, "--test", help="Send the first text to this number, and nothing else."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only check and forecast."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    live: bool = typer.Option(False, "--live", help="Send for real. Without, it goes to a simulated Twilio."),
    results: Path | None = typer.Option(
        None, "--results", help="File for what became of each; named after it if left out."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Send one text, or run one workflow, for everybody on a list: checked, forecast, confirmed, and nobody twice."""
    from ringline.cli.opening import run_async
    from ringline.settings import load_settings

    file, on = _source(to)
    body: dict[str, Any] = {
        "name": name or (file.stem if file is not None else on),
        "key": key,
        "content_sid": content_template,
        "content_variables": _pairs(variables, "--variable"),
        "inputs": _pairs(inputs, "--input"),
        "workflow": flow,
        "from": from_,
        "messaging_service": messaging_service,
        "channel": channel,
        "credential": credential,
        "purpose": purpose,
        "country": country,
        "batch_size": batch_size,
        "batch_every": _apart(batch_every) if batch_size else None,
    }
    if what is None and flow is None and content_template is None:
        raise RequestError(
            "nothing says what to send",
            field="what",
            fix='write a text, or a workflow\'s file, as in ringline broadcast "Hi {{name}}" --to people.csv',
        )
    definition = _definition(what)
    if definition is None:
        body["message"] = what
    if not (yes or dry_run or test) and not is_interactive():
        raise RequestError("it asks before it sends, and nobody can answer here", fix="add --yes, or --dry-run")
    order = _Order(body, definition, file, on, column, max_segments, _moment(at), test, dry_run, yes, results, as_json)
    raise typer.Exit(run_async(_broadcast(load_settings(), order, live=live)))


class _Order:
    """What the command line asks for."""

    def __init__(
        self, body: dict[str, Any], definition: Path | None, file: Path | None, on: str | None, column: str | None,
        max_segments: int, at: datetime | None, test: str | None, dry_run: bool, yes: bool, results: Path | None,
        as_json: bool,
    ) -> None:  # fmt: skip
        self.body, self.definition, self.file, self.on = body, definition, file, on
        self.query: dict[str, Any] = {"max_segments": max_segments} | ({"column": column} if column else {})
        self.start_at = at.astimezone().isoformat() if at is not None else None
        self.test, self.dry_run, self.yes, self.as_json = test, dry_run, yes, as_json
        self.results = results


async def _broadcast(settings: Settings, order: _Order, *, live: bool) -> ExitCode:
    from ringline.cli.destination import destination

    with tempfile.TemporaryDirectory(prefix="ringline-") as folder:
        if order.on is not None and not live:
            # A trial has an address book of its own, which is empty: the list goes along as a file.
            order.file = await _list_as_file(settings, order.on, Path(folder))
        async with destination(settings, live=live) as where:
            return await _carry_out(where, order)


async def _carry_out(where: Destination, order: _Order) -> ExitCode:
    api = where.api
    if order.definition is not None:
        order.body["workflow"] = await _register(api, order.definition)
    loaded = await _load(api, order)
    if not order.as_json:
        say_report(loaded, where.name)
    if order.test:
        return await _send_test(api, loaded, order)
    if order.dry_run or not loaded["report"]["new"]:
        if order.as_json:
            print_json(loaded)
        elif order.dry_run:
            say("Nothing was sent: this was a dry run.")
        elif loaded["report"]["already"]:
            say("Nothing is left to send: everybody who can be reached has it already.")
        else:
            say_error("Nobody on the list can be sent to, so nothing was sent.", "Mend the rows that are named above.")
        return ExitCode.OK if loaded["report"]["new"] or loaded["report"]["already"] else ExitCode.FAILED
    count = loaded["report"]["new"]
    who = "1 person" if count == 1 else f"{count:,} people"
    if not order.yes and not await asyncio.to_thread(typer.confirm, f"Send it to {who}?"):
        say("Nothing was sent.")
        return ExitCode.OK
    path = f"{_PATH}/{loaded['id']}"
    started = await api.post(f"{path}/start", {"start_at": order.start_at})
    try:
        done = await _follow(where, started, hidden=order.as_json)
    except asyncio.CancelledError:
        console(stderr=True).print(where.left_to(started["id"], f"ringline broadcasts show {started['id']}"))
        raise
    results = order.results or Path(f"{loaded['name']}-results.csv")
    await api.download(f"{path}/results", results)
    if order.as_json:
        print_json(done)
    else:
        say_counts(done)
        if done["stage"] == "paused":
            say("It is paused, and the rest waits. Go on with:")
            say(f"  ringline broadcasts resume {done['id']}")
        say_reasons(await asyncio.to_thread(reasons_in, results))
        say(f"What became of each is in {results}.", style="dim")
    bad = sum(done["counts"].get(name, 0) for name in ("failed", "undelivered", "unresolved"))
    return ExitCode.FAILED if bad else ExitCode.OK


async def _register(api: ApiClient, file: Path) -> str:
    """The workflow in *file* under its own name, as a version that nothing but this broadcast starts."""
    from ringline.cli.check import refuse_faulty
    from ringline.workflow import load_document

    document = await asyncio.to_thread(load_document, file)
    refuse_faulty(document)
    name = document.data.get("name") or file.stem
    kept = await api.post("/api/v1/workflows", {"definition": document.text, "name": name, "publish": False})
    return str(kept["name"])


async def _load(api: ApiClient, order: _Order) -> Any:
    if order.file is None:
        return await api.post(_PATH, {**order.body, "list": order.on})
    made = await api.post(_PATH, order.body)
    rows = await asyncio.to_thread(_lines, order.file)
    with bar(hidden=order.as_json) as progress:
        task = progress.add_task("Checking", total=rows, note="")
        loading = asyncio.ensure_future(send_file(api, f"{_PATH}/{made['id']}/recipients", order.file, **order.query))
        while not loading.done():
            await asyncio.wait({loading}, timeout=_EVERY)
            if not loading.done():
                progress.update(task, completed=(await api.get(f"{_PATH}/{made['id']}"))["recipients"])
        return await loading


async def _follow(where: Destination, started: dict[str, Any], *, hidden: bool) -> Any:
    """Show how far it is until it is over; Ctrl-C ends the showing, not the sending where a server goes on with it."""
    api = where.api
    path, now = f"{_PATH}/{started['id']}", started
    total = sum(count for outcome, count in started["counts"].items() if outcome != "skipped")
    if not hidden and where.stage is None:
        say("Sending. Ctrl-C leaves it going where a server or worker runs; pause it with:", style="dim")
        say(f"  ringline broadcasts pause {started['id']}", style="dim")
    with bar(hidden=hidden) as progress:
        task = progress.add_task("Sending", total=total, note="")
        while now["stage"] == "running" or (now["counts"].get("sent") and now["stage"] != "paused"):
            counts = now["counts"]
            gone = total - sum(counts.get(name, 0) for name in ("queued", "waiting", "sending", "unknown"))
            good = counts.get("delivered", 0) + counts.get("started", 0)
            bad = sum(counts.get(name, 0) for name in ("failed", "undelivered", "unresolved"))
            progress.update(task, completed=gone, note=f"{good:,} delivered" + (f", {bad:,} failed" if bad else ""))
            if now["stage"] == "completed" and await _is_quiet(api, path, now):
                break
            await asyncio.sleep(_EVERY)
            now = await api.get(path)
    return await api.get(path)


async def _is_quiet(api: ApiClient, path: str, now: dict[str, Any]) -> bool:
    """Whether no more reports come in, though some are still without one."""
    for _ in range(10):
        await asyncio.sleep(_EVERY)
        if (await api.get(path))["counts"] != now["counts"]:
            return False
    return True


async def _send_test(api: ApiClient, loaded: dict[str, Any], order: _Order) -> ExitCode:
    from ringline.cli.transcript import PRICE_SECONDS, say_story, settled
    from ringline.web.tones import BAD

    sent = await api.post(f"{_PATH}/{loaded['id']}/test", {"to": order.test})
    message: dict[str, Any] = {}
    async for message in settled(api, [sent["id"]], within=20.0, price_within=PRICE_SECONDS):
        if order.as_json:
            print_json(message)
        else:
            await say_story(api, message)
            say("This was a test to one number; the list has got nothing yet.")
    return ExitCode.FAILED if message.get("status") in BAD else ExitCode.OK


async def _list_as_file(settings: Settings, on: str, folder: Path) -> Path:
    from ringline.cli.opening import reach

    file = folder / f"{on}.csv"
    async with reach(settings) as api:
        try:
            await api.download("/api/v1/contacts/export", file, list=on)
        except NotFoundError as error:
            raise RequestError(
                f"there is neither a file nor a list `{on}`",
                field="--to",
                fix="give a CSV file, or see the lists with `ringline lists list`",
            ) from error
    return file


def _source(to: str) -> tuple[Path | None, str | None]:
    """The file, or the list's name."""
    path = Path(to)
    if path.suffix.lower() in (".csv", ".tsv", ".txt") or path.is_file():
        return checked_file(path), None
    return None, to


def _definition(what: str | None) -> Path | None:
    """The workflow's file, if that is what was given."""
    if what is None or not what.lower().endswith(_FLOW_FILES) or " " in what.strip():
        return None
    return checked_file(Path(what))


def _apart(text: str) -> float:
    from ringline.workflow.durations import parse_duration  # brings pydantic, which help does without

    try:
        return float(parse_duration(text))
    except ValueError as error:
        said, _, fix = str(error).partition("; ")
        raise RequestError(f"--batch-every: {said}", field="--batch-every", fix=fix) from error


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise RequestError(
            f"--at `{text}` is no date and time", field="--at", fix="write it as in --at 2026-12-01T09:00"
        ) from error


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    found = {}
    for text in given or []:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise RequestError(f"{option} `{text}` is not NAME=VALUE", field=option, fix='write it as in "1={{name}}"')
        found[name] = value
    return found


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(1 << 20), b"")) - 1)
