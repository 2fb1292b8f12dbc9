"""`ringline triggers`: what starts runs by itself."""

from __future__ import annotations

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import say_list, when

_JSON = typer.Option(False, "--json", help="Print JSON.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="What starts runs by itself: schedules, messages, webhooks.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("events")(events)
    app.add_typer(group, name="triggers")


def list_all(
    workflow: str | None = typer.Option(None, "--workflow", help="Only of this workflow."), as_json: bool = _JSON
) -> None:
    """List the triggers in force: when each fires next, and what its last event came to."""
    query = {"workflow": workflow} if workflow else {}
    say_list(
        ask(lambda api: api.get("/api/v1/triggers", **query)),
        ("Workflow", "Type", "What", "Next", "Last", "Run, or why none"),
        lambda one: (
            f"{one['workflow']} v{one['version']}",
            one["type"],
            one["address"] or one["label"],
            when(one["next_at"]),
            when(one["last_at"]),
            one["last_run_id"] or one["last_error"] or one["lacks"] or "",
        ),
        as_json=as_json,
        empty="No trigger is in force. Publish a workflow that has some: ringline workflows publish FILE",
    )


def events(
    workflow: str = typer.Argument(help="The trigger's workflow."),
    trigger: str = typer.Argument(
        help="Its name, keyword, path or schedule; or its key, as `triggers list --json` shows it."
    ),
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many, newest first."),
    as_json: bool = _JSON,
) -> None:
    """List what happened to one trigger lately: the run each event started, or why none."""
    say_list(
        ask(lambda api: api.get("/api/v1/triggers/events", workflow=workflow, trigger=trigger, limit=limit)),
        ("When", "Event", "Run, or why none"),
        lambda one: (when(one["at"]), one["event_id"], one["run_id"] or one["error"] or ""),
        as_json=as_json,
        empty="Nothing has happened to this trigger in the last thirty days.",
    )
