"""`ringline broadcasts`: what was sent to many, how far it is, and stopping it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import typer

from ringline.cli.broadcast_report import ends_at, say_counts
from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_table, when

_PATH = "/api/v1/broadcasts"
_JSON = typer.Option(False, "--json", help="Print JSON.")
_ID = typer.Argument(help="Id, bro_…, or its key.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Broadcasts: how far they are; pause, resume, cancel.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("show")(show)
    group.command("pause")(pause)
    group.command("resume")(resume)
    group.command("cancel")(cancel)
    group.command("results")(results)
    app.add_typer(group, name="broadcasts")


def list_all(
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many of the latest."), as_json: bool = _JSON
) -> None:
    """List broadcasts, the latest first."""
    found = ask(lambda api: api.get(_PATH, limit=limit))["items"]
    if as_json:
        print_json(found)
        return
    say_table(
        ("Id", "Name", "Stage", "People", "Delivered", "Failed", "Created"),
        [
            (
                one["id"],
                one["name"],
                # Until a list has come, and where one could not be read.
                "no list yet" if one["stage"] == "loading" and not one["recipients"] else one["stage"],
                f"{one['recipients']:,}",
                f"{one['counts'].get('delivered', 0) + one['counts'].get('started', 0):,}",
                f"{sum(one['counts'].get(name, 0) for name in ('failed', 'undelivered', 'unresolved')):,}",
                when(one["created_at"]),
            )
            for one in found
        ],
        empty='Nothing was sent to many yet. Begin: ringline broadcast "Hello {{name}}" --to contacts.csv',
        numbers=(3, 4, 5),
    )


def show(broadcast: str = _ID, as_json: bool = _JSON) -> None:
    """Show how a broadcast stands."""
    _say(ask(lambda api: api.get(_at(broadcast))), as_json=as_json)


def pause(broadcast: str = _ID, as_json: bool = _JSON) -> None:
    """Hold back all that has not gone."""
    _say(ask(lambda api: api.post(f"{_at(broadcast)}/pause")), as_json=as_json)


def resume(broadcast: str = _ID, as_json: bool = _JSON) -> None:
    """Go on after a pause."""
    _say(ask(lambda api: api.post(f"{_at(broadcast)}/resume")), as_json=as_json)


def cancel(
    broadcast: str = _ID, yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."), as_json: bool = _JSON
) -> None:
    """Send nothing more of it."""
    if not yes:
        typer.confirm(f"Cancel {broadcast}? What has not gone is never sent.", abort=True)
    _say(ask(lambda api: api.post(f"{_at(broadcast)}/cancel")), as_json=as_json)


def results(
    broadcast: str = _ID,
    to: Path | None = typer.Option(None, "--to", help="File to write; standard output if left out."),
) -> None:
    """Write what became of each recipient as a CSV file."""
    from ringline.cli.terminal import write_out

    ask(lambda api: api.download(f"{_at(broadcast)}/results", write_out if to is None else to))
    if to is not None:
        say(f"Written to {to}.")


def _at(broadcast: str) -> str:
    """Its address: keys may hold blanks and signs."""
    return f"{_PATH}/{quote(broadcast, safe='')}"


def _say(broadcast: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(broadcast)
        return
    say_counts(broadcast)
    if broadcast["stage"] == "running" and (time := ends_at(broadcast)):
        say(f"  {time}", style="dim")
