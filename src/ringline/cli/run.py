"""`ringline run`: one run of a definition."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import console, is_interactive, print_json, say
from ringline.errors import DurableRunRequired, RequestError, RuntimeInputError

if TYPE_CHECKING:
    from ringline.cli.destination import Destination
    from ringline.settings import Settings

_LOOK_SECONDS = 2
_DELIVERY_SECONDS = 20.0
_TEXT_KINDS = frozenset({"*", "string", "secret", "timestamp", "top_class"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    file: Path = typer.Argument(help="Definition, YAML or JSON."),
    input_: list[str] | None = typer.Option(
        None, "--input", "-i", help="NAME=TEXT, NAME:=JSON or NAME=@FILE.json; may be given again."
    ),
    inputs: Path | None = typer.Option(None, "--inputs", help="JSON file with an object of all inputs."),
    live: bool = typer.Option(False, "--live", help="Send for real. Without, messages go to a simulated Twilio."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask before a live run."),
    durable: bool | None = typer.Option(
        None, "--durable/--bare", help="Through the database, or in memory; by default whichever the workflow needs."
    ),
    key: str | None = typer.Option(None, "--key", help="Idempotency key: the same key again gives the first run."),
    detach: bool = typer.Option(False, "--detach", help="Print the run's id and do not wait for its end."),
    as_json: bool = typer.Option(False, "--json", help="Print the outputs as JSON."),
) -> None:
    """Run a definition once and print its outputs.

    A workflow that sends nothing runs in memory. One that sends runs through the database, so that nothing is lost or
    sent twice: with --live in the home's own, else in that of `ringline dev` or of a simulator for this run alone.
    With --bare it sends from memory, as `Workflow.run` does; it then knows no stored credentials.
    The command shows what happens until the run ends. Interrupted, it leaves the run to the server.
    """
    from ringline.app import Workflow
    from ringline.cli.check import refuse_faulty, steps_that_go_online, steps_that_wait
    from ringline.cli.opening import run_async
    from ringline.cli.outputs import say_outputs
    from ringline.settings import load_settings
    from ringline.workflow import load_document

    document = load_document(file)
    values = read_inputs(inputs, input_ or (), declared_inputs(document.data.get("inputs")))
    refuse_faulty(document)
    online = steps_that_go_online(document)
    waits = steps_that_wait(document)
    if live and online and not yes:
        if not is_interactive():
            raise RequestError("a live run asks first, and nobody can answer here", fix="add --yes")
        typer.confirm(f"The steps {', '.join(online)} will send through Twilio. Run it?", abort=True)
    if durable is False and online and not live and load_settings().twilio_base_url is None:
        raise RequestError(
            f"run in memory, the steps {', '.join(online)} would send through Twilio",
            fix="add --live, set RINGLINE_TWILIO_BASE_URL, or leave --bare out",
        )
    with naming_missing_inputs(document.data.get("inputs"), values):
        if durable is False or (durable is None and not online and not waits and not detach):
            try:
                outputs = Workflow.from_file(file).run(values, serialize=True)
            except DurableRunRequired:
                if durable is False:
                    raise
            else:
                if as_json:
                    print_json(outputs)
                else:
                    say_outputs(outputs)
                return
        name = document.data.get("name") or file.stem
        body = {"definition": document.text, "name": name, "publish": False}
        code = run_async(
            _run_durable(
                load_settings(),
                body,
                values,
                live=live,
                key=key,
                detach=detach,
                as_json=as_json,
                unset=_not_given(document.data.get("inputs"), values),
            )
        )
    raise typer.Exit(code)


@contextmanager
def naming_missing_inputs(declared: object, values: Mapping[str, Any]) -> Iterator[None]:
    """Where a run cannot begin with its inputs, name those that were not given. To leave one out is allowed."""
    try:
        yield
    except (RuntimeInputError, RequestError) as error:
        missing = _not_given(declared, values)
        if not missing or (isinstance(error, RequestError) and error.code != "invalid_input"):
            raise
        fix = f"not given: {', '.join(missing)}; add --input {missing[0]}=…, or --inputs FILE.json"
        raise RequestError(str(error), field="--input", fix=fix) from error


def _not_given(declared: object, values: Mapping[str, Any]) -> list[str]:
    """Inputs that have neither a value nor a default."""
    return [
        str(one["name"])
        for one in (declared if isinstance(declared, list) else [])
        if isinstance(one, dict) and one.get("name") not in values and "default_value" not in one
    ]


async def _run_durable(
    settings: Settings,
    body: dict[str, Any],
    values: dict[str, Any],
    *,
    live: bool,
    key: str | None,
    detach: bool,
    as_json: bool,
    unset: Sequence[str],
) -> ExitCode:
    from ringline.cli.destination import destination
    from ringline.cli.runs import code_of, say_run
    from ringline.cli.transcript import PRICE_SECONDS, say_story, settled

    async with destination(settings, live=live) as where:
        if detach and where.stage is not None:
            raise RequestError(
                "nobody would go on with the run: its simulator ends with this command",
                field="--detach",
                fix="start `ringline dev` or `ringline serve` first, or leave --detach out",
            )
        kept = await where.api.post("/api/v1/workflows", body)
        path = f"/api/v1/workflows/{kept['name']}/runs"
        started = await where.api.post(path, {"inputs": values, "version": kept["version"]}, key=key)
        if unset:
            # It may be weeks before a step reads it. On stderr: the outputs may be piped on.
            note = f"note: not given: {', '.join(unset)}; a step that needs it fails when its turn comes"
            console(stderr=True).print(note, style="yellow")
        if detach:
            if as_json:
                print_json(started)
            else:
                say(started["id"])
            return ExitCode.OK
        finished = await _watch(where, started["id"], quiet=as_json)
        messages = (await where.api.get("/api/v1/messages", run=started["id"], limit=200))["items"]
        if not as_json and messages:
            say(f"Through {where.name}:")
            sent = [message["id"] for message in reversed(messages)]
            async for message in settled(where.api, sent, within=_DELIVERY_SECONDS, price_within=PRICE_SECONDS):
                await say_story(where.api, message)
            say()
    if as_json:
        print_json({"error": finished["error"]} if finished["status"] != "completed" else finished["outputs"])
        return code_of(finished)
    return say_run(finished, as_json=False)


async def _watch(where: Destination, run_id: str, *, quiet: bool) -> dict[str, Any]:
    """The run once it has ended; what it waits for is told as it comes to it."""
    from ringline.cli.runs import say_event

    api = where.api
    told: set[str] = set()
    try:
        while True:
            run: dict[str, Any] = await api.get(f"/api/v1/runs/{run_id}", wait=_LOOK_SECONDS)
            if run["finished_at"] is not None:
                return run
            for event in await api.get(f"/api/v1/runs/{run_id}/events"):
                line = json.dumps(event, sort_keys=True)
                if not quiet and line not in told:
                    say_event(event)
                told.add(line)
    except asyncio.CancelledError:
        # On stderr, since the outputs that were asked for are not there.
        console(stderr=True).print(where.left_to(run_id, f"ringline runs show {run_id}"))
        raise


def read_inputs(file: Path | None, single: Sequence[str], declared: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """The inputs of the options; single ones win over the file's. *declared* are the workflow's, with their kinds.

    ``NAME=VALUE`` is text, unless the input takes none: then it is read as JSON. Raises `RequestError` for what cannot
    be read, and for a single input the workflow does not have.
    """
    values: dict[str, Any] = {}
    if file is not None:
        values = _read_json(file, "--inputs")
        if not isinstance(values, dict):
            raise RequestError(f"`{file}` holds no JSON object", field="--inputs", fix='write {"name": value, …}')
    for text in single:
        name, equals, value = text.partition("=")
        if not equals or not name.rstrip(":"):
            raise RequestError(
                f"--input `{text}` is not NAME=VALUE", field="--input", fix="write it as in --input phone=+14155550123"
            )
        is_json = name.endswith(":")
        name = name.removesuffix(":")
        if name not in declared:
            close = difflib.get_close_matches(name, declared, n=1)
            fix = f"did you mean `{close[0]}`?" if close else f"its inputs are {', '.join(declared) or 'none'}"
            raise RequestError(f"the workflow has no input `{name}`", field="--input", fix=fix)
        if is_json:
            try:
                values[name] = json.loads(value)
            except ValueError as error:
                raise RequestError(
                    f"--input `{text}`: what follows := is not JSON", field="--input", fix="for text write ="
                ) from error
        elif value.startswith("@"):
            values[name] = _read_json(Path(value[1:]), f"--input {name}")
        elif declared[name] & _TEXT_KINDS:
            values[name] = value
            if "*" in declared[name] and _looks_like_json(value):
                # On stderr: the outputs may be piped on.
                console(stderr=True).print(f"note: `{name}` is taken as text; for JSON write {name}:=…", style="yellow")
        else:
            # What is no JSON goes on as it is: the workflow's own check has the better sentence.
            with contextlib.suppress(ValueError):
                values[name] = json.loads(value)
            values.setdefault(name, value)
    return values


def _looks_like_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def declared_inputs(inputs: object) -> dict[str, frozenset[str]]:
    """The inputs of a definition by name, with the kinds of value each takes; ``*`` is any."""
    found = [one for one in inputs if isinstance(one, dict)] if isinstance(inputs, list) else []
    return {
        str(one.get("name")): frozenset(str(kind) for kind in one["kind"])
        if isinstance(one.get("kind"), list) and one["kind"]
        else frozenset({"*"})
        for one in found
    }


def _read_json(path: Path, option: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise RequestError(f"{option}: there is no file `{path}`", field=option, fix="check the path") from error
    except (OSError, ValueError) as error:
        raise RequestError(f"{option}: `{path}` cannot be read as JSON: {error}", field=option) from error
