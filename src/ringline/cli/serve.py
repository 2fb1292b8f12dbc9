"""`ringline serve`: the API, the webhooks and the sending, on a real database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ringline.cli.definitions import definitions_in, publish_all
from ringline.cli.terminal import say
from ringline.errors import ConfigurationError
from ringline.web.token import api_token

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ringline.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    host: str | None = typer.Option(None, "--host", help="Address to listen on; loopback unless told otherwise."),
    port: int | None = typer.Option(None, "--port", min=0, max=65535, help="Port to listen on."),
    public_url: str | None = typer.Option(None, "--public-url", help="Where Twilio reaches this server."),
    workflows: Path | None = typer.Option(
        None,
        "--workflows",
        "--flows",
        exists=True,
        file_okay=False,
        help="Folder of definitions to put in force at the start.",
    ),
    worker: bool = typer.Option(
        True, "--worker/--no-worker", help="Also send; without, run `ringline worker` beside it."
    ),
) -> None:
    """Run the server: API, Twilio's webhooks, and the sending of messages."""
    from ringline.cli.logs import write_logs
    from ringline.cli.opening import run_async
    from ringline.settings import load_settings

    settings = load_settings(host=host, port=port, public_url=public_url)
    refuse_beside_dev(settings)
    write_logs(settings)
    run_async(_serve(settings, definitions_in(workflows) if workflows else (), worker=worker))


def refuse_beside_dev(settings: Settings) -> None:
    """Raise `ConfigurationError` where `dev` runs in this home: commands there would reach the wrong one."""
    from ringline.cli.opening import running_server

    server = running_server(settings)
    if server is not None and server.kind == "dev":
        raise ConfigurationError(
            f"`ringline dev` runs in this home, at {server.url}, and commands in it talk to that one. Stop it, or give "
            "`ringline serve` a home of its own: RINGLINE_HOME."
        )


async def _serve(settings: Settings, definitions: Sequence[Path], *, worker: bool) -> None:
    from ringline.cli.first_admin import introduce_first_admin
    from ringline.cli.opening import announce, opened, spare_what_stays, withdraw
    from ringline.cli.signals import end_if_unfinished, stop_signal
    from ringline.web import create_app
    from ringline.web.server import address, listen, serving

    with listen(settings.host, settings.port) as listener:
        url = address(listener)
        async with opened(settings, worker=worker, kind="serve") as ringline:
            app = create_app(ringline)
            async with serving(app, listener):
                stopped = stop_signal()
                spare_what_stays()
                announce(settings, "serve", url)
                say(f"Ringline        {url}", style="bold")
                say(f"Sign in         {_way_in(app, url, settings)}")
                await introduce_first_admin(ringline, width=16)
                say(f"API token       {_token(settings)}")
                say(f"Data            {_masked(settings)}")
                say(f"Public URL      {settings.public_url or 'none: RINGLINE_PUBLIC_URL lets Twilio report back'}")
                say(f"Sends through   {settings.twilio_url}")
                if not worker:
                    say("Sending         not here: run `ringline worker`")
                else:
                    say(f"Works as        {ringline.workers.id}")
                if definitions:
                    say(f"In force        {await _publish(settings, url, definitions)}")
                say("Stop with Ctrl-C.")
                try:
                    await stopped
                    ringline.stop()
                    say("Stopping: what is being sent is finished first.")
                finally:
                    withdraw(settings)
        end_if_unfinished(ringline)


async def _publish(settings: Settings, url: str, definitions: Sequence[Path]) -> str:
    """Put the definitions in force, and name those that are; faults are told."""
    from ringline.cli.api_client import ApiClient

    async with ApiClient(url, api_token(settings)) as api:
        done = await publish_all(api, definitions)
    return ", ".join(f"{one['name']} v{one['version']}" for one in done) or "none of the definitions"


def _way_in(app: FastAPI, url: str, settings: Settings) -> str:
    """A link that signs in once; the page that asks for name and password where others may reach this server."""
    from ringline.web.access import is_loopback

    if settings.public_url is not None and not is_loopback(settings.public_host or ""):
        return f"{url}/sign-in"
    return f"{url}/sign-in/{app.state.sessions.new_code()}   (once)"


def _token(settings: Settings) -> str:
    """The token and where it is kept; one that was handed in is not repeated, and none gets into a service's log."""
    if settings.api_token is not None:
        return "as RINGLINE_API_TOKEN says"
    token, file = api_token(settings), settings.token_file.absolute()
    return f"{token}   (kept in {file})" if sys.stdout.isatty() else f"in {file}"


def _masked(settings: Settings) -> str:
    """The database without its password."""
    return next(row.value for row in settings.rows() if row.name == "database_url") or settings.database
