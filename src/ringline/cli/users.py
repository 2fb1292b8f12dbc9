"""`ringline users`: who may sign in, and with which role."""

from __future__ import annotations

import sys

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_list, when

_PATH = "/api/v1/users"
_JSON = typer.Option(False, "--json", help="Print JSON.")
_NAME = typer.Argument(help="Name of the user.")
_ROLE = typer.Option("viewer", "--role", "-r", help="viewer, operator, editor or admin.")
_STDIN = typer.Option(False, "--password-stdin", help="Read the password from standard input, not make one up.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="People who may sign in, and their roles.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("add")(add)
    group.command("set-role")(set_role)
    group.command("set-password")(set_password)
    group.command("remove")(remove)
    app.add_typer(group, name="users")


def list_all(as_json: bool = _JSON) -> None:
    """List the users."""
    say_list(
        ask(lambda api: api.get(_PATH)),
        ("Name", "Role", "Last seen", "Since"),
        lambda one: (one["name"], one["role"], when(one["seen_at"]) if one["seen_at"] else "", when(one["created_at"])),
        as_json=as_json,
        empty="There is no user yet; the first one is made when a server first starts.",
    )


def add(name: str = _NAME, role: str = _ROLE, password_stdin: bool = _STDIN, as_json: bool = _JSON) -> None:
    """Let somebody in. They change the password when they first sign in."""
    body = {"name": name, "role": role, "password": _read() if password_stdin else None}
    made = ask(lambda api: api.post(_PATH, body))
    if as_json:
        print_json(made)
        return
    say(f"{made['name']} may sign in, as {made['role']}.")
    if not password_stdin:
        say(f"Password: {made['password']}   (shown this once)")


def set_role(name: str = _NAME, role: str = typer.Argument(help="viewer, operator, editor or admin.")) -> None:
    """Give somebody another role, in force at once."""
    changed = ask(lambda api: api.patch(f"{_PATH}/{name}", {"role": role}))
    say(f"{changed['name']} is now {changed['role']}.")


def set_password(name: str = _NAME, password_stdin: bool = _STDIN) -> None:
    """Give somebody a new password, to be changed at the next sign-in; they are signed out everywhere."""
    body = {"password": _read() if password_stdin else None}
    made = ask(lambda api: api.post(f"{_PATH}/{name}/password", body))
    say(f"{made['name']} has a new password, and is signed out everywhere.")
    if not password_stdin:
        say(f"Password: {made['password']}   (shown this once)")


def remove(name: str = _NAME, yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask.")) -> None:
    """Let somebody in no more."""
    if not yes:
        typer.confirm(f"Remove the user `{name}`?", abort=True)
    ask(lambda api: api.delete(f"{_PATH}/{name}"))
    say(f"{name} may not sign in any more.")


def _read() -> str:
    return sys.stdin.readline().rstrip("\r\n")
