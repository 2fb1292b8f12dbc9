"""`ringline settings`: every setting, its value, and where that came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ringline.cli.terminal import print_json, say, say_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.settings import SettingRow


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("settings")(show)


def show(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Show every setting, its value, and where the value came from."""
    from ringline.settings import load_settings

    settings = load_settings()
    rows = list(settings.rows())
    if as_json:
        print_json(rows)
        return
    say_table(
        ("Variable", "Value", "From", "What it is for"),
        [
            (
                row.variable,
                row.value or "-",
                "environment" if row.origin == row.variable else row.origin,
                row.description,
            )
            for row in rows
        ],
        empty="",
    )
    say(f"Database    {_masked(rows, settings.database)}")
    say(f"Key file    {settings.key_file}")
    say(f"Token file  {settings.token_file}")


def _masked(rows: Sequence[SettingRow], database: str) -> str:
    """The database's address; a given one as the table shows it, without its password."""
    return next(row.value for row in rows if row.name == "database_url") or database
