"""`ringline runs`: what was started, how it stands or ended, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask
from ringline.cli.terminal import is_interactive, print_json, say, say_table, when
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

_ID = typer.Argument(help="Id, run_…")
_JSON = typer.Option(False, "--json", help="Print JSON.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Runs of workflows.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("show")(show)
    group.command("cancel")(cancel)
    group.command("pause")(pause)
    group.command("resume")(resume)
    group.command("retry")(retry)
    app.add_typer(group, name="runs")


def list_all(
    workflow: str | None = typer.Option(None, "--workflow", help="Only runs of this workflow."),
    status: str | None = typer.Option(None, "--status", help="Only runs with this status, e.g. waiting."),
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many, newest first."),
    as_json: bool = _JSON,
) -> None:
    """List runs, newest first."""
    query = {"workflow": workflow} if workflow else {}
    query |= {"status": status} if status else {}
    found = ask(lambda api: api.newest("/api/v1/runs", limit=limit, **query))
    if as_json:
        print_json(found)
        return
    say_table(
        ("Started", "Run", "Workflow", "Status", "Why"),
        [
            (
                when(run["created_at"]),
                run["id"],
                f"{run['workflow']} v{run['version']}",
                run["status"],
                _why(run),
            )
            for run in found
        ],
        empty="No run fits." if workflow or status else "Nothing has run yet. Start with: ringline run FILE",
    )


def show(run_id: str = _ID, as_json: bool = _JSON) -> None:
    """Show one run: what happened in it, what it waits for, and its outputs so far."""

    async def look(api: ApiClient) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        return await api.get(f"/api/v1/runs/{run_id}"), await api.get(f"/api/v1/runs/{run_id}/events")

    run, events = ask(look)
    if as_json:
        print_json(run | {"events": events})
        raise typer.Exit(code_of(run))
    say(f"{run['workflow']} version {run['version']}   {run['status']}   {run['id']}")
    if run["trigger"]:
        say(f"  started by {run['trigger'].get('type')}: {run['trigger'].get('name')}")
    for event in events:
        say_event(event)
    raise typer.Exit(say_run(run, as_json=False, with_head=False))


def cancel(run_id: str = _ID, as_json: bool = _JSON) -> None:
    """End a run: its waits, the runs it started, and its messages that are not sent yet."""
    _act(run_id, "cancel", as_json=as_json)


def pause(run_id: str = _ID, as_json: bool = _JSON) -> None:
    """Let nothing go on in a run until it is resumed. What comes meanwhile is kept."""
    _act(run_id, "pause", as_json=as_json)


def resume(run_id: str = _ID, as_json: bool = _JSON) -> None:
    """Go on with a paused run."""
    _act(run_id, "resume", as_json=as_json)


def retry(
    run_id: str = _ID,
    resend: bool = typer.Option(
        False, "--resend", help="Send again also what may have gone out already, though nobody knows."
    ),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask before sending again."),
    as_json: bool = _JSON,
) -> None:
    """Go on from what failed in a run. What was sent is not sent again."""
    if resend and not yes:
        if not is_interactive():
            raise RequestError("--resend asks first, and nobody can answer here", fix="add --yes")
        typer.confirm("People may get these messages twice. Send them again?", abort=True)
    _act(run_id, "retry", {"resend": resend}, as_json=as_json)


def _act(run_id: str, what: str, body: dict[str, Any] | None = None, *, as_json: bool) -> None:
    run = ask(lambda api: api.post(f"/api/v1/runs/{run_id}/{what}", body))
    if as_json:
        print_json(run)
    else:
        say(f"{run['id']}   {run['status']}")


def say_event(event: dict[str, Any]) -> None:
    """One line of a run's history."""
    details = event["details"]
    step = f"`{event['step']}` " if event["step"] else ""
    say(f"  {when(event['at'])}  {step}{_WORDS.get(event['kind'], event['kind'])}{_rest(event['kind'], details)}")


def _rest(kind: str, details: dict[str, Any]) -> str:
    match kind:
        case "step_done":
            return f" ({details['outcome']})" if details.get("outcome") else ""
        case "step_failed" | "failed" | "step_retried":
            error = details.get("error")
            said = error.get("message") if isinstance(error, dict) else error
            return f": {said}" if said else ""
        case "wait_ended":
            return "" if details["by"] == "deadline" else f" by {details['by']}"
        case "waiting":
            parts = [f" for {', '.join(details['for'])}" if details.get("for") else ""]
            parts.append(f" until {when(details['until'])}" if details.get("until") else "")
            return "".join(parts)
        case "jumped_back":
            return f" to `{details['to']}`"
        case "canceled":
            return f": {details['why']}" if details.get("why") else ""
        case _:
            return ""


_WORDS = {
    "started": "started",
    "step_done": "done",
    "step_failed": "failed",
    "step_retried": "failed and is tried again",
    "step_renewed": "has news",
    "wait_ended": "goes on",
    "waiting": "waits",
    "jumped_back": "leads back",
}


def _why(run: dict[str, Any]) -> str:
    if run["error"]:
        return str(run["error"]["message"])
    if run["status"] == "waiting" and run["due_at"]:
        return f"until {when(run['due_at'])} at the latest"
    return "a step failed" if run["has_failures"] else ""


def code_of(run: dict[str, Any]) -> ExitCode:
    """The exit code that goes with how a run stands or ended."""
    return ExitCode.FAILED if run["status"] in ("failed", "canceled") or run["has_failures"] else ExitCode.OK


def say_run(run: dict[str, Any], *, as_json: bool, with_head: bool = True) -> ExitCode:
    """Everything known of one run; returns the exit code that goes with how it ended."""
    from ringline.cli.outputs import say_outputs

    if as_json:
        print_json(run)
        return code_of(run)
    if with_head:
        say(f"{run['workflow']} version {run['version']}   {run['status']}   {run['id']}")
    if run["error"]:
        say(f"  {run['error']['message']}", style="red")
        if run["error"]["fix"]:
            say(f"  fix: {run['error']['fix']}")
    if run["outputs"] is not None:
        say_outputs(run["outputs"])
    return code_of(run)
