"""`ringline webhooks`: events told to other systems, and what became of them."""

from __future__ import annotations

import json
from typing import Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_table, when

_ID = typer.Argument(help="Id, whd_…")
_JSON = typer.Option(False, "--json", help="Print JSON.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Events that workflows told to other systems.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("show")(show)
    group.command("retry")(retry)
    app.add_typer(group, name="webhooks")


def list_all(
    run_id: str | None = typer.Option(None, "--run", help="Only those of this run."),
    status: str | None = typer.Option(None, "--status", help="Only those that are pending, delivered or failed."),
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many, newest first."),
    as_json: bool = _JSON,
) -> None:
    """List events, newest first."""
    query: dict[str, str | int] = {"limit": limit}
    query |= {"run_id": run_id} if run_id else {}
    query |= {"status": status} if status else {}
    found = ask(lambda api: api.get("/api/v1/webhooks", **query))["items"]
    if as_json:
        print_json(found)
        return
    say_table(
        ("Told", "Webhook", "Type", "To", "Status", "Tries", "Why, or when next"),
        [
            (
                when(one["created_at"]),
                one["id"],
                one["type"],
                one["url"],
                one["status"],
                str(one["tries"]),
                one["last_error"] or (when(one["next_try_at"]) if one["next_try_at"] else ""),
            )
            for one in found
        ],
        empty="No event fits." if run_id or status else "No workflow has told another system anything yet.",
    )


def show(webhook_id: str = _ID, as_json: bool = _JSON) -> None:
    """Show one event: what is told, and every try."""
    _say(ask(lambda api: api.get(f"/api/v1/webhooks/{webhook_id}")), as_json=as_json)


def retry(webhook_id: str = _ID, as_json: bool = _JSON) -> None:
    """Try an event that was given up again."""
    _say(ask(lambda api: api.post(f"/api/v1/webhooks/{webhook_id}/retry")), as_json=as_json)


def _say(one: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(one)
    else:
        say(f"{one['type']}   {one['status']}   {one['id']}")
        say(f"  to {one['url']}" + (f", from `{one['step']}` of {one['run_id']}" if one["run_id"] else ""))
        for each in one["history"]:
            say(f"  {when(each['at'])}  {each['error'] or 'answered ' + str(each['status'])}")
        if one["next_try_at"]:
            say(f"  next try {when(one['next_try_at'])}")
        say(json.dumps(one["event"], indent=2, ensure_ascii=False))
    if one["status"] == "failed":
        raise typer.Exit(ExitCode.FAILED)
