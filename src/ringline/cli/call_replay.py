"""`ringline calls replay`: the log of a conversation fed through today's code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

_ID = typer.Argument(help="Id of the call, call_…, or of the conversation, ses_…")
_JSON = typer.Option(False, "--json", help="Print JSON.")


def replay(call_id: str = _ID, as_json: bool = _JSON) -> None:
    """Feed a conversation's log through today's code, and show where it would go on otherwise.

    Only interviews have such a log. Nothing is changed, nobody is called. Exit code 1 says that there are differences.
    """
    found = ask(lambda api: _replayed(api, call_id))
    if as_json:
        print_json(found)
    else:
        _show(found)
    raise typer.Exit(ExitCode.FAILED if found["differences"] or found["stopped"] else ExitCode.OK)


async def _replayed(api: ApiClient, id: str) -> dict[str, Any]:
    if id.startswith("call_"):
        call = await api.get(f"/api/v1/calls/{id}")
        if call["session"] is None:
            what = "said one announcement" if call["message"] else "carried no conversation"
            raise RequestError(
                f"{id} {what}: nothing was asked and answered that could be played again",
                field="call_id",
                fix=f"see what became of it: ringline calls show {id}",
            )
    found: dict[str, Any] = await api.get(f"/api/v1/sessions/{id}/replay")
    return found


def _show(found: dict[str, Any]) -> None:
    for one in found["differences"]:
        say(f"event {one['seq']}: {_event(one['event'])}")
        for sign, actions in (("-", one["was"]), ("+", one["now"])):
            for action in actions:
                say(f"  {sign} {_action(action)}")
    if found["stopped"]:
        say(found["stopped"])
    elif not found["differences"]:
        say(f"All {found['events']} events of {found['session']} lead to what was done.")
    else:
        say(f"{len(found['differences'])} of {found['events']} events of {found['session']} lead elsewhere today.")


def _event(event: dict[str, Any]) -> str:
    said = event.get("text") or event.get("digits") or event.get("status") or event.get("name") or ""
    return f"{event['kind']} {said}".strip()


def _action(action: dict[str, Any]) -> str:
    shown = action.get("text") or action.get("question") or action.get("outcome") or action.get("name") or ""
    return f"{action['kind']} {shown}".strip()
