"""`ringline worker`: sends and settles, without a server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import typer

from ringline.cli.terminal import say
from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ringline.app import Ringline
    from ringline.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker")(work)


def work(
    concurrency: int | None = typer.Option(
        None, "--concurrency", help="Jobs at once, and requests to Twilio at once per sender; 100 unless set otherwise."
    ),
    metrics_port: int | None = typer.Option(
        None, "--metrics-port", min=0, max=65535, help="Serve /health, /ready and /metrics there; 0 takes a free port."
    ),
    metrics_host: str = typer.Option("127.0.0.1", "--metrics-host", help="Address for --metrics-port."),
) -> None:
    """Send what is due and apply what Twilio said, beside any number of servers and other workers on Postgres.

    On SIGTERM it takes nothing new, finishes what is under way (at most 20 s) and exits with 0.
    """
    from ringline.cli.logs import write_logs
    from ringline.cli.opening import run_async
    from ringline.settings import load_settings

    settings = load_settings(concurrency=concurrency)
    if settings.database.startswith("sqlite"):
        raise ConfigurationError(
            "A SQLite database belongs to one process, and `ringline serve` already sends from there. "
            "For several processes set RINGLINE_DATABASE_URL to a Postgres database."
        )
    write_logs(settings)
    run_async(_work(settings, metrics_host, metrics_port))


async def _work(settings: Settings, metrics_host: str, metrics_port: int | None) -> None:
    from ringline.cli.opening import opened, spare_what_stays
    from ringline.cli.signals import end_if_unfinished, stop_signal

    async with opened(settings, worker=True, kind="worker") as ringline, _probed(ringline, metrics_host, metrics_port):
        stopped = stop_signal()
        spare_what_stays()
        say(f"Worker {ringline.workers.id} works on {', '.join(sorted(ringline.handlers))}.")
        say("Stop with Ctrl-C.")
        await stopped
        ringline.stop()
        say("Stopping: what is being sent is finished first.")
    end_if_unfinished(ringline)


@asynccontextmanager
async def _probed(ringline: Ringline, host: str, port: int | None) -> AsyncIterator[None]:
    """With a *port*, serve what probes and Prometheus ask for while the block runs."""
    if port is None:
        yield
        return
    from ringline.web import create_probes
    from ringline.web.server import address, listen, serving

    with listen(host, port) as listener:
        async with serving(create_probes(ringline), listener):
            say(f"Metrics {address(listener)}/metrics")
            yield
