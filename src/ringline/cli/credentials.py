"""`ringline credentials`: Twilio accounts, kept encrypted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_error, say_list, when
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

_PATH = "/api/v1/credentials"
_WHERE = (
    "Where to find them: console.twilio.com shows Account SID and Auth Token on its first page (Account Info). "
    "Your numbers are under Phone Numbers > Manage > Active numbers. API keys (SK…) are under Account > API keys; "
    "webhooks are signed with the Auth Token, so an API key alone can send but not receive."
)
_JSON = typer.Option(False, "--json", help="Print JSON.")
_NAME = typer.Argument(help="Name of the credential.")
_STDIN = typer.Option(False, "--token-stdin", help="Read the token from standard input.")
_FILE = typer.Option(None, "--token-file", help="Read the token from this file.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Twilio accounts, kept encrypted.", no_args_is_help=True, epilog=_WHERE)
    group.command("add", epilog=_WHERE)(add)
    group.command("list")(list_all)
    group.command("test")(ask_twilio)
    group.command("rotate", epilog=_WHERE)(rotate)
    group.command("rotate-key")(rotate_key)
    group.command("remove")(remove)
    app.add_typer(group, name="credentials")


def add(
    name: str = typer.Argument("main", help="A name for it; workflows say `credential: NAME`."),
    account_sid: str | None = typer.Option(None, "--account-sid", help="Begins with AC; asked for if left out."),
    api_key: str | None = typer.Option(None, "--api-key", help="SID of an API key (SK…); the token is its secret."),
    default_from: str | None = typer.Option(None, "--from", help="Sender of messages that name none."),
    base_url: str | None = typer.Option(None, "--base-url", help="Another server instead of Twilio, e.g. a simulator."),
    token_stdin: bool = _STDIN,
    token_file: Path | None = _FILE,
    test_it: bool = typer.Option(True, "--test/--no-test", help="Ask Twilio whether it is right."),
    as_json: bool = _JSON,
) -> None:
    """Store an account. The token is asked for, or read from --token-stdin or a file; it is never an option's value."""
    if account_sid is None or not (token_stdin or token_file):
        _say_where_to_find()
    body = {
        "name": name,
        "account_sid": account_sid or typer.prompt("Account SID (AC…)"),
        "auth_token": _read_token(token_stdin, token_file, "API key secret" if api_key else "Auth Token"),
        "api_key": api_key,
        "default_from": default_from,
        "base_url": base_url,
    }

    async def work(api: ApiClient) -> tuple[Any, Any]:
        kept = await api.post(_PATH, body)
        return kept, await api.post(f"{_PATH}/{kept['name']}/test") if test_it else None

    kept, result = ask(work)
    if as_json:
        print_json(kept | ({"test": result} if result else {}))
    else:
        say(f"Stored `{kept['name']}` for account {kept['account_sid']}.")
    if result is None:
        return
    code = _say_test(result, as_json=as_json, silent=as_json)
    if not (result["ok"] or as_json):
        say(f"It is stored all the same. To correct the token: ringline credentials rotate {kept['name']}")
        say(f"To begin again: ringline credentials remove {kept['name']}")
    raise typer.Exit(code)


def list_all(as_json: bool = _JSON) -> None:
    """List the accounts. Tokens are never shown."""
    say_list(
        ask(lambda api: api.get(_PATH)),
        ("Name", "Account", "Kind", "Sender", "Server", "Added"),
        lambda one: (
            one["name"],
            one["account_sid"],
            one["kind"].replace("_", " "),
            one["default_from"] or "",
            one["server"],
            when(one["created_at"]),
        ),
        as_json=as_json,
        empty="No credential is stored. Add one: ringline credentials add",
    )


def ask_twilio(name: str = typer.Argument("main", help="Name of the credential."), as_json: bool = _JSON) -> None:
    """Ask Twilio whether a credential works, and say what is wrong if not."""
    result = ask(lambda api: api.post(f"{_PATH}/{name}/test"))
    raise typer.Exit(_say_test(result, as_json=as_json))


def rotate(name: str = _NAME, token_stdin: bool = _STDIN, token_file: Path | None = _FILE) -> None:
    """Replace a credential's token, as after a rotation in Twilio's console."""
    token = _read_token(token_stdin, token_file, "New token")
    ask(lambda api: api.put(f"{_PATH}/{name}/token", {"auth_token": token}))
    say(f"`{name}` has its new token.")


def rotate_key() -> None:
    """Encrypt every credential anew with a fresh key, and put that key first in the key file."""
    done = ask(lambda api: api.post(f"{_PATH}/rotate-key"))
    count = "1 secret is" if done["secrets"] == 1 else f"{done['secrets']} secrets are"
    say(f"{count} encrypted with a new key, which {done['key_file']} now begins with.")
    say("Restart the other processes of this installation, if there are any.")


def remove(name: str = _NAME, yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask.")) -> None:
    """Forget an account."""
    if not yes:
        typer.confirm(f"Forget the credential `{name}`?", abort=True)
    ask(lambda api: api.delete(f"{_PATH}/{name}"))
    say(f"`{name}` is forgotten.")


def _say_test(result: dict[str, Any], *, as_json: bool, silent: bool = False) -> ExitCode:
    if as_json and not silent:
        print_json(result)
    elif not as_json and result["ok"]:
        say(result["detail"], style="green")
    elif not as_json:
        say_error(result["detail"], result["fix"])
    if result["ok"]:
        return ExitCode.OK
    # Where nobody answered, nothing is known to be wrong with the credential.
    return ExitCode.UNREACHABLE if result["unreachable"] else ExitCode.CONFIGURATION


def _say_where_to_find() -> None:
    """Where SID and token are, for whoever is about to type them."""
    if sys.stdin.isatty():
        from ringline.vault import WHERE_TO_FIND

        say(WHERE_TO_FIND, style="dim")
        say()


def _read_token(from_stdin: bool, file: Path | None, asked: str) -> str:
    if file is not None:
        text = file.read_text(encoding="utf-8")
    elif from_stdin or not sys.stdin.isatty():
        text = sys.stdin.readline()
    else:
        text = str(typer.prompt(asked, hide_input=True))
    if not text.strip():
        raise RequestError("no token was given", fix="type it when asked, or pipe it in with --token-stdin")
    return text.strip()
