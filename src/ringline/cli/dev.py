"""`ringline dev`: server, simulated Twilio and sample workflows in one process."""

from __future__ import annotations

import logging
import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote

import typer

from ringline.cli.definitions import definitions_in, publish_all
from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import say
from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.cli.api_client import ApiClient
    from ringline.cli.stage import Stage
    from ringline.settings import Settings

# Where definitions are looked for; the first that is there is taken.
_FOLDERS = ("workflows", "examples")
_SAMPLE = "first_message.yaml"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("dev")(dev)


def dev(
    port: int | None = typer.Option(None, "--port", min=0, max=65535, help="Port; a free one if it is taken."),
    workflows: Path | None = typer.Option(
        None,
        "--workflows",
        "--flows",
        exists=True,
        file_okay=False,
        help="Folder of definitions; `workflows` or `examples` if left out.",
    ),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Do not show each message."),
) -> None:
    """Run everything on this machine: server, a simulated Twilio, your workflows. Nothing reaches the real Twilio."""
    from ringline.cli.logs import write_logs
    from ringline.cli.opening import run_async
    from ringline.settings import load_settings

    settings = load_settings(port=port)
    refuse_second(settings, "dev")
    settings = local_settings(settings, "dev")
    write_logs(settings.with_changes("ringline dev", log_level="warning"))
    run_async(_dev(settings, _definitions(workflows), quiet=quiet))


def refuse_second(settings: Settings, command: str) -> None:
    """Raise `ConfigurationError` where a server runs in this home already: its data belong to one process."""
    from ringline.cli.opening import running_server

    if (server := running_server(settings)) is not None:
        raise ConfigurationError(
            f"A server runs in this home already, at {server.url}. Use that one, stop it, "
            f"or give `ringline {command}` a home of its own: RINGLINE_HOME."
        )


def local_settings(settings: Settings, name: str) -> Settings:
    """The settings with a database of *name*'s own: what was tried here must never be sent from the real one."""
    database = f"sqlite:///{quote(str((settings.home / f'{name}.db').absolute()))}"
    return settings.with_changes(f"ringline {name}", database_url=database, host="127.0.0.1")


async def _dev(settings: Settings, definitions: Sequence[Path], *, quiet: bool) -> None:
    from ringline.cli.first_admin import introduce_first_admin
    from ringline.cli.opening import announce, spare_what_stays, withdraw
    from ringline.cli.signals import end_at_once, stop_signal
    from ringline.cli.stage import stage
    from ringline.cli.transcript import follow

    end_at_once()
    async with stage(
        settings,
        origin="ringline dev",
        port=settings.port,
        simulator_port=settings.port + 1 if settings.port else 0,
        simulator_database=settings.home / "simulator.db",
    ) as on:
        stopped = stop_signal()
        announce(on.settings, "dev", on.url, on.simulator.base_url)
        if (taken := on.port_taken(settings.port)) is not None:
            say(taken)
        _introduce(on)
        await introduce_first_admin(on.ringline, width=18)
        await _register(on, definitions)
        spare_what_stays()
        say()
        say("Stop with Ctrl-C. The data stays for the next time.")
        say()
        if quiet:
            await stopped
        else:
            await follow(on.api, stopped)
        withdraw(on.settings)
        await leave_at_once(on)


async def leave_at_once(on: Stage, code: ExitCode = ExitCode.OK) -> NoReturn:
    """End the process after closing the database.

    Open connections and sleeping tasks need no good-bye: what must last is in the database, and an attempt that was
    under way is swept at the next start.
    """
    # What is still running finds the database closed and would complain on its way out.
    logging.disable()
    await on.ringline.database.close()
    on.simulator.close()
    sys.stdout.flush()
    os._exit(code)


def _introduce(on: Stage) -> None:
    say(f"Ringline          {on.url}", style="bold")
    say(f"Sign in (once)    {on.sign_in_link()}")
    say(f"Simulated Twilio  {on.simulator.base_url}   numbers {', '.join(on.senders[:3])}")
    say(f"  its account     {on.simulator.account_sid}, token {on.simulator.auth_token}")
    say(f"Data              {on.settings.home.absolute()}   (dev.db, simulator.db, token)")


async def _register(on: Stage, definitions: Sequence[Path]) -> None:
    """Put every definition in force; one with faults is told and left out."""
    published = await publish_all(on.api, definitions)
    say(f"Workflows         {', '.join(one['name'] for one in published) or 'none'}")
    if published:
        path = published[0]["path"]
        say()
        say("Try it, in another terminal:")
        say(f"  ringline run {path}{_inputs_of(path)}")
        say(f"  then change {path} and run it again")


def _inputs_of(path: Path) -> str:
    """The options by which a workflow gets its inputs: the file beside it, else those that have no default."""
    beside = path.with_suffix(".inputs.json")
    if beside.exists():
        return f" --inputs {beside}"
    from ringline.workflow import load_document

    declared = load_document(path).data.get("inputs") or ()
    return "".join(f" -i {one['name']}=…" for one in declared if "default_value" not in one)


async def register_file(api: ApiClient, path: Path) -> str:
    """Register the definition in a file under its own name, or the file's; returns that name."""
    from ringline.workflow import load_document

    document = load_document(path)
    name = document.data.get("name") or path.stem
    kept = await api.post("/api/v1/workflows", {"definition": document.text, "name": name})
    return str(kept["name"])


def _definitions(folder: Path | None) -> list[Path]:
    """The definitions of *folder*, or of the first usual one; a first one is written where there is none."""
    folder = folder or next((Path(name) for name in _FOLDERS if Path(name).is_dir()), None) or _first_folder()
    return definitions_in(folder)


def _first_folder() -> Path:
    """A folder with one small workflow to begin with."""
    folder = Path(_FOLDERS[0])
    try:
        folder.mkdir()
    except OSError as error:
        raise ConfigurationError(
            f"There are no workflows here, and the folder {folder.absolute()} for a first one cannot be made: "
            f"{str(error.strerror).lower()}. Go to a folder of your own, or name one with --workflows."
        ) from error
    sample = files("ringline.cli").joinpath("samples", _SAMPLE).read_text(encoding="utf-8")
    (folder / _SAMPLE).write_text(sample, encoding="utf-8")
    return folder
