"""`ringline lists`: groups of people to text together."""

from __future__ import annotations

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import say, say_list, when

_PATH = "/api/v1/lists"
_JSON = typer.Option(False, "--json", help="Print JSON.")
_NAME = typer.Argument(help="Name of the list.")
_WHO = typer.Argument(help="Number, as +14155550123, or id, con_…")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Lists of people to text together.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("add")(add)
    group.command("remove")(remove)
    group.command("put-on")(put_on)
    group.command("take-off")(take_off)
    app.add_typer(group, name="lists")


def list_all(as_json: bool = _JSON) -> None:
    """List the lists."""
    say_list(
        ask(lambda api: api.get(_PATH)),
        ("Name", "People", "Since"),
        lambda one: (one["name"], f"{one['count']:,}", when(one["created_at"])),
        as_json=as_json,
        empty="There is no list yet. Make one from a file: ringline contacts import FILE --list NAME",
        numbers=(1,),
    )


def add(name: str = _NAME) -> None:
    """Make an empty list."""
    ask(lambda api: api.post(_PATH, {"name": name}))
    say(f'The list "{name}" is there.')


def remove(name: str = _NAME, yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask.")) -> None:
    """Drop a list; the people on it stay."""
    if not yes:
        typer.confirm(f'Drop the list "{name}"?', abort=True)
    ask(lambda api: api.delete(f"{_PATH}/{name}"))
    say(f'The list "{name}" is gone; the people stay.')


def put_on(name: str = _NAME, who: str = _WHO) -> None:
    """Put a person on a list, which is made if there is none."""
    ask(lambda api: api.put(f"{_PATH}/{name}/members/{who}", None))
    say(f'{who} is on "{name}".')


def take_off(name: str = _NAME, who: str = _WHO) -> None:
    """Take a person off a list."""
    ask(lambda api: api.delete(f"{_PATH}/{name}/members/{who}"))
    say(f'{who} is off "{name}".')
