"""`ringline worker`: sends and settles, without a server."""

from __future__ import annotations

import typer

from ringline.cli.terminal import say
from ringline.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker")(work)


def work() -> None:
    """Send what is due and apply what Twilio said, beside any number of servers and other workers on Postgres."""
    from ringline.cli.logs import write_logs
    from ringline.cli.opening import opened, run_async, spare_what_stays
    from ringline.cli.signals import stop_signal
    from ringline.settings import load_settings

    settings = load_settings()
    if settings.database.startswith("sqlite"):
        raise ConfigurationError(
            "A SQLite database belongs to one process, and `ringline serve` already sends from there. "
            "For several processes set RINGLINE_DATABASE_URL to a Postgres database."
        )
    write_logs(settings)

    async def until_told() -> None:
        async with opened(settings, worker=True):
            stopped = stop_signal()
            spare_what_stays()
            say("Ringline works. Stop with Ctrl-C.")
            await stopped
            say("Stopping: what is being sent is finished first.")

    run_async(until_told())
