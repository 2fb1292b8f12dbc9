"""`ringline figures`: what the overview shows, counted anew."""

from __future__ import annotations

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import say


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Figures: what was sent, answered and spent.", no_args_is_help=True)
    # A group of its own, so that it keeps its name while it has one command.
    group.callback()(_figures)
    group.command("rebuild")(rebuild)
    app.add_typer(group, name="figures")


def _figures() -> None:
    """Figures: what was sent, answered and spent."""


def rebuild() -> None:
    """Count all figures anew from messages, calls, conversations and runs. Sending waits until it is done."""
    found = ask(lambda api: api.post_and_wait("/api/v1/figures/rebuild"))
    say(f"counted {found['figures']:,} figures anew in {found['seconds']:.1f} s")
