"""`ringline version`."""

from __future__ import annotations

import platform
from importlib.metadata import version

import typer

from ringline.cli.terminal import print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("version")(show)


def show(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Print the version of Ringline and of Python."""
    if as_json:
        print_json({"ringline": version("ringline"), "python": platform.python_version()})
    else:
        say(f"Ringline {version('ringline')} on Python {platform.python_version()}")
